"""The mechanism behind every stream: which days or runs to read, how to read them, what to remember."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from typing import Any

from airbyte_cdk.models import FailureType
from connector_kit import clock
from connector_kit.http import LeftToNextSync, QuotaUsedUp, Refusal
from connector_kit.instants import utc_text
from connector_kit.prefetch import prefetch
from connector_kit.reach import Reach, remembered
from connector_kit.streams import Checkpoint, Description, Page
from connector_kit.windows import Window, tile

from source_weather.answers import IsWhole, Places, RunUnavailable, places_of, records_of
from source_weather.api import OpenMeteo
from source_weather.points import POINTS
from source_weather.product import Product

logger = logging.getLogger("airbyte")

# The free service answers one call of an address at a time and has a few others wait.
PAGES_AHEAD = 2
# Days without any value may still get some, if they are as young; older ones are from before a model began.
STILL_TO_COME = timedelta(days=30)
NEVER_BEGAN, NEVER_ENDS = "", "~"  # before and after every time there is

State = Mapping[str, Any]


@dataclass(frozen=True)
class Options:
    """How far ahead forecasts look (days), and which runs of which model are read (hours, UTC)."""

    forecast_days: int = 7
    run_model: str = "ecmwf_ifs"
    run_hours: Sequence[int] = (0,)


@dataclass(frozen=True)
class Fetched:
    """An answer, and when it was asked for."""

    places: Places
    at: datetime


@dataclass(frozen=True)
class WeatherStream:
    """A product, ready to be read for all points from ``start_day`` to ``end_day`` (included; None: as far as it goes).

    The state holds the cursor (all before it is read), ``first_day`` and ``read_at`` (see connector_kit.reach), and
    ``calls``, the weights spent of late where the free limits are kept.
    """

    product: Product
    api: OpenMeteo
    start_day: date
    end_day: date | None = None
    options: Options = Options()

    @property
    def description(self) -> Description:
        return self.product.description

    def read(self, state: State) -> Iterator[Page | Checkpoint]:
        """Pages of what is new or may be revised, a checkpoint after each window."""
        reach = Reach.of(state, self.product.cursor, self.product.stream, UTC)
        if reach == Reach(zone=UTC):
            state = {}
        if not self._due(state, reach):
            logger.info(f"{self.product.stream}: read a moment ago, nothing new to be expected yet")
            yield Checkpoint(state)
            return
        if left_out := reach.left_out(self._begin):
            logger.warning(f"{self.product.stream}: {left_out} were not read and lie before the start date.")
        reached = state
        try:
            for event in self._reading(state, reach):
                if isinstance(event, Checkpoint):
                    reached = event.state
                    event = Checkpoint({**reached, **self.api.recent_calls()})
                yield event
        except QuotaUsedUp:
            yield Checkpoint({**reached, **self.api.recent_calls()})
            raise

    def _reading(self, state: State, reach: Reach) -> Iterator[Page | Checkpoint]:
        return self._read_days(state, reach)

    def _due(self, state: State, reach: Reach) -> bool:
        return reach.due(clock.now(), self.product.read_every, self._begin)

    @property
    def _begin(self) -> date:
        return max(self.start_day, self.product.first_day or self.start_day)

    @property
    def _last(self) -> str:
        """No time is later than this."""
        return f"{self.end_day.isoformat()}T23:59:59Z" if self.end_day else NEVER_ENDS

    # Days

    def windows(self, reach: Reach, today: date) -> list[Window]:
        """UTC days to read: from the reach less the look-back, up to today or the last whole day."""
        begin = reach.begins(self._begin, self.product.look_back_days, today)
        end = today if self.product.whole_days else today + timedelta(days=1)
        if self.end_day:
            end = min(end, self.end_day + timedelta(days=1))
        return tile(begin, end, longest_days=self.product.longest_days)

    def _read_days(self, state: State, reach: Reach) -> Iterator[Page | Checkpoint]:
        began, cursor = clock.now(), self.product.cursor
        first_day = reach.known_then(self._begin)
        reached = dict(state)
        windows = self.windows(reach, began.date())
        for window, fetched in prefetch(windows, self._fetch_days, depth=PAGES_AHEAD):
            # The archive fills the rest of today with forecasts: they are another stream's.
            yield self._page(fetched, (NEVER_BEGAN, min(utc_text(fetched.at), self._last)))
            until = self._until(window, fetched, reach.until_day)
            reached = remembered(cursor, until, first_day, read_at=None)
            yield Checkpoint(reached)
        yield Checkpoint({**reached, **remembered(cursor, None, first_day, began)})

    def _fetch_days(self, window: Window) -> Fetched:
        """The answer to a window; to one without its last day where Open-Meteo's clock has not reached that."""
        today, last_day = clock.now().date(), window.end_day - timedelta(days=1)
        period = {"start_date": window.start_day.isoformat(), "end_date": last_day.isoformat()}
        history = window.end_day <= today - timedelta(days=self.product.look_back_days)
        ends = period["start_date"], period["end_date"]

        def is_whole(times: Sequence[str]) -> bool:
            return len(times) == window.days * self.product.per_day and (times[0][:10], times[-1][:10]) == ends

        try:
            return self._fetch(period, window.days, is_whole, history=history)
        except Refusal as refused:
            if last_day < today or window.days == 1 or "'end_date' is out of allowed range" not in str(refused.message):
                raise
            return self._fetch_days(Window(window.start_day, last_day))

    def _until(self, window: Window, fetched: Fetched, read_before: date | None) -> datetime:
        """The end of the window or the begin of today; sooner where the last days have no values yet."""
        today = fetched.at.date()
        until = min(window.end_day, today)
        if until > today - STILL_TO_COME:
            last = fetched.places.last_with_values()
            valued = date.fromisoformat(last[:10]) + timedelta(days=1) if last else window.start_day
            until = min(until, max(valued, window.start_day, read_before or window.start_day))
        return _midnight(until)

    # What all have

    def _fetch(self, period: Mapping[str, str], days: int, is_whole: IsWhole, *, history: bool = False) -> Fetched:
        at = clock.now()
        answer = self.api.answer(self.product, POINTS, period, days, is_whole=is_whole, history=history)
        return Fetched(places_of(answer, POINTS, self.product.section, self.product.variables), at)

    def _page(self, fetched: Fetched, span: tuple[str, str], **constants: Any) -> Page:
        names = (self.product.when.name, *(variable.name for variable in self.product.variables))
        same = {**constants, "fetched_at": utc_text(fetched.at)}
        drops = self.product.drops_empty
        return Page(self.product.stream, records_of(fetched.places, POINTS, names, same, span, drops_empty=drops))


