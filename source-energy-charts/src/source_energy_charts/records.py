"""Columns as flat records: one for each value that is there. Pure functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from connector_kit.instants import utc_text

from source_energy_charts.answers import Columns, day_of
from source_energy_charts.endpoint import Endpoint, Scope

Record = dict[str, Any]

POWER_CLASSES: Mapping[str, str] = {
    "Load": "load",
    "Residual load": "residual_load",
    "Cross border electricity trading": "trade",
}
CONSUMPTION, SHARE = " consumption", "share of "


@dataclass(frozen=True)
class Context:
    """What a record says of its call."""

    scope: Scope
    fetched_at: datetime

    @property
    def fetched_text(self) -> str:
        """To the second, UTC."""
        return utc_text(self.fetched_at.replace(microsecond=0))


def power_class(name: str) -> str:
    """What kind of series a label of public_power stands for."""
    if name in POWER_CLASSES:
        return POWER_CLASSES[name]
    if SHARE in name.lower():
        return "share"
    return "consumption" if name.lower().endswith(CONSUMPTION) else "generation"


def installed_class(name: str) -> str:
    """What kind of series a label of installed_power stands for."""
    lower = name.lower()
    if "planned" in lower:
        return "planned"
    if "(capacity)" in lower:
        return "storage_energy"
    return "solar_dc" if lower == "solar dc" else "installed"


def records_of(endpoint: Endpoint, columns: Columns, context: Context) -> list[Record]:
    """The records of one answer: values that are not there yet make none."""
    return _MAKERS[endpoint.shape](endpoint, columns, context)


def _power(endpoint: Endpoint, columns: Columns, context: Context) -> list[Record]:
    def head_of(name: str) -> Record:
        series_class = power_class(name)
        unit = "%" if series_class == "share" else "MW"
        return {**context.scope.head, "production_type": name, "series_class": series_class, "unit": unit}

    return _rows_of_series(columns, head_of)


def _crossing(endpoint: Endpoint, columns: Columns, context: Context) -> list[Record]:
    return _rows_of_series(columns, lambda name: {**context.scope.head, "neighbour": name})


def _rows_of_series(columns: Columns, head_of: Callable[[str], Record]) -> list[Record]:
    rows: list[Record] = []
    labels, steps = columns.labels, columns.steps
    for name, values in columns.series.items():
        head = head_of(name)
        rows += [
            {**head, "start_date": label, "resolution_minutes": step, "value": value}
            for label, step, value in zip(labels, steps, values, strict=True)
            if value is not None
        ]
    return rows


def _installed(endpoint: Endpoint, columns: Columns, context: Context) -> list[Record]:
    updated = columns.notes.get("last_update")
    last_update = utc_text(datetime.fromtimestamp(updated, UTC)) if updated is not None else None
    days = [day_of(instant).isoformat() for instant in columns.instants]
    rows: list[Record] = []
    for name, values in columns.series.items():
        series_class = installed_class(name)
        unit = "GWh" if series_class == "storage_energy" else "GW"
        head = {**context.scope.head, "production_type": name, "series_class": series_class, "unit": unit}
        rows += [
            {**head, "start_date": day, "value": value, "last_update": last_update}
            for day, value in zip(days, values, strict=True)
            if value is not None
        ]
    return rows


def _value(endpoint: Endpoint, columns: Columns, context: Context) -> list[Record]:
    return _rows_of_one(endpoint, columns, {**context.scope.head, "fetched_at": context.fetched_text}, "value")


def _price(endpoint: Endpoint, columns: Columns, context: Context) -> list[Record]:
    head = {**context.scope.head, "license_info": columns.notes.get("license_info")}
    return _rows_of_one(endpoint, columns, head, "price")


def _rows_of_one(endpoint: Endpoint, columns: Columns, head: Mapping[str, Any], name: str) -> list[Record]:
    (source,) = endpoint.columns
    return [
        {**head, "start_date": label, "resolution_minutes": step, name: value}
        for label, step, value in zip(columns.labels, columns.steps, columns.series[source], strict=True)
        if value is not None
    ]


def _daily(endpoint: Endpoint, columns: Columns, context: Context) -> list[Record]:
    (source,) = endpoint.columns
    return [
        {**context.scope.head, "date": day_of(instant).isoformat(), "value": value}
        for instant, value in zip(columns.instants, columns.series[source], strict=True)
        if value is not None
    ]


def _outlook(endpoint: Endpoint, columns: Columns, context: Context) -> list[Record]:
    """A row a time: what is null beside another value stays so."""
    whole = {field.name for field in endpoint.fields if field.type == "integer"}
    arrays = {
        name: [value if value is None else int(value) for value in columns.series[name]]
        if name in whole
        else columns.series[name]
        for name in endpoint.columns
    }
    substitute = columns.notes.get("substitute")
    return [
        {
            **context.scope.head,
            "start_date": label,
            "resolution_minutes": step,
            **dict(zip(arrays, values, strict=True)),
            "substitute": substitute,
            "fetched_at": context.fetched_text,
        }
        for label, step, *values in zip(columns.labels, columns.steps, *arrays.values(), strict=True)
        if any(value is not None for value in values)
    ]


_MAKERS: Mapping[str, Callable[[Endpoint, Columns, Context], list[Record]]] = {
    "power": _power,
    "crossing": _crossing,
    "installed": _installed,
    "value": _value,
    "price": _price,
    "daily": _daily,
    "outlook": _outlook,
}
