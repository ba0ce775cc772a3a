"""RTE's answers as flat records: one per value, the dimensions of its block beside it. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from airbyte_cdk.models import FailureType
from airbyte_cdk.utils import AirbyteTracedException
from connector_kit.instants import to_utc

from source_rte.late_labels import repaired
from source_rte.resources import Resource

Record = dict[str, Any]


def records_of(resource: Resource, answer: Any) -> list[Record]:
    """The records of one answer, one per key: of rows that RTE repeats, the one updated last stays.

    Raises AirbyteTracedException where the answer does not have the resource's shape.
    """
    unique: dict[tuple[Any, ...], Record] = {}
    key = resource.key
    try:
        for record in _flat(resource, answer):
            identity = tuple([record[part] for part in key])
            before = unique.get(identity)
            if before is None or (record["updated_date"] or "") >= (before["updated_date"] or ""):
                unique[identity] = record
    except (KeyError, TypeError, AttributeError, ValueError) as problem:
        raise AirbyteTracedException(
            message=f"{resource.api}: the answer of {resource.path} has not the expected shape ({problem}). "
            "RTE may have changed it: look for a newer connector.",
            internal_message=f"{type(problem).__name__}: {problem}",
            failure_type=FailureType.system_error,
        ) from problem
    return list(unique.values())


def _flat(resource: Resource, answer: Any) -> Iterator[Record]:
    dimensions = [(field.name, None if field.nullable else "") for field in resource.dimensions]
    measures = [field.name for field in resource.values]
    for block in _many(answer[resource.root]):
        head = {name: block.get(name, default) for name, default in dimensions}
        block_updated = block.get("updated_date")
        # A block without data has an empty list, or no such key at all.
        for value in repaired(block, list(_many(block.get("values")))):
            updated = value.get("updated_date") or block_updated
            record = dict(head)
            record["start_date"] = value.get("start_at") or to_utc(value["start_date"])
            record["end_date"] = value.get("end_at") or to_utc(value["end_date"])
            record["start_date_local"] = value["start_date"]
            record["end_date_local"] = value["end_date"]
            record["updated_date"] = to_utc(updated) if updated else None
            for measure in measures:
                record[measure] = value.get(measure)
            yield record


def _many(one_or_many: Any) -> Iterable[Mapping[str, Any]]:
    """RTE writes an object where there is one, for the same resource that is an array elsewhere."""
    if one_or_many is None:
        return ()
    return (one_or_many,) if isinstance(one_or_many, Mapping) else one_or_many
