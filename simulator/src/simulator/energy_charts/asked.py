"""What a call asks for: country or zone, and the three ways to write a time. Raises Invalid (422), NoContent (404)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from starlette.datastructures import QueryParams

from simulator import paris
from simulator.model.neighbours import NEIGHBOURS, ZONES
from simulator.paris import HOUR

LATER_THAN_PARIS = {"uk": -HOUR}
"""Clocks that change with the Paris one and differ from it, in seconds."""
ZONE_NAMES = {"uk": "Europe/London", "de": "Europe/Berlin", "fr": "Europe/Paris", "ch": "Europe/Zurich"}
COUNTRY_NAMES = {"fr": "France", **{code: country.name for code, country in NEIGHBOURS.items()}}
COUNTRY_OF_ZONE = {"FR": "fr", **{code: zone.country for code, zone in ZONES.items()}}
# fmt: off
COUNTRIES = frozenset((
    "all", "al", "am", "at", "az", "ba", "be", "bg", "by", "ch", "cy", "cz", "de", "dk", "ee", "es", "eu", "fi",
    "fr", "ge", "gr", "hr", "hu", "ie", "it", "lt", "lu", "lv", "md", "me", "mk", "mt", "nie", "nl", "no", "pl",
    "pt", "ro", "rs", "ru", "se", "si", "sk", "tr", "ua", "uk", "xk",
))
BIDDING_ZONES = frozenset((
    "AT", "BE", "BG", "CH", "CZ", "DE-LU", "DE-AT-LU", "DK1", "DK2", "EE", "ES", "FI", "FR", "GR", "HR", "HU",
    "IT-Calabria", "IT-Centre-North", "IT-Centre-South", "IT-North", "IT-SACOAC", "IT-SACODC", "IT-Sardinia",
    "IT-Sicily", "IT-South", "LT", "LV", "ME", "NL", "NO1", "NO2", "NO2NSL", "NO3", "NO4", "NO5", "PL", "PT", "RO",
    "RS", "SE1", "SE2", "SE3", "SE4", "SI", "SK",
))
# fmt: on


class NoContent(Exception):
    """There is nothing of what was asked for: 404 with a plain text."""


class Invalid(Exception):
    """A parameter that can't be understood: 422 with FastAPI's body."""

    def __init__(self, parameter: str, value: str, message: str) -> None:
        super().__init__(message)
        self.detail = [{"type": "value_error", "loc": ["query", parameter], "msg": message, "input": value}]


@dataclass(frozen=True)
class Span:
    """From `first` to `last`, both included, UTC seconds."""

    first: int
    last: int


def country_of(params: QueryParams) -> str:
    """The country asked for, which the model knows."""
    country = params.get("country", "de")
    if country not in COUNTRIES:
        raise Invalid("country", country, f"Value error, unknown country '{country}'")
    if country not in COUNTRY_NAMES:
        raise NoContent
    return country


def zone_of(params: QueryParams) -> str:
    """The bidding zone asked for, which the model knows."""
    zone = params.get("bzn", "DE-LU")
    if zone not in BIDDING_ZONES:
        raise Invalid("bzn", zone, f"Value error, unknown bidding zone '{zone}'")
    if zone not in COUNTRY_OF_ZONE:
        raise NoContent
    return zone


def ahead(country: str) -> int:
    """Seconds that a country's clock is ahead of the Paris one."""
    return LATER_THAN_PARIS.get(country, 0)


def local_day(country: str, instant: int) -> int:
    """Day number on the clock of a country."""
    return paris.local_day(instant + ahead(country))


def midnight(country: str, day: int) -> int:
    """The instant at which a day of a country begins."""
    return paris.midnight(day) - ahead(country)


def span_of(params: QueryParams, country: str, now: int) -> Span:
    """The time asked for. A day reaches to its last minute, local time; without `end` it is that of `start`."""
    start, end = params.get("start", ""), params.get("end", "")
    if not start:
        today = local_day(country, now)
        first, begins = midnight(country, today), midnight(country, today + 1) - 1
    else:
        first, begins = _instants("start", start, country)
    last = _instants("end", end, country)[1] if end else begins
    return Span(first, last)


def _instants(parameter: str, text: str, country: str) -> tuple[int, int]:
    """The first and the last second that a text stands for."""
    if text.isdigit() and len(text) > 8:
        return int(text), int(text)
    try:
        if len(text) == 10:
            day = paris.day_number(date.fromisoformat(text))
            return midnight(country, day), midnight(country, day + 1) - 1
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid(parameter, text, f"Value error, '{text}' is not a valid timestamp") from None
    if moment.tzinfo is None:
        local = int((moment - datetime(1970, 1, 1)).total_seconds())
        second = local - paris.offset_at(local - HOUR) - ahead(country)
    else:
        second = int(moment.timestamp())
    return second, second


def days_of(params: QueryParams, country: str, now: int) -> tuple[int, int]:
    """Day numbers of the year asked for, up to yesterday; of the last 365 days for -1. The end is excluded."""
    text = params.get("year", "-1")
    try:
        year = int(text)
    except ValueError:
        raise Invalid("year", text, "Input should be a valid integer, unable to parse string as an integer") from None
    today = local_day(country, now)
    if year == -1:
        return today - 365, today
    if not 1900 <= year <= 2200:
        raise NoContent
    begin, end = (paris.day_number(date(one, 1, 1)) for one in (year, year + 1))
    return begin, max(min(end, today), begin)
