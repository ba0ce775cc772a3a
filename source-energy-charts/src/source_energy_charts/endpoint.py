"""What an endpoint of Energy-Charts is: one entry of the table in ``endpoints.py``, and nothing that acts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from connector_kit.pace import HOURLY
from connector_kit.streams import Description, Field

# Nothing older is asked for: whether there is any is not known, and each month would be a call.
EARLIEST = date(2010, 1, 1)

EVIDENCE = {
    "production": "a recorded answer of the service",
    "guide": "the provider's OpenAPI document",
    "client": "what a client of the service has written down",
    "none": "none: unverified",
}


@dataclass(frozen=True)
class Scope:
    """What one call is about: a country, a zone, or one forecast of a country. ``head`` are its columns."""

    name: str
    params: Mapping[str, str]
    head: Mapping[str, str]
    path: str = ""  # another than the endpoint's


@dataclass(frozen=True)
class Endpoint:
    """One endpoint and the stream that it becomes.

    In v1 an answer holds ``times`` and, beside it, either an array of named ``series`` (a row a series and time) or one
    array for each of ``columns`` (a row a time). v2 has rows and names series; both are read into the same records.
    """

    stream: str
    path: str
    about: str
    fields: Sequence[Field]
    key: Sequence[str]
    each: str  # what is asked for one by one: country, zone, forecast, share; see scopes.py
    shape: str  # what a record is made of; see records.py
    times: str = "unix_seconds"
    series: str = ""
    columns: Sequence[str] = ()
    cursor: str = "start_date"
    only: Sequence[str] = ()  # the countries that have it; all without
    params: Mapping[str, str] | None = None
    # How it is asked for: by instants, by the year, or for what there is at the moment.
    asked: str = "instants"
    longest_days: int = 31
    look_ahead_days: int = 0  # how many days after today there may be data of
    look_back_days: int = 3
    read_every: timedelta = HOURLY
    in_v2: bool = False  # whether anybody has seen v2 have it
    evidence: str = "guide"

    @cached_property
    def description(self) -> Description:
        return Description(self.stream, self.fields, self.key, self.cursor, self.about)
