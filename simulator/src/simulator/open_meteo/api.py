"""Open-Meteo's requests and answers: parameters, ranges, units, one object or an array of objects."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from starlette.datastructures import QueryParams

from simulator import paris
from simulator.model.grid import Floats
from simulator.model.points import LATITUDES, LONGITUDES, POINTS
from simulator.open_meteo.outlook import Outlook, Sky, run_exists
from simulator.open_meteo.products import FORECAST_DAYS_LIMIT, PAST_DAYS_LIMIT, Product, serves
from simulator.open_meteo.variables import DAILY, HOURLY, WIND, of_days
from simulator.paris import DAY, HOUR, Ints
from simulator.world import World

MAX_LOCATIONS = 1000
DEFAULT_FORECAST_DAYS = 7
DATES = ("start_date", "end_date")
RELATIVE = ("past_days", "forecast_days")

WIND_FACTORS = {"kmh": (3.6, "km/h"), "ms": (1.0, "m/s"), "mph": (2.236936, "mp/h"), "kn": (1.943844, "kn")}
_PREVIOUS = re.compile(r"^(?P<name>\w+)_previous_day(?P<days>[0-7])$")


class BadRequest(Exception):
    """Answered as 400 with `reason`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Query:
    """A checked request."""

    product: Product
    places: Sequence[tuple[float, float]]
    hourly: Sequence[str]
    daily: Sequence[str]
    models: Sequence[str]
    wind_unit: str
    zone: str
    offset: int  # seconds that the answer's clock is ahead of UTC, one for the whole answer
    first_day: date
    last_day: date  # included
    unix_time: bool
    run: int = 0  # UTC seconds

    @property
    def weight(self) -> float:
        """How many calls this one counts for in Open-Meteo's quota."""
        tenths = (len(self.hourly) + len(self.daily)) * len(self.models) / 10
        days = (self.last_day - self.first_day).days + 1
        return max(1.0, tenths, tenths * days / 14) * len(self.places)


