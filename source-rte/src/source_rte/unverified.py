"""Answers whose shape nobody recorded: each number and flag as a record of its own, named by where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from connector_kit.instants import to_utc
from connector_kit.streams import Field

# What times a leaf: the dates of its own object, or of those around it, in RTE's several spellings.
TIMES = {
    "start_date": "start_date",
    "startDate": "start_date",
    "studiedTime": "start_date",
    "end_date": "end_date",
    "updated_date": "updated_date",
    "update_date": "updated_date",
}
# A record's identity does not hang on where a page was cut.
PAGING = ("total_pages_number", "total_items_number", "current_page")

KEY = ("start_date", "dimensions", "name")
FIELDS = (
    Field("dimensions", "string", "The texts around the value, as name=text; in the order of their names.", False),
    Field("name", "string", "Where the value stands in the answer, such as values.volume.", nullable=False),
    Field("value", "number", "The number; 1 and 0 for true and false."),
)


def leaves(answer: Any) -> Iterator[dict[str, Any]]:
    """A record per number or flag: start_date, end_date (UTC, and as RTE writes them), dimensions, name, value.

    Raises KeyError where no date stands around a number.
    """
    yield from _walk(answer, "", {}, {})


def _walk(node: Any, name: str, times: Mapping[str, str], texts: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    if isinstance(node, Mapping):
        own = {key: value for key, value in node.items() if isinstance(value, str) and _number(value) is None}
        times = {**times, **{TIMES[key]: text for key, text in own.items() if key in TIMES}}
        texts = {**texts, **{key.strip(): value for key, value in own.items() if key not in TIMES}}
        for key, value in node.items():
            if key not in PAGING:
                yield from _walk(value, f"{name}.{key.strip()}".lstrip("."), times, texts)
    elif isinstance(node, list):
        for element in node:
            yield from _walk(element, name, times, texts)
    elif (value := _number(node)) is not None:
        yield _record(name, value, times, texts)


def _number(node: Any) -> float | None:
    """The number that a leaf is; RTE writes some as texts."""
    if not isinstance(node, int | float | str):
        return None
    try:
        return float(node)
    except ValueError:
        return None


def _record(name: str, value: float, times: Mapping[str, str], texts: Mapping[str, str]) -> dict[str, Any]:
    start, end, updated = (times.get(part) for part in ("start_date", "end_date", "updated_date"))
    if start is None:
        raise KeyError("start_date")
    return {
        "start_date": to_utc(start),
        "end_date": to_utc(end) if end else None,
        "start_date_local": start,
        "end_date_local": end,
        "updated_date": to_utc(updated) if updated else None,
        "dimensions": ";".join(f"{key}={text}" for key, text in sorted(texts.items())),
        "name": name,
        "value": value,
    }
