"""A small served file: every mart that a dataset reads, some of them with plausible made-up numbers, the others empty.

``python superset/tests/small_warehouse.py FILE [DAYS]`` writes one that ends tonight.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pandas as pd

if __name__ == "__main__":  # the room's own modules; pytest puts them on the path by itself
    sys.path.append(str(Path(__file__).absolute().parent.parent))
from bundle import read_bundle
from roles import REGIONS

PARIS = ZoneInfo("Europe/Paris")
Row = dict[str, Any]

# name, mean MW, swing over the day MW
GENERATION = {
    "nuclear": ("Nuclear", 43_000, 800),
    "hydro_run_of_river": ("Hydro run-of-river", 4_200, 300),
    "hydro_reservoir": ("Hydro reservoir", 2_600, 1_200),
    "hydro_pumped_storage": ("Hydro pumped storage", 100, 1_500),
    "wind_onshore": ("Wind onshore", 7_000, 2_500),
    "wind_offshore": ("Wind offshore", 900, 300),
    "solar": ("Solar", 0, 6_000),
    "biomass": ("Biomass", 420, 10),
    "waste": ("Waste", 260, 5),
    "fossil_gas": ("Gas", 3_100, 900),
    "fossil_oil": ("Oil", 90, 20),
    "fossil_hard_coal": ("Coal", 30, 20),
}
BORDERS = {
    "GB": ("Great Britain", 1_800),
    "BE": ("Belgium", 900),
    "DE": ("Germany", 400),
    "CH": ("Switzerland", 1_500),
    "IT": ("Italy", 2_300),
    "ES": ("Spain", -700),
}
LOAD_KINDS = {
    "realised": ("Realised", 15, 0),
    "intraday_forecast": ("Intraday forecast", 15, 250),
    "day_ahead_forecast": ("Day-ahead forecast", 15, -600),
    "two_days_ahead_forecast": ("Two-days-ahead forecast", 30, 1_200),
}
SERIES = ("load", "generation", "price", "weather")
INPUTS = {"raw_rte.load": "rte", "raw_rte.generation": "rte", "raw_weather.archive": "weather"}
MODELS = ("fct_load", "fct_generation", "mart_record")
# target, entity, label, unit, mean of its values
FORESEEN = (
    ("load", "FR", "France", "MW", 50_000.0),
    ("wind", "wind_onshore", "Wind onshore", "MW", 7_000.0),
    ("wind", "wind_offshore", "Wind offshore", "MW", 900.0),
    ("solar", "solar", "Solar", "MW", 3_000.0),
    ("underperformance", "solar", "Solar", "probability", 0.2),
)


def build(file: Path, now: datetime, days: int = 2, history_days: int = 30, simulated: bool = True) -> None:
    """Write the marts of the last ``days`` Paris days and of today, as they would be at ``now`` (aware)."""
    today = now.astimezone(PARIS).date()
    first = today - timedelta(days=days)
    quarters = list(periods(first, today, 15))
    hours = list(periods(first, today, 60))
    past = [period for period in quarters if period[1] <= now]
    past_hours = [period for period in hours if period[1] <= now]
    stamp = {"source_updated_at": now.replace(tzinfo=None)}
    tables: dict[str, list[Row]] = {
        "fct_load": [
            {**shown(start, end), "load_kind": kind, "load_kind_label": label, "load_mw": load(start) + error, **stamp}
            for kind, (label, minutes, error) in LOAD_KINDS.items()
            for start, end in (past if kind == "realised" else periods(first, today, minutes))
        ],
        "fct_generation": [
            {**shown(start, end), **_type(code), "generation_mw": generation(code, start), **stamp}
            for code in GENERATION
            for start, end in past_hours
        ],
        "fct_residual_load": [
            {**shown(start, end), **_residual(start, realised=end <= now)} for start, end in quarters
        ],
        "fct_carbon_intensity": [
            {
                **shown(start, end),
                "area_code": "FR",
                "area_name": "France",
                "maturity": "real_time",
                "resolution_minutes": 15,
                "rte_g_per_kwh": 25 + 10 * daily(start, 19),
            }
            for start, end in past
        ],
        "fct_generation_forecast": [
            {
                **shown(start, end),
                **_type(code),
                "forecast_kind": kind,
                "sub_type": "",
                "forecast_mw": generation(code, start) * 0.93,
                **stamp,
            }
            for code in ("wind_onshore", "wind_offshore", "solar")
            for kind in ("current", "day_ahead")
            for start, end in hours
        ],
        "fct_physical_flow": [
            {
                **shown(start, end),
                "border_code": code,
                "border_name": name,
                "export_mw": max(flow, 0.0),
                "import_mw": max(-flow, 0.0),
                "net_export_mw": flow,
            }
            for code, (name, mean) in BORDERS.items()
            for start, end in past_hours
            for flow in [mean + 900 * daily(start, 4)]
        ],
        "fct_day_ahead_price": [
            {
                **shown(start, end),
                "bidding_zone": zone,
                "price_eur_per_mwh": price(start) + dearer,
                "volume_mw": 9_000.0 if zone == "FR" else None,
                "resolution_minutes": 15,
            }
            for start, end in quarters
            for zone, dearer in (("FR", 0.0), ("DE-LU", 40.0))
        ],
        "fct_weather_hourly": [
            {
                **shown(start, end),
                "region_code": code,
                "region_name": name,
                "temperature_celsius": temperature(start) + number / 2 - 3,
                "wind_speed_10m_m_per_s": 4.0,
                "wind_speed_100m_m_per_s": 7 + 3 * daily(start, number),
                "irradiance_w_per_m2": 400 * max(daily(start, 13), 0.0),
                "cloud_cover_pct": 60.0,
                "precipitation_mm": 0.1,
                "snowfall_cm": 0.0,
                "is_forecast": end > now,
            }
            for number, (code, name) in enumerate(REGIONS.items())
            for start, end in hours
        ],
        "mart_hourly_energy_weather": [
            {
                **shown(start, end),
                "load_mw": load(start) if end <= now else None,
                "load_day_ahead_mw": load(start) - 600,
                "temperature_celsius": temperature(start),
                "wind_speed_100m_m_per_s": 7.0,
                "irradiance_w_per_m2": 400 * max(daily(start, 13), 0.0),
                "price_eur_per_mwh": price(start),
                "net_export_mw": net_export(start) if end <= now else None,
            }
            for start, end in periods(today - timedelta(days=max(days, 13)), today, 60)
        ],
        "mart_record": [
            {
                **shown(*past[number]),
                "measure": "load",
                "measure_label": "Load",
                "extreme": extreme,
                "record_scope": "year",
                "record_year": today.year,
                "record_value": load(past[number][0]),
                "unit": "MW",
                "known_days": days,
            }
            for number, extreme in enumerate(("highest", "lowest"))
        ],
        "mart_daily_energy_weather": [_day(day, today) for day in _days(today - timedelta(days=history_days), today)],
        "mart_dataset_info": [
            {
                "mode": "demo" if simulated else "live",
                "is_simulated": simulated,
                "notice": "Simulated data: a model of France, not measurements"
                if simulated
                else "Real data from RTE and Open-Meteo",
                "built_at": now.replace(tzinfo=None),
                **{f"{series}_until_at": now.replace(tzinfo=None) for series in SERIES},
                **{f"{series}_until_paris": now.astimezone(PARIS).replace(tzinfo=None) for series in SERIES},
            }
        ],
        **operations(now, days),
        **forecasts(now, days),
    }
    write(file, tables)


def forecasts(now: datetime, days: int) -> dict[str, list[Row]]:
    """Return forecasts issued an hour ago and judged over the days before; that of underperformance is withheld."""
    issued = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    instant, here = issued.replace(tzinfo=None), issued.astimezone(PARIS).replace(tzinfo=None)
    models = {"gradient_boosting": "Our model", "seasonal_naive": "Same hour before"}
    shown_of = {"underperformance": ("base_rate", "Usual share")}
    trained = {"trained_at": instant, "trained_paris": here, "is_newest": True, "verdict": "It is compared."}
    hours = [(issued + timedelta(hours=hour), issued + timedelta(hours=hour + 1)) for hour in range(-24, 48)]
    series = [
        {"target": target, "target_label": target.capitalize(), "entity": entity, "entity_label": label, "unit": unit}
        for target, entity, label, unit, _ in FORESEEN
    ]
    targets = list({one["target"]: one["target_label"] for one in series}.items())
    return {
        "mart_forecast_latest": [
            {
                **one,
                **shown(start, end),
                **dict(zip(("model", "model_label"), shown_of.get(target, next(iter(models.items()))), strict=True)),
                "issued_at": instant,
                "issued_paris": here,
                "age_hours": 1.0,
                "actual_value": mean if start < issued else None,
                **{f"forecast_p{pct}": mean * (1 + (pct - 50) / 500) if start >= issued else None
                   for pct in (10, 50, 90)},
                "rte_day_ahead": mean * 1.01 if unit == "MW" else None,
            }
            for one, (target, _, _, unit, mean) in zip(series, FORESEEN, strict=True)
            for start, end in hours
        ],
        "mart_forecast_accuracy": [
            {
                **one,
                "model": model,
                "model_label": label,
                "forecast_kind": kind,
                "horizon_hours": hour,
                "horizon_band": "0 to 5 h",
                "date_paris": day,
                "loss": "absolute_error" if unit == "MW" else "squared_error",
                "coverage": 0.75,
                **dict.fromkeys(("periods", "percentage_periods", "naive_periods", "rte_day_ahead_periods"), 4),
                "interval_periods": 4,
                "band_periods": 4,
                "inside_periods": 3,
                "error_sum": 0.02 * mean,
                "percentage_error_sum": 0.08,
                **dict.fromkeys(("absolute_error_sum", "loss_sum"), 0.08 * mean),
                **dict.fromkeys(("loss_beside_naive_sum", "loss_beside_rte_day_ahead_sum"), 0.08 * mean),
                **dict.fromkeys(("naive_loss_sum", "rte_day_ahead_loss_sum"), 0.16 * mean),
            }
            for one, (_, _, _, unit, mean) in zip(series, FORESEEN, strict=True)
            for model, label in models.items()
            for kind in ("live", "backtest")
            for hour in (0, 1)
            for day in _days(here.date() - timedelta(days=days), here.date())
        ],
        "dim_forecast_model": [
            {**trained, "target": target, "target_label": label, "is_published": target not in shown_of}
            for target, label in targets
        ],
        "mart_forecast_status": [
            {
                "target": target,
                "target_label": label,
                "sort_order": number,
                "model_label": shown_of.get(target, ("", "Our model"))[1],
                "issued_at": instant,
                "issued_paris": here,
                "age_hours": 1.0,
                "last_run_status": "withheld" if target in shown_of else "published",
            }
            for number, (target, label) in enumerate(targets)
        ],
    }  # fmt: skip


def operations(now: datetime, days: int) -> dict[str, list[Row]]:
    """Return what the house knows of its own work: inputs, syncs, builds, tests, publishes; one input is late."""
    instant, here = now.replace(tzinfo=None), now.astimezone(PARIS).replace(tzinfo=None)
    today = here.date()
    began = {"started_at": instant, "finished_at": instant, "started_paris": here, "date_paris": today}
    return {
        "mart_source_freshness": [
            {
                "input": name,
                "connection_name": connection,
                "raw_rows": 1_000.0,
                "last_extracted_at": instant,
                "last_period_at": instant,
                "last_period_paris": here,
                "period_age_hours": 30.0 if number else 2.0,
                "late_after_hours": None if number == 2 else 24.0,
                "last_success_at": instant,
                "last_sync_status": "succeeded",
                "freshness": ("on time", "late", "not judged")[number],
            }
            for number, (name, connection) in enumerate(INPUTS.items())
        ],
        "mart_completeness_daily": [
            {
                "input": name,
                "connection_name": connection,
                "date_paris": day,
                "expected_periods": 96,
                "received_periods": 90,
                "completeness": 0.94,
                "raw_rows": 90,
                "usual_rows": 96.0,
            }
            for name, connection in INPUTS.items()
            for day in _days(today - timedelta(days=days), today)
        ],
        "fct_source_difference": [
            {
                "measure": "load",
                "data_source": "rte",
                "other_source": "odre",
                "date_paris": day,
                "maturity": "real_time",
                "hours_compared": 24,
                "mean_mw": 50_000.0,
                "mean_difference_mw": 100.0,
                "mean_abs_difference_mw": 200.0,
                "max_abs_difference_mw": 400.0,
                "mean_abs_difference_pct": 0.4,
            }
            for day in _days(today - timedelta(days=days), today)
        ],
        "fct_sync": [
            {**began, "connection_name": name, "duration_seconds": 30.0, "status": "succeeded", "records": 9_000,
             "is_last": True}
            for name in sorted(set(INPUTS.values()))
        ],
        "fct_build": [
            {**began, "duration_seconds": 60.0, "status": "success", "invocation_id": "1", "models": len(MODELS),
             "tests": 2, "warnings": 0, "failures": 1, "skipped": 0}
        ],
        "fct_model_run": [
            {"invocation_id": "1", "unique_id": f"model.hexawatt.{name}", "resource_type": "model",
             "resource_name": name, "built_at": instant, "built_paris": here, "date_paris": today,
             "status": "success", "execution_seconds": 2.0}
            for name in MODELS
        ],
        "mart_test_result": [
            {"test_id": status, "test_name": f"{status}_test", "test_kind": "not_null", "tested_model": "fct_load",
             "tested_column": "load_mw", "severity": "error", "status": status, "failures": failures,
             "execution_seconds": 0.1, "ran_at": instant, "last_passed_at": instant}
            for status, failures in (("pass", 0), ("fail", 3))
        ],
        "fct_publish": [
            {"published_at": instant, "published_paris": here, "date_paris": today, "action": "publish",
             "version_name": "1", "size_mb": 200.0, "duration_seconds": 0.2}
        ],
    }  # fmt: skip


def write(file: Path, tables: dict[str, list[Row]]) -> None:
    """Write a new DuckDB file with a table for every dataset of the bundle, filled with the rows that are given.

    Columns and their types are the dataset's, as dbt promises them; those of no row are NULL. Marts that no dataset
    reads are left out.
    """
    with duckdb.connect(str(file)) as connection:
        connection.execute("CREATE SCHEMA marts")
        for _, dataset in read_bundle().of("datasets"):
            name = dataset["table_name"]
            stored = [column for column in dataset["columns"] if not column.get("expression")]
            columns = ", ".join(f'"{column["column_name"]}" {column["type"]}' for column in stored)
            connection.execute(f"CREATE TABLE marts.{name} ({columns})")
            if rows := tables.get(name):
                connection.register("given", pd.DataFrame(rows))
                connection.execute(f"INSERT INTO marts.{name} BY NAME SELECT * FROM given")


def periods(first: date, last: date, minutes: int) -> Iterator[tuple[datetime, datetime]]:
    """Yield start and end (UTC) of each period of the Paris days ``first`` to ``last``, both included."""
    start = datetime.combine(first, time(), PARIS).astimezone(UTC)
    stop = datetime.combine(last + timedelta(days=1), time(), PARIS).astimezone(UTC)
    while start < stop:
        yield start, start + timedelta(minutes=minutes)
        start += timedelta(minutes=minutes)


def shown(start: datetime, end: datetime) -> Row:
    """Return the four time columns of a fact for a period between two UTC instants."""
    local = start.astimezone(PARIS).replace(tzinfo=None)
    return {
        "period_start_at": start.replace(tzinfo=None),
        "period_end_at": end.replace(tzinfo=None),
        "period_start_paris": local,
        "date_paris": local.date(),
    }


def daily(instant: datetime, peak_hour: float) -> float:
    """Return a wave of one day, 1 at ``peak_hour`` (Paris) and -1 twelve hours later."""
    local = instant.astimezone(PARIS)
    return math.cos((local.hour + local.minute / 60 - peak_hour) / 24 * 2 * math.pi)


def temperature(instant: datetime) -> float:
    """Return degrees Celsius: a year's wave, a slow drift of the weather, a day's wave."""
    day = instant.timetuple().tm_yday
    return 12 - 8 * math.cos((day - 20) / 365 * 2 * math.pi) + 3 * math.sin(day / 4) + 4 * daily(instant, 15)


def load(instant: datetime) -> float:
    """Return MW: a day's two peaks, and 2,000 MW a degree below 15 °C."""
    heating = 2_000 * max(15 - temperature(instant), 0)
    return 46_000 + 4_000 * daily(instant, 13) + 2_500 * math.cos(2 * math.acos(daily(instant, 8))) + heating


