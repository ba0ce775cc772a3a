"""Energy of whole years by region, GWh: what the consolidated half-hours add up to. Corsica is a guess."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial

import numpy as np

from simulator import paris
from simulator.model import eco2mix, regions
from simulator.model.grid import QUARTER, Floats
from simulator.paris import HOUR
from simulator.world import World

COLUMNS = ("consommation", "nucleaire", "thermique", "hydraulique", "eolien", "solaire", "bioenergies")
CORSICA = dict(zip(COLUMNS, (2300.0, 0.0, 783.0, 567.0, 18.0, 282.0, 2.0), strict=True))
FIRST_YEAR = 2022


def energy(world: World, year: int) -> dict[str, Floats]:
    """GWh of a year by column, of the regions of `codes()`; a part of the world, made once."""
    return world.part(_builder(year))


def codes() -> tuple[str, ...]:
    """INSEE codes of the regions, Corsica last."""
    return (*regions.CODES, "94")


@cache
def _builder(year: int) -> Callable[[World], dict[str, Floats]]:
    """The same function each time: parts of the world are kept by it."""
    return partial(_sums, year=year)


def _sums(world: World, year: int) -> dict[str, Floats]:
    first, last = (paris.midnight(int(np.datetime64(f"{one}-01-01").astype(np.int64))) for one in (year, year + 1))
    sums = {name: np.zeros(len(regions.CODES)) for name in COLUMNS}
    for begin in range(first, last, 30 * 24 * HOUR):  # a month at a time, to keep memory low
        starts = np.arange(begin, min(begin + 30 * 24 * HOUR, last), 2 * QUARTER, dtype=np.int64)
        parts = eco2mix.consolidated(world, starts, np.ones(starts.size, dtype=np.bool_))
        made = eco2mix.regional(world, starts, parts)
        for name in COLUMNS:
            sums[name] += made[name].sum(axis=1) / 2000
    return {name: np.append(values, CORSICA[name]) for name, values in sums.items()}
