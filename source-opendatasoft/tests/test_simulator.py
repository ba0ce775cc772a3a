"""Whole reads of each stream from the simulator, against numbers computed from its raw answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests
from portal_reads import ODRE, PARIS_PORTAL, STARTS
from reading import Reading, pinned, read
from simulator.testing import SimulatorUrl, running_simulator
from source_opendatasoft import SourceOpendatasoft
from source_opendatasoft.dataset import Dataset
from source_opendatasoft.presets import PRESETS

NOW = "2026-11-20T09:20:00Z"
PARIS = ZoneInfo("Europe/Paris")
PREFIXES = {ODRE: "odre", PARIS_PORTAL: "opendata-paris"}
DOMAINS = {dataset.name: domain for domain in PREFIXES for dataset in PRESETS[domain]}
DATASETS: Mapping[str, Dataset] = {dataset.name: dataset for domain in PREFIXES for dataset in PRESETS[domain]}
ECO2MIX = [name for name in DATASETS if name.startswith("eco2mix")]


@pytest.fixture(scope="module")
def url() -> Iterator[SimulatorUrl]:
    with running_simulator(now=NOW) as running:
        yield running


def sync(
    url: SimulatorUrl, now: str, *streams: str, start: str = "2026-11-18", end: str = "", state: Any = None
) -> Reading:
    """A sync at ``now``, of the simulator and the source alike."""
    url.move_to(now)
    domain = DOMAINS[streams[0]]
    starts = {name: day for name, day in STARTS.items() if DOMAINS[name] == domain and start == "2026-11-18"}
    base = f"{url}/{PREFIXES[domain]}"
    advanced = {"base_url": base, "calls_per_second": 1000, "stream_start_dates": starts, "end_date": end}
    waits: list[float] = []
    with pinned(now):
        reading = read(
            SourceOpendatasoft(waits.append),
            {"domain": domain, "start_date": start, "advanced": advanced},
            *streams,
            state=state,
        )
    assert (reading.failure, waits) == (None, [])
    return reading


def raw(url: SimulatorUrl, stream: str, where: str = "") -> list[dict[str, Any]]:
    """All rows as the portal exports them."""
    base = f"{url}/{PREFIXES[DOMAINS[stream]]}/api/explore/v2.1/catalog/datasets/{DATASETS[stream].dataset}"
    answer = requests.get(f"{base}/exports/json", params={"where": where} if where else {}, timeout=60)
    found: list[dict[str, Any]] = answer.json()
    return found


def since(stream: str, start: str) -> str:
    """The condition for what begins on a Paris day."""
    if DATASETS[stream].cursor == "date":
        return f"date >= date'{start}'"
    midnight = datetime.fromisoformat(start).replace(tzinfo=PARIS).astimezone(UTC)
    return f"date_heure >= '{midnight:%Y-%m-%dT%H:%M:%S}Z'" if DATASETS[stream].cursor else ""


@pytest.mark.parametrize("stream", DATASETS)
def test_a_whole_read_has_what_the_portal_has(url: SimulatorUrl, stream: str) -> None:
    reading = sync(url, NOW, stream)
    rows = raw(url, stream, since(stream, STARTS.get(stream, "2026-11-18")))
    dataset, records = DATASETS[stream], reading.records(stream)
    assert len(records) == len(reading.table(stream)) == len(rows) > 0
    for name in (field.name for field in dataset.fields if field.type == "number" and not field.source):
        assert all(name in row for row in rows), f"{name} is no field of the portal"
        told = [float(row[name]) for row in rows if row[name] not in (None, "", "ND", "-")]
        found = [record[name] for record in records if record[name] is not None]
        assert (len(found), sum(found)) == (len(told), pytest.approx(sum(told)))
    for part in dataset.key:
        if dataset.columns[part].type == "string":
            assert Counter(record[part] for record in records) == Counter(str(row[part] or "") for row in rows)


@pytest.mark.parametrize("stream", DATASETS)
def test_the_described_columns_are_those_of_the_portal(url: SimulatorUrl, stream: str) -> None:
    base = f"{url}/{PREFIXES[DOMAINS[stream]]}/api/explore/v2.1/catalog/datasets/{DATASETS[stream].dataset}"
    fields = {field["name"] for field in requests.get(base, timeout=60).json()["fields"]}
    known = {(field.source or field.name).partition("@")[0].partition("|")[0] for field in DATASETS[stream].fields}
    assert known == fields - set(DATASETS[stream].ignored)


@pytest.mark.parametrize(
    ("stream", "day", "now"),
    [
        (stream, day, f"{date.fromisoformat(day) + timedelta(days=later)}T09:00:00Z")
        for day in ("2026-03-29", "2025-10-26")
        for stream, later in (("eco2mix_national_tr", 1), ("eco2mix_regional_cons_def", 120))
    ],
)
def test_clock_change_days_keep_every_label(url: SimulatorUrl, stream: str, day: str, now: str) -> None:
    table = sync(url, now, stream, start=day, end=day).table(stream)
    rows = [row for row in table.values() if row["date"] == day]
    places = {row.get("code_insee_region") for row in rows}
    labels = 48 if "regional" in stream else 96
    assert Counter(row.get("code_insee_region") for row in rows) == dict.fromkeys(places, labels)
    instants = Counter((row.get("code_insee_region"), row["date_heure"]) for row in rows)
    real = [row for row in rows if there(row["date_heure"]) == row["heure"]]
    if day == "2026-03-29":
        assert max(instants.values()) == 2
        assert len(real) == len(places) * labels * 23 // 24
    else:
        assert max(instants.values()) == 1
        assert len(real) == len(rows)


def there(instant: str) -> str:
    """What the clock says in Paris: the recipe for labels that do not exist."""
    return datetime.fromisoformat(instant).astimezone(PARIS).strftime("%H:%M")


def test_regions_add_up_to_france(url: SimulatorUrl) -> None:
    reading = sync(url, NOW, "eco2mix_national_cons_def", "eco2mix_regional_cons_def")
    france = {
        row["date_heure"]: row["consommation"]
        for row in reading.records("eco2mix_national_cons_def")
        if row["consommation"] is not None
    }
    regions: Counter[str] = Counter()
    for row in reading.records("eco2mix_regional_cons_def"):
        regions[row["date_heure"]] += row["consommation"]
    assert len(regions) > 40
    for at, load in regions.items():
        assert load == pytest.approx(france[at], rel=0.002)


def test_syncs_of_some_days_leave_what_the_portal_says_at_the_end(url: SimulatorUrl) -> None:
    stream, state, syncs = "eco2mix_national_tr", None, []
    times = ["2026-11-17T20:00:00Z", "2026-11-17T20:20:00Z", "2026-11-18T02:10:00Z", "2026-11-19T06:00:00Z", NOW]
    for now in times:
        syncs.append(sync(url, now, stream, start="2026-11-15", state=state))
        state = syncs[-1].states
    table = syncs[0].table(stream, *syncs[1:])
    expected = {
        tuple(row[part] for part in DATASETS[stream].key): row["consommation"]
        for row in raw(url, stream, since(stream, "2026-11-15"))
    }
    assert {key: row["consommation"] for key, row in table.items()} == expected
    assert len(syncs[1].records(stream)) < len(syncs[0].records(stream)) + 10


@pytest.mark.parametrize("stream", ["eco2mix_national_cons_def", "temperature_quotidienne_regionale"])
def test_a_batch_that_lands_is_read_with_all_before_it(url: SimulatorUrl, stream: str) -> None:
    before = sync(url, "2026-09-20T09:00:00Z", stream, start="2026-06-01")
    quiet = sync(url, "2026-09-20T15:00:00Z", stream, start="2026-06-01", state=before.states)
    assert quiet.records(stream) == []
    after = sync(url, "2026-11-20T09:00:00Z", stream, start="2026-06-01", state=before.states)
    assert set(before.table(stream)) <= set(after.table(stream))
    assert len(after.records(stream)) == len(raw(url, stream, since(stream, "2026-06-01")))


def test_every_eco2mix_data_set_is_read_in_few_calls(url: SimulatorUrl) -> None:
    """A quota of 50,000 calls a month is 67 an hour."""
    first = sync(url, NOW, *ECO2MIX)
    url.simulator.calls.clear()
    sync(url, "2026-11-20T09:40:00Z", *ECO2MIX, state=last_of(first))
    assert len(url.calls) <= 3 * len(ECO2MIX)


def last_of(reading: Reading) -> list[Any]:
    """The last state of each stream."""
    return list({state.stream.stream_descriptor.name: state for state in reading.states if state.stream}.values())
