"""The stations that the user names, checked; their coordinates and clocks win over what the service says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

EARTH_RADIUS_KM = 6371.0
LIMITS = {"latitude": 90.0, "longitude": 180.0}


@dataclass(frozen=True)
class Station:
    """A station: the newer addresses of the API take its number, the older ones its name."""

    station_id: int
    name: str
    latitude: float
    longitude: float
    time_zone: str
    place: str = ""

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def kilometres_to(self, latitude: float, longitude: float) -> float:
        """Distance on the globe from where the user says that the station stands."""
        north, east = radians(latitude - self.latitude), radians(longitude - self.longitude)
        half = sin(north / 2) ** 2 + cos(radians(self.latitude)) * cos(radians(latitude)) * sin(east / 2) ** 2
        return 2 * EARTH_RADIUS_KM * asin(sqrt(half))


def stations_of(config: Mapping[str, Any]) -> list[Station]:
    """The stations of a configuration in which nothing is wrong."""
    return [
        Station(
            station_id=int(one["station_id"]),
            name=str(one["name"]).strip(),
            latitude=float(one["latitude"]),
            longitude=float(one["longitude"]),
            time_zone=str(one["time_zone"]),
            place=str(one.get("place") or ""),
        )
        for one in config["stations"]
    ]


def wrong_stations(config: Mapping[str, Any]) -> str | None:
    """What is wrong with the stations of a configuration, as a sentence, or None."""
    stations = config.get("stations")
    if not isinstance(stations, list) or not stations:
        return "stations is empty: name at least one, with station_id, name, latitude, longitude and time_zone."
    for number, one in enumerate(stations, 1):
        if not isinstance(one, Mapping):
            return f"stations: entry {number} is no station with station_id, name, latitude, longitude and time_zone."
        if wrong := _wrong_station(one, f"stations: {str(one.get('name') or '').strip() or f'entry {number}'}"):
            return wrong
    return _twice(stations)


def _wrong_station(one: Mapping[str, Any], who: str) -> str | None:
    if not str(one.get("name") or "").strip():
        return f"{who} has no name: write the one that AirQino uses, such as SMART188."
    if not str(one.get("station_id") or "").isdigit():
        return f"{who} has no station_id that is a whole number, such as 283164601."
    for part, limit in LIMITS.items():
        value = one.get(part)
        if value is None or isinstance(value, bool) or not isinstance(value, int | float):
            return f"{who} has no {part}: write it in degrees. What AirQino says of it is not reliable."
        if not -limit <= value <= limit:
            return f"{who} has {part} {value}, which is not between -{limit:.0f} and {limit:.0f} degrees."
    return _wrong_zone(one.get("time_zone"), who)


def _wrong_zone(zone: Any, who: str) -> str | None:
    try:
        ZoneInfo(str(zone or ""))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return f"{who} has time_zone '{zone or ''}', which is no IANA time zone: write one like Africa/Abidjan."
    return None


def _twice(stations: Sequence[Mapping[str, Any]]) -> str | None:
    for part in ("station_id", "name"):
        counts = Counter(str(one[part]).strip() for one in stations)
        if repeated := [value for value, count in counts.items() if count > 1]:
            return f"stations: {part} {', '.join(repeated)} is there more than once."
    return None
