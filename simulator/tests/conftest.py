from __future__ import annotations

from collections.abc import Iterator

import pytest
from simulator.clock import Clock
from simulator.testing import RteClient, SimulatorUrl, log_in, running_simulator
from simulator.world import World, world_at

NOW = "2026-11-21T12:00:00Z"
SEED = 1


@pytest.fixture(scope="session")
def world() -> World:
    return world_at(SEED, Clock(NOW).now())


@pytest.fixture(scope="session")
def shared_url() -> Iterator[SimulatorUrl]:
    """For tests that only read."""
    with running_simulator(now=NOW, seed=SEED) as url:
        yield url


@pytest.fixture(scope="session")
def shared_rte(shared_url: SimulatorUrl) -> RteClient:
    return log_in(shared_url)


@pytest.fixture
def url() -> Iterator[SimulatorUrl]:
    """For tests that move the clock or switch faults on."""
    with running_simulator(now=NOW, seed=SEED) as url:
        yield url


@pytest.fixture
def rte(url: SimulatorUrl) -> RteClient:
    return log_in(url)
