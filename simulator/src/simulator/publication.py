"""When a value becomes public and what was public at a given instant. Pure functions on arrays.

Each function returns a `Published`: values, the instant of their last update, and which of them exist at all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator import paris
from simulator.model.forecasts import Forecast
from simulator.model.grid import EPOCH_DAY, Floats, Grid
from simulator.paris import DAY, HOUR, Ints

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Published:
    """Arrays of one length: MW, UTC seconds, and whether the value is public."""

    values: Floats
    updated: Ints
    public: Bools


@dataclass(frozen=True)
class Revisions:
    """Few values are first published a little wrong and corrected hours or days later, for good."""

    first_factor: Floats  # the first value over the final one; 1 where there is no revision
    delay: Ints  # seconds from the first publication to the correction; 0 where there is none

    def part(self, begin: int, end: int) -> Revisions:
        return Revisions(self.first_factor[begin:end], self.delay[begin:end])


def revisions(grid: Grid, name: str, size: int, rate: float, deviation: float) -> Revisions:
    """Draw which of `size` values will be revised, by how much (relative deviation) and when (6 h to 5 days)."""
    revised = grid.uniform(f"{name} revised", size) < rate
    wrong = deviation * grid.rng(f"{name} first value").standard_normal(size)
    delay = (6 + 114 * grid.uniform(f"{name} delay", size)) * HOUR
    return Revisions(np.where(revised, 1 + wrong, 1.0), np.where(revised, delay, 0).astype(np.int64))


def jitter(grid: Grid, name: str, size: int, seconds: int) -> Ints:
    """Whole seconds between 0 and `seconds`: real publications are never on the dot."""
    return (grid.uniform(f"{name} jitter", size) * seconds).astype(np.int64)


def measured(truth: Floats, first: Ints, stamps: Ints, corrections: Revisions, now: int) -> Published:
    """Measured values, public from `first` on with the stamp `stamps`, corrected once where drawn so."""
    corrected_at = first + corrections.delay
    corrected = (corrections.delay > 0) & (corrected_at <= now)
    values = np.where(corrected, truth, truth * corrections.first_factor)
    return Published(np.rint(values) + 0.0, np.where(corrected, corrected_at, stamps), first <= now)


def forecast(made: Forecast, grid: Grid, begin: int, end: int, now: int) -> Published:
    """The quarter-hours `begin` to `end` (grid indices) of a forecast as known at `now`."""
    starts = grid.quarters[begin:end]
    days = paris.local_days(starts)
    values = np.zeros(starts.size)
    updated = np.zeros(starts.size, dtype=np.int64)
    public = np.zeros(starts.size, dtype=np.bool_)
    late = jitter(grid, "issues", int(grid.end_day - EPOCH_DAY) + 2, 300)
    for number, issue in enumerate(made.issues):
        issued = paris.at_local(days + issue.day, issue.second)
        issued = issued + late[np.clip(days - EPOCH_DAY, 0, late.size - 1)]
        holds = issued <= now
        if number:  # a later issue leaves alone what has already begun
            holds &= issued <= starts
        guess = made.truth[begin:end] + issue.error * made.error[begin:end]
        values = np.where(holds, np.maximum(guess, made.floor), values)
        updated = np.where(holds, issued, updated)
        public |= holds
    return Published(values, updated, public)


def end_of_day_stamp(grid: Grid, days: Ints) -> Ints:
    """The single stamp that all realised values of a past day carry: ten to midnight or so."""
    late = jitter(grid, "evenings", int(grid.end_day - EPOCH_DAY) + 2, 400)
    return np.asarray(paris.at_local(days, DAY - 590) + late[np.clip(days - EPOCH_DAY, 0, late.size - 1)])
