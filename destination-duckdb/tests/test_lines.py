"""What the destination makes of the lines it is given."""

from __future__ import annotations

import itertools
import json
import tempfile
from pathlib import Path

import pytest
from duckdb_room import Room, configured, line, positions, record, state, status
from hypothesis import given, settings
from hypothesis import strategies as st

DAY = {"place": "paris", "at": "2026-01-01T00:00:00Z", "value": 1.5}
ALL = "SELECT place, value FROM raw.readings ORDER BY ALL"


def test_a_record_is_found_in_any_spelling_of_its_json(room: Room) -> None:
    body = {"stream": "readings", "data": DAY, "emitted_at": 1}
    spaced = json.dumps({"type": "RECORD", "record": {**body, "data": {**DAY, "place": "spaced"}}}).encode()
    turned = line(
        {
            "record": {"emitted_at": 1, "data": {**DAY, "place": "turned"}, "stream": "readings"},
            "type": "RECORD",
        }
    )
    escaped = record({**DAY, "place": "escaped"}).replace(b'"stream":"readings"', b'"stream":"r\\u0065adings"')
    room.sync(record(DAY) + spaced + b"\r\n\n" + turned + escaped)
    assert room.rows(ALL) == [("escaped", 1.5), ("paris", 1.5), ("spaced", 1.5), ("turned", 1.5)]


def test_a_stream_whose_name_begins_like_another_is_kept_apart(room: Room) -> None:
    room.streams = [configured(), configured(name="readings_2")]
    room.sync(record(DAY) + record(DAY, "readings_2") + record({**DAY, "place": "lyon"}, "readings_2"))
    assert room.rows("SELECT count(*) FROM raw.readings") == [(1,)]
    assert room.rows("SELECT count(*) FROM raw.readings_2") == [(2,)]


def test_the_namespace_of_a_record_chooses_the_schema(room: Room) -> None:
    room.streams = [configured(), configured(namespace="elsewhere")]
    there = {"stream": "readings", "namespace": "elsewhere", "data": DAY, "emitted_at": 1}
    after = {
        "stream": "readings",
        "data": {**DAY, "place": "lyon"},
        "emitted_at": 1,
        "namespace": "elsewhere",
    }
    lines = record(DAY) + line({"type": "RECORD", "record": there}) + line({"type": "RECORD", "record": after})
    room.sync(lines + record({**DAY, "place": "brest"}))
    assert room.rows(ALL) == [("brest", 1.5), ("paris", 1.5)]
    assert room.rows("SELECT place FROM elsewhere.readings ORDER BY ALL") == [("lyon",), ("paris",)]


def test_text_that_looks_like_a_namespace_changes_nothing(room: Room) -> None:
    room.sync(record({**DAY, "place": '"namespace":"elsewhere"'}))
    assert room.rows(ALL) == [('"namespace":"elsewhere"', 1.5)]


@settings(max_examples=25, deadline=None)
@given(cuts=st.lists(st.integers(0, 700), max_size=6))
def test_where_the_pipe_cuts_its_blocks_does_not_matter(cuts: list[int]) -> None:
    whole = b"".join(record({**DAY, "place": f"é{n}"}) for n in range(3)) + state(1) + record(DAY)[:-1]
    edges = [0, *sorted(min(cut, len(whole)) for cut in cuts), len(whole)]
    with tempfile.TemporaryDirectory() as folder:
        room = Room(Path(folder))
        emitted = room.sync(*(whole[a:b] for a, b in itertools.pairwise(edges)))
        assert positions(emitted) == [1]
        assert room.rows(ALL) == [("paris", 1.5), ("é0", 1.5), ("é1", 1.5), ("é2", 1.5)]


@pytest.mark.parametrize(
    ("junk", "expected"),
    [
        (b"Traceback (most recent call last):\n", "Line 2 of the input is not an Airbyte message"),
        (
            b'{"type":"RECORD","record":{"stream":"readings","data":{"at":}}}\n',
            "record 2 of this batch is broken",
        ),
        (
            b'{"type":"RECORD","record":{"stream":"readings","data":7,"emitted_at":1}}\n',
            "record 2 of this batch is broken",
        ),
        (
            b'{"type":"RECORD","record":{"stream":"readings","emitted_at":1}}\n',
            "without `data` or `emitted_at`",
        ),
        (record(DAY).replace(b',"emitted_at":1700000000000', b""), "without `data` or `emitted_at`"),
        (b"[1, 2]\n", "Line 2 of the input is not an Airbyte message"),
        (b'{"type":"STATE"}\n', "Line 2 of the input is not an Airbyte message"),
        (record(DAY, "gas"), "record of stream gas, which is not in the catalog"),
        (b"\xff\xfe\n", "Line 2 of the input is not an Airbyte message"),
    ],
)
def test_a_bad_line_is_named_and_the_table_stays_as_it_was(room: Room, junk: bytes, expected: str) -> None:
    room.sync(record({**DAY, "value": 7}) + state("before"))
    message = room.fails(record(DAY) + junk + record({**DAY, "place": "lyon"}) + state("after"))
    assert expected in message
    assert "\n" not in message
    assert room.rows(ALL) == [("paris", 7)]
    assert room.states() == {"readings": "before"}


