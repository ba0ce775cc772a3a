"""congestion/v1: countertrading, redispatching, and what they cost by month.

An action may come in two versions: the second, published on the next day, corrects its power or cancels it. Both are
answered. Redispatching has no identifier, so only asset, start and version tell its rows apart. The cost of a month is
that of the last versions, published on the 20th of the next month.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from starlette.datastructures import QueryParams

from simulator import paris
from simulator.model.grid import Grid
from simulator.paris import HOUR
from simulator.rte.borders import Direction
from simulator.rte.flows import NEIGHBOURS
from simulator.rte.periods import Period, day_of, drawn, moment, month_of, newest_first, window_or, year_of
from simulator.rte.resource import Resource, Resources, timed
from simulator.rte.window import Window
from simulator.world import World

LONGEST_DAYS = 155
REASON = "LOAD_FLOW_OVERLOAD"
ANNOUNCED = 1800  # seconds from the first version to the start
CORRECTED_HOUR = 11  # of the next day
LONGEST_HOURS = 8
SECOND_VERSION = 0.3  # share of actions that are corrected


@dataclass(frozen=True)
class Kind:
    """What distinguishes the two kinds of action: how often, how large (MW), what a MWh costs, EUR."""

    name: str
    daily: float  # probability for each border and day
    largest: float
    price: float
    cancelled: float  # share of the second versions that cancel


COUNTERTRADING = Kind("COUNTERTRADING", 0.03, 600, 38, 0.0)
REDISPATCHING = Kind("REDISPATCHING", 0.05, 1500, 52, 0.5)
COST_PUBLISHED_DAY = 20


@dataclass(frozen=True)
class Action:
    """One version of an action: instants, MW, and whether it is called off."""

    direction: Direction
    version: int
    day: int
    start: int
    end: int
    power: int
    upward: bool
    asset: int
    cancelled: bool
    published: int


def countertrading(world: World, params: QueryParams, now: int) -> dict[str, Any]:
    """The answer of countertrading: half-hours, MW. Raises FunctionalError."""
    return {"countertrading": [_countertrading(action) for action in _public(world, params, COUNTERTRADING, now)]}


def redispatching(world: World, params: QueryParams, now: int) -> dict[str, Any]:
    """The answer of redispatching: one value for each action, MW. Raises FunctionalError."""
    return {"redispatching": [_redispatching(action) for action in _public(world, params, REDISPATCHING, now)]}


def costs(world: World, params: QueryParams, now: int) -> dict[str, Any]:
    """The answer of costs: three rows a month, EUR. Raises FunctionalError."""
    window = window_or(params, now, LONGEST_DAYS, 1, year_of)
    rows = []
    for month in newest_first(window, month_of):
        if moment(month.last + COST_PUBLISHED_DAY - 1, 10) > now:
            continue
        spent = {kind.name: _cost(world.grid, month, kind) for kind in (REDISPATCHING, COUNTERTRADING)}
        spent["CONGESTION"] = sum(spent.values())
        head = {"start_date": month.begin, "end_date": month.end}
        rows += [head | {"type": name, "price": price} for name, price in spent.items()]
    return {"costs": rows}


def _public(world: World, params: QueryParams, kind: Kind, now: int) -> list[Action]:
    """The versions known at `now`, newest day first."""
    window: Window = window_or(params, now, LONGEST_DAYS, 1, day_of)
    return [
        action
        for day in reversed(window.served_days)
        for versions in _actions(world.grid, day, kind)
        for action in versions
        if action.published <= now
    ]


def _actions(grid: Grid, day: int, kind: Kind) -> Iterator[list[Action]]:
    """The actions that begin on a day, each as its one or two versions."""
    for border in NEIGHBOURS:
        happens, *rest = drawn(grid, f"{kind.name} {border}", day, 9)
        if happens < kind.daily:
            yield _versions(border, day, rest, kind)


def _versions(border: str, day: int, rest: list[float], kind: Kind) -> list[Action]:
    outwards, upward, hour, hours, power, asset, corrected, called_off = rest
    start = paris.midnight(day) + int(hour * 20) * HOUR
    end = min(start + (1 + int(hours * LONGEST_HOURS)) * HOUR, paris.midnight(day + 1))
    first = Action(
        direction=Direction(border, outwards < 0.5),
        version=1,
        day=day,
        start=start,
        end=end,
        power=10 * round(5 + power * (kind.largest / 10 - 5)),
        upward=upward < 0.6,
        asset=40 + int(asset * 60),
        cancelled=False,
        published=start - ANNOUNCED,
    )
    if corrected >= SECOND_VERSION:
        return [first]
    cancelled = called_off < kind.cancelled
    second = replace(
        first,
        version=2,
        power=first.power if cancelled else 10 * round(0.06 * first.power),
        cancelled=cancelled,
        published=moment(day + 1, CORRECTED_HOUR),
    )
    return [first, second]


def _cost(grid: Grid, month: Period, kind: Kind) -> int:
    """EUR of the last versions of a month's actions that were carried out."""
    last = [versions[-1] for day in range(month.first, month.last) for versions in _actions(grid, day, kind)]
    energy = sum(action.power * (action.end - action.start) / HOUR for action in last if not action.cancelled)
    return round(kind.price * energy)


def _countertrading(action: Action) -> dict[str, Any]:
    bounds = np.arange(action.start, action.end + 1, HOUR // 2, dtype=np.int64)
    texts = paris.iso(bounds)
    day = f"{paris.day_of(action.day):%y%m%d}"
    return {
        "identification": f"EC-{day}{action.direction.border}XCOUNTI10XFR-RTE------",
        "version": action.version,
        "start_date": texts[0],
        "end_date": texts[-1],
        "updated_date": paris.iso_one(action.published),
        "direction": "UPWARD" if action.upward else "DOWNWARD",
        "reason": REASON,
        "values": [
            {"start_date": start, "end_date": end, **action.direction.countries, "value": action.power}
            for start, end in pairwise(texts)
        ],
    }


def _redispatching(action: Action) -> dict[str, Any]:
    span = {"start_date": paris.iso_one(action.start), "end_date": paris.iso_one(action.end)}
    return {
        "version": action.version,
        **span,
        "type": "GENERATION",
        "direction": "UPWARD" if action.upward else "DOWNWARD",
        "transmission_asset": {"eic_code": f"17T-FR-{action.asset:08d}X"},
        "reason": REASON,
        "cancelled": action.cancelled,
        "values": [{**span, **action.direction.countries, "value": action.power}],
    }


RESOURCES: Resources = {
    ("congestion", "v1", "costs"): Resource(timed(costs), "CONGESTION_COSTS"),
    ("congestion", "v1", "countertrading"): Resource(timed(countertrading), "CONGESTION_COUNTERTRADING"),
    ("congestion", "v1", "redispatching"): Resource(timed(redispatching), "CONGESTION_REDISPATCHING"),
}
