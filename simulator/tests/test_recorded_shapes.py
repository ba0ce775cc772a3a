"""What is simulated has the keys and the kinds of values of the recorded answers, optional fields included."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

REAL = Path(__file__).parents[3] / "shared" / "real" / "rte"
if not REAL.is_dir():
    pytest.skip("the recorded answers of RTE are not beside this checkout", allow_module_level=True)

YEAR = ("2026-01-01", "2026-05-01")
SEVEN_DAYS = ("2026-11-07", "2026-11-14")
# By recording: the resource, and days for which everything optional occurs.
ANSWERS = {
    "exchange_schedule__schedules__1": ("exchange_schedule/v1/schedule", "2026-11-01", "2026-11-21"),
    "exchange_schedule__sum_rights_document__1": ("exchange_schedule/v1/sum_rights_document", *YEAR),
    "ntc__ntc__1": ("ntc/v1/ntc", "2026-10-01", "2026-11-21"),
    "cross_zonal_capacity__annual_monthly_auctions_specifications__1": (
        "cross_zonal_capacity/v1/annual_monthly_auctions_specifications",
        *YEAR,
    ),
    "cross_zonal_capacity__initial_offered_capacities_d-1__1": (
        "cross_zonal_capacity/v1/initial_offered_capacities_d-1",
        *YEAR,
    ),
    "cross_zonal_capacity__initial_offered_capacities_id__1": (
        "cross_zonal_capacity/v1/initial_offered_capacities_id",
        *YEAR,
    ),
    "cross_zonal_capacity__results_id__1": ("cross_zonal_capacity/v1/results_id", "2026-11-19", "2026-11-21"),
    "congestion__costs__1": ("congestion/v1/costs", *YEAR),
    "congestion__countertrading__1": ("congestion/v1/countertrading", *YEAR),
    "congestion__redispatching__1": ("congestion/v1/redispatching", *YEAR),
    "losses_public_transmission_system__forecasts__1": ("losses_public_transmission_system/v1/forecasts", *YEAR),
    "bre_temporal_reconciliations__temporal_reconciliations__1": (
        "bre_temporal_reconciliations/v1/temporal_reconciliations",
        "2025-06-01",
        "2025-06-03",
    ),
    "demand_response__operators__1": ("demand_response/v1/operators", "2026-11-01", "2026-11-21"),
    "demand_response__volumes__1": ("demand_response/v1/volumes", *YEAR),
    "signal__signals__1": ("signal/v1/signals", *YEAR),
    "actual_generation__generation_mix_15min_time_scale__1": (
        "actual_generation/v1/generation_mix_15min_time_scale",
        *SEVEN_DAYS,
    ),
    "consolidated_consumption__consolidated_power_consumption__1": (
        "consolidated_consumption/v1/consolidated_power_consumption",
        *YEAR,
    ),
    "consolidated_consumption__consolidated_energy_consumption__1": (
        "consolidated_consumption/v1/consolidated_energy_consumption",
        *YEAR,
    ),
    "consumption__weekly_forecasts__1": ("consumption/v1/weekly_forecasts", *SEVEN_DAYS),
    "consumption__annual_forecasts__1": ("consumption/v1/annual_forecasts", "2025-01-01", "2027-01-01"),
    "balancing_energy__imbalance_data__1": ("balancing_energy/v5/imbalance_data", *SEVEN_DAYS),
    "balancing_energy__standard_afrr_data__1": ("balancing_energy/v5/standard_afrr_data", *SEVEN_DAYS),
    "balancing_energy__tso_offers__1": ("balancing_energy/v5/tso_offers", *YEAR),
    "balancing_capacity__result_procured_reserves__1": (
        "balancing_capacity/v5/result_procured_reserves",
        *SEVEN_DAYS,
    ),
    "balancing_capacity__procured_reserves__1": ("balancing_capacity/v4/procured_reserves", *SEVEN_DAYS),
    "balancing_capacity__accepted_offers__1": ("balancing_capacity/v4/accepted_offers", *SEVEN_DAYS),
    "balancing_capacity__insufficients_offers__1": ("balancing_capacity/v4/insufficients_offers", *YEAR),
    "certified_capacities_registry__ncc_greater_equal_100_mw__1": (
        "certified_capacities_registry/v1/ncc_greater_equal_100_mw",
        *YEAR,
    ),
    "certified_capacities_registry__ncc_less_100_mw__1": ("certified_capacities_registry/v1/ncc_less_100_mw", *YEAR),
    "certification_obligation_parameter__charts_parameters__1": (
        "certification_obligation_parameter/v1/charts_parameters",
        *YEAR,
    ),
    "certification_obligation_parameter__reference_extreme_temperatures__1": (
        "certification_obligation_parameter/v1/reference_extreme_temperatures",
        *YEAR,
    ),
    "registry_consumption_control_measure__registry_consumption_controles_measures__1": (
        "registry_consumption_control_measure/v1/registry_consumption_controles_measures",
        *YEAR,
    ),
} | {
    f"bre_imbalance_reconstitution__{name}__1": (f"bre_imbalance_reconstitution/v1/{name}", *YEAR)
    for name in (
        "national_reference_load_curves",
        "national_profiling_imbalances",
        "national_alignment_coefficients",
        "additional_national_alignment_coefficients",
    )
}


@pytest.mark.parametrize("recording", ANSWERS)
def test_same_keys_and_kinds_of_values(ask: Callable[..., Any], recording: str) -> None:
    recorded = json.loads((REAL / f"{recording}.json").read_text())
    assert shape(ask(*ANSWERS[recording])) == shape(recorded)


def shape(body: Any) -> dict[str, set[Any]]:
    """By place in the answer: the sets of keys of its objects, or the kinds of its values."""
    found: dict[str, set[Any]] = defaultdict(set)
    _look(body, "", found)
    return dict(found)


def _look(value: Any, place: str, found: dict[str, set[Any]]) -> None:
    if isinstance(value, dict):
        found[place].add(frozenset(value))
        for key, inner in value.items():
            _look(inner, f"{place}/{key}", found)
    elif isinstance(value, list):
        found[place].add("list")
        for inner in value:
            _look(inner, f"{place}[]", found)
    else:
        kind = type(value).__name__
        found[place].add("number" if kind in ("int", "float") else kind)
