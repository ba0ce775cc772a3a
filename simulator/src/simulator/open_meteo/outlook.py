"""Weather as known at an instant: the truth for the archive, the truth plus a growing error for a forecast.

A model runs every six hours and is available four hours later. A future hour comes from the latest run; a past hour
keeps what the run just before it said, so past forecasts stay as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from simulator.model.grid import FIRST_SERVED_DAY, Floats, Grid
from simulator.model.points import POINTS
from simulator.model.weather import Weather, snowfall, transmission
from simulator.paris import DAY, HOUR, Ints

RUN_EVERY = 6 * HOUR
RUN_TAKES = 4 * HOUR
TABLE = 4096  # hours after which the part of the error that differs from run to run repeats
RUN_STEP = 977  # hours by which the table is shifted from run to run


@dataclass(frozen=True)
class Errors:
    """Noise of deviation 1: `shared` (hours, points) stays from run to run, `by_run` (TABLE, points) does not."""

    shared: Mapping[str, Floats]
    by_run: Mapping[str, Floats]


def draw_errors(grid: Grid) -> Errors:
    """Errors of temperature, wind and cloud."""
    names = ("temperature", "wind", "cloud")
    hours, places = grid.hours.size, len(POINTS)
    return Errors(
        {name: grid.fields(f"forecast {name}", hours, places, 30) for name in names},
        {name: grid.fields(f"run {name}", TABLE, places, 20) for name in names},
    )


def archive(weather: Weather, errors: Errors, grid: Grid, hours: Ints, place: int, now: int) -> dict[str, Floats]:
    """The truth up to now; the rest of today is a forecast. NaN before the simulated history."""
    known = _values(weather, grid, hours, place, np.zeros(hours.size), np.zeros(hours.size), np.zeros(hours.size))
    coming = forecast(weather, errors, grid, hours, place, now)
    return {name: np.where(hours <= now, known[name], coming[name]) for name in known}


def forecast(weather: Weather, errors: Errors, grid: Grid, hours: Ints, place: int, now: int) -> dict[str, Floats]:
    """Values by variable of Open-Meteo at these hours (UTC seconds) for one point. NaN before the history."""
    latest = (now - RUN_TAKES) // RUN_EVERY
    run = np.minimum(hours // RUN_EVERY, latest)
    lead = (hours - run * RUN_EVERY) / HOUR
    index = np.clip((hours - grid.epoch) // HOUR, 0, grid.hours.size - 1)
    shifted = (hours // HOUR + RUN_STEP * run) % TABLE
    noise = {
        name: 0.8 * errors.shared[name][index, place] + 0.6 * errors.by_run[name][shifted, place]
        for name in errors.shared
    }
    warmer = (0.15 + 0.12 * lead**0.58) * noise["temperature"]
    windier = np.clip(0.03 + 0.035 * lead**0.45, 0, 0.45) * noise["wind"]
    cloudier = (0.1 + 0.12 * lead**0.5) * noise["cloud"]
    return _values(weather, grid, hours, place, warmer, windier, cloudier)


def _values(
    weather: Weather, grid: Grid, hours: Ints, place: int, warmer: Floats, windier: Floats, cloudier: Floats
) -> dict[str, Floats]:
    """The truth, `warmer` in °C, `windier` as a logarithm, `cloudier` as a logit."""
    index = np.clip((hours - grid.epoch) // HOUR, 0, grid.hours.size - 1)
    known = hours >= (FIRST_SERVED_DAY - 1) * DAY
    true_cloud = weather.cloud[index, place]
    odds = np.log(true_cloud / (1 - true_cloud)) + cloudier
    cloud = 1 / (1 + np.exp(-odds))
    temperature = weather.temperature[index, place] + warmer
    rain = weather.precipitation[index, place] * np.exp(1.5 * (cloud - true_cloud) + windier)
    values = {
        "temperature_2m": temperature,
        "wind_speed_10m": weather.wind_10m[index, place] * np.exp(windier),
        "wind_speed_100m": weather.wind_100m[index, place] * np.exp(windier),
        "shortwave_radiation": weather.clear_sky[index, place] * transmission(cloud),
        "cloud_cover": 100 * cloud,
        "precipitation": rain,
        "snowfall": snowfall(rain, temperature),
    }
    return {name: np.where(known, column, np.nan) for name, column in values.items()}
