"""Raw rows made by hand give the marts worked out in Python, however many builds they come in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import expected
import pytest
from engines import Duckdb, build
from forecast_rows import foresee
from pipeline import WITHOUT_TESTS
from raw_rows import AUTUMN, DAY_AFTER, ISSUED, SPRING, first_sync, second_sync

PUBLISHED_DAYS = (AUTUMN, SPRING, DAY_AFTER)
RAW = expected.merged(first_sync(), second_sync())
RTE_CODES = {  # production types are named differently in the mart
    "nuclear": "NUCLEAR",
    "hydro_run_of_river": "HYDRO_RUN_OF_RIVER_AND_POUNDAGE",
    "hydro_reservoir": "HYDRO_WATER_RESERVOIR",
    "hydro_pumped_storage": "HYDRO_PUMPED_STORAGE",
    "wind_onshore": "WIND_ONSHORE",
    "wind_offshore": "WIND_OFFSHORE",
    "solar": "SOLAR",
    "biomass": "BIOMASS",
    "waste": "WASTE",
    "fossil_gas": "FOSSIL_GAS",
    "fossil_oil": "FOSSIL_OIL",
    "fossil_hard_coal": "FOSSIL_HARD_COAL",
}
GRAINS = {
    "dim_region": ("region_code",),
    "dim_production_type": ("production_type",),
    "dim_border": ("border_code",),
    "fct_load": ("load_kind", "period_start_at"),
    "fct_generation": ("production_type", "period_start_at"),
    "fct_generation_forecast": ("production_type", "forecast_kind", "sub_type", "period_start_at"),
    "fct_physical_flow": ("border_code", "period_start_at"),
    "fct_day_ahead_price": ("bidding_zone", "period_start_at"),
    "fct_weather_hourly": ("region_code", "period_start_at"),
    "mart_hourly_energy_weather": ("period_start_at",),
    "mart_daily_energy_weather": ("date_paris",),
    "mart_dataset_info": ("mode",),
    "fct_forecast": ("target", "entity", "model", "forecast_kind", "issued_at", "period_start_at"),
    "mart_forecast_accuracy": ("target", "entity", "model", "forecast_kind", "horizon_hours", "date_paris"),
    "mart_forecast_latest": ("target", "entity", "period_start_at"),
}
SPINE_VALUES = {  # what RTE has not published is a row too, with none of these
    "fct_load": ("load_mw",),
    "fct_generation": ("generation_mw",),
    "fct_physical_flow": ("export_mw", "import_mw"),
}
COMPUTED: dict[str, Callable[[], expected.Table]] = {
    "fct_load": lambda: expected.load(RAW),
    "fct_generation": lambda: expected.generation(RAW),
    "fct_physical_flow": lambda: expected.flow(RAW),
    "fct_day_ahead_price": lambda: {("FR", *key): row for key, row in expected.price(RAW).items()},
    "fct_weather_hourly": lambda: expected.weather(RAW),
    "mart_hourly_energy_weather": lambda: expected.hourly(RAW, PUBLISHED_DAYS),
    "mart_daily_energy_weather": lambda: expected.daily(RAW, PUBLISHED_DAYS),
}


def by_grain(rows: list[dict[str, Any]], mart: str) -> dict[tuple[Any, ...], dict[str, Any]]:
    keyed = {tuple(row[column] for column in GRAINS[mart]): row for row in rows}
    assert len(keyed) == len(rows)
    return keyed


def assert_same(ours: list[dict[str, Any]], theirs: list[dict[str, Any]], mart: str) -> None:
    """Same columns in the same order, same rows; floating sums may differ in the last digits."""
    assert ours
    assert list(ours[0]) == list(theirs[0])
    right = by_grain(theirs, mart)
    left = by_grain(ours, mart)
    assert left.keys() == right.keys()
    for key, row in left.items():
        assert row == approximately(right[key]), key


def approximately(row: dict[str, Any]) -> dict[str, Any]:
    return {name: pytest.approx(value, rel=1e-9) if is_number(value) else value for name, value in row.items()}


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


@pytest.mark.parametrize("mart", COMPUTED)
def test_marts_hold_the_figures_worked_out_by_hand(mart: str, built_twice: Duckdb) -> None:
    found = by_grain(built_twice.rows(f"marts.{mart}"), mart)
    if mart == "fct_generation":
        found = {(RTE_CODES[kind], start): row for (kind, start), row in found.items()}
    wanted = COMPUTED[mart]()
    published = {
        key
        for key, row in found.items()
        if row["date_paris"] in PUBLISHED_DAYS and any(row[value] is not None for value in SPINE_VALUES.get(mart, row))
    }
    assert published == wanted.keys()
    for key, row in wanted.items():
        assert {name: found[key][name] for name in row} == approximately(row), key


def test_every_interval_of_clock_change_days_is_there_once(built_twice: Duckdb) -> None:
    realised = [row for row in built_twice.rows("marts.fct_load") if row["load_kind"] == "realised"]
    days = {day: [row for row in realised if row["date_paris"] == day] for day in (SPRING, AUTUMN)}
    assert {day: len(rows) for day, rows in days.items()} == {SPRING: 92, AUTUMN: 100}
    known = {day: [row for row in rows if row["load_mw"] is not None] for day, rows in days.items()}
    # of 96 labels in spring four never were; of 100 quarters in autumn RTE gives 02:00 to 02:45 once
    assert {day: len(rows) for day, rows in known.items()} == {SPRING: 92, AUTUMN: 96}
    unknown = sorted(row["period_start_paris"] for row in days[AUTUMN] if row["load_mw"] is None)
    assert unknown == [datetime(2025, 10, 26, 2) + n * timedelta(minutes=15) for n in range(4)]
    nuclear = [row for row in built_twice.rows("marts.fct_generation") if row["production_type"] == "nuclear"]
    autumn = [row["period_start_paris"] for row in nuclear if row["date_paris"] == AUTUMN]
    assert len(autumn) == 25
    assert autumn.count(datetime(2025, 10, 26, 2)) == 2


def test_days_without_any_data_are_days_of_the_marts(built_twice: Duckdb) -> None:
    days = {row["date_paris"]: row for row in built_twice.rows("marts.mart_daily_energy_weather")}
    assert sorted(days) == [AUTUMN + timedelta(days=n) for n in range((DAY_AFTER - AUTUMN).days + 1)]
    silent = days[date(2026, 1, 15)]
    assert silent["load_completeness"] == 0
    assert silent["load_gwh"] is None
    hours = [row for row in built_twice.rows("marts.mart_hourly_energy_weather") if row["date_paris"] == AUTUMN]
    assert len(hours) == 25


def test_forecast_of_an_unknown_sector_keeps_its_own_code(built_twice: Duckdb) -> None:
    rows = built_twice.rows("marts.fct_generation_forecast")
    named = {(row["production_type"], row["production_type_label"], row["forecast_kind"]) for row in rows}
    assert ("new_sector", "NEW_SECTOR", "three_days_ahead") in named
    assert ("cpc_aggregate", "CPC (aggregate)", "two_days_ahead") in named
    assert {row["sub_type"] for row in rows} == {"", "DA01"}


def test_two_builds_give_what_one_build_of_everything_gives(built_twice: Duckdb, tmp_path: Path) -> None:
    at_once = Duckdb(tmp_path)
    at_once.insert(first_sync())
    foresee(at_once.raw_file, ISSUED)
    at_once.upsert(second_sync())
    build(at_once, *WITHOUT_TESTS)
    for mart in GRAINS:
        assert_same(at_once.rows(f"marts.{mart}"), built_twice.rows(f"marts.{mart}"), mart)


def test_a_build_touches_only_days_that_changed_and_the_balance_test_sees_the_damage(tmp_path: Path) -> None:
    engine = Duckdb(tmp_path)
    engine.insert(first_sync())
    build(engine, *WITHOUT_TESTS)
    # damage both days by hand; only the day that the second sync revises may be mended
    engine.change_mart("update marts.fct_load set load_mw = 1 where load_kind = 'realised'")
    engine.change_mart("update marts.mart_hourly_energy_weather set load_mw = 1")
    assert engine.dbt("test", "--select", "mart_hourly_energy_weather").returncode == 1
    engine.upsert({k: v for k, v in second_sync().items() if k == "raw_rte.consumption_short_term"})
    build(engine, *WITHOUT_TESTS)
    loads = [row for row in engine.rows("marts.fct_load") if row["load_kind"] == "realised" and row["load_mw"]]
    assert {row["load_mw"] for row in loads if row["date_paris"] == SPRING} == {1}
    assert all(row["load_mw"] > 1 for row in loads if row["date_paris"] in (AUTUMN, DAY_AFTER))


def test_reach_of_the_series_is_told_in_utc_and_on_the_clock_of_paris(built_twice: Duckdb) -> None:
    (info,) = built_twice.rows("marts.mart_dataset_info")
    # the last series of loads ends with the day after the clocks went forward, the others with that day
    assert (info["load_until_at"], info["load_until_paris"]) == (datetime(2026, 3, 30, 22), datetime(2026, 3, 31))
    for series in ("generation", "price", "weather"):
        assert info[f"{series}_until_at"] == datetime(2026, 3, 29, 22)
        assert info[f"{series}_until_paris"] == datetime(2026, 3, 30)


def test_raw_tables_without_rows_build_to_empty_marts(tmp_path: Path) -> None:
    engine = Duckdb(tmp_path)
    build(engine)
    assert engine.rows("marts.fct_load") == engine.rows("marts.mart_daily_energy_weather") == []
    (info,) = engine.rows("marts.mart_dataset_info")
    assert info["load_until_at"] is info["load_until_paris"] is None
    assert info["built_at"] == datetime(2026, 3, 30, 12)


def test_an_unknown_mode_is_refused_in_one_line(tmp_path: Path) -> None:
    engine = Duckdb(tmp_path)
    engine.settings["HEXAWATT_MODE"] = "prod"
    outcome = engine.dbt("parse")
    assert outcome.returncode != 0
    assert "HEXAWATT_MODE is 'prod': set it to demo or live." in outcome.stdout
