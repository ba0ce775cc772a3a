"""Every recorded answer of RTE becomes records without loss: leaf by leaf, each in the record of its own row."""

from __future__ import annotations

import json
import os
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from airbyte_cdk.utils import AirbyteTracedException
from source_rte.records import records_of
from source_rte.resource import Resource
from source_rte.resources import RESOURCES

RECORDED = Path(__file__).parents[3] / "shared" / "real" / "rte"

if not RECORDED.is_dir():
    if os.environ.get("HEXAWATT_REAL_DATA") == "required":
        pytest.fail(f"HEXAWATT_REAL_DATA=required, and the recorded answers are not in {RECORDED}")
    pytest.skip("the recorded answers of the real services are not beside this checkout", allow_module_level=True)

# No data of a public resource: the APIs of partners, the token, the body of a refusal.
OTHERS = ("big_", "speed_", "token__", "tempo_like_supply_contract__tempo_like_calendars_error_400")
NAMES = sorted(path.stem for path in RECORDED.glob("*.json") if not path.stem.startswith(OTHERS))

# The sandbox of Balancing Energy answers every resource with the rows of tso_offers, under a root of their own.
WRONG_ROOT = tuple(name for name in NAMES if name.startswith("balancing_energy__prices"))
# Wholesale Market 1, retired, called the resource so. Its mean prices of a day went with it.
RETIRED = "wholesale_market__epex_spot_power_exchanges__1"
RETIRED_LEAVES = frozenset({"base_load", "peak_load"})
# What such recordings are read as, and under which root.
ELSEWHERE = {
    **dict.fromkeys(WRONG_ROOT, ("tso_offers", "ressources")),
    RETIRED: ("france_power_exchanges", "epex_spot_power_exchanges"),
}

# Bounds of a block that are not those of its rows are what was asked for, and need not be kept. Here they are facts of
# their own: a year that is forecast, the day of a register, the begin and end of an event.
BOUNDS = frozenset({"start_date", "end_date"})
EVENTS = ("generation_unavailabilities", "transmission_network_unavailabilities", "countertrading", "redispatching")
OWN_BOUNDS = {
    "consumption_annual_forecasts": frozenset({"start_date"}),
    "consumption_weekly_forecasts": frozenset({"start_date"}),
    "capacities_per_production_unit": frozenset({"start_date"}),
    **dict.fromkeys(EVENTS, BOUNDS),
}
INTERVAL = frozenset({"start_date", "end_date", "start_date_local", "end_date_local"})


@dataclass(frozen=True)
class Leaf:
    """A value of an answer, by the names that lead to it from its row or block."""

    path: tuple[str, ...]
    value: Any
    of_block: bool

    @property
    def name(self) -> str:
        return self.path[-1].strip()


Row = tuple[Leaf, ...]

DATE = re.compile(r"\d{4}-\d\d-\d\d")


def resource_of(name: str) -> Resource:
    api, resource, _ = name.split("__")
    if name in ELSEWHERE:
        stream, root = ELSEWHERE[name]
        return replace(next(one for one in RESOURCES if one.stream == stream), root=root)
    (found,) = (one for one in RESOURCES if one.path.startswith(f"{api}/") and resource in names_of(one))
    return found


def names_of(resource: Resource) -> tuple[str, str]:
    return resource.path.rpartition("/")[2], resource.answer_root


@cache
def answer_of(name: str) -> Any:
    return json.loads((RECORDED / f"{name}.json").read_text())


@cache
def read(name: str) -> tuple[Resource, list[dict[str, Any]]]:
    resource = resource_of(name)
    return resource, records_of(resource, answer_of(name))


def rows_of(answer: Any) -> Iterator[Row]:
    """The rows of an answer, each with the leaves of its block; found by their nesting, not by the table of resources.

    A block is an object under the root; its rows stand in its arrays, and the sandbox's Tempo has one without array.
    """
    ((_, root),) = answer.items()
    for block in as_list(root):
        arrays = {name: as_list(under) for name, under in block.items() if isinstance(under, list) or name == "values"}
        head = {name: under for name, under in block.items() if name not in arrays}
        around = tuple(leaves(head, of_block=bool(arrays)))
        if not arrays:
            yield around
        for name, rows in arrays.items():
            array = (Leaf(("@rows",), name, of_block=False),) if len(arrays) > 1 else ()
            yield from ((*leaves(row, of_block=False), *around, *array) for row in rows)


def as_list(one_or_many: Any) -> list[Any]:
    return one_or_many if isinstance(one_or_many, list) else [one_or_many]


def leaves(node: Any, *, of_block: bool, path: tuple[str, ...] = ()) -> Iterator[Leaf]:
    if not isinstance(node, Mapping):
        assert not isinstance(node, list), f"{path} is an array within a row"
        yield Leaf(path, node, of_block)
        return
    for name, under in node.items():
        yield from leaves(under, of_block=of_block, path=(*path, name))


def needed(row: Row, resource: Resource) -> Iterator[Leaf]:
    """The leaves that the record of a row must hold."""
    own = {leaf.name for leaf in row if not leaf.of_block}
    for leaf in row:
        superseded = leaf.of_block and leaf.name in BOUNDS and "start_date" in own
        if not superseded or leaf.name in OWN_BOUNDS.get(resource.stream, ()):
            yield leaf


