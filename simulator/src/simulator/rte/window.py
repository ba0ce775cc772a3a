"""Windows of time as RTE reads them: whole Paris days, between a shortest and a longest, not too far ahead."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.datastructures import QueryParams

from simulator import paris
from simulator.model.grid import FIRST_SERVED_DAY, Grid
from simulator.paris import DAY
from simulator.rte.errors import FunctionalError

_FORMAT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")


@dataclass(frozen=True)
class Window:
    """Paris days from `first` to `last` (excluded), as day numbers."""

    first: int
    last: int

    @property
    def begin(self) -> str:
        return paris.iso_one(paris.midnight(self.first))

    @property
    def end(self) -> str:
        return paris.iso_one(paris.midnight(self.last))

    @property
    def served_days(self) -> range:
        """Its days that the simulated history holds."""
        return range(min(max(self.first, FIRST_SERVED_DAY), self.last), self.last)

    def quarters(self, grid: Grid) -> tuple[int, int]:
        """Indices of its served quarter-hours."""
        days = self.served_days
        return grid.quarter_index(paris.midnight(days.start)), grid.quarter_index(paris.midnight(days.stop))


def parse(params: QueryParams, now: int, longest_days: int, ahead_days: int) -> Window | None:
    """The window asked for, or None where neither bound is given.

    `ahead_days`: how many days after today `end_date` may lie. Only days that lie wholly between the bounds are
    answered, so a window off midnight loses days without a word. Raises FunctionalError F01 to F06. A single day
    of 23 hours counts as shorter than a day, as it does for RTE.
    """
    asked = bounds(params)
    if asked is None:
        return None
    start, end = asked
    if end - start < timedelta(days=1):
        raise FunctionalError("F05")
    begin, finish = int(start.timestamp()), int(end.timestamp())
    if _local_seconds(finish) - _local_seconds(begin) > longest_days * DAY:
        raise FunctionalError("F03")
    if finish > paris.midnight(paris.local_day(now) + ahead_days):
        raise FunctionalError("F04")
    last = paris.local_day(finish)
    first = paris.local_day(begin - 1) + 1
    return Window(min(first, last), last)


def bounds(params: QueryParams) -> tuple[datetime, datetime] | None:
    """Both bounds as they are asked, or None where neither is. Raises FunctionalError F01, F02, F06."""
    texts = [params.get("start_date"), params.get("end_date")]
    if not any(texts):
        return None
    if not all(texts):
        raise FunctionalError("F01")
    start, end = (instant(text or "") for text in texts)
    if start > end:
        raise FunctionalError("F02")
    return start, end


def enumerated(params: QueryParams, name: str, allowed: Sequence[str]) -> list[str]:
    """The values of a list parameter in the order of `allowed`; none where it is absent. Raises FunctionalError F07."""
    wanted = {part for text in params.getlist(name) for part in text.split(",")}
    if wanted - set(allowed):
        raise FunctionalError("F07")
    return [value for value in allowed if value in wanted]


def instant(text: str) -> datetime:
    """An instant as RTE wants it written. Raises FunctionalError F06."""
    if not _FORMAT.fullmatch(text):
        raise FunctionalError("F06")
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise FunctionalError("F06") from None


def _local_seconds(instant: int) -> int:
    """Seconds on the Paris clock, so that a window's length does not depend on clock changes."""
    return instant + paris.offset_at(instant)
