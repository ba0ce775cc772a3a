"""The two streams, as a table, and how one is read: archive in windows, forecast as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any

from connector_kit import clock
from connector_kit.http import ApiClient
from connector_kit.instants import utc_text
from connector_kit.prefetch import prefetch
from connector_kit.streams import Checkpoint, Description, Field, Page
from connector_kit.windows import Window, tile

from source_weather.answers import records_of
from source_weather.points import POINTS

VARIABLES: Sequence[Field] = (
    Field("temperature_2m", "number", "Air temperature at 2 m, °C, at the instant."),
    Field("wind_speed_10m", "number", "Wind speed at 10 m, m/s, at the instant."),
    Field("wind_speed_100m", "number", "Wind speed at 100 m, the height of turbines, m/s, at the instant."),
    Field("shortwave_radiation", "number", "Global horizontal irradiance, W/m², mean of the PRECEDING hour."),
    Field("cloud_cover", "number", "Total cloud cover, %, at the instant."),
    Field("precipitation", "number", "Rain, showers and melted snow, mm, sum of the PRECEDING hour."),
    Field("snowfall", "number", "Fresh snow, cm, sum of the PRECEDING hour."),
)
PLACE: Sequence[Field] = (
    Field("point_id", "string", "The place, from the connector's own table.", nullable=False),
    Field("region_code", "string", "INSEE code of its region."),
    Field("region_weight", "number", "Share of the place in its region, 0 to 1."),
    Field("time", "instant", "The instant that the values are for, UTC.", nullable=False),
)
FETCHED_AT = Field("fetched_at", "instant", "When it was fetched, UTC: the same hour changes at each model run.")


@dataclass(frozen=True)
class Product:
    """One of Open-Meteo's services. ``longest_days`` 0: read as a whole, without dates."""

    stream: str
    host: str
    path: str
    longest_days: int = 0
    look_back_days: int = 0

    @cached_property
    def description(self) -> Description:
        return Description(self.stream, [*PLACE, *VARIABLES, FETCHED_AT], ["point_id", "time"], "time")


PRODUCTS: Sequence[Product] = (
    # A first value (IFS) is replaced when ERA5 arrives, about five days later: ten days back see both.
    Product("archive_hourly", "archive-api.open-meteo.com", "v1/archive", longest_days=90, look_back_days=10),
    Product("forecast_hourly", "api.open-meteo.com", "v1/forecast"),
)
FORECAST_DAYS = 7
PAGES_AHEAD = 2


@dataclass(frozen=True)
class WeatherStream:
    """A product, ready to be read for all points at once."""

    product: Product
    client: ApiClient
    start_day: date
    api_key: str | None = None

    @property
    def description(self) -> Description:
        return self.product.description

    def read(self, state: Mapping[str, Any]) -> Iterator[Page | Checkpoint]:
        """Pages and checkpoints.

        The archive's state holds ``time``, the UTC midnight that its reading has reached, and ``first_day``, where it
        once began, so that an earlier start is noticed and read from anew.
        """
        now = clock.now()
        if not self.product.longest_days:
            params = {"past_days": "2", "forecast_days": str(FORECAST_DAYS)}
            yield Page(self.product.stream, self._fetch(params, FORECAST_DAYS + 2, now))
            yield Checkpoint({"time": utc_text(now)})
            return
        for window, records in prefetch(self.windows(state, now), self._fetch_window, depth=PAGES_AHEAD):
            # The archive fills the rest of today with forecasts: they are the other stream's.
            past = [record for record in records if record["time"] <= utc_text(now)]
            yield Page(self.product.stream, past)
            reached = min(window.end_day, now.date())
            first_day = min(self._known_from(state), self.start_day)
            yield Checkpoint({"time": f"{reached.isoformat()}T00:00:00Z", "first_day": first_day.isoformat()})

    def windows(self, state: Mapping[str, Any], now: datetime) -> list[Window]:
        """UTC days to read: from the state less the look-back, up to today (included)."""
        begin = self.start_day
        if (saved := state.get("time")) and self._known_from(state) <= begin:
            reached = datetime.fromisoformat(saved).astimezone(UTC).date()
            begin = max(begin, reached - timedelta(days=self.product.look_back_days))
        return tile(begin, now.date() + timedelta(days=1), longest_days=self.product.longest_days)

    def _known_from(self, state: Mapping[str, Any]) -> date:
        """The day from which on the state has all; an earlier start means reading anew."""
        return date.fromisoformat(state["first_day"]) if "first_day" in state else self.start_day

    def _fetch_window(self, window: Window) -> list[dict[str, Any]]:
        last_day = window.end_day - timedelta(days=1)
        params = {"start_date": window.start_day.isoformat(), "end_date": last_day.isoformat()}
        return self._fetch(params, window.days, clock.now())

    def _fetch(self, period: Mapping[str, str], days: int, fetched_at: datetime) -> list[dict[str, Any]]:
        variables = [variable.name for variable in VARIABLES]
        params = {
            "latitude": ",".join(str(point.latitude) for point in POINTS),
            "longitude": ",".join(str(point.longitude) for point in POINTS),
            "hourly": ",".join(variables),
            # One fixed offset is applied to a whole answer, that of the moment of the call: only UTC is right all year.
            "timezone": "GMT",
            "wind_speed_unit": "ms",
            **period,
        }
        if self.api_key:
            params["apikey"] = self.api_key
        answer = self.client.get(self.product.path, params, weight=call_weight(len(POINTS), len(variables), days))
        return records_of(answer, POINTS, variables, utc_text(fetched_at))


def call_weight(places: int, variables: int, days: int) -> int:
    """What a call counts against Open-Meteo's limits: by place, tenth of a variable and fortnight."""
    share = variables / 10
    return round(places * max(1.0, share, share * days / 14))
