"""losses_public_transmission_system/v1/forecasts: losses of the transmission grid by half-hour, MW, a block a day.

ID is made at 17:00 of the day before and again at 08:00 and 12:00 for the half-hours to come; WEEKLY on Fridays at
12:00 for the week from Saturday on. Labels are right on both clock-change days.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from simulator import paris
from simulator.model.grid import Floats
from simulator.paris import HOUR, Ints
from simulator.publication import Bools
from simulator.rte.periods import SATURDAY, midnight_label, moment, week_of
from simulator.rte.series import Asked, Block, Column, Series, one, resources, whole

TYPES = ("ID", "WEEKLY")
ID_ISSUES = ((-1, 17, 1.0), (0, 8, 0.7), (0, 12, 0.5))  # day, hour, share of the full error
ERROR = {"ID": 25.0, "WEEKLY": 75.0}  # MW


def forecasts(asked: Asked) -> Iterator[Block]:
    """The blocks of ID, then those of WEEKLY, each from the newest day on."""
    if not asked.at.size:
        return
    truth = _losses(asked)
    days = paris.local_days(asked.at.starts)
    for kind in asked.chosen("type", TYPES):
        share, updated = _id_issue(asked, days) if kind == "ID" else _weekly_issue(days)
        columns: dict[str, Column] = {
            "value": whole(truth + ERROR[kind] * share * asked.noise(f"losses {kind}", 9)),
            "updated_date": paris.iso(updated),
        }
        for day in range(int(days[-1]), int(days[0]) - 1, -1):
            public: Bools = (days == day) & (updated <= asked.now)
            span = {"start_date": midnight_label(day), "end_date": midnight_label(day + 1)}
            if public.any():
                yield one(span | {"type": kind}, columns, public)


def _losses(asked: Asked) -> Floats:
    """Mostly the square of the load, a little of what goes abroad."""
    load = asked.mean(asked.world.france.load) / 1000
    abroad = np.abs(asked.mean(asked.world.france.generation.net_export)) / 1000
    return np.asarray(420 + 0.22 * load**2 + 9 * load + 14 * abroad)


def _id_issue(asked: Asked, days: Ints) -> tuple[Floats, Ints]:
    """The last issue at `now` that came before its half-hour."""
    offset, hour, full = ID_ISSUES[0]
    share, updated = np.full(days.size, full), _issued(days, offset, hour)
    for offset, hour, left in ID_ISSUES[1:]:
        issued = _issued(days, offset, hour)
        holds = (issued <= asked.now) & (issued <= asked.at.starts)
        share, updated = np.where(holds, left, share), np.where(holds, issued, updated)
    return share, updated


def _issued(days: Ints, offset: int, hour: int) -> Ints:
    return paris.at_local(days + offset, hour * HOUR + 240)


def _weekly_issue(days: Ints) -> tuple[Floats, Ints]:
    fridays = {day: moment(week_of(day, SATURDAY).first - 1, 12) for day in np.unique(days).tolist()}
    return np.ones(days.size), np.array([fridays[day] for day in days.tolist()], dtype=np.int64)


RESOURCES = resources(
    "losses_public_transmission_system",
    "v1",
    {"forecasts": Series("LOSSESPTS_FORECASTS", "PT30M", forecasts, ahead_days=2, so_far=False)},
)
