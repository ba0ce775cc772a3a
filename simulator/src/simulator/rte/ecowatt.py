"""ecowatt/v5/signals: how tense today and the three days after are, by hour. No parameters, no history.

Refreshed three times a day. The last day comes with the first refresh; of today only the hours to come are there; the
days stand in no order.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from starlette.datastructures import QueryParams

from simulator import paris
from simulator.model import draws, tension
from simulator.paris import HOUR
from simulator.rte.periods import midnight_label, moment
from simulator.rte.resource import Resource, Resources, timed
from simulator.world import World

ROOT = "signals"
REFRESHED_AT = (8, 17, 23)  # local hour, and up to LATEST seconds later; the first is punctual
LATEST = 400
ORDER = (3, 1, 2, 0)  # days after today
MESSAGES = {
    tension.GREEN: " Pas d’alerte ",
    tension.ORANGE: " L’équilibre entre l’offre et la demande sera fragile. Réduire sa consommation aide le réseau.  ",
    tension.RED: " L’électricité risque de manquer. Sans baisse de la consommation, il faudra couper par endroits. ",
}


def signals(world: World, params: QueryParams, now: int) -> dict[str, Any]:
    """The answer's body; the parameters are ignored."""
    today = paris.local_day(now)
    issue_day, issue, made_at = _last_issue(world, now)
    offered = [after for after in ORDER if after < 3 or issue_day == today]
    return {ROOT: [_day(world, today + after, issue_day, issue, made_at, now) for after in offered]}


def _day(world: World, day: int, issue_day: int, issue: int, made_at: int, now: int) -> dict[str, Any]:
    levels = tension.levels(world.france, day, issue_day, issue).tolist()
    first = (now + paris.offset_at(now)) % paris.DAY // HOUR if day == paris.local_day(now) else 0
    worst = max(max(levels), tension.GREEN)
    return {
        "GenerationFichier": paris.iso_one(made_at),
        "jour": midnight_label(day),
        "dvalue": worst,
        "message": MESSAGES[worst],
        "values": [{"pas": hour, "hvalue": levels[hour]} for hour in range(first, tension.HOURS)],
    }


def _last_issue(world: World, now: int) -> tuple[int, int, int]:
    """Day, number and instant of the last refresh."""
    today = paris.local_day(now)
    issues = [
        (day, number, moment(day, hour) + _late(world, day, number))
        for day in (today - 1, today)
        for number, hour in enumerate(REFRESHED_AT)
    ]
    return max((issue for issue in issues if issue[2] <= now), key=lambda issue: issue[2])


def _late(world: World, day: int, number: int) -> int:
    if number == 0:
        return 0
    chance = draws.uniform(world.grid.seed, f"ecowatt {number}", np.array([day], dtype=np.int64))
    return int(LATEST * chance[0])


RESOURCES: Resources = {("ecowatt", "v5", ROOT): Resource(timed(signals), "ECOWATT_SIGNALS")}
