"""What a target's forecasts are made from, as known at an instant.

Times are UTC without a zone, as in the marts; a step is named by its start. Frames have one row a step without gaps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from .errors import ForecastError
from .targets import Target

RUN_AFTER = pd.Timedelta(hours=7)
"""A run of a weather model can be had this long after its beginning (Open-Meteo serves single runs after some 6 h)."""


NO_CHANGES = pd.DataFrame(
    {
        "entity": pd.Series(dtype=str),
        "period_start_at": pd.Series(dtype="datetime64[ns]"),
        "seen_at": pd.Series(dtype="datetime64[ns]"),
        "value_change": pd.Series(dtype=float),
    }
)
"""Of series that are never revised."""


@dataclass(frozen=True)
class Weather:
    """Hourly weather: columns (measure, region).

    ``history`` holds measured hours and, beyond ``measured_until``, the forecast that is the newest now; ``runs`` what
    each earlier run said, by the instant from which it could be had.
    """

    history: pd.DataFrame
    measured_until: pd.Timestamp
    runs: Mapping[pd.Timestamp, pd.DataFrame] = field(default_factory=dict)

    def known_at(self, issued_at: pd.Timestamp) -> pd.DataFrame:
        """Weather as somebody had it then: measured up to then, of the newest run afterwards; nothing without a run."""
        if issued_at >= self.measured_until:
            return self.history
        measured = self.history.loc[self.history.index < issued_at]
        available = [had_at for had_at in self.runs if had_at <= issued_at]
        if not available:
            return measured.reindex(self.history.index)
        run = self.runs[max(available)]
        return pd.concat([measured, run.loc[run.index >= issued_at]]).reindex(self.history.index)

    @property
    def first_run_at(self) -> pd.Timestamp | None:
        """From when on issues of the past have the weather forecasts of their time."""
        return min(self.runs, default=None)


@dataclass(frozen=True)
class Data:
    """Series of a target, columns are entities.

    ``changes`` lists revisions (entity, period_start_at, seen_at, value_change), so that the past can be had as it was
    known; ``scale`` divides values (capacity, usual level), on the same grid and beyond it.
    """

    values: pd.DataFrame
    scale: pd.DataFrame
    changes: pd.DataFrame
    beside: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    weather: Weather | None = None
    tempo: pd.Series | None = None
    """Colour of the Paris day (0 blue, 1 white, 2 red), by date."""
    rte: pd.DataFrame | None = None
    """RTE's own day-ahead forecast, columns are entities."""

    def known_at(self, issued_at: pd.Timestamp, target: Target) -> pd.DataFrame:
        """Values that were published by ``issued_at``, as they were then; the others are missing."""
        known = self.values.copy()
        later = self.changes[self.changes["seen_at"] > issued_at]
        for change in later.itertuples():
            if change.entity in known.columns and change.period_start_at in known.index:
                known.loc[change.period_start_at, change.entity] -= change.value_change
        known.loc[known.index >= issued_at - target.delay_steps * step(target)] = np.nan
        return known

    def newest(self, target: Target, now: pd.Timestamp) -> pd.Timestamp:
        """End of the known data, at most ``now``. ForecastError if nothing is known or it is older than may be."""
        known = self.values.loc[self.values.index < now].dropna(how="all")
        if known.empty:
            raise ForecastError(f"{target.name}: its mart holds no value yet; sync and build first")
        end = pd.Timestamp(known.index[-1]) + step(target)
        if (now - end) // step(target) > target.stale_steps:
            hours = (now - end).total_seconds() / 3600
            raise ForecastError(f"{target.name}: the newest value is {hours:.0f} hours old; sync it first")
        return end


def step(target: Target) -> pd.Timedelta:
    """Length of a step."""
    return pd.Timedelta(minutes=target.step_minutes)


def whole(frame: pd.DataFrame, target: Target) -> pd.DataFrame:
    """The same rows without gaps between them, missing where there was none."""
    if frame.empty:
        return frame
    return frame.reindex(pd.date_range(frame.index[0], frame.index[-1], freq=step(target)))
