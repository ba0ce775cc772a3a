"""The examination of the two-hour forecast: carbon monoxide and fine particles at AirQino's two stations in Abidjan.

Trained on ten months of 2023, scored on the last sixty days as a rolling origin, four issues a day. The stations tell
their own temperature; there is no wind in these files.
"""

from __future__ import annotations

import gzip
import json

import numpy as np
import pandas as pd
from examination import REAL
from forecasting.data import NO_CHANGES, Data, whole
from forecasting.targets import AIR_QUALITY, MEDIAN

from forecasting import learning, naive, scores

STATIONS = ("283164601", "283181971")
POLLUTANTS = {"CO": "co", "PM2.5": "pm2_5"}
SCORED_DAYS = 60
STUCK_HOURS = 3
"""So many equal values in a row, or more, are a sensor that stands still."""


def data() -> Data:
    """Series of both stations as the marts give them: what stands still or is not above zero is missing."""
    values, temperature = {}, {}
    for station in STATIONS:
        file = REAL / "airqino" / f"v3_getStationHourlyAvg_{station}_data-only_fetched-2023-12-10.json.gz"
        rows = pd.DataFrame(json.loads(gzip.decompress(file.read_bytes())))
        hours = rows.set_index(pd.to_datetime(rows["timestamp"])).sort_index()
        for name, pollutant in POLLUTANTS.items():
            values[f"{station} {pollutant}"] = _believable(hours[name].astype(float))
            temperature[f"{station} {pollutant}"] = hours["T"].astype(float)
    known = whole(pd.DataFrame(values), AIR_QUALITY)
    more = pd.date_range(known.index[0], periods=len(known) + 48, freq="h")
    return Data(
        known,
        scale=pd.DataFrame({name: known[name].median() for name in known}, index=more),
        changes=NO_CHANGES,
        beside={
            "temperature_celsius": whole(pd.DataFrame(temperature), AIR_QUALITY),
            "wind_speed_10m_m_per_s": pd.DataFrame(np.nan, index=known.index, columns=known.columns),
        },
    )


def _believable(values: pd.Series) -> pd.Series:
    runs = values.groupby((values != values.shift()).cumsum()).transform("size")
    return values.where((values > 0) & (runs < STUCK_HOURS))


def examine() -> pd.DataFrame:
    """Scores of the last `SCORED_DAYS`, in the unit of the sensor, a row a pollutant.

    Columns: mae, persistence_mae, seasonal_mae, coverage (share of values within the 80 % band), steps.
    """
    given = data()
    until = given.values.index[-1].floor("D")
    days = pd.date_range(until - pd.Timedelta(days=SCORED_DAYS), until, freq="D", inclusive="left")
    issues = [day + pd.Timedelta(hours=hour) for day in days for hour in AIR_QUALITY.issue_hours]
    scored = learning.backtest(AIR_QUALITY, given, pd.Series(dtype=float), until, issues).scored
    scored = scored.dropna(subset=["value", MEDIAN, naive.PERSISTENCE, naive.SEASONAL])
    made = {}
    for pollutant, part in scored.groupby(scored["entity"].str.split().str[-1]):
        scale, value = part["scale"].to_numpy(), part["value"].to_numpy()
        made[pollutant] = {
            "mae": scores.mae(part[MEDIAN].to_numpy() * scale, value * scale),
            "persistence_mae": scores.mae(part[naive.PERSISTENCE].to_numpy() * scale, value * scale),
            "seasonal_mae": scores.mae(part[naive.SEASONAL].to_numpy() * scale, value * scale),
            "coverage": scores.coverage(part[0.1].to_numpy(), part[0.9].to_numpy(), value),
            "steps": len(part),
        }
    return pd.DataFrame(made).T
