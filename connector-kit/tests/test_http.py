"""The policy, followed by the driver against a real server."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.streams.http.error_handlers import ResponseAction
from airbyte_cdk.utils import AirbyteTracedException
from connector_kit.http import ApiClient, EmptyAnswer, QuotaUsedUp, Refusal, SplitRequestWindow
from connector_kit.oauth import Token, TokenCache
from connector_kit.policy import COMMON_POLICY, Rule, backoff_seconds, find_rule
from scripted_server import scripted_server

OK = (200, b'{"answer": 42}', {})
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def client(url: str, waits: list[float], **options: Any) -> ApiClient:
    return ApiClient(url, options.pop("policy", COMMON_POLICY), sleep=waits.append, **options)


@pytest.mark.parametrize("status", [408, 500, 502, 503, 509])
def test_a_server_in_trouble_is_asked_again(status: int) -> None:
    waits: list[float] = []
    with scripted_server((status, b"", {}), (status, b"", {}), OK) as server:
        assert client(server.url, waits).get("x") == {"answer": 42}
    assert waits == [1.0, 2.0]


def test_429_waits_as_long_as_the_server_asks() -> None:
    waits: list[float] = []
    with scripted_server((429, b"", {"Retry-After": "17"}), OK) as server:
        client(server.url, waits).get("x")
    assert waits == [17.0]


def test_a_server_that_asks_to_wait_for_hours_is_not_waited_for() -> None:
    waits: list[float] = []
    answer = (429, b"", {"Retry-After": "7200"})
    with scripted_server(answer) as server, pytest.raises(AirbyteTracedException, match="asks to wait 120 minutes"):
        client(server.url, waits).get("x")
    assert waits == []


def test_who_can_go_on_later_says_how_long_to_wait_and_gets_to_know_that_the_quota_is_used_up() -> None:
    waits: list[float] = []
    with scripted_server((429, b"", {"Retry-After": "90"})) as server, pytest.raises(QuotaUsedUp) as raised:
        client(server.url, waits).call("x", longest_wait=60)
    assert waits == []
    assert "The quota is used up" in str(raised.value.message)
    assert raised.value.failure_type == FailureType.transient_error


def test_who_only_wants_to_know_tries_less_often() -> None:
    waits: list[float] = []
    with scripted_server((503, b"", {})) as server, pytest.raises(Refusal) as raised:
        client(server.url, waits).call("x", attempts=2)
    assert (waits, raised.value.status) == ([1.0], 503)


def test_a_partial_answer_comes_with_its_status_and_headers() -> None:
    with scripted_server((206, b"[1]", {"Continuation_Token": "next"})) as server:
        answer = client(server.url, []).call("x", headers={"continuation_token": "this"})
    assert (answer.body, answer.status, answer.headers["continuation_token"]) == ([1], 206, "next")


@pytest.mark.parametrize(
    ("body", "read"), [(b"\xef\xbb\xbf[1]", [1]), ("[1]".encode("utf-16"), [1]), (b"[NaN]", "[nan]")]
)
def test_json_that_is_not_quite_by_the_book_is_read(body: bytes, read: Any) -> None:
    with scripted_server((200, body, {})) as server:
        found = client(server.url, []).get("x")
    assert found == read or str(found) == read


def test_a_token_refused_after_other_trouble_is_renewed_all_the_same() -> None:
    numbers = itertools.count(1)
    tokens = TokenCache(lambda: {"access_token": f"token-{next(numbers)}", "expires_in": 3600}, lambda: NOW)
    with scripted_server((503, b"", {}), (401, b"", {}), OK) as server:
        assert client(server.url, [], tokens=tokens).get("x") == {"answer": 42}
    assert server.authorizations == ["Bearer token-1", "Bearer token-1", "Bearer token-2"]


def test_a_403_to_an_old_token_is_tried_with_a_new_one_and_to_a_fresh_token_is_meant() -> None:
    now = [NOW]
    numbers = itertools.count(1)
    tokens = TokenCache(lambda: {"access_token": f"token-{next(numbers)}", "expires_in": 3600}, lambda: now[0])
    tokens.current()
    now[0] = NOW + timedelta(minutes=30)
    with scripted_server((403, b"", {}), OK) as server:
        assert client(server.url, [], tokens=tokens).get("x") == {"answer": 42}
    assert server.authorizations == ["Bearer token-1", "Bearer token-2"]
    with scripted_server((403, b"", {})) as server, pytest.raises(AirbyteTracedException):
        client(server.url, [], tokens=tokens).get("x")
    assert server.authorizations == ["Bearer token-2"]


def test_a_service_that_asks_to_wait_in_a_way_of_its_own_is_understood() -> None:
    waits: list[float] = []
    with scripted_server((429, b"", {"Come-Back-In": "5"}), OK) as server:
        client(server.url, waits, asked_wait=lambda response: response.headers["Come-Back-In"]).get("x")
    assert waits == [5.0]


def test_a_body_is_read_in_the_way_of_the_caller_and_asked_for_again_where_it_is_malformed() -> None:
    def lines(response: requests.Response) -> list[int]:
        return [int(line) for line in response.iter_lines()]

    waits: list[float] = []
    with scripted_server((200, b"1\nbroken off", {}), (200, b"1\n2\n", {"X-Left": "7"})) as server:
        answer = client(server.url, waits).call("x", read=lines)
    assert (answer.body, answer.headers["X-Left"], waits) == ([1, 2], "7", [1.0])


@pytest.mark.parametrize(
    ("body", "media_type", "text"),
    [
        (b"no content  available\n", "text/plain; charset=utf-8", "no content available"),
        (b"word " * 100, "text/plain", ""),
        (b"<html>gone</html>", "text/html", ""),
        (b'{"detail": "Not Found"}', "application/json", "Not Found"),
    ],
)
def test_a_refusal_keeps_what_the_api_says_of_it_in_a_short_text(body: bytes, media_type: str, text: str) -> None:
    answer = (404, body, {"Content-Type": media_type})
    with scripted_server(answer) as server, pytest.raises(Refusal) as raised:
        client(server.url, []).get("x")
    assert raised.value.text == text
    assert raised.value.message is not None
    assert (f"({text})" in raised.value.message) is bool(text)


def test_429_without_retry_after_waits_half_a_minute() -> None:
    waits: list[float] = []
    with scripted_server((429, b"", {}), OK) as server:
        client(server.url, waits).get("x")
    assert waits == [30.0]


@pytest.mark.parametrize("body", [b"{broken", b"<html></html>", b'{"a": 1} Unexpected error while streaming data'])
def test_a_malformed_answer_is_asked_for_again(body: bytes) -> None:
    waits: list[float] = []
    with scripted_server((200, body, {}), OK) as server:
        assert client(server.url, waits).get("x") == {"answer": 42}
    assert len(waits) == 1


def test_tries_end_with_a_sentence_for_the_user() -> None:
    waits: list[float] = []
    with scripted_server((503, b"", {})) as server, pytest.raises(AirbyteTracedException) as raised:
        client(server.url, waits, describe=lambda path: f"RTE {path}").get("load")
    assert raised.value.message is not None
    assert raised.value.message.startswith("RTE load: HTTP 503. The service did not recover")
    assert raised.value.failure_type == FailureType.transient_error
    assert len(waits) == COMMON_POLICY[408].attempts - 1


def test_a_refused_connection_is_a_sentence_and_not_a_stack() -> None:
    with pytest.raises(AirbyteTracedException, match="connection lost"):
        client("http://127.0.0.1:9", []).get("x")


def test_too_large_an_answer_asks_for_a_split() -> None:
    with scripted_server((413, b"", {})) as server, pytest.raises(SplitRequestWindow):
        client(server.url, []).get("x")


def test_an_error_code_is_looked_up_before_the_status() -> None:
    policy = {**COMMON_POLICY, "_F03": Rule(ResponseAction.IGNORE, "")}
    with scripted_server((400, b'{"error": "CONSUMPTION_SHORTTERM_F03"}', {})) as server, pytest.raises(EmptyAnswer):
        client(server.url, [], policy=policy).get("x")
    assert find_rule(policy, 400, "CONSUMPTION_SHORTTERM_F01").action is ResponseAction.FAIL


def test_204_is_no_data() -> None:
    with scripted_server((204, b"", {})) as server, pytest.raises(EmptyAnswer):
        client(server.url, []).get("x")


def test_a_refused_token_is_renewed_once() -> None:
    numbers = itertools.count(1)
    tokens = TokenCache(lambda: {"access_token": f"token-{next(numbers)}", "expires_in": 3600}, lambda: NOW)
    with scripted_server((401, b"", {}), OK) as server:
        client(server.url, [], tokens=tokens).get("x")
    assert server.authorizations == ["Bearer token-1", "Bearer token-2"]


def test_a_key_refused_twice_is_a_configuration_error() -> None:
    tokens = TokenCache(lambda: {"access_token": "t"}, lambda: NOW)
    with scripted_server((401, b"", {})) as server, pytest.raises(AirbyteTracedException) as raised:
        client(server.url, [], tokens=tokens).get("x")
    assert raised.value.failure_type == FailureType.config_error
    assert len(server.authorizations) == 2


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_names_the_host_that_it_leads_to(status: int) -> None:
    moved = (status, b"", {"Location": "https://data.example.org/api?key=a-secret"})
    with scripted_server(moved) as server, pytest.raises(Refusal) as raised:
        client(server.url, []).get("x")
    assert f"HTTP {status} (data.example.org). The service sends its callers" in str(raised.value.message)
    assert raised.value.failure_type == FailureType.config_error
    assert "a-secret" not in f"{raised.value.message} {raised.value.internal_message}"


def test_a_redirect_is_not_followed_with_the_token() -> None:
    tokens = TokenCache(lambda: {"access_token": "t"}, lambda: NOW)
    with (
        scripted_server(OK) as elsewhere,
        scripted_server((302, b"", {"Location": elsewhere.url})) as server,
        pytest.raises(AirbyteTracedException),
    ):
        client(server.url, [], tokens=tokens).get("x")
    assert elsewhere.authorizations == []


def test_a_token_is_asked_for_once_and_renewed_before_its_end() -> None:
    clock = [NOW]
    asked: list[Mapping[str, Any]] = []

    def request() -> Mapping[str, Any]:
        asked.append({"access_token": f"token-{len(asked)}", "expires_in": 3600})
        return asked[-1]

    tokens = TokenCache(request, lambda: clock[0])
    assert tokens.current().access_token == "token-0"
    clock[0] = NOW + timedelta(seconds=3539)
    assert tokens.current().access_token == "token-0"
    clock[0] = NOW + timedelta(seconds=3541)
    assert tokens.current().access_token == "token-1"


def test_a_token_refused_by_two_threads_is_renewed_once() -> None:
    numbers = itertools.count()
    tokens = TokenCache(lambda: {"access_token": str(next(numbers))}, lambda: NOW)
    stale = tokens.current()
    tokens.refuse(stale)
    fresh = tokens.current()
    tokens.refuse(stale)
    assert tokens.current() is fresh


def test_a_token_service_that_has_just_failed_is_not_asked_again_by_each_stream() -> None:
    now = [NOW]
    asked: list[int] = []

    def request() -> Mapping[str, Any]:
        asked.append(1)
        raise AirbyteTracedException(message="down", failure_type=FailureType.transient_error)

    tokens = TokenCache(request, lambda: now[0])
    for _ in range(5):
        with pytest.raises(AirbyteTracedException, match="down"):
            tokens.current()
    assert len(asked) == 1
    now[0] = NOW + timedelta(minutes=2)
    with pytest.raises(AirbyteTracedException, match="down"):
        tokens.current()
    assert len(asked) == 2


def test_an_outage_that_answers_without_token_is_transient() -> None:
    with pytest.raises(AirbyteTracedException) as raised:
        Token.from_answer({"message": "maintenance"}, NOW)
    assert raised.value.failure_type == FailureType.transient_error


def test_waits_double_up_to_a_minute() -> None:
    rule = COMMON_POLICY[408]
    assert [backoff_seconds(rule, attempt, None) for attempt in range(1, 9)] == [1, 2, 4, 8, 16, 32, 60, 60]
