"""Rows of a data set as columns, and how their values are written.

Columns are numpy arrays by the type of their field: `int` and `double` float64 with NaN for null; `date` day numbers,
`datetime` UTC seconds; `text` an array of texts, or float64 where the publisher writes numbers as texts: then infinity
is `ND` and minus infinity `-`; `geo_point_2d` and `geo_shape` an object array.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from simulator.paris import DAY, HOUR, Ints

Column = NDArray[Any]
Type = Literal["text", "int", "double", "date", "datetime", "geo_point_2d", "geo_shape"]

NOT_AVAILABLE, NOT_APPLICABLE = np.inf, -np.inf


@dataclass(frozen=True)
class Field:
    """A field as the portal describes it. `decimals`: whether numbers written as texts have any."""

    name: str
    type: Type
    label: str
    facet: bool = False
    unit: str = ""
    decimals: bool = False


@dataclass(frozen=True)
class Span:
    """Instants between which rows are wanted, UTC seconds, both included; more may be given."""

    first: int | None = None
    last: int | None = None


EVERYTHING = Span()


@dataclass(frozen=True)
class Rows:
    """`size` rows; `columns(numbers, names)` gives some of the columns of some of them."""

    size: int
    columns: Callable[[Ints, Collection[str]], Mapping[str, Column]]


def held(columns: Mapping[str, Column]) -> Rows:
    """Rows whose columns are all there."""
    size = len(next(iter(columns.values())))
    return Rows(size, lambda numbers, names: {name: columns[name][numbers] for name in names})


def made_late(size: int, make: Callable[[], Mapping[str, Column]]) -> Rows:
    """Rows whose columns are made when one of them is wanted."""
    return Rows(size, lambda numbers, names: held(make()).columns(numbers, names))


def objects(values: list[Any]) -> Column:
    """A column of anything."""
    column = np.empty(len(values), dtype=object)
    column[:] = values
    return column


def written(field: Field, column: Column, zone: tzinfo) -> list[Any]:
    """Values as JSON has them."""
    if field.type == "datetime":
        return instants(column, zone)
    if field.type == "date":
        days: list[Any] = np.datetime_as_string(column.astype("M8[D]")).tolist()
        return days
    if field.type == "text":
        return list(_texts(column, field.decimals) if column.dtype.kind == "f" else column.tolist())
    if column.dtype.kind != "f":
        return list(column.tolist())
    absent = np.isnan(column)
    filled = np.where(absent, 0.0, column)
    values: list[Any] = (filled.astype(np.int64) if field.type == "int" else filled).tolist()
    for number in np.flatnonzero(absent).tolist():
        values[number] = None
    return values


def compared(field: Field, column: Column) -> Column:
    """A column as texts, for comparisons; null is None."""
    return _texts(column, field.decimals) if column.dtype.kind == "f" else column


def is_null(column: Column) -> NDArray[np.bool_]:
    """Where a column has no value."""
    if column.dtype.kind == "f":
        return np.isnan(column)
    if column.dtype.kind == "O":
        return np.array([value is None for value in column], dtype=np.bool_)
    return np.zeros(column.shape, dtype=np.bool_)


def _texts(column: Column, decimals: bool) -> Column:
    finite = np.isfinite(column)
    filled = np.where(finite, column, 0.0)
    texts = objects(list(map(str, (filled if decimals else filled.astype(np.int64)).tolist())))
    texts[np.isnan(column)] = None
    texts[column == NOT_AVAILABLE] = "ND"
    texts[column == NOT_APPLICABLE] = "-"
    return texts


def instants(seconds: Ints, zone: tzinfo) -> list[Any]:
    """Texts such as `2026-01-31T00:15:00+00:00`."""
    hours, which = np.unique(seconds // HOUR, return_inverse=True)
    ahead = [_ahead(hour * HOUR, zone) for hour in hours.tolist()]
    suffixes = np.array([f"{'-' if a < 0 else '+'}{abs(a) // HOUR:02d}:{abs(a) % HOUR // 60:02d}" for a in ahead])
    clock = np.datetime_as_string((seconds + np.array(ahead, dtype=np.int64)[which]).astype("M8[s]"))
    texts: list[Any] = np.strings.add(clock, suffixes[which]).tolist() if seconds.size else []
    return texts


def _ahead(instant: int, zone: tzinfo) -> int:
    offset = datetime.fromtimestamp(instant, zone).utcoffset()
    return int(offset.total_seconds()) if offset else 0


def plain(field: Field, values: list[Any]) -> list[Any]:
    """Values of JSON as CSV has them."""
    if field.type == "geo_point_2d":
        return ["" if value is None else f"{value['lat']}, {value['lon']}" for value in values]
    if field.type == "geo_shape":
        return ["" if value is None else json.dumps(value["geometry"]) for value in values]
    return ["" if value is None else value for value in values]


def day_span(span: Span, first_day: int, end_day: int) -> tuple[int, int]:
    """Paris days of a data set (first, and end excluded) that a span can touch, a day more on each side."""
    begin = first_day if span.first is None else max(first_day, span.first // DAY - 1)
    end = end_day if span.last is None else min(end_day, span.last // DAY + 2)
    return begin, max(begin, end)
