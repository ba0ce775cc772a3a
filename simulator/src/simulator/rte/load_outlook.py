"""consumption/v1: the forecasts of the next week and of the next year.

The week: on each working day at about 13:30 for the days D+3 to D+9 (on Fridays two days further, so that a Monday and
a Tuesday get six issues and the other days five). Every issue stays. A day has 48 half-hours, clock change or not.
The year: by week, first in the December before; the margins are revised each quarter for the weeks to come.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from starlette.datastructures import QueryParams

from simulator import paris
from simulator.model import draws
from simulator.model.grid import FIRST_SERVED_DAY, Grid, by_month, year_position
from simulator.paris import HOUR, Ints
from simulator.rte import labels
from simulator.rte.errors import FunctionalError
from simulator.rte.periods import midnight_label
from simulator.rte.resource import Resource, Resources, timed
from simulator.rte.series import MONDAY, WEEK, table
from simulator.rte.window import Window, parse
from simulator.world import World

FRIDAY, SATURDAY = 4, 5
HALF_HOUR_QUARTERS = 2

# --- the week

WEEKLY_LONGEST_DAYS, WEEKLY_AHEAD_DAYS = 155, 9
FIRST_DAY, LAST_DAY, LAST_DAY_OF_FRIDAY = 3, 9, 11  # days after the issue
ISSUED, ISSUE_SPREAD = 13 * HOUR + 1500, 600  # Paris seconds of the day
ERROR_MW, ERROR_MW_A_DAY = 500.0, 170.0
TEMPERATURE_BY_MONTH = (5.8, 7.2, 9.6, 12.4, 15.4, 18.9, 21.0, 20.8, 17.0, 14.0, 10.2, 7.2)  # usual, °C
PEAK_STEP_MW = 100


def weekly_forecasts(world: World, params: QueryParams, now: int) -> dict[str, Any]:
    """The answer's body: blocks by day and issue, newest first. Raises FunctionalError."""
    window = parse(params, now, WEEKLY_LONGEST_DAYS, WEEKLY_AHEAD_DAYS)
    if window is None:
        issue, issued = _last_issue(world.grid, now)
        days = range(issue + LAST_DAY, issue + FIRST_DAY - 1, -1)
        return {"weekly_forecasts": [_DayAhead.of(world, day).block(issue, issued) for day in days]}
    blocks: list[dict[str, Any]] = []
    for day in reversed(window.served_days):
        known = [(issue, issued) for issue, issued in _issues(world.grid, day) if issued <= now]
        if known:
            ahead = _DayAhead.of(world, day)
            blocks.extend(ahead.block(issue, issued) for issue, issued in known)
    return {"weekly_forecasts": blocks}


def _weekday(day: int) -> int:
    """0 on Mondays."""
    return (day - MONDAY) % WEEK


def _issued(grid: Grid, issue: int) -> int:
    late = draws.uniform(grid.seed, "weekly issue", np.array([issue], dtype=np.int64))[0]
    return paris.midnight(issue) + ISSUED + int(ISSUE_SPREAD * late)  # the clock changes on Sundays: never this day


def _issues(grid: Grid, day: int) -> Iterator[tuple[int, int]]:
    """Days and instants of the issues that forecast a day, newest first."""
    for ahead in range(FIRST_DAY, LAST_DAY_OF_FRIDAY + 1):
        weekday = _weekday(day - ahead)
        if weekday < SATURDAY and (ahead <= LAST_DAY or weekday == FRIDAY):
            yield day - ahead, _issued(grid, day - ahead)


def _last_issue(grid: Grid, now: int) -> tuple[int, int]:
    issue = paris.local_day(now)
    while _weekday(issue) >= SATURDAY or _issued(grid, issue) > now:
        issue -= 1
    return issue, _issued(grid, issue)


