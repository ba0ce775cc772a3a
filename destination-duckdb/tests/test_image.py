"""What Airbyte needs of the image, read from the Dockerfile (no engine runs here)."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import yaml
from airbyte_cdk.models.connector_metadata import MetadataFile

ROOM = Path(__file__).parent.parent
DOCKERFILE = (ROOM / "Dockerfile").read_text()
PROJECT = tomllib.loads((ROOM / "pyproject.toml").read_text())["project"]
METADATA = yaml.safe_load((ROOM / "metadata.yaml").read_text())


def test_the_entry_point_is_an_absolute_path_to_the_console_script() -> None:
    (command,) = re.findall(r'^ENV AIRBYTE_ENTRYPOINT="(.+)"$', DOCKERFILE, re.M)
    assert command == "/usr/local/bin/destination-duckdb"
    assert f'ENTRYPOINT ["{command}"]' in DOCKERFILE
    assert "destination-duckdb" in PROJECT["scripts"]


def test_the_image_is_pinned_slim_and_runs_as_uid_1000() -> None:
    assert re.search(r"^FROM python:\d+\.\d+\.\d+-slim-\w+$", DOCKERFILE, re.M)
    assert "--uid 1000" in DOCKERFILE
    assert DOCKERFILE.index("pip install") < DOCKERFILE.index("USER airbyte") < DOCKERFILE.index("ENTRYPOINT [")


def test_the_metadata_is_airbytes_and_names_this_version() -> None:
    MetadataFile.model_validate(METADATA)
    assert METADATA["data"]["dockerImageTag"] == PROJECT["version"]
    assert f'io.airbyte.version="{PROJECT["version"]}"' in DOCKERFILE
    assert METADATA["data"]["dockerRepository"] in DOCKERFILE
