"""Pages are fetched ahead, and leave in order."""

from __future__ import annotations

import threading

import pytest
from connector_kit.prefetch import prefetch
from hypothesis import given
from hypothesis import strategies as st


@given(jobs=st.lists(st.integers(), max_size=30), depth=st.integers(1, 5))
def test_results_leave_in_the_order_of_the_jobs(jobs: list[int], depth: int) -> None:
    assert list(prefetch(jobs, lambda job: job * 2, depth=depth)) == [(job, job * 2) for job in jobs]


def test_the_next_pages_are_fetched_while_the_first_is_awaited() -> None:
    begun = [threading.Event() for _ in range(3)]

    def fetch(job: int) -> int:
        begun[job].set()
        if job == 0:
            assert begun[2].wait(10), "nothing was fetched ahead"
        return job

    assert [result for _, result in prefetch(range(3), fetch, depth=3)] == [0, 1, 2]


def test_a_failure_is_raised_in_its_turn_and_stops_what_was_not_begun() -> None:
    begun: list[int] = []

    def fetch(job: int) -> int:
        begun.append(job)
        if job == 2:
            raise RuntimeError("page 2 is broken")
        return job

    seen = []
    with pytest.raises(RuntimeError, match="page 2"):
        for _, result in prefetch(range(100), fetch, depth=2):
            seen.append(result)
    assert seen == [0, 1]
    assert len(begun) <= 5
