"""Instants leave as UTC; the two 02:30 of October stay apart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from connector_kit import clock
from connector_kit.instants import Instants, to_utc, utc_text
from hypothesis import given
from hypothesis import strategies as st


@given(
    instant=st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1)).map(
        lambda naive: naive.replace(microsecond=naive.microsecond // 1000 * 1000)
    ),
    offset=st.integers(-12 * 60, 14 * 60),
)
def test_any_offset_gives_the_same_instant_in_utc(instant: datetime, offset: int) -> None:
    aware = instant.replace(tzinfo=UTC)
    local = aware.astimezone(timezone(timedelta(minutes=offset)))
    assert to_utc(local.isoformat()) == utc_text(aware)
    assert datetime.fromisoformat(to_utc(local.isoformat())) == aware


def test_the_repeated_hour_of_october_stays_two_instants() -> None:
    assert to_utc("2026-10-25T02:30:00+02:00") == "2026-10-25T00:30:00Z"
    assert to_utc("2026-10-25T02:30:00+01:00") == "2026-10-25T01:30:00Z"


def test_the_last_day_of_the_calendar_is_an_instant_too() -> None:
    assert to_utc("9999-12-31T00:00:00Z") == "9999-12-31T00:00:00Z"
    assert to_utc("9999-12-31T00:30:00+01:00") == "9999-12-30T23:30:00Z"


@pytest.mark.parametrize("text", ["2026-02-30T00:00:00Z", "2026-01-01T25:00:00Z", "soon", ""])
def test_what_is_no_instant_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"day|hour|isoformat|month"):
        to_utc(text)


def test_a_table_of_instants_fills_itself() -> None:
    table = Instants()
    assert [table["2026-10-25T02:30:00+02:00"] for _ in range(2)] == ["2026-10-25T00:30:00Z"] * 2
    assert list(table) == ["2026-10-25T02:30:00+02:00"]


def test_a_label_without_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="no offset"):
        to_utc("2026-10-25T02:30:00")


def test_the_clock_can_be_pinned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEXAWATT_NOW", "2026-03-29T00:30:00+02:00")
    assert clock.now() == datetime(2026, 3, 28, 22, 30, tzinfo=UTC)
    assert clock.paris_today().isoformat() == "2026-03-28"
    monkeypatch.setenv("HEXAWATT_NOW", "2026-03-29T00:30:00")
    with pytest.raises(ValueError, match="no offset"):
        clock.now()
