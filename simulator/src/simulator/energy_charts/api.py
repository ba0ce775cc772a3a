"""api.energy-charts.info: v1 in parallel arrays at the root, v2 in rows under `/v2`, both from one table.

GET, JSON, no key. Nothing there: 404 and a plain text. A parameter that can't be understood: 422 and FastAPI's body.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from simulator import paris
from simulator.energy_charts import borders, power, shares
from simulator.energy_charts.asked import COUNTRY_OF_ZONE, Invalid, NoContent, country_of, span_of, zone_of
from simulator.energy_charts.capacity import installed_power
from simulator.energy_charts.outlook import public_power_forecast
from simulator.energy_charts.shares import daily, ren_share_forecast, signal
from simulator.energy_charts.table import Column, Table, envelope, flat, german_day, rounded, wide
from simulator.faults import Fault
from simulator.model import draws
from simulator.model.grid import FIRST_SERVED_DAY, QUARTER
from simulator.model.neighbours import europe, price
from simulator.paris import DAY, HOUR, Ints
from simulator.service import Endpoint, Route, Service, Simulator, json_response
from simulator.world import World

SERVED = (FIRST_SERVED_DAY + 1) * DAY
QUARTER_HOURLY_PRICES = 1759269600
"""2025-09-30T22:00Z, the begin of the first delivery day in quarter-hours."""
AUCTION, AUCTION_SPREAD = 12 * HOUR + 45 * 60, 15 * 60
"""When tomorrow's prices are out, Paris time."""
# fmt: off
FREE_ZONES = frozenset((
    "AT", "BE", "CH", "CZ", "DE-LU", "DE-AT-LU", "DK1", "DK2", "FR", "HU", "IT-North", "NL", "NO2", "PL", "SE4",
    "SI",
))
# fmt: on
FREE = "CC BY 4.0 (creativecommons.org/licenses/by/4.0) from Bundesnetzagentur | SMARD.de"
NOT_FREE = "For private and internal use only."
SUM = Column("sum", np.zeros(0), id="sum", description="Net sum over all borders")

Answer = Callable[[World, QueryParams, int], Table]


def public_power(world: World, params: QueryParams, now: int) -> Table:
    """Net public generation, load and shares. Raises Invalid, NoContent."""
    return _power(world, params, now, "public_power")


def total_power(world: World, params: QueryParams, now: int) -> Table:
    """The same with industry's own supply; Germany only. Raises Invalid, NoContent."""
    if country_of(params) != "de":
        raise NoContent
    return _power(world, params, now, "total_power")


