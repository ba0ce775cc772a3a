"""Gas in store at the end of each day, GWh, by storage group.

A store is filled from April to October and emptied in winter: it follows the usual curve of the season, a cold day
takes more out (or puts less in), and what was taken too much comes back over two months. Levels and sizes: ODRÉ,
2020 to 2023.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator import paris
from simulator.model import draws
from simulator.model.grid import EPOCH_DAY, Floats, by_month, year_position
from simulator.paris import DAY, HOUR, Ints
from simulator.world import World


@dataclass(frozen=True)
class Store:
    """A group of storage sites (PITS): operator, least and greatest stock of a usual year, largest that fits, GWh."""

    operator: str
    pits: str
    low: float
    high: float
    room: float


STORES = (
    Store("Storengy", "Centre", 11_000, 45_500, 47_500),
    Store("Storengy", "Saline", 4_600, 11_200, 11_700),
    Store("Storengy", "Sediane", 2_800, 13_300, 14_200),
    Store("Storengy", "Sediane B", 2_300, 12_300, 13_600),
    Store("Storengy", "Serene", 3_100, 15_100, 16_200),
    Store("Teréga", "Teréga", 6_900, 32_700, 34_500),
)
FULLNESS_BY_MONTH = (0.66, 0.36, 0.13, 0.02, 0.16, 0.35, 0.52, 0.72, 0.89, 0.99, 0.98, 0.87)
CLIMATE = (5.2, 7.3, 9.0, 11.6, 15.1, 19.5, 21.2, 21.2, 17.9, 14.0, 8.8, 6.5)  # °C, daily mean of France by month
HEATING_BELOW = 16.0
A_DEGREE_TAKES = 0.0013  # of the span between low and high, for a day a degree colder than usual
COMES_BACK_IN = 60.0  # days
RESTLESS = 0.0020  # of the span, a day
EMPTY = 0.3  # of the least stock of a usual year, below which nothing is taken
SLOWS_BEFORE = 0.12  # of the span: so near to full or empty, pressure makes every move smaller


@dataclass(frozen=True)
class Stocks:
    """Stock by store and day. `levels` has the shape (stores, days); `first_day` is a day number."""

    first_day: int
    levels: Floats

    def at(self, store: int, days: Ints) -> Floats:
        """Stock of one of STORES at the end of some days, GWh, six decimals."""
        return np.asarray(np.round(self.levels[store, days - self.first_day], 6))


def stocks(world: World) -> Stocks:
    """A part of the world: `world.part(stocks)`."""
    days = np.arange(EPOCH_DAY, world.grid.end_day - 1, dtype=np.int64)
    position = year_position(days * DAY + DAY // 2)
    usual = by_month(FULLNESS_BY_MONTH, position)
    hours = (days[:, None] * 24 + 5 + np.arange(24)) - world.grid.epoch // HOUR  # gas days begin at six
    means = world.france.temperature[np.minimum(hours, world.grid.hours.size - 1)].mean(axis=1)
    demand = np.maximum(HEATING_BELOW - means, 0) - np.maximum(HEATING_BELOW - by_month(CLIMATE, position), 0)
    levels = [_levels(world.grid.seed, store, days, usual, demand) for store in STORES]
    return Stocks(int(days[0]), np.stack(levels))


def _levels(seed: int, store: Store, days: Ints, usual: Floats, demand: Floats) -> Floats:
    """One day after the other, so that a later end repeats the same past."""
    span = store.high - store.low
    restless = RESTLESS * draws.smooth(seed, f"gas of {store.pits}", days, 6)
    year = 0.05 * draws.smooth(seed, f"gas years of {store.pits}", days, 400)
    wanted = np.clip(usual + year, -0.2, 1.1)
    moves = (np.diff(wanted, prepend=wanted[0]) - A_DEGREE_TAKES * demand + restless).tolist()
    levels = np.empty(days.size)  # as if a store had no bounds
    above = 0.0  # what is in store beyond what the season wants
    for number, (move, want) in enumerate(zip(moves, wanted.tolist(), strict=True)):
        before = want if number == 0 else levels[number - 1]
        levels[number] = before + move - above / COMES_BACK_IN
        above = levels[number] - want
    full, empty = (store.room - store.low) / span, (EMPTY - 1) * store.low / span
    return np.asarray(store.low + span * -_softened(-_softened(levels, full), -empty))


def _softened(levels: Floats, limit: float) -> Floats:
    """Levels that come ever slower to the limit, the last `SLOWS_BEFORE` before it."""
    beyond = np.maximum(levels - (limit - SLOWS_BEFORE), 0)
    return np.minimum(levels, limit - SLOWS_BEFORE * np.exp(-beyond / SLOWS_BEFORE))


def public_until(operator: str, now: int) -> int:
    """The last day whose stock is public: of Storengy the day before yesterday, from half past ten; of Teréga whole
    months, on the 25th of the next one."""
    today = paris.local_day(now)
    second = now - paris.midnight(today)
    if operator == "Storengy":
        return today - (2 if second >= STORENGY_AT else 3)
    month = np.array(today, dtype="M8[D]").astype("M8[M]")
    day = paris.day_of(today).day
    if day < TEREGA_DAY or (day == TEREGA_DAY and second < TEREGA_AT):
        month = month - 1
    return int(month.astype("M8[D]").astype(np.int64)) - 1


STORENGY_AT = 10 * HOUR + 30 * 60
TEREGA_DAY, TEREGA_AT = 25, 11 * HOUR
