"""`hexawatt status`: one line per connection, the age of the forecasts, the served version, what is running."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import duckdb

from . import airflow_stack, connections, processes, publish, warehouse
from .connections import Connection
from .errors import HexawattError
from .pipeline import sync_dag
from .settings import Settings

PARIS = ZoneInfo("Europe/Paris")
LOCK_WAIT_SECONDS = 10.0
HEADINGS = ("connection", "last sync", "outcome", "records", "streams with data", "data until", "read at", "next sync")
NEVER = "-"


@dataclass(frozen=True)
class Freshness:
    """What the raw file knows of a connection; instants with their zone, None when there is nothing.

    ``data_until``: begin of the newest period that has begun, so that forecasts don't hide what is late.
    ``filled`` of ``streams`` have rows; one that the key does not open stays empty.
    """

    synced_at: datetime | None = None
    outcome: str | None = None
    records: int | None = None
    data_until: datetime | None = None
    read_at: datetime | None = None
    filled: int = 0
    streams: int = 0


def report(settings: Settings) -> str:
    """The page that `status` prints, all times in Paris time."""
    listed = connections.load(settings)
    known = freshness(settings, listed)
    following = _next_syncs(settings)
    rows = [HEADINGS, *(_row(one.name, known[one.name], following) for one in listed)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    table = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    served = publish.served_version(settings)
    running = sorted(processes.running(settings.run)) if settings.run.exists() else []
    return "\n".join(
        [
            f"Hexawatt, {settings.mode}: {settings.state} (times are Paris times)",
            "",
            *table,
            "",
            *_forecast_lines(settings),
            f"served   {served.name if served else 'nothing published yet'}",
            f"running  {', '.join(running) or 'nothing'}",
        ]
    )


def freshness(settings: Settings, listed: Sequence[Connection]) -> dict[str, Freshness]:
    """Freshness by connection, from one look at the raw file."""
    if not settings.raw_file.exists():
        return {one.name: Freshness(streams=len(one.streams)) for one in listed}
    with warehouse.opened(settings.raw_file, read_only=True, wait_seconds=LOCK_WAIT_SECONDS) as raw:
        query = "SELECT schema_name, table_name FROM duckdb_tables()"
        tables = {(schema, table) for schema, table in raw.execute(query).fetchall()}
        now = datetime.fromisoformat(settings.now) if settings.now else datetime.now(UTC)
        return {one.name: _freshness(raw, one, tables, now) for one in listed}


def _freshness(
    raw: duckdb.DuckDBPyConnection, one: Connection, tables: set[tuple[str, str]], now: datetime
) -> Freshness:
    last = None
    if ("raw_operations", "syncs") in tables:
        last = raw.execute(
            "SELECT finished_at, status, records FROM raw_operations.syncs WHERE connection = ?"
            " ORDER BY finished_at DESC LIMIT 1",
            [one.name],
        ).fetchone()
    newest = [
        _newest(raw, one.schema, stream, cursor, now)
        for stream, cursor in one.streams.items()
        if (one.schema, stream) in tables
    ]
    synced_at, outcome, records = last or (None, None, None)
    return Freshness(
        synced_at=synced_at,
        outcome=outcome,
        records=records,
        data_until=max((begun for begun, _ in newest if begun), default=None),
        read_at=max((read for _, read in newest if read), default=None),
        filled=sum(read is not None for _, read in newest),
        streams=len(one.streams),
    )


def _newest(
    raw: duckdb.DuckDBPyConnection, schema: str, stream: str, cursor: str | None, now: datetime
) -> tuple[datetime | None, datetime | None]:
    """The newest period of a stream that has begun (where its cursor is a time), and when it was last read."""
    begun = "max(period) FILTER (WHERE period <= ?)" if cursor else "NULL"
    period = f'TRY_CAST("{cursor}" AS TIMESTAMPTZ)' if cursor else "NULL"
    query = f"""SELECT {begun}, max(_airbyte_extracted_at)
                FROM (SELECT {period} AS period, _airbyte_extracted_at FROM "{schema}"."{stream}")"""
    found = raw.execute(query, [now] if cursor else []).fetchone()
    return found or (None, None)


def _forecast_lines(settings: Settings) -> list[str]:
    """The targets that are foreseen and when from, one line; none before the first forecast."""
    if not settings.raw_file.exists():
        return []
    with warehouse.opened(settings.raw_file, read_only=True, wait_seconds=LOCK_WAIT_SECONDS) as raw:
        known = "SELECT 1 FROM duckdb_tables() WHERE schema_name = 'raw_forecast' AND table_name = 'predictions'"
        if raw.execute(known).fetchone() is None:
            return []
        # they are naive, and UTC
        issues = raw.execute(
            "SELECT target, timezone('UTC', max(issued_at)) FROM raw_forecast.predictions WHERE kind = 'live'"
            " GROUP BY ALL ORDER BY ALL"
        ).fetchall()
    return [f"forecast {', '.join(f'{target} of {_local(issued_at)}' for target, issued_at in issues)}"]


def _next_syncs(settings: Settings) -> dict[str, datetime]:
    """When Airflow will start each sync, by DAG; nothing while it isn't running."""
    if not settings.run.exists() or not airflow_stack.is_running(settings):
        return {}
    try:
        dags = airflow_stack.api(settings).dags()
    except HexawattError:
        return {}
    following = {name: dag.get("next_dagrun_run_after") for name, dag in dags.items()}
    return {name: datetime.fromisoformat(text) for name, text in following.items() if text}


def _row(name: str, known: Freshness, following: dict[str, datetime]) -> tuple[str, ...]:
    return (
        name,
        _local(known.synced_at),
        known.outcome or "never synced",
        NEVER if known.records is None else f"{known.records:,}",
        f"{known.filled} of {known.streams}",
        _local(known.data_until),
        _local(known.read_at),
        _local(following.get(sync_dag(name))),
    )


def _local(instant: datetime | None) -> str:
    return instant.astimezone(PARIS).strftime("%Y-%m-%d %H:%M") if instant else NEVER
