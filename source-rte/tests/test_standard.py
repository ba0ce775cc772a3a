"""The CDK's standard tests: spec, check, discover, read, and no secret in any output."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from airbyte_cdk.test.models import ConnectorTestScenario
from simulator.testing import running_simulator
from small_reads import NIGHT, TODAY, config
from source_rte import SourceRte
from standard_suite import StandardSuite


class TestStandard(StandardSuite):
    connector = SourceRte

    @pytest.fixture
    def scenario(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ConnectorTestScenario]:
        monkeypatch.setenv("HEXAWATT_NOW", NIGHT)
        with running_simulator(now=NIGHT) as url:
            (tmp_path / "config.json").write_text(json.dumps(config(url, TODAY, end_date=TODAY)))
            yield ConnectorTestScenario(config_path=tmp_path / "config.json", status="succeed")
