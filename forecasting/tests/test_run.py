"""A run from the marts to the raw tables, on DuckDB files as the platform has them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from forecasting.errors import ForecastError
from forecasting.targets import LOAD, SOLAR, Target
from forecasting.warehouse import DuckDb
from series import like_load

from forecasting import cli, marts, run

DATA = like_load(90, noise=300)
NOW = DATA.values.index[-1] + pd.Timedelta(minutes=65)
SMALL = replace(
    LOAD, weather=LOAD.weather[:1], backtest_days=20, train_every_steps=17, boosting={"max_iter": 40}, issue_hours=(17,)
)


@pytest.fixture
def warehouse(tmp_path: Path) -> DuckDb:
    """The marts that load is forecast from, and nothing else."""
    load = DATA.values.rename_axis("period_start_at").reset_index().rename(columns={"FR": "load_mw"})
    realised = load.assign(load_kind="realised")  # noqa: F841 - DuckDB finds them by name
    rte = load.assign(load_kind="day_ahead_forecast", load_mw=load["load_mw"] + 100)  # noqa: F841
    assert DATA.weather is not None
    weather = _long(DATA.weather.history)
    weather["is_forecast"] = weather["period_start_at"] >= DATA.weather.measured_until
    runs = [
        _long(run).assign(issued_at=at - pd.Timedelta(hours=7), lead_hours=1) for at, run in DATA.weather.runs.items()
    ]
    forecast_runs = pd.concat(runs)  # noqa: F841
    models = tmp_path / "models.duckdb"
    with duckdb.connect(str(models)) as connection:
        connection.execute("create schema marts")
        connection.execute("create table marts.fct_load as from realised union all by name from rte")
        connection.execute("create table marts.fct_weather_hourly as from weather")
        connection.execute("create table marts.fct_weather_forecast_run as from forecast_runs")
        connection.execute(
            "create table marts.dim_region as from (values ('11', 2, true), ('84', 1, true))"
            " as regions (region_code, population, is_mainland)"
        )
        connection.execute("create table marts.fct_tempo_day (date_paris date, tempo_colour varchar)")
        connection.execute(
            "create table marts.fct_revision (mart varchar, entity varchar, measure varchar,"
            " period_start_at timestamp, seen_at timestamp, value_change double)"
        )
    return DuckDb(models, tmp_path / "raw.duckdb")


def _long(frame: pd.DataFrame) -> pd.DataFrame:
    made = frame.rename_axis("period_start_at").stack(level=1, future_stack=True)
    return made.rename_axis(["period_start_at", "region_code"]).reset_index()


def rows(warehouse: DuckDb, sql: str) -> pd.DataFrame:
    with duckdb.connect(str(warehouse.raw), read_only=True) as connection:
        return connection.execute(sql).df()


def forecast(warehouse: DuckDb, tmp_path: Path, now: pd.Timestamp = NOW, target: Target = SMALL) -> run.Outcome:
    return run.run(target, warehouse, tmp_path / "forecasting", now)


def test_a_run_writes_forecasts_model_and_outcome(warehouse: DuckDb, tmp_path: Path) -> None:
    outcome = forecast(warehouse, tmp_path)
    assert outcome.status == run.PUBLISHED, outcome.message
    live = rows(warehouse, "from raw_forecast.predictions where kind = 'live' and model = 'gradient_boosting'")
    assert set(live["quantile"]) == {0.1, 0.5, 0.9}
    assert sorted(live["horizon_minutes"].unique()) == [60 * hour for hour in range(48)]
    assert (live["issued_at"] == NOW.floor("h")).all()
    assert (live["valid_at"] - live["issued_at"] == pd.to_timedelta(live["horizon_minutes"], "min")).all()
    wide = live.pivot(index="valid_at", columns="quantile", values="value")
    assert ((wide[0.1] <= wide[0.5]) & (wide[0.5] <= wide[0.9])).all()
    (model,) = rows(warehouse, "from raw_forecast.models").to_dict("records")
    assert model["is_published"]
    assert model["model_score"] < model["naive_score"]
    assert model["data_until"] == DATA.values.index[-1] + pd.Timedelta(hours=1)
    assert "scikit-learn" in model["libraries"]
    assert set(live["model_version"]) == {model["model_version"]}
    named = set(rows(warehouse, "select distinct model from raw_forecast.predictions")["model"])
    assert named == {"gradient_boosting", "persistence", "seasonal_naive", "rte_day_ahead"}


def test_a_run_again_changes_nothing_and_trains_nothing(warehouse: DuckDb, tmp_path: Path) -> None:
    everything = "select * exclude written_at from raw_forecast.predictions order by all"
    forecast(warehouse, tmp_path)
    before = rows(warehouse, everything)
    forecast(warehouse, tmp_path)
    pd.testing.assert_frame_equal(rows(warehouse, everything), before)
    assert len(rows(warehouse, "from raw_forecast.models")) == 1
    assert list(rows(warehouse, "select status from raw_forecast.runs")["status"]) == ["published", "published"]


def test_a_model_is_trained_again_after_a_week_or_when_its_file_is_broken(warehouse: DuckDb, tmp_path: Path) -> None:
    forecast(warehouse, tmp_path, NOW - pd.Timedelta(days=8))
    forecast(warehouse, tmp_path)
    assert len(rows(warehouse, "from raw_forecast.models")) == 2
    (tmp_path / "forecasting" / "load.joblib").write_bytes(b"cut short")
    forecast(warehouse, tmp_path, NOW + pd.Timedelta(hours=1))
    assert len(rows(warehouse, "from raw_forecast.models")) == 3


def test_data_that_are_too_old_leave_the_last_good_forecast(warehouse: DuckDb, tmp_path: Path) -> None:
    forecast(warehouse, tmp_path)
    before = rows(warehouse, "select max(issued_at) as newest, count(*) as rows from raw_forecast.predictions")
    outcome = forecast(warehouse, tmp_path, NOW + pd.Timedelta(hours=12))
    assert outcome.status == run.FAILED
    assert "12 hours old" in outcome.message
    after = rows(warehouse, "select max(issued_at) as newest, count(*) as rows from raw_forecast.predictions")
    pd.testing.assert_frame_equal(before, after)
    assert list(rows(warehouse, "from raw_forecast.runs order by started_at")["status"]) == ["published", "failed"]


def test_a_model_that_is_withheld_leaves_the_naive_ones(warehouse: DuckDb, tmp_path: Path) -> None:
    """Nothing is learnt from noise alone."""
    with duckdb.connect(str(warehouse.models)) as connection:
        noise = np.random.default_rng(2).standard_normal(len(DATA.values)).cumsum()
        walk = pd.DataFrame({"period_start_at": DATA.values.index, "walk": 50_000 + 10 * noise})  # noqa: F841
        connection.execute(
            "update marts.fct_load set load_mw = walk from walk where walk.period_start_at = fct_load.period_start_at"
        )
    outcome = forecast(warehouse, tmp_path, target=replace(SMALL, seasonal_days=1, horizon_steps=3))
    assert outcome.status == run.WITHHELD
    assert outcome.message.endswith("not published.")
    live = rows(warehouse, "select distinct model from raw_forecast.predictions where kind = 'live'")
    assert "gradient_boosting" not in set(live["model"])
    assert "persistence" in set(live["model"])


def test_marts_that_are_not_built_are_named(tmp_path: Path) -> None:
    nowhere = DuckDb(tmp_path / "models.duckdb", tmp_path / "raw.duckdb")
    assert "doesn't exist: build the models first" in forecast(nowhere, tmp_path).message
    duckdb.connect(str(nowhere.models)).close()
    assert "build them first" in forecast(nowhere, tmp_path).message


def test_a_target_without_data_is_left_out(warehouse: DuckDb, tmp_path: Path) -> None:
    with duckdb.connect(str(warehouse.models)) as connection:
        connection.execute(
            "create table marts.fct_generation"
            " (production_type varchar, period_start_at timestamp, generation_mw double)"
        )
    outcome = forecast(warehouse, tmp_path, target=SOLAR)
    assert outcome.status == run.LEFT_OUT
    assert not warehouse.raw.exists()


def test_a_write_that_fails_changes_nothing(warehouse: DuckDb, tmp_path: Path) -> None:
    forecast(warehouse, tmp_path)
    given = rows(warehouse, "from raw_forecast.predictions limit 5").assign(value=-1.0)
    with pytest.raises(KeyError):
        warehouse.write({"predictions": given, "runs": pd.DataFrame({"target": ["load"]})})
    assert rows(warehouse, "from raw_forecast.predictions where value = -1").empty


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"HEXAWATT_WAREHOUSE": "oracle"}, "duckdb or snowflake"),
        ({"HEXAWATT_RAW_FILE": ""}, "HEXAWATT_RAW_FILE is not set"),
        ({"HEXAWATT_NOW": "yesterday"}, "HEXAWATT_NOW must be an instant"),
        ({"HEXAWATT_STATE_DIR": ""}, "HEXAWATT_STATE_DIR is not set"),
    ],
)
def test_wrong_settings_are_one_line_and_exit_code_2(
    settings: dict[str, str], message: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("MODELS_FILE", "RAW_FILE", "STATE_DIR"):
        monkeypatch.setenv(f"HEXAWATT_{name}", str(tmp_path / name))
    monkeypatch.setenv("HEXAWATT_WAREHOUSE", "duckdb")
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    result = CliRunner().invoke(cli.main, ["run", "--target", "load"])
    assert result.exit_code == 2
    assert message in result.output


def test_failure_of_one_target_is_exit_code_1_with_its_reason(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("MODELS_FILE", "RAW_FILE", "STATE_DIR"):
        monkeypatch.setenv(f"HEXAWATT_{name}", str(tmp_path / name))
    result = CliRunner().invoke(cli.main, ["run", "--target", "load", "--target", "wind"])
    assert result.exit_code == 1
    assert result.output.count("build the models first") == 2


def test_snowflake_without_a_key_is_refused_before_it_connects() -> None:
    from forecasting.warehouse import Snowflake

    with pytest.raises(ForecastError, match="SNOWFLAKE_PRIVATE_KEY_PATH"):
        Snowflake({"SNOWFLAKE_ACCOUNT": "none"}).read("select 1")


def test_plants_are_built_in_a_year_without_a_figure_too() -> None:
    """Yearly capacities come at the beginning of their year; the newest year goes on as the one before it did."""
    figures = {"2024-01-01": 1000.0, "2025-01-01": 2000.0}
    rows = pd.DataFrame({"entity": "solar", "at": pd.to_datetime(list(figures)), "value": figures.values()})
    values = pd.DataFrame({"solar": 0.0}, index=pd.to_datetime(["2023-06-01", "2024-07-02", "2025-07-02"]))
    made = marts.capacity(rows, values)["solar"]
    assert made.to_list() == pytest.approx([1000, 1500, 2500], abs=5)
