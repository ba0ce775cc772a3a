"""How tense the power system is, by local hour: what Ecowatt says of a day.

It follows from what France could spare before trade. Forecasts of the days to come err a little, less with each issue.
"""

from __future__ import annotations

import numpy as np

from simulator import paris
from simulator.model import draws
from simulator.model.france import France
from simulator.paris import HOUR, Ints

LOW_CARBON, GREEN, ORANGE, RED = range(4)
HOURS = 24
ABOVE_IS_LOW_CARBON = 14_000.0  # MW of surplus
BELOW_IS_ORANGE = -11_000.0
BELOW_IS_RED = -16_000.0
ERROR_A_DAY = 500.0  # MW for each day ahead


def levels(france: France, day: int, issue_day: int, issue: int) -> Ints:
    """The level of each hour of the Paris clock, 0 to 23, as seen in one of the issues of a day. Shape (24,).

    The hour that doesn't exist in spring says what the one before does; of the repeated one, the first counts.
    """
    grid = france.grid
    hours = np.arange(HOURS, dtype=np.int64)
    instants = paris.at_local(np.full(HOURS, day, dtype=np.int64), 0) + hours * HOUR
    instants -= paris.offset(instants) - paris.offset(instants[:1])
    quarters = (instants - grid.epoch) // 900
    surplus = france.generation.surplus[quarters[:, None] + np.arange(4)].mean(axis=1)
    ahead = max(day - issue_day, 0)
    error = draws.normal(grid.seed, f"tension {issue}", day * HOURS + hours // 6 + 10 * ahead)
    surplus = surplus + ERROR_A_DAY * ahead * error
    found = np.full(HOURS, GREEN)
    for level, there in (
        (LOW_CARBON, surplus > ABOVE_IS_LOW_CARBON),
        (ORANGE, surplus < BELOW_IS_ORANGE),
        (RED, surplus < BELOW_IS_RED),
    ):
        found[there] = level
    return found