def generation(code: str, instant: datetime) -> float:
    """Return MW of one production type."""
    _, mean, swing = GENERATION[code]
    wave = max(daily(instant, 13), 0.0) if code == "solar" else daily(instant, 19)
    return mean + swing * wave


def net_export(instant: datetime) -> float:
    """Return MW over all borders."""
    return sum(mean + 900 * daily(instant, 4) for _, mean in BORDERS.values())


def price(instant: datetime) -> float:
    """Return EUR/MWh, below zero at noon."""
    return 55 + 25 * daily(instant, 19) - 60 * max(daily(instant, 13), 0.0) ** 3


def _residual(start: datetime, *, realised: bool) -> Row:
    """Return load less wind and solar; what isn't realised yet is known as forecast only."""
    load_mw, wind = load(start), generation("wind_onshore", start) + generation("wind_offshore", start)
    solar = generation("solar", start)
    actual = {"load_mw": load_mw, "wind_mw": wind, "solar_mw": solar, "residual_load_mw": load_mw - wind - solar}
    forecast = {
        "load_day_ahead_mw": load_mw - 600,
        "wind_day_ahead_mw": wind * 0.93,
        "solar_day_ahead_mw": solar * 0.93,
        "residual_load_day_ahead_mw": load_mw - 600 - (wind + solar) * 0.93,
    }
    return forecast | (actual if realised else dict.fromkeys(actual))


