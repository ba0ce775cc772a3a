"""The model together with everything drawn about its publication: forecasts, revisions, gaps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from threading import Lock, RLock
from typing import Any, TypeVar

import numpy as np

from simulator import paris
from simulator.model import france as model
from simulator.model.forecasts import Forecast, generation_forecasts, load_forecasts
from simulator.model.france import France
from simulator.model.grid import Floats, Grid
from simulator.open_meteo.outlook import Errors, draw_errors
from simulator.paris import HOUR, Ints
from simulator.publication import Bools, Published, Revisions, jitter, measured, revisions

REACH_DAYS = 20
"""The model must reach this far beyond now: sixteen days of forecasts and a margin for its centred means."""
BUILD_AHEAD_DAYS = 90
"""It is built in steps of so many days, so that a clock that moves on seldom costs another build."""

REVISED_SHARE = 0.03
REVISED_BY = 0.008  # relative deviation of a first value that will be corrected
MISSING_HOURS = 0.0008  # share of hours that are never published, seven a year


@dataclass(frozen=True)
class HourlySeries:
    """Measured hourly means of one dimension (a production type, a direction of a border)."""

    truth: Floats
    first: Ints  # first publication
    corrections: Revisions
    missing: Bools

    def at(self, begin: int, end: int, now: int) -> Published:
        """Hours `begin` to `end` (grid indices) as known at `now`."""
        first = self.first[begin:end]
        seen = measured(self.truth[begin:end], first, first, self.corrections.part(begin, end), now)
        return Published(seen.values, seen.updated, seen.public & ~self.missing[begin:end])


Part = TypeVar("Part")


@dataclass(frozen=True)
class World:
    """What the dialects speak about."""

    france: France
    load_forecasts: dict[str, Forecast]
    generation_forecasts: dict[tuple[str, str], Forecast]
    load_corrections: Revisions
    generation: dict[str, HourlySeries]
    exports: dict[str, HourlySeries]  # by border, out of France
    imports: dict[str, HourlySeries]  # by border, into France
    weather_errors: Errors
    _parts: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)
    _making: RLock = field(default_factory=RLock, compare=False, repr=False)

    @property
    def grid(self) -> Grid:
        return self.france.grid

    def part(self, build: Callable[[World], Part]) -> Part:
        """What `build` makes of this world: made when it is first asked for, then kept. Parts may ask for parts."""
        with self._making:
            if build not in self._parts:
                self._parts[build] = build(self)
            made: Part = self._parts[build]
        return made


def build(seed: int, end_day: int) -> World:
    """Build the world up to a day number (excluded)."""
    france = model.build(seed, end_day)
    grid = france.grid
    generation_first = _first(grid, "generation", after=3000, spread=600)  # about an hour late
    flow_first = _first(grid, "flows", after=900, spread=240)  # about a quarter past
    generation_gaps, flow_gaps = _gaps(grid, "generation"), _gaps(grid, "flows")
    borders = france.borders.items()
    return World(
        france=france,
        load_forecasts=load_forecasts(france),
        generation_forecasts=generation_forecasts(france),
        load_corrections=revisions(grid, "load", grid.quarters.size, REVISED_SHARE, REVISED_BY),
        generation={
            name: _series(grid, name, values, generation_first, generation_gaps)
            for name, values in sorted(france.generation.by_type.items())
        },
        exports={b: _series(grid, f"from {b}", np.maximum(v, 0), flow_first, flow_gaps) for b, v in borders},
        imports={b: _series(grid, f"to {b}", np.maximum(-v, 0), flow_first, flow_gaps) for b, v in borders},
        weather_errors=draw_errors(grid),
    )


def _series(grid: Grid, name: str, quarters: Floats, first: Ints, missing: Bools) -> HourlySeries:
    hourly = quarters.reshape(-1, 4).mean(axis=1)
    return HourlySeries(hourly, first, revisions(grid, name, hourly.size, REVISED_SHARE, REVISED_BY), missing)


def _first(grid: Grid, name: str, after: int, spread: int) -> Ints:
    return np.asarray(grid.hours + HOUR + after + jitter(grid, name, grid.hours.size, spread))


def _gaps(grid: Grid, name: str) -> Bools:
    return np.asarray(grid.uniform(f"{name} gaps", grid.hours.size) < MISSING_HOURS)


_building = Lock()
_cached = lru_cache(maxsize=2)(build)


def world_at(seed: int, now: int) -> World:
    """The world of a seed, far enough beyond `now` (UTC seconds). The last two are kept."""
    end_day = ((paris.local_day(now) + REACH_DAYS) // BUILD_AHEAD_DAYS + 1) * BUILD_AHEAD_DAYS
    with _building:
        return _cached(seed, end_day)
