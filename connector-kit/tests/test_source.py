"""The two drivers of a source give the same messages; a stream's failure leaves the others their turn."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from airbyte_cdk.models import (
    AirbyteConnectionStatus,
    AirbyteMessage,
    AirbyteMessageSerializer,
    AirbyteStateBlob,
    AirbyteStateMessage,
    AirbyteStateType,
    AirbyteStreamState,
    AirbyteStreamStatus,
    ConfiguredAirbyteCatalog,
    ConfiguredAirbyteStream,
    DestinationSyncMode,
    FailureType,
    Status,
    StreamDescriptor,
    SyncMode,
    Type,
)
from airbyte_cdk.models.airbyte_protocol import ConnectorSpecification
from airbyte_cdk.utils import AirbyteTracedException
from connector_kit.entrypoint import PageEntrypoint
from connector_kit.http import QuotaUsedUp
from connector_kit.source import StreamSource
from connector_kit.streams import Checkpoint, Description, Field, Page, Stream

FIELDS = (Field("day", "date", "Day.", nullable=False), Field("value", "number", "Load, MW."))


class Counting:
    def __init__(self, name: str, fails_after: int | None = None) -> None:
        self.description = Description(name, FIELDS, ["day"], "day")
        self._fails_after = fails_after

    def read(self, state: Mapping[str, Any]) -> Iterator[Page | Checkpoint]:
        first = int(state.get("page", 0))
        for page in range(first, first + 2):
            if self._fails_after is not None and page >= self._fails_after:
                raise AirbyteTracedException(
                    message=f"{self.description.name} broke.", failure_type=FailureType.config_error
                )
            yield Page(
                self.description.name, [{"day": f"2026-01-{page * 2 + n + 1:02}", "value": 1.5} for n in range(2)]
            )
            yield Checkpoint({"page": page + 1})


class CountingSource(StreamSource):
    def __init__(self, *streams: Counting) -> None:
        self._streams = {stream.description.name: stream for stream in streams}

    @property
    def descriptions(self) -> Sequence[Description]:
        return [stream.description for stream in self._streams.values()]

    def streams(self, config: Mapping[str, Any]) -> Mapping[str, Stream]:
        return dict(self._streams)

    def check(self, logger: logging.Logger, config: Mapping[str, Any]) -> AirbyteConnectionStatus:
        return AirbyteConnectionStatus(status=Status.SUCCEEDED)

    def spec(self, logger: logging.Logger) -> ConnectorSpecification:
        return ConnectorSpecification(connectionSpecification={"type": "object", "properties": {}})


def catalog(source: CountingSource, mode: SyncMode) -> ConfiguredAirbyteCatalog:
    return ConfiguredAirbyteCatalog(
        streams=[
            ConfiguredAirbyteStream(
                stream=description.airbyte_stream(), sync_mode=mode, destination_sync_mode=DestinationSyncMode.append
            )
            for description in source.descriptions
        ]
    )


def messages(source: CountingSource, mode: SyncMode = SyncMode.incremental) -> list[AirbyteMessage]:
    return list(source.read(logging.getLogger("test"), {}, catalog(source, mode)))


def lines_of(source: CountingSource, tmp_path: Path) -> list[dict[str, Any]]:
    from airbyte_cdk.models import ConfiguredAirbyteCatalogSerializer

    (tmp_path / "config.json").write_text("{}")
    serialised = ConfiguredAirbyteCatalogSerializer.dump(catalog(source, SyncMode.incremental))
    (tmp_path / "catalog.json").write_text(json.dumps(serialised))
    entrypoint = PageEntrypoint(source)
    arguments = ["read", "--config", str(tmp_path / "config.json"), "--catalog", str(tmp_path / "catalog.json")]
    lines = b"".join(entrypoint.read_lines(entrypoint.parse_args(arguments))).splitlines()
    return [json.loads(line) for line in lines]


def test_both_drivers_give_the_same_messages(tmp_path: Path) -> None:
    slow = [
        AirbyteMessageSerializer.dump(message) for message in messages(CountingSource(Counting("a"), Counting("b")))
    ]
    fast = lines_of(CountingSource(Counting("a"), Counting("b")), tmp_path)

    def comparable(message: dict[str, Any]) -> Any:
        record, state, trace = message.get("record"), message.get("state"), message.get("trace")
        return (
            message["type"],
            (record["stream"], record["data"]) if record else None,
            state["stream"] if state else None,
            trace["stream_status"]["status"] if trace else None,
        )

    assert [comparable(message) for message in fast] == [comparable(message) for message in slow]


def test_states_tell_how_many_records_came_before_them(tmp_path: Path) -> None:
    states = [line["state"] for line in lines_of(CountingSource(Counting("a")), tmp_path) if line["type"] == "STATE"]
    assert [state["sourceStats"]["recordCount"] for state in states] == [2.0, 2.0]


def test_a_failing_stream_leaves_the_others_their_turn() -> None:
    source = CountingSource(Counting("broken", fails_after=1), Counting("sound"))
    seen: list[AirbyteMessage] = []
    with pytest.raises(AirbyteTracedException, match="broken broke"):
        for message in source.read(logging.getLogger("test"), {}, catalog(source, SyncMode.incremental)):
            seen.append(message)
    records = [message.record.stream for message in seen if message.record]
    assert records == ["broken"] * 2 + ["sound"] * 4


def test_a_stream_that_the_key_does_not_open_is_left_out_without_a_status() -> None:
    source = CountingSource(Counting("closed", fails_after=0), Counting("open"))
    seen = messages(source)
    assert {message.record.stream for message in seen if message.record} == {"open"}
    statuses = {m.trace.stream_status.stream_descriptor.name for m in seen if m.trace and m.trace.stream_status}
    assert statuses == {"open"}


def test_where_the_key_opens_no_stream_the_sync_fails() -> None:
    with pytest.raises(AirbyteTracedException, match="closed broke"):
        messages(CountingSource(Counting("closed", fails_after=0)))


def saved(name: str, **state: Any) -> AirbyteStateMessage:
    descriptor = StreamDescriptor(name=name)
    of_stream = AirbyteStreamState(stream_descriptor=descriptor, stream_state=AirbyteStateBlob(**state))
    return AirbyteStateMessage(type=AirbyteStateType.STREAM, stream=of_stream)


def test_a_stream_that_worked_before_and_is_refused_now_is_a_failure_and_not_left_out() -> None:
    source = CountingSource(Counting("closed", fails_after=1), Counting("open"))
    configured = catalog(source, SyncMode.incremental)
    with pytest.raises(AirbyteTracedException, match="closed broke"):
        list(source.read(logging.getLogger("test"), {}, configured, [saved("closed", page=1)]))


class Limited(Counting):
    """A stream whose quota is used up after its first page."""

    def read(self, state: Mapping[str, Any]) -> Iterator[Page | Checkpoint]:
        yield Page(self.description.name, [{"day": "2026-01-01", "value": 1.5}])
        yield Checkpoint({"page": 1})
        raise QuotaUsedUp("429", "No more calls.", FailureType.transient_error)


def test_a_quota_is_a_warning_where_the_next_sync_goes_on_and_a_failure_where_it_cannot(
    caplog: pytest.LogCaptureFixture,
) -> None:
    seen = messages(CountingSource(Limited("limited"), Counting("open")))
    assert "limited: No more calls. The next sync goes on from here." in caplog.text
    statuses = [m.trace.stream_status.status for m in seen if m.trace and m.trace.stream_status]
    assert AirbyteStreamStatus.INCOMPLETE not in statuses
    with pytest.raises(AirbyteTracedException, match="No more calls"):
        messages(CountingSource(Limited("limited")), SyncMode.full_refresh)


class Surprised(Counting):
    def read(self, state: Mapping[str, Any]) -> Iterator[Page | Checkpoint]:
        raise RuntimeError("nobody foresaw this")
        yield  # never reached: it makes this a generator


def test_what_nobody_foresaw_in_one_stream_leaves_the_others_their_turn() -> None:
    source = CountingSource(Surprised("surprised"), Counting("open"))
    seen: list[AirbyteMessage] = []
    with pytest.raises(AirbyteTracedException, match="RuntimeError: nobody foresaw this"):
        for message in source.read(logging.getLogger("test"), {}, catalog(source, SyncMode.incremental)):
            seen.append(message)
    assert {message.record.stream for message in seen if message.record} == {"open"}


class NotDue(Counting):
    """A stream that has nothing to ask for yet."""

    def read(self, state: Mapping[str, Any]) -> Iterator[Page | Checkpoint]:
        yield Checkpoint(state)


def test_a_stream_with_nothing_to_ask_for_proves_the_key_only_if_it_was_read_before() -> None:
    source = CountingSource(Counting("closed", fails_after=0), NotDue("quiet"))
    configured = catalog(source, SyncMode.incremental)
    with pytest.raises(AirbyteTracedException, match="closed broke"):
        list(source.read(logging.getLogger("test"), {}, configured))
    seen = list(source.read(logging.getLogger("test"), {}, configured, [saved("quiet", page=3)]))
    assert [message.state.stream.stream_state.page for message in seen if message.state] == [3]


def test_a_list_without_a_cursor_is_read_whole_and_described_with_its_units() -> None:
    fields = [Field("code", "string", "Code.", nullable=False), Field("power", "number", "Power.", unit="MW")]
    stream = Description("register", fields, ["code"], None, "What there is today.").airbyte_stream()
    assert stream.supported_sync_modes == [SyncMode.full_refresh]
    assert stream.default_cursor_field == []
    assert stream.json_schema["description"] == "What there is today."
    assert stream.json_schema["properties"]["power"]["description"] == "Power. Unit: MW."


def test_a_full_refresh_reads_from_the_start_and_keeps_no_state() -> None:
    types = [message.type for message in messages(CountingSource(Counting("a")), SyncMode.full_refresh)]
    assert Type.STATE not in types
    assert types.count(Type.RECORD) == 4


def test_an_unknown_stream_is_a_configuration_error() -> None:
    asked = catalog(CountingSource(Counting("elsewhere")), SyncMode.incremental)
    with pytest.raises(AirbyteTracedException, match="has no stream elsewhere"):
        list(CountingSource(Counting("a")).read(logging.getLogger("test"), {}, asked))


def test_an_instant_is_described_as_one_with_zone() -> None:
    schema = Field("start_date", "instant", "Begin, UTC.").json_schema()
    assert schema["format"] == "date-time"
    assert schema["airbyte_type"] == "timestamp_with_timezone"
    assert schema["type"] == ["null", "string"]
