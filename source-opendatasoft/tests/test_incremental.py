"""Syncs one after another give the table that one sync of all would give, whatever came between them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise
from typing import Any

import orjson
import pytest
from airbyte_cdk.models import AirbyteMessage, AirbyteStreamStatus, FailureType, SyncMode
from airbyte_cdk.utils import AirbyteTracedException
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
        # What was read but once is read once more, a day later.
        next_day = portal.sync(NATIONAL, text(SITTING + timedelta(hours=24)))
        assert len(next_day.records(NATIONAL)) == len(rows)
        # What is revised without the portal's saying so is seen within a day.
        third_day = portal.sync(NATIONAL, text(SITTING + timedelta(hours=48)))
        assert min(row["date"] for row in third_day.records(NATIONAL)) == "2026-03-06"
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


def test_a_start_that_moves_past_the_newest_row_is_told_once_and_costs_no_wait(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The demo's start is so many days ago, and a data set may come late."""
    rows = hours(SITTING - timedelta(days=30), SITTING - timedelta(days=20))
    with site(**{NATIONAL: held(rows)}) as portal, caplog.at_level(logging.WARNING):
        portal.sync(NATIONAL, text(SITTING - timedelta(days=20)), start_date="2026-02-01")
        for later in (1, 2, 3):
            portal.portal.held["eco2mix-national-tr"].processed = f"version {later}"
            now = text(SITTING + timedelta(days=later))
            start = (date(2026, 3, 1) + timedelta(days=later)).isoformat()
            assert portal.sync(NATIONAL, now, start_date=start).failure is None
            assert portal.waits == []
            assert len(portal.portal.calls) <= 3
        assert "refreshing_since" not in portal.saved()
    assert len([record for record in caplog.records if "were not read" in record.message]) == 1
    assert "refreshing" not in caplog.text


def test_rows_of_the_coming_days_are_read_up_to_an_end_date_to_come() -> None:
    """Real time of France has forecasts of tomorrow."""
    rows = hours(SITTING - timedelta(days=2), SITTING + timedelta(days=4))
    with site(**{NATIONAL: held(rows)}) as portal:
        reading = portal.sync(NATIONAL, text(SITTING), advanced={"end_date": "2026-03-12"})
        assert {row["date_heure"] for row in reading.records(NATIONAL)} == {
            row["date_heure"].replace("+00:00", "Z") for row in rows if row["date_heure"] < "2026-03-12T23:00"
        }
        assert portal.saved()["date_heure"] == "2026-03-10T09:00:00Z"


# What the portal gave but a part of, though its count agreed


REGIONAL = "eco2mix_regional_tr"
REGIONS = ("11", "84", "93")


def of_regions(rows: list[Row]) -> list[Row]:
    """The rows once for each region."""
    return [
        {"code_insee_region": code, "libelle_region": "", **{k: v for k, v in row.items() if k != "perimetre"}}
        for row in rows
        for code in REGIONS
    ]


def lacking_a_region(rows: list[Row]) -> list[Row]:
    return [row for row in rows if row["code_insee_region"] != "93"]


def lacking_instants(rows: list[Row]) -> list[Row]:
    return rows[:100] + rows[900:]


def with_repeats(rows: list[Row]) -> list[Row]:
    """As many rows as there are, some of them twice in place of others."""
    return rows[:300] + rows[:100] + rows[400:]


def lacking_all_but_the_last(rows: list[Row]) -> list[Row]:
    return rows[-100:]


PARTS = (lacking_a_region, lacking_instants, with_repeats, lacking_all_but_the_last)


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize(
    ("stream", "later"),
    [(REGIONAL, [1, 2, 8, 19, 20, 21]), (REGIONAL, [20]), ("eco2mix_regional_cons_def", [6, 12, 24])],
)
def test_a_first_reading_of_a_part_becomes_whole_within_a_day(
    stream: str, later: list[int], part: Callable[[list[Row]], list[Row]]
) -> None:
    """Consolidated data are not processed again for months: nothing but the day that passes makes them whole."""
    rows = of_regions(hours(SITTING - timedelta(days=60), SITTING))
    dataset = DATED[stream].dataset
    with site(**{stream: Held(part(rows), held(rows).types)}) as portal:
        syncs = [portal.sync(stream, text(SITTING), start_date="2026-01-01")]
        for hour_ in later:
            moved = stream == REGIONAL
            processed = f"{hour_}" if moved else portal.portal.held[dataset].processed
            portal.portal.held[dataset] = Held(rows, held(rows).types, processed=processed)
            syncs.append(portal.sync(stream, text(SITTING + timedelta(hours=hour_)), start_date="2026-01-01"))
        assert {sync.failure for sync in syncs} == {None}
        assert len(syncs[0].table(stream)) < len(rows)
        assert len(syncs[0].table(stream, *syncs[1:])) == len(rows)
        assert "unconfirmed_from" not in portal.saved()
        # From then on it is the look-back alone.
        portal.portal.held[dataset].processed = portal.portal.held[dataset].processed if not moved else "last"
        last = portal.sync(stream, text(SITTING + timedelta(hours=48)), start_date="2026-01-01")
        days = DATED[stream].look_back_days
        assert min(row["date"] for row in last.records(stream)) >= str(SITTING.date() - timedelta(days=days + 1))


