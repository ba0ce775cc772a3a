"""The source: configuration in, streams out, and a check that asks each station for its status."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from airbyte_cdk.models import AirbyteConnectionStatus, Status
from airbyte_cdk.utils import AirbyteTracedException
from connector_kit.config import advanced, end_day, failed, refuse, start_day, wrong_days, wrong_names
from connector_kit.entrypoint import launch
from connector_kit.source import StreamSource
from connector_kit.streams import Description, Stream

from source_airqino.answers import status_of
from source_airqino.api import SOMEBODY_WAITS, AirqinoApi
from source_airqino.failures import Failures
from source_airqino.labels import CLOCKS
from source_airqino.resource import Asked, Resource
from source_airqino.resources import RESOURCES
from source_airqino.station import Station, stations_of, wrong_stations
from source_airqino.stream import ListStream, SeriesStream

DEFAULT_REREAD_DAYS = 30
CHECK_DOWN_AFTER = 2


class SourceAirqino(StreamSource):
    """AirQino, the air-quality stations of CNR-IBE: hourly averages, single readings, stations and sensors."""

    def __init__(self, sleep: Callable[[float], None] = time.sleep) -> None:
        """``sleep``: how to wait (seconds) before a call is tried again."""
        self._sleep = sleep

    @property
    def descriptions(self) -> Sequence[Description]:
        return [resource.description for resource in RESOURCES]

    def streams(self, config: Mapping[str, Any]) -> Mapping[str, Stream]:
        refuse(wrong_config(config))
        asked = Asked(
            AirqinoApi(config, self._sleep),
            stations_of(config),
            projects=str(config.get("project") or "").replace(",", " ").split(),
            clock=_clock(config),
        )
        return {resource.stream: _stream(resource, asked, config) for resource in RESOURCES}

    def check(self, logger: logging.Logger, config: Mapping[str, Any]) -> AirbyteConnectionStatus:
        """Succeeds where at least one station answers and none has another name than the configuration says.

        Somebody waits for it: two tries of a station, and an end where two stations in a row find the service down.
        """
        if wrong := wrong_config(config):
            return failed(wrong)
        api = AirqinoApi(config, self._sleep, SOMEBODY_WAITS)
        stations = stations_of(config)
        failures = Failures("stations", down_after=CHECK_DOWN_AFTER)
        try:
            api.sign_in()
            for station in stations:
                if wrong := _check_station(api, station, failures):
                    return failed(wrong)
            if not failures.read:
                failures.tell()
        except AirbyteTracedException as refused:
            return failed(str(refused.message))
        told = f"{len(failures.read)} of {len(stations)} stations answer."
        return AirbyteConnectionStatus(status=Status.SUCCEEDED, message=told)


def _check_station(api: AirqinoApi, station: Station, failures: Failures) -> str | None:
    """What is wrong with the configuration of a station; one that does not answer is told of in ``failures``."""
    try:
        status = api.ask(f"getStationStatus/{station.station_id}", status_of) or {}
    except AirbyteTracedException as refused:
        failures.add(station.name, refused)
        return None
    failures.succeeded(station.name)
    name = status.get("station_name")
    if name and name != station.name:
        return f"AirQino calls station {station.station_id} {name}, the configuration calls it {station.name}."
    return None


def _stream(resource: Resource, asked: Asked, config: Mapping[str, Any]) -> Stream:
    if resource.series is None:
        return ListStream(resource, asked)
    every = advanced(config).get("reread_year_every_days")
    return SeriesStream(
        resource,
        asked,
        start_day=start_day(config, resource.stream),
        end_day=end_day(config),
        reread_every_days=DEFAULT_REREAD_DAYS if every is None else int(every),
    )


def _clock(config: Mapping[str, Any]) -> str:
    return str(advanced(config).get("timestamps") or CLOCKS[0])


def wrong_config(config: Mapping[str, Any]) -> str | None:
    """What is wrong with a configuration, as a sentence, or None."""
    return (
        _wrong_account(config)
        or wrong_stations(config)
        or wrong_names(
            config, "stream_start_dates", (r.stream for r in RESOURCES if r.series), "AirQino's with a history"
        )
        or wrong_days(config)
        or _wrong_clock(config)
    )


def _wrong_account(config: Mapping[str, Any]) -> str | None:
    """All three or none: with none the API is taken to be open."""
    missing = [name for name in ("username", "password", "client_id") if not config.get(name)]
    if len(missing) in (0, 3) or missing == ["username", "password"]:
        return None
    return f"{' and '.join(missing)} is missing: an account has username, password and client_id."


def _wrong_clock(config: Mapping[str, Any]) -> str | None:
    if _clock(config) not in CLOCKS:
        return f"timestamps is {_clock(config)}: write utc or local."
    return None


def main() -> None:
    """The console script ``source-airqino``."""
    launch(SourceAirqino())
