"""What the configurations of the sources have in common: a group ``advanced``, days, and answers to ``check``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from airbyte_cdk.models import AirbyteConnectionStatus, FailureType, Status
from airbyte_cdk.utils import AirbyteTracedException
from jsonschema import Draft7Validator  # type: ignore[import-untyped]
from jsonschema.exceptions import best_match  # type: ignore[import-untyped]

from connector_kit import clock


def advanced(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """The group ``advanced``, empty where it is not there."""
    return config.get("advanced") or {}


def without_nulls(config: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration without what is null, at any depth of its groups."""
    return {
        name: without_nulls(value) if isinstance(value, Mapping) else value
        for name, value in config.items()
        if value is not None
    }


def wrong_by_spec(config: Mapping[str, Any], schema: Mapping[str, Any]) -> str | None:
    """What the spec's JSON schema finds wrong, with the field's name, or None. Values of secrets are not told."""
    error = best_match(Draft7Validator(schema).iter_errors(config))
    if error is None:
        return None
    field = ".".join(str(part) for part in error.absolute_path)
    secret = isinstance(error.schema, Mapping) and error.schema.get("airbyte_secret")
    said = "is not of the expected form" if secret else error.message
    return f"The configuration is wrong{f' at {field}' if field else ''}: {said}."


def start_day(config: Mapping[str, Any], stream: str) -> date:
    """The first day of a stream: its own in ``advanced.stream_start_dates``, else ``start_date``."""
    return date.fromisoformat((advanced(config).get("stream_start_dates") or {}).get(stream) or config["start_date"])


def end_day(config: Mapping[str, Any]) -> date | None:
    """The last day to read (included), or None to go on for ever."""
    text = advanced(config).get("end_date")
    return date.fromisoformat(text) if text else None


def wrong_names(config: Mapping[str, Any], option: str, streams: Iterable[str], whose: str) -> str | None:
    """What is wrong with the streams that ``advanced.<option>`` names, or None."""
    if unknown := sorted(set(advanced(config).get(option) or {}) - set(streams)):
        return f"{option} names {', '.join(unknown)}, which is no stream of {whose}."
    return None


def wrong_days(config: Mapping[str, Any]) -> str | None:
    """What is wrong with the first days and the last one, or None."""
    more = advanced(config)
    own_starts = more.get("stream_start_dates") or {}
    days: dict[str, date] = {}
    for name, text in {"start_date": config.get("start_date"), "end_date": more.get("end_date"), **own_starts}.items():
        try:
            if text:
                days[name] = date.fromisoformat(text)
        except (TypeError, ValueError):
            return f"{name} {text} is no day of the calendar: write it like 2026-01-31."
    if "start_date" not in days:
        return "start_date is missing: write the first day to read like 2026-01-31."
    if days["start_date"] > clock.paris_today():
        return f"start_date {days['start_date']} is in the future."
    if "end_date" in days and days["end_date"] < days["start_date"]:
        return f"end_date {days['end_date']} is before start_date {days['start_date']}."
    return None


def refuse(wrong: str | None) -> None:
    """Raises AirbyteTracedException, a matter of configuration, where something is wrong."""
    if wrong:
        raise AirbyteTracedException(message=wrong, failure_type=FailureType.config_error)


def failed(message: str) -> AirbyteConnectionStatus:
    """The answer of ``check`` that says no, and why."""
    return AirbyteConnectionStatus(status=Status.FAILED, message=message)
