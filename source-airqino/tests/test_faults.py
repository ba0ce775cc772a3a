"""Every stream meets every fault: what passes leaves no trace, what stays is said in one line, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest
from air_reads import ABIDJAN, PARIS, settings
from airbyte_cdk.models import FailureType
from connector_kit.streams import Stream
from reading import Reading, pinned, read
from simulator.airqino.accounts import Accounts
from simulator.testing import SimulatorUrl, running_simulator
from source_airqino import SourceAirqino
from source_airqino.resources import RESOURCES
from source_airqino.stream import SeriesStream

NOW = "2026-11-21T12:34:00Z"
PASSWORD = "not-a-real-password"
ACCOUNT = {"username": "someone", "password": PASSWORD, "client_id": "some-client"}
# Windows so short that hours come in two of them; of readings there are many in one.
FIRST_DAYS = {"hourly_averages": "2026-11-16", "raw_readings": "2026-11-20"}
LONGEST_DAYS = {"hourly_averages": 4, "raw_readings": 2}
# Parts of the path that tell the calls of a stream.
PATHS = {
    "stations": "/getStationStatus/",
    "sensors": "/getSessionInfo/",
    "current_values": "/getCurrentValues/",
    "hourly_averages": "/v3/getStationHourlyAvg/",
    "raw_readings": "/getRange/",
}
# Calls of the station that is read last.
LATER_STATION = {"hourly_averages": "/v3/getStationHourlyAvg/283164601", "raw_readings": "/getRange/SMART188"}
STREAMS = tuple(PATHS)
SERIES = tuple(FIRST_DAYS)


class ShortWindows(SourceAirqino):
    """The source with short windows."""

    def streams(self, config: Mapping[str, Any]) -> Mapping[str, Stream]:
        streams = dict(super().streams(config))
        for name, days in LONGEST_DAYS.items():
            stream = cast(SeriesStream, streams[name])
            series = replace(stream.series, longest_days=days)
            streams[name] = replace(stream, resource=replace(stream.resource, series=series))
        return streams


@dataclass
class Site:
    """The simulator, and the waits that the source asked for."""

    url: SimulatorUrl
    waits: list[float] = field(default_factory=list)
    good_days: dict[str, Reading] = field(default_factory=dict)

    def read(self, *streams: str, faults: tuple[Mapping[str, Any], ...] = (), state: Any = None) -> Reading:
        self.url.set_faults(*faults)
        self.url.simulator.calls.clear()
        self.url.simulator.one(Accounts).void()
        self.waits.clear()
        config = settings(
            f"{self.url}/airqino",
            PARIS,
            ABIDJAN,
            start_date="2026-11-20",
            project="AQ54",
            advanced={"stream_start_dates": FIRST_DAYS},
            **ACCOUNT,
        )
        return read(ShortWindows(self.waits.append), config, *streams, state=state)

    def meet(self, stream: str, *others: str, **fault: Any) -> Reading:
        return self.read(stream, *others, faults=({"match": PATHS[stream], **fault},))

    def asked(self, stream: str) -> set[str]:
        """The windows that were asked for."""
        return {f"{call['path']} {call['query']}" for call in self.url.calls if PATHS[stream] in call["path"]}

    def good_day(self, stream: str) -> Reading:
        if stream not in self.good_days:
            reading = self.read(stream)
            assert reading.failure is None
            assert reading.table(stream), "the good day has nothing to lose"
            self.good_days[stream] = reading
        return self.good_days[stream]


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with pinned(NOW), running_simulator(now=NOW) as url:
        url.simulator.keep(Accounts("someone", PASSWORD, "some-client"))
        yield Site(url)


def test_every_stream_is_here() -> None:
    assert {resource.stream for resource in RESOURCES} == set(STREAMS)


PASSING: list[dict[str, Any]] = [
    {"kind": 401, "first_n": 1},
    {"kind": "token_expired", "first_n": 1},
    {"kind": 408, "first_n": 1},
    {"kind": 429, "first_n": 2},
    {"kind": 429, "first_n": 1, "retry_after": 7},
    {"kind": 500, "first_n": 1},
    {"kind": 502, "first_n": 1},
    {"kind": 503, "first_n": 2},
    {"kind": 503, "first_n": 1, "retry_after": 5},
    {"kind": 504, "first_n": 1},
    {"kind": "reset", "first_n": 1},
    {"kind": "truncated", "first_n": 1},
    {"kind": "broken_body", "first_n": 1},
    {"kind": "html", "first_n": 1},
    {"kind": "slow_body", "seconds": 0.02, "first_n": 1},
]


def named(fault: Mapping[str, Any]) -> str:
    return "_".join(str(fault[part]) for part in ("kind", "first_n", "retry_after") if part in fault)


@pytest.mark.parametrize("fault", PASSING, ids=named)
@pytest.mark.parametrize("stream", STREAMS)
def test_a_fault_that_passes_leaves_no_trace(site: Site, stream: str, fault: Mapping[str, Any]) -> None:
    expected = site.good_day(stream).table(stream)
    reading = site.meet(stream, **fault)
    assert reading.failure is None
    assert reading.table(stream) == expected
    assert site.url.simulator.faults.listed()[0]["fired"] == fault["first_n"], "the fault was not met"
    if "retry_after" in fault:
        assert site.waits == [float(fault["retry_after"])]


STAYING = [500, 502, 503, 504, "reset", "truncated", "html", "broken_body"]


@pytest.mark.parametrize("kind", STAYING)
@pytest.mark.parametrize("stream", STREAMS)
def test_a_fault_that_stays_is_one_line_and_others_are_read(site: Site, stream: str, kind: int | str) -> None:
    other = "current_values" if stream != "current_values" else "sensors"
    expected = site.good_day(other).table(other)
    reading = site.meet(stream, other, kind=kind)
    assert reading.failure is not None
    message = str(reading.failure.message)
    assert "\n" not in message
    assert "AirQino" in message
    assert reading.failure.failure_type == FailureType.transient_error
    assert PASSWORD not in message
    assert reading.table(other) == expected


@pytest.mark.parametrize("kind", [503, "reset", 401])
@pytest.mark.parametrize("stream", SERIES)
def test_what_was_read_before_is_kept_and_the_next_sync_goes_on(site: Site, stream: str, kind: int | str) -> None:
    expected = site.good_day(stream).table(stream)
    broken = site.meet(stream, match=LATER_STATION[stream], kind=kind)
    assert broken.failure is not None
    assert broken.pages_of(stream)
    assert broken.states_of(stream)
    rest = site.read(stream, state=broken.states)
    assert rest.failure is None
    assert broken.table(stream, rest) == expected


@pytest.mark.parametrize("stream", SERIES)
def test_a_quota_that_stays_used_up_ends_the_stream_without_failure_and_keeps_what_was_read(
    site: Site, stream: str
) -> None:
    expected = site.good_day(stream).table(stream)
    limited = site.meet(stream, match=LATER_STATION[stream], kind=429, retry_after=3600)
    assert limited.failure is None
    assert limited.pages_of(stream), "the other station is kept"
    assert limited.table(stream, site.read(stream, state=limited.states)) == expected


@pytest.mark.parametrize("stream", SERIES)
def test_a_window_that_breaks_the_connection_is_asked_for_in_halves(site: Site, stream: str) -> None:
    expected = site.good_day(stream).table(stream)
    site.read(stream)
    windows = site.asked(stream)
    reading = site.meet(stream, kind="reset", first_n=6)
    assert reading.failure is None
    assert reading.table(stream) == expected
    assert site.asked(stream) > windows, "halves besides"


@pytest.mark.parametrize("kind", [500, 503, "reset", "html", 429])
def test_a_token_service_in_trouble_is_asked_again(site: Site, kind: int | str) -> None:
    reading = site.read("current_values", faults=({"match": "/token", "kind": kind, "first_n": 2},))
    assert reading.failure is None
    assert reading.table("current_values") == site.good_day("current_values").table("current_values")


def test_a_token_service_that_stays_down_is_told_of_once(site: Site) -> None:
    reading = site.read(*STREAMS, faults=({"match": "/token", "kind": 503},))
    assert reading.failure is not None
    assert str(reading.failure.message).count("503") == 1
    assert PASSWORD not in str(reading.failure.message) + str(reading.failure.internal_message)


def test_a_wrong_password_is_a_matter_of_configuration(site: Site) -> None:
    accounts = site.url.simulator.one(Accounts)
    site.url.simulator.keep(Accounts("someone", "another", "some-client"))
    try:
        reading = site.read("current_values")
    finally:
        site.url.simulator.keep(accounts)
    assert reading.failure is not None
    assert reading.failure.failure_type == FailureType.config_error
    assert "check username, password and client_id" in str(reading.failure.message)
