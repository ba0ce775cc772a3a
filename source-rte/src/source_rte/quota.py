"""Quotas that outlast a sync: calls allowed per period, remembered in the state from one sync to the next."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from airbyte_cdk.models import FailureType
from connector_kit.http import QuotaUsedUp
from connector_kit.instants import utc_text


@dataclass(frozen=True)
class Allowance:
    """``calls`` within each ``period``."""

    calls: int
    period: timedelta

    def __str__(self) -> str:
        return f"{self.calls} calls in {self.period.total_seconds() / 60:.0f} minutes"


class Quota:
    """The calls that one API's streams have made lately, of those allowed."""

    def __init__(self, allowance: Allowance, now: Callable[[], datetime]) -> None:
        self._allowance = allowance
        self._now = now
        self._calls: set[datetime] = set()

    def remember(self, calls: Iterable[str]) -> None:
        """Counts the calls of earlier syncs, as their state tells."""
        self._calls |= {datetime.fromisoformat(text) for text in calls}

    def recent(self) -> list[str]:
        """The calls that still count, for the state."""
        return [utc_text(call) for call in sorted(self._counting())]

    def spend(self) -> None:
        """Counts a call. Raises QuotaUsedUp where there is none left."""
        counting = self._counting()
        if len(counting) >= self._allowance.calls:
            raise QuotaUsedUp(
                message=f"RTE allows {self._allowance}, and they are used up.",
                internal_message="own count of calls",
                failure_type=FailureType.transient_error,
            )
        at = self._now()
        while at in counting:  # a clock that stands still, as in tests
            at += timedelta(microseconds=1)
        self._calls = counting | {at}

    def _counting(self) -> set[datetime]:
        # One far ahead was written by a clock that was wrong.
        return {call for call in self._calls if abs(self._now() - call) < self._allowance.period}
