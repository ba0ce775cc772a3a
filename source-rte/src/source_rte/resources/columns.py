"""Columns that many resources share, and short ways to write a column down."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from connector_kit.quota import Allowance
from connector_kit.streams import Field


def code(name: str, description: str, source: str = "") -> Field:
    """A text that may be part of a key: '' where RTE leaves it out."""
    return Field(name, "string", description, nullable=False, source=source)


def text(name: str, description: str, source: str = "") -> Field:
    """A text that RTE may leave out."""
    return Field(name, "string", description, source=source)


def number(name: str, description: str, unit: str, source: str = "") -> Field:
    """A number with its unit; RTE mixes whole and broken ones within one series."""
    return Field(name, "number", description, unit=unit, source=source)


def instant(name: str, description: str, source: str = "") -> Field:
    """An instant, in UTC."""
    return Field(name, "instant", f"{description}, UTC.", source=source)


def power(description: str) -> Field:
    """The value of an interval, in MW."""
    return number("value", description, "MW")


_KEY = "EIC code; the key, for names change over the years"
BORDER: Sequence[Field] = (
    code("sender_country_eic_code", f"Country that sends: {_KEY}."),
    text("sender_country_name", "Country that sends, in RTE's words."),
    code("receiver_country_eic_code", f"Country that receives: {_KEY}."),
    text("receiver_country_name", "Country that receives, in RTE's words."),
)
BORDER_KEY = ("sender_country_eic_code", "receiver_country_eic_code", "start_date")

RESERVE_DIRECTION = code("direction", "UPWARD, DOWNWARD or UP_DOWN.")
RESOLUTION = text("resolution", "Length of the intervals, ISO 8601, such as PT15M.")

FIFTEEN_MINUTES = timedelta(minutes=15)
TWENTY_CALLS_AN_HOUR = Allowance(20, timedelta(hours=1))
ONE_CALL_A_QUARTER = Allowance(1, FIFTEEN_MINUTES)
