"""Syncs that follow one another: whatever the state, one table; what was read is not read again without a reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from air_reads import ABIDJAN, OTHER_IN_ABIDJAN, AirServer, Row, air_server, hours, settings, sync, tabled
from airbyte_cdk.models import (
    AirbyteStateBlob,
    AirbyteStateMessage,
    AirbyteStateType,
    AirbyteStreamState,
    StreamDescriptor,
)
from connector_kit.reach import Reach, remembered
from connector_kit.streams import Checkpoint, Page
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from reading import Reading, finished, pinned, upserted
from source_airqino import SourceAirqino
from source_airqino.stream import PATIENCE, SeriesStream

NOW = "2026-04-10T12:34:00Z"
LATER = "2026-04-10T13:34:00Z"
NUMBER, OTHER = str(ABIDJAN["station_id"]), str(OTHER_IN_ABIDJAN["station_id"])
CURSORS = {"hourly_averages": "start_date", "raw_readings": "measured_at"}
STREAMS = tuple(CURSORS)


def served(now: str, rewritten: bool = False) -> dict[str, dict[str, list[Row]]]:
    """What the service has at an instant: hours since February, a reading in each; CO negative until rewritten."""
    until = now[:19].replace("T", " ")
    labels = [label for label in hours("2026-02-01 00:00:00", 24 * 70) if label <= until]
    low = 0.0 if rewritten else -0.25
    rows = [{"timestamp": label, "T": 20 + n % 97 / 8, "CO": low if n % 3 else 0.5} for n, label in enumerate(labels)]
    newest = {**rows[-1], "T": float(until[14:16])}  # the newest hour goes on changing
    rows = [*rows[:-1], newest]
    raw = [{"utc_timestamp": one["timestamp"], "T": one["T"]} for one in rows]
    return {"hourly": {NUMBER: rows, OTHER: rows}, "raw": {"SMART188": raw, "SMART189": raw}}


def at(server: AirServer, now: str, **options: Any) -> None:
    for name, rows in served(now, **options).items():
        setattr(server, name, rows)
    server.calls.clear()


def config(
    server: AirServer, start_date: str = "2026-02-03", *stations: Mapping[str, Any], **advanced: Any
) -> dict[str, Any]:
    return settings(server.url, *(stations or (ABIDJAN, OTHER_IN_ABIDJAN)), start_date=start_date, advanced=advanced)


def read(server: AirServer, stream: str, now: str, state: Any = None, **options: Any) -> Reading:
    with pinned(now):
        reading = sync(config(server, **options), stream, state=state)
    assert reading.failure is None
    return reading


def message(stream: str, state: Mapping[str, Any]) -> list[AirbyteStateMessage]:
    blob = AirbyteStreamState(stream_descriptor=StreamDescriptor(name=stream), stream_state=AirbyteStateBlob(**state))
    return [AirbyteStateMessage(type=AirbyteStateType.STREAM, stream=blob)]


def whole(stream: str, now: str = NOW, **options: Any) -> dict[tuple[Any, ...], Mapping[str, Any]]:
    """The table of a first sync."""
    with air_server(**served(now)) as server:
        return tabled(read(server, stream, now, **options), stream=stream)


@pytest.mark.parametrize("stream", STREAMS)
def test_read_a_moment_ago_is_not_read_again(stream: str) -> None:
    with air_server(**served(NOW)) as server:
        first = read(server, stream, NOW)
        server.calls.clear()
        second = read(server, stream, "2026-04-10T12:40:00Z", first.states)
        assert server.calls == []
    assert second.records(stream) == []
    assert second.states_of(stream)[-1] == first.states_of(stream)[-1]


@pytest.mark.parametrize(("stream", "look_back"), [("hourly_averages", 7), ("raw_readings", 2)])
def test_an_hour_later_only_the_look_back_is_read_and_the_table_is_as_if_read_at_once(
    stream: str, look_back: int
) -> None:
    with air_server(**served(NOW)) as server:
        first = read(server, stream, NOW)
        at(server, LATER)
        second = read(server, stream, LATER, first.states)
        assert len(server.calls) == 2, "one window of each station"
    earliest = min(record[CURSORS[stream]] for record in second.records(stream))
    assert date.fromisoformat(earliest[:10]) == date(2026, 4, 10) - timedelta(days=look_back)
    assert tabled(first, second, stream=stream) == whole(stream, LATER)


def test_the_newest_hour_is_read_again_until_it_is_whole() -> None:
    with air_server(**served(NOW)) as server:
        first = read(server, "hourly_averages", NOW)
        at(server, LATER)
        second = read(server, "hourly_averages", LATER, first.states)
    key = (283164601, "2026-04-10T12:00:00Z")
    before, after = tabled(first)[key], tabled(first, second)[key]
    assert "partial" in before["flags"]
    assert "partial" not in after["flags"]
    assert (before["t"], after["t"]) == (34.0, served(LATER)["hourly"][NUMBER][-2]["T"])


@pytest.mark.parametrize("stream", STREAMS)
def test_an_earlier_start_is_read_from_anew_and_a_later_one_is_not(stream: str) -> None:
    with air_server(**served(NOW)) as server:
        first = read(server, stream, NOW, start_date="2026-03-20")
        at(server, LATER)
        later = read(server, stream, LATER, first.states, start_date="2026-03-25")
        assert len(server.calls) == 2
        at(server, LATER)
        earlier = read(server, stream, "2026-04-10T13:35:00Z", later.states, start_date="2026-02-10")
    assert tabled(first, later, earlier, stream=stream) == whole(stream, LATER, start_date="2026-02-10")


def test_a_station_that_is_added_is_read_from_the_start_and_one_taken_out_is_remembered() -> None:
    with air_server(**served(NOW)) as server:
        with pinned(NOW):
            alone = sync(config(server, "2026-02-03", ABIDJAN), "hourly_averages")
        at(server, NOW)
        with pinned("2026-04-10T12:40:00Z"):
            both = sync(config(server), "hourly_averages", state=alone.states)
            assert {path for path, _ in server.calls} == {f"v3/getStationHourlyAvg/{OTHER}"}
            server.calls.clear()
            out = sync(config(server, "2026-02-03", OTHER_IN_ABIDJAN), "hourly_averages", state=both.states)
            back = sync(config(server), "hourly_averages", state=out.states)
        assert server.calls == []
    assert tabled(alone, both, out, back) == whole("hourly_averages")
    assert set(back.states_of("hourly_averages")[-1]["stations"]) == {NUMBER, OTHER}


def test_the_last_day_is_the_last() -> None:
    with air_server(**served(NOW)) as server:
        reading = read(server, "hourly_averages", NOW, end_date="2026-03-01")
    days = {record["start_date"][:10] for record in reading.records("hourly_averages")}
    assert (min(days), max(days)) == ("2026-02-03", "2026-03-01")


def test_a_stream_may_begin_on_a_day_of_its_own() -> None:
    with air_server(**served(NOW)) as server:
        own = {"stream_start_dates": {"raw_readings": "2026-04-01"}}
        assert (
            min(r["measured_at"] for r in read(server, "raw_readings", NOW, **own).records("raw_readings"))[:10]
            == "2026-04-01"
        )


# The year that is read again


AFTER_REWRITING = "2026-04-10T14:34:00Z"


def rewritten(days: int, every: int) -> tuple[Mapping[Any, Any], Mapping[Any, Any], list[str]]:
    """The table after a first sync and one after the rewriting so many days later; a new one; the windows' begins."""
    with air_server(**served("2026-03-10T12:34:00Z")) as server:
        first = read(server, "hourly_averages", "2026-03-10T12:34:00Z", reread_year_every_days=every)
        now = f"{datetime.fromisoformat('2026-03-10T14:34:00Z') + timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}"
        at(server, now, rewritten=True)
        second = read(server, "hourly_averages", now, first.states, reread_year_every_days=every)
        begins = [query["start_date"] for _, query in server.calls]
        expected = tabled(read(server, "hourly_averages", now))
    return tabled(first, second), expected, begins


