"""Every stream of the simulator read whole, against the numbers of raw answers; both versions; clock changes."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import requests
from connector_kit.clock import PARIS
from energy_charts_reads import BY_NAME, NOW, STREAMS, config
from reading import Reading, read
from simulator.testing import SimulatorUrl, running_simulator
from source_energy_charts import SourceEnergyCharts

START = "2026-11-18"
COUNTRIES = ["fr", "de", "it", "uk", "at"]
PYTHON_TYPES = {"integer": {int}, "number": {int, float}, "boolean": {bool}}


@pytest.fixture(scope="module")
def url() -> Iterator[SimulatorUrl]:
    with running_simulator(now=NOW) as url:
        yield url


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEXAWATT_NOW", NOW)


def sync(url: SimulatorUrl, stream: str, start: str = START, **options: Any) -> Reading:
    settings = config(f"{url}/energy-charts", start, **{"countries": COUNTRIES, **options})
    reading = read(SourceEnergyCharts(), settings, stream)
    assert reading.failure is None
    return reading


def raw(url: SimulatorUrl, path: str, **params: str) -> Any:
    answer = requests.get(f"{url}/energy-charts/{path}", params, timeout=30)
    assert answer.status_code == 200
    return answer.json()


@pytest.mark.parametrize("stream", STREAMS)
def test_version_1_and_version_2_give_the_same_records_and_states(url: SimulatorUrl, stream: str) -> None:
    one, two = sync(url, stream), sync(url, stream, api_version=2)
    assert one.records(stream)
    assert one.records(stream) == two.records(stream)
    assert one.states_of(stream) == two.states_of(stream)


@pytest.mark.parametrize("stream", STREAMS)
def test_records_have_whole_unique_keys_and_the_columns_of_their_schema(url: SimulatorUrl, stream: str) -> None:
    rows = sync(url, stream).records(stream)
    description = BY_NAME[stream].description
    keys = [tuple(row[part] for part in description.primary_key) for row in rows]
    assert None not in {part for key in keys for part in key}
    assert len(set(keys)) == len(keys)
    assert {frozenset(row) for row in rows} == {frozenset(field.name for field in description.fields)}
    for field in description.fields:
        values = [row[field.name] for row in rows if row[field.name] is not None]
        assert {type(value) for value in values} <= PYTHON_TYPES.get(field.type, {str}), field.name
        assert field.nullable or len(values) == len(rows), field.name


@pytest.mark.parametrize(
    ("stream", "path", "array"),
    [
        ("public_power", "public_power", "production_types"),
        ("cross_border_flows", "cbpf", "countries"),
        ("cross_border_trade", "cbet", "countries"),
    ],
)
def test_sums_and_counts_are_those_of_the_raw_answers(url: SimulatorUrl, stream: str, path: str, array: str) -> None:
    found: defaultdict[str, list[float]] = defaultdict(list)
    for row in sync(url, stream).records(stream):
        found[row["country"]].append(row["value"])
    for country in COUNTRIES:
        body = raw(url, path, country=country, start="2026-11-17T23:00Z", end="2026-11-22T22:59Z")
        values = [value for series in body[array] for value in series["data"] if value is not None]
        assert len(found[country]) == len(values)
        assert math.fsum(found[country]) == pytest.approx(math.fsum(values), abs=1e-6)


def test_prices_are_those_of_the_raw_answer(url: SimulatorUrl) -> None:
    rows = sync(url, "day_ahead_prices", "2025-09-29", bidding_zones=["FR"]).records("day_ahead_prices")
    body = raw(url, "price", bzn="FR", start="2025-09-28T22:00Z", end="2026-11-22T22:59Z")
    seconds = [int(datetime.fromisoformat(row["start_date"]).timestamp()) for row in rows]
    assert seconds == body["unix_seconds"]
    assert [row["price"] for row in rows] == body["price"]


def test_days_of_the_clock_changes_have_23_and_25_hours_of_prices_and_of_power(url: SimulatorUrl) -> None:
    for stream, first, last, periods in (
        ("day_ahead_prices", "2025-03-29", "2025-03-31", {"2025-03-29": 24, "2025-03-30": 23, "2025-03-31": 24}),
        ("day_ahead_prices", "2025-10-25", "2025-10-27", {"2025-10-25": 96, "2025-10-26": 100, "2025-10-27": 96}),
        ("day_ahead_prices", "2026-03-28", "2026-03-29", {"2026-03-28": 96, "2026-03-29": 92}),
        ("public_power", "2026-03-28", "2026-03-29", {"2026-03-28": 96, "2026-03-29": 92}),
        ("public_power", "2026-10-24", "2026-10-25", {"2026-10-24": 96, "2026-10-25": 100}),
    ):
        rows = sync(url, stream, first, end_date=last, countries=["fr"], bidding_zones=["FR"]).records(stream)
        starts = {row["start_date"] for row in rows}
        found = Counter(str(datetime.fromisoformat(start).astimezone(PARIS).date()) for start in starts)
        assert found == periods


def test_the_day_of_the_change_to_quarter_hours_is_whole(url: SimulatorUrl) -> None:
    rows = sync(url, "day_ahead_prices", "2025-09-30", end_date="2025-10-01").records("day_ahead_prices")
    french = [row for row in rows if row["bidding_zone"] == "FR"]
    assert Counter(row["resolution_minutes"] for row in french) == {60: 24, 15: 96}
    assert sum(row["resolution_minutes"] for row in french) == 2 * 24 * 60
    assert min(row["start_date"] for row in french if row["resolution_minutes"] == 15) == "2025-09-30T22:00:00Z"


def test_generation_trade_and_load_are_never_of_one_class(url: SimulatorUrl) -> None:
    """What may be added up: generation and consumption make the load, but for what is traded and the losses of it."""
    rows = [row for row in sync(url, "public_power").records("public_power") if row["country"] == "fr"]
    totals: defaultdict[tuple[str, str], float] = defaultdict(float)
    for row in rows:
        totals[row["start_date"], row["series_class"]] += row["value"]
    for start in {start for start, _ in totals}:
        made = totals[start, "generation"] + totals[start, "consumption"] + totals[start, "trade"]
        assert made == pytest.approx(totals[start, "load"], rel=0.03)
