"""What all series have in common: windows, labels, orders, publication, and noise that depends on nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from simulator.clock import Clock
from simulator.model import draws
from simulator.rte.api import RESOURCES
from simulator.rte.errors import FunctionalError
from simulator.rte.resource import Call
from simulator.rte.series import intervals
from simulator.rte.window import Window
from simulator.testing import RteClient
from simulator.world import World, world_at
from starlette.datastructures import QueryParams

from simulator import paris

Ask = Callable[..., Any]

GENERATION, ENERGY, CAPACITY = "actual_generation/v1", "balancing_energy/v5", "balancing_capacity/v4"
UNITS = f"{GENERATION}/actual_generations_per_unit"
MIX = f"{GENERATION}/generation_mix_15min_time_scale"
POWER = "consolidated_consumption/v1/consolidated_power_consumption"
RESULT = "balancing_capacity/v5/result_procured_reserves"
# Rows of one dimension on an ordinary day, longest window in days, how many days after today a window may end.
SERIES = {
    UNITS: (24, 7, 1),
    MIX: (96, 14, 1),
    POWER: (48, 155, 1),
    f"{ENERGY}/imbalance_data": (96, 155, 1),
    f"{ENERGY}/prices": (96, 155, 1),
    f"{ENERGY}/standard_rr_data": (96, 155, 1),
    f"{ENERGY}/standard_afrr_data": (96, 155, 1),
    f"{ENERGY}/standard_mfrr_data": (96, 155, 1),
    f"{ENERGY}/tso_offers": (24, 155, 1),
    f"{ENERGY}/lead_times": (96, 155, 1),
    f"{ENERGY}/volumes_per_reasons": (96, 155, 1),
    f"{ENERGY}/volumes_per_energy_type": (96, 155, 1),
    f"{ENERGY}/volumes_per_entity_type": (96, 155, 1),
    RESULT: (96, 155, 2),
    f"{CAPACITY}/procured_reserves": (96, 124, 2),
    f"{CAPACITY}/daily_procured_reserves": (96, 155, 2),
    f"{CAPACITY}/accepted_offers": (96, 93, 2),
    f"{CAPACITY}/imbalance": (48, 155, 2),
    f"{CAPACITY}/aggregatedoffers_energybids": (48, 155, 1),
    f"{CAPACITY}/aggregatedoffers_afrr_energybids": (96, 155, 1),
    f"{CAPACITY}/individualoffers_energybids": (24, 155, 1),
    f"{CAPACITY}/tso_need_for_procured_reserves": (24, 155, 2),
}
DAYS = {  # by day, week or month
    f"{GENERATION}/water_reserves": (365, 1),
    "consolidated_consumption/v1/consolidated_energy_consumption": (155, 1),
    f"{CAPACITY}/peak_daily_margins": (155, 2),
    f"{CAPACITY}/insufficients_offers": (155, 1),
    "consumption/v1/weekly_forecasts": (155, 9),
    "generation_forecast/v3/total_forecast": (21, 2),
}
LIMITS = {path: limits[1:] for path, limits in SERIES.items()} | DAYS
SPRING, AUTUMN = ("2025-03-29", "2025-03-31"), ("2025-10-25", "2025-10-27")
NEWEST_FIRST = [path for path in SERIES if path.startswith(ENERGY) and "tso" not in path]


def rows(body: Any) -> Iterator[dict[str, Any]]:
    """Every innermost row that has dates."""
    for _, row in placed(body, ""):
        yield row


def placed(node: Any, place: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The innermost rows, each with the names and words around it."""
    if isinstance(node, list):
        for element in node:
            yield from placed(element, place)
        return
    lists = {name: value for name, value in node.items() if isinstance(value, list)}
    below = {name: value for name, value in lists.items() if not value or "start_date" in value[0]}
    words = {name: value for name, value in node.items() if isinstance(value, str) and not name.endswith("_date")}
    if "start_date" in node and not below:
        yield f"{place}{words}", node
    for name, value in below.items():
        yield from placed(value, f"{place}{words}{name}")
    for name, value in node.items():
        if isinstance(value, dict) and "start_date" in value:
            yield from placed(value, f"{place}{words}{name}")


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize("path", LIMITS)
def test_longest_window_and_how_far_ahead(ask: Ask, path: str) -> None:
    longest, ahead = LIMITS[path]
    today = paris.day_number(datetime(2026, 11, 21).date())

    def refusal(first: int, last: int) -> str:
        with pytest.raises(FunctionalError) as refused:
            ask(path, str(paris.day_of(first)), str(paris.day_of(last)))
        return refused.value.code

    assert refusal(today - longest - 1, today) == "F03"
    assert refusal(today - 1, today + ahead + 1) == "F04"
    assert refusal(today, today - 1) == "F02"
    ask(path, str(paris.day_of(today - 1)), str(paris.day_of(today + ahead)))
    with pytest.raises(FunctionalError, match="F01"):
        ask(path, start_date="2026-01-10T00:00:00+01:00")
    with pytest.raises(FunctionalError, match="F06"):
        ask(path, start_date="2026-01-10", end_date="2026-01-11")