def test_a_year_is_read_again_now_and_then_as_it_may_have_been_rewritten() -> None:
    table, expected, begins = rewritten(days=30, every=30)
    assert table == expected
    assert min(begins) == "20260202-1800", "from the start, less the hours that flags look back on"


@pytest.mark.parametrize(("days", "every"), [(29, 30), (30, 0)])
def test_before_its_time_or_when_switched_off_a_year_is_left_alone(days: int, every: int) -> None:
    table, expected, begins = rewritten(days, every)
    assert table != expected
    assert min(begins) > "20260301"


def test_a_year_that_is_read_again_and_interrupted_is_read_to_its_end() -> None:
    now = "2026-04-10T14:34:00Z"
    with air_server(**served("2026-03-10T12:34:00Z")) as server:
        first = read(server, "hourly_averages", "2026-03-10T12:34:00Z")
        at(server, now, rewritten=True)
        with pinned(now):
            events = (
                SourceAirqino().streams(config(server))["hourly_averages"].read(first.states_of("hourly_averages")[-1])
            )
            page, checkpoint = next(events), next(events)
            assert isinstance(page, Page)
            assert isinstance(checkpoint, Checkpoint)
            with finished():
                events.close()  # type: ignore[attr-defined]
        interrupted = Reading(first.descriptions, [page])
        again = read(server, "hourly_averages", now, message("hourly_averages", checkpoint.state))
        expected = tabled(read(server, "hourly_averages", now))
    assert tabled(first, interrupted, again) == expected


