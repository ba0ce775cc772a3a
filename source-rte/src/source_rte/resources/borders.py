"""Borders: flows, schedules, capacities, congestion. Sandbox recordings; key on the EIC codes, never on names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from connector_kit.pace import SIX_HOURLY
from connector_kit.streams import Field

from source_rte.periods import days
from source_rte.resource import Part, Resource
from source_rte.resources.columns import BORDER, BORDER_KEY, code, instant, number, power, text

_AHEAD: Mapping[str, Any] = {"parts": (Part({}, look_ahead_days=2),)}
_CAPACITY: Mapping[str, Any] = {"api": "Cross Zonal Capacity", "period": days(60), **_AHEAD}
_CONGESTION: Mapping[str, Any] = {
    "api": "Congestion",
    "period": days(93),
    "look_back_days": 62,
    "read_every": SIX_HOURLY,
}
_ROUND = (
    code("identifier", "Identifier of the auction; '' where there is none."),
    instant("opening_date", "When the auction opens"),
    instant("closure_date", "When it closes"),
)
_REASON = text("reason", "Why, such as LOAD_FLOW_OVERLOAD.")
_EVENT = (
    instant("event_start_date", "Begin of the action", "start_date"),
    instant("event_end_date", "Its end", "end_date"),
)

BORDERS: Sequence[Resource] = (
    Resource(
        stream="physical_flows",
        api="Physical Flow",
        path="physical_flow/v1/physical_flows",
        about="Power that flowed over each border by hour, one row a direction.",
        block=BORDER,
        row=(power("Power that flowed this way, mean of the hour; never negative."),),
        key=BORDER_KEY,
        period=days(60),  # the longest seen to work
        first_day=date(2014, 12, 16),
    ),
    Resource(
        stream="exchange_schedules",
        api="Exchange Schedule",
        path="exchange_schedule/v1/schedule",
        other_path="exchange_schedule/v1/schedules",
        root="schedules",
        about="Commercial schedules over each border by hour: long term, day-ahead, intraday.",
        block=(code("type", "LT (long term), D-1 or ID."), *BORDER),
        row=(power("Power scheduled this way."),),
        key=("type", *BORDER_KEY),
        period=days(31),
        first_day=date(2012, 6, 20),
        **_AHEAD,
    ),
    Resource(
        stream="sum_rights_document",
        api="Exchange Schedule",
        path="exchange_schedule/v1/sum_rights_document",
        about="Nominations of long-term rights over each border by hour.",
        block=BORDER,
        row=(power("Power nominated this way."),),
        key=BORDER_KEY,
        period=days(31),
        first_day=date(2012, 6, 20),
        **_AHEAD,
    ),
    Resource(
        stream="ntc",
        api="NTC",
        path="ntc/v1/ntc",
        about="Net transfer capacities, announced for the year, month, week and day, and curtailed; types overlap.",
        block=(code("type", "ANNUAL (by month), MONTHLY (by day), WEEKLY, D-1 (by hour) or CURTAILED."), *BORDER),
        row=(power("Capacity this way."),),
        key=("type", *BORDER_KEY),
        ranked=True,  # the year's months come twice for some borders, with two values
        period=days(31),
        **_AHEAD,
    ),
    Resource(
        stream="annual_monthly_auctions_specifications",
        path="cross_zonal_capacity/v1/annual_monthly_auctions_specifications",
        about="Capacity put up in the yearly and monthly auctions.",
        block=(*_ROUND, code("type", "ANNUAL or MONTHLY."), *BORDER),
        row=(
            power("Capacity put up."),
            number("annual_capacity_resale", "Of it, capacity resold from the yearly auction.", "MW"),
        ),
        key=("identifier", *BORDER_KEY),
        read_every=SIX_HOURLY,
        **{**_CAPACITY, "parts": (Part({}),)},
    ),
    Resource(
        stream="initial_offered_capacities_d_1",
        path="cross_zonal_capacity/v1/initial_offered_capacities_d-1",
        about="Capacity offered day-ahead, by hour.",
        block=(*_ROUND, *BORDER),
        row=(power("Capacity offered this way."),),
        key=BORDER_KEY,
        **_CAPACITY,
    ),
    Resource(
        stream="initial_offered_capacities_id",
        path="cross_zonal_capacity/v1/initial_offered_capacities_id",
        about="Capacity offered intraday, by hour or half-hour.",
        block=BORDER,
        row=(power("Capacity offered this way."),),
        key=BORDER_KEY,
        **_CAPACITY,
    ),
    Resource(
        stream="cross_zonal_results_id",
        path="cross_zonal_capacity/v1/results_id",
        about="Capacity allocated intraday at each gate, by hour or half-hour.",
        block=BORDER,
        row=(
            power("Capacity allocated this way."),
            Field("gate_closure_number", "integer", "The gate, 1 to 16.", nullable=False),
        ),
        key=("gate_closure_number", *BORDER_KEY),
        **{**_CAPACITY, "period": days(31)},
    ),
    Resource(
        stream="congestion_costs",
        path="congestion/v1/costs",
        about="What congestion cost, by month.",
        rows=(),
        row=(
            code("type", "CONGESTION, COUNTERTRADING or REDISPATCHING."),
            number("price", "Cost of the month.", "EUR"),
        ),
        key=("type", "start_date"),
        first_day=date(2014, 9, 1),
        **{**_CONGESTION, "look_back_days": 400},
    ),
    Resource(
        stream="countertrading",
        path="congestion/v1/countertrading",
        about="Counter-trading against congestion: every version of every action, by half-hour.",
        block=(
            code("identification", "Identifier of the action."),
            code("version", "Version of the message."),
            *_EVENT,
            text("direction", "UPWARD or DOWNWARD."),
            _REASON,
        ),
        row=(*BORDER, power("Power exchanged.")),
        key=("identification", "version", *BORDER_KEY),
        first_day=date(2015, 3, 4),
        **_CONGESTION,
    ),
    Resource(
        stream="redispatching",
        path="congestion/v1/redispatching",
        about="Redispatching against congestion: every version of every action. RTE gives it no identifier.",
        block=(
            code("asset_eic_code", "EIC code of the asset that is relieved.", "transmission_asset.eic_code"),
            code("version", "Version of the message."),
            *_EVENT,
            text("type", "GENERATION..."),
            code("direction", "UPWARD or DOWNWARD."),
            _REASON,
            text("cancelled", "Whether the action was cancelled.", "cancelled"),
        ),
        row=(*BORDER, power("Power redispatched.")),
        key=("asset_eic_code", "version", "direction", *BORDER_KEY),
        first_day=date(2015, 1, 1),
        **_CONGESTION,
    ),
)
