"""Faults that tests and people switch on: what real services do on bad days.

A fault is a JSON object:

    {"match": "/short_term", "kind": 503, "first_n": 2, "retry_after": 1}

- `match`: part of the path; every path when absent
- `kind`: an HTTP status code, or `token_expired` (401, and all tokens are void), `broken_body` (200 with a body that
  is no JSON), `html` (200 with a page for people), `truncated` (the connection ends in the middle of the body),
  `reset` (the connection is reset without an answer), `delay` (answers late), `slow_body` (the body trickles),
  `quota` (429 by the weight of calls, as Open-Meteo counts them, or by their number a day, as Opendatasoft does),
  `empty` and `partial` (Opendatasoft: an answer without any rows or without some, as while a data set is refreshed)
- `rate` (0..1, drawn reproducibly) or `first_n` (only the first n matching calls); without either, always
- `after_n`: the first n matching calls are let through and don't count for `first_n`
- `retry_after`: seconds, sent with a status code; `seconds`: length of a delay or of a slow body
- `per_minute`, `per_hour`, `per_day`: limits of a quota
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from threading import Lock
from typing import Any

ACTED_BY_SERVICE = ("quota", "empty", "partial")
NAMED_KINDS = ("token_expired", "broken_body", "html", "truncated", "reset", "delay", "slow_body", *ACTED_BY_SERVICE)


class FaultError(ValueError):
    """A fault that can't be understood; the message says what is wrong."""


@dataclass
class Fault:
    """One fault and how often it has been looked at and fired."""

    kind: int | str
    match: str = ""
    rate: float | None = None
    first_n: int | None = None
    after_n: int | None = None
    retry_after: int | None = None
    seconds: float = 1.0
    per_minute: float = 600
    per_hour: float = 5_000
    per_day: float = 10_000
    seen: int = field(default=0, init=False)
    fired: int = field(default=0, init=False)

    def fires(self, path: str) -> bool:
        """Whether this call meets the fault; counts the call."""
        if self.match not in path:
            return False
        self.seen += 1
        number = self.seen - (self.after_n or 0)
        if number < 1 or (self.first_n is not None and number > self.first_n):
            return False
        if self.rate is not None and random.Random(f"{self.match} {self.kind} {self.seen}").random() >= self.rate:
            return False
        self.fired += 1
        return True


def parse(described: Mapping[str, Any]) -> Fault:
    """A fault from its JSON description. Raises FaultError."""
    allowed = set(Fault.__init__.__annotations__) - {"return"}
    unknown = set(described) - allowed
    if unknown:
        raise FaultError(f"unknown field {', '.join(sorted(unknown))}; a fault has {', '.join(sorted(allowed))}")
    kind = described.get("kind")
    if isinstance(kind, str) and kind.isdigit():
        kind = int(kind)
    known = kind in NAMED_KINDS if isinstance(kind, str) else isinstance(kind, int) and 400 <= kind <= 599
    if not known:
        raise FaultError(f"kind is {kind!r}: give a status code (400 to 599) or one of {', '.join(NAMED_KINDS)}")
    return Fault(**{**described, "kind": kind})


class Faults:
    """The faults that are on; safe to use from several threads."""

    def __init__(self, described: Iterable[Mapping[str, Any]] = ()) -> None:
        self._lock = Lock()
        self._faults = [parse(one) for one in described]

    def replace(self, described: Iterable[Mapping[str, Any]]) -> None:
        faults = [parse(one) for one in described]
        with self._lock:
            self._faults = faults

    def met(self, path: str) -> Fault | None:
        """The first fault that this call meets."""
        with self._lock:
            return next((fault for fault in self._faults if fault.fires(path)), None)

    def listed(self) -> list[dict[str, Any]]:
        with self._lock:
            return [{key: value for key, value in asdict(fault).items() if value is not None} for fault in self._faults]
