"""Every stream meets every fault: what passes leaves no trace, what stays is said in one line, and nothing is lost."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import bad_days
import pytest
import requests
from airbyte_cdk.models import AirbyteStateMessage, FailureType
from bad_days import BROKEN_BODY, DOUBLING, Fault
from connector_kit.policy import MALFORMED
from reading import Reading, read, upserted
from simulator.testing import SimulatorUrl
from source_weather.answers import read_body
from weather_reads import BY_NAME, NOW, ShortWindows, config, few_points, values, weather_simulator

START = "2026-11-12"
every_stream = pytest.mark.parametrize("stream", BY_NAME)


NEXT_MINUTE = 61.0  # from the instant at which the clock stands
PASSING = (
    *bad_days.PASSING,
    Fault("429", {"kind": 429}, (NEXT_MINUTE, NEXT_MINUTE)),
    Fault("502", {"kind": 502}),
    Fault("503", {"kind": 503}),
    BROKEN_BODY,
)
STAYING = (*bad_days.STAYING, Fault("broken_body", {"kind": "broken_body"}, DOUBLING))
REFUSALS = {
    400: ("The request was refused.", FailureType.system_error),
    401: ("Check api_key.", FailureType.config_error),
    403: ("The plan of this api_key does not include this service.", FailureType.config_error),
    404: ("The address is unknown", FailureType.system_error),
    413: ("asks for less", FailureType.system_error),
}


@dataclass
class Site:
    """The simulator, the waits that the source asked for, and what each stream gives on a good day."""

    url: SimulatorUrl
    waits: list[float] = field(default_factory=list)
    good_days: dict[str, tuple[Reading, int]] = field(default_factory=dict)

    def read(self, *streams: str, faults: tuple[Mapping[str, Any], ...] = (), **options: Any) -> Reading:
        self.url.set_faults(*faults)
        self.url.simulator.calls.clear()
        self.waits.clear()
        settings = config(self.url, START, forecast_days=2)
        return read(ShortWindows(self.waits.append), settings, *streams, **options)

    def meet(self, stream: str, fault: Mapping[str, Any], *others: str) -> Reading:
        return self.read(stream, *others, faults=({"match": path(stream), **fault},))

    def good_day(self, stream: str) -> tuple[Reading, int]:
        """The reading, and how many calls it takes."""
        if stream not in self.good_days:
            reading = self.read(stream)
            assert reading.failure is None
            assert reading.table(stream), "the good day has nothing to lose"
            self.good_days[stream] = reading, len(self.url.calls)
        return self.good_days[stream]


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with weather_simulator(NOW) as url, few_points():
        yield Site(url)


@pytest.fixture
def one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls one after the other, so that the first and the last are known."""
    monkeypatch.setattr("source_weather.stream.PAGES_AHEAD", 1)


def path(stream: str) -> str:
    return f"/open-meteo/{BY_NAME[stream].host}/{BY_NAME[stream].path}"


def other(stream: str) -> str:
    """A stream of another service."""
    return "forecast_daily" if BY_NAME[stream].host != "api" else "archive_daily"


def is_of(stream: str, state: AirbyteStateMessage) -> bool:
    return state.stream is not None and state.stream.stream_descriptor.name == stream


def one_line(reading: Reading, *words: str) -> None:
    assert reading.failure is not None
    message = str(reading.failure.message)
    assert "\n" not in message
    assert [word for word in words if word not in message] == []


