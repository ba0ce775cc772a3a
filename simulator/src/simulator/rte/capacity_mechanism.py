"""The capacity mechanism: certified capacities, parameters of the obligation, control measures, by delivery year.

The registry of a delivery year opens on 1 June of the year three before; the parameters of a year are published on
4 December four years before. The entities of 100 MW and more are the plants of the fleet; their codes are invented.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
from starlette.datastructures import QueryParams

from simulator import paris
from simulator.model.fleet import Plant, eic, plants
from simulator.model.grid import Grid
from simulator.rte.periods import (
    Period,
    days_to_end_of_next_year,
    drawn,
    midnight_label,
    moment,
    newest_first,
    number,
    window_or,
    year_of,
)
from simulator.rte.resource import Resource, Resources, timed
from simulator.rte.window import Window
from simulator.world import World

LONGEST_DAYS = 155


NAMES = {  # this API's words for the production types of the fleet
    "FOSSIL_GAS": "GAS_COAL_HARD_COAL",
    "FOSSIL_HARD_COAL": "GAS_COAL_HARD_COAL",
    "FOSSIL_OIL": "FOSSIL_OIL",
    "HYDRO_PUMPED_STORAGE": "HYDRO_PUMPED_STORAGE",
    "HYDRO_WATER_RESERVOIR": "HYDRO_RESERVOIR",
    "NUCLEAR": "NUCLEAR",
}
LARGE = 100  # MW from which an entity is listed by name
CERTIFIED_SHARE = {"NUCLEAR": 0.955, "HYDRO_RESERVOIR": 0.85, "HYDRO_PUMPED_STORAGE": 0.90}
OTHER_CERTIFIED_SHARE = 0.94
SMALL = {  # certified MW of all entities below 100 MW
    "OTHER": 3350.0,
    "BIOMASS": 210.5,
    "WASTES": 180.0,
    "WIND_ONSHORE": 3480.7,
    "GAS_COAL_HARD_COAL": 860.5,
    "HYDRO_RESERVOIR": 1316.3,
    "VARIOUS": 772.6,
    "HYDRO_PUMPED_STORAGE": 0.0,
    "FOSSIL_OIL": 18.8,
    "SOLAR": 290.4,
}
CERTIFIED_FROM = (-3, 6, 1)  # years before delivery, month and day on which the registry of a year opens
REBALANCED_FROM = (-1, 3, 15)
REBALANCED_SHARE = 0.4  # of the entities, whose level is changed in the year before delivery
PARAMETERS_FROM = (-4, 12, 4)
MEASURES_FROM = (-2, 6, 13)

KH_CHART = (0, 44, 72, 87, 95, 100)
KJ_CHART = (0, 12, 24, 35, 45, 53, 60, 66, 71, 75, 79, 82, 85, 88, 91, 93, 95, 97, 98, 99, 100)
COLDEST = -3.9  # °C of the reference cold wave, at its two daily extremes
MILDEST = -1.6


def sites(world: World, params: QueryParams, now: int) -> dict[str, Any]:
    """The answer of ncc_greater_equal_100_mw. Raises FunctionalError."""
    rows = [
        _site(world.grid, year, place, plant, now)
        for year in _known_years(params, now, CERTIFIED_FROM)
        for place, plant in enumerate(_large_plants())
        if plant.since <= year.day.year
    ]
    return {"ncc_greater_equal_100_mw": rows}


def small(world: World, params: QueryParams, now: int) -> dict[str, Any]:
    """The answer of ncc_less_100_mw. Raises FunctionalError."""
    rows = []
    for year in _known_years(params, now, CERTIFIED_FROM):
        for row, (production_type, power) in enumerate(SMALL.items()):
            level, updated = _level(world.grid, f"small {row}", power, year, now)
            del level["forecast_ncc"]
            rows.append(_head(year, updated) | {"edc": {"production_type": production_type}, "ncc": level})
    return {"ncc_less_100_mw": rows}


def charts_parameters(world: World, params: QueryParams, now: int) -> dict[str, Any]:
    """The answer of charts_parameters. Raises FunctionalError."""
    return {
        "charts_parameters": [
            _head(year, _moment(year, PARAMETERS_FROM))
            | {
                "parameter": {
                    "security_factor": 0.93 if year.day.year < 2024 else 0.95,
                    "wind_c_coefficient": 70,
                    "solar_c_coefficient": 25,
                    "hydrau_c_coefficient": 85,
                    "certified_edc_cal_parameter": 1,
                },
                "kh_chart": _chart(KH_CHART),
                "kj_chart": _chart(KJ_CHART),
            }
            for year in _known_years(params, now, PARAMETERS_FROM)
        ]
    }


def extreme_temperatures(world: World, params: QueryParams, now: int) -> dict[str, Any]:
    """The answer of reference_extreme_temperatures: °C by half-hour of the day. Raises FunctionalError."""
    half_hours = np.arange(48)
    swing = np.cos((half_hours - 28) / 48 * 2 * np.pi)  # mildest at two in the afternoon
    values = np.round((COLDEST + MILDEST) / 2 + (MILDEST - COLDEST) / 2 * swing, 1).tolist()
    chart = [{"number": place, "value": value} for place, value in enumerate(values, 1)]
    return {
        "reference_extreme_temperatures": [
            _head(year, _moment(year, PARAMETERS_FROM)) | {"reference_values": chart}
            for year in _known_years(params, now, PARAMETERS_FROM)
        ]
    }


def control_measures(world: World, params: QueryParams, now: int) -> dict[str, Any]:
    """The answer of registry_consumption_controles_measures: MW of a year in a block of that year."""
    blocks = []
    for year in _known_years(params, now, MEASURES_FROM):
        value = {"start_date": year.begin, "end_date": year.end, "value": 500 + 20 * (year.day.year % 7)}
        updated = paris.iso_one(_moment(year, MEASURES_FROM))
        blocks.append({"start_date": year.begin, "end_date": year.end, "values": [value | {"updated_date": updated}]})
    return {"registry_consumption_controles_measures": blocks}


def _known_years(params: QueryParams, now: int, published: tuple[int, int, int]) -> Iterator[Period]:
    """Delivery years that the window meets and that are public, newest first."""
    window: Window = window_or(params, now, LONGEST_DAYS, days_to_end_of_next_year(now), year_of)
    return (year for year in newest_first(window, year_of) if _moment(year, published) <= now)


def _moment(year: Period, published: tuple[int, int, int]) -> int:
    """Ten o'clock of a day that is so many years before or after the delivery year."""
    offset, month, day = published
    return moment(number(year.day.year + offset, month, day), 10)


