"""éCO2mix: the load and the generation of France and its regions, in real time, consolidated and definitive. Whole MW.

Real time is the model itself, which RTE's API tells too: the quarter-hour stands for the instant at its beginning. The
small solar plants behind the meters are missing in it, and the load that they feed: consolidated values are the mean of
a half-hour with them, so noon is higher by a sixth of the solar output and a twentieth of the load. Of a few hours the
first real-time values are wrong and corrected in the night after.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from simulator import paris
from simulator.model import draws, mix, regions, trade
from simulator.model.grid import QUARTER, Floats
from simulator.paris import DAY, HOUR, Ints
from simulator.publication import Bools, forecast
from simulator.world import World

Parts = Mapping[str, Ints]
"""Whole MW of the nation by the smallest part that éCO2mix tells; pumping and charging are negative."""

# --- the parts

SUBTYPES = {  # column of the nation -> part
    "eolien_terrestre": "onshore",
    "eolien_offshore": "offshore",
    "fioul_tac": "oil turbines",
    "fioul_cogen": "oil heat",
    "fioul_autres": "oil other",
    "gaz_tac": "gas turbines",
    "gaz_cogen": "gas heat",
    "gaz_ccg": "gas combined",
    "gaz_autres": "gas other",
    "hydraulique_fil_eau_eclusee": "river",
    "hydraulique_lacs": "reservoir",
    "hydraulique_step_turbinage": "turbining",
    "bioenergies_dechets": "waste",
    "bioenergies_biomasse": "biomass",
    "bioenergies_biogaz": "biogas",
    "stockage_batterie": "charging",
    "destockage_batterie": "discharging",
}
SUMS = {  # column -> its parts
    "consommation": ("load",),
    "fioul": ("oil turbines", "oil heat", "oil other"),
    "charbon": ("coal",),
    "gaz": ("gas turbines", "gas heat", "gas combined", "gas other"),
    "nucleaire": ("nuclear",),
    "eolien": ("onshore", "offshore"),
    "solaire": ("solar",),
    "hydraulique": ("river", "reservoir", "turbining"),
    "pompage": ("pumping",),
    "bioenergies": ("waste", "biomass", "biogas"),
}
SPLIT_LIKE = {  # part -> share of the regions, where the names differ
    **dict.fromkeys(SUMS["fioul"], "oil"),
    **dict.fromkeys(SUMS["gaz"], "gas"),
    **dict.fromkeys(SUMS["bioenergies"], "bioenergy"),
    **dict.fromkeys(("turbining", "pumping"), "storage"),
    **dict.fromkeys(("charging", "discharging"), "battery"),
}
OUTPUT = tuple(part for column, parts in SUMS.items() if column != "consommation" for part in parts)
BATTERY_MW = 60.0  # they charge when the sun is high and give back at the evening peak
BATTERY_BACK = 0.88


def _truth(world: World, quarters: Ints) -> dict[str, Floats]:
    """The model at quarter-hours, by their number in the grid."""
    by_type = {name: values[quarters] for name, values in world.france.generation.by_type.items()}
    starts = world.grid.epoch + quarters * QUARTER
    gas, oil = mix.gas(by_type["FOSSIL_GAS"], starts), mix.oil(by_type["FOSSIL_OIL"])
    bio = mix.bioenergy(by_type["BIOMASS"], by_type["WASTE"])
    storage = by_type["HYDRO_PUMPED_STORAGE"]
    sun = world.france.generation.solar_share[quarters]
    hour = (starts + paris.offset(starts)) % DAY / HOUR
    return {
        "load": world.france.load[quarters],
        "nuclear": by_type["NUCLEAR"],
        "onshore": by_type["WIND_ONSHORE"],
        "offshore": by_type["WIND_OFFSHORE"],
        "solar": by_type["SOLAR"],
        "river": by_type["HYDRO_RUN_OF_RIVER_AND_POUNDAGE"],
        "reservoir": by_type["HYDRO_WATER_RESERVOIR"],
        "turbining": np.maximum(storage, 0),
        "pumping": np.minimum(storage, 0),
        "coal": by_type["FOSSIL_HARD_COAL"],
        "gas combined": gas["CCGT"],
        "gas heat": gas["CHP"],
        "gas turbines": gas["CT"],
        "gas other": gas["OTHER"],
        "oil turbines": oil["CT"],
        "oil heat": oil["CHP"],
        "oil other": oil["OTHER"],
        "waste": bio["WASTE"],
        "biomass": bio["BIOMASS"],
        "biogas": bio["BIOGAS"],
        "charging": -BATTERY_MW * np.clip(sun / 0.5, 0, 1),
        "discharging": BATTERY_BACK * BATTERY_MW * np.exp(-(((hour - 20) / 1.5) ** 2)),
    }


def _whole(parts: Mapping[str, Floats]) -> dict[str, Ints]:
    return {name: np.rint(values).astype(np.int64) for name, values in parts.items()}


# --- real time and its nightly corrections

CORRECTED_HOURS = 0.024  # share of the hours whose first values are wrong
CORRECTED_AT = 3 * HOUR + 30 * 60  # Paris time of the next morning
A_DAY_LATER = 0.015  # of the corrections
ERRORS = {  # part -> how many of the wrong hours it is wrong in, deviation and least size of the error in MW
    "load": (1.0, 500.0, 90.0),
    "solar": (0.23, 350.0, 150.0),
    "onshore": (0.19, 300.0, 80.0),
    "nuclear": (0.03, 120.0, 40.0),
}


def corrected_at(world: World, starts: Ints) -> Ints:
    """When the first real-time values are put right, for those that are wrong; 0 for the others."""
    seed, hours = world.grid.seed, starts // HOUR
    wrong = draws.uniform(seed, "éCO2mix wrong", hours) < CORRECTED_HOURS
    later = (draws.uniform(seed, "éCO2mix later", hours) < A_DAY_LATER).astype(np.int64)
    morning = paris.at_local(paris.local_days(starts) + 1 + later, CORRECTED_AT)
    return np.where(wrong, morning + (1800 * draws.uniform(seed, "éCO2mix morning", hours)).astype(np.int64), 0)


def real_time(world: World, starts: Ints, now: int) -> Parts:
    """What real time says at `now` of quarter-hours (UTC seconds)."""
    parts = _truth(world, (starts - world.grid.epoch) // QUARTER)
    waiting = corrected_at(world, starts) > now
    if waiting.any():
        seed, hours = world.grid.seed, starts // HOUR
        for part, (share, deviation, least) in ERRORS.items():
            wrong = waiting & (draws.uniform(seed, f"éCO2mix wrong {part}", hours) < share)
            drawn = draws.normal(seed, f"éCO2mix error {part}", hours)
            error = deviation * drawn + least * np.sign(drawn)
            parts[part] = np.where(wrong & (parts[part] > 3 * np.abs(error)), parts[part] + error, parts[part])
    return _whole(parts)


# --- consolidated and definitive

UNSEEN_SOLAR = 0.155  # of the solar output in real time: small plants, and the load behind the same meters
UNSEEN_LOAD = 330.0
CONSOLIDATED_BY = {  # part -> mean factor and deviation of it
    "nuclear": (1.007, 0.002),
    "river": (1.03, 0.01),
    "reservoir": (1.03, 0.01),
    "turbining": (1.03, 0.01),
    "waste": (1.09, 0.01),
    "biomass": (1.09, 0.01),
    "biogas": (1.09, 0.01),
    "onshore": (0.99, 0.05),
    "offshore": (0.99, 0.05),
}
UNSEEN_COAL = 20.0
DEFINITIVE_BY = 0.0015


def consolidated(world: World, starts: Ints, definitive: Bools) -> Parts:
    """Means of the half-hours that begin at `starts` (UTC seconds)."""
    first = (starts - world.grid.epoch) // QUARTER
    one, other = _truth(world, first), _truth(world, first + 1)
    parts = {name: (one[name] + other[name]) / 2 for name in one}
    parts["load"] = parts["load"] + unseen_load(world, starts, parts["solar"])
    parts["solar"] = parts["solar"] + _unseen_solar(world, starts, parts["solar"])
    parts["coal"] = parts["coal"] + np.maximum(UNSEEN_COAL + 5 * _wander(world, "unseen coal", starts), 0)
    for name, (factor, deviation) in CONSOLIDATED_BY.items():
        parts[name] = parts[name] * np.maximum(factor + deviation * _wander(world, f"consolidated {name}", starts), 0.7)
    if definitive.any():
        for name in ("load", "solar", *CONSOLIDATED_BY):
            changed = 1 + DEFINITIVE_BY * _wander(world, f"definitive {name}", starts)
            parts[name] = parts[name] * np.where(definitive, changed, 1.0)
    return _whole(parts)


def unseen_load(world: World, starts: Ints, solar: Floats) -> Floats:
    """Load that real time does not see, MW, where the sun gives `solar` in the half-hours that begin at `starts`."""
    return _unseen_solar(world, starts, solar) + UNSEEN_LOAD + 60 * _wander(world, "unseen load", starts)


def _unseen_solar(world: World, starts: Ints, solar: Floats) -> Floats:
    return np.asarray(UNSEEN_SOLAR * (1 + 0.1 * _wander(world, "unseen solar", starts, 96)) * solar)


def _wander(world: World, name: str, starts: Ints, spacing: float = 16) -> Floats:
    """Smooth noise of deviation 1 over `spacing` half-hours."""
    return draws.smooth(world.grid.seed, f"éCO2mix {name}", starts // (2 * QUARTER), spacing)


# --- columns

FACTORS = {"charbon": 0.986, "fioul": 0.777, "gaz": 0.429, "bioenergies": 0.494}  # t CO2eq/MWh, RTE's direct ones
BIOENERGY_CONSOLIDATED = 0.4  # share of its factor that counts in consolidated data
BURNT_AND_NOT = ("nucleaire", "eolien", "solaire", "hydraulique", "gaz", "fioul", "charbon", "bioenergies")


def national(parts: Parts, consolidated: bool = False) -> dict[str, Ints]:
    """The columns of the nation without forecasts and schedules; imports close the balance."""
    columns = {column: _sum(parts, names) for column, names in SUMS.items()}
    columns |= {column: parts[part] for column, part in SUBTYPES.items()}
    columns["ech_physiques"] = _imports(parts)
    columns["taux_co2"] = _carbon(columns, consolidated)
    return columns


def _sum(parts: Parts, names: tuple[str, ...]) -> Ints:
    return np.asarray(np.sum([parts[name] for name in names], axis=0))


def _imports(parts: Parts) -> Ints:
    return np.asarray(parts["load"] - _sum(parts, (*OUTPUT, "charging", "discharging")))


def _carbon(columns: Mapping[str, Ints], consolidated: bool) -> Ints:
    """g/kWh by RTE's formula."""
    weighing = {"bioenergies": BIOENERGY_CONSOLIDATED} if consolidated else {}
    tonnes = np.sum([f * weighing.get(name, 1.0) * np.maximum(columns[name], 0) for name, f in FACTORS.items()], axis=0)
    energy = np.sum([np.maximum(columns[name], 0) for name in BURNT_AND_NOT], axis=0)
    grams: Floats = 1000 * tonnes / np.maximum(energy, 1)
    return np.rint(grams).astype(np.int64)


