"""Faults on request, the clock, and the other endpoints of the simulator itself."""

from __future__ import annotations

import time
from typing import Any

import pytest
import requests
from simulator.faults import FaultError, parse
from simulator.testing import RteClient, SimulatorUrl, log_in, running_simulator

NOW = "2026-11-21T12:00:00Z"

PRICES = "wholesale_market/v3/france_power_exchanges"
PARIS = {"latitude": "48.8566", "longitude": "2.3522", "hourly": "temperature_2m"}


def statuses(rte: RteClient, calls: int) -> list[int]:
    return [rte.get(PRICES).status_code for _ in range(calls)]


def test_a_status_for_the_first_calls(rte: RteClient) -> None:
    rte.url.set_faults({"match": "/wholesale_market/", "kind": 503, "first_n": 2})
    assert statuses(rte, 3) == [503, 503, 200]


def test_retry_after(rte: RteClient) -> None:
    rte.url.set_faults({"kind": "429", "retry_after": 7, "first_n": 1})
    answer = rte.get(PRICES)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")


def test_a_fault_touches_only_matching_paths(rte: RteClient) -> None:
    rte.url.set_faults({"match": "/consumption/", "kind": 403})
    assert rte.get("consumption/v1/short_term").status_code == 403
    assert rte.get(PRICES).status_code == 200


def test_a_rate_is_kept_and_repeats(rte: RteClient) -> None:
    rte.url.set_faults({"kind": 500, "rate": 0.3})
    first = statuses(rte, 60)
    assert 5 < first.count(500) < 35
    rte.url.set_faults({"kind": 500, "rate": 0.3})
    assert statuses(rte, 60) == first


def test_an_expired_token_needs_a_new_one(rte: RteClient) -> None:
    rte.url.set_faults({"match": "/open_api/", "kind": "token_expired", "first_n": 1})
    assert statuses(rte, 2) == [401, 401]
    assert log_in(rte.url).get(PRICES).status_code == 200


def test_a_broken_body_is_no_json(rte: RteClient) -> None:
    rte.url.set_faults({"kind": "broken_body", "first_n": 2})
    page = rte.get(PRICES)
    weather = requests.get(f"{rte.url}/open-meteo/api/v1/forecast", PARIS, timeout=10)
    for answer in (page, weather):
        assert answer.status_code == 200
        with pytest.raises(requests.JSONDecodeError):
            answer.json()
    assert weather.text.endswith("Unexpected error while streaming data: timeoutReached")


def test_a_truncated_body_is_a_lost_connection(rte: RteClient) -> None:
    rte.url.set_faults({"kind": "truncated", "first_n": 1})
    with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.ConnectionError)):
        rte.get(PRICES)
    assert rte.get(PRICES).status_code == 200


def test_a_delay_outlasts_the_client(rte: RteClient) -> None:
    rte.url.set_faults({"kind": "delay", "seconds": 0.5, "first_n": 1})
    headers = {"Authorization": f"Bearer {rte.token}"}
    with pytest.raises(requests.ReadTimeout):
        requests.get(f"{rte.url}/open_api/{PRICES}", headers=headers, timeout=0.1)
    assert requests.get(f"{rte.url}/open_api/{PRICES}", headers=headers, timeout=10).status_code == 200


def test_a_500_says_what_rte_says(rte: RteClient) -> None:
    rte.url.set_faults({"kind": 500, "first_n": 2})
    answer = rte.get(PRICES)
    assert (answer.status_code, answer.json()["error"]) == (500, "COMMON_ERROR_T03")
    assert weather(rte.url).content == b"", "Open-Meteo has another way of failing"


@pytest.mark.parametrize("status", [404, 408, 413, 503, 509])
def test_other_statuses_have_no_body(rte: RteClient, status: int) -> None:
    rte.url.set_faults({"kind": status, "first_n": 1})
    answer = rte.get(PRICES)
    assert (answer.status_code, answer.content, "Retry-After" in answer.headers) == (status, b"", False)


def test_a_403_of_one_version(rte: RteClient) -> None:
    rte.url.set_faults({"match": "/physical_flow/v1/", "kind": 403})
    assert rte.get("physical_flow/v1/physical_flows").status_code == 403
    assert rte.get(PRICES).status_code == 200


def test_a_fault_after_some_good_calls(rte: RteClient) -> None:
    rte.url.set_faults({"kind": 503, "after_n": 2, "first_n": 1})
    assert statuses(rte, 5) == [200, 200, 503, 200, 200]
    rte.url.set_faults({"match": "/open_api/", "kind": "token_expired", "after_n": 1, "first_n": 1})
    assert statuses(rte, 3) == [200, 401, 401]


def test_a_reset_is_no_answer(rte: RteClient) -> None:
    rte.url.set_faults({"kind": "reset", "after_n": 1, "first_n": 2})
    assert statuses(rte, 1) == [200]
    for _ in range(2):
        with pytest.raises(requests.ConnectionError):
            rte.get(PRICES)
    assert statuses(rte, 1) == [200]
    assert [call["status"] for call in rte.url.calls if call["path"].endswith(PRICES)] == [200, 0, 0, 200]


