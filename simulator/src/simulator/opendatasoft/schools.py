"""Open Data Paris: schools, a row for each school and school year. Names and addresses are invented and say so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import numpy as np

from simulator import paris
from simulator.model import draws
from simulator.opendatasoft.dataset import Dataset, Portal
from simulator.opendatasoft.table import Field, Rows, Span, held, objects
from simulator.paris import DAY
from simulator.world import World

MIDDLES = (  # latitude and longitude of each district
    (48.86256, 2.33644),
    (48.86828, 2.34280),
    (48.86287, 2.36000),
    (48.85434, 2.35763),
    (48.84444, 2.35071),
    (48.84913, 2.33290),
    (48.85617, 2.31219),
    (48.87272, 2.31255),
    (48.87716, 2.33746),
    (48.87613, 2.36073),
    (48.85906, 2.38006),
    (48.84100, 2.38900),
    (48.82839, 2.36227),
    (48.82924, 2.32654),
    (48.84009, 2.29283),
    (48.86039, 2.26900),
    (48.88733, 2.30678),
    (48.89257, 2.34816),
    (48.88708, 2.38482),
    (48.86346, 2.40119),
)
SPREAD = 0.004  # degrees around the middle: inside the smallest district


@dataclass(frozen=True)
class Kind:
    """A kind of school: words, and how many there have ever been in each district.

    `closed`, `opened`: district -> year of the September from which its last school is gone, or is there.
    """

    many: str
    one: str  # in full
    label: str
    schools: Sequence[int]
    closed: Mapping[int, int]
    opened: Mapping[int, int]

    def there(self, district: int, place: int, september: int) -> bool:
        """Whether the school number `place` (from 0) of a district is open in the school year."""
        if place < self.schools[district - 1] - 1:
            return True
        return self.opened.get(district, september) <= september < self.closed.get(district, september + 1)


KINDS = {  # colleges as recorded in 2021; of the others only the order of size is known, the rest is a judgement
    "colleges": Kind(
        *("COLLEGES", "COLLEGE PUBLIC", "Collège"),
        (1, 1, 3, 2, 5, 2, 2, 3, 4, 5, 6, 7, 11, 6, 8, 6, 7, 11, 13, 12),
        closed={16: 2019},
        opened={},
    ),
    "ecoles-elementaires": Kind(
        *("ECOLES ELEMENTAIRES", "ECOLE ELEMENTAIRE PUBLIQUE", "Ecole élémentaire"),
        (2, 4, 5, 5, 9, 6, 6, 6, 9, 16, 23, 22, 30, 19, 29, 17, 21, 33, 39, 35),
        closed={9: 2023, 15: 2024},
        opened={17: 2021},
    ),
    "maternelles": Kind(
        *("ECOLES MATERNELLES", "ECOLE MATERNELLE PUBLIQUE", "Ecole maternelle"),
        (2, 3, 6, 4, 8, 6, 5, 5, 8, 15, 21, 21, 31, 18, 27, 14, 19, 34, 37, 33),
        closed={10: 2022, 20: 2025},
        opened={13: 2020},
    ),
}
FIRST_YEARS = ("2017/2018 - 2018/2019", "2019-2020")  # school years without a kind; the first entry is two in one
NEW_YEAR = (5, 5)  # in spring comes what begins in September
SLASHED_SINCE = 2024
RENAMED_SINCE, RENAMED = 2022, 4  # number of the school, from 0
NO_ADDRESS = 7  # of the school without an address, in its first years


def school_years(now: int) -> list[str]:
    """The values of `annee_scol` so far, oldest first; they are not written alike."""
    day = paris.day_of(paris.local_day(now))
    last = day.year if (day.month, day.day) >= NEW_YEAR else day.year - 1
    later = [f"{year}{'/' if year >= SLASHED_SINCE else '-'}{year + 1}" for year in range(2020, last + 1)]
    return [*FIRST_YEARS, *later]


def _rows(kind: Kind, world: World, now: int, span: Span) -> Rows:
    rows = [row for year in school_years(now) for row in _schools(kind, year)]
    return held({field.name: _column([row[field.name] for row in rows]) for field in FIELDS})


def _column(values: list[Any]) -> Any:
    return np.array(values) if all(isinstance(value, str) for value in values) else objects(values)


def _schools(kind: Kind, year: str) -> Iterator[dict[str, Any]]:
    number = -1
    first = year == FIRST_YEARS[0]
    september = int(year[:4])
    for district, middle in enumerate(MIDDLES, start=1):
        for place in range(kind.schools[district - 1]):
            number += 1
            if not kind.there(district, place, september):
                continue
            latitude, longitude = (
                round(at + _somewhere(kind, side, number), 9)
                for at, side in zip(middle, ("north", "east"), strict=True)
            )
            renamed = number == RENAMED and september >= RENAMED_SINCE
            yield {
                "id_projet": f"{kind.many} (année scolaire {year if first else year.replace('-', '/')})",
                "libelle": f"{kind.one} No {number + 1}{' BIS' if renamed else ''} (SIMULE)",
                "adresse": None if number == NO_ADDRESS and first else f"{number + 1} RUE DE LA SIMULATION",
                "arr_libelle": f"{district}{'er' if district == 1 else 'ème'} Ardt",
                "arr_insee": f"751{district:02d}",
                "annee_scol": year,
                "type_etabl": None if year in FIRST_YEARS else kind.label,
                "geo_shape": {
                    "type": "Feature",
                    "geometry": {"type": "Point", "coordinates": [longitude, latitude]},
                    "properties": {},
                },
                "geo_point_2d": {"lon": longitude, "lat": latitude},
            }


def _somewhere(kind: Kind, side: str, number: int) -> float:
    """Degrees from the middle of the district, the same each year."""
    drawn = draws.uniform(1, f"{kind.one} {side}", np.array([number], dtype=np.int64))
    return SPREAD * (2 * float(drawn[0]) - 1)


def _processed(now: int) -> int:
    """When the newest school year came, at noon UTC."""
    day = paris.day_of(now // DAY)
    this = paris.day_number(date(day.year, *NEW_YEAR)) * DAY + DAY // 2
    return this if this <= now else paris.day_number(date(day.year - 1, *NEW_YEAR)) * DAY + DAY // 2


FIELDS: Sequence[Field] = (
    Field("id_projet", "text", "Type d'établissement - Année scolaire", facet=True),
    Field("libelle", "text", "Libellé établissement"),
    Field("adresse", "text", "Adresse"),
    Field("arr_libelle", "text", "Arrondissement", facet=True),
    Field("arr_insee", "text", "Code INSEE", facet=True),
    Field("annee_scol", "text", "Année scolaire", facet=True),
    Field("type_etabl", "text", "Type établissement", facet=True),
    Field("geo_shape", "geo_shape", "geo_shape"),
    Field("geo_point_2d", "geo_point_2d", "geo_point_2d"),
)
SETS = tuple(
    Dataset(
        f"etablissements-scolaires-{name}",
        f"Établissements scolaires : {kind.many.lower()} (simulés)",
        "Une ligne par établissement et année scolaire.",
        FIELDS,
        partial(_rows, kind),
        _processed,
        "Annuel",
        ("Éducation",),
    )
    for name, kind in KINDS.items()
)
PARIS = Portal(
    prefix="/opendata-paris",
    publisher="Ville de Paris (données simulées)",
    licence="Open Database License (ODbL)",
    licence_url="https://opendatacommons.org/licenses/odbl/",
    datasets={one.id: one for one in SETS},
    calls=10_000,
    period="day",
)
