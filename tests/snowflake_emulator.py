"""Snowflake as far as it can be had without an account: the real dbt adapter over HTTP, DuckDB behind (fakesnow).

Raw tables are made by Snowflake's own DDL, in the types and capitals of Airbyte's Snowflake destination. Their rows are
put in from a raw file of DuckDB behind the emulator's back: statement by statement would take minutes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import DEVNULL, CompletedProcess
from subprocess import run as run_process
from typing import Any

import duckdb
import snowflake.connector
from fakesnow import server  # the function: once it runs, the package's name for it is a module
from pipeline import DBT, ROOT, WITHOUT_TESTS, environment

TYPES = {
    "VARCHAR": "VARCHAR",
    "TIMESTAMP WITH TIME ZONE": "TIMESTAMP_TZ",
    "TIMESTAMP": "TIMESTAMP_NTZ",
    "DATE": "DATE",
    "DOUBLE": "FLOAT",
    "BIGINT": "NUMBER",
    "INTEGER": "NUMBER",
    "BOOLEAN": "BOOLEAN",
    "JSON": "VARIANT",
}
DATABASE = "HEXAWATT"
SECONDS_FOR_A_BUILD = 500  # the connector would repeat a refused statement for ever


class Snowflake:
    """An emulated account with the raw tables of one DuckDB file and what dbt builds from them."""

    def __init__(
        self, connection: dict[str, Any], behind: duckdb.DuckDBPyConnection, scratch: Path, database: str
    ) -> None:
        self._connection = connection
        self.behind = behind
        self._scratch = scratch
        self.database = database
        self._execute(f"create database {database}")

    @property
    def settings(self) -> dict[str, str]:
        """The variables by which our commands find this account."""
        return {
            "SNOWFLAKE_HOST": self._connection["host"],
            "SNOWFLAKE_PORT": str(self._connection["port"]),
            "SNOWFLAKE_DATABASE": self.database,
        }

    def copy(self, file: Path, schema: str) -> None:
        """Tables of a DuckDB file's schema as a tool of this account would find them."""
        self._execute(f"create schema if not exists {schema}", database=self.database)
        self.behind.execute(f"attach '{file}' as copied (read_only)")
        for (table,) in self.behind.execute(
            "select table_name from duckdb_tables() where database_name = 'copied' and schema_name = ?", [schema]
        ).fetchall():
            target = f'{self.database}."{schema.upper()}"."{table.upper()}"'
            self.behind.execute(f"create table {target} as from copied.{schema}.{table}")
        self.behind.execute("detach copied")

    def mirror(self, raw: Path) -> None:
        """Makes the raw tables of ``raw`` where they are missing, and gives them its rows."""
        self.behind.execute(f"attach '{raw}' as mirrored (read_only)")
        tables = self.behind.execute(
            """select schema_name, table_name,
                list(column_name order by column_index), list(data_type order by column_index)
            from duckdb_columns() where database_name = 'mirrored' and schema_name like 'raw%' group by all"""
        ).fetchall()
        statements = [f'create schema if not exists "{schema.upper()}"' for schema in {table[0] for table in tables}]
        for schema, table, names, types in tables:
            columns = ", ".join(f'"{name.upper()}" {TYPES[kind]}' for name, kind in zip(names, types, strict=True))
            statements.append(f'create table if not exists "{schema.upper()}"."{table.upper()}" ({columns})')
        self._execute(*statements, database=self.database)
        for schema, table, names, _ in tables:
            target = f'{self.database}."{schema.upper()}"."{table.upper()}"'
            self.behind.execute(f"delete from {target}")
            self.behind.execute(f"insert into {target} select {', '.join(names)} from mirrored.{schema}.{table}")
        self.behind.execute("detach mirrored")

    def build(self, *, now: str, tests: bool = True) -> None:
        """One ``dbt build`` of all models, with the tests of the data or without."""
        done = self._dbt("build", *(() if tests else WITHOUT_TESTS), now=now)
        assert done.returncode == 0, done.stdout[-6000:]

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        """Rows of a statement in Snowflake's own SQL."""
        with snowflake.connector.connect(**self._connection, database=self.database) as connection:
            return list(connection.cursor().execute(statement).fetchall())

    def _dbt(self, *arguments: str, now: str) -> CompletedProcess[str]:
        settings = {
            **self.settings,
            "DBT_EXTRA_MACROS": "macros-fakesnow",
            "DBT_TARGET_PATH": str(self._scratch / "target"),
            "DBT_LOG_PATH": str(self._scratch / "logs"),
            "DBT_USE_COLORS": "false",
            "HEXAWATT_MODE": "demo",
            "HEXAWATT_NOW": now,
        }
        project = ["--project-dir", ROOT / "dbt", "--profiles-dir", ROOT / "dbt", "--target", "fakesnow"]
        return run_process(
            [DBT, *arguments, *project],
            env=environment(**settings),
            stdin=DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS_FOR_A_BUILD,
        )

    def _execute(self, *statements: str, **options: str) -> None:
        with snowflake.connector.connect(**self._connection, **options) as connection:
            for statement in statements:
                connection.cursor().execute(statement)


@contextmanager
def emulated_snowflake(scratch: Path, database: str = DATABASE) -> Iterator[Snowflake]:
    """One account, gone at the end. Those of one process differ by the names of their databases."""
    # no isolation by session: the account is shared by dbt, the tests and the connection behind
    with server(session_parameters={"CLIENT_TELEMETRY_ENABLED": False}) as connection:
        shared = sys.modules["fakesnow.server"].shared_fs
        yield Snowflake(connection, shared.duck_conn.cursor(), scratch, database)
