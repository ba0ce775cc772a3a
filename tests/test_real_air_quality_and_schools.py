"""AirQino's and Paris's real data, one recording after the other: results and changes, against the files themselves."""

from __future__ import annotations

import gzip
import json
import subprocess
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import groupby, pairwise
from pathlib import Path
from statistics import fmean
from typing import Any

import duckdb
import pytest
from pipeline import CONNECTORS
from real_warehouse import RealWarehouse
from recorded import REAL, require_real_data

require_real_data()

HOUR = timedelta(hours=1)
SMART188, SMART189 = 283164601, 283181971
NAMES = {SMART188: "SMART188", SMART189: "SMART189"}
COLUMNS = {"PM2.5": "pm2_5", "PM10": "pm10", "NO2": "no2", "O3": "o3", "CO": "co"}
GASES = {"no2", "o3", "co"}
# When the recordings were made, to the hour that was running then, and of which stations.
RECORDINGS = {
    "data-only_fetched-2023-12-06": (datetime(2023, 12, 6, 16, 30, tzinfo=UTC), (SMART188, SMART189)),
    "data-only_fetched-2023-12-10": (datetime(2023, 12, 10, 0, 30, tzinfo=UTC), (SMART188, SMART189)),
    "fetched-2024-09-09": (datetime(2024, 9, 9, 10, 30, tzinfo=UTC), (SMART188,)),
}
SCHOOLS = REAL / "paris" / "etablissements-scolaires-colleges_export-labels_2021-05-05.csv"
NEWEST_EDITION = "2021-2022"
MODELS = ("+mart_air_quality_year", "+fct_school_change", "+mart_school_count", "fct_revision")

# The connector's own reading of an answer, in its environment: one record a line.
READ = """
import gzip, json, sys
from datetime import UTC, datetime, timedelta
from source_airqino.labels import Labels
from source_airqino.records import Span, hourly_records
from source_airqino.station import Station
station = Station(int(sys.argv[2]), sys.argv[3], 5.34, -3.98, "Africa/Abidjan")
answer = json.load(gzip.open(sys.argv[1]))
rows = answer["data"] if isinstance(answer, dict) else answer
asked_at = datetime.fromisoformat(sys.argv[4])
span = Span(datetime(2020, 1, 1, tzinfo=UTC), asked_at + timedelta(days=1))
for record in hourly_records(station, rows, Labels("utc", station.zone), span, asked_at):
    print(json.dumps(record))
"""


def recording(name: str, station: int) -> Path:
    return REAL / "airqino" / f"v3_getStationHourlyAvg_{station}_{name}.json.gz"


@cache
def answer(name: str, station: int) -> dict[datetime, dict[str, float]]:
    """Published concentrations of a recording by hour."""
    read = json.loads(gzip.decompress(recording(name, station).read_bytes()))
    rows = read["data"] if isinstance(read, dict) else read
    return {
        datetime.fromisoformat(row["timestamp"]): {
            COLUMNS[key]: row[key] for key in COLUMNS if row.get(key) is not None
        }
        for row in rows
    }


def rejections(name: str, station: int) -> dict[tuple[datetime, str], str]:
    """Why a value of a recording can't be believed, by the rules of docs/sources/airqino.md."""
    asked_at = RECORDINGS[name][0].replace(tzinfo=None)
    found = {}
    hours = answer(name, station)
    for pollutant in COLUMNS.values():
        series = [(hour, values[pollutant]) for hour, values in sorted(hours.items()) if pollutant in values]
        # runs of one value in hours that follow each other
        for _, run in groupby(enumerate(series), key=lambda item: (item[1][1], item[1][0] - item[0] * HOUR)):
            same = [one for _, one in run]
            if len(same) >= 6 and not (pollutant in GASES and same[0][1] == 0):
                found.update({(hour, pollutant): "stuck" for hour, _ in same})
        found.update({(hour, pollutant): "negative" for hour, value in series if value < 0})
        found.update({(hour, pollutant): "partial" for hour, _ in series if hour + HOUR > asked_at})
    return found


