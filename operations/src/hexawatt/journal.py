"""`raw_operations`: what was synced, built, foreseen and published, with its outcome. Rows are only ever appended.

The tables live in the raw file beside the sources' own, so that health marts are built from them like any other mart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import duckdb

from . import warehouse

SCHEMA = "raw_operations"

# {table: {column: type}}; the README describes them. Instants are UTC.
TABLES: Mapping[str, Mapping[str, str]] = {
    "syncs": {
        "connection": "VARCHAR",
        "started_at": "TIMESTAMPTZ",
        "finished_at": "TIMESTAMPTZ",
        "status": "VARCHAR",
        "records": "BIGINT",
        "message": "VARCHAR",
    },
    "builds": {
        "started_at": "TIMESTAMPTZ",
        "finished_at": "TIMESTAMPTZ",
        "status": "VARCHAR",
        "invocation_id": "VARCHAR",
    },
    "forecast_builds": {
        "started_at": "TIMESTAMPTZ",
        "finished_at": "TIMESTAMPTZ",
        "status": "VARCHAR",
        "invocation_id": "VARCHAR",
    },
    "forecasts": {
        "started_at": "TIMESTAMPTZ",
        "finished_at": "TIMESTAMPTZ",
        "status": "VARCHAR",
        "message": "VARCHAR",
    },
    "dbt_results": {
        "invocation_id": "VARCHAR",
        "generated_at": "TIMESTAMPTZ",
        "unique_id": "VARCHAR",
        "status": "VARCHAR",
        "execution_seconds": "DOUBLE",
        "failures": "BIGINT",
        "message": "VARCHAR",
    },
    "publishes": {
        "published_at": "TIMESTAMPTZ",
        "action": "VARCHAR",
        "version": "VARCHAR",
        "previous_version": "VARCHAR",
        "size_bytes": "BIGINT",
        "duration_seconds": "DOUBLE",
    },
}


def append(
    raw_file: Path,
    table: str,
    rows: Sequence[Mapping[str, object]],
    *,
    wait_seconds: float = warehouse.LOCK_WAIT_SECONDS,
) -> None:
    """Append rows ({column: value}) to one table of `raw_operations`, in one transaction; made when absent."""
    if not rows:
        return
    columns = TABLES[table]
    definition = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    places = ", ".join("?" for _ in columns)
    with warehouse.opened(raw_file, wait_seconds=wait_seconds) as connection:
        connection.begin()
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
        connection.execute(f"CREATE TABLE IF NOT EXISTS {SCHEMA}.{table} ({definition})")
        connection.executemany(
            f"INSERT INTO {SCHEMA}.{table} VALUES ({places})",
            [[row.get(name) for name in columns] for row in rows],
        )
        connection.commit()


def last(raw: duckdb.DuckDBPyConnection, table: str, column: str, *, where: str) -> datetime | None:
    """The latest instant in a column of one table, among the rows that meet `where`; None when there is none."""
    known = raw.execute("SELECT 1 FROM duckdb_tables() WHERE schema_name = ? AND table_name = ?", [SCHEMA, table])
    if known.fetchone() is None:
        return None
    found = raw.execute(f"SELECT max({column}) FROM {SCHEMA}.{table} WHERE {where}").fetchone()
    return found[0] if found else None
