from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest
from real_warehouse import RealWarehouse
from recorded import require_real_data
from simulated_days import AUTUMN, SPRING, SimulatedDay, simulated_day

# Each loads the extracts of its domain: module with a function load(warehouse).
EXTRACTS = sorted(path.stem for path in Path(__file__).parent.glob("extracts_*.py"))


@pytest.fixture(scope="session")
def real_warehouse(tmp_path_factory: pytest.TempPathFactory) -> RealWarehouse:
    """All models over all real extracts, built once for every test that only reads."""
    require_real_data()
    warehouse = RealWarehouse(tmp_path_factory.mktemp("real"))
    for name in EXTRACTS:
        import_module(name).load(warehouse)
    warehouse.run()
    return warehouse


@pytest.fixture(scope="session")
def spring(tmp_path_factory: pytest.TempPathFactory) -> SimulatedDay:
    """Raw tables of all connections around the day of 23 hours."""
    return simulated_day(SPRING, tmp_path_factory.mktemp("spring"))


@pytest.fixture(scope="session")
def autumn(tmp_path_factory: pytest.TempPathFactory) -> SimulatedDay:
    """Raw tables of all connections around the day of 25 hours."""
    return simulated_day(AUTUMN, tmp_path_factory.mktemp("autumn"))
