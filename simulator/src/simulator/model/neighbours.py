"""The neighbours of France: demand, fleets, what they send each other, and their day-ahead prices.

They live under the same weather, read at the French cities nearest to them and some hours later where it comes from
France, with fleets of their own. What crosses the French borders is `exchanges.py`'s; the other borders follow from who
has power to spare. Everything is a function of seed and instant: a window costs what the window holds.

In each country and quarter-hour: load = sum of generation (pumping negative) + net import.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from simulator import paris
from simulator.model import calendar, draws
from simulator.model.exchanges import BORDERS
from simulator.model.france import France
from simulator.model.generation import POWER_CURVE, POWER_CURVE_SPEED, SOLAR_PERFORMANCE
from simulator.model.grid import QUARTER, Floats, by_month, year_position
from simulator.model.load import SHAPE_REST, SHAPE_WORKDAY
from simulator.model.points import POINTS
from simulator.model.weather import clear_sky, transmission
from simulator.paris import DAY, HOUR, Ints

NUCLEAR, LIGNITE, HARD_COAL, GAS, OIL = "NUCLEAR", "FOSSIL_LIGNITE", "FOSSIL_HARD_COAL", "FOSSIL_GAS", "FOSSIL_OIL"
RIVER, RESERVOIR, STORAGE = "HYDRO_RUN_OF_RIVER_AND_POUNDAGE", "HYDRO_WATER_RESERVOIR", "HYDRO_PUMPED_STORAGE"
BIOMASS, WASTE, GEOTHERMAL, OTHERS = "BIOMASS", "WASTE", "GEOTHERMAL", "OTHERS"
OFFSHORE, ONSHORE, SOLAR = "WIND_OFFSHORE", "WIND_ONSHORE", "SOLAR"

MERIT_ORDER = ((LIGNITE, 1.0), (RESERVOIR, 1.0), (GAS, 0.22), (HARD_COAL, 1.0), (GAS, 1.0), (OIL, 1.0))
"""What follows the demand, cheapest first, each up to a share of what can run: the best gas plants come before coal.
What is left then is made by what a country has most of."""
FLOOR = {LIGNITE: 0.25, RESERVOIR: 0.02, HARD_COAL: 0.12, GAS: 0.05, OIL: 0.02}
"""Share of what can run that always does."""
RUNS = 0.92
RUNS_OF: Mapping[tuple[str, str], float] = {
    ("de", LIGNITE): 0.84,
    ("de", HARD_COAL): 0.40,
    ("es", HARD_COAL): 0.30,
    ("it", HARD_COAL): 0.08,
    ("nl", HARD_COAL): 0.82,
    ("pl", LIGNITE): 0.79,
    ("pl", HARD_COAL): 0.54,
    ("pl", GAS): 0.60,
}
"""Share of what is installed that can run at most, and where it is less: coal in reserve, or about to close."""
FLOOR_OF = {("de", HARD_COAL): 0.30, ("it", HARD_COAL): 0.60, ("nl", HARD_COAL): 0.50, ("pl", HARD_COAL): 0.55}
"""Share of what can run that always does, where it is another: plants that heat a town."""
RESERVOIR_BUDGET = {"de": 0.45, "es": 0.28, "it": 0.20, "at": 0.42, "pl": 0.20, "cz": 0.12}
"""Share of what is installed that the water of a year is worth, where it does not have to follow the demand."""
RESERVOIR_BY_MONTH = (0.95, 0.7, 0.55, 0.75, 1.25, 1.45, 1.3, 1.15, 1.05, 0.95, 0.95, 0.95)
RESERVOIR_BY_HOUR = (
    *(0.45, 0.4, 0.4, 0.4, 0.45, 0.7, 1.2, 1.6, 1.6, 1.2, 0.8, 0.6),
    *(0.5, 0.5, 0.6, 0.8, 1.1, 1.7, 2.1, 2.2, 1.9, 1.4, 0.9, 0.5),
)
STEADY = (NUCLEAR, RIVER, BIOMASS, WASTE, GEOTHERMAL, OTHERS)
STEADY_SHARE = {NUCLEAR: 0.84, RIVER: 0.42, BIOMASS: 0.48, WASTE: 0.62, GEOTHERMAL: 0.7, OTHERS: 0.55}
RIVER_BY_MONTH = (0.85, 0.85, 0.95, 1.1, 1.3, 1.35, 1.2, 1.05, 0.95, 0.85, 0.8, 0.8)
GROWTH = {SOLAR: 0.13, ONSHORE: 0.04, OFFSHORE: 0.07}
"""A year, up to 2025, which the tables of fleets show, and on from there."""
FLEET_YEAR = 2025
STORAGE_NEED = (0.0, 0.12, 0.30, 0.55, 0.85)  # share of what follows the demand, or of the figure below
STORAGE_MEASURE = {"ch": 2700.0, "es": 17000.0, "it": 40000.0}  # MW
STORAGE_USE = (-0.85, -0.30, 0.0, 0.25, 0.75)  # of the storage


@dataclass(frozen=True)
class Neighbour:
    """A country: where it lies, what it uses (MW in the mean, MW a degree) and what it has installed (MW, 2025)."""

    code: str
    name: str
    latitude: float
    longitude: float
    cities: Sequence[str]  # whose sky is like its own
    later: int  # hours until the weather of these cities is there
    wide: int  # hours that the weather takes to cross it
    warmer: float  # °C than France
    load: float
    heating: float
    cooling: float
    fleet: Mapping[str, float]


# fmt: off
COUNTRIES = (
    # code, name, north, east, cities with its sky, hours later and wide, °C warmer, MW in the mean, MW a degree
    ("de", "Germany", 51.0, 10.0, ("Strasbourg", "Metz", "Lille", "Amiens", "Dijon"), 2, 12, -2.5, 52500, 650, 150),
    ("be", "Belgium", 50.7, 4.5, ("Lille", "Amiens", "Reims"), 1, 3, -0.5, 9000, 110, 40),
    ("ch", "Switzerland", 46.9, 8.2, ("Grenoble", "Besançon", "Lyon"), 2, 4, -3.0, 6700, 130, 20),
    ("es", "Spain", 40.0, -3.7, ("Toulouse", "Bordeaux", "Montpellier", "Poitiers"), 0, 9, 3.5, 26300, 260, 420),
    ("it", "Italy", 43.5, 11.5, ("Nice", "Marseille", "Ajaccio", "Bastia"), 3, 9, 1.5, 32500, 220, 750),
    ("uk", "United Kingdom", 53.0, -1.5, ("Le Havre", "Lille", "Brest", "Caen", "Amiens"), 0, 8, -2.0, 29500, 620, 60),
    ("nl", "Netherlands", 52.2, 5.3, ("Lille", "Le Havre", "Amiens", "Rouen"), 2, 4, -1.0, 12600, 140, 50),
    ("at", "Austria", 47.6, 14.0, ("Strasbourg", "Besançon", "Lyon", "Dijon"), 8, 6, -3.0, 6900, 110, 40),
    ("pl", "Poland", 52.0, 19.5, ("Strasbourg", "Metz", "Reims", "Lille"), 11, 9, -4.0, 18200, 230, 90),
    ("cz", "Czech Republic", 49.8, 15.3, ("Strasbourg", "Metz", "Dijon"), 8, 5, -3.5, 7500, 110, 40),
    ("se", "Sweden", 60.0, 15.5, ("Metz", "Lille", "Reims", "Amiens"), 14, 12, -7.0, 13500, 330, 10),
)
INSTALLED: Mapping[str, Sequence[int]] = {  # MW in 2025, in the order of the countries
    #                  de      be      ch      es      it      uk      nl      at      pl      cz      se
    NUCLEAR:    (      0,   3900,   2960,   7117,      0,   5880,    485,      0,      0,   4047,   6900,),
    LIGNITE:    (  14758,      0,      0,      0,      0,      0,      0,      0,   6950,   6900,      0,),
    HARD_COAL:  (  15386,      0,      0,   1900,   4700,      0,   4000,      0,  18540,    900,      0,),
    GAS:        (  35311,   6900,      0,  26200,  48470,  31000,  16500,   4280,   5430,   1900,    250,),
    OIL:        (   3811,    200,      0,    660,   1550,    300,      0,    120,    410,     10,      0,),
    RIVER:      (   3800,    120,   4200,   3500,   7000,    900,      0,   5940,    320,    340,      0,),
    RESERVOIR:  (    300,      0,   8200,   9500,   4500,      0,      0,   2550,    470,    750,  16300,),
    STORAGE:    (   9894,   1300,   3900,   3300,   7250,   2830,      0,   4020,   1520,   1172,      0,),
    BIOMASS:    (   9005,    650,      0,   1100,   1470,   4300,    900,    580,    700,    620,      0,),
    WASTE:      (   1500,    330,      0,    450,     70,      0,    750,    120,      0,     55,      0,),
    GEOTHERMAL: (     20,      0,      0,      0,    870,      0,      0,      1,      0,      0,      0,),
    OTHERS:     (    500,    350,    650,   3600,   3400,   1100,    300,     60,   1000,     80,   1900,),
    OFFSHORE:   (   9733,   2260,      0,      0,     30,  15700,   4740,      0,      0,      0,      0,),
    ONSHORE:    (  68200,   3300,    100,  31700,  12880,  15600,   6950,   4140,  10700,    350,  17000,),
    SOLAR:      ( 107455,  11000,   7200,  34000,  31000,  18000,  26000,   9770,  20730,   4600,   4300,),
}
# fmt: on
NEIGHBOURS: Mapping[str, Neighbour] = {
    country[0]: Neighbour(*country, {name: row[number] for name, row in INSTALLED.items() if row[number]})
    for number, country in enumerate(COUNTRIES)
}


@dataclass(frozen=True)
class Line:
    """A border between two neighbours: the limit both ways, and the share of it that usually flows from `a` to `b`."""

    a: str
    b: str
    limit: float
    usual: float = 0.0


LINES = (
    Line("de", "nl", 4200, -0.2),
    Line("de", "be", 1000),
    Line("nl", "be", 2400, 0.1),
    Line("de", "at", 4900, 0.2),
    Line("de", "ch", 3200, 0.65),
    Line("at", "ch", 1200, 0.4),
    Line("ch", "it", 3800, 0.55),
    Line("at", "it", 400, 0.6),
    Line("uk", "nl", 1000, -0.3),
    Line("uk", "be", 1000, -0.3),
    Line("de", "pl", 2500, -0.1),
    Line("de", "cz", 2100, -0.1),
    Line("pl", "cz", 900),
    Line("at", "cz", 900, -0.3),
    Line("se", "de", 600, 0.5),
    Line("se", "pl", 600, 0.6),
)
FRENCH_BORDERS = {("uk" if border.code == "GB" else border.code.lower()): border for border in BORDERS}
"""The borders of `exchanges.py` by country."""


@dataclass(frozen=True)
class Power:
    """A neighbour in a window, MW by quarter-hour."""

    load: Floats
    by_type: dict[str, Floats]
    imports: dict[str, Floats]  # by country on the other side, `fr` among them; net, imports positive


@dataclass(frozen=True)
class Europe:
    """The neighbours in the quarter-hours `begin` to `end` of the grid; parts are made when asked for, and kept."""

    france: France
    begin: int
    end: int
    _given: dict[str, dict[str, Floats]] = field(default_factory=dict, compare=False, repr=False)
    _loads: dict[str, Floats] = field(default_factory=dict, compare=False, repr=False)

    @property
    def quarters(self) -> Ints:
        """Start of each quarter-hour, UTC seconds."""
        return self.france.grid.quarters[self.begin : self.end]

    @property
    def numbers(self) -> Ints:
        """Quarter-hours since 1970."""
        return self.quarters // QUARTER

    def smooth(self, name: str, hours: float) -> Floats:
        """Noise of mean 0 and deviation 1 that changes in about so many hours."""
        return draws.smooth(self.france.grid.seed, name, self.numbers, hours * 4)

    def load(self, code: str) -> Floats:
        """Demand, pumping excluded."""
        if code not in self._loads:
            self._loads[code] = _load(self, NEIGHBOURS[code])
        return self._loads[code]

    def given(self, code: str) -> dict[str, Floats]:
        """What does not follow the demand: weather, rivers, nuclear and what runs always."""
        if code not in self._given:
            self._given[code] = _given(self, NEIGHBOURS[code])
        return self._given[code]

    def imports(self, code: str) -> dict[str, Floats]:
        """Net import over each border of a neighbour."""
        found = {}
        if code in FRENCH_BORDERS:
            found["fr"] = self.france.borders[FRENCH_BORDERS[code].code][self.begin : self.end]
        for line in LINES:
            if code in (line.a, line.b):
                flow = _flow(self, line)
                found[line.b if code == line.a else line.a] = -flow if code == line.a else flow
        return found

    def power(self, code: str) -> Power:
        """Demand, generation and trade of a neighbour, which balance."""
        country, imports = NEIGHBOURS[code], self.imports(code)
        load, given = self.load(code), self.given(code)
        need = load - np.sum(np.stack([*given.values(), *imports.values()]), axis=0)
        return Power(load, _dispatched(country, given, need), imports)

    def _spare(self, code: str) -> Floats:
        """What does not follow the demand, over the demand."""
        given = np.sum(np.stack(list(self.given(code).values())), axis=0)
        return np.asarray(given / self.load(code))


def installed(country: Neighbour, production_type: str, instants: Ints) -> Floats:
    """Installed MW of a type at these instants."""
    years = year_position(instants) + instants.astype("M8[s]").astype("M8[Y]").astype(np.int64) + 1970 - FLEET_YEAR
    return np.asarray(country.fleet[production_type] * (1 + GROWTH.get(production_type, 0)) ** (years - 1))


def _hours(europe: Europe, country: Neighbour, values: Floats, before: int = 0) -> Floats:
    """Hourly values of the model for a country: the window, as much later as the weather takes, and hours before it."""
    first, last = europe.begin // 4 - country.later, -(-europe.end // 4) - country.later + 1
    index = np.clip(np.arange(first - before, last), 0, values.shape[0] - 1)
    return np.asarray(values[index])


def _to_quarters(europe: Europe, hourly: Floats) -> Floats:
    """Values at the middle of each quarter-hour of the window, from its hours and the one after them."""
    middle = (np.arange(europe.begin, europe.end) - europe.begin // 4 * 4 + 0.5) / 4
    return np.interp(middle, np.arange(hourly.size), hourly)


def _over(country: Neighbour, values: Floats) -> Floats:
    """Mean over the cities whose sky is the country's; shape (hours, points) in, (hours,) out."""
    places = [number for number, point in enumerate(POINTS) if point.name in country.cities]
    total = np.zeros(values.shape[0])
    for place in places:
        total += values[:, place]
    return np.asarray(total / len(places))


