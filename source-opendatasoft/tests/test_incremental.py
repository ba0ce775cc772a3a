"""Syncs one after another give the table that one sync of all would give, whatever came between them."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise
from typing import Any

import pytest
from airbyte_cdk.models import AirbyteMessage
from connector_kit.reach import Reach
from connector_kit.streams import Page
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from portal_double import Call, Held, Reply, Row
from portal_reads import Site, config, held, site
from reading import LOGGER, Table, catalog, finished, pinned, upserted
from source_opendatasoft import SourceOpendatasoft
from source_opendatasoft.presets import PRESETS
from source_opendatasoft.stream import Pass, PortalStream, State

NATIONAL, CONSOLIDATED, GAS = "eco2mix_national_tr", "eco2mix_national_cons_def", "stock_quotidien_stockages_gaz"
DATED = {dataset.name: dataset for sets in PRESETS.values() for dataset in sets if dataset.cursor}
FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
FAST = settings(max_examples=80, deadline=None)
SITTING = datetime(2026, 3, 10, 9, tzinfo=UTC)


def hour(at: datetime, value: int | None, nature: str = "Données temps réel") -> Row:
    """A row an hour, enough to tell what is read."""
    return {
        "perimetre": "France",
        "nature": nature,
        "date": at.date().isoformat(),
        "heure": f"{at:%H:%M}",
        "date_heure": at.isoformat(),
        "consommation": value,
    }


def hours(first: datetime, last: datetime, value: int = 1, nature: str = "Données temps réel") -> list[Row]:
    """Rows from ``first`` to ``last``, both included."""
    return [
        hour(first + timedelta(hours=n), value, nature) for n in range(int((last - first) / timedelta(hours=1)) + 1)
    ]


def text(at: datetime) -> str:
    return at.isoformat()


def values(table: Table) -> dict[str, Any]:
    """By label, what the table has."""
    return {f"{row['date']} {row['heure']}": row["consommation"] for row in table.values()}


def told(rows: list[Row]) -> dict[str, Any]:
    return {f"{row['date']} {row['heure']}": row["consommation"] for row in rows}


# What is read again, and when


def test_a_sync_at_once_makes_no_call_and_one_without_news_makes_one() -> None:
    rows = hours(SITTING - timedelta(days=9), SITTING)
    with site(**{NATIONAL: held(rows)}) as portal:
        first = portal.sync(NATIONAL, text(SITTING))
        again = portal.sync(NATIONAL, text(SITTING + timedelta(minutes=5)))
        assert (portal.portal.kinds(), again.records(NATIONAL)) == ([], [])
        later = portal.sync(NATIONAL, text(SITTING + timedelta(hours=1)))
        assert (portal.portal.kinds(), later.records(NATIONAL)) == (["description"], [])
        # What is revised without the portal's saying so is seen within a day.
        next_day = portal.sync(NATIONAL, text(SITTING + timedelta(hours=24)))
        assert min(row["date"] for row in next_day.records(NATIONAL)) == "2026-03-06"
    assert len(first.records(NATIONAL)) == len(rows)


def test_an_hour_later_only_what_is_new_or_may_be_revised_is_read() -> None:
    rows = hours(SITTING - timedelta(days=9), SITTING)
    with site(**{NATIONAL: held(rows)}) as portal:
        portal.sync(NATIONAL, text(SITTING), start_date="2026-03-01")
        portal.portal.held["eco2mix-national-tr"] = held(
            [*rows, *hours(SITTING + timedelta(hours=1), SITTING + timedelta(hours=2))], processed="later"
        )
        later = portal.sync(NATIONAL, text(SITTING + timedelta(hours=2)), start_date="2026-03-01")
        # The day of the last measure less three days, to the newest row.
        assert min(row["date_heure"] for row in later.records(NATIONAL)) == "2026-03-06T23:00:00Z"
        assert max(row["date_heure"] for row in later.records(NATIONAL)) == "2026-03-10T11:00:00Z"
        assert len(portal.portal.calls) <= 3
        assert portal.saved()["data_processed"] == "later"


def test_gas_that_comes_a_month_later_is_read() -> None:
    def day_of_gas(day: date, source: str) -> Row:
        return {"date": day.isoformat(), "stock_fin_de_journee": 1.0, "source": source, "pits": "Teréga"}

    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(60)]
    rows = [day_of_gas(day, "Storengy") for day in days] + [day_of_gas(day, "Teréga") for day in days[:30]]
    with site(**{GAS: held(rows)}) as portal:
        first = portal.sync(GAS, "2026-03-03T12:00:00Z", start_date="2026-01-01")
        late = [day_of_gas(day, "Teréga") for day in days[30:]]
        portal.portal.held["stock-quotidien-stockages-gaz"] = held(rows + late, processed="later")
        second = portal.sync(GAS, "2026-03-20T12:00:00Z", start_date="2026-01-01")
    assert len(first.table(GAS, second)) == 120


def test_an_earlier_start_is_read_from_and_a_later_one_told(caplog: pytest.LogCaptureFixture) -> None:
    rows = hours(SITTING - timedelta(days=20), SITTING)
    with site(**{NATIONAL: held(rows)}) as portal, caplog.at_level(logging.WARNING):
        portal.sync(NATIONAL, text(SITTING), start_date="2026-03-05")
        earlier = portal.sync(NATIONAL, text(SITTING), start_date="2026-02-25")
        assert min(row["date_heure"] for row in earlier.records(NATIONAL)) == "2026-02-24T23:00:00Z"
        assert portal.saved()["first_day"] == "2026-02-25"
        later = portal.sync(NATIONAL, text(SITTING + timedelta(days=40)), start_date="2026-04-10")
        assert later.failure is None
    assert "2026-03-10 to 2026-04-09 were not read and lie before the start date" in caplog.text


def test_an_end_date_is_honoured() -> None:
    rows = hours(SITTING - timedelta(days=9), SITTING)
    with site(**{NATIONAL: held(rows)}) as portal:
        reading = portal.sync(NATIONAL, text(SITTING), advanced={"end_date": "2026-03-05"})
        assert max(row["date_heure"] for row in reading.records(NATIONAL)) == "2026-03-05T22:00:00Z"
        beyond = portal.sync(
            NATIONAL, text(SITTING), start_date="2026-03-07", advanced={"end_date": "2026-03-08"}, state=None
        )
        assert {row["date"] for row in beyond.records(NATIONAL)} == {"2026-03-06", "2026-03-07", "2026-03-08"}


def test_a_longer_look_back_is_taken_and_a_shorter_one_not() -> None:
    rows = hours(SITTING - timedelta(days=20), SITTING)
    for wanted, first in ((10, "2026-02-27T23:00:00Z"), (1, "2026-03-06T23:00:00Z")):
        with site(**{NATIONAL: held(rows)}) as portal:
            portal.sync(NATIONAL, text(SITTING), start_date="2026-02-20")
            portal.portal.held["eco2mix-national-tr"].processed = "later"
            options = {"start_date": "2026-02-20", "advanced": {"look_back_days": wanted}}
            again = portal.sync(NATIONAL, text(SITTING + timedelta(hours=1)), **options)
        assert min(row["date_heure"] for row in again.records(NATIONAL)) == first


def test_a_data_set_that_begins_later_than_asked_costs_no_call_for_the_years_before() -> None:
    rows = hours(SITTING - timedelta(days=2), SITTING)
    with site(**{NATIONAL: held(rows)}) as portal:
        portal.sync(NATIONAL, text(SITTING), start_date="1990-01-01")
        assert len(portal.portal.calls) == 3


def test_a_start_after_the_last_row_is_no_trouble() -> None:
    rows = hours(SITTING - timedelta(days=100), SITTING - timedelta(days=60), nature="Données consolidées")
    with site(**{CONSOLIDATED: held(rows)}) as portal:
        reading = portal.sync(CONSOLIDATED, text(SITTING), start_date="2026-03-01")
        assert (reading.failure, reading.records(CONSOLIDATED), portal.waits) == (None, [], [])
        portal.portal.held["eco2mix-national-cons-def"] = held(
            [*rows, *hours(SITTING - timedelta(days=5), SITTING, nature="Données consolidées")], processed="later"
        )
        later = portal.sync(CONSOLIDATED, text(SITTING + timedelta(days=1)), start_date="2026-03-01")
    assert len(later.records(CONSOLIDATED)) == 5 * 24 + 1


def test_rows_that_leave_the_portal_stay_in_the_table() -> None:
    rows = hours(SITTING - timedelta(days=9), SITTING)
    with site(**{NATIONAL: held(rows)}) as portal:
        first = portal.sync(NATIONAL, text(SITTING))
        portal.portal.held["eco2mix-national-tr"] = held(rows[-40:], processed="later")
        second = portal.sync(NATIONAL, text(SITTING + timedelta(hours=1)))
    assert len(first.table(NATIONAL, second)) == len(first.table(NATIONAL))


# States


STATES = st.fixed_dictionaries(
    {},
    optional={
        "date_heure": st.sampled_from(
            ["2026-03-09T00:00:00Z", "2026-03-09", "soon", 7, None, "2031-01-01T00:00:00Z", "2026-01-01T00:00:00Z"]
        ),
        "first_day": st.sampled_from(["2026-03-01", "2026-01-01", "2026-03-08", "no day", 5]),
        "read_at": st.sampled_from(["2026-03-10T08:00:00Z", "2031-01-01T00:00:00Z", "yesterday", None]),
        "data_processed": st.sampled_from(["2026-01-01T00:00:00+00:00", "older", 3, None]),
        "rows_read_at": st.sampled_from(["2026-03-01T08:00:00Z", "2031-01-01T00:00:00Z", "then", 4]),
        "pass_of": st.sampled_from(["2026-01-01T00:00:00+00:00", "older", None]),
        "pass_until": st.sampled_from(["2026-03-05", "2031-01-01", "there", 9]),
    },
)


@FEW
@given(STATES)
def test_no_state_keeps_a_sync_from_ending_with_the_newest_row(state: Mapping[str, Any]) -> None:
    rows = hours(SITTING - timedelta(days=9), SITTING)
    with site(**{NATIONAL: held(rows)}) as portal:
        portal.sync(NATIONAL, text(SITTING))
        saved = portal.state
        saved[-1].stream.stream_state.__dict__.clear()
        saved[-1].stream.stream_state.__dict__.update(state)
        reading = portal.sync(NATIONAL, text(SITTING), state=saved)
    assert reading.failure is None
    left = reading.states_of(NATIONAL)[-1]
    # Somebody who writes a cursor of the future gets what he asked for, up to the look-back before today.
    assert Reach.of(left, "date_heure", NATIONAL).until is not None
    assert max(row["date_heure"] for row in reading.records(NATIONAL)) == "2026-03-10T09:00:00Z"


@FAST
@given(
    st.sampled_from(sorted(DATED)),
    st.dates(date(2010, 1, 1), date(2026, 3, 10)),
    st.integers(0, 40),
)
def test_windows_tile_what_is_asked_for(name: str, begin: date, later: int) -> None:
    today = date(2026, 3, 10)
    end = today - timedelta(days=later) if later else None
    if end and end < begin:
        begin = end
    reading = Pass(DATED[name], begin, end, begin, True, None)
    windows = [window for window, _ in reading.windows(today)]
    assert windows[0].start_day == begin
    assert all(before.end_day == after.start_day for before, after in pairwise(windows))
    assert all(window.days <= DATED[name].window_days for window in windows)
    conditions = [where for _, where in reading.windows(today)]
    # Without an end the last window has none, so that it holds all rows of the future.
    assert ("<" in conditions[-1]) == (end is not None)
    assert all(">=" in where and "<" in where for where in conditions[:-1])


@FAST
@given(st.integers(0, 10_000_000), st.integers(1, 5_000))
def test_windows_of_unknown_data_sets_hold_a_moderate_number_of_rows(rows: int, days: int) -> None:
    dataset = replace(DATED[NATIONAL], window_days=0)
    begin = date(2026, 3, 10) - timedelta(days=days - 1)
    reading = Pass(dataset, begin, date(2026, 3, 10), begin, True, None, expected=rows)
    longest = max(window.days for window, _ in reading.windows(date(2026, 3, 10)))
    assert longest <= 2 or longest * rows / days <= 20_001


# Any order of events


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[timedelta, list[tuple[timedelta, int]], bool]]:
    """Between syncs: how long, which revisions (how long ago, the value), and whether the sync finds an empty set."""
    steps = draw(st.integers(1, 4))
    revision = st.tuples(st.integers(0, 70).map(lambda hours: timedelta(hours=hours)), st.integers(2, 99))
    return [
        (
            timedelta(hours=draw(st.integers(1, 60))),
            draw(st.lists(revision, max_size=3)),
            draw(st.sampled_from([False, False, False, True])),
        )
        for _ in range(steps)
    ]


@FEW
@given(histories())
def test_whatever_happens_between_syncs_the_table_is_what_the_portal_had(
    history: list[tuple[timedelta, list[tuple[timedelta, int]], bool]],
) -> None:
    now, begin = SITTING, SITTING - timedelta(days=8)
    published = {row["date_heure"]: row for row in hours(begin, now)}
    future = [hour(now + timedelta(hours=n), None) for n in range(1, 4)]
    with site(**{NATIONAL: held([*published.values(), *future])}) as portal:
        syncs = [portal.sync(NATIONAL, text(now), start_date="2026-03-01")]
        for pause, revisions, empty in [*history, (timedelta(hours=2), [], False)]:
            before, now = now, now + pause
            for ago, value in revisions:
                at = text(before - ago)
                published[at] = {**published[at], "consommation": value}
            published |= {row["date_heure"]: row for row in hours(before + timedelta(hours=1), now)}
            kept = held(list(published.values()), processed=text(now))
            portal.portal.held["eco2mix-national-tr"] = replace(kept, rows=[] if empty else kept.rows)
            syncs.append(portal.sync(NATIONAL, text(now), start_date="2026-03-01"))
    assert {sync.failure for sync in syncs} == {None}
    assert values(syncs[0].table(NATIONAL, *syncs[1:])) == told(list(published.values()))


# Broken off


def broken_off(portal: Site, stream: str, events: int, now: str, **options: Any) -> tuple[list[Page], Any]:
    """The pages and the last state of a sync that is killed after so many events."""
    pages, state = [], portal.state
    with pinned(now), finished():
        source = SourceOpendatasoft(portal.waits.append)
        settings_ = config(portal.portal, **options)
        descriptions = {name: one.description for name, one in source.streams(settings_).items()}
        running = source.read_events(LOGGER, settings_, catalog(descriptions, stream), portal.state or [])
        for event in islice(running, events):
            if isinstance(event, Page):
                pages.append(event)
            elif isinstance(event, AirbyteMessage) and event.state:
                state = [event.state]
        running.close()
    return pages, state


@pytest.mark.parametrize("stream", [NATIONAL, CONSOLIDATED])
@pytest.mark.parametrize("events", [1, 2, 4, 5, 7, 9])
def test_a_sync_that_is_killed_anywhere_loses_nothing(
    stream: str, events: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("source_opendatasoft.stream.Pass._window_days", lambda reading, end: 5)
    rows = hours(SITTING - timedelta(days=25), SITTING)
    with site(**{stream: held(rows)}) as portal:
        pages, portal.state = broken_off(portal, stream, events, text(SITTING), start_date="2026-02-15")
        rest = portal.sync(stream, text(SITTING), start_date="2026-02-15")
        calls = len(portal.portal.calls)
        whole = portal.sync(stream, text(SITTING), start_date="2026-02-15", state=[], keep=False)
        assert calls <= len(portal.portal.calls)
    table = upserted(upserted({}, rest.descriptions[stream], pages), rest.descriptions[stream], rest.pages)
    assert table == whole.table(stream)
    assert rest.states_of(stream)[-1] == whole.states_of(stream)[-1]


def test_a_whole_reading_that_was_broken_off_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("source_opendatasoft.stream.Pass._window_days", lambda reading, end: 5)
    rows = hours(SITTING - timedelta(days=25), SITTING, nature="Données consolidées")
    rewritten = [{**row, "consommation": 2} for row in rows]
    with site(**{CONSOLIDATED: held(rows)}) as portal:
        portal.sync(CONSOLIDATED, text(SITTING), start_date="2026-02-15")
        portal.portal.held["eco2mix-national-cons-def"] = held(rewritten, processed="later")
        later = text(SITTING + timedelta(days=1))
        _, portal.state = broken_off(portal, CONSOLIDATED, 7, later, start_date="2026-02-15")
        # The newest row that was read before stays known while the whole is read again.
        assert portal.saved()["date_heure"] == "2026-03-10T09:00:00Z"
        reached = portal.saved()["pass_until"]
        assert "2026-02-15" < reached < "2026-03-10"
        rest = portal.sync(CONSOLIDATED, later, start_date="2026-02-15")
        assert (
            min(row["date"] for row in rest.records(CONSOLIDATED))
            >= (date.fromisoformat(reached) - timedelta(days=1)).isoformat()
        )
        assert not {"pass_of", "pass_until"} & set(portal.saved())


def test_a_whole_reading_of_a_version_that_is_gone_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("source_opendatasoft.stream.Pass._window_days", lambda reading, end: 5)
    rows = hours(SITTING - timedelta(days=25), SITTING, nature="Données consolidées")
    with site(**{CONSOLIDATED: held(rows)}) as portal:
        portal.sync(CONSOLIDATED, text(SITTING), start_date="2026-02-10")
        for version, value in (("second", 2), ("third", 3)):
            kept = held([{**row, "consommation": value} for row in rows], processed=version)
            portal.portal.held["eco2mix-national-cons-def"] = kept
            later = text(SITTING + timedelta(days=1))
            if version == "second":
                _, portal.state = broken_off(portal, CONSOLIDATED, 7, later, start_date="2026-02-10")
        rest = portal.sync(CONSOLIDATED, later, start_date="2026-02-10")
    assert {row["consommation"] for row in rest.table(CONSOLIDATED).values()} == {3}
    assert len(rest.table(CONSOLIDATED)) == len(rows)


def test_rows_that_go_while_the_whole_is_read_keep_the_state_before_them(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The portal empties the data set in the middle of a long reading: not a hole in the data."""
    monkeypatch.setattr("source_opendatasoft.stream.Pass._window_days", lambda reading, end: 5)
    monkeypatch.setattr("source_opendatasoft.stream.WINDOWS_AHEAD", 1)
    rows = hours(SITTING - timedelta(days=25), SITTING, nature="Données consolidées")
    kept = held(rows)
    windows = iter(range(100))

    def emptied(call: Call) -> Reply | None:
        if call.params.get("limit") == "100" and next(windows) == 2:
            kept.rows = []
        return None

    with site(**{CONSOLIDATED: kept}) as portal, caplog.at_level(logging.WARNING):
        portal.portal.before = emptied
        first = portal.sync(CONSOLIDATED, text(SITTING), start_date="2026-02-10")
        assert first.failure is None
        assert "did not come whole" in caplog.text
        assert "read_at" not in portal.saved()
        kept.rows = list(rows)
        second = portal.sync(CONSOLIDATED, text(SITTING), start_date="2026-02-10")
    assert len(first.table(CONSOLIDATED, second)) == len(rows)


