"""What is refused while stations are read one after the other: whose fault it is, and when to stop asking."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

from airbyte_cdk.models import FailureType
from airbyte_cdk.utils import AirbyteTracedException
from connector_kit.http import LeftToNextSync, Refusal
from connector_kit.policy import CONNECTION_LOST

logger = logging.getLogger("airbyte")

UNREACHABLE = (CONNECTION_LOST, 408, 502, 503, 504)
"""What a service answers, or does not, that is down for everybody. One station may still be alone in it."""
DOWN_AFTER = 3


@dataclass
class Failures:
    """Of the stations (or projects) of a stream, those that can't be read, with the reason."""

    stream: str
    found: dict[str, AirbyteTracedException] = field(default_factory=dict)
    read: set[str] = field(default_factory=set)  # of which something is read
    down_after: int = DOWN_AFTER  # so many in a row that meet it tell that the service is down
    _down: int = 0

    def succeeded(self, who: str) -> None:
        """One of them has answered: the service is up."""
        self.read.add(who)
        self._down = 0

    def add(self, who: str, problem: AirbyteTracedException) -> None:
        """Keeps what is wrong with one of them. Raises where the others would meet the same."""
        if of_all(problem):
            raise self._joined(str(problem.message), problem) if self.found else problem
        logger.warning(f"{self.stream} of {who}: {problem.message}")
        self.found[who] = problem
        self._down = self._down + 1 if unreachable(problem) else 0
        if self._down >= self.down_after:
            raise self._joined(f"AirQino does not answer for {self.down_after} in a row, so no more are asked.")

    def tell(self) -> None:
        """Raises AirbyteTracedException where anything has failed."""
        if self.found:
            raise self._joined("the others are read." if self.read - set(self.found) else "")

    def _joined(self, first: str, *more: AirbyteTracedException) -> AirbyteTracedException:
        problems = [*self.found.values(), *more]
        types = {problem.failure_type for problem in problems}
        told = [f"{who}: {problem.message}" for who, problem in self.found.items()]
        return AirbyteTracedException(
            message=f"{self.stream}: {' '.join([first, *told]).strip()}",
            internal_message="; ".join(str(problem.internal_message) for problem in problems),
            failure_type=types.pop() if len(types) == 1 else FailureType.transient_error,
        )


def of_all(problem: AirbyteTracedException) -> bool:
    """Whether it is a matter of the account or of the quota, which the next station would meet too."""
    return not isinstance(problem, Refusal) or isinstance(problem, LeftToNextSync) or problem.status == 401


def unreachable(problem: AirbyteTracedException) -> bool:
    """Whether the service may be down."""
    return isinstance(problem, Refusal) and problem.status in UNREACHABLE


def unreadable_time(what: str, problem: ValueError) -> Refusal:
    """What to tell of a label that is no time."""
    return Refusal(
        message=f"{what}: AirQino writes a time that can't be read ({problem}). Look for a newer connector.",
        internal_message="unreadable time",
        failure_type=FailureType.system_error,
    )
