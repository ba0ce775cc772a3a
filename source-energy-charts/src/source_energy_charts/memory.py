"""What the state of a scope tells beside its reach: when it was reviewed, when it failed, what is missing. No I/O."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from connector_kit.instants import utc_text
from connector_kit.windows import Window

logger = logging.getLogger("airbyte")

INSTANTS = ("reviewed_at", "failed_at", "data_until")
GAPS = "gaps"
# What a country has not published by then is taken for missing: one without data would else be asked from its start at
# every sync. So long is a hole in its history asked for again, too.
PATIENCE = timedelta(days=25)
# Of one scope: each is a call a day.
MOST_GAPS = 6


@dataclass(frozen=True)
class Gap:
    """A window of the history that had nothing, or ended early, and when that was first seen."""

    start_day: date
    end_day: date  # not included
    seen: datetime

    @classmethod
    def of(cls, saved: Mapping[str, str]) -> Gap:
        start_day, end_day = date.fromisoformat(saved["start_day"]), date.fromisoformat(saved["end_day"])
        Window(start_day, end_day)  # raises ValueError where it has no day
        seen = _instant(saved["seen"])
        if seen is None:
            raise ValueError("a gap without a time")
        return cls(start_day, end_day, seen)

    @property
    def window(self) -> Window:
        return Window(self.start_day, self.end_day)

    def as_state(self) -> dict[str, str]:
        return {"start_day": str(self.start_day), "end_day": str(self.end_day), "seen": utc_text(self.seen)}


@dataclass(frozen=True)
class Memory:
    """Of one scope.

    - ``reviewed_at``: when its last month was last read again
    - ``failed_at``: when it last failed, if it has not been read since
    - ``data_until``: the end of the newest value that was ever seen
    - ``gaps``: see :class:`Gap`, in the order of time
    """

    reviewed_at: datetime | None = None
    failed_at: datetime | None = None
    data_until: datetime | None = None
    gaps: Sequence[Gap] = ()

    @classmethod
    def of(cls, state: Mapping[str, Any], whose: str) -> Memory:
        """What a state tells; nothing where somebody wrote something else into it."""
        try:
            reviewed_at, failed_at, data_until = (_instant(state.get(name)) for name in INSTANTS)
            return cls(reviewed_at, failed_at, data_until, [Gap.of(saved) for saved in state.get(GAPS) or []])
        except (TypeError, ValueError, KeyError, AttributeError) as problem:
            logger.warning(f"{whose}: its state can't be read whole ({problem}): its last month is read again.")
            return cls()

    def as_state(self) -> dict[str, Any]:
        instants = dict(zip(INSTANTS, (self.reviewed_at, self.failed_at, self.data_until), strict=True))
        gaps = {GAPS: [gap.as_state() for gap in self.gaps]} if self.gaps else {}
        return {**{name: utc_text(at) for name, at in instants.items() if at}, **gaps}

    def gaps_to_ask(self, now: datetime) -> list[Gap]:
        """The gaps that have data behind them and have not been asked for long enough."""
        return [gap for gap in self.gaps if self._has_data_behind(gap) and now - gap.seen < PATIENCE]

    def gaps_then(self, window: Window, missing: bool, now: datetime) -> Sequence[Gap]:
        """The gaps after a window has been read: with it or without it, the newest ones."""
        others = [gap for gap in self.gaps if gap.window != window and now - gap.seen < PATIENCE]
        if missing:
            seen = next((gap.seen for gap in self.gaps if gap.window == window), now)
            others.append(Gap(window.start_day, window.end_day, seen))
        return sorted(others, key=lambda gap: gap.start_day)[-MOST_GAPS:]

    def _has_data_behind(self, gap: Gap) -> bool:
        return self.data_until is not None and self.data_until > gap.window.end_at


def _instant(text: Any) -> datetime | None:
    if text is None:
        return None
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"{text!r} has no offset from UTC")
    return instant
