"""unavailability_additional_information/v7: messages about outages, in versions, by pages.

The window is UTC (`Z`) and is about the event, its creation or the publication of the version. An answer holds at
most a thousand messages, newest publication first; more of them come page by page: 206 and a token, which the client
sends back within a minute. Later pages show what was known at the first one. Nothing found is 404.
"""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import numpy as np

from simulator import paris
from simulator.model.grid import Grid
from simulator.model.outages import Habit, Messages, draw
from simulator.paris import Ints
from simulator.publication import Bools
from simulator.rte import messages
from simulator.rte.errors import FunctionalError
from simulator.rte.resource import Call, Reply, Resource, Resources
from simulator.world import World

PAGE = 1000
TOKEN = "continuation_token"
TOKEN_SECONDS = 60
DATE_TYPES = ("EVENT_DATE", "PUBLICATION_DATE", "CREATION_DATE")
STATUSES = ("ACTIVE", "DISMISSED")
COMMON = ("start_date", "end_date", "date_type", "last_version", "event_status")

# Only F02 and F03 are known; the other numbers are ours.
LONELY, PAST, FORMAT, ORDER, UNKNOWN, VALUE, STALE = ("F01", "F02", "F03", "F04", "F05", "F06", "F07")
TEXTS = {
    PAST: "The publication dates must be in the past.",
    FORMAT: "One of the dates in the API input does not follow the format YYYY-MM-DDThh:mm:ssZ.",
    ORDER: 'The field "start_date" in the API input is more recently than the field "end_date".',
    UNKNOWN: "One of the fields in the API input is not known.",
    VALUE: "One of the enumerated field does not match with the list of expected values.",
    STALE: "The continuation token is not valid or no longer valid.",
}
_FORMAT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@dataclass(frozen=True)
class Kind:
    """One of the three resources."""

    root: str
    habit: Habit
    row: Callable[[Messages, int], dict[str, Any]]
    fuels: Sequence[str] = ()  # of each asset, where they can be asked for


@dataclass(frozen=True)
class Query:
    """What is asked for; the bounds are UTC seconds."""

    start: int
    end: int
    date_type: str
    last_version: bool
    statuses: list[str]
    fuels: list[str]


def answer(kind: Kind, world: World, call: Call) -> Reply:
    """A page of messages: 200, 206 with a token where there are more, 404 where there are none.

    Raises FunctionalError.
    """
    offset, asked_at = _continued(call)
    query = _parse(kind, call.params, asked_at)
    drawn = _drawn(kind.root, world.grid.seed, world.grid.end_day)
    found = np.flatnonzero(_wanted(kind, drawn, query, asked_at))[::-1]
    if not found.size:
        return Reply(None, 404)
    body = {kind.root: [kind.row(drawn, int(number)) for number in found[offset : offset + PAGE]]}
    if offset + PAGE >= found.size:
        return Reply(body)
    return Reply(body, 206, {TOKEN: _token(call, offset + PAGE, asked_at)})


def _wanted(kind: Kind, drawn: Messages, query: Query, now: int) -> Bools:
    """Which messages the query is about, of those public at `now`."""
    wanted = (drawn.published <= now) & _within(drawn, query)
    if query.last_version:
        wanted &= drawn.superseded > now
    if query.statuses:
        wanted &= np.where(drawn.dismissed, "DISMISSED" in query.statuses, "ACTIVE" in query.statuses)
    if query.fuels:
        wanted &= np.isin(np.array(kind.fuels), query.fuels)[drawn.asset]
    return wanted


def _within(drawn: Messages, query: Query) -> Bools:
    if query.date_type == "EVENT_DATE":
        return np.asarray((drawn.start < query.end) & (drawn.end > query.start))
    instants: Ints = drawn.published if query.date_type == "PUBLICATION_DATE" else drawn.created
    return np.asarray((instants >= query.start) & (instants < query.end))


