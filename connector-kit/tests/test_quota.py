"""Quotas: no span of time ever holds more calls than are allowed, and what is spent outlasts a sync."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from connector_kit.http import QuotaUsedUp
from connector_kit.quota import Allowance, Quota
from hypothesis import given
from hypothesis import strategies as st

START = datetime(2026, 11, 21, 12, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
A_MINUTE, AN_HOUR = Allowance(10, MINUTE), Allowance(25, HOUR)


class Clock:
    """A clock that goes on when somebody sleeps."""

    def __init__(self) -> None:
        self.now, self.slept = START, 0.0

    def __call__(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.slept += seconds


def quota(clock: Clock, *allowances: Allowance, longest_wait: float = 0.0) -> Quota:
    return Quota(allowances, "The service", clock, longest_wait=longest_wait, sleep=clock.sleep)


@given(st.lists(st.tuples(st.integers(1, 12), st.integers(0, 90)), max_size=30))
def test_no_span_holds_more_than_is_allowed(calls: list[tuple[int, int]]) -> None:
    clock = Clock()
    spending = quota(clock, A_MINUTE, AN_HOUR, longest_wait=1e9)
    made: list[tuple[datetime, int]] = []
    for weight, pause in calls:
        spending.spend(weight)
        made.append((clock.now, min(weight, A_MINUTE.calls)))
        clock.now += timedelta(seconds=pause)
    for allowance in (A_MINUTE, AN_HOUR):
        for at, _ in made:
            span = [weight for when, weight in made if at <= when < at + allowance.period - timedelta(seconds=1)]
            assert sum(span) <= allowance.calls


def test_a_wait_that_is_too_long_is_not_waited_for() -> None:
    clock = Clock()
    spending = quota(clock, A_MINUTE, AN_HOUR, longest_wait=60)
    for _ in range(25):
        spending.spend()
    assert 0 < clock.slept <= 2 * 61  # whole seconds, rounded up
    with pytest.raises(QuotaUsedUp, match="The service allows 25 calls in 60 minutes"):
        spending.spend()


def test_what_was_spent_is_remembered_in_the_next_sync() -> None:
    clock = Clock()
    first = quota(clock, A_MINUTE)
    first.spend(9)
    first.spend()
    second = quota(clock, A_MINUTE)
    second.remember(first.recent())
    with pytest.raises(QuotaUsedUp):
        second.spend()
    clock.now += MINUTE + timedelta(seconds=1)
    assert second.recent() == []
    second.spend(10)
    assert [text.partition(" x")[2] for text in second.recent()] == ["10"]


def test_a_call_heavier_than_all_that_is_allowed_is_made_when_all_is_free() -> None:
    clock = Clock()
    spending = quota(clock, A_MINUTE)
    spending.spend(1_000)
    with pytest.raises(QuotaUsedUp):
        spending.spend()
    clock.now += MINUTE + timedelta(seconds=1)
    spending.spend()


def test_calls_of_a_clock_that_was_wrong_do_not_count() -> None:
    clock = Clock()
    spending = quota(clock, Allowance(1, MINUTE))
    spending.remember(["2030-01-01T00:00:00Z"])
    spending.spend()


def test_a_clock_that_stands_still_does_not_wait_for_ever() -> None:
    waits: list[float] = []
    spending = Quota([A_MINUTE], "The service", lambda: START, longest_wait=60, sleep=waits.append)
    for _ in range(12):
        spending.spend()
    assert waits


@given(st.lists(st.tuples(st.integers(1, 12), st.integers(0, 90)), max_size=30), st.integers(0, 59))
def test_no_period_of_the_clock_holds_more_than_is_allowed(calls: list[tuple[int, int]], second: int) -> None:
    clock = Clock()
    clock.now += timedelta(seconds=second)
    allowances = [Allowance(10, MINUTE, by_clock=True), Allowance(25, HOUR, by_clock=True)]
    spending = quota(clock, *allowances, longest_wait=1e9)
    used: dict[tuple[timedelta, datetime], int] = {}
    for weight, pause in calls:
        before = clock.slept
        spending.spend(weight)
        for allowance in allowances:
            begun = clock.now - (clock.now - datetime.min.replace(tzinfo=UTC)) % allowance.period
            used[allowance.period, begun] = used.get((allowance.period, begun), 0) + min(weight, 10)
            assert used[allowance.period, begun] <= allowance.calls
        # After a wait, a period of the clock has just begun.
        assert clock.slept == before or clock.now.second == 0
        clock.now += timedelta(seconds=pause)


def test_a_part_of_what_is_not_waited_for_is_left_to_others() -> None:
    clock = Clock()
    spending = quota(clock, A_MINUTE, AN_HOUR, longest_wait=60)
    for _ in range(20):
        spending.spend(share=0.8)
    with pytest.raises(QuotaUsedUp):
        spending.spend(share=0.8)
    for _ in range(5):
        spending.spend()
    with pytest.raises(QuotaUsedUp):
        spending.spend()


@pytest.mark.parametrize("written", [["x"], 5, [5], ["2026-11-21T12:00:00"], ["2026-11-21T12:00:00Z xx"]])
def test_calls_that_nobody_can_read_are_none(written: object, caplog: pytest.LogCaptureFixture) -> None:
    spending = quota(Clock(), Allowance(1, MINUTE))
    spending.remember(written)
    spending.spend()
    assert "can't be read from the state" in caplog.text
