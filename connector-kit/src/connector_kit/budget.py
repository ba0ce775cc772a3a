"""A rate budget for a polite client, on the CDK's own call-rate policies."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import cache

import requests
from airbyte_cdk.sources.streams.call_rate import APIBudget, MovingWindowCallRatePolicy, Rate

# The CDK's policies match requests by address; this budget has one policy for all.
_ANY_REQUEST = requests.Request("GET", "http://any.invalid")


class RateBudget:
    """Calls (or weights) allowed per period; :meth:`spend` waits until there is room."""

    def __init__(self, limits: Mapping[timedelta, int]) -> None:
        """``limits``: calls allowed within each period, such as ``{timedelta(minutes=1): 600}``."""
        rates = [Rate(limit, period) for period, limit in sorted(limits.items())]
        self._smallest = min(limits.values())
        self._budget = APIBudget([MovingWindowCallRatePolicy(rates, matchers=[])])

    def spend(self, weight: int = 1) -> None:
        """Takes ``weight`` calls from the budget; one heavier than the whole budget counts as all of it."""
        for _ in range(min(max(weight, 1), self._smallest)):
            self._budget.acquire_call(_ANY_REQUEST, block=True)


def shared_budget(server: str, limits: Mapping[timedelta, int]) -> RateBudget:
    """The one budget of a server: its limits are for all clients together, and each budget starts a thread for good."""
    return _budget_of(server, tuple(limits.items()))


@cache
def _budget_of(server: str, limits: tuple[tuple[timedelta, int], ...]) -> RateBudget:
    return RateBudget(dict(limits))
