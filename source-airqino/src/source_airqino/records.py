"""Answers to flat records. Values stay as they are; what is odd about them is said in ``flags``."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from connector_kit.instants import utc_text

from source_airqino.answers import Row
from source_airqino.labels import Labels, Moment
from source_airqino.sensors import BY_NAME, SENSORS, Sensor, range_flag
from source_airqino.station import Station

HOUR = timedelta(hours=1)
STUCK_HOURS = 6
"""So many hours with one and the same value are a sensor that has stopped; the flag begins with the last of them."""
CONTEXT = STUCK_HOURS * HOUR
"""How much earlier than a window must be asked for, so that its flags don't hang on where it begins."""
NO_DIFFERENCE_KM = 1.0

NOT_SENSORS = frozenset({"timestamp", "utc_timestamp", "lat", "lon"})
Record = dict[str, Any]
NOTHING: Mapping[str, None] = dict.fromkeys(sensor.column for sensor in SENSORS)


@dataclass(frozen=True)
class Span:
    """From ``start`` (included) to ``end`` (excluded), UTC."""

    start: datetime
    end: datetime

    def holds(self, at: datetime) -> bool:
        return self.start <= at < self.end


@dataclass
class Values:
    """A row's values by column, those of keys that nobody knows as text, and what is odd."""

    by_column: Record = field(default_factory=dict)
    other: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)

    def columns(self) -> Record:
        """The columns of a record."""
        other = "; ".join(sorted(self.other)) or None
        return {**NOTHING, **self.by_column, "other": other, "flags": ", ".join(self.flags)}


