"""The sandbox twins of the resources: each answers one thing, whatever is asked, as it was known at one instant."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from starlette.datastructures import Headers, QueryParams

from simulator.rte.resource import Call

NOW = int(datetime(2022, 6, 3, 12, tzinfo=UTC).timestamp())

# What stands for a call without parameters where that is refused, empty or long: by API and resource.
A_DAY = {"start_date": "2022-06-02T00:00:00+02:00", "end_date": "2022-06-03T00:00:00+02:00"}
PARAMETERS: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("balancing_capacity", "aggregatedoffers_afrr_energybids"): A_DAY,
    ("balancing_capacity", "aggregatedoffers_energybids"): A_DAY,
    ("balancing_capacity", "individualoffers_energybids"): A_DAY,
    ("balancing_capacity", "margins_data"): {"date": "2022-06-03T10:00:00Z"},
    ("balancing_energy", "afrr_marginal_price"): {
        "start_date": "2022-06-03T10:00:00+02:00",
        "end_date": "2022-06-03T11:00:00+02:00",
    },
    ("balancing_imbalances_account", "coefficient_k"): {"application_month": "2022-05"},
    ("unavailability_additional_information", "other_market_information"): {
        "start_date": "2022-05-01T00:00:00Z",
        "end_date": "2022-06-01T00:00:00Z",
        "date_type": "CREATION_DATE",
    },
}


def call(api: str, resource: str, headers: Headers) -> Call:
    """The call that the sandbox answers instead of the one it gets, of which only Accept counts."""
    accept = Headers({"accept": headers.get("accept", "")})
    return Call(QueryParams(PARAMETERS.get((api, resource), {})), NOW, accept)