class LatestStream(WeatherStream):
    """The latest forecast, read as a whole: some days back, so that it overlaps an archive that is late, and ahead."""

    def _reading(self, state: State, reach: Reach) -> Iterator[Page | Checkpoint]:
        now = clock.now()
        past_days = min(max((now.date() - self._begin).days, 0), self.product.look_back_days)
        if not self.end_day or self.end_day >= now.date() - timedelta(days=past_days):
            ahead = self.options.forecast_days
            period = {"past_days": str(past_days), "forecast_days": str(ahead)}
            days = past_days + ahead
            times = days * self.product.per_day
            # Their days are those of Open-Meteo's clock, which may be beyond midnight already.
            yield self._page(self._fetch(period, days, lambda given: len(given) == times), (NEVER_BEGAN, self._last))
        yield Checkpoint(remembered(self.product.cursor, now, reach.known_then(self._begin), now))


@dataclass
class Failures:
    """Runs that failed after all tries. ``since``: those that others were read after, with the time they first failed.

    ``in_a_row``: those since a run was last answered: they alone may be broken, or the service.
    """

    since: dict[datetime, datetime]
    in_a_row: dict[datetime, Refusal] = field(default_factory=dict)
    passed_by: dict[datetime, Refusal] = field(default_factory=dict)

    def add(self, run: datetime, refused: Refusal) -> None:
        """Raises the first refusal where too many came one after the other."""
        self.in_a_row[run] = refused
        if len(self.in_a_row) == ALL_FAIL:
            raise next(iter(self.in_a_row.values()))

    def pass_by(self, answered: datetime, now: datetime) -> None:
        """Those in a row failed on their own, as another run is answered."""
        self.passed_by |= self.in_a_row
        self.since |= {run: self.since.get(run, now) for run in self.in_a_row}
        self.in_a_row = {}
        self.since.pop(answered, None)

    def remembered(self) -> dict[str, Any]:
        return (
            {"failed": {utc_text(run): utc_text(self.since[run]) for run in sorted(self.since)}} if self.since else {}
        )

    def raise_any(self) -> None:
        """Raises one of the refusals, with the names of all these runs."""
        if failed := {**self.passed_by, **self.in_a_row}:
            refused, *_ = failed.values()
            runs = ", ".join(utc_text(run) for run in sorted(failed))
            refused.message = f"{refused.message} It was about {runs}; all other runs are read."
            raise refused


