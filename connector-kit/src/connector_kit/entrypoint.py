"""The command line of a source: the CDK's own, with a fast lane for ``read``."""

from __future__ import annotations

import argparse
import gc
import io
import logging
import os
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from airbyte_cdk.entrypoint import AirbyteEntrypoint
from airbyte_cdk.models import ConnectorSpecification
from airbyte_cdk.sources.connector_state_manager import HashableStreamDescriptor
from airbyte_cdk.utils import AirbyteTracedException

from connector_kit.config import refuse, wrong_by_spec
from connector_kit.source import StreamSource
from connector_kit.streams import Page


class PageEntrypoint(AirbyteEntrypoint):
    """``spec``, ``check`` and ``discover`` are inherited; ``read`` leaves a page of lines at a time."""

    source: StreamSource

    @staticmethod
    def validate_connection(source_spec: ConnectorSpecification, config: Mapping[str, Any]) -> None:
        """Raises AirbyteTracedException, a matter of configuration, with the name of the field that is wrong."""
        refuse(wrong_by_spec(config, source_spec.connectionSpecification))

    def read_lines(self, arguments: argparse.Namespace) -> Iterator[bytes]:
        """The messages of a ``read`` as protocol lines; a page of records is one item of many lines."""
        spec = self.source.spec(self.logger)
        with tempfile.TemporaryDirectory() as scratch:
            config = self.source.configure(self.source.read_config(arguments.config), scratch)
            self.set_up_secret_filter(config, spec.connectionSpecification)
            self.validate_connection(spec, config)
            catalog = self.source.read_catalog(arguments.catalog)
            state = self.source.read_state(arguments.state)
            counts: defaultdict[HashableStreamDescriptor, float] = defaultdict(float)
            for event in self.source.read_events(self.logger, config, catalog, state):
                if isinstance(event, Page):
                    counts[HashableStreamDescriptor(name=event.stream, namespace=None)] += len(event.records)
                    yield event.lines(int(time.time() * 1000))
                else:
                    message = self.handle_record_counts(event, counts)
                    yield self.airbyte_message_to_string(message).encode() + b"\n"


def one_buffer() -> None:
    """Gives standard output a buffer where Python has been told to have none (PYTHONUNBUFFERED, as in many images).

    Pages and the log lines of other threads leave through it one after the other; without it each is a write of its own
    to the pipe, which takes a page in pieces and lets a log line in between.
    """
    bare = sys.stdout
    if isinstance(getattr(bare, "buffer", None), io.FileIO):
        binary = io.BufferedWriter(io.FileIO(bare.fileno(), "wb", closefd=False))
        buffered = io.TextIOWrapper(binary, encoding="utf-8", line_buffering=True)
        buffered.bare = bare  # type: ignore[attr-defined]  # kept, for its end would close the descriptor
        sys.stdout = buffered
        sys.__stdout__ = buffered  # type: ignore[misc]  # the CDK's print buffer writes there
        for logger in (logging.getLogger(), logging.getLogger("airbyte")):
            for handler in logger.handlers:
                if isinstance(handler, logging.StreamHandler) and handler.stream is bare:
                    handler.setStream(buffered)


def launch(source: StreamSource, arguments: Sequence[str] | None = None) -> None:
    """Runs the command line of ``source``; a failure leaves as a TRACE message and exit code 1."""
    one_buffer()
    # What is loaded by now stays for good; pages hold many small objects, none of them in a cycle.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)
    entrypoint = PageEntrypoint(source)
    parsed = entrypoint.parse_args(list(sys.argv[1:] if arguments is None else arguments))
    lines = (
        entrypoint.read_lines(parsed)
        if parsed.command == "read"
        else (message.encode() + b"\n" for message in entrypoint.run(parsed))
    )
    try:
        for line in lines:
            # The log handler writes to the same stdout in text; whole lines only, each flushed, never mix.
            sys.stdout.flush()
            sys.stdout.buffer.write(line)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        os._exit(1)  # the destination has gone and says why itself
    except AirbyteTracedException as failure:
        failure.emit_message()
        sys.stdout.flush()
        # At once: threads that still wait for an answer or a quota would hold the process for minutes.
        os._exit(1)
