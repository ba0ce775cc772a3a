"""Calendar and clock in Paris."""

from __future__ import annotations

import pandas as pd
import pytest
from forecasting.features import Steps, features, same_day_before
from forecasting.targets import LOAD, TARGETS, Target

EMPTY = pd.Series(dtype=float)


def seen(day: str) -> pd.DataFrame:
    """Features of the hours of a day in Paris."""
    begin = pd.Timestamp(day, tz="Europe/Paris")
    times = pd.date_range(begin, begin + pd.DateOffset(days=1), freq="h", inclusive="left")
    ends = times.tz_convert("UTC").tz_localize(None)
    return features(LOAD, Steps.of(LOAD, ends, [0]), EMPTY)


@pytest.mark.parametrize(("day", "hours"), [("2025-10-26", 25), ("2026-03-29", 23), ("2026-01-15", 24)])
def test_days_of_a_clock_change_have_their_hours(day: str, hours: int) -> None:
    made = seen(day)
    assert len(made) == hours
    assert made["hour"].nunique() == min(hours, 24)
    assert made["weekday"].nunique() == 1


def test_holidays_and_bridges() -> None:
    ascension, friday = seen("2026-05-14"), seen("2026-05-15")
    assert (ascension["weekday"] == 7).all()
    assert (friday["weekday"] == 4).all()
    assert (friday["bridge"] == 1).all()
    assert (seen("2026-05-22")["bridge"] == 0).all()


@pytest.mark.parametrize("ahead", [0, 1, 23, 24, 30, 53])
def test_the_same_time_before_is_the_newest_known_day(ahead: int) -> None:
    end = pd.Timestamp("2026-02-20 16:00")
    (before,) = same_day_before(LOAD, Steps.of(LOAD, [end], [ahead]), 1)
    valid = end + pd.Timedelta(hours=ahead)
    assert before < end
    assert (valid - before) % pd.Timedelta(days=1) == pd.Timedelta(0)
    assert before + pd.Timedelta(days=1) >= end


def test_tempo_of_a_day_that_was_not_told_is_missing() -> None:
    tempo = pd.Series([0.0, 1.0, 2.0], index=pd.to_datetime(["2026-01-14", "2026-01-15", "2026-01-16"]))
    end = pd.Timestamp("2026-01-14 08:00")  # issued at ten in Paris
    late = pd.Timestamp("2026-01-14 09:00")  # issued at eleven
    steps = Steps.of(LOAD, [end, late], [3, 20, 44])
    made = features(LOAD, steps, EMPTY, tempo=tempo)["tempo"]
    assert list(made.isna()) == [False, True, True, False, False, True]
    assert made[4] == 1


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
def test_bands_of_the_calibration_begin_with_the_first_step_and_grow(target: Target) -> None:
    assert target.bands[0] == 0
    assert list(target.bands) == sorted(set(target.bands))
    assert target.bands[-1] < target.reach
