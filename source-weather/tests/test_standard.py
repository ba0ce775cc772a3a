"""The CDK's standard tests: spec, check, discover, read, and no secret in any output."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from airbyte_cdk.test.models import ConnectorTestScenario
from source_weather import SourceWeather
from standard_suite import StandardSuite
from weather_reads import config, weather_simulator


class TestStandard(StandardSuite):
    connector = SourceWeather

    @pytest.fixture
    def scenario(self, tmp_path: Path) -> Iterator[ConnectorTestScenario]:
        with weather_simulator() as url:
            (tmp_path / "config.json").write_text(
                json.dumps(config(url, "2026-11-19", end_date="2026-11-19", forecast_days=1))
            )
            yield ConnectorTestScenario(config_path=tmp_path / "config.json", status="succeed")
