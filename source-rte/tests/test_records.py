"""Answers become records: flat, in UTC, one per key, whatever shape RTE gives them."""

from __future__ import annotations

import itertools
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from airbyte_cdk.utils import AirbyteTracedException
from connector_kit.windows import paris_midnight
from source_rte.records import records_of
from source_rte.resources import RESOURCES, Resource

BY_STREAM = {resource.stream: resource for resource in RESOURCES}
LOAD = BY_STREAM["consumption_short_term"]
FORECASTS = BY_STREAM["generation_forecasts"]
PRICES = BY_STREAM["france_power_exchanges"]


def value(start: str, end: str, **others: Any) -> dict[str, Any]:
    return {"start_date": start, "end_date": end, "value": 1, **others}


def block(
    values: Any, start: str = "2026-01-01T00:00:00+01:00", end: str = "2026-01-02T00:00:00+01:00"
) -> dict[str, Any]:
    return {"start_date": start, "end_date": end, "type": "D-1", "production_type": "WIND_ONSHORE", "values": values}


QUARTER = value("2026-01-01T00:00:00+01:00", "2026-01-01T00:15:00+01:00", updated_date="2025-12-31T16:00:00+01:00")


def test_instants_leave_in_utc_beside_the_labels_of_the_source() -> None:
    (record,) = records_of(LOAD, {"short_term": [block([QUARTER])]})
    assert record["start_date"] == "2025-12-31T23:00:00Z"
    assert record["start_date_local"] == "2026-01-01T00:00:00+01:00"
    assert record["updated_date"] == "2025-12-31T15:00:00Z"
    assert record["type"] == "D-1"


@pytest.mark.parametrize("shape", [list, lambda blocks: blocks[0]])
def test_a_root_is_an_array_or_an_object(shape: Any) -> None:
    assert len(records_of(LOAD, {"short_term": shape([block([QUARTER])])})) == 1


@pytest.mark.parametrize("values", [[], None])
def test_a_block_without_values_gives_no_record(values: Any) -> None:
    assert records_of(LOAD, {"short_term": [block(values)]}) == []


def test_a_block_without_the_key_values_gives_no_record() -> None:
    empty = block([])
    del empty["values"]
    assert records_of(FORECASTS, {"forecasts": [empty]}) == []


def test_of_repeated_rows_the_one_updated_last_stays() -> None:
    older = {**QUARTER, "value": 1, "updated_date": "2025-12-31T10:00:00+01:00"}
    newer = {**QUARTER, "value": 2, "updated_date": "2025-12-31T18:00:00+01:00"}
    for order in itertools.permutations([older, newer, dict(newer)]):
        (record,) = records_of(LOAD, {"short_term": [block(list(order))]})
        assert record["value"] == 2


def test_an_absent_dimension_of_the_key_is_an_empty_word_and_never_null() -> None:
    (record,) = records_of(FORECASTS, {"forecasts": [block([QUARTER])]})
    assert record["sub_type"] == ""
    assert record["load_factor"] is None


def test_a_block_can_carry_the_update_of_all_its_values() -> None:
    hour = value("2026-01-01T00:00:00+01:00", "2026-01-01T01:00:00+01:00", price=-3.5)
    answer = {"france_power_exchanges": [{**block([hour]), "updated_date": "2025-12-31T13:19:12+01:00"}]}
    (record,) = records_of(PRICES, answer)
    assert (record["price"], record["updated_date"]) == (-3.5, "2025-12-31T12:19:12Z")


@pytest.mark.parametrize(
    "answer", [{}, [], {"wrong_root": []}, {"short_term": [{"values": [{"value": 1}]}]}, {"short_term": ["text"]}, None]
)
def test_an_unexpected_shape_is_one_clear_sentence(answer: Any) -> None:
    with pytest.raises(AirbyteTracedException, match=r"has no|is not of the expected shape"):
        records_of(LOAD, answer)


SPRING_DAY = date(2026, 3, 29)


