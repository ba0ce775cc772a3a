"""RTE's answers as flat records: one per value or event, the dimensions of its block beside it. Pure functions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from operator import itemgetter
from typing import Any

from airbyte_cdk.models import FailureType
from airbyte_cdk.utils import AirbyteTracedException
from connector_kit.clock import PARIS
from connector_kit.instants import Instants, to_utc, utc_text
from connector_kit.streams import Field

from source_rte.late_labels import repaired
from source_rte.resource import Resource
from source_rte.unverified import leaves

Record = dict[str, Any]
Row = Mapping[str, Any]
Read = Callable[[Row], Any]


def records_of(resource: Resource, answer: Any, params: Mapping[str, str] | None = None) -> list[Record]:
    """The records of one answer to a call with ``params``, one per key: of rows that RTE repeats, the last updated.

    Raises AirbyteTracedException where the answer does not have the resource's shape.
    """
    try:
        rows = _flat(resource, answer, params or {}) if resource.verified else leaves(answer)
        return _ranked(rows, resource) if resource.ranked else _unique(rows, resource)
    except (KeyError, TypeError, AttributeError, ValueError) as problem:
        lacks = f"has no {problem}" if isinstance(problem, KeyError) else f"is not of the expected shape ({problem})"
        raise AirbyteTracedException(
            message=f"{resource.api}: the answer of {resource.path} {lacks}. "
            "RTE may have changed it: look for a newer connector.",
            internal_message=f"{type(problem).__name__}: {problem}",
            failure_type=FailureType.system_error,
        ) from problem


def _unique(rows: Iterable[Record], resource: Resource) -> list[Record]:
    """One record per key: of those that share it, the one with the latest stamp, or the last of equals."""
    every = list(rows)
    identity_of = itemgetter(*resource.key)
    if len(set(map(identity_of, every))) == len(every):
        return every
    found: dict[Any, Record] = {}
    stamp = resource.stamp.name if resource.stamp else ""
    for record in every:
        before = found.setdefault(identity_of(record), record)
        if before is not record and _sortable(record.get(stamp)) >= _sortable(before.get(stamp)):
            found[identity_of(record)] = record
    return list(found.values())


def _sortable(stamp: str | None) -> str:
    """A whole second is written without a fraction; as a text its ``Z`` would sort behind all of its fractions."""
    return (stamp or "").rstrip("Z")


def _ranked(rows: Iterable[Record], resource: Resource) -> list[Record]:
    """All rows that differ, numbered within their key in the order in which RTE gives them."""
    groups: defaultdict[tuple[Any, ...], list[Record]] = defaultdict(list)
    for record in rows:
        group = groups[tuple([record[part] for part in resource.key])]
        if record not in group:
            group.append(record)
    return [{**record, "rank": rank} for group in groups.values() for rank, record in enumerate(group, 1)]


def _flat(resource: Resource, answer: Any, params: Mapping[str, str]) -> Iterator[Record]:
    heads = [(field.name, reader(field)) for field in resource.block]
    numbers = [(f.name, f.source or f.name) for f in resource.row if _is_plain_number(f)]
    others = [(field.name, reader(field)) for field in resource.row if not _is_plain_number(field)]
    begun = {"interval": _with_interval, "clock": _with_clock, "none": _without_times}[resource.times]
    stamp = resource.stamp
    utc = Instants()
    stamp_of = _stamp_reader(stamp, utc) if stamp else None
    for block in _blocks(resource, answer, params):
        head = {name: read(block) for name, read in heads}
        block_stamp = stamp_of(block) if stamp_of else None
        for row in _rows(resource, block):
            record = begun(head, row, block, params, utc)
            if stamp and stamp_of:
                record[stamp.name] = stamp_of(row) or block_stamp
                if not stamp.nullable and record[stamp.name] is None:
                    raise KeyError(stamp.name)
            for name, source in numbers:
                value = row.get(source)
                record[name] = float(value) if value.__class__ is str else value
            for name, read in others:
                record[name] = read(row)
            yield record


def _with_interval(head: Record, row: Row, block: Row, params: Mapping[str, str], utc: Instants) -> Record:
    """A row without bounds of its own has those of its block; one that only begins has no end."""
    start, end = row.get("start_date"), row.get("end_date")
    if not start:
        start, end = block["start_date"], end or block.get("end_date")
    return {
        **head,
        "start_date": row.get("start_at") or utc[start],
        "end_date": row.get("end_at") or (utc[end] if end else None),
        "start_date_local": start,
        "end_date_local": end,
    }


def _with_clock(head: Record, row: Row, block: Row, params: Mapping[str, str], utc: Instants) -> Record:
    return {**head, "start_date": _instant_of(block["start_date"], row["step"], params.get("start_date"))}


def _without_times(head: Record, row: Row, block: Row, params: Mapping[str, str], utc: Instants) -> Record:
    return head.copy()


def _stamp_reader(stamp: Field, utc: Instants) -> Read:
    if stamp.source or stamp.type != "instant":
        return reader(replace(stamp, nullable=True))
    name = stamp.name

    def read(row: Row) -> Any:  # what nearly all rows have, without the general reader's detours
        text = row.get(name)
        return utc[text] if text else None

    return read


def _is_plain_number(field: Field) -> bool:
    return field.type == "number" and field.nullable and "." not in field.source and "|" not in field.source


def _blocks(resource: Resource, answer: Any, params: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
    found = answer[resource.answer_root]
    if isinstance(found, int | float):
        found = answer  # the answer is the block itself, and the root key its one value
    called = {f"@{name}": value for name, value in params.items()}
    return ({**block, **called} for block in _many(found))


def _rows(resource: Resource, block: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    """A block without data has an empty array, or none at all."""
    if not resource.rows:
        return (block,)
    rows: Sequence[Mapping[str, Any]]
    if len(resource.rows) > 1:
        rows = [{**row, "@rows": array} for array in resource.rows for row in _many(block.get(array))]
    else:
        rows = repaired(block, list(_many(block.get(resource.rows[0]))))
    return rows or (({},) if resource.bare_blocks else ())


def _many(one_or_many: Any) -> Iterable[Mapping[str, Any]]:
    """RTE writes an object where there is one, for the same resource that is an array elsewhere."""
    if one_or_many is None:
        return ()
    return (one_or_many,) if isinstance(one_or_many, Mapping) else one_or_many


def reader(field: Field) -> Read:
    """How a column is read: the first of its sources that is there, as the column's type."""
    paths = [path.split(".") for path in (field.source or field.name).split("|")]
    convert = CONVERSIONS[field.type]
    missing = "" if field.type == "string" and not field.nullable else None

    def read(mapping: Mapping[str, Any]) -> Any:
        for path in paths:
            value: Any = mapping
            for step in path:
                value = _named(value, step)
            if value is not None:
                return convert(value)
        if missing is None and not field.nullable:
            raise KeyError(field.source or field.name)
        return missing

    return read


def _named(mapping: Any, name: str) -> Any:
    """Some names have a blank behind them in some of RTE's answers."""
    if not isinstance(mapping, Mapping):
        return None
    return mapping.get(name, mapping.get(f"{name} "))


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else str(value)


def _number(value: Any) -> Any:
    return float(value) if isinstance(value, str) else value


def _day(value: str) -> str:
    """The day of a label in French local time, or of a bare date."""
    return datetime.fromisoformat(value).date().isoformat()


CONVERSIONS: Mapping[str, Callable[[Any], Any]] = {
    "string": _text,
    "number": _number,
    "integer": int,
    "boolean": bool,
    "date": _day,
    "instant": to_utc,
}


@lru_cache(maxsize=8)
def _midnight(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=None)


def _instant_of(day: str, step: str, asked_from: str | None) -> str:
    """The instant of a clock time without offset; in the repeated hour, the one that was asked for, or the first."""
    hours, minutes, seconds = step.split(":")
    clock = timedelta(hours=int(hours), minutes=int(minutes), seconds=float(seconds))
    local = (_midnight(day[:10]) + clock).replace(tzinfo=PARIS)
    first = utc_text(local)
    return utc_text(local.replace(fold=1)) if asked_from and first < to_utc(asked_from) else first
