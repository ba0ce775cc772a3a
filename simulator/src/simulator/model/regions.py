"""The twelve regions of mainland France: what share of the nation's load and output is theirs, and what they have.

Everything here splits national figures, so regions always add up to the nation. Wind and sun follow the weather at the
points of a region, load its temperature, nuclear the reactors that stand there. Shares of hydro, gas, oil and
bioenergy are measured means (RTE, éCO2mix, March to August 2026) that wander a little; of storage, coal and batteries
a judgement.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import numpy as np

from simulator.model import draws, generation, points
from simulator.model.grid import QUARTER, Floats, rolling_mean
from simulator.model.weather import clear_sky, transmission
from simulator.paris import Ints
from simulator.world import World


@dataclass(frozen=True)
class Region:
    """Name, share of the load, and installed MW of what `tch_*` of éCO2mix compares its output with."""

    name: str
    load: float
    nuclear: float = 0
    thermal: float = 0
    hydro: float = 0
    bioenergy: float = 0


REGIONS = {
    "11": Region("Île-de-France", 0.152, 0, 1550, 30, 330),
    "24": Region("Centre-Val de Loire", 0.040, 11630, 40, 95, 110),
    "27": Region("Bourgogne-Franche-Comté", 0.043, 0, 60, 520, 90),
    "28": Region("Normandie", 0.056, 12260, 480, 25, 190),
    "32": Region("Hauts-de-France", 0.108, 5460, 2406, 12, 203),
    "44": Region("Grand Est", 0.094, 10820, 2600, 2300, 250),
    "52": Region("Pays de la Loire", 0.057, 0, 2100, 20, 160),
    "53": Region("Bretagne", 0.045, 0, 1000, 280, 110),
    "75": Region("Nouvelle-Aquitaine", 0.084, 6630, 220, 1950, 380),
    "76": Region("Occitanie", 0.089, 2620, 160, 5400, 150),
    "84": Region("Auvergne-Rhône-Alpes", 0.140, 13570, 900, 11700, 200),
    "93": Region("Provence-Alpes-Côte d'Azur", 0.091, 0, 2300, 3300, 330),
}
CODES = tuple(REGIONS)
SHARES: Mapping[str, Mapping[str, float]] = {  # of the nation, by what is split; a region that is missing has none
    "river": {
        **{"11": 0.005, "24": 0.007, "27": 0.002, "28": 0.003, "32": 0.0016, "44": 0.165},
        **{"52": 0.003, "53": 0.0132, "75": 0.007, "76": 0.148, "84": 0.490, "93": 0.118},
    },
    "reservoir": {"27": 0.016, "75": 0.077, "76": 0.32, "84": 0.43, "93": 0.24},
    "storage": {"44": 0.17, "76": 0.31, "84": 0.52},
    "gas": {
        **{"11": 0.055, "24": 0.001, "27": 0.001, "28": 0.05, "32": 0.33, "44": 0.21},
        **{"52": 0.05, "53": 0.07, "75": 0.02, "76": 0.006, "84": 0.052, "93": 0.155},
    },
    "coal": {"44": 0.34, "52": 0.66},
    "oil": {"11": 0.45, "28": 0.05, "53": 0.35, "75": 0.04, "76": 0.03, "84": 0.03, "93": 0.05},
    "bioenergy": {
        **{"11": 0.157, "24": 0.028, "27": 0.028, "28": 0.081, "32": 0.095, "44": 0.098},
        **{"52": 0.098, "53": 0.043, "75": 0.049, "76": 0.087, "84": 0.075, "93": 0.161},
    },
    "battery": {"32": 0.2, "44": 0.1, "52": 0.1, "75": 0.25, "76": 0.15, "84": 0.1, "93": 0.1},
}
TIDAL = "53"  # the plant of the Rance works with the tide
SWINGS = {  # by what is split: usual MW of the nation, and by what power of the output over it a share grows
    "river": (4300, {"11": -0.6, "28": -0.6, "32": -0.6, "52": -0.6, TIDAL: -1.0}),  # small weirs are always full
    "reservoir": (2000, {"27": 1.4, "75": 1.2, "76": 0.3, "93": 0.5}),  # some lakes wait for the peaks
}
TYPES = {"river": "HYDRO_RUN_OF_RIVER_AND_POUNDAGE", "reservoir": "HYDRO_WATER_RESERVOIR"}
TIDE, SPRING_TIDE = 12.4206 * 3600, 14.7653 * 86400  # seconds from one to the next
HEATING_BELOW = 15.0
COLD_SHIFTS_LOAD = 0.035  # of a region's load for each degree that it is colder than the nation
FORM = 0.10  # deviation of what the reactors of a region give, against the others
WANDER = 0.05  # deviation of the fixed shares


@dataclass(frozen=True)
class Skies:
    """What the weather does in each region, by hour of the grid. Shape (regions, hours)."""

    felt: Floats  # °C, mean of a day
    onshore: Floats  # output of the wind fleet, relative
    offshore: Floats
    passing: Floats  # share of the sunlight that clouds let through


def skies(world: World) -> Skies:
    """A part of the world: `world.part(skies)`."""
    weather = world.france.weather
    wind = np.interp(weather.wind_100m, generation.POWER_CURVE_SPEED, generation.POWER_CURVE)
    at_sea = np.interp(weather.wind_100m * 1.08, generation.POWER_CURVE_SPEED, generation.POWER_CURVE)
    people, fleet, sea = points.population_weights(), points.wind_weights(), points.offshore_weights()
    light = transmission(weather.cloud)
    return Skies(
        np.stack([rolling_mean(_inside(weather.temperature, people, code), 24) for code in CODES]),
        np.stack([_inside(wind, fleet, code, total=True) for code in CODES]),
        np.stack([_inside(at_sea, sea, code, total=True) for code in CODES]),
        np.stack([_inside(light, points.solar_weights(), code) for code in CODES]),
    )


def _members(code: str) -> Ints:
    return np.flatnonzero(points.REGION_CODES.index(code) == points.REGION_OF_POINT)


def _inside(values: Floats, weights: Floats, code: str, total: bool = False) -> Floats:
    """Weighted mean (or sum) over the points of a region, added one by one."""
    members = _members(code)
    summed = np.zeros(values.shape[0])
    for member in members:
        summed += values[:, member] * weights[member]
    return summed if total else summed / weights[members].sum()


SPLIT = (*SHARES, "load", "nuclear", "onshore", "offshore", "solar")


def shares(world: World, starts: Ints, names: Collection[str] = SPLIT) -> dict[str, Floats]:
    """Share of each region in some of SPLIT, at quarter-hours (UTC seconds). Shape (regions, n), adding up to 1."""
    made = {name: _raw(world, starts, name) for name in names}
    return {name: values / values.sum(axis=0) for name, values in made.items()}


def _raw(world: World, starts: Ints, name: str) -> Floats:
    """Shares that need not add up to 1 yet."""
    sky, numbers = world.part(skies), starts // QUARTER
    if name == "load":
        return _load(world.grid.seed, _hourly(world, starts, sky.felt), numbers)
    if name == "nuclear":
        return _nuclear(world.grid.seed, numbers)
    if name == "solar":
        light = _sunlight(starts) * _hourly(world, starts, sky.passing)
        return np.asarray(light + 1e-6 * _weights(points.solar_weights()))
    if name == "onshore":
        return _hourly(world, starts, sky.onshore) + 1e-6 * _weights(points.wind_weights())
    if name == "offshore":
        return _hourly(world, starts, sky.offshore) + 1e-6 * _weights(points.offshore_weights())
    made = _fixed(world.grid.seed, name, SHARES[name], numbers)
    if name in SWINGS:
        made *= _swings(world, starts, name)
    if name == "river":
        made[CODES.index(TIDAL)] *= _tide(starts)
    return made


def _swings(world: World, starts: Ints, name: str) -> Floats:
    """By what the shares of the regions grow with the output of the nation. Shape (regions, n)."""
    usual, powers = SWINGS[name]
    output = world.france.generation.by_type[TYPES[name]][(starts - world.grid.epoch) // QUARTER]
    return np.asarray((output / usual) ** np.array([powers.get(code, 0.0) for code in CODES])[:, None])


def _tide(starts: Ints) -> Floats:
    """Output of a tidal plant over its mean: it works while the sea falls."""
    falls = np.maximum(np.sin(2 * np.pi * starts / TIDE), 0) * np.pi
    return np.asarray(falls * (1 + 0.25 * np.cos(2 * np.pi * starts / SPRING_TIDE)))


def _hourly(world: World, starts: Ints, hourly: Floats) -> Floats:
    """Values by hour of the grid at the middle of some quarter-hours."""
    place = ((starts - world.grid.epoch) // QUARTER + 0.5) / 4
    hour = np.minimum(place.astype(np.int64), world.grid.hours.size - 2)
    weight = place - hour
    return np.asarray(hourly[:, hour] * (1 - weight) + hourly[:, hour + 1] * weight)


def _weights(of_points: Floats) -> Floats:
    """Sums by region. Shape (regions, 1)."""
    return np.array([of_points[_members(code)].sum() for code in CODES])[:, None]


def _each(seed: int, name: str, numbers: Ints, spacing: float) -> Floats:
    """Independent smooth noise for each region."""
    return np.stack([draws.smooth(seed, f"{name} of region {code}", numbers, spacing) for code in CODES])


def _fixed(seed: int, name: str, table: Mapping[str, float], numbers: Ints) -> Floats:
    means = np.array([table.get(code, 0.0) for code in CODES])[:, None]
    return np.asarray(means * (1 + np.clip(WANDER * _each(seed, name, numbers, 300), -0.5, 0.5)))


def _load(seed: int, felt: Floats, numbers: Ints) -> Floats:
    means = np.array([region.load for region in REGIONS.values()])[:, None]
    cold = np.maximum(HEATING_BELOW - felt, 0)
    colder = cold - (means * cold).sum(axis=0) / means.sum()
    habits = 0.012 * _each(seed, "load", numbers, 96) + 0.004 * _each(seed, "load flutter", numbers, 3)
    return np.asarray(means * np.maximum(1 + COLD_SHIFTS_LOAD * colder + habits, 0.3))


def _nuclear(seed: int, numbers: Ints) -> Floats:
    installed = np.array([region.nuclear for region in REGIONS.values()])[:, None]
    return np.asarray(installed * np.maximum(1 + FORM * _each(seed, "nuclear", numbers, 25 * 96), 0.3))


def _sunlight(starts: Ints) -> Floats:
    """What the solar fleet of each region would give without clouds, relative, in the quarter-hours."""
    places = np.array([_members(code)[0] for code in CODES])
    clear = clear_sky(starts + QUARTER, points.LATITUDES[places], points.LONGITUDES[places], back=QUARTER).T
    return np.asarray(clear * _weights(points.solar_weights()))


def split(total: Ints, share: Floats) -> Ints:
    """Whole numbers by region that add up to `total` (n,) exactly. Shape (regions, n)."""
    running = np.cumsum(share, axis=0)
    running[-1] = 1.0
    reached = np.rint(running * total).astype(np.int64)
    return np.diff(reached, axis=0, prepend=0)


Capacity = Callable[[Ints], Floats]


def _static(name: str) -> Capacity:
    values = np.array([getattr(region, name) for region in REGIONS.values()])[:, None]
    return lambda starts: np.broadcast_to(values, (len(CODES), starts.size))


def _grown(*types: tuple[str, Callable[[], Floats]]) -> Capacity:
    def installed(starts: Ints) -> Floats:
        parts = [_weights(weights()) * generation.capacity(name, starts) for name, weights in types]
        return np.asarray(np.sum(parts, axis=0))

    return installed


CAPACITIES: Mapping[str, Capacity] = {  # installed MW by region at some instants, shape (regions, n)
    "thermique": _static("thermal"),
    "nucleaire": _static("nuclear"),
    "eolien": _grown(("WIND_ONSHORE", points.wind_weights), ("WIND_OFFSHORE", points.offshore_weights)),
    "solaire": _grown(("SOLAR", points.solar_weights)),
    "hydraulique": _static("hydro"),
    "bioenergies": _static("bioenergy"),
}
