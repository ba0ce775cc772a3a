"""The time grid of the model and its reproducible noise.

Everything random is drawn from a generator that depends on the seed and a name only, in the order of time, and
filtered forwards. A model built for a later end therefore repeats the same past, number for number.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter  # type: ignore[import-untyped]

from simulator import paris
from simulator.paris import DAY, HOUR, Ints

Floats = NDArray[np.float64]

EPOCH_DAY = paris.day_number(date(2021, 12, 1))
"""The model starts a month before the first served day, so that its noise has forgotten how it began."""
FIRST_SERVED_DAY = paris.day_number(date(2022, 1, 1))
QUARTER = 900


@dataclass(frozen=True)
class Grid:
    """Quarter-hours and hours in UTC from the epoch to `end_day` (excluded), for one seed."""

    seed: int
    end_day: int

    @property
    def epoch(self) -> int:
        return EPOCH_DAY * DAY

    @cached_property
    def hours(self) -> Ints:
        """Start of each hour, UTC seconds."""
        return np.arange(self.epoch, self.end_day * DAY, HOUR, dtype=np.int64)

    @cached_property
    def quarters(self) -> Ints:
        """Start of each quarter-hour, UTC seconds."""
        return np.arange(self.epoch, self.end_day * DAY, QUARTER, dtype=np.int64)

    @cached_property
    def labels(self) -> list[str]:
        """Start of each quarter-hour as RTE writes it."""
        return paris.iso(self.quarters)

    def quarter_index(self, instant: int) -> int:
        return (instant - self.epoch) // QUARTER

    def rng(self, name: str) -> np.random.Generator:
        return np.random.default_rng([self.seed, zlib.crc32(name.encode())])

    def uniform(self, name: str, size: int) -> Floats:
        return self.rng(name).random(size)

    def noise(self, name: str, size: int, memory: float) -> Floats:
        """Red noise of mean 0 and deviation 1 that forgets in about `memory` steps. Shape (size,)."""
        return self.fields(name, size, 1, memory)[:, 0]

    def fields(self, name: str, size: int, columns: int, memory: float) -> Floats:
        """Independent red noises side by side. Shape (size, columns)."""
        keep = float(np.exp(-1 / memory))
        white = self.rng(name).standard_normal((size, columns))
        return np.asarray(lfilter([np.sqrt(1 - keep**2)], [1.0, -keep], white, axis=0))


def rolling_mean(values: Floats, width: int) -> Floats:
    """Mean over a centred window of `width` steps; shorter windows at both ends."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    index = np.arange(values.size)
    low = np.maximum(index - width // 2, 0)
    high = np.minimum(index - width // 2 + width, values.size)
    return np.asarray((total[high] - total[low]) / (high - low))


def delayed(values: Floats, steps: int) -> Floats:
    """The values of `steps` earlier; the beginning repeats the first value."""
    return np.concatenate([np.full(steps, values[0]), values[:-steps]])


def to_quarters(hourly: Floats) -> Floats:
    """Values at the middle of each quarter-hour, between values valid at the start of each hour."""
    index = np.arange(hourly.size, dtype=np.float64)
    middle = (np.arange(hourly.size * 4) + 0.5) / 4
    return np.interp(middle, index, hourly)


def year_position(instants: Ints) -> Floats:
    """Position in the year, 0 on 1 January and just below 1 on 31 December."""
    days = (instants // DAY).astype("M8[D]")
    years = days.astype("M8[Y]")
    start = years.astype("M8[D]")
    length = (years + 1).astype("M8[D]") - start
    elapsed = (days - start).astype(np.float64) + (instants % DAY) / DAY
    return np.asarray(elapsed / length.astype(np.float64))


def by_month(monthly: Sequence[float], position: Floats) -> Floats:
    """Twelve monthly means turned into a curve over the year that passes through the middle of each month."""
    middles = (np.arange(-1, 13) + 0.5) / 12
    around = np.array([monthly[-1], *monthly, monthly[0]], dtype=np.float64)
    return np.interp(position, middles, around)


def by_date(dated: Sequence[tuple[str, float]], instants: Ints) -> Floats:
    """Straight lines between dated values; constant before the first and after the last."""
    moments = np.array([day for day, _ in dated], dtype="M8[s]").astype(np.float64)
    return np.interp(instants.astype(np.float64), moments, [value for _, value in dated])