def _load(europe: Europe, country: Neighbour) -> Floats:
    quarters = europe.quarters
    days = paris.local_days(quarters)
    hour = (quarters + paris.offset(quarters)) % DAY // HOUR
    rest = calendar.rest_days(days)
    work_shape, rest_shape = np.array(SHAPE_WORKDAY["Oct"]), np.array(SHAPE_REST["Jan"])
    shape = np.where(rest, rest_shape[hour] / rest_shape.mean(), work_shape[hour] / work_shape.mean())
    felt = _to_quarters(europe, _mean_of_day(europe, country)) + country.warmer
    felt = felt + 1.2 * europe.smooth(f"{country.code} warmth", 60)
    weather = country.heating * np.maximum(15 - felt, 0) + country.cooling * np.maximum(felt - 20, 0)
    level = country.load * calendar.activity(days) + weather
    return np.asarray(level * shape * (1 + 0.012 * europe.smooth(f"{country.code} load", 5)))


def _mean_of_day(europe: Europe, country: Neighbour) -> Floats:
    """Temperature of the 24 hours before each hour, added up in an order that no window changes."""
    hourly = _hours(europe, country, europe.france.temperature, before=24)
    total = np.zeros(hourly.size - 24)
    for hour in range(24):
        total += hourly[hour : hour + total.size]
    return np.asarray(total / 24)


