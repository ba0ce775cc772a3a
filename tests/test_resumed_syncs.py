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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml
from pipeline import CONNECTORS, ROOT, environment, rows, running_simulator

NOW = "2026-11-20T15:05:00Z"
AN_HOUR_LATER = "2026-11-20T16:05:00Z"
SHIPPED = yaml.safe_load((ROOT / "airbyte" / "connections.yaml").read_text())["connections"]

# Of each source the connections whose ways of reading differ, with the days of history that keep the sync short. What
# is consolidated is two months old.
RESUMED = {"rte": 8, "weather": 8, "weather_daily": 8, "odre": 5, "odre_daily": 70, "energy_charts": 4, "airqino": 5}


@dataclass(frozen=True)
class Hourly:
    """A connection that comes every hour or so: its history, and how many days each of its streams is read again.

    The days of the look-back have one more, for the offset of Paris.
    """

    history_days: int
    look_back_days: int
    streams: Sequence[str]


HOURLY = {
    "rte": Hourly(
        200,
        8,
        (
            "consumption_short_term",
            "actual_generations_per_production_type",
            "generation_forecasts",
            "physical_flows",
            "france_power_exchanges",
        ),
    ),
    "weather": Hourly(200, 11, ("archive_hourly", "forecast_hourly")),
    "odre": Hourly(40, 4, ("eco2mix_national_tr", "eco2mix_regional_tr", "eco2mix_metropoles_tr")),
    "energy_charts": Hourly(40, 5, ("public_power", "cross_border_flows")),
    "airqino": Hourly(60, 8, ("hourly_averages",)),
}


@pytest.fixture(scope="module")
def simulator() -> Iterator[str]:
    with running_simulator(NOW) as url:
        yield url


def shipped(folder: Path, name: str, days: int, streams: Sequence[str] = ()) -> Path:
    """A list with one of the shipped connections: so many days of history, and all streams or those named."""
    connection = copy.deepcopy(SHIPPED[name])
    for settings in (connection["config"], connection["modes"]["demo"]):
        settings.get("advanced", {}).pop("stream_start_dates", None)
    connection["modes"]["demo"]["start_date"] = {"days_ago": days}
    if name == "rte":
        connection["modes"]["demo"]["advanced"]["stream_start_dates"] = {"afrr_marginal_price": {"days_ago": 1}}
    connection["streams"] = {stream: connection["streams"][stream] for stream in streams or connection["streams"]}
    path = folder / "connections.yaml"
    path.write_text(yaml.safe_dump({"connections": {name: connection}}))
    return path


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
        """All values that come from the source, in one order; when they were read is not one of them."""
        ours = "name not in ('fetched_at', 'read_at') and not starts_with(name, '_airbyte_')"
        return rows(self.raw, f"select columns(lambda name: {ours}) from {table} order by all")


@pytest.mark.parametrize("name", RESUMED)
def test_killed_at_random_and_resumed_equals_undisturbed(name: str, simulator: str, tmp_path: Path) -> None:
    connections = shipped(tmp_path, name, RESUMED[name])
    undisturbed = House(tmp_path / "undisturbed", simulator, connections)
    began = time.monotonic()
    undisturbed.sync(name)
    duration = time.monotonic() - began

    disturbed = House(tmp_path / "disturbed", simulator, connections)
    chance = random.Random(20260329)
    for _ in range(3):
        running = disturbed.start(name, NOW)
        time.sleep(chance.uniform(0.2, 0.9) * duration)  # the moment of the blow, not a wait for something
        os.killpg(running.pid, signal.SIGKILL)
        running.communicate()
    disturbed.sync(name)

    for stream in SHIPPED[name]["streams"]:
        table = f"{SHIPPED[name]['schema']}.{stream}"
        assert disturbed.contents(table) == undisturbed.contents(table), table


@pytest.mark.parametrize("name", HOURLY)
def test_an_hour_later_only_what_is_new_or_may_be_revised_is_read(name: str, simulator: str, tmp_path: Path) -> None:
    hourly = HOURLY[name]
    house = House(tmp_path, simulator, shipped(tmp_path, name, hourly.history_days, hourly.streams))
    first = house.sync(name)
    tables = {f"{SHIPPED[name]['schema']}.{stream}": stream for stream in hourly.streams}
    newest_extraction = {table: _newest_extraction(house, table) for table in tables}
    try:
        _move_clock(simulator, AN_HOUR_LATER)
        second = house.sync(name, AN_HOUR_LATER)
    finally:
        _move_clock(simulator, NOW)

    assert 0 < second["records"] < first["records"] / 5
    for table, stream in tables.items():
        cursor = SHIPPED[name]["streams"][stream]["cursor"]
        ((touched,),) = rows(
            house.raw,
            f"""select coalesce(min({cursor}), timestamptz '{AN_HOUR_LATER}') >=
                       timestamptz '{AN_HOUR_LATER}' - interval {hourly.look_back_days} day
                from {table} where _airbyte_extracted_at > ?""",
            newest_extraction[table],
        )
        assert touched, f"{table}: rows older than the look-back were written again"


def _newest_extraction(house: House, table: str) -> Any:
    return rows(house.raw, f"select max(_airbyte_extracted_at) from {table}")[0][0]


def _move_clock(url: str, now: str) -> None:
    requests.post(f"{url}/simulator/clock", json={"now": now}, timeout=10).raise_for_status()
