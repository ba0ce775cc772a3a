"""The late labels of the spring clock change.

Some of RTE's forecasts jump over 03:00+02:00 on the day of 23 hours: the interval that ends there is followed by
one labelled 04:00+02:00, every later label is an hour late, and the last ones stand in the next day, outside their
block (wind D-1 of 2019-03-31 in production). Left alone, they would overwrite the first hour of the next day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from connector_kit.instants import utc_text
from connector_kit.windows import paris_midnight

HOUR = timedelta(hours=1)


def repaired(block: Mapping[str, Any], values: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """``values``, with the true instants added as ``start_at``/``end_at`` to those whose labels are late.

    The labels stay as RTE wrote them. Values are left as they are unless both signs are there: the gap of one hour
    right at the clock change, and labels that run past their day (into the next one, or out of the block).
    """
    if not _spans_spring_change(block):
        return values
    starts = [datetime.fromisoformat(value["start_date"]) for value in values]
    first = _first_after_gap(starts)
    if first is None:
        return values
    stop = _end_of_late_run(starts, first, datetime.fromisoformat(block["end_date"]))
    if stop is None:
        return values  # an hour is missing, and the labels after it are right
    return [*values[:first], *[_an_hour_earlier(value) for value in values[first:stop]], *values[stop:]]


def _spans_spring_change(block: Mapping[str, Any]) -> bool:
    start, end = block.get("start_date"), block.get("end_date")
    return isinstance(start, str) and isinstance(end, str) and start.endswith("+01:00") and end.endswith("+02:00")


def _first_after_gap(starts: Sequence[datetime]) -> int | None:
    """Index of the value labelled an hour after the change where the one before is still in winter time."""
    for index in range(1, len(starts)):
        before, after = starts[index - 1], starts[index]
        if before.utcoffset() != after.utcoffset():
            # In local clocks the regular step is from 01:xx+01:00 to 03:00+02:00.
            return index if (after.hour, after.minute) == (4, 0) else None
    return None


def _end_of_late_run(starts: Sequence[datetime], first: int, block_end: datetime) -> int | None:
    """Index after the last late value, or None where no label runs past its day.

    Late labels run into the next day and fold back there to its own right ones, or run out of the block. A row that
    RTE repeats within the day is no fold.
    """
    midnight = paris_midnight(starts[first].date() + timedelta(days=1))
    for index in range(first + 1, len(starts)):
        if midnight <= starts[index - 1] and starts[index] <= starts[index - 1]:
            return index
        if starts[index] >= midnight + HOUR:
            return None
    return len(starts) if starts[-1] >= block_end else None


def _an_hour_earlier(value: Mapping[str, Any]) -> Mapping[str, Any]:
    start, end = (datetime.fromisoformat(value[bound]).astimezone(UTC) - HOUR for bound in ("start_date", "end_date"))
    return {**value, "start_at": utc_text(start), "end_at": utc_text(end)}
