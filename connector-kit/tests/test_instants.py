"""Instants leave as UTC; the two 02:30 of October stay apart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from connector_kit import clock
from connector_kit.instants import to_utc, utc_text
from hypothesis import given
from hypothesis import strategies as st


@given(
    instant=st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1)).map(
        lambda naive: naive.replace(microsecond=0)
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
