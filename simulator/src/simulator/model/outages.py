"""Messages about outages: events, and the versions in which each is told, as arrays.

An event is created, lasts from a start to an end, and is told in one or more versions, each published later than the
one before. Planned events are created long before they start and move; forced ones are told at once and their end is
a guess that gets better. The last version is the truth, or withdraws the event. All instants are UTC seconds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.model.grid import FIRST_SERVED_DAY, Floats, Grid
from simulator.paris import DAY, HOUR, Ints
from simulator.publication import Bools

QUARTER_HOUR = 900
LONGEST_DAYS = 200
LONGEST_LEAD_DAYS = 700
STILL_TOLD = 2 * HOUR  # the last version may come so long after the end
NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Habit:
    """How the messages of one kind come about."""

    name: str
    per_day: float  # events
    versions: float  # mean number for each event
    weights: Floats  # how often each asset is concerned, in any unit
    planned_hours: Floats  # median length of a planned event, for each asset
    forced_share: float


@dataclass(frozen=True)
class Messages:
    """One row for each version, in the order of publication. Arrays of one length."""

    event: Ints  # number of the event, from 0
    version: Ints  # from 1
    created: Ints  # of the event
    published: Ints
    superseded: Ints  # publication of the next version, or NEVER
    start: Ints
    end: Ints
    asset: Ints
    forced: Bools
    dismissed: Bools
    dice: Floats  # four draws for each event, 0 to 1, shape (length, 4): what else is to be said
    die: Floats  # one for each version


def draw(grid: Grid, habit: Habit) -> Messages:
    """All messages of a kind whose events are created within the grid. A later grid repeats the same ones."""
    created = _creations(grid, habit)
    size = created.size

    def uniform(what: str) -> Floats:
        return grid.uniform(f"{habit.name} outages: {what}", size)

    asset = np.searchsorted(np.cumsum(habit.weights) / habit.weights.sum(), uniform("asset"))
    forced = uniform("forced") < habit.forced_share
    lead = _lognormal(grid, habit, "lead", size, 21 * DAY, 1.5, LONGEST_LEAD_DAYS * DAY)
    start = np.where(forced, created // 60 * 60 - 60 * _minutes(uniform("found")), _rounded(created + lead + HOUR))
    medians = np.where(forced, 3.0, habit.planned_hours[asset]) * HOUR
    length = _lognormal(grid, habit, "length", size, medians, 2.0, LONGEST_DAYS * DAY)
    end = _rounded(start + length) + HOUR
    count = 1 + np.floor(np.log(1 - uniform("versions")) / np.log(1 - 1 / habit.versions)).astype(np.int64)
    withdrawn = (uniform("withdrawn") < 0.1) & ~forced & (count > 1)
    drift = np.where(uniform("drift") < 0.35, 0, 0.3 * length * (uniform("drift by") - 0.4))
    dice = np.stack([uniform(f"die {number}") for number in range(4)], axis=1)

    event = np.repeat(np.arange(size), count)
    version = np.arange(event.size) - np.repeat(np.cumsum(count) - count, count) + 1
    die = grid.uniform(f"{habit.name} outages: each version", event.size)
    told_until = np.where(withdrawn, start, end + STILL_TOLD)[event]
    share = np.where(version == 1, 0.0, (version - 1 + 0.6 * (die - 0.5)) / count[event])
    published = created[event] + (share * (told_until - created[event])).astype(np.int64)
    last = version == count[event]
    shift = _rounded(drift[event] * (count[event] - version))
    begun = forced[event] | last | (published >= start[event])
    starts = np.where(begun, start[event], np.maximum(start[event] + shift, _rounded(published) + 2 * HOUR))
    guessed = np.maximum(end[event] + shift, np.maximum(starts, _rounded(published)) + HOUR)
    ends = np.where(last, end[event], guessed)
    superseded = np.where(last, NEVER, np.append(published[1:], NEVER))
    order = np.lexsort((version, event, published))
    columns = (event, version, created[event], published, superseded, starts, ends, asset[event])
    event, version, created, published, superseded, starts, ends, asset = (
        np.asarray(column[order], dtype=np.int64) for column in columns
    )
    flags = forced[event], (withdrawn[event] & last[order])
    return Messages(
        event, version, created, published, superseded, starts, ends, asset, *flags, dice[event], die[order]
    )


def _creations(grid: Grid, habit: Habit) -> Ints:
    """Instants at which events are created, from the first served day to the end of the grid."""
    days = grid.end_day - FIRST_SERVED_DAY
    gaps = -np.log(1 - grid.uniform(f"{habit.name} outages: gaps", int(1.2 * days * habit.per_day) + 100))
    created = FIRST_SERVED_DAY * DAY + (np.cumsum(gaps) * DAY / habit.per_day).astype(np.int64)
    return created[created < grid.end_day * DAY]


def _lognormal(
    grid: Grid, habit: Habit, what: str, size: int, median: Floats | int, deviation: float, longest: int
) -> Floats:
    drawn = grid.rng(f"{habit.name} outages: {what}").standard_normal(size)
    return np.minimum(median * np.exp(deviation * drawn), longest)


def _minutes(share: Floats) -> Floats:
    """How long a failure has lasted when it is told."""
    return np.rint(5 + 55 * share)


def _rounded(instants: Floats | Ints) -> Ints:
    """To the quarter-hour before."""
    return (np.asarray(instants) // QUARTER_HOUR * QUARTER_HOUR).astype(np.int64)
