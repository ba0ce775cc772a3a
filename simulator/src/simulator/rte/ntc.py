"""ntc/v1/ntc: net transfer capacities, MW, by how early they are made.

ANNUAL has a value a month, MONTHLY a value a day, the others a value an hour; a block is a whole year, month, week
(from Monday) or day, and holds the values that the window meets. CURTAILED is empty on most days. On the spring day
the last hour of D-1 is missing; the autumn day is right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from starlette.datastructures import QueryParams

from simulator import paris
from simulator.model import trade
from simulator.model.grid import Floats
from simulator.paris import DAY, HOUR, Ints
from simulator.rte.borders import Direction, both, day_ahead_capacity
from simulator.rte.flows import NEIGHBOURS
from simulator.rte.periods import (
    FRIDAY,
    MONDAY,
    Period,
    day_of,
    drawn,
    moment,
    month_of,
    newest_first,
    week_of,
    window_or,
    year_of,
)
from simulator.rte.resource import Resource, Resources, timed
from simulator.rte.series import Column, intervals, table, whole
from simulator.rte.window import Window, enumerated
from simulator.world import World

PREFIX = "NTC_NTC"
LONGEST_DAYS = 62
LOOK_AHEAD_DAYS = 2
NOT_FLOW_BASED = ("GB", "IT", "ES", "CH")  # borders whose day-ahead capacity is a figure of its own
CURTAILED_DAYS = 0.03  # share of days, by direction
NIGHT_ENDS = 7  # until then the weekly figures are a step lower


def ntc(world: World, params: QueryParams, now: int) -> dict[str, Any]:
    """The answer's body. Raises FunctionalError."""
    asked = enumerated(params, "type", tuple(KINDS)) or list(KINDS)
    window = window_or(params, now, LONGEST_DAYS, LOOK_AHEAD_DAYS, day_of)
    return {"ntc": [block for name in asked for block in _blocks(world, name, window, now)]}


def _blocks(world: World, name: str, window: Window, now: int) -> Iterator[dict[str, Any]]:
    """The blocks of a type, the newest period first."""
    kind = KINDS[name]
    for period in newest_first(window, kind.period_of):
        updated = kind.published(period)
        if updated > now:
            continue
        inside = Window(max(period.first, window.first), min(period.last, window.last))
        for direction in both(kind.borders):
            rows = kind.rows(world, direction, period, inside)
            stamp = paris.iso_one(updated)
            yield {
                "start_date": period.begin,
                "end_date": period.end,
                "type": name,
                **direction.countries,
                "values": [{**row, "updated_date": stamp} for row in rows],
            }


Rows = Callable[[World, Direction, Period, Window], list[dict[str, Any]]]


def _monthly_values(world: World, direction: Direction, period: Period, inside: Window) -> list[dict[str, Any]]:
    """The months that the window meets."""
    months = reversed(list(newest_first(inside, month_of)))
    return [_row(month, _planned(world, direction, "year", month.first)) for month in months]


def _daily_values(world: World, direction: Direction, period: Period, inside: Window) -> list[dict[str, Any]]:
    """A figure for the month, lower on some days."""
    usual = _planned(world, direction, "month", period.first)
    rows = []
    for day in inside.served_days:
        works = drawn(world.grid, f"works {direction.pair}", day, 1)[0] < 0.15
        rows.append(_row(day_of(day), usual - 4 * trade.CAPACITY_STEP if works else usual))
    return rows


def _weekly_values(world: World, direction: Direction, period: Period, inside: Window) -> list[dict[str, Any]]:
    usual = _planned(world, direction, "week", period.first)
    return _hourly(world, inside, lambda starts: usual - trade.CAPACITY_STEP * (_hour_of_day(starts) < NIGHT_ENDS))


def _day_ahead_values(world: World, direction: Direction, period: Period, inside: Window) -> list[dict[str, Any]]:
    rows = _hourly(world, inside, lambda starts: day_ahead_capacity(world, direction, starts))
    spring = moment(period.last) - moment(period.first) < DAY
    return rows[:-1] if spring else rows


def _curtailed_values(world: World, direction: Direction, period: Period, inside: Window) -> list[dict[str, Any]]:
    """MW taken away, for a whole day."""
    happens, power = drawn(world.grid, f"curtailed {direction.pair}", period.first, 2)
    if happens >= CURTAILED_DAYS:
        return []
    return _hourly(world, inside, lambda starts: np.full(starts.size, 10 * round(2 + 28 * power)))


def _planned(world: World, direction: Direction, name: str, at: int) -> int:
    return trade.planned_capacity(world.grid.seed, direction.border, direction.outwards, name, at)


def _hour_of_day(starts: Ints) -> Ints:
    return np.asarray((starts + paris.offset(starts)) % DAY // HOUR)


def _row(period: Period, value: int) -> dict[str, Any]:
    return {"start_date": period.begin, "end_date": period.end, "value": value}


def _hourly(world: World, inside: Window, values: Callable[[Ints], Floats | Ints]) -> list[dict[str, Any]]:
    at = intervals(world.grid, inside, "PT1H")
    columns: dict[str, Column] = {
        "start_date": at.labels[:-1],
        "end_date": at.labels[1:],
        "value": whole(values(at.starts) * 1.0),
    }
    return table(columns, np.arange(at.size))


@dataclass(frozen=True)
class Kind:
    """A type of capacity: for which borders, in which blocks, when published, with which values."""

    borders: Sequence[str]
    period_of: Callable[[int], Period]
    published: Callable[[Period], int]
    rows: Rows


KINDS = {
    "CURTAILED": Kind(NOT_FLOW_BASED, day_of, lambda day: moment(day.first - 1, 18), _curtailed_values),
    "D-1": Kind(NOT_FLOW_BASED, day_of, lambda day: moment(day.first - 1, 10, 20), _day_ahead_values),
    "WEEKLY": Kind(
        tuple(NEIGHBOURS),
        lambda day: week_of(day, MONDAY),
        lambda week: moment(week.first - 7 + FRIDAY, 16),
        _weekly_values,
    ),
    "MONTHLY": Kind(
        tuple(NEIGHBOURS),
        month_of,
        lambda month: moment(month_of(month.first - 1).first + 13, 11),
        _daily_values,
    ),
    "ANNUAL": Kind(tuple(NEIGHBOURS), year_of, lambda year: moment(year.first - 25, 10), _monthly_values),
}
RESOURCES: Resources = {("ntc", "v1", "ntc"): Resource(timed(ntc), PREFIX)}