def columns_for(leaf: Leaf, row: Row, resource: Resource) -> set[str]:
    """Where a leaf may stand: under its own name, else under a new one, never under the name of another leaf."""
    columns = {field.name for field in resource.description.fields}
    own_bound = any(other.name == leaf.name and not other.of_block for other in row)
    if leaf.name in BOUNDS and not (leaf.of_block and own_bound):
        return columns & {leaf.name}
    spelled = {leaf.name, "_".join(part.strip() for part in leaf.path)}
    if leaf.name not in BOUNDS and columns & spelled:
        return columns & spelled
    return columns - INTERVAL - {other.name for other in row}


def forms(value: Any) -> set[tuple[str, Any]]:
    """What says the same as a leaf: an instant in UTC, the day of a Paris midnight, a text without blanks around."""
    if isinstance(value, bool):
        return {("bool", value), ("text", str(value))}
    if isinstance(value, int | float):
        return {("number", value), ("text", str(value))}
    text = value.strip()
    found = {("text", text)}
    if DATE.match(text):
        at = datetime.fromisoformat(text)
        if at.tzinfo:
            found.add(("text", at.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"))
        if at.time() == datetime.min.time():
            found.add(("text", at.date().isoformat()))
    return found


def form(value: Any) -> tuple[str, Any]:
    kind = "bool" if isinstance(value, bool) else "number" if isinstance(value, int | float) else "text"
    return kind, value


Index = Mapping[tuple[str, tuple[str, Any]], set[int]]


def index_of(records: list[dict[str, Any]]) -> Index:
    """The records that hold a value in a column, by number."""
    found: defaultdict[tuple[str, tuple[str, Any]], set[int]] = defaultdict(set)
    for number, record in enumerate(records):
        for column, value in record.items():
            if value is not None:
                found[column, form(value)].add(number)
    return found


def holders(leaf: Leaf, row: Row, resource: Resource, index: Index) -> set[int]:
    nobody: set[int] = set()
    columns = columns_for(leaf, row, resource)
    found = nobody.union(*(index.get((column, said), nobody) for column in columns for said in forms(leaf.value)))
    if columns == {leaf.name} and leaf.name in BOUNDS:  # the bound of the row, which is also kept as RTE writes it
        found &= index.get((f"{leaf.name}_local", form(leaf.value)), nobody)
    return found


def lost(name: str) -> Iterator[str]:
    """The rows of a recording that no one record holds whole, with what is missing from all; then invented records."""
    resource, records = read(name)
    index = index_of(records)
    left = set(range(len(records)))
    for row in rows_of(answer_of(name)):
        leaves_ = [leaf for leaf in needed(row, resource) if name != RETIRED or leaf.name not in RETIRED_LEAVES]
        holding = sorted((holders(leaf, row, resource, index) for leaf in leaves_), key=len)
        whole = holding[0].intersection(*holding[1:])
        left -= whole
        if not whole:
            nowhere = [leaf for leaf in leaves_ if not holders(leaf, row, resource, index)]
            yield f"lost: {nowhere or row}"
    yield from (f"invented: {records[number]}" for number in sorted(left))


@pytest.mark.parametrize("name", NAMES)
def test_a_recorded_answer_becomes_records_without_loss(name: str) -> None:
    assert list(lost(name)) == []


@pytest.mark.parametrize("name", NAMES)
def test_the_keys_of_recorded_answers_are_whole_and_unique_and_lose_no_row(name: str) -> None:
    resource, records = read(name)
    keys = [tuple(record[part] for part in resource.description.primary_key) for record in records]
    assert None not in {part for key in keys for part in key}
    assert len(set(keys)) == len(keys) == len(set(map(str, rows_of(answer_of(name)))))


PYTHON_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "number": (int, float),
    "integer": (int,),
    "boolean": (bool,),
}


def is_of(schema: Mapping[str, Any], value: Any) -> bool:
    """Whether a value is of a column's JSON schema; instants are in UTC with ``Z``."""
    if value is None:
        return "null" in as_list(schema["type"])
    (type_,) = (one for one in as_list(schema["type"]) if one != "null")
    if not isinstance(value, PYTHON_TYPES[type_]) or (isinstance(value, bool) and type_ != "boolean"):
        return False
    if schema.get("format") == "date-time":
        return bool(value.endswith("Z") and datetime.fromisoformat(value).tzinfo)
    return schema.get("format") != "date" or date.fromisoformat(value).isoformat() == value


@pytest.mark.parametrize("name", NAMES)
def test_recorded_values_are_of_the_types_that_the_columns_declare(name: str) -> None:
    resource, records = read(name)
    columns = resource.description.airbyte_stream().json_schema["properties"]
    found: defaultdict[str, set[Any]] = defaultdict(set)
    for record in records:
        assert record.keys() == columns.keys()
        for column, value in record.items():
            found[column].add((type(value), value))
    wrong = [
        (column, value) for column, values in found.items() for _, value in values if not is_of(columns[column], value)
    ]
    assert wrong == []


@pytest.mark.parametrize("name", WRONG_ROOT)
def test_prices_under_the_root_of_the_sandbox_are_one_clear_error(name: str) -> None:
    (prices,) = (resource for resource in RESOURCES if resource.stream == "balancing_energy_prices")
    with pytest.raises(AirbyteTracedException, match="balancing_energy/v5/prices has no 'prices'"):
        records_of(prices, answer_of(name))


def test_every_stream_whose_evidence_is_a_recording_has_one() -> None:
    recorded = {read(name)[0].stream for name in NAMES}
    claimed = {resource.stream for resource in RESOURCES if resource.evidence in ("production", "sandbox")}
    assert claimed - recorded == set()
