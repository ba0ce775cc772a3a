"""Electricity demand of mainland France, MW, by quarter-hour (losses included, pumping excluded).

Daily level = activity (season, weekday, holidays) + heating below 15 °C + some cooling above 20 °C, multiplied by
the hourly shape of the season. A degree less costs 2.2 GW in the daily mean, 2.4 GW at the evening peak.
"""

from __future__ import annotations

import numpy as np

from simulator import paris
from simulator.model import calendar
from simulator.model.grid import Floats, Grid, by_date, by_month, delayed, rolling_mean, year_position
from simulator.paris import DAY, HOUR

HEATING_MW_PER_DEGREE = 2200.0
COOLING_MW_PER_DEGREE = 500.0
HEATING_BELOW = 15.0
COOLING_ABOVE = 20.0
YESTERDAY_WEIGHT = 0.35

BASE_BY_MONTH = (42000, 41600, 40200, 39600, 39900, 41500, 41900, 41600, 42200, 41000, 40500, 41800)
YEAR_LEVEL = (
    ("2022-01-01", 1.075),
    ("2022-08-01", 1.06),
    ("2022-11-01", 0.97),
    ("2023-06-01", 0.985),
    ("2024-06-01", 1.0),
    ("2025-06-01", 1.0),
    ("2026-06-01", 1.005),
)

# Hour over daily mean by local hour, 0 to 23 (ENTSO-E 2023-24).
# fmt: off
SHAPE_WORKDAY = {
    "Jan": (0.931, 0.910, 0.902, 0.868, 0.854, 0.889, 0.965, 1.042, 1.078, 1.087, 1.088, 1.086,
            1.067, 1.034, 1.025, 1.007, 0.989, 1.020, 1.083, 1.090, 1.037, 0.985, 0.983, 0.980),
    "Apr": (0.955, 0.918, 0.898, 0.858, 0.846, 0.891, 0.978, 1.057, 1.101, 1.110, 1.100, 1.096,
            1.098, 1.066, 1.031, 0.999, 0.966, 0.957, 0.993, 1.032, 1.026, 1.005, 1.010, 1.010),
    "Jul": (0.939, 0.884, 0.851, 0.811, 0.792, 0.813, 0.862, 0.932, 1.007, 1.061, 1.091, 1.114,
            1.139, 1.132, 1.116, 1.094, 1.070, 1.057, 1.069, 1.075, 1.037, 1.004, 1.028, 1.022),
    "Oct": (0.947, 0.890, 0.854, 0.821, 0.793, 0.808, 0.879, 0.978, 1.050, 1.080, 1.093, 1.105,
            1.121, 1.118, 1.091, 1.062, 1.034, 1.020, 1.045, 1.094, 1.090, 1.031, 1.000, 0.994),
}
SHAPE_REST = {
    "Jan": (1.008, 0.985, 0.971, 0.928, 0.902, 0.907, 0.927, 0.955, 0.988, 1.027, 1.053, 1.064,
            1.064, 1.017, 0.993, 0.974, 0.957, 0.995, 1.071, 1.092, 1.055, 1.017, 1.023, 1.028),
    "Jul": (1.046, 0.980, 0.934, 0.884, 0.848, 0.838, 0.840, 0.864, 0.916, 0.982, 1.035, 1.076,
            1.125, 1.113, 1.078, 1.050, 1.027, 1.025, 1.040, 1.061, 1.048, 1.036, 1.075, 1.079),
}
# fmt: on


def build(grid: Grid, temperature: Floats) -> Floats:
    """Load in MW, one value for each quarter-hour; `temperature` is the hourly mean of mainland France, °C."""
    position = year_position(grid.hours)
    base = by_month(BASE_BY_MONTH, position) * by_date(YEAR_LEVEL, grid.hours)
    days = paris.local_days(grid.hours)
    felt = _felt_temperature(temperature)
    heating = HEATING_MW_PER_DEGREE * np.maximum(HEATING_BELOW - felt, 0)
    cooling = COOLING_MW_PER_DEGREE * np.maximum(felt - COOLING_ABOVE, 0)
    level = base * calendar.activity(days) + heating + cooling
    hourly = level * _shape(grid, days, position)
    # An hourly mean belongs to the middle of its hour: quarter k of the grid is centred at k + 0.5.
    smooth = np.interp(np.arange(grid.quarters.size) - 1.5, np.arange(hourly.size) * 4, hourly)
    size = grid.quarters.size
    return np.asarray(smooth + 350 * grid.noise("load", size, 24) + 550 * grid.noise("load habits", size, 480))


def _felt_temperature(temperature: Floats) -> Floats:
    """Mean of the day around each hour, mixed with that of the day before (walls remember)."""
    today = rolling_mean(temperature, 24)
    return (1 - YESTERDAY_WEIGHT) * today + YESTERDAY_WEIGHT * delayed(today, 24)


def _season_tables() -> tuple[Floats, Floats]:
    """Two tables (4 seasons, 24 hours): workdays and days of rest; spring and autumn rest are derived."""
    work = np.array([SHAPE_WORKDAY[name] for name in ("Jan", "Apr", "Jul", "Oct")])
    winter, summer = np.array(SHAPE_REST["Jan"]), np.array(SHAPE_REST["Jul"])
    ratio = (winter / work[0] + summer / work[2]) / 2
    rest = np.stack([winter, work[1] * ratio, summer, work[3] * ratio])
    return work / work.mean(axis=1, keepdims=True), rest / rest.mean(axis=1, keepdims=True)


def _shape(grid: Grid, days: paris.Ints, position: Floats) -> Floats:
    work, rest = _season_tables()
    hour = (grid.hours + paris.offset(grid.hours)) % DAY // HOUR
    season = (position * 4 - 1 / 6) % 4  # the tables stand in the middle of January, April, July, October
    before = season.astype(np.int64)
    share = season - before
    after = (before + 1) % 4
    shapes = [(1 - share) * table[before, hour] + share * table[after, hour] for table in (work, rest)]
    return np.asarray(np.where(calendar.rest_days(days), shapes[1], shapes[0]))
