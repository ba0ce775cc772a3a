"""What RTE would have forecast: the truth plus an error that shrinks with each new issue, MW by quarter-hour.

A forecast is issued at fixed Paris times before and during its day. An issue replaces the values of the future only,
so what a past interval was forecast to be never changes again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulator.model.france import France
from simulator.model.generation import capacity
from simulator.model.grid import Floats


def clock(hour: int, minute: int) -> int:
    """Seconds since midnight."""
    return hour * 3600 + minute * 60


@dataclass(frozen=True)
class Issue:
    """A publication: days from the forecast day, Paris time of day, and how much of the full error is left."""

    day: int
    second: int
    error: float


@dataclass(frozen=True)
class Forecast:
    """`value = truth + issue.error * error`, not below `floor`; issues in the order of time."""

    truth: Floats
    error: Floats
    issues: Sequence[Issue]
    floor: float = 0.0


LOAD_ISSUES = {
    "ID": [
        Issue(0, clock(0, 10), 0.62),
        Issue(0, clock(6, 40), 0.5),
        Issue(0, clock(11, 40), 0.42),
        Issue(0, clock(16, 40), 0.36),
    ],
    "D-1": [Issue(-1, clock(19, 30), 1.0)],
    "D-2": [Issue(-2, clock(7, 0), 1.55), Issue(-1, clock(0, 21), 1.4)],
}
# Wind and sun: (day-ahead, intraday, current). CURRENT is the latest of all and is overwritten four times a day.
RENEWABLE_ISSUES = {
    "ID": [Issue(-1, clock(19, 50), 0.8), Issue(0, clock(6, 50), 0.6)],
    "CURRENT": [
        Issue(-1, clock(16, 5), 1.0),
        Issue(-1, clock(19, 47), 0.8),
        Issue(0, clock(6, 45), 0.6),
        Issue(0, clock(9, 35), 0.5),
        Issue(0, clock(16, 5), 0.42),
        Issue(0, clock(19, 46), 0.4),
    ],
}
DAY_AHEAD_ISSUES = {
    "WIND_ONSHORE": [Issue(-1, clock(16, 36), 1.0)],
    "WIND_OFFSHORE": [Issue(-1, clock(16, 5), 1.0)],
    "SOLAR": [Issue(-1, clock(16, 45), 1.0)],
}
AGGREGATED_ISSUES = [Issue(-1, clock(18, 7), 1.1), Issue(-1, clock(19, 19), 1.0)]

NON_PROGRAMMABLE = ("WIND_ONSHORE", "WIND_OFFSHORE", "SOLAR", "HYDRO_RUN_OF_RIVER_AND_POUNDAGE")
LOAD_ERROR_MW = 950.0
LOAD_BIAS_MW = 90.0
AGGREGATED_ERROR_MW = 700.0


def load_forecasts(france: France) -> dict[str, Forecast]:
    """Forecasts of the load by RTE's type."""
    size = france.grid.quarters.size
    noise = 0.8 * france.grid.noise("load error", size, 28) + 0.6 * france.grid.noise("load drift", size, 200)
    error = LOAD_BIAS_MW + LOAD_ERROR_MW * noise
    return {name: Forecast(france.load, error, issues) for name, issues in LOAD_ISSUES.items()}


def generation_forecasts(france: France) -> dict[tuple[str, str], Forecast]:
    """Forecasts of the generation by RTE's production type and type."""
    made: dict[tuple[str, str], Forecast] = {}
    for name, day_ahead in DAY_AHEAD_ISSUES.items():
        truth = france.generation.by_type[name]
        error = _renewable_error(france, name, truth)
        for kind, issues in {"D-1": day_ahead, **RENEWABLE_ISSUES}.items():
            made[name, kind] = Forecast(truth, error, issues)
    for name, members in _aggregates(france).items():
        error = AGGREGATED_ERROR_MW * france.grid.noise(f"{name} error", france.load.size, 20)
        made[name, "D-1"] = Forecast(members, error, AGGREGATED_ISSUES)
    return made


def _renewable_error(france: France, name: str, truth: Floats) -> Floats:
    """Day-ahead error: largest in the middle of the range of the fleet, none where there is no output."""
    noise = france.grid.noise(f"{name} error", truth.size, 24)
    installed = capacity(name, france.grid.quarters)
    share = np.clip(truth / installed, 0, 1)
    scale = 0.16 * share * (1 - share) if name == "SOLAR" else 0.055 * np.sqrt(share * (1 - share))
    return np.asarray(scale * installed * (noise + 0.05))


def _aggregates(france: France) -> dict[str, Floats]:
    by_type = france.generation.by_type
    free = np.sum(np.stack([by_type[name] for name in NON_PROGRAMMABLE]), axis=0)
    storage = by_type["HYDRO_PUMPED_STORAGE"]
    total = france.load + france.generation.net_export
    return {
        "AGGREGATED_PROGRAMMABLE_FRANCE": total - free - np.minimum(storage, 0),
        "AGGREGATED_NON_PROGRAMMABLE_FRANCE": free,
    }
