"""The simulator: the upstream APIs of the demo, on loopback."""

from __future__ import annotations

import requests

from . import processes
from .console import Console
from .errors import UsageError
from .settings import Settings, child_environment

NAME = "simulator"
READY_SECONDS = 60.0


def start(settings: Settings, console: Console) -> None:
    """Start it, unless it runs, and wait until it answers."""
    record = processes.running(settings.run).get(NAME) or processes.start(
        NAME,
        [settings.executable("connectors", "simulator"), "--port", str(settings.simulator_port)],
        run=settings.run,
        log=settings.logs / "simulator.log",
        environment=child_environment(settings),
        started_with=settings.fingerprint,
    )
    processes.wait_ready("The simulator", [record], lambda: _answers(settings), seconds=READY_SECONDS)
    console.say(NAME, f"running at {settings.simulator_url}")


def require(settings: Settings) -> None:
    """UsageError in the demo while nothing answers: its sources would wait for an address that isn't there."""
    if settings.mode == "demo" and not _answers(settings):
        raise UsageError(
            f"The simulator does not answer at {settings.simulator_url}: run 'make demo' first, "
            "or take MODE=live for the real APIs."
        )


def stop(settings: Settings) -> list[str]:
    return processes.stop(settings.run, [NAME])


def _answers(settings: Settings) -> bool:
    with requests.Session() as session:
        session.trust_env = False
        try:
            session.get(settings.simulator_url, timeout=5)
        except requests.RequestException:
            return False
    return True
