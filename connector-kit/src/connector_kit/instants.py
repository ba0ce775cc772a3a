"""Every instant leaves a connector as UTC with ``Z``: offsets are lost by some loaders, mixed offsets don't sort."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

_DAY = timedelta(days=1)


def to_utc(text: str) -> str:
    """An ISO 8601 instant with offset, as UTC: ``2026-01-01T00:00:00+01:00`` -> ``2025-12-31T23:00:00Z``.

    Raises ValueError where the text is no instant or has no offset.
    """
    if text[10:11] != "T":
        return _converted(text)
    # Few clocks and few days make many instants: two small caches serve them all.
    shift, clock = _clock_in_utc(text[10:])
    try:
        return _days_around(text[:10])[shift] + clock
    except OverflowError:  # the calendar's last day, which some write for "no end"
        return _converted(text)


class Instants(dict[str, str]):
    """``to_utc`` as a table that fills itself, for the labels of one answer: most of them come several times."""

    def __missing__(self, text: str) -> str:
        self[text] = instant = to_utc(text)
        return instant


@lru_cache(maxsize=1 << 12)
def _clock_in_utc(clock: str) -> tuple[int, str]:
    """``T00:15:00+01:00`` -> ``(0, "T23:15:00Z")``: the day before (0), the same (1) or the next (2), and the clock."""
    instant = _converted(f"2000-01-02{clock}")
    return int(instant[9]) - 1, instant[10:]


@lru_cache(maxsize=1 << 12)
def _days_around(day: str) -> tuple[str, str, str]:
    found = date.fromisoformat(day)
    return (found - _DAY).isoformat(), found.isoformat(), (found + _DAY).isoformat()


def _converted(text: str) -> str:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"{text!r} has no offset from UTC.")
    return utc_text(instant)


def utc_text(instant: datetime) -> str:
    """An aware datetime as UTC text with ``Z``; fractions of a second only where there are any."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
