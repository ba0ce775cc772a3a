"""A data set that nobody described here, from the portal's own description of it. Pure functions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from airbyte_cdk.models import FailureType
from airbyte_cdk.utils import AirbyteTracedException
from connector_kit.pace import QUARTER_HOURLY
from connector_kit.streams import Field

from source_opendatasoft.dataset import RECORD_HASH, Dataset, source_of

# The portal's types, and the columns that each becomes: the end of the name, the type, the part of the value.
TYPES: Mapping[str, Sequence[tuple[str, str, str]]] = {
    "text": [("", "string", "")],
    "int": [("", "integer", "")],
    "double": [("", "number", "")],
    "decimal": [("", "number", "")],
    "boolean": [("", "boolean", "")],
    "date": [("", "date", "")],
    "datetime": [("", "instant", "")],
    "geo_point_2d": [("_lon", "number", "@lon"), ("_lat", "number", "@lat")],
    "geo_shape": [("", "string", "")],
    "file": [("", "string", "@url")],
}
AS_TEXT = TYPES["text"]

TOLD = {
    "geo_shape": "GeoJSON.",
    "file": "Address of the file.",
    "_lon": "Longitude.",
    "_lat": "Latitude.",
}
# How far back a publisher that nobody knows may revise.
LOOK_BACK_DAYS = 31
CURSOR_TYPES = ("date", "instant")
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss", "ø": "o", "Ø": "o"})


def snake_case(name: str) -> str:
    """``Émissions (CO²)`` -> ``emissions_co2``: ASCII words in lower case; ``field`` before a digit or for nothing."""
    plain = unicodedata.normalize("NFKD", name.translate(_LIGATURES)).encode("ascii", "ignore").decode().lower()
    word = "_".join(re.findall(r"[a-z0-9]+", plain))
    return word if word[:1].isalpha() else f"field_{word}".rstrip("_")


def dataset_of(document: Mapping[str, Any], wanted: Mapping[str, Any]) -> Dataset:
    """The data set that ``document`` (the answer of ``/catalog/datasets/{id}``) describes, read as ``wanted`` says.

    ``wanted`` is an entry of ``datasets`` in the configuration: ``dataset``, perhaps ``cursor``, ``key``, ``stream``.
    Without a key, the fields annotated ``id`` are it, else the fingerprint of the row. Names of fields may be given as
    the portal's or as the column's. Raises AirbyteTracedException where they name none.
    """
    portal_fields = [field for field in document.get("fields") or [] if field.get("name")]
    if not portal_fields:
        raise _wrong(wanted, "the portal describes no field of it")
    reserved = set() if wanted.get("key") or _annotated(portal_fields, "id") else {RECORD_HASH.name}
    fields = list(_columns(portal_fields, reserved))
    key = [_column(fields, name, wanted, "key") for name in wanted.get("key") or _annotated(portal_fields, "id")]
    cursor = _column(fields, wanted["cursor"], wanted, "cursor") if wanted.get("cursor") else None
    types = {field.name: field.type for field in fields}
    if cursor and types[cursor] not in CURSOR_TYPES:
        raise _wrong(wanted, f"the cursor {cursor} is no date")
    return Dataset(
        dataset=wanted["dataset"],
        about=_about(document),
        fields=[replace(field, nullable=False) if field.name in key else field for field in fields],
        key=key,
        cursor=cursor,
        look_back_days=LOOK_BACK_DAYS,
        window_days=0,
        read_every=QUARTER_HOURLY,
        stream=stream_name(wanted),
        preset=False,
    )


def stream_name(wanted: Mapping[str, Any]) -> str:
    """The name of a configured data set's stream."""
    return str(wanted.get("stream") or snake_case(str(wanted["dataset"])))


def _columns(portal_fields: Sequence[Mapping[str, Any]], reserved: Iterable[str]) -> Iterator[Field]:
    taken = set(reserved)
    for described in portal_fields:
        kind = str(described.get("type") or "text")
        for ending, type_, part in _kinds(described):
            name = _free(f"{snake_case(described['name'])}{ending}", taken)
            taken.add(name)
            told = [str(described.get(about) or "").strip() for about in ("label", "description")]
            about = [*dict.fromkeys(text.rstrip(".") + "." for text in told if text), TOLD.get(ending or kind, "")]
            source = f"{described['name']}{part}"
            yield Field(
                name,
                type_,
                " ".join(filter(None, about)) or f"{described['name']}.",
                unit="degrees" if part in ("@lon", "@lat") else _unit(described),
                source="" if source == name else source,
            )


def _kinds(described: Mapping[str, Any]) -> Sequence[tuple[str, str, str]]:
    if _has(described, "multivalued"):
        return AS_TEXT
    return TYPES.get(str(described.get("type")), AS_TEXT)


def _free(name: str, taken: set[str]) -> str:
    """The name, or the first of it with a number that no other column has."""
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    return free


def _annotations(described: Mapping[str, Any]) -> Mapping[str, Any]:
    """Portals write a mapping or a list of named entries."""
    found = described.get("annotations") or {}
    if isinstance(found, Mapping):
        return found
    return {entry["name"]: entry.get("args", []) if isinstance(entry, Mapping) else [] for entry in map(_entry, found)}


def _entry(written: Any) -> Mapping[str, Any]:
    return written if isinstance(written, Mapping) and "name" in written else {"name": str(written)}


def _has(described: Mapping[str, Any], annotation: str) -> bool:
    found = _annotations(described)
    return annotation in found and found[annotation] not in (False, None)


def _annotated(portal_fields: Sequence[Mapping[str, Any]], annotation: str) -> list[str]:
    return [described["name"] for described in portal_fields if _has(described, annotation)]


def _unit(described: Mapping[str, Any]) -> str:
    told = _annotations(described).get("unit")
    first = told[0] if isinstance(told, list) and told else told
    return first if isinstance(first, str) else ""


def _column(fields: Sequence[Field], name: str, wanted: Mapping[str, Any], role: str) -> str:
    """The column that ``name`` means, the portal's name of a field or the column's own."""
    for field in fields:
        if name in (field.name, source_of(field)):
            return field.name
    raise _wrong(wanted, f"it has no field {name}, which 'datasets' names as its {role}")


def _about(document: Mapping[str, Any]) -> str:
    default = (document.get("metas") or {}).get("default") or {}
    title = str(default.get("title") or document.get("dataset_id") or "").strip()
    licence = f" Licence: {default['license']}." if default.get("license") else ""
    return f"{title.rstrip('.')}.{licence}"


def _wrong(wanted: Mapping[str, Any], what: str) -> AirbyteTracedException:
    return AirbyteTracedException(
        message=f"Data set {wanted['dataset']}: {what}.",
        internal_message=what,
        failure_type=FailureType.config_error,
    )
