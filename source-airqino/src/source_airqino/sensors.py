"""The sensors as a table: how AirQino writes each, the column it becomes, its unit and what it can measure.

Ranges are those of the instruments, as a thesis written with the makers of AirQino lists them. They tell a fault from
a measurement, not clean air from foul.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf

from connector_kit.streams import Field


@dataclass(frozen=True)
class Sensor:
    """``names``: how AirQino spells it. ``unit`` of hourly averages, ``raw_unit`` of readings and current values."""

    column: str
    names: Sequence[str]
    what: str
    unit: str
    raw_unit: str = ""
    lowest: float = -inf  # of what it can measure, in ``unit``
    highest: float = inf
    gas: bool = False  # whether readings are counts, which the service makes into a concentration

    def average(self) -> Field:
        """The column of hourly averages."""
        calibrated = ", calibrated" if self.gas else ""
        return Field(self.column, "number", f"{self.what}, mean of the hour{calibrated}{self._spelled}", unit=self.unit)

    def reading(self) -> Field:
        """The column of single readings."""
        text = f"{self.what}, a single reading, not calibrated" if self.gas else f"{self.what}, a single reading"
        return Field(self.column, "number", f"{text}{self._spelled}", unit=self.raw_unit or self.unit)

    @property
    def _spelled(self) -> str:
        return f"; AirQino writes {' or '.join(self.names)}."


_MASS = "µg/m³"
_COUNTS = "counts"
SENSORS: Sequence[Sensor] = (
    Sensor("pm2_5", ("PM2.5",), "Particles of up to 2.5 µm", _MASS, lowest=0, highest=1000),
    Sensor("pm10", ("PM10",), "Particles of up to 10 µm", _MASS, lowest=0, highest=1000),
    Sensor("no2", ("NO2",), "Nitrogen dioxide", _MASS, _COUNTS, lowest=0, highest=5000, gas=True),
    Sensor("o3", ("O3",), "Ozone", _MASS, _COUNTS, lowest=0, highest=1000, gas=True),
    Sensor(
        "co",
        ("CO",),
        "Carbon monoxide",
        "not established (mg/m³ fits the values)",
        _COUNTS,
        lowest=0,
        highest=30,
        gas=True,
    ),
    Sensor("co2", ("CO2",), "Carbon dioxide", "ppm", lowest=0, highest=2000),
    Sensor(
        "voc",
        ("VOC",),
        "Volatile organic compounds",
        "not established (µg/m³ or counts)",
        "not established",
        lowest=0,
        highest=1000,
    ),
    Sensor("t", ("T",), "Temperature of the air", "°C", lowest=-40, highest=80),
    Sensor("rh", ("RH",), "Relative humidity", "%", lowest=0, highest=100),
    Sensor("t_int", ("T. int.", "Temp. int."), "Temperature inside the box as the sensor counts it, not °C", _COUNTS),
)
BY_NAME: Mapping[str, Sensor] = {name: sensor for sensor in SENSORS for name in sensor.names}


def range_flag(sensor: Sensor, value: float) -> str:
    """``negative:co`` or ``out_of_range:t`` where the sensor can't measure such a value, else ''."""
    if sensor.lowest == 0 and value < 0:
        return f"negative:{sensor.column}"
    return "" if sensor.lowest <= value <= sensor.highest else f"out_of_range:{sensor.column}"
