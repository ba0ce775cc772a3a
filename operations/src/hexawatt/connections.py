"""The connections, as `local-sync list` tells them, and the keys that they need."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dotenv import dotenv_values

from .errors import UsageError
from .settings import Settings, child_environment


@dataclass(frozen=True)
class Connection:
    """One connection; `streams` maps stream to cursor, `keys` are the variables without which it can't be synced."""

    name: str
    schema: str
    streams: Mapping[str, str | None]
    keys: tuple[str, ...]


def load(settings: Settings) -> list[Connection]:
    """All connections; UsageError, in the words of local-sync, when their list isn't right."""
    program = settings.executable("connectors", "local-sync")
    done = subprocess.run(
        [program, "list", "--connections", settings.connections_file],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env=child_environment(settings),
        text=True,
        check=False,
    )
    if done.returncode:
        raise UsageError(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "local-sync list failed.")
    return [
        Connection(
            name=entry["name"],
            schema=entry["schema"],
            streams={stream: options["cursor"] for stream, options in entry["streams"].items()},
            keys=tuple(entry["variables"]),
        )
        for entry in json.loads(done.stdout)
    ]


def source_environment(settings: Settings, base: Mapping[str, str] | None = None) -> dict[str, str]:
    """Environment of a sync: every child's and, in live, what `.env` adds to it. The demo never sees `.env`."""
    variables = child_environment(settings, base)
    if settings.mode == "live":
        file = dotenv_values(settings.repository / ".env", interpolate=False)
        variables |= {key: value for key, value in file.items() if value and not variables.get(key)}
    return variables


def missing_keys(settings: Settings, connection: Connection, base: Mapping[str, str] | None = None) -> list[str]:
    """Names of the connection's keys that are set nowhere."""
    variables = source_environment(settings, os.environ if base is None else base)
    return [key for key in connection.keys if not variables.get(key)]


def how_to_set(missing: Iterable[str]) -> str:
    """What to tell a person whose keys are absent."""
    return f"{' and '.join(missing)} not set; .env.example says how to get them"