def _given(europe: Europe, country: Neighbour) -> dict[str, Floats]:
    found = {}
    position = year_position(europe.quarters)
    for name in STEADY:
        if name in country.fleet:
            size = installed(country, name, europe.quarters) * STEADY_SHARE[name]
            if name == RIVER:
                size = size * by_month(RIVER_BY_MONTH, position)
            if name == NUCLEAR:  # refuelled in summer
                size = size * (1 + 0.10 * np.cos(2 * np.pi * (position - 0.04)))
            swing = 0.10 if name == RIVER else 0.03
            found[name] = size * np.clip(1 + swing * europe.smooth(f"{country.code} {name}", 200), 0.5, 1.15)
    if RESERVOIR in country.fleet and country.code in RESERVOIR_BUDGET:
        found[RESERVOIR] = _from_budget(europe, country)
    return found | _renewables(europe, country)


def _from_budget(europe: Europe, country: Neighbour) -> Floats:
    """Reservoirs: the water of the month, let out when most is used."""
    quarters = europe.quarters
    hour = (quarters + paris.offset(quarters)) % DAY // HOUR
    water = RESERVOIR_BUDGET[country.code] * by_month(RESERVOIR_BY_MONTH, year_position(quarters))
    wet = np.clip(1 + 0.2 * europe.smooth(f"{country.code} water", 150), 0.4, 1.6)
    share = water * wet * np.array(RESERVOIR_BY_HOUR)[hour] / np.mean(RESERVOIR_BY_HOUR)
    return np.asarray(country.fleet[RESERVOIR] * np.minimum(share, RUNS))


