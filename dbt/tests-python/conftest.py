from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import fakesnow
import pytest

# the helpers beside this file
sys.path.insert(0, str(Path(__file__).parent))

from engines import Duckdb, Snowflake, build
from raw_rows import first_sync, second_sync


@pytest.fixture(scope="session")
def duckdb_engine(tmp_path_factory: pytest.TempPathFactory) -> Duckdb:
    """DuckDB built twice: after the first sync, and after the second."""
    engine = Duckdb(tmp_path_factory.mktemp("duckdb"))
    build_twice(engine)
    return engine


@pytest.fixture(scope="session")
def snowflake_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snowflake]:
    """Snowflake (emulated) built twice in the same way."""
    with fakesnow.server() as connection:
        engine = Snowflake(tmp_path_factory.mktemp("snowflake"), connection)
        build_twice(engine)
        yield engine


def build_twice(engine: Duckdb | Snowflake) -> None:
    engine.create_raw()
    engine.insert(first_sync())
    build(engine)
    engine.upsert(second_sync())
    build(engine)
