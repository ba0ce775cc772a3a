"""Every stream meets every fault: what passes leaves no trace, what stays is said in one line, and nothing is lost.

One simulator for all; each read is of a few days.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import bad_days
import pytest
from airbyte_cdk.models import FailureType
from bad_days import BROKEN_BODY, DOUBLING, Fault
from portal_reads import ODRE, PARIS_PORTAL, STARTS
from reading import Reading, pinned, read
from simulator.testing import SimulatorUrl, running_simulator
from source_opendatasoft import SourceOpendatasoft
from source_opendatasoft.dataset import Dataset
from source_opendatasoft.presets import PRESETS

NOW = "2026-11-20T01:20:00Z"
START = "2026-11-18"
PREFIXES = {ODRE: "odre", PARIS_PORTAL: "opendata-paris"}
DOMAINS = {dataset.name: domain for domain in PREFIXES for dataset in PRESETS[domain]}
BY_NAME: Mapping[str, Dataset] = {dataset.name: dataset for domain in PREFIXES for dataset in PRESETS[domain]}
DATED = [name for name, dataset in BY_NAME.items() if dataset.cursor]
WITHOUT_DATE = [name for name in BY_NAME if name not in DATED]
OTHER = {ODRE: "temperature_quotidienne_regionale", PARIS_PORTAL: "etablissements_scolaires_colleges"}
# One stream meets all faults; the others those that come in their own ways of reading: pages, exports, windows.
THOROUGH = "eco2mix_national_tr"


PASSING = (*bad_days.PASSING, BROKEN_BODY)
STAYING = (*bad_days.STAYING, Fault("broken_body", {"kind": "broken_body"}, DOUBLING))


REFUSALS = (400, 401, 403, 404, 413)


def met(faults: Sequence[Any], common: Sequence[str]) -> list[Any]:
    """Each stream with the faults that all streams meet, by name (lists with half of them), and one with all."""
    return [
        pytest.param(stream, fault, id=f"{stream}-{fault}")
        for stream in BY_NAME
        for fault in faults
        if stream == THOROUGH or str(fault) in common[: None if stream in DATED else (len(common) + 1) // 2]
    ]


@dataclass
class Site:
    """The simulator, the waits that the source asked for, and what each stream gives on a good day."""

    url: SimulatorUrl
    waits: list[float] = field(default_factory=list)
    good_days: dict[str, tuple[Reading, int]] = field(default_factory=dict)

    def read(self, *streams: str, faults: tuple[Mapping[str, Any], ...] = (), state: Any = None) -> Reading:
        domain = DOMAINS[streams[0]]
        base = f"{self.url}/{PREFIXES[domain]}"
        advanced = {"base_url": base, "calls_per_second": 1000, "end_date": "2026-11-20"}
        starts = {name: day for name, day in STARTS.items() if DOMAINS[name] == domain}
        config = {"domain": domain, "start_date": START, "advanced": {**advanced, "stream_start_dates": starts}}
        self.url.set_faults(*faults)
        self.url.simulator.calls.clear()
        self.waits.clear()
        return read(SourceOpendatasoft(self.waits.append), config, *streams, state=state)

    def meet(self, stream: str, fault: Mapping[str, Any], *others: str, state: Any = None) -> Reading:
        return self.read(stream, *others, faults=({"match": path(stream), **fault},), state=state)

    def good_day(self, stream: str) -> tuple[Reading, int]:
        """What the stream gives, and how many calls it takes."""
        if stream not in self.good_days:
            reading = self.read(stream)
            assert reading.failure is None
            assert reading.table(stream), "the good day has nothing to lose"
            self.good_days[stream] = reading, len(self.calls(stream))
        return self.good_days[stream]

    def calls(self, stream: str) -> list[dict[str, Any]]:
        return [call for call in self.url.calls if path(stream) in call["path"]]


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with pinned(NOW), running_simulator(now=NOW) as url:
        yield Site(url)


@pytest.fixture
def one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows one after the other, so that the first call and the last are known; of five days, to have several."""
    monkeypatch.setattr("source_opendatasoft.stream.WINDOWS_AHEAD", 1)
    monkeypatch.setattr("source_opendatasoft.stream.Pass._window_days", lambda reading, end: 2)


def path(stream: str) -> str:
    return f"/datasets/{BY_NAME[stream].dataset}"


def one_line(reading: Reading, *words: str) -> str:
    """The message of the failure: one line that has all the words."""
    assert reading.failure is not None
    message = str(reading.failure.message)
    assert "\n" not in message
    assert [word for word in words if word not in message] == []
    return message


every_stream = pytest.mark.parametrize("stream", BY_NAME)


