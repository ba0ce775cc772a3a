"""The dialect of Opendatasoft."""

from simulator.service import Service

SERVICES = (Service("/odre", routes=()), Service("/opendata-paris", routes=()))
