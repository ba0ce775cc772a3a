"""The rules of AirQino, and an air that follows the weather and the traffic."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
import requests
from simulator.airqino import answers
from simulator.airqino.accounts import Accounts
from simulator.cli import from_environment
from simulator.clock import Clock
from simulator.model import air
from simulator.model.air import BY_NAME, BY_NUMBER, STATIONS, Air
from simulator.model.calendar import rest_days
from simulator.model.grid import Floats
from simulator.model.points import POINTS
from simulator.testing import SimulatorUrl, running_simulator
from simulator.world import World, world_at

from simulator import paris

NOW = "2026-11-21T12:34:00Z"
SMART188, SMART901 = 283164601, 999000901
TOKENS = "realms/airqino/protocol/openid-connect/token"
FORM = {"grant_type": "password", "client_id": "any", "username": "someone", "password": "a word"}


def ask(url: str, path: str, token: str = "", **params: str) -> requests.Response:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return requests.get(f"{url}/airqino/{path}", params, headers=headers, timeout=30)


def body(url: str, path: str, **params: str) -> Any:
    answer = ask(url, path, **params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def hourly(url: str, number: int, first: str, last: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = body(url, f"v3/getStationHourlyAvg/{number}", start_date=first, end_date=last)["data"]
    return rows


@pytest.fixture(scope="module")
def url() -> Iterator[SimulatorUrl]:
    """Open; for tests that only read."""
    with running_simulator(now=NOW) as running:
        yield running


@pytest.fixture(scope="module")
def world() -> World:
    return world_at(1, Clock(NOW).now())


@pytest.fixture(scope="module")
def airs(world: World) -> Mapping[int, Air]:
    return air.build(world.grid, world.france.weather)


# Addresses


def test_hourly_averages_have_a_header_and_keys_with_dots(url: SimulatorUrl) -> None:
    answer = body(url, f"v3/getStationHourlyAvg/{SMART188}", start_date="20261101-0000", end_date="20261103-0000")
    assert answer["header"] == {
        "station_name": "SMART188",
        "station_lat": float(np.float32(5.3357)),
        "station_lon": 0.05000000074505806,
    }
    first = answer["data"][0]
    assert first["timestamp"] == "2026-11-01 00:00:00"
    assert {"CO", "NO2", "O3", "PM10", "PM2.5", "RH", "T", "T. int."} >= set(first) - {"timestamp"}
    labels = [row["timestamp"] for row in answer["data"]]
    assert labels == sorted(set(labels))
    assert labels[-1] < "2026-11-03"


def test_numbers_are_those_of_four_bytes_in_full(url: SimulatorUrl) -> None:
    rows = hourly(url, SMART901, "20261101-0000", "20261110-0000")
    values = [value for row in rows for name, value in row.items() if name != "timestamp"]
    assert all(str(np.float32(value)) == str(value) for value in values)


def test_without_dates_it_is_the_last_year(url: SimulatorUrl) -> None:
    rows = body(url, f"v3/getStationHourlyAvg/{SMART188}")["data"]
    assert rows[0]["timestamp"][:10] == "2025-11-21"
    assert rows[-1]["timestamp"] == "2026-11-21 12:00:00"
    assert 8000 < len(rows) < 8760, "some hours are missing"
    assert any("RH" not in row for row in rows), "sensors are left out"
    assert all(row.get("CO") is not None for row in rows)


def test_the_averages_are_those_of_the_readings(url: SimulatorUrl) -> None:
    raw = body(url, "getRange/SMART901/2026-11-15/2026-11-15")["raw_data"]
    single = {row["utc_timestamp"]: row for row in raw}
    assert body(url, "getSingleDay/SMART901/2026-11-15")["raw_data"] == raw
    assert len(single) <= 720
    for row in hourly(url, SMART901, "20261115-0000", "20261116-0000"):
        of_hour = [one for label, one in single.items() if label[:13] == row["timestamp"][:13]]
        for sensor in ("PM2.5", "PM10", "CO2", "T"):
            assert row[sensor] == pytest.approx(np.mean([one[sensor] for one in of_hour]), rel=1e-6)
        counts = np.mean([one["NO2"] for one in of_hour])
        assert row["NO2"] == pytest.approx((counts - 300) / 12, rel=1e-5)
    assert {"lat", "lon", "Temp. int."} <= set(raw[0])


def test_some_readings_come_twice(url: SimulatorUrl) -> None:
    raw = body(url, "getRange/SMART902/2026-10-01/2026-10-30")["raw_data"]
    labels = [row["utc_timestamp"] for row in raw]
    assert 0 < len(labels) - len(set(labels)) < 40
    assert labels == sorted(labels)


def test_the_newest_hour_is_partial_and_goes_on_changing(start_simulator: Any) -> None:
    moving = start_simulator(now=NOW)
    before = hourly(moving, SMART901, "20261121-1000", "20261121-2300")
    moving.advance(3600)
    after = hourly(moving, SMART901, "20261121-1000", "20261121-2300")
    assert [row["timestamp"][11:13] for row in before] == ["10", "11", "12"]
    assert after[:2] == before[:2]
    assert after[2]["timestamp"] == before[2]["timestamp"]
    assert after[2] != before[2]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("v3/getStationHourlyAvg/1", 404),
        ("v3/getStationHourlyAvg/SMART188", 404),
        ("getStationStatus/1", 404),
        ("getRange/283164601/2026-10-01/2026-10-02", 404),
        ("getRange/SMART188/2026-10-01/2026-10-31", 400),
        ("getRange/SMART188/2026-10-02/2026-10-01", 400),
        ("getRange/SMART188/2026-10-01/soon", 400),
        (f"v3/getStationHourlyAvg/{SMART188}?start_date=2026-10-01", 400),
        ("getRange/SMART188/2026-10-01/2026-10-30", 200),
        ("getRange/SMART188/2021-10-01/2021-10-02", 200),
        ("getRange/SMART188/2027-10-01/2027-10-02", 200),
    ],
)
def test_what_is_refused(url: SimulatorUrl, path: str, status: int) -> None:
    assert ask(url, path).status_code == status


def test_before_its_first_day_and_after_now_a_station_has_nothing(url: SimulatorUrl) -> None:
    assert body(url, "getRange/SMART188/2021-10-01/2021-10-02")["raw_data"] == []
    assert hourly(url, SMART188, "20270101-0000", "20270102-0000") == []
    assert hourly(url, SMART188, "20220801-0000", "20220901-0000")[0]["timestamp"] >= "2022-08-09"


def test_lists(url: SimulatorUrl) -> None:
    sessions = body(url, "getSessionInfo/AQ90")
    assert [one["station"] for one in sessions] == [station.name for station in STATIONS[2:]]
    assert {"type": "CO2", "unit": "ppm"} in sessions[0]["integrated_sensors"]
    assert [one["station_id"] for one in body(url, "getStations/AQ54")] == [283164601, 283181971]
    assert body(url, "getSessionInfo/AQ00") == []
    status = body(url, f"getStationStatus/{SMART188}")
    assert (status["station_name"], status["longitude"]) == ("SMART188", -3.9782)
    assert "2026-11-21 12:3" in status["last_transmission_utc"]


def test_current_values_are_the_last_reading_and_none_of_a_silent_station(url: SimulatorUrl) -> None:
    answer = body(url, "getCurrentValues/SMART901")
    last = body(url, "getSingleDay/SMART901/2026-11-21")["raw_data"][-1]
    assert answer["timestamp"] == last["utc_timestamp"]
    values = {one["sensor"]: one["value"] for one in answer["values"]}
    assert (values["T"], values["PM10"]) == (last["T"], last["PM10"])
    world, station = world_at(1, Clock(NOW).now()), BY_NAME["SMART903"]
    before_its_first_day = Clock("2022-03-10T12:00:00Z").now()
    assert answers.current(world, station, before_its_first_day) == {"values": []}


def test_the_older_hourly_address_fills_gaps_and_says_no2_twice(url: SimulatorUrl) -> None:
    text = ask(url, "getHourlyAvg/SMART188/2026-01-01/2026-03-31", pivot="true").text
    head, *lines = text.splitlines()
    assert head.startswith("bucket_start_timestamp;CO;NO2;O3;")
    rows = [line.split(";") for line in lines]
    assert all(row[2] == row[3] for row in rows)
    labels = [datetime.fromisoformat(row[0]) for row in rows]
    assert labels == [labels[0] + timedelta(hours=n) for n in range(len(labels))]
    assert len(rows) > len(hourly(url, SMART188, "20260101-0000", "20260401-0000"))


# Rewriting


def test_on_a_day_in_september_and_march_what_was_negative_becomes_zero(start_simulator: Any) -> None:
    moving = start_simulator(now="2026-09-01T05:59:00Z")
    before = hourly(moving, SMART188, "20260801-0000", "20260831-0000")
    moving.move_to("2026-09-01T06:00:00Z")
    after = hourly(moving, SMART188, "20260801-0000", "20260831-0000")
    assert sum(row["CO"] < 0 for row in before) > 400
    assert [max(row["CO"], 0) for row in before] == [row["CO"] for row in after]
    same = [({**old, "CO": 0, "O3": 0}, {**new, "CO": 0, "O3": 0}) for old, new in zip(before, after, strict=True)]
    assert all(old == new for old, new in same)


@pytest.mark.parametrize(
    ("now", "rewritten"),
    [
        ("2026-02-28T12:00:00Z", "2025-09-01T06:00:00Z"),
        ("2026-03-01T05:59:59Z", "2025-09-01T06:00:00Z"),
        ("2026-03-01T06:00:00Z", "2026-03-01T06:00:00Z"),
        ("2026-12-31T12:00:00Z", "2026-09-01T06:00:00Z"),
    ],
)
def test_when_history_was_rewritten_last(now: str, rewritten: str) -> None:
    assert answers.last_rewriting(Clock(now).now()) == datetime.fromisoformat(rewritten).timestamp()


# Accounts


@pytest.fixture
def guarded() -> Iterator[SimulatorUrl]:
    with running_simulator(now=NOW) as running:
        running.simulator.keep(Accounts("someone", "a word", "a client", token_seconds=300))
        yield running


def token(url: str, **form: str) -> requests.Response:
    return requests.post(f"{url}/airqino/{TOKENS}", {**FORM, "client_id": "a client", **form}, timeout=30)


def test_a_password_buys_a_token_for_five_minutes(guarded: SimulatorUrl) -> None:
    refused = ask(guarded, "getStations/AQ54")
    assert (refused.status_code, refused.text) == (401, "{}")
    answer = token(guarded).json()
    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 300)
    assert ask(guarded, "getStations/AQ54", answer["access_token"]).status_code == 200
    guarded.advance(300)
    assert ask(guarded, "getStations/AQ54", answer["access_token"]).status_code == 401


@pytest.mark.parametrize(
    ("form", "status", "code"),
    [
        ({"password": "another"}, 401, "invalid_grant"),
        ({"username": ""}, 401, "invalid_grant"),
        ({"client_id": "another"}, 401, "invalid_client"),
        ({"grant_type": "client_credentials"}, 400, "unsupported_grant_type"),
    ],
)
def test_a_wrong_form_is_refused(guarded: SimulatorUrl, form: dict[str, str], status: int, code: str) -> None:
    answer = token(guarded, **form)
    assert (answer.status_code, answer.json()["error"]) == (status, code)


def test_a_fault_can_void_every_token(guarded: SimulatorUrl) -> None:
    held = token(guarded).json()["access_token"]
    guarded.set_faults({"match": "getStations", "kind": "token_expired", "first_n": 1})
    assert [ask(guarded, "getStations/AQ54", held).status_code for _ in range(2)] == [401, 401]


@pytest.mark.parametrize(
    ("environment", "is_open"),
    [
        ({}, True),
        ({"SIMULATOR_AIRQINO_USERNAME": "someone"}, True),
        ({"SIMULATOR_AIRQINO_USERNAME": "someone", "SIMULATOR_AIRQINO_PASSWORD": "a word"}, False),
    ],
)
def test_the_environment_closes_the_door(environment: Mapping[str, str], is_open: bool) -> None:
    accounts = from_environment(environment).one(Accounts)
    assert accounts.accepts(None, 0) == is_open
    assert accounts.answer(FORM, 0)[0] == 200
    assert (accounts.answer({**FORM, "password": "another"}, 0)[0] == 200) == is_open


# The air


def of_year(world: World, values: Floats, first: str = "2025-11-21", last: str = "2026-11-21") -> Floats:
    begin, end = (int((np.datetime64(day, "s").astype(np.int64) - world.grid.epoch) // 3600) for day in (first, last))
    return values[begin:end]


def test_values_are_those_of_cities(airs: Mapping[int, Air]) -> None:
    for number, one in airs.items():
        place = BY_NUMBER[number].place
        assert 5 < one.pm2_5.mean() < 16, place
        assert one.pm10.mean() > one.pm2_5.mean()
        assert 8 < one.no2.mean() < 30
        assert one.o3.max() < 260
        assert 0.15 < one.co.min() < one.co.max() < 4
        assert 415 < one.co2.min() < one.co2.max() < 600
        assert 10 < one.humidity.min() < one.humidity.max() < 100


def test_fine_particles_are_among_the_coarse_ones_whatever_befalls_the_counter(
    world: World, airs: Mapping[int, Air]
) -> None:
    begin, end = (int(datetime(year, 11, 1, tzinfo=UTC).timestamp()) for year in (2025, 2026))
    for number in (SMART188, SMART901):
        station = BY_NUMBER[number]
        read = air.readings(world.grid, airs[number], station, begin, end)
        assert air.STUCK.on(world.grid.seed, station.name, read.at // 3600).any(), "the counter stops at times"
        assert (read.values["PM10"] >= read.values["PM2.5"]).all()
        means = air.hourly(read)
        assert (means.values["PM10"] >= means.values["PM2.5"]).all()


def test_some_stations_measure_more_than_others(url: SimulatorUrl) -> None:
    day = ("20261115-0000", "20261116-0000")
    seen = {station.name: {name for row in hourly(url, station.number, *day) for name in row} for station in STATIONS}
    assert {name for name, sensors in seen.items() if "VOC" in sensors} == {"SMART901", "SMART902"}
    assert {name for name, sensors in seen.items() if "AUX1" in sensors} == {"SMART904"}
    assert {name for name, sensors in seen.items() if "CO2" not in sensors} == {"SMART188", "SMART189"}
    voc = [row["VOC"] for row in hourly(url, SMART901, "20261101-0000", "20261120-0000")]
    assert 0 < min(voc) < 0.8 * max(voc) < 800
    told = {one["station"]: {s["type"] for s in one["integrated_sensors"]} for one in body(url, "getSessionInfo/AQ90")}
    assert "AUX1" in told["SMART904"]
    assert "VOC" in told["SMART901"]


def test_the_header_is_wrong_of_abidjan_only(url: SimulatorUrl) -> None:
    for station in STATIONS:
        header = body(url, f"v3/getStationHourlyAvg/{station.number}", start_date="20261120-0000")["header"]
        off = abs(header["station_lon"] - station.longitude)
        assert off > 4 if station.tropical else off < 1e-5


def test_the_vapour_is_that_of_the_weather(url: SimulatorUrl) -> None:
    """From what a station reads and from what Open-Meteo says, the same dew point."""
    rows = hourly(url, SMART901, "20261101-0000", "20261115-0000")
    asked = {"latitude": 48.8566, "longitude": 2.3522, "hourly": "dew_point_2m,temperature_2m", "timezone": "GMT"}
    asked |= {"start_date": "2026-11-01", "end_date": "2026-11-15"}
    weather = requests.get(f"{url}/open-meteo/archive-api/v1/archive", asked, timeout=30).json()["hourly"]
    dew = dict(zip((one.replace("T", " ") + ":00" for one in weather["time"]), weather["dew_point_2m"], strict=True))
    read = [(row, dew[row["timestamp"]]) for row in rows if "RH" in row and row["T"] > -50]
    assert len(read) > 200
    vapour = [np.log(row["RH"] / 100) + 17.62 * row["T"] / (243.12 + row["T"]) for row, _ in read]
    seen = np.array([243.12 * one / (17.62 - one) for one in vapour])
    told = np.array([one for _, one in read])
    assert abs(np.mean(seen - told)) < 0.5
    assert np.corrcoef(seen, told)[0, 1] > 0.97


def test_a_calm_cold_night_keeps_what_stoves_and_streets_give_off(world: World, airs: Mapping[int, Air]) -> None:
    weather = world.france.weather
    for name in ("Paris", "Lyon", "Grenoble"):
        place = [point.name for point in POINTS].index(name)
        (number,) = [station.number for station in STATIONS if station.place == name]
        wind, cold = (of_year(world, values[:, place]) for values in (weather.wind_10m, weather.temperature))
        dust = of_year(world, airs[number].pm2_5)
        calm = (wind < np.quantile(wind, 0.2)) & (cold < 6)
        windy = wind > np.quantile(wind, 0.8)
        assert dust[calm].mean() > 2 * dust[windy].mean(), name


def test_ozone_follows_sun_and_heat_in_the_afternoon(world: World, airs: Mapping[int, Air]) -> None:
    summer = [of_year(world, v, "2026-06-01", "2026-09-01") for v in (airs[SMART901].o3, airs[SMART901].temperature)]
    days = [values.reshape(-1, 24) for values in summer]
    assert np.corrcoef(days[0].max(axis=1), days[1].max(axis=1))[0, 1] > 0.6
    assert 11 <= days[0].mean(axis=0).argmax() <= 17, "UTC"
    winter = of_year(world, airs[SMART901].o3, "2025-12-01", "2026-02-01")
    assert winter.mean() < days[0].mean() - 10


def test_rain_washes_the_air(world: World, airs: Mapping[int, Air]) -> None:
    place = [point.name for point in POINTS].index("Paris")
    rain = np.convolve(of_year(world, world.france.weather.precipitation[:, place]), np.ones(4))[:-3]
    dust = of_year(world, airs[SMART901].pm10)
    assert dust[rain > 3].mean() < 0.7 * dust[rain == 0].mean()


def test_traffic_keeps_the_local_clock(world: World, airs: Mapping[int, Air]) -> None:
    """The morning peak stands at one hour of the clock in winter and summer, and is lower at weekends."""
    hours = world.grid.hours
    local = hours + paris.offset(hours)
    rest = rest_days(local // 86400)
    steepest = {}
    for season, months in (("winter", (12, 1, 2)), ("summer", (6, 7, 8))):
        month = hours.astype("M8[s]").astype("M8[M]").astype(int) % 12 + 1
        chosen = np.isin(month, months) & ~rest
        shape = [airs[SMART901].no2[chosen & (local // 3600 % 24 == hour)].mean() for hour in range(12)]
        steepest[season] = int(np.argmax(np.diff(shape)))
    assert steepest["winter"] == steepest["summer"]
    morning = local // 3600 % 24 == 8
    assert airs[SMART901].no2[morning & rest].mean() < 0.8 * airs[SMART901].no2[morning & ~rest].mean()


def test_the_dust_wind_reaches_abidjan_in_winter(world: World, airs: Mapping[int, Air]) -> None:
    dusty, wet = (
        {name: of_year(world, getattr(airs[SMART188], name), first, last).mean() for name in ("pm10", "humidity")}
        for first, last in (("2026-01-01", "2026-02-01"), ("2026-06-01", "2026-07-01"))
    )
    assert dusty["pm10"] > 3 * wet["pm10"]
    assert dusty["humidity"] < wet["humidity"] - 15
    year = of_year(world, airs[SMART188].temperature)
    assert 18 < year.min() < year.max() < 38


def test_the_next_two_hours_can_be_told_from_the_last_ones(world: World, airs: Mapping[int, Air]) -> None:
    for one in airs.values():
        dust = np.log(of_year(world, one.pm2_5))
        assert 0.5 < np.corrcoef(dust[:-2], dust[2:])[0, 1] < 0.98


def test_a_later_now_repeats_the_same_past(world: World) -> None:
    later = world_at(1, Clock("2027-03-01T12:00:00Z").now())
    assert later.grid.end_day > world.grid.end_day
    begin = int(datetime(2026, 2, 3, tzinfo=UTC).timestamp())
    for station in (BY_NUMBER[SMART188], BY_NUMBER[SMART901]):
        one, other = (
            air.readings(w.grid, air.build(w.grid, w.france.weather)[station.number], station, begin, begin + 86400)
            for w in (world, later)
        )
        np.testing.assert_array_equal(one.at, other.at)
        for name in one.values:
            np.testing.assert_array_equal(one.values[name], other.values[name])


def test_a_window_gives_the_same_readings_whatever_is_asked_around_it(world: World, airs: Mapping[int, Air]) -> None:
    begin = int(datetime(2026, 5, 1, tzinfo=UTC).timestamp())
    station = BY_NUMBER[SMART901]
    day, hour = (
        air.readings(world.grid, airs[SMART901], station, begin + first, begin + last)
        for first, last in ((0, 86400), (36000, 39600))
    )
    inside = (day.at >= begin + 36000) & (day.at < begin + 39600)
    for name in day.values:
        np.testing.assert_array_equal(day.values[name][inside], hour.values[name])


@pytest.mark.parametrize("trouble", [air.SILENT, air.DAMP, air.BLIND, air.STUCK, air.BROKEN], ids=lambda one: one.name)
def test_troubles_come_now_and_then_and_pass(trouble: air.Trouble) -> None:
    hours = np.arange(438_000, 438_000 + 5 * 8760)
    on = np.concatenate([[False], trouble.on(1, "SMART188", hours), [False]])
    begins, ends = np.flatnonzero(on[1:] & ~on[:-1]), np.flatnonzero(~on[1:] & on[:-1])
    assert 3 < begins.size < 5 * 8760 / trouble.every + 1
    lengths = ends - begins
    assert lengths.max() <= np.ceil(trouble.longest)
    assert lengths.min() >= min(trouble.shortest, 1)