def test_a_page_for_people(rte: RteClient) -> None:
    rte.url.set_faults({"kind": "html", "first_n": 1})
    answer = rte.get(PRICES)
    assert (answer.status_code, answer.headers["Content-Type"].split(";")[0]) == (200, "text/html")
    assert answer.text.startswith("<!DOCTYPE html>")


def test_a_slow_body_is_whole_but_takes_its_time(rte: RteClient) -> None:
    plain = rte.get(PRICES).content
    rte.url.set_faults({"kind": "slow_body", "seconds": 0.6})
    headers = {"Authorization": f"Bearer {rte.token}"}
    began = time.monotonic()
    answer = requests.get(f"{rte.url}/open_api/{PRICES}", headers=headers, timeout=0.3)
    assert time.monotonic() - began >= 0.6, "it trickles: the client's patience between two pieces is not tried"
    assert answer.content == plain


def weather(url: str, **params: str) -> requests.Response:
    return requests.get(f"{url}/open-meteo/api/v1/forecast", {**PARIS, **params}, timeout=10)


def test_a_quota_counts_weights_and_clears_at_the_minute(url: SimulatorUrl) -> None:
    url.set_faults({"match": "/v1/", "kind": "quota", "per_minute": 3})
    assert [weather(url).status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = weather(url).json()
    assert refused == {"error": True, "reason": "Minutely API request limit exceeded. Please try again in one minute."}
    url.advance(60)
    many = {"latitude": ",".join(["48"] * 10), "longitude": ",".join(["2"] * 10)}
    assert [weather(url, **many).status_code for _ in range(2)] == [200, 429], "ten places weigh ten calls"


@pytest.mark.parametrize(
    ("limit", "text"),
    [("per_hour", "Hourly API request limit exceeded. Please try again in the next hour."),
     ("per_day", "Daily API request limit exceeded. Please try again tomorrow.")],
)  # fmt: skip
def test_quota_texts(url: SimulatorUrl, limit: str, text: str) -> None:
    url.set_faults({"match": "/v1/", "kind": "quota", limit: 1})
    assert weather(url).status_code == 200
    assert weather(url).json()["reason"] == text


def test_one_call_may_be_too_heavy(url: SimulatorUrl) -> None:
    url.set_faults({"match": "/v1/", "kind": "quota"})
    places = {"latitude": ",".join(["48"] * 900), "longitude": ",".join(["2"] * 900)}
    dates = {"start_date": "2026-09-01", "end_date": "2026-11-21"}
    heavy = {**PARIS, **places, **dates, "hourly": "temperature_2m," * 10}
    answer = requests.get(f"{url}/open-meteo/archive-api/v1/archive", heavy, timeout=10)
    assert answer.status_code == 400
    assert answer.json()["reason"].startswith("Your API call requests too much data")


def test_faults_over_http(url: SimulatorUrl) -> None:
    admin = f"{url}/simulator/faults"
    assert requests.get(admin, timeout=10).json() == []
    listed = requests.post(admin, json=[{"match": "/v1/", "kind": 503, "first_n": 1}], timeout=10).json()
    assert (listed[0]["kind"], listed[0]["match"], listed[0]["fired"]) == (503, "/v1/", 0)
    assert [weather(url).status_code for _ in range(2)] == [503, 200]
    assert requests.get(admin, timeout=10).json()[0]["fired"] == 1
    assert requests.post(admin, json=[], timeout=10).json() == []


@pytest.mark.parametrize(
    "wrong", [{"kind": 200}, {"kind": "explode"}, {}, {"kind": 500, "colour": "red"}, {"kind": True}]
)
def test_faults_that_make_no_sense_are_refused(url: SimulatorUrl, wrong: dict[str, Any]) -> None:
    with pytest.raises(FaultError):
        parse(wrong)
    assert requests.post(f"{url}/simulator/faults", json=[wrong], timeout=10).status_code == 400
    assert weather(url).status_code == 200


def test_faults_from_the_start() -> None:
    with running_simulator(now=NOW, faults=[{"kind": 503, "first_n": 1}]) as url:
        assert [weather(url).status_code for _ in range(2)] == [503, 200]


def test_health_and_clock(url: SimulatorUrl) -> None:
    health = requests.get(f"{url}/simulator/health", timeout=10).json()
    assert health == {"status": "ok", "simulated": True, "now": NOW, "seed": 1}
    clock = f"{url}/simulator/clock"
    assert requests.post(clock, json={"advance_seconds": 3600}, timeout=10).json()["now"] == "2026-11-21T13:00:00Z"
    assert (
        requests.post(clock, json={"now": "2026-12-24T18:00:00+01:00"}, timeout=10).json()["now"]
        == "2026-12-24T17:00:00Z"
    )
    for wrong in ({"now": "yesterday"}, {"now": "2001-01-01T00:00:00Z"}, {}):
        assert requests.post(clock, json=wrong, timeout=10).status_code == 400


def test_calls_are_remembered(rte: RteClient) -> None:
    rte.get(PRICES, start_date="x")
    assert rte.url.calls[-1] == {"path": f"/open_api/{PRICES}", "query": {"start_date": "x"}, "status": 200}
    assert requests.get(f"{rte.url}/simulator/calls", timeout=10).json() == rte.url.calls
