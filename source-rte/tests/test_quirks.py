"""Where RTE's API is not what one expects: a test for each quirk, which fails where its handling is removed.

Most are hand-written answers; where the wire matters, the simulator or a script answers.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise, permutations
from typing import Any

import pytest
import requests
from airbyte_cdk.models import (
    AirbyteMessage,
    AirbyteStateMessage,
    ConfiguredAirbyteCatalog,
    ConfiguredAirbyteStream,
    DestinationSyncMode,
    FailureType,
    SyncMode,
)
from airbyte_cdk.sources.streams.http.error_handlers import ResponseAction
from airbyte_cdk.utils import AirbyteTracedException
from connector_kit.clock import PARIS
from connector_kit.policy import find_rule
from connector_kit.streams import Checkpoint, Page
from connector_kit.windows import Window, paris_midnight
from requests.adapters import HTTPAdapter
from scripted_server import Script, scripted_server
from simulator.rte.tokens import Tokens
from simulator.testing import SimulatorUrl, log_in, running_simulator
from source_rte import SourceRte
from source_rte.api import POLICY, RteApi
from source_rte.periods import Period, days
from source_rte.records import records_of
from source_rte.resource import Part, Resource
from source_rte.resources import RESOURCES
from source_rte.stream import RteStream

NOW = "2026-11-20T15:05:00Z"
LOGGER = logging.getLogger("airbyte")
BY_STREAM = {resource.stream: resource for resource in RESOURCES}

LOAD = BY_STREAM["consumption_short_term"]
GENERATION = BY_STREAM["actual_generations_per_production_type"]
FORECASTS = BY_STREAM["generation_forecasts"]
FLOWS = BY_STREAM["physical_flows"]
TEMPO = BY_STREAM["tempo_like_calendars"]
ECOWATT = BY_STREAM["ecowatt_signals"]
OUTAGES = BY_STREAM["generation_unavailabilities"]

Record = dict[str, Any]


# Answers, and what becomes of them


def row(start: str, end: str, **others: Any) -> Record:
    return {"start_date": start, "end_date": end, "value": 1, **others}


def hour(number: int, **others: Any) -> Record:
    """An hour of 1 January 2026, in the form of RTE's rows."""
    return row(f"2026-01-01T{number:02}:00:00+01:00", f"2026-01-01T{number + 1:02}:00:00+01:00", **others)


def block(values: Any, **others: Any) -> Record:
    bounds = {"start_date": "2026-01-01T00:00:00+01:00", "end_date": "2026-01-02T00:00:00+01:00"}
    return {**bounds, **others, "values": values}


def read_from(resource: Resource, *blocks: Any) -> list[Record]:
    return records_of(resource, {resource.answer_root: list(blocks)})


def one_from(resource: Resource, *blocks: Any) -> Record:
    (record,) = read_from(resource, *blocks)
    return record


