"""What a state tells of how far a stream was read, as laws."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from connector_kit.clock import PARIS
from connector_kit.instants import utc_text
from connector_kit.reach import Reach, remembered
from hypothesis import given
from hypothesis import strategies as st

DAYS = st.dates(date(2015, 1, 1), date(2027, 12, 31))
INSTANTS = st.datetimes(datetime(2015, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))
TODAY = date(2026, 11, 21)
HOUR = timedelta(hours=1)


@given(INSTANTS, DAYS, INSTANTS)
def test_what_is_remembered_is_what_the_next_sync_is_told(until: datetime, first_day: date, read_at: datetime) -> None:
    assert Reach.of(remembered("time", until, first_day, read_at), "time", "s") == Reach(until, first_day, read_at)


@given(st.none() | INSTANTS, st.none() | DAYS, DAYS, st.integers(0, 800))
def test_reading_begins_at_the_start_or_a_look_back_before_what_is_known(
    until: datetime | None, first_day: date | None, start: date, look_back: int
) -> None:
    begin = Reach(until, first_day).begins(start, look_back, TODAY)
    assert begin >= start
    if until is None or (first_day and first_day > start):
        assert begin == start
    else:
        known = min(until.astimezone(PARIS).date(), TODAY)
        assert begin == max(start, known - timedelta(days=look_back))


@given(st.none() | INSTANTS, st.none() | DAYS, DAYS)
def test_no_day_between_the_known_first_day_and_the_end_is_ever_missing(
    until: datetime | None, first_day: date | None, start: date
) -> None:
    """What the next state calls known has been read, now or before: it never reaches over days left out."""
    reach = Reach(until, first_day)
    known = reach.known_then(start)
    assert known <= start
    if reach.left_out(start):
        assert known == start
    elif until and known < start:
        assert first_day == known
        assert reach.until_day is not None
        assert reach.until_day >= start


def test_days_are_those_of_the_zone() -> None:
    late_evening = {"time": "2026-11-20T23:30:00Z"}
    assert Reach.of(late_evening, "time", "s").until_day == date(2026, 11, 21)
    assert Reach.of(late_evening, "time", "s", zone=UTC).until_day == date(2026, 11, 20)


@given(INSTANTS, st.timedeltas(timedelta(days=-400), timedelta(days=400)))
def test_a_stream_is_left_alone_only_for_a_while_after_a_read(read_at: datetime, since: timedelta) -> None:
    due = Reach(read_at, TODAY, read_at).due(read_at + since, HOUR, TODAY)
    assert due == (since < timedelta() or since >= HOUR)


def test_an_earlier_start_is_read_at_once() -> None:
    now = datetime(2026, 11, 21, 12, tzinfo=UTC)
    reach = Reach(now, date(2026, 1, 1), now)
    assert not reach.due(now + timedelta(minutes=1), HOUR, date(2026, 1, 1))
    assert reach.due(now + timedelta(minutes=1), HOUR, date(2025, 12, 31))


@pytest.mark.parametrize("written", [{"time": "x"}, {"read_at": "2026-11-19"}, {"time": 5}, {"first_day": "someday"}])
def test_a_state_that_nobody_can_read_is_no_state(written: dict[str, Any], caplog: pytest.LogCaptureFixture) -> None:
    good = remembered("time", datetime(2026, 11, 20, tzinfo=UTC), TODAY, None)
    assert Reach.of({**good, **written}, "time", "load") == Reach()
    assert "load: its state can't be read" in caplog.text


def test_the_state_is_in_utc() -> None:
    midnight = datetime(2026, 7, 1, tzinfo=PARIS)
    assert remembered("time", midnight, TODAY, None) == {"time": utc_text(midnight), "first_day": "2026-11-21"}
