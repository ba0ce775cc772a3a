"""Which windows a sync reads: all at first, then what is new or may be revised."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any, cast

import pytest
from connector_kit.clock import paris_today
from connector_kit.http import Refusal, SplitRequestWindow
from connector_kit.instants import utc_text
from connector_kit.reach import Reach
from connector_kit.streams import Page
from connector_kit.windows import Window, paris_midnight
from hypothesis import given, settings
from hypothesis import strategies as st
from source_rte.api import Answered, RteApi
from source_rte.periods import ONE_DAY_OF_INSTANTS, Period
from source_rte.resource import Resource
from source_rte.resources import RESOURCES
from source_rte.stream import RteStream

TODAY = date(2026, 11, 21)
WITH_HISTORY = [resource for resource in RESOURCES if resource.period]
SHORT_TERM = WITH_HISTORY[0]


def stream(resource: Resource, start_day: date = date(2024, 1, 1), **options: Any) -> RteStream:
    return RteStream(resource, RteApi(("id", "secret")), start_day, **options)


def windows(reading: RteStream, state: dict[str, str]) -> list[Window]:
    return reading.windows(period(reading.resource), Reach.of(state, "start_date", reading.resource.stream), TODAY)


def period(resource: Resource) -> Period:
    assert resource.period
    return resource.period


def state_after(day: date) -> dict[str, str]:
    return {"start_date": paris_midnight(day).isoformat()}


def end(resource: Resource) -> date:
    """The first day that is not asked for."""
    return max(period(resource).limit(TODAY, part.look_ahead_days) for part in resource.parts)


@pytest.mark.parametrize("resource", WITH_HISTORY, ids=lambda resource: resource.stream)
@settings(deadline=None, max_examples=20)
@given(start=st.dates(date(2021, 1, 1), TODAY))
def test_a_first_sync_reads_every_day_that_the_resource_has(resource: Resource, start: date) -> None:
    tiled = windows(stream(resource, start), {})
    begin = max(start, resource.first_day or start)
    if begin < end(resource):
        assert tiled[0].start_day <= begin
        assert tiled[-1].end_day == end(resource)
    assert all(before.end_day == after.start_day for before, after in pairwise(tiled))
    assert all(window.days <= period(resource).longest_days for window in tiled)
    assert all(window.lasts(period(resource).shortest_days) for window in tiled)


@pytest.mark.parametrize("resource", WITH_HISTORY, ids=lambda resource: resource.stream)
def test_the_next_sync_reads_only_what_is_new_or_may_be_revised(resource: Resource) -> None:
    tiled = windows(stream(resource), state_after(TODAY))
    oldest = TODAY - timedelta(days=resource.look_back_days)
    assert period(resource).starts(oldest) - timedelta(days=1) <= tiled[0].start_day <= oldest
    assert tiled[-1].end_day == end(resource)


def test_a_sync_after_a_long_pause_misses_no_day() -> None:
    tiled = windows(stream(SHORT_TERM), state_after(TODAY - timedelta(days=300)))
    assert tiled[0].start_day == TODAY - timedelta(days=300 + SHORT_TERM.look_back_days)
    assert len(tiled) > 1


def test_the_look_back_can_be_chosen_and_never_reads_before_the_start() -> None:
    chosen = stream(SHORT_TERM, look_back_days=20)
    assert windows(chosen, state_after(TODAY))[0].start_day == TODAY - timedelta(days=20)
    late_start = stream(SHORT_TERM, TODAY - timedelta(days=2), look_back_days=20)
    assert windows(late_start, state_after(TODAY))[0].start_day == TODAY - timedelta(days=2)


def test_a_shorter_look_back_than_a_stream_needs_does_not_hide_what_is_published_late() -> None:
    consolidated = next(resource for resource in RESOURCES if resource.stream == "consolidated_energy_consumption")
    reading = stream(consolidated, date(2015, 1, 1), look_back_days=0)
    assert windows(reading, state_after(TODAY))[0].start_day == TODAY - timedelta(days=consolidated.look_back_days)


def test_a_start_before_all_data_begins_where_the_first_can_be() -> None:
    ntc = next(resource for resource in RESOURCES if resource.stream == "ntc")
    assert windows(stream(ntc, date(1900, 1, 1)), {})[0].start_day == date(1996, 1, 1)


def test_days_that_a_later_start_leaves_out_are_named(caplog: pytest.LogCaptureFixture) -> None:
    generation = next(r for r in RESOURCES if r.stream == "actual_generations_per_production_type")
    start = paris_today() - timedelta(days=3)
    state = state_after(start - timedelta(days=2))
    assert list(RteStream(generation, cast(RteApi, NothingAhead()), start).read(state))
    assert f"{start - timedelta(days=2)} to {start - timedelta(days=1)} were not read" in caplog.text


@pytest.mark.parametrize("written", [{"start_date": "x"}, {"read_at": "2026-11-19"}, {"start_date": 5}])
def test_a_state_that_cannot_be_read_is_read_from_the_start(
    written: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    generation = next(r for r in RESOURCES if r.stream == "actual_generations_per_production_type")
    start = paris_today() - timedelta(days=40)
    reading = RteStream(generation, cast(RteApi, NothingAhead()), start).read(written)
    first = next(row for event in reading if isinstance(event, Page) for row in event.records)
    assert first["start_date"] == utc_text(paris_midnight(start))
    assert "its state can't be read" in caplog.text


def test_an_end_date_is_included_and_looks_no_further() -> None:
    tiled = windows(stream(SHORT_TERM, date(2024, 1, 1), end_day=date(2024, 1, 31)), {})
    assert (tiled[0].start_day, tiled[-1].end_day) == (date(2024, 1, 1), date(2024, 2, 1))


def test_a_state_of_the_future_does_not_skip_today() -> None:
    assert windows(stream(SHORT_TERM), state_after(TODAY + timedelta(days=30)))[0].start_day <= TODAY


class NothingAhead:
    """An API that refuses every window that ends after today, as actual_generation may (F04)."""

    def __init__(self) -> None:
        self.calls = 0

    def remember_calls(self, resource: Resource, calls: Any) -> None:
        assert not list(calls)

    def answers(self, resource: Resource, call: Mapping[str, str], params: Mapping[str, str]) -> list[Answered]:
        self.calls += 1
        last = call.get("end_date")
        if last and datetime.fromisoformat(last) > paris_midnight(paris_today()):
            refusal = Refusal(message="too far ahead")
            refusal.code = "ACTUALGEN_PRODTYPE_F04"
            raise SplitRequestWindow(refusal)
        start = call.get("start_date") or paris_midnight(paris_today()).isoformat()
        hour = {"start_date": start, "end_date": start, "value": 1}
        return [({resource.answer_root: {"production_type": "SOLAR", "values": [hour]}}, call)]


def test_a_last_day_refused_as_too_far_ahead_loses_neither_the_past_nor_today() -> None:
    generation = next(r for r in RESOURCES if r.stream == "actual_generations_per_production_type")
    today = paris_today()
    reading = RteStream(generation, cast(RteApi, NothingAhead()), today - timedelta(days=40)).read({})
    rows = [row for event in reading if isinstance(event, Page) for row in event.records]
    starts = {row["start_date"] for row in rows}
    assert utc_text(paris_midnight(today - timedelta(days=40))) in starts
    assert utc_text(paris_midnight(today)) in starts


def test_a_far_end_that_is_refused_costs_a_few_calls_and_not_one_a_day() -> None:
    capacities = next(resource for resource in RESOURCES if resource.stream == "capacities_per_production_type")
    api = NothingAhead()
    assert list(RteStream(capacities, cast(RteApi, api), paris_today()).read({}))
    assert api.calls < 25


@pytest.mark.parametrize(
    ("first", "days", "lengths"),
    [
        (date(2026, 11, 20), 1, [24]),
        (date(2026, 3, 29), 1, [23]),
        (date(2026, 10, 25), 1, [3, 22]),
        (date(2026, 3, 28), 2, [24, 24]),  # widened: 47 hours, so the last piece overlaps
        (date(2026, 11, 19), 2, [24, 24]),
    ],
)
def test_what_is_asked_by_instants_is_never_longer_than_24_hours_and_covers_the_window(
    first: date, days: int, lengths: list[int]
) -> None:
    window = Window(first, first + timedelta(days=days))
    calls = [
        tuple(datetime.fromisoformat(call[bound]).astimezone(UTC) for bound in ("start_date", "end_date"))
        for call in ONE_DAY_OF_INSTANTS.calls(window, datetime.now(UTC))
    ]
    assert [(end - start) / timedelta(hours=1) for start, end in calls] == lengths
    assert calls[0][0] == window.start_at.astimezone(UTC)
    assert calls[-1][1] == window.end_at.astimezone(UTC)
    assert all(after[0] <= before[1] for before, after in pairwise(calls))
