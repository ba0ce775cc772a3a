"""Real extracts of ODRÉ and Open Data Paris, from HTTP to raw tables, against the files as DuckDB itself reads them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pytest
from pipeline import CONNECTORS, ROOT, environment, rows, sync
from recorded import REAL, require_real_data

require_real_data()

NOW = "2026-03-29T13:00:00Z"
ODRE = {
    "eco2mix_national_tr": "2021-12-01",
    "eco2mix_regional_cons_def": "2013-01-01",
    "stock_quotidien_stockages_gaz": "2010-11-01",
    "temperature_quotidienne_regionale": "2016-01-01",
}
SCHOOLS = "etablissements_scolaires_colleges"

NATIONAL = f"read_csv('{REAL}/odre/national-tr_export-labels_2021-12.csv', delim=';', header=true)"
REGIONAL = (
    f"read_csv('{REAL}/odre/regional-cons-def_export-labels_hauts-de-france_2024.csv.gz', delim=';', header=true)"
)
GAS = f"read_csv('{REAL}/odre/stock-quotidien-stockages-gaz_2010-11-01_2023-09-30.csv.gz', delim=';', header=true)"
TEMPERATURES = (
    f"read_csv('{REAL}/odre/temperature-quotidienne-regionale_labels_2016-01-01_2026-02-27.csv.gz', "
    "delim=';', header=true)"
)
COLLEGES = (
    f"read_csv('{REAL}/paris/etablissements-scolaires-colleges_export-labels_2021-05-05.csv', delim=';', header=true)"
)
SPRING_POLL = f"read_json('{REAL}/odre/polls/national-tr_2026-03-29T124653Z.json.gz', format='array')"


@contextmanager
def recorded_portal() -> Iterator[str]:
    """The address of a process that holds the recorded extracts."""
    command = [CONNECTORS / "python", Path(__file__).with_name("recorded_portal.py")]
    path = os.pathsep.join(str(ROOT / room / "tests") for room in ("source-opendatasoft", "connector-kit"))
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment(PYTHONPATH=path), text=True) as portal:
        try:
            assert portal.stdout
            url = portal.stdout.readline().strip()
            assert url, "the portal did not start"
            yield url
        finally:
            portal.terminate()


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The raw tables of all extracts, read twice: the second sync may change nothing."""
    folder = tmp_path_factory.mktemp("portals")
    raw = folder / "raw.duckdb"
    with recorded_portal() as url:
        advanced: dict[str, Any] = {"base_url": url, "calls_per_second": 1000, "stream_start_dates": ODRE}
        odre = {"domain": "odre.opendatasoft.com", "start_date": "2026-03-01", "advanced": advanced}
        paris = {"domain": "opendata.paris.fr", "start_date": "2021-01-01", "advanced": {"base_url": url}}
        for _ in range(2):
            sync("source-opendatasoft", odre, raw, "raw_odre", folder, [*ODRE], HEXAWATT_NOW=NOW)
            sync("source-opendatasoft", paris, raw, "raw_opendata_paris", folder, [SCHOOLS], HEXAWATT_NOW=NOW)
    return raw


def recorded(query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        connection.execute("set TimeZone='UTC'")
        return connection.execute(query).fetchall()


def test_national_load_nuclear_and_wind_of_a_month(raw: Path) -> None:
    expected = recorded(
        f"""select "Date", count(*), sum("Consommation (MW)"), sum("Nucléaire (MW)"), sum("Eolien (MW)"),
                   sum("Taux de CO2 (g/kWh)"), count("Ech. comm. Angleterre (MW)")
            from {NATIONAL} group by 1 order by 1"""
    )
    found = rows(
        raw,
        """select date, count(*), sum(consommation), sum(nucleaire), sum(eolien), sum(taux_co2),
                  count(ech_comm_angleterre)
           from raw_odre.eco2mix_national_tr where date < date '2022-01-01' group by 1 order by 1""",
    )
    assert len(expected) == 31
    assert found == expected


def test_the_spring_day_keeps_the_four_quarter_hours_that_do_not_exist_beside_the_true_ones(raw: Path) -> None:
    instants, seen, load = recorded(
        f"""select count(distinct date_heure::timestamptz), count(*), sum(consommation) from {SPRING_POLL}
            where date_heure::timestamptz >= timestamptz '2026-03-28 23:00:00Z'
              and date_heure::timestamptz < timestamptz '2026-03-29 22:00:00Z'"""
    )[0]
    assert (instants, seen) == (92, 96), "the recording is of the day of 23 hours"
    day = "from raw_odre.eco2mix_national_tr where date = date '2026-03-29'"
    assert rows(raw, f"select count(*), count(distinct heure), sum(consommation) {day}") == [(96, 96, load)]
    twins = f"select date_heure, count(*) {day} group by 1 having count(*) > 1"
    assert len(rows(raw, twins)) == 4


def test_a_year_of_a_region_with_both_clock_changes(raw: Path) -> None:
    expected = recorded(
        f"""select month("Date"), count(*), sum("Consommation (MW)"), sum("Eolien (MW)"), sum("Nucléaire (MW)"),
                   round(sum("TCO Eolien (%)"), 6)
            from {REGIONAL} group by 1 order by 1"""
    )
    found = rows(
        raw,
        """select month(date), count(*), sum(consommation), sum(eolien), sum(nucleaire), round(sum(tco_eolien), 6)
           from raw_odre.eco2mix_regional_cons_def group by 1 order by 1""",
    )
    assert sum(count for _, count, *_ in expected) == 17_568
    assert found == expected


def test_gas_stocks_by_storage(raw: Path) -> None:
    query = (
        "select source, pits, count(*), min(date), max(date), round(sum(stock_fin_de_journee), 3) from {} group by all"
    )
    expected = recorded(f"{query.format(GAS)} order by all")
    assert sum(count for _, _, count, *_ in expected) == 28_272
    assert rows(raw, f"{query.format('raw_odre.stock_quotidien_stockages_gaz')} order by all") == expected


def test_temperatures_by_region_and_the_days_that_were_never_published(raw: Path) -> None:
    expected = recorded(
        f"""select "Code INSEE région"::varchar, count(*), round(sum("TMin (°C)"), 2), round(sum("TMax (°C)"), 2),
                   round(sum("TMoy (°C)"), 2)
            from {TEMPERATURES} group by 1 order by 1"""
    )
    table = "raw_odre.temperature_quotidienne_regionale"
    found = rows(
        raw,
        f"""select code_insee_region, count(*), round(sum(tmin), 2), round(sum(tmax), 2), round(sum(tmoy), 2)
            from {table} group by 1 order by 1""",
    )
    assert found == expected
    missing = """select count(*) from (select unnest(generate_series(date '2016-01-01', date '2026-02-27',
                  interval 1 day))::date as date) where date not in (select distinct {} from {})"""
    assert rows(raw, missing.format("date", table)) == recorded(missing.format('"Date"', TEMPERATURES))


def test_every_school_of_every_year(raw: Path) -> None:
    expected = recorded(
        f"""select "Année scolaire", "Code INSEE"::varchar, count(*), count("Type établissement") from {COLLEGES}
            group by all order by all"""
    )
    found = rows(
        raw,
        f"""select annee_scol, arr_insee, count(*), count(type_etabl) from raw_opendata_paris.{SCHOOLS}
            group by all order by all""",
    )
    assert sum(count for _, _, count, _ in expected) == 457
    assert found == expected
