"""The examination on real data: French load 2021-2024, the operators' own day-ahead forecast, weather of French cities.

Trained on 2021-2023, scored on 2024 as a rolling origin: every issue is made at nine in the morning UTC and is judged
on the whole next day in Paris, as the operators' forecast is. The weather is the first hours of forecasts put one after
the other, nearly as good as measured: with it the result is an upper bound of the skill, without it a lower one.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from forecasting.data import Data, Weather
from forecasting.targets import LOAD, MEDIAN, Target

from forecasting import learning, naive, scores

ROOT = Path(__file__).parents[2]
REAL = ROOT / ".." / "shared" / "real"
YEARS = (2021, 2022, 2023, 2024)
# City of the weather file: region whose people it stands for.
CITIES = {
    "paris": "11",
    "lyon": "84",
    "marseille": "93",
    "toulouse": "76",
    "lille": "32",
    "limoges": "75",
    "nantes": "52",
    "strasbourg": "44",
    "brest": "53",
}
MEASURES = {
    "temperature_2m": "temperature_celsius",
    "wind_speed_10m": "wind_speed_10m_m_per_s",
    "cloud_cover": "cloud_cover_pct",
}
ISSUE_HOUR = 9
"""Before the operators' forecast of the next day, due two hours before the day-ahead market closes at noon."""


def load() -> pd.DataFrame:
    """Hourly `actual` and `day_ahead`, MW, UTC: one row an hour, missing where ENTSO-E has none."""
    parts = []
    for year in YEARS:
        part = pd.read_csv(REAL / "entsoe" / f"total-load_fr_{year}.csv.gz", na_values=["N/A", "-"])
        part.columns = ["at", "day_ahead", "actual"]
        part["at"] = pd.to_datetime(part["at"].str[:16], format="%d.%m.%Y %H:%M")
        parts.append(part)
    # The last day of 2024 is in quarters of an hour.
    return pd.concat(parts).set_index("at").astype(float).resample("h").mean()


def weather() -> pd.DataFrame:
    """Hourly weather, columns (measure, region)."""
    made = {}
    for city, region in CITIES.items():
        rows = pd.read_parquet(REAL / "open-meteo" / f"historical-forecast_hourly_{city}_2021-2025.parquet")
        rows = rows.set_index(rows["time"].dt.tz_localize(None))
        for name, measure in MEASURES.items():
            made[measure, region] = rows[name].astype(float)
    return pd.DataFrame(made).asfreq("h")


def population() -> pd.Series:
    """People by region."""
    with (ROOT / "dbt" / "seeds" / "regions.csv").open(encoding="utf-8") as file:
        return pd.Series({row["region_code"]: float(row["population"]) for row in csv.DictReader(file)})


def target(*, with_weather: bool, train_every_steps: int = LOAD.train_every_steps) -> Target:
    """The load's own settings, less what these data lack (Tempo, radiation)."""
    return replace(
        LOAD,
        weather=tuple(MEASURES.values()) if with_weather else (),
        tempo=False,
        train_every_steps=train_every_steps,
    )


def data(*, with_weather: bool) -> Data:
    """The series as the package takes them. Nothing was revised in these files."""
    rows = load()
    values = rows[["actual"]].rename(columns={"actual": "FR"})
    history = weather() if with_weather else None
    more = pd.date_range(values.index[0], periods=len(values) + 200, freq="h")
    return Data(
        values,
        scale=pd.DataFrame(1.0, index=more, columns=["FR"]),
        changes=pd.DataFrame(
            {"entity": [], "period_start_at": [], "seen_at": pd.DatetimeIndex([]), "value_change": []}
        ),
        # Known from the beginning: that is what makes the figure an upper bound.
        weather=None if history is None else Weather(history, pd.Timestamp(history.index[0])),
        rte=rows[["day_ahead"]].rename(columns={"day_ahead": "FR"}),
    )


@dataclass(frozen=True)
class Result:
    """Figures of one examination, MW but for shares."""

    mae: float
    mape: float
    operators_mae: float
    weekly_mae: float
    daily_mae: float
    pinball: float
    coverage: float
    by_horizon: pd.DataFrame
    """Index: hours ahead by six; columns: mae, weekly_mae, coverage, pinball."""


def examine(chosen: Target, given: Data, every_days: int = 1) -> Result:
    """Score 2024 from an issue each ``every_days`` days."""
    days = pd.date_range("2024-01-01", "2024-12-29", freq=f"{every_days}D")
    issues: Sequence[pd.Timestamp] = [day + pd.Timedelta(hours=ISSUE_HOUR) for day in days]
    scored = learning.backtest(chosen, given, population(), pd.Timestamp("2025-01-01"), issues).scored
    scored = scored.dropna(subset=["value", naive.SEASONAL])
    next_day = scored.dropna(subset=[naive.RTE])
    value, middle = next_day["value"].to_numpy(), next_day[MEDIAN].to_numpy()
    return Result(
        mae=scores.mae(middle, value),
        mape=scores.mape(middle, value),
        operators_mae=scores.mae(next_day[naive.RTE].to_numpy(), value),
        weekly_mae=scores.mae(next_day[naive.SEASONAL].to_numpy(), value),
        daily_mae=scores.mae(next_day[naive.PERSISTENCE].to_numpy(), value),
        pinball=_pinball(next_day),
        coverage=scores.coverage(next_day[0.1].to_numpy(), next_day[0.9].to_numpy(), value),
        by_horizon=_by_horizon(scored),
    )


def _pinball(rows: pd.DataFrame) -> float:
    value = rows["value"].to_numpy()
    return float(np.mean([scores.pinball(rows[quantile].to_numpy(), value, quantile) for quantile in (0.1, 0.5, 0.9)]))


def _by_horizon(rows: pd.DataFrame) -> pd.DataFrame:
    hours = (rows["valid_at"] - rows["issued_at"]) // pd.Timedelta(hours=6) * 6
    made = {}
    for start, part in rows.groupby(hours):
        value = part["value"].to_numpy()
        made[start] = {
            "mae": scores.mae(part[MEDIAN].to_numpy(), value),
            "weekly_mae": scores.mae(part[naive.SEASONAL].to_numpy(), value),
            "coverage": scores.coverage(part[0.1].to_numpy(), part[0.9].to_numpy(), value),
            "pinball": _pinball(part),
        }
    return pd.DataFrame(made).T
