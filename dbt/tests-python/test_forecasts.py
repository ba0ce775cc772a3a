"""Forecasts are scored when what they foresaw is known, and shown with what is good enough to be shown."""

from __future__ import annotations

import json
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from statistics import fmean
from typing import Any

import duckdb
import expected
import pytest
from engines import Duckdb
from forecast_rows import OURS, foresee, value
from raw_rows import DAY_AFTER, HOUR, ISSUED, SPRING, first_sync, second_sync

RAW = expected.merged(first_sync(), second_sync())
HORIZON = 48
ISSUED_AT = ISSUED.replace(tzinfo=None)


def actual_loads() -> dict[datetime, float]:
    """Realised load by hour, of hours that are known whole."""
    return hourly_loads("realised")


def hourly_loads(load_kind: str) -> dict[datetime, float]:
    quarters: dict[datetime, list[float]] = {}
    for (kind, start), row in expected.load(RAW).items():
        if kind == load_kind:
            quarters.setdefault(start.replace(minute=0), []).append(row["load_mw"])
    return {start: fmean(loads) for start, loads in quarters.items() if len(loads) == 4}


def rows_of(engine: Duckdb, mart: str, **wanted: Any) -> list[dict[str, Any]]:
    return [row for row in engine.rows(f"marts.{mart}") if all(row[name] == one for name, one in wanted.items())]


def test_forecasts_are_scored_by_what_came_true_after_them(built_twice: Duckdb) -> None:
    loads = actual_loads()
    rows = {row["horizon_hours"]: row for row in rows_of(built_twice, "fct_forecast", target="load", model=OURS)}
    assert sorted(rows) == list(range(HORIZON))
    for hour, row in rows.items():
        start = ISSUED_AT + hour * HOUR
        assert row["period_start_at"] == start
        for column, quantile in (("forecast_p10", 0.1), ("forecast_p50", 0.5), ("forecast_p90", 0.9)):
            assert row[column] == pytest.approx(value(42500.0, OURS, hour, quantile))
        assert row["actual_value"] == (pytest.approx(loads[start]) if start in loads else None)
        assert row["error_value"] == (pytest.approx(row["forecast_p50"] - loads[start]) if start in loads else None)
    # what the first build could not know, and what nobody knows yet
    known = {row["date_paris"] for row in rows.values() if row["actual_value"] is not None}
    assert known == {SPRING, DAY_AFTER}
    assert rows[HORIZON - 1]["actual_value"] is None


def test_skill_over_the_naive_model_follows_from_the_sums(built_twice: Duckdb) -> None:
    loads = actual_loads()
    hours = [hour for hour in range(HORIZON) if ISSUED_AT + hour * HOUR in loads]

    def error(model: str) -> float:
        return sum(abs(value(42500.0, model, hour, 0.5) - loads[ISSUED_AT + hour * HOUR]) for hour in hours)

    rows = rows_of(built_twice, "mart_forecast_accuracy", target="load", model=OURS)
    assert sum(row["periods"] for row in rows) == len(hours)
    assert sum(row["absolute_error_sum"] for row in rows) == pytest.approx(error(OURS))
    for peer, model in (("naive", "seasonal_naive"), ("persistence", "persistence")):
        assert sum(row[f"loss_beside_{peer}_sum"] for row in rows) == pytest.approx(error(OURS))
        assert sum(row[f"{peer}_loss_sum"] for row in rows) == pytest.approx(error(model))
    # RTE's is of the next day in Paris alone
    assert sum(row["rte_day_ahead_periods"] for row in rows) == sum(row["date_paris"] == DAY_AFTER for row in rows)
    inside = [
        value(42500.0, OURS, hour, 0.1) <= loads[ISSUED_AT + hour * HOUR] <= value(42500.0, OURS, hour, 0.9)
        for hour in hours
    ]
    assert sum(row["inside_periods"] for row in rows) == sum(inside)


def test_what_is_shown_is_of_the_newest_issue_with_its_age_and_the_past_beside(built_twice: Duckdb) -> None:
    rows = {row["period_start_at"]: row for row in rows_of(built_twice, "mart_forecast_latest", target="load")}
    assert {row["age_hours"] for row in rows.values()} == {24.0}
    assert {(row["model"], row["notice"]) for row in rows.values()} == {(OURS, None)}
    past = {start for start, row in rows.items() if row["forecast_p50"] is None}
    assert past == {start for start in actual_loads() if datetime(2026, 3, 28, 12) <= start < ISSUED_AT}
    rte = hourly_loads("day_ahead_forecast")
    beside = {start: row["rte_day_ahead"] for start, row in rows.items() if row["rte_day_ahead"] is not None}
    assert beside
    assert beside == {start: pytest.approx(rte[start]) for start in rows if start in rte}


def test_no_test_of_the_forecasts_warns(built_twice: Duckdb) -> None:
    """They only warn in a build, so that a forecast that goes wrong keeps nothing measured from the screens."""
    results = json.loads((built_twice.raw_file.parent / "target" / "run_results.json").read_text())["results"]
    forecasts = {one["unique_id"]: one["status"] for one in results if "forecast" in one["unique_id"]}
    assert set(forecasts.values()) - {"no-op"} == {"pass", "success"}  # of an exposure there is nothing to do
    assert sum(name.startswith("test.") for name in forecasts) > 20


def test_a_build_of_the_forecasts_alone_takes_a_new_issue_in_and_touches_nothing_else(
    built_twice: Duckdb, tmp_path: Path
) -> None:
    engine = Duckdb(tmp_path)
    shutil.copyfile(built_twice.raw_file, engine.raw_file)
    shutil.copyfile(built_twice.models_file, engine.models_file)
    engine.change_mart("update marts.fct_load set load_kind_label = 'by hand'")
    later = ISSUED + timedelta(hours=23)
    with duckdb.connect(engine.raw_file) as connection:
        connection.execute("delete from raw_forecast.predictions where target = 'wind'")
    foresee(engine.raw_file, later, targets=["load"], withheld=["load"])

    done = engine.dbt("build", "--select", "tag:forecasts", "--exclude-resource-type", "unit_test")
    assert done.returncode == 0, done.stdout[-3000:]
    assert {row["load_kind_label"] for row in engine.rows("marts.fct_load")} == {"by hand"}
    assert rows_of(engine, "fct_forecast", target="wind") == []
    shown = rows_of(engine, "mart_forecast_latest", target="load")
    assert {row["model"] for row in shown} == {"seasonal_naive"}
    assert {row["notice"] for row in shown} == {'Our model is withheld, shown is "Same hour before": It is compared.'}
    status = {row["target"]: row for row in engine.rows("marts.mart_forecast_status")}
    assert (status["load"]["last_run_status"], status["load"]["age_hours"]) == ("withheld", 1.0)
    assert (status["solar"]["last_run_status"], status["solar"]["age_hours"]) == ("published", 24.0)
    assert status["wind"]["age_hours"] is None
