"""Airflow really started and really stopped, on scratch ports and a scratch state."""

from __future__ import annotations

import dataclasses
import sqlite3
import stat
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from hexawatt import airflow_stack, credentials, processes
from hexawatt.console import Console
from hexawatt.settings import Settings

STARTS_SECONDS = 5
SQLITE_WAITS_SECONDS = 5  # unless told otherwise

CONNECTIONS = """
connections:
  weather:
    source: source-weather
    streams: {archive_hourly: {}}
    schedule: {cron: "10 */3 * * *", timezone: Europe/Paris, owner: airflow}
"""


@pytest.fixture
def stack(settings: Settings, tmp_path: Path) -> Iterator[Settings]:
    connections = tmp_path / "connections.yaml"
    connections.write_text(CONNECTIONS)
    made = dataclasses.replace(settings, connections_file=connections)
    try:
        yield made
    finally:
        airflow_stack.stop(made)


def test_airflow_comes_up_on_loopback_only_and_stops_without_a_trace(
    stack: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    airflow_stack.start(stack, Console())
    client = airflow_stack.api(stack)
    airflow_stack.wait_for_dags(stack, client, ["sync_weather", "transform"])
    everyone = processes.family(stack.run, airflow_stack.COMMANDS)

    assert client.unhealthy() == []
    assert airflow_stack.is_running(stack)
    assert _listening(everyone) == {("127.0.0.1", stack.airflow_port)}

    # A second start leaves the same processes in place.
    airflow_stack.start(stack, Console())
    assert everyone <= processes.family(stack.run, airflow_stack.COMMANDS)

    assert airflow_stack.stop(stack) == sorted(airflow_stack.COMMANDS)
    assert not [member for member in everyone if member.is_alive()]
    assert processes.read(stack.run) == []

    password = credentials.load_or_make(stack).airflow_password
    assert password not in capsys.readouterr().out
    assert not [log for log in stack.logs.glob("airflow-*.log") if password in log.read_text()]
    assert stat.S_IMODE(stack.credentials_file.stat().st_mode) == 0o600


def test_a_database_busy_for_longer_than_sqlite_waits_by_itself_refuses_nobody(stack: Settings) -> None:
    stack.make_directories()
    variables = airflow_stack.environment(stack, credentials.load_or_make(stack)) | airflow_stack.patient(stack)
    airflow = stack.executable("airflow", "airflow")
    subprocess.run([airflow, "db", "migrate"], env=variables, capture_output=True, timeout=120, check=True)
    writer = sqlite3.connect(stack.airflow_home / "airflow.db", isolation_level=None)
    writer.execute("begin immediate")
    second = subprocess.Popen([airflow, "pools", "set", "any", "1", "any"], env=variables, stdout=subprocess.DEVNULL)
    time.sleep(STARTS_SECONDS + 2 * SQLITE_WAITS_SECONDS)
    assert second.poll() is None
    writer.execute("commit")
    assert second.wait(timeout=60) == 0


def _listening(members: set[processes.Identity]) -> set[tuple[str, int]]:
    found = set()
    for member in members:
        for connection in psutil.Process(member.pid).net_connections(kind="inet"):
            if connection.status == psutil.CONN_LISTEN:
                found.add((connection.laddr.ip, connection.laddr.port))
    return found
