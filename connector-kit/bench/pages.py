"""Two claims of the kit, each side in one run: pages as lines against message objects, pages ahead against one by one.

Records are like RTE's load: five short texts, two instants, one number.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from airbyte_cdk.entrypoint import AirbyteEntrypoint
from airbyte_cdk.models import (
    AirbyteConnectionStatus,
    ConfiguredAirbyteCatalog,
    ConfiguredAirbyteStream,
    DestinationSyncMode,
    Status,
    SyncMode,
)
from connector_kit.prefetch import prefetch
from connector_kit.source import StreamSource
from connector_kit.streams import Checkpoint, Description, Field, Page, Stream

PAGES = 25
RECORDS_PER_PAGE = 8_000
LATENCY_SECONDS = 0.15

NAMES = ("type", "start_date", "end_date", "start_date_local", "end_date_local", "updated_date")
FIELDS = (*(Field(name, "string", name, nullable=False) for name in NAMES), Field("value", "number", "MW"))
PAGE = Page(
    "load",
    [
        {**dict.fromkeys(NAMES, "2026-01-01T00:00:00Z"), "type": f"REALISED {number}", "value": float(number)}
        for number in range(RECORDS_PER_PAGE)
    ],
)


class Load:
    description = Description("load", FIELDS, ["type", "start_date"], "start_date")

    def read(self, state: Mapping[str, Any]) -> Iterator[Page | Checkpoint]:
        for number in range(PAGES):
            yield PAGE
            yield Checkpoint({"page": number})


class LoadSource(StreamSource):
    @property
    def descriptions(self) -> Sequence[Description]:
        return [Load.description]

    def streams(self, config: Mapping[str, Any]) -> Mapping[str, Stream]:
        return {"load": Load()}

    def check(self, logger: logging.Logger, config: Mapping[str, Any]) -> AirbyteConnectionStatus:
        return AirbyteConnectionStatus(status=Status.SUCCEEDED)


CATALOG = ConfiguredAirbyteCatalog(
    streams=[
        ConfiguredAirbyteStream(
            stream=Load.description.airbyte_stream(),
            sync_mode=SyncMode.incremental,
            destination_sync_mode=DestinationSyncMode.append_dedup,
        )
    ]
)
LOGGER = logging.getLogger("bench")


def message_objects() -> int:
    """The CDK's own way: an object per message, each serialised."""
    messages = LoadSource().read(LOGGER, {}, CATALOG, [])
    return sum(len(AirbyteEntrypoint.airbyte_message_to_string(message)) for message in messages)


def pages_of_lines() -> int:
    """The kit's way: a page serialised in one go."""
    events = LoadSource().read_events(LOGGER, {}, CATALOG, [])
    return sum(
        len(event.lines(0) if isinstance(event, Page) else AirbyteEntrypoint.airbyte_message_to_string(event))
        for event in events
    )


def page_after_waiting(number: int) -> bytes:
    time.sleep(LATENCY_SECONDS)
    return PAGE.lines(0)


def one_by_one() -> int:
    return sum(len(page_after_waiting(number)) for number in range(PAGES))


def three_ahead() -> int:
    return sum(len(page) for _, page in prefetch(range(PAGES), page_after_waiting, depth=3))


def seconds(work: Callable[[], int]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def compare(claim: str, ours: Callable[[], int], theirs: Callable[[], int]) -> None:
    """The best of three runs of each side, in turn."""
    runs = [(seconds(ours), seconds(theirs)) for _ in range(3)]
    fast, slow = (min(side) for side in zip(*runs, strict=True))
    records = PAGES * RECORDS_PER_PAGE
    print(
        f"{claim}: {ours.__name__} {records / fast:,.0f} records/s, {theirs.__name__} {records / slow:,.0f} records/s,"
        f" ratio {slow / fast:.1f}"
    )


if __name__ == "__main__":
    logging.disable(logging.INFO)
    compare("serialisation", pages_of_lines, message_objects)
    compare(f"latency of {LATENCY_SECONDS * 1000:.0f} ms a page", three_ahead, one_by_one)
