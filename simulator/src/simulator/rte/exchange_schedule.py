"""exchange_schedule/v1: commercial schedules by border and direction, and the long-term rights behind them.

Long-term nominations (LT) come at 08:30 of the day before and are contained in the day-ahead figure (D-1, about
14:35); the intraday schedule (ID) of an hour is final 18 minutes before it begins. Faults kept as recorded: the rights
from Germany are an empty block, those to Germany start an hour too early in the week after the autumn clock change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from simulator import paris
from simulator.model import draws, trade
from simulator.model.grid import Floats
from simulator.paris import HOUR, Ints
from simulator.publication import Bools
from simulator.rte.borders import Direction, both
from simulator.rte.flows import NEIGHBOURS
from simulator.rte.periods import moment
from simulator.rte.series import Asked, Block, Column, Series, one, resources, whole

TYPES = ("ID", "D-1", "LT")
ID_CLOSES = 18 * 60  # seconds before the hour
D1_PUBLISHED = 14 * 3600 + 35 * 60
LT_PUBLISHED = 8 * 3600 + 30 * 60
RIGHTS = {  # MW of long-term rights; a direction that is not here has none
    Direction("BE", True): 1750,
    Direction("BE", False): 750,
    Direction("IT", True): 2480,
    Direction("IT", False): 990,
    Direction("ES", True): 1520,
    Direction("ES", False): 1140,
    Direction("CH", True): 400,
    Direction("DE", False): 0,
    Direction("DE", True): 716,
}
NOMINATED = ("CH", "IT")  # borders where part of the rights is nominated; elsewhere they are paid out
RIGHTS_PUBLISHED = (2, 19)  # days before, hour
STALE_DAYS = 6  # after the autumn clock change


def schedules(asked: Asked) -> Iterator[Block]:
    """One block for each type and direction."""
    for kind in asked.chosen("type", TYPES):
        public_from = PUBLISHED[kind](asked)
        updated = paris.iso(public_from)
        for direction in both(NEIGHBOURS):
            values = VALUES[kind](asked, direction)
            columns: dict[str, Column] = {"updated_date": updated, "value": values}
            yield one({"type": kind, **direction.countries}, columns, public_from <= asked.now)


def _hours(asked: Asked) -> Ints:
    return np.asarray(asked.at.starts // HOUR)


def _id(asked: Asked, direction: Direction) -> Floats:
    return trade.intraday(asked.world.france, direction.border, _hours(asked), direction.outwards)


def _day_ahead(asked: Asked, direction: Direction) -> Ints:
    net = trade.day_ahead(asked.world.france, direction.border, _hours(asked))
    return whole(np.maximum(direction.sign * net, 0))


def _long_term(asked: Asked, direction: Direction) -> Ints:
    """A share of the rights that changes from day to day."""
    rights = RIGHTS.get(direction, 0) if direction.border in NOMINATED and direction.outwards else 0
    days = paris.local_days(asked.at.starts)
    return whole(rights * draws.uniform(asked.world.grid.seed, f"nominated {direction.pair}", days))


def _id_published(asked: Asked) -> Ints:
    return np.asarray(asked.at.starts - ID_CLOSES)


def _day_before(second: int) -> Callable[[Asked], Ints]:
    """That time of the day before, and up to four minutes."""

    def published(asked: Asked) -> Ints:
        days = paris.local_days(asked.at.starts)
        late = 240 * draws.uniform(asked.world.grid.seed, f"schedule of {second}", days)
        return np.asarray(paris.at_local(days - 1, second) + late.astype(np.int64))

    return published


PUBLISHED: dict[str, Callable[[Asked], Ints]] = {
    "ID": _id_published,
    "D-1": _day_before(D1_PUBLISHED),
    "LT": _day_before(LT_PUBLISHED),
}
VALUES: dict[str, Callable[[Asked, Direction], Floats | Ints]] = {"ID": _id, "D-1": _day_ahead, "LT": _long_term}


def sum_of_rights(asked: Asked) -> Iterator[Block]:
    """One block for each direction of one day."""
    day = asked.window.first
    before, hour = RIGHTS_PUBLISHED
    updated = moment(day - before, hour)
    known = np.full(asked.at.size, updated <= asked.now)
    for direction, rights in RIGHTS.items():
        columns: dict[str, Column] = {"updated_date": paris.iso_one(updated), "value": _rights(direction, rights, day)}
        if direction == Direction("DE", True) and _stale(day):
            columns |= _an_hour_early(asked)
        yield one(direction.countries, columns, known if rights else _none(asked))


def _rights(direction: Direction, rights: int, day: int) -> int:
    """Rights of a month; those to Germany never change."""
    if direction.border == "DE":
        return rights
    month = paris.day_of(day).month
    return rights - 10 * ((7 * month + 3 * len(NEIGHBOURS)) % 11)


def _none(asked: Asked) -> Bools:
    return np.zeros(asked.at.size, dtype=np.bool_)


def _stale(day: int) -> bool:
    """Whether this day still gets the summer offset by mistake."""
    change = paris.day_number(paris.last_sunday(paris.day_of(day).year, 10))
    return change < day <= change + STALE_DAYS


def _an_hour_early(asked: Asked) -> dict[str, Column]:
    bounds = np.append(asked.at.starts, asked.at.ends[-1:]) - HOUR
    texts = paris.iso(bounds)
    return {"start_date": texts[:-1], "end_date": texts[1:]}


RESOURCES = resources(
    "exchange_schedule",
    "v1",
    {
        "schedule": Series(
            "EXCHSCHED_SCHEDULES", "PT1H", schedules, longest_days=31, ahead_days=2, root="schedules", so_far=False
        ),
        "sum_rights_document": Series("EXCHSCHED_SUMRIGHTS", "PT1H", sum_of_rights, ahead_days=2, by_day=True),
    },
)
