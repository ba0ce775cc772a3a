"""What a running Superset exports is what the files say: nothing is lost on import, nothing is guessed by it."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from bundle import read_bundle

BUNDLE = read_bundle()
FILES = {path: asset for path, asset in BUNDLE.assets.items() if "uuid" in asset}
# Superset keeps these but exports them not, or under another name: where an asset comes from, what its database allows.
NOT_EXPORTED = {"is_managed_externally", "external_url", "allow_dml", "allow_file_upload"}
# The file of the database names the served file by a variable, filled in at import.
FILLED_IN = {"sqlalchemy_uri", "extra"}


@pytest.fixture(scope="module")
def exported(app: Any) -> dict[str, Any]:
    """{uuid: asset} of all that this Superset exports."""
    from superset.commands.export.assets import ExportAssetsCommand
    from superset.extensions import security_manager
    from superset.utils.core import override_user

    with app.app_context(), override_user(security_manager.find_user("admin")):
        texts = [content() for _, content in ExportAssetsCommand().run()]
    assets = [yaml.safe_load(text) for text in texts]
    return {asset["uuid"]: asset for asset in assets if "uuid" in asset}


def lost(ours: Any, theirs: Any, path: str = "") -> list[str]:
    """Where ``theirs`` lacks or changes what ``ours`` says; what it adds (defaults, its own ids) is no loss."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        missing = [f"{path}.{key} is gone" for key in ours if key not in theirs]
        return missing + [
            item for key in ours if key in theirs for item in lost(ours[key], theirs[key], f"{path}.{key}")
        ]
    if isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        return [item for n, pair in enumerate(zip(ours, theirs, strict=True)) for item in lost(*pair, f"{path}[{n}]")]
    return [] if ours == theirs else [f"{path}: {ours!r} became {theirs!r}"]


def normalised(asset: dict[str, Any]) -> dict[str, Any]:
    """Without what differs by installation: numbers of charts become their uuids, columns and metrics go by name."""
    made = {key: value for key, value in asset.items() if key not in NOT_EXPORTED | FILLED_IN}
    for part, name in (("columns", "column_name"), ("metrics", "metric_name")):
        if part in made:
            made[part] = {item[name]: item for item in made[part]}
    if made.get("query_context"):
        made["query_context"] = json.loads(made["query_context"]) | {"datasource": "this installation's number"}
    if "position" in made:
        made["position"], made["metadata"] = _by_uuid(made["position"], made["metadata"])
    return made


def _by_uuid(position: dict[str, Any], metadata: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    nodes = {name: dict(node) for name, node in position.items() if isinstance(node, dict)}
    uuids = {node["meta"]["chartId"]: node["meta"]["uuid"] for node in nodes.values() if node["type"] == "CHART"}
    for node in nodes.values():
        node["meta"] = {key: value for key, value in node.get("meta", {}).items() if key != "chartId"}
    filters = [dict(item) for item in metadata["native_filter_configuration"]]
    for item in filters:
        item["scope"] = {**item["scope"], "excluded": sorted(uuids[number] for number in item["scope"]["excluded"])}
    return nodes, {**metadata, "native_filter_configuration": filters}


@pytest.mark.parametrize("path", FILES)
def test_asset_comes_back_as_it_is_in_its_file(path: str, exported: dict[str, Any]) -> None:
    ours = FILES[path]
    assert lost(normalised(ours), normalised(exported[ours["uuid"]])) == []


def test_nothing_else_is_exported(exported: dict[str, Any]) -> None:
    assert exported.keys() == {asset["uuid"] for asset in FILES.values()}
