"""The source: configuration in, streams out, and a check that asks for one price or country."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from airbyte_cdk.models import AirbyteConnectionStatus, Status
from airbyte_cdk.utils import AirbyteTracedException
from connector_kit.config import advanced, end_day, failed, refuse, start_day, wrong_days, wrong_names
from connector_kit.entrypoint import launch
from connector_kit.http import SplitRequestWindow
from connector_kit.source import StreamSource
from connector_kit.streams import Description, Stream

from source_energy_charts.api import EnergyChartsApi
from source_energy_charts.endpoints import ENDPOINTS
from source_energy_charts.places import private_prices
from source_energy_charts.scopes import Wanted
from source_energy_charts.stream import EnergyChartsStream

CHECK_ATTEMPTS = 3


class SourceEnergyCharts(StreamSource):
    """api.energy-charts.info: power, prices, flows, installed power and shares of the countries of Europe."""

    def __init__(self, sleep: Callable[[float], None] = time.sleep) -> None:
        """``sleep``: how to wait (seconds) before a call is tried again."""
        self._sleep = sleep

    @property
    def descriptions(self) -> Sequence[Description]:
        return [endpoint.description for endpoint in ENDPOINTS]

    def streams(self, config: Mapping[str, Any]) -> Mapping[str, Stream]:
        refuse(wrong_config(config))
        wanted, api = Wanted.of(config), EnergyChartsApi(advanced(config), self._sleep)
        return {
            endpoint.stream: EnergyChartsStream(
                endpoint,
                api,
                wanted.scopes(endpoint),
                start_day=start_day(config, endpoint.stream),
                end_day=end_day(config),
            )
            for endpoint in ENDPOINTS
        }

    def check(self, logger: logging.Logger, config: Mapping[str, Any]) -> AirbyteConnectionStatus:
        """Succeeds where the API answers a call for the first stream that has anything to ask for."""
        if wrong := wrong_config(config):
            return failed(wrong)
        wanted, api = Wanted.of(config), EnergyChartsApi(advanced(config), self._sleep)
        endpoint, scope = next((one, scope) for one in ENDPOINTS for scope in wanted.scopes(one))
        try:
            api.answer(endpoint, scope, {}, attempts=CHECK_ATTEMPTS)
        except SplitRequestWindow as split:
            return failed(str(split.error.message))
        except AirbyteTracedException as refused:
            return failed(str(refused.message))
        said = f"Energy-Charts answers for {scope.name}. {private_prices(wanted.zones)}".strip()
        return AirbyteConnectionStatus(status=Status.SUCCEEDED, message=said)


def wrong_config(config: Mapping[str, Any]) -> str | None:
    """What is wrong with the days and the names in the configuration, or None; the rest is said by the spec."""
    streams = [endpoint.stream for endpoint in ENDPOINTS]
    wanted = Wanted.of(config)
    return wrong_names(config, "stream_start_dates", streams, "Energy-Charts") or wrong_days(config) or wanted.wrong()


def main() -> None:
    """The console script ``source-energy-charts``."""
    launch(SourceEnergyCharts())
