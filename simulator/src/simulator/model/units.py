"""Generating units: names as the public knows them, invented codes, and what each makes of its type's output."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.model import draws
from simulator.model.grid import Floats
from simulator.paris import Ints

# Production type, plant, numbers of its units, MW of each. Not all plants: the rest of each type has no unit here.
PLANTS = (
    ("NUCLEAR", "BELLEVILLE", (1, 2), 1310),
    ("NUCLEAR", "BLAYAIS", (1, 2, 3, 4), 910),
    ("NUCLEAR", "CATTENOM", (1, 2, 3, 4), 1300),
    ("NUCLEAR", "CHOOZ", (1, 2), 1500),
    ("NUCLEAR", "CIVAUX", (1, 2), 1495),
    ("NUCLEAR", "CRUAS", (1, 2, 3, 4), 915),
    ("NUCLEAR", "FLAMANVILLE", (1, 2), 1330),
    ("NUCLEAR", "GOLFECH", (1, 2), 1310),
    ("NUCLEAR", "GRAVELINES", (1, 2, 3, 4, 5, 6), 910),
    ("NUCLEAR", "PALUEL", (1, 2, 3, 4), 1330),
    ("NUCLEAR", "ST ALBAN", (1, 2), 1335),
    ("FOSSIL_GAS", "BLENOD", (5,), 430),
    ("FOSSIL_GAS", "BOUCHAIN", (7,), 585),
    ("FOSSIL_GAS", "COMBIGOLFE CCG", (), 425),
    ("FOSSIL_GAS", "CYCOFOS PL", (1, 2), 250),
    ("FOSSIL_GAS", "LANDIVISIAU", (1,), 440),
    ("FOSSIL_GAS", "MARTIGUES PONTEAU", (5, 6), 465),
    ("FOSSIL_GAS", "SPEM CCG", (), 435),
    ("FOSSIL_HARD_COAL", "CORDEMAIS", (4, 5), 580),
    ("FOSSIL_OIL", "ARRIGHI", (1, 2), 125),
    ("FOSSIL_OIL", "BRENNILIS", (4,), 85),
    ("HYDRO_PUMPED_STORAGE", "GRAND MAISON", (1, 2, 3, 4), 150),
    ("HYDRO_PUMPED_STORAGE", "MONTEZIC", (1, 2, 3, 4), 230),
    ("HYDRO_PUMPED_STORAGE", "REVIN", (1, 2), 180),
    ("HYDRO_WATER_RESERVOIR", "AIGLE", (6,), 130),
    ("HYDRO_WATER_RESERVOIR", "BORT", (1, 2), 115),
    ("HYDRO_WATER_RESERVOIR", "BROMMAT", (7,), 230),
    ("HYDRO_WATER_RESERVOIR", "VILLARODIN", (1, 2), 180),
    ("HYDRO_RUN_OF_RIVER_AND_POUNDAGE", "BOLLENE", (1,), 335),
    ("HYDRO_RUN_OF_RIVER_AND_POUNDAGE", "GENISSIAT", (1,), 420),
    ("WIND_OFFSHORE", "FECAMP", (1,), 497),
    ("WIND_OFFSHORE", "ST BRIEUC", (1,), 496),
    ("WIND_OFFSHORE", "ST NAZAIRE", (1,), 480),
)
FLEETS = {  # installed MW of the whole type, of which the plants above are a part
    "NUCLEAR": 62990,
    "FOSSIL_GAS": 12600,
    "FOSSIL_HARD_COAL": 1800,
    "FOSSIL_OIL": 1500,
    "HYDRO_PUMPED_STORAGE": 5000,
    "HYDRO_WATER_RESERVOIR": 8200,
    "HYDRO_RUN_OF_RIVER_AND_POUNDAGE": 10300,
    "WIND_OFFSHORE": 2100,
}
STACKED = ("FOSSIL_GAS", "FOSSIL_HARD_COAL", "FOSSIL_OIL")  # one unit after the other; the others share
OUTAGE_DAYS = 24.0  # how long a unit stays in its state
OUT_BELOW = -0.75  # of a normal variable: about a fifth of the time
AUXILIARIES = 0.004  # of its capacity, what a unit at rest takes from the grid
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-"


@dataclass(frozen=True)
class Unit:
    """A generating unit."""

    eic_code: str
    name: str
    production_type: str
    capacity: float  # MW


def check_character(code: str) -> str:
    """The sixteenth character of an EIC code, from the fifteen before it."""
    total = sum(_ALPHABET.index(character) * (16 - place) for place, character in enumerate(code))
    return _ALPHABET[36 - (total - 1) % 37]


def _made_units() -> tuple[Unit, ...]:
    units: list[Unit] = []
    number = 0
    for production_type, plant, numbers, capacity in PLANTS:
        for name in [f"{plant} {one}" for one in numbers] or [plant]:
            number += 1
            while check_character(_body(number)) == "-":  # not allowed at the end of a code
                number += 1
            code = _body(number) + check_character(_body(number))
            units.append(Unit(code, name, production_type, float(capacity)))
    return tuple(units)


def _body(number: int) -> str:
    return f"17W-SIMULU{number:05d}"


UNITS = _made_units()


def outputs(seed: int, production_type: str, output: Floats, numbers: Ints) -> list[tuple[Unit, Floats]]:
    """MW of each unit of a type, where the type makes `output` in the quarter-hours `numbers` (since 1970).

    Together the units make less than the type, and none more than its capacity; one at rest takes a little.
    """
    units = [unit for unit in UNITS if unit.production_type == production_type]
    capacities = np.array([unit.capacity for unit in units])[:, None]
    running = np.stack([_running(seed, unit, numbers) for unit in units])
    due = output * capacities.sum() / FLEETS[production_type]
    made = _stacked(capacities * running, due) if production_type in STACKED else _shared(capacities * running, due)
    made = np.where(np.abs(made) < 0.5, -AUXILIARIES * capacities, made)
    return list(zip(units, made, strict=True))


def _running(seed: int, unit: Unit, numbers: Ints) -> Floats:
    """What a unit could give, as a share of its capacity; 0 in an outage."""
    days = numbers / 96
    state = draws.smooth(seed, f"{unit.eic_code} state", days, OUTAGE_DAYS)
    form = 1 + 0.03 * draws.smooth(seed, f"{unit.eic_code} form", numbers, 30)
    return np.asarray(np.where(state < OUT_BELOW, 0.0, form))


def _shared(able: Floats, due: Floats) -> Floats:
    """In proportion to what each can give."""
    total = np.maximum(able.sum(axis=0), 1)
    share = np.clip(due / total, -1, 1)
    return np.asarray(able / 1.1 * share)


def _stacked(able: Floats, due: Floats) -> Floats:
    """In order: the next one starts when those before it are full."""
    before = np.cumsum(able, axis=0) - able
    return np.clip(due - before, 0, able / 1.1)
