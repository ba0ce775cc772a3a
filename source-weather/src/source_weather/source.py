"""The source: configuration in, streams out."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from airbyte_cdk.models import AirbyteConnectionStatus, FailureType, Status
from airbyte_cdk.sources.streams.http.error_handlers import ResponseAction
from airbyte_cdk.utils import AirbyteTracedException
from connector_kit import clock
from connector_kit.budget import RateBudget
from connector_kit.entrypoint import launch
from connector_kit.http import ApiClient
from connector_kit.policy import COMMON_POLICY, Policy, Rule
from connector_kit.source import StreamSource
from connector_kit.streams import Description, Stream

from source_weather.points import POINTS
from source_weather.streams import PRODUCTS, Product, WeatherStream

POLICY: Policy = {
    **COMMON_POLICY,
    401: Rule(ResponseAction.FAIL, "Check api_key.", FailureType.config_error),
    403: Rule(ResponseAction.FAIL, "The plan of this api_key does not include this service.", FailureType.config_error),
}

# What one address may ask of the free service. Open-Meteo clears its counters at clock minutes; moving ones are safe.
FREE_LIMITS = {timedelta(minutes=1): 600, timedelta(hours=1): 5_000, timedelta(days=1): 10_000}


class SourceWeather(StreamSource):
    """Hourly weather of the 13 metropolitan regions: reanalysis of the past and forecast of the coming days."""

    @property
    def descriptions(self) -> Sequence[Description]:
        return [product.description for product in PRODUCTS]

    def streams(self, config: Mapping[str, Any]) -> Mapping[str, Stream]:
        api_key = config.get("api_key") or None
        # One budget for both hosts: the limits are per address of the caller.
        budget = RateBudget(FREE_LIMITS) if config.get("keep_free_limits", True) and not api_key else None
        return {
            product.stream: WeatherStream(
                product, _client(product, config, budget), date.fromisoformat(config["start_date"]), api_key
            )
            for product in PRODUCTS
        }

    def check(self, logger: logging.Logger, config: Mapping[str, Any]) -> AirbyteConnectionStatus:
        """Asks for the temperature of one place; succeeds where the service answers."""
        if date.fromisoformat(config["start_date"]) > clock.paris_today():
            return _failed(f"start_date {config['start_date']} is in the future.")
        place = {"latitude": str(POINTS[0].latitude), "longitude": str(POINTS[0].longitude)}
        params = {**place, "hourly": "temperature_2m", "forecast_days": "1"}
        if config.get("api_key"):
            params["apikey"] = str(config["api_key"])
        forecast = next(product for product in PRODUCTS if not product.longest_days)
        try:
            _client(forecast, config, None).get(forecast.path, params)
        except AirbyteTracedException as refused:
            return _failed(str(refused.message))
        return AirbyteConnectionStatus(status=Status.SUCCEEDED)


def _client(
    product: Product,
    config: Mapping[str, Any],
    budget: RateBudget | None,
    sleep: Callable[[float], None] = time.sleep,
) -> ApiClient:
    host = f"customer-{product.host}" if config.get("api_key") else product.host
    base_url = str(config.get("base_url") or f"https://{host}")
    return ApiClient(base_url, POLICY, budget=budget, describe=lambda path: f"Open-Meteo {path}", sleep=sleep)


def _failed(message: str) -> AirbyteConnectionStatus:
    return AirbyteConnectionStatus(status=Status.FAILED, message=message)


def main() -> None:
    """The console script ``source-weather``."""
    launch(SourceWeather())
