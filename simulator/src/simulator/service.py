"""What a simulated service is: where it answers, how it speaks, and what it looks like when it breaks."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, TypeVar

import orjson
from starlette.requests import Request
from starlette.responses import Response

from simulator.clock import Clock
from simulator.faults import Fault, Faults
from simulator.world import World, world_at

JSON = "application/json;charset=utf-8"
CALLS_KEPT = 10_000

One = TypeVar("One")


@dataclass
class Simulator:
    """Everything that the services share: one France, one clock, the faults that are on, the calls so far."""

    seed: int
    clock: Clock
    faults: Faults
    calls: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=CALLS_KEPT))
    _kept: dict[type, Any] = field(default_factory=dict)
    _keeping: Lock = field(default_factory=Lock)

    def world(self) -> World:
        return world_at(self.seed, self.clock.now())

    def keep(self, thing: Any) -> None:
        """What `one` answers from now on for the class of `thing`."""
        self._kept[type(thing)] = thing

    def one(self, kind: type[One]) -> One:
        """The one instance of a class that a service remembers things in: tokens given, calls counted."""
        with self._keeping:
            if kind not in self._kept:
                self._kept[kind] = kind()
            kept: One = self._kept[kind]
        return kept


Endpoint = Callable[[Simulator, Request, Fault | None], Response]
"""An endpoint of a simulated service; the fault it is given is one that it has to act out itself, such as a quota."""


@dataclass(frozen=True)
class Route:
    """An address below the service's prefix, in Starlette's syntax."""

    path: str
    endpoint: Endpoint
    method: str = "GET"


def _empty(status: int) -> bytes:
    return b""


def _nothing(simulator: Simulator) -> None:
    """For services without tokens."""


@dataclass(frozen=True)
class Service:
    """One upstream service. Every path of it begins with `prefix`, such as `/odre`."""

    prefix: str
    routes: Sequence[Route]
    broken_stream: bytes = b""  # what an answer ends with that breaks in the middle; a page for people without it
    error_body: Callable[[int], bytes] = _empty  # the body that the service gives a status
    void_tokens: Callable[[Simulator], None] = _nothing


def json_response(content: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """JSON of plain values and numpy arrays; NaN becomes null."""
    body = orjson.dumps(content, option=orjson.OPT_SERIALIZE_NUMPY)
    return Response(body, status, dict(headers or {}), JSON)
