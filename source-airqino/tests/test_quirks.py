"""What is odd about AirQino, one by one: labels without a zone, windows of unknown ends, gaps, shapes, accounts."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from air_reads import ABIDJAN, OTHER_IN_ABIDJAN, PARIS, AirServer, Row, air_server, hours, settings, sync, tabled
from airbyte_cdk.models import FailureType, Status
from hypothesis import given
from hypothesis import strategies as st
from reading import LOGGER, pinned
from source_airqino import SourceAirqino
from source_airqino.labels import Labels
from source_airqino.records import CONTEXT, Span, hourly_records
from source_airqino.sensors import SENSORS
from source_airqino.station import Station, stations_of

NOW = "2026-04-10T12:34:00Z"
NUMBER = str(ABIDJAN["station_id"])
PASSWORD = "not-a-real-password"
ACCOUNT = {"username": "someone", "password": PASSWORD, "client_id": "some-client"}


@pytest.fixture(autouse=True)
def at_noon() -> Any:
    with pinned(NOW):
        yield


def row(label: str, **values: Any) -> Row:
    return {"timestamp": label, "CO": 0.31, "T": 27.1, "PM2.5": 6.5, **values}


def rows_of(first: str, count: int) -> list[Row]:
    """Hours that differ from one another."""
    return [
        row(label, **{"PM2.5": 5 + n / 8, "T": 20 + n / 16, "CO": 0.2 + n / 512})
        for n, label in enumerate(hours(first, count))
    ]


def hourly(config: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    reading = sync(config, "hourly_averages")
    assert reading.failure is None
    return reading.records("hourly_averages")


def one_row(**values: Any) -> Mapping[str, Any]:
    """The record of a row with these values."""
    with air_server(hourly={NUMBER: [row("2026-04-09 10:00:00", **values)]}) as server:
        (record,) = hourly(settings(server.url, start_date="2026-04-09"))
    return record


# Values and flags


def test_columns_have_names_without_dots_and_values_stay_as_they_are() -> None:
    record = one_row(**{"T. int.": 407.9, "RH": 73.753334, "CO2": 431.0, "VOC": 12.5})
    assert {name: record[name] for name in ("t_int", "rh", "co2", "voc", "pm2_5", "t", "co", "no2")} == {
        "t_int": 407.9,
        "rh": 73.753334,
        "co2": 431.0,
        "voc": 12.5,
        "pm2_5": 6.5,
        "t": 27.1,
        "co": 0.31,
        "no2": None,
    }
    assert record["flags"] == ""


@pytest.mark.parametrize(
    ("values", "flags"),
    [
        ({"CO": -0.4}, "negative:co"),
        ({"CO": 0.0}, "clamped:co"),
        ({"O3": -3.5, "CO": 0}, "negative:o3, clamped:co"),
        ({"PM2.5": 1000.5}, "out_of_range:pm2_5"),
        ({"PM2.5": -0.5}, "negative:pm2_5"),
        ({"PM10": 0.0}, ""),
        ({"T": -99.9}, "out_of_range:t"),
        ({"T": -39.0}, ""),
        ({"RH": 100.4}, "out_of_range:rh"),
        ({"CO": 31.0, "CO2": 2001.0}, "out_of_range:co, out_of_range:co2"),
    ],
)
def test_what_a_sensor_cannot_measure_is_flagged_and_kept(values: dict[str, float], flags: str) -> None:
    record = one_row(**values)
    assert record["flags"] == flags
    for name, value in values.items():
        column = {"PM2.5": "pm2_5"}.get(name, name.lower())
        assert record[column] == value


def test_numbers_in_texts_are_numbers_and_what_is_none_is_told() -> None:
    record = one_row(**{"RH": "71.5", "CO": "NaN", "T": "n/a", "PM2.5": True, "NO2": None, "AUX1": 3.25, "note": "x"})
    assert (record["rh"], record["co"], record["t"], record["pm2_5"], record["no2"]) == (71.5, None, None, None, None)
    assert record["other"] == "AUX1=3.25; CO=NaN; PM2.5=True; T=n/a; note=x"
    assert record["flags"] == "unreadable:co, unreadable:t, unreadable:pm2_5"


def test_the_hour_that_is_not_over_is_partial() -> None:
    with air_server(hourly={NUMBER: rows_of("2026-04-10 10:00:00", 3)}) as server:
        records = hourly(settings(server.url, start_date="2026-04-10"))
    assert [(record["start_date"][11:16], record["flags"]) for record in records] == [
        ("10:00", ""),
        ("11:00", ""),
        ("12:00", "partial"),
    ]


def test_a_value_that_stays_for_six_hours_is_stuck_and_a_gap_begins_anew() -> None:
    labels = [label for label in hours("2026-04-08 00:00:00", 20) if "08:00" not in label]
    rows = [row(label, **{"PM2.5": 4.0, "T": 20 + n / 16, "CO": 0.0}) for n, label in enumerate(labels)]
    with air_server(hourly={NUMBER: rows}) as server:
        records = hourly(settings(server.url, start_date="2026-04-08"))
    stuck = [record["start_date"][11:13] for record in records if "stuck:pm2_5" in record["flags"]]
    assert stuck == ["05", "06", "07", "14", "15", "16", "17", "18", "19"]
    assert all("stuck:t" not in record["flags"] for record in records)
    assert {record["flags"].split(", ")[0] for record in records} == {"clamped:co"}, (
        "a clamped gas is not stuck besides"
    )


def test_of_two_rows_of_one_hour_the_later_one_stays_and_says_so() -> None:
    label = "2026-04-09 10:00:00"
    with air_server(hourly={NUMBER: [row(label, T=20.0), row(label, T=21.0)]}) as server:
        (record,) = hourly(settings(server.url, start_date="2026-04-09"))
    assert (record["t"], record["flags"]) == (21.0, "duplicate")


def test_missing_hours_are_absent() -> None:
    kept = [one for one in rows_of("2026-04-07 00:00:00", 48) if not "07 09" <= one["timestamp"][8:13] <= "08 03"]
    with air_server(hourly={NUMBER: kept}) as server:
        records = hourly(settings(server.url, start_date="2026-04-07"))
    assert [record["source_timestamp"] for record in records] == [one["timestamp"] for one in kept]


STATION = stations_of({"stations": [ABIDJAN]})[0]
FIRST = datetime(2026, 3, 1, tzinfo=UTC)


@given(
    values=st.lists(st.sampled_from([None, 0.0, 4.0, 4.0, 4.0, 5.5]), min_size=1, max_size=40),
    cut=st.integers(min_value=1, max_value=40),
)
def test_flags_do_not_hang_on_where_a_window_is_cut(values: list[float | None], cut: int) -> None:
    rows = [
        {"timestamp": str((FIRST + timedelta(hours=n)).replace(tzinfo=None)), "PM2.5": value, "CO": value}
        for n, value in enumerate(values)
        if value is not None or n % 2
    ]
    labels = Labels("utc", STATION.zone)
    end, middle = FIRST + timedelta(hours=41), FIRST + timedelta(hours=cut)

    def read(start: datetime, stop: datetime) -> list[dict[str, Any]]:
        shown = [one for one in rows if start - CONTEXT <= labels_at(one) < stop]
        return hourly_records(STATION, shown, labels, Span(start, stop), end)

    assert read(FIRST, middle) + read(middle, end) == read(FIRST, end)


def labels_at(one: Row) -> datetime:
    return datetime.fromisoformat(one["timestamp"]).replace(tzinfo=UTC)


# Labels


def test_labels_are_utc_and_the_clock_of_the_station_stands_beside() -> None:
    rows = rows_of("2026-03-28 00:00:00", 48)
    with air_server(hourly={str(PARIS["station_id"]): rows}) as server:
        records = hourly(settings(server.url, PARIS, start_date="2026-03-28"))
    assert [record["start_date"] for record in records] == [one["timestamp"].replace(" ", "T") + "Z" for one in rows]
    shown = {record["start_date"]: record["start_date_local"] for record in records}
    assert shown["2026-03-29T00:00:00Z"] == "2026-03-29T01:00:00+01:00"
    assert shown["2026-03-29T01:00:00Z"] == "2026-03-29T03:00:00+02:00"
    spring = [label for label in shown.values() if label.startswith("2026-03-29")]
    assert len(spring) == 23


@pytest.mark.parametrize(("day", "count"), [("2025-10-26", 25), ("2026-03-29", 23), ("2026-03-30", 24)])
def test_labels_of_the_clock_of_paris_are_right_on_clock_change_days(day: str, count: int) -> None:
    zone = ZoneInfo("Europe/Paris")
    begin = datetime.fromisoformat(day).replace(tzinfo=zone).astimezone(UTC)
    instants = [begin + timedelta(hours=n) for n in range(count)]
    rows = [
        row(f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S}", T=10 + n / 4, CO=0.2 + n / 64, **{"PM2.5": 5 + n / 8})
        for n, at in enumerate(instants)
    ]
    with air_server(hourly={str(PARIS["station_id"]): rows}) as server:
        records = hourly(settings(server.url, PARIS, start_date="2025-10-20", advanced={"timestamps": "local"}))
    assert [record["start_date"] for record in records] == [f"{at:%Y-%m-%dT%H:%M:%SZ}" for at in instants]
    assert [record["start_date_local"] for record in records] == [at.astimezone(zone).isoformat() for at in instants]
    assert {record["flags"] for record in records} == {""}


def test_in_abidjan_both_clocks_are_the_same() -> None:
    with air_server(hourly={NUMBER: rows_of("2026-03-27 00:00:00", 72)}) as server:
        utc, local = (
            hourly(settings(server.url, start_date="2026-03-27", advanced={"timestamps": clock}))
            for clock in ("utc", "local")
        )
    assert utc == local
    assert {record["start_date_local"][-6:] for record in utc} == {"+00:00"}


def test_a_label_that_the_clock_never_shows_is_kept_and_flagged() -> None:
    with air_server(hourly={str(PARIS["station_id"]): [row("2026-03-29 02:00:00")]}) as server:
        (record,) = hourly(settings(server.url, PARIS, start_date="2026-03-28", advanced={"timestamps": "local"}))
    assert record["flags"] == "impossible_label"
    assert record["source_timestamp"] == "2026-03-29 02:00:00"
    assert record["start_date"] == "2026-03-29T01:00:00Z"


def test_a_label_with_an_offset_is_believed() -> None:
    labels = Labels("local", ZoneInfo("Europe/Paris"))
    (moment,) = labels.moments(["2026-01-01T10:00:00+05:00"])
    assert moment.at == datetime(2026, 1, 1, 5, tzinfo=UTC)


CHANGES = [datetime(2025, 10, 26, 1), datetime(2026, 3, 29, 1), datetime(2025, 11, 2, 6), datetime(2026, 3, 8, 7)]


@given(
    change=st.sampled_from(CHANGES),
    before=st.integers(min_value=2, max_value=60),
    after=st.integers(min_value=0, max_value=60),
    zone=st.sampled_from(["Europe/Paris", "Africa/Abidjan", "America/New_York", "Asia/Kolkata"]),
)
def test_hours_on_end_written_by_a_clock_are_read_as_they_were(
    change: datetime, before: int, after: int, zone: str
) -> None:
    clock = ZoneInfo(zone)
    instants = [change.replace(tzinfo=UTC) + timedelta(hours=n) for n in range(-before, after)]
    shown = [str(at.astimezone(clock).replace(tzinfo=None)) for at in instants]
    moments = list(Labels("local", clock).moments(shown))
    assert [moment.at for moment in moments] == instants
    assert all(moment.possible for moment in moments)


# Windows


ENDS = [(start, end) for start in (True, False) for end in (True, False)]


@pytest.mark.parametrize(("start", "end"), ENDS)
def test_whether_the_ends_of_a_window_are_included_does_not_matter(start: bool, end: bool) -> None:
    rows = rows_of("2026-01-01 00:00:00", 24 * 98)
    with air_server(hourly={NUMBER: rows}, start_included=start, end_included=end) as server:
        records = hourly(settings(server.url, start_date="2026-01-01"))
        assert len(server.calls) == 4, "windows of 30 days"
    assert [record["source_timestamp"] for record in records] == [one["timestamp"] for one in rows]


def readings(first: str, minutes: int, count: int, **values: Any) -> list[Row]:
    begin = datetime.fromisoformat(first)
    return [
        {"utc_timestamp": str(begin + timedelta(minutes=minutes * n)), "T": 20.5, "CO": 351.0, "lat": 5.3, "lon": -3.9}
        | values
        for n in range(count)
    ]


@pytest.mark.parametrize("clock", ["utc", "local"])
@pytest.mark.parametrize("end", [True, False])
def test_whole_days_of_readings_are_read_once_whatever_the_last_day_means(clock: str, end: bool) -> None:
    rows = readings("2026-02-01 00:00:00", 60, 24 * 60)
    with air_server(raw={"SMART901": rows}, end_included=end) as server:
        config = settings(server.url, PARIS, start_date="2026-02-02", advanced={"timestamps": clock})
        reading = sync(config, "raw_readings")
    expected = [one["utc_timestamp"] for one in rows]
    missing = {"utc": "2026-02-02 00:00:00", "local": "2026-02-02 01:00:00"}[clock]
    seen = [label for label in expected if label >= missing]
    if clock == "local":
        seen = [label for label in seen if label != "2026-03-29 02:00:00"]
    kept = [
        r["source_timestamp"] for r in reading.records("raw_readings") if r["source_timestamp"] != "2026-03-29 02:00:00"
    ]
    assert kept == [label for label in seen if label != "2026-03-29 02:00:00"]
    longest = 0
    for path, _ in server.calls:
        first, last = map(datetime.fromisoformat, path.split("/")[2:])
        longest = max(longest, (last - first).days + 1)
    assert longest <= 30, "AirQino gives at most thirty days"


def test_readings_of_one_second_are_told_apart_by_rank() -> None:
    rows = [
        *readings("2026-04-09 10:00:00", 2, 1),
        *readings("2026-04-09 10:00:00", 2, 2, T=21.0, **{"Temp. int.": 300}),
    ]
    with air_server(raw={"SMART188": rows}) as server:
        records = sync(settings(server.url, start_date="2026-04-09"), "raw_readings").records("raw_readings")
    told = [(r["measured_at"], r["rank"], r["t"], r["t_int"], r["flags"]) for r in records]
    assert told == [
        ("2026-04-09T10:00:00Z", 1, 20.5, None, ""),
        ("2026-04-09T10:00:00Z", 2, 21.0, 300.0, "duplicate"),
        ("2026-04-09T10:02:00Z", 1, 21.0, 300.0, ""),
    ]
    assert {(r["latitude"], r["longitude"], r["co"]) for r in records} == {(5.3, -3.9, 351.0)}


def test_readings_of_the_repeated_hour_follow_one_another() -> None:
    zone = ZoneInfo("Europe/Paris")
    begin = datetime(2025, 10, 25, 23, 30, tzinfo=UTC)
    instants = [begin + timedelta(minutes=2 * n) for n in range(90)]
    rows = [{"utc_timestamp": f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S}", "T": 10.0} for at in instants]
    with air_server(raw={"SMART901": rows[:20] + rows[19:]}) as server:
        config = settings(server.url, PARIS, start_date="2025-10-25", advanced={"timestamps": "local"})
        records = sync(config, "raw_readings").records("raw_readings")
    seen = [f"{at:%Y-%m-%dT%H:%M:%SZ}" for at in instants]
    assert [record["measured_at"] for record in records] == [*seen[:20], *seen[19:]]
    assert [record["rank"] for record in records].count(2) == 1


def too_long(days: int, status: int) -> Any:
    """A service that takes too long for more than so many days."""

    def instead(path: str, query: Mapping[str, str]) -> tuple[int, Any] | None:
        if "start_date" not in query:
            return None
        first, last = (datetime.strptime(query[bound], "%Y%m%d-%H%M") for bound in ("start_date", "end_date"))
        return (status, None) if last - first > timedelta(days=days) else None

    return instead


@pytest.mark.parametrize("status", [500, 504])
def test_a_window_that_takes_too_long_is_asked_for_in_halves(status: int) -> None:
    rows = rows_of("2026-03-01 00:00:00", 24 * 40)
    with air_server(hourly={NUMBER: rows}) as server:
        whole = hourly(settings(server.url, start_date="2026-03-01"))
        server.instead = too_long(9, status)
        server.calls.clear()
        halves = hourly(settings(server.url, start_date="2026-03-01"))
    assert halves == whole
    assert len(halves) == len(rows)
    assert len(server.calls) > 8


def test_a_window_without_an_answer_in_time_is_asked_for_in_halves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connector_kit.http.TIMEOUT_SECONDS", (1.0, 0.1))
    refused = too_long(8, 200)

    def late(path: str, query: Mapping[str, str]) -> tuple[int, Any] | None:
        if refused(path, query):
            time.sleep(0.3)
        return None

    with air_server(hourly={NUMBER: rows_of("2026-04-01 00:00:00", 200)}) as server:
        server.instead = late
        assert len(hourly(settings(server.url, start_date="2026-04-01"))) == 200
        windows = [query["start_date"] for _, query in server.calls]
        time.sleep(0.3)
    assert len(set(windows)) == 2, "the whole window, twice, and its halves"


def test_a_station_that_is_not_known_is_a_failure_beside_streams_that_are_read() -> None:
    def instead(path: str, query: Mapping[str, str]) -> tuple[int, Any] | None:
        return (404, {}) if "Hourly" in path else told(path, query)

    with air_server(instead=instead) as server:
        reading = sync(settings(server.url, start_date="2026-04-09"), "current_values", "hourly_averages")
    assert reading.records("current_values")
    assert "AirQino does not know this station or address" in str(reading.failure and reading.failure.message)


def test_a_service_that_never_answers_in_time_is_told_of() -> None:
    with air_server(instead=too_long(0, 504)) as server:
        reading = sync(settings(server.url, start_date="2026-04-01"), "hourly_averages")
    assert reading.failure is not None
    assert "SMART188: AirQino v3/getStationHourlyAvg/283164601: HTTP 504." in str(reading.failure.message)
    assert reading.failure.failure_type == FailureType.transient_error


# Shapes


@pytest.mark.parametrize("body", [{"data": []}, {"header": {}, "data": None}, {"values": []}])
def test_there_is_nothing_to_read_of_a_silent_station(body: Any) -> None:
    with air_server(instead=lambda path, query: (200, body)) as server:
        reading = sync(settings(server.url, start_date="2026-04-01"), "hourly_averages")
    assert (reading.failure, reading.records("hourly_averages")) == (None, [])
    assert reading.states_of("hourly_averages")[-1]["stations"][NUMBER]["read_at"]


SHAPES: list[tuple[str, Any]] = [
    ("hourly_averages", {"error": "timeout"}),
    ("hourly_averages", []),
    ("hourly_averages", {"data": {"timestamp": "2026-04-01 00:00:00"}}),
    ("hourly_averages", {"data": [{"time": "2026-04-01 00:00:00"}]}),
    ("hourly_averages", {"data": [{"timestamp": 1775000000}]}),
    ("raw_readings", {"data": []}),
    ("stations", []),
    ("stations", {"message": "busy"}),
    ("current_values", {"values": None}),
    ("current_values", {"values": [{"value": 1.0}]}),
    ("current_values", {"values": [{"sensor": "CO", "value": 1.0}]}),
    ("sensors", [{"station": "SMART188"}]),
    ("sensors", {"stations": []}),
    ("sensors", [{"station": "SMART188", "integrated_sensors": [{"unit": "ppm"}]}]),
]


@pytest.mark.parametrize(("stream", "body"), SHAPES)
def test_an_answer_of_another_shape_is_asked_for_again_and_then_told_of(stream: str, body: Any) -> None:
    with air_server(instead=lambda path, query: (200, body)) as server:
        reading = sync(settings(server.url, start_date="2026-04-09", project="AQ54"), stream)
    assert len(server.calls) == 3
    assert reading.failure is not None
    message = str(reading.failure.message)
    assert "not of a shape that the connector knows" in message
    assert message.endswith("Look for a newer connector.")
    assert "\n" not in message


def test_an_answer_of_another_shape_that_passes_leaves_no_trace() -> None:
    first = iter([(200, {"error": "busy"}), (200, b"not json")])
    with air_server(hourly={NUMBER: rows_of("2026-04-09 00:00:00", 5)}) as server:
        server.instead = lambda path, query: next(first, None)
        assert len(hourly(settings(server.url, start_date="2026-04-09"))) == 5


def test_a_label_that_is_no_time_is_told_of() -> None:
    with air_server(
        hourly={NUMBER: [row("2026-04-09 25:00:00")]}, raw={"SMART188": [{"utc_timestamp": "soon"}]}
    ) as server:
        server.instead = lambda path, query: (
            (200, {"raw_data": [{"utc_timestamp": "soon"}]}) if "getRange" in path else None
        )
        for stream in ("hourly_averages", "raw_readings"):
            reading = sync(settings(server.url, start_date="2026-04-09"), stream)
            assert "AirQino writes a time that can't be read" in str(reading.failure and reading.failure.message)


# Lists


def told(path: str, query: Mapping[str, str]) -> tuple[int, Any] | None:
    """A service that speaks of one station, and is silent of the other."""
    name, _, who = path.rpartition("/")
    bodies: dict[str, Any] = {
        "getStationStatus": {"station_id": who, "station_name": "SMART188", "latitude": 5.34, "longitude": -3.98}
        | {"last_transmission_utc": "2026-04-10 12:30:00"},
        "v3/getStationHourlyAvg": {
            "header": {"station_name": "SMART188", "station_lat": 5.37, "station_lon": 0.05},
            "data": [],
        },
        "getCurrentValues": {"values": []}
        if who == "SMART189"
        else {
            "station_name": who,
            "timestamp": "2026-04-10 12:30:04",
            "values": [
                {"sensor": "PM2.5", "unit": "ug/m3", "value": 7},
                {"sensor": "CO", "unit": "counts", "value": 351},
                {"sensor": "T", "unit": "C", "value": -99.9},
                {"sensor": "NO2", "unit": "ug/m3", "value": None},
                {"sensor": "RH", "unit": "%", "value": "dry"},
            ],
        },
        "getSessionInfo": [
            {
                "station": "SMART188",
                "description": "roof",
                "sessiond_id": 7,
                "integrated_sensors": [{"type": "T. int.", "unit": "raw"}, {"type": "CO", "unit": "ppm"}],
            },
            {"station": "SMART999", "session_id": 8, "integrated_sensors": [{"type": "X", "unit": None}]},
        ],
    }
    return 200, bodies[name]


def listed(stream: str, **options: Any) -> list[Mapping[str, Any]]:
    with air_server(instead=told) as server:
        reading = sync(settings(server.url, ABIDJAN, OTHER_IN_ABIDJAN, start_date="2026-04-09", **options), stream)
    assert reading.failure is None
    assert reading.states == [], "a list is read whole each time"
    return reading.records(stream)


def test_the_configured_place_wins_and_what_the_service_says_stands_beside() -> None:
    first, second = listed("stations")
    assert (first["latitude"], first["longitude"], first["time_zone"]) == (5.3357, -3.9782, "Africa/Abidjan")
    assert (first["status_latitude"], first["status_longitude"], first["header_longitude"]) == (5.34, -3.98, 0.05)
    assert first["status_distance_km"] < 1 < 400 < first["header_distance_km"]
    assert first["coordinates_differ"]
    assert first["last_transmission_at"] == "2026-04-10T12:30:00Z"
    assert second["station_name"] == "SMART189"


def test_current_values_are_one_record_a_sensor() -> None:
    records = listed("current_values")
    assert [(r["sensor"], r["value"], r["unit"], r["flags"]) for r in records] == [
        ("PM2.5", 7.0, "ug/m3", ""),
        ("CO", 351.0, "counts", ""),
        ("T", -99.9, "C", "out_of_range:t"),
        ("NO2", None, "ug/m3", ""),
        ("RH", None, "%", "unreadable"),
    ]
    assert {(r["station_name"], r["measured_at"], r["measured_at_local"]) for r in records} == {
        ("SMART188", "2026-04-10T12:30:04Z", "2026-04-10T12:30:04+00:00")
    }


def test_sensors_of_a_project_come_with_their_units() -> None:
    records = listed("sensors", project="AQ54")
    assert [
        (r["station_name"], r["session_id"], r["sensor"], r["station_id"], r["column_name"], r["unit"]) for r in records
    ] == [
        ("SMART188", "7", "T. int.", 283164601, "t_int", "raw"),
        ("SMART188", "7", "CO", 283164601, "co", "ppm"),
        ("SMART999", "8", "X", None, None, None),
    ]


def test_without_a_project_sensors_are_those_that_speak() -> None:
    records = listed("sensors")
    assert [r["sensor"] for r in records] == ["PM2.5", "CO", "T", "NO2", "RH"]
    assert {(r["origin"], r["session_id"]) for r in records} == {("current_values", "")}


# Accounts


TOKENS = "realms/airqino/protocol/openid-connect/token"


def guarded(server: AirServer, good: list[str], life: int = 300) -> Any:
    """A service that wants the last of ``good``, and gives a new one to every asker."""

    def instead(path: str, query: Mapping[str, str]) -> tuple[int, Any] | None:
        if path == TOKENS:
            good.append(f"token-{len(good)}")
            return 200, {"access_token": good[-1], "expires_in": life, "token_type": "Bearer"}
        if not good or server.authorizations[-1] != f"Bearer {good[-1]}":
            return 401, {}
        return None

    return instead


def test_a_password_buys_a_token_that_is_renewed_when_it_is_refused() -> None:
    good: list[str] = []
    with air_server(hourly={NUMBER: rows_of("2026-04-09 00:00:00", 3)}) as server:
        server.instead = guarded(server, good)
        config = settings(server.url, start_date="2026-04-09", **ACCOUNT)
        assert len(hourly(config)) == 3
        assert len(good) == 1
        streams = SourceAirqino(sleep=lambda _: None).streams(config)
        list(streams["hourly_averages"].read({}))
        good.append("another, as after a restart of the service")
        list(streams["hourly_averages"].read({}))
    assert [path for path, _ in server.calls].count(TOKENS) == 3


def test_a_token_is_renewed_before_it_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    good: list[str] = []
    with air_server(hourly={NUMBER: []}) as server:
        server.instead = guarded(server, good, life=300)
        stream = SourceAirqino().streams(settings(server.url, start_date="2026-04-09", **ACCOUNT))["hourly_averages"]
        for minutes, tokens in ((0, 1), (3, 1), (5, 2)):
            monkeypatch.setenv("HEXAWATT_NOW", (datetime.fromisoformat(NOW) + timedelta(minutes=minutes)).isoformat())
            list(stream.read({}))
            assert len(good) == tokens


def test_an_open_service_that_asks_for_an_account_one_day_says_what_to_do() -> None:
    with air_server(hourly={NUMBER: rows_of("2026-04-09 00:00:00", 3)}) as server:
        config = settings(server.url, start_date="2026-04-09")
        before = sync(config, "hourly_averages")
        server.instead = lambda path, query: (401, {})
        with pinned("2026-04-11T12:00:00Z"):
            after = sync(config, "hourly_averages", state=before.states)
        outcome = SourceAirqino().check(LOGGER, config)
    assert after.failure is not None
    assert after.failure.failure_type == FailureType.config_error
    for message in (str(after.failure.message), str(outcome.message)):
        assert "HTTP 401. AirQino asks for an account, which it did not until 2025: ask CNR-IBE" in message


@pytest.mark.parametrize("status", [400, 401])
def test_a_refused_account_is_one_sentence_and_its_password_is_in_no_log(
    status: int, caplog: pytest.LogCaptureFixture
) -> None:
    with air_server(instead=lambda path, query: (status, {"error": "invalid_grant"})) as server:
        config = settings(server.url, start_date="2026-04-09", **ACCOUNT)
        with caplog.at_level(logging.DEBUG):
            reading = sync(config, "hourly_averages", "current_values")
            outcome = SourceAirqino().check(LOGGER, config)
    assert reading.failure is not None
    assert reading.failure.failure_type == FailureType.config_error
    assert outcome.status == Status.FAILED
    for message in (str(reading.failure.message), str(outcome.message)):
        assert message.endswith("The account is refused: check username, password and client_id. CNR-IBE gives them.")
    assert PASSWORD not in caplog.text + str(reading.failure.__dict__) + str(outcome)


# Configuration


def changed(**options: Any) -> dict[str, Any]:
    return settings("http://127.0.0.1:9", {**ABIDJAN, **options}, start_date="2026-04-01")


def without(name: str) -> dict[str, Any]:
    return settings("http://127.0.0.1:9", {k: v for k, v in ABIDJAN.items() if k != name}, start_date="2026-04-01")


def plain(**options: Any) -> dict[str, Any]:
    return {**settings("http://127.0.0.1:9", start_date="2026-04-01"), **options}


WRONG: list[tuple[dict[str, Any], str]] = [
    (changed(time_zone="Africa/Nowhere"), "SMART188 has time_zone 'Africa/Nowhere', which is no IANA time zone"),
    (changed(time_zone="../etc/passwd"), "which is no IANA time zone"),
    (without("time_zone"), "SMART188 has time_zone '', which is no IANA time zone"),
    (without("latitude"), "SMART188 has no latitude"),
    (changed(longitude="3.9 W"), "SMART188 has no longitude"),
    (changed(longitude=183.9), "SMART188 has longitude 183.9, which is not between -180 and 180 degrees"),
    (changed(station_id="SMART188"), "SMART188 has no station_id that is a whole number"),
    (changed(name=" "), "entry 1 has no name"),
    (plain(stations=[]), "stations is empty"),
    (plain(stations=["SMART188"]), "entry 1 is no station"),
    (plain(stations=[ABIDJAN, {**OTHER_IN_ABIDJAN, "name": "SMART188"}]), "name SMART188 is there more than once"),
    (
        plain(stations=[ABIDJAN, {**OTHER_IN_ABIDJAN, "station_id": 283164601}]),
        "station_id 283164601 is there more than once",
    ),
    (plain(start_date="2026-02-30"), "is no day of the calendar"),
    (plain(start_date="2030-01-01"), "is in the future"),
    (plain(username="someone"), "password and client_id is missing"),
    (plain(username="someone", password=PASSWORD), "client_id is missing"),
    (plain(client_id="x", password=PASSWORD), "username is missing"),
    (plain(advanced={"end_date": "2026-01-01"}), "is before start_date"),
    (plain(advanced={"timestamps": "paris"}), "timestamps is paris: write utc or local"),
    (plain(advanced={"stream_start_dates": {"stations": "2026-01-01"}}), "stream_start_dates names stations"),
]


@pytest.mark.parametrize(("config", "words"), WRONG, ids=[words for _, words in WRONG])
def test_a_wrong_configuration_is_one_sentence(config: dict[str, Any], words: str) -> None:
    outcome = SourceAirqino().check(LOGGER, config)
    reading = sync(config, "stations")
    assert outcome.status == Status.FAILED
    assert reading.failure is not None
    assert reading.failure.failure_type == FailureType.config_error
    for message in (str(outcome.message), str(reading.failure.message)):
        assert words in message
        assert PASSWORD not in message


def test_check_says_when_number_and_name_are_of_two_stations() -> None:
    with air_server(instead=told) as server:
        outcome = SourceAirqino().check(LOGGER, settings(server.url, OTHER_IN_ABIDJAN, start_date="2026-04-01"))
    assert outcome.status == Status.FAILED
    assert outcome.message == "AirQino calls station 283181971 SMART188, the configuration calls it SMART189."


def test_check_succeeds_where_one_station_answers_and_names_the_others(caplog: pytest.LogCaptureFixture) -> None:
    def instead(path: str, query: Mapping[str, str]) -> tuple[int, Any] | None:
        return (404, {}) if "283181971" in path else told(path, query)

    with air_server(instead=instead) as server, caplog.at_level(logging.WARNING, logger="airbyte"):
        outcome = SourceAirqino().check(
            LOGGER, settings(server.url, ABIDJAN, OTHER_IN_ABIDJAN, start_date="2026-04-01")
        )
        nobody = SourceAirqino().check(LOGGER, settings(server.url, OTHER_IN_ABIDJAN, start_date="2026-04-01"))
    assert (outcome.status, outcome.message) == (Status.SUCCEEDED, "1 of 2 stations answer.")
    assert "SMART189: AirQino getStationStatus/283181971: HTTP 404" in caplog.text
    assert nobody.status == Status.FAILED


def test_a_station_that_is_refused_leaves_the_others_their_turn() -> None:
    rows = {str(one["station_id"]): rows_of("2026-04-08 00:00:00", 30) for one in (ABIDJAN, OTHER_IN_ABIDJAN)}
    with air_server(hourly=rows) as server:
        server.instead = lambda path, query: (404, {}) if path.endswith(NUMBER) else None
        config = settings(server.url, ABIDJAN, OTHER_IN_ABIDJAN, start_date="2026-04-08")
        reading = sync(config, "hourly_averages")
        assert reading.failure is not None
        assert "SMART188: AirQino v3/getStationHourlyAvg/283164601: HTTP 404" in str(reading.failure.message)
        assert len(reading.records("hourly_averages")) == 30
        server.instead = lambda path, query: None
        later = sync(config, "hourly_averages", state=reading.states)
    assert {record["station_name"] for record in later.records("hourly_averages")} == {"SMART188"}
    assert len(tabled(reading, later)) == 60


def test_the_table_of_sensors_names_each_once() -> None:
    names = [name for sensor in SENSORS for name in sensor.names]
    assert len(set(names)) == len(names)
    assert len({sensor.column for sensor in SENSORS}) == len(SENSORS)
    assert all(low.column != high.column for low, high in pairwise(SENSORS))
    assert json.dumps([sensor.average().json_schema() for sensor in SENSORS])


def test_distances_are_those_of_the_globe() -> None:
    paris = Station(1, "x", 48.8566, 2.3522, "Europe/Paris")
    assert paris.kilometres_to(48.8566, 2.3522) == 0
    assert paris.kilometres_to(49.8566, 2.3522) == pytest.approx(111.2, abs=0.1)
    assert paris.kilometres_to(-48.8566, 2.3522 - 180) == pytest.approx(20015, abs=1), "the other side"
