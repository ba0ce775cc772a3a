"""One sync: `local-sync run`, what it says passed on and kept, its outcome in the journal."""

from __future__ import annotations

import fcntl
import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from . import connections, journal, progress, warehouse
from .errors import HexawattError, SourceLeftOutError, UsageError
from .settings import Settings

# Exit codes of local-sync: asked or configured wrongly, and a source whose keys are absent.
USAGE = 2
LEFT_OUT = 3


@dataclass(frozen=True)
class Ended:
    """How local-sync ended: exit code, the last line for people, and the JSON of its outcome if it gave one."""

    code: int
    last_line: str
    outcome: str


def sync(settings: Settings, name: str) -> None:
    """Sync one connection.

    SourceLeftOutError when its keys are absent, UsageError when there is no such connection or it isn't right,
    HexawattError with the connector's own message when it fails.
    """
    started_at = datetime.now(UTC)
    log = progress.log_file(settings, name)
    with _alone(settings, name):
        ended = _run(settings, ["run", name], log)
    if ended.code == USAGE:
        raise UsageError(ended.last_line)
    status = {0: "succeeded", LEFT_OUT: "skipped"}.get(ended.code, "failed")
    row = {
        "connection": name,
        "started_at": started_at,
        "finished_at": datetime.now(UTC),
        "status": status,
        "records": None if ended.code else json.loads(ended.outcome)["records"],
        "message": ended.last_line if ended.code else None,
    }
    journal.append(settings.raw_file, "syncs", [row])
    if status == "skipped":
        raise SourceLeftOutError(f"{name} was not synced.")  # the reason has just been told
    if status == "failed":
        raise HexawattError(f"The sync of {name} failed: {ended.last_line} (log: {log})")


@contextmanager
def _alone(settings: Settings, name: str) -> Iterator[None]:
    """One sync of a connection at a time: a second one must neither overwrite its log nor count as its failure."""
    settings.make_directories()
    with (settings.run / f"{name.replace('/', '_')}.sync.lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise HexawattError(f"Another sync of {name} is running: wait until it has ended.") from error
        yield


def prepare(settings: Settings) -> None:
    """Make the raw tables that are missing, empty, so that models can be built before the first sync."""
    if not _missing_tables(settings):
        return
    log = settings.logs / "prepare.log"
    ended = _run(settings, ["prepare"], log)
    if ended.code:
        raise HexawattError(f"The raw tables can't be prepared: {ended.last_line} (log: {log})")


def _missing_tables(settings: Settings) -> set[tuple[str, str]]:
    wanted = {(one.schema, stream) for one in connections.load(settings) for stream in one.streams}
    if not settings.raw_file.exists():
        return wanted
    with warehouse.opened(settings.raw_file, read_only=True) as connection:
        query = "SELECT schema_name, table_name FROM duckdb_tables()"
        return wanted - {(schema, table) for schema, table in connection.execute(query).fetchall()}


def _run(settings: Settings, arguments: list[str], log: Path) -> Ended:
    """Run local-sync, in our own process group: who ends us ends it."""
    settings.make_directories()
    program = settings.executable("connectors", "local-sync")
    last_line = "it gave no reason"
    with (
        log.open("w", encoding="utf-8") as kept,
        subprocess.Popen(
            [program, *arguments, "--connections", settings.connections_file],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,  # one line at its end
            stderr=subprocess.PIPE,  # what it tells on the way
            env=connections.source_environment(settings),
            text=True,
            errors="replace",
        ) as child,
    ):
        assert child.stdout is not None, "a pipe was asked for"
        assert child.stderr is not None, "a pipe was asked for"
        try:
            for line in child.stderr:
                click.echo(line, nl=False)
                kept.write(line)
                kept.flush()
                last_line = line.strip() or last_line
            outcome = child.stdout.read()
        except BaseException:
            child.terminate()  # it commits or drops what it holds, and ends its connectors
            raise
    return Ended(child.returncode, last_line, outcome)
