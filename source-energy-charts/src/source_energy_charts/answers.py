"""Answers of v1 (parallel arrays) and of v2 (an envelope with rows) as one and the same columns. Pure functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from itertools import pairwise
from typing import Any

from airbyte_cdk.models import FailureType
from airbyte_cdk.utils import AirbyteTracedException
from connector_kit.clock import PARIS
from connector_kit.windows import paris_midnight

from source_energy_charts.endpoint import Endpoint

Values = Sequence[Any]
NUMBERS = frozenset((int, float, type(None)))
STEPS = frozenset((5, 10, 15, 20, 30, 60))
"""Minutes that a step may have; any other distance is a gap."""
SUM = "sum"
REGULAR = 0.75
"""A series is filled regularly where it has so many of the values of the fullest one."""
ENVELOPE_KEYS = frozenset(("series", "data"))


@dataclass(frozen=True)
class Columns:
    """One answer: instants (UTC seconds), named series of values, and what is said beside them."""

    instants: Sequence[int]
    series: Mapping[str, Values]
    notes: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def steps(self) -> list[int | None]:
        """Minutes of the step that begins at each instant: the shorter of the distances to its neighbours.

        So a change from hours to quarter-hours inside an answer is right on both sides, and a gap makes no step long.
        """
        ordered = sorted(set(self.instants))
        distances = [(after - before) // 60 for before, after in pairwise(ordered)]
        usual = [minutes for minutes in distances if minutes in STEPS]
        common = max(set(usual), key=usual.count) if usual else None
        found = {}
        for place, instant in enumerate(ordered):
            nearest = min(distances[max(place - 1, 0) : place + 1], default=None)
            found[instant] = nearest if nearest in STEPS else common
        return [found[instant] for instant in self.instants]

    @cached_property
    def labels(self) -> list[str]:
        """The instants as text."""
        return [f"{datetime.fromtimestamp(instant, UTC):%Y-%m-%dT%H:%M:%SZ}" for instant in self.instants]

    def complete_until(self) -> int | None:
        """Where the slowest of the regularly filled series ends, UTC seconds; None where there is no value at all.

        The newest points come in part: what is behind this instant is read again. A series that is filled now and then
        (pumps, a plant that rests) says nothing about what is to come.
        """
        most = max(map(len, self._filled), default=0)
        last = [places[-1] for places in self._filled if places and len(places) >= REGULAR * most]
        return self._end_of(min(last)) if last else None

    def data_until(self) -> int | None:
        """Where the last value of any series ends, UTC seconds; None where there is no value at all."""
        last = [places[-1] for places in self._filled if places]
        return self._end_of(max(last)) if last else None

    @cached_property
    def _filled(self) -> list[list[int]]:
        """Of each series the places that have a value."""
        return [[place for place, value in enumerate(values) if value is not None] for values in self.series.values()]

    def _end_of(self, place: int) -> int:
        return self.instants[place] + (self.steps[place] or 15) * 60


def columns_of(endpoint: Endpoint, body: Any) -> Columns:
    """The columns of an answer, whichever version it is of; the sum over all borders left out.

    Raises AirbyteTracedException where it does not have the endpoint's shape.
    """
    try:
        found = _from_rows(endpoint, body) if is_envelope(body) else _from_arrays(endpoint, body)
        return _checked(found)
    except (KeyError, TypeError, AttributeError, ValueError, OverflowError) as problem:
        lacks = f"has no {problem}" if isinstance(problem, KeyError) else f"is not of the expected shape ({problem})"
        raise AirbyteTracedException(
            message=f"Energy-Charts: the answer of {endpoint.path} {lacks}. "
            "It may have changed: look for a newer connector.",
            internal_message=f"{type(problem).__name__}: {problem}",
            failure_type=FailureType.system_error,
        ) from problem


def is_envelope(body: Any) -> bool:
    """Whether an answer is of v2; some have been recorded without anything but series and data."""
    return isinstance(body, Mapping) and body.keys() >= ENVELOPE_KEYS


def is_answer(endpoint: Endpoint, body: Any) -> bool:
    """Whether a body is an answer at all, and not an error said with status 200."""
    known = {endpoint.times, endpoint.series, *endpoint.columns, "deprecated"}
    return isinstance(body, Mapping) and (is_envelope(body) or bool(known & body.keys()))


def _from_arrays(endpoint: Endpoint, body: Mapping[str, Any]) -> Columns:
    """v1. Any array may be null or absent where there is nothing."""
    times = body.get(endpoint.times) or []
    if endpoint.series:
        series = {one["name"]: one["data"] or [] for one in body.get(endpoint.series) or []}
        if len(series) != len(body.get(endpoint.series) or []):
            raise ValueError("two series of one name")
    else:
        series = {name: body.get(name) for name in endpoint.columns}
        series = {name: [None] * len(times) if values is None else values for name, values in series.items()}
    return Columns([_INSTANTS[endpoint.times](time) for time in times], series, body)


def _from_rows(endpoint: Endpoint, body: Mapping[str, Any]) -> Columns:
    """v2. Values go by the identifiers of the series, which have v1's names."""
    rows = body["data"] or []
    names = {one["id"]: one.get("name") or one["id"] for one in body["series"] or []}
    for row in rows:
        for identifier in row["values"]:
            names.setdefault(identifier, identifier)
    if endpoint.columns:
        alone = len(endpoint.columns) == len(names) == 1
        names = {identifier: endpoint.columns[0] if alone else identifier for identifier in names}
    if len(set(names.values())) != len(names):
        raise ValueError("two series of one name")
    series = {name: [row["values"].get(identifier) for row in rows] for identifier, name in names.items()}
    series = {**{name: [None] * len(rows) for name in endpoint.columns}, **series}
    notes = {"license_info": body.get("license"), **body, **(body.get("attributes") or {})}
    instant_of = _local_instant if endpoint.times == "unix_seconds" else _local_period
    return Columns([instant_of(row["timestamp"]) for row in rows], series, notes)


