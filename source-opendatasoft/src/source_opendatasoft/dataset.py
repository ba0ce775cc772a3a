"""What a data set of a portal is: an entry of the tables in ``presets/``, or made from the portal's own description."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

from connector_kit.pace import SIX_HOURLY
from connector_kit.streams import Description, Field

EVIDENCE = {
    "production": "a recorded answer of the portal, under the names of the API",
    "export": "a file exported from the portal, under its labels or older names",
    "client": "the code of a client",
}

RECORD_HASH = Field(
    "record_hash", "string", "Fingerprint of the row's values: of rows without an identity, each is its own.", False
)


@dataclass(frozen=True)
class Dataset:
    """One data set and the stream that it becomes.

    A column's ``source`` is the field's name on the portal, with ``|`` between alternatives, and ``@`` before a part of
    a value that has several: ``geo_point_2d@lon``, ``photo@url``.
    """

    dataset: str
    about: str
    fields: Sequence[Field]
    key: Sequence[str] = ()  # without one the key is the fingerprint of the row
    cursor: str | None = None  # the day or the instant of a row; without one the data set is read whole each time
    measured_by: str = ""  # what is null in rows of the future; without it every row until now is measured
    look_back_days: int = 3  # how far back the publisher still revises
    whole_when_processed: bool = False  # whether old rows are rewritten: read whole when the portal processed new data
    window_days: int = 31  # what one call reads; 0: as many days as hold a moderate number of rows
    read_every: timedelta = SIX_HOURLY  # sooner than that nothing new is to be expected
    first_day: date | None = None
    ignored: Sequence[str] = ()  # fields of the portal that say nothing
    stream: str = ""
    evidence: str = "production"
    preset: bool = True

    @property
    def name(self) -> str:
        """The stream's name: that of the data set, as one word."""
        return self.stream or self.dataset.replace("-", "_")

    @cached_property
    def description(self) -> Description:
        hashed = () if self.key else (RECORD_HASH,)
        key = self.key or (RECORD_HASH.name,)
        return Description(self.name, [*self.fields, *hashed], key, self.cursor, self.about)

    @cached_property
    def columns(self) -> Mapping[str, Field]:
        return {field.name: field for field in self.fields}

    @property
    def cursor_field(self) -> Field | None:
        return self.columns[self.cursor] if self.cursor else None

    @property
    def order(self) -> Sequence[str]:
        """The portal's fields by which rows are sorted uniquely, so that pages neither lose nor repeat any."""
        return [source_of(self.columns[part]) for part in self.key]

    @property
    def has_renamed(self) -> bool:
        """Whether a field has had several names."""
        return any("|" in field.source for field in self.fields)

    def named(self, published: Collection[str]) -> Dataset:
        """The data set with those names first that the portal has; nothing changes where it has none of them."""
        return replace(self, fields=[_published_first(field, published) for field in self.fields])


def source_of(field: Field) -> str:
    """The field of the portal that a column is read from; the first one where it has had several names."""
    return (field.source or field.name).partition("|")[0].partition("@")[0]


def _published_first(field: Field, published: Collection[str]) -> Field:
    names, at, part = (field.source or field.name).partition("@")
    ordered = sorted(names.split("|"), key=lambda name: name not in published)
    return replace(field, source=f"{'|'.join(ordered)}{at}{part}") if "|" in names else field
