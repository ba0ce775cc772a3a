"""A source made of streams: discover, and one generator of events from which both drivers drink.

``read`` (the CDK's own way, message objects) and ``launch`` (pages of lines, see entrypoint.py) give the same messages.
"""

from __future__ import annotations

import logging
import time
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence
from itertools import chain
from typing import Any

from airbyte_cdk.models import (
    AirbyteCatalog,
    AirbyteMessage,
    AirbyteRecordMessage,
    AirbyteStateBlob,
    AirbyteStateMessage,
    AirbyteStateType,
    AirbyteStreamState,
    AirbyteStreamStatus,
    ConfiguredAirbyteCatalog,
    ConfiguredAirbyteStream,
    FailureType,
    StreamDescriptor,
    SyncMode,
    Type,
)
from airbyte_cdk.sources import Source
from airbyte_cdk.utils import AirbyteTracedException
from airbyte_cdk.utils.stream_status_utils import as_airbyte_message as status_message

from connector_kit.config import without_nulls
from connector_kit.http import LeftToNextSync
from connector_kit.progress import Progress
from connector_kit.streams import Checkpoint, Description, Page, Stream


class StreamSource(Source):
    """Base of Hexawatt's sources. Subclasses give the descriptions, the streams and ``check``."""

    # ``discover`` shows the whole catalog without credentials; before ``read``, the command line checks the config.
    check_config_against_spec = False

    @staticmethod
    def read_config(config_path: str) -> MutableMapping[str, Any]:
        """The configuration; what is null in it is as if it were not there, as forms write what is left empty."""
        return without_nulls(Source.read_config(config_path))

    @property
    @abstractmethod
    def descriptions(self) -> Sequence[Description]:
        """Every stream that the source has."""

    @abstractmethod
    def streams(self, config: Mapping[str, Any]) -> Mapping[str, Stream]:
        """The streams by name, ready to be read."""

    def discover(self, logger: logging.Logger, config: Mapping[str, Any]) -> AirbyteCatalog:
        return AirbyteCatalog(streams=[description.airbyte_stream() for description in self.descriptions])

    def read(
        self,
        logger: logging.Logger,
        config: Mapping[str, Any],
        catalog: ConfiguredAirbyteCatalog,
        state: list[AirbyteStateMessage] | None = None,
    ) -> Iterable[AirbyteMessage]:
        for event in self.read_events(logger, config, catalog, state or []):
            if isinstance(event, AirbyteMessage):
                yield event
                continue
            emitted_at = int(time.time() * 1000)
            for record in event.records:
                message = AirbyteRecordMessage(stream=event.stream, data=dict(record), emitted_at=emitted_at)
                yield AirbyteMessage(type=Type.RECORD, record=message)

    def read_events(
        self,
        logger: logging.Logger,
        config: Mapping[str, Any],
        catalog: ConfiguredAirbyteCatalog,
        state: Sequence[AirbyteStateMessage],
    ) -> Iterator[Page | AirbyteMessage]:
        """Pages, states and stream statuses. One stream's failure leaves the others their turn, and is raised last.

        A stream that the configuration does not open (an API that is not subscribed) is left out with a warning, as
        the CDK does with streams that are not available; where all are left out, that is a failure.
        """
        streams = self.streams(config)
        unknown = [configured.stream.name for configured in catalog.streams if configured.stream.name not in streams]
        if unknown:
            raise AirbyteTracedException(
                message=f"{self.name} has no stream {', '.join(unknown)}: it has {', '.join(sorted(streams))}.",
                failure_type=FailureType.config_error,
            )
        saved = _states_by_stream(state)
        failures: list[AirbyteTracedException] = []
        left_out: list[AirbyteTracedException] = []
        opened = False  # whether the configuration opens any stream, now or in an earlier sync
        for configured in catalog.streams:
            name = configured.stream.name
            incremental = configured.sync_mode == SyncMode.incremental
            before = saved.get(name, {}) if incremental else {}
            events = streams[name].read(before)
            try:
                first = next(events, None)
            except Exception as problem:
                refusal = _traced(problem)
                # What has worked before and is refused now is a failure: left out, it would stay behind unnoticed.
                if refusal.failure_type == FailureType.config_error and not before:
                    logger.warning(f"{name} is left out: {refusal.message}")
                    left_out.append(refusal)
                    continue
                events, first = _failing(refusal), None
            opened = opened or bool(before) or isinstance(first, Page)
            yield from _read_stream(configured, chain([first] if first else [], events), failures, logger)
        if failures or (left_out and not opened):
            raise _joined([*failures, *left_out])


