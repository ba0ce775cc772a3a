"""connections.yaml: the one that is shipped, and what is said about a wrong one."""

from __future__ import annotations

import dataclasses
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from local_sync import catalog, connections, connector, values
from local_sync.errors import LeftOutError, SyncError
from local_sync.settings import CONNECTIONS_FILE

GOOD: dict[str, Any] = {
    "source": "source-x",
    "schema": "raw_x",
    "config": {"key": "${X_KEY}"},
    "modes": {"demo": {"key": "demo"}},
    "streams": {"s": {"sync": "incremental_append", "cursor": "at"}},
    "schedule": {"cron": "5 */2 * * 1-5", "timezone": "Europe/Paris", "owner": "airflow"},
}
SHIPPED = connections.load(CONNECTIONS_FILE)


def problem(tmp_path: Path, content: str) -> str:
    file = tmp_path / "connections.yaml"
    file.write_text(content)
    with pytest.raises(SyncError) as caught:
        connections.load(file)
    assert caught.value.exit_code == 2
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_each_source_is_read_and_each_schedule_is_in_paris_time_and_airflows() -> None:
    sources = {path.parent.name for path in CONNECTIONS_FILE.parents[1].glob("source-*/pyproject.toml")}
    assert {connection.source for connection in SHIPPED.values()} == sources
    assert {(c.schedule.timezone, c.schedule.owner) for c in SHIPPED.values()} == {("Europe/Paris", "airflow")}
    # At the same minute of the same hour they would meet on the way to the one file that they write.
    crons = [connection.schedule.cron for connection in SHIPPED.values()]
    assert len(set(crons)) == len(crons)


@pytest.mark.parametrize("schema", sorted({connection.schema for connection in SHIPPED.values()}))
def test_each_stream_that_a_source_offers_is_read_by_one_connection(schema: str, tmp_path: Path) -> None:
    """Discover needs no key, and gives the cursors and keys that connections.yaml counts on."""
    several = [connection for connection in SHIPPED.values() if connection.schema == schema]
    first = several[0]
    config = values.as_far_as_known(first.config_of("live"), {}, date(2026, 11, 20))
    (tmp_path / "config.json").write_text(json.dumps(config))
    discovered = connector.discover(first.source, tmp_path / "config.json")
    streams = [stream for one in several for stream in catalog.configured(one, discovered)["streams"]]
    assert sorted(s["stream"]["name"] for s in streams) == sorted(s["name"] for s in discovered["streams"])
    for stream in streams:
        incremental = "incremental" in stream["stream"]["supported_sync_modes"]
        assert stream["destination_sync_mode"] == ("append_dedup" if incremental else "overwrite")
        assert stream["primary_key"]
        assert not incremental or stream["cursor_field"] == stream["stream"]["default_cursor_field"]


def test_a_mode_is_laid_over_the_configuration_group_by_group() -> None:
    config = {
        "start": {"days_ago": 9},
        "more": {"address": "real", "starts": {"a": "2020-01-01", "b": {"days_ago": 1}}},
    }
    demo = {"start": "2024-01-01", "more": {"address": "demo", "starts": {"b": {"days_ago": 2}}}}
    shipped = SHIPPED["rte"]
    laid = dataclasses.replace(shipped, config=config, modes={"demo": demo})
    assert laid.config_of("demo") == {
        "start": "2024-01-01",
        "more": {"address": "demo", "starts": {"a": "2020-01-01", "b": {"days_ago": 2}}},
    }
    assert laid.config_of("live") == config


@pytest.mark.parametrize("connection", SHIPPED.values(), ids=SHIPPED)
def test_the_demo_needs_no_key_and_never_sees_a_real_one(connection: connections.Connection) -> None:
    live = json.dumps(connection.config_of("live"))
    real = {found["name"]: "real" for found in values.VARIABLE.finditer(live)}
    config = values.resolve(connection.name, connection.config_of("demo"), real, date(2026, 11, 20))
    assert "real" not in json.dumps(config)
    assert config == values.resolve(connection.name, connection.config_of("demo"), {}, date(2026, 11, 20))
    assert config["advanced"]["base_url"].startswith("http://127.0.0.1:8700")
    assert "127.0.0.1" not in live


def test_live_takes_keys_from_the_environment_and_leaves_out_what_is_not_set() -> None:
    keys = {"RTE_CLIENT_ID": "an-id", "RTE_CLIENT_SECRET": "a-secret"}
    rte = values.resolve("rte", SHIPPED["rte"].config_of("live"), keys, date(2026, 11, 20))
    assert (rte["client_id"], rte["client_secret"], "base_url" in rte["advanced"]) == ("an-id", "a-secret", False)
    assert "api_key" not in values.resolve("weather", SHIPPED["weather"].config_of("live"), {}, date(2026, 11, 20))
    with pytest.raises(LeftOutError, match=r"rte is left out: RTE_CLIENT_SECRET not set.*\.env") as caught:
        values.resolve("rte", SHIPPED["rte"].config_of("live"), {"RTE_CLIENT_ID": "x"}, date(2026, 11, 20))
    assert caught.value.exit_code == 3


def test_values_are_filled_in_at_any_depth() -> None:
    config = {
        "a": {"b": ["${HOST:-localhost}:${PORT}", 5]},
        "since": {"days_ago": 366},
        "none": "${NOTHING:-}",
        "empty": None,
        "off": False,
    }
    assert values.resolve("x", config, {"PORT": "80"}, date(2024, 3, 1)) == {
        "a": {"b": ["localhost:80", 5]},
        "since": "2023-03-01",
        "off": False,
    }


