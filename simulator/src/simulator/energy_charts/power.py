"""Generation, load and shares of a country by name, as Energy-Charts names them, and how much of it is public.

Asked at 10:58 UTC, France ends at 06:45. New points come in hourly batches; of some countries the newest have no sun,
load and shares yet, and each batch changes the load of the last fourteen hours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from simulator.energy_charts import borders
from simulator.energy_charts.table import Column, rounded
from simulator.model import draws
from simulator.model.france import France
from simulator.model.grid import QUARTER, Floats
from simulator.model.neighbours import europe
from simulator.paris import HOUR, Ints
from simulator.world import World

CONSUMPTION, BATTERY_CONSUMPTION = "Hydro pumped storage consumption", "Battery Consumption"
TRADE, LOAD, RESIDUAL = "Cross border electricity trading", "Load", "Residual load"
SHARE_OF_LOAD, SHARE_OF_GENERATION = "Renewable share of load", "Renewable share of generation"
NAMES = {
    "NUCLEAR": "Nuclear",
    "HYDRO_RUN_OF_RIVER_AND_POUNDAGE": "Hydro Run-of-River",
    "BIOMASS": "Biomass",
    "FOSSIL_LIGNITE": "Fossil brown coal / lignite",
    "FOSSIL_HARD_COAL": "Fossil hard coal",
    "FOSSIL_OIL": "Fossil oil",
    "FOSSIL_GAS": "Fossil gas",
    "GEOTHERMAL": "Geothermal",
    "HYDRO_WATER_RESERVOIR": "Hydro water reservoir",
    "HYDRO_PUMPED_STORAGE": "Hydro pumped storage",
    "BATTERY": "Battery",
    "OTHERS": "Others",
    "WASTE": "Waste",
    "WIND_OFFSHORE": "Wind offshore",
    "WIND_ONSHORE": "Wind onshore",
    "SOLAR": "Solar",
}
"""What the model calls a type, and its label, in the order of the answers."""
RENEWABLE = {"HYDRO_RUN_OF_RIVER_AND_POUNDAGE": 1.0, "BIOMASS": 1.0, "GEOTHERMAL": 1.0, "HYDRO_WATER_RESERVOIR": 1.0}
RENEWABLE |= {"WASTE": 0.5, "WIND_OFFSHORE": 1.0, "WIND_ONSHORE": 1.0, "SOLAR": 1.0}
VARIABLE = ("WIND_OFFSHORE", "WIND_ONSHORE", "SOLAR")
SELDOM = ("FOSSIL_HARD_COAL",)  # left out of an answer in which it is nothing

HOURLY = ("it", "ch", "se")
DELAY_HOURS = {"fr": 3, "de": 2, "it": 2, "nl": 2, "pl": 2, "se": 8}
USUAL_DELAY = 3
BATCH_AT = 1800  # seconds past the hour

LATE = {"de": 8, "at": 5, "pl": 1}
"""How many of the newest points at most have no sun, load and shares."""
LATE_NAMES = ("Solar", LOAD, RESIDUAL, SHARE_OF_LOAD, SHARE_OF_GENERATION)
REVISED_HOURS = 14
REVISED_NAMES = (LOAD, RESIDUAL, SHARE_OF_LOAD)
REVISED_BY, NEWEST_BY, NEWEST = 0.01, 0.03, 3

INDUSTRY = {"FOSSIL_GAS": 2300.0, "FOSSIL_HARD_COAL": 250.0, "BIOMASS": 180.0, "OTHERS": 1400.0, "SOLAR": 0.0}
"""MW that German industry makes for itself, in the mean."""


@dataclass(frozen=True)
class Balance:
    """A country in whole hours of the grid, MW by quarter-hour."""

    load: Floats
    by_type: Mapping[str, Floats]
    trade: Floats  # net import as traded

    @property
    def renewable(self) -> Floats:
        return np.asarray(sum(share * self.by_type[name] for name, share in RENEWABLE.items() if name in self.by_type))

    @property
    def variable(self) -> Floats:
        return np.asarray(sum(self.by_type[name] for name in VARIABLE if name in self.by_type))

    @property
    def generated(self) -> Floats:
        return np.asarray(sum(np.maximum(values, 0) for values in self.by_type.values()))


def step_of(country: str) -> int:
    """Seconds between two points."""
    return HOUR if country in HOURLY else QUARTER


def balance(france: France, country: str, first_hour: int, last_hour: int) -> Balance:
    """A country from one hour (since 1970, included) to another (excluded)."""
    begin, end = (france.grid.quarter_index(hour * HOUR) for hour in (first_hour, last_hour))
    trade = np.repeat(borders.traded(france, country, np.arange(first_hour, last_hour)).sum(axis=0), 4)
    if country == "fr":
        made = {name: values[begin:end] for name, values in france.generation.by_type.items()}
        battery = 0.013 * made["HYDRO_PUMPED_STORAGE"]
        return Balance(france.load[begin:end], {**made, "BATTERY": battery}, trade)
    power = europe(france, begin, end).power(country)
    return Balance(power.load, power.by_type, trade)


def series(whole: Balance) -> dict[str, Floats]:
    """All series by label, in the order of the answers; MW, shares in %."""
    made = {name: whole.by_type[name] for name in NAMES if name in whole.by_type}
    for name in SELDOM:
        if name in made and made[name].max(initial=0) < 0.05:
            del made[name]
    storage = {CONSUMPTION: "HYDRO_PUMPED_STORAGE", BATTERY_CONSUMPTION: "BATTERY"}
    consumed = {label: np.minimum(made[name], 0) for label, name in storage.items() if name in made}
    generated = {NAMES[name]: np.maximum(values, 0) for name, values in made.items()}
    return {
        **consumed,
        TRADE: whole.trade,
        **generated,
        LOAD: whole.load,
        RESIDUAL: whole.load - whole.variable,
        SHARE_OF_LOAD: 100 * whole.renewable / whole.load,
        SHARE_OF_GENERATION: 100 * whole.renewable / whole.generated,
    }


def with_industry(world: World, whole: Balance, numbers: Ints) -> Balance:
    """Germany with what its industry makes for itself."""
    more = {
        name: mean * (1 + 0.15 * draws.smooth(world.grid.seed, f"industry {name}", numbers, 20))
        for name, mean in INDUSTRY.items()
    }
    made = {name: values + more.get(name, 0.0) for name, values in whole.by_type.items()}
    return Balance(whole.load + np.sum(np.stack(list(more.values())), axis=0), made, whole.trade)


def batch_of(now: int) -> int:
    """The number of the last hourly batch."""
    return (now - BATCH_AT) // HOUR


def public_until(country: str, now: int) -> int:
    """The end of what is public."""
    return (batch_of(now) - DELAY_HOURS.get(country, USUAL_DELAY)) * HOUR


def columns(world: World, country: str, stamps: Ints, now: int, industry: bool = False) -> list[Column]:
    """The series at these stamps, which are public, as known at `now`."""
    step = step_of(country)
    first, last = int(stamps[0]) // HOUR, int(stamps[-1]) // HOUR + 1
    whole = balance(world.france, country, first, last)
    if industry:
        whole = with_industry(world, whole, np.arange(first * 4, last * 4))
    every = np.arange(first * HOUR, last * HOUR, step)
    kept = (every >= stamps[0]) & (every <= stamps[-1])
    found = []
    for name, values in series(whole).items():
        if step == HOUR:
            values = values.reshape(-1, 4).mean(axis=1)
        known = rounded(_as_known(world, country, name, values[kept], stamps, now), 1)
        found.append(Column(name, known))
    return found


def _as_known(world: World, country: str, name: str, values: Floats, stamps: Ints, now: int) -> Floats:
    """Values as the last batch has them: late ones are missing, young ones a little off."""
    batch, end, step = batch_of(now), public_until(country, now), step_of(country)
    behind = (end - stamps) // step - 1  # 0 for the newest point
    draw = (stamps // step) * 4099 + batch
    if name in REVISED_NAMES:
        young = np.clip(1 - (batch * HOUR - stamps) / HOUR / REVISED_HOURS, 0, 1)
        values = values * (1 + REVISED_BY * young * draws.normal(world.grid.seed, f"{country} load", draw))
    elif country != "fr":
        newest = behind < NEWEST
        values = np.where(
            newest, values * (1 + NEWEST_BY * draws.normal(world.grid.seed, f"{country} {name} new", draw)), values
        )
    if country in LATE and name in LATE_NAMES:
        late = 1 + int(LATE[country] * float(draws.uniform(world.grid.seed, f"{country} late", np.array([batch]))[0]))
        values = np.where(behind < late, np.nan, values)
    return np.asarray(values)
