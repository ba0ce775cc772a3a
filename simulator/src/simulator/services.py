"""The services that the simulator speaks for."""

from simulator.airqino.api import SERVICE as AIRQINO
from simulator.energy_charts.api import SERVICE as ENERGY_CHARTS
from simulator.open_meteo.service import SERVICE as OPEN_METEO
from simulator.opendatasoft.api import SERVICES as OPENDATASOFT
from simulator.rte.api import SERVICE as RTE

SERVICES = (RTE, OPEN_METEO, *OPENDATASOFT, ENERGY_CHARTS, AIRQINO)
