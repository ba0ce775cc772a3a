"""What a resource of AirQino is: an entry of the table in ``resources.py``, and nothing that acts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from connector_kit.streams import Description, Field

from source_airqino.api import AirqinoApi
from source_airqino.labels import Labels
from source_airqino.records import Span
from source_airqino.station import Station

EVIDENCE = {
    "production": "a recorded answer of the service",
    "client": "the code of a client",
}

Record = dict[str, Any]
Call = tuple[str, Mapping[str, str]]
"""Path and parameters."""


@dataclass(frozen=True)
class Asked:
    """Who asks and for what: the stations of the configuration, and its projects."""

    api: AirqinoApi
    stations: Sequence[Station]
    projects: Sequence[str]
    clock: str  # of the labels: utc or local


@dataclass(frozen=True)
class Item:
    """A part of a list that is asked for on its own: that of one station, or of one project."""

    who: str
    read: Callable[[], list[Record]]


@dataclass(frozen=True)
class Series:
    """How values of a time are asked for and read, a station and a window at a time.

    ``call``: the address for a station and a span as the labels' clock shows it. ``rows`` and ``label``: where the rows
    stand in an answer, and the time in a row. ``back``: see Labels. ``reread``: whether old values are rewritten.
    """

    call: Callable[[Station, datetime, datetime], Call]
    rows: str
    label: str
    records: Callable[[Station, Sequence[Mapping[str, Any]], Labels, Span, datetime], list[Record]]
    longest_days: int
    look_back_days: int
    read_every: timedelta
    earlier: timedelta = timedelta()  # what a window needs to know of the time before it
    back: timedelta = timedelta()
    reread: bool = False


@dataclass(frozen=True)
class Resource:
    """A stream: a ``series``, or a list that is read whole each time, item by item of ``listed``."""

    stream: str
    path: str
    about: str
    fields: Sequence[Field]
    key: Sequence[str]
    evidence: str
    cursor: str | None = None
    series: Series | None = None
    listed: Callable[[Asked], list[Item]] | None = None

    @cached_property
    def description(self) -> Description:
        return Description(self.stream, self.fields, self.key, self.cursor, self.about)
