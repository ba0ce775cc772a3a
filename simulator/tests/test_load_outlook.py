"""Forecasts of the load for the next week and year, and the load as the accounts have it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from simulator.rte.errors import FunctionalError

Ask = Callable[..., Any]

WEEKLY, ANNUAL = "consumption/v1/weekly_forecasts", "consumption/v1/annual_forecasts"
POWER = "consolidated_consumption/v1/consolidated_power_consumption"
ENERGY = "consolidated_consumption/v1/consolidated_energy_consumption"


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def power(ask: Ask, *days: str, **rest: str) -> list[dict[str, Any]]:
    (block,) = ask(POWER, *days, **rest)["consolidated_power_consumption"]
    return list(block["values"])


def energy(ask: Ask, *days: str, **rest: str) -> list[dict[str, Any]]:
    (block,) = ask(ENERGY, *days, **rest)["consolidated_energy_consumption"]
    return list(block["values"])


# --- the week


def test_the_latest_forecast_is_of_seven_days(ask: Ask) -> None:
    blocks = ask(WEEKLY)["weekly_forecasts"]  # it is Saturday
    assert [block["start_date"][:10] for block in blocks] == [f"2026-11-{day}" for day in range(29, 22, -1)]
    assert len({block["updated_date"] for block in blocks}) == 1
    assert blocks[0]["updated_date"].startswith("2026-11-20T13:")


def test_past_days_have_all_their_issues_newest_first(ask: Ask) -> None:
    blocks = ask(WEEKLY, "2026-10-05", "2026-10-19")["weekly_forecasts"]
    keys = [(instant(block["start_date"]), instant(block["updated_date"])) for block in blocks]
    assert keys == sorted(keys, reverse=True)
    issues = Counter(start.weekday() for start, _ in keys)
    assert issues == {0: 12, 1: 12, 2: 10, 3: 10, 4: 10, 5: 10, 6: 10}
    for start, updated in keys:
        assert updated.weekday() < 5
        assert timedelta(days=2) < start - updated < timedelta(days=11)


def test_the_peak_is_that_of_the_values(ask: Ask) -> None:
    for block in ask(WEEKLY, "2026-10-05", "2026-10-12")["weekly_forecasts"]:
        top = max(block["values"], key=lambda value: value["value"])
        assert block["peak"]["peak_hour"] == top["start_date"]
        assert abs(block["peak"]["value"] - top["value"]) <= 50
        assert -20 < block["peak"]["temperature_deviation"] < 20


def test_a_forecast_gets_better(ask: Ask) -> None:
    errors: dict[int, list[float]] = {}
    truth = {v["start_date"]: v["value"] for v in power(ask, "2026-01-05", "2026-04-20")}
    for block in ask(WEEKLY, "2026-01-05", "2026-04-20")["weekly_forecasts"]:
        ahead = (instant(block["start_date"]) - instant(block["updated_date"])).days + 1
        found = [
            value["value"] - truth[value["start_date"]] for value in block["values"] if value["start_date"] in truth
        ]
        errors.setdefault(ahead, []).append(sum(error**2 for error in found) / len(found))
    means = {ahead: sum(squares) / len(squares) for ahead, squares in errors.items()}
    assert means[3] < means[9]
    assert 400 < means[3] ** 0.5 < 2500


@pytest.mark.parametrize("day", ["2026-03-29", "2025-10-26"])
def test_a_day_has_48_half_hours_even_when_the_clock_changes(ask: Ask, day: str) -> None:
    around = {"2026-03-29": ("2026-03-28", "2026-03-30"), "2025-10-26": ("2025-10-25", "2025-10-27")}[day]
    for block in ask(WEEKLY, *around)["weekly_forecasts"]:
        clocks = [value["start_date"][11:16] for value in block["values"]]
        assert clocks == [f"{half // 2:02d}:{30 * (half % 2):02d}" for half in range(48)]


def test_an_issue_is_not_served_before_it_is_made(ask: Ask) -> None:
    def issues(now: str) -> int:
        return len(ask(WEEKLY, "2026-11-22", "2026-11-26", now=now)["weekly_forecasts"])

    assert issues("2026-11-20T12:20:00Z") < issues("2026-11-20T12:40:00Z")


# --- the year


def test_a_year_is_its_weeks(ask: Ask) -> None:
    blocks = ask(ANNUAL, "2024-01-01", "2027-01-01")["annual_forecasts"]
    assert [(block["start_date"][:4], len(block["values"])) for block in blocks] == [
        ("2024", 52),
        ("2025", 52),
        ("2026", 53),
    ]
    weeks = [week for block in blocks for week in block["values"]]
    assert weeks[0]["start_date"] == "2024-01-01T00:00:00+01:00"
    assert weeks[52]["start_date"] == "2024-12-30T00:00:00+01:00"  # a first week may begin in December
    assert all(earlier["end_date"] == later["start_date"] for earlier, later in pairwise(weeks))
    for week in weeks:
        assert week["weekly_minimum"] < week["average_load_monday_to_sunday"] < week["weekly_maximum"]
        assert week["average_load_updated_date"] <= week["margin_updated_date"] < week["end_date"]
    assert any(week["average_load_saturday_to_friday"] == -1 for week in weeks)


def test_the_next_year_comes_in_december(ask: Ask) -> None:
    window = ("2027-01-01", "2028-01-01")
    assert ask(ANNUAL, *window)["annual_forecasts"] == []
    (block,) = ask(ANNUAL, *window, now="2026-12-15T12:00:00Z")["annual_forecasts"]
    assert len(block["values"]) == 52


def test_margins_of_the_weeks_to_come_are_revised(ask: Ask) -> None:
    def margins(now: str) -> list[tuple[str, int]]:
        (block,) = ask(ANNUAL, "2026-01-01", "2027-01-01", now=now)["annual_forecasts"]
        return [(week["margin_updated_date"], week["forecast_margin"]) for week in block["values"]]

    spring, summer = margins("2026-06-14T12:00:00Z"), margins("2026-06-15T12:00:00Z")
    assert spring[:24] == summer[:24]
    assert {date for date, _ in summer[24:]} == {"2026-06-15"}
    assert all(old != new for old, new in zip(spring[25:], summer[25:], strict=True))


def test_windows_of_years(ask: Ask) -> None:
    assert len(ask(ANNUAL)["annual_forecasts"]) == 1
    ask(ANNUAL, "2021-01-01", "2027-01-01")
    for window, code in (
        (("2026-01-01", "2026-07-01"), "F05"),
        (("2020-01-01", "2027-01-01"), "F03"),
        (("2027-01-01", "2029-01-01"), "F04"),
    ):
        with pytest.raises(FunctionalError, match=code):
            ask(ANNUAL, *window)


# --- the accounts


def test_days_newest_first_half_hours_in_their_order(ask: Ask) -> None:
    values = power(ask, "2026-03-27", "2026-04-01")
    days = [value["start_date"][:10] for value in values]
    assert days == sorted(days, reverse=True)
    assert Counter(days) == {"2026-03-29": 46} | dict.fromkeys(
        ("2026-03-27", "2026-03-28", "2026-03-30", "2026-03-31"), 48
    )
    for earlier, later in pairwise(values):
        if earlier["start_date"][:10] == later["start_date"][:10]:
            assert instant(earlier["end_date"]) == instant(later["start_date"])


def test_energy_is_the_sum_of_the_half_hours(ask: Ask) -> None:
    halves: Counter[str] = Counter()
    for value in power(ask, "2025-10-01", "2025-12-01"):
        halves[value["start_date"][:10]] += value["value"]
    days = energy(ask, "2025-10-01", "2025-12-01")
    starts = [value["start_date"] for value in days]
    assert len(starts) == 61
    assert [start[:10] for start in starts] == sorted((start[:10] for start in starts), reverse=True)
    for day in days:
        assert abs(day["value"] - halves[day["start_date"][:10]] / 2) <= 0.5


def test_a_month_is_published_on_the_twentieth_of_the_next(ask: Ask) -> None:
    def known(now: str) -> list[str]:
        return [value["start_date"][:7] for value in energy(ask, "2026-09-01", "2026-11-01", now=now)]

    assert Counter(known("2026-11-20T07:59:59Z")) == {"2026-09": 30}
    assert Counter(known("2026-11-20T08:00:00Z")) == {"2026-10": 31, "2026-09": 30}
    assert {value["start_date"][:7] for value in energy(ask)} == {"2026-10"}


def test_definitive_values_differ_and_have_their_own_date(ask: Ask) -> None:
    before, after = (power(ask, "2025-09-01", "2025-10-01", now=f"2026-11-{day}T12:00:00Z") for day in ("19", "20"))
    assert {(value["status"], value["updated_date"]) for value in before} == {("PROVISORY", "2025-10-20")}
    assert {(value["status"], value["updated_date"]) for value in after} == {("DEFINITIVE", "2026-11-20")}
    changed = [abs(new["value"] / old["value"] - 1) for old, new in zip(before, after, strict=True)]
    assert sum(change > 0 for change in changed) > 0.9 * len(changed)
    assert max(changed) < 0.03
