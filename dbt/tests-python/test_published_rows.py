"""A source that only fills rows ahead, or publishes forecasts only, is late."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from engines import Duckdb, build
from pipeline import WITHOUT_TESTS
from raw_rows import PARIS, QUARTER, Raw, Row, steps

NOW = datetime(2026, 3, 28, 18, tzinfo=UTC)
DAYS = (date(2026, 3, 26), date(2026, 3, 27), date(2026, 3, 28))
STOPPED = datetime(2026, 3, 27, 6, tzinfo=UTC)  # the newest quarter with a value ends then


def quarters() -> list[datetime]:
    return [start for day in DAYS for start in steps(day, QUARTER)]


def read(at: datetime) -> Row:
    return {"_airbyte_raw_id": f"{at:%d%H%M}", "_airbyte_extracted_at": NOW, "start_date": at}


def raw_rows() -> Raw:
    load = [
        {**read(at), "type": kind, "value": 50000.0, "start_date_local": at.astimezone(PARIS).isoformat()}
        for at in quarters()
        for kind in ("REALISED", "D-1")
        if kind == "D-1" or at < STOPPED
    ]
    real_time = [
        {
            "_airbyte_raw_id": f"{at:%d%H%M}",
            "_airbyte_extracted_at": NOW,
            "date_heure": at,
            "date": at.astimezone(PARIS).date(),
            "perimetre": "France",
            "consommation": 50000 if at < STOPPED else None,
        }
        for at in quarters()
    ]
    return {"raw_rte.consumption_short_term": load, "raw_odre.eco2mix_national_tr": real_time}


@pytest.mark.parametrize("stream", ["raw_rte.consumption_short_term", "raw_odre.eco2mix_national_tr"])
def test_rows_without_what_the_stream_is_for_are_not_published_periods(stopped: Duckdb, stream: str) -> None:
    (freshness,) = [row for row in stopped.rows("marts.mart_source_freshness") if row["input"] == stream]
    assert freshness["last_period_at"] == (STOPPED - QUARTER).replace(tzinfo=None)
    assert freshness["freshness"] == "late"
    days = {row["date_paris"]: row for row in stopped.rows("marts.mart_completeness_daily") if row["input"] == stream}
    # the clock in Paris is an hour ahead: of the day, seven hours were published
    assert days[DAYS[1]]["received_periods"] == 28
    assert days[DAYS[1]]["raw_rows"] == len([at for at in quarters() if at.astimezone(PARIS).date() == DAYS[1]]) + (
        28 if stream.startswith("raw_rte") else 0
    )


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> Duckdb:
    engine = Duckdb(tmp_path_factory.mktemp("stopped"))
    engine.settings["HEXAWATT_NOW"] = NOW.strftime("%Y-%m-%dT%H:%M:%SZ")
    engine.insert(raw_rows())
    build(engine, "--select", "+mart_source_freshness", "+mart_completeness_daily", *WITHOUT_TESTS)
    return engine
