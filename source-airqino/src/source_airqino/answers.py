"""What is in an answer: its rows, or the sentence that it is not of a shape the connector knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]


class UnknownShape(ValueError):
    """The answer is JSON, but not what the API is known to say."""


def series_of(answer: Any, rows: str, label: str) -> Sequence[Row]:
    """The rows under ``rows``, each with a text under ``label``; none where the station is silent.

    ``{"values": []}`` is how some addresses say that there is nothing. Raises UnknownShape.
    """
    body = mapping_of(answer)
    if rows not in body and body.get("values") == []:
        return []
    found = body.get(rows, UnknownShape)
    if found is None:
        return []
    if not isinstance(found, list):
        raise UnknownShape(_keys(body, f"no list '{rows}'"))
    for row in found:
        if not isinstance(row, Mapping) or not isinstance(row.get(label), str):
            raise UnknownShape(f"a row without a time '{label}'")
    return found


def mapping_of(answer: Any) -> Row:
    """An answer that must be an object. Raises UnknownShape."""
    if not isinstance(answer, Mapping):
        raise UnknownShape(f"{type(answer).__name__}, not an object")
    return answer


def status_of(answer: Any) -> Row:
    """The answer of getStationStatus. Raises UnknownShape where it does not name the station."""
    body = mapping_of(answer)
    if "station_name" not in body and "station_id" not in body:
        raise UnknownShape(_keys(body, "no station"))
    return body


def header_of(answer: Any) -> Row:
    """The header of an hourly answer; empty where there is none."""
    header = mapping_of(answer).get("header")
    return header if isinstance(header, Mapping) else {}


def current_of(answer: Any) -> Row:
    """The answer of getCurrentValues. Raises UnknownShape where its values are no list of sensors."""
    body = mapping_of(answer)
    values = body.get("values")
    if not isinstance(values, list) or not all(isinstance(one, Mapping) and one.get("sensor") for one in values):
        raise UnknownShape(_keys(body, "no list 'values' of sensors"))
    if values and not isinstance(body.get("timestamp"), str):
        raise UnknownShape(_keys(body, "values without a 'timestamp'"))
    return body


def sessions_of(answer: Any) -> Sequence[Row]:
    """The answer of getSessionInfo. Raises UnknownShape where it is no list of stations with their sensors."""
    if not isinstance(answer, list):
        raise UnknownShape(f"{type(answer).__name__}, not a list")
    for one in answer:
        sensors = one.get("integrated_sensors") if isinstance(one, Mapping) else None
        if not isinstance(sensors, list) or not one.get("station"):
            raise UnknownShape("an entry without 'station' and 'integrated_sensors'")
        if not all(isinstance(sensor, Mapping) and sensor.get("type") for sensor in sensors):
            raise UnknownShape("a sensor without 'type'")
    return answer


def _keys(body: Row, lacks: str) -> str:
    return f"{lacks}, but {', '.join(sorted(map(str, body))) or 'nothing'}"
