"""A small served file with the marts' columns and plausible made-up numbers, for the tests and for looking at charts.

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

PARIS = ZoneInfo("Europe/Paris")
Row = dict[str, Any]

REGIONS = (
    "Auvergne-Rhône-Alpes Bourgogne-Franche-Comté Bretagne Centre-Val_de_Loire Corse Grand_Est Hauts-de-France "
    "Île-de-France Normandie Nouvelle-Aquitaine Occitanie Pays_de_la_Loire Provence-Alpes-Côte_d’Azur"
)
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
                "region_code": f"{number:02d}",
                "region_name": name.replace("_", " "),
                "temperature_celsius": temperature(start) + number / 2 - 3,
                "wind_speed_10m_m_per_s": 4.0,
                "wind_speed_100m_m_per_s": 7 + 3 * daily(start, number),
                "irradiance_w_per_m2": 400 * max(daily(start, 13), 0.0),
                "cloud_cover_pct": 60.0,
                "precipitation_mm": 0.1,
                "snowfall_cm": 0.0,
                "is_forecast": end > now,
            }
            for number, name in enumerate(REGIONS.split())
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
    }
    write(file, tables)


def write(file: Path, tables: dict[str, list[Row]]) -> None:
    """Write each list of rows as a table of schema marts in a new DuckDB file."""
    with duckdb.connect(str(file)) as connection:
        connection.execute("CREATE SCHEMA marts")
        for name, rows in tables.items():
            connection.register("given", pd.DataFrame(rows))
            connection.execute(f"CREATE TABLE marts.{name} AS SELECT * FROM given")
            if "date_paris" in rows[0]:
                connection.execute(f"ALTER TABLE marts.{name} ALTER date_paris TYPE DATE")


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
