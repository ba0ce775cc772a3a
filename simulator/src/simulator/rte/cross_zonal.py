"""cross_zonal_capacity/v1: what the auctions offer by border and direction, and what the intraday gates allocate. MW.

Optional fields are those of the recordings: only the daily auctions of Switzerland have an identifier and hours, its
intraday offers have no `updated_date`, and no yearly or monthly auction sells capacity from Switzerland. Intraday
rows are half-hours, those of Belgium hours. Sixteen gates a day sell what has not begun, one every hour and a half.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from starlette.datastructures import QueryParams

from simulator import paris
from simulator.model import draws, trade
from simulator.model.grid import Floats, Grid
from simulator.paris import HOUR, Ints
from simulator.rte.borders import Direction, both, day_ahead_capacity
from simulator.rte.exchange_schedule import RIGHTS
from simulator.rte.periods import (
    Period,
    day_of,
    drawn,
    midnight_label,
    moment,
    month_of,
    newest_first,
    window_or,
    year_of,
)
from simulator.rte.resource import Reply, Resource, timed
from simulator.rte.series import Asked, Block, Column, Intervals, Series, intervals, one, resources, table, whole
from simulator.rte.window import Window
from simulator.world import World

LONGEST_DAYS = 155
SOLD_LONG_AHEAD = both(("DE", "BE", "IT", "ES", "CH"))[:-1]  # the last would be from Switzerland
MONTHLY_OPENING = (18, 14, 30)  # day of the month before, hour, minute; four days long
ANNUAL_OPENING = (2, 15, 0)  # of December; a week long
NO_RESALE = Direction("IT", True)
MAINTAINED = ("IT", "ES")  # borders whose products have days without capacity

DAILY = both(("CH", "IT", "ES"))
DAILY_PUBLISHED = {"CH": (9, 0), "IT": (10, 31), "ES": (10, 45)}  # of the day before
DAILY_OPENING, DAILY_CLOSURE = (9, 1), (9, 45)

INTRADAY = [Direction(border, outwards) for border in ("DE", "BE", "CH") for outwards in (False, True)]
HOURLY = "BE"
INTRADAY_PUBLISHED = (22, 5)
GATES = 16
GATE_SECONDS = 5400
GATE_LEAD = HOUR  # from the closing of a gate to the first interval that it sells
RESULT_DELAY = 300
SOLD = 0.3  # share of the intervals for which a gate sells something
LARGEST_SALE = 250.0
MOST_DAYS_OF_RESULTS = 19
"""More are over 7 MB: refused (413) without being written first."""


def auctions(world: World, params: QueryParams, now: int) -> dict[str, Any]:
    """The answer of annual_monthly_auctions_specifications. Raises FunctionalError."""
    window = window_or(params, now, LONGEST_DAYS, 1, day_of)
    months = [(month, "MONTHLY") for month in newest_first(window, month_of)]
    years = [(year, "ANNUAL") for year in newest_first(window, year_of)]
    rows = [_auction(world, direction, *product) for product in months + years for direction in SOLD_LONG_AHEAD]
    return {"annual_monthly_auctions_specifications": [row for opens, row in rows if opens <= now]}


def _auction(world: World, direction: Direction, product: Period, kind: str) -> tuple[int, dict[str, Any]]:
    """When it is published, and the row."""
    monthly = kind == "MONTHLY"
    before = month_of(product.first - 1).first
    day, hour, minute = MONTHLY_OPENING if monthly else ANNUAL_OPENING
    place = SOLD_LONG_AHEAD.index(direction) // 2  # borders follow each other by a quarter of an hour
    opening = moment(before + day - 1, hour, minute) + 900 * place
    updated = opening - (600 if monthly else 4 * HOUR)
    return updated, {
        "identifier": f"{direction.pair}-{kind[0] if monthly else 'Y'}-BASE-------{product.day:%y%m%d}-01",
        "opening_date": paris.iso_one(opening),
        "closure_date": paris.iso_one(opening + (4 if monthly else 7) * 24 * HOUR),
        "start_date": product.begin,
        "end_date": product.end,
        "updated_date": paris.iso_one(updated),
        "type": kind,
        **direction.countries,
        "values": _offers(world, direction, product, monthly),
    }


def _offers(world: World, direction: Direction, product: Period, monthly: bool) -> list[dict[str, Any]]:
    """What is offered: the same all along, or nothing for some days in the middle."""
    level, resale, works, length = drawn(world.grid, f"auction {direction.pair} {monthly}", product.first, 4)
    power = 5 * round((0.10 + 0.12 * level) * trade.LIMITS[direction.border, direction.outwards] / 5)
    row: dict[str, Any] = {"value": power}
    if monthly and direction != NO_RESALE:
        row["annual_capacity_resale"] = 5 * round(power * 0.4 * resale / 5)
    if direction.border not in MAINTAINED or (monthly and direction != NO_RESALE):
        return [_span(product.first, product.last) | row]
    begin = product.first + 2 + int(works * (product.last - product.first - 12))
    end = begin + 1 + int(7 * length)
    return [
        _span(product.first, begin) | row,
        _span(begin, end) | {"value": 0},
        _span(end, product.last) | row,
    ]


def _span(first: int, last: int) -> dict[str, Any]:
    return {"start_date": midnight_label(first), "end_date": midnight_label(last)}


def offered_day_ahead(asked: Asked) -> Iterator[Block]:
    """One block for each direction of one day; none before it is public."""
    day = asked.window.first
    for direction in DAILY:
        updated = moment(day - 1, *DAILY_PUBLISHED[direction.border])
        if updated > asked.now or not asked.at.size:
            continue
        head: dict[str, Any] = {"updated_date": paris.iso_one(updated), **direction.countries}
        capacity = day_ahead_capacity(asked.world, direction, asked.at.starts)
        if direction.border == "CH":
            head |= {
                "identifier": f"{direction.pair}-D-DAILYPRODU-{paris.day_of(day):%y%m%d}-01",
                "opening_date": paris.iso_one(moment(day - 1, *DAILY_OPENING)),
                "closure_date": paris.iso_one(moment(day - 1, *DAILY_CLOSURE)),
            }
            capacity = np.maximum(capacity - RIGHTS.get(direction, 0), 0)
        yield one(head, {"value": whole(capacity)}, np.ones(asked.at.size, dtype=np.bool_))


def _left(world: World, direction: Direction, starts: Ints) -> Floats:
    """What the day-ahead market leaves: capacity less the net schedule of this direction."""
    scheduled = direction.sign * trade.day_ahead(world.france, direction.border, starts // HOUR)
    return np.maximum(day_ahead_capacity(world, direction, starts) - scheduled, 0)


def offered_intraday(asked: Asked) -> Iterator[Block]:
    """One block for each direction of one day; none before it is public."""
    updated = moment(asked.window.first - 1, *INTRADAY_PUBLISHED)
    if updated > asked.now or not asked.at.size:
        return
    for direction in INTRADAY:
        columns: dict[str, Column] = {"value": whole(_left(asked.world, direction, asked.at.starts))}
        rows = np.ones(asked.at.size, dtype=np.bool_)
        if direction.border == HOURLY:
            rows = np.arange(asked.at.size) % 2 == 0
            columns["end_date"] = [*asked.at.labels[2:], asked.at.labels[-1]]
        if direction.border != "CH":
            columns["updated_date"] = paris.iso_one(updated)
        yield one(direction.countries, columns, rows)


def results(world: World, params: QueryParams, now: int) -> dict[str, Any] | Reply:
    """The answer of results_id: a block for each day and direction, gate by gate. Raises FunctionalError."""
    window = window_or(params, now, LONGEST_DAYS, 2, day_of)
    if len(window.served_days) > MOST_DAYS_OF_RESULTS:
        return Reply(None, status=413)
    offers = [_offered(world, direction, window) for direction in INTRADAY]
    blocks = [_gates(world.grid, offer, day, now) for day in window.served_days for offer in offers]
    return {"results_id": [block for block in blocks if block["values"]]}


@dataclass(frozen=True)
class _Offer:
    """What one direction has left after the day-ahead market, MW by interval of a window."""

    direction: Direction
    at: Intervals
    left: Floats


def _offered(world: World, direction: Direction, window: Window) -> _Offer:
    at = intervals(world.grid, window, "PT1H" if direction.border == HOURLY else "PT30M")
    return _Offer(direction, at, _left(world, direction, at.starts))


def _gates(grid: Grid, offer: _Offer, day: int, now: int) -> dict[str, Any]:
    begin, end = np.searchsorted(offer.at.starts, [moment(day), moment(day + 1)])
    starts, left = offer.at.starts[begin:end], offer.left[begin:end]
    sold_from = moment(day) + np.arange(GATES, dtype=np.int64) * GATE_SECONDS
    updated = sold_from - GATE_LEAD + RESULT_DELAY
    gate, interval = np.nonzero((starts >= sold_from[:, None]) & (updated <= now)[:, None])
    chance = draws.uniform(grid.seed, f"gates {offer.direction.pair}", starts[interval] * GATES + gate)
    most = np.minimum(left / GATES, LARGEST_SALE)[interval]
    stamps, labels = paris.iso(updated), offer.at.labels[begin : end + 1]
    places = interval.tolist()
    columns: dict[str, Column] = {
        "start_date": [labels[place] for place in places],
        "end_date": [labels[place + 1] for place in places],
        "value": whole(most * np.maximum(chance - 1 + SOLD, 0) / SOLD),
        "updated_date": [stamps[number] for number in gate.tolist()],
        "gate_closure_number": gate + 1,
    }
    return {**_span(day, day + 1), **offer.direction.countries, "values": table(columns, np.arange(gate.size))}


RESOURCES = {
    ("cross_zonal_capacity", "v1", "annual_monthly_auctions_specifications"): Resource(
        timed(auctions), "CROSSZONCAP_AUCTIONSPEC"
    ),
    ("cross_zonal_capacity", "v1", "results_id"): Resource(timed(results), "CROSSZONCAP_RESULTSID"),
    **resources(
        "cross_zonal_capacity",
        "v1",
        {
            "initial_offered_capacities_d-1": Series(
                "CROSSZONCAP_OFFEREDD1", "PT1H", offered_day_ahead, ahead_days=2, by_day=True
            ),
            "initial_offered_capacities_id": Series(
                "CROSSZONCAP_OFFEREDID", "PT30M", offered_intraday, ahead_days=2, by_day=True
            ),
        },
    ),
}
