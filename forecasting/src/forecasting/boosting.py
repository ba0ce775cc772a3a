"""Quantile boosting, one small set of trees for each quantile, calibrated on forecasts that were not trained on.

Trees are scikit-learn's histogram boosting: missing values are theirs to handle, training is reproducible, and its
memory is bounded by one byte a feature and row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

from .features import Floats
from .targets import MEDIAN, Target

SEED = 20_260_101
# Many small trees that each see a third of the features: see docs/decisions.md.
DEFAULTS: Mapping[str, Any] = {
    "max_iter": 800,
    "learning_rate": 0.06,
    "max_leaf_nodes": 15,
    "min_samples_leaf": 40,
    "l2_regularization": 1.0,
    "max_features": 0.3,
    "early_stopping": False,
    "random_state": SEED,
}
TAILS: Mapping[str, Any] = {"max_iter": 150, "learning_rate": 0.15}
"""The outer quantiles need fewer trees than the middle."""


@dataclass
class Boosting:
    """Fitted trees by quantile. The middle is the mean, moved to the median by the calibration."""

    target: Target
    trees: dict[float, Any] = field(default_factory=dict)
    only: float | None = None
    """The one probability that training held, where it held no other."""
    names: Sequence[str] = ()
    """Features that training knew; one that it never saw a value of tells nothing."""

    def fit(self, rows: pd.DataFrame, values: Floats) -> Boosting:
        """Learn ``values`` (0 or 1 of a probability), none of them missing, from features."""
        self.names = list(rows.columns[rows.notna().any()])
        rows = rows[self.names]
        if self.target.probability:
            self._fit_probability(rows, values)
            return self
        # A process each: the threads that a fit could use meet after every split, and wait more than they work.
        fits = (delayed(_regressor(quantile, self.target).fit)(rows, values) for quantile in self.target.quantiles)
        self.trees = dict(zip(self.target.quantiles, Parallel(n_jobs=-1)(fits), strict=True))
        return self

    def _fit_probability(self, rows: pd.DataFrame, values: Floats) -> None:
        if len(np.unique(values)) < 2:
            self.only = float(values[0])
            return
        settings = {**DEFAULTS, **TAILS, **self.target.boosting}
        self.trees[MEDIAN] = HistGradientBoostingClassifier(**settings).fit(rows, values.astype(int))

    def predict(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Uncalibrated forecasts, a column for each quantile."""
        rows = rows[self.names]
        if self.only is not None:
            return pd.DataFrame({MEDIAN: np.full(len(rows), self.only)})
        if self.target.probability:
            return pd.DataFrame({MEDIAN: self.trees[MEDIAN].predict_proba(rows)[:, 1]})
        return pd.DataFrame({quantile: self.trees[quantile].predict(rows) for quantile in self.target.quantiles})


def _regressor(quantile: float, target: Target) -> HistGradientBoostingRegressor:
    settings = {**DEFAULTS, **target.boosting}
    if quantile == MEDIAN:
        return HistGradientBoostingRegressor(loss="squared_error", **settings)
    return HistGradientBoostingRegressor(loss="quantile", quantile=quantile, **{**settings, **TAILS})


@dataclass(frozen=True)
class Calibration:
    """How far each quantile is moved, by band of steps ahead: the quantile of the errors that it made before.

    Conformal: the band then holds as often as it says, however wrong the trees' own idea of their error is, such as
    after training on measured weather and forecasting on forecast weather. Errors are measured in widths of the band
    that the trees gave, so that nights without sun stay what they are.
    """

    bands: Sequence[int]
    moves: pd.DataFrame
    """Index: band; columns: quantiles; in widths of the uncalibrated band."""

    @classmethod
    def of(cls, target: Target, raw: pd.DataFrame, values: Floats, ahead: Floats) -> Calibration:
        """From forecasts made before and what came true. Bands with too few of them are left as they are."""
        moves = pd.DataFrame(0.0, index=range(len(target.bands)), columns=list(target.quantiles))
        if target.probability:
            return cls(target.bands, moves)
        band, width = _band(target.bands, ahead), _width(raw)
        # At dawn and dusk of the sun a hair's breadth is missed by many of its widths.
        usable = np.isfinite(values) & (width > NARROW * np.nanmean(width))
        for number in moves.index:
            here = usable & (band == number)
            if here.sum() < LEAST_ERRORS:
                continue
            for quantile in moves.columns:
                errors = (values - raw[quantile].to_numpy())[here] / width[here]
                moves.loc[number, quantile] = np.quantile(errors, quantile)
        return cls(target.bands, moves)

    def apply(self, raw: pd.DataFrame, ahead: Floats) -> pd.DataFrame:
        """Calibrated forecasts, in the order of their quantiles."""
        moved = raw.to_numpy() + self.moves.to_numpy()[_band(self.bands, ahead)] * _width(raw)[:, None]
        return pd.DataFrame(np.sort(moved, axis=1), columns=raw.columns)


NARROW = 0.1
"""Bands that are narrower than this share of the mean tell nothing of how wide one must be."""
LEAST_ERRORS = 100
"""With fewer errors their outer tenths are anecdotes."""


def _width(raw: pd.DataFrame) -> Floats:
    """Of the band between the outer quantiles, at least 0."""
    return np.asarray(np.clip(raw.iloc[:, -1].to_numpy() - raw.iloc[:, 0].to_numpy(), 0, None))


def _band(bands: Sequence[int], ahead: Floats) -> Any:
    return np.searchsorted(np.asarray(bands), ahead, side="right") - 1
