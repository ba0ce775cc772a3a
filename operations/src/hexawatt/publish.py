"""Serving the marts: versioned copies of the marts file, and a symlink that names the one on show.

Readers open `serving.duckdb`. It is a symlink that is renamed over, never a file that is overwritten: within one
process DuckDB shares an instance per path, and a new target is a new path, so a new query sees new data while an old
one ends in peace. Killed at any instant, the link still names a complete version.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from . import journal, warehouse
from .errors import HexawattError, NotWholeError
from .settings import Settings

SCHEMA = "marts"
KEPT_VERSIONS = 5
PREFIX = "serving-"
HALF_MADE = ".part-"


@dataclass(frozen=True)
class Served:
    """The outcome of a publish or rollback."""

    version: Path
    previous: Path | None


def publish(settings: Settings, *, if_whole: bool = False) -> Served:
    """Serve the marts as they are now; HexawattError when there is nothing to serve. The last good one stays then.

    `if_whole`: only after a build that ended well, NotWholeError otherwise: for whoever has not built all of it.
    """
    if not settings.models_file.exists():
        raise HexawattError(f"There is nothing to publish: {settings.models_file} isn't built. Run a build first.")
    started = time.monotonic()
    with marts_lock(settings):
        if if_whole:
            ensure_whole(settings)
        previous = served_version(settings)
        copy = _make_copy(settings)
        version = settings.versions / f"{PREFIX}{_stamp()}.duckdb"
        copy.rename(version)
        _serve(settings, version)
        _prune(settings, previous)
    _record(settings, "publish", version, previous, time.monotonic() - started)
    return Served(version, previous)


def rollback(settings: Settings) -> Served:
    """Serve the version before the one on show; HexawattError at the oldest that is kept."""
    started = time.monotonic()
    with marts_lock(settings):
        current = served_version(settings)
        if current is None:
            raise HexawattError("Nothing has been published yet, so there is nothing to roll back.")
        older = [version for version in versions(settings) if version.name < current.name]
        if not older:
            raise HexawattError(f"{current.name} is the oldest version that is kept: there is none before it.")
        _serve(settings, older[-1])
    _record(settings, "rollback", older[-1], current, time.monotonic() - started)
    return Served(older[-1], current)


def versions(settings: Settings) -> list[Path]:
    """The complete versions, oldest first."""
    return sorted(settings.versions.glob(f"{PREFIX}*.duckdb"))


def served_version(settings: Settings) -> Path | None:
    """The version that `serving.duckdb` names, or None before the first publish."""
    if not settings.serving_link.is_symlink():
        return None
    return settings.versions / settings.serving_link.readlink().name


def unfinished(settings: Settings) -> Path:
    """A file that is there from the start of a build of all models until it has ended well."""
    return settings.run / "build.unfinished"


def ensure_whole(settings: Settings) -> None:
    """NotWholeError where the last build of all models failed or was cut short: its marts are not to be shown."""
    if unfinished(settings).exists():
        raise NotWholeError("The last build failed: the next good one takes the forecasts in.")


@contextmanager
def marts_lock(settings: Settings) -> Iterator[None]:
    """Held by whoever builds or publishes, so that a copy never meets a half-built file. Freed by any end."""
    settings.make_directories()
    with (settings.run / "marts.lock").open("w") as handle:
        deadline = time.monotonic() + warehouse.LOCK_WAIT_SECONDS
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() >= deadline:
                    raise HexawattError("Another build or publish is still running: try again later.") from error
            time.sleep(0.1)
        yield


def _make_copy(settings: Settings) -> Path:
    """A checkpointed copy of the marts file that holds the marts alone, safely on disk under a half-made name."""
    for leftover in settings.versions.glob(f"{HALF_MADE}*"):
        leftover.unlink()
    with warehouse.opened(settings.models_file) as connection:
        connection.execute("CHECKPOINT")
    copy = settings.versions / f"{HALF_MADE}{_stamp()}.duckdb"
    shutil.copyfile(settings.models_file, copy)
    with warehouse.opened(copy) as connection:
        _keep_only_marts(connection)
        connection.execute("CHECKPOINT")
    _sync_to_disk(copy)
    return copy


def _keep_only_marts(connection: duckdb.DuckDBPyConnection) -> None:
    schemas = connection.execute(
        "SELECT schema_name FROM duckdb_schemas() WHERE database_name = current_database() AND NOT internal"
    ).fetchall()
    for (schema,) in schemas:
        if schema not in (SCHEMA, "main"):
            connection.execute(f'DROP SCHEMA "{schema}" CASCADE')
    for kind in ("view", "table"):  # DuckDB's own schema `main` can only be emptied.
        names = connection.execute(
            f"SELECT {kind}_name FROM duckdb_{kind}s() WHERE schema_name = 'main' AND NOT internal"
            " AND database_name = current_database()"
        ).fetchall()
        for (name,) in names:
            connection.execute(f'DROP {kind} main."{name}" CASCADE')
    tables = connection.execute("SELECT count(*) FROM duckdb_tables() WHERE schema_name = ?", [SCHEMA]).fetchone()
    if not tables or not tables[0]:
        raise HexawattError(f"There is nothing to publish: the build has no table in schema {SCHEMA}.")


def _serve(settings: Settings, version: Path) -> None:
    link = settings.serving_link.with_name(f"{HALF_MADE}serving")
    link.unlink(missing_ok=True)
    # Relative, so that the state directory can be moved or mounted elsewhere.
    link.symlink_to(version.relative_to(settings.state))
    link.replace(settings.serving_link)
    _sync_to_disk(settings.versions)
    _sync_to_disk(settings.state)


def _prune(settings: Settings, previous: Path | None) -> None:
    """Keep the newest versions, and drop those that a rollback withdrew: the next rollback must not serve them."""
    newest = versions(settings)[-1]
    withdrawn = {version for version in versions(settings) if previous and previous.name < version.name < newest.name}
    kept = [version for version in versions(settings) if version not in withdrawn][-KEPT_VERSIONS:]
    for version in versions(settings):
        if version not in kept:
            version.unlink()


def _record(settings: Settings, action: str, version: Path, previous: Path | None, seconds: float) -> None:
    row = {
        "published_at": datetime.now(UTC),
        "action": action,
        "version": version.name,
        "previous_version": previous.name if previous else None,
        "size_bytes": version.stat().st_size,
        "duration_seconds": round(seconds, 3),
    }
    journal.append(settings.raw_file, "publishes", [row])


def _stamp() -> str:
    return datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")


def _sync_to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
