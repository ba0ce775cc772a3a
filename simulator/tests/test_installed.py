"""Installed capacities: by type and year, by plant, and under purchase obligation."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from simulator.model.units import FLEETS, UNITS
from simulator.testing import RteClient, SimulatorUrl, log_in

REAL = Path(__file__).parents[3] / "shared" / "real" / "rte"
API = "generation_installed_capacities/v1"
PER_TYPE = f"{API}/capacities_per_production_type"
PER_UNIT = f"{API}/capacities_per_production_unit"
CONTRACTS = f"{API}/capacities_cpc"


def per_type(rte: RteClient, **params: str) -> dict[str, Any]:
    answer = rte.get(PER_TYPE, **params)
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["capacities_per_production_type"])


def years(first: int, last: int) -> dict[str, str]:
    return {"start_date": f"{first}-01-01T00:00:00+01:00", "end_date": f"{last}-01-01T00:00:00+01:00"}


def test_a_year_by_type_in_an_object(shared_rte: RteClient) -> None:
    answer = per_type(shared_rte)
    assert (answer["start_date"], answer["end_date"]) == ("2026-01-01T00:00:00+01:00", "2027-01-01T00:00:00+01:00")
    names = [row["type"] for row in answer["values"]]
    assert names == sorted(set(names))
    assert {"NUCLEAR", "SOLAR", "WIND_ONSHORE", "WIND_OFFSHORE", "MARINE"} <= set(names)
    for row in answer["values"]:
        assert list(row) == ["start_date", "end_date", "type", "value", "updated_date"]
        assert isinstance(row["value"], int)
        assert row["updated_date"] == "2025-12-15T10:00:00+01:00"


def test_years_follow_each_other_and_renewables_grow(shared_rte: RteClient) -> None:
    values = per_type(shared_rte, **years(2022, 2027), production_type="SOLAR,NUCLEAR")["values"]
    solar = [row["value"] for row in values if row["type"] == "SOLAR"]
    assert len(values) == 2 * 5
    assert solar == sorted(solar)
    assert solar[-1] > 2 * solar[0]
    assert {row["value"] for row in values if row["type"] == "NUCLEAR"} == {FLEETS["NUCLEAR"]}


def test_the_next_year_is_not_served_before_it_is_published(rte: RteClient) -> None:
    asked = years(2026, 2028)
    assert {row["start_date"][:4] for row in per_type(rte, **asked)["values"]} == {"2026"}
    rte.url.move_to("2026-12-15T10:00:00+01:00")
    assert {row["start_date"][:4] for row in per_type(log_in(rte.url), **asked)["values"]} == {"2026", "2027"}


@pytest.mark.parametrize("name", [path.split("/")[-1] for path in (PER_TYPE, PER_UNIT, CONTRACTS)])
def test_the_keys_are_those_of_the_recorded_answers(shared_rte: RteClient, name: str) -> None:
    recording = REAL / f"generation_installed_capacities__{name}__1.json"
    if not recording.is_file():
        pytest.skip("the recorded answers of RTE are not beside this checkout")
    recorded = keys(json.loads(recording.read_text()))
    assert keys(shared_rte.get(f"{API}/{name}").json()) == recorded


def keys(body: Any) -> set[str]:
    """Every key of an answer, at any depth."""
    if isinstance(body, list):
        return {key for one in body for key in keys(one)}
    if isinstance(body, dict):
        return set(body) | {key for one in body.values() for key in keys(one)}
    return set()


@pytest.mark.parametrize(
    ("asked", "code"),
    [({"production_type": "COFFEE"}, "F07"), (years(2027, 2026), "F02"), (years(2027, 2029), "F04")],
)
def test_refusals(shared_rte: RteClient, asked: dict[str, str], code: str) -> None:
    assert shared_rte.error(PER_TYPE, **asked).endswith(code)


def test_plants_of_today(shared_rte: RteClient) -> None:
    blocks = shared_rte.blocks(PER_UNIT)
    assert {(block["start_date"], block["end_date"]) for block in blocks} == {
        ("2026-11-21T00:00:00+01:00", "2026-11-22T00:00:00+01:00")
    }
    codes = [block["production_unit"]["code_eic"] for block in blocks]
    assert len(set(codes)) == len(codes)
    assert not {unit.eic_code for unit in UNITS} & set(codes), "plants have codes of their own"
    for block in blocks:
        for value in block["values"]:
            assert set(value) - {"start_date", "end_date"} == {"installed_capacity", "voltage_level_connection", "type"}
            assert value["voltage_level_connection"] in (225, 400)


def test_a_plant_is_its_units_and_less_than_its_type(shared_rte: RteClient) -> None:
    newest = [block["values"][0] for block in shared_rte.blocks(PER_UNIT)]
    by_type: Counter[str] = Counter()
    for value in newest:
        by_type[value["type"]] += value["installed_capacity"]
    units: Counter[str] = Counter()
    for unit in UNITS:
        units[unit.production_type] += round(unit.capacity)
    assert by_type == units
    national = {row["type"]: row["value"] for row in per_type(shared_rte)["values"]}
    assert all(total <= national[name] for name, total in by_type.items())


def test_some_plants_were_refitted_and_some_have_no_date(shared_rte: RteClient) -> None:
    blocks = shared_rte.blocks(PER_UNIT)
    assert {len(block["values"]) for block in blocks} == {1, 2}
    for block in blocks:
        if len(block["values"]) == 2:
            newer, older = block["values"]
            assert newer["start_date"] == older["end_date"] > older["start_date"]
            assert newer["installed_capacity"] > older["installed_capacity"]
    assert any("start_date" not in value for block in blocks for value in block["values"])


def test_only_the_plants_of_a_type(shared_rte: RteClient) -> None:
    blocks = shared_rte.blocks(PER_UNIT, production_type="NUCLEAR,WIND_OFFSHORE")
    assert {value["type"] for block in blocks for value in block["values"]} == {"NUCLEAR", "WIND_OFFSHORE"}


def test_purchase_obligations(shared_rte: RteClient) -> None:
    rows = shared_rte.blocks(CONTRACTS)
    keys = [(row["department_code"], row["network_connection"], row["production_type"]) for row in rows]
    assert len(set(keys)) == len(keys) == 95 * 2 * 9
    national = [row for row in rows if row["department_code"] == "FR"]
    with_value = [row for row in rows if "value" in row]
    assert len(national) == 18
    assert len(with_value) == 15
    for row in rows:
        assert ("value" in row) == ("updated_date" in row)
        assert "value" not in row or row["department_code"] == "FR"
    wind = next(row for row in national if row["production_type"] == "WIND")
    assert 10_000_000 < wind["value"] < 40_000_000, "kW"


def test_contracts_are_refreshed_at_night(url: SimulatorUrl) -> None:
    def totals() -> tuple[str, dict[tuple[str, str], int]]:
        rows = [row for row in log_in(url).blocks(CONTRACTS) if "value" in row]
        (stamp,) = {row["updated_date"] for row in rows}
        return stamp, {(row["network_connection"], row["production_type"]): row["value"] for row in rows}

    first, before = totals()
    url.move_to("2026-11-22T01:59:00+01:00")
    assert totals() == (first, before)
    url.advance(60)
    second, after = totals()
    assert (first, second) == ("2026-11-21T02:00:00+01:00", "2026-11-22T02:00:00+01:00")
    assert after["RPD", "SOLAR"] > before["RPD", "SOLAR"]
