"""Airbyte source for Energy-Charts, the electricity data of Fraunhofer ISE."""

from source_energy_charts.source import SourceEnergyCharts

__all__ = ["SourceEnergyCharts"]
