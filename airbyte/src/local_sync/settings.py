"""Where things are on this machine, from the environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from local_sync.connections import MODES
from local_sync.errors import USAGE, SyncError

ROOM = Path(__file__).resolve().parents[2]
CONNECTIONS_FILE = ROOM / "connections.yaml"


@dataclass(frozen=True)
class Settings:
    mode: str  # demo or live
    raw_file: Path  # the DuckDB file of the raw tables

    @property
    def run_folder(self) -> Path:
        """Locks, and the private folders of running syncs."""
        return self.raw_file.parent / "run"


def from_environment(environment: Mapping[str, str]) -> Settings:
    """MODE, and HEXAWATT_RAW_FILE or, under HEXAWATT_HOME, the mode's own file."""
    mode = environment.get("MODE") or "demo"
    if mode not in MODES:
        raise SyncError(f"MODE is '{mode}': it must be demo or live.", USAGE)
    home = Path(environment.get("HEXAWATT_HOME") or ROOM.parent / ".hexawatt")
    raw_file = Path(environment.get("HEXAWATT_RAW_FILE") or home / mode / "raw.duckdb")
    return Settings(mode, raw_file.absolute())
