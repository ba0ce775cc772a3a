"""Whole reads of each stream from the simulator, against numbers computed from its raw answers and from its model."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from math import fsum
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests
from air_reads import ABIDJAN, PARIS, settings, sync, tabled
from reading import LOGGER, Reading, pinned
from simulator.model.air import BY_NUMBER, STATIONS
from simulator.testing import SimulatorUrl, running_simulator
from source_airqino import SourceAirqino
from source_airqino.sensors import BY_NAME, SENSORS

NOW = "2026-11-21T12:34:00Z"
GRENOBLE = {**PARIS, "station_id": 999000906, "name": "SMART906", "latitude": 45.1885, "longitude": 5.7245}
ALL = [
    {
        "station_id": station.number,
        "name": station.name,
        "latitude": station.latitude,
        "longitude": station.longitude,
        "time_zone": "Africa/Abidjan" if station.tropical else "Europe/Paris",
    }
    for station in STATIONS
]


@pytest.fixture(scope="module")
def url() -> Iterator[SimulatorUrl]:
    """Open, as AirQino was; only read from."""
    with running_simulator(now=NOW) as running:
        yield running


@pytest.fixture(autouse=True)
def at_noon() -> Iterator[None]:
    with pinned(NOW):
        yield


def get(url: str, path: str, **params: str) -> Any:
    answer = requests.get(f"{url}/airqino/{path}", params, timeout=30)
    assert answer.status_code == 200, answer.text
    return answer.json()


def read(
    url: str, stream: str, *stations: Any, start_date: str = "2026-11-20", state: Any = None, **options: Any
) -> Reading:
    reading = sync(settings(f"{url}/airqino", *stations, start_date=start_date, **options), stream, state=state)
    assert reading.failure is None
    return reading


def test_hourly_averages_are_those_of_the_service(url: SimulatorUrl) -> None:
    records = read(url, "hourly_averages", PARIS, ABIDJAN, start_date="2026-08-01").records("hourly_averages")
    for station in (PARIS, ABIDJAN):
        path = f"v3/getStationHourlyAvg/{station['station_id']}"
        told = get(url, path, start_date="20260801-0000", end_date="20261121-2300")["data"]
        kept = [record for record in records if record["station_id"] == station["station_id"]]
        assert [record["source_timestamp"] for record in kept] == [row["timestamp"] for row in told]
        for name in ("CO", "T", "T. int.", "NO2", "O3", "PM10", "PM2.5", "RH", "CO2"):
            column = BY_NAME[name].column
            assert fsum(r[column] for r in kept if r[column] is not None) == fsum(
                row[name] for row in told if name in row
            )
            assert [r[column] is None for r in kept] == [name not in row for row in told]
        assert [record["flags"] for record in kept if "partial" in record["flags"]] == [kept[-1]["flags"]]
        assert len(kept) < 24 * 113, "hours are missing"


def test_readings_make_the_averages(url: SimulatorUrl) -> None:
    """What the service averages is what it gives as readings; its gaps are in both."""
    averages = tabled(read(url, "hourly_averages", PARIS))
    by_hour: defaultdict[str, list[Any]] = defaultdict(list)
    for record in read(url, "raw_readings", PARIS).records("raw_readings"):
        if record["rank"] == 1:
            by_hour[f"{record['measured_at'][:13]}:00:00Z"].append(record)
    assert {(PARIS["station_id"], hour) for hour in by_hour} == set(averages)
    for hour, readings in by_hour.items():
        average = averages[PARIS["station_id"], hour]
        for column in ("pm2_5", "pm10", "co2", "t"):
            values = [reading[column] for reading in readings if reading[column] is not None]
            assert average[column] == pytest.approx(sum(values) / len(values), rel=1e-6)


def test_every_station_has_what_the_model_gives_it(url: SimulatorUrl) -> None:
    records = read(url, "current_values", *ALL).records("current_values")
    counts = Counter(record["station_id"] for record in records)
    silent = {station.number for station in STATIONS} - set(counts)
    assert len(silent) <= 2
    assert {number: count for number, count in counts.items() if count != 8 + len(BY_NUMBER[number].more)} == {}


def test_stations_and_sensors_are_those_of_the_model(url: SimulatorUrl) -> None:
    stations = read(url, "stations", *ALL).records("stations")
    assert {r["station_id"] for r in stations} == set(BY_NUMBER)
    wrong = {r["station_id"] for r in stations if r["coordinates_differ"]}
    assert wrong == {station.number for station in STATIONS if station.header_longitude is not None}
    assert len(wrong) == 2
    assert {r["station_id"] for r in stations if r["header_distance_km"] > 400} == wrong
    assert {r["status_distance_km"] for r in stations} == {0.0}
    sensors = read(url, "sensors", *ALL, project="AQ54, AQ90").records("sensors")
    assert len(sensors) == 8 * 8 + sum(len(station.more) for station in STATIONS)
    assert {r["column_name"] for r in sensors} == {sensor.column for sensor in SENSORS} | {None}


def test_a_sensor_that_nobody_knows_is_not_lost(url: SimulatorUrl) -> None:
    lille = {**PARIS, "station_id": 999000904, "name": "SMART904"}
    for stream in ("hourly_averages", "raw_readings"):
        records = read(url, stream, lille, PARIS).records(stream)
        told = {record["station_name"] for record in records if (record["other"] or "").startswith("AUX1=")}
        assert told == {"SMART904"}
        assert {record["station_name"] for record in records if record["voc"] is not None} == {"SMART901"}


@pytest.mark.parametrize(("day", "hours_in_paris"), [("2025-10-26", 25), ("2026-03-29", 23)])
@pytest.mark.parametrize("station", [GRENOBLE, ABIDJAN], ids=lambda station: station["name"])
def test_a_local_day_has_its_hours_less_those_without_a_reading(
    url: SimulatorUrl, station: Mapping[str, Any], day: str, hours_in_paris: int
) -> None:
    zone = ZoneInfo(station["time_zone"])
    begin = datetime.fromisoformat(day).replace(tzinfo=zone).astimezone(UTC)
    expected = [begin + timedelta(hours=n) for n in range(24 if station is ABIDJAN else hours_in_paris)]
    assert [at.astimezone(zone).date().isoformat() for at in expected] == [day] * len(expected)
    first, last = (f"{at:%Y-%m-%d}" for at in (begin, expected[-1]))
    raw = get(url, f"getRange/{station['name']}/{first}/{last}")["raw_data"]
    measured = {row["utc_timestamp"][:13] for row in raw}
    reading = read(url, "hourly_averages", station, start_date=first, advanced={"end_date": last})
    of_day = [r["start_date"] for r in reading.records("hourly_averages") if r["start_date_local"][:10] == day]
    assert of_day == [f"{at:%Y-%m-%dT%H:%M:%SZ}" for at in expected if f"{at:%Y-%m-%d %H}" in measured]
    assert len(of_day) > 20


def test_history_that_is_rewritten_is_found(start_simulator: Any) -> None:
    before, after = "2026-08-31T12:30:00Z", "2026-09-30T13:30:00Z"
    moving = start_simulator(now=before)
    with pinned(before):
        first = read(moving, "hourly_averages", ABIDJAN, start_date="2026-08-01")
    moving.move_to(after)
    with pinned(after):
        second = read(moving, "hourly_averages", ABIDJAN, start_date="2026-08-01", state=first.states)
    restated = "2026-09-01T06"
    old, new = tabled(first), tabled(first, second)
    negative = {key for key, row in old.items() if row["co"] is not None and row["co"] < 0}
    assert len(negative) > 100
    assert {new[key]["co"] for key in negative if key[1] < restated} == {0.0}
    assert all("clamped:co" in new[key]["flags"] for key in negative if key[1] < restated)
    unchanged = ("t", "rh", "pm2_5", "pm10", "no2", "t_int")
    kept = [key for key in old if "partial" not in old[key]["flags"]]
    assert [key for key in kept if any(old[key][c] != new[key][c] for c in unchanged)] == []


def test_an_hour_later_the_partial_hour_is_whole_and_all_is_as_if_read_at_once(start_simulator: Any) -> None:
    moving = start_simulator(now=NOW)
    first = read(moving, "hourly_averages", PARIS, start_date="2026-11-10")
    later = "2026-11-21T13:34:00Z"
    moving.move_to(later)
    with pinned(later):
        second = read(moving, "hourly_averages", PARIS, start_date="2026-11-10", state=first.states)
        at_once = read(moving, "hourly_averages", PARIS, start_date="2026-11-10")
    assert tabled(first, second) == tabled(at_once)
    partial = (PARIS["station_id"], "2026-11-21T12:00:00Z")
    assert "partial" in tabled(first)[partial]["flags"]
    assert "partial" not in tabled(first, second)[partial]["flags"]


def test_check_counts_the_stations(url: SimulatorUrl) -> None:
    outcome = SourceAirqino().check(LOGGER, settings(f"{url}/airqino", *ALL, start_date="2026-11-01"))
    assert outcome.message == "8 of 8 stations answer."
