"""What a model sees of a step: the calendar, the weather, and the series as far as it is known.

The same functions serve training (many issues at once), back-tests and the forecast of now, so that a model never meets
a feature that was computed otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import holidays
import numpy as np
import numpy.typing as npt
import pandas as pd

from .data import step
from .targets import Target

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

PARIS = "Europe/Paris"
MEMORIES_HOURS = (12, 48)
"""Buildings remember the cold of yesterday: half-lives of the weighted mean temperature."""
TEMPO_TOLD_HOUR = 11
"""RTE tells the colour of the next day before this hour in Paris."""


@dataclass(frozen=True)
class Steps:
    """Rows to forecast: step ``ahead`` steps after the first unknown one, ``ends[i]``, known at ``issued[i]``."""

    issued: pd.DatetimeIndex
    ends: pd.DatetimeIndex
    ahead: Ints
    valid: pd.DatetimeIndex

    @classmethod
    def of(cls, target: Target, ends: Sequence[pd.Timestamp] | pd.DatetimeIndex, ahead: Sequence[int]) -> Steps:
        """Every step of ``ahead`` after each of ``ends``, as issued the usual delay later."""
        index = pd.DatetimeIndex(ends)
        many = index.repeat(len(ahead))
        steps = np.tile(np.asarray(ahead, dtype=np.int64), len(index))
        issued = many + target.delay_steps * step(target)
        return cls(issued, many, steps, many + pd.to_timedelta(steps * target.step_minutes, unit="min"))


def features(
    target: Target,
    steps: Steps,
    known: pd.Series,
    beside: Sequence[pd.Series] = (),
    weather: pd.DataFrame | None = None,
    tempo: pd.Series | None = None,
) -> pd.DataFrame:
    """One row a step, one column a feature. ``known`` and ``beside`` are scaled values of one entity."""
    columns: dict[str, Any] = {"ahead": steps.ahead, **_calendar(steps.valid)}
    columns |= _own(target, steps, known)
    for number, series in enumerate(beside):
        columns[target.beside[number]] = values_at(series, steps.ends - step(target))
    if weather is not None:
        columns |= _weather(target, steps, weather)
    if target.tempo:
        columns["tempo"] = _tempo(steps, tempo)
    return pd.DataFrame(columns)


def anchor(target: Target, steps: Steps, known: pd.Series) -> Floats:
    """The value that the model corrects, for each step."""
    if target.anchor == "same_time":
        return values_at(known, same_day_before(target, steps, 1))
    if target.anchor == "last":
        return values_at(known.ffill(limit=target.stale_steps), steps.ends - step(target))
    return np.zeros(len(steps.valid))


def same_day_before(target: Target, steps: Steps, days: int) -> pd.DatetimeIndex:
    """The same time on the newest known day that is a multiple of ``days`` before."""
    per_day = days * 24 * 60 // target.step_minutes
    back = (steps.ahead // per_day + 1) * days
    return pd.DatetimeIndex(steps.valid - pd.to_timedelta(back, unit="D"))


def _own(target: Target, steps: Steps, known: pd.Series) -> dict[str, Floats]:
    columns = {f"lag {lag}": values_at(known, steps.ends - lag * step(target)) for lag in target.lags}
    for width in target.means:
        mean = known.rolling(width, min_periods=max(1, width // 2)).mean()
        newest = values_at(mean, steps.ends - step(target))
        columns[f"mean {width}"] = newest
        for days in (1, 7):
            before = values_at(mean, steps.ends - step(target) - pd.Timedelta(days=days))
            columns[f"mean {width} less that {days} days before"] = newest - before
    for days in target.same_time:
        before = same_day_before(target, steps, 1) - pd.Timedelta(days=days)
        columns[f"same time, {days} days before"] = values_at(known, before)
        if target.anchor == "same_time":
            columns[f"weekday, {days} days before"] = _calendar(before)["weekday"]
    return columns


def _weather(target: Target, steps: Steps, weather: pd.DataFrame) -> dict[str, Floats]:
    columns: dict[str, Floats] = {}
    for name in weather.columns:
        here = values_at(weather[name], steps.valid.floor("h"))
        columns[str(name)] = here
        if target.anchor == "same_time":
            for days in target.same_time[:2]:
                before = same_day_before(target, steps, 1) - pd.Timedelta(days=days)
                columns[f"{name} less that {days} days before"] = here - values_at(weather[name], before.floor("h"))
            newest = steps.ends.floor("h") - pd.Timedelta(hours=1)
            columns[f"newest {name} less that a day before"] = values_at(weather[name], newest) - values_at(
                weather[name], newest - pd.Timedelta(days=1)
            )
    return columns


def prepared(target: Target, weather: pd.DataFrame, population: pd.Series) -> pd.DataFrame:
    """Weather as the features use it: columns "measure region", or national means with the memory of temperature."""
    wanted = weather.loc[:, [column for column in weather.columns if column[0] in target.weather]]
    if not target.national_weather:
        return pd.DataFrame(wanted.to_numpy(), index=wanted.index, columns=[" ".join(map(str, c)) for c in wanted])
    made: dict[str, pd.Series] = {}
    for measure in target.weather:
        regions = weather[measure]
        shares = population.reindex(regions.columns).fillna(0.0)
        made[measure] = (regions * shares).sum(axis=1, min_count=len(regions.columns)) / shares.sum()
    if "temperature_celsius" in made and target.anchor == "same_time":
        for hours in MEMORIES_HOURS:
            made[f"temperature of {hours} h"] = made["temperature_celsius"].ewm(halflife=hours).mean()
    return pd.DataFrame(made)


def _tempo(steps: Steps, tempo: pd.Series | None) -> Floats:
    """Colour of the step's day in Paris, missing where RTE had yet to tell it."""
    if tempo is None:
        return np.full(len(steps.valid), np.nan)
    day, now = _paris(steps.valid).normalize(), _paris(steps.issued)
    told_until = now.normalize() + pd.to_timedelta((now.hour >= TEMPO_TOLD_HOUR).astype(int), unit="D")
    return np.where(day <= told_until, tempo.reindex(day).to_numpy(dtype=float), np.nan)


