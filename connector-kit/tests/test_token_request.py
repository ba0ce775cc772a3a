"""Asking for a token: a refused key, a service that is down, one that asks to wait for hours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from airbyte_cdk.models import FailureType
from airbyte_cdk.utils import AirbyteTracedException
from connector_kit.token_request import request_token
from scripted_server import scripted_server

ADVICE = "The key is refused: check it."


def ask(url: str, sleep: Callable[[float], None] = lambda seconds: None, **patience: Any) -> Mapping[str, Any]:
    form = {"grant_type": "password", "username": "somebody", "password": "my-secret"}
    return request_token(url, form, who="The token service", refused=ADVICE, sleep=sleep, **patience)


@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_refused_key_is_a_configuration_error_that_does_not_show_the_key(status: int) -> None:
    with scripted_server((status, b"", {})) as server, pytest.raises(AirbyteTracedException) as raised:
        ask(server.url)
    assert raised.value.failure_type == FailureType.config_error
    assert ADVICE in str(raised.value.message)
    assert "my-secret" not in f"{raised.value.message} {raised.value.internal_message}"


def test_a_token_service_that_is_down_is_asked_again() -> None:
    waits: list[float] = []
    token = (200, b'{"access_token": "t", "expires_in": 3600}', {})
    with scripted_server((500, b"", {}), (200, b"<html>maintenance</html>", {}), token) as server:
        answer = ask(server.url, waits.append)
    assert answer["access_token"] == "t"
    assert len(waits) == 2


def test_a_token_service_that_never_answers_is_a_passing_trouble() -> None:
    with pytest.raises(AirbyteTracedException) as raised:
        ask("http://127.0.0.1:9")
    assert raised.value.failure_type == FailureType.transient_error
    assert "connection lost" in str(raised.value.message)


def test_a_token_service_that_asks_to_wait_for_hours_is_not_waited_for() -> None:
    waits: list[float] = []
    with scripted_server((429, b"", {"Retry-After": "86400"})) as server, pytest.raises(AirbyteTracedException):
        ask(server.url, waits.append)
    assert waits == []


@pytest.mark.parametrize(
    ("headers", "waits"), [({}, [1.0]), ({"Retry-After": "10"}, [10.0]), ({"Retry-After": "11"}, [])]
)
def test_where_somebody_waits_it_is_soon_over(headers: Mapping[str, str], waits: list[float]) -> None:
    waited: list[float] = []
    with scripted_server(*[(503, b"", headers)] * 3) as server, pytest.raises(AirbyteTracedException):
        ask(server.url, waited.append, attempts=2, longest_wait=10)
    assert waited == waits