def _head(year: Period, updated: int) -> dict[str, Any]:
    return {"start_date": year.begin, "end_date": year.end, "updated_date": paris.iso_one(updated)}


def _chart(values: tuple[int, ...]) -> list[dict[str, int]]:
    return [{"number": place, "value": value} for place, value in enumerate(values)]


@cache
def _large_plants() -> list[Plant]:
    """The entities that are listed by name, in the order of their names."""
    large = [plant for plant in plants() if plant.capacity >= LARGE and plant.production_type in NAMES]
    return sorted(large, key=lambda plant: plant.name)


@cache
def _holder_codes() -> dict[str, str]:
    holders = sorted({plant.company for plant in _large_plants()})
    return {name: eic(f"17X100A900R{place:04d}") for place, name in enumerate(holders)}


def _site(grid: Grid, year: Period, place: int, plant: Plant, now: int) -> dict[str, Any]:
    kind = NAMES[plant.production_type]
    certified = plant.capacity * CERTIFIED_SHARE.get(kind, OTHER_CERTIFIED_SHARE)
    level, updated = _level(grid, plant.name, certified, year, now)
    opened = number(year.day.year + CERTIFIED_FROM[0], *CERTIFIED_FROM[1:])
    edc = {
        "production_type": kind,
        "code": f"PTG9{place:05d}",
        "name": plant.name.replace("_", " "),
        "network_connection": "TSO",
        "type": "PRODUCTION",
        "status": "OPERATING",
        "certification_date": midnight_label(opened - 1),
    }
    holder = {"rpc_eic_code": _holder_codes()[plant.company], "rpc_name": plant.company}
    return _head(year, updated) | {"edc": edc, "ncc": level, "rpc": holder}


def _level(grid: Grid, name: str, certified: float, year: Period, now: int) -> tuple[dict[str, float], int]:
    """Certified level, MW, and when it was last changed: a few are rebalanced in the year before delivery."""
    first, shifted, whether = drawn(grid, f"certified {name}", year.day.year, 3)
    initial = round(certified * (0.98 + 0.03 * first), 1)
    rebalanced = round(initial * (0.93 + 0.09 * shifted), 1)
    if whether < REBALANCED_SHARE and _moment(year, REBALANCED_FROM) <= now:
        level = {"updated_ncc": rebalanced, "initial_ncc": initial, "forecast_ncc": rebalanced}
        return level, _moment(year, REBALANCED_FROM)
    return {"updated_ncc": 0, "initial_ncc": initial, "forecast_ncc": initial}, _moment(year, CERTIFIED_FROM)


RESOURCES: Resources = {
    ("certified_capacities_registry", "v1", "ncc_greater_equal_100_mw"): Resource(timed(sites), "CERTCAPREG_NCCGE"),
    ("certified_capacities_registry", "v1", "ncc_less_100_mw"): Resource(timed(small), "CERTCAPREG_NCCLESS"),
    ("certification_obligation_parameter", "v1", "charts_parameters"): Resource(
        timed(charts_parameters), "CERTOBLPAR_CHARTS"
    ),
    ("certification_obligation_parameter", "v1", "reference_extreme_temperatures"): Resource(
        timed(extreme_temperatures), "CERTOBLPAR_EXTREMTEMP"
    ),
    ("registry_consumption_control_measure", "v1", "registry_consumption_controles_measures"): Resource(
        timed(control_measures), "REGCONSCTRL_MEASURES"
    ),
}
