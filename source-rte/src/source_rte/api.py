"""How RTE is called: addresses, OAuth, and the rows its error codes add to the policy."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.streams.http.error_handlers import ResponseAction
from connector_kit import clock
from connector_kit.budget import shared_budget
from connector_kit.http import (
    Answer,
    ApiClient,
    EmptyAnswer,
    QuotaUsedUp,
    Refusal,
    SplitRequestWindow,
)
from connector_kit.oauth import TokenCache, basic_authorization
from connector_kit.policy import COMMON_POLICY, LONGEST_WAIT_SECONDS, Policy, Rule
from connector_kit.quota import Quota
from connector_kit.token_request import request_token

from source_rte.periods import Params
from source_rte.resource import Resource
from source_rte.resources import API_NAMES

logger = logging.getLogger("airbyte")

DEFAULT_BASE_URL = "https://digital.iservices.rte-france.com"
DEFAULT_CALLS_PER_SECOND = 2

PARTIAL = 206
CONTINUATION = "continuation_token"
# A sync does not sleep for a quota: it goes on where it stopped the next time.
LONGEST_WAIT_FOR_QUOTA = 20.0
QUOTA_STAYS_USED_UP = timedelta(minutes=5)
CHECK_ATTEMPTS = 2
CHECK_WAIT = 5.0

Key = tuple[str, str]
"""Client id and secret."""
Answered = tuple[Any, Params]
"""Parsed JSON, and the parameters of the call that it answers."""

_NOT_SUBSCRIBED = (
    "The key is good but not allowed here: subscribe your application to this API, in this version, on "
    "data.rte-france.com, or take its streams out. Each API and each major version is a subscription of its own."
)

_UNKNOWN_PATH = (
    "RTE does not know this address: it may have retired the version. Give the stream's new address under 'paths', "
    "or take the stream out."
)
_WRONG_DATES = "RTE does not take the dates as the connector writes them: look for a newer connector."
NO_TOKEN = "RTE has more pages than it gives tokens for, even of the shortest period."

POLICY: Policy = {
    # The numbers of unavailability mean other things: here, dates in the future or in another format.
    "_GENUN_F02": Rule(ResponseAction.FAIL, _WRONG_DATES, FailureType.system_error),
    "_GENUN_F03": Rule(ResponseAction.FAIL, _WRONG_DATES, FailureType.system_error),
    # Functional errors of the time-series APIs (guides of consumption, generation forecast and Tempo).
    "_F03": Rule(ResponseAction.SPLIT_REQUEST_WINDOW, "RTE refuses even the shortest period as too long."),
    "_F04": Rule(ResponseAction.SPLIT_REQUEST_WINDOW, "RTE has nothing to give that far in the future."),
    **COMMON_POLICY,
    401: replace(COMMON_POLICY[401], advice="RTE refuses the token: check client_id and client_secret."),
    403: Rule(ResponseAction.FAIL, _NOT_SUBSCRIBED, FailureType.config_error),
    404: Rule(ResponseAction.FAIL, _UNKNOWN_PATH, FailureType.config_error),
}


class RteApi:
    """All public APIs with one key: resources in, parsed answers out. Threads may share it."""

    def __init__(
        self, key: Key, options: Mapping[str, Any] | None = None, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        """``options``: base_url, calls_per_second, paths (another path of a stream, by its name)."""
        options = options or {}
        base_url = str(options.get("base_url") or DEFAULT_BASE_URL).rstrip("/")
        calls_per_second = int(options.get("calls_per_second") or DEFAULT_CALLS_PER_SECOND)
        paths = (options.get("paths") or {}).items()
        self._paths = {stream: path.strip("/").removeprefix("open_api/") for stream, path in paths}
        self._tokens = TokenCache(lambda: _token(base_url, key, sleep), clock.now)
        self._client = ApiClient(
            f"{base_url}/open_api",
            POLICY,
            tokens=self._tokens,
            budget=shared_budget(base_url, {timedelta(seconds=1): calls_per_second}),
            describe=lambda path: f"RTE {API_NAMES.get('/'.join(path.split('/')[:2]), path)}",
            sleep=sleep,
        )
        self._quotas: dict[str, Quota] = {}
        self._closed: dict[str, tuple[datetime, QuotaUsedUp]] = {}

    def answers(self, resource: Resource, call: Params, params: Params) -> list[Answered]:
        """The answers to one call, a page each, with what was asked; none where RTE says that there are no data.

        Raises SplitRequestWindow, QuotaUsedUp or Refusal (see connector_kit.http).
        """
        path = self._paths.get(resource.stream) or resource.path
        asked = {**params, **call}
        try:
            return [(body, asked) for body in self._pages(resource, path, asked)]
        except Refusal as refused:
            if refused.status != 404:
                raise
            if resource.empty_when_not_found:
                return []
            if not resource.other_path or path == resource.other_path:
                refused.message = f"{refused.message} The address was {path}."
                raise
        return self.answers(replace(resource, path=resource.other_path, other_path=""), call, params)

    def _pages(self, resource: Resource, path: str, params: Params) -> Iterator[Any]:
        """The bodies of an answer that may come in pages: 206 and a token, to be sent back within a minute."""
        token = ""
        while True:
            headers = {CONTINUATION: token} if token else {}
            quota = self._quota(resource)
            if quota:
                quota.spend()
            self._refuse_if_closed(resource)
            # Whose quota it is, the API's or the organisation's, RTE doesn't say: one stream has waited for all.
            wait = LONGEST_WAIT_FOR_QUOTA if quota or self._closed else LONGEST_WAIT_SECONDS
            try:
                answer = self._client.call(path, params, headers=headers, longest_wait=wait)
            except EmptyAnswer:
                return
            except QuotaUsedUp as used_up:
                self._closed[resource.api_version] = clock.now(), used_up
                raise
            except Refusal as refused:
                if token and refused.status == 404:
                    return  # no more pages
                if token and refused.status == 400:
                    raise SplitRequestWindow(refused) from refused  # the token has grown too old: ask for fewer pages
                raise
            if answer.status != PARTIAL:
                yield answer.body
                return
            token = _continuation(answer)
            if not token:
                raise SplitRequestWindow(Refusal(f"{path}: a partial answer without a token", NO_TOKEN))
            yield answer.body

    def _refuse_if_closed(self, resource: Resource) -> None:
        """Raises QuotaUsedUp where the API has just said that it takes no more calls: the next need not ask again."""
        at, used_up = self._closed.get(resource.api_version, (None, None))
        if at and used_up and clock.now() - at < QUOTA_STAYS_USED_UP:
            raise used_up

    def remember_calls(self, resource: Resource, calls: Iterable[str]) -> None:
        """Counts the calls that earlier syncs made, as far as the API has a quota."""
        if quota := self._quota(resource):
            quota.remember(calls)

    def recent_calls(self, resource: Resource) -> list[str]:
        """The calls that still count against the API's quota."""
        quota = self._quota(resource)
        return quota.recent() if quota else []

    def _quota(self, resource: Resource) -> Quota | None:
        """One count for all the resources of an API: the quota is the API's."""
        if resource.allowance is None:
            return None
        return self._quotas.setdefault(resource.api_version, Quota([resource.allowance], "RTE", clock.now))

    def sign_in(self) -> None:
        """Asks for a token. Raises AirbyteTracedException where the key is refused or the service is down."""
        self._tokens.current()

    def refusal(self, resource: Resource) -> Refusal | None:
        """Why an API does not answer a call without dates, or None where the key is good for it.

        RTE looks at the subscription before it looks at what is asked, so a call that it finds wrong is subscribed.
        Where calls are counted, the sandbox is asked, which does not count them.
        """
        path = self._paths.get(resource.stream) or resource.path
        if resource.allowance:
            version, _, name = path.rpartition("/")
            path = f"{version}/sandbox/{name}"
        try:
            self._client.call(path, resource.parts[0].params, attempts=CHECK_ATTEMPTS, longest_wait=CHECK_WAIT)
        except (EmptyAnswer, SplitRequestWindow):
            return None
        except Refusal as refused:
            return None if refused.status in (400, 404) else refused
        return None


def _continuation(answer: Answer) -> str:
    """The token of the next page: in a header, whose spelling differs, or in the body."""
    headers = {name.lower().replace("-", "_"): value for name, value in answer.headers.items()}
    body = answer.body if isinstance(answer.body, Mapping) else {}
    return str(headers.get(CONTINUATION) or body.get(CONTINUATION) or "")


def _token(base_url: str, key: Key, sleep: Callable[[float], None]) -> Mapping[str, Any]:
    signed = {"Authorization": basic_authorization(*key)}
    return request_token(
        f"{base_url}/token/oauth/", {}, who="RTE's token service", refused=_REFUSED_KEY, headers=signed, sleep=sleep
    )


_REFUSED_KEY = "The key is refused: check client_id and client_secret of your application on data.rte-france.com."
