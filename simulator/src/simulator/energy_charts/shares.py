"""Shares of the load: today's outlook, the traffic signal made of it, and daily means."""

from __future__ import annotations

from functools import lru_cache, partial

import numpy as np
from starlette.datastructures import QueryParams

from simulator.energy_charts.asked import NoContent, country_of, days_of, local_day, midnight
from simulator.energy_charts.power import Balance, balance, step_of
from simulator.energy_charts.table import Column, Table, rounded
from simulator.model import draws
from simulator.model.france import France
from simulator.model.grid import FIRST_SERVED_DAY, QUARTER, Floats
from simulator.model.neighbours import NEIGHBOURS
from simulator.paris import HOUR, Ints
from simulator.world import World

PARTS = {"solar": "SOLAR", "wind_onshore": "WIND_ONSHORE", "wind_offshore": "WIND_OFFSHORE"}
FORECAST_AT = 18 * HOUR
"""From when on tomorrow is forecast, local time."""
OUTLOOK_HOURS = 6
OUTLOOK_ERROR = 0.06
YEAR_MEAN = {"fr": 27, "de": 55, "be": 30, "ch": 62, "es": 55, "it": 40, "uk": 45, "nl": 50, "at": 75}
SIGNALS = (0.9, 1.1)
"""Share over its mean from which on the light is yellow, and green."""


def signal(world: World, params: QueryParams, now: int) -> Table:
    """Share and traffic light from today on. Raises Invalid, NoContent."""
    country = country_of(params)
    stamps, whole = _outlook(world, country, now)
    share = rounded(100 * whole.renewable / whole.load, 1)
    light = np.digitize(share / YEAR_MEAN.get(country, 40), SIGNALS).astype(np.int64)
    columns = [
        Column("Renewable share of load", share, id="share"),
        Column("Traffic signal", light, id="signal"),
    ]
    extra = {"substitute": False}
    return Table("signal", country, "%", stamps, columns, extra=extra, attributes=extra)


def ren_share_forecast(world: World, params: QueryParams, now: int) -> Table:
    """Shares from today on. Raises Invalid, NoContent."""
    country = country_of(params)
    stamps, whole = _outlook(world, country, now)
    parts = [whole.renewable, *(whole.by_type.get(name, np.zeros(stamps.size)) for name in PARTS.values())]
    names = ["ren_share", *(f"{part}_share" for part in PARTS)]
    columns = [Column(name, rounded(100 * part / whole.load, 1)) for name, part in zip(names, parts, strict=True)]
    return Table("ren_share_forecast", country, "%", stamps, columns, extra={"substitute": False})


def daily(world: World, params: QueryParams, now: int, part: str = "") -> tuple[list[int], Floats]:
    """Day numbers and the mean share of each; the renewable one without `part`. Raises Invalid, NoContent."""
    country = country_of(params)
    if part and country != "fr" and PARTS[part] not in NEIGHBOURS[country].fleet:
        raise NoContent
    begin, end = days_of(params, country, now)
    begin = max(begin, FIRST_SERVED_DAY + 1)
    if begin >= end:
        return [], np.zeros(0)
    return list(range(begin, end)), world.part(DailyShares).of(country, begin, end)[part]


class DailyShares:
    """Means of days by country and part. Four endpoints ask for the same days: what was made last is kept."""

    def __init__(self, world: World) -> None:
        self.of = lru_cache(maxsize=64)(partial(_daily_means, world.france))


def _daily_means(france: France, country: str, begin: int, end: int) -> dict[str, Floats]:
    first, last = midnight(country, begin), midnight(country, end)
    whole = balance(france, country, first // HOUR, last // HOUR)
    edges = (np.array([midnight(country, day) for day in range(begin, end + 1)], dtype=np.int64) - first) // QUARTER
    none = np.zeros(whole.load.size)
    made = {"": whole.renewable, **{part: whole.by_type.get(name, none) for part, name in PARTS.items()}}
    return {
        part: rounded(np.add.reduceat(100 * values / whole.load, edges[:-1]) / np.diff(edges), 1)
        for part, values in made.items()
    }


def _outlook(world: World, country: str, now: int) -> tuple[Ints, Balance]:
    """From local midnight to the end of what is forecast; what is to come is a little wrong."""
    today = local_day(country, now)
    tomorrow_too = now >= midnight(country, today) + FORECAST_AT
    first, last = midnight(country, today), midnight(country, today + 1 + tomorrow_too)
    whole = balance(world.france, country, first // HOUR, last // HOUR)
    numbers = np.arange(first // QUARTER, last // QUARTER)
    issue = now // (OUTLOOK_HOURS * HOUR)
    error = OUTLOOK_ERROR * draws.smooth(world.grid.seed, f"{country} outlook {issue}", numbers, 24)
    factor = np.where(numbers * QUARTER >= now, np.maximum(1 + error, 0), 1.0)
    by_type = {name: values * factor for name, values in whole.by_type.items()}
    step = step_of(country) // QUARTER
    means = {name: values.reshape(-1, step).mean(axis=1) for name, values in by_type.items()}
    load, trade = (values.reshape(-1, step).mean(axis=1) for values in (whole.load, whole.trade))
    return numbers[::step] * QUARTER, Balance(load, means, trade)
