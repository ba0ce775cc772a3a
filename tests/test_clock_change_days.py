"""The days of 23 and 25 hours keep every published interval exactly once, in raw tables and in marts.

What was published is asked of the (simulated) API directly, with other code than the connectors'.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from both_engines import BothEngines
from pipeline import rows
from simulated_days import PARIS, RESOURCES, SimulatedDay


@dataclass(frozen=True)
class Changed:
    """A clock-change day that went through the pipeline."""

    day: date
    hours: int
    raw: Path
    models: Path
    bounds: tuple[datetime, datetime]
    published: dict[str, list[tuple[Any, ...]]]


@pytest.fixture(scope="module", params=["spring", "autumn"])
def changed(
    request: pytest.FixtureRequest, simulated_days: dict[str, SimulatedDay], both_engines: BothEngines
) -> Changed:
    day = simulated_days[request.param]
    return Changed(day.day, day.hours, day.raw, both_engines.models, day.bounds, day.published)


def is_real(label: str) -> bool:
    """Whether the clock on the label exists in Paris at its instant."""
    instant = datetime.fromisoformat(label)
    return instant.astimezone(PARIS).replace(tzinfo=None) == instant.replace(tzinfo=None)


@pytest.mark.parametrize("stream", RESOURCES)
def test_every_published_interval_is_one_raw_row(changed: Changed, stream: str) -> None:
    dimensions = ", ".join(RESOURCES[stream][2])
    stored = rows(changed.raw, f"select {dimensions}, start_date_local from raw_rte.{stream}")
    counted, published = Counter(stored), Counter(changed.published[stream])
    assert published, "nothing was published"
    doubled_by_rte = {key for key, count in published.items() if count > 1}
    # A late label and the next day's right one read the same; they are two intervals, and two rows.
    assert {key: counted[key] for key in published} == dict(published)
    if stream != "generation_forecasts" or changed.hours == 25:
        assert not doubled_by_rte


def test_raw_keys_are_unique(changed: Changed) -> None:
    keys = {stream: ", ".join((*dimensions, "start_date")) for stream, (_, _, dimensions) in RESOURCES.items()}
    keys["consumption_short_term"] += ", start_date_local"
    keys["generation_forecasts"] += ", sub_type"
    for stream, key in keys.items():
        doubles = rows(changed.raw, f"select {key} from raw_rte.{stream} group by all having count(*) > 1")
        assert doubles == [], stream


def test_the_load_of_the_mart_is_each_real_quarter_once(changed: Changed) -> None:
    start, end = changed.bounds
    query = """select period_start_at from marts.fct_load
               where load_kind = 'realised' and load_mw is not null
               and period_start_at >= ? and period_start_at < ? order by 1"""
    found = [instant for (instant,) in rows(changed.models, query, start, end)]
    published = {
        datetime.fromisoformat(label).astimezone(UTC).replace(tzinfo=None)
        for kind, label in changed.published["consumption_short_term"]
        if kind == "REALISED" and is_real(label)
    }
    assert found == sorted(instant for instant in published if start <= instant < end)
    # RTE gives 96 values always: in spring four are of no quarter, in autumn four quarters have no value.
    assert len(found) == {23: 92, 25: 96}[changed.hours]


def test_generation_and_flows_of_the_mart_are_each_published_hour_once(changed: Changed) -> None:
    start, end = changed.bounds
    for table, stream in {
        "fct_generation": "actual_generations_per_production_type",
        "fct_physical_flow": "physical_flows",
    }.items():
        column = {"fct_generation": "generation_mw", "fct_physical_flow": "net_export_mw"}[table]
        query = f"""select period_start_at, count(*) from marts.{table}
                    where {column} is not null and period_start_at >= ? and period_start_at < ? group by 1"""
        found = dict(rows(changed.models, query, start, end))
        published = {
            datetime.fromisoformat(label).astimezone(UTC).replace(tzinfo=None)
            for *_, label in changed.published[stream]
        }
        assert set(found) == {instant for instant in published if start <= instant < end}
        assert changed.hours - 2 <= len(found) <= changed.hours


@pytest.mark.parametrize(
    ("table", "series", "an_hour"),
    [("fct_load", "load_kind", 4), ("fct_generation", "production_type", 1), ("fct_physical_flow", "border_code", 1)],
)
def test_every_interval_of_the_day_has_its_row_published_or_not(
    changed: Changed, table: str, series: str, an_hour: int
) -> None:
    start, end = changed.bounds
    query = f"""select {series}, count(*), count(distinct period_start_at), min(period_start_at), max(period_end_at)
                from marts.{table} where date_paris = ? group by 1"""
    found = rows(changed.models, query, changed.day)
    assert found
    for name, count, distinct, first, last in found:
        intervals = changed.hours * (2 if name == "two_days_ahead_forecast" else an_hour)
        assert (count, distinct, first, last) == (intervals, intervals, start, end), name


def test_wind_forecasts_fall_on_the_hours_of_the_day(changed: Changed) -> None:
    start, end = changed.bounds
    query = """select forecast_kind, count(*), count(distinct period_start_at) from marts.fct_generation_forecast
               where production_type = 'wind_onshore' and period_start_at >= ? and period_start_at < ? group by 1"""
    for kind, count, distinct in rows(changed.models, query, start, end):
        assert count == distinct, kind
        # In spring late labels are put back; in autumn RTE publishes the repeated hour of wind once.
        assert count == {23: 92, 25: 96}[changed.hours], kind


def test_prices_have_92_or_100_quarters(changed: Changed) -> None:
    start, end = changed.bounds
    query = """select count(*), count(distinct period_start_at) from marts.fct_day_ahead_price
               where period_start_at >= ? and period_start_at < ? and bidding_zone = 'FR'"""
    assert rows(changed.models, query, start, end) == [(changed.hours * 4, changed.hours * 4)]


def test_weather_has_23_or_25_hours_in_every_region(changed: Changed) -> None:
    query = "select count(*) from marts.fct_weather_hourly where date_paris = ? group by region_code"
    assert set(rows(changed.models, query, changed.day)) == {(changed.hours,)}


def test_the_day_is_averaged_and_summed_over_its_real_length(changed: Changed) -> None:
    query = "select load_gwh, load_mean_mw, load_completeness from marts.mart_daily_energy_weather where date_paris = ?"
    ((energy, mean, completeness),) = rows(changed.models, query, changed.day)
    start, end = changed.bounds
    loads = rows(
        changed.models,
        """select load_mw from marts.fct_load
           where load_kind = 'realised' and load_mw is not null and period_start_at >= ? and period_start_at < ?""",
        start,
        end,
    )
    assert mean == pytest.approx(sum(load for (load,) in loads) / len(loads))
    assert completeness == pytest.approx(len(loads) / (changed.hours * 4))
    assert energy == pytest.approx(sum(load for (load,) in loads) / 4 / 1000)


def test_eco2mix_keeps_its_96_labels_a_day_in_the_nation_and_each_region(changed: Changed) -> None:
    """In spring four labels that do not exist come under the next hour's instants, in autumn one hour comes once."""
    for table, place in (("eco2mix_national_tr", "perimetre"), ("eco2mix_regional_tr", "code_insee_region")):
        query = f"""select count(*), count(distinct heure), count(distinct date_heure), count(consommation)
                    from raw_odre.{table} where date = ? group by {place}"""
        instants = {23: 92, 25: 96}[changed.hours]
        assert set(rows(changed.raw, query, changed.day)) == {(96, 96, instants, 96)}