def _renewables(europe: Europe, country: Neighbour) -> dict[str, Floats]:
    weather = europe.france.weather
    found = {}
    # Wind of its own; the farms see it one after the other, and together they are never in step.
    wind = _hours(europe, country, weather.wind_100m, before=country.wide)
    gusts = np.exp(0.2 * _own_wind(europe, country, wind.shape[0]))[:, None]
    for name, exposure in ((ONSHORE, 1.0), (OFFSHORE, 1.35)):
        if name in country.fleet:
            output = _over(country, np.interp(wind * gusts * exposure, POWER_CURVE_SPEED, POWER_CURVE))
            share = _to_quarters(europe, _crossing(output, country.wide))
            found[name] = share * installed(country, name, europe.quarters)
    clear = clear_sky(
        europe.quarters + QUARTER, np.array([country.latitude]), np.array([country.longitude]), back=QUARTER
    )[:, 0]
    passing = _over(country, transmission(_hours(europe, country, weather.cloud)))
    haze = np.clip(1 + 0.08 * europe.smooth(f"{country.code} sky", 9), 0.5, 1.15)
    share = np.minimum(clear / 1000 * _to_quarters(europe, passing) * haze * SOLAR_PERFORMANCE, 0.8)
    if SOLAR in country.fleet:
        found[SOLAR] = share * installed(country, SOLAR, europe.quarters)
    return found


