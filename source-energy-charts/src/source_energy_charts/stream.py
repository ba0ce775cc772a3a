"""The one mechanism behind every endpoint: what to ask for, scope by scope, and what to remember of each."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from airbyte_cdk.utils import AirbyteTracedException
from connector_kit import clock
from connector_kit.http import QuotaUsedUp, SplitRequestWindow
from connector_kit.pace import DAILY
from connector_kit.prefetch import prefetch
from connector_kit.reach import FIRST_DAY, READ_AT, Reach, remembered
from connector_kit.streams import Checkpoint, Description, Page
from connector_kit.windows import Window, tile

from source_energy_charts.answers import Columns, columns_of
from source_energy_charts.api import EnergyChartsApi
from source_energy_charts.endpoint import EARLIEST, Endpoint, Scope
from source_energy_charts.memory import PATIENCE, Gap, Memory
from source_energy_charts.places import private_prices
from source_energy_charts.records import Context, Record, records_of

logger = logging.getLogger("airbyte")

UNTIL, SCOPES = "until", "scopes"
# A series may come weeks late while the others go on, and no state tells. So the last month is read again, once a day:
# that is one call, as every sync makes it, only that its window is longer.
REVIEW_EVERY, REVIEWED_DAYS = DAILY, 31
# An old window that ends so much before its time has been cut off.
CUT_OFF = timedelta(days=1)
# One country may be at fault; two one after the other are the endpoint.
FAILURES_IN_A_ROW = 2
MINUTE = timedelta(minutes=1)
NEVER = datetime.min.replace(tzinfo=UTC)

State = Mapping[str, Any]


@dataclass(frozen=True)
class Job:
    """One call: a scope, its window if it has one, and whether it is the scope's last or asks for a gap again."""

    scope: Scope
    window: Window | None = None
    last: bool = True
    gap: bool = False


@dataclass
class Failures:
    """The scopes that failed, and whether the endpoint itself seems to be down."""

    of: dict[str, AirbyteTracedException] = field(default_factory=dict)
    in_a_row: int = 0

    def hold(self, scope: Scope) -> bool:
        """Whether a scope is not to be asked for any more."""
        return scope.name in self.of or self.in_a_row >= FAILURES_IN_A_ROW

    def raise_if_any(self, scopes: int) -> None:
        """Raises the first failure, and says how many of the scopes it left unread."""
        for failure in self.of.values():
            if scopes > 1:
                failure.message = f"{failure.message} {len(self.of)} of {scopes} failed: {', '.join(self.of)}."
            if scopes > len(self.of) and self.in_a_row >= FAILURES_IN_A_ROW:
                failure.message = f"{failure.message} What came after them was not asked for."
            raise failure


