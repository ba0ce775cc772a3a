"""Quotas that outlast a sync: calls (or weights) allowed per period, remembered in the state from one to the next."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any

from airbyte_cdk.models import FailureType

from connector_kit.http import QuotaUsedUp
from connector_kit.instants import utc_text

logger = logging.getLogger("airbyte")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)  # a midnight: from it, periods of the clock are counted

_TIMES = " x"  # between the instant and the weight, where that is more than 1


@dataclass(frozen=True)
class Allowance:
    """``calls`` (or weights) within each ``period``.

    ``by_clock``: counted from zero at each clock minute, hour or UTC day; else in any span of that length.
    """

    calls: int
    period: timedelta
    by_clock: bool = False

    def __str__(self) -> str:
        return f"{self.calls:,} calls in {self.period.total_seconds() / 60:.0f} minutes"


@dataclass(frozen=True, order=True)
class Call:
    """A call that was made: when, and how much it counts."""

    at: datetime
    weight: int = 1


class Quota:
    """The calls that were made lately, of those allowed. Threads may share it."""

    def __init__(
        self,
        allowances: Sequence[Allowance],
        who: str,
        now: Callable[[], datetime],
        *,
        longest_wait: float = 0.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """``who`` allows them; up to ``longest_wait`` seconds are waited for room, what is longer is not."""
        self._allowances = allowances
        self._who = who
        self._now = now
        self._longest_wait = longest_wait
        self._sleep = sleep
        self._lock = threading.Lock()
        self._calls: set[Call] = set()

    def remember(self, calls: Any) -> None:
        """Counts the calls of earlier syncs, as their state tells; none where somebody wrote into it what is none."""
        try:
            remembered = {_read(text) for text in calls}
        except (TypeError, ValueError, AttributeError) as problem:
            logger.warning(f"The calls of earlier syncs can't be read from the state ({problem}): they don't count.")
            return
        with self._lock:
            self._calls |= remembered

    def recent(self) -> list[str]:
        """The calls that still count, for the state."""
        with self._lock:
            return [_written(call) for call in sorted(self._counting(self._longest_period, self._now()))]

    def spend(self, weight: int = 1, share: float = 1.0) -> None:
        """Counts a call, after a wait where one is needed. Raises QuotaUsedUp where it would be too long.

        A call heavier than an allowance is made when all of that is free. ``share``: the part (0 to 1) of the
        allowances that it may use up, of those whose end is not waited for; the rest is left to other calls.
        """
        with self._lock:
            now = self._now()
            while wait := self._wait(weight, now, share):
                if wait[0] > self._longest_wait:
                    raise self._used_up(wait[1])
                logger.info(f"{self._who} allows {wait[1]}: waiting {wait[0]:.0f} s")
                self._sleep(wait[0])
                # A clock that stands still, as in tests, would never give room: the sleep counts all the same.
                now = max(self._now(), now + timedelta(seconds=wait[0]))
            while any(call.at == now for call in self._calls):
                now += timedelta(microseconds=1)
            self._calls = self._counting(self._longest_period, now) | {Call(now, weight)}

    @property
    def _longest_period(self) -> timedelta:
        return max(allowance.period for allowance in self._allowances)

    def _wait(self, weight: int, now: datetime, share: float) -> tuple[float, Allowance] | None:
        """Seconds until there is room, and the allowance that has none; None where there is room."""
        waits = [(seconds, a) for a in self._allowances if (seconds := self._wait_for(a, weight, now, share)) > 0]
        return max(waits, key=lambda wait: wait[0], default=None)

    def _wait_for(self, allowance: Allowance, weight: int, now: datetime, share: float) -> float:
        waited_for = allowance.period.total_seconds() <= self._longest_wait
        allowed = allowance.calls if waited_for else int(allowance.calls * share)
        room = allowed - min(weight, allowed)
        calls = sorted(self._counting(allowance.period, now))
        if allowance.by_clock:
            begun = now - (now - _EPOCH) % allowance.period
            used = sum(call.weight for call in calls if call.at >= begun)
            return (begun + allowance.period - now).total_seconds() if used > room else 0.0
        used, free_at = sum(call.weight for call in calls), now
        for call in calls:
            if used <= room:
                break
            used -= call.weight
            free_at = max(free_at, call.at + allowance.period)
        return float(ceil((free_at - now).total_seconds()))

    def _counting(self, period: timedelta, now: datetime) -> set[Call]:
        # One far ahead was written by a clock that was wrong.
        return {call for call in self._calls if abs(now - call.at) < period}

    def _used_up(self, allowance: Allowance) -> QuotaUsedUp:
        return QuotaUsedUp(
            message=f"{self._who} allows {allowance}, and they are used up.",
            internal_message="own count of calls",
            failure_type=FailureType.transient_error,
        )


def _read(text: str) -> Call:
    at, _, weight = text.partition(_TIMES)
    instant = datetime.fromisoformat(at)
    if instant.tzinfo is None:
        raise ValueError(f"{text!r} has no offset from UTC")
    return Call(instant, int(weight or 1))


def _written(call: Call) -> str:
    return utc_text(call.at) + (f"{_TIMES}{call.weight}" if call.weight != 1 else "")
