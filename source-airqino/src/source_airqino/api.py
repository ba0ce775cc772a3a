"""How AirQino is called: addresses, a token for a password, and what its answers mean."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, TypeVar

from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.streams.http.error_handlers import ResponseAction
from connector_kit import clock
from connector_kit.budget import shared_budget
from connector_kit.config import advanced
from connector_kit.http import ApiClient, EmptyAnswer, Refusal, SplitRequestWindow
from connector_kit.oauth import TokenCache
from connector_kit.policy import COMMON_POLICY, CONNECTION_LOST, LONGEST_WAIT_SECONDS, MALFORMED, Policy, Rule
from connector_kit.token_request import request_token

from source_airqino.answers import UnknownShape

logger = logging.getLogger("airbyte")

DEFAULT_BASE_URL = "https://airqino-api.magentalab.it"
DEFAULT_AUTH_URL = "https://airqino-auth.magentalab.it"
TOKEN_PATH = "realms/airqino/protocol/openid-connect/token"
DEFAULT_CALLS_PER_SECOND = 2

NEEDS_ACCOUNT = (
    "AirQino asks for an account, which it did not until 2025: ask CNR-IBE for one, and write username, password and "
    "client_id into the configuration."
)
REFUSED_ACCOUNT = "The account is refused: check username, password and client_id. CNR-IBE gives them."
REFUSED_TOKEN = (
    "AirQino refuses the token that its own service gave: check whether the account may read these stations."
)
UNKNOWN_STATION = (
    "AirQino does not know this station or address: check station_id and name. Both are needed, as some addresses take "
    "the number and some the name."
)

# Long windows have been seen to time out: after a second try a shorter one is asked for, not the same again.
TIMED_OUT = (CONNECTION_LOST, 408, 500, 502, 504)
TRIES_BEFORE_HALVES = 2
TRIES_OF_UNKNOWN_SHAPES = 3
WAIT_AFTER_UNKNOWN_SHAPE = 2.0

Shaped = TypeVar("Shaped")


@dataclass(frozen=True)
class Patience:
    """At most so many ``attempts`` of a call (None: as the policy says), and so many seconds between two of them."""

    attempts: int | None = None
    longest_wait: float = LONGEST_WAIT_SECONDS


PATIENT = Patience()
SOMEBODY_WAITS = Patience(attempts=2, longest_wait=10.0)


def policy_of(*, open_mode: bool) -> Policy:
    """What AirQino's statuses mean; it gives no error codes."""
    refused = replace(COMMON_POLICY[401], advice=NEEDS_ACCOUNT if open_mode else REFUSED_TOKEN)
    return {
        **COMMON_POLICY,
        401: refused,
        # A matter of configuration would leave the stream out; a station that is not read must not go unnoticed.
        404: Rule(ResponseAction.FAIL, UNKNOWN_STATION, FailureType.system_error),
        500: Rule(ResponseAction.RETRY, COMMON_POLICY[408].advice),
        502: Rule(ResponseAction.RETRY, COMMON_POLICY[408].advice),
        504: Rule(ResponseAction.RETRY, COMMON_POLICY[408].advice),
    }


def auth_url_of(config: Mapping[str, Any]) -> str:
    """Where tokens come from: AirQino's own service, or beside the API where that stands elsewhere."""
    more = advanced(config)
    elsewhere = more.get("base_url")
    return str(more.get("auth_url") or elsewhere or DEFAULT_AUTH_URL).rstrip("/")


class AirqinoApi:
    """The API with one account, or open. Threads may share it. ``patience``: with calls that fail."""

    def __init__(
        self,
        config: Mapping[str, Any],
        sleep: Callable[[float], None] = time.sleep,
        patience: Patience = PATIENT,
    ) -> None:
        more = advanced(config)
        base_url = str(more.get("base_url") or DEFAULT_BASE_URL).rstrip("/")
        calls_per_second = int(more.get("calls_per_second") or DEFAULT_CALLS_PER_SECOND)
        self._sleep, self._patience = sleep, patience
        self.tokens = self._token_cache(config)
        policy = policy_of(open_mode=self.tokens is None)
        hasty = {**policy, **{status: replace(policy[status], attempts=TRIES_BEFORE_HALVES) for status in TIMED_OUT}}
        self._thorough, self._hasty = (
            ApiClient(
                base_url,
                rules,
                tokens=self.tokens,
                budget=shared_budget(base_url, {timedelta(seconds=1): calls_per_second}),
                describe=lambda path: f"AirQino {path}",
                sleep=sleep,
            )
            for rules in (policy, hasty)
        )

    def _token_cache(self, config: Mapping[str, Any]) -> TokenCache | None:
        """None in open mode, in which nothing is signed."""
        if not config.get("username"):
            return None
        form = {"grant_type": "password", **{name: str(config[name]) for name in ("client_id", "username", "password")}}
        url = f"{auth_url_of(config)}/{TOKEN_PATH}"
        return TokenCache(
            lambda: request_token(
                url,
                form,
                who="AirQino's accounts",
                refused=REFUSED_ACCOUNT,
                sleep=self._sleep,
                attempts=self._patience.attempts,
                longest_wait=self._patience.longest_wait,
            ),
            clock.now,
        )

    def sign_in(self) -> None:
        """Asks for a token, where there is an account. Raises AirbyteTracedException where it is refused."""
        if self.tokens:
            self.tokens.current()

    def ask(
        self,
        path: str,
        shape: Callable[[Any], Shaped],
        params: Mapping[str, str] | None = None,
        *,
        divisible: bool = False,
    ) -> Shaped | None:
        """What ``shape`` makes of the answer; None where the service says that there is nothing.

        An answer of another shape is asked for again, as services say with 200 that they are in trouble.
        ``divisible``: whether the caller can ask for halves. Raises SplitRequestWindow then where the service takes too
        long, and Refusal.
        """
        client, patience = (self._hasty if divisible else self._thorough), self._patience
        tries = min(TRIES_OF_UNKNOWN_SHAPES, patience.attempts or TRIES_OF_UNKNOWN_SHAPES)
        for attempt in range(1, tries + 1):
            try:
                answer = client.call(path, params, attempts=patience.attempts, longest_wait=patience.longest_wait)
                return shape(answer.body)
            except EmptyAnswer:
                return None
            except UnknownShape as unknown:
                if attempt == tries:
                    raise _unknown(path, unknown) from unknown
                logger.info(f"AirQino {path}: {unknown}; asking again")
                self._sleep(WAIT_AFTER_UNKNOWN_SHAPE)
            except SplitRequestWindow as split:
                if divisible:
                    raise
                raise split.error from split
            except Refusal as refused:
                if divisible and refused.status in TIMED_OUT:
                    raise SplitRequestWindow(refused) from refused
                raise
        raise AssertionError("the last try returns or raises")


def _unknown(path: str, unknown: UnknownShape) -> Refusal:
    refusal = Refusal(
        message=f"AirQino {path}: the answer is not of a shape that the connector knows ({unknown}). "
        "Look for a newer connector.",
        internal_message=f"unknown shape of {path}",
        failure_type=FailureType.system_error,
    )
    refusal.status = MALFORMED
    return refusal
