"""The one call of OAuth2 that is not like the others: a form goes out, a token comes back."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from typing import Any

import requests
from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.streams.http.error_handlers import ResponseAction
from airbyte_cdk.utils import AirbyteTracedException

from connector_kit.http import TIMEOUT_SECONDS, error_of
from connector_kit.policy import (
    COMMON_POLICY,
    CONNECTION_LOST,
    LONGEST_WAIT_SECONDS,
    MALFORMED,
    Rule,
    backoff_seconds,
    find_rule,
)

logger = logging.getLogger("airbyte")

REFUSED = (400, 401, 403)  # a refused key does not become good by asking again


def request_token(
    url: str,
    form: Mapping[str, str],
    *,
    who: str,
    refused: str,
    headers: Mapping[str, str] | None = None,
    sleep: Callable[[float], None] = time.sleep,
    attempts: int | None = None,
    longest_wait: float = LONGEST_WAIT_SECONDS,
) -> Mapping[str, Any]:
    """The token endpoint's answer to ``form``: ``access_token``, ``token_type``, ``expires_in`` (seconds).

    ``who``: whose service it is, and ``refused``: what to do about a refused key, both for the user. ``attempts``: at
    most so many tries, whatever the policy allows, ``longest_wait`` seconds between two of them. Raises
    AirbyteTracedException: a configuration error where the key is refused, a transient one where the service is down.
    """
    attempt = 0
    while True:
        attempt += 1
        status, answer, retry_after = _post(url, form, headers or {})
        if isinstance(answer, Mapping) and status == 200:
            return answer
        rule = find_rule(COMMON_POLICY, MALFORMED if status == 200 else status)
        if status in REFUSED:
            rule = Rule(ResponseAction.FAIL, refused, FailureType.config_error)
        wait = backoff_seconds(rule, attempt, retry_after)
        tries = min(rule.attempts, attempts or rule.attempts)
        if rule.action is ResponseAction.FAIL or attempt >= tries or wait > longest_wait:
            raise AirbyteTracedException(
                message=f"{who} at {url}: {status}. {rule.advice}",
                internal_message=f"token request: {status}",
                failure_type=rule.failure_type,
            )
        logger.info(f"token request: {status}, trying again in {wait:.0f} s")
        sleep(wait)


def _post(url: str, form: Mapping[str, str], headers: Mapping[str, str]) -> tuple[int | str, Any, str | None]:
    try:
        response = requests.post(
            url,
            data=dict(form),
            headers={
                "Content-Type": "application/x-www-form-urlencoded",
                "Accept": "application/json",
                **headers,
            },
            timeout=TIMEOUT_SECONDS,
            # A redirect would carry the key to another host.
            allow_redirects=False,
        )
    except requests.RequestException:
        return CONNECTION_LOST, None, None
    if response.status_code != 200:
        logger.debug(f"token request: {response.status_code} {error_of(response)[0]}")
        return response.status_code, None, response.headers.get("Retry-After")
    try:
        return 200, response.json(), None
    except requests.JSONDecodeError:
        return MALFORMED, None, None
