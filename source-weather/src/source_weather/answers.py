"""Open-Meteo's answers, arrays of columns per place, as flat records; and the errors that it writes into them."""

from __future__ import annotations

import logging
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import compress, pairwise, repeat
from typing import Any

import orjson
import requests
from airbyte_cdk.models import FailureType
from airbyte_cdk.utils import AirbyteTracedException
from connector_kit.instants import utc_text
from connector_kit.streams import Field

from source_weather.points import Point

logger = logging.getLogger("airbyte")

PIECE_BYTES = 1 << 20
# What an answer ends with, after a good status, where the service fails while it is writing.
BROKEN_OFF = re.compile(rb"Unexpected error while streaming data: ([\w.]+)")
RUN_UNAVAILABLE = "modelRunUnavailable"
# Numbers that are none, as the service writes them for cells without data; JSON knows no such words.
NOT_A_NUMBER = re.compile(rb"(?<=[:,\[])\s*-?(?:nan|inf(?:inity)?)(?=\s*[,\]}])", re.IGNORECASE)
NUMBERS = {int, float, type(None)}

IsWhole = Callable[[Sequence[str]], bool]
"""Whether the times of an answer are all that were asked for."""


class RunUnavailable(Exception):
    """The model run that was asked for is not there: not yet, or not at all."""


@dataclass(frozen=True)
class Places:
    """An answer whose shape is as expected: instants or days of its rows, and for each place its columns in order."""

    times: Sequence[str]
    columns: Sequence[Sequence[Sequence[Any]]]

    def last_with_values(self) -> str:
        """The last time for which any place has any value, '' where none has."""
        for number in range(len(self.times) - 1, -1, -1):
            if any(column[number] is not None for columns in self.columns for column in columns):
                return self.times[number]
        return ""


def read_body(response: requests.Response) -> Any:
    """The parsed JSON of a good status.

    Raises RunUnavailable, and ValueError where it is broken off, an error or no JSON: such a call is tried again.
    """
    content = b"".join(response.iter_content(PIECE_BYTES))
    try:
        body = orjson.loads(content)
    except orjson.JSONDecodeError:
        if broken := BROKEN_OFF.search(content):
            why = broken[1].decode()
            if why == RUN_UNAVAILABLE:
                raise RunUnavailable(why) from None
            logger.info(f"Open-Meteo broke its answer off: {why}")
            raise
        body = orjson.loads(NOT_A_NUMBER.sub(b"null", content))
    if isinstance(body, dict) and body.get("error"):
        logger.info(f"Open-Meteo answers with an error: {body.get('reason')}")
        raise ValueError("an error in a good status")
    return body


def refuse_part(body: Any, section: str, is_whole: IsWhole) -> None:
    """Raises ValueError, so that the call is tried again, where the times of any place are fewer than asked for.

    Taken as whole, such an answer would leave a hole that no later sync looks at. Other shapes are left to places_of.
    """
    for place in body if isinstance(body, list) else [body]:
        try:
            times = place[section]["time"]
            if is_whole(times):
                continue
        except (KeyError, TypeError, AttributeError):
            return
        ends = f"{times[0]} to {times[-1]} only" if times else "no times at all"
        logger.info(f"Open-Meteo answers with a part of what was asked for: {ends}")
        raise ValueError("an answer in part")


def places_of(answer: Any, points: Sequence[Point], section: str, variables: Sequence[Field]) -> Places:
    """The columns of each place, as many as were asked for.

    Places are known by their order: the coordinates answered are those of the grid cell, and the first place has no id.
    Raises AirbyteTracedException where the answer has another shape or another unit than asked for.
    """
    places = answer if isinstance(answer, list) else [answer]
    if len(places) != len(points):
        raise unexpected(f"{len(places)} places instead of {len(points)}")
    try:
        labels, offset = places[0][section]["time"], places[0]["utc_offset_seconds"]
        times = _days(labels, offset) if section == "daily" else _instants(labels, offset)
        columns = []
        for point, place in zip(points, places, strict=True):
            if place[section]["time"] != labels or place["utc_offset_seconds"] != offset:
                raise unexpected(f"other times at {point.point_id} than at {points[0].point_id}")
            columns.append([_column(place, section, variable, len(labels)) for variable in variables])
    except (KeyError, TypeError, AttributeError, ValueError) as problem:
        raise unexpected(f"{type(problem).__name__} {problem}") from problem
    return Places(times, columns)


def records_of(
    places: Places,
    points: Sequence[Point],
    names: Sequence[str],
    constants: Mapping[str, Any],
    span: tuple[str, str],
    *,
    drops_empty: bool = False,
) -> list[dict[str, Any]]:
    """A record for each place and time within ``span`` (both included).

    ``names``: of the time and of the columns. ``constants``: what all records have besides; what comes last,
    ``fetched_at``, stays last.
    """
    begin, end = bisect_left(places.times, span[0]), bisect_right(places.times, span[1])
    times = places.times[begin:end]
    *middle, last = constants
    heads = ("point_id", "region_code", "region_weight", *middle, *names, last)
    records: list[dict[str, Any]] = []
    for point, columns in zip(points, places.columns, strict=True):
        cut = [column[begin:end] for column in columns]
        same = (point.point_id, point.region_code, point.region_weight, *(constants[name] for name in middle))
        rows: Iterable[tuple[Any, ...]] = zip(*map(repeat, same), times, *cut, repeat(constants[last]), strict=False)
        if drops_empty and all(None in column for column in cut):
            rows = compress(rows, [any(value is not None for value in values) for values in zip(*cut, strict=True)])
        records += [dict(zip(heads, row, strict=True)) for row in rows]
    return records


def unexpected(what: str) -> AirbyteTracedException:
    """The failure of an answer that is not what was asked for."""
    return AirbyteTracedException(
        message=f"Open-Meteo: the answer has not the expected shape ({what}). "
        "The service may have changed it: look for a newer connector.",
        internal_message=what,
        failure_type=FailureType.system_error,
    )


def _column(place: Mapping[str, Any], section: str, variable: Field, length: int) -> Sequence[Any]:
    column, unit = place[section][variable.name], place[f"{section}_units"][variable.name]
    if len(column) != length:
        raise unexpected(f"{len(column)} values of {variable.name} for {length} times")
    if wrong := set(map(type, column)) - NUMBERS:
        raise unexpected(f"{variable.name} holds {', '.join(sorted(kind.__name__ for kind in wrong))}")
    # "undefined" is what the service writes where a model lacks the variable: all its values are null.
    if unit != variable.unit and (unit != "undefined" or any(value is not None for value in column)):
        raise unexpected(f"{variable.name} in {unit}, not {variable.unit}")
    return column  # type: ignore[no-any-return]


def _instants(labels: Sequence[str], utc_offset_seconds: int) -> list[str]:
    """Labels have no offset of their own: the answer's one fixed offset makes them instants, in the order of time."""
    shift = timedelta(seconds=utc_offset_seconds)
    instants = [utc_text(datetime.fromisoformat(label).replace(tzinfo=UTC) - shift) for label in labels]
    return _in_order(instants)


def _days(labels: Sequence[str], utc_offset_seconds: int) -> list[str]:
    if utc_offset_seconds:
        raise unexpected(f"days that begin {utc_offset_seconds} s off UTC")
    return _in_order([date.fromisoformat(label).isoformat() for label in labels])


def _in_order(times: list[str]) -> list[str]:
    if any(later <= earlier for earlier, later in pairwise(times)):
        raise unexpected("times that do not rise")
    return times
