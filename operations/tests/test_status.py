"""The status page, on a small raw file."""

from __future__ import annotations

from datetime import UTC, datetime

import duckdb
import pytest
from hexawatt import journal, status
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
    assert cells == ["rte", "2026-01-15 12:21", "succeeded", "1,234", "2026-01-15 11:00", "2026-01-15 12:20", "-"]


def test_a_connection_that_was_never_synced_says_so(synced: Settings) -> None:
    assert line_of(status.report(synced), "weather") == ["weather", "-", "never synced", "-", "-", "-", "-"]


def test_before_anything_has_run_there_is_a_page_all_the_same(house: Settings) -> None:
    page = status.report(house)
    assert line_of(page, "served") == ["served", "nothing published yet"]
    assert line_of(page, "running") == ["running", "nothing"]
    assert line_of(page, "rte")[2] == "never synced"