def test_a_failure_is_one_trace_error_and_exit_code_1(room: Room) -> None:
    done = room.run(record(DAY, "gas"))
    (trace,) = [json.loads(each) for each in done.stdout.splitlines()]
    assert (done.returncode, done.stderr, trace["type"], trace["trace"]["type"]) == (1, b"", "TRACE", "ERROR")
    assert "gas" in trace["trace"]["error"]["message"]


def test_what_the_source_says_is_passed_on(room: Room) -> None:
    said = [
        {"type": "LOG", "log": {"level": "WARN", "message": "slow today"}},
        {"type": "TRACE", "trace": {"type": "ERROR", "emitted_at": 1.0, "error": {"message": "no key"}}},
    ]
    assert room.sync(*(line(each) for each in said))[:2] == said


def test_states_come_out_after_their_commit_as_they_came_in_and_in_order(room: Room) -> None:
    room.streams = [configured(), configured(name="other")]
    lines = [record(DAY), state(1), state("a", "other"), record(DAY), state(2)]
    assert positions(room.sync(*lines)) == [1, "a", 2]
    assert room.states() == {"readings": 2, "other": "a"}


def test_a_state_is_committed_without_any_record(room: Room) -> None:
    room.sync(state("nothing new"))
    assert room.states() == {"readings": "nothing new"}


def test_records_past_the_last_state_of_an_unfinished_stream_wait_for_the_next_sync(room: Room) -> None:
    room.streams = [configured(mode="append")]
    lines = status("STARTED") + record(DAY) + state(1) + record({**DAY, "place": "lyon"})
    assert "before it had finished: readings" in room.fails(lines)
    assert room.rows(ALL) == [("paris", 1.5)]
    room.sync(status("STARTED") + record({**DAY, "place": "lyon"}) + state(2) + status("COMPLETE"))
    assert room.rows(ALL) == [("lyon", 1.5), ("paris", 1.5)]


def test_a_stream_that_the_source_leaves_out_keeps_its_table(room: Room) -> None:
    room.streams = [configured(mode="overwrite"), configured(mode="overwrite", name="other")]
    room.sync(status("STARTED") + record(DAY) + status("COMPLETE") + record(DAY, "other") + status("COMPLETE", "other"))
    room.sync(status("STARTED") + status("COMPLETE"))
    assert room.rows(ALL) == []
    assert room.rows("SELECT count(*) FROM raw.other") == [(1,)]


def test_a_source_cut_off_in_a_line_keeps_what_it_had_confirmed(room: Room) -> None:
    assert "stopped before it had finished" in room.fails(record(DAY) + state(1) + record(DAY)[:-9])
    assert room.rows(ALL) == [("paris", 1.5)]
    assert room.states() == {"readings": 1}


def test_interleaved_streams_are_each_cut_at_their_own_state(room: Room) -> None:
    room.streams = [configured(mode="append"), configured(mode="append", name="other")]
    room.settings = {"batch_records": 1}
    a, b = (
        [record({**DAY, "value": n}) for n in range(4)],
        [record({**DAY, "value": n}, "other") for n in range(4)],
    )
    lines = [a[0], b[0], state(1), a[1], b[1], state("x", "other"), a[2], b[2], status("STARTED")]
    room.fails(*lines)
    assert room.rows(ALL) == [("paris", 0.0)]
    assert room.rows("SELECT value FROM raw.other ORDER BY ALL") == [(0.0,), (1.0,)]


def test_progress_counts_what_was_stored(room: Room) -> None:
    emitted = room.sync(record(DAY) + record({**DAY, "place": "lyon"}) + state(1))
    assert emitted[-1]["progress"]["stored"] == {"readings": 2}
    assert emitted[-1]["log"]["message"] == "stored: readings 2"
