"""What Open-Meteo does that one would not expect, and what the connector makes of it."""

from __future__ import annotations

import io
import json
import logging
import math
import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from airbyte_cdk.models import AirbyteStateMessage, FailureType, Status
from airbyte_cdk.utils import AirbyteTracedException
from connector_kit.config import wrong_by_spec
from connector_kit.streams import Field
from reading import Reading, pinned, read
from scripted_server import scripted_server
from simulator.open_meteo.quota import Quota
from simulator.testing import SimulatorUrl
from source_weather import SourceWeather, api, stream
from source_weather.answers import RunUnavailable, places_of, read_body, records_of
from source_weather.points import POINTS
from source_weather.product import PRODUCTS, call_weight
from source_weather.variables import DAILY, HOURLY
from weather_reads import BY_NAME, NOW, START, TODAY, config, values, weather_simulator

LOGGER = logging.getLogger("airbyte")
PARIS, EVRY = POINTS[0], POINTS[1]
VARIABLES = [Field("temperature_2m", "number", "", unit="°C"), Field("cloud_cover", "number", "", unit="%")]
NAMES = ("time", "temperature_2m", "cloud_cover")
HOURS = ["2026-03-29T00:00", "2026-03-29T01:00", "2026-03-29T02:00"]
FETCHED = {"fetched_at": NOW}
EVER = ("", "~")
MINUTELY = b'{"error":true,"reason":"Minutely API request limit exceeded. Please try again in one minute."}'


def place(times: list[str], offset: int = 0, **columns: list[Any]) -> dict[str, Any]:
    return {
        "latitude": 48.84,
        "longitude": 2.36,
        "utc_offset_seconds": offset,
        "hourly_units": {"time": "iso8601", "temperature_2m": "°C", "cloud_cover": "%"},
        "hourly": {"time": times, "temperature_2m": [1.0] * len(times), "cloud_cover": [50] * len(times), **columns},
    }


def loaded(answer: Any, *points: Any, span: tuple[str, str] = EVER, drops_empty: bool = False) -> list[dict[str, Any]]:
    chosen = points or (PARIS,)
    places = places_of(answer, chosen, "hourly", VARIABLES)
    return records_of(places, chosen, NAMES, FETCHED, span, drops_empty=drops_empty)


def response(content: bytes) -> requests.Response:
    made = requests.Response()
    made.status_code = 200
    made.raw = io.BytesIO(content)
    return made


# Shapes


def test_one_place_is_an_object_and_several_an_array() -> None:
    assert len(loaded(place(HOURS))) == 3
    assert len(loaded([place(HOURS), place(HOURS)], PARIS, EVRY)) == 6


def test_places_are_known_by_their_order_and_not_by_the_coordinates_of_the_cell() -> None:
    answer = [place(HOURS), {**place(HOURS, temperature_2m=[7.0, 8.0, 9.0]), "location_id": 1}]
    records = loaded(answer, PARIS, EVRY)
    assert [record["point_id"] for record in records] == ["paris"] * 3 + ["evry"] * 3
    assert [record["temperature_2m"] for record in records] == [1.0] * 3 + [7.0, 8.0, 9.0]


def test_the_fixed_offset_of_the_answer_makes_labels_instants() -> None:
    assert loaded(place(HOURS, offset=7200))[0]["time"] == "2026-03-28T22:00:00Z"


def test_nulls_stay_nulls() -> None:
    records = loaded(place(HOURS, temperature_2m=[None, 2.0, None]))
    assert [record["temperature_2m"] for record in records] == [None, 2.0, None]


def test_a_row_without_any_value_is_left_out_where_that_is_wanted_and_one_with_some_kept() -> None:
    answer = place(HOURS, temperature_2m=[None, None, 3.0], cloud_cover=[None, 2, None])
    assert [record["time"][11:13] for record in loaded(answer, drops_empty=True)] == ["01", "02"]
    assert len(loaded(answer)) == 3


def test_a_span_keeps_both_its_ends() -> None:
    records = loaded(place(HOURS), span=("2026-03-29T01:00:00Z", "2026-03-29T01:59:00Z"))
    assert [record["time"] for record in records] == ["2026-03-29T01:00:00Z"]


