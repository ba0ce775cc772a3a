"""Small reads of every stream from the simulator."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, cast

import pytest
from connector_kit.streams import Stream
from reading import Row, Table, pinned
from simulator.testing import SimulatorUrl, running_simulator
from source_weather import SourceWeather, stream
from source_weather.points import POINTS
from source_weather.product import PRODUCTS, Product
from source_weather.stream import WeatherStream

NOW = "2026-11-20T15:05:00Z"
TODAY = "2026-11-20"
START = "2026-11-12"
BY_NAME: Mapping[str, Product] = {product.stream: product for product in PRODUCTS}
WITH_HISTORY = [product.stream for product in PRODUCTS if product.kind == "days"]


@contextmanager
def weather_simulator(now: str = NOW) -> Iterator[SimulatorUrl]:
    """A simulator, and the source's clock at its time."""
    with pinned(now), running_simulator(now=now) as url:
        yield url


def config(url: str, start_date: str = START, **advanced: Any) -> dict[str, Any]:
    """A configuration for the simulator, without waiting for a quota."""
    fast = {"base_url": f"{url}/open-meteo", "keep_free_limits": False}
    return {"start_date": start_date, "advanced": {**fast, **advanced}}


@contextmanager
def few_points() -> Iterator[None]:
    """Reads of three places only, one of them on another coast: as many calls and fewer rows."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stream, "POINTS", [POINTS[0], POINTS[1], POINTS[29]])
        yield


class ShortWindows(SourceWeather):
    """The source with windows of a few days, so that a small read has several."""

    longest_days = 4

    def streams(self, config: Mapping[str, Any]) -> Mapping[str, Stream]:
        streams = cast(Mapping[str, WeatherStream], super().streams(config))
        return {
            name: replace(stream, product=replace(stream.product, longest_days=self.longest_days))
            for name, stream in streams.items()
        }


def values(table: Table) -> Table:
    """The table without what tells when a row was fetched."""
    return {key: without_fetched_at(row) for key, row in table.items()}


def without_fetched_at(row: Row) -> Row:
    return {name: value for name, value in row.items() if name != "fetched_at"}
