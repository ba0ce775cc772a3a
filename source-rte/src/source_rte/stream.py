"""The one mechanism behind every resource: which windows to read, how to read one, what to remember."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from connector_kit import clock
from connector_kit.http import QuotaUsedUp, Refusal, SplitRequestWindow
from connector_kit.instants import utc_text
from connector_kit.prefetch import prefetch
from connector_kit.reach import FIRST_DAY, READ_AT, Reach, remembered
from connector_kit.streams import Checkpoint, Description, Page
from connector_kit.windows import Window, paris_midnight

from source_rte.api import Answered, RteApi
from source_rte.periods import Period
from source_rte.records import records_of
from source_rte.resource import Part, Resource

logger = logging.getLogger("airbyte")

PAGES_AHEAD = 3
START = "start_date"
# No API serves anything older, and Paris kept another time before 1911.
EARLIEST = date(1996, 1, 1)

State = Mapping[str, Any]


@dataclass(frozen=True)
class Job:
    """One part of a window to ask for, and the window that is read with it, if it is the last part."""

    part: Part
    asked: Window
    completes: Window | None = None


@dataclass(frozen=True)
class RteStream:
    """A resource, ready to be read from ``start_day`` to ``end_day`` (both included; None: as far as RTE goes).

    The state holds
    - ``start_date``: the UTC end of the last complete Paris day read; the look-back goes on from it
    - ``first_day``: where reading once began, so that an earlier start is noticed and read from anew
    - ``read_at``: when the stream was last read to its end; before something new can be expected it is left alone
    - ``last_day``: of a resource without history, the last day that it had, so that a lost day is noticed
    - ``calls``: of a resource with a quota, the calls that still count
    """

    resource: Resource
    api: RteApi
    start_day: date
    end_day: date | None = None
    look_back_days: int | None = None

    @property
    def description(self) -> Description:
        return self.resource.description

    def read(self, state: State) -> Iterator[Page | Checkpoint]:
        """Pages of what is new or may be revised, a checkpoint after each window."""
        state, reach = self._readable(state)
        if not reach.due(clock.now(), self.resource.read_every, self._begin):
            logger.info(f"{self.resource.stream}: read a moment ago, nothing new to be expected yet")
            yield Checkpoint(state)
            return
        self.api.remember_calls(self.resource, state.get("calls", ()))
        reading = (
            self._read_windows(self.resource.period, state, reach)
            if self.resource.period
            else self._read_what_there_is(state)
        )
        reached = state
        try:
            for event in reading:
                reached = event.state if isinstance(event, Checkpoint) else reached
                yield event
        except QuotaUsedUp:
            yield Checkpoint({**reached, **self._calls()})
            raise

    def _readable(self, state: State) -> tuple[State, Reach]:
        """The state and what it tells, both empty where somebody wrote into it what is no time."""
        reach = Reach.of(state, START, self.resource.stream)
        last_day = state.get("last_day")
        if last_day is not None and not _is_day(last_day):
            logger.warning(f"{self.resource.stream}: its last_day {last_day!r} is no day: it is read from its start.")
            return {}, Reach()
        unreadable = reach == Reach() and state.keys() & {START, FIRST_DAY, READ_AT}
        return ({} if unreadable else state), reach

    def windows(self, period: Period, reach: Reach, today: date) -> list[Window]:
        """The windows that one sync reads: from the state less the look-back, as far ahead as the resource goes."""
        resource = self.resource
        # Never less than what RTE still publishes and revises: a shorter look-back would miss it for good.
        look_back = max(resource.look_back_days, self.look_back_days or 0)
        begin = max(self._begin, period.starts(reach.begins(self._begin, look_back, today)))
        end = max(period.limit(today, part.look_ahead_days) for part in resource.parts)
        if self.end_day:
            end = min(end, self.end_day + timedelta(days=1))
        return period.windows(begin, end)

    @property
    def _begin(self) -> date:
        begin = max(self.start_day, self.resource.first_day or EARLIEST)
        return self.resource.period.starts(begin) if self.resource.period else begin

    def _read_windows(self, period: Period, state: State, reach: Reach) -> Iterator[Page | Checkpoint]:
        today, began = clock.paris_today(), clock.now()
        first_day = reach.known_then(self._begin)
        if left_out := reach.left_out(self._begin):
            logger.warning(f"{self.resource.stream}: {left_out} were not read and lie before the start date.")
        jobs = [job for window in self.windows(period, reach, today) for job in self._jobs(period, window, today)]
        # Calls that count are made one after the other, each window kept before the next is asked for.
        depth = 1 if self.resource.allowance else PAGES_AHEAD
        reached: dict[str, Any] = dict(state)
        # Threads wait for RTE; what they bring is made into records here, in order.
        for job, answers in prefetch(jobs, lambda job: self._fetch(period, job.part, job.asked), depth=depth):
            yield from self._pages(answers)
            if job.completes:
                until = paris_midnight(min(job.completes.end_day, today))
                reached = {**remembered(START, until, first_day, read_at=None), **self._calls()}
                yield Checkpoint(reached)
        yield Checkpoint({**reached, **remembered(START, None, first_day, began)})

    def _jobs(self, period: Period, window: Window, today: date) -> list[Job]:
        """The calls of a window, one a part that has something in it; the last one completes the window."""
        jobs = []
        for part in self.resource.parts:
            asked = window.clipped(period.limit(today, part.look_ahead_days))
            if asked:
                jobs.append(Job(part, asked.widened(period.shortest_days)))
        return [*jobs[:-1], *(replace(job, completes=window) for job in jobs[-1:])]

    def _pages(self, answers: Sequence[Answered]) -> list[Page]:
        """A page an answer; an empty one where RTE had none, as it answered all the same."""
        stream = self.resource.stream
        return [Page(stream, records_of(self.resource, body, asked)) for body, asked in answers] or [Page(stream)]

    def _read_what_there_is(self, state: State) -> Iterator[Page | Checkpoint]:
        """A resource without parameters: what it has at the moment; a day missed between two reads is lost."""
        pages = self._pages(self._undated(self.resource.parts[0]))
        yield from pages
        now = utc_text(clock.now())
        reached = {START: now, "read_at": now, **self._calls()}
        if self.resource.days_in:
            days = {date.fromisoformat(row[self.resource.days_in][:10]) for page in pages for row in page.records}
            reached["last_day"] = self._last_day(days, state.get("last_day"))
        yield Checkpoint(reached)

    def _last_day(self, days: set[date], before: str | None) -> str | None:
        """The last day that is read for good; warns of days that no read has had, and none will have any more."""
        final = {day for day in days if day <= clock.paris_today() + timedelta(days=self.resource.final_days_ahead)}
        if not final:
            return before
        if before:
            known = date.fromisoformat(before)
            between = (known + timedelta(days=n) for n in range(1, (max(final) - known).days))
            if lost := [day for day in between if day not in final]:
                span = str(lost[0]) if len(lost) == 1 else f"{lost[0]} to {lost[-1]}"
                logger.warning(
                    f"{self.resource.stream}: {span} was not read in time and is lost: RTE keeps no history of it. "
                    "Sync at least once a day."
                )
        return max([max(final).isoformat(), *([before] if before else [])])

    def _calls(self) -> dict[str, Any]:
        return {"calls": self.api.recent_calls(self.resource)} if self.resource.allowance else {}

    def _fetch(self, period: Period, part: Part, window: Window, tries: int = 12) -> list[Answered]:
        """The answers to one window; to its halves where the answer would be too large, or its end too far ahead.

        A window that RTE finds too short (F05) begins a day earlier. A last day that it refuses as too far ahead is
        asked for without dates: RTE then gives what it has of it.
        """
        try:
            calls = period.calls(window, clock.now())
            return [answer for call in calls for answer in self.api.answers(self.resource, call, part.params)]
        except SplitRequestWindow as split:
            if _too_far_ahead(split) and window.start_day >= clock.paris_today():
                return self._latest(part)
            halves = window.halves(period.shortest_days)
            if halves is None and _too_far_ahead(split) and window.end_day > clock.paris_today():
                return self._latest(part)
            if halves is None or not tries:
                raise split.error from split
            return [answer for half in halves for answer in self._fetch(period, part, half, tries - 1)]
        except Refusal as refused:
            if not refused.code.endswith("_F05") or not tries:
                raise
            earlier = Window(window.start_day - timedelta(days=1), window.end_day)
            return self._fetch(period, part, earlier, tries - 1)

    def _latest(self, part: Part) -> list[Answered]:
        """What RTE gives without dates; nothing where it wants dates."""
        try:
            return self._undated(part)
        except Refusal as refused:
            if refused.status != 400:
                raise
            return []

    def _undated(self, part: Part) -> list[Answered]:
        """The answer to a call without dates. Raises Refusal, also where RTE would have halves: there are none."""
        try:
            return self.api.answers(self.resource, {}, part.params)
        except SplitRequestWindow as split:
            raise split.error from split


def _is_day(text: Any) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except (TypeError, ValueError):
        return False


def _too_far_ahead(split: SplitRequestWindow) -> bool:
    """Whether RTE refused the end of the window (F04), not its length: what is too long may not be left out."""
    return isinstance(split.error, Refusal) and split.error.code.endswith("_F04")
