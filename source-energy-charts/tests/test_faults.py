"""Every stream meets every fault: what passes leaves no trace, what stays is said in one line, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import bad_days
import pytest
from airbyte_cdk.models import AirbyteStreamStatus, FailureType, SyncMode
from airbyte_cdk.utils import AirbyteTracedException
from bad_days import BROKEN_BODY, Fault
from energy_charts_reads import BY_NAME, NOW, STREAMS, Reply, answer, answering, config, last_states
from reading import LOGGER, Reading, catalog, pinned, read
from simulator.testing import SimulatorUrl, running_simulator
from source_energy_charts import SourceEnergyCharts
from source_energy_charts.api import LONGEST_WAIT
from source_energy_charts.stream import FAILURES_IN_A_ROW

START = "2026-11-20"


PASSING = (*bad_days.PASSING, Fault("429", {"kind": 429}, (6.0, 6.0)), BROKEN_BODY)
STAYING = bad_days.STAYING

each_stream = pytest.mark.parametrize("stream", STREAMS)


@dataclass
class Site:
    """The simulator, the waits that the source asked for, and what each stream gives on a good day."""

    url: SimulatorUrl
    waits: list[float] = field(default_factory=list)
    good_days: dict[str, Reading] = field(default_factory=dict)

    def settings(self, **options: Any) -> dict[str, Any]:
        return config(f"{self.url}/energy-charts", START, bidding_zones=["FR", "NL"], **options)

    def read(self, *streams: str, faults: tuple[Mapping[str, Any], ...] = (), **options: Any) -> Reading:
        self.url.set_faults(*faults)
        self.url.simulator.calls.clear()
        self.waits.clear()
        state = options.pop("state", None)
        return read(SourceEnergyCharts(self.waits.append), self.settings(**options), *streams, state=state)

    def good_day(self, stream: str) -> Reading:
        if stream not in self.good_days:
            self.good_days[stream] = self.read(stream)
            assert self.good_days[stream].failure is None
            assert self.good_days[stream].records(stream)
        return self.good_days[stream]

    def paths(self) -> list[str]:
        return [call["path"].removeprefix("/energy-charts/") for call in self.url.calls]


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with pinned(NOW), running_simulator(now=NOW) as url:
        yield Site(url)


def match(stream: str) -> str:
    """A part of the path that all calls of a stream share, and no call of another endpoint."""
    return "_share_daily_avg" if stream == "daily_shares" else f"/energy-charts/{BY_NAME[stream].path}"


@each_stream
@pytest.mark.parametrize("fault", PASSING, ids=str)
def test_a_fault_that_passes_leaves_no_trace(site: Site, stream: str, fault: Fault) -> None:
    good = site.good_day(stream)
    times = {"first_n": max(len(fault.waits), 1)}
    reading = site.read(stream, faults=({"match": match(stream), **fault.fault, **times},))
    assert reading.failure is None
    assert reading.table(stream) == good.table(stream)
    assert last_states(reading)[0].stream == last_states(good)[0].stream
    assert tuple(site.waits) == fault.waits


@each_stream
@pytest.mark.parametrize("fault", STAYING, ids=str)
def test_a_fault_that_stays_is_said_in_one_line_and_the_next_stream_is_read(
    site: Site, stream: str, fault: Fault
) -> None:
    other = "cross_border_trade" if stream != "cross_border_trade" else "signal"
    good = site.good_day(other)
    reading = site.read(stream, other, faults=({"match": match(stream), **fault.fault},))
    assert reading.failure is not None
    message = str(reading.failure.message)
    assert message.startswith("Energy-Charts ")
    assert "nothing is lost" in message or "Check the network" in message
    assert "\n" not in message
    assert reading.failure.failure_type == FailureType.transient_error
    assert reading.table(other) == good.table(other)
    # One scope may be at fault; after two in a row the endpoint is left alone, and the others of it are not tried.
    tried = min(FAILURES_IN_A_ROW, len(SourceEnergyCharts().streams(site.settings())[stream].scopes))  # type: ignore[attr-defined]
    assert tuple(site.waits) == fault.waits * tried


@each_stream
def test_what_failed_is_read_by_the_next_sync(site: Site, stream: str) -> None:
    good = site.good_day(stream)
    broken = site.read(stream, faults=({"match": match(stream), "kind": 500, "after_n": 1},))
    states = last_states(broken)
    whole = site.read(stream, state=states)
    assert whole.failure is None
    assert broken.table(stream, whole) == good.table(stream)


def test_one_country_that_fails_leaves_the_others_their_turn(site: Site) -> None:
    options = {"countries": ["fr", "de", "be", "ch"]}
    good = site.read("public_power", **options)
    # France meets the fault with all its tries, the others don't.
    faults = ({"match": "/public_power", "kind": 500, "first_n": 6},)
    reading = site.read("public_power", faults=faults, **options)
    assert "1 of 4 failed: fr." in str(reading.failure and reading.failure.message)
    countries = {row["country"] for row in reading.records("public_power")}
    assert countries == {"de", "be", "ch"}
    later = site.read("public_power", state=last_states(reading), **options)
    assert {row["country"] for row in later.records("public_power")} == {"fr"}, "the others were read a moment ago"
    assert reading.table("public_power", later) == good.table("public_power")


@pytest.mark.parametrize(
    ("failing", "unread", "words"),
    [
        ({"fr", "be"}, {"fr", "be"}, "2 of 5 failed: fr, be."),
        ({"de", "be"}, {"de", "be", "ch", "es"}, "2 of 5 failed: de, be. What came after them was not asked for."),
    ],
)
def test_two_countries_apart_are_countries_and_two_in_a_row_are_the_endpoint(
    failing: set[str], unread: set[str], words: str
) -> None:
    def reply(path: str, params: dict[str, str]) -> Reply:
        if params["country"] in failing:
            return answer("down", 500)
        return answer({"unix_seconds": [1795176000], "countries": [{"name": "Italy", "data": [1.0]}]})

    countries = ["fr", "de", "be", "ch", "es"]
    with pinned(NOW), answering(reply) as server:
        settings = config(server.url, START, countries=countries)
        reading = read(SourceEnergyCharts(lambda seconds: None), settings, "cross_border_flows")
    assert {row["country"] for row in reading.records("cross_border_flows")} == set(countries) - unread
    assert words in str(reading.failure and reading.failure.message)


@pytest.mark.parametrize(
    ("fault", "waits"),
    [
        ({"kind": 429}, [6.0] * 5),
        ({"kind": 429, "retry_after": 2}, [2.0] * 5),
        ({"kind": 429, "retry_after": int(LONGEST_WAIT) + 1}, []),
    ],
)
def test_a_storm_of_429_ends_the_sync_without_failure_and_the_next_goes_on(
    site: Site, fault: Mapping[str, Any], waits: list[float]
) -> None:
    streams = ("public_power", "cross_border_flows", "day_ahead_prices")
    good = site.read(*streams)
    storm = site.read(*streams, faults=({"match": "/energy-charts/", **fault, "after_n": 1},))
    assert storm.failure is None
    assert {row["country"] for row in storm.records("public_power")} == {"fr"}
    assert storm.records("cross_border_flows") == []
    assert site.waits == waits
    assert len(site.url.calls) == 2 + len(waits), "the other streams don't try again"
    rest = site.read(*streams, state=last_states(storm))
    assert "fr" not in {row["country"] for row in rest.records("public_power")}
    for stream in streams:
        assert storm.table(stream, rest) == good.table(stream)


def test_a_storm_is_told_as_a_warning_and_a_full_refresh_fails(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    site.url.set_faults({"match": "/energy-charts/", "kind": 429})
    source = SourceEnergyCharts(site.waits.append)
    descriptions = {name: stream.description for name, stream in source.streams(site.settings()).items()}
    whole = catalog(descriptions, "signal")
    whole.streams[0].sync_mode = SyncMode.full_refresh
    with pytest.raises(AirbyteTracedException, match="quota is used up"):
        list(source.read_events(LOGGER, site.settings(), whole, []))
    with caplog.at_level("WARNING", logger="airbyte"):
        events = list(source.read_events(LOGGER, site.settings(), catalog(descriptions, "signal"), []))
    assert "The next sync goes on from here." in caplog.text
    statuses = [event.trace.stream_status.status for event in events if getattr(event, "trace", None)]  # type: ignore[union-attr]
    assert statuses[-1] == AirbyteStreamStatus.COMPLETE
