"""What the destination's tests share: messages, catalogs, and a sync into a real file."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import orjson
from destination_duckdb.catalog import parse_catalog
from destination_duckdb.config import parse_config
from destination_duckdb.errors import UserError
from destination_duckdb.writer import write

COMMAND = [sys.executable, "-m", "destination_duckdb.cli"]
STRING, NUMBER = {"type": "string"}, {"type": ["null", "number"]}
INSTANT = {"type": ["null", "string"], "format": "date-time"}
READINGS = {"place": STRING, "at": INSTANT, "value": NUMBER}


def line(message: dict[str, Any]) -> bytes:
    return orjson.dumps(message) + b"\n"


def record(data: dict[str, Any], stream: str = "readings", emitted_at: int = 1_700_000_000_000) -> bytes:
    body = {"stream": stream, "data": data, "emitted_at": emitted_at}
    return line({"type": "RECORD", "record": body})


def state(position: Any, stream: str = "readings") -> bytes:
    body = {
        "type": "STREAM",
        "stream": {"stream_descriptor": {"name": stream}, "stream_state": {"position": position}},
    }
    return line({"type": "STATE", "state": body})


def status(value: str, stream: str = "readings") -> bytes:
    body = {
        "type": "STREAM_STATUS",
        "emitted_at": 1.0,
        "stream_status": {"stream_descriptor": {"name": stream}, "status": value},
    }
    return line({"type": "TRACE", "trace": body})


def configured(
    properties: dict[str, Any] | None = None,
    mode: str = "append_dedup",
    name: str = "readings",
    key: tuple[str, ...] = ("place", "at"),
    cursor: str | None = "at",
    **more: Any,
) -> dict[str, Any]:
    """One ConfiguredAirbyteStream."""
    schema = {"type": "object", "properties": READINGS if properties is None else properties}
    stream = {"name": name, "json_schema": schema, "supported_sync_modes": ["full_refresh", "incremental"]}
    if "namespace" in more:
        stream["namespace"] = more.pop("namespace")
    return {
        "stream": stream,
        "sync_mode": "incremental",
        "destination_sync_mode": mode,
        "primary_key": [[part] for part in key] if mode == "append_dedup" else None,
        "cursor_field": [cursor] if cursor and mode == "append_dedup" else None,
        **more,
    }


@dataclass
class Room:
    """A database file with a configuration, and syncs into it."""

    folder: Path
    streams: list[dict[str, Any]] = field(default_factory=lambda: [configured()])
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        return self.folder / "lake.duckdb"

    @property
    def config(self) -> dict[str, Any]:
        return {"path": str(self.path), "schema": "raw", "lock_wait_seconds": 0, **self.settings}

    def files(self) -> list[str]:
        """Write configuration and catalog to files; returns the command line's options."""
        (self.folder / "config.json").write_bytes(orjson.dumps(self.config))
        (self.folder / "catalog.json").write_bytes(orjson.dumps({"streams": self.streams}))
        return [
            "--config",
            str(self.folder / "config.json"),
            "--catalog",
            str(self.folder / "catalog.json"),
        ]

    def sync(self, *blocks: bytes) -> list[dict[str, Any]]:
        """Run a whole sync in this process; returns what it emitted. Raises UserError."""
        emitted: list[bytes] = []
        config = parse_config(self.config)
        streams = parse_catalog({"streams": self.streams}, config.schema)
        try:
            write(config, streams, blocks, emitted.append, lambda message: None)
        finally:
            self.emitted = [orjson.loads(each) for each in emitted]
        return self.emitted

    def fails(self, *blocks: bytes) -> str:
        """Run a sync that must fail with an error for people; returns its message."""
        try:
            self.sync(*blocks)
        except UserError as error:
            return str(error)
        raise AssertionError("the sync succeeded")

    def run(self, stdin: bytes, *command: str) -> subprocess.CompletedProcess[bytes]:
        """Run the console script as a process of its own."""
        return subprocess.run(
            [*COMMAND, *(command or ("write", *self.files()))], input=stdin, capture_output=True, timeout=60
        )

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.path), read_only=True) as connection:
            connection.execute("SET TimeZone = 'UTC'")
            return connection.execute(query).fetchall()

    def states(self) -> dict[str, Any]:
        """The saved position of each stream, as `destination-duckdb state` prints it."""
        self.files()
        done = self.run(b"", "state", "--config", str(self.folder / "config.json"))
        assert done.returncode == 0, done.stdout
        return {
            s["stream"]["stream_descriptor"]["name"]: s["stream"]["stream_state"]["position"]
            for s in orjson.loads(done.stdout)
        }


def positions(emitted: list[dict[str, Any]]) -> list[Any]:
    return [m["state"]["stream"]["stream_state"]["position"] for m in emitted if m["type"] == "STATE"]
