"""`source read | destination write`: joined by a pipe of the operating system, followed through what the
destination says. Records never pass through this process."""

from __future__ import annotations

import contextlib
import ctypes
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from local_sync.connector import DESTINATION, ending, error_of, json_lines, program, said
from local_sync.errors import SyncError

PATIENCE_SECONDS = 10.0  # between asking a child to end and ending it
SOURCE_STOPPED = "the source stopped early"  # how the destination marks an error that is the source's
PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None  # loaded before any fork
QUIET = ("MemoryMonitor instantiated",)  # what the CDK says at every start


@dataclass
class Outcome:
    """What came through the pipe; seconds are wall-clock."""

    started: float = field(default_factory=time.monotonic)
    received: dict[str, int] = field(default_factory=dict)  # stream -> records
    stored: dict[str, int] = field(default_factory=dict)
    errors: list[dict[str, Any]] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def records(self) -> int:
        return sum(self.stored.values())

    @property
    def records_per_second(self) -> int:
        return round(self.records / self.seconds) if self.seconds else 0


@dataclass(frozen=True)
class Files:
    """The protocol's files for one sync."""

    source_config: Path
    destination_config: Path
    catalog: Path
    state: Path


def join(name: str, source: str, files: Files, tell: Callable[[str], None], lock: int) -> Outcome:
    """Run both connectors to their end, with the lock handed on to them. SyncError in the words of who failed first."""
    read = [program(source), "read", "--config", files.source_config, "--catalog", files.catalog]
    write = [program(DESTINATION), "write", "--config", files.destination_config, "--catalog", files.catalog]
    outcome = Outcome()
    with contextlib.ExitStack() as children:
        reader = subprocess.Popen(
            [*map(str, read), "--state", str(files.state)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            pass_fds=[lock],
            preexec_fn=_end_with_parent,
        )
        children.enter_context(_ended(reader))
        writer = subprocess.Popen(
            [*map(str, write)],
            stdin=reader.stdout,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            pass_fds=[lock],
            preexec_fn=_end_with_parent,
        )
        children.enter_context(_ended(writer))
        assert reader.stdout is not None
        assert writer.stdout is not None
        reader.stdout.close()  # the pipe is the children's: each must see the other's end
        _follow(name, writer.stdout, outcome, tell)
        if writer.wait():
            # Its source may be asleep for minutes, and would notice only at its next line.
            reader.terminate()
        reader.wait()
    outcome.seconds = time.monotonic() - outcome.started
    failure = _failure(source, reader.returncode, writer.returncode, outcome.errors)
    if failure:
        raise SyncError(failure)
    return outcome


def _end_with_parent() -> None:
    """In a child: SIGTERM as soon as the runner is gone, however it went. A source may be silent for minutes, and
    would not notice. Elsewhere than on Linux it notices at its next line."""
    if _LIBC is not None:
        _LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@contextlib.contextmanager
def _ended(child: subprocess.Popen[Any]) -> Iterator[None]:
    """However the block is left, the child is gone afterwards."""
    try:
        yield
    finally:
        if child.poll() is None:
            child.terminate()
            try:
                child.wait(PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
        child.wait()
        if child.stdout:
            child.stdout.close()


def _follow(name: str, lines: IO[str], outcome: Outcome, tell: Callable[[str], None]) -> None:
    """Read what the destination says (a few lines a second) until it ends."""
    for message in json_lines(lines):
        error = error_of(message)
        if error is not None:
            outcome.errors.append(error)
        elif "progress" in message:
            _progress(name, message["progress"], outcome, tell)
        elif message.get("type") == "LOG" and not message["log"]["message"].startswith(QUIET):
            said_so_far, *_ = message["log"]["message"].partition("Traceback (most recent call last)")
            tell(f"{name}: {' '.join(said_so_far.split())}")


def _progress(name: str, progress: dict[str, dict[str, int]], outcome: Outcome, tell: Callable[[str], None]) -> None:
    before, outcome.received, outcome.stored = outcome.received, progress["received"], progress["stored"]
    moving = [stream for stream, count in outcome.received.items() if count != before.get(stream)]
    total = sum(outcome.received.values())
    rate = round(total / (time.monotonic() - outcome.started))
    where = f" (now {moving[-1]}: {outcome.received[moving[-1]]:,})" if moving else ""
    tell(f"{name}: {total:,} records, {rate:,} records/s{where}")


def _failure(source: str, source_code: int, destination_code: int, errors: list[dict[str, Any]]) -> str | None:
    """Whose failure it was, in its own words; None if both ended well.

    A destination that fails prints its error last; errors before it are the source's, passed through. One
    that fails takes its source with it, and says when it was the other way round.
    """
    if not source_code and not destination_code:
        return None
    own = errors[-1] if destination_code and errors else None
    blame_source = own is None if not destination_code else bool(own and own.get("internal_message") == SOURCE_STOPPED)
    if not blame_source:
        return _words(own) or f"{DESTINATION} {ending(destination_code)} without saying why."
    words = _words(*[error for error in errors if error is not own])
    return words or f"{source} {ending(source_code)} without saying why. What it had confirmed is stored."


def _words(*errors: dict[str, Any] | None) -> str | None:
    return said([{"type": "TRACE", "trace": {"error": error}} for error in errors if error])
