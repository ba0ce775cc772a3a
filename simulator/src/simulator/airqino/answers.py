"""What AirQino says of a station: readings, hourly means, the last values. Labels are UTC without a zone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import numpy as np

from simulator import paris
from simulator.model import air, draws
from simulator.model.air import COUNTED, STATIONS, AirStation, Hours, Readings
from simulator.model.grid import Floats
from simulator.paris import DAY, HOUR, Ints
from simulator.world import World

DEFAULT_DAYS = 365
LONGEST_RANGE_DAYS = 30
SILENT_AFTER = 2 * HOUR
REWRITES = ((3, 1), (9, 1))
"""Month and day on which, at 06:00 UTC, everything measured before is recalibrated: what was negative becomes 0."""
SENT_TWICE = 0.0004  # share of readings that the service holds twice

UNITS = {
    "AUX1": "raw",
    "CO": "mg/m3",
    "CO2": "ppm",
    "NO2": "ug/m3",
    "O3": "ug/m3",
    "PM10": "ug/m3",
    "PM2.5": "ug/m3",
    "RH": "%",
    "T": "C",
    "T. int.": "raw",
    "VOC": "ug/m3",
}
NOT_EVERYWHERE = ("AUX1", "CO2", "VOC")
Row = dict[str, Any]


class BadRequest(Exception):
    """Answered as 400 with `error`."""


def readings(world: World, station: AirStation, begin: int, end: int, now: int) -> Readings:
    """What the service holds at `now` of the readings from `begin` to `end`."""
    truth = world.part(_build)[station.number]
    return air.readings(world.grid, truth, station, begin, min(end, now)).seen(now)


def _build(world: World) -> Mapping[int, air.Air]:
    return air.build(world.grid, world.france.weather)


def hourly(world: World, station: AirStation, asked: Mapping[str, str], now: int) -> Row:
    """`/v3/getStationHourlyAvg`: calibrated means, float32, the newest hour as far as it has come."""
    begin = _instant(asked["start_date"]) if asked.get("start_date") else now - DEFAULT_DAYS * DAY
    end = _instant(asked["end_date"]) if asked.get("end_date") else now
    # Whole hours: an hour is in the window with its begin.
    begin = -(-begin // HOUR) * HOUR
    means = air.hourly(readings(world, station, begin, max(begin, -(-end // HOUR) * HOUR), now))
    longitude = station.longitude if station.header_longitude is None else station.header_longitude
    header = {
        "station_name": station.name,
        "station_lat": float(np.float32(station.latitude)),
        "station_lon": float(np.float32(longitude)),
    }
    return {"header": header, "data": _rows("timestamp", means.at, calibrated(means, now))}


def calibrated(means: Hours, now: int) -> dict[str, Floats]:
    """Gases in their units; what is negative is 0 in hours before the last rewriting."""
    rewritten = means.at < last_rewriting(now)
    found = dict(means.values)
    for sensor, made in COUNTED.items():
        gas = made.gas(found[sensor])
        found[sensor] = np.where(rewritten, np.maximum(gas, 0), gas)
    return found


def last_rewriting(now: int) -> int:
    """The last instant, up to now, at which history was rewritten (UTC seconds)."""
    year = datetime.fromtimestamp(now, UTC).year
    days = [paris.day_number(date(one, *when)) for one in (year - 1, year) for when in REWRITES]
    return max(day * DAY + 6 * HOUR for day in days if day * DAY + 6 * HOUR <= now)


def raw(world: World, station: AirStation, first: str, last: str, now: int) -> Row:
    """`/getRange`: every reading of whole days, both included; gases are counts."""
    begin, end = (paris.day_number(_day(text)) for text in (first, last))
    if not 0 <= end - begin < LONGEST_RANGE_DAYS:
        raise BadRequest(f"the range must not exceed {LONGEST_RANGE_DAYS} days")
    read = readings(world, station, begin * DAY, (end + 1) * DAY, now)
    renamed = {{"T. int.": "Temp. int."}.get(name, name): column for name, column in read.values.items()}
    rows = _rows("utc_timestamp", read.at, renamed)
    twice = draws.uniform(world.grid.seed, f"{station.name} twice", read.number) < SENT_TWICE
    place = {"lat": station.latitude, "lon": station.longitude}
    return {
        "station": station.name,
        "raw_data": [
            {**row, **place} for row, again in zip(rows, twice.tolist(), strict=True) for _ in range(1 + again)
        ],
    }


def current(world: World, station: AirStation, now: int) -> Row:
    """`/getCurrentValues`: the last reading, calibrated; `{"values": []}` of a station that is silent."""
    last = _last(world, station, now, SILENT_AFTER)
    if last is None:
        return {"values": []}
    means = Hours(last.at[-1:], {name: column[-1:] for name, column in last.values.items()})
    (row,) = _rows("timestamp", means.at, calibrated(means, now))
    at = row.pop("timestamp")
    values = [{"sensor": name, "unit": UNITS[name], "value": value} for name, value in row.items()]
    return {"station_name": station.name, "timestamp": at, "values": values}


def status(world: World, station: AirStation, now: int) -> Row:
    """`/getStationStatus`: where the station says that it stands, and when it was last heard."""
    last = _last(world, station, now, 7 * DAY)
    return {
        "station_id": station.number,
        "station_name": station.name,
        "latitude": station.latitude,
        "longitude": station.longitude,
        "last_transmission_utc": None if last is None else _labels(last.at[-1:])[0],
    }


def _last(world: World, station: AirStation, now: int, back: int) -> Readings | None:
    """Readings of late, the last one at the end; None where there are none."""
    for reach in (HOUR, back):
        read = readings(world, station, now - reach, now, now)
        if read.at.size:
            return read
    return None


def sessions(project: str) -> list[Row]:
    """`/getSessionInfo`: the sensors of each station of a project."""
    return [
        {
            "station": station.name,
            "description": station.place,
            "session_id": station.number % 100000,
            "integrated_sensors": [{"type": name, "unit": UNITS[name]} for name in sensors(station)],
        }
        for station in STATIONS
        if station.project == project
    ]


def sensors(station: AirStation) -> list[str]:
    return [name for name in UNITS if name not in NOT_EVERYWHERE or name in station.more]


def pivot(world: World, station: AirStation, first: str, last: str, now: int) -> str:
    """`/getHourlyAvg?pivot=true`: CSV of raw counts; gaps are filled by straight lines, NO2 is given as O3 too."""
    begin, end = (paris.day_number(_day(text)) for text in (first, last))
    means = air.hourly(readings(world, station, begin * DAY, (end + 1) * DAY, now))
    names = ("CO", "NO2", "NO2", "PM10", "PM2.5", "RH", "T", "T. int.")
    head = "bucket_start_timestamp;CO;NO2;O3;PM10;PM2.5;RH;T;Temp. int.;latitude;longitude\n"
    if not means.at.size:
        return head
    every = np.arange(means.at[0], means.at[-1] + HOUR, HOUR)
    columns = [_filled(every, means.at, means.values[name]).tolist() for name in names]
    rows = zip(_labels(every), *columns, strict=True)
    place = f"{station.latitude};{station.longitude}"
    return head + "".join(f"{label};{';'.join(map(str, values))};{place}\n" for label, *values in rows)


def _filled(every: Ints, at: Ints, values: Floats) -> Floats:
    known = ~np.isnan(values)
    return np.interp(every, at[known], values[known]) if known.any() else np.full(every.size, 0.0)


def _rows(label: str, at: Ints, values: Mapping[str, Floats]) -> list[Row]:
    """A row an instant; the key of a sensor that said nothing is left out. Numbers are float32, printed in full."""
    columns = {name: list(column.astype(np.float32)) for name, column in values.items()}
    said = {name: (~np.isnan(column)).tolist() for name, column in values.items()}
    return [
        {label: text, **{name: columns[name][n] for name in columns if said[name][n]}}
        for n, text in enumerate(_labels(at))
    ]


def _labels(at: Ints) -> Sequence[str]:
    return [text.replace("T", " ") for text in np.datetime_as_string(at.astype("M8[s]")).tolist()]


def _instant(text: str) -> int:
    try:
        return int(datetime.strptime(text, "%Y%m%d-%H%M").replace(tzinfo=UTC).timestamp())
    except ValueError:
        raise BadRequest(f"'{text}' is no instant: yyyyMMdd-HHmm") from None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadRequest(f"'{text}' is no day: yyyy-MM-dd") from None
