"""Rows that come twice under one key."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from operator import itemgetter

from source_opendatasoft.dataset import Dataset
from source_opendatasoft.records import Record

logger = logging.getLogger("airbyte")

# Beyond so many rows of one reading their keys would take too much memory; the destination has the last word then.
MOST_ROWS = 100_000


class Repeats:
    """Takes out rows that repeat another; of rows that differ under one key both go on, and the later one stands."""

    def __init__(self, dataset: Dataset, rows: int) -> None:
        self._name = dataset.name
        self._key = dataset.description.primary_key
        self._identity = itemgetter(*self._key)
        self._seen: dict[object, int] | None = {} if rows <= MOST_ROWS else None
        self._differing = 0

    def without(self, records: Sequence[Record]) -> list[Record]:
        """The records less those that were there before, value for value."""
        if self._seen is None:
            return list(records)
        seen, kept = self._seen, []
        for record in records:
            identity, values = self._identity(record), hash(tuple(record.values()))
            before = seen.get(identity)
            if before == values:
                continue
            self._differing += before is not None
            seen[identity] = values
            kept.append(record)
        return kept

    def tell(self) -> None:
        """Warns of keys that do not identify."""
        if self._differing:
            logger.warning(
                f"{self._name}: {self._differing} rows share {', '.join(self._key)} with a row that differs from them; "
                "the last one stands."
            )
