"""The plants that the units of `units.py` belong to: their codes, owners and connections."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import islice

from simulator.model.units import PLANTS, UNITS, Unit, check_character

EDF, ENGIE = "EDF", "ENGIE"
# Owner, kV of the connection, year of commissioning; invented where it was not at hand.
DETAILS = {
    "BELLEVILLE": (EDF, 400, 1988),
    "BLAYAIS": (EDF, 400, 1981),
    "CATTENOM": (EDF, 400, 1987),
    "CHOOZ": (EDF, 400, 2000),
    "CIVAUX": (EDF, 400, 2002),
    "CRUAS": (EDF, 400, 1984),
    "FLAMANVILLE": (EDF, 400, 1986),
    "GOLFECH": (EDF, 400, 1991),
    "GRAVELINES": (EDF, 400, 1980),
    "PALUEL": (EDF, 400, 1985),
    "ST ALBAN": (EDF, 400, 1986),
    "BLENOD": (EDF, 400, 2011),
    "BOUCHAIN": (EDF, 225, 2016),
    "COMBIGOLFE CCG": (ENGIE, 225, 2010),
    "CYCOFOS PL": (ENGIE, 225, 2010),
    "LANDIVISIAU": ("TOTALENERGIES", 225, 2022),
    "SPEM CCG": (ENGIE, 225, 2010),
    "MONTEZIC": (EDF, 400, 1982),
    "GRAND MAISON": (EDF, 400, 1987),
    "REVIN": (EDF, 400, 1976),
    "AIGLE": (EDF, 225, 1945),
    "BORT": (EDF, 225, 1952),
    "BROMMAT": (EDF, 225, 1932),
    "VILLARODIN": (EDF, 400, 1968),
    "BOLLENE": ("CNR", 225, 1952),
    "GENISSIAT": ("CNR", 225, 1948),
    "FECAMP": ("EMDT", 225, 2024),
    "ST BRIEUC": ("AILES MARINES", 225, 2024),
    "ST NAZAIRE": (EDF, 225, 2022),
}
NO_DETAILS = (EDF, 225, 1996)


@dataclass(frozen=True)
class Plant:
    """A plant and its units."""

    eic_code: str
    name: str
    production_type: str
    company: str
    voltage: int  # kV
    since: int  # year of commissioning
    units: tuple[Unit, ...]

    @property
    def capacity(self) -> int:
        """MW of all its units."""
        return round(sum(unit.capacity for unit in self.units))


def eic(body: str) -> str:
    """An EIC code: fifteen characters and the one that checks them."""
    return body + check_character(body)


@cache
def plants() -> tuple[Plant, ...]:
    """All plants, in the order of `units.py`; their codes never change."""
    units = iter(UNITS)
    return tuple(
        Plant(
            eic(f"17W-SIMULP{number:05d}"),
            name,
            production_type,
            *DETAILS.get(name, NO_DETAILS),
            tuple(islice(units, max(1, len(numbers)))),
        )
        for number, (production_type, name, numbers, _) in enumerate(PLANTS, start=1)
    )
