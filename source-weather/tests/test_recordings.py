"""Answers recorded from the service become records without loss: every leaf is found again, and nothing besides."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from airbyte_cdk.utils import AirbyteTracedException
from connector_kit.streams import Field
from source_weather.answers import places_of, records_of
from source_weather.points import Point
from source_weather.variables import DAILY, HOURLY

REAL = Path(__file__).parents[3] / "shared" / "real" / "open-meteo"
PLACE = [Point("somewhere", "11", 48.86, 2.35, 1.0)]
FETCHED = "2026-04-24T12:00:00Z"
EVER = ("", "~")
FORECASTS = [
    "forecast_paris_fetched-2026-03-20T1140Z.json",
    "forecast_paris_fetched-2026-03-20T1319Z.json",
    "forecast_hourly_lat50-lon10_raw.json",
]
CITIES = ["paris", "lyon", "marseille", "toulouse", "lille", "limoges", "nantes", "strasbourg", "brest"]
RECORDED_UNITS = {
    "temperature_2m": "°C",
    "precipitation": "mm",
    "wind_speed_10m": "km/h",
    "cloud_cover": "%",
    "soil_moisture_1_to_3cm": "m³/m³",
    "relative_humidity_2m": "%",
}


def recording(name: str) -> Path:
    path = REAL / name
    if not path.exists():
        if os.environ.get("HEXAWATT_REAL_DATA") == "required":
            pytest.fail(f"the recorded answer {name} is required and absent")
        pytest.skip("the recorded answers are not beside this checkout")
    return path


def read(name: str) -> Any:
    return json.loads(recording(name).read_text())


def fields(units: Mapping[str, str]) -> list[Field]:
    """The variables of an answer, in the units that it was recorded in."""
    return [Field(name, "number", "", unit=unit) for name, unit in units.items() if name != "time"]


def loaded(answer: Any, section: str, variables: Sequence[Field], *, drops_empty: bool = False) -> list[dict[str, Any]]:
    places = places_of(answer, PLACE, section, variables)
    names = ("date" if section == "daily" else "time", *(variable.name for variable in variables))
    return records_of(places, PLACE, names, {"fetched_at": FETCHED}, EVER, drops_empty=drops_empty)


@pytest.mark.parametrize("name", FORECASTS)
def test_every_leaf_of_a_recorded_forecast_is_in_a_record(name: str) -> None:
    answer = read(name)
    hourly = answer["hourly"]
    rows = loaded(answer, "hourly", fields(answer["hourly_units"]))
    assert len(rows) == len(hourly["time"])
    offset = timedelta(seconds=answer["utc_offset_seconds"])
    assert offset == timedelta(hours=1)
    for number, row in enumerate(rows):
        label = datetime.fromisoformat(hourly["time"][number]).replace(tzinfo=UTC)
        assert datetime.fromisoformat(row["time"]) == label - offset
        assert {variable: row[variable] for variable in hourly if variable != "time"} == {
            variable: column[number] for variable, column in hourly.items() if variable != "time"
        }
    assert {row["time"][-1] for row in rows} == {"Z"}


def test_a_whole_recorded_archive_of_days_is_loaded_day_by_day() -> None:
    answer = read("archive_daily_paris_2016-2025.json")
    daily = answer["daily"]
    rows = loaded({**answer, "utc_offset_seconds": 0}, "daily", fields(answer["daily_units"]))
    assert [row["date"] for row in rows] == daily["time"]
    assert len(rows) == 3653
    for variable, column in daily.items():
        if variable != "time":
            assert [row[variable] for row in rows] == column
            known = [value for value in column if value is not None]
            assert math.fsum(row[variable] for row in rows if row[variable] is not None) == math.fsum(known)


def test_recorded_units_of_days_are_those_that_are_expected() -> None:
    """All but the wind's, which is asked for in metres a second."""
    expected = {variable.name: variable.unit for variable in [*HOURLY, *DAILY]}
    units: dict[str, str] = read("archive_daily_paris_2016-2025.json")["daily_units"]
    for name in FORECASTS:
        answer = read(name)
        units |= answer["hourly_units"] | answer.get("daily_units", {})
    known = {name: unit for name, unit in units.items() if name in expected and "wind" not in name}
    assert len(known) >= 12
    assert known == {name: expected[name] for name in known}


def test_days_that_are_cut_by_the_offset_of_the_call_are_refused() -> None:
    """Asked in April with the zone of Paris, days of January began at 23:00 as well: two hours off UTC."""
    answer = read("archive_daily_paris_2016-2025.json")
    assert answer["utc_offset_seconds"] == 7200
    with pytest.raises(AirbyteTracedException, match="days that begin 7200 s off UTC"):
        loaded(answer, "daily", fields(answer["daily_units"]))


def test_a_recorded_answer_in_another_unit_is_refused_rather_than_taken_for_ours() -> None:
    answer = read(FORECASTS[0])
    assert answer["hourly_units"]["wind_speed_100m"] == "km/h"
    wind = [variable for variable in HOURLY if variable.name == "wind_speed_100m"]
    with pytest.raises(AirbyteTracedException, match="wind_speed_100m in km/h, not m/s"):
        loaded(answer, "hourly", wind)


@pytest.mark.parametrize("city", CITIES)
def test_recorded_forecasts_of_the_past_lose_only_rows_without_any_value(city: str) -> None:
    path = recording(f"historical-forecast_hourly_{city}_2021-2025.parquet")
    with duckdb.connect() as connection:
        connection.execute("set TimeZone='UTC'")
        names = ", ".join(RECORDED_UNITS)
        times, *columns = (
            connection.execute(
                f"select strftime(time::timestamptz, '%Y-%m-%dT%H:%M') as time, {names} from '{path}' order by time"
            )
            .fetchnumpy()
            .values()
        )
        (counted, *sums) = (
            connection.execute(
                f"""select count(*) filter (coalesce({names}) is not null),
                       {", ".join(f"sum({name}::double)" for name in RECORDED_UNITS)} from '{path}'"""
            ).fetchone()
            or ()
        )
    hourly = {
        name: [None if masked else float(value) for value, masked in zip(column.data, mask_of(column), strict=True)]
        for name, column in zip(RECORDED_UNITS, columns, strict=True)
    }
    answer = {
        "utc_offset_seconds": 0,
        "hourly_units": {"time": "iso8601", **RECORDED_UNITS},
        "hourly": {"time": list(times), **hourly},
    }
    rows = loaded(answer, "hourly", fields(RECORDED_UNITS), drops_empty=True)
    assert len(rows) == counted < len(times)
    assert rows[0]["time"] == "2021-03-23T00:00:00Z"
    for name, total in zip(RECORDED_UNITS, sums, strict=True):
        assert math.fsum(row[name] for row in rows if row[name] is not None) == pytest.approx(total, rel=1e-9)
    assert rows[0]["soil_moisture_1_to_3cm"] is None, "a row with some values keeps its nulls"


def mask_of(column: Any) -> Any:
    """Which values of a numpy column are null, however the driver says it."""
    mask = getattr(column, "mask", None)
    return [math.isnan(value) for value in column.data] if mask is None else mask | (column.data != column.data)