@pytest.mark.parametrize("path", [path for path in LIMITS if path.startswith(("actual", "balancing_energy"))])
def test_a_window_below_a_day_is_too_short(ask: Ask, path: str) -> None:
    with pytest.raises(FunctionalError, match="F05"):
        ask(path, start_date="2026-01-10T00:00:00+01:00", end_date="2026-01-10T12:00:00+01:00")


@pytest.mark.parametrize("path", SERIES)
@pytest.mark.parametrize(("days", "hours"), [(SPRING, 47), (AUTUMN, 49)])
def test_labels_are_right_when_the_clock_changes(ask: Ask, path: str, days: tuple[str, str], hours: int) -> None:
    per_day, *_ = SERIES[path]
    found = list(rows(ask(path, *days)))
    starts = sorted({instant(row["start_date"]) for row in found})
    assert len(starts) == hours * per_day // 24
    step = timedelta(days=1) / per_day
    for row in found:
        assert instant(row["end_date"]) - instant(row["start_date"]) == step
    texts = {row["start_date"] for row in found}
    assert len(texts) == len(starts)
    if path != RESULT:
        assert any(text.endswith("+01:00") for text in texts)
        assert any(text.endswith("+02:00") for text in texts)


@pytest.mark.parametrize("path", SERIES)
def test_nothing_is_served_before_it_is_public(ask: Ask, path: str) -> None:
    ahead = SERIES[path][2]
    last = f"2026-11-{21 + ahead}"
    first = "2026-10-25" if path == POWER else "2026-11-20"
    for now in ("2026-11-21T12:00:00Z", "2026-11-21T12:07:00Z"):
        for row in rows(ask(path, first, last, now=now)):
            updated = row.get("updated_date") or row.get("update_date")
            if updated and len(updated) > 10:
                assert instant(updated) <= instant(now)
            elif not updated and ahead == 1:
                assert instant(row["end_date"]) <= instant(now)


@pytest.mark.parametrize("path", SERIES)
def test_a_window_does_not_change_what_is_in_it(ask: Ask, path: str) -> None:
    begin, end = instant("2026-02-11T00:00:00+01:00"), instant("2026-02-12T00:00:00+01:00")

    def known(first: str, last: str) -> dict[tuple[str, str], dict[str, Any]]:
        found = placed(ask(path, first, last), "")
        return {(place, row["start_date"]): row for place, row in found if begin <= instant(row["start_date"]) < end}

    narrow, wide = known("2026-02-11", "2026-02-12"), known("2026-02-08", "2026-02-13")
    assert narrow
    assert narrow == wide


@pytest.mark.parametrize("path", NEWEST_FIRST)
def test_balancing_energy_is_newest_first_and_ends_with_its_last_value(ask: Ask, path: str) -> None:
    (blocks,) = ask(path, "2026-11-20", "2026-11-22").values()
    block = blocks[0] if isinstance(blocks, list) else blocks
    (values,) = [value for value in block.values() if isinstance(value, list)]
    starts = [instant(row["start_date"]) for row in values]
    assert starts == sorted(starts, reverse=True)
    assert block["end_date"] == values[0]["end_date"] < "2026-11-21T13:00:00+01:00"
    assert block["resolution"] == "PT15M"


