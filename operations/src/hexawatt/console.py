"""Lines for the person who waits: elapsed time, who speaks, what happens. Threads may share one."""

from __future__ import annotations

import threading
import time

import click


class Console:
    def __init__(self) -> None:
        self._started = time.monotonic()
        self._lock = threading.Lock()

    def say(self, who: str, text: str) -> None:
        """Print `  12 s  who        text`."""
        with self._lock:
            click.echo(f"{self.elapsed():4.0f} s  {who:<15} {text}")

    def elapsed(self) -> float:
        """Seconds since this console was made."""
        return time.monotonic() - self._started

    def print(self, text: str) -> None:
        with self._lock:
            click.echo(text)
