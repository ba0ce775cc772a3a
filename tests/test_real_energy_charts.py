"""Real answers of Energy-Charts through the models, against figures worked out from the files in plain Python."""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from statistics import correlation, fmean
from zoneinfo import ZoneInfo

import pytest
from extracts_energy_charts import (
    COUNTRIES,
    GERMAN_POLLS,
    PRICES,
    QUARTERS_SINCE,
    load_power,
    load_prices,
    poll_of,
)
from real_warehouse import RealWarehouse
from recorded import require_real_data

require_real_data()

PARIS = ZoneInfo("Europe/Paris")
NOT_POWER = ("Load", "Residual load", "Cross border electricity trading", "Renewable share of")
TYPES = {
    "Hydro pumped storage consumption": "hydro_pumped_storage_consumption",
    "Fossil brown coal / lignite": "fossil_lignite",
    "Nuclear": "nuclear",
    "Solar": "solar",
    "Wind onshore": "wind_onshore",
    "Wind offshore": "wind_offshore",
    "Fossil gas": "fossil_gas",
    "Biomass": "biomass",
}
Point = tuple[str, datetime]


def instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)


def paris_day(moment: datetime) -> date:
    return moment.astimezone(PARIS).date()


@cache
def prices() -> dict[datetime, float]:
    with gzip.open(PRICES) as file:
        answer = json.load(file)
    points = zip(answer["unix_seconds"], answer["price"], strict=True)
    return {instant(seconds): price for seconds, price in points if price is not None}


def hours_of_price() -> dict[datetime, float]:
    """Mean price of each hour, of whole hours only."""
    parts = defaultdict(list)
    for moment, price in prices().items():
        parts[moment.replace(minute=0)].append(price)
    # Cents add up to a zero that is a hair below it.
    return {
        hour: round(fmean(found), 6)
        for hour, found in parts.items()
        if len(found) == (1 if hour < QUARTERS_SINCE else 4)
    }


@cache
def power(file: Path) -> dict[Point, float]:
    """(label, instant) -> MW, as it stands in one answer."""
    with gzip.open(file) if file.suffix == ".gz" else file.open("rb") as opened:
        answer = json.load(opened)
    return {
        (series["name"], instant(seconds)): value
        for series in answer["production_types"]
        for seconds, value in zip(answer["unix_seconds"], series["data"], strict=True)
        if value is not None and not series["name"].startswith(NOT_POWER)
    }


def germany() -> dict[Point, float]:
    """Germany's power as known after the last poll: a value stands until another one comes."""
    known: dict[Point, float] = {}
    for time in GERMAN_POLLS:
        known |= power(poll_of(time))
    return known


def german_hours(*labels: str) -> dict[datetime, float]:
    """Mean power of each hour for which all four quarters of all labels are known."""
    parts = defaultdict(list)
    for (label, moment), value in germany().items():
        if label in labels:
            parts[moment.replace(minute=0)].append(value)
    return {hour: sum(values) / 4 for hour, values in parts.items() if len(values) == 4 * len(labels)}


def test_daily_prices_of_eight_years(real_warehouse: RealWarehouse) -> None:
    """Hours until September 2025, quarters since; days of 23 and 25 hours in both."""
    by_day = defaultdict(list)
    for moment, price in prices().items():
        by_day[paris_day(moment)].append((moment, price, 1 if moment < QUARTERS_SINCE else 0.25))
    expected = {}
    for day, parts in by_day.items():
        hours = (
            datetime.combine(day + timedelta(days=1), datetime.min.time(), PARIS).astimezone(UTC)
            - datetime.combine(day, datetime.min.time(), PARIS).astimezone(UTC)
        ) / timedelta(hours=1)
        whole = sum(weight for *_, weight in parts) == hours
        peak = [price for moment, price, _ in parts if 8 <= moment.astimezone(PARIS).hour < 20]
        expected[day] = (
            fmean(price for _, price, _ in parts) if whole else None,
            fmean(peak) if whole else None,
            min(price for _, price, _ in parts),
            max(price for _, price, _ in parts),
            sum(weight for _, price, weight in parts if price < 0) if whole else None,
            sum(weight for *_, weight in parts),
        )
    query = """select date_paris, price_base_eur_per_mwh, price_peak_eur_per_mwh, price_min_eur_per_mwh,
               price_max_eur_per_mwh, negative_hours, hours from marts.mart_price_daily where bidding_zone = 'DE-LU'"""
    found = {day: values for day, *values in real_warehouse.rows(query)}
    assert found.keys() == expected.keys()
    assert len(found) > 2_700
    for day, values in expected.items():
        assert found[day] == pytest.approx(list(values)), day
    assert {found[date(2025, 3, 30)][-1], found[date(2024, 10, 27)][-1], found[date(2025, 10, 26)][-1]} == {23, 25}


def test_negative_hours_of_each_year_are_the_same_measure(real_warehouse: RealWarehouse) -> None:
    expected: defaultdict[int, int] = defaultdict(int)
    for hour, price in hours_of_price().items():
        expected[paris_day(hour).year] += price < 0
    query = """select extract(year from date_paris), sum(negative_whole_hours) from marts.mart_price_daily
               where bidding_zone = 'DE-LU' group by 1"""
    assert dict(real_warehouse.rows(query)) == expected
    # As counted elsewhere for the German zone.
    assert (expected[2019], expected[2023], expected[2024]) == (211, 301, 457)