@pytest.mark.parametrize(("stream", "fault"), met(PASSING, ["truncated", "broken_body", "429_retry_after", "500"]))
def test_a_fault_that_passes_leaves_no_trace(site: Site, stream: str, fault: Fault) -> None:
    good_day, calls = site.good_day(stream)
    reading = site.meet(stream, {"first_n": 2, "after_n": calls // 2, **fault.fault})
    assert reading.failure is None
    assert reading.table(stream) == good_day.table(stream)
    assert reading.states_of(stream) == good_day.states_of(stream)
    # One call met it twice, or two at the same time once each.
    assert sorted(site.waits) in (sorted(fault.waits), sorted(2 * fault.waits[:1]))


@pytest.mark.parametrize(("stream", "kind"), met(REFUSALS, ["404", "403"]))
def test_what_is_refused_for_good_is_not_asked_for_again(
    site: Site, stream: str, kind: int, caplog: pytest.LogCaptureFixture
) -> None:
    other = OTHER[DOMAINS[stream]]
    if stream == other:
        other = next(name for name in BY_NAME if DOMAINS[name] == DOMAINS[stream] and name != stream)
    with caplog.at_level(logging.WARNING, logger="airbyte"):
        reading = site.meet(stream, {"kind": kind}, other)
    assert site.waits == []
    assert reading.table(other), "the others are read"
    assert (reading.table(stream), reading.states_of(stream)) == ({}, [])
    said = f"{DOMAINS[stream]}, data set {BY_NAME[stream].dataset}: HTTP {kind}"
    if kind in (401, 403):
        assert reading.failure is None
        assert f"{stream} is left out: {said}" in caplog.text
    else:
        one_line(reading, said)


@pytest.mark.parametrize(("stream", "fault"), met(STAYING, ["500", "broken_body"]))
@pytest.mark.usefixtures("one_by_one")
def test_a_fault_that_stays_is_said_in_one_line_and_loses_nothing(site: Site, stream: str, fault: Fault) -> None:
    good_day = site.read(stream)
    calls = len(site.calls(stream))
    reading = site.meet(stream, {**fault.fault, "after_n": calls - 1})
    one_line(reading, DOMAINS[stream], BY_NAME[stream].dataset)
    assert reading.failure is not None
    assert reading.failure.failure_type is FailureType.transient_error
    assert site.waits == list(fault.waits)
    if stream in DATED:
        assert reading.states_of(stream) == good_day.states_of(stream)[:-2]
    resumed = site.read(stream, state=reading.states)
    assert resumed.failure is None
    assert reading.table(stream, resumed) == good_day.table(stream)
    assert resumed.states_of(stream)[-1:] == good_day.states_of(stream)[-1:]


@pytest.mark.parametrize("stream", DATED)
@pytest.mark.usefixtures("one_by_one")
def test_a_quota_is_left_to_the_next_sync(site: Site, stream: str, caplog: pytest.LogCaptureFixture) -> None:
    good_day = site.read(stream)
    calls = len(site.calls(stream))
    with caplog.at_level(logging.WARNING, logger="airbyte"):
        reading = site.meet(stream, {"kind": 429, "retry_after": 3600, "after_n": calls - 1})
    assert (site.waits, reading.failure) == ([], None)
    assert f"data set {BY_NAME[stream].dataset}: HTTP 429" in caplog.text
    assert "asks to wait 60 minutes" in caplog.text
    assert not any("read_at" in state for state in reading.states_of(stream)), "it is due at once"
    resumed = site.read(stream, state=reading.states)
    assert reading.table(stream, resumed) == good_day.table(stream)


@pytest.mark.parametrize("stream", WITHOUT_DATE)
def test_a_list_that_a_quota_cuts_short_is_a_failure(site: Site, stream: str) -> None:
    reading = site.meet(stream, {"kind": 429, "retry_after": 3600, "after_n": 1})
    if site.good_day(stream)[1] == 1:
        assert reading.failure is None
    else:
        one_line(reading, "HTTP 429")
        assert reading.table(stream) == {}


# While the portal refreshes a data set


@pytest.mark.parametrize("stream", DATED)
def test_an_empty_answer_for_what_had_rows_keeps_the_state(
    site: Site, stream: str, caplog: pytest.LogCaptureFixture
) -> None:
    good_day, _ = site.good_day(stream)
    with pinned("2026-11-21T02:00:00Z"), caplog.at_level(logging.WARNING, logger="airbyte"):
        reading = site.meet(stream, {"kind": "empty"}, state=good_day.states)
        assert reading.failure is None
        assert site.waits == [5.0, 15.0, 40.0]
        assert "it is empty, though it had rows. The portal seems to be refreshing it" in caplog.text
        assert reading.records(stream) == []
        since = {"refreshing_since": "2026-11-21T02:00:00Z"}
        assert reading.states_of(stream) == [{**good_day.states_of(stream)[-1], **since}]


@pytest.mark.parametrize("stream", DATED)
def test_an_empty_answer_that_passes_is_waited_for(site: Site, stream: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("source_opendatasoft.stream.WINDOWS_AHEAD", 1)
    good_day, _ = site.good_day(stream)
    with pinned("2026-11-21T02:00:00Z"):
        reading = site.meet(
            f"{stream}", {"kind": "empty", "match": f"{path(stream)}/records", "first_n": 1}, state=good_day.states
        )
        assert reading.failure is None
        assert site.waits == [5.0]
        assert reading.records(stream)


@every_stream
def test_an_empty_answer_to_a_first_read_is_no_empty_data_set(site: Site, stream: str) -> None:
    reading = site.meet(stream, {"kind": "empty"})
    assert site.waits == [5.0, 15.0, 40.0]
    one_line(reading, stream, "seems to be refreshing the data set")
    assert reading.failure is not None
    assert reading.failure.failure_type is FailureType.transient_error


@pytest.mark.parametrize("stream", ["eco2mix_national_cons_def", "eco2mix_regional_tr", "eco2mix_metropoles_tr"])
def test_rows_that_do_not_agree_with_their_count_are_read_again_and_then_told(
    site: Site, stream: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The export lacks a part of the rows that the portal counts."""
    lacking = {"kind": "partial", "match": f"{path(stream)}/exports"}
    good_day, _ = site.good_day(stream)
    assert len(good_day.records(stream)) > 200, "few rows come without an export"
    passing = site.meet(stream, {**lacking, "first_n": 1})
    assert passing.table(stream) == good_day.table(stream)
    assert site.waits == [5.0]
    with caplog.at_level(logging.WARNING, logger="airbyte"):
        staying = site.meet(stream, lacking)
    assert staying.failure is None
    assert "did not come whole" in caplog.text
    assert not any("read_at" in state for state in staying.states_of(stream)), "it is due at once"
    whole = site.read(stream, state=staying.states)
    assert staying.table(stream, whole) == good_day.table(stream)
