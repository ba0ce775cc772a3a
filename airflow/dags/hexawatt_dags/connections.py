"""The list of connections, read from `connections.yaml`: the one file that a DAG's import may read."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

REPOSITORY = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Connection:
    """One connection; `cron` is in local time of `timezone`, None when another program owns the schedule."""

    name: str
    source: str
    streams: tuple[str, ...]
    cron: str | None
    timezone: str

    @property
    def asset(self) -> str:
        """Name of the Airflow asset that a sync emits."""
        return f"raw_{self.name}"


def load(path: Path | None = None) -> list[Connection]:
    """The connections of HEXAWATT_CONNECTIONS, or of the repository's own file."""
    default = REPOSITORY / "airbyte" / "connections.yaml"
    path = path or Path(os.environ.get("HEXAWATT_CONNECTIONS") or default)
    listed = yaml.safe_load(path.read_text(encoding="utf-8"))["connections"]
    return [_connection(name, entry) for name, entry in listed.items()]


def _connection(name: str, entry: dict[str, Any]) -> Connection:
    schedule = entry["schedule"]
    return Connection(
        name=name,
        source=entry["source"],
        streams=tuple(entry["streams"]),
        cron=schedule["cron"] if schedule["owner"] == "airflow" else None,
        timezone=schedule["timezone"],
    )
