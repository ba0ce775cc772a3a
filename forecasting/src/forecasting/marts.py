"""What each target reads from the marts. The SQL is what both DuckDB and Snowflake know."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd

from .data import RUN_AFTER, Data, Weather, step, whole
from .errors import ForecastError, NoData
from .targets import Target
from .warehouse import Warehouse

# One row a step and entity; a step counts when all its parts are known.
LOAD = """
    select 'FR' as entity, date_trunc('hour', period_start_at) as at, avg(load_mw) as value
    from marts.fct_load
    where load_kind = '{kind}' and period_start_at >= timestamp '{since}'
    group by date_trunc('hour', period_start_at)
    having count(load_mw) = count(*)
"""
GENERATION = """
    select production_type as entity, date_trunc('hour', period_start_at) as at, avg(generation_mw) as value
    from marts.fct_generation
    where production_type in ({types}) and period_start_at >= timestamp '{since}'
    group by production_type, date_trunc('hour', period_start_at)
    having count(generation_mw) = count(*)
"""
GENERATION_DAY_AHEAD = """
    select production_type as entity, date_trunc('hour', period_start_at) as at, avg(forecast_mw) as value
    from marts.fct_generation_forecast
    where production_type in ({types}) and forecast_kind = 'day_ahead' and sub_type = ''
        and period_start_at >= timestamp '{since}'
    group by production_type, date_trunc('hour', period_start_at)
    having count(forecast_mw) = count(*)
"""
CAPACITY = """
    select production_type as entity, period_start_at as at, installed_capacity_mw as value
    from marts.fct_installed_capacity
    where production_type in ({types}) and installed_capacity_mw > 0
"""
AIR_QUALITY = """
    select station_id, pollutant, period_start_at as at, concentration as value,
        temperature_celsius, wind_speed_10m_m_per_s
    from marts.mart_air_quality_hourly
    where pollutant in ('co', 'pm2_5') and period_start_at >= timestamp '{since}'
"""
UNDERPERFORMANCE = """
    select production_type as entity, period_start_at as at,
        case when is_underperforming then 1.0 when not is_underperforming then 0.0 end as value,
        actual_to_expected, actual_to_expected_mean_24_hours, expected_mw
    from marts.mart_underperformance_features
    where area_code = 'FR' and period_start_at >= timestamp '{since}'
"""
# How much the revisions moved each hour: of its parts, each changes the mean by its share.
CHANGES = """
    select entity, date_trunc('hour', period_start_at) as period_start_at, seen_at,
        sum(value_change) / {parts} as value_change
    from marts.fct_revision
    where mart = '{mart}' and measure = '{measure}' and value_change is not null
        and period_start_at >= timestamp '{since}'
    group by entity, date_trunc('hour', period_start_at), seen_at
"""
WEATHER = """
    select period_start_at as at, region_code, is_forecast, {measures}
    from marts.fct_weather_hourly
    where period_start_at >= timestamp '{since}'
"""
RUNS = """
    select issued_at, period_start_at as at, region_code, {measures}
    from marts.fct_weather_forecast_run
    where issued_at >= timestamp '{since}' and lead_hours <= {lead_hours}
"""
POPULATION = "select region_code, population from marts.dim_region where is_mainland"
TEMPO = """
    select date_paris, case tempo_colour when 'blue' then 0 when 'white' then 1 when 'red' then 2 end as colour
    from marts.fct_tempo_day
