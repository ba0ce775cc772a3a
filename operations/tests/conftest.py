"""Settings of a scratch state directory on scratch ports."""

from __future__ import annotations

import socket
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
    import time

    def wait(condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 10
        while not condition():
            assert time.monotonic() < deadline, "waited ten seconds in vain"
            time.sleep(0.01)

    return wait