def _own_wind(europe: Europe, country: Neighbour, hours: int) -> Floats:
    """Noise by hour, as many hours as the window and those before it have."""
    first = int(europe.quarters[0]) // HOUR - country.wide
    return draws.smooth(europe.france.grid.seed, f"{country.code} wind", np.arange(first, first + hours), 14)


def _crossing(hourly: Floats, hours: int) -> Floats:
    """Each hour the mean of it and of so many before it, which are cut off; in an order that no window changes."""
    total = np.zeros(hourly.size - hours)
    for back in range(hours + 1):
        total += hourly[back : back + total.size]
    return np.asarray(total / (hours + 1))


def _flow(europe: Europe, line: Line) -> Floats:
    """MW from `a` to `b`: from who has more to spare."""
    pull = 0.9 * (europe._spare(line.a) - europe._spare(line.b)) + 0.2 * europe.smooth(f"{line.a}-{line.b}", 12)
    return np.asarray(line.limit * np.clip(line.usual + pull, -1, 1))


def _dispatched(country: Neighbour, given: Mapping[str, Floats], need: Floats) -> dict[str, Floats]:
    """Generation by type: storage smooths the need, plants meet it in merit order, and too much wind and sun is cut."""
    steps = [(name, share) for name, share in MERIT_ORDER if name in country.fleet and name not in given]
    followers = list(dict.fromkeys(name for name, _ in steps))
    runs = {name: country.fleet[name] * RUNS_OF.get((country.code, name), RUNS) for name in followers}
    measure = STORAGE_MEASURE.get(country.code) or max(sum(country.fleet[name] for name in followers), 1)
    if STORAGE in country.fleet:
        storage = country.fleet[STORAGE] * np.interp(need / measure, STORAGE_NEED, STORAGE_USE)
        given = {**given, STORAGE: storage}
        need = need - storage
    floors = {name: FLOOR_OF.get((country.code, name), FLOOR[name]) for name in followers}
    made = {name: np.full(need.size, floors[name] * runs[name]) for name in followers}
    left = need - np.sum(np.stack(list(made.values())), axis=0)
    for name, share in steps:
        more = np.clip(left, 0, np.maximum(share * runs[name] - made[name], 0))
        made[name] = made[name] + more
        left = left - more
    most = max(runs, key=lambda name: runs[name])
    made[most] = made[most] + np.maximum(left, 0)
    too_much = np.maximum(-left, 0)
    for cut in ((SOLAR, ONSHORE, OFFSHORE), (RESERVOIR,), STEADY):  # wind and sun first
        given, too_much = _less(given, cut, too_much)
    return {**given, **made}


