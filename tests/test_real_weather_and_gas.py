"""Real temperatures, gas stocks and loads through the models, against figures worked out from the files in Python."""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from statistics import fmean, linear_regression
from zoneinfo import ZoneInfo

import extracts_gas_and_temperature as extracts
import pytest
from questions import seed
from real_warehouse import RealWarehouse
from recorded import REAL, require_real_data

PARIS = ZoneInfo("Europe/Paris")
LOADS = [REAL / "entsoe" / f"total-load_fr_{year}.csv.gz" for year in range(2021, 2025)]
# National means of the months, °C, and gas in store on the first of each month, TWh, as measured when the extracts were
# taken (Teréga's September 2023 had not been published).
MONTHS = (5.2, 7.3, 9.0, 11.6, 15.1, 19.5, 21.2, 21.2, 17.9, 14.0, 8.8, 6.5)
STOCKS = {
    2021: (90, 54, 30, 27, 30, 48, 64, 84, 108, 119, 122, 97),
    2022: (75, 44, 28, 30, 44, 69, 83, 105, 122, 129, 133, 129),
    2023: (113, 85, 54, 37, 50, 69, 82, 103, None),
}
# GW per °C and GW at 0 °C of workdays below 15 °C, and what the 20 days around Christmas leave open
WINTERS = {"winter 2021-22": (-2.40, 81.7), "winter 2022-23": (-2.08, 75.0), "winter 2023-24": (-1.91, 74.5)}
HOLIDAYS_2024 = {(1, 1), (4, 1), (5, 1), (5, 8), (5, 9), (5, 20), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)}


@cache
def temperatures() -> dict[date, float]:
    """Mean temperature of mainland France by day."""
    people = {row["region_code"]: int(row["population"]) for row in seed("regions") if row["is_mainland"] == "true"}
    found: dict[date, dict[str, float]] = defaultdict(dict)
    with gzip.open(extracts.TEMPERATURE, "rt", encoding="utf-8-sig") as file:
        for row in csv.DictReader(file, delimiter=";"):
            if row["Code INSEE région"] in people:
                found[date.fromisoformat(row["Date"])][row["Code INSEE région"]] = float(row["TMoy (°C)"])
    return {
        day: sum(people[region] * mean for region, mean in regions.items()) / sum(people[region] for region in regions)
        for day, regions in found.items()
    }


@cache
def stocks() -> dict[date, dict[str, float]]:
    """Gas in store at the end of each day by storage group, GWh."""
    found: dict[date, dict[str, float]] = defaultdict(dict)
    with gzip.open(extracts.GAS, "rt", encoding="utf-8-sig") as file:
        for row in csv.DictReader(file, delimiter=";"):
            found[date.fromisoformat(row["date"])][row["pits"]] = float(row["stock_fin_de_journee"])
    return found


def loads() -> Iterator[tuple[datetime, float]]:
    """Hour (UTC) and load of France, MW."""
    for path in LOADS:
        with gzip.open(path, "rt") as file:
            for hour, _, load in list(csv.reader(file))[1:]:
                if load not in ("N/A", "-", ""):
                    yield datetime.strptime(hour[:16], "%d.%m.%Y %H:%M").replace(tzinfo=UTC), float(load)


@pytest.fixture(scope="module")
def thermal(tmp_path_factory: pytest.TempPathFactory) -> RealWarehouse:
    """ODRÉ's temperatures, and ENTSO-E's hourly load of France in the place of RTE's quarters."""
    require_real_data()
    warehouse = RealWarehouse(tmp_path_factory.mktemp("thermal"))
    extracts.load(warehouse)
    files = ", ".join(f"'{path}'" for path in LOADS)
    label = "strftime(timezone('Europe/Paris', {}), '%Y-%m-%dT%H:%M:%S')"
    warehouse.upsert(
        "raw_rte.consumption_short_term",
        ["type", "start_date", "start_date_local"],
        f"""with hours as (
            select timezone('UTC', strptime(left("Time (UTC)", 16), '%d.%m.%Y %H:%M')) as hour,
                try_cast("Actual Total Load [MW] - BZN|FR" as double) as value
            from read_csv([{files}], header=true, all_varchar=true)
        ),
        quarters as (
            select hour + to_minutes(15 * n) as start_date, hour + to_minutes(15 * n + 15) as end_date, value
            from hours cross join range(4) as quarters(n) where value is not null
        )
        select 'REALISED' as type, *, {label.format("start_date")} as start_date_local,
            {label.format("end_date")} as end_date_local
        from quarters""",
    )
    warehouse.run("+mart_thermosensitivity")
    return warehouse


def test_national_temperature_is_the_mean_of_mainland_people(real_warehouse: RealWarehouse) -> None:
    query = """select date_paris, temperature_mean_celsius, completeness from marts.fct_temperature_national
        where temperature_source = 'odre'"""
    found = {day: mean for day, mean, completeness in real_warehouse.rows(query) if completeness == pytest.approx(1)}
    assert found == pytest.approx(temperatures())
    by_month = [fmean(mean for day, mean in found.items() if day.month == month) for month in range(1, 13)]
    assert by_month == pytest.approx(MONTHS, abs=0.06)


