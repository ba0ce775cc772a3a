from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path

import pytest
from both_engines import BothEngines, built_by_both
from real_warehouse import RealWarehouse
from recorded import require_real_data
from simulated_days import AUTUMN, SPRING, SimulatedDay, simulated_day

# Warehouses that several files read: on several cores their tests stay in one process, so that each is built once.
SHARED = ("both_engines", "simulated_days", "real_warehouse")

# Each loads the extracts of its domain: module with a function load(warehouse).
EXTRACTS = sorted(path.stem for path in Path(__file__).parent.glob("extracts_*.py"))


@pytest.hookimpl(tryfirst=True)  # before the hook that reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files whose tests share a warehouse run in one process (``--dist loadgroup``), every other file in any."""
    groups: dict[Path, str] = {}
    for item in items:
        for name in set(SHARED) & set(getattr(item, "fixturenames", ())):
            groups[item.path] = "simulated_days" if name == "both_engines" else name
    for item in items:
        item.add_marker(pytest.mark.xdist_group(groups.get(item.path, item.path.name)))


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
def simulated_days(tmp_path_factory: pytest.TempPathFactory) -> dict[str, SimulatedDay]:
    """Raw tables of all connections around the days of 23 and of 25 hours."""
    days = {"spring": SPRING, "autumn": AUTUMN}
    with ThreadPoolExecutor() as pool:
        synced = {name: pool.submit(simulated_day, day, tmp_path_factory.mktemp(name)) for name, day in days.items()}
        return {name: simulated.result() for name, simulated in synced.items()}


@pytest.fixture(scope="session")
def both_engines(
    simulated_days: dict[str, SimulatedDay], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BothEngines]:
    """The marts of these days on DuckDB and on the emulator of Snowflake."""
    with built_by_both(**simulated_days, folder=tmp_path_factory.mktemp("engines")) as built:
        yield built
