from __future__ import annotations

import sys
from pathlib import Path

import pytest

# the helpers beside this file
sys.path.insert(0, str(Path(__file__).parent))

from engines import Duckdb, build
from forecast_rows import foresee
from pipeline import WITHOUT_TESTS
from raw_rows import ISSUED, first_sync, second_sync


@pytest.fixture(scope="session")
def built_twice(tmp_path_factory: pytest.TempPathFactory) -> Duckdb:
    """Built after the first sync, and after the second, then as the hourly pipeline does: tests of the newest days."""
    engine = Duckdb(tmp_path_factory.mktemp("duckdb"))
    engine.insert(first_sync())
    foresee(engine.raw_file, ISSUED)
    build(engine, *WITHOUT_TESTS)
    engine.upsert(second_sync())
    engine.settings["HEXAWATT_TEST_DAYS"] = "45"
    build(engine)
    return engine
