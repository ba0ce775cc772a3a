"""The law: whatever the order, the batches and the repeats, a key holds its newest record."""

from __future__ import annotations

import tempfile
from pathlib import Path

from duckdb_room import Room, record, state
from hypothesis import given, settings
from hypothesis import strategies as st

# Few keys, cursors and extraction times, so that ties and returns to older values are common.
RECORDS = st.lists(
    st.tuples(st.sampled_from("abc"), st.integers(1, 4), st.integers(1, 3), st.integers(0, 999)), max_size=14
)
PROPERTIES = {"place": {"type": "string"}, "at": {"type": "integer"}, "value": {"type": "integer"}}


def newest(records: list[tuple[str, int, int, int]]) -> list[tuple[str, int, int, int]]:
    """The reference: records in input order, the last of the greatest (cursor, extraction) for each key."""
    kept: dict[str, tuple[str, int, int, int]] = {}
    for each in records:
        place, cursor, extracted, _ = each
        if place not in kept or (cursor, extracted) >= kept[place][1:3]:
            kept[place] = each
    return sorted(kept.values())


@settings(max_examples=60, deadline=None)
@given(records=RECORDS, breaks=st.sets(st.integers(0, 13)), repeat=st.booleans())
def test_any_split_into_batches_gives_the_newest_of_each_key(
    records: list[tuple[str, int, int, int]], breaks: set[int], repeat: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        room = Room(Path(folder), settings={"batch_records": 1})
        room.streams[0]["stream"] = {**room.streams[0]["stream"], "json_schema": {"properties": PROPERTIES}}
        room.streams[0]["primary_key"] = [["place"]]
        lines = b""
        for number, (place, cursor, extracted, value) in enumerate(records):
            lines += record({"place": place, "at": cursor, "value": value}, emitted_at=extracted)
            if number in breaks:
                lines += state(number)
        room.sync(lines)
        if repeat:
            room.sync(lines)
        columns = 'place, "at", epoch_ms(_airbyte_extracted_at), value'
        assert room.rows(f"SELECT {columns} FROM raw.readings ORDER BY ALL") == newest(records)


def test_a_second_sync_of_the_same_records_changes_no_value(room: Room) -> None:
    lines = b"".join(record({"place": "x", "at": f"2026-01-0{n}T00:00:00Z", "value": n}) for n in range(1, 9))
    room.sync(lines + state(1))
    before = room.rows("SELECT * EXCLUDE _airbyte_raw_id FROM raw.readings ORDER BY ALL")
    room.sync(lines + state(1))
    assert room.rows("SELECT * EXCLUDE _airbyte_raw_id FROM raw.readings ORDER BY ALL") == before
    assert len(before) == 8


def test_every_row_has_an_identifier_of_its_own(room: Room) -> None:
    room.streams[0]["destination_sync_mode"] = "append"
    room.sync(record({"place": "x"}) * 50)
    assert room.rows("SELECT count(DISTINCT _airbyte_raw_id::UUID) FROM raw.readings") == [(50,)]


def test_an_empty_key_or_cursor_names_stream_and_field(room: Room) -> None:
    good = {"place": "x", "at": "2026-01-01T00:00:00Z", "value": 1}
    room.sync(record(good) + state(1))
    missing_key = room.fails(record({**good, "place": None}) + state(2))
    assert missing_key.startswith("Stream readings: 1 record(s) came without a valid `place`, which is its key")
    assert "`at`" in room.fails(record({**good, "at": "yesterday"}) + record(good) + state(2))
    room.streams[0]["primary_key"] = [["place"]]
    assert "`at`, which is its cursor field" in room.fails(record({**good, "at": None}) + state(2))
    assert room.rows("SELECT place, value FROM raw.readings") == [("x", 1.0)]
    assert room.states() == {"readings": 1}
