"""What a request asks of a data set, checked, and the rows that answer it."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from starlette.datastructures import QueryParams

from simulator.model import draws
from simulator.opendatasoft.dataset import Dataset
from simulator.opendatasoft.errors import TOO_DEEP, Refused, malformed, wrong_parameter
from simulator.opendatasoft.odsql import Both, Compare, Condition, Not, Parser, names, span, value
from simulator.opendatasoft.table import Column, Field, Rows, Span, compared, is_null, written
from simulator.paris import Ints
from simulator.world import World

DEFAULT_LIMIT, HIGHEST_LIMIT = 10, 100
DEEPEST = 10_000
CHUNK = 5_000


@dataclass(frozen=True)
class Query:
    """A checked request. `limit` None: all. `chosen`: name in the answer -> field."""

    chosen: Mapping[str, Field]
    where: Condition | None
    orders: Sequence[tuple[Field, bool]]
    limit: int | None
    offset: int
    zone: tzinfo


def parse(dataset: Dataset, params: QueryParams, now: int, export: bool) -> Query:
    """Check a request as the platform does. Raises Refused."""
    if params.get("group_by"):
        raise malformed("Grouping is not simulated", "group_by")
    zone = _zone(params.get("timezone") or "UTC")

    def parser(clause: str, text: str) -> Parser:
        return Parser(text, clause, dataset.by_name, now, zone)

    chosen = parser("select", params["select"]).selected() if params.get("select") else dataset.by_name
    conditions = [parser("where", text).condition() for text in params.getlist("where") if text.strip()]
    conditions += [_refined(dataset, text, zone) for text in params.getlist("refine")]
    conditions += [Not(_refined(dataset, text, zone)) for text in params.getlist("exclude")]
    orders = parser("order_by", params["order_by"]).orders() if params.get("order_by") else []
    where = Both(conditions, every=True) if conditions else None
    offset = whole(params, "offset", 0, 0, DEEPEST) if not export else 0
    return Query(chosen, where, orders, _limit(params, export, offset), offset, zone)


def _limit(params: QueryParams, export: bool, offset: int) -> int | None:
    if export:
        limit = whole(params, "limit", -1, -1, None)
        return None if limit == -1 else limit
    limit = whole(params, "limit", DEFAULT_LIMIT, -1, HIGHEST_LIMIT)
    limit = HIGHEST_LIMIT if limit == -1 else limit
    if offset + limit >= DEEPEST:
        message = TOO_DEEP.format(depth=offset + limit, most=DEEPEST)
        raise Refused(400, "InvalidRESTParameterError", message)
    return limit


def whole(params: QueryParams, name: str, default: int, least: int, most: int | None) -> int:
    """A whole number among the parameters. Raises Refused."""
    text = params.get(name)
    if not text:
        return default
    bounds = f"{least} <= {name}" + ("" if most is None else f" <= {most}")
    try:
        number = int(text)
    except ValueError:
        raise wrong_parameter(name, text, "an integer") from None
    if number < least or (most is not None and number > most):
        raise wrong_parameter(name, text, bounds)
    return number


def _zone(name: str) -> tzinfo:
    if name.upper() == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise wrong_parameter("timezone", name, "a timezone name") from None


def _refined(dataset: Dataset, text: str, zone: tzinfo) -> Condition:
    """`facet:value`; of a day or an instant the value is a year, a month or a day, such as 2025/08."""
    name, _, wanted = text.partition(":")
    wanted = wanted.strip('"')
    field = dataset.by_name.get(name)
    if field is None:
        raise malformed(f"Unknown field: {name}", "refine")
    if field.type not in ("date", "datetime"):
        return Compare(field, "=", value(field, wanted, zone, "refine"))
    try:
        moments = [moment.replace(tzinfo=zone) for moment in _period(wanted)]
    except (ValueError, KeyError):
        raise malformed(f"Invalid value for field {name}: {wanted}", "refine") from None
    bounds = [value(field, moment, zone, "refine") for moment in moments]
    return Both([Compare(field, ">=", bounds[0]), Compare(field, "<", bounds[1])], every=True)


def _period(written: str) -> tuple[datetime, datetime]:
    """Begin and end of a year, a month or a day. Raises ValueError, KeyError."""
    parts = [int(part) for part in written.split("/")]
    year, month, day = (*parts, 1, 1)[:3]
    first = datetime(year, month, day)
    ends = {
        1: datetime(year + 1, 1, 1),
        2: datetime(year + month // 12, month % 12 + 1, 1),
        3: first + timedelta(days=1),
    }
    return first, ends[len(parts)]


# --- answering


@dataclass(frozen=True)
class Found:
    """The rows that a query is about, by their numbers, in no order yet."""

    rows: Rows
    numbers: Ints


Keep = Callable[[Dataset, Rows, Ints], Ints]
"""Which of the rows are there: all but on bad days."""


def every(dataset: Dataset, rows: Rows, numbers: Ints) -> Ints:
    """All rows."""
    return numbers


def found(dataset: Dataset, query: Query, world: World, now: int, keep: Keep = every) -> Found:
    """The rows for which the conditions hold."""
    rows = dataset.rows(world, now, span(query.where) if query.where else Span())
    numbers = keep(dataset, rows, np.arange(rows.size, dtype=np.int64))
    if query.where is not None and numbers.size:
        numbers = numbers[query.where.holds(rows.columns(numbers, names(query.where)))]
    return Found(rows, numbers)


def paged(found: Found, query: Query, seed: int) -> Ints:
    """One page. Rows that are equal in the order come in another order on each page: some twice, some never."""
    numbers = found.numbers
    if not numbers.size or query.limit is None:
        return numbers
    chance = "no order" if not query.orders else f"ties of {query.offset} + {query.limit}"
    keys = [draws.uniform(seed, chance, numbers)]
    columns = found.rows.columns(numbers, {field.name for field, _ in query.orders})
    for field, descends in reversed(query.orders):
        rank = _ranks(field, columns[field.name])
        keys.append(-rank if descends else rank)
    order = np.lexsort(keys)
    return numbers[order[query.offset : query.offset + query.limit]]


def _ranks(field: Field, column: Column) -> Column:
    """Numbers that sort as the column does; null comes last."""
    if field.type == "text":
        column = compared(field, column)
    if column.dtype.kind == "O":
        column = np.where(is_null(column), "\U0010ffff", column).astype(str)
    if column.dtype.kind == "U":
        return np.unique(column, return_inverse=True)[1]
    return np.where(is_null(column), np.inf, column) if column.dtype.kind == "f" else column


def shuffled(found: Found, query: Query, seed: int) -> Ints:
    """All rows of an export: in no order, the same each time."""
    order = np.argsort(draws.uniform(seed, "export", found.numbers), kind="stable")
    numbers = found.numbers[order]
    return numbers if query.limit is None else numbers[: query.limit]


def columns(found: Found, query: Query, numbers: Ints) -> Iterator[dict[str, list[Any]]]:
    """Values of some rows by name in the answer, as JSON has them, a few thousand rows at a time."""
    values = found.rows.columns(numbers, {field.name for field in query.chosen.values()})
    for begin in range(0, numbers.size, CHUNK):
        part = slice(begin, begin + CHUNK)
        yield {name: written(field, values[field.name][part], query.zone) for name, field in query.chosen.items()}


def seed_of(world: World, dataset: Dataset) -> int:
    """What the order of a data set's rows is drawn by."""
    return int(world.grid.seed) * 65_536 + zlib.crc32(dataset.id.encode()) % 65_536