@every_stream
@pytest.mark.parametrize("fault", PASSING, ids=str)
def test_a_fault_that_passes_leaves_no_trace(site: Site, stream: str, fault: Fault) -> None:
    good_day, calls = site.good_day(stream)
    reading = site.meet(stream, {"first_n": 2, "after_n": calls // 2, **fault.fault})
    assert reading.failure is None
    assert reading.table(stream) == good_day.table(stream)
    assert reading.states_of(stream) == good_day.states_of(stream)
    # One call met it twice, or two at the same time once each.
    assert sorted(site.waits) in (sorted(fault.waits), sorted(2 * fault.waits[:1]))


@every_stream
@pytest.mark.parametrize("kind", REFUSALS)
def test_a_refusal_is_not_asked_for_again_and_leaves_the_others_their_turn(
    site: Site, stream: str, kind: int, caplog: pytest.LogCaptureFixture
) -> None:
    advice, failure_type = REFUSALS[kind]
    with caplog.at_level(logging.WARNING, logger="airbyte"):
        reading = site.meet(stream, {"kind": kind}, other(stream))
    assert site.waits == []
    assert reading.table(other(stream)), "the others are read"
    assert (reading.table(stream), reading.states_of(stream)) == ({}, [])
    if failure_type == FailureType.config_error:
        assert reading.failure is None
        assert f"{stream} is left out: Open-Meteo {BY_NAME[stream].host}: HTTP {kind}" in caplog.text
        assert advice in caplog.text
    else:
        one_line(reading, f"Open-Meteo {BY_NAME[stream].host}: HTTP {kind}", advice)


@every_stream
@pytest.mark.parametrize("fault", STAYING, ids=str)
@pytest.mark.usefixtures("one_by_one")
def test_a_fault_that_stays_is_said_in_one_line_and_loses_nothing(site: Site, stream: str, fault: Fault) -> None:
    good_day, calls = site.good_day(stream)
    reading = site.meet(stream, {**fault.fault, "after_n": calls - 1}, other(stream))
    one_line(reading, f"Open-Meteo {BY_NAME[stream].host}: {fault.said}")
    assert reading.failure is not None
    assert reading.failure.failure_type == FailureType.transient_error
    assert site.waits == list(fault.waits)
    assert reading.table(other(stream)), "the others are read"
    # The checkpoints of all windows but the last, as on a good day.
    assert reading.states_of(stream) == (good_day.states_of(stream)[:-2] if BY_NAME[stream].kind != "latest" else [])
    resumed = site.read(stream, state=[state for state in reading.states if is_of(stream, state)])
    assert resumed.failure is None
    table = upserted(reading.table(stream), BY_NAME[stream].description, resumed.pages_of(stream))
    assert values(table) == values(good_day.table(stream))


@every_stream
@pytest.mark.parametrize("fault", [{"kind": 429}, {"kind": 429, "retry_after": 3600}], ids=["a_minute", "an_hour"])
@pytest.mark.usefixtures("one_by_one")
def test_a_limit_that_stays_is_left_to_the_next_sync(
    site: Site, stream: str, fault: Mapping[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    good_day, calls = site.good_day(stream)
    with caplog.at_level(logging.WARNING, logger="airbyte"):
        reading = site.meet(stream, {**fault, "after_n": calls - 1})
    assert reading.failure is None
    assert site.waits == ([] if "retry_after" in fault else [NEXT_MINUTE] * 3)
    assert f"{stream}: Open-Meteo {BY_NAME[stream].host}: HTTP 429" in caplog.text
    assert "The next sync goes on from here." in caplog.text
    assert "read_at" not in reading.states_of(stream)[-1], "it is due at once"
    resumed = site.read(stream, state=[state for state in reading.states if is_of(stream, state)])
    assert resumed.failure is None
    table = upserted(reading.table(stream), BY_NAME[stream].description, resumed.pages_of(stream))
    assert values(table) == values(good_day.table(stream))


class CutShort:
    """Answers that lack their last time, the first ``count`` of each call or all."""

    def __init__(self, count: int = 1_000) -> None:
        self.count = count
        self.given: Counter[str] = Counter()

    def __call__(self, response: requests.Response) -> Any:
        body = read_body(response)
        self.given[response.url] += 1
        for place in body if self.given[response.url] <= self.count else ():
            for section in {"hourly", "daily"} & place.keys():
                place[section] = {name: column[:-1] for name, column in place[section].items()}
        return body


@every_stream
def test_an_answer_in_part_is_asked_for_again(site: Site, stream: str, monkeypatch: pytest.MonkeyPatch) -> None:
    good_day, calls = site.good_day(stream)
    monkeypatch.setattr("source_weather.api.read_body", CutShort(1))
    reading = site.read(stream)
    assert reading.failure is None
    assert reading.table(stream) == good_day.table(stream)
    assert site.waits == [1.0] * calls


@every_stream
def test_an_answer_that_stays_in_part_is_no_answer(site: Site, stream: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("source_weather.api.read_body", CutShort())
    reading = site.read(stream)
    one_line(reading, f"Open-Meteo {BY_NAME[stream].host}: {MALFORMED}")
    assert (reading.table(stream), reading.states_of(stream)) == ({}, [])


def test_most_good_days_have_a_window_that_can_be_lost_and_one_that_is_kept(site: Site) -> None:
    """Else the matrix would say little."""
    several = {stream for stream in BY_NAME if site.good_day(stream)[1] > 1}
    assert several == {stream for stream, product in BY_NAME.items() if product.kind != "latest"}
