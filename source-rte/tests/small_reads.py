"""Reads of a few days of every stream, and the table that a destination makes of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from simulator.testing import SimulatorUrl, running_simulator
from source_rte.resource import Resource
from source_rte.resources import RESOURCES

BY_NAME: Mapping[str, Resource] = {resource.stream: resource for resource in RESOURCES}

# A Friday in the night: of some series a day is thousands of rows, and so early there are few of them.
NIGHT = "2026-11-20T01:20:00Z"
TODAY, YESTERDAY = "2026-11-20", "2026-11-19"
# The first day to read where the last two have nothing: what is published late, in winter, or seldom.
FIRST_DAYS: Mapping[str, str] = {
    **dict.fromkeys(("consolidated_energy_consumption", "consolidated_power_consumption"), "2026-09-29"),
    **dict.fromkeys(("national_alignment_coefficients", "national_profiling_imbalances"), "2026-10-29"),
    **dict.fromkeys(("additional_national_alignment_coefficients", "national_reference_load_curves"), "2026-10-29"),
    **dict.fromkeys(("other_market_information", "redispatching"), "2026-11-14"),
    "afrr_marginal_price": TODAY,
    "capacity_signals": "2026-03-07",
    "coefficient_k": "2026-09-01",
    "congestion_costs": "2026-09-01",
    "countertrading": "2026-11-14",
    "demand_response_signals": "2026-03-17",
    "insufficients_offers": "2026-11-17",
    "temporal_reconciliations": "2025-06-29",
    "water_reserves": "2026-11-08",
}


@contextmanager
def unlimited_simulator(now: str) -> Iterator[SimulatorUrl]:
    """A simulator without quotas, and the source's clock at its time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEXAWATT_NOW", now)
        with running_simulator(now=now, quotas={}) as url:
            yield url


def config(url: str, start_date: str = YESTERDAY, **advanced: Any) -> dict[str, Any]:
    """A configuration for the simulator: the few days above, and no waiting between calls."""
    fast = {"base_url": str(url), "calls_per_second": 1000, "stream_start_dates": dict(FIRST_DAYS)}
    key = {"client_id": "id", "client_secret": "a-secret-word"}
    return {**key, "start_date": start_date, "advanced": {**fast, **advanced}}
