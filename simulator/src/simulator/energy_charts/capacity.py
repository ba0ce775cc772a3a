"""Installed power, GW (storage capacity GWh), by year and, for Germany, by month."""

from __future__ import annotations

from datetime import date

import numpy as np
from starlette.datastructures import QueryParams

from simulator import paris
from simulator.energy_charts.asked import Invalid, NoContent, country_of
from simulator.energy_charts.power import NAMES
from simulator.energy_charts.table import MONTH, YEAR, Column, Table, rounded
from simulator.model.generation import CAPACITY, capacity
from simulator.model.grid import Floats
from simulator.model.neighbours import NEIGHBOURS, installed
from simulator.paris import DAY, Ints
from simulator.rte.installed import NATIONAL
from simulator.world import World

FIRST_YEAR, FIRST_YEAR_OF_GERMANY, LAST_PLANNED_YEAR = 2014, 2002, 2030
REFRESHED = 4 * 3600
GREW = 0.10
"""A year, before the model's tables begin."""
CAPACITY_SINCE = 2021
FRENCH = {
    **NATIONAL,
    "HYDRO_RUN_OF_RIVER_AND_POUNDAGE": 11_752,
    "HYDRO_WATER_RESERVOIR": 8_790,
    "BIOMASS": 1_430,
    "FOSSIL_OIL": 2_990,
    "WASTE": 1_040,
    "OTHERS": 1_250,
}
"""MW that change little, as Energy-Charts counts them: some types otherwise than RTE."""
DC_OVER_AC = 1.095
PLANS = {"Wind onshore planned (EEG 2023)": (69.0, 15.4), "Solar planned (EEG 2023)": (88.0, 42.0)}
"""GW in 2024, and how many more each year; every second year is named."""
LAST_PLAN_OF_WIND_AT_SEA = ("Wind offshore planned (WindSeeG)", 30.0)
STORED = {"Battery storage (power)": 2.2, "Battery storage (capacity)": 3.3}
"""GW and GWh for each 14 GW of sun."""


def installed_power(world: World, params: QueryParams, now: int) -> Table:
    """The table of a country. Raises Invalid, NoContent."""
    country = country_of(params)
    step = params.get("time_step", "yearly")
    if step not in ("yearly", "monthly"):
        raise Invalid("time_step", step, "Value error, time_step must be yearly or monthly")
    if step == "monthly" and country != "de":
        raise NoContent
    today = paris.day_of(paris.local_day(now))
    ends = _months(today) if step == "monthly" else _years(country, today)
    instants = np.array([paris.day_number(end) * DAY for end in ends], dtype=np.int64)
    known = np.array([end <= date(today.year, 12, 31) for end in ends])
    columns = [
        Column(name, rounded(np.where(known, values, np.nan), 3)) for name, values in _series(country, instants).items()
    ]
    if country == "de" and step == "yearly":
        columns += _planned([end.year for end in ends])
    unit = "GW"
    if params.get("installation_decommission", "false").lower() in ("true", "1"):
        factor, unit = (1000, "MW") if step == "monthly" else (1, "GW")
        columns = [Column(c.name, rounded(factor * np.diff(c.values, prepend=np.nan), 3)) for c in columns]
    updated = now // DAY * DAY + REFRESHED - (DAY if now % DAY < REFRESHED else 0)
    return Table(
        "installed_power",
        country,
        unit,
        instants,
        columns,
        minutes=MONTH if step == "monthly" else YEAR,
        times=[f"{end:%m.%Y}" if step == "monthly" else str(end.year) for end in ends],
        extra={"last_update": updated},
        attributes={"last_update": updated},
    )


def _years(country: str, today: date) -> list[date]:
    """Ends of the years: up to last year; of Germany with the years that are planned."""
    first, last = (FIRST_YEAR_OF_GERMANY, LAST_PLANNED_YEAR) if country == "de" else (FIRST_YEAR, today.year - 1)
    return [date(year, 12, 31) for year in range(first, last + 1)]


def _months(today: date) -> list[date]:
    """Firsts of the months, from 2002 to this one."""
    return [
        date(year, month, 1)
        for year in range(FIRST_YEAR_OF_GERMANY, today.year + 1)
        for month in range(1, 13)
        if date(year, month, 1) <= today
    ]


def _series(country: str, instants: Ints) -> dict[str, Floats]:
    """GW by label."""
    found = {}
    for name, label in NAMES.items():
        if (values := _megawatts(country, name, instants)) is not None:
            found["Solar AC" if name == "SOLAR" else label] = values / 1000
    if country == "fr":
        found["Marine"] = np.full(instants.size, FRENCH["MARINE"] / 1000)
    if country == "de":
        found["Solar DC"] = found["Solar AC"] * DC_OVER_AC
        found |= {label: share * found["Solar AC"] / 14 for label, share in STORED.items()}
    return found


def _megawatts(country: str, name: str, instants: Ints) -> Floats | None:
    if country != "fr":
        there = NEIGHBOURS[country].fleet.get(name)
        return installed(NEIGHBOURS[country], name, instants) if there else None
    if name in CAPACITY:
        before = np.minimum((instants - paris.day_number(date(CAPACITY_SINCE, 12, 31)) * DAY) / (365.25 * DAY), 0)
        return np.asarray(capacity(name, instants) * (1 + GREW) ** before)
    return np.full(instants.size, float(FRENCH[name])) if name in FRENCH else None


def _planned(years: list[int]) -> list[Column]:
    """What the law plans for the even years to come."""
    columns = [
        Column(name, np.array([first + more * (year - 2024) / 2 if _named(year) else np.nan for year in years]))
        for name, (first, more) in PLANS.items()
    ]
    name, last = LAST_PLAN_OF_WIND_AT_SEA
    return [*columns, Column(name, np.array([last if year == LAST_PLANNED_YEAR else np.nan for year in years]))]


def _named(year: int) -> bool:
    return year >= 2024 and year % 2 == 0
