"""What can't be read of one station or in one window: nothing else is lost by it, and nothing of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote

import pytest
from air_reads import ABIDJAN, OTHER_IN_ABIDJAN, PARIS, AirServer, Row, air_server, hours, settings, sync, tabled
from airbyte_cdk.models import AirbyteStreamStatus, FailureType, Status, SyncMode
from reading import LOGGER, Reading, Table, catalog, finished, pinned
from source_airqino import SourceAirqino
from source_airqino.failures import DOWN_AFTER

NOW = "2026-04-10T12:34:00Z"
NEXT_DAY = "2026-04-11T12:34:00Z"
SERIES = {"hourly_averages": "v3/getStationHourlyAvg", "raw_readings": "getRange"}
LISTS = {"stations": "getStationStatus", "sensors": "getCurrentValues", "current_values": "getCurrentValues"}
LYON = {**PARIS, "station_id": 999000902, "name": "SMART902", "latitude": 45.764, "longitude": 4.8357, "place": "Lyon"}
FOUR = (ABIDJAN, OTHER_IN_ABIDJAN, PARIS, LYON)
NUMBERS = {one["name"]: str(one["station_id"]) for one in FOUR}

Answer = tuple[int, Any] | None


@pytest.fixture(autouse=True)
def at_noon() -> Iterator[None]:
    with pinned(NOW):
        yield


def served(first: str, count: int) -> dict[str, dict[str, list[Row]]]:
    labels = hours(first, count)
    rows = [{"timestamp": label, "T": 20 + n % 97 / 8} for n, label in enumerate(labels)]
    raw = [{"utc_timestamp": label, "T": 20 + n % 97 / 8} for n, label in enumerate(labels)]
    return {"hourly": dict.fromkeys(NUMBERS.values(), rows), "raw": dict.fromkeys(NUMBERS, raw)}


def lists(path: str, query: Mapping[str, str]) -> Answer:
    """A service that speaks of every station."""
    name, _, who = path.rpartition("/")
    bodies: dict[str, Any] = {
        "getStationStatus": {"station_id": who, "latitude": 5.34, "longitude": -3.98},
        "getCurrentValues": {
            "timestamp": "2026-04-10 12:30:04",
            "values": [{"sensor": "T", "unit": "C", "value": 20.5}],
        },
    }
    return (200, bodies[name]) if name in bodies else None


def of_station(name: str, answer: Answer) -> Callable[[str, Mapping[str, str]], Answer]:
    """A service that gives this answer wherever this station is asked for."""

    def instead(path: str, query: Mapping[str, str]) -> Answer:
        return answer if {name, NUMBERS[name]} & set(path.split("/")) else lists(path, query)

    return instead


def stations_in(reading: Reading, stream: str) -> set[str]:
    return {str(record["station_name"]) for record in reading.records(stream)}


# A window in the middle


def of_window(path: str, query: Mapping[str, str]) -> tuple[str, str]:
    """First and last day of what is asked for."""
    asked = [query["start_date"], query["end_date"]] if query else path.split("/")[-2:]
    first, last = (day.replace("-", "")[:8] for day in asked)
    return first, last


def bad_february(path: str, query: Mapping[str, str]) -> Answer:
    """A service that can't give one station's 5 February, nor anything that holds it."""
    first, last = of_window(path, query)
    bad = ("SMART188" in path or NUMBERS["SMART188"] in path) and first <= "20260205" < last
    return (500, {}) if bad else None


def twice(config: Mapping[str, Any], stream: str) -> Table:
    """The table after a sync and one of the next day."""
    first = sync(config, stream)
    with pinned(NEXT_DAY):
        second = sync(config, stream, state=first.states)
    assert (first.failure, second.failure) == (None, None)
    return tabled(first, second, stream=stream)


@pytest.mark.parametrize("stream", SERIES)
def test_a_window_that_fails_is_no_hole_in_the_table(stream: str) -> None:
    """Later windows are under way when the one in the middle fails."""
    with air_server(**served("2026-01-01 00:00:00", 24 * 99)) as server:
        config = settings(server.url, ABIDJAN, OTHER_IN_ABIDJAN, start_date="2026-01-02")
        undisturbed = twice(config, stream)
        server.instead = bad_february
        broken = sync(config, stream)
        assert broken.failure is not None
        assert "SMART188: AirQino" in str(broken.failure.message)
        assert "the others are read" in str(broken.failure.message)
        server.instead = lambda path, query: None
        with pinned(NEXT_DAY):
            healed = sync(config, stream, state=broken.states)
    assert healed.failure is None
    label = "start_date" if stream == "hourly_averages" else "measured_at"
    before = [record[label] for record in broken.records(stream) if record["station_name"] == "SMART188"]
    assert before
    assert max(before) < "2026-02-05", "nothing of the station after what failed"
    assert tabled(broken, healed, stream=stream) == undisturbed


# One station of several


BAD: dict[str, tuple[Answer, str]] = {
    "400": ((400, {"error": "no"}), "HTTP 400"),
    "403": ((403, {}), "HTTP 403"),
    "404": ((404, {}), "AirQino does not know this station"),
    "410": ((410, {}), "HTTP 410"),
    "413": ((413, {}), "HTTP 413"),
    "500": ((500, {}), "HTTP 500"),
    "503": ((503, {}), "HTTP 503"),
    "html": ((200, b"<html>"), "could not be read as JSON"),
    "shape": ((200, {"oops": 1}), "not of a shape that the connector knows"),
}


@pytest.mark.parametrize("kind", BAD)
@pytest.mark.parametrize("stream", [*SERIES, *LISTS])
@pytest.mark.parametrize("bad", ["SMART188", "SMART189"])
def test_one_station_does_not_take_the_others_with_it(bad: str, stream: str, kind: str) -> None:
    answer, words = BAD[kind]
    with air_server(**served("2026-04-09 00:00:00", 36), instead=of_station(bad, answer)) as server:
        reading = sync(settings(server.url, *FOUR[:3], start_date="2026-04-09"), stream)
    assert stations_in(reading, stream) == {"SMART188", "SMART189", "SMART901"} - {bad}
    assert reading.failure is not None
    message = str(reading.failure.message)
    assert f"{bad}: " in message
    assert words in message
    assert "\n" not in message


TIMES: dict[str, Any] = {
    "hourly_averages": {"data": [{"timestamp": "2026-04-09 25:00:00", "T": 1}]},
    "raw_readings": {"raw_data": [{"utc_timestamp": "soon", "T": 1}]},
    "current_values": {"timestamp": "soon", "values": [{"sensor": "T", "value": 1}]},
}


@pytest.mark.parametrize("stream", TIMES)
def test_a_time_that_cannot_be_read_is_a_matter_of_one_station(stream: str) -> None:
    with air_server(**served("2026-04-09 00:00:00", 36)) as server:
        server.instead = of_station("SMART188", (200, TIMES[stream]))
        reading = sync(settings(server.url, *FOUR[:2], start_date="2026-04-09"), stream)
    assert stations_in(reading, stream) == {"SMART189"}
    assert "AirQino writes a time that can't be read" in str(reading.failure and reading.failure.message)
    assert [known for state in reading.states_of(stream) for known in state["stations"]] in ([], [NUMBERS["SMART189"]])


def test_a_project_that_is_not_known_leaves_the_others_their_sensors() -> None:
    sessions = [{"station": "SMART188", "integrated_sensors": [{"type": "T", "unit": "C"}]}]
    with air_server() as server:
        server.instead = lambda path, query: (200, sessions) if path.endswith("AQ54") else (404, {})
        reading = sync(settings(server.url, start_date="2026-04-09", project="AQ00, AQ54"), "sensors")
    assert stations_in(reading, "sensors") == {"SMART188"}
    assert "AQ00: AirQino getSessionInfo/AQ00: HTTP 404" in str(reading.failure and reading.failure.message)


@pytest.mark.parametrize("stream", LISTS)
def test_a_part_of_a_list_never_stands_for_the_whole(stream: str) -> None:
    """A full refresh replaces the table where the stream is complete, and there only."""
    with air_server(instead=of_station("SMART188", (404, {}))) as server:
        source = SourceAirqino(sleep=lambda _: None)
        config = settings(server.url, *FOUR[:2], start_date="2026-04-09")
        wanted = catalog({name: one.description for name, one in source.streams(config).items()}, stream)
        assert wanted.streams[0].sync_mode == SyncMode.full_refresh
        statuses = []
        with pytest.raises(Exception, match="the others are read"), finished():
            for event in source.read_events(LOGGER, config, wanted, []):
                trace = getattr(event, "trace", None)
                statuses += [trace.stream_status.status] if trace and trace.stream_status else []
    assert statuses[-1] == AirbyteStreamStatus.INCOMPLETE


# A service that is down, or closed


def names_of(server: AirServer) -> set[str]:
    """The stations that were asked for."""
    parts = {unquote(part) for path, _ in server.calls for part in path.split("/")}
    return {name for name, number in NUMBERS.items() if {name, number} & parts}


@pytest.mark.parametrize("status", [502, 503, 504])
@pytest.mark.parametrize("stream", [*SERIES, *LISTS])
def test_a_service_that_is_down_is_not_asked_for_every_station(stream: str, status: int) -> None:
    stations = [{**LYON, "station_id": number, "name": f"SMART{number}"} for number in range(1, 9)]
    with air_server(instead=lambda path, query: (status, {})) as server:
        reading = sync(settings(server.url, *stations, start_date="2026-04-09"), stream)
    told = str(reading.failure and reading.failure.message)
    assert f"does not answer for {DOWN_AFTER} in a row, so no more are asked" in told
    assert told.count("SMART") >= DOWN_AFTER
    asked = {path.split("/")[1] if "v3" not in path else path.split("/")[2] for path, _ in server.calls}
    assert DOWN_AFTER <= len(asked) < len(stations)
    assert reading.failure is not None
    assert reading.failure.failure_type == FailureType.transient_error


@pytest.mark.parametrize("stream", [*SERIES, *LISTS])
def test_stations_that_are_down_apart_from_one_another_stop_nothing(stream: str) -> None:
    stations = [{**LYON, "station_id": number, "name": f"SMART{number}"} for number in range(1, 9)]
    down = {f"SMART{number}" for number in (1, 2, 4, 5, 7)}

    def instead(path: str, query: Mapping[str, str]) -> Answer:
        ids = {f"SMART{part.removeprefix('SMART')}" for part in path.split("/")}
        return (503, {}) if ids & down else lists(path, query)

    rows = served("2026-04-09 00:00:00", 36)
    hourly, raw = next(iter(rows["hourly"].values())), next(iter(rows["raw"].values()))
    with air_server(
        hourly={str(n): hourly for n in range(9)}, raw={f"SMART{n}": raw for n in range(9)}, instead=instead
    ) as server:
        reading = sync(settings(server.url, *stations, start_date="2026-04-09"), stream)
    assert stations_in(reading, stream) == {"SMART3", "SMART6", "SMART8"}
    assert all(f"{name}: " in str(reading.failure and reading.failure.message) for name in down)


@pytest.mark.parametrize("stream", [*SERIES, *LISTS])
def test_a_closed_door_is_asked_once_and_what_failed_before_is_told_of_too(stream: str) -> None:
    def instead(path: str, query: Mapping[str, str]) -> Answer:
        return (404, {}) if {"SMART188", NUMBERS["SMART188"]} & set(path.split("/")) else (401, {})

    with air_server(instead=instead) as server:
        reading = sync(settings(server.url, *FOUR, start_date="2026-04-09"), stream)
    told = str(reading.failure and reading.failure.message)
    assert "HTTP 401. AirQino asks for an account" in told
    assert "SMART188: AirQino" in told
    assert told.count("HTTP 401") == 1


@pytest.mark.parametrize("stream", SERIES)
def test_a_quota_does_not_hide_what_failed_before(stream: str) -> None:
    def instead(path: str, query: Mapping[str, str]) -> Answer:
        return (404, {}) if {"SMART188", NUMBERS["SMART188"]} & set(path.split("/")) else (429, {})

    with air_server(instead=instead) as server:
        reading = sync(settings(server.url, *FOUR[:2], start_date="2026-04-09"), stream)
    told = str(reading.failure and reading.failure.message)
    assert "HTTP 429" in told
    assert "SMART188: AirQino" in told


# The check, for which somebody waits


def checked(server: AirServer, *stations: Mapping[str, Any], **options: Any) -> tuple[str, bool, list[float]]:
    """What the check says, whether it succeeds, and how long it waits."""
    waits: list[float] = []
    config = settings(server.url, *stations, start_date="2026-04-09", **options)
    outcome = SourceAirqino(waits.append).check(LOGGER, config)
    return str(outcome.message), outcome.status == Status.SUCCEEDED, waits


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_check_ends_soon_where_the_service_is_down(status: int) -> None:
    with air_server(instead=lambda path, query: (status, {})) as server:
        message, succeeded, waits = checked(server, *FOUR)
        assert len(server.calls) == 4, "two tries of two stations"
    assert not succeeded
    assert "does not answer for 2 in a row, so no more are asked" in message
    assert f"SMART188: AirQino getStationStatus/283164601: HTTP {status}." in message
    assert sum(waits) <= 4


def test_a_check_ends_soon_where_nobody_listens() -> None:
    nobody = AirServer(url="http://127.0.0.1:9")
    message, succeeded, waits = checked(nobody, *FOUR)
    assert not succeeded
    assert "connection lost" in message
    assert sum(waits) <= 4


@pytest.mark.parametrize("answer", [(500, {}), (200, {"oops": 1}), (404, {}), (200, b"<html>")])
def test_a_check_asks_every_station_of_a_service_that_answers(answer: Answer) -> None:
    with air_server(instead=lambda path, query: answer) as server:
        message, succeeded, waits = checked(server, *FOUR)
        assert len(server.calls) <= 8
        assert len({path for path, _ in server.calls}) == 4
    assert not succeeded
    assert all(f"{one['name']}: AirQino" in message for one in FOUR)
    assert sum(waits) <= 8


def test_a_check_does_not_wait_for_a_quota() -> None:
    with air_server(instead=lambda path, query: (429, {})) as server:
        message, succeeded, waits = checked(server, *FOUR)
        assert len(server.calls) == 1
    assert not succeeded
    assert "The quota is used up" in message
    assert waits == []


def test_a_check_does_not_wait_for_a_token_service_that_is_down() -> None:
    account = {"username": "someone", "password": "not-a-real-password", "client_id": "some-client"}
    with air_server(instead=lambda path, query: (503, {})) as server:
        message, succeeded, waits = checked(server, *FOUR, **account)
    assert not succeeded
    assert "AirQino's accounts" in message
    assert waits == [1.0]


# Names


@pytest.mark.parametrize("name", ["SMART 188", "a/b", "Saint-Étienne?", "100 %", "x#y;z"])
def test_a_name_is_one_part_of_a_path_whatever_it_holds(name: str) -> None:
    station = {**ABIDJAN, "name": name}
    with air_server() as server:
        server.instead = lambda path, query: (200, {"values": []}) if path.startswith("getCurrent") else None
        config = settings(server.url, station, start_date="2026-04-09")
        for stream in ("raw_readings", "current_values"):
            sync(config, stream)
        paths = [path.split("/") for path, _ in server.calls]
    assert [(len(parts), unquote(parts[1])) for parts in paths] == [(4, name), (2, name)]


def test_a_project_is_one_part_of_a_path() -> None:
    with air_server(instead=lambda path, query: (200, [])) as server:
        sync(settings(server.url, start_date="2026-04-09", project="A/54"), "sensors")
    assert [path for path, _ in server.calls] == ["getSessionInfo/A%2F54"]
