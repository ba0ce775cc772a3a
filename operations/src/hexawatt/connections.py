"""What operations need to know of `connections.yaml`: names, schemas, schedules, and which variables hold secrets.

Everything else in it is the business of `local-sync`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from dotenv import dotenv_values

from .errors import UsageError
from .settings import Settings, child_environment

# The simulator takes any key; real ones never reach the demo.
DEMO_KEY = "demo"
VARIABLE = re.compile(r"\$\{(\w+)\}")


@dataclass(frozen=True)
class Connection:
    """One connection; `streams` maps stream to cursor, `keys` are the variables its config takes from outside."""

    name: str
    schema: str
    streams: Mapping[str, str]
    cron: str
    keys: tuple[str, ...]


def load(path: Path) -> list[Connection]:
    """The connections of a file; UsageError when it can't be read."""
    try:
        listed = yaml.safe_load(path.read_text(encoding="utf-8"))["connections"]
        return [_connection(name, entry) for name, entry in listed.items()]
    except (OSError, yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"The list of connections {path} can't be read: {error}") from error


def find(settings: Settings, name: str) -> Connection:
    """One connection by name; UsageError that lists the names there are."""
    listed = {connection.name: connection for connection in load(settings.connections_file)}
    if name not in listed:
        raise UsageError(f"There is no connection '{name}': choose one of {', '.join(listed)}.")
    return listed[name]


def source_environment(settings: Settings, base: Mapping[str, str] | None = None) -> dict[str, str]:
    """Environment of a sync: every child's, with the sources' keys.

    The demo's keys are made up; live takes them from the environment or, where that hasn't them, from `.env`.
    """
    base = os.environ if base is None else base
    keys = {key for connection in load(settings.connections_file) for key in connection.keys}
    if settings.mode == "demo":
        found = dict.fromkeys(keys, DEMO_KEY)
    else:
        file = dotenv_values(settings.repository / ".env", interpolate=False)
        found = {key: base.get(key) or file.get(key) or "" for key in keys}
    return child_environment(settings, base) | {key: value for key, value in found.items() if value}


def missing_keys(settings: Settings, connection: Connection, base: Mapping[str, str] | None = None) -> list[str]:
    """Names of the connection's keys that are set nowhere."""
    variables = source_environment(settings, base)
    return [key for key in connection.keys if not variables.get(key)]


def how_to_set(missing: Iterable[str]) -> str:
    """What to tell a person whose keys are absent."""
    return f"{' and '.join(missing)} not set; .env.example says how to get them"


def _connection(name: str, entry: Mapping[str, Any]) -> Connection:
    return Connection(
        name=name,
        schema=entry["schema"],
        streams={stream: options["cursor"] for stream, options in entry["streams"].items()},
        cron=entry["schedule"]["cron"],
        keys=tuple(sorted(set(VARIABLE.findall(str(entry["config"]))))),
    )
