"""The recorded answers of two stations of Abidjan become records without loss, and three of them one table."""

from __future__ import annotations

import csv
import gzip
import json
import os
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from math import fsum
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from air_reads import ABIDJAN, OTHER_IN_ABIDJAN, Row, air_server, settings, sync, tabled
from reading import Reading, pinned

RECORDED = Path(__file__).parents[3] / "shared" / "real" / "airqino"

if not RECORDED.is_dir():
    if os.environ.get("HEXAWATT_REAL_DATA") == "required":
        pytest.fail(f"HEXAWATT_REAL_DATA=required, and the recorded answers are not in {RECORDED}")
    pytest.skip("the recorded answers of the real services are not beside this checkout", allow_module_level=True)

NAMES = sorted(path.name for path in RECORDED.glob("v3_getStationHourlyAvg_*.json.gz"))
PIVOTS = sorted(path.name for path in RECORDED.glob("getHourlyAvg-pivot_*.csv"))
STATIONS = {str(station["station_id"]): station for station in (ABIDJAN, OTHER_IN_ABIDJAN)}
COLUMNS = {
    "CO": "co",
    "NO2": "no2",
    "O3": "o3",
    "PM10": "pm10",
    "PM2.5": "pm2_5",
    "RH": "rh",
    "T": "t",
    "T. int.": "t_int",
}
GASES = ("CO", "NO2", "O3")


def number_of(name: str) -> str:
    return name.split("_")[2]


@cache
def recorded(name: str) -> Mapping[str, Any]:
    """A recording as the service answers it; of some the header was thrown away."""
    content = json.loads(gzip.decompress((RECORDED / name).read_bytes()))
    return content if isinstance(content, dict) else {"header": {}, "data": content}


def rows_of(name: str) -> list[Row]:
    rows: list[Row] = recorded(name)["data"]
    return rows


def at(row: Row) -> datetime:
    return datetime.fromisoformat(row["timestamp"]).replace(tzinfo=UTC)


def fetched_at(rows: list[Row]) -> str:
    """The newest hour of a recording was not over when it was made."""
    return (at(rows[-1]) + timedelta(minutes=25)).isoformat()


def read(*names: str, days: int = 366, **advanced: Any) -> list[Reading]:
    """One sync after the other, the service having at each what was recorded."""
    syncs: list[Reading] = []
    start = (at(rows_of(names[0])[0]) - timedelta(days=1)).date().isoformat()
    with air_server() as server:
        config = settings(server.url, STATIONS[number_of(names[0])], start_date=start, advanced=advanced)
        for name in names:
            server.hourly = {number_of(name): rows_of(name)}
            server.header = dict(recorded(name)["header"])
            with pinned(fetched_at(rows_of(name))):
                syncs.append(sync(config, "hourly_averages", state=syncs[-1].states if syncs else None))
            assert syncs[-1].failure is None
    return syncs


@cache
def table_of(name: str) -> Mapping[str, Mapping[str, Any]]:
    """By label as AirQino wrote it."""
    (reading,) = read(name)
    assert len(reading.records("hourly_averages")) == len(tabled(reading))
    return {record["source_timestamp"]: record for record in reading.records("hourly_averages")}


