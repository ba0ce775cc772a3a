"""Least and greatest temperature of each day and region, °C."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator import paris
from simulator.model.grid import FIRST_SERVED_DAY, Floats
from simulator.model.points import POINTS, REGION_CODES
from simulator.paris import Ints
from simulator.world import World


@dataclass(frozen=True)
class Climate:
    """By region (`points.REGION_CODES`) and day since the first served one. Shape (regions, days)."""

    least: Floats
    greatest: Floats

    def at(self, days: Ints) -> tuple[Floats, Floats]:
        """Least and greatest of some days."""
        numbers = days - FIRST_SERVED_DAY
        return self.least[:, numbers], self.greatest[:, numbers]


def climate(world: World) -> Climate:
    """A part of the world: `world.part(climate)`. Days are those of the Paris clock."""
    days = np.arange(FIRST_SERVED_DAY, world.grid.end_day - 1, dtype=np.int64)
    edges = (paris.at_local(np.append(days, days[-1] + 1)) - world.grid.epoch) // paris.HOUR
    least, greatest = [], []
    for code in REGION_CODES:
        mean = np.zeros(world.grid.hours.size)
        for column, point in enumerate(POINTS):
            if point.region == code:
                mean += point.share * world.france.weather.temperature[:, column]
        hours = mean[: edges[-1]]
        least.append(np.minimum.reduceat(hours, edges[:-1]))
        greatest.append(np.maximum.reduceat(hours, edges[:-1]))
    return Climate(np.stack(least), np.stack(greatest))
