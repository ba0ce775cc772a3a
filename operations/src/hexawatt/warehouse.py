"""Opening DuckDB files that others write too: one writer at a time, so wait for it, but not for ever."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from .errors import HexawattError

LOCK_WAIT_SECONDS = 120.0


@contextmanager
def opened(
    path: Path, *, read_only: bool = False, wait_seconds: float = LOCK_WAIT_SECONDS
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to `path`, closed on leaving.

    While another process holds the file it is asked for again until `wait_seconds` are over; then, and on a file that
    DuckDB can't read, HexawattError.
    """
    connection = _connect(path, read_only, time.monotonic() + wait_seconds)
    try:
        yield connection
    finally:
        connection.close()


def _connect(path: Path, read_only: bool, deadline: float) -> duckdb.DuckDBPyConnection:
    while True:
        try:
            return duckdb.connect(str(path), read_only=read_only)
        except duckdb.IOException as error:
            if "lock" not in str(error).lower():
                raise HexawattError(f"{path} can't be opened: {_first_line(error)}") from error
            if time.monotonic() >= deadline:
                raise HexawattError(f"{path} is in use by another program: {_first_line(error)}") from error
        time.sleep(0.1)


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]
