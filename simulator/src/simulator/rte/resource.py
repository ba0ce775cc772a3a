"""What a module of this folder gives to the server: its resources, by path."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import Headers, QueryParams

from simulator.world import World


@dataclass(frozen=True)
class Call:
    """One request to a resource: its parameters and headers, and the instant (UTC seconds) at which it comes."""

    params: QueryParams
    now: int
    headers: Headers = field(default_factory=Headers)


@dataclass(frozen=True)
class Reply:
    """An answer that is not a plain 200 in JSON: a page of several (206), nothing found (404), XML.

    `body`: None for an empty one, a text for a document of the type `media_type`, else what becomes JSON.
    """

    body: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str | None = None


Answer = Callable[[World, Call], Any]
"""The JSON body of a 200, or a Reply. Raises FunctionalError."""


@dataclass(frozen=True)
class Resource:
    """How a resource answers and the prefix of its error codes."""

    answer: Answer
    prefix: str


Resources = Mapping[tuple[str, str, str], Resource]
"""By API, version and resource, as they stand in the path."""


def timed(answer: Callable[[World, QueryParams, int], Any]) -> Answer:
    """An answer that needs the parameters and the time only."""
    return lambda world, call: answer(world, call.params, call.now)
