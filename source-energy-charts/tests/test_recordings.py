"""Every recorded answer of Energy-Charts becomes records without loss, leaf by leaf, as the files themselves tell."""

from __future__ import annotations

import gzip
import json
import math
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from energy_charts_reads import BY_NAME, RECORDED, answer, answering, config, last_states, records
from reading import Reading, pinned, read
from source_energy_charts import SourceEnergyCharts
from source_energy_charts.answers import columns_of

if not RECORDED.is_dir():
    if os.environ.get("HEXAWATT_REAL_DATA") == "required":
        pytest.fail(f"HEXAWATT_REAL_DATA=required, and the recorded answers are not in {RECORDED}")
    pytest.skip("the recorded answers of the real services are not beside this checkout", allow_module_level=True)

POWER = sorted(path.name for path in RECORDED.glob("public_power_*"))
INSTALLED = sorted(path.name for path in RECORDED.glob("installed_power_*"))
PRICES = sorted(path.name for path in RECORDED.glob("price_*.json"))
CROSSING = {path.name: "cross_border_flows" for path in sorted(RECORDED.glob("v2_cbpf_*"))}
CROSSING |= {path.name: "cross_border_trade" for path in sorted(RECORDED.glob("v2_cbet_*"))}
V2_PRICES = sorted(path.name for path in RECORDED.glob("v2_price_*"))
WEEKS_OF_GERMANY = [name for name in POWER if name.startswith("public_power_de_7d")]
LONG_PRICES = "price_de-lu_2018-2026_concatenated.json.gz"
ZONE = {"bidding_zone": "DE-LU"}
HOURLY = ("it", "ch", "se")
QUARTER_HOURS_SINCE = "2025-09-30T22:00:00Z"
NO_GENERATION = {
    "Load": "load",
    "Residual load": "residual_load",
    "Cross border electricity trading": "trade",
    "Renewable share of load": "share",
    "Renewable share of generation": "share",
    "Hydro pumped storage consumption": "consumption",
    "Battery Consumption": "consumption",
}

Leaves = dict[tuple[str, str], float]


@cache
def recorded(name: str) -> Any:
    path: Path = RECORDED / name
    return json.loads(gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes())