def _calendar(valid: pd.DatetimeIndex) -> dict[str, Floats]:
    """Clock and calendar in Paris: holidays count as a day of the week of their own."""
    local = _paris(valid)
    day = local.normalize()
    days = _days(pd.DatetimeIndex(day.unique()))
    of_day = days.reindex(day)
    return {
        "hour": (local.hour + local.minute / 60).to_numpy(dtype=float),
        "day of the year": local.dayofyear.to_numpy(dtype=float),
        **{name: of_day[name].to_numpy(dtype=float) for name in days},
    }


def _days(days: pd.DatetimeIndex) -> pd.DataFrame:
    """Calendar of Paris days."""
    french = _french(days.min().year - 1, days.max().year + 1)
    off = {shift: np.array([(day + pd.Timedelta(days=shift)).date() in french for day in days]) for shift in (-1, 0, 1)}
    weekday = days.weekday.to_numpy()
    return pd.DataFrame(
        {
            "weekday": np.where(off[0], 7, weekday),
            "day before is off": off[-1] | (weekday == 0) | (weekday == 6),
            "day after is off": off[1] | (weekday == 4) | (weekday == 5),
            "bridge": ((weekday == 4) & off[-1]) | ((weekday == 0) & off[1]),
            "August": (days.month == 8) * days.day,
            "Christmas": ((days.month == 12) & (days.day >= 22)) | ((days.month == 1) & (days.day <= 2)),
        },
        index=days,
    ).astype(float)


@lru_cache
def _french(first_year: int, last_year: int) -> holidays.HolidayBase:
    """Public holidays of metropolitan France; made once, since each forecast asks for the same years."""
    return holidays.country_holidays("FR", years=range(first_year, last_year + 1))


def _paris(times: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """The clock in Paris, as naive times."""
    return times.tz_localize("UTC").tz_convert(PARIS).tz_localize(None)


def values_at(series: pd.Series, times: pd.DatetimeIndex) -> Floats:
    """Values at ``times``, missing where there is none. The series has one row a step, without gaps."""
    if series.empty:
        return np.full(len(times), np.nan)
    index = series.index
    width = index[1] - index[0] if len(index) > 1 else pd.Timedelta(hours=1)
    places = ((times - index[0]) // width).to_numpy()
    inside = (places >= 0) & (places < len(index))
    found = np.full(len(times), np.nan)
    found[inside] = series.to_numpy(dtype=float)[places[inside]]
    return found
