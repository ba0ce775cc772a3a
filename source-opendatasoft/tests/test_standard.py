"""The CDK's standard tests: spec, check, discover, read, and no secret in any output."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from airbyte_cdk.test.models import ConnectorTestScenario
from portal_reads import ODRE, STARTS
from simulator.testing import running_simulator
from source_opendatasoft import SourceOpendatasoft
from standard_suite import StandardSuite

CONSOLIDATED = ("eco2mix_national_cons_def", "eco2mix_regional_cons_def")
NOW = "2026-11-20T01:20:00Z"


class TestStandard(StandardSuite):
    connector = SourceOpendatasoft

    @pytest.fixture
    def scenario(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ConnectorTestScenario]:
        monkeypatch.setenv("HEXAWATT_NOW", NOW)
        with running_simulator(now=NOW) as url:
            config = {
                "domain": ODRE,
                "start_date": "2026-11-20",
                "api_key": "a-secret-word",
                "datasets": [{"dataset": "stock-quotidien-stockages-gaz", "stream": "gas_by_description"}],
                "advanced": {
                    "base_url": f"{url}/odre",
                    "calls_per_second": 1000,
                    "end_date": "2026-11-20",
                    # Each record is held to its schema: few will do.
                    "stream_start_dates": {**STARTS, **dict.fromkeys(CONSOLIDATED, "2026-09-30")},
                },
            }
            (tmp_path / "config.json").write_text(json.dumps(config))
            yield ConnectorTestScenario(config_path=tmp_path / "config.json", status="succeed")