def test_degree_days_count_below_15_and_above_22(real_warehouse: RealWarehouse) -> None:
    query = """select degree_day_kind, sum(degree_days_celsius) from marts.fct_degree_day
        where temperature_source = 'odre' and extract(year from date_paris) = 2022 group by 1"""
    found = dict(real_warehouse.rows(query))
    year = [mean for day, mean in temperatures().items() if day.year == 2022]
    assert found["heating_15"] == pytest.approx(sum(max(0, 15 - mean) for mean in year))
    assert found["cooling_22"] == pytest.approx(sum(max(0, mean - 22) for mean in year))
    assert found["heating_eurostat"] == pytest.approx(sum(18 - mean for mean in year if mean <= 15))


def test_gas_in_store_is_what_the_file_says(real_warehouse: RealWarehouse) -> None:
    query = "select date_paris, storage_name, stock_gwh from marts.fct_gas_storage"
    found = {(day, name): stock for day, name, stock in real_warehouse.rows(query)}
    wanted = {(day, pits): stock for day, known in stocks().items() for pits, stock in known.items()}
    assert found == pytest.approx(wanted)


def test_total_of_the_first_of_each_month_and_none_without_both_operators(real_warehouse: RealWarehouse) -> None:
    query = """select extract(year from date_paris), round(stock_gwh / 1000) from marts.mart_gas_daily
        where extract(day from date_paris) = 1 and extract(year from date_paris) >= 2021 order by date_paris"""
    found: dict[int, list[float | None]] = defaultdict(list)
    for year, stock in real_warehouse.rows(query):
        found[year].append(stock)
    assert found == {year: list(values) for year, values in STOCKS.items()}


def test_injections_and_withdrawals_are_the_changes_of_the_storages(real_warehouse: RealWarehouse) -> None:
    query = "select date_paris, injection_gwh, withdrawal_gwh from marts.mart_gas_daily where injection_gwh is not null"
    found = {day: flows for day, *flows in real_warehouse.rows(query)}
    for day in (date(2022, 7, 14), date(2022, 12, 12), date(2023, 4, 9)):
        before, after = stocks()[day - timedelta(days=1)], stocks()[day]
        changes = [after[pits] - before[pits] for pits in after]
        gains, losses = (sum(max(0, sign * change) for change in changes) for sign in (1, -1))
        assert found[day] == pytest.approx([gains, losses])
    whole = [day for day, known in stocks().items() if len(known) == 6]
    assert len(found) == sum(len(stocks().get(day - timedelta(days=1), {})) == 6 for day in whole)


def test_thermosensitivity_of_the_winters(thermal: RealWarehouse) -> None:
    """The regression worked out from the files, and near what was measured with somewhat other days left out."""
    query = """select season_label, slope_gw_per_celsius, load_at_0_celsius_gw, sampled_days
        from marts.mart_thermosensitivity
        where season_kind = 'winter' and temperature_source = 'odre' and hour_label = 'all'"""
    found = {season: row for season, *row in thermal.rows(query)}
    days: dict[date, list[float]] = defaultdict(list)
    for hour, load in loads():
        days[hour.astimezone(PARIS).date()].append(load / 1000)
    for season, measured in WINTERS.items():
        first = int(season.split()[1][:4])
        points = [
            (temperatures()[day], fmean(hours))
            for day, hours in days.items()
            if date(first, 11, 1) <= day <= date(first + 1, 3, 31)
            and not date(first, 12, 20) <= day <= date(first + 1, 1, 5)
            and day.isoweekday() <= 5
            and (day.month, day.day) not in {(11, 1), (11, 11)}
            and len(hours) == 24
            and temperatures().get(day, 15) < 15
        ]
        slope, at_zero = linear_regression(*zip(*points, strict=True))
        assert found[season] == pytest.approx([slope, at_zero, len(points)], rel=1e-6), season
        assert found[season][:2] == pytest.approx(measured, rel=0.04), season


def test_thermosensitivity_by_hour_and_in_summer(thermal: RealWarehouse) -> None:
    """Least at night, most at 18 h; above 20 °C load rises with heat."""
    query = """select hour_label, avg(slope_gw_per_celsius) from marts.mart_thermosensitivity
        where season_label in ('winter 2021-22', 'winter 2022-23', 'winter 2023-24') group by 1"""
    slopes = dict(thermal.rows(query))
    assert fmean(slopes[hour] for hour in ("00", "01", "02", "03")) == pytest.approx(-1.9, abs=0.15)
    assert slopes["18"] == pytest.approx(-2.35, abs=0.15)
    assert slopes["18"] == min(slopes.values())
    query = """select slope_gw_per_celsius from marts.mart_thermosensitivity
        where season_kind = 'summer' and hour_label = 'all' and season_label >= 'summer 2022'"""
    assert all(0.35 < slope < 0.7 for (slope,) in thermal.rows(query))


def test_holidays_and_bridges_of_2024(thermal: RealWarehouse) -> None:
    query = """select month_number, extract(day from date_paris), is_public_holiday, is_bridge_day
        from marts.dim_calendar where calendar_year = 2024"""
    days = thermal.rows(query)
    assert {(month, day) for month, day, holiday, _ in days if holiday} == HOLIDAYS_2024
    assert {(month, day) for month, day, _, bridge in days if bridge} == {(5, 10), (8, 16)}
