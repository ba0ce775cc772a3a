"""What a resource of RTE's API is: one entry of the table in ``resources/``, and nothing that acts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from connector_kit.pace import HOURLY
from connector_kit.quota import Allowance
from connector_kit.streams import Description, Field

from source_rte.periods import Period


@dataclass(frozen=True)
class Part:
    """One call of a window: some resources take several, as types differ in how far ahead they may be asked.

    ``look_ahead_days``: how many days after today ``end_date`` may be (RTE answers F04 beyond it).
    """

    params: Mapping[str, str]
    look_ahead_days: int = 1


INTERVAL: Sequence[Field] = (
    Field("start_date", "instant", "Begin of the interval (included), UTC.", nullable=False),
    Field("end_date", "instant", "End of the interval (excluded), UTC."),
    Field(
        "start_date_local", "string", "Begin of the interval exactly as RTE writes it, mostly French local time.", False
    ),
    Field("end_date_local", "string", "End of the interval exactly as RTE writes it, mostly French local time."),
)
CLOCK: Sequence[Field] = (
    Field("start_date", "instant", "Begin of the step, UTC: its clock time in the passage that was asked for.", False),
)
UPDATED = Field("updated_date", "instant", "When RTE says it last changed the value, UTC; absent for some rows.")

RANK = Field("rank", "integer", "Which of several rows that RTE gives under one key, from 1.", nullable=False)

EVIDENCE = {
    "production": "a recorded answer of the service",
    "sandbox": "a recorded answer of RTE's sandbox",
    "guide": "RTE's user guide",
    "client": "the code of a client",
    "none": "none: unverified",
}


@dataclass(frozen=True)
class Resource:
    """One resource of RTE's API and the stream that it becomes.

    An answer holds blocks under ``root`` (one object or an array), a block holds ``rows`` (without any, the block is
    the row). ``block`` and ``row`` are the columns read from each; a column's ``source`` is a dotted path, with
    ``|`` between alternatives; ``@rows`` is the name of the array, ``@name`` a parameter of the call. Of rows that
    share their ``key``, whose parts are never null, the one with the latest ``stamp`` stays.
    """

    stream: str
    api: str
    path: str
    about: str
    block: Sequence[Field] = ()
    row: Sequence[Field] = ()
    key: Sequence[str] = ("start_date",)
    root: str = ""  # the last part of the path, if not said
    rows: Sequence[str] = ("values",)
    times: str = "interval"  # or "clock": a clock time without offset; or "none"
    stamp: Field | None = UPDATED
    bare_blocks: bool = False  # whether a block without rows is a record too
    ranked: bool = False  # whether RTE gives different rows under one key; their rank then completes the key
    advances_with: str = ""  # the cursor, where it is not the begin of the interval
    # How it is asked for. Without a period the API has no parameters and answers with what it has at the moment.
    period: Period | None = None
    parts: Sequence[Part] = (Part({}),)
    first_day: date | None = None
    look_back_days: int = 7  # how far back RTE still revises
    read_every: timedelta = HOURLY  # sooner than that nothing new is to be expected
    allowance: Allowance | None = None
    empty_when_not_found: bool = False  # 404 means that there are no data
    other_path: str = ""  # tried where RTE does not know ``path``
    # A stream without history: the column with the day, of which none may be missed. A list has neither.
    days_in: str = ""
    final_days_ahead: int = 0  # how far ahead of today such a day is no forecast
    evidence: str = "sandbox"

    @property
    def verified(self) -> bool:
        """Whether anybody recorded or documented what the answer looks like."""
        return self.evidence != "none"

    @property
    def api_version(self) -> str:
        """What one subscribes to, as in the path: ``consumption/v1``."""
        return self.path.rpartition("/")[0]

    @property
    def answer_root(self) -> str:
        return self.root or self.path.rpartition("/")[2]

    @cached_property
    def description(self) -> Description:
        times = {"interval": INTERVAL, "clock": CLOCK}.get(self.times, ())
        stamp = (self.stamp,) if self.stamp else ()
        about = self.about if self.verified else f"{self.about} Unverified: nobody has recorded its shape."
        rank = (RANK,) if self.ranked else ()
        fields = [*self.block, *times, *stamp, *self.row, *rank]
        return Description(self.stream, fields, [*self.key, *(field.name for field in rank)], self.cursor, about)

    @property
    def cursor(self) -> str | None:
        """The column that says how far a read has come; none for lists, which are read whole."""
        if self.period is None and not self.days_in:
            return None
        return self.advances_with or "start_date"
