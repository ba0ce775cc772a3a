"""Calls of each portal, counted by month or day (UTC), and the refusal of those that are too many."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock
from typing import Any

from simulator.opendatasoft.dataset import Portal

DOMAIN = (10002, "Too many requests on the domain. Please contact the domain administrator.")
ANONYMOUS = (10005, "You have exceeded the requests limit for anonymous users.")


@dataclass(frozen=True)
class Allowance:
    """So many calls in the current period, which ends at `reset`."""

    limit: int
    used: int
    period: str
    reset: datetime

    @property
    def headers(self) -> dict[str, str]:
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(max(self.limit - self.used, 0)),
            "X-RateLimit-Reset": f"{self.reset:%Y-%m-%d %H:%M:%S}+00:00",
        }

    def refusal(self, anonymous: bool) -> dict[str, Any] | None:
        """The body of 429, where all calls are used."""
        if self.used <= self.limit:
            return None
        code, text = ANONYMOUS if anonymous else DOMAIN
        return {
            "errorcode": code,
            "reset_time": f"{self.reset:%Y-%m-%dT%H:%M:%SZ}",
            "limit_time_unit": self.period,
            "call_limit": self.limit,
            "error": text,
        }


class Counters:
    """Calls so far; kept with the simulator."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._used: dict[tuple[str, str], tuple[datetime, int]] = {}

    def count(self, portal: Portal, limit: int, period: str, now: int) -> Allowance:
        """One more call."""
        reset = _end(datetime.fromtimestamp(now, UTC), period)
        with self._lock:
            until, used = self._used.get((portal.prefix, period), (reset, 0))
            used = used + 1 if until == reset else 1
            self._used[portal.prefix, period] = reset, used
        return Allowance(limit, used, period, reset)


def _end(moment: datetime, period: str) -> datetime:
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    if period == "day":
        return datetime.fromtimestamp(midnight.timestamp() + 86400, UTC)
    following = midnight.replace(day=28).timestamp() + 4 * 86400
    return datetime.fromtimestamp(following, UTC).replace(day=1)
