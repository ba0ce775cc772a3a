"""Generation of mainland France by production type, MW by quarter-hour, and the net export that closes the balance.

What the weather gives comes first (wind, solar, rivers), then what runs always (biomass, waste, cogeneration). The
rest of the demand is met by reservoirs, storage, nuclear, trade and, at the margin, gas, coal and oil. Net export is
what remains: load = sum of generation (pumping counted negative) - net export, in every quarter-hour.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.model import points
from simulator.model.grid import Floats, Grid, by_date, by_month, rolling_mean, to_quarters, year_position
from simulator.model.weather import Weather, clear_sky, transmission
from simulator.paris import Ints

# Installed MW at the end of each year (ENTSO-E through Energy-Charts); the last two are a straight continuation.
CAPACITY = {
    "WIND_ONSHORE": (
        ("2021-12-31", 18900),
        ("2022-12-31", 20840),
        ("2023-12-31", 21700),
        ("2024-12-31", 22910),
        ("2025-12-31", 23670),
        ("2026-12-31", 24500),
        ("2027-12-31", 25300),
    ),
    "WIND_OFFSHORE": (
        ("2021-12-31", 10),
        ("2022-12-31", 490),
        ("2023-12-31", 1000),
        ("2024-12-31", 1030),
        ("2025-12-31", 1530),
        ("2026-12-31", 2000),
        ("2027-12-31", 2000),
    ),
    "SOLAR": (
        ("2021-12-31", 12700),
        ("2022-12-31", 14640),
        ("2023-12-31", 17790),
        ("2024-12-31", 22860),
        ("2025-12-31", 28250),
        ("2026-12-31", 33000),
        ("2027-12-31", 37500),
    ),
}
NUCLEAR_CAPACITY = 62990.0
GAS_CAPACITY = 10500.0
COAL_CAPACITY = 1500.0
OIL_CAPACITY = 1200.0

# Share of the hub-height wind turned into power by a fleet (smoother than one turbine), by m/s.
POWER_CURVE_SPEED = (0, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 17, 25, 32)
POWER_CURVE = (0, 0.012, 0.04, 0.09, 0.165, 0.26, 0.37, 0.49, 0.61, 0.72, 0.81, 0.865, 0.89, 0.90, 0.86, 0.45)

TILT_GAIN_BY_MONTH = (1.30, 1.22, 1.10, 1.04, 0.99, 0.97, 0.98, 1.02, 1.10, 1.20, 1.28, 1.32)
SOLAR_PERFORMANCE = 0.75

# Nuclear output that the fleet could give, as a share of its capacity, and how each year compares.
NUCLEAR_BY_MONTH = (0.80, 0.78, 0.735, 0.68, 0.66, 0.655, 0.655, 0.635, 0.67, 0.70, 0.735, 0.775)
NUCLEAR_YEARS = (
    ("2022-01-15", 0.87),
    ("2022-05-01", 0.70),
    ("2022-09-01", 0.62),
    ("2023-01-01", 0.82),
    ("2023-07-01", 0.91),
    ("2024-01-01", 0.97),
    ("2024-07-01", 0.98),
    ("2025-07-01", 0.98),
    ("2026-04-01", 0.93),
)
NUCLEAR_FLOOR = 0.58  # of what is available: the fleet goes no lower, renewables are cut instead

RIVER_BY_MONTH = (4700, 4900, 5100, 5000, 5300, 5100, 4000, 3100, 2700, 2900, 3900, 4500)
RESERVOIR_BY_MONTH = (2700, 2500, 2100, 1800, 2100, 2300, 2000, 1600, 1400, 1500, 2100, 2600)
GAS_BASE_BY_MONTH = (1500, 1500, 1200, 600, 400, 500, 600, 600, 500, 700, 1300, 1500)  # cogeneration and contracts
GAS_WITHOUT_SUN_BY_MONTH = (0, 0, 0, 0, 0, 900, 1100, 1800, 700, 200, 0, 0)  # combined cycles sold ahead, out at noon
GAS_YIELDS_TO_SUN = 2.0  # 1 over the solar share at which they stand still
PUMPING_LIMIT = 3900.0
TURBINING_LIMIT = 3700.0
RESERVOIR_LIMIT = 7800.0

EXPORT_LIMIT = 18500.0
IMPORT_LIMIT = 12800.0
# Net export that the markets settle on for a given domestic surplus, GW.
SURPLUS = (-30, -14, -8, -4, 0, 5, 10, 14, 18, 24, 40)
WISHED_EXPORT = (-12.8, -9.0, -5.4, -2.4, 1.2, 5.3, 9.7, 12.9, 15.2, 17.2, 18.5)


@dataclass(frozen=True)
class Generation:
    """MW by quarter-hour, each of the same length as the grid."""

    by_type: dict[str, Floats]
    net_export: Floats
    surplus: Floats  # before trade: how many MW France could spare
    solar_share: Floats  # solar output over its capacity
    curtailed: Floats  # MW of wind and sun that nobody could take


def build(grid: Grid, weather: Weather, load: Floats) -> Generation:
    """Dispatch the whole span at once."""
    position = year_position(grid.quarters)
    wind, offshore, solar, solar_share = _renewables(grid, weather, position)
    river = by_month(RIVER_BY_MONTH, position) * np.exp(0.20 * _slow(grid, "rivers", days=25))
    biomass = 640 + 40 * _slow(grid, "biomass", days=10)
    waste = 430 + 30 * _slow(grid, "waste", days=6)
    gas_base = by_month(GAS_BASE_BY_MONTH, position)
    gas_base = gas_base + _gas_without_sun(position, solar_share)
    residual = load - wind - offshore - solar - river - biomass - waste - gas_base
    swing = residual - rolling_mean(residual, 96)
    storage = _storage(swing, solar_share)
    reservoir = _reservoir(grid, position, swing)
    available = _nuclear_available(grid, position)
    surplus = available + reservoir + storage - residual
    need = _export_wish(grid, surplus, solar_share) - surplus
    thermal = _thermal(grid, np.maximum(need, 0), gas_base)
    modulation = np.minimum(np.maximum(-need, 0), (1 - NUCLEAR_FLOOR) * available)
    curtailed = np.minimum(np.maximum(-need, 0) - modulation, 0.9 * (wind + solar))
    kept = 1 - curtailed / np.maximum(wind + solar, 1)
    by_type = {
        "BIOMASS": biomass,
        **thermal,
        "HYDRO_PUMPED_STORAGE": storage,
        "HYDRO_RUN_OF_RIVER_AND_POUNDAGE": river,
        "HYDRO_WATER_RESERVOIR": reservoir,
        "NUCLEAR": available - modulation,
        "SOLAR": solar * kept,
        "WASTE": waste,
        "WIND_OFFSHORE": offshore,
        "WIND_ONSHORE": wind * kept,
    }
    total = np.sum(np.stack(list(by_type.values())), axis=0)
    return Generation(by_type, total - load, surplus, solar_share, curtailed)


def capacity(production_type: str, instants: Ints) -> Floats:
    """Installed MW of wind or solar at these instants."""
    return by_date(CAPACITY[production_type], instants)


def _slow(grid: Grid, name: str, days: float) -> Floats:
    return grid.noise(name, grid.quarters.size, days * 96)


def _renewables(grid: Grid, weather: Weather, position: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    output = np.interp(weather.wind_100m, POWER_CURVE_SPEED, POWER_CURVE)
    at_sea = np.interp(weather.wind_100m * 1.08, POWER_CURVE_SPEED, POWER_CURVE)
    onshore_share = to_quarters(_weighted(output, points.wind_weights()))
    offshore_share = to_quarters(_weighted(at_sea, points.offshore_weights()))
    gusts = np.exp(0.02 * grid.noise("gusts", grid.quarters.size, 6))
    solar_share = _solar_share(grid, weather, position)
    return (
        onshore_share * gusts * capacity("WIND_ONSHORE", grid.quarters),
        offshore_share * gusts * capacity("WIND_OFFSHORE", grid.quarters),
        solar_share * capacity("SOLAR", grid.quarters),
        solar_share,
    )


def _weighted(values: Floats, weights: Floats) -> Floats:
    """Weighted sum over the points, added one by one so that the result never depends on the array's length."""
    total = np.zeros(values.shape[0])
    for column in np.flatnonzero(weights):
        total += values[:, column] * weights[column]
    return total


