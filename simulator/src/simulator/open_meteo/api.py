"""Open-Meteo's requests and answers: parameters, ranges, units, one object or an array of objects."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from starlette.datastructures import QueryParams

from simulator import paris
from simulator.model.points import LATITUDES, LONGITUDES, POINTS
from simulator.open_meteo import outlook
from simulator.paris import DAY, HOUR, Ints
from simulator.world import World

MAX_LOCATIONS = 1000
PAST_DAYS_LIMIT = 93
FORECAST_DAYS_LIMIT = 16
DEFAULT_FORECAST_DAYS = 7
ARCHIVE_START = date(1940, 1, 1)
CELL = {"archive": 0.0703, "forecast": 0.02}  # grid step in degrees: coordinates come back changed

WIND_FACTORS = {"kmh": (3.6, "km/h"), "ms": (1.0, "m/s"), "mph": (2.236936, "mp/h"), "kn": (1.943844, "kn")}
VARIABLES = {  # unit and decimals; None: the wind unit asked for
    "temperature_2m": ("°C", 1),
    "wind_speed_10m": (None, 1),
    "wind_speed_100m": (None, 1),
    "shortwave_radiation": ("W/m²", 0),
    "cloud_cover": ("%", 0),
    "precipitation": ("mm", 2),
    "snowfall": ("cm", 2),
}


class BadRequest(Exception):
    """Answered as 400 with `reason`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Query:
    """A checked request."""

    product: str  # archive or forecast
    places: Sequence[tuple[float, float]]
    variables: Sequence[str]
    wind_unit: str
    zone: str
    offset: int  # seconds that the answer's clock is ahead of UTC, one for the whole answer
    first_day: date
    last_day: date  # included
    unix_time: bool

    @property
    def weight(self) -> float:
        """How many calls this one counts for in Open-Meteo's quota."""
        tenths = len(self.variables) / 10
        days = (self.last_day - self.first_day).days + 1
        return max(1.0, tenths, tenths * days / 14) * len(self.places)


def parse(product: str, params: QueryParams, now: int) -> Query:
    """Check a request as Open-Meteo does. Raises BadRequest with its reason."""
    latitudes, longitudes = _numbers(params, "latitude"), _numbers(params, "longitude")
    if not latitudes or len(latitudes) != len(longitudes):
        raise BadRequest("Parameter 'latitude' and 'longitude' must have the same number of elements")
    if len(latitudes) > MAX_LOCATIONS:
        raise BadRequest(f"Only up to {MAX_LOCATIONS} locations can be requested at once")
    for name, values, limit in (("Latitude", latitudes, 90), ("Longitude", longitudes, 180)):
        for value in values:
            if not -limit <= value <= limit:
                raise BadRequest(f"{name} must be in range of -{limit} to {limit}°. Given: {value}.")
    variables = _list(params, "hourly")
    for variable in variables:
        if variable not in VARIABLES:
            raise BadRequest(f"Cannot initialize WeatherVariable from invalid String value {variable} for key hourly")
    wind_unit = params.get("wind_speed_unit", "kmh")
    if wind_unit not in WIND_FACTORS:
        raise BadRequest(
            f"Cannot initialize WindspeedUnit from invalid String value {wind_unit} for key wind_speed_unit"
        )
    zone, offset = _zone(params.get("timezone", "GMT"), now)
    today = paris.day_of((now + offset) // DAY)
    first_day, last_day = _days(product, params, today)
    return Query(
        product,
        list(zip(latitudes, longitudes, strict=True)),
        variables,
        wind_unit,
        zone,
        offset,
        first_day,
        last_day,
        params.get("timeformat", "iso8601") == "unixtime",
    )


def answer(query: Query, world: World, now: int) -> Any:
    """The body: an object for one place, an array of objects for several."""
    began = time.perf_counter()
    first = paris.day_number(query.first_day) * DAY
    last = (paris.day_number(query.last_day) + 1) * DAY
    local = np.arange(first, last, HOUR, dtype=np.int64)
    bodies = [_place(query, world, now, local, place, began) for place in query.places]
    for number, body in enumerate(bodies[1:], start=1):
        body["location_id"] = number  # the first has none
    return bodies[0] if len(bodies) == 1 else bodies


def _place(
    query: Query, world: World, now: int, local: Ints, place: tuple[float, float], began: float
) -> dict[str, Any]:
    nearest = nearest_point(*place)
    step = CELL[query.product]
    body: dict[str, Any] = {
        "latitude": round(round(place[0] / step) * step, 6),
        "longitude": round(round(place[1] / step) * step, 6),
        "generationtime_ms": 0.0,
        "utc_offset_seconds": query.offset,
        "timezone": query.zone,
        "timezone_abbreviation": _abbreviation(query.offset),
        "elevation": float(POINTS[nearest].elevation),
    }
    if query.variables:
        look = outlook.archive if query.product == "archive" else outlook.forecast
        values = look(world.france.weather, world.weather_errors, world.grid, local - query.offset, nearest, now)
        body["hourly_units"], body["hourly"] = _hourly(query, local, values)
    body["generationtime_ms"] = (time.perf_counter() - began) * 1000
    return body


def _hourly(query: Query, local: Ints, values: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, Any]]:
    factor, wind_unit = WIND_FACTORS[query.wind_unit]
    units = {"time": "unixtime" if query.unix_time else "iso8601"}
    columns: dict[str, Any] = {"time": local - query.offset if query.unix_time else _labels(local)}
    for variable in query.variables:
        unit, decimals = VARIABLES[variable]
        column = values[variable] if unit else values[variable] * factor
        units[variable] = unit or wind_unit
        columns[variable] = np.ascontiguousarray(np.round(column, decimals) + 0.0)
    return units, columns