REGIONAL = ("consommation", "thermique", "nucleaire", "eolien", "solaire", "hydraulique", "pompage", "bioenergies")
THERMAL = (*SUMS["fioul"], *SUMS["charbon"], *SUMS["gaz"])
COMPARED = tuple(regions.CAPACITIES)


def regional(world: World, starts: Ints, parts: Parts) -> dict[str, Floats]:
    """The columns of the regions: MW, and the shares `tco_*` and `tch_*` in %, NaN where nothing is installed.

    Shape (regions, n), in the order of `regions.CODES`.
    """
    shares = regions.shares(world, starts)
    each = {part: regions.split(total, shares[SPLIT_LIKE.get(part, part)]) for part, total in parts.items()}
    whole = {column: _sum(each, THERMAL if column == "thermique" else SUMS[column]) for column in REGIONAL}
    whole |= {column: each[SUBTYPES[column]] for column in REGIONAL_SUBTYPES}
    whole["ech_physiques"] = _imports(each)
    columns = {name: values.astype(np.float64) for name, values in whole.items()}
    for name in COMPARED:
        installed = regions.CAPACITIES[name](starts)
        columns[f"tco_{name}"] = np.round(100 * columns[name] / np.maximum(columns["consommation"], 1), 2)
        covered = np.round(100 * columns[name] / np.maximum(installed, 1), 2)
        columns[f"tch_{name}"] = np.where(installed > 0, covered, np.nan)
    return columns


