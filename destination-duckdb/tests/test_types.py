"""Column types, exact instants, and values that don't fit."""

from __future__ import annotations

import datetime as dt
import json
import math
import tempfile
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from destination_duckdb.catalog import column_type
from duckdb_room import Room, configured, line, record, state
from hypothesis import given, settings
from hypothesis import strategies as st

PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"type": "string"}, "VARCHAR"),
        ({"type": ["null", "integer"]}, "BIGINT"),
        ({"type": "number"}, "DOUBLE"),
        ({"type": "number", "airbyte_type": "integer"}, "BIGINT"),
        ({"type": "boolean"}, "BOOLEAN"),
        ({"type": "string", "format": "date"}, "DATE"),
        ({"type": "string", "format": "date-time"}, "TIMESTAMP WITH TIME ZONE"),
        (
            {"type": "string", "format": "date-time", "airbyte_type": "timestamp_with_timezone"},
            "TIMESTAMP WITH TIME ZONE",
        ),
        (
            {"type": "string", "format": "date-time", "airbyte_type": "timestamp_without_timezone"},
            "TIMESTAMP",
        ),
        ({"type": "string", "format": "time"}, "TIME"),
        ({"type": "string", "format": "time", "airbyte_type": "time_without_timezone"}, "TIME"),
        ({"type": "string", "format": "time", "airbyte_type": "time_with_timezone"}, "VARCHAR"),
        ({"type": "string", "format": "email"}, "VARCHAR"),
        ({"type": "object", "properties": {}}, "JSON"),
        ({"type": "array"}, "JSON"),
        ({"type": ["string", "number"]}, "JSON"),
        ({"oneOf": [{"type": "string"}]}, "JSON"),
        ({}, "JSON"),
        (True, "JSON"),
    ],
)
def test_a_property_gets_the_type_airbyte_gives_it(rule: Any, expected: str) -> None:
    assert column_type(rule) == expected


def test_the_table_is_laid_out_as_declared(room: Room) -> None:
    room.streams = [
        configured(
            {
                "b": {"type": "boolean"},
                "a Name": {"type": "integer"},
                "o": {"type": "object"},
                'q"x': {
                    "type": "string",
                    "format": "date-time",
                    "airbyte_type": "timestamp_without_timezone",
                },
            },
            mode="append",
        )
    ]
    room.sync(record({"b": True, "a Name": 3, "o": {"k": [1, {"x": None}]}, 'q"x': "2026-03-29T02:30:00"}))
    shape = room.rows('SELECT column_name, column_type, "null" FROM (DESCRIBE raw.readings)')
    assert shape == [
        ("_airbyte_raw_id", "VARCHAR", "NO"),
        ("_airbyte_extracted_at", "TIMESTAMP WITH TIME ZONE", "NO"),
        ("_airbyte_meta", "JSON", "NO"),
        ("_airbyte_generation_id", "BIGINT", "YES"),
        ("b", "BOOLEAN", "YES"),
        ("a Name", "BIGINT", "YES"),
        ("o", "JSON", "YES"),
        ('q"x', "TIMESTAMP", "YES"),
    ]
    ((b, a, o, q),) = room.rows('SELECT b, "a Name", o, "q""x" FROM raw.readings')
    assert (b, a, json.loads(o), q) == (True, 3, {"k": [1, {"x": None}]}, dt.datetime(2026, 3, 29, 2, 30))


def load(room: Room, rule: dict[str, Any], values: list[Any]) -> list[tuple[Any, list[str]]]:
    """Each value as stored in a column of that rule, with the fields its _airbyte_meta names as nulled."""
    room.streams = [configured({"n": {"type": "integer"}, "v": rule}, mode="append")]
    room.sync(b"".join(record({"n": n, "v": value}) for n, value in enumerate(values)))
    rows = room.rows("SELECT v, _airbyte_meta FROM raw.readings ORDER BY n")
    return [(value, [change["field"] for change in json.loads(meta)["changes"]]) for value, meta in rows]


DATE_TIME = {"type": ["null", "string"], "format": "date-time"}


