"""Most of RTE's resources are series: blocks of rows by interval. A resource is a `Series` (data) and a function that
gives the blocks of a window as arrays; the rest is the same for all.

    Series("BALANCINGENERGY_PRICES", "PT15M", blocks, order="descending", ends="last value", resolution=True)

A function of blocks gets an `Asked` and gives `Block`s: a head (the dimensions) and one or several `Part`s, each with
one row an interval: columns in the order of the keys, and which rows are public. The parts of a block are interleaved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from simulator import paris
from simulator.model import draws
from simulator.model.grid import QUARTER, Floats, Grid
from simulator.paris import HOUR, Ints
from simulator.publication import Bools, Published
from simulator.rte.errors import FunctionalError
from simulator.rte.resource import Call, Resource, Resources
from simulator.rte.window import Window, enumerated, parse
from simulator.world import REVISED_BY, REVISED_SHARE, World

Step = Literal["PT15M", "PT30M", "PT1H", "PT30M/PT15M", "P1D", "P7D", "P1M"]
"""PT30M/PT15M: half-hours until the end of 2024, then quarter-hours."""
Order = Literal["ascending", "descending", "days descending"]
Column = Sequence[Any] | Floats | Ints | Bools | str | int | float
"""One value a row, or one for all of them."""

QUARTERS = {"PT15M": 1, "PT30M": 2, "PT1H": 4}
SHORTER_SINCE = paris.day_number(date(2025, 1, 1))
MONDAY = 4  # 1970-01-05 was one
WEEK = 7


@dataclass(frozen=True)
class Intervals:
    """Real intervals one after the other, rightly labelled on clock-change days.

    `edges`: n + 1 quarter-hours of the grid, or none where there is no interval.
    """

    grid: Grid
    edges: Ints

    @property
    def size(self) -> int:
        return max(self.edges.size - 1, 0)

    @cached_property
    def starts(self) -> Ints:
        """UTC seconds."""
        return np.asarray(self.grid.epoch + self.edges[:-1] * QUARTER)

    @cached_property
    def ends(self) -> Ints:
        return np.asarray(self.grid.epoch + self.edges[1:] * QUARTER)

    @cached_property
    def labels(self) -> list[str]:
        """Of the edges, so one more than intervals."""
        known = self.grid.labels
        return [known[edge] for edge in self.edges.tolist()]


def intervals(grid: Grid, window: Window, step: Step) -> Intervals:
    """The intervals of `step` that begin in the served part of a window."""
    days = np.arange(window.served_days.start, window.served_days.stop, dtype=np.int64)
    if not days.size:
        return Intervals(grid, days)
    if step in QUARTERS:
        begin, end = window.quarters(grid)
        return Intervals(grid, np.arange(begin, end + 1, QUARTERS[step], dtype=np.int64))
    if step == "PT30M/PT15M":
        begin, end = window.quarters(grid)
        change = min(max(begin, grid.quarter_index(paris.midnight(SHORTER_SINCE))), end)
        return Intervals(grid, np.append(np.arange(begin, change, 2), np.arange(change, end + 1)).astype(np.int64))
    if step == "P1D":
        firsts = np.append(days, days[-1] + 1)
    elif step == "P7D":
        firsts = days[days % WEEK == MONDAY]
        firsts = np.append(firsts, firsts[-1:] + WEEK)
    else:
        firsts = days[days.astype("M8[D]").astype("M8[M]").astype("M8[D]") == days.astype("M8[D]")]
        following = (firsts[-1:].astype("M8[D]").astype("M8[M]") + 1).astype("M8[D]").astype(np.int64)
        firsts = np.append(firsts, following)
    return Intervals(grid, (paris.at_local(firsts) - grid.epoch) // QUARTER)


@dataclass(frozen=True)
class Asked:
    """A window of a request and the world at its moment."""

    world: World
    now: int
    window: Window
    at: Intervals
    call: Call

    @property
    def numbers(self) -> Ints:
        """Quarter-hours since 1970 at which the intervals begin: what noise is drawn by."""
        return np.asarray(self.at.starts // QUARTER)

    def mean(self, quarters: Floats) -> Floats:
        """The mean of a quantity of the model (by quarter-hour, the whole grid) in each interval."""
        edges = self.at.edges
        if not self.at.size:
            return np.zeros(0)
        part = quarters[edges[0] : edges[-1]]
        if part.size == self.at.size:
            return np.asarray(part, dtype=np.float64)
        return np.asarray(np.add.reduceat(part, edges[:-1] - edges[0]) / np.diff(edges))

    def noise(self, name: str, hours: float = 0) -> Floats:
        """Deviation 1 in each interval: independent, or smooth over about so many hours."""
        seed = self.world.grid.seed
        if not hours:
            return draws.normal(seed, name, self.numbers)
        return draws.smooth(seed, name, self.numbers, hours * HOUR / QUARTER)

    def chance(self, name: str) -> Floats:
        """Between 0 and 1 in each interval."""
        return draws.uniform(self.world.grid.seed, name, self.numbers)

    def chosen(self, name: str, allowed: Sequence[str]) -> list[str]:
        """The values of a list parameter; all where it is absent. Raises FunctionalError F07."""
        return enumerated(self.call.params, name, allowed) or list(allowed)

    def released(self, name: str, after: int, spread: int) -> Ints:
        """First publication: so many seconds after the end of each interval, and up to `spread` more."""
        return np.asarray(self.at.ends + after + (spread * self.chance(f"{name} release")).astype(np.int64))

    def day_before(self, name: str, second: int, spread: int, days: int = 1) -> Ints:
        """Publication at a Paris time so many days before that of each interval, the same for the whole day."""
        local = paris.local_days(self.at.starts)
        late = (spread * draws.uniform(self.world.grid.seed, f"{name} day before", local)).astype(np.int64)
        return np.asarray(paris.at_local(local - days, second) + late)

    def revised(
        self, name: str, truth: Floats, first: Ints, share: float = REVISED_SHARE, by: float = REVISED_BY
    ) -> Published:
        """Values public from `first` on; a share of them is first a little wrong and corrected 6 h to 5 days later."""
        wrong = self.chance(f"{name} revised") < share
        if not wrong.any():
            return Published(truth, first, first <= self.now)
        delay = ((6 + 114 * self.chance(f"{name} delay")) * HOUR).astype(np.int64)
        corrected = wrong & (first + delay <= self.now)
        error = np.where(wrong & ~corrected, 1 + by * self.noise(f"{name} first value"), 1.0)
        return Published(truth * error, np.where(corrected, first + delay, first), first <= self.now)


@dataclass(frozen=True)
class Part:
    """One row an interval: columns in the order of the keys, and which rows are public.

    `absent`: where a column's key is missing from the row.
    """

    columns: Mapping[str, Column]
    public: Bools
    absent: Mapping[str, Bools] = field(default_factory=dict)


@dataclass(frozen=True)
class Block:
    """The dimensions and the rows of a block."""

    head: Mapping[str, Any]
    parts: Sequence[Part]


def one(head: Mapping[str, Any], columns: Mapping[str, Column], public: Bools) -> Block:
    """A block with one row an interval."""
    return Block(head, (Part(columns, public),))


Blocks = Callable[[Asked], Iterable[Block]]


def today(now: int) -> Window:
    """What is answered where no dates are given: today."""
    day = paris.local_day(now)
    return Window(day, day + 1)


@dataclass(frozen=True)
class Series:
    """How a resource is asked and written.

    `ahead_days`: how many days after today `end_date` may lie; a function of the day where that is no fixed number.
    `ends`: what stands as `end_date` of a block: the bound asked for, or the end of its last value. `alone`: the root
    is a block, not a list. `so_far`: without dates the block of today ends at the time of the call; forecasts and
    schedules don't. `by_day`: a block for each day, not for the window. `utc`: labels with +00:00.
    """

    prefix: str
    step: Step
    blocks: Blocks
    longest_days: int = 155
    ahead_days: int | Callable[[int], int] = 1
    order: Order = "ascending"
    root: str = ""
    rows: str = "values"
    ends: Literal["asked", "last value"] = "asked"
    alone: bool = False
    by_day: bool = False
    resolution: bool = False
    utc: bool = False
    dates_required: bool = False
    default: Callable[[int], Window] = field(default=today)
    so_far: bool = True


def resources(api: str, version: str, named: Mapping[str, Series]) -> Resources:
    """The table of a module: by resource name, which is the root too unless the series says otherwise."""
    return {(api, version, name): Resource(_answer(name, series), series.prefix) for name, series in named.items()}


def _answer(name: str, series: Series) -> Callable[[World, Call], dict[str, Any]]:
    def answer(world: World, call: Call) -> dict[str, Any]:
        window, end_label = window_of(series, call)
        days = range(window.first, window.last)
        pieces = [Window(day, day + 1) for day in days] if series.by_day else [window]
        made = [block for piece in pieces for block in written(series, world, call, piece, end_label)]
        return {series.root or name: made[0] if series.alone else made}

    return answer


def window_of(series: Series, call: Call) -> tuple[Window, str]:
    """The window to answer, and the end to write where it isn't that of the window. Raises FunctionalError."""
    ahead = series.ahead_days if isinstance(series.ahead_days, int) else series.ahead_days(paris.local_day(call.now))
    window = parse(call.params, call.now, series.longest_days, ahead)
    if window is not None:
        return window, ""
    if series.dates_required:
        raise FunctionalError("F01")
    window = series.default(call.now)
    so_far = series.so_far and series.default is today and series.ends == "asked" and not series.by_day
    return window, paris.iso_one(call.now) if so_far else ""