@pytest.mark.parametrize("part", PARTS)
def test_a_pause_that_ends_with_a_part_becomes_whole_within_a_day(part: Callable[[list[Row]], list[Row]]) -> None:
    rows = of_regions(hours(SITTING - timedelta(days=60), SITTING))
    old = [row for row in rows if row["date_heure"] <= text(SITTING - timedelta(days=50))]
    kept = Held(old, held(rows).types)
    with site(**{REGIONAL: kept}) as portal:
        syncs = [portal.sync(REGIONAL, text(SITTING - timedelta(days=50)), start_date="2026-01-01")]
        kept.rows, kept.processed = old + part([row for row in rows if row not in old]), "second"
        syncs.append(portal.sync(REGIONAL, text(SITTING), start_date="2026-01-01"))
        assert len(syncs[0].table(REGIONAL, *syncs[1:])) < len(rows)
        # Days that were read twice need not come again.
        assert portal.saved()["unconfirmed_from"] >= "2026-01-16"
        kept.rows, kept.processed = rows, "third"
        syncs.append(portal.sync(REGIONAL, text(SITTING + timedelta(days=1)), start_date="2026-01-01"))
        assert "unconfirmed_from" not in portal.saved()
    assert len(syncs[0].table(REGIONAL, *syncs[1:])) == len(rows)


