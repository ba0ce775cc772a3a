"""RTE's resources as a table: adding one is adding an entry. No code of the mechanism is here.

Sources of the limits: RTE's user guides (consumption 2.1, generation forecast 2.0) and clients in production.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from connector_kit.streams import Description, Field


@dataclass(frozen=True)
class Part:
    """One call of a window: some resources take several, as types differ in how far ahead they may be asked.

    ``look_ahead_days``: how many days after today ``end_date`` may be (RTE answers F04 beyond it).
    """

    params: Mapping[str, str]
    look_ahead_days: int = 1


@dataclass(frozen=True)
class Resource:
    """One resource of RTE's API and the stream that it becomes.

    ``dimensions`` are read from the block, ``values`` from each interval of its ``values``; intervals carry
    ``start_date``, ``end_date`` and mostly ``updated_date``. ``key`` is natural: its parts are never null.
    ``look_back_days``: how far back RTE still revises what it has published.
    """

    stream: str
    path: str
    root: str
    api: str
    dimensions: Sequence[Field]
    values: Sequence[Field]
    key: Sequence[str]
    parts: Sequence[Part]
    first_day: date | None = None
    longest_days: int = 0
    shortest_days: int = 1
    look_back_days: int = 0

    @property
    def has_history(self) -> bool:
        """Whether past days can be asked for; else the API answers with what it has at the moment."""
        return self.longest_days > 0

    @cached_property
    def description(self) -> Description:
        return Description(
            name=self.stream,
            fields=[*self.dimensions, *INTERVAL, *self.values],
            primary_key=self.key,
            cursor="start_date",
        )


INTERVAL: Sequence[Field] = (
    Field("start_date", "instant", "Begin of the interval (included), UTC.", nullable=False),
    Field("end_date", "instant", "End of the interval (excluded), UTC."),
    Field("start_date_local", "string", "Begin of the interval exactly as RTE writes it: French local time."),
    Field("end_date_local", "string", "End of the interval exactly as RTE writes it: French local time."),
    Field("updated_date", "instant", "When RTE says it last changed the value, UTC; absent for some rows."),
)

_COUNTRY = "EIC code; the key of the country, names change over the years."

RESOURCES: Sequence[Resource] = (
    Resource(
        stream="consumption_short_term",
        api="Consumption",
        path="consumption/v1/short_term",
        root="short_term",
        dimensions=(
            Field("type", "string", "REALISED, ID (intraday forecast), D-1 or D-2 (forecasts).", nullable=False),
        ),
        values=(Field("value", "number", "Load of mainland France, losses included, pumping excluded, MW."),),
        # The label is part of the key: on the spring day RTE publishes four quarter-hours that don't exist,
        # and 02:00+01:00 is the same instant as the real 03:00+02:00.
        key=("type", "start_date", "start_date_local"),
        parts=(
            Part({"type": "REALISED,ID"}, look_ahead_days=2),
            Part({"type": "D-1,D-2"}, look_ahead_days=3),
        ),
        first_day=date(2012, 12, 17),
        longest_days=90,  # 186 are allowed, and would give 6 MB
        look_back_days=7,
    ),
    Resource(
        stream="actual_generations_per_production_type",
        api="Actual Generation",
        path="actual_generation/v1/actual_generations_per_production_type",
        root="actual_generations_per_production_type",
        dimensions=(
            Field("production_type", "string", "NUCLEAR, WIND_ONSHORE... and TOTAL, their sum.", nullable=False),
        ),
        values=(
            Field("value", "number", "Net generation, mean of the hour, MW; negative while a pumped storage pumps."),
        ),
        key=("production_type", "start_date"),
        parts=(Part({}),),
        first_day=date(2014, 12, 15),
        longest_days=90,  # 155 are allowed
        look_back_days=7,
    ),
    Resource(
        stream="generation_forecasts",
        api="Generation Forecast",
        path="generation_forecast/v3/forecasts",
        root="forecasts",
        dimensions=(
            Field("production_type", "string", "WIND_ONSHORE, SOLAR, AGGREGATED_...: the sector.", nullable=False),
            Field("type", "string", "CURRENT, ID (intraday), D-1, D-2 or D-3: when it was made.", nullable=False),
            Field("sub_type", "string", "Version of a producer's programme; '' where there is none.", nullable=False),
        ),
        values=(
            Field("value", "number", "Forecast generation, MW."),
            Field("load_factor", "number", "Forecast share of the installed capacity, %; wind only."),
        ),
        key=("production_type", "type", "sub_type", "start_date"),
        # SOLAR and WIND exist as D-1, ID and CURRENT only: another pair is refused (F08).
        parts=(
            Part({"production_type": "WIND_ONSHORE,WIND_OFFSHORE,SOLAR", "type": "CURRENT,ID,D-1"}, look_ahead_days=2),
            Part({"production_type": "AGGREGATED_FRANCE", "type": "D-1"}, look_ahead_days=2),
        ),
        first_day=date(2014, 12, 16),
        longest_days=21,
        look_back_days=7,
    ),
    Resource(
        stream="physical_flows",
        api="Physical Flow",
        path="physical_flow/v1/physical_flows",
        root="physical_flows",
        dimensions=(
            Field("sender_country_eic_code", "string", f"Country that sends: {_COUNTRY}", nullable=False),
            Field("sender_country_name", "string", "Country that sends, in RTE's words."),
            Field("receiver_country_eic_code", "string", f"Country that receives: {_COUNTRY}", nullable=False),
            Field("receiver_country_name", "string", "Country that receives, in RTE's words."),
        ),
        values=(Field("value", "number", "Power that flowed this way, mean of the hour, MW; never negative."),),
        key=("sender_country_eic_code", "receiver_country_eic_code", "start_date"),
        parts=(Part({}),),
        first_day=date(2014, 12, 16),
        longest_days=60,  # the longest seen to work
        look_back_days=7,
    ),
    Resource(
        stream="france_power_exchanges",
        api="Wholesale Market",
        path="wholesale_market/v3/france_power_exchanges",
        root="france_power_exchanges",
        dimensions=(),
        values=(
            Field("value", "number", "Volume exchanged in the day-ahead auction, MW."),
            Field("price", "number", "Day-ahead price, EUR/MWh; may be negative."),
        ),
        key=("start_date",),
        parts=(Part({}),),
    ),
)
