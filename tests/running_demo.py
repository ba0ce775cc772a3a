"""The platform as `hexawatt demo` starts it, in a place of its own: for tests and benchmarks of the whole."""

from __future__ import annotations

import subprocess
from pathlib import Path

from pipeline import CONNECTORS, environment, free_port


class Demo:
    """A demo with state and ports of its own."""

    def __init__(self, home: Path, **settings: str) -> None:
        self.home = home
        self.state = home / "demo"
        self.airflow_port, self.superset_port, simulator_port = free_port(), free_port(), free_port()
        self._environment = environment(
            HEXAWATT_HOME=str(home),
            SIMULATOR_PORT=str(simulator_port),
            AIRFLOW_PORT=str(self.airflow_port),
            SUPERSET_PORT=str(self.superset_port),
            **settings,
        )

    def run(self, *command: str, **settings: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [CONNECTORS / "hexawatt", *command],
            env={**self._environment, **settings},
            capture_output=True,
            text=True,
            # A demo also trains its forecasts, which takes its time beside other tests.
            timeout=900,
            check=False,
        )

    def password(self, service: str) -> str:
        """The generated password of ``service`` as a person finds it."""
        (block,) = [part for part in (self.state / "credentials.txt").read_text().split("\n\n") if service in part]
        return block.split("password")[1].split()[0]
