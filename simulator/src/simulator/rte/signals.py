"""Signalled days: signal/v1/signals (capacity mechanism) and demand_response_signal/v1/demand_response_signals.

PP1 and PP2 are the working days of November to March on which the load is expected to be highest (about 12 and 18 a
winter, more when it is cold); every PP1 day is a PP2 day. Demand response is called on days when power costs well
more than gas makes it. A day that is not signalled has no row.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from starlette.datastructures import QueryParams

from simulator import paris
from simulator.model.calendar import rest_days
from simulator.model.grid import by_date
from simulator.model.prices import GAS_COST
from simulator.rte.periods import day_of, days_to_end_of_next_year, midnight_label, moment, window_or
from simulator.rte.resource import Resource, Resources, timed
from simulator.rte.window import Window
from simulator.world import World

LONGEST_DAYS = 155
WINTER_MONTHS = (1, 2, 3, 11, 12)
PEAK_HOURS = ((7, 15), (18, 20))
PEAK_LOADS = {"PP1": 67_500.0, "PP2": 65_500.0}  # MW, mean of the peak hours
PEAK_PUBLISHED = {"PP1": (9, 45), "PP2": (18, 30)}  # of the day before
DEAR = 1.12  # daily mean price over the cost of gas
CALLED = (15, 40)  # of the day before
"""Demand response is called after the auction has shown the prices."""


def signals(world: World, params: QueryParams, now: int) -> dict[str, Any]:
    """The answer of signals: a block for each day and type. Raises FunctionalError."""
    window = window_or(params, now, LONGEST_DAYS, days_to_end_of_next_year(now), day_of)
    return {
        "signals": [
            {"start_date": midnight_label(day), "end_date": midnight_label(day + 1), "type": kind, "values": [value]}
            for day in reversed(_winter_days(world, window))
            for kind, threshold in PEAK_LOADS.items()
            if _peak_load(world, day) >= threshold
            for value in _value(day, PEAK_PUBLISHED[kind], now)
        ]
    }


def demand_response_signals(world: World, params: QueryParams, now: int) -> dict[str, Any]:
    """The answer of demand_response_signals: one block, one value for each signalled day. Raises FunctionalError."""
    window = window_or(params, now, LONGEST_DAYS, days_to_end_of_next_year(now), day_of)
    values = [
        value
        for day in _winter_days(world, window)
        if _price_over_gas(world, day) >= DEAR
        for value in _value(day, CALLED, now)
    ]
    return {"demand_response_signals": [{"start_date": window.begin, "end_date": window.end, "values": values}]}


def _value(day: int, published: tuple[int, int], now: int) -> list[dict[str, Any]]:
    """The row of a signalled day; none before it is public."""
    updated = moment(day - 1, *published)
    if updated > now:
        return []
    label = {"start_date": midnight_label(day), "end_date": midnight_label(day + 1)}
    return [label | {"value": True, "updated_date": paris.iso_one(updated)}]


def _winter_days(world: World, window: Window) -> list[int]:
    """Working days of winter that the model holds."""
    days = np.arange(window.served_days.start, min(window.last, world.grid.end_day - 1), dtype=np.int64)
    if not days.size:
        return []
    working = days[~rest_days(days)].tolist()
    return [day for day in working if paris.day_of(day).month in WINTER_MONTHS]


def _peak_load(world: World, day: int) -> float:
    load = world.france.load
    parts = [load[_quarter(world, day, begin) : _quarter(world, day, end)] for begin, end in PEAK_HOURS]
    return float(np.concatenate(parts).mean())


def _price_over_gas(world: World, day: int) -> float:
    begin, end = _quarter(world, day, 0), _quarter(world, day + 1, 0)
    cost = by_date(GAS_COST, world.grid.quarters[begin : begin + 1])
    return float(world.france.price[begin:end].mean() / cost[0])


def _quarter(world: World, day: int, hour: int) -> int:
    return world.grid.quarter_index(moment(day, hour))


RESOURCES: Resources = {
    ("signal", "v1", "signals"): Resource(timed(signals), "SIGNAL_SIGNALS"),
    ("demand_response_signal", "v1", "demand_response_signals"): Resource(
        timed(demand_response_signals), "DEMRESPSIGNAL_SIGNALS"
    ),
}
