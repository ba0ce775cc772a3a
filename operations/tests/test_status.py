"""The status page, on a small raw file."""

from __future__ import annotations

from datetime import UTC, datetime

import duckdb
import pytest
from hexawatt import connections, journal, status
from hexawatt.settings import Settings


@pytest.fixture
def synced(house: Settings) -> Settings:
    with duckdb.connect(str(house.raw_file)) as raw:
        raw.execute("CREATE SCHEMA raw_rte")
        raw.execute(
            "CREATE TABLE raw_rte.physical_flows AS"
            " SELECT TIMESTAMPTZ '2026-01-15 10:00:00Z' AS start_date,"
            " TIMESTAMPTZ '2026-01-15 11:20:30Z' AS _airbyte_extracted_at"
            " UNION ALL SELECT TIMESTAMPTZ '2026-01-15 09:00:00Z', TIMESTAMPTZ '2026-01-15 11:20:00Z'"
        )
    rows = [
        {
            "connection": "rte",
            "started_at": datetime(2026, 1, 15, hour, 20, tzinfo=UTC),
            "finished_at": datetime(2026, 1, 15, hour, 21, tzinfo=UTC),
            "status": outcome,
            "records": 1234,
        }
        for hour, outcome in ((11, "succeeded"), (10, "failed"))
    ]
    journal.append(house.raw_file, "syncs", rows)
    return house


def line_of(page: str, start: str) -> list[str]:
    (line,) = [line for line in page.splitlines() if line.startswith(start)]
    return [cell.strip() for cell in line.split("  ") if cell.strip()]


def test_the_newest_sync_and_the_newest_data_are_shown_in_paris_time(synced: Settings) -> None:
    cells = line_of(status.report(synced), "rte")
    assert cells[:4] == ["rte", "2026-01-15 12:21", "succeeded", "1,234"]
    assert cells[5:] == ["2026-01-15 11:00", "2026-01-15 12:20", "-"]


def test_a_connection_that_was_never_synced_says_so(synced: Settings) -> None:
    cells = line_of(status.report(synced), "weather")
    assert cells[:4] == ["weather", "-", "never synced", "-"]
    assert cells[5:] == ["-", "-", "-"]


def test_streams_without_a_row_are_told_from_those_with_data(synced: Settings) -> None:
    """A stream whose API is not subscribed stays empty, and its sync succeeds all the same."""
    cells = {name: line_of(status.report(synced), name)[4] for name in ("rte", "weather")}
    streams = {one.name: len(one.streams) for one in connections.load(synced)}
    assert cells == {"rte": f"1 of {streams['rte']}", "weather": f"0 of {streams['weather']}"}


def test_what_is_still_to_come_and_what_is_no_time_do_not_count_as_data_until(synced: Settings) -> None:
    listed = synced.connections_file.read_text()
    month = "      coefficient_k: {sync: incremental_deduped_history, cursor: application_month}\n"
    synced.connections_file.write_text(listed.replace("    schedule:", f"{month}    schedule:", 1))
    with duckdb.connect(str(synced.raw_file)) as raw:
        read = "TIMESTAMPTZ '2026-01-15 11:20:00Z' AS _airbyte_extracted_at"
        raw.execute(
            "CREATE TABLE raw_rte.consumption_short_term AS"
            f" SELECT TIMESTAMPTZ '2999-01-01 00:00:00Z' AS start_date, {read}"
        )
        raw.execute(f"CREATE TABLE raw_rte.coefficient_k AS SELECT '2026-01' AS application_month, {read}")
    assert line_of(status.report(synced), "rte")[5] == "2026-01-15 11:00"


def test_before_anything_has_run_there_is_a_page_all_the_same(house: Settings) -> None:
    page = status.report(house)
    assert line_of(page, "served") == ["served", "nothing published yet"]
    assert line_of(page, "running") == ["running", "nothing"]
    assert line_of(page, "rte")[2] == "never synced"


def test_the_newest_forecast_of_each_target_is_told(synced: Settings) -> None:
    def told() -> list[str]:
        return [line for line in status.report(synced).splitlines() if line.startswith("forecast")]

    assert told() == []
    with duckdb.connect(str(synced.raw_file)) as raw:
        raw.execute("CREATE SCHEMA raw_forecast")
        raw.execute("CREATE TABLE raw_forecast.predictions (target VARCHAR, kind VARCHAR, issued_at TIMESTAMP)")
        raw.execute(
            """INSERT INTO raw_forecast.predictions VALUES
            ('load', 'live', '2026-01-15 11:00:00'), ('load', 'live', '2026-01-15 12:00:00'),
            ('load', 'backtest', '2026-01-15 13:00:00'), ('wind', 'live', '2026-01-14 12:00:00Z')"""
        )
    assert told() == ["forecast load of 2026-01-15 13:00, wind of 2026-01-14 13:00"]
