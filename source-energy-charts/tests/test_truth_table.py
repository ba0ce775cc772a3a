"""The page that analysts read, the table that the connector reads, and what the platform is told of it say the same."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from connector_kit.pace import DAILY, SIX_HOURLY
from energy_charts_reads import BY_NAME, STREAMS
from markdown_tables import tables
from source_energy_charts import SourceEnergyCharts
from source_energy_charts.endpoint import EVIDENCE, Endpoint
from source_energy_charts.endpoints import ENDPOINTS, FORECAST_TYPES, PRODUCTION_TYPES, SHARE_TYPES
from source_energy_charts.places import DEFAULT_COUNTRIES, DEFAULT_ZONES, FREE_ZONES
from source_energy_charts.scopes import DEFAULT_FORECAST_TYPES, Wanted

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "sources" / "energy-charts.md"
CONNECTIONS = ROOT / "airbyte" / "connections.yaml"
ROOM = ROOT / "source-energy-charts"

Row = Mapping[str, str]
each_endpoint = pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.stream)


@cache
def page() -> str:
    return PAGE.read_text()


@cache
def page_rows() -> Mapping[str, tuple[Row, ...]]:
    """By stream, its rows in the tables that begin with a stream."""
    found: dict[str, tuple[Row, ...]] = {}
    for table in tables(page()):
        for row in table:
            if next(iter(row)) == "stream":
                name = row["stream"].strip("`")
                found[name] = (*found.get(name, ()), row)
    return found


def told(endpoint: Endpoint) -> Row:
    """What the page tells of a stream, its two rows joined."""
    holds, read = page_rows()[endpoint.stream]
    return {**holds, **read}


def named(cell: str) -> list[str]:
    """What a cell writes as code."""
    return re.findall(r"`([^`]+)`", cell)


def written(time: timedelta) -> str:
    hours, minutes = divmod(int(time.total_seconds()) // 60, 60)
    return f"{hours} h {minutes}" if hours else f"{minutes} min"


def test_the_page_tells_of_every_stream_in_two_tables_and_of_no_other() -> None:
    assert {stream: len(rows) for stream, rows in page_rows().items()} == dict.fromkeys(STREAMS, 2)
    assert f"has {len(ENDPOINTS)} streams" in page().replace("\n", " ")


@each_endpoint
def test_the_page_says_of_a_stream_what_the_connector_does(endpoint: Endpoint) -> None:
    row = told(endpoint)
    moment, year = endpoint.asked == "moment", endpoint.asked == "year"
    paths = list(SHARE_TYPES.values()) if endpoint.each == "share" else [endpoint.path]
    assert named(row["resource"]) == paths
    assert named(row["key"]) == list(endpoint.key)
    assert row["look-back, days"] == ("all" if moment else str(endpoint.look_back_days))
    assert row["every"] == written(endpoint.read_every)
    outlook = endpoint.shape == "outlook"
    assert row["since"] == ("not known" if not moment else "no history" if outlook else "as it stands")
    assert row["longest window"] == ("none" if moment else "calendar year" if year else f"{endpoint.longest_days} days")
    assert row["evidence"] == endpoint.evidence
    assert all(row.values()), "a cell is empty"


@each_endpoint
def test_the_page_names_the_units_of_a_stream(endpoint: Endpoint) -> None:
    units = {unit for field in endpoint.fields for unit in field.unit.split(" or ")} - {"", "min"}
    assert units <= set(re.split(r"[\s,;():]+", told(endpoint)["holds, unit"]))


def test_the_page_and_the_form_name_the_free_zones() -> None:
    text = page().replace("\n", " ")
    listed = text[text.index("Prices of AT") : text.index("are CC BY 4.0 from")]
    assert set(re.findall(r"[A-Z]{2}[A-Za-z0-9-]*", listed)) == set(FREE_ZONES)
    form = properties()["bidding_zones"]["description"]
    listed = form[form.index("Prices of") : form.index("are CC BY")]
    assert set(re.findall(r"[A-Z]{2}[A-Za-z0-9-]*", listed)) == set(FREE_ZONES)


def test_the_page_counts_the_calls_that_a_sync_makes() -> None:
    wanted = Wanted.of({})
    calls = Counter[timedelta]()
    for endpoint in ENDPOINTS:
        calls[endpoint.read_every] += len(wanted.scopes(endpoint))
    rows = {row[""]: row for table in tables(page()) for row in table if "calls" in row}
    told_calls = {
        name.partition(":")[0]: (int(row["calls"]), int(row["seconds"]))
        for name, row in rows.items()
        if row["calls"].isdigit()
    }
    shortest = min(calls)
    expected = {
        "every hour": calls[shortest],
        "every six hours besides": calls[SIX_HOURLY],
        "once a day besides": calls[DAILY],
    }
    assert told_calls == {name: (count, 3 * count) for name, count in expected.items()}


# The demo


@cache
def connections() -> Mapping[str, Any]:
    every: Mapping[str, Any] = yaml.safe_load(CONNECTIONS.read_text())["connections"]
    return {name: one for name, one in every.items() if one["source"] == "source-energy-charts"}


def demo_days(endpoint: Endpoint) -> str:
    """How far back the demo loads a stream, as the page writes it."""
    for connection in connections().values():
        if endpoint.stream in connection["streams"]:
            if endpoint.asked == "moment":
                return "what there is"
            demo = connection["modes"]["demo"]
            own = demo.get("advanced", {}).get("stream_start_dates", {})
            return str(own.get(endpoint.stream, demo["start_date"])["days_ago"])
    return "off"


@each_endpoint
def test_the_page_says_how_much_history_the_demo_loads(endpoint: Endpoint) -> None:
    assert not connections() or told(endpoint)["demo, days"] == demo_days(endpoint)


def test_each_stream_is_in_one_connection_with_its_cursor() -> None:
    every = [(name, one) for connection in connections().values() for name, one in connection["streams"].items()]
    assert len(every) == len(dict(every)), "a stream in two connections"
    assert {name for name, _ in every} <= set(STREAMS)
    assert all(one.get("cursor", BY_NAME[name].cursor) == BY_NAME[name].cursor for name, one in every)


# The table, the form, the metadata


@cache
def properties() -> Mapping[str, Any]:
    spec = yaml.safe_load((ROOM / "src" / "source_energy_charts" / "spec.yaml").read_text())
    found: Mapping[str, Any] = spec["connectionSpecification"]["properties"]
    return found


def test_the_form_has_the_defaults_of_the_connector() -> None:
    assert properties()["countries"]["default"] == list(DEFAULT_COUNTRIES)
    assert properties()["bidding_zones"]["default"] == list(DEFAULT_ZONES)
    advanced = properties()["advanced"]["properties"]
    assert advanced["forecast_types"]["default"] == list(DEFAULT_FORECAST_TYPES)
    assert advanced["forecast_types"]["items"]["enum"] == list(FORECAST_TYPES)
    assert advanced["forecast_production_types"]["items"]["enum"] == list(PRODUCTION_TYPES)
    assert advanced["forecast_production_types"]["default"] == list(PRODUCTION_TYPES)


def test_every_option_of_the_form_stands_in_the_readme() -> None:
    text = (ROOM / "README.md").read_text()
    for name in [*properties(), *properties()["advanced"]["properties"]]:
        assert f"`{name}`" in text or f"`advanced.{name}`" in text or name == "advanced", name


def test_metadata_and_dockerfile_have_one_version_and_all_streams() -> None:
    metadata = yaml.safe_load((ROOM / "metadata.yaml").read_text())["data"]
    assert metadata["suggestedStreams"]["streams"] == list(STREAMS)
    tag = f"{metadata['dockerRepository']}:{metadata['dockerImageTag']}"
    assert tag in (ROOM / "Dockerfile").read_text()
    assert f'version = "{metadata["dockerImageTag"]}"' in (ROOM / "pyproject.toml").read_text()
    assert metadata["allowedHosts"]["hosts"] == ["api.energy-charts.info"]


@each_endpoint
def test_a_stream_is_described_and_its_columns_too(endpoint: Endpoint) -> None:
    assert endpoint.about.endswith(".")
    assert endpoint.evidence in EVIDENCE
    names = [field.name for field in endpoint.fields]
    assert len(set(names)) == len(names)
    for field in endpoint.fields:
        assert field.description.strip()
        assert field.type != "number" or field.unit, field.name


@each_endpoint
def test_a_key_is_never_null_and_the_cursor_is_a_column(endpoint: Endpoint) -> None:
    columns = {field.name: field for field in endpoint.fields}
    assert not [name for name in endpoint.key if columns[name].nullable]
    assert endpoint.cursor in columns


def test_discover_shows_all_streams() -> None:
    assert [description.name for description in SourceEnergyCharts().descriptions] == list(STREAMS)
