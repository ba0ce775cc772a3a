"""The warehouse as forecasts use it: marts are read, raw tables written, on DuckDB and on Snowflake alike.

A write replaces the rows of its keys and is one transaction: whoever reads sees all of it or nothing.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import duckdb
import pandas as pd

from .errors import ForecastError

SCHEMA = "raw_forecast"
# {table: {column: type}}, keys below. Instants are UTC.
TABLES: Mapping[str, Mapping[str, str]] = {
    "predictions": {
        "target": "VARCHAR",
        "entity": "VARCHAR",
        "model": "VARCHAR",
        "model_version": "VARCHAR",
        "kind": "VARCHAR",
        "issued_at": "TIMESTAMP",
        "valid_at": "TIMESTAMP",
        "step_minutes": "INTEGER",
        "horizon_minutes": "INTEGER",
        "quantile": "DOUBLE",
        "value": "DOUBLE",
        "written_at": "TIMESTAMP",
    },
    "models": {
        "target": "VARCHAR",
        "model_version": "VARCHAR",
        "trained_at": "TIMESTAMP",
        "data_from": "TIMESTAMP",
        "data_until": "TIMESTAMP",
        "training_rows": "BIGINT",
        "backtest_from": "TIMESTAMP",
        "backtest_until": "TIMESTAMP",
        "score": "VARCHAR",
        "model_score": "DOUBLE",
        "naive_model": "VARCHAR",
        "naive_score": "DOUBLE",
        "is_published": "BOOLEAN",
        "verdict": "VARCHAR",
        "seed": "BIGINT",
        "features": "VARCHAR",
        "libraries": "VARCHAR",
        "training_seconds": "DOUBLE",
    },
    "runs": {
        "target": "VARCHAR",
        "started_at": "TIMESTAMP",
        "finished_at": "TIMESTAMP",
        "status": "VARCHAR",
        "model_version": "VARCHAR",
        "message": "VARCHAR",
    },
}
KEYS: Mapping[str, Sequence[str]] = {
    "predictions": ("target", "entity", "model", "kind", "issued_at", "valid_at", "quantile"),
    "models": ("target", "model_version"),
    "runs": ("target", "started_at"),
}
ROWS_OF_AN_INSERT = 4_000  # Snowflake's statements are to stay below 1 MB, and below 16,384 rows
LOCK_WAIT_SECONDS = 900.0  # a build holds the raw file as long as it runs


class Warehouse(Protocol):
    """Where marts are read and forecasts written."""

    def read(self, sql: str) -> pd.DataFrame:
        """Rows with lower-case columns. ForecastError if the marts are not there."""

    def write(self, rows: Mapping[str, pd.DataFrame]) -> None:
        """Put rows, by table of `TABLES`, in the place of those with their keys; all in one transaction."""


class DuckDb:
    """Two files: the models', read, and the raw tables', written."""

    def __init__(self, models: Path, raw: Path) -> None:
        self.models, self.raw = models, raw

    def read(self, sql: str) -> pd.DataFrame:
        if not self.models.exists():
            raise ForecastError(f"{self.models} doesn't exist: build the models first")
        with _opened(self.models, read_only=True) as connection:
            try:
                return connection.execute(sql).df()
            except duckdb.CatalogException as error:
                raise ForecastError(f"the models are not complete, build them first: {_first_line(error)}") from error

    def write(self, rows: Mapping[str, pd.DataFrame]) -> None:
        with _opened(self.raw) as connection:
            connection.begin()
            connection.execute(f"create schema if not exists {SCHEMA}")
            for table, given in rows.items():
                connection.execute(f"create table if not exists {SCHEMA}.{table} ({_columns(table)})")
                given = given[list(TABLES[table])]
                same = " and ".join(f"{SCHEMA}.{table}.{key} = given.{key}" for key in KEYS[table])
                connection.execute(f"delete from {SCHEMA}.{table} using given where {same}")
                connection.execute(f"insert into {SCHEMA}.{table} select * from given")
            connection.commit()


class Snowflake:
    """One database, as the variables name it that dbt's profile reads too."""

    def __init__(self, settings: Mapping[str, str]) -> None:
        self.settings = settings

    def read(self, sql: str) -> pd.DataFrame:
        with self._connected() as connection, connection.cursor() as cursor:
            cursor.execute(sql)
            names = [column[0].lower() for column in cursor.description]
            return pd.DataFrame(cursor.fetchall(), columns=names)

    def write(self, rows: Mapping[str, pd.DataFrame]) -> None:
        with self._connected() as connection, connection.cursor() as cursor:
            cursor.execute(f"create schema if not exists {SCHEMA}")
            cursor.execute(f"use schema {SCHEMA}")
            for table in rows:  # Snowflake ends a transaction at each create
                cursor.execute(f"create table if not exists {table} ({_columns(table)})")
                cursor.execute(f"create or replace temporary table given_{table} ({_columns(table)})")
            cursor.execute("begin")
            for table, given in rows.items():
                insert = f"insert into given_{table} values ({', '.join('%s' for _ in TABLES[table])})"
                plain = _plain(given[list(TABLES[table])])
                for first in range(0, len(plain), ROWS_OF_AN_INSERT):
                    cursor.executemany(insert, plain[first : first + ROWS_OF_AN_INSERT])
                same = " and ".join(f"{table}.{key} = given.{key}" for key in KEYS[table])
                cursor.execute(f"delete from {table} using given_{table} as given where {same}")
                cursor.execute(f"insert into {table} select * from given_{table}")
            cursor.execute("commit")

    @contextmanager
    def _connected(self) -> Iterator[Any]:
        from snowflake.connector import connect
        from snowflake.connector.errors import Error

        try:
            connection = connect(**_snowflake(self.settings))
        except Error as error:
            raise ForecastError(f"Snowflake refuses the connection: {_first_line(error)}") from error
        try:
            yield connection
        except Error as error:
            raise ForecastError(f"Snowflake: {_first_line(error)}") from error
        finally:
            connection.close()


