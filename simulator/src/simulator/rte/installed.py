"""generation_installed_capacities/v1: snapshots of what is installed, by type (MW a year), by plant (MW), and of the
plants with purchase obligation (kW).

A year is published on 15 December before it. Some plants have a second, older value, some no date of commissioning.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
from starlette.datastructures import QueryParams

from simulator import paris
from simulator.model.fleet import Plant, plants
from simulator.model.generation import CAPACITY, capacity
from simulator.model.units import FLEETS
from simulator.rte.periods import (
    day_of,
    days_to_end_of_next_year,
    midnight_label,
    moment,
    newest_first,
    number,
    window_or,
    year_of,
)
from simulator.rte.resource import Resource, Resources, timed
from simulator.rte.window import enumerated
from simulator.world import World

API = "generation_installed_capacities"
PREFIX = "GENINSTCAP"  # how RTE spells it is not established
LONGEST_DAYS = 6 * 366

NATIONAL = {**FLEETS, "BIOMASS": 700, "MARINE": 240, "WASTE": 890}  # MW that change little
TYPES = sorted({*NATIONAL, *CAPACITY})
PUBLISHED = (12, 15)  # month and day of the year before

# Thousands of kW with purchase obligation on 1 January 2022: distribution, transmission; None where nothing is said.
CONTRACTS: dict[str, tuple[float | None, float | None]] = {
    "BIOGAZ": (575.0, 6.1),
    "BIOMASS": (240.0, 390.0),
    "COGENERATION": (1610.0, 225.0),
    "GEOTHERMAL": (None, None),
    "HYDRO": (1050.0, 690.0),
    "INCINERATION": (240.0, 118.0),
    "OTHERS": (2.1, None),
    "SOLAR": (11_900.0, 820.0),
    "WIND": (16_400.0, 1_900.0),
}
GROWN_LIKE = {"SOLAR": "SOLAR", "WIND": "WIND_ONSHORE"}
NETWORKS = ("RPD", "RPT")
DEPARTMENTS = [f"FR-{code:02d}" for code in range(1, 96) if code != 20]
REFITTED = 2019
REFRESHED_AT = 2  # local hour of the night


def per_type(world: World, params: QueryParams, now: int) -> dict[str, Any]:
    """A row a type for each year that the window meets; without dates this year. Raises FunctionalError."""
    asked = enumerated(params, "production_type", TYPES) or TYPES
    window = window_or(params, now, LONGEST_DAYS, days_to_end_of_next_year(now), year_of)
    years = [year for year in reversed(list(newest_first(window, year_of))) if _published(year.day.year) <= now]
    rows = [
        {
            "start_date": year.begin,
            "end_date": year.end,
            "type": name,
            "value": _installed(name, year.first),
            "updated_date": paris.iso_one(_published(year.day.year)),
        }
        for year in years
        for name in asked
    ]
    begin, end = (years[0].begin, years[-1].end) if years else (window.begin, window.end)
    return {"capacities_per_production_type": {"start_date": begin, "end_date": end, "values": rows}}


def per_unit(world: World, params: QueryParams, now: int) -> dict[str, Any]:
    """A block a plant for the window; without dates today. Raises FunctionalError."""
    asked = enumerated(params, "production_type", TYPES) or TYPES
    window = window_or(params, now, LONGEST_DAYS, 1, day_of)
    return {
        "capacities_per_production_unit": [
            {
                "start_date": window.begin,
                "end_date": window.end,
                "production_unit": {"code_eic": plant.eic_code, "name": plant.name, "location": "FRANCE"},
                "values": _sizes(place, plant),
            }
            for place, plant in enumerate(plants())
            if plant.production_type in asked
        ]
    }


def contracts(world: World, params: QueryParams, now: int) -> dict[str, Any]:
    """The national totals, and a line without a value for each department; the parameters are ignored."""
    day = paris.local_day(now)
    if now < moment(day, REFRESHED_AT):
        day -= 1
    updated = paris.iso_one(moment(day, REFRESHED_AT))
    totals = [
        _line("FR", network, name, updated, None if thousands is None else _contracted(name, thousands, day))
        for name, by_network in CONTRACTS.items()
        for network, thousands in zip(NETWORKS, by_network, strict=True)
    ]
    parts = [
        _line(code, network, name, updated, None) for code in DEPARTMENTS for name in CONTRACTS for network in NETWORKS
    ]
    return {"capacities_cpc": totals + parts}


def _installed(name: str, day: int) -> int:
    """MW of a type on a day."""
    if name not in CAPACITY:
        return NATIONAL[name]
    return round(float(capacity(name, np.array([paris.midnight(day)], dtype=np.int64))[0]))


def _published(year: int) -> int:
    return moment(number(year - 1, *PUBLISHED), 10)


def _sizes(place: int, plant: Plant) -> list[dict[str, Any]]:
    """The installed capacity and, of every ninth plant, the one before it was refitted."""
    opened = midnight_label(paris.day_number(date(plant.since, 1 + place % 12, 1)))
    value = {
        "installed_capacity": plant.capacity,
        "voltage_level_connection": plant.voltage,
        "type": plant.production_type,
    }
    if place % 9 == 4 and plant.since < REFITTED:
        refitted = midnight_label(paris.day_number(date(REFITTED, 1 + place % 12, 1)))
        before = {**value, "installed_capacity": round(0.97 * plant.capacity)}
        return [{"start_date": refitted, **value}, {"start_date": opened, "end_date": refitted, **before}]
    return [value if place % 11 == 7 else {"start_date": opened, **value}]


def _contracted(name: str, thousands: float, day: int) -> int:
    """kW on a day."""
    like = GROWN_LIKE.get(name)
    growth = _installed(like, day) / _installed(like, number(2022)) if like else 1.0
    return round(1000 * thousands * growth)


def _line(code: str, network: str, name: str, updated: str, value: int | None) -> dict[str, Any]:
    line: dict[str, Any] = {"department_code": code, "network_connection": network, "production_type": name}
    return line if value is None else {"updated_date": updated, **line, "value": value}


RESOURCES: Resources = {
    (API, "v1", "capacities_per_production_type"): Resource(timed(per_type), f"{PREFIX}_PRODTYPE"),
    (API, "v1", "capacities_per_production_unit"): Resource(timed(per_unit), f"{PREFIX}_PRODUNIT"),
    (API, "v1", "capacities_cpc"): Resource(timed(contracts), f"{PREFIX}_CPC"),
}
