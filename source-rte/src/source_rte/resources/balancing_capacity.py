"""Reserves and margins. Balancing Capacity 5 (results of procurement) and 4 (all the rest)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from connector_kit.streams import Field

from source_rte.periods import ONE_DATE, days
from source_rte.resource import Part, Resource
from source_rte.resources.columns import RESERVE_DIRECTION, code, number, power, text
from source_rte.unverified import FIELDS, KEY

_V4 = "balancing_capacity/v4"
_ASKED: Mapping[str, Any] = {
    "api": "Balancing Capacity",
    "period": days(31),
    "parts": (Part({}, look_ahead_days=2),),
    "first_day": date(2014, 12, 16),
}
_UNVERIFIED: Mapping[str, Any] = {**_ASKED, "row": FIELDS, "key": KEY, "ranked": True, "evidence": "none"}
_RESERVE = code("type", "FCR, AFRR, MFRR or RR.")
_RESERVE_KEY = ("type", "direction", "start_date")


def _peak(period: str) -> Iterator[Field]:
    """The margins of one daily peak. RTE writes some names with a blank behind, and its numbers as texts."""
    yield text(f"{period}_begin", "Begin of the margin period.", f"{period}_peak_period.BEGIN_MARGIN_PERIOD")
    yield text(f"{period}_end", "End of the margin period.", f"{period}_peak_period.END_MARGIN_PERIOD")
    yield text(
        f"{period}_notice", "Time before the margin period.", f"{period}_peak_period.DURATION_BEFORE_MARGIN_PERIOD"
    )
    for name, what in (
        ("required_margin", "Margin that is required"),
        ("ma_offers", "Offers on the balancing mechanism"),
        ("comp_offers", "Complementary offers"),
        ("rescue", "Rescue contracts"),
        ("imbalance", "Imbalance expected"),
        ("simulated_ma_offers", "Offers on the balancing mechanism, simulated"),
        ("simulated_comp_offers", "Complementary offers, simulated"),
        ("simulated_rescue", "Rescue contracts, simulated"),
        ("simulated_required_margin", "Margin that is required, simulated"),
    ):
        yield number(f"{period}_{name}", f"{what}.", "MW", f"{period}_peak_period.{name.upper()}")


def _bids(names: Mapping[str, str], unit: str) -> Iterator[Field]:
    return (number(name, f"{name.replace('_', ' ').capitalize()}.", unit, f"values.{of}") for name, of in names.items())


BALANCING_CAPACITY: Sequence[Resource] = (
    Resource(
        stream="result_procured_reserves",
        path="balancing_capacity/v5/result_procured_reserves",
        about="Reserves procured by quarter-hour: volumes and prices by reserve, product, horizon and direction.",
        block=(code("reserve", "AFRR, MFRR, FCR or RR."), code("product_type", "STD, SPE0...: the product.")),
        row=(
            code("direction", "UP, DOWN or UP_DOWN."),
            code("time_horizon", "DAILY or PERIODIC."),
            number("offered_volume", "Volume offered.", "MW"),
            number("contracted_volume", "Volume contracted.", "MW"),
            number("price", "Price of the capacity in the quarter-hour.", "EUR/MW"),
        ),
        key=("reserve", "product_type", "time_horizon", "direction", "start_date"),
        stamp=Field(
            "updated_date",
            "instant",
            "When RTE says it last changed the value, UTC.",
            source="update_date|updated_date",
        ),
        evidence="production",
        **{**_ASKED, "period": days(20)},
    ),
    Resource(
        stream="procured_reserves",
        path=f"{_V4}/procured_reserves",
        about="Reserves procured, by half-hour (quarter-hour since 2025).",
        block=(_RESERVE,),
        row=(RESERVE_DIRECTION, power("Volume procured."), number("price", "Price of the capacity.", "EUR/MW")),
        key=_RESERVE_KEY,
        **_ASKED,
    ),
    Resource(
        stream="accepted_offers",
        path=f"{_V4}/accepted_offers",
        about="Offers of reserve that were accepted, by half-hour.",
        block=(_RESERVE,),
        row=(RESERVE_DIRECTION, power("Volume accepted.")),
        key=_RESERVE_KEY,
        **_ASKED,
    ),
    Resource(
        stream="peak_daily_margins",
        path=f"{_V4}/peak_daily_margins",
        about="Margins at the morning and evening peaks of each day.",
        block=(code("type", "MORNING or EVENING, in the first version of the API; '' since."),),
        row=(
            number("available_value", "Margin available (first version of the API).", "MW"),
            number("required_value", "Margin required (first version of the API).", "MW"),
            *_peak("morning"),
            *_peak("evening"),
        ),
        key=("type", "start_date"),
        **_ASKED,
    ),
    Resource(
        stream="insufficients_offers",
        path=f"{_V4}/insufficients_offers",
        about="Times at which offers were not enough.",
        row=(
            code("type", "DOWNGRADED...: the kind of alert."),
            code("nature", "BALANCE_SUPPLY_DEMAND...: what was short."),
            RESERVE_DIRECTION,
        ),
        key=("type", "nature", "direction", "start_date"),
        **{**_ASKED, "parts": (Part({}),)},
    ),
    Resource(
        stream="balancing_capacity_imbalance",
        path=f"{_V4}/imbalance",
        about="Imbalance between supply and demand that is expected.",
        row=(power("Imbalance."),),
        evidence="client",
        **_ASKED,
    ),
    Resource(
        stream="aggregatedoffers_energybids",
        path=f"{_V4}/aggregatedoffers_energybids",
        about="Volumes of energy bids by reserve and direction, added up.",
        rows=("Offered_RRstd_Volume", "Offered_Volume"),
        row=(
            code("offers", "Offered_RRstd_Volume or Offered_Volume: the table that the row stands in.", "@rows"),
            *_bids(
                {
                    "upward_rr_standard": "UpwardOfferedVolumeRRStd",
                    "downward_rr_standard": "DownwardOfferedVolumeRRStd",
                    "upward_rr_standard_restricted": "UpwardOfferedVolumeRRStdRestricted",
                    "downward_rr_standard_restricted": "DownwardOfferedVolumeRRStdRestricted",
                    "upward_rr_specific": "UpwardOfferedVolumeRRSpecific",
                    "downward_rr_specific": "DownwardOfferedVolumeRRSpecific",
                    "upward_mfrr": "UpwardOfferedVolumemFRR",
                    "downward_mfrr": "DownwardOfferedVolumemFRR",
                    "upward_afrr": "UpwardOfferedVolumeaFRR",
                    "downward_afrr": "DownwardOfferedVolumeaFRR",
                    "upward_fcr": "UpwardOfferedVolumeFCR",
                    "downward_fcr": "DownwardOfferedVolumeFCR",
                },
                "MW",
            ),
        ),
        key=("offers", "start_date"),
        evidence="client",
        **{**_ASKED, "parts": (Part({}),)},
    ),
    Resource(
        stream="aggregatedoffers_afrr_energybids",
        path=f"{_V4}/aggregatedoffers_afrr_energybids",
        about="Volumes and mean prices of aFRR energy bids, added up.",
        root="aggregatedoffers_aFRR_energybids",
        rows=("chronicles",),
        row=(
            *_bids(
                {
                    "upward_offered_volume": "UpwardOfferedVolumeaFRR",
                    "downward_offered_volume": "DownwardOfferedVolumeaFRR",
                    "upward_shared_volume": "UpwardSharedVolumeaFRR",
                    "downward_shared_volume": "DownwardSharedVolumeaFRR",
                },
                "MW",
            ),
            *_bids(
                {
                    "upward_average_price": "UpwardAveragePriceaFRR",
                    "downward_average_price": "DownwardAveragePriceaFRR",
                },
                "EUR/MWh",
            ),
        ),
        evidence="client",
        **{**_ASKED, "parts": (Part({}),)},
    ),
    Resource(
        stream="tso_need_for_procured_reserves",
        path=f"{_V4}/tso_need_for_procured_reserves",
        about="Reserves that RTE needs.",
        root="needs",
        rows=(),
        row=(
            code("product", "The reserve."),
            code("flow_direction", "Upward or downward."),
            number("volume", "Volume that is needed.", "MW"),
        ),
        key=("product", "flow_direction", "start_date"),
        evidence="client",
        **_ASKED,
    ),
    Resource(
        stream="individualoffers_energybids",
        path=f"{_V4}/individualoffers_energybids",
        about="Energy bids one by one. How to ask for the second page is not established: long answers are cut.",
        **{**_UNVERIFIED, "period": days(2)},
    ),
    Resource(
        stream="margins_data",
        path=f"{_V4}/margins_data",
        about="Margins computed in the course of a day.",
        **{**_UNVERIFIED, "period": ONE_DATE},
    ),
    Resource(
        stream="daily_procured_reserves",
        path=f"{_V4}/daily_procured_reserves",
        about="Reserves procured daily.",
        **_UNVERIFIED,
    ),
)
