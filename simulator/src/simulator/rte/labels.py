"""How RTE labels the intervals of its days, above all of the two days on which the clock changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator import paris
from simulator.model.grid import QUARTER, Floats, Grid
from simulator.paris import Ints
from simulator.publication import Published

HOUR_QUARTERS = 4


@dataclass(frozen=True)
class Labels:
    """Rows of an answer: the quarter-hour of the grid that each is about, and its two labels."""

    index: Ints
    starts: list[str]
    ends: list[str]
    invented: Ints  # rows (by number) that stand for intervals which do not exist


def regular(grid: Grid, begin: int, end: int, step: int = 1) -> Labels:
    """Each real interval of `step` quarter-hours once: 92, 96 or 100 quarter-hours a day."""
    index = np.arange(begin, end, step, dtype=np.int64)
    return Labels(index, grid.labels[begin:end:step], grid.labels[begin + step : end + step : step], _NO_ROWS)


def clock_blind(grid: Grid, begin: int, end: int) -> Labels:
    """Always 96 labels a day, as the consumption API has them.

    In spring the four labels 02:00 to 02:45 exist (written +01:00) although no such time does; in autumn 02:00 to
    02:45 come once, with the summer offset, and the repeated hour is left out.
    """
    index = list(range(begin, end))
    starts = grid.labels[begin:end]
    invented: list[int] = []
    for instant, spring in reversed(paris.changes(*_span(grid, begin, end))):
        row = grid.quarter_index(instant) - begin
        if spring:
            day = grid.labels[begin + row][:10]
            index[row:row] = index[row : row + HOUR_QUARTERS]
            starts[row:row] = [f"{day}T02:{minute:02d}:00+01:00" for minute in (0, 15, 30, 45)]
            invented = list(range(row, row + HOUR_QUARTERS)) + [number + HOUR_QUARTERS for number in invented]
        else:
            del index[row : row + HOUR_QUARTERS], starts[row : row + HOUR_QUARTERS]
            invented = [number - HOUR_QUARTERS for number in invented]
    ends = [*starts[1:], grid.labels[end]] if starts else []
    return Labels(np.array(index, dtype=np.int64), starts, ends, np.array(invented, dtype=np.int64))


def repeated_hour_once(grid: Grid, begin: int, end: int) -> Labels:
    """One day: regular in spring; in autumn 02:00 to 02:45 come once, with the summer offset."""
    autumn = any(not spring for _, spring in paris.changes(*_span(grid, begin, end)))
    return clock_blind(grid, begin, end) if autumn else regular(grid, begin, end)


def late_in_spring(grid: Grid, begin: int, end: int) -> Labels:
    """One day: once in autumn; in spring 03:00+02:00 is missing and every later label is an hour late.

    The last hour of the day is labelled as the first of the next day, outside its block.
    """
    for instant, spring in paris.changes(*_span(grid, begin, end)):
        if spring:
            row = grid.quarter_index(instant) - begin
            shown = np.arange(begin, end, dtype=np.int64)
            labels = shown + np.where(np.arange(end - begin) >= row, HOUR_QUARTERS, 0)
            starts = [grid.labels[number] for number in labels]
            ends = [grid.labels[number + 1] for number in labels]
            return Labels(shown, starts, ends, _NO_ROWS)
    return repeated_hour_once(grid, begin, end)


def fill_invented(values: Floats, invented: Ints) -> Floats:
    """Give invented rows a value between the last real one before and the first after."""
    if not invented.size:
        return values
    filled = values.copy()
    real = np.setdiff1d(np.arange(values.size), invented)
    filled[invented] = np.rint(np.interp(invented, real, values[real]))
    return filled


def rows(labels: Labels, published: Published, values: list[Any], dated: bool = True) -> list[dict[str, Any]]:
    """The `values` array of a block: public intervals only, `updated_date` where `dated`."""
    public = published.public.tolist()
    intervals = zip(labels.starts, labels.ends, values, public, strict=True)
    if not dated:
        return [{"start_date": s, "end_date": e, "value": v} for s, e, v, shown in intervals if shown]
    stamps = paris.iso(published.updated)
    return [
        {"start_date": s, "end_date": e, "updated_date": u, "value": v}
        for (s, e, v, shown), u in zip(intervals, stamps, strict=True)
        if shown
    ]


def whole(values: Floats) -> list[Any]:
    """MW without decimals."""
    numbers: list[Any] = np.rint(values).astype(np.int64).tolist()
    return numbers


_NO_ROWS = np.array([], dtype=np.int64)


def _span(grid: Grid, begin: int, end: int) -> tuple[int, int]:
    return grid.epoch + begin * QUARTER, grid.epoch + end * QUARTER