def test_energy_charts_has_every_quarter_of_the_day_once(changed: Changed) -> None:
    start, end = (instant.replace(tzinfo=UTC) for instant in changed.bounds)
    for table, series, france in (
        ("public_power", "country, production_type", "country = 'fr'"),
        ("day_ahead_prices", "bidding_zone", "bidding_zone = 'FR'"),
    ):
        query = f"""select count(*), count(distinct start_date) from raw_energy_charts.{table}
                    where start_date >= ? and start_date < ? and {france} group by {series}"""
        assert set(rows(changed.raw, query, start, end)) == {(changed.hours * 4, changed.hours * 4)}, table


def test_air_of_a_station_has_no_hour_twice_and_both_passes_of_the_repeated_one(changed: Changed) -> None:
    start, end = (instant.replace(tzinfo=UTC) for instant in changed.bounds)
    query = """select start_date, start_date_local from raw_airqino.hourly_averages
               where start_date >= ? and start_date < ? and station_name = 'SMART901' order by 1"""
    found = rows(changed.raw, query, start, end)
    assert 0 < len(found) <= changed.hours
    assert len({label for _, label in found}) == len(found)
    assert all(datetime.fromisoformat(label) == instant for instant, label in found)
    assert all(datetime.fromisoformat(label).astimezone(PARIS).isoformat() == label for _, label in found)
