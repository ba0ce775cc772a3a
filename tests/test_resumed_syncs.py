"""Syncs of the real connectors, killed at random or run again: nothing lost, nothing doubled, nothing read in vain."""

from __future__ import annotations

import copy
import json
import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml
from pipeline import CONNECTORS, ROOT, environment, rows, running_simulator

NOW = "2026-11-20T15:05:00Z"
AN_HOUR_LATER = "2026-11-20T16:05:00Z"
SHIPPED = yaml.safe_load((ROOT / "airbyte" / "connections.yaml").read_text())
NAMES = [*SHIPPED["connections"]]
# The streams whose look-back is that of the connection, and it in days, with a day for the offset of Paris.
LOOK_BACK = {
    "rte": (
        "consumption_short_term",
        "actual_generations_per_production_type",
        "generation_forecasts",
        "physical_flows",
        "france_power_exchanges",
    ),
    "weather": ("archive_hourly", "forecast_hourly"),
}
LOOK_BACK_DAYS = {"rte": 8, "weather": 11}


@pytest.fixture(scope="module")
def simulator() -> Iterator[str]:
    with running_simulator(NOW) as url:
        yield url


def shipped(folder: Path, days: int, streams: Sequence[str] = ()) -> Path:
    """The shipped list with so many days of history, and all streams or those named."""
    listed = copy.deepcopy(SHIPPED)
    for connection in listed["connections"].values():
        connection["modes"]["demo"]["start_date"] = {"days_ago": days}
        if "advanced" in connection["modes"]["demo"]:
            connection["modes"]["demo"]["advanced"]["stream_start_dates"] = {"afrr_marginal_price": {"days_ago": 1}}
        if streams:
            kept = {name: choice for name, choice in connection["streams"].items() if name in streams}
            connection["streams"] = kept or connection["streams"]
    path = folder / "connections.yaml"
    path.write_text(yaml.safe_dump(listed))
    return path


@pytest.fixture(scope="module")
def every_stream(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shipped(tmp_path_factory.mktemp("every"), days=8)


@pytest.fixture(scope="module")
def long_history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shipped(tmp_path_factory.mktemp("long"), days=200, streams=LOOK_BACK["rte"])


class House:
    """A state directory, and syncs into it."""

    def __init__(self, home: Path, url: str, connections: Path) -> None:
        self.raw = home / "demo" / "raw.duckdb"
        self._command = [CONNECTORS / "local-sync", "run", "--connections", connections]
        self._environment = environment(HEXAWATT_HOME=str(home), MODE="demo", SIMULATOR_URL=url)

    def start(self, name: str, now: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*map(str, self._command), name],
            env={**self._environment, "HEXAWATT_NOW": now},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def sync(self, name: str, now: str = NOW) -> dict[str, Any]:
        """One whole sync; its summary."""
        running = self.start(name, now)
        output, errors = running.communicate(timeout=120)
        assert running.returncode == 0, errors[-2000:]
        summary: dict[str, Any] = json.loads(output.splitlines()[-1])
        return summary

    def contents(self, table: str) -> list[tuple[Any, ...]]:
        """All values that come from the source, in one order."""
        ours = "_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta, _airbyte_generation_id"
        fetched = ", fetched_at" if "weather" in table else ""
        return rows(self.raw, f"select * exclude ({ours}{fetched}) from {table} order by all")


@pytest.mark.parametrize("name", NAMES)
def test_killed_at_random_and_resumed_equals_undisturbed(
    name: str, simulator: str, every_stream: Path, tmp_path: Path
) -> None:
    undisturbed = House(tmp_path / "undisturbed", simulator, every_stream)
    began = time.monotonic()
    undisturbed.sync(name)
    duration = time.monotonic() - began

    disturbed = House(tmp_path / "disturbed", simulator, every_stream)
    chance = random.Random(20260329)
    for _ in range(4):
        running = disturbed.start(name, NOW)
        time.sleep(chance.uniform(0.2, 0.9) * duration)  # the moment of the blow, not a wait for something
        os.killpg(running.pid, signal.SIGKILL)
        running.communicate()
    disturbed.sync(name)

    for stream in SHIPPED["connections"][name]["streams"]:
        table = f"raw_{name}.{stream}"
        assert disturbed.contents(table) == undisturbed.contents(table), table


@pytest.mark.parametrize("name", NAMES)
def test_an_hour_later_only_what_is_new_or_may_be_revised_is_read(
    name: str, simulator: str, long_history: Path, tmp_path: Path
) -> None:
    house = House(tmp_path, simulator, long_history)
    first = house.sync(name)
    tables = [f"raw_{name}.{stream}" for stream in LOOK_BACK[name]]
    newest_extraction = {table: _newest_extraction(house, table) for table in tables}
    try:
        _move_clock(simulator, AN_HOUR_LATER)
        second = house.sync(name, AN_HOUR_LATER)
    finally:
        _move_clock(simulator, NOW)

    assert 0 < second["records"] < first["records"] / 5
    for table in tables:
        instant = "time" if name == "weather" else "start_date"
        ((touched,),) = rows(
            house.raw,
            f"""select coalesce(min({instant}), timestamptz '{AN_HOUR_LATER}') >=
                       timestamptz '{AN_HOUR_LATER}' - interval {LOOK_BACK_DAYS[name]} day
                from {table} where _airbyte_extracted_at > ?""",
            newest_extraction[table],
        )
        assert touched, f"{table}: rows older than the look-back were written again"


def _newest_extraction(house: House, table: str) -> Any:
    return rows(house.raw, f"select max(_airbyte_extracted_at) from {table}")[0][0]


def _move_clock(url: str, now: str) -> None:
    requests.post(f"{url}/simulator/clock", json={"now": now}, timeout=10).raise_for_status()