@lru_cache(maxsize=6)
def _drawn(root: str, seed: int, end_day: int) -> Messages:
    return draw(Grid(seed, end_day), KINDS[root].habit)


# --- parameters


def _parse(kind: Kind, params: Mapping[str, str], now: int) -> Query:
    if set(params) - set(COMMON) - ({"fuel_type"} if kind.fuels else set()):
        raise _refused(UNKNOWN)
    date_type = _one_of(DATE_TYPES, params.get("date_type", "EVENT_DATE"))
    start, end = _window(params, date_type, now)
    return Query(
        start,
        end,
        date_type,
        last_version=_one_of(("true", "false"), params.get("last_version", "true")) == "true",
        statuses=_some_of(STATUSES, params.get("event_status")),
        fuels=_some_of(sorted(set(kind.fuels)), params.get("fuel_type")),
    )


def _window(params: Mapping[str, str], date_type: str, now: int) -> tuple[int, int]:
    """Without dates: today on the Paris clock, publications up to now."""
    published = date_type == "PUBLICATION_DATE"
    texts = [params.get("start_date"), params.get("end_date")]
    if not any(texts):
        today = paris.local_day(now)
        return paris.midnight(today), now if published else paris.midnight(today + 1)
    if not all(texts):
        raise FunctionalError(LONELY)
    start, end = (_instant(text or "") for text in texts)
    if start > end:
        raise _refused(ORDER)
    if published and end >= now:
        raise _refused(PAST)
    return start, end


def _instant(text: str) -> int:
    try:
        return int(datetime.fromisoformat(_FORMAT.fullmatch(text)[0]).astimezone(UTC).timestamp())  # type: ignore[index]
    except (TypeError, ValueError):
        raise _refused(FORMAT) from None


def _some_of(allowed: Sequence[str], text: str | None) -> list[str]:
    return [_one_of(allowed, part) for part in text.split(",")] if text else []


def _one_of(allowed: Sequence[str], text: str) -> str:
    if text not in allowed:
        raise _refused(VALUE)
    return text


def _refused(code: str) -> FunctionalError:
    return FunctionalError(code, TEXTS[code])


# --- pages


def _token(call: Call, offset: int, asked_at: int) -> str:
    """Where the next page begins, as of when, when this was said, and to which question."""
    text = f"{offset}.{asked_at}.{call.now}.{_question(call)}"
    return base64.urlsafe_b64encode(text.encode()).decode()


def _continued(call: Call) -> tuple[int, int]:
    """The offset and the instant of the first page that the token holds; without a token 0 and now."""
    token = call.headers.get(TOKEN)
    if token is None:
        return 0, call.now
    try:
        offset, asked_at, said_at, question = map(int, base64.urlsafe_b64decode(token).decode().split("."))
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise _refused(STALE) from None
    if not 0 <= call.now - said_at <= TOKEN_SECONDS or question != _question(call):
        raise _refused(STALE)
    return offset, asked_at


def _question(call: Call) -> int:
    return zlib.crc32(repr(sorted(call.params.multi_items())).encode())


KINDS = {
    kind.root: kind
    for kind in (
        Kind("generation_unavailabilities", messages.GENERATION, messages.generation, messages.FUELS),
        Kind("transmission_network_unavailabilities", messages.TRANSMISSION, messages.transmission),
        Kind("other_market_information", messages.OTHER, messages.other),
    )
}
PREFIXES = {
    "generation_unavailabilities": "UNADINFO_GENUN",
    "transmission_network_unavailabilities": "UNADINFO_TRANSNETUN",
    "other_market_information": "UNADINFO_OTHMARINF",  # assumed
}


def _resource(kind: Kind) -> Resource:
    return Resource(lambda world, call: answer(kind, world, call), PREFIXES[kind.root])


RESOURCES: Resources = {
    ("unavailability_additional_information", "v7", root): _resource(kind) for root, kind in KINDS.items()
}