def _type(code: str) -> Row:
    return {"production_type": code, "production_type_label": GENERATION[code][0]}


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


def _day(day: date, today: date) -> Row:
    hours = [start for start, _ in periods(day, day, 60)]
    mean: Callable[[Callable[[datetime], float]], float] = lambda of: sum(map(of, hours)) / len(hours)  # noqa: E731
    loads = [load(hour) for hour in hours]
    families = ("nuclear", "hydro", "wind", "solar", "fossil", "bioenergy")
    return {
        **shown(hours[0], hours[-1] + timedelta(hours=1)),
        "load_gwh": sum(loads) / 1_000,
        "load_mean_mw": mean(load),
        "load_min_mw": min(loads),
        "load_max_mw": max(loads),
        "load_completeness": 0.5 if day == today else 1.0,
        **{f"{series}_completeness": 1.0 for series in ("generation", "net_export", "price", "temperature")},
        **{f"{family}_gwh": 100.0 for family in families},
        "net_export_gwh": 150.0,
        "price_mean_eur_per_mwh": mean(price),
        "price_min_eur_per_mwh": min(map(price, hours)),
        "price_max_eur_per_mwh": max(map(price, hours)),
        "negative_price_hours": sum(price(hour) < 0 for hour in hours),
        "temperature_mean_celsius": mean(temperature),
        "temperature_min_celsius": min(map(temperature, hours)),
        "temperature_max_celsius": max(map(temperature, hours)),
    }


if __name__ == "__main__":
    build(Path(sys.argv[1]), datetime.now(UTC), days=int(sys.argv[2]) if sys.argv[2:] else 13, history_days=365)
