"""The CDK's standard tests: spec, check, discover, read, and no secret in any output."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from air_reads import ABIDJAN, PARIS, settings
from airbyte_cdk.test.models import ConnectorTestScenario
from simulator.airqino.accounts import Accounts
from simulator.testing import running_simulator
from source_airqino import SourceAirqino
from standard_suite import StandardSuite

NOW = "2026-11-21T12:34:00Z"
ACCOUNT = {"username": "someone", "password": "not-a-real-password", "client_id": "some-client"}


class TestStandard(StandardSuite):
    connector = SourceAirqino

    @pytest.fixture
    def scenario(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ConnectorTestScenario]:
        monkeypatch.setenv("HEXAWATT_NOW", NOW)
        with running_simulator(now=NOW) as url:
            url.simulator.keep(Accounts(*ACCOUNT.values()))
            config = settings(f"{url}/airqino", PARIS, ABIDJAN, start_date="2026-11-20", **ACCOUNT)
            (tmp_path / "config.json").write_text(json.dumps(config))
            yield ConnectorTestScenario(config_path=tmp_path / "config.json", status="succeed")
