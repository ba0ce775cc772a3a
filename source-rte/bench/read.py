"""A read of a million values, every side in one run: ``source-rte read`` against the two ways that the CDK offers.

Each side is a process of its own. It reads the same pages from a server on loopback and writes protocol lines into a
pipe, where they are counted; its seconds run from its start to its exit, imports included.

- ``source-rte``: the connector as it is installed, without latency and with 150 ms a page
- ``HttpStream``: a plain source on the CDK's HttpStream and entrypoint, given the connector's own conversion to UTC
- ``manifest``: a low-code source, RecordExpander and AddFields; a twentieth of the days, the whole would take minutes

Before that each side reads one week; all must give the same records.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from airbyte_cdk.entrypoint import launch
from airbyte_cdk.sources import AbstractSource
from airbyte_cdk.sources.declarative.concurrent_declarative_source import ConcurrentDeclarativeSource
from airbyte_cdk.sources.streams import Stream
from airbyte_cdk.sources.streams.http import HttpStream
from airbyte_cdk.sources.streams.http.requests_native_auth import TokenAuthenticator
from connector_kit.clock import PARIS
from connector_kit.instants import to_utc
from connector_kit.windows import tile

STREAM = "consumption_short_term"
PATH = "consumption/v1/short_term"
# A day has as many values of each type always, also on the days of the clock changes.
STEP_MINUTES = {"REALISED": 15, "ID": 15, "D-1": 15, "D-2": 30}
CALLS = ("REALISED,ID", "D-1,D-2")
VALUES_PER_DAY = sum(24 * 60 // step for step in STEP_MINUTES.values())
LONGEST_DAYS = 90

NOW = "2025-12-20T12:00:00Z"
LAST_DAY = date(2025, 11, 30)
DAYS = 2_977  # 1,000,272 values
SHARE_OF_MANIFEST = 20
DAYS_TO_COMPARE = 7
LATENCY_SECONDS = 0.15

NAMES = ("type", "start_date", "end_date", "start_date_local", "end_date_local", "updated_date")
SCHEMA = {
    "type": "object",
    "properties": {**{name: {"type": ["null", "string"]} for name in NAMES}, "value": {"type": ["null", "number"]}},
}


# The server: pages of the service's shape, written before the first call.


def blocks_of(day: date) -> dict[str, bytes]:
    """The blocks of one day as JSON, by type: labels in local time with the offset of each, values whole MW."""
    labels = [datetime(day.year, day.month, day.day, tzinfo=PARIS) + timedelta(minutes=15 * n) for n in range(97)]
    texts = [label.isoformat() for label in labels]
    updated = (labels[0] - timedelta(minutes=7, seconds=day.toordinal() % 60)).isoformat()
    return {type_: _block(type_, texts[:: step // 15], updated).encode() for type_, step in STEP_MINUTES.items()}


def _block(type_: str, labels: Sequence[str], updated: str) -> str:
    values = ",".join(
        f'{{"start_date":"{start}","end_date":"{end}","updated_date":"{updated}","value":{46_000 + 97 * n}}}'
        for n, (start, end) in enumerate(pairwise(labels))
    )
    return f'{{"type":"{type_}","start_date":"{labels[0]}","end_date":"{labels[-1]}","values":[{values}]}}'


class Pages(BaseHTTPRequestHandler):
    """``/<seconds of latency>/token/oauth/`` and ``/<seconds of latency>/open_api/consumption/v1/short_term``."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    blocks: Mapping[date, Mapping[str, bytes]]

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self._answer(b'{"access_token":"token","token_type":"Bearer","expires_in":7200}')

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(address.query).items()}
        start, end = (date.fromisoformat(asked[bound][:10]) for bound in ("start_date", "end_date"))
        types = asked["type"].split(",")
        days = (end - timedelta(days=n) for n in range(1, (end - start).days + 1))
        body = b'{"short_term":[' + b",".join([self.blocks[day][type_] for day in days for type_ in types]) + b"]}"
        time.sleep(float(address.path.split("/")[1]))
        self._answer(body)

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the lines would stand between the figures."""


def serve() -> None:
    """Writes the pages, then its port as a line, and serves until its standard input ends."""
    Pages.blocks = {day: blocks_of(day) for day in (LAST_DAY - timedelta(days=n) for n in range(DAYS))}
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_port, flush=True)
    sys.stdin.read()


# The plain source.


class ShortTerm(HttpStream):
    """One call after the other, as HttpStream does; flat records as the connector gives them."""

    name = STREAM
    primary_key = None

    def __init__(self, config: Mapping[str, Any]) -> None:
        token = requests.post(f"{config['base_url']}/token/oauth/", timeout=10).json()["access_token"]
        super().__init__(authenticator=TokenAuthenticator(token))
        self._config = config

    @property
    def url_base(self) -> str:
        return f"{self._config['base_url']}/open_api/"

    def path(self, **_: Any) -> str:
        return PATH

    def get_json_schema(self) -> Mapping[str, Any]:
        return SCHEMA

    def next_page_token(self, response: requests.Response) -> None:
        return None

    def stream_slices(self, **_: Any) -> Iterable[Mapping[str, Any]]:
        begin, end = (date.fromisoformat(self._config[bound]) for bound in ("start_date", "end_date"))
        for window in tile(begin, end + timedelta(days=1), longest_days=LONGEST_DAYS):
            for types in CALLS:
                bounds = {"start_date": window.start_at.isoformat(), "end_date": window.end_at.isoformat()}
                yield {"type": types, **bounds}

    def request_params(self, *, stream_slice: Mapping[str, Any] | None = None, **_: Any) -> Mapping[str, Any]:
        return stream_slice or {}

    def parse_response(self, response: requests.Response, **_: Any) -> Iterable[Mapping[str, Any]]:
        for block in response.json()["short_term"]:
            for value in block["values"]:
                yield {
                    "type": block["type"],
                    "start_date": to_utc(value["start_date"]),
                    "end_date": to_utc(value["end_date"]),
                    "start_date_local": value["start_date"],
                    "end_date_local": value["end_date"],
                    "updated_date": to_utc(value["updated_date"]),
                    "value": value["value"],
                }


class PlainSource(AbstractSource):
    def spec(self, logger: Any) -> Any:
        return ConcurrentDeclarativeSource(source_config=MANIFEST, config={}).spec(logger)

    def check_connection(self, logger: Any, config: Mapping[str, Any]) -> tuple[bool, None]:
        return True, None

    def streams(self, config: Mapping[str, Any]) -> list[Stream]:
        return [ShortTerm(config)]


# The low-code source. An expression per instant: a manifest has nothing else that converts to UTC.


def _in_utc(field: str) -> Mapping[str, Any]:
    expression = f"{{{{ format_datetime(record['{field}'], '%Y-%m-%dT%H:%M:%SZ') }}}}"
    return {"type": "AddedFieldDefinition", "path": [field], "value": expression, "value_type": "string"}


def _kept(field: str) -> Mapping[str, Any]:
    value = f"{{{{ record['{field}'] }}}}"
    return {"type": "AddedFieldDefinition", "path": [f"{field}_local"], "value": value, "value_type": "string"}


_MIDNIGHT = "T00:00:00+01:00"
_AFTER_LAST = "(str_to_datetime(stream_interval.end_time) + duration('P1D')).strftime('%Y-%m-%d')"

MANIFEST: Mapping[str, Any] = {
    "version": "6.0.0",
    "type": "DeclarativeSource",
    "check": {"type": "CheckStream", "stream_names": [STREAM]},
    "spec": {
        "type": "Spec",
        "connection_specification": {"type": "object", "additionalProperties": True, "properties": {}},
    },
    "streams": [
        {
            "type": "DeclarativeStream",
            "name": STREAM,
            "schema_loader": {"type": "InlineSchemaLoader", "schema": SCHEMA},
            "incremental_sync": {
                "type": "DatetimeBasedCursor",
                "cursor_field": "start_date_local",
                "cursor_datetime_formats": ["%Y-%m-%dT%H:%M:%S%z"],
                "datetime_format": "%Y-%m-%d",
                "cursor_granularity": "P1D",
                "step": f"P{LONGEST_DAYS}D",
                "start_datetime": {
                    "type": "MinMaxDatetime",
                    "datetime": "{{ config['start_date'] }}",
                    "datetime_format": "%Y-%m-%d",
                },
                "end_datetime": {
                    "type": "MinMaxDatetime",
                    "datetime": "{{ config['end_date'] }}",
                    "datetime_format": "%Y-%m-%d",
                },
            },
            "retriever": {
                "type": "SimpleRetriever",
                "partition_router": {"type": "ListPartitionRouter", "cursor_field": "types", "values": list(CALLS)},
                "requester": {
                    "type": "HttpRequester",
                    "url_base": "{{ config['base_url'] }}/open_api",
                    "path": PATH,
                    "authenticator": {
                        "type": "OAuthAuthenticator",
                        "token_refresh_endpoint": "{{ config['base_url'] }}/token/oauth/",
                        "client_id": "{{ config['client_id'] }}",
                        "client_secret": "{{ config['client_secret'] }}",
                        "grant_type": "client_credentials",
                    },
                    "request_parameters": {
                        "type": "{{ stream_partition.types }}",
                        "start_date": "{{ stream_interval.start_time }}" + _MIDNIGHT,
                        "end_date": f"{{{{ {_AFTER_LAST} }}}}{_MIDNIGHT}",
                    },
                },
                "record_selector": {
                    "type": "RecordSelector",
                    "extractor": {
                        "type": "DpathExtractor",
                        "field_path": ["short_term"],
                        "record_expander": {
                            "type": "RecordExpander",
                            "expand_records_from_field": ["values"],
                            "parent_fields": [
                                {"type": "ParentFieldPath", "parent_path": ["type"], "record_path": ["type"]}
                            ],
                        },
                    },
                },
            },
            "transformations": [
                {"type": "AddFields", "fields": [_kept("start_date"), _kept("end_date")]},
                {"type": "AddFields", "fields": [_in_utc(name) for name in ("start_date", "end_date", "updated_date")]},
            ],
        }
    ],
}


def read_plain(arguments: list[str]) -> None:
    launch(PlainSource(), arguments)


def read_manifest(arguments: list[str]) -> None:
    config = json.loads(Path(arguments[arguments.index("--config") + 1]).read_text())
    catalog = AbstractSource.read_catalog(arguments[arguments.index("--catalog") + 1])
    source = ConcurrentDeclarativeSource(catalog=catalog, config=config, state=[], source_config=MANIFEST)
    launch(source, arguments)


# The measurement.


@dataclass(frozen=True)
class Side:
    name: str
    command: Sequence[str]
    days: int = DAYS
    latency: float = 0.0


@dataclass(frozen=True)
class Figures:
    """Seconds of the process and of its work, peak memory up to a quarter of the records and at the end."""

    records: int
    seconds: float
    cpu_seconds: float
    quarter_mb: float
    peak_mb: float

    @property
    def rate(self) -> float:
        return self.records / self.seconds


def measure(side: Side, base_url: str, on_line: Callable[[bytes], None] | None = None) -> Figures:
    """Runs one side and counts its records. Raises RuntimeError where it fails or leaves out a record."""
    expected = side.days * VALUES_PER_DAY
    with tempfile.TemporaryDirectory() as folder, open(Path(folder) / "errors", "w+b") as errors:
        command = [*side.command, "read", *_arguments(Path(folder), side, base_url)]
        environment = {**os.environ, "HEXAWATT_NOW": NOW}
        began = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, env=environment)
        records, memory, lines = 0, [0.0], b""
        quarter = None
        assert process.stdout
        for lines in _whole_lines(process.stdout.fileno()):
            records += lines.count(b'{"type":"RECORD"')
            if on_line:
                for line in lines.splitlines():
                    on_line(line)
            if records * 100 >= len(memory) * expected:
                memory.append(_peak_mb(process.pid) or memory[-1])
            if quarter is None and records * 4 >= expected:
                quarter = _peak_mb(process.pid)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - began
        if process.returncode or records != expected:
            errors.seek(0)
            said = (errors.read() + lines).decode()[-2000:]
            raise RuntimeError(f"{side.name}: exit code {process.returncode}, {records} of {expected} records. {said}")
    return Figures(records, seconds, usage.ru_utime + usage.ru_stime, quarter or 0.0, max(memory))


def _arguments(folder: Path, side: Side, base_url: str) -> list[str]:
    advanced = {
        "end_date": LAST_DAY.isoformat(),
        "base_url": f"{base_url}/{side.latency}",
        "calls_per_second": 100,
    }
    config = {
        "client_id": "bench",
        "client_secret": "bench",
        "start_date": (LAST_DAY - timedelta(days=side.days - 1)).isoformat(),
        **advanced,
        "advanced": advanced,
    }
    stream = {"name": STREAM, "json_schema": SCHEMA, "supported_sync_modes": ["full_refresh", "incremental"]}
    catalog = {"streams": [{"stream": stream, "sync_mode": "full_refresh", "destination_sync_mode": "append"}]}
    for name, content in {"config": config, "catalog": catalog}.items():
        (folder / name).write_text(json.dumps(content))
    return ["--config", str(folder / "config"), "--catalog", str(folder / "catalog")]


def _whole_lines(descriptor: int) -> Iterator[bytes]:
    rest = b""
    while chunk := os.read(descriptor, 1 << 20):
        lines, newline, rest = (rest + chunk).rpartition(b"\n")
        yield lines + newline


def _peak_mb(process_id: int) -> float | None:
    """The largest resident memory so far, or None where the process has just ended.

    Not ``ru_maxrss``: that of a child begins with the memory of the process that started it.
    """
    try:
        status = Path(f"/proc/{process_id}/status").read_text()
    except OSError:
        return None
    found = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")]
    return int(found[0]) / 1024 if found else None


def read_a_week(side: Side, base_url: str) -> tuple[Figures, set[tuple[Any, ...]]]:
    """The figures of a week, and its records without the instants at which they were written."""
    found: set[tuple[Any, ...]] = set()

    def keep(line: bytes) -> None:
        message = json.loads(line)
        if message["type"] == "RECORD":
            found.add(tuple(sorted(message["record"]["data"].items())))

    return measure(replace(side, days=DAYS_TO_COMPARE), base_url, keep), found


def seconds_of_all(read: Figures, week: Figures) -> float:
    """Seconds that all days take at the pace of ``read``; the start of the process, known by a week, counts once."""
    pace = (read.seconds - week.seconds) / (read.records - week.records)
    return read.seconds + pace * (DAYS * VALUES_PER_DAY - read.records)


SOURCE_RTE = [str(Path(sys.executable).with_name("source-rte"))]
ITSELF = [sys.executable, __file__]
SIDES = (
    Side("source-rte", SOURCE_RTE),
    Side("source-rte, 150 ms a page", SOURCE_RTE, latency=LATENCY_SECONDS),
    Side("HttpStream", [*ITSELF, "HttpStream"]),
    Side("manifest", [*ITSELF, "manifest"], days=DAYS // SHARE_OF_MANIFEST),
)


def compare(_: Sequence[str]) -> None:
    """Prints the figures of each side and what ``source-rte`` gains."""
    server = subprocess.Popen([*ITSELF, "serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with server:
        assert server.stdin
        assert server.stdout
        try:
            _compare(f"http://127.0.0.1:{int(server.stdout.readline())}")
        finally:
            server.stdin.close()


def _compare(base_url: str) -> None:
    weeks = [read_a_week(side, base_url) for side in SIDES]
    if any(records != weeks[0][1] for _, records in weeks):
        raise RuntimeError("The sides do not give the same records.")
    print(f"{DAYS_TO_COMPARE} days: {len(SIDES)} sides, the same {len(weeks[0][1]):,} records")
    seconds = {}
    for side, (week, _) in zip(SIDES, weeks, strict=True):
        read = measure(side, base_url)
        seconds[side.name] = seconds_of_all(read, week)
        whole = "" if side.days == DAYS else f"; all would take {seconds[side.name]:.0f} s"
        print(
            f"{side.name}: {read.records:,} records in {read.seconds:.1f} s ({read.cpu_seconds:.1f} s of CPU),"
            f" {read.rate:,.0f} records/s, memory {read.quarter_mb:.0f} MB up to a quarter,"
            f" {read.peak_mb:.0f} MB up to the end{whole}",
            flush=True,
        )
    ours, with_latency, *others = SIDES
    for side in others:
        print(f"{ours.name} against {side.name}: ratio {seconds[side.name] / seconds[ours.name]:.1f}")
    print(f"150 ms a page against none: ratio {seconds[with_latency.name] / seconds[ours.name]:.2f}")


if __name__ == "__main__":
    role = sys.argv[1] if len(sys.argv) > 1 else ""
    roles = {"serve": lambda _: serve(), "HttpStream": read_plain, "manifest": read_manifest}
    roles.get(role, compare)(sys.argv[2:])
