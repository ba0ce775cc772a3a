"""Values of a portal as values of one type each: lenient, as sibling data sets disagree and markers stand for nothing.

A cast answers None for what is no value of its type; what it could not read at all is counted in :class:`Oddities`.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from math import isfinite, isinf
from typing import Any

import orjson
from connector_kit.instants import to_utc, utc_text

logger = logging.getLogger("airbyte")

# What publishers write where there is nothing: ND is "non disponible".
NOTHING = {"", "-", "--", "nd", "n/d", "na", "n/a", "nan", "null", "none"}
_NUMBER = re.compile(r"[+-]?(\d+|\d{1,3}([ \u00a0\u202f]\d{3})+)([.,]\d+)?([eE][+-]?\d+)?")
_WHOLE = re.compile(r"[+-]?\d{1,18}")
_SPACES = re.compile(r"[ \u00a0\u202f]")
_TRUE, _FALSE = {"true", "1", "oui", "vrai", "yes"}, {"false", "0", "non", "faux", "no"}
LONGEST_SHOWN = 40


class Oddities:
    """What could not be read, counted by column; told once a column, not once a row."""

    def __init__(self, stream: str) -> None:
        self._stream = stream
        self._found: dict[str, Counter[str]] = {}

    def add(self, column: str, value: Any) -> None:
        """One more ``value`` that is none of its ``column``."""
        self._found.setdefault(column, Counter())[str(value)[:LONGEST_SHOWN]] += 1

    def tell(self) -> None:
        """Warns of what was found since the last time."""
        for column, values in self._found.items():
            shown = ", ".join(f"{value!r} ({count} times)" for value, count in values.most_common(3))
            more = f" and {len(values) - 3} other texts" if len(values) > 3 else ""
            logger.warning(f"{self._stream}: {column} holds {shown}{more}, which is read as no value.")
        self._found.clear()


class Unreadable(ValueError):
    """A value that is not of its column's type."""


def is_nothing(value: Any) -> bool:
    """Whether a value stands for none."""
    return value is None or (isinstance(value, str) and value.strip().lower() in NOTHING)


def number(value: Any) -> float | int | None:
    """A number, also where it is written as a text, French or English. Raises Unreadable."""
    if isinstance(value, str):
        return number_of_text(value)
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int | float):
        return value
    raise Unreadable


@lru_cache(maxsize=1 << 15)
def number_of_text(text: str) -> float | int | None:
    """As :func:`number`; None of what stands for nothing."""
    bare = text.strip()
    if bare.lower() in NOTHING:
        return None
    if not _NUMBER.fullmatch(bare):
        raise Unreadable
    plain = _SPACES.sub("", bare).replace(",", ".")
    found = float(plain)
    if isinf(found):
        raise Unreadable
    # Whole numbers stay whole as far as a double holds them exactly.
    return int(plain) if plain.lstrip("+-").isdigit() and abs(found) < 2**53 else found


def integer(value: Any) -> int | None:
    """A whole number. Raises Unreadable, also for a fraction."""
    if isinstance(value, str) and _WHOLE.fullmatch(value.strip()):
        return int(value)
    found = number(value)
    if found is None:
        return None
    if not isfinite(found) or found != int(found) or abs(found) >= 2**63:
        raise Unreadable
    return int(found)


def boolean(value: Any) -> bool:
    """A truth value, also in words. Raises Unreadable."""
    told = str(value).strip().lower()
    if told not in _TRUE | _FALSE:
        raise Unreadable
    return told in _TRUE


@lru_cache(maxsize=1 << 12)
def day(value: Any) -> str:
    """A day; of a month or a year alone, its first. Raises Unreadable."""
    text = str(value).strip()
    whole = {4: f"{text}-01-01", 7: f"{text}-01"}.get(len(text), text[:10])
    try:
        return date.fromisoformat(whole).isoformat()
    except ValueError as problem:
        raise Unreadable from problem


@lru_cache(maxsize=1 << 14)
def instant(value: Any) -> str:
    """An instant as UTC with Z; without an offset it is UTC, as portals answer by default. Raises Unreadable."""
    text = str(value).strip()
    try:
        return to_utc(text)
    except ValueError:
        pass
    try:
        return utc_text(datetime.fromisoformat(text if len(text) != 4 else f"{text}-01-01").replace(tzinfo=UTC))
    except ValueError as problem:
        raise Unreadable from problem


def text(value: Any) -> str:
    """A text as it is; what has a structure (shapes, several values) as compact JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool | dict | list):
        return orjson.dumps(value).decode()
    return str(value)


def longitude(value: Any) -> float | int | None:
    """Of a point ``{"lon", "lat"}``, ``[lat, lon]`` or ``"lat, lon"``. Raises Unreadable."""
    return _of_point(value, "lon", 1)


def latitude(value: Any) -> float | int | None:
    """Of a point, as :func:`longitude`."""
    return _of_point(value, "lat", 0)


def _of_point(value: Any, name: str, place: int) -> float | int | None:
    if isinstance(value, Mapping):
        return number(value.get(name))
    pair = value.split(",") if isinstance(value, str) else value
    if not isinstance(pair, list) or len(pair) != 2:
        raise Unreadable
    return number(pair[place])


def address(value: Any) -> str:
    """The address of a file; what it is known by where there is none."""
    if isinstance(value, Mapping):
        return text(value.get("url") or value.get("filename") or dict(value))
    return text(value)


CASTS: Mapping[str, Callable[[Any], Any]] = {
    "string": text,
    "number": number,
    "integer": integer,
    "boolean": boolean,
    "date": day,
    "instant": instant,
    "@lon": longitude,
    "@lat": latitude,
    "@url": address,
}
