"""Years, months, weeks and days on the Paris calendar, and the small things said about them.

For the resources that speak of periods rather than of a running series: capacities, auctions, registries, events.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import numpy as np
from starlette.datastructures import QueryParams

from simulator import paris
from simulator.model import draws
from simulator.model.grid import Grid
from simulator.rte.window import Window, parse

MONDAY, FRIDAY, SATURDAY = 0, 4, 5


@dataclass(frozen=True)
class Period:
    """Paris days from `first` to `last` (excluded), as day numbers."""

    first: int
    last: int

    @property
    def begin(self) -> str:
        return midnight_label(self.first)

    @property
    def end(self) -> str:
        return midnight_label(self.last)

    @property
    def day(self) -> date:
        """Its first day."""
        return paris.day_of(self.first)

    def within(self, window: Window) -> bool:
        """Whether the window meets it."""
        return self.first < window.last and window.first < self.last


@lru_cache(maxsize=20_000)
def midnight_label(day: int) -> str:
    """Paris midnight of a day number, as RTE writes it."""
    return paris.iso_one(paris.midnight(day))


@lru_cache(maxsize=20_000)
def moment(day: int, hour: int = 0, minute: int = 0) -> int:
    """The instant at which the Paris clock shows this time of a day (not between 02:00 and 03:00)."""
    return int(paris.at_local(np.array([day], dtype=np.int64), hour * 3600 + minute * 60)[0])


def number(year: int, month: int = 1, day: int = 1) -> int:
    """A date as a day number."""
    return paris.day_number(date(year, month, day))


def year_of(day: int) -> Period:
    """The calendar year that holds this day."""
    year = paris.day_of(day).year
    return Period(number(year), number(year + 1))


def month_of(day: int) -> Period:
    """The month that holds this day."""
    first = paris.day_of(day).replace(day=1)
    return Period(paris.day_number(first), paris.day_number((first + timedelta(days=32)).replace(day=1)))


def week_of(day: int, weekday: int = MONDAY) -> Period:
    """The seven days that hold this day and begin on `weekday` (0 is Monday)."""
    first = day - (paris.day_of(day).weekday() - weekday) % 7
    return Period(first, first + 7)


def day_of(day: int) -> Period:
    return Period(day, day + 1)


def newest_first(window: Window, period_of: Callable[[int], Period]) -> Iterator[Period]:
    """The periods that the window meets and the simulated history holds, from the last to the first."""
    served = window.served_days
    last = served.stop
    while last > served.start:
        period = period_of(last - 1)
        yield period
        last = period.first


def window_or(params: QueryParams, now: int, longest: int, ahead: int, period_of: Callable[[int], Period]) -> Window:
    """The window asked for; without dates the current period. Raises FunctionalError F01 to F06."""
    window = parse(params, now, longest, ahead)
    if window is not None:
        return window
    current = period_of(paris.local_day(now))
    return Window(current.first, current.last)


def days_to_end_of_next_year(now: int) -> int:
    """How many days after today the year after this one ends."""
    today = paris.local_day(now)
    return number(paris.day_of(today).year + 2) - today


def drawn(grid: Grid, name: str, at: int, count: int) -> list[float]:
    """`count` numbers between 0 and 1 that belong to a name and to a day (or a year)."""
    numbers: list[float] = draws.uniform(grid.seed, name, np.arange(at * count, (at + 1) * count)).tolist()
    return numbers
