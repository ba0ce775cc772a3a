"""Every stream meets every fault: what passes leaves no trace, what stays is said in one line, and nothing is lost.

One simulator for all; each read is of a few days, in windows so short that most streams have two.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, cast

import bad_days
import pytest
from airbyte_cdk.models import AirbyteStateMessage, FailureType
from bad_days import Fault
from connector_kit.reach import Reach
from connector_kit.streams import Stream
from reading import Reading, read
from simulator.testing import SimulatorUrl
from small_reads import BY_NAME, FIRST_DAYS, NIGHT, TODAY, config, unlimited_simulator
from source_rte import SourceRte
from source_rte.api import LONGEST_WAIT_FOR_QUOTA
from source_rte.resource import Resource
from source_rte.resources import API_NAMES, RESOURCES
from source_rte.stream import RteStream

FIRST_DAY = "2026-11-18"
# How long to wait for a quota, in seconds, where the service does not say.
WAIT_FOR_QUOTA = 30.0
# Kinds after which a call is tried again at once, with a new token.
RENEWED = (401, "token_expired")


PASSING = (
    *bad_days.PASSING,
    Fault("401", {"kind": 401, "first_n": 1}, ()),
    Fault("token_expired", {"kind": "token_expired", "first_n": 1}, ()),
    Fault("429", {"kind": 429}, (WAIT_FOR_QUOTA, 60.0)),
    Fault("503", {"kind": 503}),
    Fault("509", {"kind": 509}),
)
QUOTAS = (
    Fault("429", {"kind": 429}, (WAIT_FOR_QUOTA, 60.0, 60.0, 60.0, 60.0)),
    Fault("429_an_hour", {"kind": 429, "retry_after": 3600}, ()),
)
STAYING = bad_days.STAYING


def _short(resource: Resource) -> Resource:
    """The resource with windows so short that the few days are two of them; years and months stay whole."""
    period = resource.period
    if period is None or period.cut or period.longest_days <= 2:
        return resource
    days = (date.fromisoformat(TODAY) - date.fromisoformat(FIRST_DAYS.get(resource.stream, FIRST_DAY))).days + 1
    return replace(resource, period=replace(period, longest_days=min(period.longest_days, max(2, -(-days * 2 // 3)))))


SHORT = {resource.stream: _short(resource) for resource in RESOURCES}
# A stream of two APIs each, to tell that the others are still read.
OTHERS = ("demand_response_operators", "tempo_like_calendars")


class ShortWindows(SourceRte):
    """The source with short windows."""

    resources: Mapping[str, Resource] = SHORT

    def streams(self, config: Mapping[str, Any]) -> Mapping[str, Stream]:
        streams = cast(Mapping[str, RteStream], super().streams(config))
        return {name: replace(stream, resource=self.resources[name]) for name, stream in streams.items()}


def settings(url: str) -> Mapping[str, Any]:
    """No day beyond today, so one year."""
    return config(url, FIRST_DAY, end_date=TODAY)


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
        return read(ShortWindows(self.waits.append), settings(self.url), *streams, **options)

    def meet(self, stream: str, fault: Mapping[str, Any], *others: str, **options: Any) -> Reading:
        return self.read(stream, *others, faults=({"match": path(stream), **fault},), **options)

    def good_day(self, stream: str) -> Reading:
        return self._good_day(stream)[0]

    def calls_of(self, stream: str) -> int:
        """How many calls the stream takes on a good day."""
        return self._good_day(stream)[1]

    def _good_day(self, stream: str) -> tuple[Reading, int]:
        if stream not in self.good_days:
            reading = self.read(stream)
            assert reading.failure is None
            assert reading.table(stream), "the good day has nothing to lose"
            self.good_days[stream] = reading, len(self.calls(stream))
        return self.good_days[stream]

    def calls(self, stream: str) -> list[dict[str, Any]]:
        return [call for call in self.url.calls if call["path"] == path(stream)]

    @property
    def tokens(self) -> int:
        return len([call for call in self.url.calls if "/token" in call["path"]])


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with unlimited_simulator(NIGHT) as url:
        yield Site(url)


@pytest.fixture
def one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls one after the other, so that the first and the last are known."""
    monkeypatch.setattr("source_rte.stream.PAGES_AHEAD", 1)


def path(stream: str) -> str:
    return f"/open_api/{BY_NAME[stream].path}"


def api_name(stream: str) -> str:
    return f"RTE {API_NAMES[BY_NAME[stream].api_version]}"


def other(stream: str) -> str:
    """A stream of another API."""
    return next(name for name in OTHERS if BY_NAME[name].api_version != BY_NAME[stream].api_version)


def is_of(stream: str, state: AirbyteStateMessage) -> bool:
    return state.stream is not None and state.stream.stream_descriptor.name == stream


