"""Answers become records: flat, in UTC, with whole keys. What is odd about RTE's answers stands in test_quirks.py."""

from __future__ import annotations

from typing import Any

from source_rte.records import records_of
from source_rte.resources import RESOURCES

BY_STREAM = {resource.stream: resource for resource in RESOURCES}
QUARTER = {
    "start_date": "2026-01-01T00:00:00+01:00",
    "end_date": "2026-01-01T00:15:00+01:00",
    "updated_date": "2025-12-31T16:00:00+01:00",
    "value": 1,
}


def block(**dimensions: str) -> dict[str, Any]:
    return {
        "start_date": "2026-01-01T00:00:00+01:00",
        "end_date": "2026-01-02T00:00:00+01:00",
        **dimensions,
        "values": [QUARTER],
    }


def test_instants_leave_in_utc_beside_the_labels_of_the_source() -> None:
    (record,) = records_of(BY_STREAM["consumption_short_term"], {"short_term": [block(type="D-1")]})
    assert record == {
        "type": "D-1",
        "start_date": "2025-12-31T23:00:00Z",
        "end_date": "2025-12-31T23:15:00Z",
        "start_date_local": "2026-01-01T00:00:00+01:00",
        "end_date_local": "2026-01-01T00:15:00+01:00",
        "updated_date": "2025-12-31T15:00:00Z",
        "value": 1,
    }


def test_an_absent_dimension_of_the_key_is_an_empty_word_and_never_null() -> None:
    forecast = block(type="D-1", production_type="WIND_ONSHORE")
    (record,) = records_of(BY_STREAM["generation_forecasts"], {"forecasts": [forecast]})
    assert record["sub_type"] == ""
    assert record["load_factor"] is None
