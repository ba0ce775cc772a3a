"""What balance responsible parties are settled by: bre_imbalance_reconstitution/v1 and bre_temporal_reconciliations/v1.

Half-hours, newest first, labels right on both clock-change days. The four of the reconstitution come on Fridays at
15:00 for whole weeks from Saturday to Friday: the load curves for the week that ended six days before, the others a
week later. The reconciliation of a year from July to June comes on 23 October of the year after its end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from simulator import paris
from simulator.model.grid import Floats
from simulator.paris import Ints
from simulator.rte.periods import SATURDAY, Period, moment, number, week_of
from simulator.rte.series import Asked, Block, Column, Series, one, resources
from simulator.rte.window import Window

WEEKS_LATE = {"national_reference_load_curves": 6}  # days from the end of a week to its Friday
LATE = 13
RECONCILED = (10, 23)  # month and day, a year and some months after the end
YEAR_BEGINS = 7  # July
PROFILED_SHARE = 0.73  # of the load curve that is profiled


def _imbalance(asked: Asked) -> Floats:
    """What the profiles miss, MW."""
    return np.asarray(-350 + 900 * asked.noise("profiling", 7) + 120 * asked.noise("profiling of a half-hour"))


def _curve(asked: Asked) -> Floats:
    """The load that is not metered by the half-hour, MW."""
    return np.asarray(0.76 * asked.mean(asked.world.france.load) + 150 * asked.noise("reference curve", 12))


def _coefficient(asked: Asked) -> Floats:
    return np.asarray(1 + _imbalance(asked) / (PROFILED_SHARE * _curve(asked)))


def _additional(asked: Asked) -> Floats:
    return np.asarray(_coefficient(asked) - 0.0031 + 0.0002 * asked.noise("additional", 24))


def weekly(name: str, values: Callable[[Asked], Floats], digits: int) -> Callable[[Asked], Iterator[Block]]:
    """The single block of one of the four."""

    def blocks(asked: Asked) -> Iterator[Block]:
        updated = _fridays(asked, name)
        columns: dict[str, Column] = {"updated_date": paris.iso(updated), "value": np.round(values(asked), digits)}
        yield one({}, columns, updated <= asked.now)

    return blocks


def _fridays(asked: Asked, name: str) -> Ints:
    days = paris.local_days(asked.at.starts)
    published = {day: _published(week_of(day, SATURDAY), name) for day in np.unique(days).tolist()}
    return np.array([published[day] for day in days.tolist()], dtype=np.int64)


def _published(week: Period, name: str) -> int:
    return moment(week.last + WEEKS_LATE.get(name, LATE), 15)


def _last_week(name: str) -> Callable[[int], Window]:
    """The newest week that is public."""

    def last(now: int) -> Window:
        week = week_of(paris.local_day(now) - WEEKS_LATE.get(name, LATE), SATURDAY)
        while _published(week, name) > now:
            week = Period(week.first - 7, week.last - 7)
        return Window(week.first, week.last)

    return last


def temporal_reconciliations(asked: Asked) -> Iterator[Block]:
    """A block for each year that the window meets, newest first."""
    years = sorted({_year_of(day).first for day in np.unique(paris.local_days(asked.at.starts)).tolist()}, reverse=True)
    if not years:
        return
    value = np.round(1.05 * _imbalance(asked) + 60 * asked.noise("reconciled", 9), 3)
    for first in years:
        year = _year_of(first)
        updated = _reconciled(year)
        inside = (asked.at.starts >= moment(year.first)) & (asked.at.starts < moment(year.last))
        head = {"start_date": year.begin, "end_date": year.end, "type": "NATIONAL_PROFILING_IMBALANCE"}
        columns: dict[str, Column] = {"updated_date": paris.iso_one(updated), "value": value}
        if updated <= asked.now:
            yield one(head, columns, inside)


def _year_of(day: int) -> Period:
    """The year from July to June that holds this day."""
    begun = paris.day_of(day)
    year = begun.year if begun.month >= YEAR_BEGINS else begun.year - 1
    return Period(number(year, YEAR_BEGINS), number(year + 1, YEAR_BEGINS))


def _reconciled(year: Period) -> int:
    return moment(number(year.day.year + 2, *RECONCILED), 15)


def _last_year(now: int) -> Window:
    year = _year_of(paris.local_day(now))
    while _reconciled(year) > now:
        year = _year_of(year.first - 1)
    return Window(year.first, year.last)


WEEKLY: dict[str, tuple[str, Callable[[Asked], Floats], int]] = {
    "national_reference_load_curves": ("BREIMBREC_REFLOADCURVES", _curve, 3),
    "national_profiling_imbalances": ("BREIMBREC_PROFILINGIMB", _imbalance, 3),
    "national_alignment_coefficients": ("BREIMBREC_ALIGNCOEF", _coefficient, 9),
    "additional_national_alignment_coefficients": ("BREIMBREC_ADDALIGNCOEF", _additional, 9),
}
RESOURCES = {
    **resources(
        "bre_imbalance_reconstitution",
        "v1",
        {
            name: Series(
                prefix,
                "PT30M",
                weekly(name, values, digits),
                longest_days=124,
                order="descending",
                alone=True,
                default=_last_week(name),
            )
            for name, (prefix, values, digits) in WEEKLY.items()
        },
    ),
    **resources(
        "bre_temporal_reconciliations",
        "v1",
        {
            "temporal_reconciliations": Series(
                "BRETEMPREC_TEMPREC",
                "PT30M",
                temporal_reconciliations,
                longest_days=366,
                order="descending",
                default=_last_year,
            )
        },
    ),
}
