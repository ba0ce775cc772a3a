"""DuckDB under a small interface: lay raw rows out as the syncs do, run dbt, read a mart."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
from pipeline import dbt_run, empty_raw
from raw_rows import Raw, Row

NOW = "2026-03-30T12:00:00Z"
INSTANT = "%Y-%m-%d %H:%M:%S+00:00"

ALWAYS_THE_SAME = {"_airbyte_meta": "json('{\"changes\": []}')", "_airbyte_generation_id": "0"}

# What makes two raw rows of these streams the same, where a test revises rows.
KEYS = {
    "raw_rte.consumption_short_term": ("type", "start_date", "start_date_local"),
    "raw_rte.actual_generations_per_production_type": ("production_type", "start_date"),
    "raw_weather.archive_hourly": ("point_id", "time"),
}


class Duckdb:
    """A raw file with all raw tables, and a models file, in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.raw_file = folder / "raw.duckdb"
        self.models_file = folder / "hexawatt.duckdb"
        self.settings = {"HEXAWATT_NOW": NOW, "HEXAWATT_MODE": "demo"}
        empty_raw(self.raw_file)

    @cached_property
    def columns(self) -> Mapping[str, Mapping[str, str]]:
        """{raw table: {column: type}}"""
        with duckdb.connect(self.raw_file, read_only=True) as connection:
            found = connection.execute(
                "select schema_name || '.' || table_name, column_name, data_type from duckdb_columns()"
                " where schema_name like 'raw%' order by all"
            ).fetchall()
        tables: dict[str, dict[str, str]] = {}
        for table, column, kind in found:
            tables.setdefault(table, {})[column] = kind
        return tables

    def insert(self, raw: Raw) -> None:
        """Appends rows; what they don't name is NULL."""
        columns = self.columns
        with duckdb.connect(self.raw_file) as connection:
            for table, rows in raw.items():
                shape = {name: kind for name, kind in columns[table].items() if name not in ALWAYS_THE_SAME}
                unnested = f"unnest(from_json(?, {quoted(json.dumps([shape]))}), max_depth := 2)"
                same = ", ".join(f"{value} as {name}" for name, value in ALWAYS_THE_SAME.items())
                connection.execute(f"insert into {table} by name select {unnested}, {same}", [as_json(rows)])

    def upsert(self, raw: Raw) -> None:
        """Rows of the same natural key make room for the later ones, as the destination's upsert does."""
        with duckdb.connect(self.raw_file) as connection:
            for table, rows in raw.items():
                for row in rows:
                    same = " and ".join(f"{key} = ?" for key in KEYS[table])
                    connection.execute(f"delete from {table} where {same}", [row[key] for key in KEYS[table]])
        self.insert(raw)

    def dbt(self, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        return dbt_run(
            *arguments,
            raw=self.raw_file,
            models=self.models_file,
            scratch=self.raw_file.parent,
            **self.settings,
            **settings,
        )

    def change_mart(self, statement: str) -> None:
        with duckdb.connect(self.models_file) as connection:
            connection.execute(statement)

    def rows(self, table: str) -> list[dict[str, Any]]:
        with duckdb.connect(self.models_file, read_only=True) as connection:
            cursor = connection.execute(f"select * from {table}")
            names = [column[0] for column in cursor.description or []]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def as_json(rows: list[Row]) -> str:
    """The rows as one JSON array, instants as text with their offset."""

    def text(value: Any) -> str:
        return value.strftime(INSTANT) if isinstance(value, datetime) else str(value)

    return json.dumps(rows, default=text)


def build(engine: Duckdb, *options: str) -> None:
    """Seeds, models and, unless told otherwise, their tests."""
    outcome = engine.dbt("build", *options)
    assert outcome.returncode == 0, outcome.stdout[-6000:]
