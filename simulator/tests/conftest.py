from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from simulator.clock import Clock
from simulator.opendatasoft.formats import records
from simulator.opendatasoft.odre import ODRE
from simulator.opendatasoft.query import found, parse, shuffled
from simulator.opendatasoft.schools import PARIS
from simulator.rte.api import RESOURCES
from simulator.rte.resource import Call
from simulator.rte.window import Window
from simulator.testing import RteClient, SimulatorUrl, log_in, running_simulator
from simulator.world import World, world_at
from starlette.datastructures import QueryParams

from simulator import paris

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


Ask = Callable[..., Any]


@pytest.fixture(scope="session")
def ask(world: World) -> Ask:
    """The body of an answer without HTTP: `ask(path, "2026-01-10", "2026-01-20", now=..., type=...)`, days included
    and excluded, Paris midnights; without days, what is answered without dates. Raises FunctionalError."""

    def answered(path: str, first: str = "", last: str = "", now: str = NOW, **params: str) -> Any:
        if first:
            days = Window(*(paris.day_number(date.fromisoformat(day)) for day in (first, last)))
            params |= {"start_date": days.begin, "end_date": days.end}
        resource = RESOURCES[tuple(path.split("/"))]  # type: ignore[index]
        return resource.answer(world, Call(QueryParams(params), Clock(now).now()))

    return answered


@pytest.fixture(scope="session")
def exported(world: World) -> Callable[..., list[dict[str, Any]]]:
    """All rows of a data set of ODRÉ or Open Data Paris without HTTP: `exported("eco2mix-national-tr", now=...,
    where="date = '2026-11-20'")`; the other parameters are those of an export. Raises Refused."""
    datasets = {**ODRE.datasets, **PARIS.datasets}

    def rows(name: str, now: str = NOW, **params: str) -> list[dict[str, Any]]:
        dataset, moment = datasets[name], Clock(now).now()
        query = parse(dataset, QueryParams(params), moment, export=True)
        known = found(dataset, query, world, moment)
        return [row for part in records(known, query, shuffled(known, query, SEED)) for row in part]

    return rows
