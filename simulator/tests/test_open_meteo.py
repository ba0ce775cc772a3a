"""The rules of Open-Meteo."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import requests
from simulator.model import generation
from simulator.model.points import POINTS
from simulator.open_meteo.api import nearest_point
from simulator.open_meteo.variables import DAILY, HOURLY
from simulator.testing import SimulatorUrl
from simulator.world import World

PARIS = {"latitude": "48.8566", "longitude": "2.3522"}
EVERYWHERE = {
    "latitude": ",".join(str(point.latitude) for point in POINTS),
    "longitude": ",".join(str(point.longitude) for point in POINTS),
}
ALL = ",".join(HOURLY)
JANUARY = {"start_date": "2026-01-10", "end_date": "2026-01-12"}
SERVICES = {
    "archive": "archive-api/v1/archive",
    "forecast": "api/v1/forecast",
    "historical": "historical-forecast-api/v1/forecast",
    "previous": "previous-runs-api/v1/forecast",
    "run": "single-runs-api/v1/forecast",
}
IFS = {"models": "ecmwf_ifs"}


def get(url: str, product: str, headers: Any = None, **params: str) -> requests.Response:
    address = f"{url}/open-meteo/{SERVICES.get(product, product)}"
    return requests.get(address, params, headers=headers, timeout=30, allow_redirects=False)


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
    assert list(answer["hourly_units"]) == list(hourly) == ["time", *HOURLY]


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
    days = {"start_date": "2015-01-01", "end_date": "2015-01-02"}
    hourly = body(shared_url, "archive", hourly=ALL, **days, **PARIS)["hourly"]
    assert {name: hourly[name] for name in HOURLY} == dict.fromkeys(HOURLY, [None] * 48)


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
    places = body(shared_url, "forecast", hourly="temperature_2m", forecast_days="16", **EVERYWHERE)
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
        ("forecast", {"run": "2026-11-20T00:00"}, "Parameter 'run' must not be set"),
        ("forecast", {"models": "era5"},
         "Cannot initialize MultiDomains from invalid String value era5 for key models"),
        ("historical", {"start_date": "2015-12-31", "end_date": "2016-01-02"},
         "Parameter 'start_date' is out of allowed range from 2016-01-01 to 2026-12-06"),
        ("run", {}, "Parameter 'run' is required"),
        ("run", {"run": "2026-11-20T00:00", **JANUARY}, "Parameter 'start_date' must not be set"),
        ("run", {"run": "noon"}, "Parameter 'run' has an invalid date format. Use YYYY-MM-DDTHH:MM"),
        ("run", {"run": "2026-11-20T05:00", **IFS},
         "The requested model run is not available. Model: ecmwf_ifs, run: 2026-11-20T05:00Z"),
        ("run", {"run": "2024-03-13T00:00", **IFS},
         "The requested model run is not available. Model: ecmwf_ifs, run: 2024-03-13T00:00Z"),
        ("forecast", {"hourly": "rain_previous_day1"},
         "Cannot initialize WeatherVariable from invalid String value rain_previous_day1 for key hourly"),
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

    winter = {"start_date": "2024-12-01", "end_date": "2025-02-28"}
    places = body(shared_url, "archive", hourly="temperature_2m", **EVERYWHERE, **winter)
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


# More services


def temperatures(url: str, product: str, **params: str) -> Any:
    """Shape (places, hours), NaN where there is nothing."""
    answer = body(url, product, hourly="temperature_2m", **params)
    places = answer if isinstance(answer, list) else [answer]
    return np.array([place["hourly"]["temperature_2m"] for place in places], dtype=float)


def truth(world: World, day: int, hours: int) -> Any:
    first = (day * 86400 - world.grid.epoch) // 3600
    return world.france.weather.temperature[first : first + hours].T


def test_daily_values_are_those_of_the_hours_of_the_local_day(shared_url: SimulatorUrl) -> None:
    for zone in ("GMT", "Europe/Paris"):
        answer = body(
            shared_url,
            "archive",
            hourly=ALL,
            daily=",".join(DAILY),
            timezone=zone,
            wind_speed_unit="ms",
            **PARIS,
            **JANUARY,
        )
        hourly, daily = answer["hourly"], answer["daily"]
        assert daily["time"] == ["2026-01-10", "2026-01-11", "2026-01-12"]
        assert list(answer["daily_units"]) == ["time", *DAILY]
        warm = np.array(hourly["temperature_2m"]).reshape(3, 24)
        np.testing.assert_allclose(daily["temperature_2m_max"], warm.max(axis=1), atol=0.051)
        np.testing.assert_allclose(daily["temperature_2m_mean"], warm.mean(axis=1), atol=0.11)
        sun = np.array(hourly["shortwave_radiation"]).reshape(3, 24).sum(axis=1) * 3600 / 1e6
        np.testing.assert_allclose(daily["shortwave_radiation_sum"], sun, atol=0.05)
        gusts = np.array(hourly["wind_gusts_10m"]).reshape(3, 24).max(axis=1)
        np.testing.assert_allclose(daily["wind_gusts_10m_max"], gusts, atol=0.01)
        assert hourly["time"][0].endswith("T00:00")


def test_the_border_of_the_day_is_the_offset_of_the_moment_of_the_call(url: SimulatorUrl) -> None:
    """The same days, asked for in winter and in summer, are cut at other hours."""
    asked = {"daily": "temperature_2m_mean", "timezone": "Europe/Paris", **PARIS, **JANUARY}
    winter = body(url, "archive", **asked)
    url.move_to("2027-05-02T12:00:00Z")
    summer = body(url, "archive", **asked)
    assert (winter["utc_offset_seconds"], summer["utc_offset_seconds"]) == (3600, 7200)
    assert winter["daily"]["time"] == summer["daily"]["time"]
    assert winter["daily"]["temperature_2m_mean"] != summer["daily"]["temperature_2m_mean"]


def test_first_values_of_the_archive_are_replaced_after_five_days(url: SimulatorUrl, world: World) -> None:
    days = {"start_date": "2026-11-14", "end_date": "2026-11-21", **EVERYWHERE}
    first = temperatures(url, "archive", **days)
    era5 = temperatures(url, "archive", models="era5", **days)
    five_days = 3 * 24
    np.testing.assert_allclose(era5[:, :five_days], truth(world, 20771, five_days), atol=0.051)
    assert np.isnan(era5[:, five_days:]).all(), "ERA5 is five days late"
    np.testing.assert_array_equal(first[:, :five_days], era5[:, :five_days])
    url.advance(6 * 86400)
    later = temperatures(url, "archive", **days)
    np.testing.assert_array_equal(later[:, :five_days], first[:, :five_days])
    known = slice(five_days, 7 * 24 + 13)
    assert 0.05 < np.abs(later[:, known] - first[:, known]).mean() < 0.5, "small differences"
    np.testing.assert_allclose(later, truth(world, 20771, later.shape[1]), atol=0.051)


def test_past_forecasts_are_null_before_a_model_began(shared_url: SimulatorUrl) -> None:
    days = {"start_date": "2022-11-12", "end_date": "2022-11-14", **PARIS}
    arpege = temperatures(shared_url, "historical", models="meteofrance_arpege_europe", **days)[0]
    assert np.isnan(arpege).tolist() == [True] * 24 + [False] * 48
    assert not np.isnan(temperatures(shared_url, "historical", **days)).any()
    assert np.isnan(
        temperatures(shared_url, "historical", start_date="2021-03-01", end_date="2021-03-02", **PARIS)
    ).all()


def test_past_forecasts_are_the_first_hours_of_runs(shared_url: SimulatorUrl, world: World) -> None:
    days = {"start_date": "2026-11-01", "end_date": "2026-11-19", **EVERYWHERE}
    past = temperatures(shared_url, "historical", **days)
    np.testing.assert_array_equal(past, temperatures(shared_url, "forecast", **days))
    assert 0.05 < np.abs(past - truth(world, 20758, past.shape[1])).mean() < 0.5


def test_several_models_have_their_names_behind_the_variables(shared_url: SimulatorUrl) -> None:
    answer = body(shared_url, "historical", hourly="temperature_2m", models="ecmwf_ifs,icon_global", **PARIS, **JANUARY)
    assert list(answer["hourly"]) == ["time", "temperature_2m_ecmwf_ifs", "temperature_2m_icon_global"]
    alone = body(shared_url, "historical", hourly="temperature_2m", models="icon_global", **PARIS, **JANUARY)
    assert alone["hourly"]["temperature_2m"] == answer["hourly"]["temperature_2m_icon_global"]


def test_forecasts_of_some_days_before_err_more(shared_url: SimulatorUrl, world: World) -> None:
    names = ["temperature_2m", *(f"temperature_2m_previous_day{days}" for days in (1, 3, 7))]
    asked = {"start_date": "2026-09-01", "end_date": "2026-10-31", "hourly": ",".join(names)}
    places = body(shared_url, "previous", **asked, **EVERYWHERE)
    errors = []
    for name in names:
        shown = np.array([place["hourly"][name] for place in places])
        errors.append(np.abs(shown - truth(world, 20697, shown.shape[1])).mean())
    assert errors == sorted(errors)
    assert errors[-1] > 3 * errors[0]


def test_forecasts_far_ahead_are_as_windy_and_as_wet_as_the_weather(shared_url: SimulatorUrl) -> None:
    variables = ("wind_speed_10m", "precipitation")
    names = [f"{variable}{ahead}" for variable in variables for ahead in ("", "_previous_day7")]
    asked = {"start_date": "2026-03-01", "end_date": "2026-08-31", "wind_speed_unit": "ms"}
    places = body(shared_url, "previous", hourly=",".join(names), **asked, **EVERYWHERE)
    wind, wind_before, rain, rain_before = (np.array([place["hourly"][name] for place in places]) for name in names)
    assert abs(wind_before.mean() - wind.mean()) < 0.3
    assert max(wind.max(), wind_before.max()) < 24
    assert np.abs(wind_before - wind).mean() > 0.6, "it is a forecast all the same"
    assert 0.8 < rain_before.mean() / rain.mean() < 1.25
    assert rain_before.max() < 40


def test_wind_power_swings_as_it_does(world: World) -> None:
    """Daily means of March to August 2026: deviation 0.58 of the mean, 5 % below 0.49 of the median; 85 % at most."""
    kinds = ("WIND_ONSHORE", "WIND_OFFSHORE")
    quarters = world.grid.quarters
    made = sum(world.france.generation.by_type[kind] for kind in kinds)
    share = (made / sum(generation.capacity(kind, quarters) for kind in kinds))[31 * 96 :]
    month = quarters[31 * 96 :].astype("M8[s]").astype("M8[M]").astype(int) % 12 + 1
    days, months = share.reshape(-1, 96).mean(axis=1), month[::96]
    mild = days[(months >= 3) & (months <= 8)]
    assert 0.48 < mild.std() / mild.mean() < 0.68
    assert 0.22 < np.quantile(mild, 0.05) / np.median(mild) < 0.55
    assert 0.75 < share.max() < 0.91
    assert days[months == 1].mean() > 1.6 * days[months == 6].mean()


@pytest.mark.parametrize(("name", "mean"), [("Paris", 2.78), ("Toulouse", 2.74), ("Lille", 3.57), ("Brest", 4.5)])
def test_the_wind_at_ten_metres_is_that_of_the_city(world: World, name: str, mean: float) -> None:
    """Means of the forecasts of 2021 to 2025, m/s."""
    (place,) = [number for number, point in enumerate(POINTS) if point.name == name]
    assert abs(world.france.weather.wind_10m[:, place].mean() / mean - 1) < 0.12


def test_rain_falls_in_showers_and_downpours(world: World) -> None:
    """Paris has 800 mm a year, 1.9 and 7 mm in its wettest hundredth and thousandth of hours, 30 mm in four years."""
    rain = world.france.weather.precipitation[:, 0]
    assert 650 < rain.mean() * 8766 < 950
    assert 0.09 < (rain >= 0.1).mean() < 0.17
    assert 1.4 < np.quantile(rain, 0.99) < 2.4
    assert 4 < np.quantile(rain, 0.999) < 8
    assert 12 < rain.max() < 45


def test_a_single_run_errs_more_the_further_it_looks(shared_url: SimulatorUrl, world: World) -> None:
    runs = [f"2026-10-{day:02d}T00:00" for day in range(1, 15)]
    errors = []
    for run in runs:
        if get(shared_url, "run", run=run, hourly="temperature_2m", **IFS, **PARIS).status_code == 400:
            continue
        shown = temperatures(shared_url, "run", run=run, **IFS, **EVERYWHERE)
        assert shown.shape[1] == 7 * 24
        first = 20727 + int(run[8:10]) - 1
        errors.append(np.abs(shown - truth(world, first, shown.shape[1])).mean(axis=0))
    by_day = np.mean(errors, axis=0).reshape(7, 24).mean(axis=1)
    assert len(errors) > 10
    assert list(by_day) == sorted(by_day)
    assert by_day[-1] > 2 * by_day[0]


def test_a_run_begins_with_its_day_and_is_null_before_its_time(shared_url: SimulatorUrl) -> None:
    answer = body(shared_url, "run", run="2026-11-19T12:00", hourly="temperature_2m", forecast_days="2", **IFS, **PARIS)
    hourly = answer["hourly"]
    assert (hourly["time"][0], hourly["time"][-1]) == ("2026-11-19T00:00", "2026-11-20T23:00")
    assert [value is None for value in hourly["temperature_2m"]] == [True] * 12 + [False] * 36


def test_a_run_comes_in_six_hours_after_its_time_and_its_first_days_before_the_rest(url: SimulatorUrl) -> None:
    asked = {"run": "2026-11-20T12:00", "hourly": "temperature_2m", "forecast_days": "10", **IFS, **PARIS}
    url.move_to("2026-11-20T17:29:00Z")
    assert get(url, "run", **asked).status_code == 400
    url.move_to("2026-11-20T17:31:00Z")
    first = body(url, "run", **asked)["hourly"]["temperature_2m"]
    assert sum(value is not None for value in first) == 73
    url.move_to("2026-11-20T18:31:00Z")
    whole = body(url, "run", **asked)["hourly"]["temperature_2m"]
    assert sum(value is not None for value in whole) == 10 * 24 - 12
    assert whole[:84] == first[:84]
    short = body(url, "run", **{**asked, "run": "2026-11-20T06:00"})["hourly"]["temperature_2m"]
    assert sum(value is not None for value in short) == 145, "the runs of 06Z and 18Z end after six days"


def test_some_runs_are_missing_for_good(shared_url: SimulatorUrl) -> None:
    statuses = [
        get(shared_url, "run", run=f"2026-{month:02d}-{day:02d}T00:00", forecast_days="1", **IFS, **PARIS).status_code
        for month in range(1, 11)
        for day in range(1, 29)
    ]
    assert 0 < statuses.count(400) < 12
    assert statuses.count(200) + statuses.count(400) == len(statuses)


def test_parts_of_the_radiation_and_of_the_rain_add_up(shared_url: SimulatorUrl) -> None:
    asked = {"start_date": "2026-01-01", "end_date": "2026-03-31", "hourly": ALL, "wind_speed_unit": "ms"}
    hourly = {
        name: np.array(column) for name, column in body(shared_url, "archive", **PARIS, **asked)["hourly"].items()
    }
    both = hourly["direct_radiation"] + hourly["diffuse_radiation"]
    np.testing.assert_allclose(both, hourly["shortwave_radiation"], atol=1.01)
    np.testing.assert_allclose(hourly["rain"] + hourly["snowfall"] / 0.7, hourly["precipitation"], atol=0.03)
    assert (hourly["dew_point_2m"] <= hourly["temperature_2m"]).all()
    assert 0 < hourly["relative_humidity_2m"].min() < hourly["relative_humidity_2m"].max() <= 100
    assert (hourly["wind_gusts_10m"] > hourly["wind_speed_10m"]).all()
    assert 0 <= hourly["wind_direction_100m"].min() < hourly["wind_direction_100m"].max() < 360.5


@pytest.mark.parametrize(("name", "dew_point", "humidity"), [("Paris", 11, 43), ("Toulouse", 13, 41)])
def test_the_dew_point_belongs_to_the_air_mass(
    shared_url: SimulatorUrl, name: str, dew_point: float, humidity: float
) -> None:
    """It hardly follows the hour; July afternoons are about as humid as those of 2021 to 2025 (past forecasts)."""
    (point,) = [point for point in POINTS if point.name == name]
    place = {"latitude": str(point.latitude), "longitude": str(point.longitude)}
    columns = []
    for year in (2022, 2023, 2024, 2025, 2026):
        july = {"start_date": f"{year}-07-01", "end_date": f"{year}-07-31"}
        asked = "dew_point_2m,relative_humidity_2m,temperature_2m"
        hourly = body(shared_url, "archive", hourly=asked, **place, **july)["hourly"]
        columns.append([hourly[variable] for variable in asked.split(",")])
    dew, moist, warm = np.concatenate(columns, axis=1).reshape(3, -1, 24)
    assert abs(dew[:, 14].mean() - dew_point) < 2
    assert abs(moist[:, 14].mean() - humidity) < 8
    assert np.ptp(dew.mean(axis=0)) < 2.5 < np.ptp(warm.mean(axis=0)) / 3
    assert moist[:, 5].mean() > moist[:, 14].mean() + 30
    assert 19 < dew.max() < 25.5
    assert (dew <= warm).all()
    assert moist.max() <= 100


# Hosts, keys, quotas


def test_an_unknown_service_is_not_found(shared_url: SimulatorUrl) -> None:
    assert get(shared_url, "archive-api/v1/forecast", **PARIS).status_code == 404
    assert get(shared_url, "moon-api/v1/forecast", **PARIS).status_code == 404


def test_customers_have_hosts_and_keys_of_their_own(shared_url: SimulatorUrl) -> None:
    archive, forecast = "customer-archive-api/v1/archive", "customer-api/v1/forecast"
    assert get(shared_url, forecast, **PARIS).status_code == 401
    assert get(shared_url, forecast, apikey="any-word", **PARIS).status_code == 200
    assert get(shared_url, forecast, headers={"X-Api-Key": "any-word"}, **PARIS).status_code == 200
    assert get(shared_url, forecast, apikey="standard-word", **PARIS).status_code == 200
    refused = get(shared_url, archive, apikey="standard-word", **PARIS, **JANUARY)
    assert (refused.status_code, "Professional" in refused.json()["reason"]) == (403, True)
    assert get(shared_url, forecast, apikey="invalid-word", **PARIS).status_code == 400


def test_a_key_at_the_free_host_is_sent_to_the_other_one(shared_url: SimulatorUrl) -> None:
    sent = get(shared_url, "forecast", apikey="any-word", **PARIS)
    assert sent.status_code == 303
    assert "/customer-api/v1/forecast" in sent.headers["Location"]
    longer = {"latitude": ",".join(["48.123456"] * 200), "longitude": ",".join(["2.123456"] * 200)}
    assert get(shared_url, "forecast", apikey="any-word", **longer).status_code == 400


def test_customers_have_no_quota(url: SimulatorUrl) -> None:
    url.set_faults({"match": "/v1/", "kind": "quota", "per_minute": 1})
    assert [get(url, "forecast", **PARIS).status_code for _ in range(2)] == [200, 429]
    assert get(url, "customer-api/v1/forecast", apikey="any-word", **PARIS).status_code == 200


def test_weights_count_variables_of_all_sections_and_models(url: SimulatorUrl) -> None:
    asked = {"hourly": "temperature_2m,cloud_cover", "daily": "temperature_2m_max", "models": "ecmwf_ifs,gfs_global"}
    year = {"start_date": "2025-01-01", "end_date": "2025-12-31"}
    weight = 6 / 10 * 365 / 14
    url.set_faults({"match": "/v1/", "kind": "quota", "per_minute": 2 * weight - 0.5})
    statuses = [get(url, "historical", **asked, **year, **PARIS).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]


def test_a_status_fault_has_the_words_of_the_service(url: SimulatorUrl) -> None:
    for status, words in ((503, "overloaded"), (429, "Minutely"), (403, "plan")):
        url.set_faults({"match": "/open-meteo/", "kind": status})
        refused = get(url, "forecast", **PARIS)
        assert (refused.status_code, words in refused.json()["reason"]) == (status, True)
    url.set_faults({"match": "/open-meteo/", "kind": 502})
    assert get(url, "forecast", **PARIS).content == b""