def test_hourly_prices_go_on_through_the_change_to_quarters(real_warehouse: RealWarehouse) -> None:
    query = "select period_start_at, price_eur_per_mwh from marts.mart_price_hourly where bidding_zone = 'DE-LU'"
    found = dict(real_warehouse.rows(query))
    expected = {naive(hour): price for hour, price in hours_of_price().items()}
    assert found == pytest.approx(expected)
    around = sorted(hour for hour in found if datetime(2025, 9, 30) <= hour < datetime(2025, 10, 2))
    assert {after - before for before, after in pairwise(around)} == {timedelta(hours=1)}


def test_no_real_value_is_rejected(real_warehouse: RealWarehouse) -> None:
    assert real_warehouse.rows("select * from marts.fct_energy_charts_reject") == []


def test_every_label_has_a_type(real_warehouse: RealWarehouse) -> None:
    query = """select distinct production_type from marts.fct_public_power
               where production_type not in (select production_type from seeds.energy_charts_types)"""
    assert real_warehouse.rows(query) == []


@pytest.mark.parametrize("country", COUNTRIES)
def test_power_of_a_country_adds_up_without_load_trade_and_shares(real_warehouse: RealWarehouse, country: str) -> None:
    expected: defaultdict[datetime, float] = defaultdict(float)
    for (_, moment), value in power(poll_of("1058", country, "24h")).items():
        expected[naive(moment)] += value
    query = "select period_start_at, sum(power_mw) from marts.fct_public_power where country = ? group by 1"
    assert dict(real_warehouse.rows(query, country)) == pytest.approx(dict(expected))


def whole_days() -> Iterator[date]:
    for number in range(14, 20):
        yield date(2026, 3, number)


def test_german_energy_by_type_and_day(real_warehouse: RealWarehouse) -> None:
    expected: defaultdict[tuple[str, date], list[float]] = defaultdict(list)
    for (label, moment), value in germany().items():
        if label in TYPES and not label.endswith("consumption"):
            expected[TYPES[label], paris_day(moment)].append(value / 4)
    query = """select production_type, date_paris, energy_gwh from marts.mart_production_trend_daily
               where country = 'de'"""
    found = {(kind, day): energy for kind, day, energy in real_warehouse.rows(query)}
    for (kind, day), parts in expected.items():
        energy = sum(parts) / 1000 if len(parts) == 96 else None
        assert found[kind, day] == (None if energy is None else pytest.approx(energy)), (kind, day)
    assert all(found["solar", day] is not None for day in whole_days())


def test_german_price_moves_against_the_wind(real_warehouse: RealWarehouse) -> None:
    wind = german_hours("Wind onshore", "Wind offshore")
    by_day = defaultdict(list)
    for hour, price in hours_of_price().items():
        if hour in wind:
            by_day[paris_day(hour)].append((price, wind[hour]))
    expected = {day: correlation(*zip(*pairs, strict=True)) for day, pairs in by_day.items() if len(pairs) >= 20}
    query = """select date_paris, price_wind_correlation from marts.mart_price_analysis_daily
               where area_code = 'DE' and price_wind_correlation is not null"""
    assert dict(real_warehouse.rows(query)) == pytest.approx(expected)
    assert len(expected) >= 6


@pytest.fixture(scope="module")
def polled(tmp_path_factory: pytest.TempPathFactory) -> RealWarehouse:
    """Germany's week, built after each of the polls."""
    warehouse = RealWarehouse(tmp_path_factory.mktemp("polled"))
    load_prices(warehouse)
    wanted = ("+mart_production_trend_daily", "+mart_price_analysis_daily")
    for time in GERMAN_POLLS:
        load_power(warehouse, poll_of(time), "de", time)
        warehouse.run(*wanted)
    return warehouse


def test_each_late_change_is_applied_once_and_logged(polled: RealWarehouse) -> None:
    """What the incremental builds left is what the last values say; the log has each change of a value, once."""
    query = """select production_type, period_start_at, power_mw from marts.fct_public_power
               where production_type in (select unnest(?))"""
    found = {(kind, start): value for kind, start, value in polled.rows(query, list(TYPES.values()))}
    expected = {(TYPES[label], naive(moment)): value for (label, moment), value in germany().items() if label in TYPES}
    assert found == pytest.approx(expected)

    changes: defaultdict[tuple[str, datetime], list[tuple[float, float]]] = defaultdict(list)
    known: dict[Point, float] = {}
    for time in GERMAN_POLLS:
        for (label, moment), value in power(poll_of(time)).items():
            old = known.get((label, moment))
            if old is not None and old != value and label in TYPES:
                changes[f"de {TYPES[label]}", naive(moment)].append((old, value))
        known |= power(poll_of(time))
    query = """select entity, period_start_at, old_value, new_value from marts.fct_revision
               where mart = 'fct_public_power' and entity in (select 'de ' || unnest(?)) order by logged_at, seen_at"""
    logged: defaultdict[tuple[str, datetime], list[tuple[float, float]]] = defaultdict(list)
    for entity, start, old, new in polled.rows(query, list(TYPES.values())):
        logged[entity, start].append((old, new))
    assert logged == changes
    assert len(changes) > 10


def test_built_step_by_step_or_at_once_is_the_same(polled: RealWarehouse, real_warehouse: RealWarehouse) -> None:
    for query in (
        "select * exclude (read_at) from marts.fct_public_power where country = 'de' order by all",
        "select * from marts.mart_production_trend_daily where country = 'de' order by all",
        "select * from marts.mart_price_analysis_daily where area_code = 'DE' order by all",
    ):
        once, steps = real_warehouse.rows(query), polled.rows(query)
        assert len(once) == len(steps) > 0
        for one, other in zip(once, steps, strict=True):
            assert [pytest.approx(v) if isinstance(v, float) else v for v in one] == list(other)
