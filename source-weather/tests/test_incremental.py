"""Syncs that follow one another: whatever the state, the table is the one of a single undisturbed read."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise
from typing import Any, cast

import pytest
from airbyte_cdk.models import AirbyteStateMessage
from connector_kit.instants import utc_text
from connector_kit.reach import Reach
from connector_kit.streams import Checkpoint, Page
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from reading import Table, finished, read, upserted
from simulator.testing import SimulatorUrl
from source_weather import SourceWeather
from source_weather.api import OpenMeteo
from source_weather.stream import WeatherStream
from weather_reads import BY_NAME, NOW, TODAY, WITH_HISTORY, ShortWindows, config, few_points, values, weather_simulator

State = Mapping[str, Any]
Events = Sequence[Page | Checkpoint]

AT = datetime.fromisoformat(NOW).astimezone(UTC)
EARLIEST = date(2026, 10, 30)
EXAMPLES = 15
# No stream is left alone as read a moment ago between two of these.
INSTANTS = [AT - timedelta(hours=hours) for hours in (0, 6, 24, 51, 120, 350)]

every_stream = pytest.mark.parametrize("stream", BY_NAME)


@dataclass(frozen=True)
class Sync:
    """One sync as it is configured, and after how many events it is killed."""

    at: datetime
    begins: int = 0  # with the earliest day, half-way, or today
    killed_after: int | None = None

    @property
    def start(self) -> date:
        half_way = EARLIEST + (AT.date() - EARLIEST) // 2
        return min((EARLIEST, half_way, AT.date())[self.begins], self.at.date())


class Site:
    """The simulator, and full reads that are made once."""

    def __init__(self, url: SimulatorUrl) -> None:
        self.url = url
        self.full_reads: dict[tuple[str, Sync], Table] = {}

    def move_to(self, instant: datetime) -> None:
        """Both sides have one clock."""
        self.url.move_to(instant)
        os.environ["HEXAWATT_NOW"] = instant.isoformat()

    def events(self, stream: str, sync: Sync, state: State) -> Events:
        """What a sync gives until it ends or is killed."""
        self.move_to(sync.at)
        self.url.simulator.calls.clear()
        reader = ShortWindows().streams(config(self.url, sync.start.isoformat(), forecast_days=2))[stream]
        reading = cast(Generator[Page | Checkpoint, None, None], reader.read(state))
        with finished(), closing(reading):
            return list(islice(reading, sync.killed_after))

    def full_read(self, stream: str, sync: Sync) -> Table:
        """The table of the sync alone, undisturbed and without a state."""
        if (stream, sync) not in self.full_reads:
            self.full_reads[stream, sync] = table_of(stream, self.events(stream, sync, {}))
        return self.full_reads[stream, sync]


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with weather_simulator() as url, few_points():
        yield Site(url)


def table_of(stream: str, events: Events) -> Table:
    pages = [event for event in events if isinstance(event, Page)]
    return values(upserted({}, BY_NAME[stream].description, pages))


def states(events: Events) -> list[State]:
    return [event.state for event in events if isinstance(event, Checkpoint)]


SYNCS = st.builds(Sync, st.sampled_from(INSTANTS), st.integers(0, 2), st.none() | st.integers(0, 9))


@dataclass(frozen=True)
class Altered:
    """A state that promises no more than another: keys are missing or unknown, the day is an earlier one."""

    forgotten: frozenset[str]
    days_back: int
    unknown: Mapping[str, Any]

    def of(self, stream: str, state: State, first_day_needed: bool) -> State:
        """``first_day_needed``: whether the state knows later days only than those that are now asked for."""
        needed = {"first_day"} if first_day_needed else set()
        kept = {name: value for name, value in state.items() if name not in self.forgotten - needed}
        cursor = BY_NAME[stream].cursor
        if cursor in kept:
            kept[cursor] = utc_text(datetime.fromisoformat(kept[cursor]) - timedelta(days=self.days_back))
        return {**kept, **self.unknown}


ALTERED = st.builds(
    Altered,
    st.frozensets(st.sampled_from(["read_at", "calls", "again", "runs", "first_day"])),
    st.sampled_from([0, 0, 1, 5, 400]),
    st.sampled_from([{}, {"version": 2, "windows": [1, None]}]),
)


def assert_steady(stream: str, events: Events) -> None:
    """Checkpoints never go back, and only the last says that all is read."""
    cursor = BY_NAME[stream].cursor
    reached = [datetime.fromisoformat(state[cursor]) for state in states(events) if cursor in state]
    assert all(before <= after for before, after in pairwise(reached))
    assert all("read_at" not in state for state in states(events)[:-1])


@every_stream
@settings(deadline=None, max_examples=EXAMPLES, derandomize=True, phases=[Phase.generate])
@given(planned=st.lists(SYNCS, max_size=2), final=SYNCS, altered=ALTERED)
def test_the_table_is_the_one_of_an_undisturbed_read_whatever_came_before(
    site: Site, stream: str, planned: list[Sync], final: Sync, altered: Altered
) -> None:
    earlier = sorted(planned, key=lambda sync: sync.at)
    last = replace(final, at=AT, killed_after=None)
    emitted: list[Page | Checkpoint] = []
    state: State = {}
    for sync in earlier:
        events = site.events(stream, sync, state)
        assert_steady(stream, events)
        emitted += events
        state = (states(events) or [state])[-1]
    starts = [sync.start for sync in [*earlier, last]]
    state = altered.of(stream, state, first_day_needed=starts != sorted(starts))
    events = site.events(stream, last, state)
    assert_steady(stream, events)
    table, whole = table_of(stream, [*emitted, *events]), site.full_read(stream, Sync(AT, last.begins))
    assert {key: table.get(key) for key in whole} == whole
    if BY_NAME[stream].kind != "latest" and min(starts) == starts[-1]:
        assert set(table) == set(whole), "nothing is there that a single read would not have"


@every_stream
def test_a_sync_killed_after_any_event_and_resumed_loses_nothing(site: Site, stream: str) -> None:
    whole, events = site.full_read(stream, Sync(AT)), site.events(stream, Sync(AT), {})
    assert whole
    # Of the many runs, some events of all kinds: after the first, a page, a checkpoint.
    for killed_after in range(0, len(events), max(1, len(events) // 8)):
        first = events[:killed_after]
        resumed = site.events(stream, Sync(AT), (states(first) or [{}])[-1])
        assert table_of(stream, [*first, *resumed]) == whole


@every_stream
def test_a_state_of_the_future_reads_what_may_be_revised(site: Site, stream: str) -> None:
    product = BY_NAME[stream]
    ahead = utc_text(AT + timedelta(days=30))
    which = {"runs": "ecmwf_ifs 0", "again": [ahead]} if product.kind == "runs" else {}
    state = {product.cursor: ahead, "first_day": EARLIEST.isoformat(), "read_at": ahead, "calls": [ahead], **which}
    events = site.events(stream, Sync(AT), state)
    since = AT - timedelta(days=product.look_back_days)
    first = utc_text(since) if product.kind == "runs" else since.date().isoformat()
    revised = {key: row for key, row in site.full_read(stream, Sync(AT)).items() if row[product.cursor] >= first}
    assert revised
    assert table_of(stream, events) == revised
    assert states(events)[-1]["read_at"] == utc_text(AT)


@every_stream
@pytest.mark.parametrize("wrong", ["yesterday", 7, "2026-11-20T00:00:00", ["2026-11-20"]])
def test_a_state_that_cannot_be_read_is_an_empty_one(site: Site, stream: str, wrong: Any) -> None:
    product = BY_NAME[stream]
    for state in ({product.cursor: wrong}, {"read_at": wrong}):
        assert table_of(stream, site.events(stream, Sync(AT), state)) == site.full_read(stream, Sync(AT))


def test_runs_to_ask_for_again_that_cannot_be_read_do_no_harm(site: Site) -> None:
    stream = "forecast_runs_hourly"
    state = {**states(site.events(stream, Sync(AT - timedelta(days=2)), {}))[-1], "again": ["noon", 7]}
    assert {row["issued_at"] for row in table_of(stream, site.events(stream, Sync(AT), state)).values()} == {
        "2026-11-19T00:00:00Z",
        "2026-11-20T00:00:00Z",
    }


@pytest.mark.parametrize("stream", [*WITH_HISTORY, "forecast_runs_hourly"])
def test_an_earlier_start_is_noticed_and_read_from_anew(site: Site, stream: str) -> None:
    later = site.events(stream, Sync(AT, begins=1), {})
    earlier = site.events(stream, Sync(AT), states(later)[-1])
    assert table_of(stream, earlier) == site.full_read(stream, Sync(AT))
    assert states(earlier)[-1]["first_day"] == EARLIEST.isoformat()


@pytest.mark.parametrize("stream", WITH_HISTORY)
def test_days_between_an_interrupted_read_and_a_later_start_are_not_taken_for_read(
    site: Site, stream: str, caplog: pytest.LogCaptureFixture
) -> None:
    interrupted = site.events(stream, Sync(AT, killed_after=2), {})
    later = site.events(stream, Sync(AT, begins=2), states(interrupted)[-1])
    assert "were not read and lie before the start date." in caplog.text
    last = site.events(stream, Sync(AT), states(later)[-1])
    assert table_of(stream, [*interrupted, *later, *last]) == site.full_read(stream, Sync(AT))


# What is asked for


def synced(
    site: Site, at: datetime, state: list[AirbyteStateMessage]
) -> tuple[list[AirbyteStateMessage], Mapping[str, Any]]:
    """The states after a sync of all streams, and what was asked of each service."""
    site.move_to(at)
    site.url.simulator.calls.clear()
    reading = read(SourceWeather(), config(site.url, "2026-10-30"), state=state)
    assert reading.failure is None
    last = {state.stream.stream_descriptor.name: state for state in reading.states if state.stream}
    return list(last.values()), {
        (call["path"].split("/")[2], "daily" if "daily" in call["query"] else "hourly"): call["query"]
        for call in site.url.calls
    }


def test_a_sync_at_once_makes_no_call_and_an_hour_later_only_what_is_new_is_read(site: Site) -> None:
    state, asked = synced(site, AT, [])
    assert len(asked) == len(BY_NAME)
    state, asked = synced(site, AT, state)
    assert asked == {}
    state, asked = synced(site, AT + timedelta(hours=1), state)
    assert asked.keys() == {("archive-api", "hourly"), ("api", "hourly"), ("api", "daily")}, "no run has come in"
    archive = asked["archive-api", "hourly"]
    assert (archive["start_date"], archive["end_date"]) == ("2026-11-10", TODAY)
    assert asked["api", "hourly"]["past_days"] == "10"
    state, asked = synced(site, AT + timedelta(hours=15), state)
    assert len(asked) == len(BY_NAME)
    assert asked["single-runs-api", "hourly"]["run"] == "2026-11-21T00:00"
    assert asked["archive-api", "daily"]["start_date"] == "2026-11-10", "ten days back from the last whole one"


def test_what_is_published_later_replaces_what_was_read_before(site: Site) -> None:
    """First values of the archive, replaced by ERA5 within the look-back."""
    stream = "archive_hourly"
    first = site.events(stream, Sync(AT - timedelta(days=8)), {})
    last = site.events(stream, Sync(AT), states(first)[-1])
    before, after = table_of(stream, first), table_of(stream, [*first, *last])
    changed = {key[1][:10] for key, row in before.items() if after[key] != row}
    assert len(changed) >= 4
    assert after == site.full_read(stream, Sync(AT))


def test_the_last_day_is_kept_to(site: Site) -> None:
    site.move_to(AT)
    reading = read(SourceWeather(), config(site.url, "2026-11-10", end_date="2026-11-12"))
    assert reading.failure is None
    for stream, product in BY_NAME.items():
        days = {row[product.cursor][:10] for row in reading.records(stream)}
        missing = {"2026-11-11"} if product.kind == "runs" else set()
        assert days == {"2026-11-10", "2026-11-11", "2026-11-12"} - missing, stream
    site.url.simulator.calls.clear()
    past = read(SourceWeather(), config(site.url, "2026-10-01", end_date="2026-10-02"), "forecast_hourly")
    assert (past.records("forecast_hourly"), site.url.calls) == ([], []), "a forecast of what is long over"


def test_a_stream_has_a_start_of_its_own_and_none_before_its_service(site: Site) -> None:
    site.move_to(AT)
    settings = config(site.url, "2026-11-18", stream_start_dates={"archive_daily": "2026-11-15"})
    reading = read(SourceWeather(), settings, "archive_daily", "archive_hourly")
    assert min(row["date"] for row in reading.records("archive_daily")) == "2026-11-15"
    assert min(row["time"] for row in reading.records("archive_hourly")) == "2026-11-18T00:00:00Z"
    begins = {stream: reader_of(stream, date(1900, 1, 1))._begin for stream in BY_NAME}
    assert begins["historical_forecast_hourly"] == date(2021, 3, 23)
    assert begins["forecast_runs_hourly"] == date(2024, 3, 14)
    assert begins["archive_hourly"] == date(1940, 1, 1)


def reader_of(stream: str, start: date, end: date | None = None) -> WeatherStream:
    return WeatherStream(BY_NAME[stream], OpenMeteo({}), start, end)


DAYS = st.dates(date(2022, 1, 1), date(2026, 12, 31))


@pytest.mark.parametrize("stream", WITH_HISTORY)
@settings(deadline=None, max_examples=60, derandomize=True)
@given(today=DAYS, start=DAYS, end=st.none() | DAYS, saved=st.none() | DAYS, first_day=st.none() | DAYS)
def test_windows_of_any_state_tile_all_that_may_be_new(
    stream: str, today: date, start: date, end: date | None, saved: date | None, first_day: date | None
) -> None:
    product = BY_NAME[stream]
    until = datetime(saved.year, saved.month, saved.day, tzinfo=UTC) if saved else None
    tiled = reader_of(stream, start, end).windows(Reach(until, first_day, zone=UTC), today)
    assert all(before.end_day == after.start_day for before, after in pairwise(tiled))
    assert all(window.days <= product.longest_days for window in tiled)
    begin = start
    if saved and not (first_day and first_day > start):
        begin = max(start, min(saved, today) - timedelta(days=10))
    last = today if product.whole_days else today + timedelta(days=1)
    last = min(last, end + timedelta(days=1)) if end else last
    covered = (tiled[0].start_day, tiled[-1].end_day) if tiled else None
    assert covered == ((begin, last) if begin < last else None)
