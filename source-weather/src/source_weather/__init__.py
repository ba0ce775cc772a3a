"""Airbyte source for the hourly weather of the French regions."""

from source_weather.source import SourceWeather

__all__ = ["SourceWeather"]