def test_a_variable_that_a_model_lacks_is_null_and_its_unit_undefined() -> None:
    lacking = place(HOURS, cloud_cover=[None] * 3)
    lacking["hourly_units"]["cloud_cover"] = "undefined"
    assert [record["cloud_cover"] for record in loaded(lacking)] == [None] * 3


@pytest.mark.parametrize(
    ("broken", "what"),
    [
        (place(HOURS, temperature_2m=[1.0]), "1 values of temperature_2m for 3 times"),
        (place(HOURS, temperature_2m=[1.0, "2.0", 3.0]), "temperature_2m holds str"),
        (place(HOURS, temperature_2m=[1.0, [2.0], 3.0]), "temperature_2m holds list"),
        (place(HOURS, temperature_2m=[1.0, True, 3.0]), "temperature_2m holds bool"),
        (place(HOURS[::-1]), "times that do not rise"),
        (place([HOURS[0]] * 3), "times that do not rise"),
        (place(["noon"]), "noon"),
        ({**place(HOURS), "hourly_units": {"temperature_2m": "°F", "cloud_cover": "%"}}, "°F, not °C"),
        ({**place(HOURS), "hourly_units": {"temperature_2m": "undefined", "cloud_cover": "%"}}, "undefined, not °C"),
        ({**place(HOURS), "hourly_units": {}}, "temperature_2m"),
        ({"latitude": 1}, "hourly"),
        ([place(HOURS), place(HOURS)], "2 places instead of 1"),
        ([], "0 places instead of 1"),
        ("text", "TypeError"),
        (None, "TypeError"),
    ],
)
def test_an_unexpected_answer_is_one_clear_sentence(broken: Any, what: str) -> None:
    with pytest.raises(AirbyteTracedException) as refused:
        loaded(broken)
    message = str(refused.value.message)
    assert what in message
    assert message.startswith("Open-Meteo: the answer has not the expected shape (")
    assert message.endswith("look for a newer connector.")


def test_places_with_other_times_than_the_first_are_refused() -> None:
    with pytest.raises(AirbyteTracedException, match="other times at evry than at paris"):
        loaded([place(HOURS), place(HOURS[:2])], PARIS, EVRY)


def test_the_weights_of_a_region_add_up_to_one() -> None:
    regions = {point.region_code for point in POINTS}
    assert len(regions) == 13
    for region in regions:
        assert math.isclose(sum(p.region_weight for p in POINTS if p.region_code == region), 1.0)


# Errors inside a good status


@pytest.mark.parametrize("text", [b"nan", b"NaN", b"-nan", b"inf", b"-Infinity"])
def test_numbers_that_are_none_become_null(text: bytes) -> None:
    body = b'{"latitude":%b,"hourly":{"name":"nan,","values":[1.5, %b,%b]}}' % (text, text, text)
    assert read_body(response(body)) == {"latitude": None, "hourly": {"name": "nan,", "values": [1.5, None, None]}}