def nearest_point(latitude: float, longitude: float) -> int:
    """Index of the point that stands for a place anywhere."""
    east = (LONGITUDES - longitude) * np.cos(np.deg2rad(46.5))
    return int(np.argmin((LATITUDES - latitude) ** 2 + east**2))


def _labels(local: Ints) -> list[str]:
    texts: list[str] = np.datetime_as_string(local.astype("M8[s]"), unit="m").tolist()
    return texts


def _list(params: QueryParams, name: str) -> list[str]:
    return [part for text in params.getlist(name) for part in text.split(",") if part]


def _numbers(params: QueryParams, name: str) -> list[float]:
    try:
        return [float(part) for part in _list(params, name)]
    except ValueError:
        raise BadRequest(f"Parameter '{name}' must be a number") from None


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


def _days(product: str, params: QueryParams, today: date) -> tuple[date, date]:
    dated = [name for name in ("start_date", "end_date") if params.get(name)]
    relative = [name for name in ("past_days", "forecast_days") if params.get(name)]
    if len(dated) == 1 or (product == "archive" and not dated):
        raise BadRequest("Both 'start_date' and 'end_date' must be set in the url")
    if dated:
        if relative:
            raise BadRequest(f"Parameter '{relative[0]}' is mutually exclusive with 'start_date' and 'end_date'")
        return _dated(product, params, today)
    past = _count(params, "past_days", 0, PAST_DAYS_LIMIT)
    ahead = _count(params, "forecast_days", DEFAULT_FORECAST_DAYS, FORECAST_DAYS_LIMIT)
    return today - timedelta(days=past), today + timedelta(days=ahead - 1)


def _dated(product: str, params: QueryParams, today: date) -> tuple[date, date]:
    lowest = ARCHIVE_START if product == "archive" else today - timedelta(days=PAST_DAYS_LIMIT)
    highest = today if product == "archive" else today + timedelta(days=FORECAST_DAYS_LIMIT - 1)
    days = []
    for name in ("start_date", "end_date"):
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
