"""The one mechanism behind every data set: what to read, how to tell that it is whole, what to remember."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from airbyte_cdk.models import FailureType
from airbyte_cdk.utils import AirbyteTracedException
from connector_kit import clock
from connector_kit.clock import PARIS
from connector_kit.http import LeftToNextSync, Refusal
from connector_kit.instants import utc_text
from connector_kit.prefetch import prefetch
from connector_kit.reach import READ_AT, Reach, remembered
from connector_kit.streams import Checkpoint, Description, Page
from connector_kit.windows import Window, paris_midnight, tile

from source_opendatasoft.casts import day, instant
from source_opendatasoft.dataset import Dataset, source_of
from source_opendatasoft.odsql import before, begins_at, both, is_null
from source_opendatasoft.portal import Portal, Rows
from source_opendatasoft.records import Reader
from source_opendatasoft.repeats import Repeats

logger = logging.getLogger("airbyte")

WINDOWS_AHEAD = 3
# A refresh is over in a minute or so; what it has not put right by then is said and read again by the next sync.
WAITS = (5.0, 15.0, 40.0)
# What was revised without the portal's saying so is seen within a day.
UNCHANGED_FOR = timedelta(hours=23)
MODERATE_ROWS = 20_000
LONGEST_WINDOW_DAYS = 3_660
EARLIEST = date(1900, 1, 1)
EMPTIED = "it is empty, though it had rows"

# A portal answers with a part of a data set now and then, and its count agrees: what was read once is read once more.
CONFIRMED_AFTER = timedelta(hours=20)
# A refresh that is not over by then is none.
LONGEST_REFRESH = timedelta(days=1)

PROCESSED, ROWS_READ_AT = "data_processed", "rows_read_at"
PASS_OF, PASS_UNTIL = "pass_of", "pass_until"
UNCONFIRMED_FROM, UNCONFIRMED_AT = "unconfirmed_from", "unconfirmed_at"
REFRESHING_SINCE = "refreshing_since"

State = Mapping[str, Any]


class BeingRefreshed(Exception):
    """The portal has no rows, or not all, of what had some: it is refreshing it. The text says which."""


@dataclass(frozen=True)
class Unconfirmed:
    """Days from ``from_day`` on that were read but once, at ``at``."""

    from_day: date
    at: datetime

    @classmethod
    def of(cls, state: State) -> Unconfirmed | None:
        """What a state tells; None where there is nothing that can be read."""
        try:
            at = datetime.fromisoformat(state[UNCONFIRMED_AT])
            return cls(date.fromisoformat(state[UNCONFIRMED_FROM]), at) if at.tzinfo else None
        except (KeyError, TypeError, ValueError):
            return None

    def due(self, now: datetime) -> bool:
        """Whether it is time to read them once more."""
        # A time to come was written by a clock that was wrong.
        return not timedelta() <= now - self.at < CONFIRMED_AFTER

    def remembered(self) -> dict[str, str]:
        return {UNCONFIRMED_FROM: self.from_day.isoformat(), UNCONFIRMED_AT: utc_text(self.at)}


@dataclass
class Pass:
    """One reading of a data set from ``begin`` on, and how far it has come."""

    dataset: Dataset
    begin: date
    end_day: date | None
    first_day: date
    whole: bool  # from the first day on, not only what may have been revised
    until: datetime | None  # newest measured row of this pass, or of what was read before it
    began: datetime
    asked_from: date  # the first day asked for; ``begin`` may be later, where there are no rows between
    look_back_days: int
    known_until: datetime | None = None  # newest measured row that was read before this pass, where it counts
    unconfirmed: Unconfirmed | None = None  # what was read but once before this pass
    confirms: bool = False  # whether this pass reads it once more
    kept: dict[str, Any] = field(default_factory=dict)  # what of the state goes on to stand while it is under way
    rows: int = 0  # that were read
    expected: int = 0  # that the portal had when it began, as far as it was asked
    stuck: str = ""  # the first window that did not come whole: the state stays before it

    @property
    def where(self) -> str:
        """The condition for all its rows."""
        return self._where(self.begin, self._end)

    @property
    def _end(self) -> date | None:
        """The first day that is not read any more."""
        return self.end_day + timedelta(days=1) if self.end_day else None

    def windows(self, today: date) -> list[tuple[Window, str]]:
        """What is read one after the other, and its condition; the last window is open where no end is asked for."""
        end = min(filter(None, (self.end_day, max(today, self.begin))))
        *earlier, last = tile(self.begin, end + timedelta(days=1), longest_days=self._window_days(end))
        return [
            *((window, self._where(window.start_day, window.end_day)) for window in earlier),
            (last, self._where(last.start_day, self._end)),  # with the rows of the future
        ]

    def state(self, pass_until: date, processed: str | None) -> dict[str, Any]:
        """What to remember when all before ``pass_until`` is read."""
        resumes = self.whole and self.dataset.whole_when_processed and processed
        under_way = {PASS_OF: processed, PASS_UNTIL: pass_until.isoformat()} if resumes else {}
        reached = remembered(self.dataset.cursor or "", self.until, self.first_day, None)
        return {**reached, **self.kept, **under_way, **self.still_unconfirmed(pass_until)}

    def still_unconfirmed(self, read_until: date | None = None) -> dict[str, str]:
        """What to remember as read but once, when this pass has come to ``read_until``, or to its end."""
        old, new = self.unconfirmed, self._newly_unconfirmed()
        if self.confirms and old:
            old = Unconfirmed(read_until, old.at) if read_until else None
        if old and new:
            new = Unconfirmed(min(old.from_day, new.from_day), new.at)
        still = new or old
        return still.remembered() if still else {}

    def _newly_unconfirmed(self) -> Unconfirmed | None:
        """What this pass reads the first time, where the look-back of the next day does not read it again."""
        if self.until is None:
            return None
        # Not from the oldest row on: it may be a later one that the portal had than that which it has.
        first_new = _paris_day(self.known_until) if self.known_until else self.asked_from
        if _paris_day(self.until) - timedelta(days=self.look_back_days - 1) <= first_new:
            return None
        return Unconfirmed(max(self.asked_from, first_new - timedelta(days=self.look_back_days)), self.began)

    @property
    def has_known_rows(self) -> bool:
        """Whether the newest row known lies in what this pass reads: then there is one."""
        if self.until is None:
            return False
        return self.begin <= _paris_day(self.until) <= (self.end_day or date.max)

    def see(self, records: Sequence[Mapping[str, Any]]) -> None:
        """Counts records, and moves ``until`` to the newest that is measured and not of the future."""
        self.rows += len(records)
        cursor, measure = self.dataset.cursor or "", self.dataset.measured_by
        now = clock.now()
        latest = now.astimezone(PARIS).date().isoformat() if self._by_day else utc_text(now)
        found = [
            record[cursor]
            for record in records
            if (not measure or record[measure] is not None) and record[cursor] and record[cursor] <= latest
        ]
        if found:
            newest = self._instant(max(found))
            self.until = max(newest, self.until) if self.until else newest

    def day_of(self, value: Any) -> date:
        """The Paris day of the cursor as the portal writes it."""
        if self._by_day:
            return date.fromisoformat(day(value))
        return datetime.fromisoformat(instant(value)).astimezone(PARIS).date()

    @property
    def _by_day(self) -> bool:
        cursor = self.dataset.cursor_field
        return cursor is not None and cursor.type == "date"

    def _instant(self, value: str) -> datetime:
        if self._by_day:
            return datetime.combine(date.fromisoformat(value), time.min, tzinfo=PARIS)
        return datetime.fromisoformat(value)

    def _window_days(self, end: date) -> int:
        """The data set's, or what holds a moderate number of rows where they are evenly spread."""
        if self.dataset.window_days:
            return self.dataset.window_days
        days = (end - self.begin).days + 1
        return max(2, min(LONGEST_WINDOW_DAYS, days * MODERATE_ROWS // max(self.expected, 1)))

    def _where(self, begin: date, end: date | None) -> str:
        name = source_of(self.dataset.columns[self.dataset.cursor or ""])
        bounds = (begin, end) if self._by_day else (paris_midnight(begin), paris_midnight(end) if end else None)
        lower, upper = bounds
        return both(begins_at(name, lower), before(name, upper) if upper else "")


@dataclass(frozen=True)
class PortalStream:
    """A data set, ready to be read from ``start_day`` to ``end_day`` (both included; None: as far as there is any).

    The state of a data set with a cursor holds
    - under the cursor's name: the newest row that has a measure, never of the future; the look-back goes on from it
    - ``first_day``: where reading once began, so that an earlier start is noticed and read from anew
    - ``read_at``: when the portal was last asked; before something new can be expected it is left alone
    - ``data_processed``: when the portal had last processed what was read; unchanged, there is nothing to read
    - ``rows_read_at``: when rows were last read: once a day, whatever the portal says
    - ``pass_of``, ``pass_until``: of a whole reading under way, which version it reads and how far it has come
    - ``unconfirmed_from``, ``unconfirmed_at``: the first day of what was read but once, and when. A day later it is
      read once more, as a portal may have answered with a part of it
    - ``refreshing_since``: since when the portal has not all that it had; after a day that is a failure
    """

    name: str
    portal: Portal
    resolve: Callable[[], Dataset]
    start_day: date
    end_day: date | None = None
    look_back_days: int | None = None

    @property
    def description(self) -> Description:
        return self.resolve().description

    def read(self, state: State) -> Iterator[Page | Checkpoint]:
        """Pages of what is new or may be revised, a checkpoint after each window."""
        dataset = self.resolve()
        reader = Reader(dataset)
        try:
            reading = (
                self._read_by_cursor(dataset, reader, state) if dataset.cursor else self._read_all(dataset, reader)
            )
            yield from reading
        except Refusal as refused:
            raise blamed(refused, dataset) from refused
        finally:
            reader.tell()

    # Without a cursor

    def _read_all(self, dataset: Dataset, reader: Reader) -> Iterator[Page | Checkpoint]:
        """The data set as it stands. An incomplete one would take the place of a whole one, so it is a failure."""
        dataset = self._as_published(dataset)
        had_rows = dataset.preset or _records_count(self._document(dataset)) > 0
        rows, whole = self._whole_rows(lambda: self.portal.rows(dataset.dataset, "", dataset.order), had_rows)
        if not whole:
            rows.close()
            raise self._refreshed(f"it gave {rows.count} rows and says that there are others")
        repeats = Repeats(dataset, rows.count)
        yield from self._pages(rows, reader, repeats)
        repeats.tell()
        yield Checkpoint({})

    def _whole_rows(self, read: Callable[[], tuple[int, Rows]], had_rows: bool) -> tuple[Rows, bool]:
        """Rows as many as the portal says there are, and whether they are; tried again while it is refreshing them."""
        for wait in (*WAITS, None):
            total, rows = read()
            if rows.count == total and (total or not had_rows):
                return rows, True
            if wait is None:
                break
            rows.close()
            logger.info(f"{self.name}: {rows.count} rows of {total}, asking again in {wait:.0f} s")
            self.portal.sleep(wait)
        return rows, False

    # With a cursor

    def _read_by_cursor(self, dataset: Dataset, reader: Reader, state: State) -> Iterator[Page | Checkpoint]:
        reach = Reach.of(state, dataset.cursor or "", self.name)
        start = max(self.start_day, dataset.first_day or EARLIEST)
        began = clock.now()
        if not reach.due(began, dataset.read_every, start):
            logger.info(f"{self.name}: read a moment ago, nothing new to be expected yet")
            yield Checkpoint(state)
            return
        dataset = self._as_published(dataset)
        processed = _processed(self._document(dataset))
        unconfirmed = Unconfirmed.of(state)
        if unconfirmed and unconfirmed.due(began):
            unconfirmed = None  # once more is now, whatever is still there
        elif processed and not reach.reads_anew(start) and self._unchanged(state, processed, began):
            logger.info(f"{self.name}: the portal has processed no new data since {processed}")
            yield Checkpoint({**state, READ_AT: utc_text(began)})
            return
        self._tell_of_left_out(reach, start)
        reached = state
        try:
            reading = self._pass(dataset, reach, state, start, processed, began)
            for event in self._read_pass(reading, reader, processed) if reading else ():
                reached = event.state if isinstance(event, Checkpoint) else reached
                yield event
        except BeingRefreshed as lacking:
            since = _instant_of(state, REFRESHING_SINCE, began)
            yield Checkpoint({**reached, REFRESHING_SINCE: utc_text(since)})
            raise self._left(dataset, str(lacking), since if began - since >= LONGEST_REFRESH else None) from lacking
        until = reading.until if reading else reach.until
        still = reading.still_unconfirmed() if reading else unconfirmed.remembered() if unconfirmed else {}
        done = {PROCESSED: processed} if processed else {}
        known = remembered(dataset.cursor or "", until, reach.known_then(start), began)
        yield Checkpoint({**known, **done, ROWS_READ_AT: utc_text(began), **still})

    def _tell_of_left_out(self, reach: Reach, start: date) -> None:
        """Warns of days that a later start leaves unread, when it does so first: a start may move with the days."""
        already = reach.first_day and reach.until_day and reach.first_day > reach.until_day
        if not already and (left_out := reach.left_out(start)):
            logger.warning(f"{self.name}: {left_out} were not read and lie before the start date.")

    def _unchanged(self, state: State, processed: str, now: datetime) -> bool:
        """Whether the portal has nothing new, and rows were read lately all the same."""
        if state.get(PROCESSED) != processed:
            return False
        try:
            return timedelta() <= now - datetime.fromisoformat(state[ROWS_READ_AT]) < UNCHANGED_FOR
        except (KeyError, TypeError, ValueError):
            return False

    def _pass(
        self, dataset: Dataset, reach: Reach, state: State, start: date, processed: str | None, began: datetime
    ) -> Pass | None:
        """What this sync reads, or None where there is nothing from the start on.

        Raises BeingRefreshed where there is nothing any more.
        """
        anew = reach.until is None or reach.reads_anew(start)
        rewritten = dataset.whole_when_processed and processed is not None and processed != state.get(PROCESSED)
        whole = anew or rewritten
        resumed = _resumed(state, processed) if dataset.whole_when_processed and not reach.reads_anew(start) else None
        unconfirmed = Unconfirmed.of(state) if resumed or not whole else None
        confirms = unconfirmed is not None and not whole and unconfirmed.due(began)
        look_back = max(dataset.look_back_days, self.look_back_days or 0)
        begin = start if whole else reach.begins(start, look_back, clock.paris_today())
        if confirms and unconfirmed:
            begin = max(start, min(begin, unconfirmed.from_day))
        reading = Pass(
            dataset,
            begin=begin,
            end_day=self.end_day,
            first_day=reach.known_then(start) if not anew else start,
            whole=whole,
            until=None if anew else reach.until,
            began=began,
            asked_from=begin,
            look_back_days=look_back,
            known_until=None if whole else reach.until,
            unconfirmed=unconfirmed,
            confirms=confirms,
            kept={} if whole or PROCESSED not in state else {PROCESSED: state[PROCESSED]},
        )
        if self.end_day and self.end_day < reading.begin:
            return None
        if whole and resumed:
            return replace(reading, begin=max(start, resumed), until=reach.until)
        if not whole and not confirms and len(reading.windows(clock.paris_today())) == 1:
            return reading
        # That the start moved back does not make what is known unknown.
        return self._from_its_first_row(reading, replace(reading, until=reach.until).has_known_rows)

    def _from_its_first_row(self, reading: Pass, had_rows: bool) -> Pass | None:
        """The pass from the day of the data set's oldest row on, so that years without any cost no call."""
        dataset, cursor = reading.dataset.dataset, source_of(reading.dataset.columns[reading.dataset.cursor or ""])
        for wait in (*WAITS, None):
            total, rows = self.portal.page(dataset, reading.where, order=[cursor], limit=1)
            if rows:
                if reading.whole and not had_rows and not reading.dataset.preset:
                    self._tell_of_undated(dataset, cursor)
                begin = max(reading.begin, reading.day_of(rows[0][cursor]))
                return replace(reading, begin=begin, expected=total)
            if not had_rows:
                if self.portal.count(dataset):
                    logger.info(f"{self.name}: the data set has nothing from {reading.begin} on")
                    return None
                if not reading.dataset.preset and not _records_count(self.portal.document(dataset)):
                    return None
            if wait is not None:
                self.portal.sleep(wait)
        if had_rows and self._may_have_left(dataset):
            return None
        if had_rows:
            raise BeingRefreshed(EMPTIED)
        raise self._refreshed("it is empty at the moment")

    def _tell_of_undated(self, dataset: str, cursor: str) -> None:
        if undated := self.portal.count(dataset, is_null(cursor)):
            logger.warning(
                f"{self.name}: {undated} rows have no {cursor} and are not read: take the cursor out to read all."
            )

    def _read_pass(self, reading: Pass, reader: Reader, processed: str | None) -> Iterator[Page | Checkpoint]:
        yield from self._read_windows(reading, reader, processed)
        if reading.rows or reading.whole or not reading.has_known_rows:
            return
        # The newest row known lies in what was read: a data set that has no row there has lost them for a moment.
        for wait in WAITS:
            self.portal.sleep(wait)
            if self.portal.count(reading.dataset.dataset, reading.where):
                yield from self._read_windows(reading, reader, processed)
                return
        if not self._may_have_left(reading.dataset.dataset):
            raise BeingRefreshed(EMPTIED)

    def _may_have_left(self, dataset: str) -> bool:
        """Whether rows before an end date are gone for good, as real time goes where it is consolidated."""
        return self.end_day is not None and self.portal.count(dataset) > 0

    def _read_windows(self, reading: Pass, reader: Reader, processed: str | None) -> Iterator[Page | Checkpoint]:
        jobs = reading.windows(clock.paris_today())
        fetch = partial(self._fetch, reading)
        for (window, _), (rows, whole) in prefetch(jobs, fetch, depth=WINDOWS_AHEAD):
            repeats = Repeats(reading.dataset, rows.count)
            reached = reading.until
            for page in self._pages(rows, reader, repeats):
                reading.see(page.records)
                yield page
            repeats.tell()
            if reading.stuck or not whole:
                reading.stuck, reading.until = reading.stuck or str(window), reached
            elif reading.rows or reading.whole:
                yield Checkpoint(reading.state(window.end_day, processed))
        if reading.stuck:
            raise BeingRefreshed(f"{reading.stuck} did not come whole")

    def _fetch(self, reading: Pass, job: tuple[Window, str]) -> tuple[Rows, bool]:
        """The rows of a window, and whether they are all."""
        dataset, (_, where) = reading.dataset, job

        def read() -> tuple[int, Rows]:
            total, rows = self.portal.rows(dataset.dataset, where, dataset.order)
            if not total and reading.expected and self.portal.count(dataset.dataset, reading.where) < reading.expected:
                return -1, rows  # not a hole in the data: rows have gone since the pass began
            return total, rows

        return self._whole_rows(read, had_rows=False)

    def _pages(self, rows: Rows, reader: Reader, repeats: Repeats) -> Iterator[Page]:
        """Pages of records, an empty one where there are none, as the portal answered all the same."""
        none = True
        for page in rows.pages():
            yield Page(self.name, repeats.without(reader.records(page)))
            none = False
        if none:
            yield Page(self.name)

    # What is said

    def _document(self, dataset: Dataset) -> Mapping[str, Any]:
        return self.portal.document(dataset.dataset)

    def _as_published(self, dataset: Dataset) -> Dataset:
        """The data set under the names that the portal has now, where there have been several."""
        if not dataset.has_renamed:
            return dataset
        return dataset.named({str(field.get("name")) for field in self._document(dataset).get("fields") or []})

    def _left(self, dataset: Dataset, what: str, since: datetime | None) -> Refusal:
        """That the rest is left to the next sync; where it has been so ``since`` too long, a failure."""
        which = f"{self.portal.domain}, data set {dataset.dataset}: {what}"
        if since is None:
            said = f"{which}. The portal seems to be refreshing it. What was read before stays."
            return LeftToNextSync(message=said, internal_message=what, failure_type=FailureType.transient_error)
        return Refusal(
            message=f"{which}, and this since {utc_text(since)}. What was read before stays. Look at it on the "
            f"portal; if it was withdrawn, take the stream {self.name} out.",
            internal_message=what,
            failure_type=FailureType.transient_error,
        )

    def _refreshed(self, what: str) -> AirbyteTracedException:
        return AirbyteTracedException(
            message=f"{self.name}: {self.portal.domain} seems to be refreshing the data set, {what}. "
            "Run the sync again later, nothing is lost.",
            internal_message=what,
            failure_type=FailureType.transient_error,
        )


def blamed(refused: Refusal, dataset: Dataset) -> Refusal:
    """The refusal; that a data set described here is gone is our affair, not one of the configuration."""
    advice = f"Look for a newer connector, or take the stream {dataset.name} out."
    if refused.status == 404 and dataset.preset and advice not in str(refused.message):
        refused.failure_type = FailureType.system_error
        refused.message = f"{refused.message} {advice}"
    return refused


def _paris_day(at: datetime) -> date:
    return at.astimezone(PARIS).date()


def _instant_of(state: State, name: str, now: datetime) -> datetime:
    """A past instant of a state, or ``now``."""
    try:
        at = datetime.fromisoformat(state[name])
    except (KeyError, TypeError, ValueError):
        return now
    return at if at.tzinfo and at <= now else now


def _default_metas(document: Mapping[str, Any]) -> Mapping[str, Any]:
    return (document.get("metas") or {}).get("default") or {}


def _processed(document: Mapping[str, Any]) -> str | None:
    told = _default_metas(document).get("data_processed")
    return str(told) if told else None


def _records_count(document: Mapping[str, Any]) -> int:
    told = _default_metas(document).get("records_count")
    return told if isinstance(told, int) else 0


def _resumed(state: State, processed: str | None) -> date | None:
    """Where a whole reading that was broken off goes on, if the portal still has the version that it read."""
    if processed is None or state.get(PASS_OF) != processed:
        return None
    try:
        until = date.fromisoformat(state[PASS_UNTIL])
    except (KeyError, TypeError, ValueError):
        return None
    # A day to come was written by a clock that was wrong.
    return until if until <= clock.paris_today() + timedelta(days=1) else None
