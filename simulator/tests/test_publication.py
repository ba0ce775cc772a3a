"""What is public when: nothing from the future, nothing lost again, past forecasts fixed."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from simulator.model.grid import QUARTER
from simulator.publication import forecast
from simulator.world import World

from simulator import paris

BEGIN = int(datetime(2026, 3, 25, tzinfo=UTC).timestamp())
SPAN = 6 * 86400
moments = st.integers(BEGIN, BEGIN + SPAN)


def window(world: World) -> tuple[int, int]:
    return world.grid.quarter_index(BEGIN), world.grid.quarter_index(BEGIN + SPAN)


@settings(max_examples=30, deadline=None)
@given(now=moments, later=st.integers(0, 3 * 86400))
def test_hourly_measurements_come_after_their_hour_and_stay(world: World, now: int, later: int) -> None:
    begin, end = (index // 4 for index in window(world))
    for series in (world.generation["NUCLEAR"], world.exports["IT"]):
        known, then = series.at(begin, end, now), series.at(begin, end, now + later)
        ends = world.grid.hours[begin:end] + 3600
        assert (ends[known.public] <= now).all()
        assert (known.updated[known.public] <= now).all()
        assert then.public[known.public].all()
        changed = known.public & (known.values != then.values)
        assert (then.updated[changed] > now).all(), "a value changed without a new stamp"


@settings(max_examples=30, deadline=None)
@given(now=moments, later=st.integers(0, 3 * 86400), kind=st.sampled_from(["ID", "D-1", "D-2"]))
def test_what_the_past_was_forecast_to_be_never_changes(world: World, now: int, later: int, kind: str) -> None:
    begin, end = window(world)
    made = world.load_forecasts[kind]
    known, then = forecast(made, world.grid, begin, end, now), forecast(made, world.grid, begin, end, now + later)
    past = known.public & (world.grid.quarters[begin:end] < now)
    np.testing.assert_array_equal(known.values[past], then.values[past])
    assert (known.updated[known.public] <= now).all()


def test_forecasts_get_better_towards_the_event(world: World) -> None:
    begin, end = window(world)
    now = BEGIN + SPAN + 86400
    truth = world.france.load[begin:end]
    errors = {
        kind: np.abs(forecast(made, world.grid, begin, end, now).values - truth).mean()
        for kind, made in world.load_forecasts.items()
    }
    assert errors["ID"] < errors["D-1"] < errors["D-2"]
    assert errors["D-1"] < 0.05 * truth.mean()


def test_forecast_bias_is_small(world: World) -> None:
    for made in world.load_forecasts.values():
        assert abs(made.error.mean()) < 0.01 * world.france.load.mean()


def test_the_day_ahead_forecast_is_issued_in_the_evening_before(world: World) -> None:
    begin, end = window(world)
    stamps = forecast(world.load_forecasts["D-1"], world.grid, begin, end, BEGIN + SPAN).updated
    starts = world.grid.quarters[begin:end]
    assert (paris.local_days(stamps) == paris.local_days(starts) - 1).all()
    clock = {text[11:16] for text in paris.iso(stamps)}
    assert min(clock) >= "19:30"
    assert max(clock) <= "19:35"


def test_a_few_percent_are_revised_within_days(world: World) -> None:
    delays = world.load_corrections.delay
    assert 0.02 < (delays > 0).mean() < 0.04
    assert delays.max() <= 5 * 86400
    series = world.generation["NUCLEAR"]
    number = int(np.flatnonzero(series.corrections.delay[8000:])[0]) + 8000
    first, corrected = int(series.first[number]), int(series.first[number] + series.corrections.delay[number])
    before, after = (series.at(number, number + 1, moment) for moment in (corrected - 1, corrected))
    assert before.values[0] != after.values[0]
    assert before.updated[0] == first
    assert after.updated[0] == corrected
    assert after.values[0] == round(float(series.truth[number]))


def test_quarter_hours_of_the_grid_are_contiguous(world: World) -> None:
    assert set(np.diff(world.grid.quarters)) == {QUARTER}
