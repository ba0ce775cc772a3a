"""tempo_like_supply_contract/v1/tempo_like_calendars: the colour of each day, newest first.

Tomorrow is known from 10:40; its `updated_date` says 10:20, as that of every day does. JSON only where `Accept` names
it, else XML, which has French words for the colours.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from simulator import paris
from simulator.model import draws, tempo
from simulator.model.grid import FIRST_SERVED_DAY
from simulator.paris import Ints
from simulator.rte.errors import FunctionalError
from simulator.rte.periods import midnight_label, moment
from simulator.rte.resource import Call, Reply, Resource, Resources
from simulator.rte.window import Window, enumerated, parse
from simulator.world import World

ROOT = "tempo_like_calendars"
PREFIX = "TMPLIKSUPCON_TMPLIKCAL"
LONGEST_DAYS = 366
KNOWN_AT = (10, 40)  # of the day before
UPDATED_AT = (10, 20)
WORDS = {tempo.BLUE: ("BLUE", "BLEU"), tempo.WHITE: ("WHITE", "BLANC"), tempo.RED: ("RED", "ROUGE")}
FALLBACK_SHARE = 0.02  # of the days, chosen without a forecast


def calendars(world: World, call: Call) -> Any:
    """The answer, as an object in JSON or as a document in XML. Raises FunctionalError F01 to F07."""
    fallback = enumerated(call.params, "fallback_status", ("true", "false")) == ["true"]
    today = paris.local_day(call.now)
    last = today + 1 if call.now >= moment(today, *KNOWN_AT) else today
    window = parse(call.params, call.now, LONGEST_DAYS, ahead_days=2) or Window(last, last + 1)
    if window.first > last:
        raise FunctionalError("F04")
    served = window.served_days
    days = list(reversed(range(served.start, min(served.stop, last + 1))))
    colours = _colours(world)
    if "application/json" not in call.headers.get("accept", ""):
        return Reply(_document(days, colours), media_type="application/xml;charset=utf-8")
    values = [_row(world, day, int(colours[day - FIRST_SERVED_DAY]), fallback and day >= today) for day in days]
    return {ROOT: {"start_date": window.begin, "end_date": window.end, "values": values}}


def _row(world: World, day: int, colour: int, fallback: bool) -> dict[str, Any]:
    row: dict[str, Any] = {"start_date": midnight_label(day), "end_date": midnight_label(day + 1)}
    if day != tempo.WITHOUT_COLOUR:
        row["value"] = WORDS[colour][0]
    row["updated_date"] = paris.iso_one(moment(day - 1, *UPDATED_AT))
    if fallback:
        chance = draws.uniform(world.grid.seed, "tempo fallback", np.array([day], dtype=np.int64))
        row["fallback"] = bool(chance[0] < FALLBACK_SHARE)
    return row


def _document(days: list[int], colours: Ints) -> str:
    parts = []
    for day in days:
        word = WORDS[int(colours[day - FIRST_SERVED_DAY])][1]
        colour = "" if day == tempo.WITHOUT_COLOUR else f"<Couleur>{word}</Couleur>"
        parts.append(f"<Tempo><DateApplication>{paris.day_of(day)}</DateApplication>{colour}</Tempo>")
    return f'<?xml version="1.0" encoding="UTF-8"?><Tempos>{"".join(parts)}</Tempos>'


def _colours(world: World) -> Ints:
    """By day since 1 January 2022, worked out once for each world."""
    key = world.grid.seed, world.grid.end_day
    colours = _known.get(key)
    if colours is None:
        colours = tempo.colours(world.grid, world.france.temperature)
        _known.clear()  # of worlds that nobody looks at any more
        _known[key] = colours
    return colours


_known: dict[tuple[int, int], Ints] = {}


RESOURCES: Resources = {("tempo_like_supply_contract", "v1", ROOT): Resource(calendars, PREFIX)}
