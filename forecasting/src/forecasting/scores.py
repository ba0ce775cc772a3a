"""How good forecasts were. Arrays of the same length; what is missing on either side doesn't count."""

from __future__ import annotations

import numpy as np

from .features import Floats


def mae(forecast: Floats, value: Floats) -> float:
    """Mean absolute error, in the unit of both; of a probability see `brier`."""
    return _mean(np.abs(forecast - value))


def mape(forecast: Floats, value: Floats) -> float:
    """Mean absolute error as a share of the value, 0..; for values away from 0 only, such as the national load."""
    return _mean(np.abs(forecast - value) / np.abs(value))


def pinball(forecast: Floats, value: Floats, quantile: float) -> float:
    """Loss that the true quantile makes least; half the absolute error at the median."""
    error = value - forecast
    return _mean(np.maximum(quantile * error, (quantile - 1) * error))


def coverage(low: Floats, high: Floats, value: Floats) -> float:
    """Share of values within the band, its ends included."""
    known = np.isfinite(low) & np.isfinite(high) & np.isfinite(value)
    return _mean(((low <= value) & (value <= high))[known].astype(float))


def brier(probability: Floats, happened: Floats) -> float:
    """Mean squared error of a probability against 0 or 1."""
    return _mean((probability - happened) ** 2)


def _mean(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else float("nan")