def test_a_year_is_365_days() -> None:
    long_ago = {"start_date": NOW, "first_day": "2024-01-01", "year_read_at": "2026-03-01T12:00:00Z"}
    with air_server() as server:
        with pinned(LATER):
            sync(
                config(server, "2024-01-01", ABIDJAN),
                "hourly_averages",
                state=message("hourly_averages", {"stations": {NUMBER: long_ago}}),
            )
        assert min(query["start_date"] for _, query in server.calls) == "20250409-1800"


def test_the_look_back_never_misses_what_is_revised_within_a_week() -> None:
    with air_server(**served(NOW)) as server:
        first = read(server, "hourly_averages", NOW)
        now = "2026-04-10T15:34:00Z"
        at(server, now)
        for rows in server.hourly.values():
            for row in rows:
                if row["timestamp"] >= "2026-04-03 12":
                    row["T"] += 0.5
        second = read(server, "hourly_averages", now, first.states)
        assert tabled(first, second) == tabled(read(server, "hourly_averages", now))


# Stations that are silent


SILENT_FROM = datetime(2026, 3, 20, 6)


def silent_until(back: datetime, now: datetime, stream: str) -> dict[str, list[Row]]:
    """What the service has of one station, hour by hour: nothing after SILENT_FROM until it is back, and then all."""
    labels = [datetime.fromisoformat(label) for label in hours("2026-02-01 00:00:00", 24 * 100)]
    sent = [label for label in labels if label <= now and (label < SILENT_FROM or now >= back)]
    name = "timestamp" if stream == "hourly_averages" else "utc_timestamp"
    rows = [{name: str(label), "T": 20 + n % 97 / 8} for n, label in enumerate(sent)]
    return {NUMBER if stream == "hourly_averages" else "SMART188": rows}


def days_of_silence(stream: str, days: int) -> tuple[Mapping[Any, Any], Mapping[Any, Any], list[int]]:
    """The table of a sync a day over a silence, one that is read at once after it, calls of each sync."""
    back = SILENT_FROM + timedelta(days=days)
    syncs: list[Reading] = []
    calls = []
    with air_server() as server:
        now = datetime(2026, 3, 19, 12, 34)
        while now < back + timedelta(days=1):
            setattr(server, "hourly" if stream == "hourly_averages" else "raw", silent_until(back, now, stream))
            server.calls.clear()
            with pinned(f"{now.isoformat()}Z"):
                asked = config(server, "2026-02-03", ABIDJAN, reread_year_every_days=0)
                syncs.append(sync(asked, stream, state=syncs[-1].states if syncs else None))
            calls.append(len(server.calls))
            assert syncs[-1].failure is None
            last, now = now, now + timedelta(days=1)
        with pinned(f"{last.isoformat()}Z"):
            at_once = sync(asked, stream)
    return tabled(*syncs, stream=stream), tabled(at_once, stream=stream), calls


@pytest.mark.parametrize("stream", STREAMS)
@pytest.mark.parametrize("days", [5, 29])
def test_what_a_station_sends_late_is_read(stream: str, days: int) -> None:
    table, at_once, calls = days_of_silence(stream, days)
    silent = {key for key in at_once if f"{SILENT_FROM.isoformat()}Z" <= str(key[1])}
    assert len(silent) >= 24 * days
    if stream == "hourly_averages":  # which hour was partial when the station fell silent is no matter here
        table, at_once = ({key: row["t"] for key, row in one.items()} for one in (table, at_once))
    assert table == at_once
    assert max(calls[1:]) <= 2, "a silent station costs a call or two"


@pytest.mark.parametrize("stream", STREAMS)
def test_a_station_that_is_silent_for_long_is_not_waited_for(stream: str) -> None:
    with air_server() as server:
        setattr(
            server,
            "hourly" if stream == "hourly_averages" else "raw",
            silent_until(datetime(2027, 1, 1), datetime(2026, 9, 1), stream),
        )
        states: Any = None
        for now in ("2026-09-01T12:34:00Z", "2026-09-03T12:34:00Z"):
            with pinned(now):
                reading = sync(config(server, "2026-02-03", ABIDJAN, reread_year_every_days=0), stream, state=states)
            assert reading.failure is None
            states = reading.states
            known = reading.states_of(stream)[-1]["stations"][NUMBER]
            assert datetime.fromisoformat(now) - datetime.fromisoformat(known[CURSORS[stream]]) == PATIENCE


def test_a_station_of_which_nothing_is_heard_is_asked_from_its_start(caplog: pytest.LogCaptureFixture) -> None:
    with air_server() as server:
        first = read(server, "raw_readings", NOW, start_date="2026-04-01")
        server.calls.clear()
        read(server, "raw_readings", LATER, first.states, start_date="2026-04-01")
        assert {path.split("/")[2] for path, _ in server.calls} == {"2026-04-01"}
    assert "were not read" not in caplog.text


