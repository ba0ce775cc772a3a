"""Reads of a portal in the test's process, and the recorded files as rows of the API."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from portal_double import Held, PortalDouble, Row, portal_double, types_of
from reading import Reading, pinned, read
from source_opendatasoft import SourceOpendatasoft
from source_opendatasoft.described import snake_case

REAL = Path(__file__).parents[3] / "shared" / "real"
PARIS = ZoneInfo("Europe/Paris")
ODRE, PARIS_PORTAL = "odre.opendatasoft.com", "opendata.paris.fr"
NOW = "2026-03-10T09:00:00Z"

# First days to read from the simulator on 20 November 2026: what is published late begins earlier.
STARTS = {
    "eco2mix_national_cons_def": "2026-09-25",
    "eco2mix_regional_cons_def": "2026-09-28",
    "stock_quotidien_stockages_gaz": "2026-11-01",
    "temperature_quotidienne_regionale": "2026-10-01",
}

# Labels of exports and the API's names, where a label is not the name in other letters.
LABELS: Mapping[str, str] = {
    "Date - Heure": "date_heure",
    "Prévision J-1": "prevision_j1",
    "Ech. comm. Allemagne-Belgique": "ech_comm_allemagne_belgique",
    "Fioul - Cogénération": "fioul_cogen",
    "Gaz - Cogénération": "gaz_cogen",
    "Hydraulique - Fil de l'eau + éclusée": "hydraulique_fil_eau_eclusee",
    "Taux de CO2": "taux_co2",
    "Géo-shape région": "geo_shape_region",
    "Géo-point région": "geo_point_region",
}
REGIONAL_LABELS = {"Région": "libelle_region"}
SCHOOL_LABELS: Mapping[str, str] = {
    "Type d'établissement - Année scolaire": "id_projet",
    "Libellé établissement": "libelle",
    "Arrondissement": "arr_libelle",
    "Code INSEE": "arr_insee",
    "Année scolaire": "annee_scol",
    "Type établissement": "type_etabl",
}
# Texts of the API, though they look like numbers.
TEXTS = {"code_insee_region", "arr_insee", "code_insee_epci", "annee", "id", "heure", "heures"}


def recorded(name: str) -> Path:
    """A recorded file, or a skip with the reason."""
    path = REAL / name
    if not path.exists():
        pytest.skip(f"{path} is not here: recorded answers are kept beside the project")
    return path


def text_of(name: str) -> str:
    """A recorded file's text, unpacked."""
    path = recorded(name)
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return content.decode("utf-8-sig")


def table_of(name: str, delimiter: str = ";") -> list[dict[str, str]]:
    """A recorded CSV, cells as they are written."""
    return list(csv.DictReader(io.StringIO(text_of(name)), delimiter=delimiter))


def api_row(cells: Mapping[str, str], labels: Mapping[str, str] = {}, texts: Sequence[str] = ()) -> Row:
    """A row of an export as the API gives it: its names, nulls, numbers."""
    named = {(labels.get(label) or api_name(label)): cell for label, cell in cells.items()}
    return {name: _value(name, cell, texts) for name, cell in named.items()}


@cache
def api_name(label: str) -> str:
    """``Eolien terrestre (MW)`` -> ``eolien_terrestre``, as the portal names its fields."""
    bare = label.split(" (")[0]
    if bare in LABELS:
        return LABELS[bare]
    return snake_case(bare)


def _value(name: str, cell: str, texts: Sequence[str]) -> Any:
    if cell == "":
        return None
    if name == "date_heure":
        return datetime.fromisoformat(cell).astimezone(ZoneInfo("UTC")).isoformat()
    if name.startswith("geo_point"):
        lat, lon = cell.split(",")
        return {"lon": float(lon), "lat": float(lat)}
    if name.startswith("geo_shape"):
        return {"type": "Feature", "geometry": json.loads(cell), "properties": {}}
    if name in TEXTS or name in texts:
        return cell
    try:
        return int(cell)
    except ValueError:
        pass
    try:
        return float(cell)
    except ValueError:
        return cell


def poll(name: str) -> list[Row]:
    """A recorded poll as whole rows: upstream had asked for some fields only, without the labels."""
    return whole_rows(json.loads(text_of(name)))


def whole_rows(rows: Sequence[Row]) -> list[Row]:
    """Rows with the labels of their instants; of twins in spring, the one that repeats an hour is the phantom."""
    regional = any("code_insee_region" in row for row in rows)
    by_place: dict[tuple[Any, str], list[Row]] = {}
    for row in rows:
        by_place.setdefault((row.get("code_insee_region"), row["date_heure"]), []).append(row)
    found = []
    for (region, instant), twins in by_place.items():
        phantom = _phantom(by_place, region, instant, twins)
        for row in twins:
            found.append({**_labels(instant, row is phantom, regional), **row})
    return found


def _phantom(by_place: Mapping[tuple[Any, str], list[Row]], region: Any, instant: str, twins: list[Row]) -> Row | None:
    """Of two rows with one instant, the one whose label does not exist: it has the values of the hour before."""
    if len(twins) == 1 or not _in_gap(instant):
        return None
    hour_before = (datetime.fromisoformat(instant) - timedelta(hours=1)).isoformat()
    before = by_place.get((region, hour_before), [{}])[0].get("consommation")
    return next((twin for twin in twins if twin.get("consommation") == before), twins[0])


def _in_gap(instant: str) -> bool:
    """Whether the hour before the instant's label does not exist in Paris."""
    local = datetime.fromisoformat(instant).astimezone(PARIS)
    earlier = (datetime.fromisoformat(instant) - timedelta(hours=1)).astimezone(PARIS)
    return local.hour - earlier.hour == 2


def _labels(instant: str, phantom: bool, regional: bool) -> Row:
    local = datetime.fromisoformat(instant).astimezone(PARIS)
    heure = f"{local.hour - phantom:02}:{local.minute:02}"
    place = {} if regional else {"perimetre": "France"}
    return {**place, "nature": "Données temps réel", "date": local.date().isoformat(), "heure": heure}


def config(portal: PortalDouble, start_date: str = "2026-03-01", domain: str = ODRE, **options: Any) -> dict[str, Any]:
    """A configuration that reads the double in place of the portal, without pause."""
    advanced = {"base_url": portal.url, "calls_per_second": 1000, **options.pop("advanced", {})}
    return {"domain": domain, "start_date": start_date, "advanced": advanced, **options}


@dataclass
class Site:
    """A portal, the waits that the source asked for, and the states that it left."""

    portal: PortalDouble
    waits: list[float] = field(default_factory=list)
    state: Any = None

    def sync(self, stream: str, now: str = NOW, *, keep: bool = True, **options: Any) -> Reading:
        """One sync after the other; the state goes on with ``keep``."""
        self.portal.calls.clear()
        self.waits.clear()
        state = options.pop("state", self.state)
        with pinned(now):
            reading = read(SourceOpendatasoft(self.waits.append), config(self.portal, **options), stream, state=state)
        if keep and reading.states:
            self.state = reading.states[-1:]
        return reading

    def saved(self) -> dict[str, Any]:
        """The stream's state as it was left."""
        return dict(self.state[-1].stream.stream_state.__dict__) if self.state else {}


@contextmanager
def site(**held: Held | list[Row]) -> Iterator[Site]:
    with portal_double(**held) as portal:
        yield Site(portal)


def held(rows: list[Row], **options: Any) -> Held:
    return Held(rows, types_of(rows), **options)