def test_intervals_of_weeks_and_months_begin_in_the_window(world: World) -> None:
    year = Window(*(paris.day_number(datetime(year, 1, 1).date()) for year in (2026, 2027)))
    weeks, months = (
        intervals(world.grid, Window(year.first, year.first + 30), "P7D"),
        intervals(world.grid, year, "P1M"),
    )
    assert [label[:10] for label in weeks.labels[:-1]] == ["2026-01-05", "2026-01-12", "2026-01-19", "2026-01-26"]
    assert [label[5:10] for label in months.labels] == [*(f"{month:02d}-01" for month in range(1, 13)), "01-01"]
    assert intervals(world.grid, Window(year.first, year.first), "P1M").size == 0


def test_nothing_before_the_history(ask: Ask) -> None:
    (block,) = ask(f"{ENERGY}/imbalance_data", "2021-05-01", "2021-05-03")["imbalance_data"]
    assert block["values"] == []


def test_noise_depends_on_its_number_only() -> None:
    numbers = np.arange(10_000, dtype=np.int64)
    for drawn in (draws.uniform, draws.normal):
        assert np.array_equal(drawn(1, "a", numbers)[5000:5010], drawn(1, "a", numbers[5000:5010]))
        assert not np.array_equal(drawn(1, "a", numbers), drawn(2, "a", numbers))
        assert abs(np.corrcoef(drawn(1, "a", numbers), drawn(1, "b", numbers))[0, 1]) < 0.05
    assert np.array_equal(draws.smooth(1, "a", numbers, 30)[77:99], draws.smooth(1, "a", numbers[77:99], 30))
    assert draws.smooth(1, "a", numbers[:0], 30).size == 0


def test_noise_is_spread_as_it_says() -> None:
    numbers = np.arange(200_000, dtype=np.int64)
    shares = draws.uniform(3, "shares", numbers)
    assert shares.min() > 0
    assert shares.max() < 1
    assert np.allclose(np.histogram(shares, 10, (0, 1))[0] / numbers.size, 0.1, atol=0.004)
    normal = draws.normal(3, "normal", numbers)
    assert abs(normal.mean()) < 0.01
    assert abs(normal.std() - 1) < 0.01
    assert abs(np.corrcoef(normal[:-1], normal[1:])[0, 1]) < 0.01
    curve = draws.smooth(3, "curve", numbers, 20)
    assert abs(curve.std() - 1) < 0.05
    assert np.abs(np.diff(curve)).max() < 0.6


def test_refusals_and_arrays_over_http(shared_rte: RteClient) -> None:
    long = {"start_date": "2026-01-01T00:00:00+01:00", "end_date": "2026-02-01T00:00:00+01:00"}
    assert shared_rte.error(UNITS, **long) == "ACTUALGEN_UNITS_F03"
    assert shared_rte.error(f"{ENERGY}/imbalance_data", start_date="x", end_date="y") == (
        "BALANCINGENERGY_IMBALANCEDATA_F06"
    )
    assert shared_rte.get(f"{CAPACITY}/margins_data", date="2026-11-21T09:00:00Z").json()[0]["marginsData"]
    assert shared_rte.get("balancing_energy/v4/imbalance_data").status_code == 403


def test_the_longest_windows_of_many_words_are_too_large(shared_rte: RteClient) -> None:
    half_year = {"start_date": "2026-01-01T00:00:00+01:00", "end_date": "2026-06-05T00:00:00+02:00"}
    assert shared_rte.get(f"{ENERGY}/volumes_per_energy_type", **half_year).status_code == 413
    assert shared_rte.get(f"{ENERGY}/imbalance_data", **half_year).status_code == 200


def test_an_earlier_world_says_the_same(world: World) -> None:
    now = Clock("2026-06-20T12:00:00Z").now()
    earlier = world_at(world.grid.seed, now)
    assert earlier.grid.end_day < world.grid.end_day
    window = {"start_date": "2026-06-10T00:00:00+02:00", "end_date": "2026-06-14T00:00:00+02:00"}
    programmes = {"generation_forecast/v3/forecasts": {"production_type": "AGGREGATED_CPC,MDSE"}}
    for path in [*LIMITS, *programmes]:
        api, version, name = path.split("/")
        call = Call(QueryParams(window | programmes.get(path, {})), now)
        answer = RESOURCES[api, version, name].answer
        assert answer(earlier, call) == answer(world, call), path
