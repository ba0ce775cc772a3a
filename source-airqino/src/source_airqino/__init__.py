"""Airbyte source for AirQino, the air-quality stations of CNR-IBE."""

from source_airqino.source import SourceAirqino

__all__ = ["SourceAirqino"]
