"""The rows of éCO2mix at ODRÉ: their life cycle and their odd clock. Their fields are in `eco2mix_fields`.

Real time has the rows since the last consolidated batch, until the end of tomorrow (regions: today), those to come
without measures. A batch takes them away and puts half-hours into the consolidated sets; in January a year becomes
definitive in its place. Every day has 96 (48) labels: in spring 02:00 to 02:45 exist and share the instants of the hour
after, in autumn the repeated hour comes once, as its second pass.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from simulator import paris
from simulator.model import draws, eco2mix, regions
from simulator.model.grid import FIRST_SERVED_DAY, QUARTER, Floats
from simulator.opendatasoft.eco2mix_fields import NOT_ALWAYS_KNOWN
from simulator.opendatasoft.table import NOT_APPLICABLE, NOT_AVAILABLE, Column, Rows, Span, day_span
from simulator.paris import DAY, HOUR, Ints
from simulator.publication import Bools
from simulator.world import World

# --- life cycle

BATCH_ENDS = (1, 4, 6, 9, 11)  # months with which a consolidated batch ends
BATCH_AFTER = (42, 14 * HOUR + 30 * 60)  # days from the end of the month, Paris time
DEFINITIVE = (1, 20, 10 * HOUR)  # month and day of the second year after, Paris time
MEASURED_AFTER = 16 * 60  # from the instant to its publication, at the next refresh
REFRESHED_AT = 60  # seconds after each quarter-hour
REAL_TIME, CONSOLIDATED, DEFINED = "Données temps réel", "Données consolidées", "Données définitives"


def batches(now: int) -> list[tuple[int, int]]:
    """Consolidated batches so far, oldest first: the first day that is not in them, and when they were published."""
    found = []
    for year in range(2021, paris.day_of(paris.local_day(now)).year + 1):
        for month in BATCH_ENDS:
            after = paris.day_number(date(year + month // 12, month % 12 + 1, 1))
            published = _local(after + BATCH_AFTER[0], BATCH_AFTER[1])
            if published <= now:
                found.append((after, published))
    return found


def first_real_time_day(now: int) -> int:
    """The first day that is not consolidated yet."""
    return max([FIRST_SERVED_DAY, *(after for after, _ in batches(now))])


def _defined(year: int) -> int:
    """When a year becomes definitive."""
    month, day, second = DEFINITIVE
    return _local(paris.day_number(date(year + 2, month, day)), second)


def _local(day: int, second: int) -> int:
    return int(paris.at_local(np.array([day]), second)[0])


def definitive(days: Ints, now: int) -> Bools:
    """Whether the data of these days are definitive."""
    years = range(2021, paris.day_of(paris.local_day(now)).year + 1)
    last = max((year for year in years if _defined(year) <= now), default=2020)
    return np.asarray(days < paris.day_number(date(last + 1, 1, 1)))


def real_time_processed(now: int) -> int:
    """The last refresh of real time."""
    return (now - REFRESHED_AT) // QUARTER * QUARTER + REFRESHED_AT


def consolidated_processed(now: int) -> int:
    """The last batch, consolidated or definitive."""
    years = range(2021, paris.day_of(paris.local_day(now)).year + 1)
    stamps = [*(published for _, published in batches(now)), *(_defined(year) for year in years)]
    return max(stamp for stamp in stamps if stamp <= now)


# --- the clock of the publisher


@dataclass(frozen=True)
class Slots:
    """Labels of whole days: day, second of the Paris clock, instant (UTC seconds), and whether there is such a time."""

    days: Ints
    seconds: Ints
    instants: Ints
    phantom: Bools

    def part(self, which: Ints) -> Slots:
        return Slots(self.days[which], self.seconds[which], self.instants[which], self.phantom[which])


def slots(begin: int, end: int, step: int) -> Slots:
    """Those of the Paris days `begin` to `end` (excluded), `step` seconds apart."""
    day, second = np.meshgrid(np.arange(begin, end), np.arange(0, DAY, step), indexing="ij")
    days, seconds = day.ravel().astype(np.int64), second.ravel().astype(np.int64)
    naive = days * DAY + seconds
    winter, summer = naive - HOUR, naive - 2 * HOUR
    in_winter, in_summer = paris.offset(winter) == HOUR, paris.offset(summer) == 2 * HOUR
    phantom = ~in_winter & ~in_summer
    return Slots(days, seconds, np.where(in_winter | phantom, winter, summer), phantom)


# --- rows

Labels = Mapping[str, Column]
Matrix = Mapping[str, Floats]
"""Columns by name, of shape (places, slots)."""


@dataclass(frozen=True)
class Asked:
    """Some slots of a set at an instant."""

    world: World
    now: int
    slots: Slots


@dataclass(frozen=True)
class Kind:
    """What the four sets and the metropolises differ in.

    `places`: columns that say of which place a row is. `measured`: which slots have measures. `matrix`: the columns of
    all places in some slots, measures of the measured ones only.
    """

    places: Sequence[Mapping[str, str]]
    step: int
    first_day: Callable[[int], int]
    end_day: Callable[[int], int]
    nature: Callable[[Ints, int], Column]
    matrix: Callable[[Asked, Collection[str]], Matrix]
    clock: str = "heure"

    def rows(self, world: World, now: int, span: Span) -> Rows:
        """The rows that a span can touch, those of an instant together."""
        begin, end = day_span(span, self.first_day(now), max(self.end_day(now), self.first_day(now)))
        every, count = slots(begin, end, self.step), len(self.places)

        def columns(numbers: Ints, names: Collection[str]) -> Mapping[str, Column]:
            which, back = np.unique(numbers // count, return_inverse=True)
            place = numbers % count
            asked = Asked(world, now, every.part(which))
            made: dict[str, Column] = dict(self._labels(asked, names, back))
            made |= {
                name: np.array([one[name] for one in self.places])[place] for name in self.places[0] if name in names
            }
            wanted = set(names) - set(made)
            if wanted:
                matrix = self.matrix(asked, wanted)
                made |= {name: matrix[name][place if len(matrix[name]) > 1 else 0, back] for name in wanted}
            return made

        return Rows(every.days.size * count, columns)

    def _labels(self, asked: Asked, names: Collection[str], back: Ints) -> Labels:
        at = asked.slots
        makers: Mapping[str, Callable[[], Column]] = {
            "nature": lambda: self.nature(at.days, asked.now),
            "date": lambda: at.days,
            self.clock: lambda: _CLOCK[at.seconds // QUARTER],
            "date_heure": lambda: at.instants,
        }
        return {name: make()[back] for name, make in makers.items() if name in names}


_CLOCK = np.array([f"{quarter // 4:02d}:{quarter % 4 * 15:02d}" for quarter in range(96)])


def _fill(which: Bools, measured: Mapping[str, Floats | Ints], places: int) -> dict[str, Floats]:
    """Columns of measures with NaN where nothing is measured."""
    filled = {}
    for name, values in measured.items():
        column = np.full((places, which.size), np.nan)
        column[:, which] = values
        filled[name] = column
    return filled


def _sources(at: Slots) -> Ints:
    """The quarter-hours that real time shows: in the labels that don't exist, those of an hour earlier."""
    return np.asarray(at.instants - np.where(at.phantom, HOUR, 0))


