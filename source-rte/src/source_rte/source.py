"""The source: configuration in, streams out, and a check that tells which API is not subscribed."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from airbyte_cdk.models import AirbyteConnectionStatus, FailureType, Status
from airbyte_cdk.utils import AirbyteTracedException
from connector_kit import clock
from connector_kit.entrypoint import launch
from connector_kit.http import ApiClient, EmptyAnswer
from connector_kit.source import StreamSource
from connector_kit.streams import Description, Stream

from source_rte.api import client
from source_rte.resources import RESOURCES, Resource
from source_rte.stream import RteStream


class SourceRte(StreamSource):
    """Load, generation, forecasts, physical flows and day-ahead prices of France, from data.rte-france.com."""

    @property
    def descriptions(self) -> Sequence[Description]:
        return [resource.description for resource in RESOURCES]

    def streams(self, config: Mapping[str, Any]) -> Mapping[str, Stream]:
        if wrong := wrong_dates(config):
            raise AirbyteTracedException(message=wrong, failure_type=FailureType.config_error)
        api = client(config)
        own_starts = config.get("stream_start_dates") or {}
        return {
            resource.stream: RteStream(
                resource,
                api,
                start_day=date.fromisoformat(own_starts.get(resource.stream) or config["start_date"]),
                end_day=date.fromisoformat(config["end_date"]) if config.get("end_date") else None,
                look_back_days=config.get("look_back_days"),
            )
            for resource in RESOURCES
        }

    def check(self, logger: logging.Logger, config: Mapping[str, Any]) -> AirbyteConnectionStatus:
        """Succeeds where the key is good for at least one API; each API that refuses it is named in the log."""
        if wrong := wrong_dates(config):
            return _failed(wrong)
        api = client(config)
        refusals = [refusal for resource in RESOURCES if (refusal := _refusal(api, resource))]
        for refusal in refusals:
            logger.warning(refusal)
        if len(refusals) == len(RESOURCES):
            return _failed(" ".join(dict.fromkeys(refusals)))
        return AirbyteConnectionStatus(status=Status.SUCCEEDED)


def wrong_dates(config: Mapping[str, Any]) -> str | None:
    """What is wrong with the days asked for, or None."""
    given = {"start_date": config["start_date"], "end_date": config.get("end_date") or None}
    days: dict[str, date] = {}
    for name, text in {**given, **(config.get("stream_start_dates") or {})}.items():
        try:
            if text:
                days[name] = date.fromisoformat(text)
        except ValueError:
            return f"{name} {text} is no day of the calendar: write it like 2026-01-31."
    if days["start_date"] > clock.paris_today():
        return f"start_date {days['start_date']} is in the future."
    if "end_date" in days and days["end_date"] < days["start_date"]:
        return f"end_date {days['end_date']} is before start_date {days['start_date']}."
    return None


def _failed(message: str) -> AirbyteConnectionStatus:
    return AirbyteConnectionStatus(status=Status.FAILED, message=message)


def _refusal(api: ApiClient, resource: Resource) -> str | None:
    """Why an API does not answer, or None. Without dates each resource answers with its latest, a small answer."""
    try:
        api.get(resource.path)
    except EmptyAnswer:
        return None
    except AirbyteTracedException as refused:
        return str(refused.message)
    return None


def main() -> None:
    """The console script ``source-rte``."""
    launch(SourceRte())
