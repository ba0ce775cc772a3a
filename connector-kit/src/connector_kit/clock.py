"""The one place a connector asks what time it is."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


def now() -> datetime:
    """The present instant in UTC, or ``HEXAWATT_NOW`` (ISO 8601 with offset) where that is set.

    Raises ValueError where ``HEXAWATT_NOW`` has no offset: a clock nobody can place is worse than none.
    """
    pinned = os.environ.get("HEXAWATT_NOW", "").strip()
    if not pinned:
        return datetime.now(UTC)
    instant = datetime.fromisoformat(pinned)
    if instant.tzinfo is None:
        raise ValueError(f"HEXAWATT_NOW={pinned!r} has no offset: write it like 2026-03-29T12:00:00Z.")
    return instant.astimezone(UTC)


def paris_today() -> date:
    """The calendar day in Paris at :func:`now`."""
    return now().astimezone(PARIS).date()
