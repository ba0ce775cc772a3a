"""Balancing energy and imbalance settlement. Balancing Energy 5, Balancing Imbalances Account 1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from connector_kit.pace import QUARTER_HOURLY, SIX_HOURLY
from connector_kit.streams import Field

from source_rte.periods import MONTH, ONE_DAY_OF_INSTANTS, days
from source_rte.resource import Part, Resource
from source_rte.resources.columns import RESOLUTION, code, number, text
from source_rte.unverified import FIELDS, KEY

_API = "balancing_energy/v5"
_ASKED: Mapping[str, Any] = {"api": "Balancing Energy", "period": days(31), "first_day": date(2014, 12, 16)}
_UNVERIFIED: Mapping[str, Any] = {**_ASKED, "row": FIELDS, "key": KEY, "ranked": True, "evidence": "none"}

BALANCING_ENERGY: Sequence[Resource] = (
    Resource(
        stream="imbalance_data",
        path=f"{_API}/imbalance_data",
        about="Imbalance of the system and settlement prices minutes after each quarter-hour (half-hour before 2025).",
        block=(RESOLUTION,),
        row=(
            number("imbalance", "Imbalance; positive where the system is long (the unit is inferred).", "MWh"),
            text("system_trend", "BAISSE where the system is long, HAUSSE where it is short."),
            number("positive_imbalance_settlement_price", "Price of a positive imbalance.", "EUR/MWh"),
            number("negative_imbalance_settlement_price", "Price of a negative imbalance.", "EUR/MWh"),
            text("missing_data_list", "What was still missing when the value was computed; N/A where nothing was."),
        ),
        look_back_days=31,  # prices are final only after settlement
        read_every=QUARTER_HOURLY,
        evidence="production",
        **_ASKED,
    ),
    Resource(
        stream="balancing_energy_prices",
        path=f"{_API}/prices",
        about="Prices of balancing energy by quarter-hour.",
        block=(RESOLUTION,),
        row=(
            number("upward_weighted_average_price", "Mean price of upward energy.", "EUR/MWh"),
            number("downward_weighted_average_price", "Mean price of downward energy.", "EUR/MWh"),
            number("upward_marginal_price", "Marginal price of upward energy.", "EUR/MWh"),
            number("downward_marginal_price", "Marginal price of downward energy.", "EUR/MWh"),
            number("terre_clearing_price", "Price of replacement reserve energy (TERRE).", "EUR/MWh"),
            number("upward_weighted_average_price_afrr_activated_for_fr", "Mean price of upward aFRR.", "EUR/MWh"),
            number("downward_weighted_average_price_afrr_activated_for_fr", "Mean price of downward aFRR.", "EUR/MWh"),
        ),
        read_every=QUARTER_HOURLY,
        evidence="client",
        **_ASKED,
    ),
    Resource(
        stream="standard_rr_data",
        path=f"{_API}/standard_rr_data",
        about="Replacement reserve energy exchanged on the platform TERRE; the unit of volumes is inferred.",
        root="terre",
        rows=("terre_mesures",),
        row=(
            code("direction", "UPWARD or DOWNWARD."),
            number("total_requested_volume", "Volume asked for.", "MW"),
            number("total_satisfied_need", "Volume obtained.", "MW"),
            number("activated_volume", "Volume activated.", "MW"),
            number("activated_volume_rsoint", "Volume activated for exchanges between operators.", "MW"),
            number("clearing_price", "Price of the platform.", "EUR/MWh"),
        ),
        key=("direction", "start_date"),
        evidence="client",
        **_ASKED,
    ),
    Resource(
        stream="standard_afrr_data",
        path=f"{_API}/standard_afrr_data",
        about="Automatic frequency restoration energy on the platform PICASSO; the unit of volumes is inferred.",
        root="picasso",
        rows=("picasso_mesures",),
        block=(RESOLUTION,),
        row=tuple(
            number(f"{way}_{what}", f"{way.capitalize()}: {meaning}.", unit)
            for what, meaning, unit in (
                ("afrr_requested_need", "need of France", "MW"),
                ("afrr_activated_volume_for_fr", "volume activated for France", "MW"),
                ("weighted_average_price_afrr_activated_for_fr", "mean price of it", "EUR/MWh"),
                ("afrr_activated_volume_in_fr", "volume activated in France", "MW"),
            )
            for way in ("upward", "downward")
        ),
        evidence="production",
        **_ASKED,
    ),
    Resource(
        stream="standard_mfrr_data",
        path=f"{_API}/standard_mfrr_data",
        about="Manual frequency restoration energy on the platform MARI; the unit of volumes is inferred.",
        root="mari",
        rows=("mari_mesures",),
        row=(
            number(
                "total_requested_volume_sa",
                "Volume asked for, scheduled.",
                "MW",
                "total_requested_volume_SA",
            ),
            number("total_requested_volume_da", "Volume asked for, direct.", "MW", "total_requested_volume_DA"),
            number(
                "total_activated_volume_sa",
                "Volume activated, scheduled.",
                "MW",
                "total_activated_volume_SA",
            ),
            number("total_activated_volume_da", "Volume activated, direct.", "MW", "total_activated_volume_DA"),
            number("settlement_price_previous", "Settlement price of the interval before.", "EUR/MWh"),
            number("settlement_price_current", "Settlement price.", "EUR/MWh"),
            number("total_volume_submitted_offers", "Volume of the offers sent.", "MW"),
            number("total_volume_filtered_offers", "Volume of the offers kept back.", "MW"),
        ),
        evidence="client",
        **_ASKED,
    ),
    Resource(
        stream="afrr_marginal_price",
        api="Balancing Energy",
        path=f"{_API}/afrr_marginal_price",
        about="Marginal price of automatic frequency restoration every four seconds: 21,600 rows a day.",
        root="days",
        rows=("datas",),
        times="clock",
        block=(Field("day", "date", "Day, in French local time.", source="start_date"),),
        row=(
            text("step", "Clock time as RTE writes it, without offset: on the autumn day two instants share it."),
            text("prorata_mode", "Whether activation is shared in proportion."),
            text("picasso_connection", "Whether France is connected to the European platform."),
            number("upward_afrr_marginal_price", "Marginal price upward.", "EUR/MWh"),
            number("downward_afrr_marginal_price", "Marginal price downward.", "EUR/MWh"),
            number("pdemand", "Demand.", "MW"),
            number("afrr_for_france", "Activated for France.", "MW"),
            number("afrr_in_france", "Activated in France.", "MW"),
        ),
        stamp=None,
        period=ONE_DAY_OF_INSTANTS,
        look_back_days=1,
        read_every=SIX_HOURLY,
        evidence="client",
    ),
    Resource(
        stream="tso_offers",
        path=f"{_API}/tso_offers",
        about="Balancing energy offered and activated between neighbouring operators, by hour.",
        block=(
            code("type", "ACTIVATED or SUBMITTED."),
            code("tso_offering", "RTE, NG or REE: who offers."),
            code("tso_activating", "Who activates; '' for what is only submitted."),
        ),
        row=tuple(
            number(name, f"{name.replace('_', ' ').capitalize()}.", "MW" if name.endswith("volume") else "EUR/MWh")
            for name in (
                "upward_volume",
                "downward_volume",
                "maximum_upward_price",
                "minimum_upward_price",
                "maximum_downward_price",
                "minimum_downward_price",
            )
        ),
        key=("type", "tso_offering", "tso_activating", "start_date"),
        **_ASKED,
    ),
    *(
        Resource(stream=f"balancing_{name}", path=f"{_API}/{name}", about=about, **_UNVERIFIED)
        for name, about in (
            ("lead_times", "Lead times of balancing offers."),
            ("volumes_per_reasons", "Balancing volumes by reason."),
            ("volumes_per_energy_type", "Balancing volumes by type of energy."),
            ("volumes_per_entity_type", "Balancing volumes by type of entity."),
        )
    ),
    Resource(
        stream="coefficient_k",
        api="Balancing Imbalances Account",
        path="balancing_imbalances_account/v1/coefficient_k",
        about="The coefficient k of imbalance settlement, by month.",
        rows=(),
        times="none",
        row=(
            code(
                "application_month",
                "Month that it applies to, such as 2026-10.",
                "application_month|@application_month",
            ),
            number("coefficient_k", "The coefficient.", "none"),
        ),
        key=("application_month",),
        advances_with="application_month",
        stamp=None,
        period=MONTH,
        parts=(Part({}, look_ahead_days=0),),
        first_day=date(2017, 1, 1),
        look_back_days=400,
        read_every=SIX_HOURLY,
        evidence="client",
    ),
)