def _solar_share(grid: Grid, weather: Weather, position: Floats) -> Floats:
    """Solar output over capacity. Radiation without clouds by the quarter-hour, clouds from the hourly field."""
    weights = points.solar_weights()
    total = np.zeros(grid.quarters.size)
    for code in points.REGION_CODES:
        members = np.flatnonzero((points.REGION_CODES.index(code) == points.REGION_OF_POINT) & (weights > 0))
        if not members.size:
            continue
        place = members[:1]
        clear = clear_sky(grid.quarters + 900, points.LATITUDES[place], points.LONGITUDES[place], back=900)[:, 0]
        share = weights[members] / weights[members].sum()
        passing = _weighted(transmission(weather.cloud[:, members]), share)
        total += weights[members].sum() * clear * to_quarters(passing)
    gain = by_month(TILT_GAIN_BY_MONTH, position) * SOLAR_PERFORMANCE
    return np.minimum(total / 1000 * gain, 0.80)


def _gas_without_sun(position: Floats, solar_share: Floats) -> Floats:
    shaded = np.clip(1 - GAS_YIELDS_TO_SUN * solar_share, 0, 1)
    return np.asarray(by_month(GAS_WITHOUT_SUN_BY_MONTH, position) * shaded)


def _storage(swing: Floats, solar_share: Floats) -> Floats:
    """Pumped storage, negative while it pumps: fills the valleys of the day and works where the sun is high, gives
    about 77 % back at the peaks."""
    pumping = np.clip(-0.40 * (swing + 600) + 2100 * solar_share, 0, PUMPING_LIMIT)
    turbining = np.clip(0.40 * (swing - 450), 0, TURBINING_LIMIT)
    return np.asarray(turbining - pumping)