@dataclass(frozen=True)
class _DayAhead:
    """A day to come: what its forecasts have in common."""

    world: World
    day: int
    window: Window
    plan: labels.Labels

    @classmethod
    def of(cls, world: World, day: int) -> _DayAhead:
        window = Window(day, day + 1)
        return cls(world, day, window, labels.clock_blind(world.grid, *window.quarters(world.grid)))

    def block(self, issue: int, issued: int) -> dict[str, Any]:
        seed, quarters = self.world.grid.seed, self.plan.index
        truth = labels.fill_invented(self.world.france.load[quarters], self.plan.invented)
        shape = 0.8 * draws.smooth(seed, "weekly load", quarters, 220) + 0.6 * draws.smooth(
            seed, f"weekly load {issue}", quarters, 60
        )
        scale = ERROR_MW + ERROR_MW_A_DAY * (self.day - issue)
        guess = (truth + scale * shape).reshape(-1, HALF_HOUR_QUARTERS).mean(axis=1)
        values = np.rint(guess).astype(np.int64)
        starts, ends = self.plan.starts[::HALF_HOUR_QUARTERS], self.plan.ends[1::HALF_HOUR_QUARTERS]
        top = int(values.argmax())
        return {
            "start_date": self.window.begin,
            "end_date": self.window.end,
            "updated_date": paris.iso_one(issued),
            "peak": self._peak(issue, starts[top], int(values[top]), int(quarters[top * HALF_HOUR_QUARTERS])),
            "values": table({"start_date": starts, "end_date": ends, "value": values}, np.arange(values.size)),
        }

    def _peak(self, issue: int, label: str, value: int, quarter: int) -> dict[str, Any]:
        instant = self.world.grid.quarters[quarter : quarter + 1]
        usual = float(by_month(TEMPERATURE_BY_MONTH, year_position(instant))[0])
        wrong = float(draws.normal(self.world.grid.seed, f"weekly temperature {issue}", instant)[0])
        warmth = float(self.world.france.temperature[quarter // 4]) + 0.3 * (self.day - issue) * wrong
        return {
            "peak_hour": label,
            "value": round(value / PEAK_STEP_MW) * PEAK_STEP_MW,
            "temperature": round(warmth, 1),
            "temperature_deviation": round(warmth - usual, 1),
        }


# --- the year

ANNUAL_SHORTEST_DAYS, ANNUAL_LONGEST_DAYS = 365, 6 * 365 + 2
PUBLICATION_DAYS = ((-1, 12, 15), (0, 3, 15), (0, 6, 15), (0, 9, 15))  # year from the forecast one, month, day
LOAD_BY_MONTH = (62100, 57400, 53600, 45700, 42200, 42500, 43000, 41200, 43300, 43700, 49800, 57600)  # MW
MARGIN_BY_MONTH = (2500, 4000, 6500, 9000, 9500, 9500, 9000, 11000, 10000, 8500, 5500, 3500)  # MW
LOWEST, HIGHEST = 0.72, 1.24  # of the mean of a week
MISSING = -1
MISSING_SHARE = 0.03


def annual_forecasts(world: World, params: QueryParams, now: int) -> dict[str, Any]:
    """The answer's body: a block a year. Raises FunctionalError; a window below one year is F05."""
    this_year = paris.day_of(paris.local_day(now)).year
    end_of_next = paris.day_number(date(this_year + 2, 1, 1))
    window = parse(params, now, ANNUAL_LONGEST_DAYS, end_of_next - paris.local_day(now))
    if window is None:
        years = range(this_year, this_year + 1)
    elif window.last - window.first < ANNUAL_SHORTEST_DAYS:
        raise FunctionalError("F05")
    else:
        days = window.served_days
        years = range(paris.day_of(days.start).year, paris.day_of(days.stop - 1).year + 1) if days else range(0)
    blocks = [_year(world, year, now) for year in years]
    return {"annual_forecasts": [block for block in blocks if block["values"]]}


def _year(world: World, year: int, now: int) -> dict[str, Any]:
    first, last = (paris.day_number(date(number, 1, 1)) for number in (year, year + 1))
    today = paris.local_day(now)
    published = [paris.day_number(date(year + after, month, day)) for after, month, day in PUBLICATION_DAYS]
    known = [day for day in published if day <= today]
    block: dict[str, Any] = {"start_date": midnight_label(first), "end_date": midnight_label(last), "values": []}
    if known and first >= FIRST_SERVED_DAY:
        weeks = np.arange(first + (-first + MONDAY + 3) % WEEK - 3, last - 3, WEEK, dtype=np.int64)
        block["values"] = _weeks(world.grid.seed, weeks, np.array(known, dtype=np.int64))
    return block


def _weeks(seed: int, mondays: Ints, published: Ints) -> list[dict[str, Any]]:
    """Rows by week; the margin of a week is that of the last publication before it begins."""
    position = year_position(paris.at_local(mondays + 3))
    mean = by_month(LOAD_BY_MONTH, position) * (1 + 0.012 * draws.normal(seed, "annual load", mondays))
    saturdays = np.where(draws.uniform(seed, "annual gap", mondays) < MISSING_SHARE, MISSING, np.rint(mean * 1.002))
    issue = published[np.clip(np.searchsorted(published, mondays, side="right") - 1, 0, None)]
    margin = by_month(MARGIN_BY_MONTH, position) + 600 * draws.normal(
        seed, "annual margin", mondays * 1000 + issue % 1000
    )
    edges = paris.iso(paris.at_local(np.append(mondays, mondays[-1:] + WEEK)))
    columns = {
        "start_date": edges[:-1],
        "end_date": edges[1:],
        "average_load_saturday_to_friday": saturdays.astype(np.int64),
        "average_load_monday_to_sunday": np.rint(mean).astype(np.int64),
        "weekly_minimum": np.rint(LOWEST * mean).astype(np.int64),
        "weekly_maximum": np.rint(HIGHEST * mean).astype(np.int64),
        "average_load_updated_date": str(paris.day_of(int(published[0]))),
        "margin_updated_date": issue.astype("M8[D]").astype(str).tolist(),
        "forecast_margin": np.rint(margin).astype(np.int64),
    }
    return table(columns, np.arange(mondays.size))


RESOURCES: Resources = {
    ("consumption", "v1", "weekly_forecasts"): Resource(timed(weekly_forecasts), "CONSUMPTION_WEEKLY"),
    ("consumption", "v1", "annual_forecasts"): Resource(timed(annual_forecasts), "CONSUMPTION_ANNUAL"),
}
