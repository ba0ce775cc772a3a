"""Which windows a sync reads: all at first, then what is new or may be revised."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, cast

import pytest
from airbyte_cdk.models import FailureType
from airbyte_cdk.utils import AirbyteTracedException
from connector_kit.clock import paris_today
from connector_kit.http import ApiClient, SplitRequestWindow
from connector_kit.instants import utc_text
from connector_kit.streams import Page
from connector_kit.windows import paris_midnight
from hypothesis import given
from hypothesis import strategies as st
from scripted_server import scripted_server
from source_rte.api import client, request_token
from source_rte.resources import RESOURCES, Resource
from source_rte.stream import RteStream

TODAY = date(2026, 11, 21)
WITH_HISTORY = [resource for resource in RESOURCES if resource.has_history]


def stream(resource: Resource, start_day: date = date(2024, 1, 1), **options: Any) -> RteStream:
    return RteStream(resource, client({"client_id": "id", "client_secret": "secret"}), start_day, **options)


def state_after(day: date) -> dict[str, str]:
    return {"start_date": paris_midnight(day).isoformat()}


def ahead(resource: Resource) -> timedelta:
    return timedelta(days=max(part.look_ahead_days for part in resource.parts))


@pytest.mark.parametrize("resource", WITH_HISTORY, ids=lambda resource: resource.stream)
@given(start=st.dates(date(2010, 1, 1), TODAY))
def test_a_first_sync_reads_every_day_that_the_resource_has(resource: Resource, start: date) -> None:
    windows = stream(resource, start).windows({}, TODAY)
    assert resource.first_day is not None
    begin = max(start, resource.first_day)
    assert windows[0].start_day <= begin
    assert windows[-1].end_day == TODAY + ahead(resource)
    assert all(window.days <= resource.longest_days for window in windows)


@pytest.mark.parametrize("resource", WITH_HISTORY, ids=lambda resource: resource.stream)
def test_the_next_sync_reads_only_what_is_new_or_may_be_revised(resource: Resource) -> None:
    (window,) = stream(resource).windows(state_after(TODAY), TODAY)
    assert window.start_day == TODAY - timedelta(days=resource.look_back_days)
    assert window.end_day == TODAY + ahead(resource)


def test_a_sync_after_a_long_pause_misses_no_day() -> None:
    windows = stream(WITH_HISTORY[0]).windows(state_after(TODAY - timedelta(days=300)), TODAY)
    assert windows[0].start_day == TODAY - timedelta(days=300 + WITH_HISTORY[0].look_back_days)
    assert len(windows) > 1


def test_the_look_back_can_be_chosen_and_never_reads_before_the_start() -> None:
    chosen = stream(WITH_HISTORY[0], look_back_days=20)
    assert chosen.windows(state_after(TODAY), TODAY)[0].start_day == TODAY - timedelta(days=20)
    late_start = stream(WITH_HISTORY[0], TODAY - timedelta(days=2), look_back_days=20)
    assert late_start.windows(state_after(TODAY), TODAY)[0].start_day == TODAY - timedelta(days=2)


def test_an_end_date_is_included_and_looks_no_further() -> None:
    windows = stream(WITH_HISTORY[0], date(2024, 1, 1), end_day=date(2024, 1, 31)).windows({}, TODAY)
    assert (windows[0].start_day, windows[-1].end_day) == (date(2024, 1, 1), date(2024, 2, 1))


def test_a_state_of_the_future_does_not_skip_today() -> None:
    windows = stream(WITH_HISTORY[0]).windows(state_after(TODAY + timedelta(days=30)), TODAY)
    assert windows[0].start_day <= TODAY


@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_refused_key_is_a_configuration_error_that_does_not_show_the_key(status: int) -> None:
    with scripted_server((status, b"", {})) as server, pytest.raises(AirbyteTracedException) as raised:
        request_token(server.url, "my-id", "my-secret", sleep=lambda seconds: None)
    assert raised.value.failure_type == FailureType.config_error
    assert "check client_id and client_secret" in str(raised.value.message)
    assert "my-secret" not in f"{raised.value.message} {raised.value.internal_message}"


def test_a_token_service_that_is_down_is_asked_again() -> None:
    waits: list[float] = []
    token = (200, b'{"access_token": "t", "expires_in": 3600}', {})
    with scripted_server((500, b"", {}), (200, b"<html>maintenance</html>", {}), token) as server:
        answer = request_token(server.url, "id", "secret", sleep=waits.append)
    assert answer["access_token"] == "t"
    assert len(waits) == 2


class NothingAhead:
    """An API that refuses every window that ends after today, as actual_generation may (F04)."""

    def get(self, path: str, params: dict[str, str] | None = None) -> Any:
        end = (params or {}).get("end_date")
        if end and datetime.fromisoformat(end) > paris_midnight(paris_today()):
            raise SplitRequestWindow(AirbyteTracedException(message="F04"))
        start = (params or {}).get("start_date") or paris_midnight(paris_today()).isoformat()
        hour = {"start_date": start, "end_date": start, "value": 1}
        return {"actual_generations_per_production_type": {"production_type": "SOLAR", "values": [hour]}}


def test_a_last_day_refused_as_too_far_ahead_loses_neither_the_past_nor_today() -> None:
    generation = next(r for r in RESOURCES if r.stream == "actual_generations_per_production_type")
    today = paris_today()
    reading = RteStream(generation, cast(ApiClient, NothingAhead()), today - timedelta(days=40)).read({})
    rows = [row for event in reading if isinstance(event, Page) for row in event.records]
    starts = {row["start_date"] for row in rows}
    assert utc_text(paris_midnight(today - timedelta(days=40))) in starts
    assert utc_text(paris_midnight(today)) in starts


def test_a_token_service_that_asks_to_wait_for_hours_is_not_waited_for() -> None:
    waits: list[float] = []
    with scripted_server((429, b"", {"Retry-After": "86400"})) as server, pytest.raises(AirbyteTracedException):
        request_token(server.url, "id", "secret", sleep=waits.append)
    assert waits == []
