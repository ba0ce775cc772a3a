"""What comes late, comes empty by mistake or is refused for days: nothing of it is lost, and nobody waits for ever."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from connector_kit.windows import Window
from energy_charts_reads import Double, Reply, answer, answering, config, last_states
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import Reading, pinned, read
from source_energy_charts import SourceEnergyCharts
from source_energy_charts.memory import MOST_GAPS, PATIENCE, Gap, Memory

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
# Of the windows of 31 days from 1 May on the third is July, from its second day on.
START, JULY = "2026-05-01", "2026-07-02"
EMPTY: dict[str, Any] = {"unix_seconds": [], "production_types": [], "deprecated": False}


def hours(params: dict[str, str], now: datetime) -> list[datetime]:
    """The hours that are asked for and over."""
    first, last = (datetime.fromisoformat(params[bound]) for bound in ("start", "end"))
    return [first + number * HOUR for number in range((min(last, now) - first) // HOUR + 1)] if first <= now else []


def power(times: list[datetime], late: Callable[[datetime], bool] = lambda time: False) -> Reply:
    """Nuclear power of all hours, and the sun's, null where it is late."""
    series = [
        {"name": "Nuclear", "data": [1.0] * len(times)},
        {"name": "Solar", "data": [None if late(time) else 1.0 for time in times]},
    ]
    stamps = [int(time.timestamp()) for time in times]
    return answer({"unix_seconds": stamps, "production_types": series, "deprecated": False})


def sync(server: Double, now: datetime, before: Reading | None = None, **options: Any) -> Reading:
    """A sync of public_power that goes on from the one before."""
    server.asked.clear()
    settings = config(server.url, **{"start_date": START, "countries": ["fr"], **options})
    with pinned(now.isoformat()):
        state = last_states(before) if before else None
        return read(SourceEnergyCharts(lambda seconds: None), settings, "public_power", state=state)


def missing(readings: list[Reading], series: str = "Solar") -> int:
    """How many hours of a series the table lacks between the first and the last that any has."""
    table = readings[0].table("public_power", *readings[1:])
    starts = sorted({datetime.fromisoformat(key[2]) for key in table})
    assert len(starts) > 24
    whole = (starts[-1] - starts[0]) // HOUR + 1
    return whole - sum(key[1] == series for key in table)


# Holes in the history


def _truncated(params: dict[str, str]) -> Reply:
    return power(hours(params, NOON)[: 24 * 12])


BY_MISTAKE = {
    "empty arrays": lambda params: answer(EMPTY),
    "no content": lambda params: answer("no content available", 404),
    "cut off": _truncated,
}


@pytest.mark.parametrize("mistake", BY_MISTAKE.values(), ids=BY_MISTAKE)
@pytest.mark.parametrize("times", [1, 2])
def test_a_month_that_is_empty_by_mistake_is_asked_for_again_at_once_and_a_day_later(
    mistake: Callable[[dict[str, str]], Reply], times: int, caplog: pytest.LogCaptureFixture
) -> None:
    left = [times]

    def reply(path: str, params: dict[str, str]) -> Reply:
        if params["start"].startswith("2026-07-01") and left[0]:
            left[0] -= 1
            return mistake(params)
        return power(hours(params, NOON + 2 * DAY))

    with answering(reply) as server, caplog.at_level(logging.WARNING, "airbyte"):
        first = sync(server, NOON)
        assert first.failure is None
        hour_later = sync(server, NOON + HOUR, first)
        assert len(server.asked) == 1, "a gap is asked for once a day"
        next_day = sync(server, NOON + DAY, hour_later)
        assert len(server.asked) == (2 if times > 1 else 1)
        after = sync(server, NOON + 2 * DAY, next_day)
        assert len(server.asked) == 1, "it is filled"
    warned = [record.getMessage() for record in caplog.records if "of fr has nothing" in record.getMessage()]
    assert bool(missing([first])) is (times > 1)
    assert len(warned) == (times > 1)
    for words in warned:
        assert "2026-07-02 to 2026-08-01" in words
        assert "until 2026-12-16" in words
    assert missing([first, hour_later, next_day, after]) == 0


