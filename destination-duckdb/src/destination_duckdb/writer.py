"""`write`: RECORD lines in, committed batches and the STATE lines they cover out.

RECORD lines are never parsed here. A line that begins as a source's compact JSON does is known by its
first bytes; any other line is parsed once to see what it is, and a record among them is spooled as it came.
"""

from __future__ import annotations

import os
import select
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import orjson

from destination_duckdb.catalog import Key, Stream
from destination_duckdb.config import Config
from destination_duckdb.errors import UserError
from destination_duckdb.spool import Spool
from destination_duckdb.warehouse import Warehouse, excerpt

BLOCK = 1 << 20  # bytes asked of standard input at once
IDLE_SECONDS = 1.0  # how often a silent source is looked at
PROGRESS_SECONDS = 2.0
RECORD_START = b'{"type":"RECORD","record":{"stream":"'
SOURCE_STOPPED = "the source stopped early"  # internal_message of an error that is the source's, not ours
WHOLE_SOURCE: Key = ("", "")  # the key of a state that is not one stream's


class Writer:
    """Takes blocks of lines (`feed`), commits at STATE messages, emits protocol lines through `emit`."""

    def __init__(
        self,
        config: Config,
        streams: dict[Key, Stream],
        warehouse: Warehouse,
        emit: Callable[[bytes], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._config, self._streams, self._warehouse, self._emit = config, streams, warehouse, emit
        self._clock = clock
        self._spools: dict[Key, Spool] = {}
        self._states: list[tuple[Key, Any, bytes]] = []  # not yet committed, in order
        self._statuses: dict[Key, str] = {}  # the last STREAM_STATUS of each stream
        self._complete: set[Key] = set()  # known at the end of the input
        self._rest = b""  # of a block: a line whose end has not come yet
        self._prefix = b"\n"  # what the lines of `_current` begin with; no line begins with a line feed
        self._current: Spool | None = None
        self._lines = 0
        self.received: dict[str, int] = {}
        self.stored: dict[str, int] = {}
        self._committed_at = self._progress_at = clock()

    # ---- lines in -------------------------------------------------------------------------------

    def feed(self, block: bytes) -> None:
        """Take any piece of the input. Consecutive records of one stream are spooled as one slice."""
        data = self._rest + block if self._rest else block
        cautious = b'"namespace"' in data  # then a record may belong to another stream of the same name
        view = memoryview(data)
        start = run = count = 0
        while (end := data.find(b"\n", start)) >= 0:
            if data.startswith(self._prefix, start) and not cautious:
                count += 1
            else:
                self._spool_run(view[run:start], count)
                self._line(data[start : end + 1], cautious)
                run, count = end + 1, 0
            start = end + 1
        self._spool_run(view[run:start], count)
        self._rest = data[start:]

    def _spool_run(self, lines: memoryview, count: int) -> None:
        if count and self._current is not None:
            self._current.write(lines, count)
            self._lines += count

    def _line(self, line: bytes, cautious: bool) -> None:
        self._lines += 1
        if not cautious and line.startswith(RECORD_START):
            end = line.find(b'"', len(RECORD_START))
            if end > 0 and b"\\" not in line[:end]:
                name = line[len(RECORD_START) : end].decode("utf-8", "replace")
                self._current, self._prefix = self._spool(("", name)), line[: end + 1]
                return self._current.write(line, 1)
        if line.strip():
            self._message(line)
        return None

    def _message(self, line: bytes) -> None:
        """Any line that isn't a record in the compact spelling."""
        try:
            message = orjson.loads(line)
            kind = message["type"]
            body: dict[str, Any] = message[kind.lower()] if kind in ("RECORD", "STATE", "TRACE") else {}
            if kind == "RECORD":
                self._spool((body.get("namespace") or "", body["stream"])).write(line, 1)
            elif kind == "STATE":
                self._state(body, line)
            elif kind == "TRACE" and body["type"] == "STREAM_STATUS":
                status = body["stream_status"]
                self._statuses[_key(status["stream_descriptor"])] = status["status"]
            elif kind in ("TRACE", "LOG"):
                self._emit(line)  # in a plain pipe nobody else would show what the source says
        except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
            raise UserError(
                f"Line {self._lines} of the input is not an Airbyte message: {excerpt(line)} "
                "What was committed before it is stored.",
                detail=repr(error),
            ) from error

    def _spool(self, key: Key) -> Spool:
        spool = self._spools.get(key)
        if spool is None:
            if key not in self._streams:
                name = ".".join(part for part in key if part)
                raise UserError(f"The source sent a record of stream {name}, which is not in the catalog.")
            spool = self._spools[key] = Spool(self._config.spool)
        return spool

    # ---- states and batches ---------------------------------------------------------------------

    def _state(self, state: dict[str, Any], line: bytes) -> None:
        if state.get("type") == "STREAM":
            key = _key(state["stream"]["stream_descriptor"])
            marked = [self._spools[key]] if key in self._spools else []
        else:
            key, marked = WHOLE_SOURCE, [*self._spools.values()]
        for spool in marked:
            spool.mark()
        self._states.append((key, state, line))
        if self._due():
            self.commit()

    def _due(self) -> bool:
        waiting = sum(spool.marked for key, spool in self._spools.items() if not self._held(key))
        late = self._clock() - self._committed_at >= self._config.batch_seconds
        return waiting >= self._config.batch_records or late

    def _held(self, key: Key) -> bool:
        """A table that is replaced as a whole waits for the end of the input and a complete stream."""
        return key in self._streams and self._streams[key].replace and key not in self._complete

    def tick(self) -> None:
        """Called between blocks and while the source is silent."""
        if self._states and self._due():
            self.commit()
        if self._clock() - self._progress_at >= PROGRESS_SECONDS:
            self.progress("received")

    def commit(self) -> None:
        """Store what the source has confirmed, with its states, in one transaction; then emit the states."""
        ready = [entry for entry in self._states if not self._held(entry[0])]
        batch = {key: spool for key, spool in self._spools.items() if self._to_store(key, spool)}
        if ready or batch:
            counts = {key: spool.marked for key, spool in batch.items()}
            self._store([self._streams[key] for key in batch], {key: state for key, state, _ in ready})
            for key, count in counts.items():
                self.stored[key[1]] = self.stored.get(key[1], 0) + count
            self._states = [entry for entry in self._states if self._held(entry[0])]
            for _, _, line in ready:
                self._emit(line)
        self._committed_at = self._clock()

    def _to_store(self, key: Key, spool: Spool) -> bool:
        if self._streams[key].replace:
            return key in self._complete  # even without records: the new table is empty then
        return spool.marked > 0

    def _store(self, batch: list[Stream], states: dict[Key, Any]) -> None:
        for stream in batch:
            with self._spools[stream.key].take() as file:
                self._warehouse.stage(stream, file)
        with self._warehouse.transaction():
            for stream in batch:
                self._warehouse.store(stream)
            self._warehouse.save_states(states)
        for stream in batch:
            self._warehouse.unstage(stream)

    # ---- the end --------------------------------------------------------------------------------

    def finish(self) -> None:
        """End of input: commit the last batch. UserError if the source stopped before its streams were done.

        What came after a stream's last STATE counts only if the stream is complete. Else it is left out: the
        next sync reads it again, and an append table would hold it twice.
        """
        cut = not self._last_line_is_whole()
        # A stream that was never begun is the source's choice (it has no access to it), and its table stays.
        unfinished = [key for key in self._streams if self._status(key) not in ("COMPLETE", "")]
        if not cut:
            self._complete = {key for key in self._streams if self._is_complete(key)}
        for key in self._complete:
            self._spool(key).mark()
        self.commit()
        self.progress("stored")
        if unfinished or cut:
            names = ", ".join(name for _, name in unfinished)
            raise UserError(
                f"The source stopped before it had finished{': ' + names if names else ''}. "
                "What it had confirmed is stored; the next sync goes on from there.",
                "transient_error",
                detail=SOURCE_STOPPED,
            )

    def _last_line_is_whole(self) -> bool:
        """Take in a last line without a line feed; False if the source was cut off in the middle of it."""
        try:
            orjson.loads(self._rest or b"0")
        except orjson.JSONDecodeError:
            return not self._rest.strip()
        if self._rest:
            self._line(self._rest + b"\n", b'"namespace"' in self._rest)
        return True

    def _status(self, key: Key) -> str:
        return self._statuses.get(key, "")

    def _is_complete(self, key: Key) -> bool:
        """COMPLETE, or, for a source that reports no statuses at all, seen in the input that ended."""
        return self._status(key) == "COMPLETE" if self._statuses else key in self._spools

    def close(self) -> None:
        for spool in self._spools.values():
            spool.close()

    def progress(self, verb: str) -> None:
        """A LOG line for people that carries the same counts as data, for the runner.

        Shape of `progress`: {"received": {stream: records}, "stored": {stream: records}}.
        """
        self._progress_at = self._clock()
        self.received = {key[1]: self.stored.get(key[1], 0) + spool.records for key, spool in self._spools.items()}
        counts = self.stored if verb == "stored" else self.received
        shown = ", ".join(f"{name} {count:,}" for name, count in counts.items()) or "no records"
        message = {
            "type": "LOG",
            "log": {"level": "INFO", "message": f"{verb}: {shown}"},
            "progress": {"received": self.received, "stored": self.stored},
        }
        self._emit(orjson.dumps(message) + b"\n")


def _key(descriptor: dict[str, Any]) -> Key:
    return descriptor.get("namespace") or "", descriptor["name"]


def blocks(file_descriptor: int) -> Iterator[bytes | None]:
    """The input as it comes, in blocks of any size; None for a second in which nothing came."""
    while True:
        ready, _, _ = select.select([file_descriptor], [], [], IDLE_SECONDS)
        if not ready:
            yield None
            continue
        block = os.read(file_descriptor, BLOCK)
        if not block:
            return
        yield block


def write(
    config: Config,
    streams: dict[Key, Stream],
    source: Iterable[bytes | None],
    emit: Callable[[bytes], None],
    log: Callable[[str], None],
) -> None:
    """Run a whole sync: prepare the tables, take the input to its end. Raises UserError."""
    warehouse = Warehouse(config, log)
    writer = Writer(config, streams, warehouse, emit)
    try:
        warehouse.prepare([*streams.values()])
        for block in source:
            if block is not None:
                writer.feed(block)
            writer.tick()
        writer.finish()
    finally:
        writer.close()
        warehouse.close()
