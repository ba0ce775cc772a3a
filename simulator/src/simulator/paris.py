"""The Paris clock on whole arrays of instants.

Instants are int64 UTC seconds; days are int64 counts since 1970-01-01. Clock changes follow the European rule
(last Sunday of March and October, 01:00 UTC).
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

HOUR = 3600
DAY = 86400


def last_sunday(year: int, month: int) -> date:
    """The last Sunday of March or October, the two months of the clock changes (both have 31 days)."""
    last = date(year, month, 31)
    return last - timedelta(days=(last.weekday() + 1) % 7)


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - date(1970, 1, 1).toordinal()


def day_of(number: int) -> date:
    """The date of a day number."""
    return date.fromordinal(number + date(1970, 1, 1).toordinal())


def _changes() -> Ints:
    days = [day_number(last_sunday(year, month)) for year in range(2000, 2100) for month in (3, 10)]
    return np.array(days, dtype=np.int64) * DAY + HOUR


_CHANGES = _changes()


def offset(instants: Ints) -> Ints:
    """Seconds that the Paris clock is ahead of UTC: 3600 in winter, 7200 in summer."""
    summer = np.searchsorted(_CHANGES, instants, side="right") % 2 == 1
    return np.where(summer, 2 * HOUR, HOUR).astype(np.int64)


def offset_at(instant: int) -> int:
    """`offset` of one instant."""
    return int(offset(np.array([instant], dtype=np.int64))[0])


def changes(begin: int, end: int) -> list[tuple[int, bool]]:
    """Clock changes from `begin` to `end` (excluded): their instants, and whether it is the spring one."""
    first, last = np.searchsorted(_CHANGES, [begin, end])
    return [(int(_CHANGES[number]), number % 2 == 0) for number in range(first, last)]


def local_days(instants: Ints) -> Ints:
    """Day number on the Paris clock."""
    return np.asarray((instants + offset(instants)) // DAY, dtype=np.int64)


def at_local(days: Ints, second_of_day: int = 0) -> Ints:
    """The instant at which the Paris clock shows this second of these days (not between 02:00 and 03:00)."""
    naive = days * DAY + second_of_day
    return np.asarray(naive - offset(naive - HOUR), dtype=np.int64)


def midnight(day: int) -> int:
    """The instant at which this Paris day begins."""
    return int(at_local(np.array([day], dtype=np.int64))[0])


def local_day(instant: int) -> int:
    """Day number on the Paris clock of one instant."""
    return int(local_days(np.array([instant], dtype=np.int64))[0])


def iso(instants: Ints) -> list[str]:
    """Texts such as `2026-01-31T00:15:00+01:00`, the way RTE writes instants."""
    ahead = offset(instants)
    clock = np.datetime_as_string((instants + ahead).astype("M8[s]"))
    suffix = np.where(ahead == HOUR, "+01:00", "+02:00")
    texts: list[str] = np.strings.add(clock, suffix).tolist()
    return texts


def iso_one(instant: int) -> str:
    """One instant as RTE writes it."""
    return iso(np.array([instant], dtype=np.int64))[0]