class RunsStream(WeatherStream):
    """Model runs, each whole; days are those of their issue.

    A run that is missing or not yet whole is asked for again within the look-back. One that fails for good is passed
    by, said at the end, and asked for again for as many days. The state holds also ``runs``, what was read
    (``ecmwf_ifs 0``): another model or other hours are read from the start; ``again``, the runs that are to be asked
    for again; and ``failed``, runs that failed, with the time when they first did.
    """

    def _due(self, state: State, reach: Reach) -> bool:
        return state.get("runs") != self._which or super()._due(state, reach)

    def _reading(self, state: State, reach: Reach) -> Iterator[Page | Checkpoint]:
        began, cursor = clock.now(), self.product.cursor
        if state and state.get("runs") != self._which:
            reach, state = Reach(zone=UTC), {}
        first_day = reach.known_then(self._begin)
        until = None if reach.reads_anew(self._begin) else reach.until
        if until and until > began:  # written by a clock that was wrong
            until = began - timedelta(days=self.product.look_back_days)
        again = set(self._runs_in(state, "again", began)) if until else set()
        failures = Failures(self._runs_in(state, "failed", began) if until else {})
        reached = dict(state)
        runs = self.runs(until, again | failures.since.keys(), began)
        for run, fetched in prefetch(runs, self._fetch_run, depth=PAGES_AHEAD):
            if isinstance(fetched, Refusal):
                failures.add(run, fetched)
                continue
            failures.pass_by(run, began)
            again.discard(run)
            if fetched:
                issued_at = utc_text(run)
                yield self._page(fetched, (issued_at, NEVER_ENDS), model=self.options.run_model, issued_at=issued_at)
            else:
                logger.info(f"{self.product.stream}: {utc_text(run)} is not there")
                yield Page(self.product.stream)
            if began - run < self._asked_again_for(fetched):
                again.add(run)
            until = max(until or run, run + timedelta(hours=1))
            waiting = {"runs": self._which, "again": [utc_text(one) for one in sorted(again)]}
            reached = {**remembered(cursor, until, first_day, read_at=None), **waiting, **failures.remembered()}
            yield Checkpoint(reached)
        failures.raise_any()
        yield Checkpoint({"runs": self._which, **reached, **remembered(cursor, None, first_day, began)})

    def runs(self, until: datetime | None, again: set[datetime], now: datetime) -> list[datetime]:
        """The runs to ask for, oldest first: those from ``until`` on, and ``again``."""
        first = max(until.date(), self._begin) if until else self._begin
        last = min(self.end_day or now.date(), now.date())
        days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
        new = [_midnight(day) + timedelta(hours=hour) for day in days for hour in self.options.run_hours]
        come_in = {run for run in new if run + FIRST_PART_AFTER <= now and (not until or run >= until)}
        return sorted(come_in | {run for run in again if run.date() <= last})

    def _fetch_run(self, run: datetime) -> Fetched | Refusal | None:
        """The run; None where it is not there; the refusal where it alone may be broken, after all tries."""
        ahead = self.options.forecast_days
        period = {"run": f"{run:%Y-%m-%dT%H:%M}", "models": self.options.run_model, "forecast_days": str(ahead)}
        history = clock.now() - run > timedelta(days=self.product.look_back_days)
        last_hour = f"{run.date() + timedelta(days=ahead - 1)}T23:00"

        def is_whole(times: Sequence[str]) -> bool:
            # Whether it begins with its day or its hour is not established. One without any time is not there.
            return not times or (times[0] <= period["run"] and times[-1] >= last_hour)

        try:
            fetched = self._fetch(period, ahead, is_whole, history=history)
        except RunUnavailable:
            return None
        except LeftToNextSync:
            raise
        except Refusal as refused:
            if refused.failure_type != FailureType.transient_error:
                raise
            return refused
        return fetched if fetched.places.times else None

    def _runs_in(self, state: State, name: str, now: datetime) -> dict[datetime, datetime]:
        """The runs that the state tells to ask for again, with the time from which the look-back is counted.

        None where somebody wrote into the state what is no time.
        """
        look_back = timedelta(days=self.product.look_back_days)
        told = state.get(name) or ()
        try:
            since = told if isinstance(told, Mapping) else {text: text for text in told}
            runs = {_instant(run): _instant(at) for run, at in since.items()}
        except (TypeError, ValueError) as problem:
            logger.warning(f"{self.product.stream}: the runs to ask for again can't be read ({problem}).")
            return {}
        for run in sorted(run for run, at in runs.items() if now - at >= look_back):
            logger.warning(f"{self.product.stream}: {utc_text(run)} did not come in {look_back.days} days: left out")
        return {run: at for run, at in runs.items() if now - at < look_back}

    def _asked_again_for(self, fetched: Fetched | None) -> timedelta:
        """How long after its time a run is asked for again: missing, not whole, or whole and so never."""
        if fetched is None:
            return timedelta(days=self.product.look_back_days)
        whole = fetched.places.last_with_values() == fetched.places.times[-1]
        return timedelta() if whole else WHOLE_AFTER

    @property
    def _which(self) -> str:
        return " ".join([self.options.run_model, *map(str, sorted(set(self.options.run_hours)))])


# A run comes in after five to seven hours, its first three days before the rest; later than that it won't grow.
FIRST_PART_AFTER = timedelta(hours=5)
WHOLE_AFTER = timedelta(hours=24)
# So many runs one after the other that fail: it is the service and not a run, and waiting for each of them is in vain.
ALL_FAIL = 3

STREAMS = {"days": WeatherStream, "latest": LatestStream, "runs": RunsStream}


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, clock_time(), UTC)