def _less(given: Mapping[str, Floats], names: Sequence[str], too_much: Floats) -> tuple[dict[str, Floats], Floats]:
    """These types cut by what is too much, in proportion; and what is still too much."""
    if not any(name in given for name in names):
        return dict(given), too_much
    there = np.sum(np.stack([given[name] for name in names if name in given]), axis=0)
    less = np.minimum(too_much, there)
    kept = 1 - less / np.maximum(there, 1e-9)
    return {name: made * kept if name in names else made for name, made in given.items()}, too_much - less


# Prices


@dataclass(frozen=True)
class Zone:
    """A bidding zone, the zone that its price follows, the border between them, and how far apart a full one puts them.

    A zone that exports to the one that it follows is cheaper by less: the whole of Europe is behind it.
    `coupled`: whether one auction clears both, so that their prices are equal while there is room between them.
    """

    code: str
    country: str
    follows: str
    border: tuple[str, str]
    apart: float  # EUR/MWh
    coupled: bool = True


ZONES: Mapping[str, Zone] = {
    zone.code: zone
    for zone in (
        Zone("BE", "be", "FR", ("fr", "be"), 28),
        Zone("DE-LU", "de", "FR", ("fr", "de"), 52),
        Zone("ES", "es", "FR", ("fr", "es"), 14),
        Zone("CH", "ch", "FR", ("fr", "ch"), 22, coupled=False),
        Zone("IT-North", "it", "FR", ("fr", "it"), 44),
        Zone("NL", "nl", "BE", ("be", "nl"), 8),
        Zone("AT", "at", "DE-LU", ("de", "at"), 12),
        Zone("PL", "pl", "DE-LU", ("de", "pl"), 20),
        Zone("CZ", "cz", "DE-LU", ("de", "cz"), 11),
        Zone("SE4", "se", "DE-LU", ("de", "se"), 30),
    )
}
FULL_FROM, FULL = 0.12, 0.40
"""Share of the limit from which on a border keeps the prices on its two sides apart, and wholly so."""

BACK = 0.35
"""How much of `apart` is left where power flows out of the zone."""
SPREAD_PRICE, SPREAD_OF_PRICE = (0.0, 60.0, 150.0), (0.3, 1.0, 1.3)
"""Where power is cheap, it is so on both sides."""


def price(europe: Europe, zone: str) -> Floats:
    """Day-ahead price by quarter-hour, EUR/MWh, to the cent."""
    if zone == "FR":
        return europe.france.price[europe.begin : europe.end]
    place = ZONES[zone]
    base = price(europe, place.follows)
    full = _fullness(europe, place)
    full = np.where(full < 0, BACK * full, full) * np.interp(base, SPREAD_PRICE, SPREAD_OF_PRICE)
    spread = place.apart * full * (0.7 + 0.5 * np.abs(europe.smooth(f"{zone} spread", 7)))
    if not place.coupled:
        spread = spread + 2.5 * europe.smooth(f"{zone} market", 3)
    return np.asarray(np.round(np.clip(base + spread, -500, 4000), 2))


def _fullness(europe: Europe, zone: Zone) -> Floats:
    """From -1 to 1: how full the border is; positive where power flows into the zone, whose price is then higher."""
    source, target = zone.border
    inwards = europe.imports(target)[source]
    if source == "fr":
        border = FRENCH_BORDERS[target]
        limit = np.where(inwards > 0, border.export_limit, border.import_limit)
    else:
        limit = np.full(inwards.size, next(line.limit for line in LINES if {line.a, line.b} == {source, target}))
    full = np.clip((np.abs(inwards) / limit - FULL_FROM) / (FULL - FULL_FROM), 0, 1)
    return np.asarray(np.sign(inwards) * full)


def europe(france: France, begin: int, end: int) -> Europe:
    """The neighbours in a window of the grid (quarter-hours, end excluded), which must not be empty."""
    if not 0 <= begin < end <= france.grid.quarters.size:
        raise ValueError(f"no window of the grid: {begin} to {end}")
    return Europe(france, begin, end)
