"""Syncs that follow one another: what is asked for again, what a state may be, and that nothing is lost on the way."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from airbyte_cdk.models import (
    AirbyteStateBlob,
    AirbyteStateMessage,
    AirbyteStateType,
    AirbyteStreamState,
    StreamDescriptor,
)
from connector_kit.clock import PARIS
from connector_kit.streams import Checkpoint, Page
from connector_kit.windows import paris_midnight
from energy_charts_reads import BY_NAME, NOW, STREAMS, answer, answering, config, last_states
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import Reading, finished, pinned, read, upserted
from simulator.testing import SimulatorUrl, running_simulator
from source_energy_charts import SourceEnergyCharts
from source_energy_charts.stream import REVIEWED_DAYS, SCOPES, EnergyChartsStream

LATER = "2026-11-21T13:00:00Z"
START = "2026-11-18"
each_stream = pytest.mark.parametrize("stream", STREAMS)


@pytest.fixture(scope="module")
def shared() -> Iterator[SimulatorUrl]:
    """For tests that leave the clock alone."""
    with running_simulator(now=NOW) as url:
        yield url


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEXAWATT_NOW", NOW)


def sync(url: SimulatorUrl, *streams: str, state: Any = None, start: str = START, **options: Any) -> Reading:
    url.simulator.calls.clear()
    reading = read(SourceEnergyCharts(), config(f"{url}/energy-charts", start, **options), *streams, state=state)
    assert reading.failure is None
    return reading


def state_of(stream: str, content: Mapping[str, Any]) -> list[AirbyteStateMessage]:
    descriptor = StreamDescriptor(name=stream)
    blob = AirbyteStreamState(stream_descriptor=descriptor, stream_state=AirbyteStateBlob(**content))
    return [AirbyteStateMessage(type=AirbyteStateType.STREAM, stream=blob)]


def scopes_of(reading: Reading, stream: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = reading.states_of(stream)[-1][SCOPES]
    return found


def asked(url: SimulatorUrl, **params: str) -> list[dict[str, Any]]:
    return [call for call in url.calls if params.items() <= call["query"].items()]


@each_stream
def test_a_sync_a_moment_later_asks_for_nothing(shared: SimulatorUrl, stream: str) -> None:
    first = sync(shared, stream)
    assert first.records(stream)
    second = sync(shared, stream, state=last_states(first))
    assert shared.calls == []
    assert second.records(stream) == []
    assert last_states(second)[0].stream == last_states(first)[0].stream


@each_stream
def test_a_sync_from_nothing_gives_the_same_table_and_state_again(shared: SimulatorUrl, stream: str) -> None:
    first, again = sync(shared, stream), sync(shared, stream)
    assert first.table(stream) == again.table(stream)
    assert last_states(first)[0].stream == last_states(again)[0].stream


@each_stream
def test_the_state_says_what_the_contract_says(shared: SimulatorUrl, stream: str) -> None:
    reading = sync(shared, stream)
    state = reading.states_of(stream)[-1]
    endpoint = BY_NAME[stream]
    assert set(state) == {endpoint.cursor, "first_day", "read_at", SCOPES}
    assert state["read_at"] == NOW
    told = {"until", "first_day", "read_at"}
    if endpoint.asked != "moment":
        told |= {"reviewed_at", "data_until"}
    assert all(set(one) == told for one in state[SCOPES].values())
    assert state[endpoint.cursor] == min(one["until"] for one in state[SCOPES].values())


@pytest.mark.parametrize("stream", ["public_power", "cross_border_flows", "day_ahead_prices", "daily_shares", "signal"])
def test_killed_after_any_checkpoint_and_resumed_it_gives_the_table_of_an_unbroken_sync(
    shared: SimulatorUrl, stream: str
) -> None:
    settings = config(f"{shared}/energy-charts", "2026-10-14", countries=["ch"], bidding_zones=["CH"])
    whole = read(SourceEnergyCharts(), settings, stream)
    endpoint = BY_NAME[stream]
    for kept in range(len(whole.states) + 1):
        source = SourceEnergyCharts().streams(settings)[stream]
        pages: list[Page] = []
        state: Mapping[str, Any] = {}
        with finished():
            for event in _until(source.read({}), kept):
                if isinstance(event, Page):
                    pages.append(event)
                else:
                    state = event.state
        resumed = read(SourceEnergyCharts(), settings, stream, state=state_of(stream, state) if state else [])
        table = upserted(upserted({}, endpoint.description, pages), endpoint.description, resumed.pages_of(stream))
        assert table == whole.table(stream), f"killed after {kept} checkpoints"


def _until(events: Iterator[Page | Checkpoint], checkpoints: int) -> Iterator[Page | Checkpoint]:
    """The events up to a number of checkpoints; what follows them is lost."""
    left = checkpoints
    for event in events:
        if not left:
            return
        left -= isinstance(event, Checkpoint)
        yield event


def test_an_hour_later_only_the_look_back_and_what_is_new_is_asked_for() -> None:
    with running_simulator(now=NOW) as url:
        first = sync(url, *STREAMS, start="2026-11-11")
        url.move_to(LATER)
        with pinned(LATER):
            second = sync(url, *STREAMS, start="2026-11-11", state=last_states(first))
        calls = Counter(call["path"].rpartition("/")[2] for call in url.calls)
        assert calls == {"public_power": 2, "cbpf": 2, "price": 2}, "the others change more seldom"
        for stream in ("public_power", "cross_border_flows", "day_ahead_prices"):
            endpoint = BY_NAME[stream]
            earliest = datetime.fromisoformat(min(row["start_date"] for row in second.records(stream)))
            before = datetime.fromisoformat(first.states_of(stream)[-1]["start_date"])
            day = min(before, datetime(2026, 11, 21, 12, tzinfo=UTC)).astimezone(PARIS).date()
            assert earliest == paris_midnight(day - timedelta(days=endpoint.look_back_days))
        fresh = sync(url, "public_power", "cross_border_flows", "day_ahead_prices", start="2026-11-11")
        with pinned(LATER):
            for stream in ("public_power", "cross_border_flows", "day_ahead_prices"):
                assert first.table(stream, second) == fresh.table(stream)


def test_values_that_come_late_are_filled_and_values_that_change_are_replaced() -> None:
    """Hour by hour over half a day: the table is that of a first sync at its end."""
    settings = {"countries": ["de", "at", "it"], "start": "2026-11-19"}
    with running_simulator(now=NOW) as url:
        syncs: list[Reading] = []
        late = 0
        for hour in range(12):
            moment = f"{datetime(2026, 11, 20, 20, tzinfo=UTC) + timedelta(hours=hour):%Y-%m-%dT%H:%M:%SZ}"
            url.move_to(moment)
            with pinned(moment):
                state = last_states(syncs[-1]) if syncs else None
                syncs.append(sync(url, "public_power", state=state, **settings))
                newest = max(row["start_date"] for row in syncs[-1].records("public_power") if row["country"] == "de")
                late += scopes_of(syncs[-1], "public_power")["de"]["until"] <= newest
        with pinned(moment):
            fresh = sync(url, "public_power", **settings)
        assert late > 6, "half-null points were there to be filled"
        assert syncs[0].table("public_power", *syncs[1:]) == fresh.table("public_power")


def test_tomorrow_s_prices_come_with_the_first_sync_after_the_auction() -> None:
    with running_simulator(now="2026-11-20T11:00:00Z") as url:
        with pinned("2026-11-20T11:00:00Z"):
            first = sync(url, "day_ahead_prices")
        url.move_to("2026-11-20T12:05:00Z")
        with pinned("2026-11-20T12:05:00Z"):
            second = sync(url, "day_ahead_prices", state=last_states(first))
    last = [max(row["start_date"] for row in reading.records("day_ahead_prices")) for reading in (first, second)]
    assert last == ["2026-11-20T22:45:00Z", "2026-11-21T22:45:00Z"]


def test_a_country_that_is_added_is_read_from_the_start_and_the_others_go_on(shared: SimulatorUrl) -> None:
    first = sync(shared, "public_power", start="2026-11-10")
    second = sync(shared, "public_power", start="2026-11-10", state=last_states(first), countries=["fr", "de", "be"])
    assert {call["query"]["country"] for call in shared.calls} == {"be"}
    assert min(row["start_date"] for row in second.records("public_power")) == "2026-11-09T23:00:00Z"
    third = sync(shared, "public_power", start="2026-11-10", state=last_states(second), countries=["be"])
    assert third.records("public_power") == []


@pytest.mark.parametrize("stream", ["public_power", "day_ahead_prices", "daily_shares", "public_power_forecast"])
def test_an_earlier_start_is_read_from_anew_and_a_later_one_goes_on(shared: SimulatorUrl, stream: str) -> None:
    first = sync(shared, stream)
    earlier = sync(shared, stream, start="2026-10-17", state=last_states(first))
    fresh = sync(shared, stream, start="2026-10-17")
    assert first.table(stream, earlier) == fresh.table(stream)
    assert last_states(earlier)[0].stream == last_states(fresh)[0].stream
    assert sync(shared, stream, start="2026-11-01", state=last_states(earlier)).records(stream) == []


def test_an_earlier_start_that_is_killed_on_its_way_is_read_on_from_where_it_was_killed(shared: SimulatorUrl) -> None:
    options = {"countries": ["ch", "it"]}
    before = sync(shared, "cross_border_flows", **options)
    settings = config(f"{shared}/energy-charts", "2026-09-01", **options)
    fresh = read(SourceEnergyCharts(), settings, "cross_border_flows")
    for kept in range(1, 6):
        stream = SourceEnergyCharts().streams(settings)["cross_border_flows"]
        with finished():
            events = list(_until(stream.read(before.states_of("cross_border_flows")[-1]), kept))
        (*_, state) = [event.state for event in events if isinstance(event, Checkpoint)]
        pages = [event for event in events if isinstance(event, Page)]
        resumed = read(
            SourceEnergyCharts(), settings, "cross_border_flows", state=state_of("cross_border_flows", state)
        )
        every = [*before.pages_of("cross_border_flows"), *pages, *resumed.pages_of("cross_border_flows")]
        assert upserted({}, stream.description, every) == fresh.table("cross_border_flows"), f"after {kept} checkpoints"


@pytest.mark.parametrize(
    "stream", [name for name, endpoint in BY_NAME.items() if endpoint.asked != "moment" and name != "total_power"]
)
def test_the_last_day_is_kept(shared: SimulatorUrl, stream: str) -> None:
    rows = sync(shared, stream, start="2026-11-10", end_date="2026-11-12").records(stream)
    cursor = BY_NAME[stream].cursor
    if cursor == "date":
        assert {row["date"] for row in rows} == {"2026-11-10", "2026-11-11", "2026-11-12"}
    else:
        starts = {row["start_date"] for row in rows}
        assert min(starts) == "2026-11-09T23:00:00Z"
        assert max(starts) in ("2026-11-12T22:45:00Z", "2026-11-12T22:00:00Z")


def test_a_day_before_a_later_start_is_said_to_be_missing(
    shared: SimulatorUrl, caplog: pytest.LogCaptureFixture
) -> None:
    first = sync(shared, "public_power", start="2026-11-01", end_date="2026-11-05", countries=["fr"])
    with pinned("2026-11-21T13:30:00Z"), caplog.at_level(logging.WARNING, "airbyte"):
        sync(shared, "public_power", start="2026-11-15", countries=["fr"], state=last_states(first))
    assert "of fr were not read and lie before the start date" in caplog.text


@pytest.mark.parametrize(
    "content",
    [
        {SCOPES: "everything"},
        {SCOPES: {"fr": 3}},
        {SCOPES: {"fr": {"until": "yesterday"}}},
        {SCOPES: {"fr": {"until": "2026-11-20T00:00:00", "first_day": START}}},
        {SCOPES: {"fr": {"until": "2026-11-20T00:00:00Z", "first_day": 12}}},
        {"start_date": "2026-11-20T00:00:00Z"},
    ],
)
def test_a_state_that_cannot_be_read_is_as_none(shared: SimulatorUrl, content: Mapping[str, Any]) -> None:
    fresh = sync(shared, "cross_border_flows", countries=["fr"])
    reading = sync(shared, "cross_border_flows", state=state_of("cross_border_flows", content), countries=["fr"])
    assert reading.table("cross_border_flows") == fresh.table("cross_border_flows")


days = st.dates(date(2026, 1, 1), date(2026, 12, 31))
instants = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)).map(lambda moment: f"{moment:%Y-%m-%dT%H:%M:%SZ}")


@given(
    until=st.none() | instants,
    first_day=st.none() | days,
    read_at=st.none() | instants,
    start=st.dates(date(2026, 9, 1), date(2026, 11, 21)),
    review=st.booleans(),
)
@settings(max_examples=120, deadline=None)
def test_whatever_the_state_no_day_from_its_end_to_today_is_left_out(
    until: str | None, first_day: date | None, read_at: str | None, start: date, review: bool
) -> None:
    """Windows tile the days from the start, or from the state less its look-back, up to the end of today."""
    one = {"until": until, "first_day": first_day and first_day.isoformat(), "read_at": read_at}
    state = {SCOPES: {"fr": {name: value for name, value in one.items() if value}}}
    with pinned(NOW):
        stream = SourceEnergyCharts().streams(config("http://127.0.0.1:9", start.isoformat(), countries=["fr"]))[
            "public_power"
        ]
        assert isinstance(stream, EnergyChartsStream)
        reach = stream._reach(stream._states(state), stream.scopes[0])
        windows = [window for window in stream._windows(reach, review) if window]
    today = date(2026, 11, 21)
    assert windows[-1].end_day == today + timedelta(days=1)
    for window, following in pairwise(windows):
        assert window.end_day == following.start_day
    assert start <= windows[0].start_day
    known = until and not (first_day and first_day > start)
    if not known:
        assert windows[0].start_day == start
    else:
        reached = datetime.fromisoformat(until).astimezone(PARIS).date()  # type: ignore[arg-type]
        look_back = timedelta(days=BY_NAME["public_power"].look_back_days)
        first = min(reached, today) - look_back
        month = today + timedelta(days=1 - REVIEWED_DAYS)
        assert windows[0].start_day == max(start, min(first, month) if review else first)


def test_a_gap_of_a_month_is_given_up_and_the_days_after_it_are_read() -> None:
    """A country that published nothing for weeks: its old gap is not asked for again and again."""
    resumed = int(datetime(2026, 11, 20, tzinfo=UTC).timestamp())

    def reply(path: str, params: dict[str, str]) -> Any:
        start, end = (int(datetime.fromisoformat(params[bound]).timestamp()) for bound in ("start", "end"))
        times = [second for second in range(start, end, 3600) if second >= resumed]
        series = [{"name": "Load", "data": [1.0] * len(times)}]
        return answer({"unix_seconds": times, "production_types": series, "deprecated": False})

    with answering(reply) as server:
        options = config(server.url, "2026-01-01", countries=["fr"])
        first = read(SourceEnergyCharts(), options, "public_power")
        server.asked.clear()
        with pinned("2026-11-21T14:00:00Z"):
            read(SourceEnergyCharts(), options, "public_power", state=last_states(first))
    assert len(first.records("public_power")) == 47
    ((_, params),) = server.asked
    assert params["start"] == "2026-11-17T23:00Z"