@pytest.mark.parametrize(
    "content",
    [
        b"Unexpected error while streaming data: timeoutReached",
        b'{"latitude":48.8,"hourly":{"time":["2026Unexpected error while streaming data: allEndpointsUnavailable',
        b'{"error":true,"reason":"something"}',
        b"<html></html>",
        b"",
        b'{"latitude":48.8',
    ],
)
def test_an_answer_that_is_broken_off_or_an_error_is_no_answer(content: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (whatever it says, the call is tried again)
        read_body(response(content))


def test_a_run_that_is_not_there_is_no_reason_to_try_again() -> None:
    with pytest.raises(RunUnavailable):
        read_body(response(b"Unexpected error while streaming data: modelRunUnavailable(model: x, run: y)"))


# The simulated service


@pytest.fixture(scope="module")
def shared() -> Iterator[SimulatorUrl]:
    with weather_simulator() as url:
        yield url


@pytest.fixture
def simulator(shared: SimulatorUrl) -> Iterator[SimulatorUrl]:
    """The simulator at its time, without faults, and nothing spent."""
    shared.move_to(NOW)
    shared.set_faults()
    shared.simulator.calls.clear()
    shared.simulator.keep(Quota())
    with pinned(NOW):
        yield shared
    shared.set_faults()


class Clock:
    """Sleeps by moving the clock of both sides on."""

    def __init__(self, url: SimulatorUrl) -> None:
        self.url = url
        self.slept: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.move_to(datetime.fromisoformat(os.environ["HEXAWATT_NOW"]) + timedelta(seconds=seconds))

    def move_to(self, instant: datetime) -> None:
        self.url.move_to(instant)
        os.environ["HEXAWATT_NOW"] = instant.isoformat()


def statuses(url: SimulatorUrl) -> list[int]:
    return [call["status"] for call in url.calls]


def test_a_key_goes_to_the_hosts_of_customers_in_a_header_and_into_no_log(
    simulator: SimulatorUrl, caplog: pytest.LogCaptureFixture
) -> None:
    key = "any-secret-word"
    simulator.set_faults({"match": "customer-archive", "kind": 503, "first_n": 1}, {"match": "runs", "kind": 401})
    with caplog.at_level(logging.DEBUG):
        reading = read(SourceWeather(lambda _: None), {**config(simulator), "api_key": key})
    assert {call["path"].split("/")[2] for call in simulator.calls} == {
        "customer-api",
        "customer-archive-api",
        "customer-historical-forecast-api",
        "customer-single-runs-api",
    }
    assert all("apikey" not in call["query"] for call in simulator.calls)
    assert reading.records("archive_hourly")
    assert "customer-archive-api/v1/archive?latitude" in caplog.text, "addresses are logged at this level"
    assert key not in caplog.text
    assert "api_key" in caplog.text


def test_a_redirect_is_not_followed_with_the_key() -> None:
    with scripted_server((303, b"", {"Location": "http://127.0.0.1:9/elsewhere"})) as server, pinned(NOW):
        settings = {"start_date": START, "api_key": "any-word", "advanced": {"base_url": server.url}}
        outcome = SourceWeather(lambda _: None).check(LOGGER, settings)
    assert outcome.status == Status.FAILED
    assert "HTTP 303" in str(outcome.message)
    assert "sends the call to another address" in str(outcome.message)
    assert len(server.authorizations) == 4, "one call a service"


@pytest.mark.parametrize(
    ("settings", "host"),
    [
        ({}, "https://archive-api.open-meteo.com"),
        ({"api_key": "x"}, "https://customer-archive-api.open-meteo.com"),
        (
            {"advanced": {"base_url": "http://127.0.0.1:8700/open-meteo/"}},
            "http://127.0.0.1:8700/open-meteo/archive-api",
        ),
    ],
)
def test_a_host_is_a_folder_of_another_address(settings: Mapping[str, Any], host: str) -> None:
    client = api.OpenMeteo(settings)._client("archive-api")
    assert client._base_url == host


def test_services_beyond_the_plan_are_named_and_left_out(
    simulator: SimulatorUrl, caplog: pytest.LogCaptureFixture
) -> None:
    settings = {**config(simulator), "api_key": "standard-word"}
    outcome = SourceWeather().check(LOGGER, settings)
    assert outcome.status == Status.SUCCEEDED
    expected = "1 of Open-Meteo's 4 services answer; not: archive-api, historical-forecast-api, single-runs-api."
    assert outcome.message == expected
    reading = read(SourceWeather(), settings, "archive_hourly", "forecast_hourly")
    assert reading.failure is None
    assert reading.records("forecast_hourly")
    assert "archive_hourly is left out: Open-Meteo customer-archive-api: HTTP 403" in caplog.text


def test_a_key_that_is_none_is_a_matter_of_configuration(simulator: SimulatorUrl) -> None:
    settings = {**config(simulator), "api_key": "invalid-word"}
    outcome = SourceWeather().check(LOGGER, settings)
    assert outcome.status == Status.FAILED
    assert "Check api_key." in str(outcome.message)
    reading = read(SourceWeather(), settings)
    assert reading.failure is not None
    assert reading.failure.failure_type == FailureType.config_error


def test_check_says_what_the_service_says(simulator: SimulatorUrl) -> None:
    assert SourceWeather().check(LOGGER, config(simulator)).message == "4 of Open-Meteo's 4 services answer."
    simulator.set_faults({"kind": 503})
    waits: list[float] = []
    outcome = SourceWeather(waits.append).check(LOGGER, config(simulator))
    assert outcome.status == Status.FAILED
    assert "The service is overloaded" in str(outcome.message)
    assert sum(waits) < 10, "a check does not keep people waiting"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"start_date": "2030-01-01"}, "start_date 2030-01-01 is in the future."),
        ({"start_date": "2026-02-30"}, "start_date 2026-02-30 is no day of the calendar"),
        ({"advanced": {"end_date": "2026-01-01"}}, "end_date 2026-01-01 is before start_date"),
        ({"advanced": {"stream_start_dates": {"archive": "2026-01-01"}}}, "which is no stream of Open-Meteo's"),
    ],
)
@pytest.mark.usefixtures("simulator")
def test_a_wrong_configuration_is_one_sentence_from_check_and_read(change: Mapping[str, Any], said: str) -> None:
    settings = {"start_date": START, **change}
    outcome = SourceWeather().check(LOGGER, settings)
    assert (outcome.status, said in str(outcome.message)) == (Status.FAILED, True)
    reading = read(SourceWeather(), settings)
    assert reading.failure is not None
    assert said in str(reading.failure.message)
    assert reading.failure.failure_type == FailureType.config_error


