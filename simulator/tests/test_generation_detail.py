"""Output by unit, the mix by quarter-hour, the stock of the reservoirs."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from simulator.model.units import UNITS, check_character
from simulator.rte.errors import FunctionalError

Ask = Callable[..., Any]

UNIT_OUTPUT = "actual_generation/v1/actual_generations_per_unit"
TYPE_OUTPUT = "actual_generation/v1/actual_generations_per_production_type"
MIX = "actual_generation/v1/generation_mix_15min_time_scale"
STOCK = "actual_generation/v1/water_reserves"
LOAD = "consumption/v1/short_term"
WEEK = ("2026-02-02", "2026-02-09")


def by_start(values: list[dict[str, Any]]) -> dict[str, int]:
    return {value["start_date"]: value["value"] for value in values}


def test_codes_are_well_formed_and_unique() -> None:
    codes = [unit.eic_code for unit in UNITS]
    assert len(set(codes)) == len({unit.name for unit in UNITS}) == len(UNITS)
    for code in codes:
        assert re.fullmatch(r"17W[0-9A-Z-]{12}[0-9A-Z]", code)
        assert check_character(code[:15]) == code[15]


def test_the_check_character_is_that_of_real_codes() -> None:
    for code in ("10YFR-RTE------C", "10YBE----------2", "10YCH-SWISSGRIDZ"):
        assert check_character(code[:15]) == code[15]


def test_units_make_less_than_their_type_and_than_they_can(ask: Ask) -> None:
    units = ask(UNIT_OUTPUT, *WEEK)["actual_generations_per_unit"]
    types = {block["production_type"]: by_start(block["values"]) for block in ask(TYPE_OUTPUT, *WEEK)[TYPE_OUTPUT[21:]]}
    capacities = {unit.eic_code: unit.capacity for unit in UNITS}
    made: dict[tuple[str, str], int] = defaultdict(int)
    for block in units:
        assert set(block["unit"]) == {"eic_code", "name", "production_type"}
        assert len(block["values"]) == 168
        for start, value in by_start(block["values"]).items():
            assert abs(value) <= capacities[block["unit"]["eic_code"]] * 1.05
            made[block["unit"]["production_type"], start] += value
    for (production_type, start), value in made.items():
        if start in types[production_type]:  # a few hours are missing there
            assert abs(value) <= abs(types[production_type][start]) + 40, (production_type, start)
    hours = [start for start in types["NUCLEAR"] if ("NUCLEAR", start) in made]
    assert all(made["NUCLEAR", start] > 0.4 * types["NUCLEAR"][start] for start in hours)


def test_units_stand_still_at_times_and_then_take_a_little(ask: Ask) -> None:
    units = ask(UNIT_OUTPUT, *WEEK)["actual_generations_per_unit"]
    nuclear = [block for block in units if block["unit"]["production_type"] == "NUCLEAR"]
    resting = [value["value"] for block in nuclear for value in block["values"] if value["value"] <= 0]
    share = len(resting) / (168 * len(nuclear))
    assert 0.05 < share < 0.5
    assert min(resting) >= -10


def test_one_unit_by_its_code(ask: Ask) -> None:
    code = UNITS[3].eic_code
    (block,) = ask(UNIT_OUTPUT, *WEEK, unit_eic_code=code)["actual_generations_per_unit"]
    assert block["unit"]["eic_code"] == code
    (same,) = [one for one in ask(UNIT_OUTPUT, *WEEK)["actual_generations_per_unit"] if one["unit"] == block["unit"]]
    assert same == block
    with pytest.raises(FunctionalError, match="F07"):
        ask(UNIT_OUTPUT, *WEEK, unit_eic_code="17W100P100P00016")


def test_today_so_far_without_dates(ask: Ask) -> None:
    blocks = ask(UNIT_OUTPUT)["actual_generations_per_unit"]
    assert {block["end_date"] for block in blocks} == {"2026-11-21T13:00:00+01:00"}
    assert {len(block["values"]) for block in blocks} == {12}


def test_few_values_are_corrected_later(ask: Ask) -> None:
    def values(now: str) -> dict[tuple[str, str], dict[str, Any]]:
        blocks = ask(UNIT_OUTPUT, "2026-11-17", "2026-11-20", now=now)["actual_generations_per_unit"]
        return {(block["unit"]["name"], value["start_date"]): value for block in blocks for value in block["values"]}

    first, later = values("2026-11-20T03:00:00Z"), values("2026-11-27T00:00:00Z")
    assert first.keys() == later.keys()
    changed = [key for key in first if first[key] != later[key]]
    assert 0.002 < len(changed) / len(first) < 0.04
    for key in changed:
        assert later[key]["updated_date"] > first[key]["updated_date"]


def test_the_mix_adds_up(ask: Ask) -> None:
    blocks = ask(MIX, *WEEK)["generation_mix_15min_time_scale"]
    mix = {(block["production_type"], block["production_subtype"]): by_start(block["values"]) for block in blocks}
    totals = {name: values for (name, part), values in mix.items() if part == "TOTAL"}
    for name, total in totals.items():
        parts = [values for (other, part), values in mix.items() if other == name and part != "TOTAL"]
        if parts:
            assert total == {start: sum(part[start] for part in parts) for start in total}
    (load,) = ask(LOAD, *WEEK, type="REALISED")["short_term"]
    for start, value in by_start(load["values"]).items():
        assert sum(total[start] for total in totals.values()) == pytest.approx(value, rel=0.025)
    assert min(totals["PUMPING"].values()) < -500
    assert max(totals["PUMPING"].values()) <= 0


def test_parts_of_the_mix_can_be_chosen(ask: Ask) -> None:
    blocks = ask(MIX, *WEEK, production_type="HYDRO,WIND", production_subtype="TOTAL")[MIX[21:]]
    assert [(b["production_type"], b["production_subtype"]) for b in blocks] == [("HYDRO", "TOTAL"), ("WIND", "TOTAL")]
    with pytest.raises(FunctionalError, match="F07"):
        ask(MIX, *WEEK, production_type="COAL")


def test_stocks_by_week_beside_the_dates_of_their_block(ask: Ask) -> None:
    block = ask(STOCK, "2025-12-01", "2026-11-21")["water_reserves"]
    starts = [datetime.fromisoformat(value["start_date"]) for value in block["values"]]
    assert {start.weekday() for start in starts} == {0}
    assert len(starts) == 50
    assert block["end_date"] < block["values"][0]["start_date"]
    stocks = [value["value"] for value in block["values"]]
    assert min(stocks[10:25]) < 0.65 * max(stocks[25:45])  # low in spring, full in autumn
    for value in block["values"]:
        published = datetime.fromisoformat(value["updated_date"])
        assert (published.weekday(), f"{published:%H:%M}") == (2, "13:30")
        assert published > datetime.fromisoformat(value["end_date"])


def test_the_last_stock_appears_on_a_wednesday(ask: Ask) -> None:
    (before,) = ask(STOCK, now="2026-11-18T12:29:59Z")["water_reserves"]["values"]
    (after,) = ask(STOCK, now="2026-11-18T12:30:00Z")["water_reserves"]["values"]
    assert (before["start_date"][:10], after["start_date"][:10]) == ("2026-11-02", "2026-11-09")
