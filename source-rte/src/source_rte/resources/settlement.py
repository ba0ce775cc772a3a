"""Losses and the reconstitution of flows. Sandbox recordings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from connector_kit.pace import SIX_HOURLY

from source_rte.periods import days
from source_rte.resource import Part, Resource
from source_rte.resources.columns import code, number, power

_RECONSTITUTION: Mapping[str, Any] = {
    "api": "BRE Imbalance Reconstitution",
    "period": days(93),
    "first_day": date(2014, 4, 12),
    "look_back_days": 62,
    "read_every": SIX_HOURLY,
}
_BRE = "bre_imbalance_reconstitution/v1"

SETTLEMENT: Sequence[Resource] = (
    Resource(
        stream="losses_forecasts",
        api="Losses Public Transmission System",
        path="losses_public_transmission_system/v1/forecasts",
        about="Forecast losses of the transmission grid by half-hour.",
        block=(code("type", "ID (intraday) or WEEKLY."),),
        row=(power("Losses forecast."),),
        key=("type", "start_date"),
        period=days(93),
        parts=(Part({}, look_ahead_days=2),),
    ),
    Resource(
        stream="national_reference_load_curves",
        path=f"{_BRE}/national_reference_load_curves",
        about="Load curve that the profiles of the distribution networks are fitted to, by half-hour.",
        row=(power("Reference load."),),
        **_RECONSTITUTION,
    ),
    Resource(
        stream="national_profiling_imbalances",
        path=f"{_BRE}/national_profiling_imbalances",
        about="Difference between reference and profiled load, by half-hour.",
        row=(power("Imbalance of the profiles."),),
        **_RECONSTITUTION,
    ),
    Resource(
        stream="national_alignment_coefficients",
        path=f"{_BRE}/national_alignment_coefficients",
        about="Factor that aligns profiled with reference load, by half-hour.",
        row=(number("value", "The factor.", "none"),),
        **_RECONSTITUTION,
    ),
    Resource(
        stream="additional_national_alignment_coefficients",
        path=f"{_BRE}/additional_national_alignment_coefficients",
        about="Additional factor of the alignment, by half-hour.",
        row=(number("value", "The factor.", "none"),),
        **_RECONSTITUTION,
    ),
    Resource(
        stream="temporal_reconciliations",
        api="BRE Temporal Reconciliations",
        path="bre_temporal_reconciliations/v1/temporal_reconciliations",
        other_path="temporal_reconciliations/v1/bre_temporal_reconciliations",
        about="Reconciliation of a year from July to June, by half-hour, published in October.",
        block=(code("type", "NATIONAL_PROFILING_IMBALANCE..."),),
        row=(power("Value of the reconciliation."),),
        key=("type", "start_date"),
        period=days(366),
        first_day=date(2013, 7, 1),
        look_back_days=500,
        read_every=SIX_HOURLY,
    ),
)
