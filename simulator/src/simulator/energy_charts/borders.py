"""What goes over the borders of a country, GW, imports positive: physical flows, and hourly schedules."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from simulator import paris
from simulator.energy_charts.asked import COUNTRY_NAMES
from simulator.model import trade
from simulator.model.france import France
from simulator.model.grid import QUARTER, Floats
from simulator.model.neighbours import FRENCH_BORDERS, LINES, europe
from simulator.paris import HOUR, Ints

FLOW_DELAY = 8100
AUCTIONED = 15 * HOUR
"""From when on the schedules of tomorrow are public, Paris time."""


def partners(country: str) -> list[str]:
    """The countries on the other side of its borders, by name."""
    if country == "fr":
        found = list(FRENCH_BORDERS)
    else:
        found = ["fr"] if country in FRENCH_BORDERS else []
        found += [line.b if line.a == country else line.a for line in LINES if country in (line.a, line.b)]
    return sorted(found, key=lambda code: COUNTRY_NAMES[code])


def flowed(france: France, country: str, begin: int, end: int) -> dict[str, Floats]:
    """MW by partner and quarter-hour of the grid."""
    if country == "fr":
        return {code: -france.borders[FRENCH_BORDERS[code].code][begin:end] for code in partners(country)}
    imports = europe(france, begin, end).imports(country)
    return {code: imports[code] for code in partners(country)}


def traded(france: France, country: str, hours: Ints) -> Floats:
    """MW scheduled, shape (partners, hours); hours are numbers since 1970, one after the other."""
    begin = france.grid.quarter_index(int(hours[0]) * HOUR)
    flows = {} if country == "fr" else flowed(france, country, begin, begin + 4 * hours.size)
    return np.stack([_traded(france, country, code, flows, hours) for code in partners(country)])


def _traded(france: France, country: str, partner: str, flows: dict[str, Floats], hours: Ints) -> Floats:
    """Over the French borders what RTE has as schedules; elsewhere what flows, in the hourly mean."""
    if "fr" in (country, partner):
        border = FRENCH_BORDERS[partner if country == "fr" else country].code
        exported = trade.net_schedule(france, border, hours)
        return np.asarray(-exported if country == "fr" else exported)
    return np.asarray(flows[partner].reshape(-1, 4).mean(axis=1))


def flows_until(now: int) -> int:
    """The end of the flows that are public."""
    return (now - FLOW_DELAY) // QUARTER * QUARTER


def schedules_until(now: int) -> int:
    """The end of the schedules that are public: of today, from the afternoon on of tomorrow."""
    today = paris.local_day(now)
    return paris.midnight(today + 1 + (now >= paris.midnight(today) + AUCTIONED))


def names(codes: Sequence[str]) -> list[str]:
    """The partners as they are called."""
    return [COUNTRY_NAMES[code] for code in codes]
