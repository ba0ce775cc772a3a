"""Day-ahead price (EUR/MWh) and traded volume (MW) by quarter-hour, by a merit-order rule.

The price is the cost of a gas plant times a factor that falls with the domestic surplus: scarcity pays more than gas,
plenty pays what nuclear and water accept, and surplus sun on a day off pays less than nothing.
"""

from __future__ import annotations

import numpy as np

from simulator.model.generation import Generation
from simulator.model.grid import Floats, Grid, by_date

# What a gas plant must earn, EUR/MWh: fuel and CO2 together.
GAS_COST = (
    ("2022-01-01", 205),
    ("2022-03-10", 300),
    ("2022-05-15", 195),
    ("2022-08-20", 470),
    ("2022-10-25", 190),
    ("2022-12-10", 300),
    ("2023-02-01", 155),
    ("2023-06-01", 108),
    ("2023-12-01", 100),
    ("2024-03-01", 82),
    ("2024-08-01", 92),
    ("2024-12-15", 125),
    ("2025-02-10", 130),
    ("2025-06-01", 96),
    ("2025-12-01", 95),
    ("2026-06-01", 92),
    ("2027-01-01", 95),
)
SPARE = (-25, -15, -8, -3, 2, 7, 12, 16.5, 21, 25, 28, 33, 43)  # GW that France could spare, sun of Europe included
FACTOR = (3.2, 1.9, 1.42, 1.18, 1.0, 0.86, 0.70, 0.50, 0.28, 0.10, -0.015, -0.12, -0.70)
NEIGHBOURS_SUN = 12000.0  # MW of surplus that the neighbours' sun adds when the French fleet runs at full output
PRICE_FLOOR, PRICE_CAP = -500.0, 4000.0


def build(grid: Grid, generation: Generation) -> tuple[Floats, Floats]:
    """Price and volume; the price is rounded to cents, the volume to a tenth of a MW."""
    size = grid.quarters.size
    mood = 1700 * grid.noise("market", size, 120)
    spare = generation.surplus + NEIGHBOURS_SUN * generation.solar_share + mood
    factor = np.interp(spare / 1000, SPARE, FACTOR)
    price = factor * by_date(GAS_COST, grid.quarters) + 1.2 * grid.noise("bids", size, 2)
    volume = 12500 + 0.16 * generation.net_export + 700 * grid.noise("volume", size, 30)
    price = np.clip(price, PRICE_FLOOR, PRICE_CAP)
    return np.asarray(np.round(price, 2)), np.asarray(np.round(np.maximum(volume, 4000), 1))