def is_beyond_quota(stream: str, fault: Fault) -> bool:
    """Whether the wait is too long for a stream whose calls are counted: it is left for the next sync."""
    wait = fault.fault.get("retry_after", WAIT_FOR_QUOTA)
    return bool(BY_NAME[stream].allowance) and fault.fault["kind"] == 429 and wait > LONGEST_WAIT_FOR_QUOTA


def one_line(reading: Reading, *words: str) -> str:
    """The message of the failure: one line that has all the words."""
    assert reading.failure is not None
    message = str(reading.failure.message)
    assert "\n" not in message
    assert [word for word in words if word not in message] == []
    return message


def can_be_halved(site: Site, stream: str) -> bool:
    """Whether the first window is long enough for RTE to take its halves."""
    resource = SHORT[stream]
    if resource.period is None:
        return False
    reading = cast(RteStream, ShortWindows().streams(settings(site.url))[stream])
    first = reading.windows(resource.period, Reach(), date.fromisoformat(TODAY))[0]
    return first.halves(resource.period.shortest_days) is not None


def without_calls(states: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in state.items() if name != "calls"} for state in states]


every_stream = pytest.mark.parametrize("stream", BY_NAME)
COUNTED = [resource.stream for resource in RESOURCES if resource.allowance]


@pytest.mark.parametrize(
    ("stream", "fault"),
    [(stream, fault) for stream in BY_NAME for fault in PASSING if not is_beyond_quota(stream, fault)],
    ids=str,
)
def test_a_fault_that_passes_leaves_no_trace(site: Site, stream: str, fault: Fault) -> None:
    good_day = site.good_day(stream)
    times = {"first_n": 2, "after_n": site.calls_of(stream) // 2, **fault.fault}
    reading = site.meet(stream, times)
    assert reading.failure is None
    assert reading.table(stream) == good_day.table(stream)
    assert without_calls(reading.states_of(stream)) == without_calls(good_day.states_of(stream))
    if fault.fault["kind"] in RENEWED:
        assert site.waits == []
        assert site.tokens == 2
    else:  # one call met it twice, or two at the same time once each
        assert sorted(site.waits) in (sorted(fault.waits), sorted(2 * fault.waits[:1]))
        assert site.tokens == 1


@every_stream
@pytest.mark.parametrize("kind", [403, 404, 413])
@pytest.mark.usefixtures("one_by_one")
def test_a_refusal_from_the_first_call_on(site: Site, stream: str, kind: int, caplog: pytest.LogCaptureFixture) -> None:
    resource = BY_NAME[stream]
    with caplog.at_level(logging.WARNING, logger="airbyte"):
        reading = site.meet(stream, {"kind": kind}, other(stream))
    assert site.waits == [], "what is refused for good is not asked for again"
    assert reading.table(other(stream)), "the others are read"
    assert reading.table(stream) == {}
    if kind == 404 and resource.empty_when_not_found:
        assert reading.failure is None
        assert "read_at" in reading.states_of(stream)[-1], "it is read to its end: there is nothing"
        return
    assert reading.states_of(stream) == []
    if kind == 413:
        one_line(reading, api_name(stream), "HTTP 413", "shortest period")
        return
    assert reading.failure is None
    assert f"{stream} is left out: " in caplog.text
    assert f"HTTP {kind}" in caplog.text
    if kind == 403:
        assert api_name(stream) in caplog.text
        assert "subscribe your application" in caplog.text
    else:
        assert f"The address was {resource.other_path or resource.path}." in caplog.text


@pytest.mark.parametrize("stream", [resource.stream for resource in RESOURCES if resource.other_path])
def test_a_stream_of_two_addresses_is_read_from_the_other_one(
    site: Site, stream: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    good_day, resource = site.good_day(stream), SHORT[stream]
    moved = replace(resource, path=resource.other_path, other_path=resource.path, root=resource.answer_root)
    monkeypatch.setattr(ShortWindows, "resources", {**SHORT, stream: moved})
    reading = site.read(stream, faults=({"match": resource.other_path, "kind": 404},))
    assert reading.failure is None
    assert reading.table(stream) == good_day.table(stream)


@every_stream
@pytest.mark.usefixtures("one_by_one")
def test_too_large_an_answer_is_asked_for_in_halves_or_named(site: Site, stream: str) -> None:
    good_day = site.good_day(stream)
    reading = site.meet(stream, {"kind": 413, "first_n": 1})
    if can_be_halved(site, stream):
        assert reading.failure is None
        assert reading.table(stream) == good_day.table(stream)
        assert reading.states_of(stream)[-1]["start_date"] == good_day.states_of(stream)[-1]["start_date"]
    else:
        one_line(reading, api_name(stream), "HTTP 413", "shortest period")
        assert reading.states_of(stream) == []


@pytest.mark.parametrize(
    ("stream", "fault"),
    [(stream, fault) for stream in BY_NAME for fault in STAYING],
    ids=str,
)
@pytest.mark.usefixtures("one_by_one")
def test_a_fault_that_stays_is_said_in_one_line_and_loses_nothing(site: Site, stream: str, fault: Fault) -> None:
    good_day = site.good_day(stream)
    reading = site.meet(stream, {**fault.fault, "after_n": site.calls_of(stream) - 1}, other(stream))
    one_line(reading, api_name(stream), fault.said)
    assert reading.failure is not None
    assert reading.failure.failure_type == FailureType.transient_error
    assert site.waits == list(fault.waits)
    assert reading.table(other(stream)), "the others are read"
    # The checkpoints of all windows but the last, as on a good day.
    kept = without_calls(reading.states_of(stream))
    assert kept == without_calls(good_day.states_of(stream))[:-2]
    resumed = site.read(stream, state=[state for state in reading.states if is_of(stream, state)])
    assert resumed.failure is None
    assert reading.table(stream, resumed) == good_day.table(stream)
    if kept:
        assert len(site.calls(stream)) <= site.calls_of(stream)


@pytest.mark.parametrize("stream", [name for name, one in BY_NAME.items() if one.cursor and not one.allowance])
@pytest.mark.parametrize("fault", QUOTAS, ids=str)
@pytest.mark.usefixtures("one_by_one")
def test_a_quota_that_nobody_wrote_down_is_waited_for_and_then_left_to_the_next_sync(
    site: Site, stream: str, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    good_day = site.good_day(stream)
    with caplog.at_level(logging.WARNING, logger="airbyte"):
        reading = site.meet(stream, {**fault.fault, "after_n": site.calls_of(stream) - 1}, other(stream))
    assert site.waits == list(fault.waits)
    assert reading.table(other(stream)), "the others are read"
    assert reading.failure is None
    assert f"{stream}: {api_name(stream)}: HTTP 429" in caplog.text
    assert "The next sync goes on from here." in caplog.text
    assert "read_at" not in reading.states_of(stream)[-1], "it is due at once"
    resumed = site.read(stream, state=[state for state in reading.states if is_of(stream, state)])
    assert resumed.failure is None
    assert reading.table(stream, resumed) == good_day.table(stream)


@pytest.mark.parametrize("stream", COUNTED)
@pytest.mark.parametrize("after", [{}, {"retry_after": 900}], ids=["429", "429_retry_after"])
def test_calls_beyond_the_quota_are_left_to_the_next_sync(
    site: Site, stream: str, after: Mapping[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    good_day, calls = site.good_day(stream), site.calls_of(stream)
    with caplog.at_level(logging.WARNING, logger="airbyte"):
        reading = site.meet(stream, {"kind": 429, "after_n": calls - 1, **after})
    assert reading.failure is None
    assert site.waits == []
    assert f"{stream}: {api_name(stream)}: HTTP 429" in caplog.text
    assert "The next sync goes on from here." in caplog.text
    kept = good_day.states_of(stream)[:-2]
    last = reading.states_of(stream)[-1]
    assert "read_at" not in last, "it is due at once"
    assert len(last["calls"]) == calls
    assert without_calls([last]) == without_calls(kept[-1:] or [{}])


def test_a_stream_that_has_nothing_is_open_all_the_same(site: Site) -> None:
    nothing, closed = "other_market_information", "physical_flows"
    reading = site.read(
        closed, nothing, faults=({"match": path(nothing), "kind": 404}, {"match": path(closed), "kind": 403})
    )
    assert reading.failure is None, "one API answered: the other is left out"
    assert reading.states_of(nothing)


@pytest.mark.usefixtures("one_by_one")
def test_an_api_that_closes_in_the_middle_is_a_matter_of_configuration(site: Site) -> None:
    reading = site.meet("physical_flows", {"kind": 403, "after_n": 1}, "tempo_like_calendars")
    one_line(reading, "RTE Physical Flow v1", "HTTP 403", "subscribe your application")
    assert reading.failure is not None
    assert reading.failure.failure_type == FailureType.config_error
    assert reading.table("tempo_like_calendars")


def test_most_good_days_have_a_window_that_can_be_lost_and_one_that_is_kept(site: Site) -> None:
    """Else the matrix would say little. A state a window, and one at the end."""
    with_history = [resource.stream for resource in RESOURCES if resource.period and not resource.period.cut]
    several = [stream for stream in with_history if len(site.good_day(stream).states_of(stream)) > 2]
    assert len(several) >= 0.9 * len(with_history)
