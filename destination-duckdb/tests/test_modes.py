"""Sync modes, refreshes, and tables that change with the catalog."""

from __future__ import annotations

from typing import Any

import pytest
from duckdb_room import READINGS, Room, configured, positions, record, state, status

DAY = {"place": "paris", "at": "2026-01-01T00:00:00Z", "value": 1.0}
VALUES = "SELECT value FROM raw.readings ORDER BY ALL"


def days(*values: float) -> bytes:
    return b"".join(record({**DAY, "value": value}) for value in values)


def test_append_keeps_every_record(room: Room) -> None:
    room.streams = [configured(mode="append")]
    for _ in range(2):
        room.sync(days(1, 2) + state(1))
    assert room.rows(VALUES) == [(1,), (1,), (2,), (2,)]


def test_overwrite_replaces_the_table_when_the_stream_is_complete(room: Room) -> None:
    room.streams = [configured(mode="overwrite")]
    room.sync(days(1, 2))
    room.settings = {"batch_records": 1}
    emitted = room.sync(status("STARTED") + days(3) + state(1) + days(4) + status("COMPLETE"))
    assert room.rows(VALUES) == [(3,), (4,)]
    assert positions(emitted) == [1]


def test_overwrite_keeps_the_old_table_when_the_source_stops_early(room: Room) -> None:
    room.streams = [configured(mode="overwrite")]
    room.sync(days(1, 2))
    room.settings = {"batch_records": 1}
    assert "before it had finished" in room.fails(status("STARTED") + days(3) + state(1) + days(4))
    assert room.rows(VALUES) == [(1,), (2,)]
    assert positions(room.emitted) == []
    assert room.states() == {}


def test_overwrite_keeps_the_old_table_when_a_record_is_broken(room: Room) -> None:
    room.streams = [configured(mode="overwrite")]
    room.sync(days(1, 2))
    room.fails(days(3) + record(DAY)[:-20] + b"\n" + days(4))
    assert room.rows(VALUES) == [(1,), (2,)]


@pytest.mark.parametrize(("said", "left"), [(status("COMPLETE"), []), (b"", [(1,)])])
def test_overwrite_by_nothing_needs_the_source_to_say_that_it_is_complete(
    room: Room, said: bytes, left: list[tuple[float]]
) -> None:
    room.streams = [configured(mode="overwrite")]
    room.sync(days(1))
    room.sync(said)
    assert room.rows(VALUES) == left


def test_overwrite_may_change_types(room: Room) -> None:
    room.streams = [configured(mode="overwrite")]
    room.sync(days(1))
    room.streams = [configured({**READINGS, "value": {"type": "string"}}, mode="overwrite")]
    room.sync(days(2))
    assert room.rows(VALUES) == [("2",)]  # as the source wrote it


def test_a_refresh_replaces_the_table_and_the_next_sync_merges_again(room: Room) -> None:
    room.sync(days(1) + record({**DAY, "place": "gone"}) + state(1))
    room.streams = [configured(generation_id=2, minimum_generation_id=2)]
    room.sync(status("STARTED") + days(2, 3) + state(2) + status("COMPLETE"))
    room.streams = [configured(generation_id=2, minimum_generation_id=0)]
    room.sync(record({**DAY, "place": "lyon", "value": 4}) + state(3))
    assert room.rows("SELECT value, _airbyte_generation_id FROM raw.readings ORDER BY ALL") == [
        (3, 2),
        (4, 2),
    ]


def test_new_properties_become_empty_columns_of_old_rows(room: Room) -> None:
    room.sync(days(1) + state(1))
    room.streams = [configured({"unit": {"type": "string"}, **READINGS, "kind": {"type": "integer"}})]
    room.sync(record({**DAY, "place": "lyon", "unit": "MW", "kind": 3}) + state(2))
    assert room.rows("SELECT place, unit, kind FROM raw.readings ORDER BY ALL") == [
        ("lyon", "MW", 3),
        ("paris", None, None),
    ]


def test_properties_that_disappear_leave_their_column(room: Room) -> None:
    room.sync(days(1) + state(1))
    room.streams = [configured({name: READINGS[name] for name in ("place", "at")})]
    room.sync(record({"place": "lyon", "at": DAY["at"]}) + state(2))
    assert room.rows("SELECT place, value FROM raw.readings ORDER BY ALL") == [("lyon", None), ("paris", 1.0)]


def test_a_changed_type_is_refused_before_anything_is_read(room: Room) -> None:
    room.sync(days(1) + state(1))
    room.streams = [configured({**READINGS, "value": {"type": "string"}})]
    message = room.fails(days(2) + state(2))
    assert "column value of table raw.readings is DOUBLE, the source now declares VARCHAR" in message
    assert room.rows(VALUES) == [(1.0,)]


def test_prepare_makes_empty_tables_and_harms_nothing(room: Room) -> None:
    room.streams = [configured(), configured(mode="overwrite", name="other")]
    for count in (0, 1):
        assert room.run(b"", "prepare", *room.files()).returncode == 0
        assert room.rows("SELECT count(*) FROM raw.readings") == [(count,)]
        assert room.rows("SELECT count(*) FROM raw.other") == [(0,)]
        room.sync(days(1) + state(1))
    assert room.states() == {"readings": 1}


def test_a_stream_without_properties_or_records_gets_its_table(room: Room) -> None:
    room.streams = [configured({}, mode="append"), configured(mode="append", name="silent")]
    room.sync(record({"anything": 1}))
    assert room.rows("SELECT count(*) FROM raw.readings") == [(1,)]
    assert room.rows("SELECT count(*) FROM raw.silent") == [(0,)]


def test_states_of_two_configurations_in_one_file_are_kept_apart(room: Room) -> None:
    room.sync(state("a"))
    room.settings = {"schema": "raw_other"}
    assert room.states() == {}
    room.sync(state("b"))
    assert room.states() == {"readings": "b"}
    room.settings = {}
    assert room.states() == {"readings": "a"}


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        (configured(key=()), "append_dedup needs a primary key"),
        (configured(key=("nowhere",)), "field nowhere is not in its schema"),
        (configured(mode="update"), "sync mode update is not one of"),
        (configured({**READINGS, "PLACE": {"type": "string"}}), "two columns would be called place"),
        (
            configured({**READINGS, "_airbyte_meta": {"type": "string"}}),
            "two columns would be called _airbyte_meta",
        ),
        ({**configured(), "primary_key": [["a", "b"]]}, "key or cursor a.b is nested"),
    ],
)
def test_a_catalog_that_cannot_be_written_is_refused_in_words(
    room: Room, stream: dict[str, Any], expected: str
) -> None:
    room.streams = [stream]
    assert expected in room.fails()
    assert not room.path.exists()


def test_two_streams_for_one_table_are_refused(room: Room) -> None:
    room.streams = [configured(), configured(namespace="RAW", name="Readings")]
    assert "Two streams would fill the same table" in room.fails()
