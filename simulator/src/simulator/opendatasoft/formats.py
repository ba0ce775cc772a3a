"""Exports: a bare JSON array, JSON lines, CSV. Written in pieces, so that years of quarter-hours fit into memory."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import orjson
from starlette.datastructures import QueryParams

from simulator.opendatasoft.errors import wrong_parameter
from simulator.opendatasoft.query import Found, Query, columns
from simulator.opendatasoft.table import plain
from simulator.paris import Ints

MEDIA = {
    "json": "application/json; charset=utf-8",
    "jsonl": "application/x-ndjson; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
}
DELIMITERS = (";", ",", "\t", "|")
BOM = "\ufeff".encode()


@dataclass(frozen=True)
class Style:
    """How an export is written."""

    use_labels: bool
    delimiter: str
    with_bom: bool
    quote_all: bool


def style(params: QueryParams) -> Style:
    """The parameters of an export. Raises Refused."""
    delimiter = params.get("delimiter") or ";"
    if delimiter not in DELIMITERS:
        raise wrong_parameter("delimiter", delimiter, "one of ; , tab |")
    flags = [_flag(params, *flag) for flag in (("use_labels", False), ("with_bom", True), ("quote_all", False))]
    return Style(flags[0], delimiter, flags[1], flags[2])


def _flag(params: QueryParams, name: str, default: bool) -> bool:
    text = params.get(name, "").lower()
    if text not in ("", "true", "false", "1", "0"):
        raise wrong_parameter(name, text, "true or false")
    return default if not text else text in ("true", "1")


def exported(kind: str, found: Found, query: Query, numbers: Ints, style: Style) -> bytes:
    """The body of an export of these rows."""
    return WRITERS[kind](found, query, numbers, style)


def records(found: Found, query: Query, numbers: Ints, use_labels: bool = False) -> Iterator[list[dict[str, Any]]]:
    """The rows as objects, a few thousand at a time."""
    keys = heads(query, use_labels)
    for lists in columns(found, query, numbers):
        yield [dict(zip(keys, row, strict=True)) for row in zip(*lists.values(), strict=True)]


def heads(query: Query, use_labels: bool) -> list[str]:
    """Names or labels of the fields in an answer."""
    return [field.label if use_labels and name == field.name else name for name, field in query.chosen.items()]


def _json(found: Found, query: Query, numbers: Ints, style: Style) -> bytes:
    pieces = [orjson.dumps(rows)[1:-1] for rows in records(found, query, numbers, style.use_labels)]
    return b"[" + b",".join(pieces) + b"]"


def _jsonl(found: Found, query: Query, numbers: Ints, style: Style) -> bytes:
    return b"".join(
        orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)
        for rows in records(found, query, numbers, style.use_labels)
        for row in rows
    )


def _csv(found: Found, query: Query, numbers: Ints, style: Style) -> bytes:
    text = io.StringIO()
    quoting: Literal[0, 1] = csv.QUOTE_ALL if style.quote_all else csv.QUOTE_MINIMAL
    writer = csv.writer(text, delimiter=style.delimiter, lineterminator="\r\n", quoting=quoting)
    writer.writerow(heads(query, style.use_labels))
    for lists in columns(found, query, numbers):
        cells = [plain(query.chosen[name], values) for name, values in lists.items()]
        writer.writerows(zip(*cells, strict=True))
    return (BOM if style.with_bom else b"") + text.getvalue().encode()


WRITERS = {"json": _json, "jsonl": _jsonl, "csv": _csv}
