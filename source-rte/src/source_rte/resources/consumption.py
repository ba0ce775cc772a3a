"""Load: realised, forecast, consolidated. Guides: Consumption 2.1, Consolidated Consumption 1.0."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from connector_kit.pace import QUARTER_HOURLY, SIX_HOURLY
from connector_kit.streams import Field

from source_rte.periods import WHOLE_YEAR, days
from source_rte.resource import Part, Resource
from source_rte.resources.columns import code, instant, number, power, text

_STATUS = text("status", "PROVISORY, then definitive.")
_BARE_DATE = Field("updated_date", "date", "Day on which RTE last changed the value; it has no time.")

CONSUMPTION: Sequence[Resource] = (
    Resource(
        stream="consumption_short_term",
        api="Consumption",
        path="consumption/v1/short_term",
        about="Load of mainland France by quarter-hour, realised and forecast (D-2 by half-hour).",
        block=(code("type", "REALISED, ID (intraday forecast), D-1 or D-2 (forecasts)."),),
        row=(power("Load of mainland France, losses included, pumping excluded."),),
        # The label is part of the key: on the spring day RTE publishes four quarter-hours that don't exist,
        # and 02:00+01:00 is the same instant as the real 03:00+02:00.
        key=("type", "start_date", "start_date_local"),
        period=days(90),  # 186 are allowed, and would give 6 MB
        parts=(Part({"type": "REALISED,ID"}, look_ahead_days=2), Part({"type": "D-1,D-2"}, look_ahead_days=3)),
        first_day=date(2012, 12, 17),
        read_every=QUARTER_HOURLY,
        evidence="production",
    ),
    Resource(
        stream="consumption_weekly_forecasts",
        api="Consumption",
        path="consumption/v1/weekly_forecasts",
        about="Load forecast three to nine days ahead by half-hour, every issue of it, with the peak of each day.",
        block=(
            instant("day_start_date", "Begin of the day that is forecast", "start_date"),
            instant("peak_at", "When the peak of the day is expected", "peak.peak_hour"),
            number("peak_value", "Load expected at the peak.", "MW", "peak.value"),
            number("peak_temperature", "Temperature expected at the peak.", "°C", "peak.temperature"),
            number("peak_deviation", "Its difference from normal.", "°C", "peak.temperature_deviation"),
        ),
        row=(power("Load forecast, mean of the half-hour."),),
        # Days are always 48 half-hours: the label tells those apart that don't exist on the spring day.
        key=("updated_date", "start_date", "start_date_local"),
        stamp=Field("updated_date", "instant", "When the forecast was issued, UTC.", nullable=False),
        period=days(90),
        parts=(Part({}, look_ahead_days=9),),
        first_day=date(2004, 12, 23),
    ),
    Resource(
        stream="consumption_annual_forecasts",
        api="Consumption",
        path="consumption/v1/annual_forecasts",
        about="Weekly load and margin forecast of a calendar year. Minus one stands for a missing number.",
        block=(Field("year_start_date", "date", "First day of the year.", nullable=False, source="start_date"),),
        row=(
            number("average_load_saturday_to_friday", "Mean load, Saturday to Friday.", "MW"),
            number("average_load_monday_to_sunday", "Mean load, Monday to Sunday.", "MW"),
            number("weekly_minimum", "Least load of the week.", "MW"),
            number("weekly_maximum", "Greatest load of the week.", "MW"),
            number("forecast_margin", "Margin of supply over demand.", "MW"),
            Field("average_load_updated_date", "date", "Day on which RTE last changed the loads."),
            Field("margin_updated_date", "date", "Day on which RTE last changed the margin."),
        ),
        # The week of the turn of the year stands in both years.
        key=("year_start_date", "start_date"),
        stamp=None,
        period=WHOLE_YEAR,
        parts=(Part({}, look_ahead_days=366),),
        first_day=date(2015, 1, 1),
        look_back_days=60,
        read_every=SIX_HOURLY,
    ),
    Resource(
        stream="consolidated_power_consumption",
        api="Consolidated Consumption",
        path="consolidated_consumption/v1/consolidated_power_consumption",
        about="Load of France by half-hour, consolidated: provisional after about a month, definitive a year later.",
        row=(power("Load, mean of the half-hour."), _STATUS),
        stamp=_BARE_DATE,
        period=days(90),
        look_back_days=750,
        read_every=SIX_HOURLY,
    ),
    Resource(
        stream="consolidated_energy_consumption",
        api="Consolidated Consumption",
        path="consolidated_consumption/v1/consolidated_energy_consumption",
        about="Energy consumed in France by day, consolidated: provisional, then definitive.",
        row=(number("value", "Energy consumed in the day.", "MWh"), _STATUS),
        stamp=_BARE_DATE,
        period=days(366),
        look_back_days=750,
        read_every=SIX_HOURLY,
    ),
)
