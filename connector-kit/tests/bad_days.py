"""What services do on bad days, as faults of the simulator, and how long a call waits that meets them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connector_kit.policy import CONNECTION_LOST, MALFORMED


@dataclass(frozen=True)
class Fault:
    """A fault as the simulator takes it, and the ``waits`` (seconds) of a call that meets it, one after the other."""

    name: str
    fault: Mapping[str, Any]
    waits: tuple[float, ...] = (1.0, 2.0)

    def __str__(self) -> str:
        return self.name

    @property
    def said(self) -> str:
        """What the user is told of it when it stays."""
        kind = self.fault["kind"]
        lost = {"reset": CONNECTION_LOST, "html": MALFORMED, "broken_body": MALFORMED}
        return lost.get(str(kind), f"HTTP {kind}")


DOUBLING = (1.0, 2.0, 4.0, 8.0, 16.0)
BROKEN_BODY = Fault("broken_body", {"kind": "broken_body"})
PASSING = (
    Fault("408", {"kind": 408}),
    Fault("429_retry_after", {"kind": 429, "retry_after": 7}, (7.0, 7.0)),
    Fault("500", {"kind": 500}),
    Fault("503_retry_after", {"kind": 503, "retry_after": 5}, (5.0, 5.0)),
    Fault("reset", {"kind": "reset"}),
    # The first answer: a later one may be empty, and of nothing no part is missing.
    Fault("truncated", {"kind": "truncated", "after_n": 0}),
    Fault("html", {"kind": "html"}),
    Fault("slow_body", {"kind": "slow_body", "seconds": 0.02, "first_n": 1}, ()),
)
"""Those that every source gets over, when they pass."""
STAYING = (
    Fault("500", {"kind": 500}, DOUBLING),
    Fault("reset", {"kind": "reset"}, DOUBLING),
    Fault("html", {"kind": "html"}, DOUBLING),
)
"""Those that no source gets over, when they stay."""
