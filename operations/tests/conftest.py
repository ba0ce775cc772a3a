"""Settings of a scratch state directory on scratch ports."""

from __future__ import annotations

import dataclasses
import socket
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hexawatt.settings import REPOSITORY, Settings


def free_ports(count: int) -> list[int]:
    """Ports that nothing listens on now."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in sockets]
    finally:
        for one in sockets:
            one.close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    simulator, airflow, superset = free_ports(3)
    made = Settings(
        repository=REPOSITORY,
        home=tmp_path / "home",
        mode="demo",
        simulator_port=simulator,
        airflow_port=airflow,
        superset_port=superset,
    )
    made.make_directories()
    return made


@pytest.fixture
def wait_for() -> Callable[[Callable[[], bool]], None]:
    """Poll a condition for ten seconds at most."""

    def wait(condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 10
        while not condition():
            assert time.monotonic() < deadline, "waited ten seconds in vain"
            time.sleep(0.01)

    return wait


CONNECTIONS = """
connections:
  rte:
    source: source-rte
    schema: raw_rte
    config: {client_id: "${RTE_CLIENT_ID}", client_secret: "${RTE_CLIENT_SECRET}"}
    modes: {demo: {client_id: demo, client_secret: demo}}
    streams:
      consumption_short_term: {sync: incremental_deduped_history, cursor: start_date}
      physical_flows: {sync: incremental_deduped_history, cursor: start_date}
    schedule: {cron: "20 * * * *", timezone: Europe/Paris, owner: airflow}
  weather:
    source: source-weather
    schema: raw_weather
    config: {}
    streams:
      archive_hourly: {sync: incremental_deduped_history, cursor: time}
    schedule: {cron: "10 */3 * * *", timezone: Europe/Paris, owner: airflow}
"""


@pytest.fixture
def house(tmp_path: Path, settings: Settings) -> Settings:
    """A repository of its own, with a list of connections and room for stub programs."""
    repository = tmp_path / "repository"
    connections = repository / "airbyte" / "connections.yaml"
    connections.parent.mkdir(parents=True)
    connections.write_text(CONNECTIONS)
    made = dataclasses.replace(settings, repository=repository, connections_file=connections)
    install(made, "connectors", "local-sync", USE_THE_REAL_ONE)
    return made


@pytest.fixture
def stub() -> Callable[[Settings, str, str, str], None]:
    """Puts a Python program in the place of one that an environment should hold; `local-sync list` stays real."""

    def make(settings: Settings, environment: str, name: str, code: str) -> None:
        if name == "local-sync":
            code = f"import sys\nif sys.argv[1] == 'list':\n{USE_THE_REAL_ONE}\n{textwrap.dedent(code)}"
        install(settings, environment, name, code)

    return make


USE_THE_REAL_ONE = f"""
    import os, sys
    os.execv({str(Path(sys.executable).with_name("local-sync"))!r}, sys.argv)
"""


def install(settings: Settings, environment: str, name: str, code: str) -> None:
    """Write a Python program into one of the house's environments."""
    path = settings.repository / ".venvs" / environment / "bin" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!{sys.executable}\n{textwrap.dedent(code)}")
    path.chmod(0o755)
