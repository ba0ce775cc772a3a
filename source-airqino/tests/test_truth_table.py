"""The page that analysts read, the table of streams, the spec, the metadata and the connections say the same."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from connector_kit.streams import Field
from markdown_tables import tables
from reading import LOGGER
from source_airqino import SourceAirqino, records, sensors, source, station, stream
from source_airqino.resource import EVIDENCE, Resource
from source_airqino.resources import RESOURCES
from source_airqino.sensors import SENSORS, Sensor

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "sources" / "airqino.md"
CONNECTIONS = ROOT / "airbyte" / "connections.yaml"
METADATA = ROOT / "source-airqino" / "metadata.yaml"
SPEC = ROOT / "source-airqino" / "src" / "source_airqino" / "spec.yaml"

Row = Mapping[str, str]

each_resource = pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.stream)
each_sensor = pytest.mark.parametrize("sensor", SENSORS, ids=lambda sensor: sensor.column)


@cache
def page_tables() -> list[list[Row]]:
    return list(tables(PAGE.read_text()))


@cache
def told(stream: str) -> Row:
    """What the page tells of a stream, its two rows joined."""
    rows = [row for table in page_tables() for row in table if next(iter(row)) == "stream"]
    holds, read = [row for row in rows if row["stream"] == f"`{stream}`"]
    return {**holds, **read}


def table_of(first: str) -> list[Row]:
    (found,) = [table for table in page_tables() if next(iter(table[0])) == first]
    return found


def codes(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def written(time: timedelta) -> str:
    return f"{int(time.total_seconds()) // 60} min"


def test_the_page_tells_of_every_stream_and_of_no_other() -> None:
    rows = [row["stream"] for table in page_tables() for row in table if next(iter(row)) == "stream"]
    assert sorted(rows) == sorted(f"`{resource.stream}`" for resource in RESOURCES for _ in range(2))
    assert f"It has {len(RESOURCES)} streams." in PAGE.read_text()


@each_resource
def test_the_page_says_of_a_stream_what_the_connector_does(resource: Resource) -> None:
    row = told(resource.stream)
    series = resource.series
    assert codes(row["address"]) == resource.path.split(", ")
    assert codes(row["key"]) == list(resource.description.primary_key)
    assert row["evidence"] == resource.evidence
    assert resource.evidence in EVIDENCE
    assert all(row.values()), "a cell is empty"
    if series is None:
        assert (row["look-back, days"], row["every"], row["longest window"]) == ("all", "always", "none")
        return
    again = f"{series.look_back_days}, and 365 now and then" if series.reread else str(series.look_back_days)
    assert row["look-back, days"] == again
    assert row["every"] == written(series.read_every)
    assert row["longest window"].partition(" (")[0] == f"{series.longest_days} days"


@each_resource
def test_the_page_names_the_units_of_a_stream(resource: Resource) -> None:
    units = {field.unit.partition(" (")[0] for field in resource.description.fields} - {"", "that of the column unit"}
    assert {unit for unit in units if unit not in told(resource.stream)["holds, unit"]} == set()


@each_sensor
def test_the_page_tells_the_names_and_the_range_of_a_sensor(sensor: Sensor) -> None:
    (row,) = [row for table in page_tables() for row in table if row.get("column") == f"`{sensor.column}`"]
    assert codes(row["AirQino writes"]) == list(sensor.names)
    numbers = [float(number) for number in re.findall(r"-?\d+", row["range"])[:2]]
    bounded = [bound for bound in (sensor.lowest, sensor.highest) if abs(bound) != float("inf")]
    assert numbers == bounded
    assert sensor.unit.partition(" (")[0] in row["range"] or sensor.column == "t_int"


def test_the_page_explains_every_flag() -> None:
    explained = {code.partition(":")[0] for row in table_of("flag") for code in codes(row["flag"])}
    code = inspect.getsource(records) + inspect.getsource(sensors)
    written_flags = set(re.findall(r'"(partial|duplicate|impossible_label)"|f"(\w+):\{', code))
    assert {one or other for one, other in written_flags} == explained


def test_the_page_tells_the_look_back_on_a_whole_year() -> None:
    text = " ".join(PAGE.read_text().split())
    default = yaml.safe_load(SPEC.read_text())["connectionSpecification"]["properties"]["advanced"]["properties"][
        "reread_year_every_days"
    ]["default"]
    assert default == source.DEFAULT_REREAD_DAYS
    assert f"the last 365 days again every {default} days (`advanced.reread_year_every_days`" in text


def test_the_page_tells_how_long_a_silent_station_is_waited_for() -> None:
    text = " ".join(PAGE.read_text().split())
    assert f"one that is silent is asked again from there for {stream.PATIENCE.days} days" in text


# The demo


@cache
def connections() -> Mapping[str, Any]:
    """By stream, the connection that reads it."""
    every = yaml.safe_load(CONNECTIONS.read_text())["connections"].values()
    return {stream: one for one in every if one["source"] == "source-airqino" for stream in one["streams"]}


needs_connection = pytest.mark.skipif(not connections(), reason="airbyte/connections.yaml has no connection of AirQino")


@needs_connection
@each_resource
def test_the_page_says_how_much_history_the_demo_loads(resource: Resource) -> None:
    if resource.series is None:
        assert told(resource.stream)["demo, days"] == "what there is"
        return
    demo = connections()[resource.stream]["modes"]["demo"]
    own = (demo.get("advanced") or {}).get("stream_start_dates", {}).get(resource.stream, demo["start_date"])
    assert told(resource.stream)["demo, days"] == str(own["days_ago"])


@needs_connection
@each_resource
def test_a_connection_reads_the_stream_by_its_cursor(resource: Resource) -> None:
    configured = connections()[resource.stream]["streams"][resource.stream]
    assert configured.get("cursor") == resource.cursor
    assert configured["sync"].startswith("incremental" if resource.cursor else "full_refresh")


@needs_connection
def test_the_configured_stations_are_right() -> None:
    for one in connections().values():
        for config in (one["config"], one["modes"]["demo"]):
            assert station.wrong_stations(config) is None


def test_the_metadata_suggest_every_stream() -> None:
    suggested = yaml.safe_load(METADATA.read_text())["data"]["suggestedStreams"]["streams"]
    assert sorted(suggested) == sorted(resource.stream for resource in RESOURCES)


# The table of streams and the spec


@each_resource
def test_a_stream_is_described_and_its_columns_have_names_and_units(resource: Resource) -> None:
    fields = resource.description.fields
    names = [field.name for field in fields]
    assert len(set(names)) == len(names)
    assert resource.about.endswith(".")
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in names)
    assert [field.name for field in fields if field.type == "number" and not field.unit] == []
    assert [field.name for field in fields if not field.description.endswith(".")] == []


@each_resource
def test_keys_and_cursors_are_columns_that_are_never_null(resource: Resource) -> None:
    columns: Mapping[str, Field] = {field.name: field for field in resource.description.fields}
    named = [*resource.description.primary_key, *([resource.cursor] if resource.cursor else [])]
    assert [name for name in named if columns[name].nullable] == []
    assert (resource.cursor is None) == (resource.series is None)
    assert (resource.listed is None) != (resource.series is None)


def test_every_option_of_the_spec_is_read() -> None:
    properties = yaml.safe_load(SPEC.read_text())["connectionSpecification"]["properties"]
    code = (
        "".join(path.read_text() for path in SPEC.parent.glob("*.py"))
        + (ROOT / "connector-kit" / "src" / "connector_kit" / "config.py").read_text()
    )
    options = [*properties, *properties["advanced"]["properties"], *properties["stations"]["items"]["properties"]]
    assert [option for option in options if f'"{option}"' not in code] == []
    assert properties["password"]["airbyte_secret"]
    assert SourceAirqino().spec(LOGGER).connectionSpecification["title"] == "AirQino"
