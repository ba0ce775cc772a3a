"""The two engines under one small interface: load raw rows, run dbt, read a mart."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import duckdb
import snowflake.connector
from raw_rows import Raw
from raw_tables import (
    DUCKDB_TYPES,
    SNOWFLAKE_TYPES,
    as_json,
    columns_of,
    create_statements,
    delete_statements,
)

PROJECT = Path(__file__).parents[1]
DBT = PROJECT.parent / ".venvs" / "dbt" / "bin" / "dbt"
NOW = "2026-03-30T12:00:00Z"
SECONDS_FOR_A_BUILD = 120  # the Snowflake connector would retry a refused statement for ever


def run_dbt(arguments: list[str], target: str, settings: dict[str, str]) -> subprocess.CompletedProcess[str]:
    flags = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT), "--target", target]
    return subprocess.run(
        [str(DBT), *arguments, *flags],
        env={**os.environ, "HEXAWATT_NOW": NOW, "HEXAWATT_MODE": "demo", **settings},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS_FOR_A_BUILD,
    )


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


class Duckdb:
    def __init__(self, folder: Path) -> None:
        self.raw_file = folder / "raw.duckdb"
        self.models_file = folder / "hexawatt.duckdb"
        self.settings = {
            "HEXAWATT_RAW_FILE": str(self.raw_file),
            "HEXAWATT_MODELS_FILE": str(self.models_file),
            "DBT_TARGET_PATH": str(folder / "target"),
            "DBT_LOG_PATH": str(folder / "logs"),
        }

    def create_raw(self) -> None:
        self.write_raw(list(create_statements(DUCKDB_TYPES, quote_upper=False)))

    def insert(self, raw: Raw) -> None:
        self.write_raw([self.insert_statement(table, as_json(rows)) for table, rows in raw.items()])

    def upsert(self, raw: Raw) -> None:
        self.write_raw(list(delete_statements(raw)))
        self.insert(raw)

    @staticmethod
    def insert_statement(table: str, rows: str) -> str:
        shape = {name: DUCKDB_TYPES[kind] for name, kind in columns_of(table).items()}
        typed = f"from_json({quoted(rows)}, {quoted(json.dumps([shape]))})"
        return f"insert into {table} select unnest({typed}, max_depth := 2)"

    def write_raw(self, statements: list[str]) -> None:
        with duckdb.connect(self.raw_file) as connection:
            for statement in statements:
                connection.execute(statement)

    def dbt(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return run_dbt(list(arguments), "duckdb", self.settings)

    def change_mart(self, statement: str) -> None:
        with duckdb.connect(self.models_file) as connection:
            connection.execute(statement)

    def rows(self, table: str) -> list[dict[str, Any]]:
        with duckdb.connect(self.models_file, read_only=True) as connection:
            cursor = connection.execute(f"select * from {table}")
            names = [column[0] for column in cursor.description or []]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


class Snowflake:
    """The emulator: real adapter, real protocol, DuckDB behind."""

    def __init__(self, folder: Path, connection: dict[str, Any]) -> None:
        self.connection = connection
        self.settings = {
            "SNOWFLAKE_HOST": connection["host"],
            "SNOWFLAKE_PORT": str(connection["port"]),
            "SNOWFLAKE_DATABASE": "HEXAWATT",
            "DBT_EXTRA_MACROS": "macros-fakesnow",
            "DBT_TARGET_PATH": str(folder / "target"),
            "DBT_LOG_PATH": str(folder / "logs"),
        }

    def create_raw(self) -> None:
        self.execute(["create database HEXAWATT"])
        self.execute(list(create_statements(SNOWFLAKE_TYPES, quote_upper=True)), database="HEXAWATT")

    def insert(self, raw: Raw) -> None:
        statements = [self.insert_statement(table, as_json(rows)) for table, rows in raw.items()]
        self.execute(statements, database="HEXAWATT")

    def upsert(self, raw: Raw) -> None:
        self.execute(list(delete_statements(raw)), database="HEXAWATT")
        self.insert(raw)

    @staticmethod
    def insert_statement(table: str, rows: str) -> str:
        cells = ", ".join(
            f"r.value:{name}" + ("" if kind == "json" else f"::{SNOWFLAKE_TYPES[kind]}")
            for name, kind in columns_of(table).items()
        )
        return f"insert into {table} select {cells} from table(flatten(input => parse_json({quoted(rows)}))) as r"

    def execute(self, statements: list[str], **options: str) -> None:
        with snowflake.connector.connect(**self.connection, **options) as connection:
            for statement in statements:
                connection.cursor().execute(statement)

    def dbt(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return run_dbt(list(arguments), "fakesnow", self.settings)

    def rows(self, table: str) -> list[dict[str, Any]]:
        with snowflake.connector.connect(**self.connection, database="HEXAWATT") as connection:
            cursor = connection.cursor()
            cursor.execute(f"select * from {table}")
            names = [column.name.lower() for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def build(engine: Duckdb | Snowflake) -> None:
    outcome = engine.dbt("build")
    assert outcome.returncode == 0, outcome.stdout[-6000:]