def asked_of(series: Series, world: World, call: Call) -> Asked:
    """The window of a call, for resources that are written in a way of their own. Raises FunctionalError."""
    window, _ = window_of(series, call)
    return Asked(world, call.now, window, intervals(world.grid, window, series.step), call)


def written(series: Series, world: World, call: Call, window: Window, end_label: str = "") -> list[dict[str, Any]]:
    """The blocks of a window as RTE writes them."""
    at = intervals(world.grid, window, series.step)
    asked = Asked(world, call.now, window, at, call)
    labels = utc_labels(at) if series.utc else at.labels
    bounds = (
        (utc(paris.midnight(window.first)), utc(paris.midnight(window.last)))
        if series.utc
        else (window.begin, end_label or window.end)
    )
    made = []
    for block in series.blocks(asked):
        rows = _rows(at, labels, block.parts, series.order)
        end = bounds[1]
        if series.ends == "last value":
            end = rows[-1 if series.order == "ascending" else 0]["end_date"] if rows else bounds[0]
        head = {"start_date": bounds[0], "end_date": end, **block.head}
        if series.resolution:
            head["resolution"] = series.step
        made.append({**head, series.rows: rows})
    return made


def _rows(at: Intervals, labels: list[str], parts: Sequence[Part], order: Order) -> list[dict[str, Any]]:
    ranks = _ranks(at, order)
    sorted_parts = []
    for part in parts:
        chosen = ranks[part.public[ranks]]
        rows = table(_labelled(labels, part.columns), chosen)
        for name, absent in part.absent.items():
            for number in np.flatnonzero(absent[chosen]).tolist():
                del rows[number][name]
        sorted_parts.append((chosen, rows))
    if len(sorted_parts) == 1:
        return sorted_parts[0][1]
    place = np.empty(at.size, dtype=np.int64)
    place[ranks] = np.arange(at.size)
    places = np.concatenate([place[chosen] for chosen, _ in sorted_parts])
    rows = [row for _, part_rows in sorted_parts for row in part_rows]
    return [rows[number] for number in np.argsort(places, kind="stable").tolist()]


