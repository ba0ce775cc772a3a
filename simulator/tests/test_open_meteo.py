"""The rules of Open-Meteo."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import requests
from simulator.model.points import POINTS
from simulator.open_meteo.api import VARIABLES, nearest_point
from simulator.testing import SimulatorUrl
from simulator.world import World

PARIS = {"latitude": "48.8566", "longitude": "2.3522"}
ALL = ",".join(VARIABLES)
JANUARY = {"start_date": "2026-01-10", "end_date": "2026-01-12"}


def get(url: str, product: str, **params: str) -> requests.Response:
    return requests.get(f"{url}/v1/{product}", params, timeout=30)


def body(url: str, product: str, **params: str) -> Any:
    answer = get(url, product, **params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def reason(url: str, product: str, **params: str) -> str:
    answer = get(url, product, **params)
    assert (answer.status_code, answer.json()["error"]) == (400, True)
    return str(answer.json()["reason"])


def test_one_place_is_an_object(shared_url: SimulatorUrl) -> None:
    answer = body(shared_url, "archive", hourly=ALL, **PARIS, **JANUARY)
    assert {"latitude", "longitude", "generationtime_ms", "utc_offset_seconds", "timezone", "elevation"} <= set(answer)
    assert (answer["timezone"], answer["timezone_abbreviation"], answer["utc_offset_seconds"]) == ("GMT", "GMT", 0)
    assert "location_id" not in answer
    hourly = answer["hourly"]
    assert (hourly["time"][0], hourly["time"][-1]) == ("2026-01-10T00:00", "2026-01-12T23:00")
    assert {len(column) for column in hourly.values()} == {72}
    assert list(answer["hourly_units"]) == list(hourly) == ["time", *VARIABLES]


def test_several_places_are_an_array_in_order(shared_url: SimulatorUrl) -> None:
    answer = body(shared_url, "archive", latitude="48.85,43.3,50.63", longitude="2.35,5.37,3.06", hourly=ALL, **JANUARY)
    assert [place.get("location_id") for place in answer] == [None, 1, 2]
    assert [round(place["latitude"]) for place in answer] == [49, 43, 51]
    assert answer[0]["hourly"]["temperature_2m"] != answer[1]["hourly"]["temperature_2m"]


def test_coordinates_come_back_as_those_of_the_cell(shared_url: SimulatorUrl) -> None:
    cells = [
        body(shared_url, product, hourly="cloud_cover", **PARIS, **dates)
        for product, dates in (("archive", JANUARY), ("forecast", {}))
    ]
    for cell in cells:
        assert cell["latitude"] != float(PARIS["latitude"])
        assert abs(cell["latitude"] - float(PARIS["latitude"])) < 0.1
    assert cells[0]["latitude"] != cells[1]["latitude"]


def test_any_place_is_answered_by_the_nearest_point() -> None:
    for number, point in enumerate(POINTS):
        assert nearest_point(point.latitude + 0.02, point.longitude - 0.02) == number
    assert POINTS[nearest_point(50.1, 8.7)].name == "Strasbourg"  # Frankfurt


def test_wind_units(shared_url: SimulatorUrl) -> None:
    asked = {"hourly": "wind_speed_100m", **PARIS, **JANUARY}
    default, metres = body(shared_url, "archive", **asked), body(shared_url, "archive", wind_speed_unit="ms", **asked)
    assert default["hourly_units"]["wind_speed_100m"] == "km/h"
    assert metres["hourly_units"]["wind_speed_100m"] == "m/s"
    np.testing.assert_allclose(
        np.array(default["hourly"]["wind_speed_100m"]), 3.6 * np.array(metres["hourly"]["wind_speed_100m"]), atol=0.25
    )


def test_the_archive_is_the_weather_of_the_model(shared_url: SimulatorUrl, world: World) -> None:
    """So that demand and production can be explained by it."""
    answer = body(shared_url, "archive", hourly="temperature_2m,shortwave_radiation", **PARIS, **JANUARY)
    first = (20463 * 86400 - world.grid.epoch) // 3600  # 2026-01-10
    truth = world.france.weather.temperature[first : first + 72, 0]
    np.testing.assert_allclose(answer["hourly"]["temperature_2m"], truth, atol=0.051)
    assert max(answer["hourly"]["shortwave_radiation"]) > 50


def test_time_is_local_with_one_offset_for_the_whole_answer(shared_url: SimulatorUrl) -> None:
    """In November the offset is that of winter, for the days of July as well."""
    july = {"start_date": "2026-07-01", "end_date": "2026-07-02", "hourly": "temperature_2m"}
    gmt, local = (
        body(shared_url, "archive", **july, **PARIS),
        body(shared_url, "archive", timezone="Europe/Paris", **july, **PARIS),
    )
    assert (local["utc_offset_seconds"], local["timezone"], local["timezone_abbreviation"]) == (
        3600,
        "Europe/Paris",
        "GMT+1",
    )
    assert local["hourly"]["time"] == gmt["hourly"]["time"]
    assert local["hourly"]["temperature_2m"][1:] == gmt["hourly"]["temperature_2m"][:-1]


def test_unix_time(shared_url: SimulatorUrl) -> None:
    answer = body(shared_url, "archive", hourly="cloud_cover", timeformat="unixtime", **PARIS, **JANUARY)
    assert answer["hourly"]["time"][:2] == [1768003200, 1768006800]
    assert answer["hourly_units"]["time"] == "unixtime"


def test_years_before_the_history_are_null(shared_url: SimulatorUrl) -> None:
    answer = body(
        shared_url, "archive", hourly="temperature_2m", start_date="2015-01-01", end_date="2015-01-02", **PARIS
    )
    assert answer["hourly"]["temperature_2m"] == [None] * 48


def test_the_forecast_gives_seven_days_from_today(shared_url: SimulatorUrl) -> None:
    time = body(shared_url, "forecast", hourly="temperature_2m", **PARIS)["hourly"]["time"]
    assert (time[0], time[-1], len(time)) == ("2026-11-21T00:00", "2026-11-27T23:00", 168)
    longer = body(shared_url, "forecast", hourly="temperature_2m", past_days="2", forecast_days="16", **PARIS)[
        "hourly"
    ]["time"]
    assert (longer[0], longer[-1]) == ("2026-11-19T00:00", "2026-12-06T23:00")


def test_the_rest_of_today_is_a_forecast_in_the_archive_as_well(shared_url: SimulatorUrl) -> None:
    today = {"start_date": "2026-11-21", "end_date": "2026-11-21", "hourly": "temperature_2m"}
    archive = body(shared_url, "archive", **today, **PARIS)["hourly"]["temperature_2m"]
    forecast = body(shared_url, "forecast", **today, **PARIS)["hourly"]["temperature_2m"]
    assert archive[13:] == forecast[13:]
    assert archive[:13] != forecast[:13]


def test_each_run_changes_the_future_and_leaves_the_past(url: SimulatorUrl) -> None:
    days = {"start_date": "2026-11-15", "end_date": "2026-11-28", "hourly": ALL, **PARIS}
    before = body(url, "forecast", **days)["hourly"]
    url.advance(6 * 3600)
    after = body(url, "forecast", **days)["hourly"]
    assert before["temperature_2m"][: 6 * 24] == after["temperature_2m"][: 6 * 24]
    assert before["temperature_2m"][-48:] != after["temperature_2m"][-48:]
    url.advance(60)
    assert body(url, "forecast", **days)["hourly"] == after


def test_forecast_errors_grow_with_the_lead(shared_url: SimulatorUrl, world: World) -> None:
    many = {
        "latitude": ",".join(str(p.latitude) for p in POINTS),
        "longitude": ",".join(str(p.longitude) for p in POINTS),
    }
    places = body(shared_url, "forecast", hourly="temperature_2m", forecast_days="16", **many)
    shown = np.array([place["hourly"]["temperature_2m"] for place in places])
    first = (20778 * 86400 - world.grid.epoch) // 3600  # 2026-11-21
    truth = world.france.weather.temperature[first : first + shown.shape[1]].T
    error = np.abs(shown - truth).mean(axis=0)
    assert error[:12].mean() < 0.6
    assert error[:12].mean() < error[48:96].mean() < error[-96:].mean()


def test_physical_bounds(shared_url: SimulatorUrl) -> None:
    hourly = body(shared_url, "forecast", hourly=ALL, forecast_days="16", past_days="90", **PARIS)["hourly"]
    assert 0 <= min(hourly["cloud_cover"]) <= max(hourly["cloud_cover"]) <= 100
    for name in ("wind_speed_10m", "wind_speed_100m", "shortwave_radiation", "precipitation", "snowfall"):
        assert min(hourly[name]) >= 0
    assert max(hourly["shortwave_radiation"]) < 1000
    assert np.mean(hourly["wind_speed_10m"]) < np.mean(hourly["wind_speed_100m"])


@pytest.mark.parametrize(
    ("product", "params", "text"),
    [
        ("archive", {"start_date": "1939-12-31", "end_date": "1940-01-02"},
         "Parameter 'start_date' is out of allowed range from 1940-01-01 to 2026-11-21"),
        ("archive", {"start_date": "2026-11-20", "end_date": "2026-11-22"},
         "Parameter 'end_date' is out of allowed range from 1940-01-01 to 2026-11-21"),
        ("forecast", {"start_date": "2026-08-19", "end_date": "2026-08-20"},
         "Parameter 'start_date' is out of allowed range from 2026-08-20 to 2026-12-06"),
        ("archive", {}, "Both 'start_date' and 'end_date' must be set in the url"),
        ("forecast", {"start_date": "2026-11-20"}, "Both 'start_date' and 'end_date' must be set in the url"),
        ("forecast", {"start_date": "2026-11-20", "end_date": "2026-11-19"},
         "End-date must be larger or equals than start-date"),
        ("forecast", {"past_days": "200"}, "Past days is invalid. Allowed range 0 to 93. Given 200."),
        ("forecast", {"past_days": "2", **JANUARY},
         "Parameter 'past_days' is mutually exclusive with 'start_date' and 'end_date'"),
        ("forecast", {"latitude": "95", "longitude": "2"}, "Latitude must be in range of -90 to 90°. Given: 95.0."),
        ("forecast", {"latitude": "48,49"},
         "Parameter 'latitude' and 'longitude' must have the same number of elements"),
        ("forecast", {"hourly": "tempeture_2m"},
         "Cannot initialize WeatherVariable from invalid String value tempeture_2m for key hourly"),
        ("forecast", {"timezone": "Europe/Nowhere"}, "Invalid timezone"),
    ],
)  # fmt: skip
def test_refusals(shared_url: SimulatorUrl, product: str, params: dict[str, str], text: str) -> None:
    assert reason(shared_url, product, **{"hourly": "temperature_2m", **PARIS, **params}) == text


def test_too_many_places(shared_url: SimulatorUrl) -> None:
    places = {"latitude": ",".join(["48"] * 1001), "longitude": ",".join(["2"] * 1001)}
    assert reason(shared_url, "forecast", **places) == "Only up to 1000 locations can be requested at once"


def test_demand_can_be_explained_by_the_served_weather(shared_url: SimulatorUrl, shared_rte: Any) -> None:
    """Daily load on the mean temperature of the cities, weighted by people: about -2 GW per degree in winter."""
    from simulator.model.points import population_weights

    many = {
        "latitude": ",".join(str(p.latitude) for p in POINTS),
        "longitude": ",".join(str(p.longitude) for p in POINTS),
    }
    winter = {"start_date": "2024-12-01", "end_date": "2025-02-28"}
    places = body(shared_url, "archive", hourly="temperature_2m", **many, **winter)
    hourly = population_weights() @ np.array([place["hourly"]["temperature_2m"] for place in places])
    temperature = hourly.reshape(-1, 24).mean(axis=1)
    (block,) = shared_rte.blocks(
        "consumption/v1/short_term",
        type="REALISED",
        start_date="2024-12-01T00:00:00+01:00",
        end_date="2025-03-01T00:00:00+01:00",
    )
    load = np.array([value["value"] for value in block["values"]]).reshape(-1, 96).mean(axis=1) / 1000
    number = np.arange(load.size)
    workday = (number % 7 >= 1) & (number % 7 <= 5) & ((number < 20) | (number > 35))  # 1 December 2024 is a Sunday
    slope = np.polyfit(temperature[workday], load[workday], 1)[0]
    assert -2.8 < slope < -1.6