def parse(product: Product, params: QueryParams, now: int) -> Query:
    """Check a request as Open-Meteo does. Raises BadRequest with its reason."""
    wind_unit = params.get("wind_speed_unit", "kmh")
    if wind_unit not in WIND_FACTORS:
        raise BadRequest(
            f"Cannot initialize WindspeedUnit from invalid String value {wind_unit} for key wind_speed_unit"
        )
    run = _run(product, params)
    zone, offset = _zone(params.get("timezone", "GMT"), now)
    today = paris.day_of(((run or now) + offset) // DAY)
    first_day, last_day = _days(product, params, today)
    return Query(
        product=product,
        places=_places(params),
        hourly=_variables(product, params, "hourly"),
        daily=_variables(product, params, "daily"),
        models=_models(product, params),
        wind_unit=wind_unit,
        zone=zone,
        offset=offset,
        first_day=first_day,
        last_day=last_day,
        unix_time=params.get("timeformat", "iso8601") == "unixtime",
        run=run,
    )


def refuse_missing_run(query: Query, seed: int, now: int) -> None:
    """Raises BadRequest where a single run is asked for that is not there."""
    for model in query.models if query.run else ():
        if not run_exists(seed, model, query.run, now):
            issued = datetime.fromtimestamp(query.run, UTC)
            raise BadRequest(f"The requested model run is not available. Model: {model}, run: {issued:%Y-%m-%dT%H:%MZ}")


def answer(query: Query, world: World, now: int) -> Any:
    """The body: an object for one place, an array of objects for several."""
    began = time.perf_counter()
    points = np.array([nearest_point(*place) for place in query.places])
    sections = _sections(query, world, now, points)
    took = (time.perf_counter() - began) * 1000
    bodies = [_place(query, number, points, sections, took) for number in range(len(query.places))]
    return bodies[0] if len(bodies) == 1 else bodies


def nearest_point(latitude: float, longitude: float) -> int:
    """Index of the point that stands for a place anywhere."""
    east = (LONGITUDES - longitude) * np.cos(np.deg2rad(46.5))
    return int(np.argmin((LATITUDES - latitude) ** 2 + east**2))


@dataclass(frozen=True)
class Section:
    """`hourly` or `daily`: labels, and of each variable its unit and its values of each place, one after the other."""

    name: str
    time_unit: str
    labels: Any
    columns: Mapping[str, tuple[str, Floats]]  # (places, labels)


def _place(query: Query, number: int, points: Ints, sections: Sequence[Section], took: float) -> dict[str, Any]:
    step = query.product.cell
    latitude, longitude = query.places[number]
    body: dict[str, Any] = {
        "latitude": round(round(latitude / step) * step, 6),
        "longitude": round(round(longitude / step) * step, 6),
        "generationtime_ms": took,
        "utc_offset_seconds": query.offset,
        "timezone": query.zone,
        "timezone_abbreviation": _abbreviation(query.offset),
        "elevation": float(POINTS[points[number]].elevation),
    }
    if number:
        body["location_id"] = number  # the first has none
    for section in sections:
        units = {name: unit for name, (unit, _) in section.columns.items()}
        values = {name: column[number] for name, (_, column) in section.columns.items()}
        body[f"{section.name}_units"] = {"time": section.time_unit, **units}
        body[section.name] = {"time": section.labels, **values}
    return body


def _sections(query: Query, world: World, now: int, points: Ints) -> list[Section]:
    first, last = (paris.day_number(day) * DAY for day in (query.first_day, query.last_day + timedelta(days=1)))
    local = np.arange(first, last, HOUR, dtype=np.int64)
    outlook = Outlook(world, local - query.offset, points, now)
    skies = {(model, days): _sky(query, outlook, model, days) for model, days in _needed(query)}
    time_unit = "unixtime" if query.unix_time else "iso8601"
    hourly: dict[str, tuple[str, Floats]] = {}
    daily: dict[str, tuple[str, Floats]] = {}
    for model in query.models:
        suffix = f"_{model}" if len(query.models) > 1 else ""
        for asked in query.hourly:
            name, days = _parts(asked)
            variable = HOURLY[name]
            values = variable.make(skies[model, days])
            hourly[asked + suffix] = _written(query, variable.unit, variable.decimals, values)
        for asked in query.daily:
            of_day = DAILY[asked]
            values = of_days(of_day, skies[model, 0])
            daily[asked + suffix] = _written(query, of_day.unit, of_day.decimals, values)
    midnights = local[::24]
    found = []
    if hourly:
        labels = local - query.offset if query.unix_time else _labels(local, "m")
        found.append(Section("hourly", time_unit, labels, hourly))
    if daily:
        labels = midnights - query.offset if query.unix_time else _labels(midnights, "D")
        found.append(Section("daily", time_unit, labels, daily))
    return found


def _needed(query: Query) -> list[tuple[str, int]]:
    """Models, and days before, that something is asked of."""
    days = {_parts(asked)[1] for asked in query.hourly} | ({0} if query.daily else set())
    return [(model, before) for model in query.models for before in sorted(days)]


def _sky(query: Query, outlook: Outlook, model: str, days_before: int) -> Sky:
    if query.product.knowledge == "archive":
        return outlook.archive(model)
    if query.product.knowledge == "run":
        return outlook.run(model, query.run)
    return outlook.forecast(model, days_before)


def _written(query: Query, unit: str, decimals: int, values: Floats) -> tuple[str, Floats]:
    """The unit asked for, and the values in it, rounded, a row a place."""
    if unit == WIND:
        factor, unit = WIND_FACTORS[query.wind_unit]
        values, decimals = values * factor, 2 if query.wind_unit == "ms" else 1
    return unit, np.ascontiguousarray((np.round(values, decimals) + 0.0).T)


def _labels(local: Ints, unit: Any) -> list[str]:
    texts: list[str] = np.datetime_as_string(local.astype("M8[s]"), unit=unit).tolist()
    return texts


# Parameters


def _list(params: QueryParams, name: str) -> list[str]:
    return [part for text in params.getlist(name) for part in text.split(",") if part]


def _numbers(params: QueryParams, name: str) -> list[float]:
    try:
        return [float(part) for part in _list(params, name)]
    except ValueError:
        raise BadRequest(f"Parameter '{name}' must be a number") from None


def _places(params: QueryParams) -> list[tuple[float, float]]:
    latitudes, longitudes = _numbers(params, "latitude"), _numbers(params, "longitude")
    if not latitudes or len(latitudes) != len(longitudes):
        raise BadRequest("Parameter 'latitude' and 'longitude' must have the same number of elements")
    if len(latitudes) > MAX_LOCATIONS:
        raise BadRequest(f"Only up to {MAX_LOCATIONS} locations can be requested at once")
    for name, values, limit in (("Latitude", latitudes, 90), ("Longitude", longitudes, 180)):
        for value in values:
            if not -limit <= value <= limit:
                raise BadRequest(f"{name} must be in range of -{limit} to {limit}°. Given: {value}.")
    return list(zip(latitudes, longitudes, strict=True))


def _parts(asked: str) -> tuple[str, int]:
    """`temperature_2m_previous_day2` -> `("temperature_2m", 2)`."""
    found = _PREVIOUS.match(asked)
    return (found["name"], int(found["days"])) if found else (asked, 0)


def _variables(product: Product, params: QueryParams, section: str) -> list[str]:
    known: Mapping[str, Any] = HOURLY if section == "hourly" else DAILY
    asked = _list(params, section)
    for variable in asked:
        before = product.knowledge == "previous" and section == "hourly"
        if (_parts(variable)[0] if before else variable) not in known:
            raise BadRequest(
                f"Cannot initialize WeatherVariable from invalid String value {variable} for key {section}"
            )
    return asked


def _models(product: Product, params: QueryParams) -> list[str]:
    asked = _list(params, "models") or ["best_match"]
    for model in asked:
        if not serves(product, model):
            raise BadRequest(f"Cannot initialize MultiDomains from invalid String value {model} for key models")
    return asked


def _run(product: Product, params: QueryParams) -> int:
    """The run asked for, UTC seconds; 0 where the service has none to ask for."""
    text = params.get("run")
    if product.knowledge != "run":
        if text:
            raise BadRequest("Parameter 'run' must not be set")
        return 0
    if not text:
        raise BadRequest("Parameter 'run' is required")
    for name in DATES:
        if params.get(name):
            raise BadRequest(f"Parameter '{name}' must not be set")
    try:
        run = datetime.fromisoformat(text)
    except ValueError:
        raise BadRequest("Parameter 'run' has an invalid date format. Use YYYY-MM-DDTHH:MM") from None
    return int(run.replace(tzinfo=UTC).timestamp())


def _zone(name: str, now: int) -> tuple[str, int]:
    """The zone's name and its offset at the moment of the call, which holds for the whole answer."""
    if name in ("GMT", "UTC"):
        return "GMT", 0
    wanted = "Europe/Paris" if name == "auto" else name
    try:
        zone = ZoneInfo(wanted)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadRequest("Invalid timezone") from None
    ahead = datetime.fromtimestamp(now, zone).utcoffset()
    return wanted, int(ahead.total_seconds()) if ahead else 0


def _abbreviation(offset: int) -> str:
    if not offset:
        return "GMT"
    hours, minutes = divmod(abs(offset) // 60, 60)
    return f"GMT{'+' if offset > 0 else '-'}{hours}" + (f":{minutes:02d}" if minutes else "")


def _days(product: Product, params: QueryParams, today: date) -> tuple[date, date]:
    dated = [name for name in DATES if params.get(name)]
    relative = [name for name in RELATIVE if params.get(name)]
    if len(dated) == 1 or (product.knowledge == "archive" and not dated):
        raise BadRequest("Both 'start_date' and 'end_date' must be set in the url")
    if dated:
        if relative:
            raise BadRequest(f"Parameter '{relative[0]}' is mutually exclusive with 'start_date' and 'end_date'")
        return _dated(product, params, today)
    past = _count(params, "past_days", 0, PAST_DAYS_LIMIT)
    ahead = _count(params, "forecast_days", DEFAULT_FORECAST_DAYS, FORECAST_DAYS_LIMIT)
    return today - timedelta(days=past), today + timedelta(days=ahead - 1)


def _dated(product: Product, params: QueryParams, today: date) -> tuple[date, date]:
    lowest = product.first_day or today - timedelta(days=PAST_DAYS_LIMIT)
    highest = today + timedelta(days=product.days_ahead)
    days = []
    for name in DATES:
        try:
            day = date.fromisoformat(params[name])
        except ValueError:
            raise BadRequest(f"Parameter '{name}' has an invalid date format. Use YYYY-MM-DD") from None
        if not lowest <= day <= highest:
            raise BadRequest(f"Parameter '{name}' is out of allowed range from {lowest} to {highest}")
        days.append(day)
    if days[1] < days[0]:
        raise BadRequest("End-date must be larger or equals than start-date")
    return days[0], days[1]


def _count(params: QueryParams, name: str, default: int, limit: int) -> int:
    text = params.get(name)
    if not text:
        return default
    label = name.replace("_", " ").capitalize()
    if not text.isdigit() or int(text) > limit:
        raise BadRequest(f"{label} is invalid. Allowed range 0 to {limit}. Given {text}.")
    return int(text)
