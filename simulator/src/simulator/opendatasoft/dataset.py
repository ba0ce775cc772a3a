"""A data set of a portal: its fields, its rows at an instant, and how the portal describes it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from functools import cached_property
from typing import Any

import numpy as np

from simulator.opendatasoft.table import EVERYTHING, Field, Rows, Span, instants
from simulator.world import World

METADATA_PROCESSED = 1_700_000_000


@dataclass(frozen=True)
class Dataset:
    """`rows(world, now, span)`: those public at `now`; `processed(now)`: when the data were last refreshed."""

    id: str
    title: str
    description: str
    fields: Sequence[Field]
    rows: Callable[[World, int, Span], Rows]
    processed: Callable[[int], int]
    step: str = ""
    themes: Sequence[str] = ("Production", "Consommation")

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        return {field.name: field for field in self.fields}


@dataclass(frozen=True)
class Portal:
    """A portal: where it answers, what it holds, how many calls it allows in what period."""

    prefix: str
    publisher: str
    licence: str
    licence_url: str
    datasets: Mapping[str, Dataset]
    calls: int
    period: str  # day or month


def described(portal: Portal, dataset: Dataset, world: World, now: int) -> dict[str, Any]:
    """The document of `/datasets/{id}`."""
    stamp, metadata = (instants(np.array([at]), UTC)[0] for at in (dataset.processed(now), METADATA_PROCESSED))
    return {
        "dataset_id": dataset.id,
        "dataset_uid": "da_" + hashlib.blake2b(dataset.id.encode(), digest_size=3).hexdigest(),
        "attachments": [],
        "has_records": True,
        "data_visible": True,
        "features": ["timeserie", "analyze"] if "date_heure" in dataset.by_name else ["analyze"],
        "fields": [_field(field) for field in dataset.fields],
        "metas": {
            "default": {
                "title": dataset.title,
                "description": f"<p>{dataset.description}</p>",
                "theme": list(dataset.themes),
                "keyword": ["simulé"],
                "license": portal.licence,
                "license_url": portal.licence_url,
                "language": "fr",
                "metadata_languages": ["fr"],
                "timezone": "Europe/Paris",
                "modified": metadata,
                "modified_updates_on_metadata_change": False,
                "modified_updates_on_data_change": False,
                "data_processed": stamp,
                "metadata_processed": metadata,
                "publisher": portal.publisher,
                "records_count": dataset.rows(world, now, EVERYTHING).size,
            },
            "custom": {"pas-temporel": dataset.step or None},
        },
    }


def _field(field: Field) -> dict[str, Any]:
    annotations: dict[str, Any] = {"facet": True} if field.facet else {}
    if field.unit:
        annotations["unit"] = field.unit
    return {
        "name": field.name,
        "label": field.label,
        "description": None,
        "type": field.type,
        "annotations": annotations,
    }
