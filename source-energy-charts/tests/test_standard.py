"""The CDK's standard tests: spec, check, discover, read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from airbyte_cdk.test.models import ConnectorTestScenario
from energy_charts_reads import NOW, config
from simulator.testing import running_simulator
from source_energy_charts import SourceEnergyCharts
from standard_suite import StandardSuite


class TestStandard(StandardSuite):
    connector = SourceEnergyCharts

    @pytest.fixture
    def scenario(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ConnectorTestScenario]:
        monkeypatch.setenv("HEXAWATT_NOW", NOW)
        with running_simulator(now=NOW) as url:
            settings = config(f"{url}/energy-charts", "2026-11-20")
            (tmp_path / "config.json").write_text(json.dumps(settings))
            yield ConnectorTestScenario(config_path=tmp_path / "config.json", status="succeed")
