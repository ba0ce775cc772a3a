"""The streams as a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import quote

from connector_kit import clock
from connector_kit.instants import utc_text
from connector_kit.pace import HOURLY, QUARTER_HOURLY
from connector_kit.streams import Field

from source_airqino import answers, records
from source_airqino.labels import Labels
from source_airqino.resource import Asked, Call, Item, Record, Resource, Series
from source_airqino.sensors import SENSORS
from source_airqino.station import Station

HEADER_DAYS = 7
"""Of how many days an hourly answer is asked for its header alone."""


def _text(name: str, description: str, nullable: bool = True) -> Field:
    return Field(name, "string", description, nullable)


def _degrees(who: str, what: str) -> Sequence[Field]:
    prefix = f"{who}_" if who else ""
    return [
        Field(f"{prefix}{part}", "number", f"{part.capitalize()} {what}.", unit="degrees")
        for part in ("latitude", "longitude")
    ]


STATION: Sequence[Field] = (
    Field("station_id", "integer", "AirQino's number of the station.", nullable=False),
    _text("station_name", "AirQino's name of the station.", nullable=False),
)
LABEL = _text("source_timestamp", "The label as AirQino writes it, without a zone.")
OTHER = _text("other", "What AirQino says besides that the connector has no column for, as name=value; in order.")
FLAGS = _text("flags", "What is odd, with commas between; '' where nothing is. The values stay as they came.", False)


def _distance(who: str) -> Field:
    return Field(f"{who}_distance_km", "number", "How far that is from the configured place.", unit="km")


# Addresses


def _quoted(name: str) -> str:
    """A name as a part of a path, whatever it holds."""
    return quote(name, safe="")


def _hourly_call(station: Station, start: datetime, end: datetime) -> Call:
    written = {name: f"{at:%Y%m%d-%H%M}" for name, at in (("start_date", start), ("end_date", end))}
    return f"v3/getStationHourlyAvg/{station.station_id}", written


def _range_call(station: Station, start: datetime, end: datetime) -> Call:
    """Whole days. Whether the last one is included nobody knows: it is asked for, and too much is left out."""
    last = (end - timedelta(seconds=1)).date() + timedelta(days=1)
    return f"getRange/{_quoted(station.name)}/{start.date()}/{last}", {}


# Lists


def _by_station(read: Callable[[Asked, Station], list[Record]]) -> Callable[[Asked], list[Item]]:
    """A list whose items are those of each station."""
    return lambda asked: [Item(station.name, partial(read, asked, station)) for station in asked.stations]


def _station(asked: Asked, station: Station) -> list[Record]:
    status = asked.api.ask(f"getStationStatus/{station.station_id}", answers.status_of)
    now = Labels(asked.clock, station.zone).shown(clock.now())
    path, params = _hourly_call(station, now - timedelta(days=HEADER_DAYS), now)
    header = asked.api.ask(path, answers.header_of, params)
    return [{**records.station_record(station, status or {}, header or {}), "read_at": utc_text(clock.now())}]


def _current_values(asked: Asked, station: Station) -> list[Record]:
    return records.current_records(station, _current(asked, station), Labels(asked.clock, station.zone))


def _current(asked: Asked, station: Station) -> Mapping[str, Any]:
    return asked.api.ask(f"getCurrentValues/{_quoted(station.name)}", answers.current_of) or {"values": []}


def _sensors(asked: Asked) -> list[Item]:
    """From the projects where there are any in the configuration, else from the values of each station."""
    if asked.projects:
        return [Item(project, partial(_sensors_of_project, asked, project)) for project in asked.projects]
    return _by_station(_sensors_that_speak)(asked)


def _sensors_of_project(asked: Asked, project: str) -> list[Record]:
    answer = asked.api.ask(f"getSessionInfo/{_quoted(project)}", answers.sessions_of) or []
    return records.session_records(answer, {station.name: station for station in asked.stations})


def _sensors_that_speak(asked: Asked, station: Station) -> list[Record]:
    return records.sensor_records(station, _current(asked, station))


RESOURCES: Sequence[Resource] = (
    Resource(
        stream="stations",
        path="getStationStatus, v3/getStationHourlyAvg",
        about="The configured stations, and what AirQino says of them. Its own coordinates are wrong at times.",
        fields=(
            *STATION,
            _text("place", "Where the station stands, in the user's words."),
            *_degrees("", "of the station, as configured; this one counts"),
            _text("time_zone", "Time zone of the station, as configured.", nullable=False),
            _text("status_name", "Name of the station in its status."),
            *_degrees("status", "in the status of the station"),
            _distance("status"),
            _text("header_name", "Name of the station in the header of its hourly averages."),
            *_degrees("header", "in the header of its hourly averages, known to be wrong"),
            _distance("header"),
            Field(
                "coordinates_differ", "boolean", "Whether one of the two is over a kilometre from the configured place."
            ),
            Field("last_transmission_at", "instant", "When the station was last heard, UTC."),
            Field("read_at", "instant", "When this was read, UTC.", nullable=False),
        ),
        key=("station_id",),
        evidence="client",
        listed=_by_station(_station),
    ),
    Resource(
        stream="sensors",
        path="getSessionInfo, getCurrentValues",
        about="Sensors and units of each station; without a configured project those that speak at the moment.",
        fields=(
            _text("station_name", "AirQino's name of the station.", nullable=False),
            _text("session_id", "Session of measurements to which the sensor belongs; '' where it is not told.", False),
            _text("sensor", "AirQino's name of the sensor.", nullable=False),
            Field("station_id", "integer", "AirQino's number of the station; none for one that is not configured."),
            _text("column_name", "Column of the other streams that holds its values."),
            _text("unit", "Unit in AirQino's words."),
            _text("description", "AirQino's description of the session."),
            _text("origin", "session_info or current_values: where this was read.", nullable=False),
        ),
        key=("station_name", "session_id", "sensor"),
        evidence="client",
        listed=_sensors,
    ),
    Resource(
        stream="current_values",
        path="getCurrentValues",
        about="The last value of each sensor. A station that is silent has none.",
        fields=(
            *STATION,
            _text("sensor", "AirQino's name of the sensor.", nullable=False),
            Field("measured_at", "instant", "When it was measured, UTC.", nullable=False),
            _text("measured_at_local", "The same on the clock of the station, with its offset.", nullable=False),
            Field("value", "number", "The value.", unit="that of the column unit"),
            _text("unit", "Unit in AirQino's words."),
            FLAGS,
        ),
        key=("station_id", "sensor"),
        evidence="client",
        listed=_by_station(_current_values),
    ),
    Resource(
        stream="hourly_averages",
        path="v3/getStationHourlyAvg",
        about="Calibrated means by hour. Hours and sensors that AirQino leaves out are absent and null, never filled.",
        fields=(
            *STATION,
            Field("start_date", "instant", "Begin of the hour, UTC.", nullable=False),
            _text(
                "start_date_local", "Begin of the hour on the clock of the station, with its offset.", nullable=False
            ),
            LABEL,
            *(sensor.average() for sensor in SENSORS),
            OTHER,
            FLAGS,
        ),
        key=("station_id", "start_date"),
        evidence="production",
        cursor="start_date",
        series=Series(
            call=_hourly_call,
            rows="data",
            label="timestamp",
            records=records.hourly_records,
            longest_days=30,
            look_back_days=7,
            read_every=HOURLY,
            earlier=records.CONTEXT,
            reread=True,
        ),
    ),
    Resource(
        stream="raw_readings",
        path="getRange",
        about="Every reading, about one in two minutes. Gases are counts: for concentrations take hourly_averages.",
        fields=(
            *STATION,
            Field("measured_at", "instant", "When it was measured, UTC.", nullable=False),
            Field("rank", "integer", "Which of several readings of one second, from 1.", nullable=False),
            _text("measured_at_local", "The same on the clock of the station, with its offset.", nullable=False),
            LABEL,
            *(sensor.reading() for sensor in SENSORS),
            *_degrees("", "that the station sent with the reading"),
            OTHER,
            FLAGS,
        ),
        key=("station_id", "measured_at", "rank"),
        evidence="client",
        cursor="measured_at",
        series=Series(
            call=_range_call,
            rows="raw_data",
            label="utc_timestamp",
            records=records.reading_records,
            # 30 are allowed; two are left for days that are asked for besides.
            longest_days=28,
            look_back_days=2,
            read_every=QUARTER_HOURLY,
            back=timedelta(minutes=30),
        ),
    ),
)
