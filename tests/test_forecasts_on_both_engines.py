"""The same marts on DuckDB and on Snowflake give the same forecasts, written as the same raw tables."""

from __future__ import annotations

import math
import random
import subprocess
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from pipeline import ROOT, environment, rows
from snowflake_emulator import Snowflake, emulated_snowflake

# the emulator's own, about its DuckDB
pytestmark = pytest.mark.filterwarnings("ignore:Arrow output on a DB-API result")

FORECAST = ROOT / ".venvs" / "forecasting" / "bin" / "forecast"
FIRST, DAYS = datetime(2025, 6, 1), 100
NOW = FIRST + timedelta(days=DAYS, minutes=20)
TOLD = {
    "predictions": "target, entity, model, model_version, kind, issued_at, valid_at, step_minutes, horizon_minutes,"
    " quantile, value",
    "models": "target, model_version, data_from, data_until, training_rows, backtest_from, backtest_until, score,"
    " model_score, naive_model, naive_score, is_published, verdict, seed, features, libraries",
    "runs": "target, status, model_version, message",
}


def air(models: Path) -> None:
    """The marts of air quality: one station whose particles follow hour and wind."""
    noise = random.Random(7)
    hours = []
    for hour in range(DAYS * 24):
        at, wind = FIRST + timedelta(hours=hour), 4 + 3 * math.sin(hour / 31)
        value = 12 + 5 * math.sin(hour % 24 / 24 * math.tau) - wind + noise.gauss(0, 0.6)
        hours.append((1, "pm2_5", at, value, 15 + 5 * math.sin(hour / 24 * math.tau), wind))
    with duckdb.connect(str(models)) as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.mart_air_quality_hourly (station_id integer, pollutant varchar,"
            " period_start_at timestamp, concentration double, temperature_celsius double,"
            " wind_speed_10m_m_per_s double)"
        )
        connection.executemany("insert into marts.mart_air_quality_hourly values (?, ?, ?, ?, ?, ?)", hours)
        connection.execute(
            "create table marts.fct_revision (mart varchar, entity varchar, measure varchar,"
            " period_start_at timestamp, seen_at timestamp, value_change double)"
        )
        connection.execute(
            "create table marts.dim_region (region_code varchar, population bigint, is_mainland boolean)"
        )
        connection.execute("insert into marts.dim_region values ('11', 12000000, true)")


def forecast(folder: Path, **settings: str) -> None:
    done = subprocess.run(
        [FORECAST, "run", "--target", "air_quality"],
        env=environment(HEXAWATT_NOW=f"{NOW.isoformat()}Z", HEXAWATT_STATE_DIR=str(folder), **settings),
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def told(snowflake: Snowflake, table: str) -> list[tuple[Any, ...]]:
    return sorted(snowflake.query(f"select {TOLD[table]} from {snowflake.database}.raw_forecast.{table}"), key=str)


def test_both_engines_get_the_same_forecasts_and_a_second_run_changes_nothing(tmp_path: Path) -> None:
    models, raw = tmp_path / "models.duckdb", tmp_path / "raw.duckdb"
    air(models)
    forecast(tmp_path / "duckdb", HEXAWATT_MODELS_FILE=str(models), HEXAWATT_RAW_FILE=str(raw))
    with emulated_snowflake(tmp_path, "FORESEEN") as snowflake:
        snowflake.copy(models, "marts")
        settings = {"HEXAWATT_WAREHOUSE": "snowflake", **snowflake.settings}
        forecast(tmp_path / "snowflake", **settings)
        written = {table: told(snowflake, table) for table in TOLD}
        for table, columns in TOLD.items():
            assert written[table] == sorted(rows(raw, f"select {columns} from raw_forecast.{table}"), key=str)
        forecast(tmp_path / "snowflake", **settings)
        assert told(snowflake, "predictions") == written["predictions"]
        assert told(snowflake, "models") == written["models"]
        assert len(told(snowflake, "runs")) == 2
    live = [row for row in written["predictions"] if row[4] == "live"]
    assert {(row[2], row[9]) for row in live} >= {("gradient_boosting", quantile) for quantile in (0.1, 0.5, 0.9)}
