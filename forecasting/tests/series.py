"""Made series whose noise is known, so that the best possible skill is known too."""

from __future__ import annotations

import numpy as np
import pandas as pd
from forecasting.data import NO_CHANGES, Data, Weather
from forecasting.targets import LOAD, Target

REGIONS = ("11", "84")
PEOPLE = pd.Series({"11": 2.0, "84": 1.0})


def hours(days: int, end: str = "2026-03-01") -> pd.DatetimeIndex:
    """``days`` whole days up to ``end``."""
    return pd.date_range(end=pd.Timestamp(end) - pd.Timedelta(hours=1), periods=days * 24, freq="h")


def like_load(days: int, noise: float, seed: int = 1) -> Data:
    """A load that follows temperature, hour and weekend, with white noise; temperature is forecast with an error."""
    random = np.random.default_rng(seed)
    index = hours(days + 3, "2026-03-04")
    hour, day = index.hour.to_numpy(), np.arange(len(index)) / 24
    temperature = 8 + 6 * np.sin(day / 9) + 3 * np.sin((hour - 9) / 24 * 2 * np.pi)
    values = 60_000 - 1500 * temperature + 6000 * np.sin((hour - 6) / 12 * np.pi) - 5000 * (index.weekday >= 5)
    values = pd.DataFrame({"FR": values + noise * random.standard_normal(len(index))}, index=index)
    measures = {(name, region): temperature for name in LOAD.weather for region in REGIONS}
    history = pd.DataFrame(measures, index=index)
    until = index[days * 24]
    runs = {}
    for begin in pd.date_range(until - pd.Timedelta(days=60), until, freq="D"):
        part = history.loc[begin : begin + pd.Timedelta(hours=80)]
        lead = np.arange(len(part))[:, None]
        runs[begin + pd.Timedelta(hours=7)] = part + 0.01 * lead * random.standard_normal()
    scale = pd.DataFrame(1.0, index=pd.date_range(index[0], periods=len(index) + 200, freq="h"), columns=["FR"])
    return Data(values.iloc[: days * 24], scale, NO_CHANGES, weather=Weather(history, until, runs))


def alone(values: pd.Series) -> Data:
    """A series without anything beside it."""
    frame = values.to_frame("FR")
    more = pd.date_range(values.index[0], periods=len(values) + 200, freq=values.index[1] - values.index[0])
    return Data(frame, pd.DataFrame(1.0, index=more, columns=["FR"]), NO_CHANGES)


PLAIN = Target(
    "load",
    step_minutes=60,
    horizon_steps=6,
    delay_steps=1,
    stale_steps=3,
    lags=(1, 2, 24),
    means=(3,),
    same_time=(0,),
    anchor="last",
    train_every_steps=5,
    backtest_days=30,
    bands=(0,),
    boosting={"max_iter": 60, "learning_rate": 0.1},
)