def _traced(problem: Exception) -> AirbyteTracedException:
    """The failure of one stream; one that nobody foresaw leaves the other streams their turn too."""
    if isinstance(problem, AirbyteTracedException):
        return problem
    return AirbyteTracedException.from_exception(
        problem,
        message=f"The connector failed in a way that nobody foresaw ({type(problem).__name__}: {problem}). "
        "Look for a newer one, or report it.",
    )


def _failing(failure: AirbyteTracedException) -> Iterator[Page | Checkpoint]:
    raise failure
    yield  # never reached: it makes this a generator, which fails in its turn


def _read_stream(
    configured: ConfiguredAirbyteStream,
    events: Iterable[Page | Checkpoint],
    failures: list[AirbyteTracedException],
    logger: logging.Logger,
) -> Iterator[Page | AirbyteMessage]:
    name = configured.stream.name
    incremental = configured.sync_mode == SyncMode.incremental
    progress, read = Progress(name), False
    yield status_message(configured.stream, AirbyteStreamStatus.STARTED)
    try:
        for event in events:
            if isinstance(event, Page):
                if event.records and not progress.records:
                    yield status_message(configured.stream, AirbyteStreamStatus.RUNNING)
                progress.add(len(event.records))
                read = True
                yield event
            elif incremental:
                yield _state_message(configured, event)
    except Exception as problem:
        failure = _traced(problem)
        if not (isinstance(failure, LeftToNextSync) and incremental):
            logger.error(f"{name}: {failure.message}")
            failures.append(failure)
            yield status_message(configured.stream, AirbyteStreamStatus.INCOMPLETE)
            return
        # Not a failure where the state remembers: what is read is kept. Read whole, a stream would lack the rest.
        logger.warning(f"{name}: {failure.message} The next sync goes on from here.")
    if read:
        progress.finish()
    yield status_message(configured.stream, AirbyteStreamStatus.COMPLETE)


def _state_message(configured: ConfiguredAirbyteStream, checkpoint: Checkpoint) -> AirbyteMessage:
    descriptor = StreamDescriptor(name=configured.stream.name, namespace=configured.stream.namespace)
    stream_state = AirbyteStreamState(
        stream_descriptor=descriptor, stream_state=AirbyteStateBlob(**dict(checkpoint.state))
    )
    return AirbyteMessage(type=Type.STATE, state=AirbyteStateMessage(type=AirbyteStateType.STREAM, stream=stream_state))


def _states_by_stream(states: Sequence[AirbyteStateMessage]) -> dict[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    for state in states:
        if state.stream and state.stream.stream_state is not None:
            found[state.stream.stream_descriptor.name] = dict(state.stream.stream_state.__dict__)
    return found


def _joined(failures: Sequence[AirbyteTracedException]) -> AirbyteTracedException:
    """One failure that says them all; a matter of configuration only where all are."""
    messages = list(dict.fromkeys(str(failure.message) for failure in failures))
    types = {failure.failure_type for failure in failures}
    return AirbyteTracedException(
        message=" ".join(messages),
        internal_message="; ".join(str(failure.internal_message) for failure in failures),
        failure_type=types.pop() if len(types) == 1 else FailureType.transient_error,
    )
