"""What anybody could have said: the forecasts that a model must beat to be published."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .data import step
from .features import Floats, Steps, same_day_before, values_at
from .targets import Target

PERSISTENCE = "persistence"
SEASONAL = "seasonal_naive"
BASE_RATE = "base_rate"
RTE = "rte_day_ahead"


def persistence(target: Target, steps: Steps, known: pd.Series) -> Floats:
    """The newest known value."""
    return values_at(known.ffill(limit=target.stale_steps), steps.ends - step(target))


def seasonal(target: Target, steps: Steps, known: pd.Series) -> Floats:
    """The value at the same time of the newest known day, or of that day of the week (``seasonal_days``)."""
    return values_at(known, same_day_before(target, steps, target.seasonal_days))


def base_rate(steps: Steps, known: pd.Series) -> Floats:
    """How often it was so in all that is known at each issue."""
    share = known.expanding(min_periods=1).mean().ffill()
    return values_at(share, steps.ends - pd.Timedelta(share.index[1] - share.index[0]))


def rte(steps: Steps, forecast: pd.Series) -> Floats:
    """RTE's day-ahead forecast of the day in Paris after the issue; missing for other days."""
    clock = [times.tz_localize("UTC").tz_convert("Europe/Paris").normalize() for times in (steps.issued, steps.valid)]
    is_next = (clock[1].tz_localize(None) - clock[0].tz_localize(None)) == pd.Timedelta(days=1)
    return np.where(is_next, values_at(forecast, steps.valid), np.nan)


def forecasts(target: Target, steps: Steps, known: pd.Series, rte_forecast: pd.Series | None) -> dict[str, Floats]:
    """Every naive forecast of the steps, and RTE's where there is one, by its name."""
    made = {PERSISTENCE: persistence(target, steps, known)}
    if target.probability:
        made[BASE_RATE] = base_rate(steps, known)
    else:
        made[SEASONAL] = seasonal(target, steps, known)
    if rte_forecast is not None:
        made[RTE] = rte(steps, rte_forecast)
    return made