@cache
def believed(station: int) -> dict[str, dict[datetime, float | None]]:
    """What stands in the end: of each hour the value that was read last, None where it is not believed."""
    result: dict[str, dict[datetime, float | None]] = {pollutant: {} for pollutant in COLUMNS.values()}
    for name, (_, stations) in RECORDINGS.items():
        if station in stations:
            rejected = rejections(name, station)
            for hour, values in answer(name, station).items():
                for pollutant, value in values.items():
                    result[pollutant][hour] = None if (hour, pollutant) in rejected else value
    return result


def read_answers(warehouse: RealWarehouse, name: str) -> None:
    asked_at, stations = RECORDINGS[name]
    for station in stations:
        arguments = [str(recording(name, station)), str(station), NAMES[station], asked_at.isoformat()]
        read = subprocess.run([CONNECTORS / "python", "-c", READ, *arguments], capture_output=True, text=True)
        assert read.returncode == 0, read.stderr
        lines = warehouse.raw.parent / "records.json"
        lines.write_text(read.stdout)
        columns = "start_date: 'timestamptz', station_id: 'bigint', other: 'varchar', flags: 'varchar', " + ", ".join(
            f"{column}: 'double'" for column in ("pm2_5", "pm10", "no2", "o3", "co", "co2", "voc", "t", "rh", "t_int")
        )
        texts = "station_name: 'varchar', start_date_local: 'varchar', source_timestamp: 'varchar'"
        warehouse.upsert(
            "raw_airqino.hourly_averages",
            ["station_id", "start_date"],
            f"select * from read_json('{lines}', format='newline_delimited', columns={{{columns}, {texts}}})",
            asked_at,
        )


def load_stations(warehouse: RealWarehouse) -> None:
    listed = " union all ".join(
        f"select {station} as station_id, '{name}' as station_name, 'Abidjan' as place, 5.34 as latitude,"
        f" -3.98 as longitude, 'Africa/Abidjan' as time_zone"
        for station, name in NAMES.items()
    )
    warehouse.upsert("raw_airqino.stations", ["station_id"], listed)


def schools(where: str = "true", address: str = '"Adresse"') -> str:
    return f"""select "Type d'établissement - Année scolaire" as id_projet, "Libellé établissement" as libelle,
        {address} as adresse, "Arrondissement" as arr_libelle,
        "Code INSEE" as arr_insee, "Année scolaire" as annee_scol,
        "Type établissement" as type_etabl,
        cast(split_part(geo_point_2d, ',', 1) as double) as geo_point_2d_lat,
        cast(split_part(geo_point_2d, ',', 2) as double) as geo_point_2d_lon
        from read_csv('{SCHOOLS}', delim=';', header=true, all_varchar=true) where {where}"""


def read_schools(warehouse: RealWarehouse, query: str, read_at: datetime) -> None:
    """The list is read whole each time and takes the place of the one before."""
    table = "raw_opendata_paris.etablissements_scolaires_colleges"
    with duckdb.connect(str(warehouse.raw)) as connection:
        connection.execute(f"delete from {table}")
    warehouse.upsert(table, ["libelle", "arr_insee", "annee_scol"], query, read_at)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> RealWarehouse:
    """Three builds, one after each recording of AirQino; the list of schools is read without its newest year, then
    whole, then with changes made by hand."""
    built = RealWarehouse(tmp_path_factory.mktemp("air_and_schools"))
    load_stations(built)
    lists = (
        schools(f"\"Année scolaire\" <> '{NEWEST_EDITION}'"),
        schools(),
        schools(
            f"\"Année scolaire\" <> '{NEWEST_EDITION}' or \"Libellé établissement\" <> 'CARNOT'",
            "case when \"Libellé établissement\" = 'MONTAIGNE' and \"Année scolaire\" = '2021-2022'"
            " then '1 RUE NEUVE' else lower(\"Adresse\") end",
        ),
    )
    for (name, (read_at, _)), listed in zip(RECORDINGS.items(), lists, strict=True):
        read_answers(built, name)
        read_schools(built, listed, read_at)
        built.run(*MODELS, now=read_at.isoformat())
    return built


