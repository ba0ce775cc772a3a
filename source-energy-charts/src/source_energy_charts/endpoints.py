"""The endpoints as a table. Not read: ``/frequency`` (a value a second) and the shares of the moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from connector_kit.pace import DAILY, SIX_HOURLY
from connector_kit.streams import Field

from source_energy_charts.endpoint import Endpoint

COUNTRY = Field("country", "string", "Country by Energy-Charts' code: fr, de, uk...", nullable=False)
START = Field("start_date", "instant", "Begin of the step, UTC.", nullable=False)
STEP = Field(
    "resolution_minutes",
    "integer",
    "Length of the step, from the times beside it; absent where there is one time only.",
    unit="min",
)
FETCHED = Field("fetched_at", "instant", "When this was asked for; a later issue replaces it.", nullable=False)
SUBSTITUTE = Field("substitute", "boolean", "Whether it is a guess from past data, as the forecasts were missing.")

SERIES_CLASS = Field(
    "series_class",
    "string",
    "generation, consumption (pumps and batteries, negative), trade, load, residual_load or share: add up only rows of "
    "one class, and shares never.",
    nullable=False,
)
POWER_FIELDS: Sequence[Field] = (
    COUNTRY,
    Field("production_type", "string", "Label of the series; it differs by country: Nuclear, Load...", nullable=False),
    START,
    SERIES_CLASS,
    STEP,
    Field("value", "number", "Net power, mean of the step; import positive. A share in per cent.", unit="MW or %"),
    Field("unit", "string", "MW, or % for shares.", nullable=False),
)
CROSSING_FIELDS: Sequence[Field] = (
    COUNTRY,
    Field("neighbour", "string", "Country on the other side, by its English name.", nullable=False),
    START,
    STEP,
    Field("value", "number", "Import positive, export negative.", unit="GW"),
)
INSTALLED_FIELDS: Sequence[Field] = (
    COUNTRY,
    Field("production_type", "string", "Label of the series; not those of public_power: Solar AC...", nullable=False),
    Field("start_date", "date", "First day of the year or month.", nullable=False),
    Field(
        "series_class",
        "string",
        "installed, planned, solar_dc (the panels of Solar AC, counted at their cells) or storage_energy: add up only "
        "rows of one class.",
        nullable=False,
    ),
    Field("value", "number", "Installed power; of storage_energy what it holds.", unit="GW or GWh"),
    Field("unit", "string", "GW, or GWh for storage_energy.", nullable=False),
    Field("last_update", "instant", "When Energy-Charts last changed the table, UTC."),
)
POWER_KEY = ("country", "production_type", "start_date")

SHARE_TYPES: Mapping[str, str] = {
    "renewable": "ren_share_daily_avg",
    "solar": "solar_share_daily_avg",
    "wind_onshore": "wind_onshore_share_daily_avg",
    "wind_offshore": "wind_offshore_share_daily_avg",
}
FORECAST_TYPES = ("current", "intraday", "day-ahead")
PRODUCTION_TYPES = ("solar", "wind_onshore", "wind_offshore", "load")

ENDPOINTS: Sequence[Endpoint] = (
    Endpoint(
        stream="public_power",
        path="public_power",
        about="Net public generation by type, load, residual load, trade and shares of a country. Never sum all rows.",
        fields=POWER_FIELDS,
        key=POWER_KEY,
        each="country",
        shape="power",
        series="production_types",
        in_v2=True,
        evidence="production",
    ),
    Endpoint(
        stream="total_power",
        path="total_power",
        about="The same with what industry makes for itself; Germany only.",
        fields=POWER_FIELDS,
        key=POWER_KEY,
        each="country",
        shape="power",
        only=("de",),
        series="production_types",
        read_every=SIX_HOURLY,
    ),
    Endpoint(
        stream="public_power_forecast",
        path="public_power_forecast",
        about="Forecast of sun, wind and load; each new issue replaces the one before.",
        fields=(
            COUNTRY,
            Field("production_type", "string", "solar, wind_onshore, wind_offshore or load.", nullable=False),
            Field("forecast_type", "string", "current, intraday or day-ahead.", nullable=False),
            START,
            STEP,
            Field("value", "number", "Forecast power.", unit="MW"),
            FETCHED,
        ),
        key=("country", "production_type", "forecast_type", "start_date"),
        each="forecast",
        shape="value",
        columns=("forecast_values",),
        look_ahead_days=3,
        look_back_days=2,
        read_every=SIX_HOURLY,
        in_v2=True,
    ),
    Endpoint(
        stream="day_ahead_prices",
        path="price",
        about="Day-ahead price of a bidding zone: of hours up to 30 September 2025, then of quarter-hours.",
        fields=(
            Field("bidding_zone", "string", "Bidding zone: FR, DE-LU, IT-North...", nullable=False),
            START,
            STEP,
            Field("price", "number", "Day-ahead price.", unit="EUR/MWh"),
            Field("license_info", "string", "Under which licence Energy-Charts gives the price."),
        ),
        key=("bidding_zone", "start_date"),
        each="zone",
        shape="price",
        columns=("price",),
        longest_days=366,
        look_ahead_days=1,
        look_back_days=2,
        in_v2=True,
        evidence="production",
    ),
    Endpoint(
        stream="cross_border_flows",
        path="cbpf",
        about="Physical flows over the borders of a country.",
        fields=CROSSING_FIELDS,
        key=("country", "neighbour", "start_date"),
        each="country",
        shape="crossing",
        series="countries",
        in_v2=True,
        evidence="client",
    ),
    Endpoint(
        stream="cross_border_trade",
        path="cbet",
        about="Scheduled commercial exchanges over the borders of a country.",
        fields=CROSSING_FIELDS,
        key=("country", "neighbour", "start_date"),
        each="country",
        shape="crossing",
        series="countries",
        look_ahead_days=1,
        read_every=SIX_HOURLY,
        in_v2=True,
        evidence="client",
    ),
    Endpoint(
        stream="signal",
        path="signal",
        about="Outlook of the renewable share of the load, and the traffic light made of it, from today on.",
        fields=(
            COUNTRY,
            START,
            STEP,
            Field("share", "number", "Renewable share of the load; above 100 where there is more than that.", unit="%"),
            Field("signal", "integer", "-1 grid congestion, 0 low share, 1 average share, 2 high share."),
            SUBSTITUTE,
            FETCHED,
        ),
        key=("country", "start_date"),
        each="country",
        shape="outlook",
        columns=("share", "signal"),
        asked="moment",
        read_every=SIX_HOURLY,
        in_v2=True,
        evidence="client",
    ),
    Endpoint(
        stream="renewable_share_forecast",
        path="ren_share_forecast",
        about="Outlook of the renewable, solar and wind shares of the load, from today on.",
        fields=(
            COUNTRY,
            START,
            STEP,
            Field("ren_share", "number", "Renewable share of the load.", unit="%"),
            Field("solar_share", "number", "Of it solar.", unit="%"),
            Field("wind_onshore_share", "number", "Of it wind on land.", unit="%"),
            Field("wind_offshore_share", "number", "Of it wind at sea.", unit="%"),
            SUBSTITUTE,
            FETCHED,
        ),
        key=("country", "start_date"),
        each="country",
        shape="outlook",
        columns=("ren_share", "solar_share", "wind_onshore_share", "wind_offshore_share"),
        asked="moment",
        read_every=SIX_HOURLY,
    ),
    Endpoint(
        stream="daily_shares",
        path="ren_share_daily_avg",
        about="Daily means of the renewable, solar and wind shares of the load.",
        fields=(
            COUNTRY,
            Field("share_type", "string", "renewable, solar, wind_onshore or wind_offshore.", nullable=False),
            Field("date", "date", "Day of the country.", nullable=False),
            Field("value", "number", "Mean share of the load.", unit="%"),
        ),
        key=("country", "share_type", "date"),
        each="share",
        shape="daily",
        times="days",
        columns=("data",),
        cursor="date",
        asked="year",
        look_back_days=14,
        read_every=DAILY,
    ),
    Endpoint(
        stream="installed_power",
        path="installed_power",
        about="Installed power by type and year; for Germany also what the law plans.",
        fields=INSTALLED_FIELDS,
        key=POWER_KEY,
        each="country",
        shape="installed",
        times="time",
        series="production_types",
        params={"time_step": "yearly"},
        asked="moment",
        read_every=DAILY,
        in_v2=True,
        evidence="production",
    ),
    Endpoint(
        stream="installed_power_monthly",
        path="installed_power",
        about="Installed power by type and month; Germany only.",
        fields=INSTALLED_FIELDS,
        key=POWER_KEY,
        each="country",
        shape="installed",
        only=("de",),
        times="time",
        series="production_types",
        params={"time_step": "monthly"},
        asked="moment",
        read_every=DAILY,
        in_v2=True,
    ),
)