def _checked(found: Columns) -> Columns:
    for name, values in found.series.items():
        if len(values) != len(found.instants):
            raise ValueError(f"{len(values)} values of {name!r} for {len(found.instants)} times")
        if not NUMBERS.issuperset(map(type, values)):
            raise ValueError(f"{name!r} has values that are no numbers")
    kept = {name: _without_nan(values) for name, values in found.series.items() if name.lower() != SUM}
    return Columns(found.instants, kept, found.notes)


def _without_nan(values: Values) -> Values:
    return [None if value != value else value for value in values]


def _second(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
        raise ValueError(f"{value!r} is no time in seconds")
    return int(value)


def _day(text: str) -> int:
    """dd.mm.yyyy, as the instant at which the day begins in Paris: see :func:`day_of`."""
    return _midnight(datetime.strptime(text, "%d.%m.%Y").date())


def _period(text: str) -> int:
    """A year, ``2025``, or a month, ``01.2025``, as its first day."""
    month, _, year = text.rpartition(".")
    return _midnight(date(int(year), int(month or 1), 1))


def _local_instant(text: str) -> int:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"{text!r} has no offset from UTC")
    return int(instant.timestamp())


def _local_period(text: str) -> int:
    """Of v2, which nobody has recorded for years and months: v1's text, or the day of the country in an instant."""
    return _midnight(date.fromisoformat(text[:10])) if "T" in text else _period(text)


def _midnight(day: date) -> int:
    return int(paris_midnight(day).timestamp())


def day_of(instant: int) -> date:
    """The Paris day that an instant lies in."""
    return datetime.fromtimestamp(instant, PARIS).date()


_INSTANTS: Mapping[str, Callable[[Any], int]] = {"unix_seconds": _second, "days": _day, "time": _period}
