"""How Open-Meteo is called: hosts, key, weights, and what its refusals mean."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import requests
from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.streams.http.error_handlers import ResponseAction
from connector_kit import clock
from connector_kit.budget import RateBudget
from connector_kit.config import advanced
from connector_kit.http import ApiClient, EmptyAnswer, QuotaUsedUp, Refusal, error_of
from connector_kit.policy import COMMON_POLICY, MALFORMED, Policy, Rule
from connector_kit.quota import Allowance, Quota

from source_weather.answers import RUN_UNAVAILABLE, IsWhole, RunUnavailable, read_body, refuse_part, unexpected
from source_weather.points import Point
from source_weather.product import Product, call_weight

_ELSEWHERE = Rule(
    ResponseAction.FAIL,
    "Open-Meteo sends the call to another address, where the connector does not go: your key would go with it. "
    "Check api_key and base_url, or look for a newer connector.",
    FailureType.config_error,
)
POLICY: Policy = {
    **COMMON_POLICY,
    **dict.fromkeys((301, 302, 303, 307, 308), _ELSEWHERE),
    401: Rule(ResponseAction.FAIL, "Check api_key.", FailureType.config_error),
    403: Rule(ResponseAction.FAIL, "The plan of this api_key does not include this service.", FailureType.config_error),
    413: Rule(ResponseAction.FAIL, "Look for a newer connector, which asks for less.", FailureType.system_error),
    429: Rule(ResponseAction.RATE_LIMITED, "Open-Meteo's limit is reached.", attempts=4),
    MALFORMED: Rule(
        ResponseAction.RETRY,
        "The answer is broken, or lacks a part of what was asked for, however often it is asked for: "
        "run the sync again later, nothing is lost. If it stays so, look for a newer connector.",
    ),
}

# What one address may ask of the free service, by weight. Its counters are cleared at clock minutes, hours, UTC days.
FREE_LIMITS = (
    Allowance(600, timedelta(minutes=1), by_clock=True),
    Allowance(5_000, timedelta(hours=1), by_clock=True),
    Allowance(10_000, timedelta(days=1), by_clock=True),
)
# A history that is read for the first time leaves a fifth of an hour and of a day to what is new.
SHARE_OF_HISTORY = 0.8
# A sync waits for the next minute, and does not sleep for an hour: the next one goes on.
LONGEST_WAIT = 90.0
CLEARED = {"Minutely": timedelta(minutes=1), "Hourly": timedelta(hours=1), "Daily": timedelta(days=1)}
QUEUE_WAIT = 5
STAYS_USED_UP = timedelta(minutes=5)

CHECK_ATTEMPTS = 2
CHECK_WAIT = 5.0


class OwnLimit(QuotaUsedUp):
    """What is left by the connector's own count is kept for other calls, or is nothing; the service was not asked."""


class Share(RateBudget):
    """The part (0 to 1) of the free limits that some calls may use up; each of their tries is counted."""

    def __init__(self, quota: Quota, part: float) -> None:
        self._quota = quota
        self._part = part

    def spend(self, weight: int = 1) -> None:
        """Counts a try, after a wait where one is needed. Raises OwnLimit where it would be too long."""
        try:
            self._quota.spend(weight, self._part)
        except QuotaUsedUp as used_up:
            raise OwnLimit.of(used_up) from None