def _public(asked: Asked) -> Bools:
    return np.asarray(asked.slots.instants + MEASURED_AFTER <= asked.now)


# --- the nation

WIND_SPLIT_SINCE = paris.day_number(date(2023, 1, 1))  # ND before; a judgement
SCHEDULES_QUARTERLY_SINCE = paris.day_number(date(2025, 1, 1))


def _national_tr(asked: Asked, names: Collection[str]) -> Matrix:
    at, public = asked.slots, _public(asked)
    columns = _not_measured(asked, names, at.days <= paris.local_day(asked.now))
    if set(names) - set(columns):
        parts = eco2mix.real_time(asked.world, _sources(at)[public], asked.now)
        columns |= _known_since(_fill(public, eco2mix.national(parts), 1), at.days, WIND_SPLIT_SINCE, NOT_AVAILABLE)
    return columns


def _national_cons(asked: Asked, names: Collection[str]) -> Matrix:
    at = asked.slots
    halves = at.seconds % (2 * QUARTER) == 0
    columns = _not_measured(asked, names, halves)
    if set(names) - set(columns):
        final = definitive(at.days, asked.now)[halves]
        parts = eco2mix.consolidated(asked.world, at.instants[halves], final)
        measured = _fill(halves, eco2mix.national(parts, consolidated=True), 1)
        columns |= _known_since(measured, at.days, WIND_SPLIT_SINCE, NOT_AVAILABLE)
    return columns