def _reservoir(grid: Grid, position: Floats, swing: Floats) -> Floats:
    level = by_month(RESERVOIR_BY_MONTH, position) * np.exp(0.18 * _slow(grid, "reservoirs", days=20))
    return np.clip(level * (1 + swing / 9000), 0.3 * level, RESERVOIR_LIMIT)


def _nuclear_available(grid: Grid, position: Floats) -> Floats:
    share = by_month(NUCLEAR_BY_MONTH, position) * by_date(NUCLEAR_YEARS, grid.quarters)
    return np.asarray(NUCLEAR_CAPACITY * np.clip(share + 0.018 * _slow(grid, "outages", days=12), 0.3, 0.95))


def _export_wish(grid: Grid, surplus: Floats, solar_share: Floats) -> Floats:
    """What the neighbours take or give. They are sunny when France is, so a midday surplus finds fewer takers."""
    settled = np.interp(surplus / 1000, SURPLUS, WISHED_EXPORT) * 1000
    neighbours = 1300 * grid.noise("neighbours", grid.quarters.size, 60)
    sunny = 9500 * solar_share * np.clip(surplus / 14000, 0, 1)
    return np.clip(settled + neighbours - sunny, -IMPORT_LIMIT, EXPORT_LIMIT)


def _thermal(grid: Grid, need: Floats, gas_base: Floats) -> dict[str, Floats]:
    """Gas, coal and oil for a need in MW, in the order of their cost."""
    gas = np.minimum(need, GAS_CAPACITY)
    coal = np.clip(0.35 * (need - 4500), 0, COAL_CAPACITY)
    oil = np.clip(0.25 * (need - 7000), 0, OIL_CAPACITY) + 45 + 8 * _slow(grid, "oil", days=4)
    gas = np.clip(gas - coal, 0, None)
    return {"FOSSIL_GAS": gas_base + gas, "FOSSIL_HARD_COAL": coal, "FOSSIL_OIL": np.maximum(oil, 10)}