def test_the_first_month_that_is_empty_by_mistake_is_filled_a_day_later() -> None:
    """Nothing tells it from the time before there was anything, until something follows."""
    left = [1]

    def reply(path: str, params: dict[str, str]) -> Reply:
        if params["start"].startswith("2026-04-30") and left[0]:
            left[0] = 0
            return answer(EMPTY)
        return power(hours(params, NOON + DAY))

    with answering(reply) as server:
        first = sync(server, NOON)
        next_day = sync(server, NOON + DAY, first)
    table = first.table("public_power", next_day)
    assert min(key[2] for key in table) == "2026-04-30T22:00:00Z"
    assert missing([first, next_day]) == 0


def test_a_month_that_stays_empty_is_asked_for_daily_and_then_no_more() -> None:
    def reply(path: str, params: dict[str, str]) -> Reply:
        now = NOON + 40 * DAY
        return answer(EMPTY) if params["start"].startswith("2026-07-01") else power(hours(params, now))

    calls = []
    with answering(reply) as server:
        reading = sync(server, NOON)
        assert len(server.asked) == 8, "seven windows, one of them twice"
        for day in range(1, 30):
            reading = sync(server, NOON + day * DAY, reading)
            calls.append(sum(params["start"].startswith("2026-07-01") for _, params in server.asked))
    assert calls == [1] * (PATIENCE.days - 1) + [0] * (30 - PATIENCE.days)
    assert "gaps" not in reading.states_of("public_power")[-1]["scopes"]["fr"], "it is forgotten"


def test_years_without_anything_are_not_asked_for_again_and_again() -> None:
    """A start long before there is data: a few windows before it are doubted, no more."""
    begins = datetime(2026, 1, 1, tzinfo=UTC)

    def reply(path: str, params: dict[str, str]) -> Reply:
        return power([time for time in hours(params, NOON + DAY) if time >= begins])

    with answering(reply) as server:
        first = sync(server, NOON, start_date="2020-01-01")
        assert len(server.asked) == len({params["start"] for _, params in server.asked}) > 70
        sync(server, NOON + DAY, first, start_date="2020-01-01")
        assert len(server.asked) == 1 + MOST_GAPS


moments = st.datetimes(datetime(2025, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))


@st.composite
def memories(draw: st.DrawFn) -> Memory:
    gaps = []
    for _ in range(draw(st.integers(0, 4))):
        start = draw(st.dates(NOON.date() - 400 * DAY, NOON.date()))
        gaps.append(Gap(start, start + draw(st.integers(1, 366)) * DAY, draw(moments)))
    return Memory(*(draw(st.none() | moments) for _ in range(3)), gaps)


@given(memories(), st.dates(NOON.date() - 400 * DAY, NOON.date()), st.booleans())
@settings(max_examples=60, deadline=None)
def test_a_memory_survives_its_state_and_stays_small(memory: Memory, start: Any, lacks: bool) -> None:
    assert Memory.of(memory.as_state(), "fr") == memory
    window = Window(start, start + 31 * DAY)
    then = memory.gaps_then(window, lacks, NOON)
    assert len(then) <= MOST_GAPS
    assert all(NOON - gap.seen < PATIENCE for gap in then if gap.window != window)
    if not lacks:
        assert window not in [gap.window for gap in then]


@pytest.mark.parametrize(
    "content",
    [
        {"gaps": "July"},
        {"gaps": [{"start_day": JULY}]},
        {"gaps": [{"start_day": JULY, "end_day": JULY, "seen": NOON.isoformat()}]},
        {"gaps": [{"start_day": JULY, "end_day": "2026-08-01", "seen": "2026-11-21T12:00:00"}]},
        {"reviewed_at": 12},
        {"failed_at": "yesterday"},
    ],
)
def test_a_memory_that_cannot_be_read_is_as_none(content: dict[str, Any], caplog: pytest.LogCaptureFixture) -> None:
    assert Memory.of(content, "public_power fr") == Memory()
    assert "public_power fr: its state can't be read whole" in caplog.text


# What comes late


@pytest.mark.parametrize("days", [1, 2, 10, 24])
def test_a_series_that_comes_days_late_is_filled(days: int) -> None:
    stops = datetime(2026, 10, 25, tzinfo=UTC)
    now = [NOON]

    def reply(path: str, params: dict[str, str]) -> Reply:
        return power(hours(params, now[0]), lambda time: stops <= time and now[0] < stops + days * DAY)

    readings: list[Reading] = []
    with answering(reply) as server:
        for day in range(-5, days + 3):
            now[0] = stops + day * DAY + 12 * HOUR
            readings.append(sync(server, now[0], readings[-1] if readings else None, start_date="2026-10-01"))
            assert len(server.asked) == 1
    assert missing(readings) == 0


