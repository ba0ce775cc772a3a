"""Forecasts of sun, wind and load by kind, MW: of France those that RTE has, of others the truth and an error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from starlette.datastructures import QueryParams

from simulator import paris
from simulator.energy_charts.asked import Invalid, NoContent, Span, country_of, local_day, midnight, span_of
from simulator.energy_charts.power import step_of
from simulator.energy_charts.table import Column, Table, rounded
from simulator.model.forecasts import Issue, clock
from simulator.model.grid import FIRST_SERVED_DAY, QUARTER, Floats
from simulator.model.neighbours import NEIGHBOURS, europe, installed
from simulator.paris import DAY, HOUR
from simulator.publication import forecast
from simulator.world import World

TYPES = {"solar": "SOLAR", "wind_onshore": "WIND_ONSHORE", "wind_offshore": "WIND_OFFSHORE", "load": "LOAD"}
KINDS = {"current": "CURRENT", "intraday": "ID", "day-ahead": "D-1"}
"""The provider's words, and RTE's."""
ISSUES: Mapping[str, Sequence[Issue]] = {
    "day-ahead": [Issue(-1, clock(18, 0), 1.0)],
    "intraday": [Issue(-1, clock(20, 0), 0.8), Issue(0, clock(7, 0), 0.6)],
    "current": [Issue(-1, clock(18, 0), 1.0), Issue(0, clock(7, 0), 0.6), Issue(0, clock(14, 0), 0.45)],
}
ERROR = {"SOLAR": 0.12, "WIND_ONSHORE": 0.14, "WIND_OFFSHORE": 0.16, "LOAD": 0.015}
"""Deviation of a day-ahead forecast, of the truth."""
FULL_OUTPUT, SURE_FROM = 0.95, 2.5
"""Share of the installed power that a forecast never exceeds; the error shrinks above 1 - 1 / 2.5 of it."""


def public_power_forecast(world: World, params: QueryParams, now: int) -> Table:
    """One kind of forecast. Raises Invalid, NoContent."""
    country = country_of(params)
    kind, production_type = params.get("forecast_type", "current"), params.get("production_type", "solar")
    if production_type not in TYPES:
        raise Invalid("production_type", production_type, "Value error, unknown production_type")
    if kind not in KINDS:
        raise Invalid("forecast_type", kind, "Value error, unknown forecast_type")
    name = TYPES[production_type]
    if (name == "LOAD" and kind != "day-ahead") or (
        name != "LOAD" and country != "fr" and name not in NEIGHBOURS[country].fleet
    ):
        raise NoContent
    stamps, values = _known(world, country, name, kind, _span(params, country, now), now)
    return Table(
        "public_power_forecast",
        country,
        "MW",
        stamps,
        [Column(f"{production_type} ({kind})", rounded(values, 1), id=f"{production_type}_{kind.replace('-', '_')}")],
        minutes=step_of(country) // 60,
        extra={"production_type": production_type, "forecast_type": kind},
    )


def _span(params: QueryParams, country: str, now: int) -> Span:
    """Without dates from today to the end of the forecast."""
    if params.get("start"):
        return span_of(params, country, now)
    today = local_day(country, now)
    return Span(midnight(country, today), midnight(country, today + 3) - 1)


def _known(world: World, country: str, name: str, kind: str, span: Span, now: int) -> tuple[paris.Ints, Floats]:
    step = step_of(country)
    first = max(-(-span.first // HOUR) * HOUR if step == HOUR else -(-span.first // QUARTER) * QUARTER, _SERVED)
    last = min(span.last, now + 3 * DAY)
    if last < first:
        return np.zeros(0, dtype=np.int64), np.zeros(0)
    begin = world.grid.quarter_index(first // HOUR * HOUR)
    end = world.grid.quarter_index((last // HOUR + 1) * HOUR)
    starts = world.grid.quarters[begin:end]
    if country == "fr":
        made = world.load_forecasts[KINDS[kind]] if name == "LOAD" else world.generation_forecasts[name, KINDS[kind]]
        seen = forecast(made, world.grid, begin, end, now)
        values, public = seen.values, seen.public
    else:
        values, public = _guessed(world, country, name, kind, begin, end, now)
    each = step // QUARTER
    stamps = starts[::each]
    out = np.asarray(public.reshape(-1, each).all(axis=1))
    kept = out & (stamps >= first) & (stamps <= last)
    return stamps[kept], values.reshape(-1, each).mean(axis=1)[kept]


_SERVED = (FIRST_SERVED_DAY + 1) * DAY


def _guessed(
    world: World, country: str, name: str, kind: str, begin: int, end: int, now: int
) -> tuple[Floats, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """The truth and an error that later issues make smaller, as far as an issue is out."""
    there = europe(world.france, begin, end)
    truth = there.load(country) if name == "LOAD" else there.given(country)[name]
    error = ERROR[name] * there.smooth(f"{country} {name} forecast", 7)
    most = np.full(truth.size, np.inf)
    if name != "LOAD":
        size = installed(NEIGHBOURS[country], name, there.quarters)
        most = np.maximum(FULL_OUTPUT * size, truth)
        # Near full output the power curve is flat: there is little to be wrong about.
        error = error * np.clip(SURE_FROM * (1 - truth / size / FULL_OUTPUT), 0, 1)
    starts = there.quarters
    days = paris.local_days(starts)
    values, public = np.zeros(truth.size), np.zeros(truth.size, dtype=np.bool_)
    for number, issue in enumerate(ISSUES[kind]):
        issued = paris.at_local(days + issue.day, issue.second)
        holds = issued <= now
        if number:  # a later issue leaves alone what has already begun
            holds &= issued <= starts
        values = np.where(holds, np.minimum(truth * np.maximum(1 + issue.error * error, 0), most), values)
        public |= holds
    return values, public
