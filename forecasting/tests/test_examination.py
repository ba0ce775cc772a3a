"""Real data, test-sized; the whole examination is `bench/examination.py`."""

from __future__ import annotations

import os

import air_examination
import pytest
from examination import REAL, data, examine, target

EVERY_STEPS, EVERY_DAYS = 29, 4

if not REAL.exists():
    if os.environ.get("HEXAWATT_REAL_DATA") == "required":
        pytest.fail(f"HEXAWATT_REAL_DATA=required, and the recorded answers are not in {REAL}")
    pytest.skip("no recorded real data beside this checkout", allow_module_level=True)


def test_with_near_perfect_weather_load_is_forecast_better_than_by_its_operators() -> None:
    """An upper bound, since the weather is that of the first hours of each run."""
    reached = examine(target(with_weather=True, train_every_steps=EVERY_STEPS), data(with_weather=True), EVERY_DAYS)
    assert reached.mae < reached.operators_mae
    assert reached.mae < reached.weekly_mae / 2.5
    assert reached.coverage == pytest.approx(0.8, abs=0.07)
    assert (reached.by_horizon["mae"] < reached.by_horizon["weekly_mae"]).all()


def test_without_weather_load_is_forecast_far_better_than_by_the_week_before() -> None:
    reached = examine(target(with_weather=False, train_every_steps=EVERY_STEPS), data(with_weather=False), EVERY_DAYS)
    assert reached.mae < reached.weekly_mae / 1.5
    assert reached.coverage == pytest.approx(0.8, abs=0.07)


def test_particles_of_the_next_two_hours_are_forecast_better_than_by_the_last_value_or_the_day_before() -> None:
    """Carbon monoxide is above zero in a few hours only: there, at least not worse than the last value."""
    reached = air_examination.examine()
    particles, monoxide = reached.loc["pm2_5"], reached.loc["co"]
    assert particles["mae"] < 0.9 * min(particles["persistence_mae"], particles["seasonal_mae"])
    assert particles["coverage"] == pytest.approx(0.8, abs=0.07)
    assert monoxide["mae"] < min(monoxide["persistence_mae"], monoxide["seasonal_mae"])
