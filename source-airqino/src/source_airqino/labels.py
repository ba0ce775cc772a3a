"""AirQino's labels, which have no zone, as instants: read as UTC, or by the clock of the station."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

CLOCKS = ("utc", "local")


@dataclass(frozen=True)
class Moment:
    """``at`` in UTC; ``possible`` is false where the clock of the station never showed the label."""

    at: datetime
    possible: bool = True


@dataclass(frozen=True)
class Labels:
    """How the labels of a station are read: ``clock`` is utc or local.

    A label that the clock shows twice, in autumn, is the first time unless the labels have gone back. Of hourly values
    the second 02:00 is enough (``back`` 0); single readings come twice now and then, and their labels must go back by
    half an hour to mean it. One that the clock skips, in spring, is taken as if it had not been put forward.
    """

    clock: str
    zone: ZoneInfo
    back: timedelta = timedelta()

    def moments(self, labels: Iterable[str]) -> Iterator[Moment]:
        """The moment of each label, in their order. Raises ValueError where one is no time."""
        before: datetime | None = None
        second = False
        for text in labels:
            shown = datetime.fromisoformat(text)
            if shown.tzinfo is not None:
                yield Moment(shown.astimezone(UTC))
                continue
            if self.clock == "utc":
                yield Moment(shown.replace(tzinfo=UTC))
                continue
            twice = _offset(shown, self.zone, 0) > _offset(shown, self.zone, 1)
            gone_back = before is not None and shown <= before - self.back
            second = twice and (second or gone_back)
            before = shown
            yield self._local(shown, second)

    def _local(self, shown: datetime, second: bool) -> Moment:
        at = shown.replace(tzinfo=self.zone, fold=int(second)).astimezone(UTC)
        return Moment(at, at.astimezone(self.zone).replace(tzinfo=None) == shown)

    def shown(self, at: datetime) -> datetime:
        """What the clock of the labels shows at an instant, without a zone: how the service is asked."""
        return at.astimezone(UTC if self.clock == "utc" else self.zone).replace(tzinfo=None)


def _offset(shown: datetime, zone: ZoneInfo, fold: int) -> timedelta:
    return shown.replace(tzinfo=zone, fold=fold).utcoffset() or timedelta()