def same_values(record: Mapping[str, Any], row: Row) -> bool:
    return {column: record[column] for column in COLUMNS.values()} == {
        column: row.get(name) for name, column in COLUMNS.items()
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_recording_is_read_leaf_by_leaf(name: str) -> None:
    table, rows = table_of(name), rows_of(name)
    assert set(table) == {row["timestamp"] for row in rows}
    assert [row["timestamp"] for row in rows if not same_values(table[row["timestamp"]], row)] == []
    assert {key for row in rows for key in row} == {"timestamp", *COLUMNS}
    assert {record["other"] for record in table.values()} == {None}
    assert {record["start_date"] for record in table.values()} == {f"{at(row):%Y-%m-%dT%H:%M:%SZ}" for row in rows}


@pytest.mark.parametrize("name", NAMES)
def test_counts_nulls_and_sums_are_those_of_the_file(name: str) -> None:
    table, rows = table_of(name), rows_of(name)
    for sensor, column in COLUMNS.items():
        kept = [record[column] for record in table.values()]
        assert kept.count(None) == sum(sensor not in row for row in rows)
        assert fsum(value for value in kept if value is not None) == fsum(row[sensor] for row in rows if sensor in row)


@pytest.mark.parametrize("name", NAMES)
def test_flags_are_those_that_a_slow_look_at_the_file_gives(name: str) -> None:
    table, rows = table_of(name), rows_of(name)
    by_hour = {at(row): row for row in rows}
    for row in rows:
        expected = {"partial"} if row is rows[-1] else set()
        for sensor, column in COLUMNS.items():
            value = row.get(sensor)
            if value is None:
                continue
            if sensor in GASES and value < 0:
                expected.add(f"negative:{column}")
            if sensor in GASES and value == 0:
                expected.add(f"clamped:{column}")
            elif all(by_hour.get(at(row) - timedelta(hours=n), {}).get(sensor) == value for n in range(6)):
                expected.add(f"stuck:{column}")
        flags = table[row["timestamp"]]["flags"]
        assert set(filter(None, flags.split(", "))) == expected, row


def union(names: Iterable[str]) -> dict[str, Row]:
    """By label, the row of the last recording that has it."""
    return {row["timestamp"]: row for name in names for row in rows_of(name)}


@pytest.mark.parametrize("number", sorted({number_of(name) for name in NAMES}))
def test_recordings_in_turn_give_the_last_word_on_every_hour(number: str) -> None:
    names = [name for name in sorted(NAMES, key=lambda name: name.rpartition("-20")) if number_of(name) == number]
    names.sort(key=lambda name: at(rows_of(name)[-1]))
    table = {row["source_timestamp"]: row for row in tabled(*read(*names)).values()}
    expected = union(names)
    assert set(table) == set(expected)
    assert [label for label, row in expected.items() if not same_values(table[label], row)] == []


def test_a_year_of_co_that_was_rewritten_is_found_by_reading_a_year_again() -> None:
    names = sorted((name for name in NAMES if number_of(name) == "283164601"), key=lambda name: at(rows_of(name)[-1]))
    old, new = ({row["timestamp"]: row for row in rows_of(name)} for name in names[-2:])
    rewritten = {label for label in set(old) & set(new) if old[label]["CO"] < 0 and new[label]["CO"] == 0}
    assert len(rewritten) > 2000, "the recordings hold the rewriting"
    with_it = {row["source_timestamp"]: row["co"] for row in tabled(*read(*names)).values()}
    without = {row["source_timestamp"]: row["co"] for row in tabled(*read(*names, reread_year_every_days=0)).values()}
    assert {label for label in rewritten if with_it[label] != 0} == set()
    look_back = at(rows_of(names[-2])[-1]) - timedelta(days=8)
    older = {label for label in rewritten if datetime.fromisoformat(label).replace(tzinfo=UTC) < look_back}
    assert older
    assert {label for label in older if without[label] >= 0} == set(), "the look-back alone does not reach so far"


def test_the_header_puts_a_station_in_another_place() -> None:
    (name,) = [name for name in NAMES if recorded(name)["header"]]
    with (
        air_server(
            header=dict(recorded(name)["header"]),
            instead=lambda path, query: (200, {"station_id": 1}) if path.startswith("getStationStatus") else None,
        ) as server,
        pinned("2024-09-09T10:30:00Z"),
    ):
        (record,) = sync(settings(server.url, start_date="2024-09-01"), "stations").records("stations")
    assert (record["latitude"], record["longitude"]) == (ABIDJAN["latitude"], ABIDJAN["longitude"])
    assert record["header_name"] == ABIDJAN["name"]
    assert 440 < record["header_distance_km"] < 460, "four degrees of longitude at the equator, 111 km each"
    assert record["coordinates_differ"]
    assert record["status_distance_km"] is None


@pytest.mark.parametrize("name", PIVOTS)
def test_the_older_hourly_address_is_another_thing_and_is_not_read(name: str) -> None:
    with (RECORDED / name).open(newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    labels = [datetime.fromisoformat(row["bucket_start_timestamp"]) for row in rows]
    assert {after - before for before, after in pairwise(labels)} == {timedelta(hours=1)}, "gaps are filled"
    assert all(row["NO2"] == row["O3"] for row in rows)
    (newer,) = [one for one in NAMES if "_283164601_" in one and "2023-12-06" in one]
    measured = {row["timestamp"]: row for row in rows_of(newer)}
    both = [row for row in rows if row["bucket_start_timestamp"] in measured]
    filled = [row for row in rows if row["bucket_start_timestamp"] >= min(measured)]
    assert len(filled) > len(both) + 200, "hours that the newer address leaves out"
    assert median(float(row["NO2"]) for row in both) > 3 * median(
        measured[row["bucket_start_timestamp"]]["NO2"] for row in both
    )