def number_of(value: Any) -> float | None:
    """The number that a value is, also as text; None for what is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def values_of(row: Row, *, counts: bool) -> Values:
    """The values of a row; ``counts``: whether its gases are counts, to which no range applies."""
    found = Values()
    for name, value in row.items():
        sensor = BY_NAME.get(name)
        if sensor and type(value) is float and sensor.lowest <= value <= sensor.highest:
            found.by_column[sensor.column] = value  # nearly all of them
            continue
        if name in NOT_SENSORS or value is None:
            continue
        number = number_of(value)
        if sensor is None or number is None:
            found.other.append(f"{name}={value}")
            if sensor:
                found.flags.append(f"unreadable:{sensor.column}")
            continue
        found.by_column[sensor.column] = number
        if not (counts and sensor.gas) and (flag := range_flag(sensor, number)):
            found.flags.append(flag)
    return found


def _whose(station: Station) -> Record:
    return {"station_id": station.station_id, "station_name": station.name}


def _local(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).isoformat()


# Hourly averages


def hourly_records(
    station: Station, rows: Sequence[Row], labels: Labels, span: Span, asked_at: datetime
) -> list[Record]:
    """A record an hour that begins within ``span``; rows of ``CONTEXT`` before it tell what has stopped.

    Of two rows of one hour the later one stays. Raises ValueError where a label is no time.
    """
    moments = list(labels.moments(row["timestamp"] for row in rows))
    times = Counter(moment.at for moment in moments)
    by_hour = {moment.at: (moment, row) for moment, row in zip(moments, rows, strict=True)}
    hours = sorted(by_hour)
    zone = station.zone
    records = []
    for at, stuck in zip(hours, _stuck(hours, [by_hour[at][1] for at in hours]), strict=True):
        if not span.holds(at):
            continue
        moment, row = by_hour[at]
        values = values_of(row, counts=False)
        values.flags = [
            *_hour_flags(moment, times[at], asked_at),
            *values.flags,
            *_clamped(values.by_column),
            *(f"stuck:{column}" for column in stuck),
        ]
        head = {"start_date": utc_text(at), "start_date_local": _local(at, zone), "source_timestamp": row["timestamp"]}
        records.append({**_whose(station), **head, **values.columns()})
    return records


def _hour_flags(moment: Moment, times: int, asked_at: datetime) -> Iterator[str]:
    if moment.at + HOUR > asked_at:
        yield "partial"
    if times > 1:
        yield "duplicate"
    if not moment.possible:
        yield "impossible_label"


def _clamped(values: Mapping[str, Any]) -> Iterator[str]:
    """Gases that are exactly 0: the service writes it where its calibration gives less than nothing."""
    return (f"clamped:{sensor.column}" for sensor in SENSORS if sensor.gas and values.get(sensor.column) == 0)


def _stuck(hours: Sequence[datetime], rows: Sequence[Row]) -> Iterator[list[str]]:
    """For each hour, the columns that have had one value in it and the hours before, ``STUCK_HOURS`` in all."""
    runs: dict[str, tuple[Any, int]] = {}
    before: datetime | None = None
    for at, row in zip(hours, rows, strict=True):
        if before is None or at - before != HOUR:
            runs = {}
        runs = {
            name: (value, runs[name][1] + 1 if name in runs and runs[name][0] == value else 1)
            for name, value in row.items()
            if name in BY_NAME and value is not None and not (BY_NAME[name].gas and value == 0)
        }
        before = at
        yield [BY_NAME[name].column for name, (_, length) in runs.items() if length >= STUCK_HOURS]


# Readings


def reading_records(
    station: Station, rows: Sequence[Row], labels: Labels, span: Span, asked_at: datetime
) -> list[Record]:
    """A record a reading within ``span``; those of one second are told apart by their rank in the answer.

    Raises ValueError where a label is no time.
    """
    zone = station.zone
    ranks: Counter[datetime] = Counter()
    records = []
    for moment, row in zip(labels.moments(row["utc_timestamp"] for row in rows), rows, strict=True):
        if not span.holds(moment.at):
            continue
        ranks[moment.at] += 1
        values = values_of(row, counts=True)
        if ranks[moment.at] > 1:
            values.flags.insert(0, "duplicate")
        if not moment.possible:
            values.flags.insert(0, "impossible_label")
        head = {
            "measured_at": utc_text(moment.at),
            "rank": ranks[moment.at],
            "measured_at_local": _local(moment.at, zone),
            "source_timestamp": row["utc_timestamp"],
        }
        place = {"latitude": number_of(row.get("lat")), "longitude": number_of(row.get("lon"))}
        records.append({**_whose(station), **head, **place, **values.columns()})
    return records


# Lists


def station_record(station: Station, status: Row, header: Row) -> Record:
    """What the user and the two places where the service speaks of a station say of it."""
    says = {
        "status": (status.get("latitude"), status.get("longitude")),
        "header": (header.get("station_lat"), header.get("station_lon")),
    }
    record: Record = {
        **_whose(station),
        "place": station.place or None,
        "latitude": station.latitude,
        "longitude": station.longitude,
        "time_zone": station.time_zone,
        "status_name": status.get("station_name"),
        "header_name": header.get("station_name"),
        "last_transmission_at": _utc_label(status.get("last_transmission_utc")),
    }
    distances = []
    for who, (latitude, longitude) in says.items():
        there = number_of(latitude), number_of(longitude)
        record[f"{who}_latitude"], record[f"{who}_longitude"] = there
        distance = None if None in there else station.kilometres_to(*there)  # type: ignore[arg-type]
        record[f"{who}_distance_km"] = None if distance is None else round(distance, 3)
        distances.append(distance)
    record["coordinates_differ"] = any(distance is not None and distance > NO_DIFFERENCE_KM for distance in distances)
    return record


def _utc_label(text: Any) -> str | None:
    """A label that is UTC by its name; None where it is no time."""
    if not isinstance(text, str):
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return utc_text(at) if at.tzinfo else f"{at.isoformat()}Z"


def current_records(station: Station, answer: Row, labels: Labels) -> list[Record]:
    """A record a sensor. Raises ValueError where the label is no time."""
    if not answer["values"]:
        return []
    (moment,) = labels.moments([answer["timestamp"]])
    head = {"measured_at": utc_text(moment.at), "measured_at_local": _local(moment.at, station.zone)}
    by_sensor = {str(one["sensor"]): one for one in answer["values"]}
    return [
        {
            **_whose(station),
            "sensor": name,
            **head,
            "value": number_of(one.get("value")),
            "unit": one.get("unit"),
            "flags": _current_flag(BY_NAME.get(name), one),
        }
        for name, one in by_sensor.items()
    ]


def _current_flag(sensor: Sensor | None, one: Row) -> str:
    """Ranges apply where the value is a concentration: a gas may come as counts, which its unit does not tell."""
    number = number_of(one.get("value"))
    if number is None:
        return "unreadable" if one.get("value") is not None else ""
    return range_flag(sensor, number) if sensor and not sensor.gas else ""


def session_records(answer: Iterable[Row], stations: Mapping[str, Station]) -> list[Record]:
    """A record a sensor of each station of a project."""
    records = []
    for one in answer:
        session = one.get("session_id", one.get("sessiond_id", one.get("session id")))
        for sensor in one["integrated_sensors"]:
            records.append(
                _sensor_record(
                    str(one["station"]), sensor["type"], sensor.get("unit"), stations, session, one.get("description")
                )
            )
    return list({(r["station_name"], r["session_id"], r["sensor"]): r for r in records}.values())


def sensor_records(station: Station, answer: Row) -> list[Record]:
    """The same from the current values, where no project is known: only sensors that speak at the moment."""
    known = {station.name: station}
    return [
        _sensor_record(station.name, one["sensor"], one.get("unit"), known, origin="current_values")
        for one in {str(one["sensor"]): one for one in answer["values"]}.values()
    ]


def _sensor_record(
    name: str,
    sensor: Any,
    unit: Any,
    stations: Mapping[str, Station],
    session: Any = None,
    description: Any = None,
    origin: str = "session_info",
) -> Record:
    known, column = stations.get(name), BY_NAME.get(str(sensor))
    return {
        "station_name": name,
        "session_id": "" if session is None else str(session),
        "sensor": str(sensor),
        "station_id": known.station_id if known else None,
        "column_name": column.column if column else None,
        "unit": None if unit is None else str(unit),
        "description": None if description is None else str(description),
        "origin": origin,
    }
