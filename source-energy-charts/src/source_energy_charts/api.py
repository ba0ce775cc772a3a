"""How Energy-Charts is called: version, pace, what its refusals mean, what it says of its licence and its plans."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import orjson
import requests
from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.streams.http.error_handlers import ResponseAction
from connector_kit import clock
from connector_kit.budget import shared_budget
from connector_kit.http import ApiClient, EmptyAnswer, QuotaUsedUp, Refusal
from connector_kit.policy import COMMON_POLICY, MALFORMED, Policy, Rule

from source_energy_charts.answers import is_answer
from source_energy_charts.endpoint import Endpoint, Scope

logger = logging.getLogger("airbyte")

DEFAULT_BASE_URL = "https://api.energy-charts.info"
DEFAULT_SECONDS_BETWEEN_CALLS = 3.0
# Seen: 429 with Retry-After of 1 to 6 seconds, one call in four.
USUAL_WAIT = "6"
LONGEST_WAIT = 60.0
STAYS_USED_UP = timedelta(minutes=5)
NO_CONTENT = "no content"

POLICY: Policy = {
    **COMMON_POLICY,
    422: Rule(
        ResponseAction.FAIL,
        "Energy-Charts does not take what it was asked: look for a newer connector.",
        FailureType.system_error,
    ),
    MALFORMED: Rule(
        ResponseAction.RETRY, "The answer is none that Energy-Charts gives. Run the sync again later, nothing is lost."
    ),
}


class EnergyChartsApi:
    """Endpoint and scope in, parsed answers of either version out; one call at a time."""

    def __init__(self, options: Mapping[str, Any] | None = None, sleep: Callable[[float], None] = time.sleep) -> None:
        """``options``: base_url, api_version (1 or 2), seconds_between_calls."""
        options = options or {}
        base_url = str(options.get("base_url") or DEFAULT_BASE_URL).rstrip("/")
        pace = options.get("seconds_between_calls")
        seconds = DEFAULT_SECONDS_BETWEEN_CALLS if pace is None else float(pace)
        self._version = int(options.get("api_version") or 1)
        self._client = ApiClient(
            base_url,
            POLICY,
            budget=shared_budget(base_url, {timedelta(seconds=seconds): 1}) if seconds > 0 else None,
            describe=lambda path: f"Energy-Charts {path}",
            asked_wait=lambda response: (
                response.headers.get("Retry-After") or (USUAL_WAIT if response.status_code == 429 else None)
            ),
            sleep=sleep,
        )
        self._used_up: tuple[datetime, QuotaUsedUp] | None = None
        self._said: set[str] = set()

    def answer(
        self, endpoint: Endpoint, scope: Scope, params: Mapping[str, str], attempts: int | None = None
    ) -> Mapping[str, Any] | None:
        """The body of one answer; None where Energy-Charts has nothing of it.

        Raises SplitRequestWindow, QuotaUsedUp or Refusal (see connector_kit.http).
        """
        self._refuse_if_used_up()
        path = scope.path or endpoint.path
        if endpoint.in_v2 and self._version == 2:
            path = f"v2/{path}"

        def read(response: requests.Response) -> Any:
            body = orjson.loads(response.content)
            if not is_answer(endpoint, body):
                raise ValueError("an error with status 200")
            return body

        try:
            answer = self._client.call(
                path, {**scope.params, **params}, attempts=attempts, longest_wait=LONGEST_WAIT, read=read
            )
        except EmptyAnswer:
            return None
        except QuotaUsedUp as used_up:
            self._used_up = clock.now(), used_up
            raise
        except Refusal as refused:
            if refused.status == 404 and NO_CONTENT in refused.text.lower():
                return None
            refused.message = f"{refused.message} Asked was {scope.name}."
            raise
        body: Mapping[str, Any] = answer.body
        self._say_what_it_says(path, body)
        return body

    def _refuse_if_used_up(self) -> None:
        """Raises QuotaUsedUp where the server has just taken no more calls: the other streams need not try too."""
        if self._used_up and clock.now() - self._used_up[0] < STAYS_USED_UP:
            raise self._used_up[1]

    def _say_what_it_says(self, path: str, body: Mapping[str, Any]) -> None:
        if body.get("deprecated"):
            self._say(
                logging.WARNING,
                f"Energy-Charts says that it is going to end {path}: look for a newer connector within half a year.",
            )
        if licence := body.get("license_info") or body.get("license"):
            self._say(logging.INFO, f"Licence of {path}: {licence}")

    def _say(self, level: int, words: str) -> None:
        """Once a sync."""
        if words not in self._said:
            self._said.add(words)
            logger.log(level, words)
