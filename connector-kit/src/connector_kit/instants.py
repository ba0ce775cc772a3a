"""Every instant leaves a connector as UTC with ``Z``: offsets are lost by some loaders, mixed offsets don't sort."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache


@lru_cache(maxsize=1 << 18)
def to_utc(text: str) -> str:
    """An ISO 8601 instant with offset, as UTC: ``2026-01-01T00:00:00+01:00`` -> ``2025-12-31T23:00:00Z``.

    Cached: the streams of one sync share their labels. Raises ValueError where the text is no instant or has no offset.
    """
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"{text!r} has no offset from UTC.")
    return utc_text(instant)


def utc_text(instant: datetime) -> str:
    """An aware datetime as UTC text with ``Z``; fractions of a second only where there are any."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
