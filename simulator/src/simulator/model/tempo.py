"""The colours of the Tempo tariff: 22 red and 43 white days a season (1 September to 31 August), the others blue.

The coldest days get the colours, red before white, but the choice is made day by day without knowing the rest of the
season: a day is red when it is colder than about as many of the days still to come, in a normal year, as there are red
days left. Towards the end what is left over is given away. So a later now never changes a colour.
"""

from __future__ import annotations

from datetime import date

import numpy as np
from scipy.special import ndtr  # type: ignore[import-untyped]

from simulator import paris
from simulator.model.calendar import rest_days, weekday
from simulator.model.grid import FIRST_SERVED_DAY, Floats, Grid, by_month, year_position
from simulator.paris import DAY, Ints

BLUE, WHITE, RED = range(3)
DAYS = {WHITE: 43, RED: 22}
SPENT_BEFORE_2022 = {WHITE: 15, RED: 5}  # of the season in which the simulated history begins

# Daily mean temperature of a normal year, °C, and how much the days of a month differ from it.
NORMAL_BY_MONTH = (6.3, 7.9, 9.1, 11.8, 15.0, 18.8, 21.4, 20.5, 16.9, 13.9, 10.0, 7.4)
DEVIATION = 2.7
EAGERNESS = 1.6  # above 1: days are rather given too early than left over
LEVELS = np.arange(-15.0, 30.0, 0.25)
SUNDAY = 6
WITHOUT_COLOUR = paris.day_number(date(2022, 12, 28))  # published without its colour, which was blue


def colours(grid: Grid, temperature: Floats) -> Ints:
    """The colour of each day from 1 January 2022 to the end of the grid; `temperature` is the hourly mean, °C."""
    means = _daily_means(grid, temperature)
    found: list[int] = []
    while len(found) < means.size:
        today = FIRST_SERVED_DAY + len(found)
        left = {colour: days - SPENT_BEFORE_2022[colour] * (not found) for colour, days in DAYS.items()}
        found += _season(np.arange(today, _season_end(today), dtype=np.int64), means[len(found) :], left)
    return np.array(found, dtype=np.int64)


def season_start(day: int) -> int:
    """The 1 September on or before a day number."""
    on = paris.day_of(day)
    return paris.day_number(date(on.year if on.month >= 9 else on.year - 1, 9, 1))


def _season_end(day: int) -> int:
    return paris.day_number(date(paris.day_of(season_start(day)).year + 1, 9, 1))


def _season(days: Ints, means: Floats, left: dict[int, int]) -> list[int]:
    """Colours of the days of a season (from its first served one) whose temperature is known."""
    colder, remaining = {}, {}
    for colour, allowed in _allowed(days).items():
        normal = by_month(NORMAL_BY_MONTH, year_position(days * DAY))
        expected = ndtr((LEVELS - normal[:, None]) / DEVIATION) * allowed[:, None]
        colder[colour] = np.cumsum(expected[::-1], axis=0)[::-1]  # days from this one on that are below each level
        remaining[colour] = np.where(allowed, np.cumsum(allowed[::-1])[::-1], 0)
    found = []
    for number, mean in enumerate(means[: days.size]):
        chosen = BLUE
        for colour, due in ((RED, left[RED]), (WHITE, left[RED] + left[WHITE])):
            allowed = remaining[colour][number]
            if not chosen and left[colour] and allowed:
                level = np.searchsorted(colder[colour][number], EAGERNESS * due)
                if allowed <= due or level == LEVELS.size or mean < LEVELS[level]:
                    chosen = colour
        if chosen:
            left[chosen] -= 1
        found.append(chosen)
    return found


def _allowed(days: Ints) -> dict[int, Ints]:
    """1 where a day may have a colour: red from November to March on workdays, white until May except Sundays."""
    month = days.astype("M8[D]").astype("M8[M]").astype(np.int64) % 12 + 1
    coloured = days != WITHOUT_COLOUR
    red = ((month >= 11) | (month <= 3)) & ~rest_days(days) & coloured
    white = ((month >= 9) | (month <= 5)) & (weekday(days) != SUNDAY) & coloured
    return {RED: red.astype(np.int64), WHITE: white.astype(np.int64)}


def _daily_means(grid: Grid, temperature: Floats) -> Floats:
    """Mean of each Paris day from the first served one on that the grid holds whole."""
    days = np.arange(FIRST_SERVED_DAY, grid.end_day, dtype=np.int64)
    edges = (paris.at_local(days) - grid.epoch) // paris.HOUR
    return np.asarray(np.add.reduceat(temperature[: edges[-1]], edges[:-1]) / np.diff(edges))
