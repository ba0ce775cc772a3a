"""How RTE is called: addresses, OAuth, and the rows its error codes add to the policy."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import requests
from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.streams.http.error_handlers import ResponseAction
from airbyte_cdk.utils import AirbyteTracedException
from connector_kit import clock
from connector_kit.budget import RateBudget
from connector_kit.http import TIMEOUT_SECONDS, ApiClient, error_of
from connector_kit.oauth import TokenCache, basic_authorization
from connector_kit.policy import COMMON_POLICY, LONGEST_WAIT_SECONDS, Policy, Rule, backoff_seconds, find_rule

from source_rte.resources import RESOURCES

logger = logging.getLogger("airbyte")

DEFAULT_BASE_URL = "https://digital.iservices.rte-france.com"
DEFAULT_CALLS_PER_SECOND = 2

_NOT_SUBSCRIBED = (
    "The key is good but not allowed here: subscribe your application to this API, in this version, on "
    "data.rte-france.com. Each API and each major version is a subscription of its own."
)

POLICY: Policy = {
    # Functional errors of the time-series APIs (guides of consumption, generation forecast and Tempo).
    "_F03": Rule(ResponseAction.SPLIT_REQUEST_WINDOW, "RTE refuses even the shortest period as too long."),
    "_F04": Rule(ResponseAction.SPLIT_REQUEST_WINDOW, "RTE has nothing to give that far in the future."),
    **COMMON_POLICY,
    401: replace(COMMON_POLICY[401], advice="RTE refuses the token: check client_id and client_secret."),
    403: Rule(ResponseAction.FAIL, _NOT_SUBSCRIBED, FailureType.config_error),
}

_API_NAMES = {resource.path: f"{resource.api} {resource.path.split('/')[1]}" for resource in RESOURCES}


def client(config: Mapping[str, Any], sleep: Callable[[float], None] = time.sleep) -> ApiClient:
    """A client for all public APIs with one token. No call is made yet."""
    base_url = str(config.get("base_url") or DEFAULT_BASE_URL).rstrip("/")
    calls_per_second = int(config.get("calls_per_second") or DEFAULT_CALLS_PER_SECOND)
    tokens = TokenCache(
        lambda: request_token(base_url, str(config["client_id"]), str(config["client_secret"]), sleep), clock.now
    )
    return ApiClient(
        f"{base_url}/open_api",
        POLICY,
        tokens=tokens,
        budget=RateBudget({timedelta(seconds=1): calls_per_second}),
        describe=lambda path: f"RTE {_API_NAMES.get(path, path)}",
        sleep=sleep,
    )


def request_token(
    base_url: str, client_id: str, client_secret: str, sleep: Callable[[float], None] = time.sleep
) -> Mapping[str, Any]:
    """The token endpoint's answer: ``access_token``, ``token_type``, ``expires_in`` (seconds).

    Raises AirbyteTracedException: a configuration error where RTE refuses the key, a transient one where it is down.
    """
    attempt = 0
    while True:
        attempt += 1
        status, answer, retry_after = _post_token(base_url, client_id, client_secret)
        if isinstance(answer, Mapping) and status == 200:
            return answer
        # A refused key does not become good by asking again.
        rule = _REFUSED_KEY if status in (400, 401, 403) else find_rule(COMMON_POLICY, status)
        wait = backoff_seconds(rule, attempt, retry_after)
        if rule.action is ResponseAction.FAIL or attempt >= rule.attempts or wait > LONGEST_WAIT_SECONDS:
            raise AirbyteTracedException(
                message=f"RTE's token service at {base_url}: {status}. {rule.advice}",
                internal_message=f"token request: {status}",
                failure_type=rule.failure_type,
            )
        logger.info(f"token request: {status}, trying again in {wait:.0f} s")
        sleep(wait)


_REFUSED_KEY = Rule(
    ResponseAction.FAIL,
    "The key is refused: check client_id and client_secret of your application on data.rte-france.com.",
    FailureType.config_error,
)


def _post_token(base_url: str, client_id: str, client_secret: str) -> tuple[int | str, Any, str | None]:
    try:
        response = requests.post(
            f"{base_url}/token/oauth/",
            headers={
                "Authorization": basic_authorization(client_id, client_secret),
                "Content-Type": "application/x-www-form-urlencoded",
                "Accept": "application/json",
            },
            timeout=TIMEOUT_SECONDS,
            allow_redirects=False,
        )
    except requests.RequestException:
        return "connection lost", None, None
    if response.status_code != 200:
        logger.debug(f"token request: {response.status_code} {error_of(response)[0]}")
        return response.status_code, None, response.headers.get("Retry-After")
    try:
        return 200, response.json(), None
    except requests.JSONDecodeError:
        return "malformed answer", None, None
