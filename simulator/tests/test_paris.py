"""The Paris clock on arrays agrees with Python's own time zones."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from simulator.model.calendar import easter, public_holidays

from simulator import paris

PARIS = ZoneInfo("Europe/Paris")
instants = st.integers(
    int(datetime(2001, 1, 1, tzinfo=UTC).timestamp()), int(datetime(2098, 1, 1, tzinfo=UTC).timestamp())
)
days = st.dates(date(2001, 1, 1), date(2097, 12, 31))


@given(instants)
def test_an_instant_is_written_as_python_writes_it(instant: int) -> None:
    assert paris.iso_one(instant) == datetime.fromtimestamp(instant, PARIS).isoformat()


@given(days)
def test_midnight_is_that_of_the_time_zone(day: date) -> None:
    expected = datetime(day.year, day.month, day.day, tzinfo=PARIS)
    assert paris.midnight(paris.day_number(day)) == expected.timestamp()


@given(days, st.integers(3 * 3600, 86399))
def test_a_clock_time_after_the_change_is_that_of_the_time_zone(day: date, second: int) -> None:
    instant = int(paris.at_local(np.array([paris.day_number(day)]), second)[0])
    hours, rest = divmod(second, 3600)
    assert datetime.fromtimestamp(instant, PARIS).replace(tzinfo=None) == datetime(
        day.year, day.month, day.day, hours, rest // 60, rest % 60
    )


def test_changes_tell_spring_from_autumn() -> None:
    year = paris.changes(
        paris.midnight(paris.day_number(date(2026, 1, 1))), paris.midnight(paris.day_number(date(2027, 1, 1)))
    )
    assert [(paris.iso_one(instant), spring) for instant, spring in year] == [
        ("2026-03-29T03:00:00+02:00", True),
        ("2026-10-25T02:00:00+01:00", False),
    ]


@pytest.mark.parametrize(
    "sunday", ["2023-04-09", "2024-03-31", "2025-04-20", "2026-04-05", "2027-03-28", "2028-04-16", "2049-04-18"]
)
def test_easter(sunday: str) -> None:
    assert easter(int(sunday[:4])) == date.fromisoformat(sunday)


def test_eleven_public_holidays() -> None:
    holidays = public_holidays(2026)
    assert len(set(holidays)) == 11
    assert {date(2026, 4, 6), date(2026, 5, 14), date(2026, 5, 25)} <= set(holidays)