def from_environment() -> Warehouse:
    """The warehouse that HEXAWATT_WAREHOUSE names: duckdb (default) or snowflake."""
    kind = os.environ.get("HEXAWATT_WAREHOUSE", "duckdb")
    if kind == "duckdb":
        files = {name: os.environ.get(name) for name in ("HEXAWATT_MODELS_FILE", "HEXAWATT_RAW_FILE")}
        for name, value in files.items():
            if not value:
                raise ForecastError(f"{name} is not set: give the path of the DuckDB file")
        return DuckDb(Path(files["HEXAWATT_MODELS_FILE"] or ""), Path(files["HEXAWATT_RAW_FILE"] or ""))
    if kind == "snowflake":
        return Snowflake(os.environ)
    raise ForecastError(f"HEXAWATT_WAREHOUSE must be duckdb or snowflake, not {kind!r}")


def _snowflake(settings: Mapping[str, str]) -> dict[str, Any]:
    """Arguments of the connection. SNOWFLAKE_HOST is that of an emulator, which wants a password and no key."""
    common = {
        "account": settings.get("SNOWFLAKE_ACCOUNT", ""),
        "user": settings.get("SNOWFLAKE_USER", ""),
        "role": settings.get("SNOWFLAKE_ROLE", "HEXAWATT_TRANSFORMER"),
        "warehouse": settings.get("SNOWFLAKE_WAREHOUSE", "HEXAWATT"),
        "database": settings.get("SNOWFLAKE_DATABASE", "HEXAWATT"),
        "session_parameters": {"TIMEZONE": "UTC", "QUERY_TAG": "hexawatt-forecast"},
    }
    if host := settings.get("SNOWFLAKE_HOST"):
        port, protocol = int(settings.get("SNOWFLAKE_PORT", "8321")), settings.get("SNOWFLAKE_PROTOCOL", "http")
        return {**common, "account": "fakesnow", "user": "fake", "password": "fake"} | {
            "host": host,
            "port": port,
            "protocol": protocol,
        }
    key = settings.get("SNOWFLAKE_PRIVATE_KEY_PATH", "")
    if not Path(key).is_file():
        raise ForecastError("SNOWFLAKE_PRIVATE_KEY_PATH must name the private key's file")
    passphrase = settings.get("SNOWFLAKE_PRIVATE_KEY_PASSPHRASE")
    return common | {"private_key_file": key, **({"private_key_file_pwd": passphrase} if passphrase else {})}


@contextmanager
def _opened(path: Path, *, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection, asked for again while another process holds the file."""
    deadline = time.monotonic() + LOCK_WAIT_SECONDS
    while True:
        try:
            connection = duckdb.connect(str(path), read_only=read_only)
            break
        except duckdb.IOException as error:
            if "lock" not in str(error).lower():
                raise ForecastError(f"{path} can't be opened: {_first_line(error)}") from error
            if time.monotonic() >= deadline:
                raise ForecastError(f"{path} is in use by another program: {_first_line(error)}") from error
        time.sleep(0.2)
    try:
        yield connection
    except duckdb.IOException as error:  # a full disk, say
        raise ForecastError(f"{path}: {_first_line(error)}") from error
    finally:
        connection.close()


def _columns(table: str) -> str:
    return ", ".join(f"{name} {kind}" for name, kind in TABLES[table].items())


def _plain(rows: pd.DataFrame) -> list[tuple[Any, ...]]:
    """Rows as a driver takes them: none for what is missing, Python's own numbers and times."""
    return [tuple(_value(value) for value in row) for row in rows.astype(object).itertuples(index=False, name=None)]


def _value(value: Any) -> Any:
    if pd.isna(value):
        return None
    return value.to_pydatetime() if isinstance(value, pd.Timestamp) else value


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]