@pytest.mark.parametrize(
    ("now", "day"),
    [
        ("2026-11-20T22:59:59Z", date(2026, 11, 20)),
        ("2026-11-20T23:00:00Z", date(2026, 11, 21)),  # midnight in Paris, winter
        ("2026-07-01T22:00:00Z", date(2026, 7, 2)),  # and summer
        ("2026-07-02T00:30:00+02:00", date(2026, 7, 2)),
        ("2026-07-01T22:00:00", date(2026, 7, 2)),
    ],
)
def test_today_is_the_french_day_of_the_pinned_now(now: str, day: date) -> None:
    assert values.paris_today({"HEXAWATT_NOW": now}) == day


def test_a_wrong_now_is_named() -> None:
    with pytest.raises(SyncError, match="HEXAWATT_NOW is 'soon'"):
        values.paris_today({"HEXAWATT_NOW": "soon"})


def test_a_good_file_is_read_whole(tmp_path: Path) -> None:
    file = tmp_path / "connections.yaml"
    file.write_text(yaml.safe_dump({"connections": {"x": GOOD}}))
    (x,) = connections.load(file).values()
    assert x.streams == (connections.StreamChoice("s", "incremental_append", "at"),)
    assert x.config_of("live") == {"key": "${X_KEY}"}
    assert x.config_of("demo") == {"key": "demo"}


def without(field: str) -> dict[str, Any]:
    return {key: value for key, value in GOOD.items() if key != field}


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (without("source"), "connections.x: 'source' is missing"),
        ({**GOOD, "sorce": 1}, "connections.x: 'sorce' is not known here; known are config, modes"),
        ({**GOOD, "source": ""}, "connections.x.source: text is needed, not ''"),
        ({**GOOD, "config": "none"}, "connections.x.config: names with values are needed, not 'none'"),
        ({**GOOD, "modes": {"test": {}}}, "connections.x.modes: 'test' is not known here; known are demo, live"),
        ({**GOOD, "streams": {}}, "connections.x.streams: at least one stream is needed"),
        ({**GOOD, "streams": {"s": {"sync": "upsert"}}}, "connections.x.streams.s.sync: 'upsert' is not one of full_"),
        ({**GOOD, "streams": {"s": {"sync": "incremental_append"}}}, "incremental_append needs a cursor"),
        ({**GOOD, "streams": {"s": None}}, "connections.x.streams.s: names with values are needed, not None"),
        ({**GOOD, "schedule": {**GOOD["schedule"], "cron": "hourly"}}, "connections.x.schedule.cron: 'hourly' is not"),
        ({**GOOD, "schedule": {**GOOD["schedule"], "timezone": "Paris"}}, "there is no time zone 'Paris'"),
        ({**GOOD, "schedule": {**GOOD["schedule"], "owner": "me"}}, "owner: 'me' is not one of airflow, airbyte"),
    ],
)
def test_a_wrong_entry_is_named_by_its_place(tmp_path: Path, entry: dict[str, Any], expected: str) -> None:
    assert expected in problem(tmp_path, yaml.safe_dump({"connections": {"x": entry}}))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("connections: [", "is not good YAML"),
        ("connections: []", "connections: names with values are needed"),
        ("", "the file: names with values are needed"),
        ("connections: {}\nconections: {}", "'conections' is not known here"),
        ("connections:\n  x: {}\n  x: {}", "'x' is there twice"),
        ("connections:\n  X-1: {}", "connections.X-1: a name is made of lower-case letters"),
    ],
)
def test_a_wrong_file_is_explained(tmp_path: Path, content: str, expected: str) -> None:
    assert expected in problem(tmp_path, content)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SyncError, match=r"Can't read the list of connections .*nowhere\.yaml"):
        connections.load(tmp_path / "nowhere.yaml")


STREAM = {
    "name": "s",
    "json_schema": {},
    "supported_sync_modes": ["full_refresh", "incremental"],
    "source_defined_cursor": True,
    "default_cursor_field": ["at"],
    "source_defined_primary_key": [["k"]],
}


def configure(choice: connections.StreamChoice, **stream: Any) -> dict[str, Any]:
    connection = connections.Connection(
        "x", "source-x", "raw", {}, {}, (choice,), connections.Schedule("0 * * * *", "UTC", "airflow")
    )
    return catalog.configured(connection, {"streams": [{**STREAM, **stream}]})


@pytest.mark.parametrize("sync", connections.SYNC_MODES)
def test_every_sync_mode_becomes_a_pair_of_the_protocols(sync: str) -> None:
    (stream,) = configure(connections.StreamChoice("s", sync, "at"))["streams"]
    assert (stream["sync_mode"], stream["destination_sync_mode"]) == connections.SYNC_MODES[sync]
    assert (stream["cursor_field"], stream["primary_key"]) == (["at"], [["k"]])


@pytest.mark.parametrize(
    ("choice", "stream", "expected"),
    [
        (("t", "incremental_append", "at"), {}, "source-x has no such stream; it has s"),
        (("s", "incremental_append", "at"), {"supported_sync_modes": ["full_refresh"]}, "can't read this stream"),
        (("s", "incremental_append", "other"), {}, "the source's own is at, not other"),
        (("s", "incremental_deduped_history", "at"), {"source_defined_primary_key": None}, "needs a primary key"),
    ],
)
def test_what_the_source_cannot_do_is_said(choice: tuple[str, str, str], stream: dict[str, Any], expected: str) -> None:
    with pytest.raises(SyncError, match=r"connections\.x\.streams\.[st]") as caught:
        configure(connections.StreamChoice(*choice), **stream)
    assert expected in str(caught.value)
