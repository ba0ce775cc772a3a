"""How far a sync is: read from the end of its log, where `local-sync` writes as it goes."""

from __future__ import annotations

import re
from pathlib import Path

from .settings import Settings

TAIL_BYTES = 4096


def log_file(settings: Settings, name: str) -> Path:
    """The log of a connection's last sync."""
    return settings.logs / f"sync-{name}.log"


def records(settings: Settings, name: str) -> int | None:
    """The last count of records that a sync has told; None before the first."""
    path = log_file(settings, name)
    if not path.exists():
        return None
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - TAIL_BYTES))
        found = re.findall(rf"^{name}: ([\d,]+) records\b", file.read().decode(errors="replace"), re.MULTILINE)
    return int(found[-1].replace(",", "")) if found else None


def last_words(settings: Settings, name: str) -> str | None:
    """The last line of a connection's last sync: where it failed, the connector's own message."""
    path = log_file(settings, name)
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.exists() else []
    return lines[-1].strip() if lines else None


def of_sync(settings: Settings, name: str) -> str | None:
    """Progress as a person reads it."""
    count = records(settings, name)
    return None if count is None else f"{count:,} records"
