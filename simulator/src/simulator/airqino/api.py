"""The dialect of AirQino."""

from simulator.service import Service

SERVICE = Service("/airqino", routes=())
