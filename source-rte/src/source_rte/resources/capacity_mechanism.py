"""The capacity mechanism: certified capacities, parameters of the obligation. Sandbox recordings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from connector_kit.pace import SIX_HOURLY
from connector_kit.streams import Field

from source_rte.periods import YEAR
from source_rte.resource import Part, Resource
from source_rte.resources.columns import code, instant, number, power, text

_YEARLY: Mapping[str, Any] = {
    "period": YEAR,
    "parts": (Part({}, look_ahead_days=366),),
    "first_day": date(2016, 1, 1),
    "look_back_days": 366,
    "read_every": SIX_HOURLY,
}
_REGISTRY: Mapping[str, Any] = {"api": "Certified Capacities Registry", "rows": (), **_YEARLY}
_PARAMETERS: Mapping[str, Any] = {"api": "Certification Obligation Parameter", **_YEARLY}
_LEVELS = tuple(
    number(f"{which}_ncc", f"Certified capacity level, {which}.", "MW", f"ncc.{which}_ncc")
    for which in ("initial", "updated", "forecast")
)

CAPACITY_MECHANISM: Sequence[Resource] = (
    Resource(
        stream="ncc_greater_equal_100_mw",
        path="certified_capacities_registry/v1/ncc_greater_equal_100_mw",
        about="Certified capacities of 100 MW and more, by delivery year.",
        row=(
            code("edc_code", "Code of the certified entity.", "edc.code"),
            text("edc_name", "Its name.", "edc.name"),
            text("production_type", "Its production type, in words of this API's own.", "edc.production_type"),
            text("network_connection", "Network that it is connected to.", "edc.network_connection"),
            text("type", "PRODUCTION or demand response.", "edc.type"),
            text("status", "OPERATING...", "edc.status"),
            instant("certification_date", "When it was certified", "edc.certification_date"),
            *_LEVELS,
            text("rpc_eic_code", "EIC code of who answers for it.", "rpc.rpc_eic_code"),
            text("rpc_name", "Name of who answers for it.", "rpc.rpc_name"),
        ),
        key=("edc_code", "start_date"),
        **_REGISTRY,
    ),
    Resource(
        stream="ncc_less_100_mw",
        path="certified_capacities_registry/v1/ncc_less_100_mw",
        about="Certified capacities below 100 MW by production type and delivery year.",
        row=(code("production_type", "Production type, in words of this API's own.", "edc.production_type"), *_LEVELS),
        key=("production_type", "start_date"),
        ranked=True,  # OTHER comes twice
        **_REGISTRY,
    ),
    Resource(
        stream="charts_parameters",
        path="certification_obligation_parameter/v1/charts_parameters",
        about="Parameters of the certification by delivery year, and the two charts, a row a point.",
        block=tuple(
            number(name, f"{name.replace('_', ' ').capitalize()}.", unit, f"parameter.{name}")
            for name, unit in (
                ("security_factor", "none"),
                ("wind_c_coefficient", "%"),
                ("solar_c_coefficient", "%"),
                ("hydrau_c_coefficient", "%"),
                ("certified_edc_cal_parameter", "none"),
            )
        ),
        rows=("kh_chart", "kj_chart"),
        row=(
            code("chart", "kh_chart or kj_chart.", "@rows"),
            Field("number", "integer", "Number of the point.", nullable=False),
            number("value", "Value of the point.", "none"),
        ),
        key=("chart", "number", "start_date"),
        **_PARAMETERS,
    ),
    Resource(
        stream="reference_extreme_temperatures",
        path="certification_obligation_parameter/v1/reference_extreme_temperatures",
        about="Extreme temperature of reference by half-hour of the day and delivery year.",
        rows=("reference_values",),
        row=(
            Field("number", "integer", "Half-hour of the day, 1 to 48.", nullable=False),
            number("value", "Temperature.", "°C"),
        ),
        key=("number", "start_date"),
        **_PARAMETERS,
    ),
    Resource(
        stream="consumption_control_measures",
        api="Registry Consumption Control Measure",
        path="registry_consumption_control_measure/v1/registry_consumption_controles_measures",
        other_path="registry_consumption_control_measures/v1/registry_consumption_controles_measures",
        about="Measures to control consumption, by delivery year.",
        row=(power("Power of the measures."),),
        **_YEARLY,
    ),
)
