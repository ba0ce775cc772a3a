"""Trade over the borders: day-ahead and intraday schedules near the physical flows, and the capacity offered to them.

All in MW. An hour is named by its number since 1970, UTC; signed values count exports as positive. Schedules of the
day ahead are whole, intraday ones have tenths. What is scheduled never exceeds what is offered.
"""

from __future__ import annotations

import math

import numpy as np

from simulator.model import draws
from simulator.model.exchanges import BORDERS
from simulator.model.france import France
from simulator.model.grid import Floats
from simulator.paris import HOUR, Ints

LIMITS = {(border.code, True): border.export_limit for border in BORDERS} | {
    (border.code, False): border.import_limit for border in BORDERS
}
"""By border and whether power leaves France."""
LOOP_FLOWS = 90.0  # between a schedule and the flow that follows it
INTRADAY = 230.0
COUNTERED = 45.0  # intraday trade against the net, at most
CAPACITY_STEP = 50  # capacities are whole multiples of it
CAPACITY_SHARE = 0.86  # of the limit, in the mean
CAPACITY_SWING = 0.07


def net_schedule(france: France, border: str, hours: Ints) -> Floats:
    """Day-ahead and intraday together."""
    begin = (hours * HOUR - france.grid.epoch) // (HOUR // 4)
    flow = france.borders[border][begin[:, None] + np.arange(4)].mean(axis=1)
    return np.asarray(np.round(flow + LOOP_FLOWS * draws.smooth(france.grid.seed, f"loop flows {border}", hours, 9), 1))


def day_ahead(france: France, border: str, hours: Ints) -> Floats:
    """Net schedule of the day ahead."""
    later = INTRADAY * draws.smooth(france.grid.seed, f"intraday {border}", hours, 5)
    return np.asarray(np.rint(net_schedule(france, border, hours) - later))


def intraday(france: France, border: str, hours: Ints, outwards: bool) -> Floats:
    """Gross intraday schedule of one direction; the two may both be above zero."""
    net = net_schedule(france, border, hours) - day_ahead(france, border, hours)
    countered = COUNTERED * draws.uniform(france.grid.seed, f"countered {border}", hours)
    return np.round(np.maximum(net if outwards else -net, 0) + np.maximum(countered - 0.6 * COUNTERED, 0).round(1), 1)


def capacity(france: France, border: str, hours: Ints, outwards: bool) -> Floats:
    """Net transfer capacity of the day ahead."""
    limit = LIMITS[border, outwards]
    wander = draws.smooth(france.grid.seed, f"capacity {border} {outwards}", hours, 60)
    offered = np.clip(limit * (CAPACITY_SHARE + CAPACITY_SWING * wander), 0.4 * limit, limit)
    scheduled = day_ahead(france, border, hours) * (1 if outwards else -1)
    return CAPACITY_STEP * np.ceil(np.maximum(offered, scheduled) / CAPACITY_STEP)


def planned_capacity(seed: int, border: str, outwards: bool, name: str, at: int) -> int:
    """Capacity as planned long before: `name` and `at` say for which period, and by whom."""
    chance = float(draws.uniform(seed, f"planned {name} {border} {outwards}", np.array([at]))[0])
    return CAPACITY_STEP * round(LIMITS[border, outwards] * (0.66 + 0.30 * math.sqrt(chance)) / CAPACITY_STEP)
