"""166 days of éCO2mix as they were really polled: every value that changed from one poll to the next is in the log.

Of the 635 polls those are taken that revised most and those in which the portal did something out of the ordinary: 30,
with two thirds of all revisions. What should be logged is worked out from the same file in plain Python.
"""

from __future__ import annotations

import csv
import gzip
import subprocess
from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pytest
from pipeline import ROOT, empty_raw, environment, rows
from recorded import REAL, require_real_data

require_real_data()

OBSERVED = REAL / "odre" / "national-tr_observed_2026-03-16_2026-08-22.csv.gz"
PARIS = ZoneInfo("Europe/Paris")
# the spring twins, missing instants, an empty answer, a hole of nulls inside measured data
NOTABLE = ("03-28T06:54", "03-29T12:46", "06-02T10:15", "06-18T03:30", "06-18T15:15", "07-17T19:00", "08-07T02:26",
           "08-07T07:07")  # fmt: skip
# those that brought most revisions: each is taken with the poll before it
REVISING = ("04-06T02:06", "04-19T02:13", "05-22T14:30", "05-24T02:50", "06-07T03:28", "06-08T03:33", "06-11T03:32",
            "06-14T03:34", "07-05T02:40", "07-24T02:13")  # fmt: skip
MEASURES = {
    "consommation": "load_mw",
    "nucleaire": "nuclear_mw",
    "gaz": "gas_mw",
    "fioul": "oil_mw",
    "charbon": "coal_mw",
    "eolien": "wind_mw",
    "solaire": "solar_mw",
    "hydraulique": "hydro_mw",
    "bioenergies": "bioenergy_mw",
    "pompage": "pumping_mw",
    "ech_physiques": "net_import_mw",
    "taux_co2": "co2_g_per_kwh",
}
# Two rows share each of these instants; which of them names the clock that was skipped is not recorded.
TWINS = {datetime(2026, 3, 29, 1, minute) for minute in (0, 15, 30, 45)}
Change = tuple[str, datetime, float | None, float | None, datetime]


@cache
def observed() -> list[dict[str, str]]:
    """Each row when it was first seen, and whenever it differed from the poll before; in the order of the polls."""
    with gzip.open(OBSERVED, "rt", encoding="utf-8") as file:
        return sorted(csv.DictReader(file), key=lambda row: row["fetched_at"])


@cache
def polls() -> list[datetime]:
    times = sorted({datetime.fromisoformat(row["fetched_at"]) for row in observed()})

    def position(time: str) -> int:
        return bisect_right(times, datetime.fromisoformat(f"2026-{time}:59+00:00")) - 1

    positions = {0, len(times) - 1, *map(position, NOTABLE)}
    positions |= {number - before for number in map(position, REVISING) for before in (0, 1)}
    return [times[number] for number in sorted(positions)]


def by_poll() -> Iterator[tuple[datetime, list[dict[str, str]]]]:
    """Of each chosen poll the rows that are new or differ since the chosen poll before, as they are then."""
    waiting = iter(observed())
    row = next(waiting, None)
    for poll in polls():
        found: dict[tuple[str, str], dict[str, str]] = {}
        while row is not None and datetime.fromisoformat(row["fetched_at"]) <= poll:
            found[row["date_heure"], row["occurrence"]] = row
            row = next(waiting, None)
        yield poll, [*found.values()]


def number(text: str) -> float | None:
    return float(text) if text else None


def expected_changes() -> set[Change]:
    """(measure, period, old, new, poll): a first value is no revision, a withdrawal and the return from it are."""
    last: dict[tuple[str, str], float | None] = {}
    withdrawn: set[tuple[str, str]] = set()
    changes: set[Change] = set()
    for poll, new in by_poll():
        for row in new:
            period = datetime.fromisoformat(row["date_heure"]).astimezone(UTC).replace(tzinfo=None)
            for column, measure in MEASURES.items():
                key = (row["date_heure"], measure)
                before, value = last.get(key), number(row[column])
                last[key] = value
                if value != before and (before is not None or key in withdrawn) and period not in TWINS:
                    changes.add((measure, period, before, value, poll.replace(tzinfo=None)))
                if before is not None and value is None:
                    withdrawn.add(key)
    return changes


