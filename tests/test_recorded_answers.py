"""Real answers, from the wire to the marts, against figures computed from the raw JSON by other means."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import fmean
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pipeline import dbt_build, empty_raw, rows, sync
from recorded import (
    FORECAST_DAY,
    RECORDED_CITIES,
    RTE_RECORDINGS,
    recorded_hours,
    recorded_services,
    require_real_data,
    rte_blocks,
)

require_real_data()

PARIS = ZoneInfo("Europe/Paris")
NOW = "2026-09-27T12:00:00Z"
# Ten days of recorded weather around the autumn clock change of 2024.
WEATHER_DAYS = (date(2024, 10, 21), FORECAST_DAY)
WEATHER_NOW = f"{FORECAST_DAY}T23:30:00Z"
LAST_FORECAST_DAY = FORECAST_DAY + timedelta(days=6)

TABLES = {path: path.split("/")[2] for path in RTE_RECORDINGS} | {
    "consumption/v1/short_term": "consumption_short_term",
    "generation_forecast/v3/forecasts": "generation_forecasts",
}
LOAD_KINDS = {
    "REALISED": "realised",
    "ID": "intraday_forecast",
    "D-1": "day_ahead_forecast",
    "D-2": "two_days_ahead_forecast",
}
NEIGHBOURS = {"England": "GB", "Belgium": "BE", "Germany": "DE", "Switzerland": "CH", "Italy": "IT", "Spain": "ES"}

Warehouse = tuple[Path, Path]


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """(raw file, models file) of everything that was recorded."""
    folder = tmp_path_factory.mktemp("recorded")
    raw, models = folder / "raw.duckdb", folder / "models.duckdb"
    empty_raw(raw)
    with recorded_services() as url:
        key = {"client_id": "any", "client_secret": "word"}
        rte = {**key, "start_date": "2016-01-01", "advanced": {"base_url": url, "calls_per_second": 1000}}
        sync("source-rte", rte, raw, "raw_rte", folder, [*TABLES.values()], HEXAWATT_NOW=NOW)
        weather = {"start_date": str(WEATHER_DAYS[0]), "advanced": {"base_url": url, "keep_free_limits": False}}
        streams = ["archive_hourly", "forecast_hourly"]
        sync("source-weather", weather, raw, "raw_weather", folder, streams, HEXAWATT_NOW=WEATHER_NOW)
    dbt_build(raw, models, "live", folder, HEXAWATT_NOW=NOW)
    return raw, models


def intervals(path: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """(block, interval) of a resource, straight from the recorded JSON."""
    return [(block, interval) for block in rte_blocks(path)[1] for interval in block.get("values") or []]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)


def paris_day(text: str) -> date:
    return datetime.fromisoformat(text).astimezone(PARIS).date()


@pytest.mark.parametrize("path", RTE_RECORDINGS)
def test_every_recorded_interval_is_one_raw_row(warehouse: Warehouse, path: str) -> None:
    raw, _ = warehouse
    table = TABLES[path]
    found = rows(raw, f"select count(*), count(value), sum(value) from raw_rte.{table}")[0]
    recorded = [interval["value"] for _, interval in intervals(path)]
    assert found[:2] == (len(recorded), len(recorded))
    assert found[2] == pytest.approx(sum(recorded))


def test_raw_labels_are_those_of_the_source(warehouse: Warehouse) -> None:
    for path, table in TABLES.items():
        labels = sorted(label for (label,) in rows(warehouse[0], f"select start_date_local from raw_rte.{table}"))
        assert labels == sorted(interval["start_date"] for _, interval in intervals(path))


def test_load_by_kind_and_day(warehouse: Warehouse) -> None:
    expected: defaultdict[tuple[str, date], list[float]] = defaultdict(list)
    for block, interval in intervals("consumption/v1/short_term"):
        expected[LOAD_KINDS[block["type"]], paris_day(interval["start_date"])].append(interval["value"])
    query = "select load_kind, date_paris, count(load_mw), avg(load_mw) from marts.fct_load group by all"
    found = {(kind, day): (count, mean) for kind, day, count, mean in rows(warehouse[1], query)}
    assert found == {key: (len(values), pytest.approx(fmean(values))) for key, values in expected.items()}


def test_generation_by_type_and_day_without_the_total(warehouse: Warehouse) -> None:
    expected: defaultdict[tuple[str, date], list[float]] = defaultdict(list)
    for block, interval in intervals("actual_generation/v1/actual_generations_per_production_type"):
        if block["production_type"] != "TOTAL":
            expected[block["production_type"], paris_day(interval["start_date"])].append(interval["value"])
    query = """select rte_code, date_paris, count(generation_mw), avg(generation_mw)
               from marts.fct_generation join marts.dim_production_type using (production_type) group by all"""
    found = {(code, day): (count, mean) for code, day, count, mean in rows(warehouse[1], query)}
    assert found == {key: (len(values), pytest.approx(fmean(values))) for key, values in expected.items()}


def test_the_types_add_up_to_the_total_that_rte_publishes(warehouse: Warehouse) -> None:
    path = "actual_generation/v1/actual_generations_per_production_type"
    totals = {utc(i["start_date"]): i["value"] for block, i in intervals(path) if block["production_type"] == "TOTAL"}
    query = """select period_start_at, sum(generation_mw) from marts.fct_generation
               where generation_mw is not null group by 1"""
    found = dict(rows(warehouse[1], query))
    assert totals.keys() == found.keys()
    # RTE rounds each type to a megawatt.
    assert all(abs(found[hour] - total) <= 12 for hour, total in totals.items())


def test_wind_forecasts(warehouse: Warehouse) -> None:
    expected = {utc(i["start_date"]): i["value"] for _, i in intervals("generation_forecast/v3/forecasts")}
    query = """select period_start_at, forecast_mw from marts.fct_generation_forecast
               where production_type = 'wind_onshore' and forecast_kind = 'day_ahead'"""
    assert dict(rows(warehouse[1], query)) == pytest.approx(expected)


def test_flows_by_border_are_out_less_in(warehouse: Warehouse) -> None:
    expected: defaultdict[tuple[str, datetime], float] = defaultdict(float)
    for block, interval in intervals("physical_flow/v1/physical_flows"):
        exports = block["sender_country_name"] == "France"
        neighbour = block["receiver_country_name" if exports else "sender_country_name"]
        signed = interval["value"] if exports else -interval["value"]
        expected[NEIGHBOURS[neighbour], utc(interval["start_date"])] += signed
    query = """select border_code, period_start_at, net_export_mw from marts.fct_physical_flow
               where net_export_mw is not null"""
    assert {(code, hour): net for code, hour, net in rows(warehouse[1], query)} == pytest.approx(dict(expected))


def test_prices_with_their_negative_quarters(warehouse: Warehouse) -> None:
    recorded = {utc(i["start_date"]): i for _, i in intervals("wholesale_market/v3/france_power_exchanges")}
    query = "select period_start_at, price_eur_per_mwh, volume_mw, resolution_minutes from marts.fct_day_ahead_price"
    found = {start: (price, volume, step) for start, price, volume, step in rows(warehouse[1], query)}
    assert found == {start: (i["price"], i["value"], 15) for start, i in recorded.items()}
    assert any(price < 0 for price, _, _ in found.values())


def test_prices_of_the_day(warehouse: Warehouse) -> None:
    prices = [i["price"] for _, i in intervals("wholesale_market/v3/france_power_exchanges")]
    query = """select price_mean_eur_per_mwh, price_min_eur_per_mwh, price_max_eur_per_mwh, negative_price_hours
               from marts.mart_daily_energy_weather where date_paris = date '2026-09-27'"""
    ((mean, lowest, highest, negative),) = rows(warehouse[1], query)
    assert mean == pytest.approx(fmean(prices))
    assert (lowest, highest) == (min(prices), max(prices))
    assert negative == pytest.approx(sum(price < 0 for price in prices) / 4)


def test_completeness_tells_how_much_of_the_day_was_published(warehouse: Warehouse) -> None:
    realised = [i for block, i in intervals("consumption/v1/short_term") if block["type"] == "REALISED"]
    query = "select load_completeness from marts.mart_daily_energy_weather where date_paris = date '2016-02-01'"
    ((completeness,),) = rows(warehouse[1], query)
    assert completeness == pytest.approx(len(realised) / 96)


def test_weather_of_a_region_is_its_recorded_city_over_the_25_hour_day(warehouse: Warehouse) -> None:
    """Where one city of a region was recorded, the region's weather is that city's: weights count what is there."""
    _, models = warehouse
    city = RECORDED_CITIES[(48.8566, 2.3522)]
    # The archive ends where the forecast goes on, and both are of one recording: no hour is missing, none differs.
    recorded = recorded_hours(city, str(WEATHER_DAYS[0]), str(LAST_FORECAST_DAY))
    expected = {datetime.fromisoformat(hour): temperature for hour, temperature, *_ in recorded}
    query = "select period_start_at, temperature_celsius from marts.fct_weather_hourly where region_code = '11'"
    found = dict(rows(models, query))
    assert found == pytest.approx(expected)
    autumn_day = [hour for hour in found if (hour.replace(tzinfo=UTC).astimezone(PARIS)).date() == date(2024, 10, 27)]
    assert len(autumn_day) == 25


def test_national_temperature_is_weighted_by_people(warehouse: Warehouse) -> None:
    _, models = warehouse
    hour = datetime(2024, 10, 27, 12)
    by_region = dict(
        rows(
            models,
            "select region_code, temperature_celsius from marts.fct_weather_hourly where period_start_at = ?",
            hour,
        )
    )
    people = dict(rows(models, "select region_code, population from marts.dim_region where region_code <> '94'"))
    known = {region: by_region[region] for region in people if by_region.get(region) is not None}
    expected = sum(known[region] * people[region] for region in known) / sum(people[region] for region in known)
    query = "select temperature_celsius from marts.mart_hourly_energy_weather where period_start_at = ?"
    ((found,),) = rows(models, query, hour)
    assert found == pytest.approx(expected)


def test_real_data_are_not_called_simulated(warehouse: Warehouse) -> None:
    ((simulated, notice),) = rows(warehouse[1], "select is_simulated, notice from marts.mart_dataset_info")
    assert simulated is False
    assert "RTE" in notice


def test_instants_in_raw_are_those_of_the_labels(warehouse: Warehouse) -> None:
    query = "select start_date, start_date_local from raw_rte.physical_flows"
    for instant, label in rows(warehouse[0], query):
        assert instant - datetime.fromisoformat(label) == timedelta(0)
