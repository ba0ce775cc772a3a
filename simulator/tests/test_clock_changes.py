"""The two days on which the clock changes, resource by resource, faults included."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulator.rte import labels
from simulator.rte.window import Window
from simulator.testing import RteClient, log_in
from simulator.world import World

from simulator import paris

SPRING = {"start_date": "2026-03-29T00:00:00+01:00", "end_date": "2026-03-31T00:00:00+02:00"}
AUTUMN = {"start_date": "2025-10-26T00:00:00+02:00", "end_date": "2025-10-28T00:00:00+01:00"}
CONSUMPTION = "consumption/v1/short_term"
GENERATION = "actual_generation/v1/actual_generations_per_production_type"
FLOWS = "physical_flow/v1/physical_flows"
FORECASTS = "generation_forecast/v3/forecasts"

first_days = st.dates(date(2022, 1, 1), date(2026, 11, 1))


def starts(values: list[dict[str, Any]]) -> list[str]:
    return [value["start_date"] for value in values]


def of_day(values: list[dict[str, Any]], day: str) -> list[dict[str, Any]]:
    return [value for value in values if value["start_date"].startswith(day)]


@settings(max_examples=60, deadline=None)
@given(first=first_days, length=st.integers(1, 400))
def test_consumption_always_has_96_labels_a_day_that_join(world: World, first: date, length: int) -> None:
    number = paris.day_number(first)
    window = Window(number, min(number + length, paris.day_number(date(2026, 11, 21))))
    plan = labels.clock_blind(world.grid, *window.quarters(world.grid))
    assert len(plan.starts) == 96 * (window.last - window.first) == len(set(plan.starts))
    assert plan.ends[:-1] == plan.starts[1:]
    assert (plan.starts[0], plan.ends[-1]) == (window.begin, window.end)
    assert len(plan.index) == len(plan.starts)


@settings(max_examples=60, deadline=None)
@given(first=first_days)
def test_regular_labels_tile_the_day_in_real_time(world: World, first: date) -> None:
    window = Window(paris.day_number(first), paris.day_number(first) + 1)
    plan = labels.regular(world.grid, *window.quarters(world.grid), step=4)
    moments = [datetime.fromisoformat(text) for text in [*plan.starts, plan.ends[-1]]]
    assert {after - before for before, after in pairwise(moments)} == {timedelta(hours=1)}


@settings(max_examples=60, deadline=None)
@given(first=first_days)
def test_a_forecast_day_has_96_values_but_in_spring(world: World, first: date) -> None:
    window = Window(paris.day_number(first), paris.day_number(first) + 1)
    begin, end = window.quarters(world.grid)
    for rule in (labels.repeated_hour_once, labels.late_in_spring):
        assert len(rule(world.grid, begin, end).starts) == min(96, end - begin)


def test_consumption_in_spring_has_four_labels_of_no_time(shared_rte: RteClient) -> None:
    (block,) = shared_rte.blocks(CONSUMPTION, type="REALISED", **SPRING)
    day = of_day(block["values"], "2026-03-29")
    assert len(day) == 96
    assert starts(day)[7:13] == [
        "2026-03-29T01:45:00+01:00",
        "2026-03-29T02:00:00+01:00",
        "2026-03-29T02:15:00+01:00",
        "2026-03-29T02:30:00+01:00",
        "2026-03-29T02:45:00+01:00",
        "2026-03-29T03:00:00+02:00",
    ]
    assert datetime.fromisoformat(day[8]["start_date"]) == datetime.fromisoformat(day[12]["start_date"])
    before, after = day[7]["value"], day[12]["value"]
    assert all(min(before, after) <= value["value"] <= max(before, after) for value in day[8:12])


def test_consumption_in_autumn_has_the_repeated_hour_once(shared_rte: RteClient) -> None:
    realised, d2 = shared_rte.blocks(CONSUMPTION, type="REALISED,D-2", **AUTUMN)
    day = of_day(realised["values"], "2025-10-26")
    assert len(day) == 96
    assert [text for text in starts(day) if "T02:" in text] == [
        f"2025-10-26T02:{minute}:00+02:00" for minute in ("00", "15", "30", "45")
    ]
    assert len(of_day(d2["values"], "2025-10-26")) == 48


@pytest.mark.parametrize("path", [GENERATION, FLOWS])
@pytest.mark.parametrize(("window", "day", "hours"), [(SPRING, "2026-03-29", 23), (AUTUMN, "2025-10-26", 25)])
def test_measured_hours_are_right(
    shared_rte: RteClient, path: str, window: dict[str, str], day: str, hours: int
) -> None:
    for block in shared_rte.blocks(path, **window):
        shown = starts(of_day(block["values"], day))
        assert hours - 1 <= len(shown) <= hours  # one may be missing, as on any day
        assert len(set(shown)) == len(shown)
        assert not any("T02:" in text for text in shown) or hours == 25


def test_a_single_spring_day_is_refused_as_too_short(shared_rte: RteClient) -> None:
    spring_day = {"start_date": "2026-03-29T00:00:00+01:00", "end_date": "2026-03-30T00:00:00+02:00"}
    autumn_day = {"start_date": "2025-10-26T00:00:00+02:00", "end_date": "2025-10-27T00:00:00+01:00"}
    assert shared_rte.error(GENERATION, **spring_day) == "ACTUALGEN_PRODTYPE_F05"
    assert shared_rte.get(GENERATION, **autumn_day).status_code == 200


def forecast_days(rte: RteClient, window: dict[str, str], sector: str, kind: str) -> dict[str, list[dict[str, Any]]]:
    blocks = rte.blocks(FORECASTS, type=kind, **window)
    return {b["start_date"][:10]: b["values"] for b in blocks if b["production_type"] == sector}


@pytest.mark.parametrize("sector", ["WIND_ONSHORE", "WIND_OFFSHORE"])
def test_wind_day_ahead_has_late_labels_in_spring(shared_rte: RteClient, sector: str) -> None:
    days = forecast_days(shared_rte, SPRING, sector, "D-1")
    shown = starts(days["2026-03-29"])
    assert len(shown) == 92
    assert shown[7:9] == ["2026-03-29T01:45:00+01:00", "2026-03-29T04:00:00+02:00"]
    assert shown[-1] == "2026-03-30T00:45:00+02:00", "the last hour stands in the next day"
    assert set(shown) & set(starts(days["2026-03-30"])) == set(shown[-4:])


def test_late_labels_hide_the_right_values(shared_rte: RteClient, world: World) -> None:
    late = forecast_days(shared_rte, SPRING, "WIND_ONSHORE", "D-1")["2026-03-29"]
    begin = world.grid.quarter_index(paris.midnight(paris.day_number(date(2026, 3, 29))))
    made = world.generation_forecasts["WIND_ONSHORE", "D-1"]
    expected = np.maximum(made.truth + made.error, 0)[begin : begin + 92]
    np.testing.assert_allclose([value["value"] for value in late], expected, atol=0.006)


@pytest.mark.parametrize(
    ("sector", "kind", "spring", "autumn"),
    [
        ("SOLAR", "D-1", 92, 100),
        ("SOLAR", "CURRENT", 92, 100),
        ("WIND_ONSHORE", "CURRENT", 92, 96),
        ("WIND_ONSHORE", "D-1", 92, 96),
        ("AGGREGATED_PROGRAMMABLE_FRANCE", "D-1", 92, 96),
        ("AGGREGATED_NON_PROGRAMMABLE_FRANCE", "D-1", 92, 96),
    ],
)
def test_number_of_forecast_values(shared_rte: RteClient, sector: str, kind: str, spring: int, autumn: int) -> None:
    assert len(forecast_days(shared_rte, SPRING, sector, kind)["2026-03-29"]) == spring
    assert len(forecast_days(shared_rte, AUTUMN, sector, kind)["2025-10-26"]) == autumn


@pytest.mark.parametrize(("now", "count"), [("2026-03-29T10:00:00Z", 92), ("2026-10-25T10:00:00Z", 100)])
def test_price_quarters(rte: RteClient, now: str, count: int) -> None:
    rte.url.move_to(now)
    (today,) = log_in(rte.url).blocks("wholesale_market/v3/france_power_exchanges")
    assert len(today["values"]) == count == len(set(starts(today["values"])))
