"""Records per second into DuckDB: this destination against the obvious way, both in one run.

    python bench/load.py [--records 1000000] [--naive-records 20000]

Both read the same RECORD lines (the shape of RTE's consumption stream) from a pipe and upsert them by key
into an empty file. "Obvious" is: parse each line with json, put batches into the table with
executemany and INSERT OR REPLACE, one transaction a batch. It gets fewer records: it would take an hour.
On Linux each side runs on one processor (the one of this script's choice), the sender on another.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import orjson

KEY = ["type", "start_date", "start_date_local"]
INSTANT = {"type": ["null", "string"], "format": "date-time"}
PROPERTIES = {
    "type": {"type": "string"},
    "start_date": INSTANT,
    "end_date": INSTANT,
    "start_date_local": {"type": "string"},
    "end_date_local": {"type": "string"},
    "updated_date": INSTANT,
    "value": {"type": ["null", "number"]},
}
CATALOG = {
    "streams": [
        {
            "stream": {"name": "consumption", "json_schema": {"type": "object", "properties": PROPERTIES}},
            "sync_mode": "incremental",
            "destination_sync_mode": "append_dedup",
            "primary_key": [[part] for part in KEY],
            "cursor_field": ["start_date"],
        }
    ]
}
NAIVE_BATCH = 10_000


def lines(count: int, per_state: int = 5_000) -> bytes:
    out = []
    start = dt.datetime(2015, 1, 1, tzinfo=dt.UTC)
    for n in range(count):
        begin = start + dt.timedelta(minutes=15 * (n // 4))
        end = begin + dt.timedelta(minutes=15)
        data = {
            "type": ("REALISED", "ID", "D-1", "D-2")[n % 4],
            "start_date": f"{begin:%Y-%m-%dT%H:%M:%SZ}",
            "end_date": f"{end:%Y-%m-%dT%H:%M:%SZ}",
            "start_date_local": f"{begin:%Y-%m-%dT%H:%M:%S}+01:00",
            "end_date_local": f"{end:%Y-%m-%dT%H:%M:%S}+01:00",
            "updated_date": f"{end:%Y-%m-%dT%H:%M:%SZ}",
            "value": 50_000.0 + n % 977,
        }
        body = {"stream": "consumption", "data": data, "emitted_at": 1_700_000_000_000}
        out.append(orjson.dumps({"type": "RECORD", "record": body}))
        if n % per_state == per_state - 1:
            descriptor = {"stream_descriptor": {"name": "consumption"}, "stream_state": {"n": n}}
            out.append(orjson.dumps({"type": "STATE", "state": {"type": "STREAM", "stream": descriptor}}))
    return b"\n".join(out) + b"\n"


def naive(path: str) -> None:
    """The obvious way, run as a process of its own with the lines on standard input."""
    connection = duckdb.connect(path)
    columns = ", ".join(f"{name} {'DOUBLE' if name == 'value' else 'VARCHAR'}" for name in PROPERTIES)
    connection.execute(f"CREATE TABLE consumption ({columns}, PRIMARY KEY ({', '.join(KEY)}))")
    marks = ", ".join("?" for _ in PROPERTIES)
    insert = f"INSERT OR REPLACE INTO consumption VALUES ({marks})"
    batch: list[list[object]] = []
    for line in sys.stdin:
        message = json.loads(line)
        if message["type"] == "RECORD":
            batch.append([message["record"]["data"][name] for name in PROPERTIES])
        if len(batch) >= NAIVE_BATCH:
            store(connection, insert, batch)
            batch = []
    if batch:
        store(connection, insert, batch)
    connection.close()


def store(connection: duckdb.DuckDBPyConnection, insert: str, batch: list[list[object]]) -> None:
    connection.begin()
    connection.executemany(insert, batch)
    connection.commit()


def timed(command: list[str], content: bytes, one_core: bool) -> float:
    """Seconds from the start of the process to its end, with the content sent through a pipe."""

    def pin() -> None:
        if one_core and hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})

    started = time.perf_counter()
    subprocess.run(command, input=content, stdout=subprocess.DEVNULL, check=True, preexec_fn=pin)
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--naive-records", type=int, default=20_000)
    parser.add_argument("--naive", metavar="FILE", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.naive:
        naive(args.naive)
        return
    with tempfile.TemporaryDirectory() as folder:
        config, catalog = Path(folder, "config.json"), Path(folder, "catalog.json")
        catalog.write_bytes(orjson.dumps(CATALOG))
        config.write_bytes(orjson.dumps({"path": f"{folder}/spool.duckdb", "schema": "raw"}))
        write = [sys.executable, "-m", "destination_duckdb.cli", "write"]
        write += ["--config", str(config), "--catalog", str(catalog)]
        content = lines(args.records)
        for label in ("spool + read_json, new rows", "spool + read_json, same again"):
            report(label, args.records, timed(write, content, one_core=True))
        obvious = [sys.executable, __file__, "--naive", f"{folder}/naive.duckdb"]
        report("parse + executemany", args.naive_records, timed(obvious, lines(args.naive_records), True))


def report(label: str, records: int, seconds: float) -> None:
    print(f"{label:32} {records:>10,} records  {seconds:6.1f} s  {records / seconds:>10,.0f} records/s")


if __name__ == "__main__":
    main()
