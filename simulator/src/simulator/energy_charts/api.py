"""The dialect of Energy-Charts."""

from simulator.service import Service

SERVICE = Service("/energy-charts", routes=())
