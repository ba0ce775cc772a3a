"""The budget keeps to its limits; a call heavier than all of it is let through as all of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from connector_kit.budget import RateBudget


def test_calls_beyond_the_limit_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []

    class Waited(Exception):
        pass

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        raise Waited

    monkeypatch.setattr("airbyte_cdk.sources.streams.call_rate.time.sleep", sleep)
    budget = RateBudget({timedelta(minutes=1): 3})
    budget.spend(2)
    budget.spend()
    assert waits == []
    with pytest.raises(Waited):
        budget.spend()
    assert 0 < waits[0] <= 60


def test_a_call_heavier_than_the_budget_is_not_refused_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr("airbyte_cdk.sources.streams.call_rate.time.sleep", waits.append)
    RateBudget({timedelta(minutes=1): 5}).spend(1000)
    assert waits == []
