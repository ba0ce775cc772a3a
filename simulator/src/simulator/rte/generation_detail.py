"""actual_generation/v1: the hourly output of each unit, the mix by quarter-hour, the weekly stock of the reservoirs.

Units make less than their type does in actual_generations_per_production_type; the mix adds up to the same model: the
TOTAL of its types, pumping and exchange (negative for exports) together are the load.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from simulator import paris
from simulator.model import draws
from simulator.model import mix as parts_of
from simulator.model.grid import Floats, by_month, year_position
from simulator.model.units import FLEETS, UNITS, outputs
from simulator.paris import DAY
from simulator.publication import Published
from simulator.rte.resource import Resources
from simulator.rte.series import MONDAY, WEEK, Asked, Block, Column, Series, one, resources, whole
from simulator.rte.window import Window

UNIT_AFTER, UNIT_SPREAD = 3000, 600  # seconds from the end of an hour to its publication
MIX_AFTER, MIX_SPREAD = 780, 120


def per_unit(asked: Asked) -> Iterable[Block]:
    """A block a unit; optional parameter `unit_eic_code`."""
    wanted = set(asked.chosen("unit_eic_code", [unit.eic_code for unit in UNITS]))
    first = asked.released("units", UNIT_AFTER, UNIT_SPREAD)
    types = [name for name in FLEETS if any(unit.production_type == name and unit.eic_code in wanted for unit in UNITS)]
    for production_type in types:
        truth = asked.mean(asked.world.france.generation.by_type[production_type])
        for unit, made in outputs(asked.world.grid.seed, production_type, truth, asked.numbers):
            if unit.eic_code in wanted:
                head = {"eic_code": unit.eic_code, "name": unit.name, "production_type": production_type}
                yield _block(asked, {"unit": head}, asked.revised(unit.eic_code, made, first))


def _block(asked: Asked, head: dict[str, object], shown: Published) -> Block:
    columns: dict[str, Column] = {"updated_date": paris.iso(shown.updated), "value": whole(shown.values)}
    return one(head, columns, shown.public)


# --- the mix

SUBTYPES = {  # of each production type; those with one only have a TOTAL
    "BIOENERGY": ("BIOGAS", "BIOMASS", "WASTE"),
    "EXCHANGE": (),
    "FOSSIL_GAS": ("FOSSIL_GAS_CCGT", "FOSSIL_GAS_CHP", "FOSSIL_GAS_CT", "FOSSIL_GAS_OTHER"),
    "FOSSIL_HARD_COAL": (),
    "FOSSIL_OIL": ("FOSSIL_OIL_CHP", "FOSSIL_OIL_CT", "FOSSIL_OIL_OTHER"),
    "HYDRO": ("HYDRO_PUMPED_STORAGE", "HYDRO_RUN_OF_RIVER_AND_POUNDAGE", "HYDRO_WATER_RESERVOIR"),
    "NUCLEAR": (),
    "PUMPING": (),
    "SOLAR": (),
    "WIND": (),
}
TOTAL = "TOTAL"


def mix(asked: Asked) -> Iterable[Block]:
    """A block a pair of production type and subtype; optional parameters of these names."""
    every_subtype = [TOTAL, *(name for names in SUBTYPES.values() for name in names)]
    types = asked.chosen("production_type", tuple(SUBTYPES))
    subtypes = set(asked.chosen("production_subtype", every_subtype))
    first = asked.released("mix", MIX_AFTER, MIX_SPREAD)
    for name in types:
        parts = {part: asked.revised(f"mix {name} {part}", made, first) for part, made in MIX[name](asked).items()}
        shown = {**parts, TOTAL: _sum(list(parts.values()))}
        for part in sorted(shown):
            if part in subtypes:
                yield _block(asked, {"production_type": name, "production_subtype": part}, shown[part])


def _sum(parts: list[Published]) -> Published:
    """The sum of what is published, to the MW; it is as new as the newest of its parts."""
    values = np.sum([np.rint(part.values) for part in parts], axis=0)
    return Published(values, np.max([part.updated for part in parts], axis=0), parts[0].public)


def _made(asked: Asked, *types: str) -> Floats:
    made = asked.world.france.generation.by_type
    return np.asarray(np.sum([asked.mean(made[name]) for name in types], axis=0))


def _bioenergy(asked: Asked) -> dict[str, Floats]:
    return parts_of.bioenergy(_made(asked, "BIOMASS"), _made(asked, "WASTE"))


def _gas(asked: Asked) -> dict[str, Floats]:
    split = parts_of.gas(_made(asked, "FOSSIL_GAS"), asked.at.starts)
    return {f"FOSSIL_GAS_{part}": made for part, made in split.items()}


def _oil(asked: Asked) -> dict[str, Floats]:
    return {f"FOSSIL_OIL_{part}": made for part, made in parts_of.oil(_made(asked, "FOSSIL_OIL")).items()}


def _hydro(asked: Asked) -> dict[str, Floats]:
    storage = _made(asked, "HYDRO_PUMPED_STORAGE")
    others = ("HYDRO_RUN_OF_RIVER_AND_POUNDAGE", "HYDRO_WATER_RESERVOIR")
    return {"HYDRO_PUMPED_STORAGE": np.maximum(storage, 0)} | {name: _made(asked, name) for name in others}


MIX: dict[str, Callable[[Asked], dict[str, Floats]]] = {
    "BIOENERGY": _bioenergy,
    "EXCHANGE": lambda asked: {TOTAL: -asked.mean(asked.world.france.generation.net_export)},
    "FOSSIL_GAS": _gas,
    "FOSSIL_HARD_COAL": lambda asked: {TOTAL: _made(asked, "FOSSIL_HARD_COAL")},
    "FOSSIL_OIL": _oil,
    "HYDRO": _hydro,
    "NUCLEAR": lambda asked: {TOTAL: _made(asked, "NUCLEAR")},
    "PUMPING": lambda asked: {TOTAL: np.minimum(_made(asked, "HYDRO_PUMPED_STORAGE"), 0)},
    "SOLAR": lambda asked: {TOTAL: _made(asked, "SOLAR")},
    "WIND": lambda asked: {TOTAL: _made(asked, "WIND_ONSHORE", "WIND_OFFSHORE")},
}


# --- reservoirs

STOCK_BY_MONTH = (1.95e6, 1.55e6, 1.25e6, 1.30e6, 1.85e6, 2.60e6, 2.95e6, 3.00e6, 2.90e6, 2.75e6, 2.55e6, 2.30e6)  # MWh
STOCK_PUBLISHED = 2 * DAY + 13 * 3600 + 30 * 60  # Paris seconds from the end of the week: Wednesday 13:30
STOCK_BLOCK = 14 * 3600 + 45 * 60


def water_reserves(asked: Asked) -> Iterable[Block]:
    """Stock at the end of each week, MWh. The dates of the block are those of a Wednesday before, as RTE has them."""
    ends = asked.at.ends
    level = by_month(STOCK_BY_MONTH, year_position(ends))
    weeks = (paris.local_days(ends) - MONDAY) // WEEK
    stock = level * (1 + 0.08 * draws.smooth(asked.world.grid.seed, "stock of the reservoirs", weeks, 9))
    published = paris.at_local(paris.local_days(ends) + STOCK_PUBLISHED // DAY, STOCK_PUBLISHED % DAY)
    public = published <= asked.now
    wednesday = asked.window.first - (asked.window.first - MONDAY - 2) % WEEK
    head = {
        "start_date": paris.iso_one(paris.midnight(wednesday)),
        "end_date": paris.iso_one(paris.midnight(wednesday) + STOCK_BLOCK),
    }
    yield one(head, {"updated_date": paris.iso(published), "value": whole(stock)}, public)


def last_week(now: int) -> Window:
    """The last week whose stock is public."""
    day = paris.local_day(now - STOCK_PUBLISHED)
    monday = day - (day - MONDAY) % WEEK
    return Window(monday - WEEK, monday)


RESOURCES: Resources = resources(
    "actual_generation",
    "v1",
    {
        "actual_generations_per_unit": Series("ACTUALGEN_UNITS", "PT1H", per_unit, longest_days=7),
        "generation_mix_15min_time_scale": Series("ACTUALGEN_MIX15MIN", "PT15M", mix, longest_days=14),
        "water_reserves": Series(
            "ACTUALGEN_WATERRESERVES", "P7D", water_reserves, longest_days=365, alone=True, default=last_week
        ),
    },
)
