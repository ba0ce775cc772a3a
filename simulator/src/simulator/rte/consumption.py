"""consumption/v1/short_term: realised load and its forecasts.

REALISED comes five minutes after each quarter-hour; the values of a past day carry one stamp of its evening, and a
few are corrected in the following days. Every day has 96 labels (D-2: 48), clock change or not.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from starlette.datastructures import QueryParams

from simulator import paris
from simulator.model.grid import QUARTER
from simulator.publication import Published, end_of_day_stamp, forecast, measured
from simulator.rte import labels
from simulator.rte.labels import Labels
from simulator.rte.resource import Resource, Resources, timed
from simulator.rte.window import Window, enumerated, parse
from simulator.world import World

ROOT = "short_term"
PREFIX = "CONSUMPTION_SHORTTERM"
TYPES = ("REALISED", "ID", "D-1", "D-2")
LONGEST_DAYS = 186
REALISED_DELAY = 303  # seconds from the end of a quarter-hour to its publication
LAST_DAY_OFFERED = {"REALISED": 0, "ID": 0, "D-1": 1, "D-2": 2}  # days after today


def short_term(world: World, params: QueryParams, now: int) -> dict[str, Any]:
    """The answer's body. Raises FunctionalError."""
    asked = enumerated(params, "type", TYPES)
    window = parse(params, now, LONGEST_DAYS, 2 if {"REALISED", "ID"} & set(asked) else 3)
    today = paris.local_day(now)
    blocks = []
    for kind in asked or TYPES:
        if window is None:
            blocks.append(_latest(world, kind, today, now))
        elif window.first <= today + LAST_DAY_OFFERED[kind]:
            blocks.append(_block(world, kind, window, now))
    if window is None:
        blocks.sort(key=lambda block: str(block["start_date"]), reverse=True)
    return {ROOT: blocks}


def _latest(world: World, kind: str, today: int, now: int) -> dict[str, Any]:
    """The most recent day for which there is something of this type."""
    block: dict[str, Any] = {}
    for day in range(today + LAST_DAY_OFFERED[kind], today - 2, -1):
        block = _block(world, kind, Window(day, day + 1), now)
        if block["values"]:
            break
    return block


def _block(world: World, kind: str, window: Window, now: int) -> dict[str, Any]:
    begin, end = window.quarters(world.grid)
    plan = labels.clock_blind(world.grid, begin, end)
    known = _realised(world, begin, end, now) if kind == "REALISED" else _forecast(world, kind, begin, end, now)
    row = plan.index - begin
    shown = Published(labels.fill_invented(known.values[row], plan.invented), known.updated[row], known.public[row])
    if kind == "D-2":
        plan, shown = _half_hours(plan, shown)
    return {
        "type": kind,
        "start_date": window.begin,
        "end_date": window.end,
        "values": labels.rows(plan, shown, labels.whole(shown.values)),
    }


def _realised(world: World, begin: int, end: int, now: int) -> Published:
    starts = world.grid.quarters[begin:end]
    first = starts + QUARTER + REALISED_DELAY
    last_publication = (now - REALISED_DELAY) // QUARTER * QUARTER + REALISED_DELAY
    days = paris.local_days(starts)
    stamps = np.where(days < paris.local_day(now), end_of_day_stamp(world.grid, days), last_publication)
    return measured(world.france.load[begin:end], first, stamps, world.load_corrections.part(begin, end), now)


def _forecast(world: World, kind: str, begin: int, end: int, now: int) -> Published:
    known = forecast(world.load_forecasts[kind], world.grid, begin, end, now)
    days = paris.local_days(world.grid.quarters[begin:end])
    offered = days <= paris.local_day(now) + LAST_DAY_OFFERED[kind]
    return Published(known.values, known.updated, known.public & offered)


def _half_hours(plan: Labels, shown: Published) -> tuple[Labels, Published]:
    means = shown.values.reshape(-1, 2).mean(axis=1)
    halves = Labels(plan.index[::2], plan.starts[::2], plan.ends[1::2], plan.invented)
    return halves, Published(means, shown.updated[::2], shown.public[::2])


RESOURCES: Resources = {("consumption", "v1", "short_term"): Resource(timed(short_term), PREFIX)}
