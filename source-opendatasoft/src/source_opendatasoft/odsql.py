"""Conditions of a call, in the portal's query language."""

from __future__ import annotations

import re
from datetime import date, datetime

from connector_kit.instants import utc_text

_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def name_of(field: str) -> str:
    """A field's name, between backquotes where it is no plain word."""
    return field if _PLAIN_NAME.fullmatch(field) else f"`{field}`"


def begins_at(field: str, bound: date | datetime) -> str:
    """``field`` from ``bound`` (included) on."""
    return f"{name_of(field)} >= {literal(bound)}"


def before(field: str, bound: date | datetime) -> str:
    """``field`` before ``bound`` (excluded)."""
    return f"{name_of(field)} < {literal(bound)}"


def is_null(field: str) -> str:
    """``field`` has no value."""
    return f"{name_of(field)} is null"


def both(*conditions: str) -> str:
    """All conditions that are not empty."""
    return " and ".join(filter(None, conditions))


def literal(bound: date | datetime) -> str:
    """An instant as a UTC text with Z, as a + would have to be encoded; a day as a date."""
    return f"'{utc_text(bound)}'" if isinstance(bound, datetime) else f"date'{bound}'"
