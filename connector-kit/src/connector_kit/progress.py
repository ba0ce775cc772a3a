"""Progress a person can follow, in the connector's log."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

logger = logging.getLogger("airbyte")

EVERY_SECONDS = 5.0


class Progress:
    """Counts the records of one stream and says so now and then, and at the end."""

    def __init__(self, stream: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._began = self._said = clock()
        self.records = 0

    def add(self, records: int) -> None:
        self.records += records
        if self._clock() - self._said >= EVERY_SECONDS:
            self._said = self._clock()
            logger.info(f"{self._stream}: {self._figures()} so far")

    def finish(self) -> None:
        logger.info(f"{self._stream}: {self._figures()}, done")

    def _figures(self) -> str:
        rate = self.records / max(self._clock() - self._began, 1e-3)
        return f"{self.records:,} records ({rate:,.0f} records/s)"
