"""How a resource is asked for a period of time. Pure: windows of whole Paris days in, parameters of calls out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from connector_kit.instants import utc_text
from connector_kit.windows import Window, paris_midnight, tile

Params = Mapping[str, str]

# RTE refuses a publication period that ends now or later.
PUBLICATION_DELAY = timedelta(minutes=1)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """How far one call may reach, in Paris days, and how it says so.

    ``longest_days``/``shortest_days``: what RTE takes (F03 and F05 beyond), a day being 24 hours to it.
    ``limit``: the first day not to ask for, from today and the days that the resource looks ahead.
    ``starts``: the day to begin with, where a calendar period must be whole.
    ``calls``: the parameters of the calls that a window takes, mostly one.
    """

    longest_days: int
    shortest_days: int = 1
    limit: Callable[[date, int], date] = lambda today, ahead: today + timedelta(days=ahead)
    starts: Callable[[date], date] = lambda day: day
    cut: Callable[[date, date], Iterator[Window]] | None = None
    calls: Callable[[Window, datetime], Sequence[Params]] = lambda window, now: [bounds(window.start_at, window.end_at)]

    def windows(self, begin: date, end: date) -> list[Window]:
        """Windows that tile the days from ``begin`` to ``end`` (excluded), of lengths that RTE takes."""
        if self.cut:
            return list(self.cut(begin, end))
        return tile(begin, end, longest_days=self.longest_days, shortest_days=self.shortest_days)


def bounds(start: datetime, end: datetime) -> Params:
    """Both bounds, each with the offset valid at it (requests sends the ``+`` as ``%2B``, as RTE wants)."""
    return {"start_date": start.isoformat(), "end_date": end.isoformat()}


def _next_year(day: date) -> date:
    return date(day.year + 1, 1, 1)


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _calendar(begin: date, end: date, following: Callable[[date], date]) -> Iterator[Window]:
    while begin < end:
        yield Window(begin, following(begin))
        begin = following(begin)


def _instants(window: Window, now: datetime) -> Sequence[Params]:
    """24 hours at most: the day of 25 is asked for in two, cut where its clock goes back.

    So the answer tells the two passages of its repeated hour apart, though it writes times without an offset. Of a
    window that was widened, the last piece is 24 hours too, for less may be refused.
    """
    start, end = window.start_at.astimezone(UTC), window.end_at.astimezone(UTC)
    if window.days == 1 and window.elapsed > DAY:
        change = start + timedelta(hours=3)
        return [_utc_bounds(start, change), _utc_bounds(change, end)]
    if window.days == 1:
        return [bounds(window.start_at, window.end_at)]
    pieces = (window.elapsed - timedelta(seconds=1)) // DAY
    begins = [*(start + n * DAY for n in range(pieces)), end - DAY]
    return [_utc_bounds(begin, begin + DAY) for begin in begins]


def _utc_bounds(start: datetime, end: datetime) -> Params:
    return {"start_date": utc_text(start), "end_date": utc_text(end)}


def _publications(window: Window, now: datetime) -> Sequence[Params]:
    """Only ``Z`` is understood, and the end must have passed."""
    end = min(window.end_at.astimezone(UTC), (now - PUBLICATION_DELAY).astimezone(UTC)).replace(microsecond=0)
    start = window.start_at.astimezone(UTC)
    return [_utc_bounds(start, end)] if start < end else []


def days(longest: int) -> Period:
    """Whole Paris days, ``longest`` at most."""
    return Period(longest_days=longest)


YEAR = Period(
    longest_days=366,
    limit=lambda today, ahead: _next_year(today + timedelta(days=ahead)),
    starts=lambda day: date(day.year, 1, 1),
    cut=lambda begin, end: _calendar(begin, end, _next_year),
)
# One that RTE takes whole only, and refuses half of (F05).
WHOLE_YEAR = replace(YEAR, shortest_days=365)

MONTH = Period(
    # Past months only; a month goes by its name.
    longest_days=31,
    shortest_days=28,
    limit=lambda today, ahead: (today + timedelta(days=ahead)).replace(day=1),
    starts=lambda day: day.replace(day=1),
    cut=lambda begin, end: _calendar(begin, end, _next_month),
    calls=lambda window, now: [{"application_month": f"{window.start_day:%Y-%m}"}],
)

ONE_DAY_OF_INSTANTS = Period(longest_days=1, shortest_days=0, calls=_instants)

ONE_DATE = Period(
    # One instant names the day.
    longest_days=1,
    shortest_days=0,
    calls=lambda window, now: [{"date": utc_text(paris_midnight(window.start_day))}],
)


def publications(longest: int) -> Period:
    """What was published in a period of whole Paris days, the last one up to now."""
    return Period(longest_days=longest, calls=_publications)