@pytest.mark.parametrize("station", [SMART188, SMART189])
def test_hours_are_believed_or_left_out_with_a_reason(warehouse: RealWarehouse, station: int) -> None:
    built = warehouse.rows(
        """select pollutant, period_start_at, concentration from marts.fct_air_quality_hourly
        where station_id = ? and published_concentration is not null""",
        station,
    )
    expected = {
        (pollutant, hour): value for pollutant, hours in believed(station).items() for hour, value in hours.items()
    }
    assert {(pollutant, hour): value for pollutant, hour, value in built} == expected
    assert len(built) == len(expected) > 40_000


def test_reasons_of_the_first_recording_that_still_stand(warehouse: RealWarehouse) -> None:
    """SMART189 was recorded twice, four days apart: the last recording decides where both have an hour."""
    reasons: dict[tuple[datetime, str], str | None] = {}
    for name in list(RECORDINGS)[:2]:
        reasons |= dict.fromkeys(((h, p) for h, values in answer(name, SMART189).items() for p in values), None)
        reasons |= rejections(name, SMART189)
    built = warehouse.rows(
        """select rejection, count(*) from marts.fct_air_quality_hourly
        where station_id = ? and published_concentration is not null group by 1""",
        SMART189,
    )
    assert dict(built) == Counter(reasons.values())
    assert Counter(reasons.values())["negative"] > 1_000


@pytest.mark.parametrize("station", [SMART188, SMART189])
def test_days_are_those_of_abidjan(warehouse: RealWarehouse, station: int) -> None:
    built = warehouse.rows(
        """select pollutant, date_local, mean_concentration, max_8h_concentration, valid_hours, completeness
        from marts.fct_air_quality_daily where station_id = ? and valid_hours + rejected_hours > 0""",
        station,
    )
    expected: dict[tuple[str, date], tuple[Any, ...]] = {}
    for pollutant, hours in believed(station).items():
        for day, day_hours in groupby(sorted(hours), key=datetime.date):
            values, eights = [], []
            for hour in day_hours:
                if hours[hour] is not None:
                    values.append(hours[hour])
                eight = [v for n in range(8) if (v := hours.get(hour - n * HOUR)) is not None]
                if len(eight) >= 6:
                    eights.append(fmean(eight))
            expected[pollutant, day] = (
                pytest.approx(fmean(values), rel=1e-9) if values else None,
                pytest.approx(max(eights), rel=1e-9) if eights else None,
                len(values),
                pytest.approx(len(values) / 24),
            )
    assert {(pollutant, day): tuple(figures) for pollutant, day, *figures in built} == expected
    assert len(expected) > 1_500


def test_the_year_of_the_last_recording_against_the_guideline(warehouse: RealWarehouse) -> None:
    """PM2.5 of SMART188 in 2023, 15 µg/m³ on no more than three days: days with 18 hours at least."""
    by_day: dict[date, list[float]] = {}
    for hour, value in believed(SMART188)["pm2_5"].items():
        if value is not None and hour.year == 2023:
            by_day.setdefault(hour.date(), []).append(value)
    full = [values for values in by_day.values() if len(values) >= 18]
    above = sum(fmean(values) > 15 for values in full)
    ((exceedances, valid_days, mean, is_met),) = warehouse.rows(
        """select exceedances, valid_days, mean_concentration, is_met from marts.mart_air_quality_year
        where station_id = ? and pollutant = 'pm2_5' and calendar_year = 2023
        and standard = 'who_2021' and averaging = 'day'""",
        SMART188,
    )
    assert (exceedances, valid_days) == (above, len(full))
    assert mean == pytest.approx(fmean(value for values in by_day.values() for value in values))
    assert above > 3
    assert is_met is False
    # CO's unit is not established: it is compared with no limit
    assert warehouse.rows("select count(*) from marts.mart_air_quality_year where pollutant = 'co'") == [(0,)]


