"""What a stream is made from: one entry of the table of Open-Meteo's services, and nothing that acts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from connector_kit.pace import HOURLY, SIX_HOURLY
from connector_kit.streams import Description, Field

from source_weather.variables import SECTIONS

# All look back as far: up to a fortnight a call counts once for each place, whatever its days.
LOOK_BACK_DAYS = 10

EVIDENCE = {
    "production": "a recorded answer of the service",
    "guide": "the service's documentation and source code",
    "client": "the code of a client",
}

_PLACE: Sequence[Field] = (
    Field("point_id", "string", "The place, from the connector's own table.", nullable=False),
    Field("region_code", "string", "INSEE code of its region."),
    Field("region_weight", "number", "Share of the place in its region, 0 to 1.", unit="1"),
)
_RUN: Sequence[Field] = (
    Field("model", "string", "The weather model, as Open-Meteo names it.", nullable=False),
    Field(
        "issued_at",
        "instant",
        "The time of the run, UTC: whose observations it starts from. It can be had about six hours later.",
        nullable=False,
    ),
)
_TIME = Field("time", "instant", "The instant that the values are for, UTC.", nullable=False)
_DATE = Field("date", "date", "The UTC day that the values are for, 00:00 to 24:00 UTC.", nullable=False)
_FETCHED_AT = Field("fetched_at", "instant", "When it was fetched, UTC: what is fetched later is better informed.")


@dataclass(frozen=True)
class Product:
    """A service of Open-Meteo and the stream that it becomes.

    ``kind``: ``days`` are read in windows of at most ``longest_days``, ``latest`` as a whole, ``runs`` one after the
    other. ``whole_days``: of an unfinished day nothing is kept. ``drops_empty``: rows without any value are left out.
    """

    stream: str
    about: str
    host: str
    path: str
    kind: str
    section: str = "hourly"
    longest_days: int = 0
    look_back_days: int = LOOK_BACK_DAYS
    first_day: date | None = None
    read_every: timedelta = HOURLY
    whole_days: bool = False
    drops_empty: bool = False
    evidence: str = "guide"

    @property
    def variables(self) -> Sequence[Field]:
        return SECTIONS[self.section]

    @property
    def when(self) -> Field:
        """The column that says what time the values are for."""
        return _DATE if self.section == "daily" else _TIME

    @property
    def per_day(self) -> int:
        """How many times a day has."""
        return 1 if self.section == "daily" else 24

    @property
    def cursor(self) -> str:
        return "issued_at" if self.kind == "runs" else self.when.name

    @cached_property
    def description(self) -> Description:
        run = _RUN if self.kind == "runs" else ()
        fields = [*_PLACE, *run, self.when, *self.variables, _FETCHED_AT]
        key = ["point_id", *(field.name for field in run), self.when.name]
        return Description(self.stream, fields, key, self.cursor, self.about)


PRODUCTS: Sequence[Product] = (
    Product(
        "archive_hourly",
        "Weather of the past by hour, up to now: IFS at first, ERA5 when it arrives, about five days later.",
        host="archive-api",
        path="v1/archive",
        kind="days",
        longest_days=64,  # four such windows fill a minute of the free service
        first_day=date(1940, 1, 1),
    ),
    Product(
        "archive_daily",
        "Weather of the past by UTC day, up to yesterday: the archive's own sums, means and extremes.",
        host="archive-api",
        path="v1/archive",
        kind="days",
        section="daily",
        longest_days=256,
        first_day=date(1940, 1, 1),
        read_every=SIX_HOURLY,
        whole_days=True,
        evidence="production",
    ),
    Product(
        "forecast_hourly",
        "Forecast by hour of the best models for each place, and the last days as they were forecast shortly before.",
        host="api",
        path="v1/forecast",
        kind="latest",
        evidence="production",
    ),
    Product(
        "forecast_daily",
        "Forecast by UTC day of the best models for each place, and the last days.",
        host="api",
        path="v1/forecast",
        kind="latest",
        section="daily",
        evidence="production",
    ),
    Product(
        "historical_forecast_hourly",
        "Forecasts of the past by hour: the first hours of each model run, put one after the other, up to now.",
        host="historical-forecast-api",
        path="v1/forecast",
        kind="days",
        longest_days=64,
        # Where no model of the best match has an archive, all is null: the first began on that day.
        first_day=date(2021, 3, 23),
        read_every=SIX_HOURLY,
        drops_empty=True,
        evidence="production",
    ),
    Product(
        "forecast_runs_hourly",
        "Whole model runs by hour, as they were issued: what a forecast was worth so many hours ahead.",
        host="single-runs-api",
        path="v1/forecast",
        kind="runs",
        look_back_days=3,
        first_day=date(2024, 3, 14),
        drops_empty=True,
    ),
)


def call_weight(places: int, variables: int, days: int) -> int:
    """What a call counts against Open-Meteo's limits: by place, tenth of a variable and fortnight, rounded up."""
    share = variables / 10
    return math.ceil(places * max(1.0, share, share * days / 14))