@dataclass(frozen=True)
class EnergyChartsStream:
    """An endpoint, ready to be read from ``start_day`` to ``end_day`` (both included; None: as far as there is data).

    The state holds under ``scopes``, for each country, zone, forecast or share,
    - ``until``: all before it has been read: where its slowest regularly filled series ends
    - ``first_day``: where reading once began; ``read_at``: when it was last read to its end
    - what :class:`~source_energy_charts.memory.Memory` tells
    and beside it the earliest of the first three, ``until`` under the cursor's name.
    """

    endpoint: Endpoint
    api: EnergyChartsApi
    scopes: Sequence[Scope]
    start_day: date
    end_day: date | None = None

    @property
    def description(self) -> Description:
        return self.endpoint.description

    def read(self, state: State) -> Iterator[Page | Checkpoint]:
        """Pages of what is new or may be revised, a checkpoint after each call."""
        states = self._states(state)
        now = clock.now()
        due = self._due(states, now)
        if not due:
            if self.scopes:
                logger.info(f"{self.endpoint.stream}: read a moment ago, nothing new to be expected yet")
            yield Checkpoint(state)
            return
        if self.endpoint.each == "zone" and (private := private_prices(scope.name for scope in due)):
            logger.warning(private)
        failures = Failures()
        with_data = {scope.name for scope in due if self._memory(states, scope).data_until}
        jobs = self._jobs(states, due, failures, now)
        # Threads would gain nothing: one call at a time, and the pause between two hides what is done with the first.
        for job, answer in prefetch(jobs, lambda job: self._fetch(job, failures, with_data, now), depth=1):
            if isinstance(answer, AirbyteTracedException):
                logger.error(f"{self.endpoint.stream}: {answer.message}")
                failed = replace(self._memory(states, job.scope), failed_at=now)
                states[job.scope.name] = {**states[job.scope.name], **failed.as_state()}
                continue
            yield from self._taken(states, job, answer, now)
        for scope in due:
            if not failures.hold(scope) and READ_AT not in states.get(scope.name, {}):
                states[scope.name] = {**states.get(scope.name, {}), **self._done(scope, states, now)}
        self._say_what_is_missing(states, due, now)
        yield Checkpoint(self._state(states))
        failures.raise_if_any(len(self.scopes))

    def _say_what_is_missing(self, states: Mapping[str, State], due: Sequence[Scope], now: datetime) -> None:
        """Once a day, after the gaps have been asked for."""
        for scope in due:
            memory = self._memory(states, scope)
            if memory.reviewed_at == now and (gaps := memory.gaps_to_ask(now)):
                logger.warning(_words_of(f"{self.endpoint.stream} of {scope.name}", gaps))

    # The state

    def _states(self, state: State) -> dict[str, dict[str, Any]]:
        """The states of the scopes; empty where somebody wrote something else there."""
        saved = state.get(SCOPES, {})
        if not isinstance(saved, Mapping):
            saved = getattr(saved, "__dict__", None)
        if saved is None or not all(isinstance(one, Mapping) for one in saved.values()):
            logger.warning(f"{self.endpoint.stream}: its state can't be read: it is read from its start.")
            return {}
        return {name: dict(one) for name, one in saved.items()}

    def _memory(self, states: Mapping[str, State], scope: Scope) -> Memory:
        return Memory.of(states.get(scope.name, {}), f"{self.endpoint.stream} {scope.name}")

    def _due(self, states: Mapping[str, State], now: datetime) -> list[Scope]:
        """The scopes to read, so that none waits for ever: the longest unread first, those that failed last."""

        def turn(scope: Scope) -> tuple[datetime, datetime]:
            return self._memory(states, scope).failed_at or NEVER, self._reach(states, scope).read_at or NEVER

        every = self.endpoint.read_every
        due = [scope for scope in self.scopes if self._reach(states, scope).due(now, every, self._begin)]
        return sorted(due, key=turn)

    def _reach(self, states: Mapping[str, State], scope: Scope) -> Reach:
        return Reach.of(states.get(scope.name, {}), UNTIL, f"{self.endpoint.stream} {scope.name}")

    def _state(self, states: Mapping[str, State]) -> dict[str, Any]:
        """What is remembered: of each scope, and of them all the earliest."""
        own = [states.get(scope.name, {}) for scope in self.scopes]
        earliest = {
            name: min(str(one[key]) for one in own)
            for name, key in ((self.endpoint.cursor, UNTIL), (READ_AT, READ_AT))
            if own and all(key in one for one in own)
        }
        began = [str(one[FIRST_DAY]) for one in own if FIRST_DAY in one]
        first_day = {FIRST_DAY: max(began)} if began else {}
        return {**earliest, **first_day, SCOPES: {name: dict(one) for name, one in states.items()}}

    def _done(self, scope: Scope, states: Mapping[str, State], now: datetime) -> dict[str, Any]:
        reach = self._reach(states, scope)
        return remembered(UNTIL, None, reach.first_day or self._begin, now)

    # What to ask for

    @property
    def _begin(self) -> date:
        return max(self.start_day, EARLIEST)

    def _jobs(
        self, states: dict[str, dict[str, Any]], due: Sequence[Scope], failures: Failures, now: datetime
    ) -> Iterator[Job]:
        """The calls of a sync, scope by scope; none more of a scope that has failed."""
        for scope in due:
            reach, memory = self._reach(states, scope), self._memory(states, scope)
            if self._anew(reach):
                memory = replace(memory, reviewed_at=None, gaps=())
            review = memory.reviewed_at is None or not timedelta() <= now - memory.reviewed_at < REVIEW_EVERY
            if left_out := reach.left_out(self._begin):
                logger.warning(
                    f"{self.endpoint.stream}: {left_out} of {scope.name} were not read and lie before the start date."
                )
            windows = self._windows(reach, review)
            # From now on it is not read to its end, until it is.
            states[scope.name] = self._from(reach, replace(memory, reviewed_at=None) if review else memory)
            jobs = [Job(scope, window, window is windows[-1]) for window in windows]
            # What is new goes first: where a few calls an hour are all there is, gaps must not take them.
            gaps = [Job(scope, gap.window, last=False, gap=True) for gap in memory.gaps_to_ask(now) if review]
            for job in [*jobs, *gaps]:
                if not failures.hold(scope):
                    yield job

    def _anew(self, reach: Reach) -> bool:
        """Whether a scope is to be read from the start day."""
        return reach.reads_anew(self._begin) or reach.until_day is None or reach.until_day < self._begin

    def _from(self, reach: Reach, memory: Memory) -> dict[str, Any]:
        """The state with which the reading of a scope begins: what it has, if it goes on from there."""
        until = None if self._anew(reach) else reach.until
        return {**remembered(UNTIL, until, reach.known_then(self._begin), None), **memory.as_state()}

    def _windows(self, reach: Reach, review: bool) -> Sequence[Window | None]:
        """What to ask for of one scope: windows of Paris days, years, or nothing but what there is."""
        if self.endpoint.asked == "moment":
            return [None]
        today = clock.paris_today()
        begin = reach.begins(self._begin, self.endpoint.look_back_days, today)
        end = today + timedelta(days=1 + self.endpoint.look_ahead_days)
        if self.end_day:
            end = min(end, self.end_day + timedelta(days=1))
        if review:
            begin = max(self._begin, min(begin, end - timedelta(days=REVIEWED_DAYS)))
        if begin >= end:
            return []
        if self.endpoint.asked == "instants":
            return tile(begin, end, longest_days=self.endpoint.longest_days)
        years = [Window(date(year, 1, 1), date(year + 1, 1, 1)) for year in range(begin.year, end.year + 1)]
        return [Window(max(year.start_day, begin), min(year.end_day, end)) for year in years if year.start_day < end]

    # One call

    def _fetch(
        self, job: Job, failures: Failures, with_data: set[str], began: datetime
    ) -> list[Columns] | AirbyteTracedException:
        """The answers to a call; the failure where only this scope is to suffer from it. Raises QuotaUsedUp.

        What lacks a part of its history is asked for once more: some answers are empty by mistake. A country that has
        never had anything is not, nor is what comes behind a hole.
        """
        try:
            found = self._answers(job.scope, job.window)
            if job.scope.name in with_data and self._is_doubtful(job, found, began):
                found = max(found, self._answers(job.scope, job.window), key=_ends)
                with_data.discard(job.scope.name)
            if _ends(found) > NEVER:
                with_data.add(job.scope.name)
        except QuotaUsedUp:
            raise
        except AirbyteTracedException as failure:
            failures.of[job.scope.name] = failure
            failures.in_a_row += 1
            return failure
        failures.in_a_row = 0
        return found

    def _is_doubtful(self, job: Job, found: Sequence[Columns], began: datetime) -> bool:
        """Whether a whole window of the history lacks something for the first time."""
        if job.window is None or job.gap or job.window.end_at > began - PATIENCE:
            return False
        return _missing(job.window, found, began)

    def _answers(self, scope: Scope, window: Window | None) -> list[Columns]:
        """One answer; of two halves where the window is too large for one."""
        try:
            body = self.api.answer(self.endpoint, scope, self._params(window))
        except SplitRequestWindow as split:
            halves = window.halves(1) if window and self.endpoint.asked == "instants" else None
            if halves is None:
                raise split.error from split
            return [answer for half in halves for answer in self._answers(scope, half)]
        return [] if body is None else [columns_of(self.endpoint, body)]

    def _params(self, window: Window | None) -> Mapping[str, str]:
        """Bounds as UTC instants, so that windows tile: a day would be taken in local time, and the end is included."""
        if window is None:
            return {}
        if self.endpoint.asked == "year":
            return {"year": str(window.start_day.year)}
        return {"start": _minute(window.start_at), "end": _minute(window.end_at - MINUTE)}

    # What comes back

    def _taken(
        self, states: dict[str, dict[str, Any]], job: Job, answers: Sequence[Columns], began: datetime
    ) -> Iterator[Page | Checkpoint]:
        stream, context = self.endpoint.stream, Context(job.scope, clock.now())
        for columns in answers:
            yield Page(stream, self._kept(job, records_of(self.endpoint, columns, context)))
        if not answers:
            yield Page(stream)  # it answered all the same
        reach = self._reach(states, job.scope)
        until = reach.until if job.gap else self._until(reach, job.window, answers, began)
        memory = self._learnt(self._memory(states, job.scope), job, answers, began, reach.until)
        read_at = began if job.last else reach.read_at if job.gap else None
        read = remembered(UNTIL, until, reach.first_day or self._begin, read_at)
        states[job.scope.name] = {**read, **memory.as_state()}
        yield Checkpoint(self._state(states))

    def _learnt(
        self, memory: Memory, job: Job, answers: Sequence[Columns], began: datetime, read_until: datetime | None
    ) -> Memory:
        """What is remembered of a scope after one of its calls."""
        if job.last:
            memory = replace(memory, failed_at=None, reviewed_at=memory.reviewed_at or began)
        if job.window is None:
            return replace(memory, reviewed_at=None)
        newest = min(_ends(answers), job.window.end_at.astimezone(UTC))
        if newest > job.window.start_at:
            memory = replace(memory, data_until=max(newest, memory.data_until or newest))
        missing = _missing(job.window, answers, began, None if job.gap else read_until)
        return replace(memory, gaps=memory.gaps_then(job.window, missing, began))

    def _kept(self, job: Job, records: list[Record]) -> list[Record]:
        """Of a whole year, which is all that can be asked for, the days of the window."""
        if self.endpoint.asked != "year" or job.window is None:
            return records
        first, end = job.window.start_day.isoformat(), job.window.end_day.isoformat()
        return [record for record in records if first <= record[self.endpoint.cursor] < end]

    def _until(
        self, reach: Reach, window: Window | None, answers: Sequence[Columns], began: datetime
    ) -> datetime | None:
        """All before this instant has been read, as far as it was there to be read."""
        if window is None:
            return began
        ends = [end for columns in answers if (end := columns.complete_until()) is not None]
        found = [min(datetime.fromtimestamp(max(ends), UTC), window.end_at)] if ends else []
        given_up = min(window.end_at, began - PATIENCE)
        if given_up > window.start_at:
            found.append(given_up)
        return max([*found, *([reach.until] if reach.until else [])], default=None)


def _ends(answers: Sequence[Columns]) -> datetime:
    """Where the last value of any series ends; NEVER without any."""
    ends = [end for columns in answers if (end := columns.data_until()) is not None]
    return datetime.fromtimestamp(max(ends), UTC) if ends else NEVER


def _missing(window: Window, answers: Sequence[Columns], began: datetime, read_until: datetime | None = None) -> bool:
    """Whether a window lacks what is so old that it is not waited for, and was not given up before."""
    reached = max(_ends(answers), window.start_at, read_until or NEVER)
    return min(window.end_at, began - PATIENCE) - reached > CUT_OFF


def _words_of(what: str, gaps: Sequence[Gap]) -> str:
    days = ", ".join(f"{gap.start_day} to {gap.end_day - timedelta(days=1)}" for gap in gaps)
    last = max(gap.seen for gap in gaps) + PATIENCE
    return f"{what} has nothing, or not all, of {days}. It is asked for again once a day until {last:%Y-%m-%d}."


def _minute(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%MZ}"
