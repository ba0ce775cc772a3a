"""An answer before it is written: stamps and columns; and the two ways to write it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator import paris
from simulator.energy_charts.asked import COUNTRY_OF_ZONE, ZONE_NAMES, ahead
from simulator.model.grid import Floats
from simulator.paris import HOUR, Ints

OPEN = "CC BY 4.0 (creativecommons.org/licenses/by/4.0), attribution: energy-charts.info"
SCHEMA_VERSION = "2.0"
MONTH, YEAR = 30 * 1440, 365 * 1440
RESOLUTIONS = {60: "PT1H", MONTH: "P1M", YEAR: "P1Y"}
"""By minutes; those of months and years are assumed."""


@dataclass(frozen=True)
class Column:
    """A series: its label, its values (NaN where there is none yet), and what v2 calls it and says of it."""

    name: str
    values: NDArray[Any]
    id: str = ""
    description: str = ""

    @property
    def identifier(self) -> str:
        return self.id or "_".join("".join(c if c.isalnum() else " " for c in self.name.lower()).split())


@dataclass(frozen=True)
class Table:
    """What an endpoint answers. `stamps` are UTC seconds; `times` are texts instead, where the source has such."""

    endpoint: str
    country: str
    unit: str
    stamps: Ints
    columns: Sequence[Column]
    zone: str = ""
    minutes: int = 15  # of the newest step
    times: Sequence[str] = ()
    license: str = OPEN
    extra: Mapping[str, Any] = field(default_factory=dict)  # keys of v1 beside the arrays
    attributes: Mapping[str, Any] = field(default_factory=dict)  # of v2


def wide(name: str, table: Table) -> dict[str, Any]:
    """v1 with an array of named series."""
    series = [{"name": column.name, "data": _plain(column.values)} for column in table.columns]
    stamps = {"time": list(table.times)} if table.times else {"unix_seconds": table.stamps}
    return {**stamps, name: series, **table.extra, "deprecated": False}


def flat(keys: Sequence[str], table: Table) -> dict[str, Any]:
    """v1 with one array a key."""
    arrays = {key: _plain(column.values) for key, column in zip(keys, table.columns, strict=True)}
    return {"unix_seconds": table.stamps, **arrays, **table.extra, "deprecated": False}


def envelope(table: Table, now: int) -> dict[str, Any]:
    """v2: rows, times in local clock, series by identifier."""
    country = table.country or COUNTRY_OF_ZONE[table.zone]
    labels = list(table.times) or local_iso(table.stamps, country)
    ids = [column.identifier for column in table.columns]
    rows = zip(*[_plain(column.values) for column in table.columns], strict=True)
    return {
        "schema_version": SCHEMA_VERSION,
        "endpoint": table.endpoint,
        "country": country,
        "bidding_zone": table.zone or None,
        "timezone": ZONE_NAMES.get(country, "Europe/Paris"),
        "resolution": RESOLUTIONS.get(table.minutes, f"PT{table.minutes}M"),
        "interval_minutes": table.minutes,
        "unit": table.unit,
        "generated_at": local_iso(np.array([now]), country)[0],
        "available_from": labels[0] if labels else None,
        "available_until": labels[-1] if labels else None,
        "series": [
            {"id": column.identifier, "name": column.name, **_described(column.description)} for column in table.columns
        ],
        "data": [
            {"timestamp": label, "values": dict(zip(ids, row, strict=True))}
            for label, row in zip(labels, rows, strict=True)
        ],
        "attributes": dict(table.attributes),
        "license": table.license,
        "deprecated": False,
    }


def local_iso(stamps: Ints, country: str) -> list[str]:
    """Texts such as 2026-08-24T00:00:00+02:00, on the clock of a country."""
    shift = ahead(country)
    if not shift:
        return paris.iso(stamps)
    clock = stamps + paris.offset(stamps) + shift
    hours = (paris.offset(stamps) + shift) // HOUR
    texts = np.datetime_as_string(clock.astype("M8[s]")).tolist()
    return [f"{text}+{hour:02d}:00" for text, hour in zip(texts, hours.tolist(), strict=True)]


def german_day(day: int) -> str:
    """dd.mm.yyyy of a day number."""
    return f"{paris.day_of(day):%d.%m.%Y}"


def _plain(values: NDArray[Any]) -> list[Any]:
    """Python numbers, None for NaN."""
    if values.dtype.kind != "f":
        return list(values.tolist())
    return [None if value != value else value for value in values.tolist()]


def _described(text: str) -> dict[str, str]:
    return {"description": text} if text else {}


def rounded(values: Floats, decimals: int) -> Floats:
    """As published; no negative zero."""
    return np.asarray(np.round(values, decimals) + 0.0)
