"""Windows are laws of time: they tile it, honour the API's limits, and stand on Paris midnights."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta

import pytest
from connector_kit.windows import Window, paris_midnight, tile
from hypothesis import given
from hypothesis import strategies as st

DAYS = st.dates(min_value=date(2012, 1, 1), max_value=date(2030, 12, 31))
SPRING_DAY = date(2026, 3, 29)
AUTUMN_DAY = date(2026, 10, 25)


@given(start=DAYS, length=st.integers(0, 800), longest=st.integers(2, 200), shortest=st.integers(1, 3))
def test_windows_tile_time_and_honour_both_limits(start: date, length: int, longest: int, shortest: int) -> None:
    longest = max(longest, 2 * shortest)
    end = start + timedelta(days=length)
    windows = tile(start, end, longest_days=longest, shortest_days=shortest)
    if not length:
        assert windows == []
        return
    assert windows[-1].end_day == end
    assert windows[0].start_day <= start
    for before, after in itertools.pairwise(windows):
        assert before.end_day == after.start_day
    for window in windows:
        assert window.elapsed >= timedelta(days=shortest)
        assert window.days <= longest or len(windows) == 1
    if windows[0].start_day < start:
        assert len(windows) == 1, "only a span too short to ask for begins earlier"


@given(day=DAYS)
def test_bounds_are_paris_midnights_with_the_offset_valid_at_each(day: date) -> None:
    bound = paris_midnight(day)
    assert (bound.hour, bound.minute, bound.date()) == (0, 0, day)
    back = bound.astimezone(UTC).astimezone(bound.tzinfo)
    assert back.isoformat() == bound.isoformat()


def test_each_bound_has_its_own_offset_across_the_spring_change() -> None:
    window = Window(date(2026, 3, 28), date(2026, 3, 30))
    assert window.start_at.isoformat() == "2026-03-28T00:00:00+01:00"
    assert window.end_at.isoformat() == "2026-03-30T00:00:00+02:00"


@pytest.mark.parametrize(("day", "hours"), [(SPRING_DAY, 23), (AUTUMN_DAY, 25), (date(2026, 6, 1), 24)])
def test_a_day_lasts_23_24_or_25_hours(day: date, hours: int) -> None:
    assert Window(day, day + timedelta(days=1)).elapsed == timedelta(hours=hours)


def test_the_spring_day_is_never_asked_for_alone() -> None:
    (only,) = tile(SPRING_DAY, SPRING_DAY + timedelta(days=1), longest_days=90)
    assert only == Window(SPRING_DAY - timedelta(days=1), SPRING_DAY + timedelta(days=1))
    *_, last = tile(SPRING_DAY - timedelta(days=4), SPRING_DAY + timedelta(days=1), longest_days=2)
    assert last.days == 2


def test_limits_that_cannot_tile_are_refused() -> None:
    with pytest.raises(ValueError, match="can't tile"):
        tile(date(2026, 1, 1), date(2026, 2, 1), longest_days=1, shortest_days=1)


@given(start=DAYS, length=st.integers(1, 400), shortest=st.integers(1, 3))
def test_halves_tile_the_window_or_are_refused(start: date, length: int, shortest: int) -> None:
    window = Window(start, start + timedelta(days=length))
    halves = window.halves(shortest)
    if halves is None:
        assert length < 2 * shortest + 2
        return
    first, second = halves
    assert (first.start_day, first.end_day, second.end_day) == (window.start_day, second.start_day, window.end_day)
    assert first.lasts(shortest)
    assert second.lasts(shortest)


def test_an_empty_window_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one day"):
        Window(date(2026, 1, 1), date(2026, 1, 1))


@given(instant=st.datetimes(min_value=datetime(2012, 1, 1), max_value=datetime(2030, 1, 1)), cut=DAYS)
def test_clipping_keeps_what_is_before_the_cut(instant: datetime, cut: date) -> None:
    window = Window(instant.date(), instant.date() + timedelta(days=30))
    clipped = window.clipped(cut)
    if clipped is None:
        assert cut <= window.start_day
    else:
        assert clipped.start_day == window.start_day
        assert clipped.end_day == min(window.end_day, cut)
