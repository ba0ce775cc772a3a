"""Energy of whole years: electricity by region, and electricity and gas by department and sector.

Of a region it is what the consolidated half-hours add up to; Corsica is a guess. A department has the share of its
inhabitants. Gas is burnt beside it, more where the network is dense, more in a year that heats more, and none in
Corsica. What the departments of Île-de-France burn, and their industry, was measured (ODRÉ, 2018 to 2020); the rest
of the shares is a judgement.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, partial

import numpy as np

from simulator import paris
from simulator.model import draws, eco2mix, points, regions
from simulator.model.climate import climate
from simulator.model.departments import DEPARTMENTS
from simulator.model.grid import QUARTER, Floats
from simulator.paris import HOUR
from simulator.world import World

COLUMNS = ("consommation", "nucleaire", "thermique", "hydraulique", "eolien", "solaire", "bioenergies")
CORSICA_CODE = "94"
CORSICA = dict(zip(COLUMNS, (2300.0, 0.0, 783.0, 567.0, 18.0, 282.0, 2.0), strict=True))
FIRST_YEAR = 2022


def energy(world: World, year: int) -> dict[str, Floats]:
    """GWh of a year by column, of the regions of `codes()`; a part of the world, made once."""
    return world.part(_builder(year))


def codes() -> tuple[str, ...]:
    """INSEE codes of the regions, Corsica last."""
    return (*regions.CODES, CORSICA_CODE)


@cache
def _builder(year: int) -> Callable[[World], dict[str, Floats]]:
    """The same function each time: parts of the world are kept by it."""
    return partial(_sums, year=year)


def _bounds(year: int) -> tuple[int, int]:
    """The first day of a year and of the next one."""
    return paris.day_number(date(year, 1, 1)), paris.day_number(date(year + 1, 1, 1))


def _sums(world: World, year: int) -> dict[str, Floats]:
    first, last = (paris.midnight(day) for day in _bounds(year))
    sums = {name: np.zeros(len(regions.CODES)) for name in COLUMNS}
    for begin in range(first, last, 30 * 24 * HOUR):  # a month at a time, to keep memory low
        starts = np.arange(begin, min(begin + 30 * 24 * HOUR, last), 2 * QUARTER, dtype=np.int64)
        parts = eco2mix.consolidated(world, starts, np.ones(starts.size, dtype=np.bool_))
        made = eco2mix.regional(world, starts, parts)
        for name in COLUMNS:
            sums[name] += made[name].sum(axis=1) / 2000
    return {name: np.append(values, CORSICA[name]) for name, values in sums.items()}


# --- departments and sectors

SECTORS = ("agriculture", "industry", "services", "homes", "unknown")


@dataclass(frozen=True)
class Use:
    """What energy is used for in a place: MWh of gas for a MWh of electricity in a usual year, and shares.

    `industry` of the electricity, `gas_industry` of the gas, `farms` of the electricity, `services` of the electricity
    that neither of them uses.
    """

    gas: float
    industry: float
    gas_industry: float
    farms: float = 0.002
    services: float = 0.56


BY_REGION = {
    "11": Use(1.05, 0.11, 0.20),
    "24": Use(0.78, 0.20, 0.35, 0.030, 0.46),
    "27": Use(0.80, 0.26, 0.34, 0.020, 0.45),
    "28": Use(1.02, 0.33, 0.50, 0.022, 0.45),
    "32": Use(1.20, 0.38, 0.48, 0.015, 0.47),
    "44": Use(1.12, 0.36, 0.48, 0.012, 0.46),
    "52": Use(0.72, 0.22, 0.33, 0.034, 0.45),
    "53": Use(0.58, 0.17, 0.30, 0.045, 0.43),
    "75": Use(0.66, 0.22, 0.40, 0.028, 0.44),
    "76": Use(0.54, 0.18, 0.28, 0.026, 0.46),
    "84": Use(0.76, 0.31, 0.37, 0.010, 0.47),
    "93": Use(0.60, 0.27, 0.42, 0.014, 0.48),
    CORSICA_CODE: Use(0.0, 0.04, 0.0, 0.012, 0.42),
}
BY_DEPARTMENT = {  # measured ones
    "75": Use(0.71, 0.041, 0.045, 0.0004, 0.68),
    "77": Use(1.38, 0.20, 0.52, 0.006, 0.52),
    "78": Use(1.09, 0.185, 0.21, 0.002, 0.53),
    "91": Use(1.04, 0.145, 0.17, 0.002, 0.54),
    "92": Use(1.05, 0.113, 0.14, 0.0004, 0.62),
    "93": Use(1.40, 0.083, 0.23, 0.0006, 0.62),
    "94": Use(1.42, 0.11, 0.30, 0.0005, 0.59),
    "95": Use(1.14, 0.09, 0.14, 0.002, 0.51),
}
UNKNOWN, GAS_UNKNOWN, GAS_FARMS = 0.012, 0.002, 0.003
GAS_SERVICES = 0.36  # of the gas that homes and services burn
HEATED_BELOW = 17.0
FOLLOWS_THE_COLD = 0.75  # of the gas of homes and services
FALLS = 0.007  # of the gas, a year
FALLS_SINCE = 2021
GAS_DIFFERS, INDUSTRY_DIFFERS, SHARES_DIFFER = 0.16, 0.30, 0.08  # deviations between departments of a region
FROM_YEAR_TO_YEAR = 0.04


def usual_degree_days(region: str) -> float:
    """What a year of the usual climate lacks to HEATED_BELOW, °C times days."""
    return sum(max(HEATED_BELOW - month, 0) * 365.25 / 12 for month in points.REGIONS[region].monthly_temperature)


def degree_days(world: World, year: int) -> dict[str, float]:
    """What each region lacked to HEATED_BELOW, °C times days."""
    least, greatest = world.part(climate).at(np.arange(*_bounds(year), dtype=np.int64))
    lacking = np.maximum(HEATED_BELOW - (least + greatest) / 2, 0).sum(axis=1).tolist()
    return dict(zip(points.REGION_CODES, lacking, strict=True))


@dataclass(frozen=True)
class Consumed:
    """What a department consumed in a year, MWh by sector."""

    electricity: Mapping[str, float]
    gas: Mapping[str, float]


def by_department(world: World, year: int) -> dict[str, Consumed]:
    """Consumption of a whole year by department."""
    inhabitants = dict.fromkeys(codes(), 0)
    for department in DEPARTMENTS.values():
        inhabitants[department.region] += department.inhabitants
    loads = dict(zip(codes(), energy(world, year)["consommation"].tolist(), strict=True))
    lacking = degree_days(world, year)
    made = {}
    for code, department in DEPARTMENTS.items():
        region = department.region
        mwh = 1000 * loads[region] * department.inhabitants / inhabitants[region]
        cold = lacking[region] / usual_degree_days(region)
        made[code] = _consumed(mwh, cold, _use(world.grid.seed, code, year), year)
    return made


def _use(seed: int, code: str, year: int) -> Use:
    """That of the department if it was measured, else that of its region, different in each department."""

    def wander(what: str, between: float) -> float:
        apart = 0.0 if code in BY_DEPARTMENT else between * _normal(seed, f"{what} of department {code}", 0)
        return math.exp(apart + FROM_YEAR_TO_YEAR / 2 * _normal(seed, f"{what} of department {code}", year))

    use = BY_DEPARTMENT.get(code) or BY_REGION[DEPARTMENTS[code].region]
    return Use(
        use.gas * wander("gas", GAS_DIFFERS),
        min(use.industry * wander("industry", INDUSTRY_DIFFERS), 0.6),
        min(use.gas_industry * wander("gas in industry", INDUSTRY_DIFFERS), 0.7),
        use.farms * wander("farms", INDUSTRY_DIFFERS),
        use.services * wander("services", SHARES_DIFFER),
    )


def _normal(seed: int, name: str, key: int) -> float:
    return float(np.clip(draws.normal(seed, name, np.array([key], dtype=np.int64))[0], -2, 2))


def _consumed(mwh: float, cold: float, use: Use, year: int) -> Consumed:
    """`cold`: degree days of the year over those of a usual one."""
    left = 1 - use.industry - use.farms - UNKNOWN
    shares = (use.farms, use.industry, use.services * left, (1 - use.services) * left, UNKNOWN)
    usual = use.gas * mwh * (1 - FALLS) ** (year - FALLS_SINCE)
    heated = (1 - use.gas_industry - GAS_FARMS - GAS_UNKNOWN) * (1 + FOLLOWS_THE_COLD * (cold - 1))
    gas_shares = (GAS_FARMS, use.gas_industry, GAS_SERVICES * heated, (1 - GAS_SERVICES) * heated, GAS_UNKNOWN)
    return Consumed(
        {sector: mwh * share for sector, share in zip(SECTORS, shares, strict=True)},
        {sector: usual * share for sector, share in zip(SECTORS, gas_shares, strict=True)},
    )