@pytest.mark.parametrize(
    ("rule", "fitting", "unfit"),
    [
        ({"type": "integer"}, {7: 7, "12": 12, 12.0: 12, -(2**63): -(2**63), 2**63 - 1: 2**63 - 1},
         [12.7, 2**63, 1e30, "abc", "", "0x1F", [1], {"a": 1}, True]),
        ({"type": "number"}, {7: 7.0, 0.1: 0.1, 1e300: 1e300, "2.5": 2.5},
         ["n/a", "", "NaN", "inf", [1], True]),
        ({"type": "boolean"}, {True: True, "false": False}, [5, "yes", "t", 0.5, []]),
        ({"type": "string", "format": "date"}, {"2024-02-29": dt.date(2024, 2, 29)},
         ["2023-02-29", "2024-01-01T10:00:00Z", "infinity", "epoch", 20240101, ""]),
        ({"type": "string", "format": "time"},
         {"10:00": dt.time(10), "23:59:59.5": dt.time(23, 59, 59, 500000), "10:00:00Z": dt.time(10)},
         ["25:00", "10:00:00+02:00", "2024-01-01T10:00:00Z", 10]),
        (DATE_TIME, {"2024-01-01": dt.datetime(2024, 1, 1, tzinfo=dt.UTC)},
         ["2024-02-30T00:00:00Z", "infinity", "epoch", "yesterday", 1_700_000_000, "", {"a": 1}]),
    ],
)  # fmt: skip
def test_a_value_that_does_not_fit_is_null_and_named(
    room: Room, rule: dict[str, Any], fitting: dict[Any, Any], unfit: list[Any]
) -> None:
    assert load(room, rule, [*fitting, None, *unfit]) == [
        *((value, []) for value in fitting.values()),
        (None, []),
        *((None, ["v"]) for _ in unfit),
    ]


def test_every_lost_value_of_a_row_is_named_after_what_the_source_reported(room: Room) -> None:
    room.streams = [configured({"a": {"type": "integer"}, "b": {"type": "boolean"}}, mode="append", sync_id=42)]
    reported = {"field": "c", "change": "NULLED", "reason": "SOURCE_RETRIEVAL_ERROR"}
    body = {
        "stream": "readings",
        "data": {"a": "x", "b": 9},
        "emitted_at": 5,
        "meta": {"changes": [reported]},
    }
    room.sync(line({"type": "RECORD", "record": body}))
    lost = {"change": "NULLED", "reason": "DESTINATION_TYPECAST_ERROR"}
    ((meta, extracted),) = room.rows("SELECT _airbyte_meta, epoch_ms(_airbyte_extracted_at) FROM raw.readings")
    assert json.loads(meta) == {
        "sync_id": 42,
        "changes": [reported, {"field": "a", **lost}, {"field": "b", **lost}],
    }
    assert extracted == 5


def test_text_keeps_any_value_as_it_is(room: Room) -> None:
    values = ["", " é\n\t", "x" * 100_000, "null", '{"a": 1}', "\U0001f600"]
    assert load(room, {"type": "string"}, [*values, 12, True]) == [(v, []) for v in [*values, "12", "true"]]


@settings(max_examples=10, deadline=None)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=50, max_size=100))
def test_numbers_are_exact(values: list[float]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        stored = [value for value, _ in load(Room(Path(folder)), {"type": "number"}, values)]
    assert [math.copysign(1, v) for v in stored] == [math.copysign(1, v) for v in values]
    assert stored == values


def quarters_around(day: dt.date) -> list[dt.datetime]:
    start = dt.datetime(day.year, day.month, day.day, tzinfo=PARIS).astimezone(dt.UTC)
    return [start + dt.timedelta(minutes=15 * n) for n in range(120)]


@pytest.mark.parametrize("day", [dt.date(2026, 3, 29), dt.date(2026, 10, 25)])
@pytest.mark.parametrize("zone", ["UTC", "Europe/Paris", "America/New_York"])
def test_instants_of_clock_change_days_are_exact_with_any_offset_and_machine_zone(
    room: Room, day: dt.date, zone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", zone)
    instants = quarters_around(day)
    room.streams = [configured({"n": {"type": "integer"}, "at": DATE_TIME}, key=("at",))]
    as_paris = [record({"n": n, "at": t.astimezone(PARIS).isoformat()}) for n, t in enumerate(instants)]
    as_utc = [record({"n": n, "at": t.strftime("%Y-%m-%dT%H:%M:%SZ")}) for n, t in enumerate(instants)]
    done = room.run(b"".join(as_paris) + state(1) + b"".join(as_utc))
    assert done.returncode == 0, done.stdout
    stored = room.rows('SELECT epoch("at")::BIGINT FROM raw.readings ORDER BY n')
    assert stored == [(int(t.timestamp()),) for t in instants]


def test_an_instant_without_offset_is_utc_and_fractions_are_kept(room: Room) -> None:
    values = ["2026-10-25T02:30:00", "2026-10-25T02:30:00.123456+02:00", "2026-10-25 02:30:00+0100"]
    stored = [value.astimezone(dt.UTC).isoformat() for value, _ in load(room, DATE_TIME, values)]
    assert stored == [
        "2026-10-25T02:30:00+00:00",
        "2026-10-25T00:30:00.123456+00:00",
        "2026-10-25T01:30:00+00:00",
    ]
