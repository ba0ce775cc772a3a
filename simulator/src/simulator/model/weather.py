"""Hourly weather at the points, from climate, synoptic noise and solar geometry.

One hidden variable, the pressure over France, ties everything together: a high brings light winds and clear skies,
cold in winter and heat in summer. Temperature, wind and cloud are valid at the hour; radiation, precipitation and
snowfall cover the hour before, as Open-Meteo stamps them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.signal import lfilter  # type: ignore[import-untyped]

from simulator.model.grid import Floats, Grid, by_month, rolling_mean, year_position
from simulator.model.points import LATITUDES, LONGITUDES, POINTS, REGION_CODES, REGION_OF_POINT, REGIONS
from simulator.paris import HOUR, Ints

# Deviation of the daily mean temperature of France around its climate, by month (from the 5 % and 95 % quantiles).
TEMPERATURE_DEVIATION = (3.1, 3.1, 2.6, 2.9, 2.8, 2.8, 2.2, 2.6, 2.9, 2.7, 2.8, 2.9)
WIND_BY_MONTH = (7.7, 7.4, 6.5, 5.8, 5.35, 5.05, 4.9, 4.85, 5.35, 6.2, 7.0, 7.6)  # m/s at 100 m, open country
WIND_SPREAD = 0.22
EXPOSURE = np.array([point.wind for point in POINTS])
SHELTER = np.clip(0.8 + 0.5 * (EXPOSURE - 0.95), 0.65, 0.95)  # of the wind at 10 m, from nine cities, 2021-2025
# How much below the mean temperature of the last day the dew point lies: °C, more by °C of that mean, by the share of
# clear sky, and by °C of that mean above 18. From humidities of nine cities, 2021-2025; the sea keeps winters dry.
DRYNESS = (1.1, 0.16, 4.2, 0.25)
DRYNESS_BY_THE_SEA = (4.3, 0.0, 2.9, 0.17)
MEDITERRANEAN = (LATITUDES < 43.9) & (LONGITUDES > 3)
RAIN, DOWNPOUR = 1.1, 0.75
CLOUD_BY_MONTH = (1.0, 0.8, 0.45, 0.25, 0.2, -0.05, -0.25, -0.2, 0.0, 0.45, 0.95, 1.1)  # logit of the mean


@dataclass(frozen=True)
class Weather:
    """Each array has the shape (hours, points)."""

    temperature: Floats  # °C
    dew_point: Floats  # °C, never above the temperature
    wind_10m: Floats  # m/s
    wind_100m: Floats  # m/s
    windiness: Floats  # what the wind follows, of mean 0 and deviation 1
    cloud: Floats  # 0..1
    clear_sky: Floats  # W/m² without clouds, mean of the hour before
    radiation: Floats  # W/m², mean of the hour before
    precipitation: Floats  # mm in the hour before
    showers: Floats  # what the rain follows besides clouds, of mean 0 and deviation 1
    snowfall: Floats  # cm in the hour before


def build(grid: Grid) -> Weather:
    """The true weather of the model."""
    position = year_position(grid.hours)
    winter = _winter(position)
    pressure = grid.noise("pressure", grid.hours.size, memory=84)
    cloud = _cloud(grid, position, pressure)
    temperature = _temperature(grid, position, winter, pressure, cloud)
    windiness = -0.47 * pressure[:, None] + 0.883 * _field(grid, "wind", 16, 0.35, 0.72, 0.6)
    wind = wind_100m(grid.hours, windiness, np.arange(len(POINTS)))
    clear = clear_sky(grid.hours, LATITUDES, LONGITUDES)
    radiation = clear * transmission(cloud)
    showers = _field(grid, "rain", 4, 0.3, 0.7, 0.648)
    rain = precipitation(cloud, showers)
    return Weather(
        temperature=temperature,
        dew_point=dew_point(grid, temperature, cloud, radiation),
        wind_10m=wind * _shear(grid.hours, winter),
        wind_100m=wind,
        windiness=windiness,
        cloud=cloud,
        clear_sky=clear,
        radiation=radiation,
        precipitation=rain,
        showers=showers,
        snowfall=snowfall(rain, temperature),
    )


def _winter(position: Floats) -> Floats:
    """1 in mid January, -1 in mid July."""
    return np.asarray(np.cos(2 * np.pi * (position - 0.04)))


def transmission(cloud: Floats) -> Floats:
    """Share of the clear-sky radiation that a cloud cover (0..1) lets through (Kasten and Czeplak)."""
    return np.asarray(1 - 0.75 * cloud**3.4)


def vapour_pressure(temperature: Floats) -> Floats:
    """Of saturated air over water, hPa (Magnus); at the dew point, that of the air."""
    return np.asarray(6.112 * np.exp(17.62 * temperature / (243.12 + temperature)))


def relative_humidity(temperature: Floats, dew_point: Floats) -> Floats:
    """Per cent, 0 to 100."""
    return np.asarray(np.clip(100 * vapour_pressure(dew_point) / vapour_pressure(temperature), 0, 100))


def dew_point(grid: Grid, temperature: Floats, cloud: Floats, radiation: Floats) -> Floats:
    """A property of the air mass: it hardly follows the hour, so humidity falls by day and rises by night.

    Below the mean temperature of the last day by a dryness that is larger in hot, clear weather. Shape (hours, points).
    """
    yesterday = _of_the_last_day(temperature)
    clear = 1 - _of_the_last_day(cloud)
    level, warm, bright, hot = np.where(MEDITERRANEAN[:, None], DRYNESS_BY_THE_SEA, DRYNESS).T
    heat = np.maximum(yesterday - 18, 0)
    dryness = level + warm * np.maximum(yesterday, 0) + bright * clear + hot * heat
    air_mass = 2.4 * _field(grid, "dew point", 40, 0.5, 0.7, 0.51)
    mixed = np.where(MEDITERRANEAN, 0.0, 0.002) * radiation  # dry air from above; by the sea the breeze makes up for it
    dew = yesterday - np.maximum(dryness + air_mass, 0.5 + 0.45 * heat) - mixed  # the seas give off no more than 25 °C
    return np.asarray(np.minimum(dew, temperature - 0.5))


def _of_the_last_day(values: Floats) -> Floats:
    """Mean of the last 24 hours, of fewer at the begin."""
    count = np.minimum(np.arange(len(values)) + 1, 24)[:, None]
    return np.asarray(lfilter(np.ones(24), [1.0], values, axis=0) / count)


def snowfall(precipitation: Floats, temperature: Floats) -> Floats:
    """Centimetres of snow: rain turns to snow between 1.5 and 0 °C; 0.7 cm for a millimetre of water."""
    return np.asarray(0.7 * precipitation * np.clip(1 - temperature / 1.5, 0, 1))


def clear_sky(instants: Ints, latitudes: Floats, longitudes: Floats, back: float = HOUR) -> Floats:
    """Radiation without clouds, W/m² (Haurwitz), mean of the `back` seconds before each instant.

    Shape (instants, places). The mean is taken over the middles of the two halves of the interval.
    """
    halves = [
        _clear_sky_at(np.asarray(instants - part * back, dtype=np.float64), latitudes, longitudes)
        for part in (0.75, 0.25)
    ]
    return np.asarray((halves[0] + halves[1]) / 2)


def _clear_sky_at(seconds: Floats, latitudes: Floats, longitudes: Floats) -> Floats:
    angle = 2 * np.pi * ((seconds / 86400 - 0.5) % 365.2425) / 365.2425
    declination = 0.006918 - 0.399912 * np.cos(angle) + 0.070257 * np.sin(angle) - 0.006758 * np.cos(2 * angle)
    equation = 229.18 * (  # minutes by which the sun is ahead of the clock
        0.000075
        + 0.001868 * np.cos(angle)
        - 0.032077 * np.sin(angle)
        - 0.014615 * np.cos(2 * angle)
        - 0.040849 * np.sin(2 * angle)
    )
    turn = (seconds % 86400) / 240 + equation / 4 - 180  # degrees at Greenwich
    hour_angle = np.deg2rad(turn[:, None] + longitudes[None, :])
    phi = np.deg2rad(latitudes)[None, :]
    delta = declination[:, None]
    height = np.sin(phi) * np.sin(delta) + np.cos(phi) * np.cos(delta) * np.cos(hour_angle)
    height = np.maximum(height, 1e-3)
    return np.asarray(np.where(height > 2e-3, 1098 * height * np.exp(-0.059 / height), 0.0))


def _field(grid: Grid, name: str, memory: float, shared: float, regional: float, local: float) -> Floats:
    """Noise of deviation 1 at the points when the squares of the three weights add up to 1."""
    size = grid.hours.size
    country = grid.noise(f"{name} France", size, memory)[:, None]
    regions = grid.fields(f"{name} regions", size, len(REGION_CODES), memory)[:, REGION_OF_POINT]
    points = grid.fields(f"{name} points", size, len(POINTS), memory / 3)
    return shared * country + regional * regions + local * points


def _cloud(grid: Grid, position: Floats, pressure: Floats) -> Floats:
    north = (LATITUDES - 46.5) / 4
    mean = by_month(CLOUD_BY_MONTH, position)[:, None] + 0.8 * north[None, :]
    latent = 0.65 * -pressure[:, None] + 0.76 * _field(grid, "cloud", 10, 0.5, 0.65, 0.57)
    return np.asarray(1 / (1 + np.exp(-(mean + 1.9 * latent))))


def _temperature(grid: Grid, position: Floats, winter: Floats, pressure: Floats, cloud: Floats) -> Floats:
    climate = np.stack([by_month(REGIONS[c].monthly_temperature, position) for c in REGION_CODES], axis=1)
    size = grid.hours.size
    weeks = 0.8 * grid.noise("warm spells", size, 90) + 0.6 * grid.noise("warm months", size, 600)
    pull = -0.35 * winter  # a high is cold in winter, hot in summer
    country = pull * pressure + np.sqrt(1 - pull**2) * weeks
    regional = _field(grid, "temperature", 40, 0.0, 0.9, 0.44)
    anomaly = by_month(TEMPERATURE_DEVIATION, position)[:, None] * (0.97 * country[:, None] + 0.4 * regional)
    overcast = np.stack([rolling_mean(column, 24) for column in cloud.T], axis=1)
    ranges = np.array([REGIONS[point.region].daily_range for point in POINTS])
    swing = ranges[None, :] / 2 * (1 - 0.25 * winter[:, None]) * (1.35 - 0.65 * overcast)
    hour = grid.hours[:, None] / HOUR + LONGITUDES[None, :] / 15
    wave = np.cos(2 * np.pi * (hour - 15) / 24) + 0.15 * np.cos(4 * np.pi * (hour - 14) / 24)
    return np.asarray(climate[:, REGION_OF_POINT] + anomaly + swing * wave)


def wind_100m(hours: Ints, windiness: Floats, places: Ints) -> Floats:
    """m/s for a windiness of shape (hours, places); `places` are indices of points. Never beyond what France sees."""
    position = year_position(hours)
    winter = _winter(position)
    hour = (hours % 86400) / HOUR
    afternoon = 1 - (0.07 - 0.05 * winter) * np.cos(2 * np.pi * (hour - 12.5) / 24)  # nights blow harder aloft
    mean = (by_month(WIND_BY_MONTH, position) * afternoon)[:, None]
    # A square is less skewed than an exponential: of calms there are few, and fewer storms.
    spread = np.maximum(1 + WIND_SPREAD * windiness, 0.1) ** 2 / (1 + WIND_SPREAD**2)
    return np.asarray(np.clip(mean * EXPOSURE[places] * spread, 0.2, 38))


def _shear(hours: Ints, winter: Floats) -> Floats:
    """Wind at 10 m over wind at 100 m: the air is better mixed by day, above all in summer; houses slow it."""
    hour = (hours % 86400) / HOUR
    exponent = 0.21 - (0.05 - 0.03 * winter) * np.cos(2 * np.pi * (hour - 13) / 24)
    return np.asarray((0.1**exponent)[:, None] * SHELTER)


def precipitation(cloud: Floats, showers: Floats) -> Floats:
    """mm in an hour: mostly drizzle, and seldom a downpour."""
    wet = np.maximum(1.6 * (cloud - 0.72) + 0.55 * (showers - 0.9), 0)
    return np.asarray(np.where(cloud > 0.6, RAIN * wet**1.3 * np.exp(DOWNPOUR * np.maximum(showers - 1.2, 0)), 0.0))
