"""How long a read stays good: a little less than the time after which a schedule comes again, so no turn is missed."""

from __future__ import annotations

from datetime import timedelta

QUARTER_HOURLY = timedelta(minutes=10)
HOURLY = timedelta(minutes=50)
SIX_HOURLY = timedelta(hours=5, minutes=50)
DAILY = timedelta(hours=22, minutes=50)
