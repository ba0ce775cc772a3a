"""wholesale_market/v3/france_power_exchanges: day-ahead prices of today and, from about 13:19, of tomorrow.

No parameters, no history: whatever is asked, the answer is the same. `updated_date` stands in the block only.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from starlette.datastructures import QueryParams

from simulator import paris
from simulator.model.grid import EPOCH_DAY
from simulator.publication import jitter
from simulator.rte import labels
from simulator.rte.resource import Resource, Resources, timed
from simulator.rte.window import Window
from simulator.world import World

ROOT = "france_power_exchanges"
PREFIX = "WHOLESALEMARKET_FRANCEPOWEREXCHANGES"
PUBLISHED = 13 * 3600 + 19 * 60 + 12


def power_exchanges(world: World, params: QueryParams, now: int) -> dict[str, Any]:
    """The answer's body; the parameters are ignored."""
    today = paris.local_day(now)
    days = [today, today + 1] if _published(world, today + 1) <= now else [today]
    return {ROOT: [_block(world, day) for day in days]}


def _published(world: World, day: int) -> int:
    late = jitter(world.grid, "auction", world.grid.end_day - EPOCH_DAY, 120)
    moment = paris.at_local(np.array([day - 1], dtype=np.int64), PUBLISHED)
    return int(moment[0] + late[day - EPOCH_DAY])


def _block(world: World, day: int) -> dict[str, Any]:
    window = Window(day, day + 1)
    begin, end = window.quarters(world.grid)
    plan = labels.regular(world.grid, begin, end)
    volumes, prices = world.france.volume[begin:end].tolist(), world.france.price[begin:end].tolist()
    return {
        "start_date": window.begin,
        "end_date": window.end,
        "updated_date": paris.iso_one(_published(world, day)),
        "values": [
            {"start_date": start, "end_date": end_, "value": volume, "price": price}
            for start, end_, volume, price in zip(plan.starts, plan.ends, volumes, prices, strict=True)
        ],
    }


RESOURCES: Resources = {("wholesale_market", "v3", "france_power_exchanges"): Resource(timed(power_exchanges), PREFIX)}
