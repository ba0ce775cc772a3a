"""Syncs that follow one another: whatever the state, the table is the one of a single undisturbed read."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise
from random import Random
from typing import Any, cast

import pytest
from connector_kit.http import QuotaUsedUp
from connector_kit.instants import utc_text
from connector_kit.reach import Reach
from connector_kit.streams import Checkpoint, Page
from connector_kit.windows import paris_midnight
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from reading import Row, Table, finished, read
from simulator.testing import SimulatorUrl
from small_reads import BY_NAME, NIGHT, TODAY, config, unlimited_simulator
from source_rte import SourceRte
from source_rte.api import RteApi
from source_rte.resource import Resource
from source_rte.resources import RESOURCES
from source_rte.stream import RteStream

State = Mapping[str, Any]

NOW = datetime(2026, 11, 20, 9, 5, tzinfo=UTC)
# Of each kind of period some, and the earliest day from which they are read here.
EARLIEST = {
    "physical_flows": date(2026, 11, 8),
    "consumption_short_term": date(2026, 11, 14),
    "tempo_like_calendars": date(2026, 10, 25),
    "peak_daily_margins": date(2026, 11, 8),
    "transmission_network_unavailabilities": date(2026, 11, 8),
    "margins_data": date(2026, 11, 14),
    "coefficient_k": date(2026, 3, 1),
    "capacities_per_production_type": date(2024, 1, 1),
    "consumption_annual_forecasts": date(2024, 1, 1),
    "afrr_marginal_price": date(2026, 11, 20),
}
SNAPSHOTS = ("france_power_exchanges", "ecowatt_signals", "capacities_cpc", "capacities_per_production_unit")
EXAMPLES = 10
# No stream is left alone as read a moment ago between two of these.
INSTANTS = [NOW - timedelta(hours=hours) for hours in (0, 6, 24, 51, 120)]


def short(resource: Resource) -> Resource:
    """The resource with windows of three days, so that a few days are several."""
    period = resource.period
    if period is None or period.cut or period.longest_days <= 3:
        return resource
    return replace(resource, period=replace(period, longest_days=3))


@dataclass(frozen=True)
class Sync:
    """One sync as it is configured, and after how many events it is killed."""

    at: datetime
    begins: int = 0  # with the earliest day, half-way, or today
    look_back_days: int | None = None
    killed_after: int | None = None

    def start(self, stream: str) -> date:
        """The first day that it is configured to read."""
        earliest, today = EARLIEST.get(stream, NOW.date()), NOW.date()
        return min((earliest, earliest + (today - earliest) // 2, today)[self.begins], self.at.date())


class Site:
    """The simulator, and full reads that are made once."""

    def __init__(self, url: SimulatorUrl) -> None:
        self.url = url
        self.full_reads: dict[tuple[str, Sync], Table] = {}

    def move_to(self, instant: datetime) -> None:
        """Both sides have one clock."""
        self.url.move_to(instant)
        os.environ["HEXAWATT_NOW"] = instant.isoformat()

    def events(self, stream: str, sync: Sync, state: State) -> list[Page | Checkpoint]:
        """What a sync gives until it ends or is killed."""
        self.move_to(sync.at)
        self.url.simulator.calls.clear()
        api = RteApi(("id", "secret"), {"base_url": str(self.url), "calls_per_second": 1000})
        reader = RteStream(short(BY_NAME[stream]), api, sync.start(stream), look_back_days=sync.look_back_days)
        reading = cast(Generator[Page | Checkpoint, None, None], reader.read(state))
        found: list[Page | Checkpoint] = []
        with finished(), closing(reading), suppress(QuotaUsedUp):  # what the source takes for a warning
            for event in islice(reading, sync.killed_after):
                found.append(event)
        return found

    def full_read(self, stream: str, sync: Sync) -> Table:
        """The table of the sync alone, undisturbed and without a state."""
        if (stream, sync) not in self.full_reads:
            self.full_reads[stream, sync] = table_of(stream, list(enumerate(pages(self.events(stream, sync, {})))))
        return self.full_reads[stream, sync]


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with unlimited_simulator(NOW.isoformat()) as url:
        yield Site(url)


def pages(events: Sequence[Page | Checkpoint]) -> list[Page]:
    return [event for event in events if isinstance(event, Page)]


def states(events: Sequence[Page | Checkpoint]) -> list[State]:
    return [event.state for event in events if isinstance(event, Checkpoint)]


def table_of(stream: str, emitted: Sequence[tuple[int, Page]]) -> Table:
    """The table of pages with the order in which they left: the greatest cursor wins, then what left later."""
    description = BY_NAME[stream].description
    cursor = description.cursor
    found: dict[tuple[Any, ...], tuple[str, int, int, Row]] = {}
    for order, page in emitted:
        for line, record in enumerate(page.records):
            key = tuple([record[part] for part in description.primary_key])
            rank = (str(record[cursor]) if cursor else "", order, line)
            if key not in found or rank >= found[key][:3]:
                found[key] = (*rank, record)
    return {key: record for key, (*_, record) in found.items()}


SYNCS = st.builds(
    Sync, st.sampled_from(INSTANTS), st.integers(0, 2), st.sampled_from([None, 7, 20]), st.none() | st.integers(0, 9)
)


@dataclass(frozen=True)
class Altered:
    """A state that promises no more than another: keys are missing or unknown, the day is an earlier one."""

    forgotten: frozenset[str]
    days_back: int
    unknown: Mapping[str, Any]

    def of(self, state: State, first_day_needed: bool) -> State:
        """``first_day_needed``: whether the state knows later days only than those that are now asked for."""
        needed = {"first_day"} if first_day_needed else set()
        kept = {name: value for name, value in state.items() if name not in self.forgotten - needed}
        if "start_date" in kept:
            kept["start_date"] = utc_text(datetime.fromisoformat(kept["start_date"]) - timedelta(days=self.days_back))
        return {**kept, **self.unknown}


ALTERED = st.builds(
    Altered,
    st.frozensets(st.sampled_from(["read_at", "last_day", "calls", "first_day"])),
    st.sampled_from([0, 0, 1, 5, 400]),
    st.sampled_from([{}, {"version": 2, "windows": [1, None]}]),
)


def assert_steady(events: Sequence[Page | Checkpoint]) -> None:
    """Checkpoints never go back, nor beyond the day on which they are made."""
    reached = [datetime.fromisoformat(state["start_date"]) for state in states(events) if "start_date" in state]
    assert all(before <= after for before, after in pairwise(reached))
    assert all("read_at" not in state for state in states(events)[:-1])


@pytest.mark.parametrize("stream", [*EARLIEST, *SNAPSHOTS])
@settings(deadline=None, max_examples=EXAMPLES, derandomize=True, phases=[Phase.generate])
@given(planned=st.lists(SYNCS, max_size=2), final=SYNCS, altered=ALTERED, order=st.integers(0, 1000))
def test_the_table_is_the_one_of_an_undisturbed_read_whatever_came_before(
    site: Site, stream: str, planned: list[Sync], final: Sync, altered: Altered, order: int
) -> None:
    earlier = sorted(planned, key=lambda sync: sync.at)
    last = replace(final, at=NOW, killed_after=None)
    emitted: list[Page] = []
    state: State = {}
    for sync in earlier:
        events = site.events(stream, sync, state)
        assert_steady(events)
        emitted += pages(events)
        state = (states(events) or [state])[-1]
    starts = [sync.start(stream) for sync in [*earlier, last]]
    state = altered.of(state, first_day_needed=starts != sorted(starts))
    events = site.events(stream, last, state)
    assert_steady(events)
    arrived = list(enumerate([*emitted, *pages(events)]))
    Random(order).shuffle(arrived)
    table, whole = table_of(stream, arrived), site.full_read(stream, Sync(NOW, last.begins))
    assert {key: table.get(key) for key in whole} == whole
    if stream in EARLIEST and min(starts) == starts[-1]:
        assert set(table) == set(whole), "nothing is there that a single read would not have"


@pytest.mark.parametrize("stream", ["physical_flows", "coefficient_k", "transmission_network_unavailabilities"])
def test_a_sync_killed_after_any_event_and_resumed_loses_nothing(site: Site, stream: str) -> None:
    whole, events = site.full_read(stream, Sync(NOW)), site.events(stream, Sync(NOW), {})
    for killed_after in range(len(events)):
        first = site.events(stream, Sync(NOW, killed_after=killed_after), {})
        resumed = site.events(stream, Sync(NOW), (states(first) or [{}])[-1])
        assert table_of(stream, list(enumerate(pages([*first, *resumed])))) == whole


@pytest.mark.parametrize("stream", ["physical_flows", "consumption_short_term"])
def test_a_state_of_the_future_reads_what_may_be_revised(site: Site, stream: str) -> None:
    ahead = utc_text(NOW + timedelta(days=30))
    state = {"start_date": ahead, "first_day": EARLIEST[stream].isoformat(), "read_at": ahead, "calls": [ahead]}
    events = site.events(stream, Sync(NOW), state)
    since = utc_text(paris_midnight(NOW.date() - timedelta(days=BY_NAME[stream].look_back_days)))
    revised = {key: row for key, row in site.full_read(stream, Sync(NOW)).items() if row["start_date"] >= since}
    assert table_of(stream, list(enumerate(pages(events)))) == revised
    assert states(events)[-1]["read_at"] == utc_text(NOW)


def test_calls_of_the_future_do_not_use_up_the_quota(site: Site) -> None:
    state = {"calls": [utc_text(NOW + timedelta(days=1, minutes=minute)) for minute in range(20)]}
    events = site.events("transmission_network_unavailabilities", Sync(NOW, begins=2), state)
    assert any(page.records for page in pages(events))
    assert "read_at" in states(events)[-1]


def test_days_between_an_interrupted_read_and_a_later_start_are_not_taken_for_read(site: Site) -> None:
    stream = "physical_flows"
    interrupted = site.events(stream, Sync(NOW, killed_after=2), {})
    later = site.events(stream, Sync(NOW, begins=2), states(interrupted)[-1])
    last = site.events(stream, Sync(NOW), states(later)[-1])
    assert table_of(stream, list(enumerate(pages([*interrupted, *later, *last])))) == site.full_read(stream, Sync(NOW))


WITH_HISTORY = [resource for resource in RESOURCES if resource.period]
DAYS = st.dates(date(2021, 1, 1), date(2026, 12, 31))


@pytest.mark.parametrize("resource", WITH_HISTORY, ids=lambda resource: resource.stream)
@settings(deadline=None, max_examples=15, derandomize=True)
@given(
    today=st.dates(date(2022, 1, 1), date(2026, 11, 20)),
    start=DAYS,
    saved=st.none() | DAYS,
    first_day=st.none() | DAYS,
    look_back=st.sampled_from([None, 0, 7, 400]),
)
def test_windows_of_any_state_tile_all_that_may_be_new(
    resource: Resource, today: date, start: date, saved: date | None, first_day: date | None, look_back: int | None
) -> None:
    assert resource.period
    state = {
        **({"start_date": utc_text(paris_midnight(saved))} if saved else {}),
        **({"first_day": first_day.isoformat()} if first_day else {}),
    }
    stream = RteStream(resource, RteApi(("id", "secret")), start, look_back_days=look_back)
    tiled = stream.windows(resource.period, Reach.of(state, "start_date", resource.stream), today)
    assert all(before.end_day == after.start_day for before, after in pairwise(tiled))
    begin = max(start, resource.first_day or start)
    anew = saved is None or (first_day is not None and first_day > begin)
    if not anew and saved is not None:
        days = resource.look_back_days if look_back is None else look_back
        begin = max(begin, min(saved, today) - timedelta(days=days))
    end = max(resource.period.limit(today, part.look_ahead_days) for part in resource.parts)
    if begin < end:
        assert tiled[0].start_day <= begin
        assert tiled[-1].end_day >= end
    else:
        assert all(window.end_day <= end for window in tiled)


def test_a_sync_at_once_makes_no_call_and_an_hour_later_only_what_is_due_is_read(site: Site) -> None:
    # Lists without a cursor are read whole each time: no state is kept of them.
    kept = [name for name, resource in BY_NAME.items() if resource.cursor]
    paths = {BY_NAME[name].path: BY_NAME[name].read_every for name in kept}

    def sync(instant: datetime, state: Any = None) -> tuple[Any, set[str]]:
        site.move_to(instant)
        site.url.simulator.calls.clear()
        reading = read(
            SourceRte(), {**config(site.url, TODAY, end_date=TODAY), "look_back_days": 0}, *kept, state=state
        )
        assert reading.failure is None
        last = {state.stream.stream_descriptor.name: state for state in reading.states if state.stream}
        asked = {call["path"].removeprefix("/open_api/") for call in site.url.calls}
        return list(last.values()), asked

    night = datetime.fromisoformat(NIGHT)
    state, asked = sync(night)
    assert asked - {"/token/oauth/"} == set(paths)
    state, asked = sync(night, state)
    assert asked == set()
    state, asked = sync(night + timedelta(hours=1), state)
    due = {path for path, read_every in paths.items() if read_every <= timedelta(hours=1)}
    assert asked - {"/token/oauth/"} == due
    assert due < set(paths)
