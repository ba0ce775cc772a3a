"""Connectors as programs that speak the Airbyte protocol."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from local_sync.errors import SyncError

DESTINATION = "destination-duckdb"


def program(name: str) -> str:
    """Path of a connector: beside our own Python, or on PATH."""
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        raise SyncError(f"The connector {name} is not installed: run 'make install'.")
    return found


def ask(name: str, *arguments: str | Path) -> list[Any]:
    """Run a short command of a connector; the JSON lines it answers. SyncError with its own words if it fails."""
    done = subprocess.run(
        [program(name), *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, encoding="utf-8"
    )
    answers = [*json_lines(done.stdout.splitlines())]
    if done.returncode:
        raise SyncError(said(answers) or f"{name} {arguments[0]} {ending(done.returncode)} without saying why.")
    return answers


def discover(name: str, config: Path) -> dict[str, Any]:
    """The AirbyteCatalog of a source (JSON object)."""
    answers = ask(name, "discover", "--config", config)
    catalogs = [message["catalog"] for message in answers if message.get("type") == "CATALOG"]
    if not catalogs:
        raise SyncError(f"{name} discover answered without a catalog.")
    catalog = catalogs[-1]
    assert isinstance(catalog, dict)
    return catalog


def json_lines(lines: Iterable[str]) -> Iterator[Any]:
    """What is JSON among the lines; a connector's libraries may print other things."""
    for line in lines:
        try:
            yield json.loads(line)
        except json.JSONDecodeError:
            continue


def said(messages: list[Any]) -> str | None:
    """The last user-facing error among messages, as one line."""
    errors = [error for message in messages if (error := error_of(message))]
    return " ".join(str(errors[-1].get("message") or errors[-1]).split()) if errors else None


def error_of(message: Any) -> dict[str, Any] | None:
    """The error of a TRACE ERROR message; None for any other."""
    if not isinstance(message, dict) or message.get("type") != "TRACE":
        return None
    error = message["trace"].get("error")
    return error if isinstance(error, dict) else None


def ending(code: int) -> str:
    """How a process ended, for a sentence that begins with its name."""
    return f"was ended by signal {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