def utc(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


def leaves(body: Mapping[str, Any]) -> Iterator[tuple[str, int, float]]:
    """Name, unix second and value of every leaf of a v1 answer that is there."""
    for series in body["production_types"]:
        for second, value in zip(body["unix_seconds"], series["data"], strict=True):
            if value is not None:
                yield series["name"], second, value


def test_all_files_of_the_folder_are_read_by_a_test() -> None:
    read_here = {*POWER, *INSTALLED, *PRICES, *CROSSING, *V2_PRICES, LONG_PRICES}
    others = {"SOURCES.md", "openapi_v1.5.json", "v2_signal_de_2026-09-29_trimmed.json"}
    assert {path.name for path in RECORDED.iterdir()} == read_here | others
    assert all((POWER, INSTALLED, PRICES, CROSSING, V2_PRICES)), "a kind of recording is missing"


@pytest.mark.parametrize("name", POWER)
def test_power_is_read_leaf_by_leaf(name: str) -> None:
    body, country = recorded(name), name.split("_")[2]
    rows = records("public_power", body, country)
    found = {(row["production_type"], row["start_date"]): row["value"] for row in rows}
    expected = {(series, utc(second)): value for series, second, value in leaves(body)}
    assert found == expected
    assert len(rows) == len(found)
    assert math.fsum(found.values()) == math.fsum(value for _, _, value in leaves(body))
    assert {row["country"] for row in rows} == {country}
    assert {row["resolution_minutes"] for row in rows} == {60 if country in HOURLY else 15}


@pytest.mark.parametrize("name", POWER)
def test_what_is_no_generation_is_told_apart(name: str) -> None:
    rows = records("public_power", recorded(name), "xx")
    told = {row["production_type"]: (row["series_class"], row["unit"]) for row in rows}
    for series, (series_class, unit) in told.items():
        assert series_class == NO_GENERATION.get(series, "generation"), series
        assert unit == ("%" if series_class == "share" else "MW"), series
    # Consumption is never positive and generation never negative, in any of the files.
    for row in rows:
        if row["series_class"] in ("generation", "consumption"):
            assert row["value"] * (-1 if row["series_class"] == "consumption" else 1) >= 0, row


@pytest.mark.parametrize("name", INSTALLED)
def test_installed_power_is_read_leaf_by_leaf(name: str) -> None:
    body = recorded(name)
    rows = records("installed_power", body)
    found = {(row["production_type"], row["start_date"]): row["value"] for row in rows}
    assert found == {
        (series["name"], f"{year}-01-01"): value
        for series in body["production_types"]
        for year, value in zip(body["time"], series["data"], strict=True)
        if value is not None
    }
    assert {row["last_update"] for row in rows} == {utc(body["last_update"])}
    in_gwh = {row["production_type"] for row in rows if row["unit"] == "GWh"}
    assert in_gwh == {series for series, _ in found if series == "Battery storage (capacity)"}
    planned = {row["production_type"] for row in rows if row["series_class"] == "planned"}
    assert planned == {series for series, _ in found if " planned " in series}


@pytest.mark.parametrize("name", PRICES)
def test_a_whole_answer_of_prices_is_read_with_its_licence(name: str) -> None:
    body = recorded(name)
    rows = records("day_ahead_prices", body, head=ZONE)
    assert [(row["start_date"], row["price"]) for row in rows] == [
        (utc(second), price) for second, price in zip(body["unix_seconds"], body["price"], strict=True)
    ]
    assert {row["license_info"] for row in rows} == {body["license_info"]}
    step = 60 if rows[0]["start_date"] < QUARTER_HOURS_SINCE else 15
    assert {row["resolution_minutes"] for row in rows} == {step}


@cache
def long_prices() -> list[dict[str, Any]]:
    return records("day_ahead_prices", {**recorded(LONG_PRICES), "deprecated": False}, head=ZONE)


def test_eight_years_of_prices_lose_nothing_but_the_stamps_before_the_zone_began() -> None:
    body = recorded(LONG_PRICES)
    assert len(body["unix_seconds"]) == 84_338
    expected = {
        utc(second): price
        for second, price in zip(body["unix_seconds"], body["price"], strict=True)
        if price is not None
    }
    assert {row["start_date"]: row["price"] for row in long_prices()} == expected
    assert len(long_prices()) == 84_338 - 6_550
    assert min(expected) == "2018-09-30T22:00:00Z"
    prices = [row["price"] for row in long_prices()]
    assert (min(prices), max(prices), sum(price < 0 for price in prices)) == (-500.0, 936.28, 2_328)


def test_the_step_changes_inside_the_answer_from_hours_to_quarter_hours() -> None:
    steps = {row["start_date"]: row["resolution_minutes"] for row in long_prices()}
    assert {step for start, step in steps.items() if start < QUARTER_HOURS_SINCE} == {60}
    assert {step for start, step in steps.items() if start >= QUARTER_HOURS_SINCE} == {15}
    # The steps fill the time from the first to the last without a gap.
    first, last = (datetime.fromisoformat(at(steps)) for at in (min, max))
    assert sum(steps.values()) * timedelta(minutes=1) == last - first + timedelta(minutes=15)


def test_days_of_the_clock_changes_have_23_and_25_hours() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    minutes: Counter[Any] = Counter()
    for row in long_prices():
        minutes[datetime.fromisoformat(row["start_date"]).astimezone(berlin).date()] += row["resolution_minutes"]
    unusual = {str(day): total / 60 for day, total in minutes.items() if total != 24 * 60}
    assert unusual == {
        **dict.fromkeys(("2019-03-31", "2020-03-29", "2021-03-28", "2022-03-27", "2023-03-26"), 23.0),
        **dict.fromkeys(("2024-03-31", "2025-03-30"), 23.0),
        **dict.fromkeys(("2018-10-28", "2019-10-27", "2020-10-25", "2021-10-31", "2022-10-30"), 25.0),
        **dict.fromkeys(("2023-10-29", "2024-10-27", "2025-10-26"), 25.0),
    }


@pytest.mark.parametrize("name", V2_PRICES)
def test_prices_of_v2_are_read_leaf_by_leaf(name: str) -> None:
    body = recorded(name)
    rows = records("day_ahead_prices", body, head=ZONE)
    assert [(row["start_date"], row["price"]) for row in rows] == [
        (
            datetime.fromisoformat(row["timestamp"]).astimezone(UTC).isoformat().replace("+00:00", "Z"),
            row["values"]["day_ahead_price"],
        )
        for row in body["data"]
    ]
    assert {row["resolution_minutes"] for row in rows} == {15}


@pytest.mark.parametrize("name", CROSSING)
def test_exchanges_of_v2_are_read_leaf_by_leaf_but_for_their_sum(name: str) -> None:
    body = recorded(name)
    rows = records(CROSSING[name], body, "ua")
    names = {series["id"]: series["name"] for series in body["series"] if series["id"] != "sum"}
    expected = {
        (names[identifier], utc(int(datetime.fromisoformat(row["timestamp"]).timestamp()))): value
        for row in body["data"]
        for identifier, value in row["values"].items()
        if identifier != "sum"
    }
    assert {(row["neighbour"], row["start_date"]): row["value"] for row in rows} == expected
    # The sum that v2 writes is that of the records of each time.
    for row in body["data"]:
        start = utc(int(datetime.fromisoformat(row["timestamp"]).timestamp()))
        total = sum(one["value"] for one in rows if one["start_date"] == start)
        assert total == pytest.approx(row["values"]["sum"], abs=0.002)  # rounded each on its own


def test_the_signal_of_v2_is_read_leaf_by_leaf() -> None:
    body = recorded("v2_signal_de_2026-09-29_trimmed.json")
    rows = records("signal", body, "de")
    assert [(row["share"], row["signal"]) for row in rows] == [
        (row["values"]["share"], row["values"]["signal"]) for row in body["data"]
    ]
    assert max(row["share"] for row in rows) == 104.1
    assert rows[0]["start_date"] == "2026-09-28T22:00:00Z"


# The nine answers of Germany within four hours


def fetched_at(name: str) -> str:
    """The moment in a file's name."""
    stamp = name.partition("fetched-")[2].partition(".")[0]
    return f"{stamp[:13]}:{stamp[13:15]}:00Z"


def without_read_at(reading: Reading) -> Any:
    """The states, as if each had been left an hour ago: some of the answers are minutes apart."""
    states = last_states(reading)
    for state in states:
        for scope in state.stream.stream_state.__dict__["scopes"].values():  # type: ignore[union-attr]
            scope.pop("read_at")
    return states


def test_answers_that_overlap_are_replayed_in_order_and_the_table_is_the_last_one() -> None:
    assert len(WEEKS_OF_GERMANY) >= 7
    expected: Leaves = {}
    syncs: list[Reading] = []
    state: Any = []
    for name in WEEKS_OF_GERMANY:
        body = recorded(name)
        expected |= {(series, utc(second)): value for series, second, value in leaves(body)}
        with answering(lambda path, params, body=body: answer(body)) as server, pinned(fetched_at(name)):
            settings = config(server.url, "2026-03-13", countries=["de"])
            syncs.append(read(SourceEnergyCharts(), settings, "public_power", state=state))
        assert len(server.asked) == 1
        state = without_read_at(syncs[-1])
    table = syncs[0].table("public_power", *syncs[1:])
    found = {(row["production_type"], row["start_date"]): row["value"] for row in table.values()}
    assert found == expected
    last = {(series, utc(second)): value for series, second, value in leaves(recorded(WEEKS_OF_GERMANY[-1]))}
    assert {key: found[key] for key in last} == last
    # They were not all the same: values changed between the answers, so the replay shows something.
    first = {(series, utc(second)): value for series, second, value in leaves(recorded(WEEKS_OF_GERMANY[0]))}
    assert any(first[key] != last[key] for key in first.keys() & last.keys())


def test_the_state_stays_behind_the_slowest_series_and_before_every_later_fill() -> None:
    """What one answer has and an earlier one had not, or had otherwise, lies behind the state and its look-back."""
    look_back = timedelta(days=BY_NAME["public_power"].look_back_days).total_seconds()
    for earlier, later in pairwise(WEEKS_OF_GERMANY):
        before = {(series, second): value for series, second, value in leaves(recorded(earlier))}
        until = columns_of(BY_NAME["public_power"], recorded(earlier)).complete_until()
        assert until is not None
        missing = [
            second
            for series in recorded(earlier)["production_types"]
            for second, value in zip(recorded(earlier)["unix_seconds"], series["data"], strict=True)
            if value is None
        ]
        assert all(second >= until for second in missing)
        for series, second, value in leaves(recorded(later)):
            if second >= min(recorded(earlier)["unix_seconds"]) and before.get((series, second)) != value:
                assert second >= until - look_back, (earlier, later, series, utc(second))
