"""The pipeline as a person would type it: connectors joined by a pipe, dbt as a command."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import requests

ROOT = Path(__file__).parents[1]
CONNECTORS = ROOT / ".venvs" / "connectors" / "bin"
DBT = ROOT / ".venvs" / "dbt" / "bin" / "dbt"
WITHOUT_TESTS = ("--exclude-resource-type", "test", "unit_test")


def environment(**settings: str) -> dict[str, str]:
    """This process's environment less Hexawatt's own settings, and ``settings``."""
    ours = ("HEXAWATT_", "DBT_", "RTE_", "SIMULATOR_")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(ours) and name != "MODE"}
    return {**clean, **settings}


def configured_catalog(source: str, config: Path, streams: Sequence[str] = ()) -> dict[str, Any]:
    """What ``discover`` tells, every stream (or the named ones) deduplicated by its own key; lists overwritten."""
    command = [CONNECTORS / source, "discover", "--config", config]
    output = subprocess.run(command, env=environment(), check=True, capture_output=True, text=True).stdout
    (catalog,) = [
        message["catalog"] for message in map(json.loads, output.splitlines()) if message["type"] == "CATALOG"
    ]
    return {
        "streams": [
            {
                "stream": stream,
                "sync_mode": stream["supported_sync_modes"][-1],
                "destination_sync_mode": "append_dedup" if stream["default_cursor_field"] else "overwrite",
                "cursor_field": stream["default_cursor_field"],
                "primary_key": stream["source_defined_primary_key"],
            }
            for stream in catalog["streams"]
            if not streams or stream["name"] in streams
        ]
    }


def sync(
    source: str,
    config: Mapping[str, Any],
    raw: Path,
    schema: str,
    scratch: Path,
    streams: Sequence[str] = (),
    **settings: str,
) -> None:
    """``source read | destination-duckdb write`` into ``raw``, all streams or those named; raises if one fails."""
    scratch.mkdir(parents=True, exist_ok=True)
    files = {name: scratch / f"{source}-{name}.json" for name in ("config", "catalog", "destination")}
    files["config"].write_text(json.dumps(config))
    files["catalog"].write_text(json.dumps(configured_catalog(source, files["config"], streams)))
    files["destination"].write_text(json.dumps({"path": str(raw), "schema": schema}))
    read = [CONNECTORS / source, "read", "--config", files["config"], "--catalog", files["catalog"]]
    write = [
        CONNECTORS / "destination-duckdb",
        "write",
        "--config",
        files["destination"],
        "--catalog",
        files["catalog"],
    ]
    with subprocess.Popen(read, stdout=subprocess.PIPE, env=environment(**settings)) as reading:
        written = subprocess.run(write, stdin=reading.stdout, env=environment(), capture_output=True, text=True)
    assert reading.returncode == 0, f"{source} failed"
    assert written.returncode == 0, written.stdout[-2000:]


@cache
def _prepared() -> Path:
    """A raw file with the tables of all connections, empty: made once in a process, by what makes them for people."""
    home = Path(tempfile.mkdtemp(prefix="hexawatt-prepared-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    settings = environment(HEXAWATT_HOME=str(home), MODE="demo")
    done = subprocess.run([CONNECTORS / "local-sync", "prepare"], env=settings, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return home / "demo" / "raw.duckdb"


def empty_raw(path: Path) -> None:
    """Makes the raw file ``path`` with all raw tables, without a row."""
    shutil.copyfile(_prepared(), path)


# What dbt parsed last in this process, by what its validity rests on: the two files, as the run names them.
_parsed: dict[tuple[str, str], bytes] = {}


def dbt_run(
    *arguments: str | Path, raw: Path, models: Path, scratch: Path, **settings: str
) -> subprocess.CompletedProcess[str]:
    """dbt on DuckDB; its target and log folders are in ``scratch``.

    It is started in the folder of ``models`` and names both files as seen from there: dbt keeps a parsed project for
    these names only, and so it is parsed once in a process and not once in each folder.
    """
    names = (os.path.relpath(raw, models.parent), models.name)
    saved = scratch / "target" / "partial_parse.msgpack"
    if names in _parsed:
        saved.parent.mkdir(parents=True, exist_ok=True)
        saved.write_bytes(_parsed[names])
    settings |= {
        "HEXAWATT_RAW_FILE": names[0],
        "HEXAWATT_MODELS_FILE": names[1],
        "DBT_TARGET_PATH": str(scratch / "target"),
        "DBT_LOG_PATH": str(scratch / "logs"),
        "DBT_USE_COLORS": "false",
    }
    done = subprocess.run(
        [DBT, *arguments, "--project-dir", ROOT / "dbt", "--profiles-dir", ROOT / "dbt"],
        cwd=models.parent,
        env=environment(**settings),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if saved.exists():
        _parsed[names] = saved.read_bytes()
    return done


def dbt_build(raw: Path, models: Path, mode: str, scratch: Path, *, tests: bool = True, **settings: str) -> None:
    """One ``dbt build`` of all models, with their tests or without."""
    options = () if tests else WITHOUT_TESTS
    built = dbt_run("build", *options, raw=raw, models=models, scratch=scratch, HEXAWATT_MODE=mode, **settings)
    assert built.returncode == 0, built.stdout[-4000:]


@contextmanager
def running_simulator(now: str) -> Iterator[str]:
    """The address of a simulator whose clock stands at ``now`` (POST /simulator/clock moves it)."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [CONNECTORS / "simulator", "--port", str(port)]
    # Without quotas: what they do is tested where they are kept.
    settings = environment(HEXAWATT_NOW=now, SIMULATOR_QUOTAS="{}")
    with subprocess.Popen(command, env=settings, stderr=subprocess.DEVNULL) as simulator:
        try:
            _wait_until_answering(url, simulator)
            yield url
        finally:
            simulator.terminate()


def free_port() -> int:
    """A port of loopback that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_answering(url: str, simulator: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while True:
        assert simulator.poll() is None, "the simulator has ended"
        assert time.monotonic() < deadline, "the simulator does not answer"
        try:
            requests.get(f"{url}/simulator/health", timeout=1).raise_for_status()
        except requests.RequestException:
            time.sleep(0.05)
        else:
            return


def rows(database: Path, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
    """The rows of ``query``, read-only, in UTC."""
    with duckdb.connect(str(database), read_only=True) as connection:
        connection.execute("set TimeZone='UTC'")
        return connection.execute(query, parameters).fetchall()
