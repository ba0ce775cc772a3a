"""What Airbyte needs of each connector's image, read from its Dockerfile and metadata (no engine runs here)."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from airbyte_cdk.models.connector_metadata import MetadataFile

ROOT = Path(__file__).parents[2]
CONNECTORS = sorted(path.parent.name for path in ROOT.glob("*/metadata.yaml"))


def dockerfile(connector: str) -> str:
    return (ROOT / connector / "Dockerfile").read_text()


def test_the_connectors_are_those_we_know() -> None:
    sources = ("airqino", "energy-charts", "opendatasoft", "rte", "weather")
    assert ["destination-duckdb", *(f"source-{name}" for name in sources)] == CONNECTORS


@pytest.mark.parametrize("connector", CONNECTORS)
def test_the_entry_point_is_an_absolute_path_to_the_console_script(connector: str) -> None:
    (command,) = re.findall(r'^ENV AIRBYTE_ENTRYPOINT="(.+)"$', dockerfile(connector), re.M)
    assert command == f"/usr/local/bin/{connector}"
    assert f'ENTRYPOINT ["{command}"]' in dockerfile(connector)
    project = tomllib.loads((ROOT / connector / "pyproject.toml").read_text())["project"]
    assert connector in project["scripts"]


@pytest.mark.parametrize("connector", CONNECTORS)
def test_the_image_is_pinned_and_runs_as_uid_1000(connector: str) -> None:
    text = dockerfile(connector)
    assert re.search(r"^FROM python:3\.11\.\d+-slim-\w+$", text, re.M)
    assert "--require-hashes" in text
    assert "--uid 1000 --gid 1000" in text
    assert text.index("pip install") < text.index("USER airbyte") < text.index("ENTRYPOINT [")


@pytest.mark.parametrize("connector", CONNECTORS)
def test_what_the_image_copies_is_there_and_is_all_that_the_connector_needs(connector: str) -> None:
    copied = re.findall(r"^COPY (\S+) ", dockerfile(connector), re.M)
    assert all((ROOT / path).exists() for path in copied)
    project = tomllib.loads((ROOT / connector / "pyproject.toml").read_text())["project"]
    ours = {re.split(r"[=<> ]", need)[0] for need in project["dependencies"]} & {path.name for path in ROOT.iterdir()}
    assert ours | {connector} <= set(copied)


@pytest.mark.parametrize("connector", CONNECTORS)
def test_the_metadata_is_airbytes_and_names_this_version(connector: str) -> None:
    metadata = yaml.safe_load((ROOT / connector / "metadata.yaml").read_text())
    MetadataFile.model_validate(metadata)
    version = tomllib.loads((ROOT / connector / "pyproject.toml").read_text())["project"]["version"]
    repository = metadata["data"]["dockerRepository"]
    assert metadata["data"]["dockerImageTag"] == version
    assert f'LABEL io.airbyte.name="{repository}" io.airbyte.version="{version}"' in dockerfile(connector)
