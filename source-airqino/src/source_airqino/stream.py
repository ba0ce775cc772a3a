"""The one mechanism behind the streams: which windows of which station to read, how to read one, what to remember."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from airbyte_cdk.utils import AirbyteTracedException
from connector_kit import clock
from connector_kit.http import SplitRequestWindow
from connector_kit.instants import utc_text
from connector_kit.prefetch import prefetch
from connector_kit.reach import Reach, remembered
from connector_kit.streams import Checkpoint, Description, Page
from connector_kit.windows import Window, tile

from source_airqino.answers import Row, series_of
from source_airqino.failures import Failures, unreadable_time
from source_airqino.labels import Labels
from source_airqino.records import Span
from source_airqino.resource import Asked, Record, Resource, Series
from source_airqino.station import Station

logger = logging.getLogger("airbyte")

PAGES_AHEAD = 3
STATIONS = "stations"
YEAR_READ_AT = "year_read_at"
YEAR_DAYS = 365
PATIENCE = timedelta(days=30)
"""How long a silent station is asked for what it may have measured meanwhile; the longest recorded gap is 13 days."""

State = Mapping[str, Any]


@dataclass(frozen=True)
class Part:
    """The rows of a window, or of a part of it that was asked for on its own; rows around it may be there too."""

    window: Window
    rows: Sequence[Row]
    asked_at: datetime


@dataclass(frozen=True)
class _Reader:
    """A resource, and who asks for it."""

    resource: Resource
    asked: Asked

    @property
    def description(self) -> Description:
        return self.resource.description


class ListStream(_Reader):
    """A resource without history: a page of what there is at the moment, and a failure where a part of it is missing,
    so that the part does not stand for the whole."""

    def read(self, state: State) -> Iterator[Page | Checkpoint]:
        assert self.resource.listed
        failures = Failures(self.resource.stream)
        records: dict[tuple[Any, ...], Record] = {}
        for item in self.resource.listed(self.asked):
            try:
                found = item.read()
            except AirbyteTracedException as refused:
                failures.add(item.who, refused)
                continue
            except ValueError as unreadable:
                failures.add(item.who, unreadable_time(f"{self.resource.stream} of {item.who}", unreadable))
                continue
            failures.succeeded(item.who)
            records |= {tuple([record[part] for part in self.resource.key]): record for record in found}
        if failures.read:
            yield Page(self.resource.stream, list(records.values()))
        failures.tell()


@dataclass(frozen=True)
class Job:
    """One window of a station."""

    station: Station
    window: Window


@dataclass
class Progress:
    """What is known of one station, and what its state will be."""

    reach: Reach
    year_read_at: datetime | None
    first_day: date
    heard: datetime | None = None  # the newest value of this sync


@dataclass(frozen=True)
class SeriesStream(_Reader):
    """A resource with history, ready to be read from ``start_day`` to ``end_day`` (both included; None: for ever).

    The state holds under ``stations``, by number of the station,
    - the cursor, ``first_day`` and ``read_at``, as connector_kit.reach tells; of a station that is silent the cursor
      stays at its newest value for PATIENCE, as a station may send late what it has measured
    - ``year_read_at``: of a resource that is rewritten, when a whole year was last begun to be read again

    A station that is added later is read from its start, one that is taken out keeps what is known of it.
    """

    start_day: date
    end_day: date | None = None
    reread_every_days: int = 0

    @property
    def series(self) -> Series:
        assert self.resource.series
        return self.resource.series

    @property
    def cursor(self) -> str:
        assert self.resource.cursor
        return self.resource.cursor

    def read(self, state: State) -> Iterator[Page | Checkpoint]:
        """Pages of what is new or may have been revised, a checkpoint after each window of each station."""
        began = clock.now()
        kept = _stations_of(state, self.resource.stream)
        progress = {station: self._progress(kept, station) for station in self.asked.stations}
        jobs = [job for station, known in progress.items() for job in self._jobs(station, known, began)]
        if not jobs:
            logger.info(f"{self.resource.stream}: read a moment ago, nothing new to be expected yet")
            yield Checkpoint({STATIONS: kept})
            return
        last_jobs = {job.station: job for job in jobs}
        failures = Failures(self.resource.stream)

        def fetch(job: Job) -> list[Part] | AirbyteTracedException:
            return [] if job.station.name in failures.found else self._fetch_or_problem(job)

        for job, found in prefetch(jobs, fetch, depth=PAGES_AHEAD):
            # Windows after one that failed may be here already. They wait for it: the state has no holes.
            if job.station.name in failures.found:
                continue
            records = found if isinstance(found, AirbyteTracedException) else self._records_or_problem(job, found)
            if isinstance(records, AirbyteTracedException):
                failures.add(job.station.name, records)
                continue
            failures.succeeded(job.station.name)
            yield Page(self.resource.stream, records)
            progress[job.station].heard = self._newest(records) or progress[job.station].heard
            last = job is last_jobs[job.station]
            kept = {**kept, str(job.station.station_id): self._reached(progress[job.station], job, began, last)}
            yield Checkpoint({STATIONS: kept})
        failures.tell()

    def _progress(self, kept: State, station: Station) -> Progress:
        before = kept.get(str(station.station_id), {})
        who = f"{self.resource.stream} of {station.name}"
        reach = Reach.of(before, self.cursor, who, UTC)
        if left_out := reach.left_out(self.start_day):
            logger.warning(f"{who}: {left_out} were not read and lie before the start date.")
        return Progress(reach, _instant(before.get(YEAR_READ_AT)), reach.known_then(self.start_day))

    def _jobs(self, station: Station, known: Progress, now: datetime) -> list[Job]:
        """The windows of a station; none where nothing new can be expected."""
        if not known.reach.due(now, self.series.read_every, self.start_day):
            return []
        today = now.date()
        begin = known.reach.begins(self.start_day, self.series.look_back_days, today)
        if self._year_is_due(known, now):
            if known.reach.until is not None:
                logger.info(f"{self.resource.stream} of {station.name}: a year is read again, in case it was rewritten")
                begin = max(self.start_day, min(begin, today - timedelta(days=YEAR_DAYS)))
            known.year_read_at = now
        end = min(today, self.end_day or today) + timedelta(days=1)
        return [Job(station, window) for window in tile(begin, end, longest_days=self.series.longest_days)]

    def _year_is_due(self, known: Progress, now: datetime) -> bool:
        if not self.series.reread or not self.reread_every_days:
            return False
        last = known.year_read_at
        # A time to come was written by a clock that was wrong.
        return last is None or not timedelta() <= now - last < timedelta(days=self.reread_every_days)

    def _reached(self, known: Progress, job: Job, began: datetime, last: bool) -> dict[str, Any]:
        """The state of a station after a window. A year that is read again goes back to where that window ends, so
        that one which is interrupted is read to its end."""
        first = datetime.combine(self.start_day, time.min, UTC)
        waited_for = max(first, began - PATIENCE, known.heard or first)
        until = min(span_of(job.window).end, began, waited_for)
        state = remembered(self.cursor, until, known.first_day, began if last else None)
        return {**state, **({YEAR_READ_AT: utc_text(known.year_read_at)} if known.year_read_at else {})}

    def _newest(self, records: Sequence[Record]) -> datetime | None:
        newest = max((record[self.cursor] for record in records), default=None)
        return None if newest is None else datetime.fromisoformat(newest)

    def _records_or_problem(self, job: Job, parts: Sequence[Part]) -> list[Record] | AirbyteTracedException:
        station, labels = job.station, self._labels(job.station)
        try:
            return [
                record
                for part in parts
                for record in self.series.records(station, part.rows, labels, span_of(part.window), part.asked_at)
            ]
        except ValueError as unreadable:
            return unreadable_time(f"{self.resource.stream} of {station.name}", unreadable)

    def _labels(self, station: Station) -> Labels:
        return Labels(self.asked.clock, station.zone, self.series.back)

    def _fetch_or_problem(self, job: Job) -> list[Part] | AirbyteTracedException:
        """The parts of a window, or why there are none."""
        try:
            return self._fetch(job.station, job.window)
        except AirbyteTracedException as refused:
            return refused

    def _fetch(self, station: Station, window: Window) -> list[Part]:
        """A window in one part; in halves where the service takes too long."""
        span, labels = span_of(window), self._labels(station)
        path, params = self.series.call(station, labels.shown(span.start - self.series.earlier), labels.shown(span.end))
        halves = window.halves(1)
        asked_at = clock.now()
        try:
            rows = self.asked.api.ask(path, self._shape, params, divisible=halves is not None)
            return [Part(window, rows or [], asked_at)]
        except SplitRequestWindow:
            assert halves, "only a window that has halves is divisible"
            logger.info(f"{self.resource.stream} of {station.name}: {window} takes too long, asking for halves")
            return [part for half in halves for part in self._fetch(station, half)]

    def _shape(self, answer: Any) -> Sequence[Row]:
        return series_of(answer, self.series.rows, self.series.label)


def span_of(window: Window) -> Span:
    """A window of UTC days as instants."""
    start, end = (datetime.combine(day, time.min, UTC) for day in (window.start_day, window.end_day))
    return Span(start, end)


def _stations_of(state: State, stream: str) -> dict[str, Any]:
    """What is known of each station; nothing where somebody wrote something else into the state."""
    found = state.get(STATIONS, {})
    if isinstance(found, Mapping) and all(isinstance(known, Mapping) for known in found.values()):
        return dict(found)
    logger.warning(f"{stream}: its state can't be read: it is read from its start.")
    return {}


def _instant(text: Any) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return at if at.tzinfo else None
