"""Air quality at eight stations, driven by the model's weather and by traffic, and what their sensors read.

A box of air is the idea: what streets and stoves give off is thinned by the wind and by the height to which the air is
mixed. A cold calm night keeps it near the ground, rain washes it out, sun and heat turn part of it into ozone. Abidjan,
of which the model of France knows nothing, has a tropical climate of its own and dust from the desert in winter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter  # type: ignore[import-untyped]

from simulator import paris
from simulator.model import draws
from simulator.model.calendar import rest_days
from simulator.model.grid import Floats, Grid, by_month, year_position
from simulator.model.points import POINTS
from simulator.model.weather import Weather, clear_sky, relative_humidity, transmission
from simulator.paris import DAY, HOUR, Ints

Bools = NDArray[np.bool_]

STEP = 120
"""Seconds from one reading to the next."""


@dataclass(frozen=True)
class AirStation:
    """A station: `busy` is the traffic around it (1 on a main road), `below` what CO and O3 read too low (mg, µg).

    `more`: sensors that not every station has. `header_longitude`: what the service tells of it, where that is wrong.
    """

    number: int
    name: str
    place: str
    project: str
    latitude: float
    longitude: float
    first_day: str
    busy: float
    below: tuple[float, float]
    more: tuple[str, ...] = ("CO2",)
    header_longitude: float | None = None

    @property
    def tropical(self) -> bool:
        return self.project == "AQ54"


# The first two are real stations of Abidjan with invented values; the numbers of the others can't be taken for real.
STATIONS = (
    AirStation(283164601, "SMART188", "Abidjan", "AQ54", 5.3357, -3.9782, "2022-08-09", 1.2, (0.62, 6.0), (), 0.05),
    AirStation(283181971, "SMART189", "Abidjan", "AQ54", 5.3612, -4.0083, "2022-08-09", 0.9, (0.38, 3.0), (), 3.96),
    AirStation(999000901, "SMART901", "Paris", "AQ90", 48.8566, 2.3522, "2022-01-01", 1.1, (0.16, 2.0), ("CO2", "VOC")),
    AirStation(999000902, "SMART902", "Lyon", "AQ90", 45.7640, 4.8357, "2022-01-01", 1.0, (0.05, 1.0), ("CO2", "VOC")),
    AirStation(999000903, "SMART903", "Marseille", "AQ90", 43.2965, 5.3698, "2022-03-15", 0.9, (0.12, 0.0)),
    AirStation(
        999000904, "SMART904", "Lille", "AQ90", 50.6292, 3.0573, "2022-01-01", 0.9, (0.02, 4.0), ("CO2", "AUX1")
    ),
    AirStation(999000905, "SMART905", "Strasbourg", "AQ90", 48.5734, 7.7521, "2022-10-01", 0.8, (0.09, 1.0)),
    AirStation(999000906, "SMART906", "Grenoble", "AQ90", 45.1885, 5.7245, "2022-01-01", 0.8, (0.2, 0.0)),
)
BY_NUMBER: Mapping[int, AirStation] = {station.number: station for station in STATIONS}
BY_NAME: Mapping[str, AirStation] = {station.name: station for station in STATIONS}


def _by_hour(factors: str) -> Floats:
    """A factor for each local hour, about 1 in the mean of the day."""
    return np.array(factors.split(), dtype=np.float64)


# Traffic.
WORKDAY = _by_hour(
    "0.3 0.2 0.15 0.15 0.25 0.6 1.2 1.9 2.0 1.5 1.2 1.15 1.2 1.15 1.15 1.25 1.5 1.9 1.9 1.4 0.95 0.75 0.6 0.45"
)
REST_DAY = _by_hour(
    "0.5 0.4 0.3 0.25 0.2 0.25 0.35 0.5 0.7 0.9 1.05 1.1 1.1 1.05 1.1 1.15 1.2 1.3 1.3 1.15 0.95 0.8 0.7 0.6"
)
# Heating with wood.
STOVES = _by_hour("0.9 0.8 0.7 0.7 0.7 0.8 1.0 1.1 1.0 0.8 0.7 0.6 0.6 0.6 0.6 0.7 0.9 1.3 1.6 1.8 1.8 1.6 1.3 1.1")

ABIDJAN_TEMPERATURE = (27.4, 28.3, 28.5, 28.3, 27.7, 26.4, 25.4, 24.9, 25.7, 26.6, 27.4, 27.3)  # °C, by month
ABIDJAN_CLOUD = (0.45, 0.5, 0.55, 0.6, 0.65, 0.8, 0.8, 0.85, 0.8, 0.7, 0.6, 0.45)
ABIDJAN_SHOWERS = (-0.6, -0.2, 0.2, 0.4, 0.8, 1.2, 0.5, 0.0, 0.3, 0.7, 0.4, -0.4)  # wetter where higher


@dataclass(frozen=True)
class Sky:
    """Weather at one place by hour: °C, m/s, W/m², 0..1, mm; `dust` in µg/m³ of PM10."""

    temperature: Floats
    wind: Floats
    radiation: Floats
    cloud: Floats
    rain: Floats
    dew_point: Floats
    dust: Floats


@dataclass(frozen=True)
class Air:
    """The truth at one station by hour of the grid: °C, %, µg/m³, CO in mg/m³, CO2 in ppm."""

    temperature: Floats
    humidity: Floats
    pm2_5: Floats
    pm10: Floats
    no2: Floats
    o3: Floats
    co: Floats
    co2: Floats


def build(grid: Grid, weather: Weather) -> Mapping[int, Air]:
    """The air at every station, by its number."""
    return {station.number: _air(grid, station, _sky(grid, weather, station)) for station in STATIONS}


def _sky(grid: Grid, weather: Weather, station: AirStation) -> Sky:
    if station.tropical:
        return _abidjan(grid, station)
    (place,) = [number for number, point in enumerate(POINTS) if point.name == station.place]
    return Sky(
        temperature=weather.temperature[:, place],
        wind=weather.wind_10m[:, place],
        radiation=weather.radiation[:, place],
        cloud=weather.cloud[:, place],
        rain=weather.precipitation[:, place],
        dew_point=weather.dew_point[:, place],
        dust=np.zeros(grid.hours.size),
    )


def _abidjan(grid: Grid, station: AirStation) -> Sky:
    """A tropical coast; both stations share its weather. The dust wind blows from December to February."""
    hours, size = grid.hours, grid.hours.size
    position = year_position(hours)
    from_mid_january = (position - 0.04 + 0.5) % 1 - 0.5
    season = np.exp(-((from_mid_january * 365 / 30) ** 2))
    gusts = np.exp(0.7 * grid.noise("Abidjan dust", size, 50))
    hour = (hours % DAY) / HOUR
    by_day = np.cos(2 * np.pi * (hour - 15) / 24)
    cloud = np.clip(by_month(ABIDJAN_CLOUD, position) + 0.18 * grid.noise("Abidjan cloud", size, 9), 0.05, 0.98)
    clear = clear_sky(hours, np.array([station.latitude]), np.array([station.longitude]))[:, 0]
    showers = by_month(ABIDJAN_SHOWERS, position) + 1.3 * grid.noise("Abidjan showers", size, 3) - 2.4
    warm = by_month(ABIDJAN_TEMPERATURE, position) + 0.7 * grid.noise("Abidjan warmth", size, 60)
    rain = 6 * np.maximum(showers, 0) ** 1.2
    breeze = (2.1 - 0.5 * season + 0.9 * by_day) * np.exp(0.3 * grid.noise("Abidjan wind", size, 12))
    temperature = warm + (2.6 + 2.2 * season) * by_day - 0.5 * np.minimum(_followed(rain, 2), 4)
    dryness = 3.5 + 9 * season * np.clip(gusts, 0.4, 1.4)
    return Sky(
        temperature=temperature,
        wind=np.clip(breeze, 0.3, 12),
        radiation=clear * transmission(cloud),
        cloud=cloud,
        rain=rain,
        dew_point=np.minimum(_followed(temperature, 24) - dryness, temperature - 0.3),
        dust=75 * season * gusts,
    )


def _air(grid: Grid, station: AirStation, sky: Sky) -> Air:
    hour, rests = _local(grid.hours, station)
    traffic = station.busy * np.where(rests, REST_DAY[hour], WORKDAY[hour])
    yesterday = _followed(sky.temperature, 24)
    stoves = 0.9 * np.maximum(14 - yesterday, 0) * STOVES[hour] * (0 if station.tropical else 1)
    mixed_to = 120 + 90 * sky.wind + 1100 * (_followed(sky.radiation, 3) / 600) ** 0.6  # metres
    thinned = np.maximum(mixed_to * (sky.wind + 0.5) / 1500, 0.1)  # 1 on a common day
    washed = 0.25 + 0.75 * np.exp(-0.9 * _followed(sky.rain, 4))
    moods = np.exp(0.16 * grid.noise(f"air {station.name}", grid.hours.size, 14))
    fine = _followed((6 * traffic + stoves) / thinned, 4)
    pm2_5 = (3.5 + fine + 0.22 * sky.dust) * washed * moods
    rough = (3 + 4 * _followed(traffic / np.sqrt(thinned), 3) + 0.78 * sky.dust) * washed
    no2 = 5 + _followed(17 * traffic / thinned**0.8 + 0.5 * stoves, 2) * moods
    sunny = _followed(sky.radiation, 4) / 1000
    heat = np.clip((sky.temperature - 14) / 12, 0.05, 1.8)
    o3 = np.maximum(46 + 105 * sunny * (heat if not station.tropical else 0.35) - 0.55 * no2, 2) * np.sqrt(moods)
    temperature = sky.temperature + 0.6 + 1.2 * sunny  # the box is warmer than the air; its vapour is that of the air
    return Air(
        temperature=temperature,
        humidity=relative_humidity(temperature, sky.dew_point),
        pm2_5=pm2_5,
        pm10=1.2 * pm2_5 + rough,
        no2=no2,
        o3=o3,
        co=0.15 + 0.008 * no2 + 0.006 * pm2_5,
        co2=422 + 14 * _followed(1 / thinned, 3) ** 0.8,
    )


def _local(hours: Ints, station: AirStation) -> tuple[Ints, Bools]:
    """The hour on the clock of the place, and whether the day is one of rest."""
    local = hours + (0 if station.tropical else paris.offset(hours))
    return np.asarray(local % DAY // HOUR), np.asarray(rest_days(local // DAY))


def _followed(values: Floats, hours: float) -> Floats:
    """What follows a quantity with a memory of so many hours; the past alone counts."""
    keep = float(np.exp(-1 / hours))
    return np.asarray(lfilter([1 - keep], [1.0, -keep], values))


# What the sensors make of it


@dataclass(frozen=True)
class Readings:
    """Readings of one station, those that it lost left out. `values`: by sensor, NaN where that one said nothing.

    `T`, `RH`, `PM2.5`, `PM10`, `CO2`, `VOC` in their units; `CO`, `NO2`, `O3`, `T. int.` and `AUX1` are counts.
    """

    number: Ints  # of the reading, one every two minutes since 1970
    at: Ints  # UTC seconds
    values: Mapping[str, Floats]

    def seen(self, now: int) -> Readings:
        """Those that have reached the service: a reading takes a minute."""
        held = self.at + 60 <= now
        return Readings(self.number[held], self.at[held], {name: column[held] for name, column in self.values.items()})


@dataclass(frozen=True)
class Counted:
    """A gas sensor: it counts `zero` where there is no gas, and `slope` more for each unit of it."""

    zero: float
    slope: float

    def gas(self, counts: Floats) -> Floats:
        return np.asarray((counts - self.zero) / self.slope)


COUNTED = {"CO": Counted(300, 180), "NO2": Counted(300, 12), "O3": Counted(200, 8)}
LOST = 0.01  # share of readings that never arrive


def readings(grid: Grid, air: Air, station: AirStation, begin: int, end: int) -> Readings:
    """The readings from `begin` to `end` (UTC seconds, excluded); a window costs what the window holds."""
    first = int(np.datetime64(station.first_day, "s").astype(np.int64))
    number = np.arange(-(-max(begin, first, grid.epoch) // STEP), -(-min(end, grid.end_day * DAY) // STEP))
    seed, name = grid.seed, station.name
    at = number * STEP + (20 * draws.uniform(seed, f"{name} second", number)).astype(np.int64)
    there = (at < end) & (draws.uniform(seed, f"{name} lost", number) > LOST) & ~_silent(seed, name, at // HOUR)
    number, at = number[there], at[there]
    return Readings(number, at, _values(grid, air, station, number, at))


def _values(grid: Grid, air: Air, station: AirStation, number: Ints, at: Ints) -> dict[str, Floats]:
    seed, name = grid.seed, station.name
    wave = 0.08 * draws.smooth(seed, f"{name} wave", number, 5)

    def true(values: Floats) -> Floats:
        low = max(int((at[0] - grid.epoch) // HOUR) - 1, 0) if at.size else 0
        high = int((at[-1] - grid.epoch) // HOUR) + 3 if at.size else 1
        return np.interp(at, grid.hours[low:high] + HOUR // 2, values[low:high])

    def rough(sensor: str) -> Floats:
        return draws.normal(seed, f"{name} {sensor}", number)

    def gas(sensor: str, values: Floats) -> Floats:
        made = COUNTED[sensor]
        return np.maximum(np.rint(made.zero + made.slope * values + 2 * rough(sensor)), 0)

    def particles(sensor: str, values: Floats) -> Floats:
        return np.rint(np.maximum(true(values) * (1 + 2 * wave + 0.05 * rough(sensor)), 0))

    below_co, below_o3 = station.below
    fine = particles("PM2.5", air.pm2_5)
    warmth = true(air.temperature)
    found = {
        "CO": gas("CO", true(air.co) * (1 + wave) - below_co),
        "T": np.round(warmth + 0.1 * rough("T"), 1),
        "T. int.": np.rint(105 + 10 * warmth + 3 * rough("T. int.")),
        "NO2": gas("NO2", true(air.no2) * (1 + wave)),
        "O3": gas("O3", true(air.o3) - below_o3),
        "PM10": fine + particles("PM10", air.pm10 - air.pm2_5),  # one counter: the fine ones are among them
        "PM2.5": fine,
        "RH": np.round(np.clip(true(air.humidity) + 0.4 * rough("RH"), 5, 99.9), 1),
    }
    more = {
        "CO2": lambda: np.rint(true(air.co2) * (1 + 0.1 * wave) + 2 * rough("CO2")),
        "VOC": lambda: np.rint(np.clip((60 + 170 * true(air.co)) * (1 + wave) + 4 * rough("VOC"), 0, 1000)),
        "AUX1": lambda: np.rint(512 + 3 * warmth + 2 * rough("AUX1")),
    }
    found |= {sensor: more[sensor]() for sensor in station.more}
    return _spoilt(seed, name, at // HOUR, found)


@dataclass(frozen=True)
class Trouble:
    """Something that befalls a station now and then: once in `every` hours at most, with a chance, for some hours."""

    name: str
    every: int
    chance: float
    shortest: float
    longest: float

    def on(self, seed: int, station: str, hour: Ints) -> Bools:
        """Whether it is on in these hours since 1970."""
        turn = hour // self.every
        begin, comes, lasts = (
            draws.uniform(seed, f"{station} {self.name} {part}", turn) for part in ("begin", "comes", "lasts")
        )
        length = self.shortest * (self.longest / self.shortest) ** lasts
        since = hour - turn * self.every - np.floor(begin * (self.every - self.longest))
        return np.asarray((comes < self.chance) & (since >= 0) & (since < length))


SILENT = Trouble("silent", every=720, chance=0.7, shortest=2, longest=130)
DAMP = Trouble("damp", every=400, chance=0.5, shortest=2, longest=14)  # the humidity sensor says nothing
BLIND = Trouble("blind", every=1500, chance=0.5, shortest=1, longest=6)  # the gas sensors say nothing
STUCK = Trouble("stuck", every=1200, chance=0.6, shortest=8, longest=30)  # the counter of particles repeats itself
BROKEN = Trouble("broken", every=1400, chance=0.6, shortest=1, longest=3)  # the temperature is an error code
ERROR_CODE = -99.9
SINGLE_HOURS_LOST = 0.006


def _silent(seed: int, station: str, hour: Ints) -> Bools:
    single = draws.uniform(seed, f"{station} single hours", hour) < SINGLE_HOURS_LOST
    return np.asarray(single | SILENT.on(seed, station, hour))


def _spoilt(seed: int, station: str, hour: Ints, found: dict[str, Floats]) -> dict[str, Floats]:
    """The values with the troubles of the sensors."""
    blind, stuck = BLIND.on(seed, station, hour), STUCK.on(seed, station, hour)
    repeated, besides = (
        np.rint(3 + 14 * draws.uniform(seed, f"{station} {what}", hour // STUCK.every))
        for what in ("repeated", "besides")
    )
    return {
        **found,
        "NO2": np.where(blind, np.nan, found["NO2"]),
        "O3": np.where(blind, np.nan, found["O3"]),
        "RH": np.where(DAMP.on(seed, station, hour), np.nan, found["RH"]),
        "PM2.5": np.where(stuck, repeated, found["PM2.5"]),
        "PM10": np.where(stuck, repeated + besides, found["PM10"]),
        "T": np.where(BROKEN.on(seed, station, hour), ERROR_CODE, found["T"]),
    }


@dataclass(frozen=True)
class Hours:
    """Means by hour, hours without a reading left out; NaN where a sensor said nothing. Counts stay counts."""

    at: Ints  # begin, UTC seconds
    values: Mapping[str, Floats]


def hourly(read: Readings) -> Hours:
    """The means of the readings of each hour."""
    hours, which = np.unique(read.at // HOUR, return_inverse=True)
    return Hours(hours * HOUR, {name: _mean(column, which, hours.size) for name, column in read.values.items()})


def _mean(column: Floats, which: NDArray[np.intp], size: int) -> Floats:
    said = ~np.isnan(column)
    total = np.bincount(which[said], column[said], size)
    count = np.bincount(which[said], minlength=size)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)