def key_of(resource: Resource, record: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(record[part] for part in resource.description.primary_key)


def in_order(resource: Resource, records: list[Record]) -> list[Record]:
    return sorted(records, key=lambda record: key_of(resource, record))


# The wire


@pytest.fixture(autouse=True)
def pinned_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEXAWATT_NOW", NOW)


@pytest.fixture(scope="module")
def one_simulator() -> Iterator[SimulatorUrl]:
    with running_simulator(now=NOW) as url:
        yield url


@pytest.fixture
def simulator(one_simulator: SimulatorUrl) -> SimulatorUrl:
    """The simulator as if newly started, with RTE's quotas."""
    one_simulator.move_to(NOW)
    one_simulator.set_faults()
    one_simulator.set_quotas(
        ecowatt={"calls": 1, "seconds": 900}, unavailability_additional_information={"calls": 20, "seconds": 3600}
    )
    one_simulator.simulator.one(Tokens).lifetime_seconds = 3600
    one_simulator.simulator.calls.clear()
    return one_simulator


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[requests.PreparedRequest]:
    """All requests, as they leave."""
    found: list[requests.PreparedRequest] = []
    send = HTTPAdapter.send

    def noting(adapter: HTTPAdapter, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        found.append(request)
        return send(adapter, request, **options)

    monkeypatch.setattr(HTTPAdapter, "send", noting)
    return found


def move_to(simulator: SimulatorUrl, monkeypatch: pytest.MonkeyPatch, instant: str) -> None:
    """Moves the clocks of both sides."""
    simulator.move_to(instant)
    monkeypatch.setenv("HEXAWATT_NOW", instant)


def api_of(url: str) -> RteApi:
    return RteApi(("id", "word"), {"base_url": str(url), "calls_per_second": 1000}, sleep=lambda seconds: None)


def stream(url: str, resource: Resource, start: str, end: str | None = None) -> RteStream:
    return RteStream(resource, api_of(url), date.fromisoformat(start), date.fromisoformat(end) if end else None)


def rows_of(url: str, resource: Resource, start: str, end: str | None = None) -> list[Record]:
    return rows_in(stream(url, resource, start, end).read({}))


def rows_in(events: Iterable[Page | Checkpoint]) -> list[Record]:
    return [dict(record) for event in events if isinstance(event, Page) for record in event.records]


def asked(simulator: SimulatorUrl) -> list[dict[str, Any]]:
    """The calls for data."""
    return [call for call in simulator.calls if "/open_api/" in call["path"]]


def sync(
    url: str, *streams: str, state: list[AirbyteStateMessage] | None = None, start: str = "2026-11-19"
) -> tuple[list[Record], list[AirbyteStateMessage]]:
    """The records of an incremental sync of the named streams, and the last state of each."""
    config = {
        "client_id": "id",
        "client_secret": "word",
        "start_date": start,
        "advanced": {"base_url": str(url), "calls_per_second": 1000},
    }
    catalog = ConfiguredAirbyteCatalog(
        streams=[
            ConfiguredAirbyteStream(
                stream=BY_STREAM[name].description.airbyte_stream(),
                sync_mode=SyncMode.incremental,
                destination_sync_mode=DestinationSyncMode.append_dedup,
            )
            for name in streams
        ]
    )
    messages: list[AirbyteMessage] = list(SourceRte().read(LOGGER, config, catalog, state))
    states = {m.state.stream.stream_descriptor.name: m.state for m in messages if m.state and m.state.stream}
    return [dict(message.record.data) for message in messages if message.record], list(states.values())


Scripted = tuple[int, Any, dict[str, str]]
TOKEN: Scripted = (200, {"access_token": "t", "expires_in": 3600}, {})


@contextmanager
def script(*answers: Scripted) -> Iterator[Script]:
    """A server that gives ``answers`` in turn: a body is JSON unless it is bytes."""
    with scripted_server(
        *((status, body if isinstance(body, bytes) else json.dumps(body).encode(), h) for status, body, h in answers)
    ) as server:
        yield server


def rows_when_answered(resource: Resource, *answers: Scripted) -> list[Record]:
    """The records of two days that are answered so, after a token."""
    with script(TOKEN, *answers) as server:
        return rows_of(server.url, resource, "2026-11-17", "2026-11-18")


# Shapes


@pytest.mark.parametrize("resource", [TEMPO, BY_STREAM["water_reserves"]], ids=lambda resource: resource.stream)
def test_a_root_is_an_object_here_and_an_array_there(resource: Resource) -> None:
    one = block([hour(0)])
    as_object, as_array = ({resource.answer_root: root} for root in (one, [one]))
    assert len(records_of(resource, as_object)) == 1
    assert records_of(resource, as_object) == records_of(resource, as_array)


def test_values_are_an_object_in_the_tempo_of_the_sandbox() -> None:
    assert one_from(TEMPO, block(hour(0, value="RED"))) == one_from(TEMPO, block([hour(0, value="RED")]))


@pytest.mark.parametrize("empty", [block([]), block(None), {"start_date": "x", "end_date": "y", "type": "D-1"}])
def test_a_block_without_data_has_empty_values_or_none_and_gives_no_record(empty: Record) -> None:
    full = block([hour(0)], type="D-1", production_type="SOLAR")
    assert read_from(FORECASTS, empty, full) == read_from(FORECASTS, full)


@pytest.mark.parametrize(
    "answer",
    [
        None,
        [],
        {},
        "<Tempos/>",
        {"wrong_root": []},
        {"short_term": ["text"]},
        {"short_term": [{"values": [{"value": 1}]}]},
        {"short_term": [block([hour(0, value="n/a")])]},
        {"short_term": [block([row("2026-01-01", "2026-01-02")])]},
    ],
)
def test_an_unknown_shape_is_one_clear_sentence_about_the_connector(answer: Any) -> None:
    with pytest.raises(
        AirbyteTracedException, match=r"Consumption: the answer of consumption/v1/short_term "
    ) as raised:
        records_of(LOAD, answer)
    assert "look for a newer connector" in str(raised.value.message)
    assert raised.value.failure_type == FailureType.system_error


def test_the_sandbox_of_balancing_energy_answers_prices_with_a_wrong_root() -> None:
    offers = block([hour(0)], type="ACTIVATED", tso_offering="RTE", tso_activating="NG")
    with pytest.raises(AirbyteTracedException, match="balancing_energy/v5/prices has no 'prices'"):
        records_of(BY_STREAM["balancing_energy_prices"], {"ressources": [offers]})


def test_names_in_camel_case_within_an_object_become_columns() -> None:
    bids = {
        "Offered_RRstd_Volume": [{**hour(0), "values": {"UpwardOfferedVolumeRRStd": 1.5}}],
        "Offered_Volume": [{**hour(0), "values": {"UpwardOfferedVolumemFRR": 2, "DownwardOfferedVolumeFCR": 3}}],
    }
    standard, other = read_from(BY_STREAM["aggregatedoffers_energybids"], {**block([]), **bids})
    assert (standard["offers"], standard["upward_rr_standard"]) == ("Offered_RRstd_Volume", 1.5)
    assert (other["offers"], other["upward_mfrr"], other["downward_fcr"]) == ("Offered_Volume", 2, 3)


def test_names_with_a_blank_behind_and_numbers_as_texts_in_peak_daily_margins() -> None:
    morning = {
        "RESCUE ": "120",
        "REQUIRED_MARGIN": "2300.5",
        "SIMULATED_REQUIRED_MARGIN ": 7,
        "BEGIN_MARGIN_PERIOD": "9:30 ",
    }
    evening = {"RESCUE": "80"}
    day = {**hour(0), "morning_peak_period": morning, "evening_peak_period": evening}
    record = one_from(BY_STREAM["peak_daily_margins"], block([day]))
    assert [record[f"morning_{name}"] for name in ("rescue", "required_margin", "simulated_required_margin")] == [
        120.0,
        2300.5,
        7,
    ]
    assert (record["morning_begin"], record["evening_rescue"], record["evening_imbalance"]) == ("9:30", 80.0, None)


def test_a_number_in_a_plain_column_may_be_a_text_too() -> None:
    assert one_from(LOAD, block([hour(0, value="53095")], type="D-1"))["value"] == 53095.0


@pytest.mark.parametrize("version", [3, "3"])
def test_a_version_is_a_text_in_one_resource_and_a_number_in_another(version: Any) -> None:
    assert one_from(OUTAGES, block([], identifier="A", version=version))["version"] == "3"


# Rows: order, repetitions, stamps


ORDERS = {
    "ascending": lambda rows: rows,
    "descending": lambda rows: rows[::-1],
    "halves newest first": lambda rows: rows[6:] + rows[:6],
}


@pytest.mark.parametrize("order", ORDERS)
def test_rows_in_any_order_become_the_same_records(order: str) -> None:
    """Ascending, descending, days newest first with ascending hours; a row that came twice is the same everywhere."""
    rows = [hour(number, value=number, updated_date="2026-01-03T00:00:00+01:00") for number in range(12)]
    twice = [*rows, hour(5, value=-1, updated_date="2026-01-02T00:00:00+01:00")]
    resource = BY_STREAM["national_profiling_imbalances"]
    found = in_order(resource, read_from(resource, block(ORDERS[order](twice))))
    assert [record["value"] for record in found] == list(range(12))


def test_newest_first_the_state_is_still_the_end_of_what_was_read(simulator: SimulatorUrl) -> None:
    resource = BY_STREAM["imbalance_data"]
    events = list(stream(simulator, resource, "2026-11-18").read({}))
    found = [record["start_date"] for record in rows_in(events)]
    assert found == sorted(found, reverse=True), "the quirk is not there"
    *_, last = (event for event in events if isinstance(event, Checkpoint))
    assert last.state["start_date"] == "2026-11-19T23:00:00Z", "the midnight that begins today"


def test_rows_that_the_sandbox_repeats_become_one_record() -> None:
    repeated = [row_ for number in range(4) for row_ in [hour(number)] * 3]
    programme = block(repeated, type="D-1", production_type="AGGREGATED_CPC", sub_type="ID02")
    assert len(read_from(FORECASTS, programme)) == 4


def test_of_rows_with_one_key_the_one_updated_last_stays_and_one_without_a_stamp_never_wins() -> None:
    versions = [
        hour(0, value=1),
        hour(0, value=2, updated_date="2026-10-25T02:30:00+02:00"),
        hour(0, value=3, updated_date="2026-10-25T02:10:00+01:00"),  # later, though the text sorts before
    ]
    for order in permutations(versions):
        assert one_from(FLOWS, block(list(order)))["value"] == 3


def test_of_rows_updated_in_one_second_the_later_one_stays() -> None:
    """A whole second is written without a fraction, and would sort behind all of its fractions as a text."""
    whole, later = (hour(0, value=v, updated_date=f"2026-01-01T09:00:00{f}Z") for v, f in ((1, ""), (2, ".500")))
    for order in permutations([whole, later]):
        assert one_from(FLOWS, block(list(order)))["value"] == 2


def test_total_has_no_updated_date() -> None:
    total = block([hour(0)], production_type="TOTAL")
    nuclear = block([hour(0, updated_date="2026-01-01T02:00:00+01:00")], production_type="NUCLEAR")
    found = {record["production_type"]: record["updated_date"] for record in read_from(GENERATION, total, nuclear)}
    assert found == {"TOTAL": None, "NUCLEAR": "2026-01-01T01:00:00Z"}


def test_updated_date_stands_in_the_block_for_all_its_rows_and_that_of_a_row_counts_more() -> None:
    rows = [hour(0), hour(1, updated_date="2026-01-01T14:00:00+01:00")]
    found = read_from(BY_STREAM["france_power_exchanges"], block(rows, updated_date="2025-12-31T13:19:12+01:00"))
    assert [record["updated_date"] for record in found] == ["2025-12-31T12:19:12Z", "2026-01-01T13:00:00Z"]


def test_update_date_with_milliseconds_and_z_in_balancing_capacity() -> None:
    reserve = hour(0, direction="UP", time_horizon="DAILY", update_date="2025-12-31T08:08:17.123Z")
    record = one_from(BY_STREAM["result_procured_reserves"], block([reserve], reserve="AFRR", product_type="STD"))
    assert datetime.fromisoformat(record["updated_date"]) == datetime(2025, 12, 31, 8, 8, 17, 123000, UTC)
    assert record["updated_date"].endswith("Z")


def test_updated_date_is_a_bare_date_in_consolidated_data_and_tells_provisional_from_definitive() -> None:
    provisional = hour(0, value=1, status="PROVISORY", updated_date="2026-02-20")
    definitive = hour(0, value=2, status="DEFINITIVE", updated_date="2027-03-20")
    for order in permutations([provisional, definitive]):
        record = one_from(BY_STREAM["consolidated_power_consumption"], block(list(order)))
        assert (record["updated_date"], record["status"], record["value"]) == ("2027-03-20", "DEFINITIVE", 2)


def test_updated_date_of_tempo_lies_so_a_colour_that_changes_under_one_stamp_is_read_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def calendar(colour: str) -> Scripted:
        day = row("2026-11-21T00:00:00+01:00", "2026-11-22T00:00:00+01:00", value=colour)
        return 200, {"tempo_like_calendars": block([{**day, "updated_date": "2026-11-20T10:20:00+01:00"}])}, {}

    with script(TOKEN, calendar("BLUE"), TOKEN, calendar("RED")) as server:
        first, state = sync(server.url, "tempo_like_calendars")
        monkeypatch.setenv("HEXAWATT_NOW", "2026-11-20T16:05:00Z")
        second, _ = sync(server.url, "tempo_like_calendars", state=state)
    assert [(day["value"], day["updated_date"]) for day in (*first, *second)] == [
        ("BLUE", "2026-11-20T09:20:00Z"),
        ("RED", "2026-11-20T09:20:00Z"),
    ]


def test_every_issue_of_a_weekly_forecast_stays() -> None:
    weekly = BY_STREAM["consumption_weekly_forecasts"]
    issues = [block([hour(0, value=day)], updated_date=f"2025-12-{day}T13:30:00+01:00") for day in (30, 29)]
    assert [record["value"] for record in read_from(weekly, *issues)] == [30, 29]


# Clock changes


SPRING_DAY = date(2026, 3, 29)


def spring_labels(*, late: bool = False, missing: bool = False) -> list[Record]:
    """The hours of the spring day as RTE labels them: right, an hour late after the change, or with one missing."""
    rows = []
    for number in range(23):
        instant = paris_midnight(SPRING_DAY).astimezone(UTC) + timedelta(hours=number + (late and number >= 2))
        start, end = (at.astimezone(PARIS).isoformat() for at in (instant, instant + timedelta(hours=1)))
        if not (missing and number == 2):
            rows.append(row(start, end, value=number))
    return rows


def spring_values(rows: list[Record], days: int = 1) -> dict[str, Any]:
    """The values of a forecast over the clock change, by their instants."""
    bounds = Window(SPRING_DAY, SPRING_DAY + timedelta(days=days))
    span = {"start_date": bounds.start_at.isoformat(), "end_date": bounds.end_at.isoformat()}
    found = read_from(FORECASTS, block(rows, **span, type="D-1", production_type="WIND_ONSHORE"))
    return {record["start_date"]: record["value"] for record in found}


MONDAY = row("2026-03-30T00:00:00+02:00", "2026-03-30T01:00:00+02:00", value=100)


def test_late_labels_of_the_spring_day_are_put_back_to_their_instants() -> None:
    assert len(spring_values(spring_labels())) == 23
    assert spring_values(spring_labels(late=True)) == spring_values(spring_labels())


def test_late_labels_do_not_overwrite_the_next_day_of_a_longer_block() -> None:
    found = spring_values([*spring_labels(late=True), MONDAY], days=2)
    assert found == {**spring_values(spring_labels()), "2026-03-29T22:00:00Z": 100}


@pytest.mark.parametrize("repeated", [0, 1])
def test_an_hour_that_is_only_missing_moves_no_label_even_beside_a_repeated_row(repeated: int) -> None:
    right = {start: v for start, v in spring_values(spring_labels()).items() if start != "2026-03-29T01:00:00Z"}
    labels = spring_labels(missing=True)
    labels[4:4] = [labels[4]] * repeated
    assert spring_values(labels) == right
    assert spring_values([*labels, MONDAY], days=2) == {**right, "2026-03-29T22:00:00Z": 100}


def test_late_labels_are_kept_as_rte_wrote_them() -> None:
    span = {"start_date": "2026-03-29T00:00:00+01:00", "end_date": "2026-03-30T00:00:00+02:00"}
    *_, last = read_from(FORECASTS, block(spring_labels(late=True), **span, type="D-1", production_type="WIND_ONSHORE"))
    assert (last["start_date"], last["start_date_local"]) == ("2026-03-29T21:00:00Z", "2026-03-30T00:00:00+02:00")


def test_a_quarter_hour_of_spring_that_does_not_exist_stays_apart_from_the_real_one_of_its_instant() -> None:
    phantom = row("2026-03-29T02:00:00+01:00", "2026-03-29T02:15:00+01:00", value=1)
    real = row("2026-03-29T03:00:00+02:00", "2026-03-29T03:15:00+02:00", value=2)
    found = read_from(LOAD, block([phantom, real], type="REALISED"))
    assert [(record["start_date"], record["value"]) for record in found] == [
        ("2026-03-29T01:00:00Z", 1),
        ("2026-03-29T01:00:00Z", 2),
    ]


@pytest.mark.parametrize(("day", "instants"), [("2026-03-29", 92), ("2025-10-26", 96)])
def test_load_has_96_labels_on_every_day_and_all_stay(simulator: SimulatorUrl, day: str, instants: int) -> None:
    """In spring four quarter-hours that don't exist share instants with real ones; in autumn four are left out."""
    found = [record for record in rows_of(simulator, LOAD, day, day) if record["start_date_local"].startswith(day)]
    realised = [record for record in found if record["type"] == "REALISED"]
    assert len({record["start_date_local"] for record in realised}) == 96
    assert len({key_of(LOAD, record) for record in realised}) == 96
    assert len({record["start_date"] for record in realised}) == instants


def test_a_window_of_23_hours_is_never_asked_for(simulator: SimulatorUrl) -> None:
    found = rows_of(simulator, GENERATION, "2026-03-29", "2026-03-29")
    assert "2026-03-28T23:00:00Z" in {record["start_date"] for record in found}
    assert [(call["query"]["start_date"], call["status"]) for call in asked(simulator)] == [
        ("2026-03-28T00:00:00+01:00", 200)
    ]


def test_too_short_a_window_f05_is_asked_for_again_from_a_day_earlier(simulator: SimulatorUrl) -> None:
    careless = replace(GENERATION, period=replace(days(90), shortest_days=0))
    found = rows_of(simulator, careless, "2026-03-29", "2026-03-29")
    assert [call["status"] for call in asked(simulator)] == [400, 200], "the quirk is not there"
    assert found == rows_of(simulator, GENERATION, "2026-03-29", "2026-03-29")


@pytest.mark.parametrize(
    ("start", "end", "offsets"),
    [("2026-03-28", "2026-03-30", ("+01", "+02")), ("2026-10-24", "2026-10-26", ("+02", "+01"))],
)
def test_each_bound_of_a_window_has_the_offset_valid_at_it(start: str, end: str, offsets: tuple[str, str]) -> None:
    (call,) = days(90).calls(Window(date.fromisoformat(start), date.fromisoformat(end)), datetime.now(UTC))
    assert call == {
        "start_date": f"{start}T00:00:00{offsets[0]}:00",
        "end_date": f"{end}T00:00:00{offsets[1]}:00",
    }


def periods() -> list[Any]:
    default = Period(longest_days=1).calls
    return [pytest.param(r.period, id=r.stream) for r in RESOURCES if r.period and r.period.calls is default]


@pytest.mark.parametrize("period", periods())
def test_only_whole_paris_days_are_asked_for_and_none_is_lost_between_windows(period: Period) -> None:
    now = datetime.now(UTC)
    windows = period.windows(date(2025, 1, 1), date(2027, 1, 1))
    calls = [call for window in windows for call in period.calls(window, now)]
    bounds = [datetime.fromisoformat(call[name]).astimezone(PARIS) for call in calls for name in call]
    assert {bound.time().isoformat() for bound in bounds} == {"00:00:00"}
    assert all(before["end_date"] == after["start_date"] for before, after in pairwise(calls))


@pytest.mark.parametrize(("day", "hours"), [("2025-10-26", 25), ("2026-03-29", 23), ("2026-11-18", 24)])
def test_clock_steps_without_an_offset_become_the_instants_of_their_day(
    simulator: SimulatorUrl, day: str, hours: int
) -> None:
    prices = BY_STREAM["afrr_marginal_price"]
    found = sorted(record["start_date"] for record in rows_of(simulator, prices, day, day))
    midnight = paris_midnight(date.fromisoformat(day)).astimezone(UTC)
    assert [datetime.fromisoformat(start) for start in found] == [
        midnight + timedelta(seconds=4 * step) for step in range(hours * 900)
    ]


# Calls


def test_the_plus_of_an_offset_leaves_as_2b(simulator: SimulatorUrl, sent: list[requests.PreparedRequest]) -> None:
    rows_of(simulator, FLOWS, "2026-11-18", "2026-11-19")
    (url,) = (request.url for request in sent if request.url and "physical_flows" in request.url)
    query = str(url).partition("?")[2]
    assert "+" not in query
    assert "start_date=2026-11-18T00%3A00%3A00%2B01%3A00" in query


def test_json_is_asked_for_as_tempo_answers_xml_otherwise(simulator: SimulatorUrl) -> None:
    rte = log_in(simulator)
    rte.headers = {}
    assert rte.get(TEMPO.path).text.startswith("<"), "the quirk is not there"
    found = {record["value"] for record in rows_of(simulator, TEMPO, "2026-01-01", "2026-02-28")}
    assert found == {"BLUE", "WHITE", "RED"}


def test_xml_all_the_same_is_one_clear_sentence() -> None:
    with pytest.raises(AirbyteTracedException, match="could not be read as JSON") as raised:
        rows_when_answered(TEMPO, (200, b"<Tempos/>", {}))
    assert raised.value.failure_type == FailureType.transient_error


def test_too_large_an_answer_413_is_asked_for_in_halves(simulator: SimulatorUrl) -> None:
    whole = rows_of(simulator, FLOWS, "2026-11-01", "2026-11-10")
    simulator.simulator.calls.clear()
    simulator.set_faults({"match": "/physical_flows", "kind": 413, "first_n": 2})
    assert in_order(FLOWS, rows_of(simulator, FLOWS, "2026-11-01", "2026-11-10")) == in_order(FLOWS, whole)
    assert [call["status"] for call in asked(simulator)] == [413, 413, 200, 200, 200]


def test_too_long_a_period_f03_is_asked_for_in_halves(simulator: SimulatorUrl) -> None:
    operators = BY_STREAM["demand_response_operators"]
    greedy = replace(operators, period=days(80))
    found = rows_of(simulator, greedy, "2026-06-01", "2026-08-15")
    assert [call["status"] for call in asked(simulator)][:2] == [400, 400], "the quirk is not there"
    assert {record["start_date"][:7] for record in found} >= {"2026-05", "2026-06", "2026-07"}
    whole = rows_of(simulator, operators, "2026-06-01", "2026-08-15")
    assert {key_of(operators, record) for record in found} == {key_of(operators, record) for record in whole}


def test_an_end_too_far_ahead_f04_is_cut_and_neither_past_nor_today_is_lost(simulator: SimulatorUrl) -> None:
    right = {key_of(FLOWS, record) for record in rows_of(simulator, FLOWS, "2026-11-15")}
    simulator.simulator.calls.clear()
    eager = replace(FLOWS, parts=(Part({}, look_ahead_days=6),))
    found = {key_of(FLOWS, record) for record in rows_of(simulator, eager, "2026-11-15")}
    assert 400 in {call["status"] for call in asked(simulator)}, "the quirk is not there"
    assert found == right


def test_the_same_number_of_an_error_means_other_things_in_unavailability() -> None:
    actions = {
        code: find_rule(POLICY, 400, code).action
        for code in (
            "CONSUMPTION_SHORTTERM_F03",
            "TMPLIKSUPCON_TMPLIKCAL_F04",
            "UNADINFO_GENUN_F02",
            "UNADINFO_GENUN_F03",
        )
    }
    split, fail = ResponseAction.SPLIT_REQUEST_WINDOW, ResponseAction.FAIL
    assert list(actions.values()) == [split, split, fail, fail]


def test_only_a_404_of_unavailability_means_that_there_are_no_data(simulator: SimulatorUrl) -> None:
    simulator.set_faults({"match": "/open_api/", "kind": 404})
    assert rows_of(simulator, OUTAGES, "2026-11-18") == []
    with pytest.raises(AirbyteTracedException, match="it may have retired the version") as raised:
        rows_of(simulator, FLOWS, "2026-11-18")
    assert raised.value.failure_type == FailureType.config_error


def test_204_means_that_there_are_no_data() -> None:
    assert rows_when_answered(FLOWS, (204, b"", {})) == []


def test_a_path_that_nobody_established_has_another_that_is_tried_on_404(simulator: SimulatorUrl) -> None:
    schedules = BY_STREAM["exchange_schedules"]
    moved = replace(schedules, path=schedules.other_path, other_path=schedules.path)
    found = rows_of(simulator, moved, "2026-11-18", "2026-11-18")
    assert [call["status"] for call in asked(simulator)] == [404, 200], "the quirk is not there"
    assert found == rows_of(simulator, schedules, "2026-11-18", "2026-11-18") != []


def test_unavailability_takes_dates_in_z_only_and_none_of_the_future(simulator: SimulatorUrl) -> None:
    assert rows_of(simulator, BY_STREAM["other_market_information"], "2026-10-01")
    calls = asked(simulator)
    assert {call["status"] for call in calls} == {200}
    bounds = [call["query"][name] for call in calls for name in ("start_date", "end_date")]
    assert all(bound.endswith("Z") for bound in bounds)
    assert "2026-11-20T15:03:00Z" <= max(bounds) < NOW, "up to now, as late as RTE allows"


# Pages


def message(number: int, **others: Any) -> Record:
    return block([hour(0)], identifier=f"FR-{number}", version="1", **others)


def page(*numbers: int, **others: Any) -> Any:
    return {"generation_unavailabilities": [message(number) for number in numbers], **others}


def test_206_means_more_pages_whose_token_goes_back_as_a_header(
    simulator: SimulatorUrl, sent: list[requests.PreparedRequest]
) -> None:
    whole = rows_of(simulator, OUTAGES, "2026-10-25")
    assert len({key_of(OUTAGES, record) for record in whole}) == len(whole)
    assert len({record["identifier"] + record["version"] for record in whole}) > 1000
    assert [call["status"] for call in asked(simulator)][:2] == [206, 200 if len(asked(simulator)) == 2 else 206]
    first, *others = (request.headers for request in sent if "/open_api/" in str(request.url))
    assert "continuation_token" not in first
    assert all("continuation_token" in headers for headers in others)


@pytest.mark.parametrize(
    ("headers", "fields"),
    [
        ({"continuation_token": "abc"}, {}),
        ({"continuation-token": "abc"}, {}),
        ({"Continuation-Token": "abc"}, {}),
        ({}, {"continuation_token": "abc"}),
    ],
)
def test_the_token_of_the_next_page_is_found_under_every_spelling(
    headers: dict[str, str], fields: dict[str, str], sent: list[requests.PreparedRequest]
) -> None:
    found = rows_when_answered(OUTAGES, (206, page(1, **fields), headers), (200, page(2), {}))
    assert [record["identifier"] for record in found] == ["FR-1", "FR-2"]
    assert sent[-1].headers["continuation_token"] == "abc"


def test_a_token_of_the_next_page_that_has_grown_too_old_asks_for_shorter_periods() -> None:
    stale = (400, {"error": "UNADINFO_GENUN_F07"}, {})
    halves = ((200, page(1), {}), (200, page(2), {}))
    found = rows_when_answered(OUTAGES, (206, page(1), {"continuation_token": "abc"}), stale, *halves)
    assert [record["identifier"] for record in found] == ["FR-1", "FR-2"]


@pytest.mark.parametrize("status", [204, 404])
def test_a_later_page_that_is_empty_does_not_lose_the_pages_before_it(status: int) -> None:
    first = (206, page(1), {"continuation_token": "abc"})
    assert [record["identifier"] for record in rows_when_answered(OUTAGES, first, (status, b"", {}))] == ["FR-1"]


def test_206_without_a_token_asks_for_shorter_periods() -> None:
    found = rows_when_answered(OUTAGES, (206, page(1), {}), (200, page(1), {}), (200, page(2), {}))
    assert [record["identifier"] for record in found] == ["FR-1", "FR-2"]


# Quotas, tokens, subscriptions


def test_unavailability_takes_20_calls_an_hour_and_the_sync_goes_on_where_they_ended(
    simulator: SimulatorUrl, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    both = ("other_market_information", "generation_unavailabilities")
    start = "2025-01-01"  # 23 windows of 30 days

    def months(state: list[AirbyteStateMessage] | None) -> tuple[list[Record], list[AirbyteStateMessage], int]:
        simulator.simulator.calls.clear()
        caplog.clear()
        found, states = sync(simulator, both[0], state=state, start=start)
        return found, states, len(asked(simulator))

    first, state, calls = months(None)
    assert calls == 20
    assert "20 calls in 60 minutes, and they are used up. The next sync goes on from here" in caplog.text
    move_to(simulator, monkeypatch, "2026-11-20T15:50:00Z")
    second, state, calls = months(state)
    assert (second, calls) == ([], 0), "remembered from one sync to the next"
    assert not sync(simulator, *both, state=state, start=start)[0], "the quota is that of the API, not of a stream"
    assert len(asked(simulator)) == 0
    move_to(simulator, monkeypatch, "2026-11-20T16:10:00Z")
    third, state, calls = months(state)
    assert 3 <= calls <= 5
    assert "used up" not in caplog.text
    simulator.set_quotas()
    resource = replace(BY_STREAM[both[0]], allowance=None)
    whole = {key_of(resource, record) for record in rows_of(simulator, resource, start)}
    assert {key_of(resource, record) for record in (*first, *third)} == whole


def test_ecowatt_takes_one_call_in_15_minutes_and_a_sync_in_between_skips_it(
    simulator: SimulatorUrl, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, state = sync(simulator, "ecowatt_signals", "physical_flows")
    assert "jour" in {name for record in found for name in record}
    for instant, calls in (("2026-11-20T15:15:00Z", 0), ("2026-11-20T15:21:00Z", 1)):
        move_to(simulator, monkeypatch, instant)
        simulator.simulator.calls.clear()
        _, state = sync(simulator, "ecowatt_signals", state=state)
        assert [call["status"] for call in asked(simulator)] == [200] * calls


def test_ecowatt_read_by_somebody_else_a_moment_ago_is_skipped_and_the_others_are_read(
    simulator: SimulatorUrl, caplog: pytest.LogCaptureFixture
) -> None:
    log_in(simulator).get(ECOWATT.path)
    with caplog.at_level(logging.WARNING, logger="airbyte"):
        found, _ = sync(simulator, "ecowatt_signals", "physical_flows")
    assert [call["status"] for call in asked(simulator)] == [200, 429, 200]
    assert found
    assert not any("jour" in record for record in found)
    assert "ecowatt_signals" in caplog.text
    assert "The next sync goes on from here" in caplog.text


def test_403_is_of_one_api_in_one_version_and_says_what_to_subscribe_to(
    simulator: SimulatorUrl, caplog: pytest.LogCaptureFixture
) -> None:
    simulator.set_faults({"match": "/wholesale_market/v3/", "kind": 403})
    with caplog.at_level(logging.WARNING, logger="airbyte"):
        found, _ = sync(simulator, "france_power_exchanges", "physical_flows")
    assert {"sender_country_eic_code" in record for record in found} == {True}
    assert "france_power_exchanges is left out: RTE Wholesale Market v3: HTTP 403" in caplog.text
    assert "subscribe your application to this API, in this version" in caplog.text


def test_the_life_of_a_token_is_what_rte_announces(simulator: SimulatorUrl, monkeypatch: pytest.MonkeyPatch) -> None:
    simulator.simulator.one(Tokens).lifetime_seconds = 600
    flows = stream(simulator, FLOWS, "2026-11-19")
    for instant, tokens in (("15:05:00", 1), ("15:13:30", 1), ("15:14:10", 2), ("15:20:00", 2)):
        move_to(simulator, monkeypatch, f"2026-11-20T{instant}Z")
        assert list(flows.read({}))
        assert len([call for call in simulator.calls if "/token" in call["path"]]) == tokens, instant
    assert {call["status"] for call in asked(simulator)} == {200}


def test_an_old_token_may_be_answered_403_and_is_renewed_once(
    simulator: SimulatorUrl, monkeypatch: pytest.MonkeyPatch
) -> None:
    flows = stream(simulator, FLOWS, "2026-11-19")
    first = rows_in(flows.read({}))
    move_to(simulator, monkeypatch, "2026-11-20T15:35:00Z")
    simulator.set_faults({"match": "/physical_flows", "kind": 403, "first_n": 1})
    assert len(rows_in(flows.read({}))) >= len(first) > 0
    assert len([call for call in simulator.calls if "/token" in call["path"]]) == 2


def test_a_token_service_that_is_down_may_answer_200_without_a_token() -> None:
    without = pytest.raises(AirbyteTracedException, match="without an access token")
    with script((200, {"error": "down"}, {})) as server, without as raised:
        rows_of(server.url, FLOWS, "2026-11-18")
    assert raised.value.failure_type == FailureType.transient_error


# What some resources have of their own


def test_a_plant_is_described_as_generation_unit_and_as_production_unit_and_both_stay() -> None:
    kinds = ("GENERATION_UNIT", "PRODUCTION_UNIT")
    found = read_from(OUTAGES, *(message(n, affected_asset_or_unit_type=kind) for n, kind in enumerate(kinds)))
    assert tuple(record["asset_type"] for record in found) == kinds


def test_a_capacity_that_is_absent_stays_absent() -> None:
    values = [hour(0, available_capacity=0), hour(1, unavailable_capacity=900)]
    found = read_from(OUTAGES, block(values, identifier="A", version=1, affected_asset_or_unit_installed_capacity=900))
    assert [(record["available_capacity"], record["unavailable_capacity"]) for record in found] == [
        (0, None),
        (None, 900),
    ]
    assert {record["installed_capacity"] for record in found} == {900}


def test_a_message_without_intervals_is_a_record_too() -> None:
    note = block([], identifier="FR-9", version="2", publication_date="2026-01-01T09:00:00Z")
    del note["values"]
    record = one_from(BY_STREAM["other_market_information"], note)
    assert (record["identifier"], record["event_start_date"]) == ("FR-9", "2025-12-31T23:00:00Z")


def test_a_tempo_day_without_a_value_stays_as_a_day_without_a_colour() -> None:
    day = row("2022-12-28T00:00:00+01:00", "2022-12-29T00:00:00+01:00", updated_date="2022-12-27T10:20:00+01:00")
    del day["value"]
    record = one_from(TEMPO, block([day]))
    assert (record["start_date"], record["value"]) == ("2022-12-27T23:00:00Z", None)


def test_the_spelling_of_a_production_type_is_kept_as_the_api_has_it() -> None:
    fuel = "HYDRO_RUN-OF-RIVER_AND_POUNDAGE"
    assert one_from(OUTAGES, message(1, fuel_type=fuel))["fuel_type"] == fuel
    spelled = "HYDRO_RUN_OF_RIVER_AND_POUNDAGE"
    assert one_from(GENERATION, block([hour(0)], production_type=spelled))["production_type"] == spelled


def test_the_fields_of_the_first_unavailability_api_are_read_as_those_of_the_present_one() -> None:
    old = {
        "type": "PLANNED_MAINTENANCE",
        "production_type": "NUCLEAR",
        "unit": {"eic_code": "17W", "installed_capacity": 9},
    }
    new = {
        "unavailability_type": "PLANNED_MAINTENANCE",
        "fuel_type": "NUCLEAR",
        "affected_asset_or_unit_eic_code": "17W",
        "affected_asset_or_unit_installed_capacity": 9,
    }
    stamps = ({"updated_date": "2026-01-01T09:00:00Z"}, {"publication_date": "2026-01-01T09:00:00Z"})
    assert one_from(OUTAGES, message(1, **old, **stamps[0])) == one_from(OUTAGES, message(1, **new, **stamps[1]))


def test_ecowatt_tells_days_in_no_order_and_of_today_only_the_hours_to_come() -> None:
    def day(number: int, hours: range) -> Record:
        values = [{"pas": pas, "hvalue": 1} for pas in hours]
        head = {"GenerationFichier": "2026-11-20T07:36:25+01:00", "dvalue": 1, "message": " Pas d’alerte "}
        return {**head, "jour": f"2026-11-{number}T00:00:00+01:00", "values": values}

    found = read_from(ECOWATT, day(22, range(24)), day(20, range(8, 24)), day(21, range(24)))
    assert sorted({record["jour"] for record in found}) == ["2026-11-20", "2026-11-21", "2026-11-22"]
    assert [record["pas"] for record in found if record["jour"] == "2026-11-20"] == list(range(8, 24))
    assert {(record["message"], record["generation_fichier"]) for record in found} == {
        ("Pas d’alerte", "2026-11-20T06:36:25Z")
    }
    assert ECOWATT.description.primary_key == ["jour", "pas"], "so hours that are gone stay in the destination"


def test_a_border_is_known_by_its_codes_whatever_its_names_become() -> None:
    codes = {"sender_country_eic_code": "10YGB----------A", "receiver_country_eic_code": "10YFR-RTE------C"}
    before, after = (
        one_from(FLOWS, block([hour(0)], **codes, sender_country_name=name)) for name in ("England", "Great Britain")
    )
    assert key_of(FLOWS, before) == key_of(FLOWS, after)
    assert (before["sender_country_name"], after["sender_country_name"]) == ("England", "Great Britain")


def test_two_gates_that_carry_the_same_labels_stay_apart() -> None:
    gates = [hour(0, value=gate, gate_closure_number=gate) for gate in (1, 2)]
    assert [record["value"] for record in read_from(BY_STREAM["cross_zonal_results_id"], block(gates))] == [1, 2]


LOST = "is lost: RTE keeps no history of it"


@pytest.mark.parametrize(
    ("name", "next_day", "later", "lost"),
    [
        ("france_power_exchanges", "2026-11-21T15:05:00Z", "2026-11-25T15:05:00Z", "2026-11-23 to 2026-11-24"),
        # Its days to come are forecasts: a day counts as read on the day itself.
        ("ecowatt_signals", "2026-11-21T06:05:00Z", "2026-11-25T15:05:00Z", "2026-11-22 to 2026-11-24"),
    ],
)
def test_a_day_without_history_that_was_missed_is_named_and_one_that_was_not_is_no_alarm(
    simulator: SimulatorUrl,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    name: str,
    next_day: str,
    later: str,
    lost: str,
) -> None:
    _, state = sync(simulator, name)
    move_to(simulator, monkeypatch, next_day)
    _, state = sync(simulator, name, state=state)
    assert LOST not in caplog.text
    move_to(simulator, monkeypatch, later)
    found, _ = sync(simulator, name, state=state)
    assert f"{name}: {lost} was not read in time and {LOST}" in caplog.text
    assert found, "the rest is read all the same"


def test_an_interval_that_only_begins_has_no_end_and_does_not_take_that_of_its_block() -> None:
    """TERRE and MARI, as their clients read them."""
    quarter = {"start_date": "2026-06-01T00:00:00+02:00", "direction": "UPWARD", "clearing_price": 7}
    days = {"start_date": "2026-06-01T00:00:00+02:00", "end_date": "2026-06-30T00:00:00+02:00"}
    terre = BY_STREAM["standard_rr_data"]
    (found,) = records_of(terre, {"terre": {**days, "terre_mesures": [quarter]}})
    assert (found["start_date"], found["end_date"]) == ("2026-05-31T22:00:00Z", None)


def test_a_message_to_the_market_without_dates_of_its_own_is_a_record() -> None:
    """The fields that its only client knows."""
    other = BY_STREAM["other_market_information"]
    message = {"identifier": "FR-1", "version": 2, "creation_date": "2026-01-01T00:00:00Z", "status": "ACTIVE"}
    (found,) = records_of(other, {"other_market_information": [message]})
    assert (found["version"], found["publication_date"]) == ("2", "2026-01-01T00:00:00Z")


# Streams whose shape nobody recorded


def test_a_number_written_as_a_text_is_a_number_of_an_unverified_stream() -> None:
    volumes = BY_STREAM["balancing_volumes_per_reasons"]
    (found,) = read_from(volumes, block([hour(0, value=None, volume="12.5", reason="P=C")]))
    assert (found["name"].rpartition(".")[2], found["value"]) == ("volume", 12.5)
    assert found["dimensions"] == "reason=P=C"


def test_an_unverified_stream_is_flattened_by_where_its_numbers_stand() -> None:
    volumes = BY_STREAM["balancing_volumes_per_reasons"]
    value = hour(0, value=None, volume=7, price=[1, 2], flag=True, updated_date="2026-01-01T03:00:00+01:00")
    found = read_from(volumes, block([{**value, "reason ": "P=C"}], resolution="PT15M"))
    assert {(record["name"].rpartition(".")[2], record["value"], record["rank"]) for record in found} == {
        ("volume", 7.0, 1),
        ("price", 1.0, 1),
        ("price", 2.0, 2),
        ("flag", 1.0, 1),
    }
    assert {record["dimensions"] for record in found} == {"reason=P=C;resolution=PT15M"}
    assert {(record["start_date"], record["updated_date"]) for record in found} == {
        ("2025-12-31T23:00:00Z", "2026-01-01T02:00:00Z")
    }


def test_an_unverified_stream_without_a_date_is_one_clear_sentence() -> None:
    with pytest.raises(AirbyteTracedException, match="has no 'start_date'"):
        records_of(BY_STREAM["balancing_lead_times"], {"lead_times": [{"value": 3}]})


def test_margins_data_is_an_array_with_dates_in_camel_case() -> None:
    later = {"studiedTime": "2026-01-01T01:00:00Z", "up": 5}
    margins = [{"startDate": "2026-01-01T00:00:00Z", "required": 4, "marginsData": [later]}]
    found = records_of(BY_STREAM["margins_data"], margins)
    assert [(record["start_date"], record["name"], record["value"]) for record in found] == [
        ("2026-01-01T00:00:00Z", "required", 4.0),
        ("2026-01-01T01:00:00Z", "marginsData.up", 5.0),
    ]


def test_counters_of_pages_are_no_data() -> None:
    bids = {**hour(0), "value": None, "values": [{"Quantity": 10, "OfferType": "UP"}]}
    counters = {"total_pages_number": 1, "total_items_number": 1, "current_page": 1}
    (record,) = records_of(BY_STREAM["individualoffers_energybids"], {**counters, "mesure": [bids]})
    assert (record["name"], record["value"], record["dimensions"]) == ("mesure.values.Quantity", 10.0, "OfferType=UP")


def test_unverified_streams_are_not_offered_unless_asked_for() -> None:
    def offered(**advanced: Any) -> set[str]:
        return {stream.name for stream in SourceRte().discover(LOGGER, {"advanced": advanced}).streams}

    unverified = {resource.stream for resource in RESOURCES if not resource.verified}
    assert unverified
    assert offered(unverified_streams=True) == set(BY_STREAM)
    assert offered() == set(BY_STREAM) - unverified
