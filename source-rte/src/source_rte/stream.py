"""The one mechanism behind every resource: which windows to read, how to read one, what to remember."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from connector_kit import clock
from connector_kit.http import ApiClient, EmptyAnswer, SplitRequestWindow
from connector_kit.instants import utc_text
from connector_kit.prefetch import prefetch
from connector_kit.streams import Checkpoint, Description, Page
from connector_kit.windows import Window, paris_midnight, tile

from source_rte.records import records_of
from source_rte.resources import Part, Resource

PAGES_AHEAD = 3


@dataclass(frozen=True)
class RteStream:
    """A resource, ready to be read from ``start_day`` to ``end_day`` (both included; None: as far as RTE goes)."""

    resource: Resource
    client: ApiClient
    start_day: date
    end_day: date | None = None
    look_back_days: int | None = None

    @property
    def description(self) -> Description:
        return self.resource.description

    def read(self, state: Mapping[str, Any]) -> Iterator[Page | Checkpoint]:
        """Pages of the windows that are new or may be revised, a checkpoint after each.

        The state holds ``start_date``: the UTC end of the last complete Paris day read (the look-back goes on from it),
        and ``first_day``: where reading once began, so that an earlier start is noticed and read from anew.
        """
        if not self.resource.has_history:
            yield Page(self.resource.stream, self._fetch(Part({}), None))
            yield Checkpoint({"start_date": utc_text(clock.now())})
            return
        today = clock.paris_today()
        windows = self.windows(state, today)
        for window, records in prefetch(windows, lambda window: self._fetch_window(window, today), depth=PAGES_AHEAD):
            yield Page(self.resource.stream, records)
            reached = utc_text(paris_midnight(min(window.end_day, today)))
            yield Checkpoint(
                {"start_date": reached, "first_day": min(self._known_from(state), self._begin).isoformat()}
            )

    def windows(self, state: Mapping[str, Any], today: date) -> list[Window]:
        """The windows that one sync reads: from the state less the look-back, as far ahead as the resource goes."""
        resource = self.resource
        begin = self._begin
        if (saved := state.get("start_date")) and self._known_from(state) <= begin:
            read_until = datetime.fromisoformat(saved).astimezone(clock.PARIS).date()
            look_back = resource.look_back_days if self.look_back_days is None else self.look_back_days
            begin = max(begin, min(read_until, today) - timedelta(days=look_back))
        end = today + timedelta(days=max(part.look_ahead_days for part in resource.parts))
        if self.end_day:
            end = min(end, self.end_day + timedelta(days=1))
        return tile(begin, end, longest_days=resource.longest_days, shortest_days=resource.shortest_days)

    @property
    def _begin(self) -> date:
        return max(self.start_day, self.resource.first_day or self.start_day)

    def _known_from(self, state: Mapping[str, Any]) -> date:
        """The day from which on the state has all; an earlier start means reading anew."""
        return date.fromisoformat(state["first_day"]) if "first_day" in state else self._begin

    def _fetch_window(self, window: Window, today: date) -> list[dict[str, Any]]:
        records: list[dict[str, Any]] = []
        for part in self.resource.parts:
            asked = window.clipped(today + timedelta(days=part.look_ahead_days))
            if asked:
                records += self._fetch(part, asked.widened(self.resource.shortest_days))
        return records

    def _fetch(self, part: Part, window: Window | None) -> list[dict[str, Any]]:
        """The records of one call; of its halves where the answer would be too large, or its end too far ahead.

        A last day that RTE refuses as too far ahead is asked for without dates: RTE then gives what it has of it.
        """
        bounds = {} if window is None else _bounds(window)
        try:
            return records_of(self.resource, self.client.get(self.resource.path, {**part.params, **bounds}))
        except EmptyAnswer:
            return []
        except SplitRequestWindow as split:
            halves = window.halves(self.resource.shortest_days) if window else None
            if halves is None and window and window.end_day > clock.paris_today():
                return self._fetch(part, None)
            if halves is None:
                raise split.error from split
            return [record for half in halves for record in self._fetch(part, half)]


def _bounds(window: Window) -> dict[str, str]:
    """Paris midnights, each with the offset valid at it (requests sends the ``+`` as ``%2B``, as RTE wants)."""
    return {"start_date": window.start_at.isoformat(), "end_date": window.end_at.isoformat()}
