"""One sync: `local-sync run`, its output passed on and kept, its outcome in the journal."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from pathlib import Path

import click

from . import connections, journal, progress, warehouse
from .errors import HexawattError, SourceLeftOutError
from .settings import Settings


def sync(settings: Settings, name: str) -> None:
    """Sync one connection.

    SourceLeftOutError when its keys are absent; HexawattError with the connector's own message when it fails.
    """
    connection = connections.find(settings, name)
    settings.make_directories()
    started_at = datetime.now(UTC)

    def record(status: str, message: str | None) -> None:
        row = {
            "connection": name,
            "started_at": started_at,
            "finished_at": datetime.now(UTC),
            "status": status,
            "records": progress.records(settings, name),
            "message": message,
        }
        journal.append(settings.raw_file, "syncs", [row])

    missing = connections.missing_keys(settings, connection)
    if missing:
        message = connections.how_to_set(missing)
        record("skipped", message)
        raise SourceLeftOutError(f"{name} is left out: {message}.")
    log = progress.log_file(settings, name)
    code, last_line = _run(settings, ["run", name], log)
    record("failed" if code else "succeeded", last_line if code else None)
    if code:
        raise HexawattError(f"The sync of {name} failed: {last_line} (log: {log})")


def prepare(settings: Settings) -> None:
    """Make the raw tables that are missing, empty, so that models can be built before the first sync."""
    if not _missing_tables(settings):
        return
    log = settings.logs / "prepare.log"
    code, last_line = _run(settings, ["prepare"], log)
    if code:
        raise HexawattError(f"The raw tables can't be prepared: {last_line} (log: {log})")


def _missing_tables(settings: Settings) -> set[tuple[str, str]]:
    listed = connections.load(settings.connections_file)
    wanted = {(one.schema, stream) for one in listed for stream in one.streams}
    if not settings.raw_file.exists():
        return wanted
    with warehouse.opened(settings.raw_file, read_only=True) as connection:
        query = "SELECT schema_name, table_name FROM duckdb_tables()"
        return wanted - {(schema, table) for schema, table in connection.execute(query).fetchall()}


def _run(settings: Settings, arguments: list[str], log: Path) -> tuple[int, str]:
    """Run local-sync in our own process group (who ends us ends it); its exit code and the last line it wrote."""
    settings.make_directories()
    program = settings.executable("connectors", "local-sync")
    last_line = "it wrote nothing"
    with (
        log.open("w", encoding="utf-8") as kept,
        subprocess.Popen(
            [program, *arguments, "--connections", settings.connections_file],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=connections.source_environment(settings),
            text=True,
            errors="replace",
        ) as child,
    ):
        assert child.stdout is not None, "a pipe was asked for"
        for line in child.stdout:
            click.echo(line, nl=False)
            kept.write(line)
            kept.flush()
            last_line = line.strip() or last_line
    return child.returncode, last_line
