"""The page that analysts read, the table that the connector reads, its metadata and the demo say the same."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from connector_kit.streams import Field
from markdown_tables import tables
from portal_double import Held
from portal_reads import NOW, ODRE, PARIS_PORTAL, site
from reading import LOGGER, pinned
from source_opendatasoft import SourceOpendatasoft
from source_opendatasoft.dataset import EVIDENCE, Dataset
from source_opendatasoft.portal import FEW_ROWS, KEPT_CALLS, LINES_A_PAGE
from source_opendatasoft.presets import PRESETS
from source_opendatasoft.source import wrong_config
from source_opendatasoft.stream import PortalStream

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "sources" / "opendatasoft.md"
CONNECTIONS = ROOT / "airbyte" / "connections.yaml"
METADATA = ROOT / "source-opendatasoft" / "metadata.yaml"
SPEC = ROOT / "source-opendatasoft" / "src" / "source_opendatasoft" / "spec.yaml"

DATASETS = {dataset.name: dataset for domain in (ODRE, PARIS_PORTAL) for dataset in PRESETS[domain]}
each_dataset = pytest.mark.parametrize("dataset", DATASETS.values(), ids=lambda dataset: dataset.name)
each_field = pytest.mark.parametrize(
    ("dataset", "field"),
    [(dataset, field) for dataset in DATASETS.values() for field in dataset.description.fields],
    ids=lambda part: part.name,
)


@cache
def rows(head: str) -> Mapping[str, tuple[Mapping[str, str], ...]]:
    """By the name in their first column, the rows of the tables that begin with this head."""
    found: dict[str, tuple[Mapping[str, str], ...]] = {}
    for table in tables(PAGE.read_text()):
        for row in table:
            if next(iter(row)) == head:
                name = row[head].strip("`")
                found[name] = (*found.get(name, ()), row)
    return found


def told(dataset: Dataset) -> Mapping[str, str]:
    """What the page tells of a stream, its two rows joined."""
    holds, read = rows("stream")[dataset.name]
    return {**holds, **read}


def named(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def written(time: timedelta) -> str:
    hours, minutes = divmod(int(time.total_seconds()) // 60, 60)
    return f"{hours} h {minutes}" if hours else f"{minutes} min"


def test_the_page_tells_of_every_stream_in_two_tables_and_of_no_other() -> None:
    assert {stream: len(found) for stream, found in rows("stream").items()} == dict.fromkeys(DATASETS, 2)


@each_dataset
def test_the_page_says_of_a_stream_what_the_connector_does(dataset: Dataset) -> None:
    row = told(dataset)
    assert named(row["data set"]) == [dataset.dataset]
    assert named(row["key"]) == list(dataset.description.primary_key)
    whole = " and whole" if dataset.whole_when_processed else ""
    assert row["look-back, days"] == (f"{dataset.look_back_days}{whole}" if dataset.cursor else "whole")
    assert row["every"] == (written(dataset.read_every) if dataset.cursor else "at each sync")
    assert row["longest window"] == (f"{dataset.window_days} days" if dataset.cursor else "all")
    assert row["evidence"] == dataset.evidence
    if dataset.first_day:
        assert row["since"] == dataset.first_day.isoformat()
    else:
        assert not re.fullmatch(r"\d{4}-\d\d-\d\d", row["since"])
    assert all(row.values()), "a cell is empty"


@each_dataset
def test_the_page_names_the_units_of_a_stream(dataset: Dataset) -> None:
    units = {field.unit for field in dataset.fields} - {"", "none"}
    assert units - set(re.split(r"[\s,;():]+", told(dataset)["holds, unit"])) == set()


def test_the_page_counts_right() -> None:
    text = PAGE.read_text().replace("\n", " ")
    assert f"describes {len(DATASETS)} itself: {len(PRESETS[ODRE])} of ODRÉ" in text
    assert f"and {len(PRESETS[PARIS_PORTAL])} of Open Data Paris" in text
    assert f"Up to {FEW_ROWS} rows come in pages" in text
    assert f"in pages of {LINES_A_PAGE:,} rows" in text
    assert KEPT_CALLS == 5
    assert "or five calls are left of it" in text


def test_the_page_says_what_the_state_holds() -> None:
    fields = [name for head in rows("field") for name in re.findall(r"[a-z_]+", head.replace("the cursor", ""))]
    assert [name for name in fields if f"``{name}``" not in (PortalStream.__doc__ or "")] == []
    assert len(fields) == 9


# The demo


def connections() -> list[Mapping[str, Any]]:
    found: Mapping[str, Any] = yaml.safe_load(CONNECTIONS.read_text())["connections"]
    return [one for one in found.values() if one["source"] == "source-opendatasoft"]


@each_dataset
def test_a_connection_reads_the_stream_and_the_page_says_how_much_the_demo_loads(dataset: Dataset) -> None:
    ((connection, configured),) = [
        (one, one["streams"][dataset.name]) for one in connections() if dataset.name in one["streams"]
    ]
    assert configured.get("cursor") == dataset.cursor
    assert (configured["sync"] == "full_refresh_overwrite") == (dataset.cursor is None)
    demo = {**connection["config"], **connection["modes"]["demo"]}
    start = (demo["advanced"].get("stream_start_dates") or {}).get(dataset.name, demo["start_date"])
    assert told(dataset)["demo, days"] == (str(start["days_ago"]) if dataset.cursor else "all")


def test_the_configurations_of_the_connections_are_right() -> None:
    for connection in connections():
        start = "2026-01-01"
        with pinned(NOW):
            assert wrong_config({**connection["config"], "start_date": start, "advanced": {}}) is None


def test_the_metadata_suggest_the_streams_that_are_described() -> None:
    suggested = yaml.safe_load(METADATA.read_text())["data"]["suggestedStreams"]["streams"]
    assert suggested == list(DATASETS)


def test_spec_and_readme_know_the_same_options() -> None:
    spec = yaml.safe_load(SPEC.read_text())["connectionSpecification"]["properties"]
    options = {*spec, *(f"advanced.{name}" for name in spec["advanced"]["properties"])} - {"advanced"}
    readme = (ROOT / "source-opendatasoft" / "README.md").read_text()
    listed = {name for table in tables(readme) for row in table if "option" in row for name in named(row["option"])}
    assert listed == options


# The table of data sets


@each_field
def test_a_column_is_described_and_a_number_has_a_unit(dataset: Dataset, field: Field) -> None:
    assert field.description.strip().endswith((".", "too.", "year"))
    assert field.type not in ("number", "integer") or field.unit


@each_dataset
def test_a_stream_is_described_and_its_columns_have_names_of_their_own(dataset: Dataset) -> None:
    assert dataset.about.endswith(".")
    assert dataset.evidence in EVIDENCE
    names = Counter(field.name for field in dataset.description.fields)
    assert [name for name, count in names.items() if count > 1] == []
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in names)


@each_dataset
def test_a_key_is_made_of_columns_that_are_never_null(dataset: Dataset) -> None:
    key = dataset.description.primary_key
    assert key
    assert len(set(key)) == len(key)
    assert [part for part in key if dataset.columns[part].nullable] == []


@each_dataset
def test_a_cursor_is_a_date_and_no_part_of_a_key_is_an_instant_that_repeats(dataset: Dataset) -> None:
    assert "date_heure" not in dataset.key
    if dataset.cursor:
        assert dataset.columns[dataset.cursor].type in ("date", "instant")
        assert not dataset.columns[dataset.cursor].nullable
        assert dataset.columns[dataset.measured_by].type == "number"


@each_dataset
def test_what_is_consolidated_has_its_nature_in_the_key(dataset: Dataset) -> None:
    assert ("nature" in dataset.columns) == ("nature" in dataset.key)


def test_old_and_new_addresses_of_a_portal_are_one() -> None:
    assert PRESETS["opendata.reseaux-energies.fr"] is PRESETS[ODRE]


# Data sets of other portals, as the page explains them


def test_the_worked_example_is_true() -> None:
    (config,) = [json.loads(block) for block in re.findall(r"```json\n(.+?)```", PAGE.read_text(), re.S)]
    types = {
        "compteur": "text",
        "date_mesure": "datetime",
        "Débit horaire": "int",
        "position": "geo_point_2d",
        "voies": "text",
        "photo": "file",
    }
    counted = {
        "compteur": "A",
        "date_mesure": "2026-03-01T11:00:00+01:00",
        "Débit horaire": "12",
        "position": {"lon": 2.5, "lat": 48.5},
        "voies": ["bus", "vélo"],
        "photo": {"url": "https://data.example.org/a.jpg"},
    }
    kept = Held([counted], types)
    annotations: Mapping[str, Any] = {"Débit horaire": {"unit": "vélos/h"}, "voies": {"multivalued": []}}
    described = kept.described("comptages-velo")["fields"]
    kept.document = {"fields": [{**field, "annotations": annotations.get(field["name"], {})} for field in described]}
    with site(comptages_velo=kept, stations_velo=[{"nom": "Gare"}]) as portal:
        config["advanced"] = {"base_url": portal.portal.url, "calls_per_second": 1000}
        with pinned(NOW):
            catalog = SourceOpendatasoft().discover(LOGGER, config)
        reading = portal.sync("comptages_velo", domain=config["domain"], datasets=config["datasets"])
    assert [stream.name for stream in catalog.streams] == ["comptages_velo", "stations_velo"]
    description = reading.descriptions["comptages_velo"]
    assert [(field.name, field.type) for field in description.fields] == [
        (column, row["type"]) for column, (row,) in rows("column").items() if "type" in row
    ]
    assert {field.name: field.unit for field in description.fields}["debit_horaire"] == "vélos/h"
    assert reading.records("comptages_velo") == [
        {
            "compteur": "A",
            "date_mesure": "2026-03-01T10:00:00Z",
            "debit_horaire": 12,
            "position_lon": 2.5,
            "position_lat": 48.5,
            "voies": '["bus","vélo"]',
            "photo": "https://data.example.org/a.jpg",
        }
    ]
    assert reading.descriptions["stations_velo"].primary_key == ("record_hash",)


@pytest.mark.parametrize("domain", [ODRE, PARIS_PORTAL])
def test_streams_that_are_described_here_are_shown_without_a_call(domain: str) -> None:
    nowhere = {"base_url": "http://127.0.0.1:9"}
    with pinned(NOW):
        catalog = SourceOpendatasoft().discover(
            LOGGER, {"domain": domain, "start_date": "2026-01-01", "advanced": nowhere}
        )
    assert [stream.name for stream in catalog.streams] == [dataset.name for dataset in PRESETS[domain]]
