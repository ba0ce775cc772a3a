"""Open-Meteo's variables: unit, decimals, and how each follows from what is known of the sky."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from simulator.model import draws
from simulator.model.grid import Floats
from simulator.model.points import LATITUDES
from simulator.model.weather import relative_humidity, snowfall, vapour_pressure
from simulator.open_meteo.outlook import Sky
from simulator.paris import HOUR

WIND = ""
"""The unit is the one asked for."""


@dataclass(frozen=True)
class Hourly:
    """`make`: the values, shape (hours, places), in this unit (wind in m/s)."""

    unit: str
    decimals: int
    make: Callable[[Sky], Floats]


@dataclass(frozen=True)
class Daily:
    """What is made of the 24 hours of a day: `how` is mean, max, min or sum, then `factor`."""

    unit: str
    decimals: int
    hourly: str
    how: str
    factor: float = 1.0


def _apparent(sky: Sky) -> Floats:
    return np.asarray(sky.temperature + 0.33 * vapour_pressure(sky.dew_point) - 0.7 * sky.wind_10m - 4)


def _direction(sky: Sky, turn: float = 0.0) -> Floats:
    veering = draws.smooth(sky.seed, "wind direction", sky.hours // HOUR, 40)
    local = 25 * np.sin(7 * LATITUDES[sky.places])
    degrees = (250 + turn + 70 * veering[:, None] + local[None, :]) % 360
    return np.where(np.isnan(sky.wind_100m), np.nan, degrees)


def _gusts(sky: Sky) -> Floats:
    return np.asarray(sky.wind_10m * (1.5 + 0.4 * sky.cloud) + 0.5)


def _diffuse(sky: Sky) -> Floats:
    return np.asarray(sky.radiation * (0.18 + 0.82 * sky.cloud**2))


def _snow(sky: Sky) -> Floats:
    return snowfall(sky.precipitation, sky.temperature)


def _sunshine(sky: Sky) -> Floats:
    return np.asarray(3600 * np.clip(1.2 * (1 - sky.cloud**2), 0, 1) * np.clip(sky.clear_sky / 120, 0, 1))


def _evapotranspiration(sky: Sky) -> Floats:
    """Makkink's rule, mm."""
    slope = 4098 * vapour_pressure(sky.temperature) / 10 / (243.04 + sky.temperature) ** 2
    return np.asarray(0.65 * slope / (slope + 0.066) * sky.radiation * HOUR / 1e6 / 2.45)


HOURLY: Mapping[str, Hourly] = {
    "temperature_2m": Hourly("°C", 1, lambda sky: sky.temperature),
    "relative_humidity_2m": Hourly("%", 0, lambda sky: relative_humidity(sky.temperature, sky.dew_point)),
    "dew_point_2m": Hourly("°C", 1, lambda sky: sky.dew_point),
    "apparent_temperature": Hourly("°C", 1, _apparent),
    "precipitation": Hourly("mm", 2, lambda sky: sky.precipitation),
    "rain": Hourly("mm", 2, lambda sky: sky.precipitation - _snow(sky) / 0.7),
    "snowfall": Hourly("cm", 2, _snow),
    "cloud_cover": Hourly("%", 0, lambda sky: 100 * sky.cloud),
    "wind_speed_10m": Hourly(WIND, 1, lambda sky: sky.wind_10m),
    "wind_speed_100m": Hourly(WIND, 1, lambda sky: sky.wind_100m),
    "wind_direction_10m": Hourly("°", 0, lambda sky: _direction(sky, -12)),
    "wind_direction_100m": Hourly("°", 0, _direction),
    "wind_gusts_10m": Hourly(WIND, 1, _gusts),
    "shortwave_radiation": Hourly("W/m²", 0, lambda sky: sky.radiation),
    "direct_radiation": Hourly("W/m²", 0, lambda sky: sky.radiation - _diffuse(sky)),
    "diffuse_radiation": Hourly("W/m²", 0, _diffuse),
    "sunshine_duration": Hourly("s", 0, _sunshine),
    "et0_fao_evapotranspiration": Hourly("mm", 2, _evapotranspiration),
}

DAILY: Mapping[str, Daily] = {
    "temperature_2m_mean": Daily("°C", 1, "temperature_2m", "mean"),
    "temperature_2m_max": Daily("°C", 1, "temperature_2m", "max"),
    "temperature_2m_min": Daily("°C", 1, "temperature_2m", "min"),
    "apparent_temperature_mean": Daily("°C", 1, "apparent_temperature", "mean"),
    "precipitation_sum": Daily("mm", 2, "precipitation", "sum"),
    "snowfall_sum": Daily("cm", 2, "snowfall", "sum"),
    "sunshine_duration": Daily("s", 2, "sunshine_duration", "sum"),
    "shortwave_radiation_sum": Daily("MJ/m²", 2, "shortwave_radiation", "sum", HOUR / 1e6),
    "wind_speed_10m_max": Daily(WIND, 1, "wind_speed_10m", "max"),
    "wind_gusts_10m_max": Daily(WIND, 1, "wind_gusts_10m", "max"),
    "et0_fao_evapotranspiration": Daily("mm", 2, "et0_fao_evapotranspiration", "sum"),
}


def of_days(daily: Daily, sky: Sky) -> Floats:
    """Values of whole days, shape (days, places); NaN where an hour of the day is not known."""
    hours = HOURLY[daily.hourly].make(sky).reshape(-1, 24, sky.places.size)
    reduced: Floats = getattr(np, daily.how)(hours, axis=1)
    return np.asarray(daily.factor * reduced)
