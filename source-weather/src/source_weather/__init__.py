"""Airbyte source for the weather of the French regions."""

from source_weather.source import SourceWeather

__all__ = ["SourceWeather"]