@pytest.mark.parametrize("events", range(1, 12, 2))
def test_reading_once_more_may_be_killed_too(events: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("source_opendatasoft.stream.Pass._window_days", lambda reading, end: 2)
    rows = of_regions(hours(SITTING - timedelta(days=9), SITTING))
    kept = Held(lacking_a_region(rows), held(rows).types)
    with site(**{REGIONAL: kept}) as portal:
        first = portal.sync(REGIONAL, text(SITTING), start_date="2026-03-01")
        kept.rows, kept.processed = rows, "second"
        tomorrow = text(SITTING + timedelta(days=1))
        pages, portal.state = broken_off(portal, REGIONAL, events, tomorrow, start_date="2026-03-01")
        rest = portal.sync(REGIONAL, tomorrow, start_date="2026-03-01")
        assert "unconfirmed_from" not in portal.saved()
    table = upserted(first.table(REGIONAL), rest.descriptions[REGIONAL], [*pages, *rest.pages])
    assert len(table) == len(rows)


@pytest.mark.parametrize("written", [None, 7, "yesterday", "2026-03-09T09:00:00", "2999-01-01T00:00:00Z"])
def test_a_state_that_somebody_wrote_into_is_read_all_the_same(written: Any) -> None:
    rows = hours(SITTING - timedelta(days=9), SITTING)
    with site(**{NATIONAL: held(rows)}) as portal:
        portal.sync(NATIONAL, text(SITTING))
        blob = portal.state[-1].stream.stream_state.__dict__
        blob.update(unconfirmed_at=written, refreshing_since=written)
        assert portal.sync(NATIONAL, text(SITTING + timedelta(days=1))).failure is None
        assert not {"unconfirmed_at", "refreshing_since"} & set(portal.saved())


# Empty where there were rows


def test_a_pause_is_not_read_from_a_portal_that_is_empty_at_its_beginning(caplog: pytest.LogCaptureFixture) -> None:
    """The first windows come empty while the portal refreshes; the later ones have rows."""
    rows = hours(SITTING - timedelta(days=90), SITTING)
    kept = held([row for row in rows if row["date_heure"] <= text(SITTING - timedelta(days=80))])
    windows = iter(range(100))

    def emptied(call: Call) -> Reply | None:
        if call.params.get("limit") == "100":
            kept.rows = rows if next(windows) >= 2 else []
        return None

    with site(**{NATIONAL: kept}) as portal, pytest.MonkeyPatch.context() as patch, caplog.at_level(logging.WARNING):
        patch.setattr("source_opendatasoft.stream.WINDOWS_AHEAD", 1)
        patch.setattr("source_opendatasoft.stream.WAITS", ())
        syncs = [portal.sync(NATIONAL, text(SITTING - timedelta(days=80)), start_date="2025-12-01")]
        kept.rows, kept.processed, portal.portal.before = rows, "second", emptied
        syncs.append(portal.sync(NATIONAL, text(SITTING), start_date="2025-12-01"))
        assert "did not come whole" in caplog.text
        assert portal.saved()["date_heure"] < text(SITTING - timedelta(days=79))
        portal.portal.before = lambda call: None
        syncs.append(portal.sync(NATIONAL, text(SITTING), start_date="2025-12-01"))
    assert {sync.failure for sync in syncs} == {None}
    assert len(syncs[0].table(NATIONAL, *syncs[1:])) == len(rows)


def test_a_data_set_that_stays_empty_is_a_failure_after_a_day() -> None:
    rows = hours(SITTING - timedelta(days=9), SITTING)
    with site(**{NATIONAL: held(rows)}) as portal:
        portal.sync(NATIONAL, text(SITTING))
        portal.portal.held["eco2mix-national-tr"] = Held([], held(rows).types, processed="later")
        failures = {
            hours_: portal.sync(NATIONAL, text(SITTING + timedelta(hours=hours_))).failure for hours_ in (1, 2, 24, 25)
        }
        assert {at for at, failure in failures.items() if failure} == {25}
        failure = failures[25]
        assert failure is not None
        assert failure.failure_type is FailureType.transient_error
        assert "it had rows, and this since 2026-03-10T10:00:00Z" in str(failure.message)
        portal.portal.held["eco2mix-national-tr"] = held(rows, processed="again")
        assert portal.sync(NATIONAL, text(SITTING + timedelta(hours=26))).failure is None
        assert "refreshing_since" not in portal.saved()


def test_rows_before_an_end_date_that_have_left_are_no_failure() -> None:
    """Real time goes where it is consolidated."""
    rows = hours(SITTING - timedelta(days=9), SITTING)
    options: dict[str, Any] = {"advanced": {"end_date": "2026-03-05"}}
    with site(**{NATIONAL: held(rows)}) as portal:
        portal.sync(NATIONAL, text(SITTING), **options)
        for later in (60, 62, 64):
            now = SITTING + timedelta(days=later)
            portal.portal.held["eco2mix-national-tr"] = held(hours(now - timedelta(days=9), now), processed=text(now))
            assert portal.sync(NATIONAL, text(now), **options).failure is None
        # What has left can't be read once more: without news a sync makes one call.
        assert "unconfirmed_from" not in portal.saved()
        portal.sync(NATIONAL, text(now + timedelta(hours=1)), **options)
        assert portal.portal.kinds() == ["description"]


@pytest.mark.parametrize("empty", [True, False])
def test_a_full_refresh_that_does_not_come_whole_is_a_failure(empty: bool) -> None:
    """It would take the place of a whole table."""
    rows = hours(SITTING - timedelta(days=25), SITTING)

    def lacking(call: Call) -> Reply | None:
        if call.kind != "exports/jsonl":
            return None
        return 200, b"" if empty else b"".join(orjson.dumps(row) + b"\n" for row in rows[:100]), {}

    with site(**{NATIONAL: held(rows)}) as portal, pinned(text(SITTING)), finished():
        portal.portal.before = lacking
        source, settings_ = SourceOpendatasoft(portal.waits.append), config(portal.portal)
        streams = {name: one.description for name, one in source.streams(settings_).items()}
        whole = catalog(streams, NATIONAL)
        whole.streams[0].sync_mode = SyncMode.full_refresh
        statuses: list[Any] = []
        with pytest.raises(AirbyteTracedException, match="did not come whole"):
            for event in source.read_events(LOGGER, settings_, whole, []):
                if isinstance(event, AirbyteMessage) and event.trace and event.trace.stream_status:
                    statuses.append(event.trace.stream_status.status)
    assert statuses[-1] is AirbyteStreamStatus.INCOMPLETE


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
    reading = Pass(DATED[name], begin, end, begin, True, None, SITTING, begin, 3)
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
    reading = Pass(dataset, begin, date(2026, 3, 10), begin, True, None, SITTING, begin, 3, expected=rows)
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
    # Empty for longer than a day is a failure, and loses nothing either.
    assert all("and this since" in str(sync.failure.message) for sync in syncs if sync.failure)
    assert syncs[-1].failure is None
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
        "unconfirmed_from": "2026-03-01",
        "unconfirmed_at": "2026-03-10T09:00:00Z",
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