@pytest.mark.parametrize(
    ("advanced", "said"),
    [
        ({"forecast_days": 17}, "at advanced.forecast_days: 17 is greater than the maximum of 16"),
        ({"forecast_days": "7"}, "at advanced.forecast_days: '7' is not of type 'integer'"),
        ({"forecast_run_hours": 0}, "at advanced.forecast_run_hours: 0 is not of type 'array'"),
        ({"forecast_run_hours": [0, 24]}, "at advanced.forecast_run_hours.1: 24 is greater than the maximum of 23"),
        ({"forecast_run_hours": []}, "at advanced.forecast_run_hours: []"),
        ({"keep_free_limits": "false"}, "at advanced.keep_free_limits: 'false' is not of type 'boolean'"),
    ],
)
def test_what_the_schema_of_the_spec_tells_is_refused_by_it(advanced: Mapping[str, Any], said: str) -> None:
    schema = SourceWeather().spec(LOGGER).connectionSpecification
    assert wrong_by_spec({"start_date": START}, schema) is None
    assert said in str(wrong_by_spec({"start_date": START, "advanced": advanced}, schema))


def test_a_clock_that_is_ahead_of_the_service_does_without_the_last_day(simulator: SimulatorUrl) -> None:
    with pinned("2026-11-21T00:00:30Z"):
        reading = read(SourceWeather(), config(simulator), "archive_hourly")
    assert reading.failure is None
    assert statuses(simulator) == [400, 200]
    assert max(row["time"] for row in reading.records("archive_hourly")) == "2026-11-20T23:00:00Z"
    assert reading.states_of("archive_hourly")[-1]["time"] == "2026-11-21T00:00:00Z"


