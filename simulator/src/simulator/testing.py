"""The simulator inside a test process.

with running_simulator(now="2026-01-15T12:00:00Z", faults=[{"match": "/short_term", "kind": 503}]) as url:
    requests.get(f"{url}/simulator/health")
    url.advance(3600)
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import requests
import uvicorn

from simulator.rte.quotas import Quotas
from simulator.server import make_server, make_simulator
from simulator.service import Simulator

START_SECONDS = 30


class SimulatorUrl(str):
    """The base URL of a running simulator, and a handle on its clock, faults and calls."""

    simulator: Simulator

    def move_to(self, instant: str | datetime) -> None:
        """Set the clock; it stands still there."""
        self.simulator.clock.move_to(instant)

    def advance(self, seconds: float) -> None:
        """Move the clock on."""
        self.simulator.clock.advance(seconds)

    def set_faults(self, *faults: Mapping[str, Any]) -> None:
        """Replace all faults; without arguments, none is left."""
        self.simulator.faults.replace(faults)

    def set_quotas(self, **quotas: Mapping[str, int]) -> None:
        """Replace RTE's quotas, such as `ecowatt={"calls": 1, "seconds": 900}`; without arguments, none is left."""
        self.simulator.one(Quotas).replace(quotas)

    @property
    def calls(self) -> list[dict[str, Any]]:
        """Calls to the simulated services so far: path, query, status."""
        return list(self.simulator.calls)


@dataclass
class RteClient:
    """A client of the simulated RTE that has asked for a token."""

    url: SimulatorUrl
    token: str
    headers: Mapping[str, str] = field(default_factory=lambda: {"Accept": "application/json"})

    def get(self, path: str, **params: str) -> requests.Response:
        """Any answer; `path` such as consumption/v1/short_term."""
        headers = {"Authorization": f"Bearer {self.token}", **self.headers}
        return requests.get(f"{self.url}/open_api/{path}", params, headers=headers, timeout=30)

    def blocks(self, path: str, **params: str) -> list[dict[str, Any]]:
        """The blocks of a good answer."""
        answer = self.get(path, **params)
        assert answer.status_code == 200, f"{answer.status_code} {answer.text}"
        (blocks,) = answer.json().values()
        return list(blocks)

    def error(self, path: str, **params: str) -> str:
        """The code of a refused request, such as CONSUMPTION_SHORTTERM_F03."""
        answer = self.get(path, **params)
        assert answer.status_code == 400, f"{answer.status_code} {answer.text}"
        return str(answer.json()["error"])


def log_in(url: SimulatorUrl) -> RteClient:
    """A client with a new token."""
    answer = requests.post(f"{url}/token/oauth/", auth=("demo", "simulator"), timeout=30)
    return RteClient(url, answer.json()["access_token"])


@contextmanager
def running_simulator(
    now: str | datetime | None = None,
    seed: int = 1,
    faults: Iterable[Mapping[str, Any]] = (),
    token_seconds: int = 3600,
    client: tuple[str, str] | None = None,
    quotas: Mapping[str, Any] | None = None,
) -> Iterator[SimulatorUrl]:
    """Run a simulator in a thread on a free port of loopback; the model is built before it is handed over.

    The arguments are those of `make_simulator`; `quotas={}` switches RTE's quotas off.
    """
    simulator = make_simulator(now, seed, faults, token_seconds, client, quotas)
    simulator.world()
    listening = socket.create_server(("127.0.0.1", 0))
    server = make_server(simulator, "critical", lifespan="off")
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        _wait_until_started(server, thread)
        url = SimulatorUrl(f"http://127.0.0.1:{listening.getsockname()[1]}")
        url.simulator = simulator
        yield url
    finally:
        server.should_exit = True
        thread.join(START_SECONDS)
        listening.close()


def _wait_until_started(server: uvicorn.Server, thread: threading.Thread) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            raise RuntimeError("the simulator did not start")
        time.sleep(0.01)