def _power(world: World, params: QueryParams, now: int, endpoint: str) -> Table:
    country = country_of(params)
    span = span_of(params, country, now)
    step = power.step_of(country)
    stamps = _stamps(span.first, min(span.last, power.public_until(country, now) - 1), step)
    columns = power.columns(world, country, stamps, now, endpoint == "total_power") if stamps.size else []
    return Table(endpoint, country, "MW", stamps, columns, minutes=step // 60)


def cbpf(world: World, params: QueryParams, now: int) -> Table:
    """Physical flows. Raises Invalid, NoContent."""
    country = country_of(params)
    span = span_of(params, country, now)
    step = power.step_of(country)
    stamps = _stamps(span.first, min(span.last, borders.flows_until(now) - step), step)
    codes = borders.partners(country)
    values = np.zeros((len(codes), 0))
    if stamps.size:
        begin, end = (world.grid.quarter_index(at) for at in (int(stamps[0]), int(stamps[-1]) + step))
        flows = borders.flowed(world.france, country, begin, end)
        values = np.stack([flows[code].reshape(-1, step // QUARTER).mean(axis=1) for code in codes])
    return _crossing("cbpf", country, stamps, codes, values, step)


def cbet(world: World, params: QueryParams, now: int) -> Table:
    """Schedules. Raises Invalid, NoContent."""
    country = country_of(params)
    span = span_of(params, country, now)
    stamps = _stamps(span.first, min(span.last, borders.schedules_until(now) - 1), HOUR)
    codes = borders.partners(country)
    values = borders.traded(world.france, country, stamps // HOUR) if stamps.size else np.zeros((len(codes), 0))
    return _crossing("cbet", country, stamps, codes, values, HOUR)


def _crossing(endpoint: str, country: str, stamps: Ints, codes: list[str], values: Any, step: int) -> Table:
    columns = [
        Column(name, rounded(row / 1000, 3), description=f"Exchange with {name}")
        for name, row in zip(borders.names(codes), values, strict=True)
    ]
    attributes = {"sign_convention": "positive = import, negative = export"}
    return Table(endpoint, country, "GW", stamps, columns, minutes=step // 60, attributes=attributes)


def prices(world: World, params: QueryParams, now: int) -> Table:
    """Day-ahead prices of a zone: of hours, from 1 October 2025 on of quarter-hours. Raises Invalid, NoContent."""
    zone = zone_of(params)
    country = COUNTRY_OF_ZONE[zone]
    span = span_of(params, country, now)
    today = paris.local_day(now)
    chance = float(draws.uniform(world.grid.seed, "energy-charts auction", np.array([today]))[0])
    out = now >= paris.midnight(today) + AUCTION + chance * AUCTION_SPREAD
    last = min(span.last, paris.midnight(today + 1 + out) - 1)
    hourly = _stamps(span.first, min(last, QUARTER_HOURLY_PRICES - 1), HOUR)
    quarterly = _stamps(max(span.first, QUARTER_HOURLY_PRICES), last, QUARTER)
    stamps = np.concatenate([hourly, quarterly])
    if not stamps.size:
        raise NoContent
    begin = world.grid.quarter_index(int(stamps[0]) // HOUR * HOUR)
    end = world.grid.quarter_index((int(stamps[-1]) // HOUR + 1) * HOUR)
    each = price(europe(world.france, begin, end), zone)
    places = (stamps - world.grid.epoch) // QUARTER - begin
    means = each[places[: hourly.size, None] + np.arange(4)].mean(axis=1)
    values = rounded(np.concatenate([means, each[places[hourly.size :]]]), 2)
    license_info = FREE if zone in FREE_ZONES else NOT_FREE
    return Table(
        "price",
        country,
        "EUR / MWh",
        stamps,
        [Column("Day-ahead spot market price", values, id="day_ahead_price")],
        zone=zone,
        minutes=15 if quarterly.size else 60,
        license=license_info,
        extra={"license_info": license_info, "unit": "EUR / MWh"},
    )


def _stamps(first: int, last: int, step: int) -> Ints:
    """From the first step that begins in the span to the last one; none before the model's first day."""
    return np.arange(-(-max(first, SERVED) // step) * step, last + 1, step, dtype=np.int64)


# The two ways to write an answer


def _v1(write: Callable[[Table], dict[str, Any]], table: Table, now: int) -> Any:
    return write(table)


def _v2(table: Table, now: int) -> Any:
    """With the sum over the borders among the neighbours, as v2 has it."""
    if table.endpoint in ("cbpf", "cbet"):
        total = np.sum(np.stack([column.values for column in table.columns]), axis=0)
        total = Column(SUM.name, rounded(total, 3), SUM.id, SUM.description)
        return envelope(Table(**{**vars(table), "columns": [*table.columns, total]}), now)
    return envelope(table, now)


def _answered(answer: Callable[[World, QueryParams, int], Any], simulator: Simulator, request: Request) -> Response:
    now = simulator.clock.now()
    try:
        return json_response(answer(simulator.world(), request.query_params, now))
    except Invalid as invalid:
        return json_response({"detail": invalid.detail}, 422)
    except NoContent:
        return PlainTextResponse("no content available", 404)


def _endpoint(
    answer: Answer, write: Callable[[Table, int], Any]
) -> Callable[[Simulator, Request, Fault | None], Response]:
    def body(world: World, params: QueryParams, now: int) -> Any:
        return write(answer(world, params, now), now)

    return lambda simulator, request, _: _answered(body, simulator, request)


def _daily(part: str) -> Endpoint:
    def body(world: World, params: QueryParams, now: int) -> Any:
        days, values = daily(world, params, now, part)
        return {"days": [german_day(day) for day in days], "data": values, "deprecated": False}

    return lambda simulator, request, _: _answered(body, simulator, request)


ENDPOINTS: tuple[tuple[str, Answer, Callable[[Table], dict[str, Any]], bool], ...] = (
    ("public_power", public_power, partial(wide, "production_types"), True),
    ("total_power", total_power, partial(wide, "production_types"), False),
    ("public_power_forecast", public_power_forecast, partial(flat, ["forecast_values"]), True),
    ("installed_power", installed_power, partial(wide, "production_types"), True),
    ("price", prices, partial(flat, ["price"]), True),
    ("cbpf", cbpf, partial(wide, "countries"), True),
    ("cbet", cbet, partial(wide, "countries"), True),
    ("signal", signal, partial(flat, ["share", "signal"]), True),
    (
        "ren_share_forecast",
        ren_share_forecast,
        partial(flat, ["ren_share", "solar_share", "wind_onshore_share", "wind_offshore_share"]),
        False,
    ),
)
"""Path, answer, how v1 writes it, and whether v2 has been seen to have it."""
DAILY = {"ren": "", **{part: part for part in shares.PARTS}}

SERVICE = Service(
    prefix="/energy-charts",
    routes=(
        *(Route(f"/{path}", _endpoint(answer, partial(_v1, write))) for path, answer, write, _ in ENDPOINTS),
        *(Route(f"/v2/{path}", _endpoint(answer, _v2)) for path, answer, _, in_v2 in ENDPOINTS if in_v2),
        *(Route(f"/{name}_share_daily_avg", _daily(part)) for name, part in DAILY.items()),
    ),
)
