"""Reads of a source inside the test's process, and the table that a destination makes of them."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
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
from connector_kit.source import StreamSource
from connector_kit.streams import Description, Page

LOGGER = logging.getLogger("airbyte")

Row = Mapping[str, Any]
Table = dict[tuple[Any, ...], Row]


def catalog(descriptions: Mapping[str, Description], *streams: str) -> ConfiguredAirbyteCatalog:
    """The named streams in this order, or all; incremental where they can be."""
    chosen = [descriptions[name] for name in streams or descriptions]
    return ConfiguredAirbyteCatalog(
        streams=[
            ConfiguredAirbyteStream(
                stream=description.airbyte_stream(),
                sync_mode=SyncMode.incremental if description.cursor else SyncMode.full_refresh,
                destination_sync_mode=DestinationSyncMode.append_dedup
                if description.cursor
                else DestinationSyncMode.overwrite,
            )
            for description in chosen
        ]
    )


@dataclass
class Reading:
    """What a sync gave, in the order in which it came, and how it ended."""

    descriptions: Mapping[str, Description]
    pages: list[Page] = field(default_factory=list)
    states: list[AirbyteStateMessage] = field(default_factory=list)
    failure: AirbyteTracedException | None = None

    def states_of(self, stream: str) -> list[dict[str, Any]]:
        states = [state.stream for state in self.states if state.stream]
        return [dict(s.stream_state.__dict__) for s in states if s.stream_descriptor.name == stream]

    def pages_of(self, stream: str) -> list[Page]:
        return [page for page in self.pages if page.stream == stream]

    def records(self, stream: str) -> list[Row]:
        return [record for page in self.pages_of(stream) for record in page.records]

    def table(self, stream: str, *later: Reading) -> Table:
        """The table after this sync, and after later ones."""
        pages = [page for sync in (self, *later) for page in sync.pages_of(stream)]
        return upserted({}, self.descriptions[stream], pages)


@contextmanager
def finished() -> Iterator[None]:
    """When the block is left, no thread of a sync is left that could still make a call."""
    try:
        yield
    finally:
        for thread in threads_alive():
            if thread.name.startswith("prefetch"):
                thread.join()


def read(source: StreamSource, config: Mapping[str, Any], *streams: str, state: Any = None) -> Reading:
    """A sync of the named streams (all, if none is named), to its end or to its failure."""
    reading = Reading({})
    try:
        reading.descriptions = {name: stream.description for name, stream in source.streams(config).items()}
        with finished():
            for event in source.read_events(LOGGER, config, catalog(reading.descriptions, *streams), state or []):
                if isinstance(event, Page):
                    reading.pages.append(event)
                elif event.state:
                    reading.states.append(event.state)
    except AirbyteTracedException as failure:
        reading.failure = failure
    return reading


def upserted(table: Mapping[tuple[Any, ...], Row], description: Description, pages: Iterable[Page]) -> Table:
    """The table after these pages, as a destination does it: a row per key, the later one of equals."""
    rows = dict(table)
    for page in pages:
        for record in page.records:
            key = tuple([record[part] for part in description.primary_key])
            before = rows.get(key)
            cursor = description.cursor
            if before is None or not cursor or record[cursor] >= before[cursor]:
                rows[key] = record
    return rows


@contextmanager
def pinned(now: str) -> Iterator[None]:
    """The connectors' clock at ``now``."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEXAWATT_NOW", now)
        yield
