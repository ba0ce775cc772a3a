"""The simulator's clock: the real time, or an instant that stands still until it is moved."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from simulator.model.grid import FIRST_SERVED_DAY
from simulator.paris import DAY


class ClockError(ValueError):
    """An instant that the simulator can't use; the message says why, for people."""


class Clock:
    """`now()` in UTC seconds."""

    def __init__(self, pinned: str | datetime | None = None) -> None:
        self._pinned: float | None = None
        if pinned:
            self.move_to(pinned)

    def now(self) -> int:
        return int(time.time() if self._pinned is None else self._pinned)

    def move_to(self, instant: str | datetime) -> None:
        """Stand still at this instant; a text without offset is UTC."""
        moment = instant if isinstance(instant, datetime) else _parse(instant)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        if moment.timestamp() < (FIRST_SERVED_DAY + 1) * DAY:
            raise ClockError(
                f"now is {moment.isoformat()}, but the simulated history begins on 2022-01-01: choose a later now"
            )
        self._pinned = moment.timestamp()

    def advance(self, seconds: float) -> None:
        """Stand still, that much later than now."""
        self._pinned = self.now() + seconds


def _parse(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise ClockError(f"'{text}' is not an instant: write it like 2026-11-21T12:00:00Z") from None