def _not_measured(asked: Asked, names: Collection[str], scheduled: Bools) -> dict[str, Floats]:
    """Forecasts of the load, and commercial schedules where `scheduled`."""
    at = asked.slots
    columns: dict[str, Floats] = {}
    for name in eco2mix.FORECASTS:
        if name in names:
            columns[name] = eco2mix.load_forecast(asked.world, name, _sources(at), asked.now)[None, :]
    halves = at.seconds % (2 * QUARTER) == 0
    shown = scheduled & ((at.days >= SCHEDULES_QUARTERLY_SINCE) | halves)
    for name in eco2mix.BORDERS:
        if name in names:
            said = eco2mix.schedule(asked.world, name, _sources(at))
            columns[name] = np.where(shown, said, np.nan)[None, :]
    return columns


def _known_since(columns: dict[str, Floats], days: Ints, since: int, before: float) -> dict[str, Floats]:
    """Puts a marker into what was not told before a day."""
    for name in NOT_ALWAYS_KNOWN:
        if name in columns:
            early = (days < since) & ~np.isnan(columns[name][0])
            columns[name][:, early] = before
    return columns


# --- the regions

REGIONAL_SPLIT_SINCE = paris.day_number(date(2025, 1, 1))  # 0 before, as recorded of 2024


def _regional_tr(asked: Asked, names: Collection[str]) -> Matrix:
    public = _public(asked)
    starts = _sources(asked.slots)[public]
    parts = eco2mix.real_time(asked.world, starts, asked.now)
    return _regional(asked, public, eco2mix.regional(asked.world, starts, parts))


def _regional_cons(asked: Asked, names: Collection[str]) -> Matrix:
    at = asked.slots
    parts = eco2mix.consolidated(asked.world, at.instants, definitive(at.days, asked.now))
    every = np.ones(at.days.size, dtype=np.bool_)
    columns = _regional(asked, every, eco2mix.regional(asked.world, at.instants, parts))
    for name in columns:
        if name.startswith("tch_"):
            columns[name][np.isnan(columns[name])] = NOT_APPLICABLE
    return columns


def _regional(asked: Asked, measured: Bools, made: Mapping[str, Floats]) -> dict[str, Floats]:
    columns = _fill(measured, made, len(regions.CODES))
    columns["column_30"] = np.full((1, measured.size), np.nan)
    return _known_since(columns, asked.slots.days, REGIONAL_SPLIT_SINCE, 0.0)


# --- the metropolises

