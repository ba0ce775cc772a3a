"""The law of honest forecasts: what was not known at the issue changes nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from forecasting.data import NO_CHANGES, RUN_AFTER, Data, Weather
from forecasting.features import Steps, anchor, features
from forecasting.targets import AIR_QUALITY, LOAD, SOLAR, TARGETS, UNDERPERFORMANCE, WIND, Target
from hypothesis import given, settings
from hypothesis import strategies as st
from series import PEOPLE, PLAIN, alone, hours, like_load

from forecasting import learning, naive

ISSUE = pd.Timestamp("2026-02-20 17:00")


def steps_of(target: Target) -> Steps:
    end = ISSUE - target.delay_steps * pd.Timedelta(minutes=target.step_minutes)
    return Steps.of(target, [end], range(target.delay_steps, target.delay_steps + target.horizon_steps))


def series_of(target: Target, seed: int) -> pd.Series:
    index = pd.date_range("2026-01-01", "2026-03-01", freq=f"{target.step_minutes}min")
    return pd.Series(np.random.default_rng(seed).standard_normal(len(index)), index=index)


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=15, deadline=None)
def test_values_from_the_end_of_the_data_on_are_never_looked_at(target: Target, seed: int) -> None:
    known = series_of(target, seed)
    end = ISSUE - target.delay_steps * pd.Timedelta(minutes=target.step_minutes)
    changed = known.where(known.index < end, 1e9)
    steps = steps_of(target)
    beside, other = [known] * len(target.beside), [changed] * len(target.beside)
    pd.testing.assert_frame_equal(features(target, steps, known, beside), features(target, steps, changed, other))
    np.testing.assert_array_equal(anchor(target, steps, known), anchor(target, steps, changed))
    first, second = naive.forecasts(target, steps, known, None), naive.forecasts(target, steps, changed, None)
    for name, forecast in first.items():
        np.testing.assert_array_equal(forecast, second[name], err_msg=name)


@pytest.mark.parametrize("target", [LOAD, WIND, SOLAR, AIR_QUALITY, UNDERPERFORMANCE], ids=lambda target: target.name)
def test_features_reach_back_to_known_values(target: Target) -> None:
    """The law above would hold of features that are always missing, too."""
    made = features(target, steps_of(target), series_of(target, 1), [series_of(target, 2)] * len(target.beside))
    own = [name for name in made if name.startswith(("lag", "mean", "same time"))]
    assert own
    assert made[own].notna().all().all()


def test_published_values_only_and_as_they_were() -> None:
    index = hours(3, "2026-02-21")
    data = replace(
        alone(pd.Series(100.0, index=index)),
        changes=pd.DataFrame(
            {
                "entity": ["FR", "FR", "FR"],
                "period_start_at": [index[10], index[10], index[12]],
                "seen_at": pd.to_datetime(["2026-02-20 18:00", "2026-02-20 19:00", "2026-02-20 16:00"]),
                "value_change": [7.0, 2.0, 50.0],
            }
        ),
    )
    known = data.known_at(ISSUE, PLAIN)["FR"]
    assert known[index[10]] == 91, "both revisions came after the issue"
    assert known[index[12]] == 100, "this one was known"
    assert known.last_valid_index() == ISSUE - pd.Timedelta(hours=2), "the newest hour was not published yet"


def test_weather_is_that_of_the_newest_run_that_could_be_had() -> None:
    index = hours(4, "2026-02-22")
    history = pd.DataFrame({("temperature_celsius", "11"): 1.0}, index=index)
    runs = {day + RUN_AFTER: history.loc[day:] + number for number, day in enumerate(index[::24], start=1)}
    weather = Weather(history, index[-1], runs)
    before, after = pd.Timestamp("2026-02-20 06:00"), pd.Timestamp("2026-02-20 07:00")
    at_noon = pd.Timestamp("2026-02-20 12:00")
    column = ("temperature_celsius", "11")
    assert weather.known_at(before)[column][at_noon] == 3.0, "the day's own run comes after seven hours"
    assert weather.known_at(after)[column][at_noon] == 4.0
    assert weather.known_at(after)[column][after - pd.Timedelta(hours=1)] == 1.0, "measured"
    assert weather.known_at(pd.Timestamp("2026-02-18 03:00"))[column].loc["2026-02-18 03:00":].isna().all()


def poison(frame: pd.DataFrame, since: pd.Timestamp) -> pd.DataFrame:
    """The same with nonsense from ``since`` on."""
    made = frame.copy()
    made.loc[since:] = -1e6
    return made


def test_a_back_test_is_the_same_when_the_future_is_another() -> None:
    data = like_load(70, noise=300)
    target = replace(
        LOAD, weather=LOAD.weather[:1], backtest_days=10, train_every_steps=29, boosting={"max_iter": 30}, tempo=False
    )
    issue = data.values.index[-1] - pd.Timedelta(days=4)
    weather = data.weather
    assert weather is not None
    poisoned = Data(
        poison(data.values, issue),
        data.scale,
        NO_CHANGES,
        weather=Weather(
            poison(weather.history, issue),
            weather.measured_until,
            {at: run if at <= issue else poison(run, run.index[0]) for at, run in weather.runs.items()},
        ),
    )
    columns = [0.1, 0.5, 0.9, naive.PERSISTENCE, naive.SEASONAL]
    made, other = (
        learning.backtest(target, given, PEOPLE, data.values.index[-1], [issue]).raw[columns]
        for given in (data, poisoned)
    )
    pd.testing.assert_frame_equal(made, other)
