"""Waiting for a DuckDB file that another process holds."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest
from hexawatt import journal, warehouse
from hexawatt.errors import HexawattError

HOLDER = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1])
print("holding", flush=True)
sys.stdin.read()
"""


@contextmanager
def held_by_another_process(path: Path) -> Iterator[subprocess.Popen[str]]:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "holding\n"
        yield holder


def test_a_file_that_stays_held_is_given_up_with_a_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "raw.duckdb"
    with (
        held_by_another_process(path) as holder,
        pytest.raises(HexawattError, match="in use by another program"),
        warehouse.opened(path, wait_seconds=0.3),
    ):
        pass
    assert holder.returncode == 0


def test_a_file_that_is_let_go_in_time_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "raw.duckdb"
    with held_by_another_process(path) as holder:
        letting_go = threading.Timer(0.3, holder.communicate)
        letting_go.start()
        journal.append(path, "syncs", [{"connection": "rte", "status": "succeeded", "records": 3}], wait_seconds=20)
        letting_go.join()
    with duckdb.connect(str(path)) as connection:
        rows = connection.execute("SELECT connection, status, records, message FROM raw_operations.syncs").fetchall()
    assert rows == [("rte", "succeeded", 3, None)]


def test_a_file_that_is_no_database_is_a_clear_error_at_once(tmp_path: Path) -> None:
    path = tmp_path / "raw.duckdb"
    path.write_text("this is not a database, and it is long enough to look at" * 100)
    with pytest.raises(HexawattError, match="can't be opened"), warehouse.opened(path, wait_seconds=60):
        pass
