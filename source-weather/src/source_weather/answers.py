"""Open-Meteo's answers, arrays of columns per place, as flat records. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from airbyte_cdk.models import FailureType
from airbyte_cdk.utils import AirbyteTracedException
from connector_kit.instants import utc_text

from source_weather.points import Point

EXPECTED_UNITS = {
    "temperature_2m": "°C",
    "wind_speed_10m": "m/s",
    "wind_speed_100m": "m/s",
    "shortwave_radiation": "W/m²",
    "cloud_cover": "%",
    "precipitation": "mm",
    "snowfall": "cm",
}


def records_of(answer: Any, points: Sequence[Point], variables: Sequence[str], fetched_at: str) -> list[dict[str, Any]]:
    """A record for each place and hour.

    Places are known by their order: the coordinates answered are those of the grid cell, and the first place has no id.
    Raises AirbyteTracedException where the answer has another shape or another unit than asked for.
    """
    places = answer if isinstance(answer, list) else [answer]
    if len(places) != len(points):
        raise _unexpected(f"{len(places)} places instead of {len(points)}")
    records: list[dict[str, Any]] = []
    for point, place in zip(points, places, strict=True):
        try:
            records += _records_of_place(point, place, variables, fetched_at)
        except (KeyError, TypeError, AttributeError) as problem:
            raise _unexpected(f"{type(problem).__name__} {problem} at {point.point_id}") from problem
    return records


def _records_of_place(
    point: Point, place: Mapping[str, Any], variables: Sequence[str], fetched_at: str
) -> list[dict[str, Any]]:
    hourly, units = place["hourly"], place["hourly_units"]
    labels = hourly["time"]
    for variable in variables:
        if len(hourly[variable]) != len(labels):
            raise _unexpected(f"{len(hourly[variable])} values of {variable} for {len(labels)} hours")
        # "undefined" is what the service writes where a model lacks the variable: all its values are null.
        if units[variable] not in (EXPECTED_UNITS[variable], "undefined"):
            raise _unexpected(f"{variable} in {units[variable]}, not {EXPECTED_UNITS[variable]}")
    offset = place["utc_offset_seconds"]
    head = {"point_id": point.point_id, "region_code": point.region_code, "region_weight": point.region_weight}
    columns = [hourly[variable] for variable in variables]
    return [
        {**head, "time": _instant(label, offset), **dict(zip(variables, values, strict=True)), "fetched_at": fetched_at}
        for label, *values in zip(labels, *columns, strict=True)
    ]


@lru_cache(maxsize=1 << 17)
def _instant(label: str, utc_offset_seconds: int) -> str:
    """A label has no offset of its own: the answer's one fixed offset makes it an instant."""
    return utc_text(datetime.fromisoformat(label).replace(tzinfo=UTC) - timedelta(seconds=utc_offset_seconds))


def _unexpected(what: str) -> AirbyteTracedException:
    return AirbyteTracedException(
        message=f"Open-Meteo: the answer has not the expected shape ({what}). "
        "The service may have changed it: look for a newer connector.",
        internal_message=what,
        failure_type=FailureType.system_error,
    )
