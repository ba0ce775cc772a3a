"""consolidated_consumption/v1: the load as the accounts have it, by half-hour (MW) and by day (MWh).

The meters see the small solar plants, and the load behind them, that real time does not (`model/eco2mix.py`). A month
is published on the 20th of the next one, provisory; fourteen months after it comes again, definitive and a
little different. `updated_date` is a date without a time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from simulator import paris
from simulator.model import eco2mix
from simulator.model.grid import Floats
from simulator.paris import HOUR, Ints
from simulator.publication import Bools
from simulator.rte.resource import Resources
from simulator.rte.series import (
    Asked,
    Block,
    Series,
    bare_dates,
    days_of_months,
    intervals,
    months,
    one,
    resources,
    whole,
)
from simulator.rte.window import Window

PUBLISHED_DAY, PUBLISHED_SECOND = 20, 9 * HOUR
PROVISORY_AFTER, DEFINITIVE_AFTER = 1, 14  # months
DEFINITIVE_BY, PROVISORY_BY = 0.002, 0.004  # relative deviation: from the meters, and from the definitive value


def power(asked: Asked) -> Iterable[Block]:
    """Half-hours, MW; the days newest first, the half-hours of a day in their order."""
    month = months(asked.at.starts)
    yield _block(asked, whole(_power(asked, month)), month)


def energy(asked: Asked) -> Iterable[Block]:
    """Days, MWh: what the half-hours add up to."""
    halves = replace(asked, at=intervals(asked.world.grid, asked.window, "PT30M"))
    month = months(halves.at.starts)
    first_of_day = np.searchsorted(halves.at.starts, asked.at.starts)
    megawatts = np.rint(_power(halves, month))
    sums = np.add.reduceat(megawatts, first_of_day) / 2 if asked.at.size else np.zeros(0)
    yield _block(asked, whole(sums), months(asked.at.starts))


def _block(asked: Asked, values: Ints, month: Ints) -> Block:
    provisory, definitive = _published(month, PROVISORY_AFTER), _published(month, DEFINITIVE_AFTER)
    final = definitive <= asked.now
    columns = {
        "value": values,
        "updated_date": bare_dates(np.where(final, definitive, provisory)),
        "status": np.where(final, "DEFINITIVE", "PROVISORY").tolist(),
    }
    return one({}, columns, provisory <= asked.now)


def _power(asked: Asked, month: Ints) -> Floats:
    solar = asked.mean(asked.world.france.generation.by_type["SOLAR"])
    metered = asked.mean(asked.world.france.load) + eco2mix.unseen_load(asked.world, asked.at.starts, solar)
    definitive = metered * (1 + DEFINITIVE_BY * asked.noise("definitive load", hours=36))
    provisory = definitive * (1 + PROVISORY_BY * asked.noise("provisory load", hours=24))
    return np.where(_is_final(asked, month), definitive, provisory)


def _is_final(asked: Asked, month: Ints) -> Bools:
    return np.asarray(_published(month, DEFINITIVE_AFTER) <= asked.now)


def _published(month: Ints, after: int) -> Ints:
    return paris.at_local(days_of_months(month + after, PUBLISHED_DAY), PUBLISHED_SECOND)


def last_month(now: int) -> Window:
    """The last month that is published."""
    month = months(np.array([now], dtype=np.int64)) - PROVISORY_AFTER
    if _published(month, PROVISORY_AFTER)[0] > now:
        month = month - 1
    first, last = days_of_months(np.append(month, month + 1)).tolist()
    return Window(first, last)


PREFIX = "CONSOLIDATEDCONSUMPTION"
RESOURCES: Resources = resources(
    "consolidated_consumption",
    "v1",
    {
        "consolidated_power_consumption": Series(
            f"{PREFIX}_POWER", "PT30M", power, order="days descending", default=last_month
        ),
        "consolidated_energy_consumption": Series(
            f"{PREFIX}_ENERGY", "P1D", energy, order="descending", default=last_month
        ),
    },
)
