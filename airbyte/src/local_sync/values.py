"""The values of a configuration: variables of the environment, and days relative to now."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from local_sync.errors import USAGE, LeftOutError, SyncError

VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?P<default>:-(?P<text>[^}]*))?\}")
PARIS = ZoneInfo("Europe/Paris")


def resolve(name: str, config: Mapping[str, Any], environment: Mapping[str, str], today: date) -> dict[str, Any]:
    """A connection's configuration with its values filled in; empty ones left out. LeftOutError if some are not set."""
    missing = [variable for variable in required_variables(config) if not environment.get(variable)]
    if missing:
        raise LeftOutError(name, missing)
    return as_far_as_known(config, environment, today)


def as_far_as_known(config: Mapping[str, Any], environment: Mapping[str, str], today: date) -> dict[str, Any]:
    """A configuration without the values whose variables are not set: enough to discover, not to read."""
    filled = _filled(config, environment, today)
    assert isinstance(filled, dict)
    return filled


def required_variables(value: Any) -> list[str]:
    """Names of the variables without a default, in order, once each."""
    if isinstance(value, Mapping):
        found = [name for each in value.values() for name in required_variables(each)]
    elif isinstance(value, list):
        found = [name for each in value for name in required_variables(each)]
    else:
        found = [m["name"] for m in VARIABLE.finditer(value) if m["default"] is None] if isinstance(value, str) else []
    return [*dict.fromkeys(found)]


def _filled(value: Any, environment: Mapping[str, str], today: date) -> Any:
    if isinstance(value, Mapping):
        if value.keys() == {"days_ago"}:
            return (today - timedelta(days=value["days_ago"])).isoformat()
        filled = {key: _filled(each, environment, today) for key, each in value.items()}
        return {key: each for key, each in filled.items() if each not in ("", None)}
    if isinstance(value, list):
        return [_filled(each, environment, today) for each in value]
    if isinstance(value, str):
        return VARIABLE.sub(lambda m: environment.get(m["name"]) or m["text"] or "", value)
    return value


def paris_today(environment: Mapping[str, str]) -> date:
    """The French calendar day of HEXAWATT_NOW, or of the clock."""
    text = environment.get("HEXAWATT_NOW")
    if not text:
        return datetime.now(PARIS).date()
    try:
        now = datetime.fromisoformat(text)
    except ValueError as error:
        raise SyncError(f"HEXAWATT_NOW is '{text}': write an instant such as 2026-01-15T12:00:00Z.", USAGE) from error
    return (now if now.tzinfo else now.replace(tzinfo=ZoneInfo("UTC"))).astimezone(PARIS).date()
