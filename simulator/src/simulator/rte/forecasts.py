"""generation_forecast/v3: wind, sun, the aggregates and the programmes of producers, by quarter-hour, one block a day;
and total_forecast, the sum of the aggregates.

Clock changes: the aggregates are right in spring, wind D-1 has late labels there; the repeated hour of autumn comes
once for wind and the aggregates, twice for the sun.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from starlette.datastructures import QueryParams

from simulator import paris
from simulator.model.forecasts import AGGREGATED_ISSUES, RENEWABLE_ISSUES, Forecast
from simulator.model.generation import capacity
from simulator.model.grid import Grid
from simulator.publication import Published, forecast
from simulator.rte import labels, programmes
from simulator.rte.errors import FunctionalError
from simulator.rte.labels import Labels
from simulator.rte.resource import Resource, Resources, timed
from simulator.rte.window import Window, enumerated, parse
from simulator.world import World

ROOT = "forecasts"
PREFIX = "GENFORECAST_FORECASTS"
LONGEST_DAYS = 21
RENEWABLES = ("SOLAR", "WIND_OFFSHORE", "WIND_ONSHORE")
AGGREGATED = "AGGREGATED_FRANCE"
SECTORS = {  # what a production type asked for comes back as
    AGGREGATED: ("AGGREGATED_NON_PROGRAMMABLE_FRANCE", "AGGREGATED_PROGRAMMABLE_FRANCE"),
    "SOLAR": ("SOLAR",),
    "WIND_OFFSHORE": ("WIND_OFFSHORE",),
    "WIND_ONSHORE": ("WIND_ONSHORE",),
    "AGGREGATED_CPC": ("AGGREGATED_CPC",),
    "MDSE": ("MDSESTS", "MDSETRF"),
}
PROGRAMMES = ("AGGREGATED_CPC", "MDSE")  # answered when asked for by name: they are many
TYPES = ("D-3", "D-2", "D-1", "ID", "CURRENT")
LAST_DAY_OFFERED = {"D-3": 3, "D-2": 2, "D-1": 1, "ID": 0, "CURRENT": 1}  # days after today


def forecasts(world: World, params: QueryParams, now: int) -> dict[str, Any]:
    """The answer's body. Raises FunctionalError."""
    asked = enumerated(params, "production_type", tuple(SECTORS))
    types = enumerated(params, "type", TYPES)
    if {"D-2", "D-3"} & set(types) and set(RENEWABLES) & set(asked):
        raise FunctionalError("F08")
    wanted = asked or [AGGREGATED, *RENEWABLES]
    window = parse(params, now, LONGEST_DAYS, 4 if set(wanted) <= set(PROGRAMMES) else 2)
    today = paris.local_day(now)
    triples = [
        (sector, kind, sub_type)
        for sector in sorted(sector for name in wanted for sector in SECTORS[name])
        for kind in types or TYPES
        if (sector, kind) in world.generation_forecasts or (asked and sector not in RENEWABLES)
        for sub_type in (programmes.sub_types(sector, kind) if sector in programmes.VERSIONS else [""])
    ]
    if window is None:
        blocks = [_latest(world, *triple, today, now) for triple in triples]
        return {ROOT: sorted(blocks, key=lambda block: str(block["start_date"]), reverse=True)}
    return {
        ROOT: [
            _block(world, *triple, day, now)
            for day in reversed(range(window.first, window.last))
            for triple in triples
            if day <= today + LAST_DAY_OFFERED[triple[1]]
        ]
    }


def _latest(world: World, sector: str, kind: str, sub_type: str, today: int, now: int) -> dict[str, Any]:
    block: dict[str, Any] = {}
    for day in range(today + LAST_DAY_OFFERED[kind], today - 2, -1):
        block = _block(world, sector, kind, sub_type, day, now)
        if "values" in block:
            break
    return block


