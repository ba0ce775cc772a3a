"""Day-ahead prices and volumes. Guide: Wholesale Market 3.0 (no parameters, no history)."""

from __future__ import annotations

from collections.abc import Sequence

from source_rte.resource import Resource
from source_rte.resources.columns import number

MARKET: Sequence[Resource] = (
    Resource(
        stream="france_power_exchanges",
        api="Wholesale Market",
        path="wholesale_market/v3/france_power_exchanges",
        about="Day-ahead auction of France by quarter-hour. RTE keeps no history: a day that is not read is lost.",
        row=(
            number("value", "Volume exchanged in the day-ahead auction.", "MW"),
            number("price", "Day-ahead price; may be negative.", "EUR/MWh"),
        ),
        days_in="start_date_local",
        final_days_ahead=1,
        evidence="production",
    ),
)
