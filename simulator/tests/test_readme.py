"""The README says what is there, and its example runs as pasted."""

from __future__ import annotations

import re
from pathlib import Path

from markdown_tables import tables
from simulator.cli import from_environment
from simulator.faults import NAMED_KINDS
from simulator.model.neighbours import COUNTRIES
from simulator.model.points import POINTS, REGIONS
from simulator.model.units import UNITS
from simulator.open_meteo.products import MODELS
from simulator.open_meteo.variables import DAILY, HOURLY
from simulator.opendatasoft.odre import ODRE
from simulator.opendatasoft.schools import PARIS
from simulator.services import SERVICES

import simulator

README = (Path(__file__).parents[1] / "README.md").read_text()
CODE = Path(simulator.__file__).parent


def column(head: str) -> list[str]:
    """What stands between backticks in a column of the tables that have it, `head` being the name of their first."""
    cells = [row[head] for table in tables(README) for row in table if next(iter(row)) == head]
    return [word for cell in cells for word in re.findall(r"`([^`]+)`", cell)]


def test_the_example_runs_as_pasted() -> None:
    (example,) = re.findall(r"```python\n(.*?)```", README, re.S)
    known: dict[str, object] = {}
    exec(example, known)
    assert isinstance(known["url"], str)
    assert known["today"]["type"] == "REALISED"  # type: ignore[index]


def test_each_module_of_the_model_is_told_once() -> None:
    there = sorted(path.stem for path in (CODE / "model").glob("*.py") if path.stem != "__init__")
    assert sorted(column("module")) == there


def test_each_service_is_told_with_its_prefix() -> None:
    rows = [row for table in tables(README) for row in table if next(iter(row)) == "service"]
    packages = {row["package"].strip("`/") for row in rows}
    assert packages == {path.parent.name for path in CODE.glob("*/api.py")}
    told = [prefix for row in rows for prefix in re.findall("`([^`]+)`", row["addresses begin with"])]
    for service in SERVICES:
        for route in service.routes:
            assert any((service.prefix + route.path).startswith(prefix) for prefix in told), route.path


def test_each_setting_is_told() -> None:
    read = {*re.findall(r'"((?:SIMULATOR|HEXAWATT)_[A-Z_]+)"', (CODE / "cli.py").read_text())}
    assert set(column("variable")) == read
    assert from_environment({}).seed == 1


def test_each_fault_is_told() -> None:
    assert set(column("kind")) == set(NAMED_KINDS)


def test_numbers() -> None:
    assert f"{len(HOURLY)} hourly and {len(DAILY)} daily" in README
    assert "`models`: nine" in README
    assert len(MODELS) == 9
    assert f"{len(POINTS)} cities of {len(REGIONS)} regions" in README
    assert f"{len(UNITS)} units" in README
    assert "eleven countries" in README
    assert len(COUNTRIES) == 11


def test_each_data_set_is_told() -> None:
    told = column("data set")
    full = {name if not name.startswith("-") else f"etablissements-scolaires{name}" for name in told}
    assert full == {*ODRE.datasets, *PARIS.datasets}
