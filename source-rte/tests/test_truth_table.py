"""The page that analysts read, the table that the connector reads and the connections of the demo say the same."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from connector_kit.streams import Field
from markdown_tables import tables
from source_rte import resources
from source_rte.resource import EVIDENCE, Resource
from source_rte.resources import API_NAMES, RESOURCES
from source_rte.unverified import FIELDS

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "sources" / "rte.md"
CONNECTIONS = ROOT / "airbyte" / "connections.yaml"
METADATA = ROOT / "source-rte" / "metadata.yaml"

# The page writes the two codes of a border in one word.
BORDER = ("sender_country_eic_code", "receiver_country_eic_code")
ENTRY_LINES = 15
# One is asked for in three parts, the other has a month for a key.
LONG_ENTRIES = {"generation_forecasts", "coefficient_k"}

Row = Mapping[str, str]

each_resource = pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.stream)
each_field = pytest.mark.parametrize(
    ("stream", "field"),
    [(resource.stream, field) for resource in RESOURCES for field in resource.description.fields],
    ids=lambda part: part.name if isinstance(part, Field) else part,
)


# The page


@cache
def page_rows() -> Mapping[str, tuple[Row, ...]]:
    """By stream, its rows in the tables that begin with a stream."""
    found: dict[str, tuple[Row, ...]] = {}
    for table in tables(PAGE.read_text()):
        for row in table:
            if next(iter(row)) == "stream":
                name = row["stream"].strip("`")
                found[name] = (*found.get(name, ()), row)
    return found


def told(resource: Resource) -> Row:
    """What the page tells of a stream, its two rows joined."""
    holds, read = page_rows()[resource.stream]
    return {**holds, **read}


def named(cell: str) -> list[str]:
    """What a cell writes as code, ``border`` as its two columns."""
    words = re.findall(r"`([^`]+)`|\b(border)\b", cell)
    return [name for code, border in words for name in (BORDER if border else (code,))]


def written(time: timedelta) -> str:
    hours, minutes = divmod(int(time.total_seconds()) // 60, 60)
    return f"{hours} h {minutes}" if hours else f"{minutes} min"


def longest_window(resource: Resource) -> str:
    period = resource.period
    if period is None:
        return "none"
    if period.cut:
        return "calendar month" if period.longest_days == 31 else "calendar year"
    return "1 day" if period.longest_days == 1 else f"{period.longest_days} days"


def since(resource: Resource) -> str:
    if resource.period is None:
        return "none" if resource.days_in else "as it stands"
    return resource.first_day.isoformat() if resource.first_day else "not known"


def test_the_page_tells_of_every_stream_in_two_tables_and_of_no_other() -> None:
    assert {stream: len(rows) for stream, rows in page_rows().items()} == dict.fromkeys(
        (resource.stream for resource in RESOURCES), 2
    )


@each_resource
def test_the_page_says_of_a_stream_what_the_connector_does(resource: Resource) -> None:
    row = told(resource)
    assert named(row["resource"]) == [path for path in (resource.path, resource.other_path) if path]
    assert named(row["key"]) == list(resource.description.primary_key)
    assert row["look-back, days"] == (str(resource.look_back_days) if resource.period else "all")
    assert row["every"] == written(resource.read_every)
    assert row["since"].rstrip("?") == since(resource)
    assert row["longest window"].partition(" (")[0] == longest_window(resource)
    assert row["evidence"] == resource.evidence
    assert all(row.values()), "a cell is empty"


@each_resource
def test_the_page_names_the_units_of_a_stream(resource: Resource) -> None:
    units = {field.unit for field in resource.description.fields} - {"", "none"}
    told_units = set(re.split(r"[\s,;():]+", told(resource)["holds, unit"]))
    assert {unit for unit in units if unit not in told_units} == set()


def test_the_page_counts_right() -> None:
    text = PAGE.read_text()
    verified = [resource for resource in RESOURCES if resource.verified]
    unverified = len(RESOURCES) - len(verified)
    assert f"has {len(RESOURCES)} streams: {len(verified)} whose shape" in text.replace("\n", " ")
    assert f"and {unverified} that nobody has recorded" in text
    assert f"They are {len(API_NAMES)}, one of" in text


@pytest.mark.parametrize("api", API_NAMES.values())
def test_the_page_says_what_to_subscribe_to(api: str) -> None:
    lists = re.findall(r"^Subscribe to: (.+)\.$", PAGE.read_text(), re.M)
    assert sum(api in names.split(", ") for names in lists) == 1


# The demo


@cache
def rte_connection() -> Mapping[str, Any]:
    connection: Mapping[str, Any] = yaml.safe_load(CONNECTIONS.read_text())["connections"]["rte"]
    return connection


def demo_days(resource: Resource) -> str:
    """How far back the demo loads a stream, as the page writes it."""
    if resource.stream not in rte_connection()["streams"]:
        return "off"
    if resource.period is None:
        return "what there is"
    config = rte_connection()["modes"]["demo"]
    own = config["advanced"]["stream_start_dates"]
    return str(own.get(resource.stream, config["start_date"])["days_ago"])


@each_resource
def test_the_page_says_how_much_history_the_demo_loads(resource: Resource) -> None:
    assert told(resource)["demo, days"] == demo_days(resource)


def test_the_connection_has_the_verified_streams_and_the_metadata_suggest_them() -> None:
    verified = {resource.stream for resource in RESOURCES if resource.verified}
    assert set(rte_connection()["streams"]) == verified
    suggested = yaml.safe_load(METADATA.read_text())["data"]["suggestedStreams"]["streams"]
    assert len(suggested) == len(set(suggested))
    assert set(suggested) == verified


@each_resource
def test_the_connection_names_the_cursor_of_a_stream(resource: Resource) -> None:
    configured = rte_connection()["streams"].get(resource.stream, {})
    assert configured.get("cursor") == (resource.cursor if resource.verified else None)


# The table of resources


def test_streams_have_names_of_their_own() -> None:
    assert [name for name, count in Counter(resource.stream for resource in RESOURCES).items() if count > 1] == []


@each_resource
def test_a_stream_is_described_and_its_columns_have_names_of_their_own(resource: Resource) -> None:
    assert resource.about.endswith(".")
    assert resource.api
    assert resource.evidence in EVIDENCE
    names = Counter(field.name for field in resource.description.fields)
    assert [name for name, count in names.items() if count > 1] == []


@each_field
def test_a_column_is_described_and_a_number_has_a_unit(stream: str, field: Field) -> None:
    assert field.description.strip()
    # Of what nobody has recorded the unit is not known either.
    assert field.type != "number" or field.unit or field in FIELDS


@each_resource
def test_a_key_is_made_of_columns_that_are_never_null(resource: Resource) -> None:
    columns = {field.name: field for field in resource.description.fields}
    key = resource.description.primary_key
    assert key
    assert len(set(key)) == len(key)
    assert set(key) <= set(columns)
    # The label is what start_date is made of, so it is there wherever start_date is.
    assert not [name for name in key if columns[name].nullable]


@each_resource
def test_a_cursor_is_a_column_and_a_list_has_none(resource: Resource) -> None:
    columns = {field.name for field in resource.description.fields}
    assert resource.cursor in columns if resource.period or resource.days_in else resource.cursor is None


def entry_lines() -> Iterator[tuple[str, int]]:
    """Each entry of the table and its lines, without those of its columns and comments."""
    for path in Path(resources.__path__[0]).glob("*.py"):
        source = path.read_text()
        lines = source.splitlines()
        for call in ast.walk(ast.parse(source)):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Resource":
                own = set(range(call.lineno, (call.end_lineno or 0) + 1))
                for part in call.keywords:
                    if part.arg in ("block", "row"):
                        own -= set(range(part.lineno, (part.end_lineno or 0) + 1))
                (stream,) = [ast.unparse(part.value).strip("'") for part in call.keywords if part.arg == "stream"]
                yield stream, sum(not lines[number - 1].lstrip().startswith("#") for number in own)


def test_an_entry_of_the_table_is_short() -> None:
    found = dict(entry_lines())
    written_out = {resource.stream for resource in RESOURCES} & set(found)
    # The four volumes of balancing are one entry in a loop.
    assert len(written_out) == len(RESOURCES) - 4
    assert {stream for stream, lines in found.items() if lines > ENTRY_LINES} <= LONG_ENTRIES
