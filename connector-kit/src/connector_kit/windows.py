"""Windows of whole Paris days: pure functions, no clock and no network.

RTE serves whole calendar days of French local time. A bound that is not at Paris midnight silently loses a day
of each window, and a window shorter than 24 hours (one day on the spring clock change) is refused, so a window
is made of days, not of instants, and takes at each bound the offset that is valid there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from connector_kit.clock import PARIS


def paris_midnight(day: date) -> datetime:
    """Local midnight that begins ``day`` in Paris, with the offset valid at that instant."""
    return datetime.combine(day, time.min, tzinfo=PARIS)


@dataclass(frozen=True, order=True)
class Window:
    """Paris days from ``start_day`` (included) to ``end_day`` (excluded)."""

    start_day: date
    end_day: date

    def __post_init__(self) -> None:
        if self.end_day <= self.start_day:
            raise ValueError(f"A window needs at least one day: {self.start_day} to {self.end_day}.")

    @property
    def start_at(self) -> datetime:
        return paris_midnight(self.start_day)

    @property
    def end_at(self) -> datetime:
        return paris_midnight(self.end_day)

    @property
    def days(self) -> int:
        return (self.end_day - self.start_day).days

    @property
    def elapsed(self) -> timedelta:
        """Real duration: 23 hours for the spring day, 25 for the autumn one."""
        # Both bounds share one tzinfo, so a plain subtraction would compare wall clocks: go through UTC.
        return self.end_at.astimezone(UTC) - self.start_at.astimezone(UTC)

    def lasts(self, shortest_days: int) -> bool:
        """Whether the window is long enough for an API that counts days as 24 hours."""
        return self.elapsed >= timedelta(days=shortest_days)

    def widened(self, shortest_days: int) -> Window:
        """The window, begun earlier where it is too short: re-reading a day does no harm."""
        window = self
        while not window.lasts(shortest_days):
            window = Window(window.start_day - timedelta(days=1), window.end_day)
        return window

    def clipped(self, end_day: date) -> Window | None:
        """The part before ``end_day``, or None where nothing is left."""
        if end_day <= self.start_day:
            return None
        return Window(self.start_day, min(self.end_day, end_day))

    def halves(self, shortest_days: int) -> tuple[Window, Window] | None:
        """Two windows that tile this one, or None where either would be too short to ask for."""
        middle = self.start_day + timedelta(days=self.days // 2)
        if middle == self.start_day:
            return None
        halves = Window(self.start_day, middle), Window(middle, self.end_day)
        return halves if all(half.lasts(shortest_days) for half in halves) else None

    def __str__(self) -> str:
        return f"{self.start_day} to {self.end_day}"


def tile(start_day: date, end_day: date, *, longest_days: int, shortest_days: int = 1) -> list[Window]:
    """Windows that tile ``[start_day, end_day)`` in order, none longer or shorter than the API takes.

    Where the whole span is too short, its one window begins earlier. An empty span gives no window.
    Raises ValueError where no tiling can exist (``longest_days`` must be at least twice ``shortest_days``).
    """
    if longest_days < 2 * shortest_days:
        raise ValueError(f"Windows of {shortest_days} to {longest_days} days can't tile every span.")
    windows = list(_longest_first(start_day, end_day, longest_days))
    if not windows or windows[-1].lasts(shortest_days):
        return windows
    last = windows.pop().widened(shortest_days)
    if windows:
        windows[-1] = Window(windows[-1].start_day, last.start_day)
    return [*windows, last]


def _longest_first(start_day: date, end_day: date, longest_days: int) -> Iterator[Window]:
    while start_day < end_day:
        stop = min(start_day + timedelta(days=longest_days), end_day)
        yield Window(start_day, stop)
        start_day = stop