# Whatever the state


@pytest.mark.parametrize("stream", STREAMS)
def test_killed_after_any_page_and_read_on_the_table_is_the_same(stream: str) -> None:
    with air_server(**served(NOW)) as server, pinned(NOW):
        reader = SourceAirqino().streams(config(server))[stream]
        with finished():
            events = list(reader.read({}))
        expected = whole(stream)
        for stop in range(len(events) + 1):
            seen = events[:stop]
            states = [event.state for event in seen if isinstance(event, Checkpoint)]
            with finished():
                rest = list(reader.read(states[-1] if states else {}))
            pages = [event for event in [*seen, *rest] if isinstance(event, Page)]
            assert upserted({}, reader.description, pages) == expected


STARTS = st.dates(date(2026, 2, 3), date(2026, 4, 9))


@hypothesis_settings(max_examples=25, deadline=None)
@given(
    first_day=STARTS,
    until=st.datetimes(datetime(2026, 2, 4), datetime(2026, 4, 10, 12)),
    read_at=st.none() | st.datetimes(datetime(2026, 4, 1), datetime(2026, 5, 1)),
    start=STARTS,
    year=st.none() | st.datetimes(datetime(2026, 2, 1), datetime(2026, 5, 1)),
)
def test_whatever_was_read_before_what_follows_completes_the_table(
    first_day: date, until: datetime, read_at: datetime | None, start: date, year: datetime | None
) -> None:
    until_at = max(until, datetime.combine(first_day, datetime.min.time())).replace(tzinfo=UTC)
    read_instant = read_at.replace(tzinfo=UTC) if read_at else None
    known = remembered("start_date", until_at, first_day, read_instant)
    if year:
        known["year_read_at"] = year.replace(tzinfo=UTC).isoformat()
    now = datetime.fromisoformat(NOW)
    if read_instant and timedelta() <= now - read_instant < timedelta(minutes=50) and first_day <= start:
        return  # read a moment ago
    stream = replace(LISTENING["stream"], start_day=start)
    with pinned(NOW), finished():
        pages = [event for event in stream.read({"stations": {NUMBER: known}}) if isinstance(event, Page)]
    seen = {record["source_timestamp"] for page in pages for record in page.records}
    # What the state calls read is there already, unless the look-back or a revision asks for more.
    held = {
        label
        for label in LISTENING["labels"]
        if f"{first_day}" <= label[:10] and datetime.fromisoformat(label).replace(tzinfo=UTC) < until_at
    }
    wanted = {label for label in LISTENING["labels"] if label[:10] >= f"{start}"}
    assert wanted <= seen | held
    assert seen <= wanted


LISTENING: dict[str, Any] = {}


@pytest.fixture(scope="module", autouse=True)
def listening() -> Any:
    """One server for all the examples."""
    with air_server(**served(NOW)) as server, pinned(NOW):
        stream = SourceAirqino().streams(config(server, "2026-02-03", ABIDJAN))["hourly_averages"]
        assert isinstance(stream, SeriesStream)
        LISTENING.update(stream=stream, labels=[row["timestamp"] for row in server.hourly[NUMBER]])
        yield


@pytest.mark.parametrize(
    "state",
    [
        {"stations": "all"},
        {"stations": {NUMBER: "yes"}},
        {"stations": {NUMBER: {"start_date": "soon"}, OTHER: {"first_day": "2026-13-01"}}},
        {"stations": {NUMBER: {"start_date": "2026-04-10T12:00:00", "first_day": "2026-02-03"}}},
        {"start_date": "2026-04-10T12:00:00Z"},
        {"stations": {NUMBER: {"read_at": "2126-04-10T12:00:00Z", "year_read_at": "nonsense"}}},
    ],
)
def test_a_state_that_cannot_be_read_is_read_from_the_start(state: Mapping[str, Any]) -> None:
    with air_server(**served(NOW)) as server:
        reading = read(server, "hourly_averages", NOW, message("hourly_averages", state))
    assert tabled(reading) == whole("hourly_averages")


def test_the_state_is_what_the_kit_reads() -> None:
    with air_server(**served(NOW)) as server:
        state = read(server, "hourly_averages", NOW).states_of("hourly_averages")[-1]
    for known in state["stations"].values():
        reach = Reach.of(known, "start_date", "hourly_averages", UTC)
        newest = datetime.fromisoformat("2026-04-10T12:00:00Z")
        assert (reach.until, reach.read_at) == (newest, datetime.fromisoformat(NOW))
        assert reach.first_day == date(2026, 2, 3)
