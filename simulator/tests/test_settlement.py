"""Losses, reconstitution of imbalances, demand response, signalled days, the registries of the capacity mechanism."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from simulator.model.fleet import plants
from simulator.rte.errors import FunctionalError

Ask = Callable[..., Any]

LOSSES = "losses_public_transmission_system/v1/forecasts"
BRE = "bre_imbalance_reconstitution/v1"
CURVES = f"{BRE}/national_reference_load_curves"
IMBALANCES = f"{BRE}/national_profiling_imbalances"
COEFFICIENTS = f"{BRE}/national_alignment_coefficients"
ADDITIONAL = f"{BRE}/additional_national_alignment_coefficients"
TEMPORAL = "bre_temporal_reconciliations/v1/temporal_reconciliations"
OPERATORS = "demand_response/v1/operators"
VOLUMES = "demand_response/v1/volumes"
SIGNALS = "signal/v1/signals"
CALLS = "demand_response_signal/v1/demand_response_signals"
LARGE = "certified_capacities_registry/v1/ncc_greater_equal_100_mw"
SMALL = "certified_capacities_registry/v1/ncc_less_100_mw"
CHARTS = "certification_obligation_parameter/v1/charts_parameters"
TEMPERATURES = "certification_obligation_parameter/v1/reference_extreme_temperatures"
MEASURES = "registry_consumption_control_measure/v1/registry_consumption_controles_measures"
REGISTRIES = [LARGE, SMALL, CHARTS, TEMPERATURES, MEASURES]
LONGEST = {
    LOSSES: 155,
    **dict.fromkeys([CURVES, IMBALANCES, COEFFICIENTS, ADDITIONAL], 124),
    TEMPORAL: 366,
    OPERATORS: 31,
    **dict.fromkeys([VOLUMES, SIGNALS, CALLS, *REGISTRIES], 155),
}
AROUND_SPRING, AROUND_AUTUMN = ("2026-03-28", "2026-03-31"), ("2025-10-25", "2025-10-28")


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def joined(values: list[dict[str, Any]]) -> bool:
    return all(earlier["end_date"] == later["start_date"] for earlier, later in pairwise(values))


# --- windows


@pytest.mark.parametrize("path", LONGEST)
def test_windows_have_a_longest_length(ask: Ask, path: str) -> None:
    begin = datetime(2024, 5, 1)
    ends = [f"{begin + timedelta(days=LONGEST[path] + more):%Y-%m-%d}" for more in (0, 1)]
    assert len(ask(path, f"{begin:%Y-%m-%d}", ends[0])) == 1
    with pytest.raises(FunctionalError, match="F03"):
        ask(path, f"{begin:%Y-%m-%d}", ends[1])


@pytest.mark.parametrize(
    ("path", "last"),
    [
        (LOSSES, "2026-11-23"),
        (CURVES, "2026-11-22"),
        (TEMPORAL, "2026-11-22"),
        (OPERATORS, "2026-11-22"),
        (VOLUMES, "2026-11-22"),
        *((path, "2028-01-01") for path in (SIGNALS, CALLS, *REGISTRIES)),
    ],
)
def test_windows_end_soon_after_now(ask: Ask, path: str, last: str) -> None:
    first = f"{instant(last) - timedelta(days=2):%Y-%m-%d}"
    assert len(ask(path, first, last)) == 1
    with pytest.raises(FunctionalError, match="F04"):
        ask(path, first, f"{instant(last) + timedelta(days=1):%Y-%m-%d}")


@pytest.mark.parametrize("path", LONGEST)
def test_the_same_question_gets_the_same_answer(ask: Ask, path: str) -> None:
    window = ("2026-01-05", "2026-01-20")
    assert ask(path, *window) == ask(path, *window) == ask(path, *window, now="2026-11-20T08:00:00Z")


# --- losses


def test_losses_are_two_or_three_percent_of_the_load(ask: Ask) -> None:
    blocks = ask(LOSSES, "2026-02-02", "2026-02-09")["forecasts"]
    load = ask("consumption/v1/short_term", "2026-02-02", "2026-02-09", type="REALISED")["short_term"][0]["values"]
    mean = np.mean([row["value"] for row in load])
    for kind in ("ID", "WEEKLY"):
        losses = [row["value"] for block in blocks if block["type"] == kind for row in block["values"]]
        assert len(losses) == 7 * 48
        assert 0.018 < np.mean(losses) / mean < 0.035


def test_losses_have_a_block_a_day_newest_first(ask: Ask) -> None:
    blocks = ask(LOSSES, *AROUND_SPRING)["forecasts"]
    assert [(block["type"], block["start_date"][:10], len(block["values"])) for block in blocks] == [
        (kind, day, count)
        for kind in ("ID", "WEEKLY")
        for day, count in (("2026-03-30", 48), ("2026-03-29", 46), ("2026-03-28", 48))
    ]
    assert all(joined(block["values"]) for block in blocks)


def test_losses_of_the_day_are_made_anew_for_what_is_to_come(ask: Ask) -> None:
    def hours(now: str) -> dict[str, set[str]]:
        blocks = ask(LOSSES, "2026-11-20", "2026-11-21", now=now, type="ID")["forecasts"]
        made: dict[str, set[str]] = {}
        for row in blocks[0]["values"]:
            made.setdefault(row["updated_date"][8:13], set()).add(row["start_date"][11:13])
        return {issue: {min(of_day), max(of_day)} for issue, of_day in made.items()}

    assert hours("2026-11-19T17:00:00Z") == {"19T17": {"00", "23"}}
    assert hours("2026-11-20T07:30:00Z") == {"19T17": {"00", "08"}, "20T08": {"08", "23"}}
    assert hours("2026-11-20T20:00:00Z")["20T12"] == {"12", "23"}


# --- reconstitution


@pytest.mark.parametrize("path", [CURVES, IMBALANCES, COEFFICIENTS, ADDITIONAL])
def test_reconstitution_is_an_object_newest_first(ask: Ask, path: str) -> None:
    block = ask(path, *AROUND_AUTUMN)[path.split("/")[-1]]
    values = block["values"]
    assert (block["start_date"], block["end_date"]) == ("2025-10-25T00:00:00+02:00", "2025-10-28T00:00:00+01:00")
    assert len(values) == 48 + 50 + 48
    assert joined(values[::-1])
    assert values[0]["end_date"] == block["end_date"]


def test_reconstitution_figures_belong_together(ask: Ask) -> None:
    window = ("2026-06-06", "2026-06-13")
    curve, imbalance, coefficient, additional = (
        np.array([row["value"] for row in ask(path, *window)[path.split("/")[-1]]["values"]])
        for path in (CURVES, IMBALANCES, COEFFICIENTS, ADDITIONAL)
    )
    assert 20_000 < curve.mean() < 60_000
    assert np.allclose((coefficient - 1) * 0.73 * curve, imbalance, atol=0.01)
    assert np.abs(coefficient - additional).max() < 0.01


def test_reconstitution_comes_on_fridays_at_three(ask: Ask) -> None:
    """Friday 20 November 2026: the week of 7 to 14 November for the curves, the one before for the others."""
    for path, week in ((CURVES, "2026-11-14"), (COEFFICIENTS, "2026-11-07")):
        root = path.split("/")[-1]
        ends = {
            now: ask(path, "2026-10-01", "2026-11-20", now=f"2026-11-20T{now}:00Z")[root]["values"][0]["end_date"][:10]
            for now in ("13:59", "14:00")
        }
        assert ends == {"13:59": f"{instant(week) - timedelta(days=7):%Y-%m-%d}", "14:00": week}
        assert ask(path, now="2026-11-20T14:00:00Z")[root]["end_date"][:10] == week


def test_reconciliation_of_a_year(ask: Ask) -> None:
    (block,) = ask(TEMPORAL, "2024-07-01", "2025-07-01")["temporal_reconciliations"]
    values = block["values"]
    assert len(values) == 365 * 48
    assert joined(values[::-1])
    days = Counter(row["start_date"][:10] for row in values)
    assert (days["2024-10-27"], days["2025-03-30"]) == (50, 46)
    assert {row["updated_date"][:10] for row in values} == {"2026-10-23"}
    assert block == ask(TEMPORAL)["temporal_reconciliations"][0]


def test_reconciliation_comes_in_october(ask: Ask) -> None:
    window = ("2025-06-29", "2025-07-03")
    assert ask(TEMPORAL, *window, now="2026-10-23T12:00:00Z")["temporal_reconciliations"] == []
    (block,) = ask(TEMPORAL, *window, now="2026-10-24T12:00:00Z")["temporal_reconciliations"]
    assert (block["start_date"][:10], block["end_date"][:10]) == ("2024-07-01", "2025-07-01")
    assert len(block["values"]) == 2 * 48
    older, newer = ask(TEMPORAL, "2024-06-25", "2024-07-05")["temporal_reconciliations"][::-1]
    assert (older["start_date"][:4], newer["start_date"][:4]) == ("2023", "2024")


# --- demand response


def test_operators_of_a_month(ask: Ask) -> None:
    rows = ask(OPERATORS, "2026-10-20", "2026-11-10")["operators"]
    months = [row["start_date"][:7] for row in rows]
    assert Counter(months) == {"2026-11": 10, "2026-10": 10}
    assert months == sorted(months, reverse=True)
    assert len({row["eic_code"] for row in rows}) == 10
    assert {len(row["eic_code"]) for row in rows} == {16}
    assert rows[0]["updated_date"] == "2026-09-10T09:21:00+02:00"
    assert len(ask(OPERATORS, "2022-10-01", "2022-10-20")["operators"]) == 6


def test_volumes_follow_the_price(ask: Ask) -> None:
    window = ("2026-01-01", "2026-03-01")
    (block,) = ask(VOLUMES, *window)["volumes"]
    volumes = [row["programs_retained"] for row in block["values"]]
    assert len(volumes) == 59 * 48
    assert 0.3 < np.mean(np.array(volumes) == 0) < 0.97  # 0.958 on the recorded day
    assert 0 < max(volumes) <= 1400
    assert all(round(volume, 1) == volume for volume in volumes)


def test_volumes_are_public_in_the_afternoon_before(ask: Ask) -> None:
    values = ask(VOLUMES, *AROUND_SPRING)["volumes"][0]["values"]
    for row in values:
        before = instant(row["start_date"]).date() - timedelta(days=1)
        assert row["updated_date"][:13] == f"{before}T15"
    assert {row["updated_date"][14:15] for row in values} <= {"2", "3"}


@pytest.mark.parametrize(("window", "count"), [(AROUND_SPRING, 142), (AROUND_AUTUMN, 146)])
def test_volumes_on_clock_changes(ask: Ask, window: tuple[str, str], count: int) -> None:
    values = ask(VOLUMES, *window)["volumes"][0]["values"]
    assert len(values) == count
    assert joined(values)


# --- signalled days


def test_peak_days_are_cold_working_days(ask: Ask) -> None:
    kinds: dict[str, list[datetime]] = {"PP1": [], "PP2": []}
    for window in (("2024-11-01", "2025-01-15"), ("2025-01-15", "2025-04-01")):
        for block in ask(SIGNALS, *window)["signals"]:
            (value,) = block["values"]
            assert value["value"] is True
            assert (value["start_date"], value["end_date"]) == (block["start_date"], block["end_date"])
            assert instant(value["updated_date"]) < instant(block["start_date"])
            kinds[block["type"]].append(instant(block["start_date"]))
    assert 5 <= len(kinds["PP1"]) < len(kinds["PP2"]) <= 40
    assert set(kinds["PP1"]) < set(kinds["PP2"])
    assert all(day.weekday() < 5 and day.month in (1, 2, 3, 11, 12) for day in kinds["PP2"])


def test_no_peak_days_in_summer(ask: Ask) -> None:
    assert ask(SIGNALS, "2026-05-01", "2026-09-01") == {"signals": []}


def test_peak_days_are_signalled_the_day_before(ask: Ask) -> None:
    (first, *_) = ask(SIGNALS, "2025-01-01", "2025-03-01")["signals"]
    day = instant(first["start_date"])
    window = f"{day:%Y-%m-%d}", f"{day + timedelta(days=1):%Y-%m-%d}"
    types = [
        [
            block["type"]
            for block in ask(SIGNALS, *window, now=f"{day - timedelta(days=1):%Y-%m-%d}T{hour}:00Z")["signals"]
        ]
        for hour in ("08:00", "20:00")
    ]
    assert types[0] == []
    assert "PP2" in types[1]


def test_days_on_which_demand_response_is_called(ask: Ask) -> None:
    (block,) = ask(CALLS, "2024-11-01", "2025-03-01")["demand_response_signals"]
    assert (block["start_date"][:10], block["end_date"][:10]) == ("2024-11-01", "2025-03-01")
    values = block["values"]
    assert 3 <= len(values) <= 60
    assert [row["start_date"] for row in values] == sorted({row["start_date"] for row in values})
    assert all(row["value"] is True and instant(row["updated_date"]) < instant(row["start_date"]) for row in values)


# --- capacity mechanism


def test_large_capacities_are_those_of_the_fleet(ask: Ask) -> None:
    rows = ask(LARGE, "2026-11-01", "2026-11-21")["ncc_greater_equal_100_mw"]
    assert len({row["edc"]["code"] for row in rows}) == len(rows) > 20
    nuclear = sum(row["ncc"]["forecast_ncc"] for row in rows if row["edc"]["production_type"] == "NUCLEAR")
    installed = sum(plant.capacity for plant in plants() if plant.production_type == "NUCLEAR")
    assert 0.9 < nuclear / installed < 1
    for row in rows:
        updated, initial = row["ncc"]["updated_ncc"], row["ncc"]["initial_ncc"]
        assert row["ncc"]["forecast_ncc"] == (updated or initial)
        assert (row["start_date"][:10], row["end_date"][:10]) == ("2026-01-01", "2027-01-01")
    assert {row["updated_date"][:10] for row in rows} == {"2023-06-01", "2025-03-15"}


@pytest.mark.parametrize("path", REGISTRIES)
def test_registries_speak_of_delivery_years(ask: Ask, path: str) -> None:
    (rows,) = ask(path, "2026-11-01", "2027-03-01").values()
    years = [row["start_date"][:4] for row in rows]
    assert set(years) == {"2026", "2027"}
    assert years == sorted(years, reverse=True)
    (current,) = ask(path).values()
    assert {row["start_date"][:4] for row in current} == {"2026"}


def test_a_level_is_rebalanced_in_the_year_before(ask: Ask) -> None:
    window = ("2026-01-01", "2026-02-01")
    before, after = (
        {row["edc"]["code"]: row["ncc"] for row in ask(LARGE, *window, now=now)["ncc_greater_equal_100_mw"]}
        for now in ("2026-03-14T12:00:00Z", "2026-11-21T12:00:00Z")
    )
    next_year = ("2026-12-31", "2027-01-02")
    old = ask(LARGE, *next_year, now="2026-03-14T12:00:00Z")["ncc_greater_equal_100_mw"]
    assert before == after
    assert {row["ncc"]["updated_ncc"] for row in old if row["start_date"].startswith("2027")} == {0}


def test_charts_rise_to_a_hundred(ask: Ask) -> None:
    (row,) = ask(CHARTS)["charts_parameters"]
    for chart, size in (("kh_chart", 6), ("kj_chart", 21)):
        values = [point["value"] for point in row[chart]]
        assert [point["number"] for point in row[chart]] == list(range(size))
        assert values == sorted(values)
        assert (values[0], values[-1]) == (0, 100)


def test_extreme_temperatures_of_a_day(ask: Ask) -> None:
    (row,) = ask(TEMPERATURES)["reference_extreme_temperatures"]
    points = row["reference_values"]
    assert [point["number"] for point in points] == list(range(1, 49))
    coldest = min(points, key=lambda point: float(point["value"]))
    assert coldest["number"] < 15
    assert -5 < coldest["value"] < max(point["value"] for point in points) < 0
