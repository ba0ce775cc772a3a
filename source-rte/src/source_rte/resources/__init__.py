"""RTE's public resources as a table: adding one is adding an entry to the module of its field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from source_rte.resource import Resource
from source_rte.resources.balancing_capacity import BALANCING_CAPACITY
from source_rte.resources.balancing_energy import BALANCING_ENERGY
from source_rte.resources.borders import BORDERS
from source_rte.resources.capacity_mechanism import CAPACITY_MECHANISM
from source_rte.resources.consumption import CONSUMPTION
from source_rte.resources.generation import GENERATION
from source_rte.resources.market import MARKET
from source_rte.resources.settlement import SETTLEMENT
from source_rte.resources.signals import SIGNALS
from source_rte.resources.unavailability import UNAVAILABILITY

RESOURCES: Sequence[Resource] = (
    *CONSUMPTION,
    *GENERATION,
    *UNAVAILABILITY,
    *MARKET,
    *BORDERS,
    *BALANCING_ENERGY,
    *BALANCING_CAPACITY,
    *SETTLEMENT,
    *SIGNALS,
    *CAPACITY_MECHANISM,
)

API_NAMES: Mapping[str, str] = {
    resource.api_version: f"{resource.api} {resource.api_version.rpartition('/')[2]}" for resource in RESOURCES
}
