"""Forecasts of plain figures, laid out as a run of the forecasts leaves them, for the tests of what is made of them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from pathlib import Path

import duckdb

TABLES = {
    "predictions": """target VARCHAR, entity VARCHAR, model VARCHAR, model_version VARCHAR, kind VARCHAR,
        issued_at TIMESTAMP, valid_at TIMESTAMP, step_minutes INTEGER, horizon_minutes INTEGER, quantile DOUBLE,
        value DOUBLE, written_at TIMESTAMP""",
    "models": """target VARCHAR, model_version VARCHAR, trained_at TIMESTAMP, data_from TIMESTAMP,
        data_until TIMESTAMP, training_rows BIGINT, backtest_from TIMESTAMP, backtest_until TIMESTAMP,
        score VARCHAR, model_score DOUBLE, naive_model VARCHAR, naive_score DOUBLE, is_published BOOLEAN,
        verdict VARCHAR, seed BIGINT, features VARCHAR, libraries VARCHAR, training_seconds DOUBLE""",
    "runs": """target VARCHAR, started_at TIMESTAMP, finished_at TIMESTAMP, status VARCHAR, model_version VARCHAR,
        message VARCHAR""",
}
# (target, entity, minutes of a step, steps ahead, middle of the values, naive models)
SERIES = (
    ("load", "FR", 60, 48, 42500.0, ("seasonal_naive", "persistence", "rte_day_ahead")),
    ("wind", "WIND_ONSHORE", 60, 36, 5000.0, ("seasonal_naive", "persistence", "rte_day_ahead")),
    ("solar", "SOLAR", 60, 36, 3000.0, ("seasonal_naive", "persistence", "rte_day_ahead")),
    ("air_quality", "{station} pm2_5", 60, 2, 12.0, ("seasonal_naive", "persistence")),
    ("underperformance", "solar", 30, 6, 0.3, ("base_rate", "persistence")),
)
# How far a model is from the middle, as a share of it.
SHIFTS = {
    "gradient_boosting": 0.0,
    "seasonal_naive": 0.03,
    "persistence": -0.05,
    "rte_day_ahead": 0.01,
    "base_rate": 0.1,
}
OURS = "gradient_boosting"


def value(middle: float, model: str, step: int, quantile: float) -> float:
    """What is foreseen so many steps ahead."""
    return middle * (1 + SHIFTS[model] + 0.002 * step + 0.1 * (quantile - 0.5))


def version(issued_at: datetime) -> str:
    """The version of our model that was trained then."""
    return f"{issued_at:%Y%m%d%H}"


def foresee(
    raw: Path,
    issued_at: datetime,
    *,
    kind: str = "live",
    targets: Collection[str] = ("load", "wind", "solar", "air_quality", "underperformance"),
    withheld: Collection[str] = (),
    station: int = 1,
) -> None:
    """One run of ``targets``: our model's live predictions only where it is not ``withheld``. Backtests add no run."""
    paris = "timezone('Europe/Paris', timezone('UTC', {}))::date"
    series = [one for one in SERIES if one[0] in targets]
    with duckdb.connect(str(raw)) as connection:
        connection.execute("set TimeZone = 'UTC'; create schema if not exists raw_forecast")
        for name, columns in TABLES.items():
            connection.execute(f"create table if not exists raw_forecast.{name} ({columns})")
        for target, entity, minutes, steps, middle, naive in series:
            quantiles = (0.5,) if target == "underperformance" else (0.1, 0.5, 0.9)
            models = [(OURS, quantile) for quantile in quantiles if target not in withheld or kind == "backtest"]
            predictions = [
                (
                    model,
                    version(issued_at) if model == OURS else "1",
                    quantile,
                    step,
                    value(middle, model, step, quantile),
                )
                for model, quantile in [*models, *((one, 0.5) for one in naive)]
                for step in range(steps)
            ]
            connection.execute(
                f"""insert into raw_forecast.predictions
                select ?, ?, model, version, ?, issued_at, issued_at + to_minutes(? * step), ?, ? * step, quantile,
                    value, issued_at
                from (select unnest(?, recursive := true), ?::timestamp as issued_at)
                where model <> 'rte_day_ahead' or {paris.format("issued_at + to_minutes(? * step)")}
                    = {paris.format("issued_at")} + 1""",
                [
                    *(target, entity.format(station=station), kind, minutes, minutes, minutes),
                    [
                        dict(zip(("model", "version", "quantile", "step", "value"), row, strict=True))
                        for row in predictions
                    ],
                    *(issued_at, minutes),
                ],
            )
            if kind == "backtest":
                continue
            is_withheld = target in withheld
            connection.execute(
                """insert into raw_forecast.models
                select $1, $2, $3::timestamp, $3::timestamp - interval 90 day, $3, 2160,
                    $3::timestamp - interval 30 day, $3, $4, $5, $6, 2, $7, 'It is compared.', 42, 'lags', 'none',
                    1.5""",
                [
                    *(target, version(issued_at), issued_at, "brier" if target == "underperformance" else "mae"),
                    *(2.5 if is_withheld else 1.5, naive[0], not is_withheld),
                ],
            )
            connection.execute(
                """insert into raw_forecast.runs
                select $1, $2::timestamp, $2::timestamp + interval 1 minute, $3, $4, null""",
                [target, issued_at, "withheld" if is_withheld else "published", version(issued_at)],
            )
