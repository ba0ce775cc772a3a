"""Generation: measured, forecast, installed. Guides: Generation Forecast 2.0 and 3.0, Installed Capacities 1.3."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from connector_kit.pace import QUARTER_HOURLY, SIX_HOURLY
from connector_kit.streams import Field

from source_rte.periods import YEAR, days
from source_rte.resource import Part, Resource
from source_rte.resources.columns import code, number, power, text
from source_rte.unverified import FIELDS, KEY

_FORECASTS = "generation_forecast/v3"
_ACTUAL = "actual_generation/v1"
_INSTALLED = "generation_installed_capacities/v1"

_TYPE = code("production_type", "NUCLEAR, WIND_ONSHORE... and TOTAL, their sum.")

GENERATION: Sequence[Resource] = (
    Resource(
        stream="actual_generations_per_production_type",
        api="Actual Generation",
        path=f"{_ACTUAL}/actual_generations_per_production_type",
        about="Net generation by hour and production type; hours are missing now and then.",
        block=(_TYPE,),
        row=(power("Net generation, mean of the hour; negative while a pumped storage pumps."),),
        key=("production_type", "start_date"),
        period=days(90),  # 155 are allowed
        first_day=date(2014, 12, 15),
    ),
    Resource(
        stream="actual_generations_per_unit",
        api="Actual Generation",
        path=f"{_ACTUAL}/actual_generations_per_unit",
        about="Net generation by hour of each unit of 100 MW and more.",
        block=(
            code("unit_eic_code", "EIC code of the unit; the key, for names change.", "unit.eic_code"),
            text("unit_name", "Name of the unit.", "unit.name"),
            text("production_type", "Production type of the unit.", "unit.production_type"),
        ),
        row=(power("Net generation, mean of the hour; negative while the unit's auxiliaries draw power."),),
        key=("unit_eic_code", "start_date"),
        period=days(7),
        first_day=date(2014, 12, 15),
    ),
    Resource(
        stream="generation_mix_15min",
        api="Actual Generation",
        path=f"{_ACTUAL}/generation_mix_15min_time_scale",
        about="The generation mix by quarter-hour; sub-types add up to the TOTAL of their type, so never sum all rows.",
        block=(
            code("production_type", "NUCLEAR, HYDRO, FOSSIL_GAS... EXCHANGE is negative for exports."),
            code("production_subtype", "FOSSIL_GAS_CCGT... and TOTAL, the sum of the type's."),
        ),
        row=(power("Net generation, mean of the quarter-hour."),),
        key=("production_type", "production_subtype", "start_date"),
        period=days(14),
        first_day=date(2017, 1, 1),
        read_every=QUARTER_HOURLY,
    ),
    Resource(
        stream="water_reserves",
        api="Actual Generation",
        path=f"{_ACTUAL}/water_reserves",
        about="Energy stored in the large reservoirs, one value a week (Monday to Monday), published on Wednesdays.",
        row=(number("value", "Energy that the stored water can give (the unit is inferred from its size).", "MWh"),),
        period=days(365),
        first_day=date(2014, 12, 8),
        look_back_days=28,
        read_every=SIX_HOURLY,
    ),
    Resource(
        stream="generation_forecasts",
        api="Generation Forecast",
        path=f"{_FORECASTS}/forecasts",
        about="Forecast generation by quarter-hour: wind, sun, programmable and other, and producers' programmes.",
        block=(
            code("production_type", "WIND_ONSHORE, SOLAR, AGGREGATED_...: the sector."),
            code("type", "CURRENT, ID (intraday), D-1, D-2 or D-3: when it was made."),
            code("sub_type", "Version of a producer's programme; '' where there is none."),
        ),
        row=(
            power("Forecast generation."),
            number("load_factor", "Forecast share of the installed capacity; wind only.", "%"),
        ),
        key=("production_type", "type", "sub_type", "start_date"),
        period=days(21),
        # SOLAR and WIND exist as D-1, ID and CURRENT only: another pair is refused (F08).
        parts=(
            Part({"production_type": "WIND_ONSHORE,WIND_OFFSHORE,SOLAR", "type": "CURRENT,ID,D-1"}, look_ahead_days=2),
            Part({"production_type": "AGGREGATED_FRANCE", "type": "D-1"}, look_ahead_days=2),
            Part({"production_type": "AGGREGATED_CPC,MDSE", "type": "D-3,D-2,D-1,ID"}, look_ahead_days=4),
        ),
        first_day=date(2014, 12, 16),
        evidence="production",
    ),
    Resource(
        stream="generation_total_forecasts",
        api="Generation Forecast",
        path=f"{_FORECASTS}/total_forecast",
        about="Forecast of the total generation.",
        row=FIELDS,
        key=KEY,
        ranked=True,
        period=days(21),
        parts=(Part({}, look_ahead_days=2),),
        evidence="none",
    ),
    Resource(
        stream="capacities_per_production_type",
        api="Generation Installed Capacities",
        path=f"{_INSTALLED}/capacities_per_production_type",
        about="Installed capacity by year and production type.",
        row=(code("type", "Production type."), power("Installed capacity.")),
        key=("type", "start_date"),
        period=YEAR,
        first_day=date(2015, 1, 1),
        look_back_days=366,
        read_every=SIX_HOURLY,
    ),
    Resource(
        stream="capacities_per_production_unit",
        api="Generation Installed Capacities",
        path=f"{_INSTALLED}/capacities_per_production_unit",
        about="The register of units as it stands today, a row for each capacity that a unit has had.",
        block=(
            Field("register_date", "date", "Day of the register.", source="start_date"),
            code("code_eic", "EIC code of the unit.", "production_unit.code_eic"),
            text("name", "Name of the unit.", "production_unit.name"),
            text("location", "Where it stands.", "production_unit.location"),
            text("code_eic_producteur", "EIC code of its producer.", "production_unit.code_eic_producteur"),
            text("name_producteur", "Name of its producer.", "production_unit.name_producteur"),
        ),
        row=(
            number("installed_capacity", "Installed capacity from start_date on.", "MW"),
            number("voltage_level_connection", "Voltage that it is connected to.", "kV"),
            code("type", "Production type."),
        ),
        key=("code_eic", "type", "start_date"),
        read_every=SIX_HOURLY,
    ),
    Resource(
        stream="capacities_cpc",
        api="Generation Installed Capacities",
        path=f"{_INSTALLED}/capacities_cpc",
        about="Plants under purchase obligation by department, network and type, as the register stands today.",
        row=(
            code("department_code", "FR for all of France, FR-01 and so on for its departments."),
            code("network_connection", "RPD: distribution network. RPT: transmission network."),
            code("production_type", "BIOGAZ, SOLAR, WIND..."),
            number("value", "Installed capacity (the unit is inferred from its size).", "kW"),
        ),
        rows=(),
        times="none",
        key=("department_code", "network_connection", "production_type"),
        read_every=SIX_HOURLY,
    ),
)