class OpenMeteo:
    """All services with one key, or none: what to ask in, parsed answers out. Threads may share it."""

    def __init__(
        self,
        config: Mapping[str, Any],
        calls: Iterable[str] = (),
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """``config``: api_key, advanced.base_url, advanced.keep_free_limits. ``calls``: spent by earlier syncs."""
        options = advanced(config)
        self._key = str(config.get("api_key") or "")
        self._base_url = str(options.get("base_url") or "").rstrip("/")
        self._sleep = sleep
        self._clients: dict[tuple[str, float], ApiClient] = {}
        self._closed: tuple[datetime, QuotaUsedUp] | None = None
        self._quota: Quota | None = None
        if options.get("keep_free_limits", True) and not self._key:
            self._quota = Quota(
                FREE_LIMITS, "The free service of Open-Meteo", clock.now, longest_wait=LONGEST_WAIT, sleep=sleep
            )
            self._quota.remember(calls)

    def answer(
        self,
        product: Product,
        points: Sequence[Point],
        period: Mapping[str, str],
        days: int,
        *,
        is_whole: IsWhole,
        history: bool = False,
    ) -> Any:
        """The parsed answer for all points. ``period``: the parameters that say when; ``days``: how many it covers.

        ``is_whole``: whether its times are all that were asked for; else it is tried again. ``history``: whether it can
        wait. Raises RunUnavailable, QuotaUsedUp and Refusal (see connector_kit.http).
        """
        if self._closed and clock.now() - self._closed[0] < STAYS_USED_UP:
            raise self._closed[1]

        def read(response: requests.Response) -> Any:
            body = read_body(response)
            refuse_part(body, product.section, is_whole)
            return body

        names = ",".join(variable.name for variable in product.variables)
        params = {**_places(points), product.section: names, **_ALWAYS, **period}
        weight = call_weight(len(points), len(product.variables), days)
        try:
            return self._call(product, params, SHARE_OF_HISTORY if history else 1.0, read=read, weight=weight)
        except OwnLimit:
            raise
        except QuotaUsedUp as used_up:
            self._closed = clock.now(), used_up
            raise

    def recent_calls(self) -> dict[str, Any]:
        """The part of the state that tells what was spent lately."""
        return {"calls": self._quota.recent()} if self._quota else {}

    def refusal(self, product: Product, point: Point, period: Mapping[str, str]) -> Refusal | None:
        """Why a service does not answer the smallest of calls, or None where it does."""
        params = {**_places([point]), product.section: product.variables[0].name, **_ALWAYS, **period}
        try:
            self._call(product, params, attempts=CHECK_ATTEMPTS, longest_wait=CHECK_WAIT)
        except RunUnavailable:
            return None
        except Refusal as refused:
            return refused
        return None

    def _call(self, product: Product, params: Mapping[str, str], share: float = 1.0, **options: Any) -> Any:
        # In a header, the key stands in no address, so in no log of addresses either.
        headers = {"X-Api-Key": self._key} if self._key else {}
        how = {"longest_wait": LONGEST_WAIT, "read": read_body, **options}
        try:
            return self._client(product.host, share).call(product.path, params, headers=headers, **how).body
        except EmptyAnswer:
            raise unexpected("no content") from None
        except Refusal as refused:
            said = str(refused.internal_message)
            if refused.status == 400 and ("model run is not available" in said or RUN_UNAVAILABLE in said):
                raise RunUnavailable(said) from refused
            if refused.status == 400 and "API key" in said:
                refused.message = f"{refused.message} Check api_key."
                refused.failure_type = FailureType.config_error
            raise

    def _client(self, host: str, share: float = 1.0) -> ApiClient:
        label = f"customer-{host}" if self._key else host
        if (label, share) not in self._clients:
            address = f"{self._base_url}/{label}" if self._base_url else f"https://{label}.open-meteo.com"
            self._clients[label, share] = ApiClient(
                address,
                POLICY,
                budget=Share(self._quota, share) if self._quota else None,
                describe=lambda _: f"Open-Meteo {label}",
                asked_wait=asked_wait,
                sleep=self._sleep,
            )
        return self._clients[label, share]


_ALWAYS = {
    # One fixed offset is applied to a whole answer, that of the moment of the call: only UTC is right all year.
    "timezone": "GMT",
    "wind_speed_unit": "ms",
}


def _places(points: Sequence[Point]) -> dict[str, str]:
    return {
        "latitude": ",".join(str(point.latitude) for point in points),
        "longitude": ",".join(str(point.longitude) for point in points),
    }


def asked_wait(response: requests.Response) -> str | None:
    """Seconds until the limit that a refusal names is cleared: the next clock minute, hour or UTC day."""
    if after := response.headers.get("Retry-After"):
        return after
    if response.status_code != 429:
        return None
    words = error_of(response)[1]
    if "concurrent" in words:
        return str(QUEUE_WAIT)
    period = CLEARED.get(words.partition(" ")[0])
    if period is None:
        return None
    since_epoch = clock.now() - datetime(1970, 1, 1, tzinfo=UTC)
    return str(int((period - since_epoch % period).total_seconds()) + 1)