@pytest.mark.parametrize("days", [0, 4, 8])
def test_a_gap_of_ten_days_that_is_filled_after_what_follows_it_is_read(days: int) -> None:
    stops, goes_on = datetime(2026, 10, 10, tzinfo=UTC), datetime(2026, 10, 20, tzinfo=UTC)
    now = [NOON]

    def there(time: datetime) -> bool:
        if now[0] < goes_on:
            return time < stops
        return not stops <= time < goes_on or now[0] >= goes_on + days * DAY

    readings: list[Reading] = []
    with answering(lambda path, params: power([time for time in hours(params, now[0]) if there(time)])) as server:
        for day in range(30):
            now[0] = datetime(2026, 10, 5, 12, tzinfo=UTC) + day * DAY
            readings.append(sync(server, now[0], readings[-1] if readings else None, start_date="2026-10-01"))
    assert missing(readings) == 0


def test_an_hour_after_the_last_month_was_read_again_only_the_look_back_is() -> None:
    with answering(lambda path, params: power(hours(params, NOON))) as server:
        first = sync(server, NOON)
        second = sync(server, NOON + HOUR, first)
        (hourly,) = [params["start"] for _, params in server.asked]
        sync(server, NOON + DAY, second)
        (daily,) = [params["start"] for _, params in server.asked]
    assert (hourly, daily) == ("2026-11-17T23:00Z", "2026-10-22T22:00Z")


# Nobody starves


COUNTRIES = ["fr", "de", "be", "ch", "es", "it", "nl"]


def countries_of(reading: Reading) -> set[str]:
    return {row["country"] for row in reading.records("public_power")}


def test_two_countries_that_always_fail_leave_the_others_their_turn() -> None:
    refused = {"be", "ch"}

    def reply(path: str, params: dict[str, str]) -> Reply:
        if params["country"] in refused:
            return answer({"detail": "boom"}, 422)
        return power(hours(params, NOON + 3 * DAY))

    options = {"start_date": "2026-11-19", "countries": COUNTRIES}
    with answering(reply) as server:
        first = sync(server, NOON, **options)
        assert countries_of(first) == {"fr", "de"}
        second = sync(server, NOON + DAY, first, **options)
        assert countries_of(second) == set(COUNTRIES) - refused
        assert "2 of 7 failed: be, ch." in str(second.failure and second.failure.message)
        refused.clear()
        third = sync(server, NOON + 2 * DAY, second, **options)
        assert (third.failure, countries_of(third)) == (None, set(COUNTRIES))
    assert all("failed_at" not in one for one in third.states_of("public_power")[-1]["scopes"].values())


def test_a_few_calls_an_hour_come_to_all_in_turn() -> None:
    left = [0]

    def reply(path: str, params: dict[str, str]) -> Reply:
        left[0] -= 1
        return answer({"detail": "slower"}, 429) if left[0] < 0 else power(hours(params, NOON + DAY))

    readings: list[Reading] = []
    with answering(reply) as server:
        for hour in range(5):
            left[0] = 3
            before = readings[-1] if readings else None
            options = {"start_date": "2026-11-19", "countries": COUNTRIES}
            readings.append(sync(server, NOON + hour * HOUR, before, **options))
            assert readings[-1].failure is None
    assert set.union(*map(countries_of, readings[:3])) == set(COUNTRIES)
    assert set.union(*map(countries_of, readings[2:])) == set(COUNTRIES), "and again"


def test_a_few_calls_an_hour_are_not_taken_by_gaps() -> None:
    """A storm on a day on which six gaps are to be asked for again: what is new comes first."""
    begins = datetime(2026, 1, 1, tzinfo=UTC)
    left = [1000]

    def reply(path: str, params: dict[str, str]) -> Reply:
        left[0] -= 1
        if left[0] < 0:
            return answer({"detail": "slower"}, 429)
        return power([time for time in hours(params, NOON + 2 * DAY) if time >= begins])

    options = {"start_date": "2025-01-01", "countries": ["fr", "de"]}
    with answering(reply) as server:
        reading = sync(server, NOON, **options)
        for hour, countries in enumerate(({"fr"}, {"de"}, {"fr", "de"})):
            left[0] = 2
            reading = sync(server, NOON + DAY + hour * HOUR, reading, **options)
            newest = {row["country"] for row in reading.records("public_power") if row["start_date"] > "2026-11-01"}
            assert newest == countries