def rows_of(at: Intervals, columns: Mapping[str, Column], public: Bools) -> list[dict[str, Any]]:
    """The public rows in the order of time."""
    return table(_labelled(at.labels, columns), np.flatnonzero(public))


def _labelled(labels: list[str], columns: Mapping[str, Column]) -> dict[str, Column]:
    return {"start_date": labels[:-1], "end_date": labels[1:], **columns}


def _ranks(at: Intervals, order: Order) -> Ints:
    """The intervals (by number) in the order in which they are written."""
    numbers = np.arange(at.size, dtype=np.int64)
    if order == "descending":
        return numbers[::-1]
    if order == "days descending":
        return np.asarray(np.argsort(-paris.local_days(at.starts), kind="stable"))
    return numbers


def table(columns: Mapping[str, Column], chosen: Ints) -> list[dict[str, Any]]:
    """The chosen rows (by number) of some columns."""
    names = tuple(columns)
    picked = [_picked(column, chosen) for column in columns.values()]
    return [dict(zip(names, row, strict=True)) for row in zip(*picked, strict=True)]


def _picked(column: Column, chosen: Ints) -> Sequence[Any]:
    if isinstance(column, np.ndarray):
        return column[chosen].tolist()  # type: ignore[no-any-return]
    if isinstance(column, str | int | float):
        return [column] * chosen.size
    return [column[number] for number in chosen.tolist()]


# --- months


def months(instants: Ints) -> Ints:
    """Months since January 1970 on the Paris clock."""
    return paris.local_days(instants).astype("M8[D]").astype("M8[M]").astype(np.int64)


def days_of_months(month: Ints, day: int = 1) -> Ints:
    """Day numbers of this day of these months."""
    return np.asarray(month.astype("M8[M]").astype("M8[D]").astype(np.int64) + day - 1)


# --- columns


def whole(values: NDArray[np.floating[Any]]) -> Ints:
    """MW without decimals."""
    return np.asarray(np.rint(values), dtype=np.int64)


def cents(values: NDArray[np.floating[Any]]) -> Floats:
    """Two decimals."""
    return np.asarray(np.round(values, 2) + 0.0)


def bare_dates(instants: Ints) -> list[str]:
    """The `updated_date` of consolidated data: a date without a time."""
    return [text[:10] for text in paris.iso(instants)]


def utc(instant: int) -> str:
    """An instant such as 2026-10-11T22:00:00+00:00."""
    return f"{np.datetime64(instant, 's')}+00:00"


def utc_labels(at: Intervals) -> list[str]:
    """The labels of the edges in UTC."""
    if not at.edges.size:
        return []
    edges = (at.grid.epoch + at.edges * QUARTER).astype("M8[s]")
    texts: list[str] = np.strings.add(np.datetime_as_string(edges), "+00:00").tolist()
    return texts


def update_dates(instants: Ints) -> list[str]:
    """The `update_date` of balancing_capacity v5: UTC with milliseconds and Z."""
    milliseconds = instants * 1000 + instants % 997
    texts: list[str] = np.strings.add(np.datetime_as_string(milliseconds.astype("M8[ms]")), "Z").tolist()
    return texts
