"""The source: configuration in, streams out, and a check that tells which services answer."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from airbyte_cdk.models import (
    AirbyteConnectionStatus,
    AirbyteMessage,
    AirbyteStateMessage,
    ConfiguredAirbyteCatalog,
    Status,
)
from connector_kit import clock
from connector_kit.config import advanced, end_day, failed, refuse, start_day, wrong_days, wrong_names
from connector_kit.entrypoint import launch
from connector_kit.http import Refusal
from connector_kit.source import StreamSource
from connector_kit.streams import Description, Page, Stream

from source_weather.api import OpenMeteo
from source_weather.points import POINTS
from source_weather.product import PRODUCTS, Product
from source_weather.stream import STREAMS, Options


class SourceWeather(StreamSource):
    """Weather of the 13 metropolitan regions: reanalysis of the past, forecasts, and what was forecast before."""

    def __init__(self, sleep: Callable[[float], None] = time.sleep) -> None:
        """``sleep``: how to wait (seconds), for a minute of the quota or before a call is tried again."""
        self._sleep = sleep
        self._spent: Sequence[str] = ()

    @property
    def descriptions(self) -> Sequence[Description]:
        return [product.description for product in PRODUCTS]

    def streams(self, config: Mapping[str, Any]) -> Mapping[str, Stream]:
        refuse(wrong_config(config))
        # One for all streams: the limits are per address of the caller.
        api = OpenMeteo(config, self._spent, self._sleep)
        options = _options(config)
        return {
            product.stream: STREAMS[product.kind](
                product, api, start_day(config, product.stream), end_day(config), options
            )
            for product in PRODUCTS
        }

    def read_events(
        self,
        logger: logging.Logger,
        config: Mapping[str, Any],
        catalog: ConfiguredAirbyteCatalog,
        state: Sequence[AirbyteStateMessage],
    ) -> Iterator[Page | AirbyteMessage]:
        """Pages, states and statuses. What any stream spent of the quota in an earlier sync counts for all."""
        states = [dict(one.stream.stream_state.__dict__) for one in state if one.stream and one.stream.stream_state]
        self._spent = [call for one in states for call in one.get("calls") or ()]
        yield from super().read_events(logger, config, catalog, state)

    def check(self, logger: logging.Logger, config: Mapping[str, Any]) -> AirbyteConnectionStatus:
        """Asks each service for one day of one place; succeeds where any answers, and names those that do not."""
        if wrong := wrong_config(config):
            return failed(wrong)
        api = OpenMeteo({**config, "advanced": {**advanced(config), "keep_free_limits": False}}, sleep=self._sleep)
        refusals: dict[str, Refusal] = {}
        for product in _one_of_each_service():
            if refusal := api.refusal(product, POINTS[0], _smallest_period(product, _options(config).run_model)):
                logger.warning(str(refusal.message))
                refusals[product.host] = refusal
        services = {product.host for product in PRODUCTS}
        if refusals.keys() == services:
            return failed(str(next(iter(refusals.values())).message))
        answering = f"{len(services) - len(refusals)} of Open-Meteo's {len(services)} services answer"
        silent = f"; not: {', '.join(refusals)}" if refusals else ""
        return AirbyteConnectionStatus(status=Status.SUCCEEDED, message=f"{answering}{silent}.")


def wrong_config(config: Mapping[str, Any]) -> str | None:
    """What is wrong with the configuration beyond what the spec's schema tells, or None."""
    return wrong_days(config) or wrong_names(
        config, "stream_start_dates", (product.stream for product in PRODUCTS), "Open-Meteo's"
    )


def _options(config: Mapping[str, Any]) -> Options:
    given = advanced(config)
    named = {
        "forecast_days": given.get("forecast_days"),
        "run_model": given.get("forecast_run_model"),
        "run_hours": given.get("forecast_run_hours"),
    }
    return Options(**{name: value for name, value in named.items() if value is not None})


def _one_of_each_service() -> list[Product]:
    return list({product.host: product for product in reversed(PRODUCTS)}.values())[::-1]


def _smallest_period(product: Product, run_model: str) -> Mapping[str, str]:
    """A day that the service has, whatever the time."""
    day: date = clock.now().date() - timedelta(days=2)
    if product.kind == "runs":
        return {"run": f"{day.isoformat()}T00:00", "models": run_model, "forecast_days": "1"}
    if product.kind == "latest":
        return {"forecast_days": "1"}
    return {"start_date": day.isoformat(), "end_date": day.isoformat()}


def main() -> None:
    """The console script ``source-weather``."""
    launch(SourceWeather())