def test_a_service_that_answers_no_values_at_all_is_asked_again_and_the_reach_does_not_go_back(
    simulator: SimulatorUrl, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = config(simulator, "2026-10-01")
    first = read(SourceWeather(), settings, "archive_hourly")
    monkeypatch.setattr(stream.Places, "last_with_values", lambda _: "")
    with pinned("2026-11-20T17:05:00Z"):
        later = read(SourceWeather(), settings, "archive_hourly", state=first.states[-1:])
    assert later.states_of("archive_hourly")[-1]["time"] == first.states_of("archive_hourly")[-1]["time"]


# Runs


def runs(url: str, **advanced: Any) -> dict[str, Any]:
    return config(url, "2026-11-09", forecast_days=1, **advanced)


def issued(reading: Reading) -> set[str]:
    return {row["issued_at"] for row in reading.records("forecast_runs_hourly")}


def asked_runs(url: SimulatorUrl) -> list[str]:
    return sorted(call["query"]["run"] for call in url.calls)


def test_a_missing_run_is_skipped_asked_again_for_some_days_and_then_left(simulator: SimulatorUrl) -> None:
    missing, name = "2026-11-11T00:00:00Z", "forecast_runs_hourly"
    states: list[AirbyteStateMessage] = []
    asked: list[list[str]] = []
    for now in ("2026-11-11T06:00:00Z", "2026-11-12T06:00:00Z", "2026-11-13T23:00:00Z", "2026-11-14T06:00:00Z"):
        simulator.simulator.calls.clear()
        simulator.move_to(now)
        with pinned(now):
            reading = read(SourceWeather(), runs(simulator), name, state=states)
        states = reading.states[-1:]
        assert reading.failure is None
        assert missing not in issued(reading)
        asked.append(asked_runs(simulator))
    assert asked[1] == ["2026-11-11T00:00", "2026-11-12T00:00"]
    assert asked[2] == ["2026-11-11T00:00", "2026-11-13T00:00"]
    assert asked[3] == ["2026-11-14T00:00"]
    assert reading.states_of(name)[-1]["again"] == []


def test_a_run_that_comes_late_is_read_when_it_comes(simulator: SimulatorUrl) -> None:
    reason = b'{"error":true,"reason":"Unexpected error while streaming data: modelRunUnavailable(model: a, run: b)"}'
    with scripted_server((400, reason, {})) as server:
        settings = {**runs(simulator), "start_date": "2026-11-19"}
        away = {**settings, "advanced": {**settings["advanced"], "base_url": server.url}}
        first = read(SourceWeather(), away, "forecast_runs_hourly")
    assert first.failure is None
    assert issued(first) == set()
    with pinned("2026-11-20T16:05:00Z"):
        later = read(SourceWeather(), settings, "forecast_runs_hourly", state=first.states[-1:])
    assert issued(later) == {"2026-11-19T00:00:00Z", "2026-11-20T00:00:00Z"}


def test_a_run_of_which_only_the_first_days_are_there_is_read_again_when_it_is_whole(simulator: SimulatorUrl) -> None:
    settings = config(simulator, TODAY, forecast_days=7)
    counts = []
    states: list[AirbyteStateMessage] = []
    for now in ("2026-11-20T05:45:00Z", "2026-11-20T07:00:00Z", "2026-11-20T08:00:00Z"):
        simulator.move_to(now)
        with pinned(now):
            reading = read(SourceWeather(), settings, "forecast_runs_hourly", state=states)
        states = reading.states[-1:]
        counts.append(len(reading.records("forecast_runs_hourly")))
    assert counts == [len(POINTS) * 73, len(POINTS) * 168, 0]


def test_a_run_without_any_time_is_not_there(simulator: SimulatorUrl, monkeypatch: pytest.MonkeyPatch) -> None:
    def emptied(answer: requests.Response) -> Any:
        body = read_body(answer)
        for place in body if "run=2026-11-19" in answer.url else ():
            place["hourly"] = {name: [] for name in place["hourly"]}
        return body

    monkeypatch.setattr(api, "read_body", emptied)
    reading = read(SourceWeather(), {**runs(simulator), "start_date": "2026-11-18"}, "forecast_runs_hourly")
    assert reading.failure is None
    assert issued(reading) == {"2026-11-18T00:00:00Z", "2026-11-20T00:00:00Z"}
    assert reading.states_of("forecast_runs_hourly")[-1]["again"] == ["2026-11-19T00:00:00Z"]


class Broken:
    """Runs whose answers are broken, as read_body says it."""

    def __init__(self, *days: str) -> None:
        self.days = days
        self.asked = 0

    def __call__(self, answer: requests.Response) -> Any:
        body = read_body(answer)  # read in any case: a connection with an answer half read is lost
        if any(f"run={day}" in answer.url for day in self.days):
            self.asked += 1
            raise ValueError("broken")
        return body


def test_a_run_that_always_fails_is_said_and_leaves_the_later_ones_their_turn(
    simulator: SimulatorUrl, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    name, bad, waits = "forecast_runs_hourly", "2026-11-13T00:00:00Z", []
    broken = Broken("2026-11-13")
    monkeypatch.setattr(api, "read_body", broken)
    first = read(SourceWeather(waits.append), runs(simulator), name)
    assert first.failure is not None
    assert first.failure.failure_type == FailureType.transient_error
    assert f"It was about {bad}; all other runs are read." in str(first.failure.message)
    assert max(issued(first)) == "2026-11-20T00:00:00Z"
    state = first.states_of(name)[-1]
    assert state["failed"] == {bad: NOW}
    assert (state["issued_at"], "read_at" in state) == ("2026-11-20T01:00:00Z", False)

    later = read(SourceWeather(waits.append), runs(simulator), name, state=first.states[-1:])
    assert later.failure is not None, "it is due at once, and asked for again"
    assert asked_runs(simulator).count("2026-11-13T00:00") == broken.asked == 12
    monkeypatch.setattr(api, "read_body", read_body)
    well = read(SourceWeather(waits.append), runs(simulator), name, state=first.states[-1:])
    assert (well.failure, issued(well)) == (None, {bad})
    assert "failed" not in well.states_of(name)[-1]

    caplog.clear()
    simulator.move_to("2026-11-24T06:00:00Z")
    with pinned("2026-11-24T06:00:00Z"):
        given_up = read(SourceWeather(waits.append), runs(simulator), name, state=first.states[-1:])
    assert given_up.failure is None
    assert f"{bad} did not come in 3 days: left out" in caplog.text
    assert min(issued(given_up)) == "2026-11-21T00:00:00Z"


def test_where_every_run_fails_not_all_of_them_are_waited_for(
    simulator: SimulatorUrl, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(api, "read_body", Broken(*(f"2026-11-{day}" for day in range(12, 21))))
    reading = read(SourceWeather(waits.append), runs(simulator), "forecast_runs_hourly")
    assert reading.failure is not None
    assert len(set(asked_runs(simulator))) <= 3 + stream.ALL_FAIL + stream.PAGES_AHEAD + 1, "of twelve"
    assert reading.states_of("forecast_runs_hourly")[-1]["issued_at"] == "2026-11-11T01:00:00Z"


def test_other_hours_or_another_model_are_read_from_the_start(simulator: SimulatorUrl) -> None:
    name = "forecast_runs_hourly"
    first = read(SourceWeather(), runs(simulator), name)
    simulator.simulator.calls.clear()
    again = read(SourceWeather(), runs(simulator, forecast_run_hours=[0, 12]), name, state=first.states[-1:])
    assert min(issued(again)) == "2026-11-09T00:00:00Z"
    assert len(asked_runs(simulator)) == 2 * 12 - 1, "the run of noon has not come in yet"
    other = read(SourceWeather(), runs(simulator, forecast_run_model="icon_global"), name, state=first.states[-1:])
    assert {row["model"] for row in other.records(name)} == {"icon_global"}
    assert min(issued(other)) == "2026-11-09T00:00:00Z"


def test_an_unknown_model_is_said_by_the_service(simulator: SimulatorUrl) -> None:
    reading = read(SourceWeather(), runs(simulator, forecast_run_model="crystal_ball"), "forecast_runs_hourly")
    assert reading.failure is not None
    assert "invalid String value crystal_ball for key models" in str(reading.failure.message)


# Limits


@pytest.mark.parametrize(
    ("places", "variables", "days", "weight"),
    [(1, 10, 365, 26), (1, 6, 3652, 157), (27, 8, 3652, 5635), (32, 7, 1, 32), (32, 10, 14, 32), (32, 10, 17, 39)],
)
def test_the_weight_of_a_call_is_the_one_the_service_documents(
    places: int, variables: int, days: int, weight: int
) -> None:
    assert call_weight(places, variables, days) == pytest.approx(weight, abs=1)


@pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: product.stream)
def test_a_call_of_the_past_fits_into_a_minute_and_one_of_every_day_weighs_least(product: Any) -> None:
    """Ten variables: an eleventh would make every call heavier."""
    assert len(HOURLY) == len(DAILY) == 10
    longest = call_weight(len(POINTS), len(product.variables), product.longest_days or 26)
    assert longest <= 600
    if product.kind == "days":
        look_back = call_weight(len(POINTS), len(product.variables), product.look_back_days + 1)
        assert look_back == len(POINTS)
        windows = 600 // longest
        assert windows * longest > 0.9 * 600, "whole minutes are used up by as few calls as they allow"


def free(url: str, start_date: str) -> dict[str, Any]:
    return config(url, start_date, keep_free_limits=True)


def test_the_limits_of_a_minute_are_waited_for_so_that_no_call_is_refused(
    simulator: SimulatorUrl, caplog: pytest.LogCaptureFixture
) -> None:
    simulator.set_faults({"kind": "quota"})
    clock = Clock(simulator)
    settings = free(simulator, "2025-05-01")
    with caplog.at_level(logging.INFO, logger="airbyte"):
        reading = read(SourceWeather(clock), settings, "archive_daily", "forecast_daily")
    assert reading.failure is None
    assert set(statuses(simulator)) == {200}
    assert clock.slept == [60.0, 60.0], "until the next minute of the clock"
    assert "The free service of Open-Meteo allows 600 calls in 1 minutes: waiting 60 s" in caplog.text
    days = (datetime(2026, 11, 20) - datetime(2025, 5, 1)).days
    assert len(reading.table("archive_daily")) == len(POINTS) * days
    assert len(reading.states_of("forecast_daily")[-1]["calls"]) == 4


def spent(weight: int, at: str = "2026-11-20T15:01:00Z") -> list[str]:
    return [f"{at} x{weight}"]


def with_calls(reading: Reading, calls: list[str]) -> list[AirbyteStateMessage]:
    (*_, last) = reading.states
    assert last.stream
    assert last.stream.stream_state
    last.stream.stream_state.calls = calls
    return [last]


def test_what_earlier_syncs_of_any_stream_spent_counts(
    simulator: SimulatorUrl, caplog: pytest.LogCaptureFixture
) -> None:
    daily = read(SourceWeather(), config(simulator, "2026-11-18"), "forecast_daily")
    state = with_calls(daily, spent(4_990))
    simulator.simulator.calls.clear()
    hourly = read(SourceWeather(), free(simulator, "2026-11-18"), "archive_hourly", "forecast_hourly", state=state)
    assert hourly.failure is None, "a quota that is used up is no failure"
    assert statuses(simulator) == []
    assert "5,000 calls in 60 minutes, and they are used up. The next sync goes on from here." in caplog.text
    assert "read_at" not in hourly.states_of("archive_hourly")[-1]
    assert hourly.states_of("archive_hourly")[-1]["calls"] == spent(4_990)
    with pinned("2026-11-20T16:00:00Z"):
        simulator.move_to("2026-11-20T16:00:00Z")
        next_hour = read(
            SourceWeather(), free(simulator, "2026-11-18"), "archive_hourly", "forecast_hourly", state=hourly.states
        )
    assert next_hour.failure is None
    assert next_hour.records("archive_hourly")
    assert next_hour.records("forecast_hourly")


def test_a_history_leaves_some_of_the_hour_and_of_the_day_to_what_is_new(simulator: SimulatorUrl) -> None:
    state = with_calls(read(SourceWeather(), config(simulator, "2026-11-18"), "forecast_daily"), spent(3_990))
    simulator.simulator.calls.clear()
    streams = ("archive_hourly", "historical_forecast_hourly", "forecast_hourly")
    settings = free(simulator, "2026-08-01")
    settings["advanced"]["stream_start_dates"] = {"historical_forecast_hourly": "2026-11-15"}
    reading = read(SourceWeather(), settings, *streams, state=state)
    assert reading.failure is None
    assert not reading.records("archive_hourly"), "a history that can wait"
    assert reading.records("historical_forecast_hourly")
    assert reading.records("forecast_hourly")


def test_a_backfill_that_is_stopped_by_the_hour_ends_as_the_whole_one(simulator: SimulatorUrl) -> None:
    settings = free(simulator, "2025-11-01")
    simulator.set_faults({"kind": "quota", "per_hour": 200, "per_minute": 200})
    clock = Clock(simulator)
    parts: list[Reading] = []
    for _ in range(4):
        parts.append(
            read(SourceWeather(clock), settings, "archive_daily", state=parts[-1].states[-1:] if parts else [])
        )
        clock.move_to(datetime.fromisoformat(os.environ["HEXAWATT_NOW"]) + timedelta(hours=1))
    assert "read_at" not in parts[0].states_of("archive_daily")[-1]
    assert "read_at" in parts[-1].states_of("archive_daily")[-1]
    simulator.set_faults()
    clock.move_to(datetime.fromisoformat(NOW).astimezone(UTC))
    whole = read(SourceWeather(), config(simulator, "2025-11-01"), "archive_daily")
    assert values(parts[0].table("archive_daily", *parts[1:])) == values(whole.table("archive_daily"))


def test_the_minute_of_a_refusal_is_waited_for_by_the_clock(simulator: SimulatorUrl) -> None:
    for now, wait in ((NOW, 61.0), ("2026-11-20T15:05:50Z", 11.0)):
        clock = Clock(simulator)
        simulator.set_faults({"kind": 429, "first_n": 1})
        with pinned(now):
            simulator.move_to(now)
            assert read(SourceWeather(clock), config(simulator), "archive_hourly").records("archive_hourly")
        assert clock.slept == [wait]


def test_each_try_counts(simulator: SimulatorUrl) -> None:
    simulator.set_faults({"kind": 503, "first_n": 2})
    reading = read(SourceWeather(lambda _: None), free(simulator, "2026-11-18"), "forecast_daily")
    calls = reading.states_of("forecast_daily")[-1]["calls"]
    assert statuses(simulator) == [503, 503, 200]
    assert [call.partition(" x")[2] for call in calls] == ["32"] * 3


def test_tries_again_end_where_the_limit_is_used_up(simulator: SimulatorUrl) -> None:
    state = with_calls(read(SourceWeather(), config(simulator, "2026-11-18"), "forecast_daily"), spent(4_950))
    simulator.simulator.calls.clear()
    simulator.set_faults({"kind": 503})
    reading = read(SourceWeather(lambda _: None), free(simulator, "2026-11-18"), "forecast_hourly", state=state)
    assert reading.failure is None, "the next sync goes on"
    assert statuses(simulator) == [503]


@pytest.mark.parametrize("limit", ["per_hour", "per_day"])
def test_the_hour_and_the_day_of_a_refusal_are_left_to_the_next_sync(
    simulator: SimulatorUrl, limit: str, caplog: pytest.LogCaptureFixture
) -> None:
    simulator.set_faults({"kind": "quota", limit: 1})
    waits: list[float] = []
    streams = ("forecast_hourly", "archive_hourly", "forecast_daily")
    reading = read(SourceWeather(waits.append), config(simulator), *streams)
    assert reading.failure is None
    assert waits == []
    assert reading.records("forecast_hourly")
    assert not reading.records("archive_hourly")
    assert statuses(simulator) == [200, 429], "the other streams need not ask: it is one limit for all"
    minutes = {"per_hour": 55, "per_day": 535}[limit]
    assert f"The service asks to wait {minutes} minutes. The next sync goes on from here." in caplog.text


def test_a_full_queue_is_waited_for(simulator: SimulatorUrl) -> None:
    busy = b'{"error":true,"reason":"Too many concurrent requests"}'
    with scripted_server((429, busy, {})) as server:
        waits: list[float] = []
        settings = config(simulator, base_url=server.url)
        reading = read(SourceWeather(waits.append), settings, "forecast_daily")
    assert waits == [5.0] * 3
    assert reading.failure is None, "the next sync goes on"


def test_a_key_needs_no_pacing(simulator: SimulatorUrl) -> None:
    settings = {**free(simulator, "2026-11-18"), "api_key": "any-word"}
    reading = read(SourceWeather(), settings, "forecast_daily")
    assert "calls" not in reading.states_of("forecast_daily")[-1]


def test_the_table_covers_the_hosts_that_the_metadata_allow() -> None:
    assert {product.host for product in PRODUCTS} == {
        "api",
        "archive-api",
        "historical-forecast-api",
        "single-runs-api",
    }
    assert json.dumps(sorted(BY_NAME)) == json.dumps(sorted(product.stream for product in PRODUCTS))
