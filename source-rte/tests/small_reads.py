"""Reads of a few days of every stream, and the table that a destination makes of them."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import enumerate as threads_alive
from typing import Any

import pytest
from airbyte_cdk.models import (
    AirbyteStateMessage,
    ConfiguredAirbyteCatalog,
    ConfiguredAirbyteStream,
    DestinationSyncMode,
    SyncMode,
)
from airbyte_cdk.utils import AirbyteTracedException
from connector_kit.streams import Page
from simulator.testing import SimulatorUrl, running_simulator
from source_rte import SourceRte
from source_rte.resource import Resource
from source_rte.resources import RESOURCES

LOGGER = logging.getLogger("airbyte")
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

Row = Mapping[str, Any]
Table = dict[tuple[Any, ...], Row]


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


def catalog(streams: Sequence[str]) -> ConfiguredAirbyteCatalog:
    """The named streams in this order, incremental."""
    return ConfiguredAirbyteCatalog(
        streams=[
            ConfiguredAirbyteStream(
                stream=BY_NAME[name].description.airbyte_stream(),
                sync_mode=SyncMode.incremental,
                destination_sync_mode=DestinationSyncMode.append_dedup,
            )
            for name in streams
        ]
    )


@dataclass
class Reading:
    """What a sync gave, in the order in which it came, and how it ended."""

    pages: list[Page] = field(default_factory=list)
    states: list[AirbyteStateMessage] = field(default_factory=list)
    failure: AirbyteTracedException | None = None

    def states_of(self, stream: str) -> list[dict[str, Any]]:
        states = [state.stream for state in self.states if state.stream]
        return [dict(s.stream_state.__dict__) for s in states if s.stream_descriptor.name == stream]

    def pages_of(self, stream: str) -> list[Page]:
        return [page for page in self.pages if page.stream == stream]

    def table(self, stream: str) -> Table:
        return upserted({}, stream, self.pages_of(stream))


@contextmanager
def finished() -> Iterator[None]:
    """When the block is left, no thread of a sync is left that could still make a call."""
    try:
        yield
    finally:
        for thread in threads_alive():
            if thread.name.startswith("prefetch"):
                thread.join()


def read(source: SourceRte, settings: Mapping[str, Any], *streams: str, state: Any = None) -> Reading:
    """A sync of the named streams, to its end or to its failure."""
    reading = Reading()
    try:
        with finished():
            for event in source.read_events(LOGGER, settings, catalog(streams), state or []):
                if isinstance(event, Page):
                    reading.pages.append(event)
                elif event.state:
                    reading.states.append(event.state)
    except AirbyteTracedException as failure:
        reading.failure = failure
    return reading


def upserted(table: Mapping[tuple[Any, ...], Row], stream: str, pages: Iterable[Page]) -> Table:
    """The table after these pages, as a destination does it: a row per key, the later one of equals."""
    description = BY_NAME[stream].description
    rows = dict(table)
    for page in pages:
        for record in page.records:
            key = tuple([record[part] for part in description.primary_key])
            before = rows.get(key)
            cursor = description.cursor
            if before is None or not cursor or record[cursor] >= before[cursor]:
                rows[key] = record
    return rows