def test_a_hole_in_the_data_is_no_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("source_opendatasoft.stream.Pass._window_days", lambda reading, end: 5)
    rows = hours(SITTING - timedelta(days=40), SITTING - timedelta(days=25)) + hours(
        SITTING - timedelta(days=2), SITTING
    )
    with site(**{CONSOLIDATED: held(rows)}) as portal:
        reading = portal.sync(CONSOLIDATED, text(SITTING), start_date="2026-01-01")
        assert (reading.failure, portal.waits) == (None, [])
        assert "read_at" in portal.saved()
    assert len(reading.table(CONSOLIDATED)) == len(rows)


def test_the_state_holds_what_the_stream_says_it_holds() -> None:
    rows = hours(SITTING - timedelta(days=9), SITTING)
    with site(**{NATIONAL: held(rows)}) as portal:
        portal.sync(NATIONAL, text(SITTING))
        saved: State = portal.saved()
    assert saved == {
        "date_heure": "2026-03-10T09:00:00Z",
        "first_day": "2026-03-01",
        "read_at": "2026-03-10T09:00:00Z",
        "data_processed": "2026-01-01T00:00:00+00:00",
        "rows_read_at": "2026-03-10T09:00:00Z",
    }
    assert all(f"``{name}``" in (PortalStream.__doc__ or "") for name in saved if name != "date_heure")


def test_a_portal_that_does_not_say_when_it_processed_is_read_with_the_look_back() -> None:
    rows = hours(SITTING - timedelta(days=9), SITTING, nature="Données consolidées")
    silent: Held = held(rows)
    silent.document = {"metas": {}}
    with site(**{CONSOLIDATED: silent}) as portal:
        portal.sync(CONSOLIDATED, text(SITTING), start_date="2026-03-01")
        assert "data_processed" not in portal.saved()
        again = portal.sync(CONSOLIDATED, text(SITTING + timedelta(hours=7)), start_date="2026-03-01")
    assert again.failure is None
    assert again.records(CONSOLIDATED)