def label(row: dict[str, str]) -> str:
    """The clock of the row: the first of two rows of one instant is taken for the skipped hour's."""
    instant = datetime.fromisoformat(row["date_heure"])
    is_skipped = instant.astimezone(UTC).replace(tzinfo=None) in TWINS and row["occurrence"] == "0"
    return (instant.astimezone(PARIS) - is_skipped * timedelta(hours=1)).strftime("%H:%M")


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """éCO2mix and its revisions, built after each of the chosen polls."""
    folder = tmp_path_factory.mktemp("revisions")
    empty_raw(folder / "raw.duckdb")
    with duckdb.connect(str(folder / "polls.duckdb")) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("create table polls (fetched_at timestamptz)")
        connection.executemany("insert into polls values (?)", [[poll] for poll in polls()])
        columns = ", ".join(f"{column} double" for column in MEASURES)
        connection.execute(
            "create table rows (fetched_at timestamptz, perimetre varchar, nature varchar, date date, heure varchar,"
            f" date_heure timestamptz, {columns})"
        )
        values = [
            [poll, "France", "Données temps réel", datetime.fromisoformat(row["date_heure"]).astimezone(PARIS).date(),
             label(row), row["date_heure"], *(number(row[column]) for column in MEASURES)]
            for poll, new in by_poll()
            for row in new
        ]  # fmt: skip
        places = ", ".join("?" * (6 + len(MEASURES)))
        connection.executemany(f"insert into rows values ({places})", values)
    settings = {
        "HEXAWATT_RAW_FILE": str(folder / "raw.duckdb"),
        "HEXAWATT_MODELS_FILE": str(folder / "models.duckdb"),
        "HEXAWATT_MODE": "live",
        "DBT_PROJECT_DIR": str(ROOT / "dbt"),
        "DBT_PROFILES_DIR": str(ROOT / "dbt"),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
    }
    python = ROOT / ".venvs" / "dbt" / "bin" / "python"
    command = [python, Path(__file__).with_name("dbt_polls.py"), folder / "polls.duckdb", folder / "raw.duckdb"]
    done = subprocess.run(
        [*command, "+fct_eco2mix_national", "mart_revision_summary"],
        env=environment(**settings),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
    return folder / "models.duckdb"


def test_every_change_between_two_polls_is_logged_once_with_both_values_and_when_it_was_seen(models: Path) -> None:
    query = """select measure, period_start_at, old_value, new_value, seen_at from marts.fct_revision
               where mart = 'fct_eco2mix_national' and entity = 'real_time'"""
    logged = [change for change in rows(models, query) if change[1] not in TWINS]
    expected = expected_changes()
    assert len(expected) > 300, "hardly anything was revised"
    assert len(logged) == len(set(logged))
    assert set(logged) == expected


def test_the_summary_has_first_and_last_value_number_and_size(models: Path) -> None:
    changes: dict[tuple[str, datetime], list[Change]] = {}
    for change in sorted(expected_changes(), key=lambda change: change[4]):
        changes.setdefault((change[0], change[1]), []).append(change)
    query = """select measure, period_start_at, first_value, last_value, revisions, first_revised_at, last_revised_at
               from marts.mart_revision_summary where mart = 'fct_eco2mix_national'"""
    found = {row[:2]: row[2:] for row in rows(models, query) if row[1] not in TWINS}
    assert found == {
        key: (made[0][2], made[-1][3], len(made), made[0][4], made[-1][4]) for key, made in changes.items()
    }


def test_the_mart_holds_what_was_read_last(models: Path) -> None:
    last = {
        datetime.fromisoformat(row["date_heure"]).astimezone(UTC).replace(tzinfo=None): number(row["consommation"])
        for row in observed()
    }
    query = "select period_start_at, load_mw from marts.fct_eco2mix_national where maturity = 'real_time'"
    found = dict(rows(models, query))
    assert {period: load for period, load in last.items() if period not in TWINS} == {
        period: load for period, load in found.items() if period in last and period not in TWINS
    }
