"""Quotas of RTE's APIs by the simulator's clock: so many calls in so many seconds, whatever the version or resource.

Described as a JSON object by API, `{"ecowatt": {"calls": 1, "seconds": 900}}`; an API that is not named has no quota,
`{}` switches all off.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from threading import Lock
from typing import Any


class QuotaError(ValueError):
    """Quotas that can't be understood; the message says what is wrong."""


@dataclass(frozen=True)
class Limit:
    """So many calls in any span of so many seconds."""

    calls: int
    seconds: int


PUBLISHED = {"ecowatt": Limit(1, 15 * 60), "unavailability_additional_information": Limit(20, 3600)}
"""The quotas that RTE writes down; no figure is known for its other APIs."""


def parse(described: Any) -> dict[str, Limit]:
    """Quotas from their JSON description. Raises QuotaError."""
    if not isinstance(described, Mapping):
        raise QuotaError('quotas are a JSON object such as {"ecowatt": {"calls": 1, "seconds": 900}}')
    return {str(api): _limit(str(api), one) for api, one in described.items()}


def _limit(api: str, described: Any) -> Limit:
    right = isinstance(described, Mapping) and set(described) == {"calls", "seconds"}
    if not right or not all(type(number) is int and number > 0 for number in described.values()):
        raise QuotaError(f"the quota of {api} is {described!r}: give calls and seconds, whole numbers above 0")
    return Limit(**described)


class Quotas:
    """The quotas that are on and the calls they count; safe to use from several threads."""

    def __init__(self, described: Mapping[str, Any] | None = None) -> None:
        self._lock = Lock()
        self._limits = PUBLISHED if described is None else parse(described)
        self._taken: dict[str, deque[int]] = {}

    def replace(self, described: Any) -> None:
        """Set other quotas; the count begins anew. Raises QuotaError."""
        limits = parse(described)
        with self._lock:
            self._limits, self._taken = limits, {}

    def listed(self) -> dict[str, Any]:
        with self._lock:
            return {api: asdict(limit) for api, limit in self._limits.items()}

    def wait(self, api: str, now: int) -> int | None:
        """Seconds until this API may be called again, or None where the call is let through, which counts it."""
        with self._lock:
            limit = self._limits.get(api)
            if limit is None:
                return None
            # A clock that was set back forgets the calls of its future.
            taken = deque(moment for moment in self._taken.get(api, ()) if now - limit.seconds < moment <= now)
            self._taken[api] = taken
            if len(taken) >= limit.calls:
                return taken[0] + limit.seconds - now
            taken.append(now)
            return None