"""
TYPES = {"wind": ("wind_onshore", "wind_offshore"), "solar": ("solar",)}
SCALED_BY_DAYS = 365
"""The usual level of a pollutant at a station is the median of this long."""


@dataclass(frozen=True)
class Reader:
    """Reads what one target needs, as of ``now``."""

    warehouse: Warehouse
    target: Target
    now: pd.Timestamp

    @property
    def since(self) -> str:
        return str((self.now - timedelta(days=self.target.history_days)).floor("D"))

    def rows(self, sql: str, **names: object) -> pd.DataFrame:
        return self.warehouse.read(sql.format(since=self.since, **names))

    def wide(self, rows: pd.DataFrame, values: str = "value") -> pd.DataFrame:
        """Steps by entity, without gaps."""
        if rows.empty:
            raise NoData(f"{self.target.name}: its marts hold no values, so it is left out")
        made = rows.pivot(index="at", columns="entity", values=values).astype(float).sort_index()
        made.index = pd.DatetimeIndex(made.index)
        return whole(made, self.target)

    def optional(self, sql: str, **names: object) -> pd.DataFrame | None:
        """Steps by entity; none where the mart has no such rows."""
        rows = self.rows(sql, **names)
        return None if rows.empty else self.wide(rows)

    def changes(self, mart: str, measure: str, parts: int) -> pd.DataFrame:
        rows = self.rows(CHANGES, mart=mart, measure=measure, parts=parts)
        return rows.astype({"period_start_at": "datetime64[ns]", "seen_at": "datetime64[ns]", "value_change": float})

    def weather(self) -> Weather:
        measures = ", ".join(self.target.weather)
        rows = self.rows(WEATHER, measures=measures)
        measured = rows.loc[~rows["is_forecast"].astype(bool), "at"]
        if measured.empty:
            raise ForecastError(f"{self.target.name}: no measured weather in marts.fct_weather_hourly")
        lead_hours = self.target.horizon_steps * self.target.step_minutes // 60 + 48
        # Only what back-tests may ask for: runs are the largest table that is read.
        since = self.now - timedelta(days=self.target.backtest_days + 3)
        runs = self.warehouse.read(RUNS.format(since=since.floor("D"), lead_hours=lead_hours, measures=measures))
        by_run = {
            pd.Timestamp(issued_at) + RUN_AFTER: _regions(run, self.target)
            for issued_at, run in runs.groupby("issued_at")
        }
        return Weather(_regions(rows, self.target), pd.Timestamp(measured.max()) + pd.Timedelta(hours=1), by_run)

    def population(self) -> pd.Series:
        rows = self.rows(POPULATION)
        return rows.set_index("region_code")["population"].astype(float)


def _regions(rows: pd.DataFrame, target: Target) -> pd.DataFrame:
    made = rows.pivot(index="at", columns="region_code", values=list(target.weather)).astype(float).sort_index()
    made.index = pd.DatetimeIndex(made.index)
    return made.asfreq("h")


def _load(reader: Reader) -> Data:
    values = reader.wide(reader.rows(LOAD, kind="realised"))
    tempo = reader.rows(TEMPO).dropna()
    return Data(
        values,
        scale=_ahead(pd.DataFrame(1.0, index=values.index, columns=values.columns), reader.target),
        changes=reader.changes("fct_load", "load_mw", parts=4).assign(entity="FR"),
        weather=reader.weather(),
        tempo=pd.Series(tempo["colour"].to_numpy(dtype=float), index=pd.DatetimeIndex(tempo["date_paris"])),
        rte=reader.optional(LOAD, kind="day_ahead_forecast"),
    )


def _renewable(reader: Reader) -> Data:
    types = ", ".join(f"'{name}'" for name in TYPES[reader.target.name])
    values = reader.wide(reader.rows(GENERATION, types=types))
    figures = reader.rows(CAPACITY, types=types)
    if figures.empty:
        raise ForecastError(f"{reader.target.name}: no installed capacity in marts.fct_installed_capacity")
    return Data(
        values,
        scale=_ahead(capacity(figures, values), reader.target),
        changes=reader.changes("fct_generation", "generation_mw", parts=1),
        weather=reader.weather(),
        rte=reader.optional(GENERATION_DAY_AHEAD, types=types),
    )


def capacity(rows: pd.DataFrame, values: pd.DataFrame) -> pd.DataFrame:
    """Capacity of each step: yearly figures are of the beginning of their year, and grow evenly to the next.

    The year after the newest figure grows as much as the year before it: plants are built without a figure too.
    """
    made = rows.pivot(index="at", columns="entity", values="value").astype(float)
    made.index = pd.DatetimeIndex(made.index)
    if len(made) > 1:
        made.loc[made.index[-1] + pd.DateOffset(years=1)] = 2 * made.iloc[-1] - made.iloc[-2]
    made = made.reindex(made.index.union(values.index)).interpolate(method="time").bfill()
    return made.reindex(index=values.index, columns=values.columns)


def _air_quality(reader: Reader) -> Data:
    rows = reader.rows(AIR_QUALITY)
    rows["entity"] = rows["station_id"].astype(str) + " " + rows["pollutant"]
    values = reader.wide(rows)
    usual = values.tail(SCALED_BY_DAYS * 24).median()
    values = _long_enough(values.loc[:, usual > 0], reader.target)
    kept = values.columns
    scale = pd.DataFrame(np.tile(usual[kept].to_numpy(), (len(values), 1)), index=values.index, columns=kept)
    return Data(
        values,
        scale=_ahead(scale, reader.target),
        changes=reader.changes("fct_air_quality_hourly", "published_concentration", parts=1),
        beside={name: reader.wide(rows, name) for name in reader.target.beside},
    )


def _underperformance(reader: Reader) -> Data:
    rows = reader.rows(UNDERPERFORMANCE)
    values = _long_enough(reader.wide(rows), reader.target)
    return Data(
        values,
        scale=_ahead(pd.DataFrame(1.0, index=values.index, columns=values.columns), reader.target),
        changes=pd.DataFrame(
            {"entity": [], "period_start_at": [], "seen_at": pd.DatetimeIndex([]), "value_change": []}
        ),
        beside={name: reader.wide(rows, name) for name in reader.target.beside},
        weather=reader.weather(),
    )


def _long_enough(values: pd.DataFrame, target: Target) -> pd.DataFrame:
    """Entities with enough values to learn from."""
    least = target.least_training_days * 24 * 60 // target.step_minutes // 2
    kept = values.loc[:, values.notna().sum() >= least]
    if kept.empty:
        raise NoData(f"{target.name}: no entity has {target.least_training_days} days of values yet, so it is left out")
    return kept


def _ahead(scale: pd.DataFrame, target: Target) -> pd.DataFrame:
    """The scale goes on as it last was for all steps that are forecast."""
    more = pd.date_range(scale.index[-1], periods=target.reach + target.horizon_steps + 1, freq=step(target))
    return scale.reindex(scale.index.union(more)).ffill()


READERS: Mapping[str, Callable[[Reader], Data]] = {
    "load": _load,
    "wind": _renewable,
    "solar": _renewable,
    "air_quality": _air_quality,
    "underperformance": _underperformance,
}


def read(reader: Reader) -> Data:
    """All data of a target. NoData where its marts hold no value; ForecastError where something else is missing."""
    return READERS[reader.target.name](reader)
