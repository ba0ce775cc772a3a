"""What producers declare: AGGREGATED_CPC (purchase obligation) and MDSE, parts of generation_forecast/v3/forecasts.

A programme is issued in versions (`sub_type`): DA01 from three days before, DA02 and ID00 to ID02 on the day before,
then ID03 to ID24 each hour of the day, each for what is left of it. Labels are late on the spring day; now and then RTE
writes the rows of a version twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from simulator import paris
from simulator.model import draws
from simulator.model.forecasts import Issue, clock
from simulator.model.grid import QUARTER, Floats, Grid
from simulator.paris import HOUR
from simulator.rte import labels
from simulator.rte.series import Column, table
from simulator.rte.window import Window
from simulator.world import World

FIRST_HOURLY, LAST_HOURLY = 3, 24
ISSUE_SPREAD = 600
DUPLICATED = ("ID02", "ID04", "ID07", "ID08", "ID13", "ID14")
DUPLICATED_SHARE = 0.1  # of the days

_DAY_AHEAD = {
    "D-3": {"DA01": Issue(-3, clock(10, 27), 1.6)},
    "D-2": {"DA01": Issue(-2, clock(10, 27), 1.4)},
    "D-1": {"DA01": Issue(-1, clock(10, 27), 1.2)},
}
_LATER = {
    "DA02": Issue(-1, clock(13, 18), 1.1),
    "ID00": Issue(-1, clock(17, 33), 1.0),
    "ID01": Issue(-1, clock(22, 4), 0.95),
    "ID02": Issue(-1, clock(23, 3), 0.9),
}
_HOURLY = {
    f"ID{number:02d}": Issue(0, clock(number - FIRST_HOURLY, 3), 0.9 - 0.02 * number)
    for number in range(FIRST_HOURLY, LAST_HOURLY + 1)
}
VERSIONS: Mapping[str, Mapping[str, Mapping[str, Issue]]] = {  # by sector and type
    "AGGREGATED_CPC": {**_DAY_AHEAD, "D-1": {**_DAY_AHEAD["D-1"], **_LATER}, "ID": _HOURLY},
    "MDSESTS": _DAY_AHEAD,
    "MDSETRF": _DAY_AHEAD,
}
SHARES: Mapping[str, Mapping[str, float]] = {  # of the output of production types
    "AGGREGATED_CPC": {"WIND_ONSHORE": 0.5, "SOLAR": 0.6, "BIOMASS": 0.7},
    "MDSESTS": {"HYDRO_WATER_RESERVOIR": 0.06, "BIOMASS": 0.1},
    "MDSETRF": {"HYDRO_RUN_OF_RIVER_AND_POUNDAGE": 0.2, "HYDRO_WATER_RESERVOIR": 0.25, "FOSSIL_GAS": 0.1},
}
ERROR_SHARE = 0.05
NO_DATA = "DA01"  # the sub_type of a block for a type without programmes


def sub_types(sector: str, kind: str) -> list[str]:
    """The versions of a sector's type, in RTE's order; one without data where there are none."""
    return list(VERSIONS[sector].get(kind, [NO_DATA]))


def rows(world: World, sector: str, kind: str, sub_type: str, day: int, now: int) -> list[dict[str, Any]]:
    """The values of a version for a day; none before it is issued."""
    issue = VERSIONS[sector].get(kind, {}).get(sub_type)
    if issue is None:
        return []
    seed = world.grid.seed
    late = draws.uniform(seed, f"{sector} {kind} {sub_type}", np.array([day], dtype=np.int64))[0]
    issued = int(paris.at_local(np.array([day + issue.day], dtype=np.int64), issue.second)[0] + ISSUE_SPREAD * late)
    if issued > now:
        return []
    plan = _plan(world.grid, day)
    left = world.grid.epoch + plan.index * QUARTER >= _begin(day, sub_type)
    columns: dict[str, Column] = {
        "start_date": plan.starts,
        "end_date": plan.ends,
        "updated_date": paris.iso_one(issued),
        "value": np.rint(_guess(world, sector, sub_type, issue, plan)).astype(np.int64),
    }
    made = table(columns, np.flatnonzero(left))
    return made * 2 if _twice(seed, sector, sub_type, day) else made


@lru_cache(maxsize=64)
def _plan(grid: Grid, day: int) -> labels.Labels:
    """Shared by the many versions of a day."""
    return labels.late_in_spring(grid, *Window(day, day + 1).quarters(grid))


def _begin(day: int, sub_type: str) -> int:
    """The hourly versions begin an hour after they are due."""
    hour = int(sub_type[2:]) - FIRST_HOURLY + 1 if sub_type in _HOURLY else 0
    return paris.midnight(day) + hour * HOUR


def _guess(world: World, sector: str, sub_type: str, issue: Issue, plan: labels.Labels) -> Floats:
    by_type = world.france.generation.by_type
    truth = np.sum([share * by_type[name][plan.index] for name, share in SHARES[sector].items()], axis=0)
    error = draws.smooth(world.grid.seed, f"{sector} {sub_type}", plan.index, 24)
    return np.asarray(np.maximum(truth * (1 + ERROR_SHARE * issue.error * error), 0))


def _twice(seed: int, sector: str, sub_type: str, day: int) -> bool:
    if sector != "AGGREGATED_CPC" or sub_type not in DUPLICATED:
        return False
    return bool(draws.uniform(seed, f"{sub_type} twice", np.array([day], dtype=np.int64))[0] < DUPLICATED_SHARE)