def spring_day_labels(*, late: bool, missing: bool) -> list[dict[str, Any]]:
    """The hours of the spring day as RTE labels them: right, an hour late after the change, or with one missing."""
    hours = [paris_midnight(SPRING_DAY).timestamp() + 3600 * hour for hour in range(23)]
    starts = [datetime.fromtimestamp(hour, paris_midnight(SPRING_DAY).tzinfo) for hour in hours]
    rows = []
    for number, start in enumerate(starts):
        if missing and number == 2:
            continue
        shift = timedelta(hours=1) if late and number >= 2 else timedelta()
        end = datetime.fromtimestamp(start.timestamp() + 3600, start.tzinfo)
        rows.append(value((start + shift).isoformat(), (end + shift).isoformat(), value=number))
    return rows


def spring_block(values: list[dict[str, Any]], days: int = 1) -> dict[str, Any]:
    end = paris_midnight(SPRING_DAY + timedelta(days=days)).isoformat()
    return block(values, paris_midnight(SPRING_DAY).isoformat(), end)


def starts(resource: Resource, *blocks: dict[str, Any]) -> dict[str, Any]:
    return {r["start_date"]: r["value"] for r in records_of(resource, {resource.answer_root: list(blocks)})}


def test_late_labels_of_the_spring_day_are_put_back_to_their_instants() -> None:
    right = starts(FORECASTS, spring_block(spring_day_labels(late=False, missing=False)))
    late = starts(FORECASTS, spring_block(spring_day_labels(late=True, missing=False)))
    assert len(right) == 23
    assert late == right


def test_late_labels_do_not_overwrite_the_next_day_of_a_longer_block() -> None:
    next_day = [value("2026-03-30T00:00:00+02:00", "2026-03-30T01:00:00+02:00", value=100)]
    found = starts(FORECASTS, spring_block(spring_day_labels(late=True, missing=False) + next_day, days=2))
    assert len(found) == 24
    assert found["2026-03-29T22:00:00Z"] == 100
    assert found["2026-03-29T21:00:00Z"] == 22


def test_an_hour_that_is_only_missing_moves_no_label() -> None:
    found = starts(FORECASTS, spring_block(spring_day_labels(late=False, missing=True)))
    right = starts(FORECASTS, spring_block(spring_day_labels(late=False, missing=False)))
    assert found == {start: v for start, v in right.items() if start != "2026-03-29T01:00:00Z"}


def test_a_missing_hour_beside_a_repeated_row_moves_no_label() -> None:
    labels = spring_day_labels(late=False, missing=True)
    repeated = [row for label in labels for row in [label] * (2 if "T05:00" in label["start_date"] else 1)]
    right = starts(FORECASTS, spring_block(labels))
    assert starts(FORECASTS, spring_block(repeated)) == right
    next_day = [value("2026-03-30T00:00:00+02:00", "2026-03-30T01:00:00+02:00", value=100)]
    assert starts(FORECASTS, spring_block(repeated + next_day, days=2)) == {**right, "2026-03-29T22:00:00Z": 100}


def test_the_labels_of_the_source_are_kept_where_they_were_late() -> None:
    records = records_of(FORECASTS, {"forecasts": [spring_block(spring_day_labels(late=True, missing=False))]})
    last = max(records, key=lambda record: record["start_date"])
    assert last["start_date"] == "2026-03-29T21:00:00Z"
    assert last["start_date_local"] == "2026-03-30T00:00:00+02:00"


def test_the_four_quarters_of_spring_that_do_not_exist_stay_apart_from_the_real_ones() -> None:
    phantom = value("2026-03-29T02:00:00+01:00", "2026-03-29T02:15:00+01:00", value=1)
    real = value("2026-03-29T03:00:00+02:00", "2026-03-29T03:15:00+02:00", value=2)
    records = records_of(LOAD, {"short_term": [spring_block([phantom, real])]})
    assert [(record["start_date"], record["value"]) for record in records] == [
        ("2026-03-29T01:00:00Z", 1),
        ("2026-03-29T01:00:00Z", 2),
    ]
    assert len({tuple(record[part] for part in LOAD.key) for record in records}) == 2