def test_rewritten_history_is_in_the_log_of_revisions(warehouse: RealWarehouse) -> None:
    """Between December and September AirQino made 2,157 values of CO 0, without a mark."""
    names = list(RECORDINGS)
    expected: Counter[tuple[str, datetime]] = Counter()
    for before, after in pairwise(names):
        for station in RECORDINGS[after][1]:
            old, new = answer(before, station), answer(after, station)
            for hour in old.keys() & new.keys():
                for pollutant in old[hour].keys() & new[hour].keys():
                    if abs(old[hour][pollutant] - new[hour][pollutant]) > 1e-6:
                        expected[f"{station} {pollutant}", RECORDINGS[after][0].replace(tzinfo=None)] += 1
    built = warehouse.rows(
        """select entity, seen_at, count(*) from marts.fct_revision
        where mart = 'fct_air_quality_hourly' and measure = 'published_concentration' group by 1, 2"""
    )
    assert {(entity, seen_at): count for entity, seen_at, count in built} == expected
    ((made_zero,),) = warehouse.rows(
        """select count(*) from marts.fct_revision where mart = 'fct_air_quality_hourly' and entity = ?
        and old_value < 0 and new_value = 0 and seen_at >= '2024-01-01'""",
        f"{SMART188} co",
    )
    assert made_zero == 2_157


def test_schools_by_arrondissement_and_year(warehouse: RealWarehouse) -> None:
    built = warehouse.rows(
        """select school_year, cast(district_code as integer), schools from marts.mart_school_count
        where school_type = 'lower_secondary' and school_year < 2021 and schools > 0"""
    )
    with duckdb.connect() as connection:
        counted = connection.execute(
            f"select left(annee_scol, 4), cast(arr_insee as integer), count(*) from ({schools()}) group by 1, 2"
        ).fetchall()
    expected = {(int(year), district): count for year, district, count in counted if int(year) < 2021}
    # the oldest edition is for two school years
    expected |= {(2018, district): count for (year, district), count in expected.items() if year == 2017}
    assert {(year, district): count for year, district, count in built} == expected
    totals = Counter[int]()
    for (year, _), count in expected.items():
        totals[year] += count
    assert totals == {2017: 115, 2018: 115, 2019: 114, 2020: 114}


def test_what_changed_from_one_school_year_to_the_next(warehouse: RealWarehouse) -> None:
    built = warehouse.rows(
        """select edition, change_kind, school_name, maybe_renamed_from from marts.fct_school_change
        where compared = 'school_years' and change_kind in ('added', 'removed') and edition < '2021' order by all"""
    )
    with duckdb.connect() as connection:
        names = connection.execute(
            f"select annee_scol, libelle || ' ' || arr_insee, libelle from ({schools()})"
        ).fetchall()
    years = sorted({year for year, _, _ in names if year < "2021"})
    listed = {year: {(key, name) for of, key, name in names if of == year} for year in years}
    expected = set()
    for before, after in pairwise(years):
        expected |= {(after, "added", name) for _, name in listed[after] - listed[before]}
        expected |= {(after, "removed", name) for _, name in listed[before] - listed[after]}
    assert {(edition, kind, name) for edition, kind, name, _ in built} == expected
    assert ("2020-2021", "added", "FRANCOISE SELIGMAN", "FRANCOISE SELIGMANN") in built


def test_what_changed_from_one_read_to_the_next(warehouse: RealWarehouse) -> None:
    """A new school year is no change of what was read before, and small letters are none of an address."""
    built = warehouse.rows(
        """select edition, change_kind, school_name, district_code, version_number, address, read_at
        from marts.fct_school_change where compared = 'reads' order by all"""
    )
    read_at = datetime(2024, 9, 9, 10, 30)
    assert built == [
        (NEWEST_EDITION, "address_changed", "MONTAIGNE", "75106", 2, "1 RUE NEUVE", read_at),
        (NEWEST_EDITION, "removed", "CARNOT", "75117", 2, None, read_at),
    ]
