"""Open-Meteo's quota: weights of calls summed over clock minutes, hours and UTC days."""

from __future__ import annotations

from simulator.faults import Fault
from simulator.paris import DAY, HOUR

TOO_MUCH_FOR_ONE_CALL = 5_000
REFUSALS = (
    ("Minutely", 60, "Please try again in one minute."),
    ("Hourly", HOUR, "Please try again in the next hour."),
    ("Daily", DAY, "Please try again tomorrow."),
)


class Quota:
    """Counters by length of period; a period is a number since 1970, so that a new one starts at 0."""

    def __init__(self) -> None:
        self._counts: dict[int, tuple[int, float]] = {}

    def refusal(self, limits: Fault, now: int) -> str | None:
        """The reason to refuse a call, where one of the limits has been reached already."""
        bounds = (limits.per_minute, limits.per_hour, limits.per_day)
        for (name, length, advice), bound in zip(REFUSALS, bounds, strict=True):
            period, used = self._counts.get(length, (0, 0.0))
            if period == now // length and used >= bound:
                return f"{name} API request limit exceeded. {advice}"
        return None

    def count(self, weight: float, now: int) -> None:
        for _, length, _ in REFUSALS:
            period, used = self._counts.get(length, (0, 0.0))
            self._counts[length] = (now // length, (used if period == now // length else 0.0) + weight)
