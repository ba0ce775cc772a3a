"""Whole reads of each stream from the simulator, held against its model and against its plain answers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
import requests
from reading import Row, pinned, read
from simulator.model.points import POINTS as MODEL_POINTS
from simulator.testing import SimulatorUrl
from source_weather import SourceWeather, api
from source_weather.points import POINTS
from weather_reads import BY_NAME, NOW, START, TODAY, config, few_points, weather_simulator

PARIS = ZoneInfo("Europe/Paris")
# Where each stream's values can be asked for by hand, and the parameters that give the same span.
ANSWERS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "archive_hourly": ("archive-api/v1/archive", {"start_date": START, "end_date": TODAY}),
    "archive_daily": ("archive-api/v1/archive", {"start_date": START, "end_date": "2026-11-19"}),
    "forecast_hourly": ("api/v1/forecast", {"start_date": START, "end_date": "2026-11-26"}),
    "forecast_daily": ("api/v1/forecast", {"start_date": START, "end_date": "2026-11-26"}),
    "historical_forecast_hourly": ("historical-forecast-api/v1/forecast", {"start_date": START, "end_date": TODAY}),
}


@pytest.fixture(scope="module")
def simulator() -> Iterator[SimulatorUrl]:
    with weather_simulator() as url:
        yield url


def plain(url: str, path: str, section: str, point: int, variables: list[str], params: Mapping[str, str]) -> Any:
    """One place asked for alone, without units."""
    place = POINTS[point]
    asked = {"latitude": str(place.latitude), "longitude": str(place.longitude), section: ",".join(variables), **params}
    answer = requests.get(f"{url}/open-meteo/{path}", asked, timeout=30)
    answer.raise_for_status()
    return answer.json()[section]


def by_place(rows: list[Row]) -> Mapping[str, list[Row]]:
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["point_id"]].append(row)
    return found


@pytest.mark.parametrize("stream", ANSWERS)
def test_a_stream_holds_what_the_service_answers_for_each_place_alone(simulator: SimulatorUrl, stream: str) -> None:
    path, params = ANSWERS[stream]
    product = BY_NAME[stream]
    rows = by_place(read(SourceWeather(), config(simulator), stream).records(stream))
    names = [variable.name for variable in product.variables]
    assert list(rows) == [point.point_id for point in POINTS]
    for number in (0, 13, 31):
        answer = plain(simulator, path, product.section, number, names, {**params, "wind_speed_unit": "ms"})
        found = rows[POINTS[number].point_id]
        labels = [row["date"] if product.section == "daily" else row["time"].removesuffix(":00Z") for row in found]
        assert labels == [label for label in answer["time"] if product.kind == "latest" or label <= "2026-11-20T15:00"]
        for name in names:
            assert [row[name] for row in found] == answer[name][: len(found)], name


def test_the_archive_is_the_weather_of_the_model_in_metres_a_second(simulator: SimulatorUrl) -> None:
    rows = read(SourceWeather(), config(simulator, "2026-10-20", end_date="2026-10-29"), "archive_hourly")
    world = simulator.simulator.world()
    first = (datetime(2026, 10, 20, tzinfo=UTC).timestamp() - world.grid.epoch) / 3600
    span = slice(int(first), int(first) + 240)
    for number, point in enumerate(POINTS):
        assert MODEL_POINTS[number].latitude == point.latitude
        found = by_place(rows.records("archive_hourly"))[point.point_id]
        weather = world.france.weather
        for name, truth, error in (
            ("temperature_2m", weather.temperature, 0.051),
            ("wind_speed_100m", weather.wind_100m, 0.0051),
            ("shortwave_radiation", weather.radiation, 0.51),
            ("snowfall", weather.snowfall, 0.0051),
        ):
            np.testing.assert_allclose([row[name] for row in found], truth[span, number], atol=error)
        assert {(row["region_code"], row["region_weight"]) for row in found} == {
            (point.region_code, point.region_weight)
        }


def test_the_archive_has_every_past_hour_of_every_place_once(simulator: SimulatorUrl) -> None:
    rows = read(SourceWeather(), config(simulator, "2026-10-24"), "archive_hourly").records("archive_hourly")
    hours = Counter((row["point_id"], row["time"]) for row in rows)
    assert set(hours.values()) == {1}
    days_before_today = (date(2026, 11, 20) - date(2026, 10, 24)).days
    assert len(hours) == len(POINTS) * (days_before_today * 24 + 16)
    assert max(row["time"] for row in rows) == "2026-11-20T15:00:00Z"


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-06-01", 24)])
def test_a_day_in_paris_has_as_many_hours_as_it_lasts(simulator: SimulatorUrl, day: str, hours: int) -> None:
    around = [(date.fromisoformat(day) + timedelta(days=days)).isoformat() for days in (-1, 1)]
    rows = read(SourceWeather(), config(simulator, around[0], end_date=around[1]), "archive_hourly")
    local = Counter(
        datetime.fromisoformat(row["time"]).astimezone(PARIS).date().isoformat()
        for row in by_place(rows.records("archive_hourly"))["paris"]
    )
    assert local[day] == hours


def test_days_are_those_of_utc_whenever_they_are_asked_for(simulator: SimulatorUrl) -> None:
    """In Paris time the same days would be cut an hour earlier in summer, whatever season they are of."""
    rows = read(
        SourceWeather(), config(simulator, "2026-06-01", end_date="2026-06-02"), "archive_daily", "archive_hourly"
    )
    hourly = by_place(rows.records("archive_hourly"))["nice"]
    for day in by_place(rows.records("archive_daily"))["nice"]:
        hours = [row["temperature_2m"] for row in hourly if row["time"].startswith(day["date"])]
        assert len(hours) == 24
        assert day["temperature_2m_max"] == max(hours)
        assert day["temperature_2m_min"] == min(hours)
        assert day["temperature_2m_mean"] == pytest.approx(sum(hours) / 24, abs=0.11)


@pytest.mark.parametrize("archive", ["up to now", "ERA5 alone, five days late"])
@pytest.mark.parametrize("now", [NOW, "2026-11-20T00:01:00Z", "2026-11-20T23:59:00Z", "2026-11-15T01:30:00Z"])
def test_between_archive_and_forecast_no_hour_is_missing(
    simulator: SimulatorUrl, now: str, archive: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    simulator.move_to(now)
    today = datetime.fromisoformat(now).date()
    start = today - timedelta(days=20)
    with pinned(now):
        forecast = read(SourceWeather(), config(simulator, str(start)), "forecast_hourly").records("forecast_hourly")
        if archive != "up to now":
            monkeypatch.setattr(api, "_ALWAYS", {**api._ALWAYS, "models": "era5"})
        past = read(SourceWeather(), config(simulator, str(start)), "archive_hourly")
    simulator.move_to(NOW)
    known = [row for row in past.records("archive_hourly") if row["temperature_2m"] is not None]
    assert len(known) < len(past.records("archive_hourly")) or archive == "up to now"
    have = {(row["point_id"], row["time"]) for row in [*known, *forecast]}
    midnight = datetime.combine(start, datetime.min.time(), UTC)
    wanted = [midnight + timedelta(hours=hour) for hour in range((20 + 7) * 24)]
    missing = [
        (point.point_id, f"{hour:%Y-%m-%dT%H:%M:%SZ}")
        for point in POINTS
        for hour in wanted
        if (point.point_id, f"{hour:%Y-%m-%dT%H:%M:%SZ}") not in have
    ]
    assert missing == []
    # They overlap, so that a late archive leaves no seam between two syncs either.
    assert min(row["time"] for row in forecast) < max(row["time"] for row in known)


def test_what_the_archive_lacks_at_its_end_is_read_when_it_comes(
    simulator: SimulatorUrl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "_ALWAYS", {**api._ALWAYS, "models": "era5"})
    settings = config(simulator, "2026-10-20")
    with pinned("2026-11-04T12:00:00Z"), few_points():
        simulator.move_to("2026-11-04T12:00:00Z")
        first = read(SourceWeather(), settings, "archive_hourly")
    state = first.states_of("archive_hourly")[-1]
    assert state["time"] == "2026-10-31T00:00:00Z", "days without any value are not taken for read"
    with pinned(NOW), few_points():
        simulator.move_to(NOW)
        later = read(SourceWeather(), settings, "archive_hourly", state=first.states[-1:])
    table = first.table("archive_hourly", later)
    known = [row["time"] for row in table.values() if row["temperature_2m"] is not None]
    days = (date(2026, 11, 15) - date(2026, 10, 20)).days + 1
    assert Counter(known) == dict.fromkeys(set(known), 3)
    assert len(set(known)) == days * 24


def test_forecasts_of_the_past_leave_out_what_no_model_has(simulator: SimulatorUrl) -> None:
    """The simulated history begins with 2022; before, all is null."""
    reading = read(
        SourceWeather(), config(simulator, "2021-12-25", end_date="2022-01-03"), "historical_forecast_hourly"
    )
    times = {row["time"] for row in reading.records("historical_forecast_hourly")}
    assert min(times) == "2021-12-31T00:00:00Z"
    assert len(times) == 4 * 24
    assert reading.states_of("historical_forecast_hourly")[-1]["time"] == "2022-01-04T00:00:00Z"


def test_the_error_of_runs_grows_with_their_lead(simulator: SimulatorUrl) -> None:
    settings = config(simulator, "2026-10-20", end_date="2026-10-31", forecast_days=10)
    runs = read(SourceWeather(), settings, "forecast_runs_hourly").records("forecast_runs_hourly")
    truth_settings = config(simulator, "2026-10-20", end_date="2026-11-12")
    truth = {
        (row["point_id"], row["time"]): row["temperature_2m"]
        for row in read(SourceWeather(), truth_settings, "archive_hourly").records("archive_hourly")
    }
    errors: defaultdict[int, list[float]] = defaultdict(list)
    for row in runs:
        lead = datetime.fromisoformat(row["time"]) - datetime.fromisoformat(row["issued_at"])
        errors[lead.days // 3].append(abs(row["temperature_2m"] - truth[row["point_id"], row["time"]]))
    means = [sum(errors[third]) / len(errors[third]) for third in sorted(errors)]
    assert len(means) == 4
    assert means == sorted(means)
    assert means[-1] > 1.5 * means[0]


def test_each_run_is_a_set_of_its_own(simulator: SimulatorUrl) -> None:
    settings = config(simulator, "2026-11-09", end_date="2026-11-13", forecast_run_hours=[0, 12])
    rows = read(SourceWeather(), settings, "forecast_runs_hourly").records("forecast_runs_hourly")
    keys = Counter((row["point_id"], row["model"], row["issued_at"], row["time"]) for row in rows)
    assert set(keys.values()) == {1}
    runs = {row["issued_at"] for row in rows}
    asked = {f"2026-11-{day:02d}T{hour:02d}:00:00Z" for day in range(9, 14) for hour in (0, 12)}
    assert runs < asked, "a run of these days is missing"
    assert len(asked - runs) == 1
    assert {row["model"] for row in rows} == {"ecmwf_ifs"}
    assert all(row["time"] >= row["issued_at"] for row in rows)
    noon = [row for row in rows if row["issued_at"] == "2026-11-12T12:00:00Z" and row["point_id"] == "paris"]
    assert (noon[0]["time"], noon[-1]["time"]) == ("2026-11-12T12:00:00Z", "2026-11-18T23:00:00Z")
