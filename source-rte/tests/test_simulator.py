"""The source against the simulator: faults, subscriptions, clock changes, and a second sync."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from airbyte_cdk.models import (
    AirbyteMessage,
    AirbyteStateMessage,
    ConfiguredAirbyteCatalog,
    ConfiguredAirbyteStream,
    DestinationSyncMode,
    FailureType,
    Status,
    SyncMode,
)
from airbyte_cdk.utils import AirbyteTracedException
from connector_kit.streams import Page
from simulator.testing import SimulatorUrl, running_simulator
from source_rte import SourceRte
from source_rte.resources import RESOURCES

NOW = "2026-11-20T15:05:00Z"
LOGGER = logging.getLogger("airbyte")
KEYS = {resource.stream: resource.description.primary_key for resource in RESOURCES}


@pytest.fixture(autouse=True)
def pinned_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEXAWATT_NOW", NOW)


@pytest.fixture
def simulator() -> Iterator[SimulatorUrl]:
    with running_simulator(now=NOW) as url:
        yield url


def config(url: str, start_date: str = "2026-11-17", **advanced: Any) -> dict[str, Any]:
    key = {"client_id": "any", "client_secret": "word"}
    return {**key, "start_date": start_date, "advanced": {"base_url": str(url), "calls_per_second": 1000, **advanced}}


def catalog(*streams: str) -> ConfiguredAirbyteCatalog:
    """The named streams, or all, incremental."""
    return ConfiguredAirbyteCatalog(
        streams=[
            ConfiguredAirbyteStream(
                stream=description.airbyte_stream(),
                sync_mode=SyncMode.incremental,
                destination_sync_mode=DestinationSyncMode.append_dedup,
            )
            for description in SourceRte().descriptions
            if not streams or description.name in streams
        ]
    )


def read(
    url: str, *streams: str, state: list[AirbyteStateMessage] | None = None, **options: Any
) -> list[AirbyteMessage]:
    return list(SourceRte().read(LOGGER, config(url, **options), catalog(*streams), state))


def records(messages: list[AirbyteMessage]) -> list[dict[str, Any]]:
    return [message.record.data for message in messages if message.record]


def by_key(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: [row[part] for part in KEYS["physical_flows"]])


def an_hour_later(simulator: SimulatorUrl, monkeypatch: pytest.MonkeyPatch) -> None:
    """Moves the clocks of both sides on."""
    simulator.move_to("2026-11-20T16:05:00Z")
    monkeypatch.setenv("HEXAWATT_NOW", "2026-11-20T16:05:00Z")


def states(messages: list[AirbyteMessage]) -> list[AirbyteStateMessage]:
    last = {m.state.stream.stream_descriptor.name: m.state for m in messages if m.state and m.state.stream}
    return list(last.values())


def pages(url: str, *streams: str, **options: Any) -> Iterator[Page]:
    """The pages of a read."""
    events = SourceRte().read_events(LOGGER, config(url, **options), catalog(*streams), [])
    return (event for event in events if isinstance(event, Page) and event.records)


def test_every_stream_has_records_with_whole_unique_keys(simulator: SimulatorUrl) -> None:
    recent = list(pages(simulator))
    rare = set(KEYS) - {page.stream for page in recent}
    found = [*recent, *pages(simulator, *rare, start_date="2024-10-01")]
    assert {page.stream for page in found} == set(KEYS)
    for page in found:
        keys = [tuple(record[part] for part in KEYS[page.stream]) for record in page.records]
        assert None not in {part for key in keys for part in key}, page.stream
        assert len(set(keys)) == len(keys), page.stream


@pytest.mark.parametrize(("day", "first", "periods"), [("spring", "2026-03-28", 92), ("autumn", "2025-10-25", 100)])
def test_prices_and_hours_of_the_clock_change_days_are_all_there(day: str, first: str, periods: int) -> None:
    changing = {"spring": "2026-03-29", "autumn": "2025-10-26"}[day]
    with running_simulator(now=NOW) as url:
        rows = records(read(url, "actual_generations_per_production_type", start_date=first, end_date=changing))
    hours = {row["start_date"] for row in rows if row["start_date_local"].startswith(changing)}
    # RTE drops an hour now and then; none is invented, none is doubled.
    assert periods // 4 - 1 <= len(hours) <= periods // 4
    doubles = Counter((row["production_type"], row["start_date"]) for row in rows)
    assert set(doubles.values()) == {1}


def test_the_load_of_the_spring_day_keeps_its_96_labels(simulator: SimulatorUrl) -> None:
    rows = records(read(simulator, "consumption_short_term", start_date="2026-03-28", end_date="2026-03-29"))
    spring = [r for r in rows if r["type"] == "REALISED" and r["start_date_local"].startswith("2026-03-29")]
    assert len(spring) == 96
    assert len({row["start_date"] for row in spring}) == 92


def test_late_labels_of_wind_forecasts_fall_on_23_hours_and_not_into_the_next_day(simulator: SimulatorUrl) -> None:
    rows = records(read(simulator, "generation_forecasts", start_date="2026-03-28", end_date="2026-03-30"))
    wind = [row for row in rows if (row["production_type"], row["type"]) == ("WIND_ONSHORE", "D-1")]
    spring = [row for row in wind if "2026-03-28T23:00:00Z" <= row["start_date"] < "2026-03-29T22:00:00Z"]
    next_day = [row for row in wind if "2026-03-29T22:00:00Z" <= row["start_date"] < "2026-03-30T22:00:00Z"]
    assert (len(spring), len(next_day)) == (92, 96)
    assert any(row["start_date_local"].startswith("2026-03-30") for row in spring), "the fault was not there to repair"
    assert all(row["start_date_local"].startswith("2026-03-30") for row in next_day)


def test_a_second_sync_an_hour_later_reads_only_the_look_back(
    simulator: SimulatorUrl, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = read(simulator, "consumption_short_term", start_date="2026-08-01")
    asked_first = len([call for call in simulator.calls if "short_term" in call["path"]])
    an_hour_later(simulator, monkeypatch)
    second = read(simulator, "consumption_short_term", start_date="2026-08-01", state=states(first))
    asked = [call for call in simulator.calls if "short_term" in call["path"]][asked_first:]
    assert len(asked) == 2, "one window of two parts"
    earliest = min(row["start_date"] for row in records(second))
    assert earliest == "2026-11-12T23:00:00Z", "seven days of look-back from the Paris midnight of the state"
    assert len(records(second)) < len(records(first)) / 5


def test_a_token_that_expires_in_the_middle_is_renewed(simulator: SimulatorUrl) -> None:
    simulator.set_faults({"match": "/physical_flows", "kind": 401, "first_n": 1})
    assert records(read(simulator, "physical_flows"))
    assert len([call for call in simulator.calls if "/token" in call["path"]]) == 2


def test_an_api_that_is_not_subscribed_is_left_out_and_named_and_the_others_are_read(
    simulator: SimulatorUrl, caplog: pytest.LogCaptureFixture
) -> None:
    simulator.set_faults({"match": "/physical_flows", "kind": 403})
    others = ("consumption_short_term", "france_power_exchanges")
    with caplog.at_level(logging.WARNING, logger="airbyte"):
        messages = read(simulator, "physical_flows", *others)
    assert {message.record.stream for message in messages if message.record} == set(others)
    assert "physical_flows is left out: RTE Physical Flow v1: HTTP 403" in caplog.text
    assert "subscribe your application" in caplog.text


def test_where_no_api_is_subscribed_the_sync_fails_as_a_matter_of_configuration(simulator: SimulatorUrl) -> None:
    simulator.set_faults({"match": "/open_api/", "kind": 403})
    with pytest.raises(AirbyteTracedException, match="subscribe your application") as raised:
        read(simulator)
    assert raised.value.failure_type == FailureType.config_error


def test_an_earlier_start_is_read_from_anew(simulator: SimulatorUrl, monkeypatch: pytest.MonkeyPatch) -> None:
    first = read(simulator, "physical_flows", start_date="2026-11-01")
    an_hour_later(simulator, monkeypatch)
    later = read(simulator, "physical_flows", start_date="2026-11-05", state=states(first))
    assert min(row["start_date"] for row in records(later)) == "2026-11-12T23:00:00Z"
    earlier = read(simulator, "physical_flows", start_date="2026-10-01", state=states(later))
    assert min(row["start_date"] for row in records(earlier)) == "2026-09-30T22:00:00Z"
    again = read(simulator, "physical_flows", start_date="2026-10-01", state=states(earlier))
    assert records(again) == [], "read a moment ago"


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ({"start_date": "2026-02-30"}, "is no day of the calendar"),
        ({"start_date": "2030-01-01"}, "is in the future"),
        ({"start_date": "2026-02-01", "end_date": "2026-01-01"}, "is before start_date"),
        ({"stream_start_dates": {"physical_flows": "2026-13-01"}}, "physical_flows 2026-13-01 is no day"),
    ],
)
def test_days_that_cannot_be_are_named(simulator: SimulatorUrl, days: dict[str, Any], words: str) -> None:
    outcome = SourceRte().check(LOGGER, config(simulator, **days))
    assert outcome.status == Status.FAILED
    assert words in str(outcome.message)
    with pytest.raises(AirbyteTracedException, match=words):
        read(simulator, "physical_flows", **days)


def test_check_names_the_api_that_is_not_subscribed(simulator: SimulatorUrl, caplog: pytest.LogCaptureFixture) -> None:
    simulator.set_faults({"match": "/physical_flows", "kind": 403})
    with caplog.at_level(logging.WARNING, logger="airbyte"):
        outcome = SourceRte().check(LOGGER, config(simulator))
    assert outcome.status == Status.SUCCEEDED
    assert str(outcome.message).endswith("; not subscribed: Physical Flow v1.")
    assert "RTE Physical Flow v1: HTTP 403" in caplog.text


def test_check_fails_in_one_sentence_where_the_key_is_refused() -> None:
    with running_simulator(now=NOW, client=("right", "key")) as url:
        outcome = SourceRte().check(LOGGER, config(url))
    assert outcome.status == Status.FAILED
    assert outcome.message is not None
    assert "check client_id and client_secret" in outcome.message


def test_too_large_an_answer_is_asked_for_in_halves(simulator: SimulatorUrl) -> None:
    whole = records(read(simulator, "physical_flows", start_date="2026-10-01"))
    simulator.set_faults({"match": "/physical_flows", "kind": 413, "first_n": 1})
    halves = records(read(simulator, "physical_flows", start_date="2026-10-01"))
    assert by_key(halves) == by_key(whole)


def test_a_body_cut_short_is_read_again(simulator: SimulatorUrl) -> None:
    whole = records(read(simulator, "physical_flows"))
    simulator.set_faults({"match": "/physical_flows", "kind": "truncated", "first_n": 1})
    assert records(read(simulator, "physical_flows")) == whole