REGIONAL_SUBTYPES = ("stockage_batterie", "destockage_batterie", "eolien_terrestre", "eolien_offshore")

# --- forecasts and schedules

FORECASTS = {"prevision_j1": ("D-2", "D-1"), "prevision_j": ("ID",)}  # the later overrides the earlier
BORDERS = {
    "ech_comm_angleterre": ("GB",),
    "ech_comm_espagne": ("ES",),
    "ech_comm_italie": ("IT",),
    "ech_comm_suisse": ("CH",),
    "ech_comm_allemagne_belgique": ("DE", "BE"),
}


def load_forecast(world: World, column: str, starts: Ints, now: int) -> Floats:
    """`prevision_j1` or `prevision_j` of quarter-hours; NaN where there is none yet."""
    values = np.full(starts.size, np.nan)
    if not starts.size:
        return values
    numbers = (starts - world.grid.epoch) // QUARTER
    begin, end = int(numbers.min()), int(numbers.max()) + 1
    for kind in FORECASTS[column]:
        known = forecast(world.load_forecasts[kind], world.grid, begin, end, now)
        said = np.where(known.public, np.rint(known.values), np.nan)[numbers - begin]
        values = np.where(np.isnan(said), values, said)
    return values


def schedule(world: World, column: str, starts: Ints) -> Floats:
    """Commercial exchange of one of BORDERS, MW, imports positive."""
    hours, which = np.unique(starts // HOUR, return_inverse=True)
    net = np.sum([trade.net_schedule(world.france, border, hours) for border in BORDERS[column]], axis=0)
    return np.asarray(-np.rint(net) + 0.0)[which]
