"""The Airbyte CDK's own test suite for destinations, and the class it is about."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

import pytest
from airbyte_cdk.destinations import Destination
from airbyte_cdk.models import AirbyteMessageSerializer, ConfiguredAirbyteCatalogSerializer
from airbyte_cdk.test.models import ConnectorTestScenario
from airbyte_cdk.test.standard_tests._job_runner import run_test_job
from airbyte_cdk.test.standard_tests._spec_lint import assert_spec_is_valid, get_single_spec
from airbyte_cdk.test.standard_tests.destination_base import DestinationTestSuiteBase
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from destination_duckdb.destination import DestinationDuckdb
from duckdb_room import Room, record, state

ROOM = Path(__file__).parent.parent


@pytest.fixture
def scenario(tmp_path: Path) -> ConnectorTestScenario:
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"path": str(tmp_path / "lake.duckdb"), "schema": "raw"}))
    return ConnectorTestScenario(config_path=config)


class TestDestinationDuckdb(DestinationTestSuiteBase):
    """test_check and test_config_matches_spec are the suite's own."""

    connector = DestinationDuckdb

    # The image is checked without an engine, from its Dockerfile (test_image.py).
    test_docker_image_build_and_spec = None
    test_docker_image_spec_backward_compatibility = None
    test_docker_image_build_and_check = None
    test_docker_image_build_and_config_matches_spec = None
    test_docker_image_build_and_discover = None
    test_docker_image_build_and_read = None

    @classmethod
    def get_connector_root_dir(cls) -> Path:
        return ROOM


def test_the_class_is_found_by_the_name_the_cdk_looks_for() -> None:
    assert importlib.import_module("destination_duckdb").DestinationDuckdb is DestinationDuckdb
    assert issubclass(DestinationDuckdb, Destination)


def test_spec_is_valid_and_has_no_secret() -> None:
    spec = get_single_spec(
        run_test_job(DestinationDuckdb(), "spec", connector_root=ROOM), connector_name="destination-duckdb"
    )
    assert_spec_is_valid(spec, connector_name="destination-duckdb")
    assert "airbyte_secret" not in json.dumps(spec.connectionSpecification)
    for rule in spec.connectionSpecification["properties"].values():
        assert rule["title"]
        assert rule["description"]


def messages(room: Room, lines: bytes) -> list[Any]:
    catalog = ConfiguredAirbyteCatalogSerializer.load(
        {
            "streams": [
                {**each, "stream": {**each["stream"], "supported_sync_modes": ["incremental"]}} for each in room.streams
            ]
        }
    )
    incoming = [AirbyteMessageSerializer.load(json.loads(each)) for each in lines.splitlines()]
    return list(DestinationDuckdb().write(room.config, catalog, incoming))


def test_write_through_the_cdk_stores_and_answers_like_the_console_script(room: Room) -> None:
    answers = messages(room, record({"place": "paris", "at": "2026-01-01T00:00:00Z", "value": 2}) + state(1))
    assert [AirbyteMessageSerializer.dump(m) for m in answers if m.state] == [json.loads(state(1))]
    assert room.rows("SELECT place, value FROM raw.readings") == [("paris", 2.0)]


def test_write_through_the_cdk_fails_with_the_same_words(room: Room) -> None:
    with pytest.raises(AirbyteTracedException) as caught:
        messages(room, record({}, "gas"))
    assert "not in the catalog" in str(caught.value.message)
