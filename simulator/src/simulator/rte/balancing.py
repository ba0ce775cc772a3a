"""What the balancing resources share: the imbalance of the system, the price of balancing energy and the coefficient k.

The more power is missing, the dearer balancing energy is, around the day-ahead price of the model.
"""

from __future__ import annotations

import numpy as np

from simulator.model import draws
from simulator.model.grid import Floats
from simulator.paris import Ints
from simulator.rte.series import Asked

IMBALANCE_MW, FLUTTER_MW = 260.0, 110.0
PRICE_SLOPE = 0.055  # EUR/MWh for each MW that is missing
COEFFICIENTS = (0.03, 0.04, 0.05, 0.06, 0.07)


def imbalance(asked: Asked) -> Floats:
    """MW of the whole system in each interval, positive when there is too much."""
    return IMBALANCE_MW * asked.noise("imbalance", hours=3) + FLUTTER_MW * asked.noise("imbalance flutter")


def balancing_price(asked: Asked, excess: Floats) -> Floats:
    """EUR/MWh of the energy that brings the system back."""
    spot = asked.mean(asked.world.france.price)
    return spot - PRICE_SLOPE * excess + 4 * asked.noise("balancing price", hours=1)


def coefficient_k(seed: int, month: Ints) -> Floats:
    """By how much the imbalance prices lie above and below the price of balancing energy."""
    place = (draws.uniform(seed, "coefficient k", month) * len(COEFFICIENTS)).astype(np.int64)
    return np.array(COEFFICIENTS)[place]