METROPOLISES = {  # EPCI code: name, region, MW of load on a winter's day (ODRÉ, 1 January 2025)
    "200023414": ("Métropole Rouen Normandie", "28", 326),
    "200030195": ("Métropole Nice Côte d'Azur", "93", 404),
    "200040715": ("Métropole Grenoble-Alpes-Métropole", "84", 438),
    "200046977": ("Métropole de Lyon", "84", 1206),
    "200054781": ("Métropole du Grand Paris", "11", 4582),
    "200054807": ("Métropole d'Aix-Marseille-Provence", "93", 2200),
    "242100410": ("Dijon Métropole", "27", 170),
    "242900314": ("Brest Métropole", "53", 106),
    "243100518": ("Toulouse Métropole", "76", 473),
    "243300316": ("Bordeaux Métropole", "75", 819),
    "243400017": ("Montpellier Méditerranée Métropole", "76", 419),
    "243500139": ("Métropole Rennes Métropole", "53", 227),
    "243700754": ("Tours Métropole Val de Loire", "24", 284),
    "244200770": ("Saint-Etienne Métropole", "84", 246),
    "244400404": ("Nantes Métropole", "52", 404),
    "244500468": ("Orléans Métropole", "24", 275),
    "245400676": ("Métropole du Grand Nancy", "44", 121),
    "245900410": ("Métropole Européenne de Lille", "32", 942),
    "246300701": ("Clermont Auvergne Métropole", "84", 197),
    "246700488": ("Eurométropole de Strasbourg", "44", 399),
    "248300543": ("Métropole Toulon-Provence-Méditerranée", "93", 306),
}
NATION_ON_THAT_DAY = 57_000.0
PRODUCTION_KNOWN = 0.01  # share of the quarter-hours in which it is told


def _metropolises(asked: Asked, names: Collection[str]) -> Matrix:
    public = _public(asked)
    starts = _sources(asked.slots)[public]
    load = eco2mix.real_time(asked.world, starts, asked.now)["load"]
    share = regions.shares(asked.world, starts, ["load"])["load"]
    seed, numbers = asked.world.grid.seed, starts // QUARTER
    rows = [_metropolis(seed, code, load * share, numbers) for code in METROPOLISES]
    return _fill(public, {name: np.stack([row[name] for row in rows]) for name in rows[0]}, len(METROPOLISES))


def _metropolis(seed: int, code: str, load: Floats, numbers: Ints) -> dict[str, Floats]:
    _, region, usual = METROPOLISES[code]
    weight = usual / (NATION_ON_THAT_DAY * regions.REGIONS[region].load)
    habits = 1 + 0.03 * draws.smooth(seed, f"load of {code}", numbers, 24)
    consumed = np.rint(weight * load[regions.CODES.index(region)] * habits)
    own = 0.03 + 0.2 * float(draws.uniform(seed, f"plants of {code}", np.zeros(1, dtype=np.int64))[0])
    made = np.rint(own * consumed * (1 + 0.3 * draws.smooth(seed, f"output of {code}", numbers, 12)))
    told = draws.uniform(seed, f"output told of {code}", numbers) < PRODUCTION_KNOWN
    return {
        "consommation": consumed,
        "production": np.where(told, made, NOT_AVAILABLE),
        "echanges_physiques": consumed - made,
    }


# --- the sets


def _tomorrow(now: int) -> int:
    return paris.local_day(now) + 2


def _today(now: int) -> int:
    return paris.local_day(now) + 1


def _always(now: int) -> int:
    return FIRST_SERVED_DAY


def _live(days: Ints, now: int) -> Column:
    return np.full(days.size, REAL_TIME)


def _consolidated_or_definitive(days: Ints, now: int) -> Column:
    return np.where(definitive(days, now), DEFINED, CONSOLIDATED)


_FRANCE = ({"perimetre": "France"},)
_REGIONS = tuple({"code_insee_region": code, "libelle_region": one.name} for code, one in regions.REGIONS.items())
_METROPOLISES = tuple(
    {"code_insee_epci": code, "libelle_metropole": name} for code, (name, _, _) in METROPOLISES.items()
)
_TR, _CONS = (first_real_time_day, _tomorrow, _live), (_always, first_real_time_day, _consolidated_or_definitive)

NATIONAL_TR = Kind(_FRANCE, QUARTER, *_TR, _national_tr)
NATIONAL_CONS = Kind(_FRANCE, QUARTER, *_CONS, _national_cons)
REGIONAL_TR = Kind(_REGIONS, QUARTER, first_real_time_day, _today, _live, _regional_tr)
REGIONAL_CONS = Kind(_REGIONS, 2 * QUARTER, *_CONS, _regional_cons)
METROPOLES_TR = Kind(_METROPOLISES, QUARTER, _always, _today, _live, _metropolises, clock="heures")
