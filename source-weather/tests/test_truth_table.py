"""The page that analysts read, the table that the connector reads, its metadata and the demo say the same."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from connector_kit.streams import Field
from markdown_tables import tables
from source_weather import SourceWeather
from source_weather.api import FREE_LIMITS, SHARE_OF_HISTORY
from source_weather.points import POINTS
from source_weather.product import EVIDENCE, PRODUCTS, Product, call_weight
from source_weather.stream import Options
from source_weather.variables import DAILY, HOURLY

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "sources" / "weather.md"
CONNECTIONS = ROOT / "airbyte" / "connections.yaml"
METADATA = ROOT / "source-weather" / "metadata.yaml"
SPEC = ROOT / "source-weather" / "src" / "source_weather" / "spec.yaml"

each_product = pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: product.stream)
each_field = pytest.mark.parametrize(
    ("product", "field"),
    [(product, field) for product in PRODUCTS for field in product.description.fields],
    ids=lambda part: part.name if isinstance(part, Field) else part.stream,
)


@cache
def rows(head: str) -> Mapping[str, Mapping[str, str]]:
    """By the name in their first column, the rows of the tables that begin with this head, joined."""
    found: dict[str, dict[str, str]] = {}
    for table in tables(PAGE.read_text()):
        for row in table:
            if next(iter(row)) == head:
                found.setdefault(row[head].strip("`"), {}).update(row)
    return found


def named(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def written(time: timedelta) -> str:
    hours, minutes = divmod(int(time.total_seconds()) // 60, 60)
    return f"{hours} h {minutes}" if hours else f"{minutes} min"


def test_the_page_tells_of_every_stream_and_of_no_other() -> None:
    assert list(rows("stream")) == [product.stream for product in PRODUCTS]


@each_product
def test_the_page_says_of_a_stream_what_the_connector_does(product: Product) -> None:
    row = rows("stream")[product.stream]
    assert named(row["service"]) == [f"{product.host}/{product.path}"]
    assert named(row["key"]) == list(product.description.primary_key)
    assert row["look-back, days"] == str(product.look_back_days)
    assert row["every"] == written(product.read_every)
    since = product.first_day.isoformat() if product.first_day else f"{product.look_back_days} days ago"
    assert row["since"] == since
    windows = {"days": f"{product.longest_days} days", "latest": "all", "runs": "1 run"}
    assert row["longest window"] == windows[product.kind]
    assert row["evidence"] == product.evidence
    assert product.evidence in EVIDENCE
    assert all(row.values()), "a cell is empty"


def weather_connections() -> list[Mapping[str, Any]]:
    connections: Mapping[str, Any] = yaml.safe_load(CONNECTIONS.read_text())["connections"]
    return [one for one in connections.values() if one["source"] == "source-weather"]


@each_product
def test_the_page_says_how_much_history_the_demo_loads_and_the_demo_knows_the_cursor(product: Product) -> None:
    (connection,) = [one for one in weather_connections() if product.stream in one["streams"]]
    demo = connection["modes"]["demo"]
    own = demo.get("advanced", {}).get("stream_start_dates", {})
    days = own.get(product.stream, demo["start_date"])["days_ago"]
    if product.kind == "latest":
        days = min(days, product.look_back_days)
    assert rows("stream")[product.stream]["demo, days"] == str(days)
    assert connection["streams"][product.stream]["cursor"] == product.cursor


@pytest.mark.parametrize(
    ("head", "variables"), [("hourly variable", HOURLY), ("daily variable", DAILY)], ids=["hourly", "daily"]
)
def test_the_page_lists_the_variables_with_their_units(head: str, variables: list[Field]) -> None:
    assert {name: row["unit"] for name, row in rows(head).items()} == {field.name: field.unit for field in variables}
    assert list(rows(head)) == [field.name for field in variables]


@pytest.mark.parametrize("field", HOURLY, ids=lambda field: field.name)
def test_a_description_says_of_which_time_a_value_is(field: Field) -> None:
    told = rows("hourly variable")[field.name]["of `time`"]
    assert ("PRECEDING hour" in field.description) == ("of the hour before" in told)
    assert ("at the instant" in field.description) == (told == "at the instant")
    for kind in ("mean", "sum"):
        assert (f"{kind} of the PRECEDING hour" in field.description) == (told == f"{kind} of the hour before")


def test_the_weights_on_the_page_are_those_of_the_calls() -> None:
    weights = {row["what"]: row["weight"] for row in rows("what").values()}
    (routine, three_years, forecasts, a_year_of_runs, a_connection) = [
        int(re.sub(r"\D", "", weight.partition(" in ")[0])) for weight in weights.values()
    ]
    ahead = Options().forecast_days
    day_to_day = {
        "days": lambda product: call_weight(len(POINTS), 10, product.look_back_days + 1),
        "latest": lambda product: call_weight(len(POINTS), 10, product.look_back_days + ahead),
        "runs": lambda product: call_weight(len(POINTS), 10, ahead) / 8,
    }
    assert routine == pytest.approx(sum(day_to_day[product.kind](product) for product in PRODUCTS), rel=0.1)
    assert three_years == pytest.approx(call_weight(len(POINTS), 10, 1096), rel=0.01)
    assert forecasts == pytest.approx(call_weight(len(POINTS), 10, 2065), rel=0.01)
    assert a_year_of_runs == pytest.approx(365 * call_weight(len(POINTS), 10, ahead), rel=0.01)
    since_2024 = call_weight(len(POINTS), 10, (date(2026, 11, 20) - date(2024, 1, 1)).days)
    assert a_connection == pytest.approx(a_year_of_runs + 2 * since_2024, rel=0.01)
    a_sync = SHARE_OF_HISTORY * FREE_LIMITS[1].calls
    assert f"{a_sync:,.0f}" in PAGE.read_text()
    assert 4 < a_connection / a_sync < 5, "five syncs"
    limits = [f"{allowance.calls:,}" for allowance in FREE_LIMITS]
    assert f"{limits[0]} calls a minute, {limits[1]} an hour, {limits[2]} a day" in PAGE.read_text().replace("\n", " ")


def test_the_page_names_the_licence_as_it_wants_to_be_named() -> None:
    assert 'CC BY 4.0, "Weather data by Open-Meteo.com"' in PAGE.read_text()


# The table, the metadata and the specification


def test_the_metadata_name_the_streams_the_hosts_and_the_version() -> None:
    data = yaml.safe_load(METADATA.read_text())["data"]
    assert data["suggestedStreams"]["streams"] == [product.stream for product in PRODUCTS]
    hosts = {f"{prefix}{product.host}.open-meteo.com" for product in PRODUCTS for prefix in ("", "customer-")}
    assert set(data["allowedHosts"]["hosts"]) == hosts
    version = data["dockerImageTag"]
    assert f'version = "{version}"' in (ROOT / "source-weather" / "pyproject.toml").read_text()
    assert f"hexawatt/source-weather:{version} " in (ROOT / "source-weather" / "Dockerfile").read_text()


def test_the_specification_has_few_options_at_the_top_and_says_the_defaults() -> None:
    top = yaml.safe_load(SPEC.read_text())["connectionSpecification"]["properties"]
    assert list(top) == ["start_date", "api_key", "advanced"]
    assert top["api_key"]["airbyte_secret"] is True
    advanced = top["advanced"]["properties"]
    defaults = Options()
    assert advanced["forecast_days"]["default"] == defaults.forecast_days
    assert advanced["forecast_run_model"]["default"] == defaults.run_model
    assert advanced["forecast_run_hours"]["default"] == list(defaults.run_hours)
    assert advanced["keep_free_limits"]["default"] is True
    assert SourceWeather().spec(None).connectionSpecification["required"] == ["start_date"]  # type: ignore[arg-type]


@each_product
def test_a_stream_is_described_and_its_key_and_cursor_are_columns_of_it(product: Product) -> None:
    description = product.description
    columns = {field.name: field for field in description.fields}
    assert len(columns) == len(description.fields)
    assert description.text.endswith(".")
    assert description.cursor in columns
    assert not [name for name in description.primary_key if columns[name].nullable]


@each_field
def test_a_column_is_described_and_a_number_has_a_unit(product: Product, field: Field) -> None:
    assert field.description.endswith(".")
    assert field.type != "number" or field.unit
    assert field.type in ("string", "number", "instant", "date")
