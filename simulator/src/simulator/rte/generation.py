"""actual_generation/v1/actual_generations_per_production_type: hourly means, about an hour late.

23, 24 or 25 hours a day, rightly labelled; a few hours a year are missing. The TOTAL block has no `updated_date`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from starlette.datastructures import QueryParams

from simulator import paris
from simulator.publication import Published
from simulator.rte import labels
from simulator.rte.resource import Resource, Resources, timed
from simulator.rte.window import Window, enumerated, parse
from simulator.world import World

ROOT = "actual_generations_per_production_type"
PREFIX = "ACTUALGEN_PRODTYPE"
LONGEST_DAYS = 155
TOTAL = "TOTAL"
TYPES = (
    "BIOMASS",
    "FOSSIL_GAS",
    "FOSSIL_HARD_COAL",
    "FOSSIL_OIL",
    "HYDRO_PUMPED_STORAGE",
    "HYDRO_RUN_OF_RIVER_AND_POUNDAGE",
    "HYDRO_WATER_RESERVOIR",
    "NUCLEAR",
    "SOLAR",
    "WASTE",
    "WIND_OFFSHORE",
    "WIND_ONSHORE",
)


def per_production_type(world: World, params: QueryParams, now: int) -> dict[str, Any]:
    """The answer's body. Raises FunctionalError."""
    asked = enumerated(params, "production_type", (*TYPES, TOTAL)) or (*TYPES, TOTAL)
    window, end_label = window_or_today(params, now, LONGEST_DAYS)
    begin, end = window.quarters(world.grid)
    plan = labels.regular(world.grid, begin, end, step=4)
    known = {name: world.generation[name].at(begin // 4, end // 4, now) for name in TYPES}
    head = {"start_date": window.begin, "end_date": end_label}
    blocks = []
    for name in asked:
        shown = known[name] if name != TOTAL else _total(known)
        values = labels.rows(plan, shown, labels.whole(shown.values), dated=name != TOTAL)
        blocks.append({**head, "production_type": name, "values": values})
    return {ROOT: blocks}


def window_or_today(params: QueryParams, now: int, longest_days: int) -> tuple[Window, str]:
    """The window asked for and its end; without dates today, which ends at the time of the call."""
    window = parse(params, now, longest_days, ahead_days=1)
    if window is not None:
        return window, window.end
    today = paris.local_day(now)
    return Window(today, today + 1), paris.iso_one(now)


def _total(known: dict[str, Published]) -> Published:
    """The sum of what is published, to the MW."""
    parts = list(known.values())
    return Published(np.sum([part.values for part in parts], axis=0), parts[0].updated, parts[0].public)


RESOURCES: Resources = {
    ("actual_generation", "v1", "actual_generations_per_production_type"): Resource(timed(per_production_type), PREFIX)
}
