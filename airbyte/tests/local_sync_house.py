"""A house with one connection: the fake source, the real destination, and a place for their state."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import yaml

CLEAN = {name: value for name, value in os.environ.items() if not name.startswith(("HEXAWATT_", "MODE", "RTE_"))}


@dataclass
class House:
    """A list of connections with the fake source in it, and a place for its state."""

    folder: Path
    config: dict[str, Any] = field(default_factory=lambda: {"windows": 5, "per_window": 100})
    environment: dict[str, str] = field(default_factory=dict)
    sync: str = "incremental_deduped_history"
    twins: Mapping[str, str] = field(default_factory=dict)  # more connections like it: name and schema

    @property
    def raw_file(self) -> Path:
        return self.folder / "home" / "demo" / "raw.duckdb"

    @property
    def run_folder(self) -> Path:
        return self.raw_file.parent / "run"

    def command(self, *arguments: str) -> list[str]:
        entry = {
            "source": "source-fake",
            "schema": "raw_fake",
            "config": self.config,
            "streams": {"numbers": {"sync": self.sync, "cursor": "window"}},
            "schedule": {"cron": "0 * * * *", "timezone": "Europe/Paris", "owner": "airflow"},
        }
        twins = {name: {**entry, "schema": schema} for name, schema in self.twins.items()}
        file = self.folder / "connections.yaml"
        file.write_text(yaml.safe_dump({"connections": {"fake": entry, **twins}}))
        return [sys.executable, "-m", "local_sync.cli", *arguments, "--connections", str(file)]

    @property
    def variables(self) -> Mapping[str, str]:
        path = f"{self.folder / 'bin'}{os.pathsep}{CLEAN['PATH']}"
        return {**CLEAN, "PATH": path, "HEXAWATT_HOME": str(self.folder / "home"), **self.environment}

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        arguments = arguments or ("run", "fake")
        return subprocess.run(self.command(*arguments), env=self.variables, capture_output=True, text=True, timeout=60)

    def start(self) -> subprocess.Popen[str]:
        """A sync in the background."""
        pipe = subprocess.PIPE
        return subprocess.Popen(self.command("run", "fake"), env=self.variables, stdout=pipe, stderr=pipe, text=True)

    def rows(self, query: str = "SELECT n FROM raw_fake.numbers ORDER BY n") -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.raw_file), read_only=True) as connection:
            return connection.execute(query).fetchall()
