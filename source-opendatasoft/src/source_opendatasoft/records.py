"""Rows of a portal as flat records of a stream. No I/O but the log."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from hashlib import blake2b
from typing import Any

import orjson
from airbyte_cdk.models import FailureType
from airbyte_cdk.utils import AirbyteTracedException
from connector_kit.streams import Field

from source_opendatasoft.casts import CASTS, Oddities, Unreadable, is_nothing, number, text
from source_opendatasoft.dataset import RECORD_HASH, Dataset

logger = logging.getLogger("airbyte")

Record = dict[str, Any]
Row = Mapping[str, Any]

NAMES_SHOWN = 6
_NUMBERS = (int, float, type(None))


class Reader:
    """Makes records of one data set's rows, and remembers what was odd about them."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        self._oddities = Oddities(dataset.name)
        plain = [(field, field.source or field.name) for field in dataset.fields if _is_plain(field)]
        self._numbers = [(field.name, source) for field, source in plain if field.type == "number"]
        self._texts = [(field.name, source, empty_of(field)) for field, source in plain if field.type == "string"]
        self._others = [(field.name, self._reader(field)) for field in dataset.fields if not _is_plain(field)]
        self._key = list(dataset.key)
        self._needed = [*dataset.key, *([dataset.cursor] if dataset.cursor else [])]
        sources = {field.name: _names(field) for field in dataset.fields}
        self._known = {name for names in sources.values() for name in names} | set(dataset.ignored)
        self._sources = sources
        self._told: set[str] = set()
        self._left_out = 0

    def records(self, rows: Iterable[Row]) -> list[Record]:
        """The records of ``rows``; those that lack a part of their key are left out, and counted.

        Raises AirbyteTracedException where the rows lack a field of the key or the cursor altogether.
        """
        found = []
        for at, row in enumerate(rows):
            if not at:
                self._look_at_columns(row)
            record = self._record(row)
            if record is None:
                self._left_out += 1
            else:
                found.append(record)
        return found

    def tell(self) -> None:
        """Warns of what was odd since the last time, once a column."""
        self._oddities.tell()
        if self._left_out:
            logger.warning(
                f"{self._dataset.name}: {self._left_out} rows have no value in {', '.join(self._key)}, which identify "
                "a row, and are left out: choose another key."
            )
            self._left_out = 0

    def _record(self, row: Row) -> Record | None:
        record: Record = {}
        for name, source in self._numbers:
            value = row.get(source)
            record[name] = value if value.__class__ in _NUMBERS else self._cast(name, number, value)
        for name, source, empty in self._texts:
            value = row.get(source)
            record[name] = value if value.__class__ is str else empty if value is None else text(value)
        for name, read in self._others:
            record[name] = read(row)
        if not self._key:
            record[RECORD_HASH.name] = fingerprint(record)
        else:
            for part in self._key:
                if record[part] is None:
                    return None
        return record

    def _reader(self, field: Field) -> Callable[[Row], Any]:
        """How a column is read: the first of its fields that is there, as the column's type."""
        names = _names(field)
        part = (field.source or "").partition("@")[2]
        cast = CASTS[f"@{part}" if part else field.type]
        empty, column = empty_of(field), field.name

        def read(row: Row) -> Any:
            for name in names:
                value = row.get(name)
                if value is not None:
                    return self._cast(column, cast, value)
            return empty

        return read

    def _cast(self, column: str, cast: Callable[[Any], Any], value: Any) -> Any:
        try:
            return cast(value)
        except (Unreadable, TypeError):
            if not is_nothing(value):
                self._oddities.add(column, value)
            return None

    def _look_at_columns(self, row: Row) -> None:
        """Compares a row with what is known of the data set; tells each difference once."""
        lacking = {name for name, names in self._sources.items() if not any(source in row for source in names)}
        if missing := [name for name in self._needed if name in lacking]:
            raise AirbyteTracedException(
                message=f"{self._dataset.name}: the rows of {self._dataset.dataset} have no {', '.join(missing)}. "
                + (
                    "The portal may have changed the data set: look for a newer connector."
                    if self._dataset.preset
                    else "Name another cursor or key under 'datasets'."
                ),
                internal_message=f"fields: {sorted(row)}",
                failure_type=FailureType.system_error if self._dataset.preset else FailureType.config_error,
            )
        self._tell_once("no longer published and left empty", lacking)
        self._tell_once("new on the portal and not read", set(row) - self._known)

    def _tell_once(self, what: str, columns: set[str]) -> None:
        if news := sorted(columns - self._told):
            more = f" and {len(news) - NAMES_SHOWN} more" if len(news) > NAMES_SHOWN else ""
            logger.warning(f"{self._dataset.name}: {what}: {', '.join(news[:NAMES_SHOWN])}{more}.")
            self._told |= columns


def fingerprint(record: Mapping[str, Any]) -> str:
    """The identity of a record that has none: equal for equal values, whatever their order."""
    return blake2b(orjson.dumps(record, option=orjson.OPT_SORT_KEYS), digest_size=16).hexdigest()


def empty_of(field: Field) -> str | None:
    """What stands where the portal has nothing: in a text that is a part of the key, an empty one."""
    return "" if field.type == "string" and not field.nullable else None


def _is_plain(field: Field) -> bool:
    """Whether nearly all of its values need no cast."""
    return field.type in ("number", "string") and "@" not in field.source and "|" not in field.source


def _names(field: Field) -> list[str]:
    """The portal's names for a column, the first one first."""
    return (field.source or field.name).partition("@")[0].split("|")
