"""`connections.yaml` as data, checked: every error names the place and what would be right."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

import yaml

from local_sync.errors import USAGE, SyncError

MODES = ("demo", "live")
OWNERS = ("airflow", "airbyte")
SYNC_MODES = {
    # as Airbyte's API names them: (the source's sync mode, the destination's)
    "full_refresh_overwrite": ("full_refresh", "overwrite"),
    "full_refresh_append": ("full_refresh", "append"),
    "incremental_append": ("incremental", "append"),
    "incremental_deduped_history": ("incremental", "append_dedup"),
}
NAME = re.compile(r"[a-z][a-z0-9_]*")
CRON = re.compile(r"[\d*/,-]+( [\d*/,-]+){4}")


@dataclass(frozen=True)
class StreamChoice:
    """A stream to sync: `sync` is a key of SYNC_MODES; `cursor` the field it goes on from."""

    name: str
    sync: str
    cursor: str | None


@dataclass(frozen=True)
class Schedule:
    cron: str  # five fields, in local time of `timezone`
    timezone: str
    owner: str


@dataclass(frozen=True)
class Connection:
    """One connection; `config` and `modes` still hold their ${VARIABLES}."""

    name: str
    source: str
    schema: str
    config: Mapping[str, Any]
    modes: Mapping[str, Mapping[str, Any]]
    streams: tuple[StreamChoice, ...]
    schedule: Schedule

    def config_of(self, mode: str) -> dict[str, Any]:
        """The configuration with what the mode lays over it."""
        return _laid_over(self.config, self.modes.get(mode, {}))


def _laid_over(config: Mapping[str, Any], extra: Mapping[str, Any]) -> dict[str, Any]:
    """``config`` with ``extra`` over it, group by group; what is written for one moment replaces another such."""
    both = {name: _laid_over(config[name], value) for name, value in extra.items() if _groups(config.get(name), value)}
    return {**config, **extra, **both}


def _groups(one: Any, other: Any) -> bool:
    return all(isinstance(value, Mapping) and "days_ago" not in value for value in (one, other))


def load(path: Path) -> dict[str, Connection]:
    """The connections of a file, by name. SyncError (usage) if it can't be read or isn't right."""
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_UniqueKeys)
    except OSError as error:
        raise SyncError(f"Can't read the list of connections {path}: {error.strerror}.", USAGE) from error
    except yaml.YAMLError as error:
        raise SyncError(f"{path} is not good YAML: {' '.join(str(error).split())}", USAGE) from error
    try:
        whole = _mapping(content, "the file", {"connections"}, required={"connections"})
        entries = _mapping(whole["connections"], "connections")
        return {name: _connection(name, entry) for name, entry in entries.items()}
    except _Wrong as wrong:
        raise SyncError(f"{path}: {wrong}", USAGE) from wrong


def find(connections: Mapping[str, Connection], name: str) -> Connection:
    if name not in connections:
        raise SyncError(f"There is no connection '{name}': choose one of {', '.join(connections)}.", USAGE)
    return connections[name]


class _Wrong(Exception):
    """Something in the file is not as it should be; the message begins with its place."""


class _UniqueKeys(yaml.SafeLoader):
    """YAML that refuses the same key twice, which PyYAML would take as the last one, in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [key.value for key, _ in node.value]
        twice = next((key for key in keys if keys.count(key) > 1), None)
        if twice is not None:
            raise yaml.constructor.ConstructorError(None, None, f"'{twice}' is there twice", node.start_mark)
        return super().construct_mapping(node, deep)


def _connection(name: str, entry: Any) -> Connection:
    at = f"connections.{name}"
    if not NAME.fullmatch(str(name)):
        raise _Wrong(f"{at}: a name is made of lower-case letters, digits and _")
    fields = {"source", "schema", "config", "modes", "streams", "schedule"}
    entry = _mapping(entry, at, fields, required=fields - {"modes"})
    modes = _mapping(entry.get("modes") or {}, f"{at}.modes", set(MODES))
    streams = _mapping(entry["streams"], f"{at}.streams")
    if not streams:
        raise _Wrong(f"{at}.streams: at least one stream is needed")
    return Connection(
        name=name,
        source=_text(entry, "source", at),
        schema=_text(entry, "schema", at),
        config=_mapping(entry["config"], f"{at}.config"),
        modes={mode: _mapping(extra, f"{at}.modes.{mode}") for mode, extra in modes.items()},
        streams=tuple(_stream(stream, options, f"{at}.streams.{stream}") for stream, options in streams.items()),
        schedule=_schedule(entry["schedule"], f"{at}.schedule"),
    )


def _stream(name: str, options: Any, at: str) -> StreamChoice:
    options = _mapping(options, at, {"sync", "cursor"}, required={"sync"})
    sync = _one_of(_text(options, "sync", at), SYNC_MODES, f"{at}.sync")
    cursor = _text(options, "cursor", at) if "cursor" in options else None
    if sync.startswith("incremental") and cursor is None:
        raise _Wrong(f"{at}: {sync} needs a cursor")
    return StreamChoice(name, sync, cursor)


def _schedule(entry: Any, at: str) -> Schedule:
    fields = {"cron", "timezone", "owner"}
    entry = _mapping(entry, at, fields, required=fields)
    cron, timezone = _text(entry, "cron", at), _text(entry, "timezone", at)
    if not CRON.fullmatch(cron):
        raise _Wrong(f"{at}.cron: '{cron}' is not five fields of numbers, *, /, - and commas")
    if timezone not in available_timezones():
        raise _Wrong(f"{at}.timezone: there is no time zone '{timezone}'")
    return Schedule(cron, timezone, _one_of(_text(entry, "owner", at), OWNERS, f"{at}.owner"))


def _mapping(
    value: Any, at: str, allowed: set[str] | None = None, required: set[str] | frozenset[str] = frozenset()
) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _Wrong(f"{at}: names with values are needed, not {value!r}")
    unknown = sorted(str(key) for key in value.keys() - (allowed if allowed is not None else value.keys()))
    if unknown:
        raise _Wrong(f"{at}: '{unknown[0]}' is not known here; known are {', '.join(sorted(allowed or ()))}")
    missing = sorted(required - value.keys())
    if missing:
        raise _Wrong(f"{at}: '{missing[0]}' is missing")
    return value


def _text(entry: Mapping[str, Any], field: str, at: str) -> str:
    value = entry[field]
    if not isinstance(value, str) or not value.strip():
        raise _Wrong(f"{at}.{field}: text is needed, not {value!r}")
    return value


def _one_of(value: str, choices: Mapping[str, Any] | tuple[str, ...], at: str) -> str:
    if value not in choices:
        raise _Wrong(f"{at}: '{value}' is not one of {', '.join(choices)}")
    return value
