"""The CDK's standard tests: spec, check, discover, read, and no secret in any output."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from airbyte_cdk.test.models import ConnectorTestScenario
from airbyte_cdk.test.standard_tests import SourceTestSuiteBase
from simulator.testing import running_simulator
from source_rte import SourceRte

NOW = "2026-11-20T15:05:00Z"


# Streams that have nothing in two days: what is published months later, or in winter, or seldom.
RARE = {
    **dict.fromkeys(("consolidated_energy_consumption", "consolidated_power_consumption"), "2026-09-01"),
    **dict.fromkeys(("national_alignment_coefficients", "national_profiling_imbalances"), "2026-10-01"),
    **dict.fromkeys(("additional_national_alignment_coefficients", "national_reference_load_curves"), "2026-10-01"),
    **dict.fromkeys(("congestion_costs", "countertrading", "redispatching", "coefficient_k"), "2026-06-01"),
    **dict.fromkeys(("insufficients_offers", "other_market_information", "water_reserves"), "2026-06-01"),
    **{"capacity_signals": "2025-11-01", "temporal_reconciliations": "2024-07-01", "afrr_marginal_price": "2026-11-20"},
}


class TestStandard(SourceTestSuiteBase):
    connector = SourceRte

    # The container images are checked without an engine, from their Dockerfiles.
    test_docker_image_build_and_spec = None
    test_docker_image_spec_backward_compatibility = None
    test_docker_image_build_and_check = None
    test_docker_image_build_and_config_matches_spec = None
    test_docker_image_build_and_discover = None
    test_docker_image_build_and_read = None

    @pytest.fixture
    def scenario(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ConnectorTestScenario]:
        monkeypatch.setenv("HEXAWATT_NOW", NOW)
        with running_simulator(now=NOW) as url:
            config: dict[str, Any] = {
                "start_date": "2026-11-19",
                "advanced": {"base_url": str(url), "calls_per_second": 1000, "stream_start_dates": RARE},
                "client_id": "id",
                "client_secret": "a-secret-word",
            }
            (tmp_path / "config.json").write_text(json.dumps(config))
            yield ConnectorTestScenario(config_path=tmp_path / "config.json", status="succeed")
