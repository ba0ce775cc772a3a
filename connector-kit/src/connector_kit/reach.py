"""How far a stream has been read, as its state remembers it: what to read next, what to remember then. No I/O."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from connector_kit.clock import PARIS
from connector_kit.instants import utc_text

logger = logging.getLogger("airbyte")

FIRST_DAY, READ_AT = "first_day", "read_at"


@dataclass(frozen=True)
class Reach:
    """What a state tells.

    - ``until``: all before this instant has been read; the look-back goes on from it
    - ``first_day``: where reading once began, so that an earlier start is noticed and read from anew
    - ``read_at``: when the stream was last read to its end; before something new can be expected it is left alone

    Days are those of ``zone``.
    """

    until: datetime | None = None
    first_day: date | None = None
    read_at: datetime | None = None
    zone: tzinfo = PARIS

    @classmethod
    def of(cls, state: Mapping[str, Any], cursor: str, stream: str, zone: tzinfo = PARIS) -> Reach:
        """The reach that ``state`` tells under ``cursor``; none where somebody wrote into it what is no time."""
        try:
            first_day = state.get(FIRST_DAY)
            return cls(
                _instant(state.get(cursor)),
                date.fromisoformat(first_day) if first_day is not None else None,
                _instant(state.get(READ_AT)),
                zone,
            )
        except (TypeError, ValueError) as problem:
            logger.warning(f"{stream}: its state can't be read ({problem}): it is read from its start.")
            return cls(zone=zone)

    @property
    def until_day(self) -> date | None:
        """The first day that is not read to its end, or None where nothing is."""
        return self.until.astimezone(self.zone).date() if self.until else None

    def begins(self, start_day: date, look_back_days: int, today: date) -> date:
        """The first day to read: the start, or the state's less the look-back where the state has all from there on."""
        read_until = self.until_day
        if read_until is None or self.reads_anew(start_day):
            return start_day
        return max(start_day, min(read_until, today) - timedelta(days=look_back_days))

    def reads_anew(self, start_day: date) -> bool:
        """Whether the start lies before all that was ever read."""
        return self.first_day is not None and self.first_day > start_day

    def due(self, now: datetime, read_every: timedelta, start_day: date) -> bool:
        """Whether something new can be expected, or something is still to be read."""
        if self.read_at is None or self.reads_anew(start_day):
            return True
        # A time to come was written by a clock that was wrong.
        return not timedelta() <= now - self.read_at < read_every

    def known_then(self, start_day: date) -> date:
        """The day from which the next state has all: the start, or one before it from which nothing is missing."""
        if self.until_day is None or self.until_day < start_day:
            return start_day
        return min(self.first_day or start_day, start_day)

    def left_out(self, start_day: date) -> str:
        """The days that a later start leaves unread, '' where there are none."""
        if self.until_day is None or self.until_day >= start_day:
            return ""
        return f"{self.until_day} to {start_day - timedelta(days=1)}"


def remembered(cursor: str, until: datetime | None, first_day: date, read_at: datetime | None) -> dict[str, Any]:
    """The state that :meth:`Reach.of` reads."""
    instants = {cursor: until, READ_AT: read_at}
    return {FIRST_DAY: first_day.isoformat(), **{name: utc_text(at) for name, at in instants.items() if at}}


def _instant(text: Any) -> datetime | None:
    if text is None:
        return None
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"{text!r} has no offset from UTC")
    return instant
