"""The generation by production type split further: what gas, oil and bioenergy are burnt in, what storage does. MW."""

from __future__ import annotations

import numpy as np

from simulator.model.generation import GAS_BASE_BY_MONTH
from simulator.model.grid import Floats, by_month, year_position
from simulator.paris import Ints

BIOGAS_SHARE = 0.4  # of what is not waste
OIL_CHP_SHARE, OIL_TURBINE_SHARE = 0.3, 0.2
TURBINE_ABOVE = 8500.0  # MW of gas at which combustion turbines start
OTHER_GAS_SHARE = 0.02


def bioenergy(biomass: Floats, waste: Floats) -> dict[str, Floats]:
    """BIOGAS, BIOMASS and WASTE from the model's biomass, which holds the biogas too, and waste."""
    return {"BIOGAS": BIOGAS_SHARE * biomass, "BIOMASS": (1 - BIOGAS_SHARE) * biomass, "WASTE": waste}


def gas(total: Floats, instants: Ints) -> dict[str, Floats]:
    """CCGT, CHP, CT (turbines) and OTHER; `instants` are UTC seconds of the same shape."""
    heat = np.minimum(by_month(GAS_BASE_BY_MONTH, year_position(instants)), total)
    turbines = 0.5 * np.maximum(total - TURBINE_ABOVE, 0)
    other = OTHER_GAS_SHARE * heat
    return {"CCGT": total - heat - turbines, "CHP": heat - other, "CT": turbines, "OTHER": other}


def oil(total: Floats) -> dict[str, Floats]:
    """CHP, CT (turbines) and OTHER."""
    rest = 1 - OIL_CHP_SHARE - OIL_TURBINE_SHARE
    return {"CHP": OIL_CHP_SHARE * total, "CT": OIL_TURBINE_SHARE * total, "OTHER": rest * total}