def _block(world: World, sector: str, kind: str, sub_type: str, day: int, now: int) -> dict[str, Any]:
    """One day; without the key `values` where there is no data."""
    window = Window(day, day + 1)
    block: dict[str, Any] = {
        "start_date": window.begin,
        "end_date": window.end,
        "type": kind,
        "production_type": sector,
    }
    if sub_type:
        declared = programmes.rows(world, sector, kind, sub_type, day, now) if window.served_days else []
        return block | {"sub_type": sub_type} | ({"values": declared} if declared else {})
    if (sector, kind) not in world.generation_forecasts:
        return block
    begin, end = window.quarters(world.grid)
    plan = _label_rule(sector, kind)(world.grid, begin, end)
    known = forecast(world.generation_forecasts[sector, kind], world.grid, begin, end, now)
    row = plan.index - begin
    shown = Published(known.values[row], known.updated[row], known.public[row])
    numbers = labels.whole(shown.values) if sector in SECTORS[AGGREGATED] else np.round(shown.values, 2).tolist()
    values = labels.rows(plan, shown, numbers)
    if sector.startswith("WIND"):
        installed = capacity(sector, world.grid.quarters[plan.index[shown.public]])
        shares = np.rint(100 * shown.values[shown.public] / installed).astype(np.int64).tolist()
        for value, share in zip(values, shares, strict=True):
            value["load_factor"] = share
    return block | {"values": values} if values else block


def _label_rule(sector: str, kind: str) -> Callable[[Grid, int, int], Labels]:
    if sector == "SOLAR":
        return labels.regular
    if sector.startswith("WIND") and kind == "D-1":
        return labels.late_in_spring
    return labels.repeated_hour_once


# --- the total

TOTAL_ROOT = "total_forecast"
TOTAL_ERROR = {"D-1": 1.0, "ID": 0.8, "CURRENT": 0.6}  # of the error of the aggregates
TOTAL_ISSUES = {"D-1": AGGREGATED_ISSUES, **RENEWABLE_ISSUES}


def total_forecast(world: World, params: QueryParams, now: int) -> dict[str, Any]:
    """The answer's body: a block a day and type, newest first. Raises FunctionalError."""
    types = enumerated(params, "type", TYPES) or list(TOTAL_ISSUES)
    window = parse(params, now, LONGEST_DAYS, 2)
    today = paris.local_day(now)
    days = range(today, today + 1) if window is None else window.served_days
    made = {kind: _total(world, kind) for kind in types if kind in TOTAL_ISSUES}
    return {
        TOTAL_ROOT: [
            _total_block(world, kind, known, day, now)
            for day in reversed(days)
            for kind, known in made.items()
            if day <= today + LAST_DAY_OFFERED[kind]
        ]
    }


def _total(world: World, kind: str) -> Forecast:
    parts = [world.generation_forecasts[sector, "D-1"] for sector in SECTORS[AGGREGATED]]
    error = TOTAL_ERROR[kind] * np.sum([part.error for part in parts], axis=0)
    return Forecast(np.sum([part.truth for part in parts], axis=0), error, TOTAL_ISSUES[kind])


def _total_block(world: World, kind: str, known: Forecast, day: int, now: int) -> dict[str, Any]:
    window = Window(day, day + 1)
    begin, end = window.quarters(world.grid)
    plan = labels.repeated_hour_once(world.grid, begin, end)
    made = forecast(known, world.grid, begin, end, now)
    row = plan.index - begin
    shown = Published(made.values[row], made.updated[row], made.public[row])
    values = labels.rows(plan, shown, labels.whole(shown.values))
    return {"start_date": window.begin, "end_date": window.end, "type": kind, "values": values}


RESOURCES: Resources = {
    ("generation_forecast", "v3", "forecasts"): Resource(timed(forecasts), PREFIX),
    ("generation_forecast", "v3", "total_forecast"): Resource(timed(total_forecast), "GENFORECAST_TOTAL"),
}
