"""Signals to consumers: Tempo, Ecowatt, demand response, peak days. Guides: Tempo 1.2, Signal 1.1."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from connector_kit.pace import SIX_HOURLY
from connector_kit.streams import Field

from source_rte.periods import days
from source_rte.resource import Part, Resource
from source_rte.resources.columns import FIFTEEN_MINUTES, ONE_CALL_A_QUARTER, code, number, text
from source_rte.unverified import FIELDS, KEY

SIGNALS: Sequence[Resource] = (
    Resource(
        stream="tempo_like_calendars",
        api="Tempo Like Supply Contract",
        path="tempo_like_supply_contract/v1/tempo_like_calendars",
        about="Tempo colour of each day. updated_date is always 10:20 of the day before, whatever happened.",
        row=(text("value", "BLUE, WHITE or RED; missing on 2022-12-28, which was blue."),),
        period=days(366),
        parts=(Part({}, look_ahead_days=2),),
        first_day=date(2014, 9, 1),
        evidence="production",
    ),
    Resource(
        stream="ecowatt_signals",
        api="Ecowatt",
        path="ecowatt/v5/signals",
        root="signals",
        about="Tension of the power system by hour, today and three days ahead. RTE keeps no history.",
        block=(
            Field("jour", "date", "Day, in French local time.", nullable=False),
            number("dvalue", "Signal of the day: 1 green, 2 orange, 3 red.", "none"),
            text("message", "What RTE tells the public."),
        ),
        row=(
            Field("pas", "integer", "Hour of the day, 0 to 23, in French local time.", nullable=False),
            number("hvalue", "Signal of the hour: 0 decarbonised, 1 green, 2 orange, 3 red.", "none"),
        ),
        times="none",
        key=("jour", "pas"),
        stamp=Field("generation_fichier", "instant", "When RTE made the signal, UTC.", source="GenerationFichier"),
        advances_with="generation_fichier",
        days_in="jour",
        read_every=FIFTEEN_MINUTES,
        allowance=ONE_CALL_A_QUARTER,
    ),
    Resource(
        stream="demand_response_operators",
        api="Demand Response",
        path="demand_response/v1/operators",
        about="Demand response operators and their qualifications, by month.",
        rows=(),
        row=(
            code("eic_code", "EIC code of the operator."),
            text("name", "Name of the operator."),
            *(
                Field(name, "boolean", f"{name.replace('_', ' ').replace('nebef', 'NEBEF').capitalize()}.")
                for name in (
                    "trial_nebef_rules_agreement",
                    "trial_nebef_rules_qualification",
                    "nebef_rules_recognition",
                    "nebef_rules_qualification",
                )
            ),
        ),
        key=("eic_code", "start_date"),
        period=days(31),
        first_day=date(2015, 8, 1),
        look_back_days=93,
        read_every=SIX_HOURLY,
    ),
    Resource(
        stream="demand_response_volumes",
        api="Demand Response",
        path="demand_response/v1/volumes",
        about="Demand response retained by half-hour.",
        row=(number("programs_retained", "Power of the programmes retained.", "MW"),),
        period=days(31),
        first_day=date(2015, 8, 1),
        look_back_days=93,
        read_every=SIX_HOURLY,
    ),
    Resource(
        stream="demand_response_signals",
        api="Demand Response Signal",
        path="demand_response_signal/v1/demand_response_signals",
        about="Days signalled for the demand response tender.",
        row=FIELDS,
        key=KEY,
        ranked=True,
        period=days(93),
        read_every=SIX_HOURLY,
        evidence="none",
    ),
    Resource(
        stream="capacity_signals",
        api="Signal",
        path="signal/v1/signals",
        about="Peak days of the capacity mechanism.",
        block=(code("type", "PP1 (suppliers) or PP2 (capacities)."),),
        row=(Field("value", "boolean", "Whether the day is a peak day."),),
        key=("type", "start_date"),
        period=days(155),
        parts=(Part({}, look_ahead_days=2),),
        first_day=date(2017, 1, 1),
        look_back_days=31,
    ),
)
