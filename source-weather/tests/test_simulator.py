"""The source against the simulator: windows, faults, and a second sync."""

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
    Status,
    SyncMode,
)
from simulator.testing import SimulatorUrl, running_simulator
from source_weather import SourceWeather
from source_weather.points import POINTS
from source_weather.streams import call_weight

NOW = "2026-11-20T15:05:00Z"
LOGGER = logging.getLogger("airbyte")


@pytest.fixture
def simulator(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimulatorUrl]:
    monkeypatch.setenv("HEXAWATT_NOW", NOW)
    with running_simulator(now=NOW) as url:
        yield url


def config(url: str, start: str) -> dict[str, Any]:
    return {"base_url": str(url), "start_date": start, "keep_free_limits": False}


def read(url: str, stream: str, start: str, state: list[AirbyteStateMessage] | None = None) -> list[AirbyteMessage]:
    source = SourceWeather()
    (description,) = [each for each in source.descriptions if each.name == stream]
    configured = ConfiguredAirbyteStream(
        stream=description.airbyte_stream(),
        sync_mode=SyncMode.incremental,
        destination_sync_mode=DestinationSyncMode.append_dedup,
    )
    return list(source.read(LOGGER, config(url, start), ConfiguredAirbyteCatalog(streams=[configured]), state))


def records(messages: list[AirbyteMessage]) -> list[dict[str, Any]]:
    return [message.record.data for message in messages if message.record]


def test_the_archive_has_every_past_hour_of_every_place_once(simulator: SimulatorUrl) -> None:
    rows = records(read(simulator, "archive_hourly", "2026-03-28"))
    hours = Counter((row["point_id"], row["time"]) for row in rows)
    assert set(hours.values()) == {1}
    days_before_today = 237
    assert len(hours) == len(POINTS) * (days_before_today * 24 + 16)
    assert max(row["time"] for row in rows) == "2026-11-20T15:00:00Z"


def test_the_forecast_begins_where_the_archive_ends(simulator: SimulatorUrl) -> None:
    times = {row["time"] for row in records(read(simulator, "forecast_hourly", "2026-11-20"))}
    assert "2026-11-20T16:00:00Z" in times
    assert max(times) >= "2026-11-26T00:00:00Z"


def test_a_second_sync_reads_only_the_look_back(simulator: SimulatorUrl) -> None:
    first = read(simulator, "archive_hourly", "2026-06-01")
    state = [message.state for message in first if message.state][-1]
    rows = records(read(simulator, "archive_hourly", "2026-06-01", [state]))
    assert min(row["time"] for row in rows) == "2026-11-10T00:00:00Z"


def test_a_stream_broken_inside_a_good_status_is_read_again(simulator: SimulatorUrl) -> None:
    whole = records(read(simulator, "archive_hourly", "2026-11-18"))
    simulator.set_faults({"match": "/v1/archive", "kind": "broken_body", "first_n": 1})
    again = records(read(simulator, "archive_hourly", "2026-11-18"))
    assert [row["temperature_2m"] for row in again] == [row["temperature_2m"] for row in whole]


def test_check_says_what_the_service_says(simulator: SimulatorUrl) -> None:
    assert SourceWeather().check(LOGGER, config(simulator, "2026-01-01")).status == Status.SUCCEEDED
    simulator.set_faults({"match": "/v1/forecast", "kind": 403})
    outcome = SourceWeather().check(LOGGER, config(simulator, "2026-01-01"))
    assert outcome.status == Status.FAILED
    assert "plan" in str(outcome.message)


def test_a_start_in_the_future_is_refused(simulator: SimulatorUrl) -> None:
    assert SourceWeather().check(LOGGER, config(simulator, "2030-01-01")).status == Status.FAILED


@pytest.mark.parametrize(
    ("places", "variables", "days", "weight"),
    [(1, 10, 365, 26), (1, 6, 3652, 157), (27, 8, 3652, 5635), (32, 7, 1, 32)],
)
def test_the_weight_of_a_call_is_the_one_the_service_documents(
    places: int, variables: int, days: int, weight: int
) -> None:
    assert call_weight(places, variables, days) == pytest.approx(weight, rel=0.005)
