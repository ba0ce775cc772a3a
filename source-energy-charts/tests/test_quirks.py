"""What Energy-Charts does that a client must know of, each in an answer written by hand."""

from __future__ import annotations

import logging
import threading
import time
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from airbyte_cdk.models import FailureType, Status
from airbyte_cdk.utils import AirbyteTracedException
from connector_kit.config import wrong_by_spec
from energy_charts_reads import BY_NAME, NOW, STREAMS, Reply, answer, answering, config, records
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import LOGGER, pinned, read
from source_energy_charts import SourceEnergyCharts
from source_energy_charts.answers import columns_of
from source_energy_charts.api import LONGEST_WAIT
from source_energy_charts.memory import PATIENCE
from source_energy_charts.places import COUNTRIES, DEFAULT_COUNTRIES, DEFAULT_ZONES, FREE_ZONES, PRIVATE_ZONES, ZONES
from source_energy_charts.records import installed_class, power_class
from source_energy_charts.scopes import Wanted

HOUR, QUARTER = 3600, 900
NOON = int(datetime(2026, 11, 21, 12, tzinfo=UTC).timestamp())
PRICE_ZONE = {"bidding_zone": "FR"}


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEXAWATT_NOW", NOW)


def power(times: list[Any], **series: list[Any]) -> dict[str, Any]:
    """A v1 answer of public_power."""
    types = [{"name": name.replace("_", " "), "data": data} for name, data in series.items()]
    return {"unix_seconds": times, "production_types": types, "deprecated": False}


def price(times: list[int], prices: list[float | None]) -> dict[str, Any]:
    """A v1 answer of price."""
    return {
        "license_info": "CC BY 4.0 (...)",
        "unix_seconds": times,
        "price": prices,
        "unit": "EUR / MWh",
        "deprecated": False,
    }


def in_v2(stream: str, body: dict[str, Any]) -> dict[str, Any]:
    """The same answer as v2 writes it, made by hand from the arrays of v1."""
    endpoint = BY_NAME[stream]
    named = (
        {one["name"].lower(): (one["name"], one["data"]) for one in body[endpoint.series]}
        if endpoint.series
        else {name: (name, body[name]) for name in endpoint.columns}
    )
    times = [datetime.fromtimestamp(second, UTC).astimezone().isoformat() for second in body["unix_seconds"]]
    return {
        "schema_version": "2.0",
        "series": [{"id": identifier, "name": name} for identifier, (name, _) in named.items()],
        "data": [
            {"timestamp": time, "values": {identifier: values[place] for identifier, (_, values) in named.items()}}
            for place, time in enumerate(times)
        ],
        "attributes": {"substitute": body.get("substitute")},
        "license": body.get("license_info"),
        "deprecated": False,
    }


def steps(instants: list[int]) -> list[int | None]:
    return columns_of(BY_NAME["public_power"], power(instants, Load=[1.0] * len(instants))).steps


# Shapes


@pytest.mark.parametrize(
    "body",
    [
        {"deprecated": False},
        {"unix_seconds": None, "production_types": None, "deprecated": False},
        {"unix_seconds": [], "production_types": [], "deprecated": False},
        {"unix_seconds": [], "production_types": [{"name": "Load", "data": []}], "deprecated": False},
        {"unix_seconds": [NOON], "production_types": [{"name": "Load", "data": [None]}], "deprecated": False},
        {"series": [], "data": []},
        {
            "series": [{"id": "load", "name": "Load"}],
            "data": [{"timestamp": "2026-11-21T13:00:00+01:00", "values": {}}],
        },
        {"series": None, "data": None, "deprecated": False},
    ],
)
def test_an_answer_without_values_has_no_records_and_says_nothing_of_how_far_it_goes(body: dict[str, Any]) -> None:
    assert records("public_power", body) == []
    assert columns_of(BY_NAME["public_power"], body).complete_until() is None


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (power([NOON, NOON + QUARTER], Load=[1.0]), "1 values of 'Load' for 2 times"),
        (power([], Load=[1.0]), "1 values of 'Load' for 0 times"),
        (power([NOON], Load=["12"]), "'Load' has values that are no numbers"),
        (power([NOON], Load=[True]), "'Load' has values that are no numbers"),
        (power([NOON], Load=[[1]]), "'Load' has values that are no numbers"),
        (power(["2026"], Load=[1.0]), "'2026' is no time in seconds"),
        (power([NOON + 0.5], Load=[1.0]), "is no time in seconds"),
        ({"unix_seconds": [NOON], "production_types": [{"data": [1.0]}]}, "has no 'name'"),
        ({"unix_seconds": [NOON], "production_types": [{"name": "Load", "data": [1.0]}] * 2}, "two series of one name"),
        ({"series": [{"name": "Load"}], "data": []}, "has no 'id'"),
        (
            {"series": [], "data": [{"timestamp": "2026-11-21T13:00:00", "values": {"load": 1}}]},
            "has no offset from UTC",
        ),
        ({"series": [], "data": [{"timestamp": "2026-11-21T13:00:00Z"}]}, "has no 'values'"),
        ([1, 2], "is not of the expected shape"),
    ],
)
def test_an_answer_of_another_shape_is_said_in_one_line(body: Any, words: str) -> None:
    with pytest.raises(AirbyteTracedException) as raised:
        records("public_power", body)
    message = str(raised.value.message)
    assert message.startswith("Energy-Charts: the answer of public_power ")
    assert words in message
    assert message.endswith("look for a newer connector.")
    assert "\n" not in message


def test_a_number_that_is_none_is_a_value_that_is_not_there() -> None:
    assert records("public_power", power([NOON, NOON + QUARTER], Load=[float("nan"), 5]))[0]["value"] == 5


def test_a_series_that_v2_has_values_of_and_does_not_name_goes_by_its_identifier() -> None:
    body = {
        "series": [{"id": "load"}],
        "data": [{"timestamp": "2026-11-21T13:00:00+01:00", "values": {"load": 1, "new": 2}}],
    }
    assert {row["production_type"]: row["value"] for row in records("public_power", body)} == {"load": 1, "new": 2}


@pytest.mark.parametrize("name", ["sum", "Sum"])
def test_the_sum_over_all_borders_is_left_out_in_either_version(name: str) -> None:
    body = {
        "unix_seconds": [NOON],
        "countries": [{"name": "Spain", "data": [1.5]}, {"name": name, "data": [1.5]}],
        "deprecated": False,
    }
    for one in (body, in_v2("cross_border_flows", body)):
        assert [row["neighbour"] for row in records("cross_border_flows", one)] == ["Spain"]


@given(
    st.lists(st.lists(st.none() | st.floats(-1e5, 1e5), min_size=3, max_size=3), min_size=1, max_size=4),
    st.sampled_from([300, 900, 1800, 3600]),
)
@settings(max_examples=60, deadline=None)
def test_both_versions_of_an_answer_give_the_same_records(rows: list[list[float | None]], step: int) -> None:
    times = [NOON + step * place for place in range(3)]
    named = {f"Type_{number}": values for number, values in enumerate(rows)}
    for stream, body in (
        ("public_power", power(times, **named)),
        ("day_ahead_prices", price(times, rows[0])),
        ("signal", {"unix_seconds": times, "share": rows[0], "signal": [0, None, 2], "substitute": False}),
    ):
        head = PRICE_ZONE if stream == "day_ahead_prices" else None
        assert records(stream, body, head=head) == records(stream, in_v2(stream, body), head=head)


# Names, units, classes


@pytest.mark.parametrize(
    ("name", "series_class"),
    [
        ("Nuclear", "generation"),
        ("Hydro pumped storage", "generation"),
        ("Hydro pumped storage consumption", "consumption"),
        ("Battery Consumption", "consumption"),
        ("Cross border electricity trading", "trade"),
        ("Load", "load"),
        ("Residual load", "residual_load"),
        ("Renewable share of load", "share"),
        ("Renewable share of generation", "share"),
    ],
)
def test_labels_of_power_are_told_apart(name: str, series_class: str) -> None:
    assert power_class(name) == series_class


@pytest.mark.parametrize(
    ("name", "series_class"),
    [
        ("Solar AC", "installed"),
        ("Solar DC", "solar_dc"),
        ("Solar planned (EEG 2023)", "planned"),
        ("Wind offshore planned (WindSeeG)", "planned"),
        ("Battery storage (power)", "installed"),
        ("Battery storage (capacity)", "storage_energy"),
    ],
)
def test_labels_of_installed_power_are_told_apart(name: str, series_class: str) -> None:
    assert installed_class(name) == series_class


def test_the_unit_is_that_of_the_endpoint_whatever_the_answer_says() -> None:
    right, wrong = price([NOON], [12.5]), {**price([NOON], [12.5]), "unit": "No Unit"}
    assert records("day_ahead_prices", wrong, head=PRICE_ZONE) == records("day_ahead_prices", right, head=PRICE_ZONE)
    (field,) = [field for field in BY_NAME["day_ahead_prices"].fields if field.name == "price"]
    assert field.unit == "EUR/MWh"


@pytest.mark.parametrize("text", ["2025", "2025-01-01T00:00:00+01:00", "2025-01-01T00:00:00+03:00"])
def test_years_of_v2_are_days_of_the_country(text: str) -> None:
    body = {"series": [{"id": "solar", "name": "Solar AC"}], "data": [{"timestamp": text, "values": {"solar": 28.2}}]}
    assert [row["start_date"] for row in records("installed_power", body)] == ["2025-01-01"]


def test_months_and_days_are_dates() -> None:
    monthly = {"time": ["01.2026", "11.2026"], "production_types": [{"name": "Solar AC", "data": [1.0, 2.0]}]}
    rows = records("installed_power_monthly", {**monthly, "last_update": None, "deprecated": False})
    assert [(row["start_date"], row["value"]) for row in rows] == [("2026-01-01", 1.0), ("2026-11-01", 2.0)]
    assert {row["last_update"] for row in rows} == {None}
    daily = {"days": ["28.03.2026", "29.03.2026"], "data": [30.5, None], "deprecated": False}
    assert [row["date"] for row in records("daily_shares", daily)] == ["2026-03-28"]


# Steps


def test_the_step_is_that_of_the_nearer_neighbour() -> None:
    change = [NOON - 2 * HOUR, NOON - HOUR, NOON, NOON + QUARTER, NOON + 2 * QUARTER]
    assert steps(change) == [60, 60, 15, 15, 15]
    gap = [NOON, NOON + QUARTER, NOON + HOUR * 5, NOON + HOUR * 5 + QUARTER]
    assert steps(gap) == [15, 15, 15, 15]
    alone = [NOON, NOON + QUARTER, NOON + HOUR * 5, NOON + HOUR * 9]
    assert steps(alone) == [15, 15, 15, 15]


def test_a_time_alone_has_no_step() -> None:
    assert steps([NOON]) == [None]


def test_times_out_of_order_have_their_steps_all_the_same() -> None:
    assert steps([NOON + QUARTER, NOON, NOON + 2 * QUARTER]) == [15, 15, 15]


# How far an answer goes


def test_the_slowest_series_says_how_far_an_answer_goes_and_one_filled_now_and_then_does_not() -> None:
    times = [NOON + QUARTER * place for place in range(8)]
    body = power(times, Nuclear=[1.0] * 8, Solar=[1.0] * 6 + [None] * 2, Pump=[None, -5.0] + [None] * 6)
    assert columns_of(BY_NAME["public_power"], body).complete_until() == times[6]


def test_one_series_alone_says_how_far_it_goes() -> None:
    times = [NOON + HOUR * place for place in range(3)]
    assert columns_of(BY_NAME["day_ahead_prices"], price(times, [1.0, 2.0, None])).complete_until() == times[2]


# What is asked for


def test_windows_tile_the_time_in_utc_minutes_over_both_clock_changes() -> None:
    def empty(path: str, params: dict[str, str]) -> Reply:
        return answer({"unix_seconds": [], "production_types": [], "deprecated": False})

    with answering(empty) as server:
        read(SourceEnergyCharts(), config(server.url, "2025-10-01", countries=["fr"]), "public_power")
    asked = [params for path, params in server.asked if path == "public_power"]
    bounds = [(datetime.fromisoformat(one["start"]), datetime.fromisoformat(one["end"])) for one in asked]
    assert all(one[bound].endswith("Z") for one in asked for bound in ("start", "end"))
    assert bounds[0][0] == datetime(2025, 9, 30, 22, tzinfo=UTC), "midnight in Paris"
    assert bounds[-1][1] == datetime(2026, 11, 21, 22, 59, tzinfo=UTC), "the end is included"
    for (_, end), (start, _) in pairwise(bounds):
        assert start - end == timedelta(minutes=1)
    assert max(end - start for start, end in bounds) <= timedelta(days=31, hours=1)


def test_prices_are_asked_for_by_the_year_up_to_tomorrow() -> None:
    with answering(lambda path, params: answer("no content available", 404)) as server:
        read(SourceEnergyCharts(), config(server.url, "2022-01-01", bidding_zones=["FR"]), "day_ahead_prices")
    assert len(server.asked) == 5
    assert server.asked[-1] == (
        "price",
        {"bzn": "FR", "start": server.asked[-1][1]["start"], "end": "2026-11-22T22:59Z"},
    )


def test_days_are_asked_for_by_the_year_and_kept_from_the_start_on() -> None:
    def year(path: str, params: dict[str, str]) -> Reply:
        days = [date(int(params["year"]), 1, 1) + timedelta(days=number) for number in range(365)]
        days = [day for day in days if day < date(2026, 11, 21)]
        body = {"days": [f"{day:%d.%m.%Y}" for day in days], "data": [1.0] * len(days), "deprecated": False}
        return answer(body)

    with answering(year) as server:
        reading = read(SourceEnergyCharts(), config(server.url, "2025-12-30", countries=["ch"]), "daily_shares")
    assert {params["year"] for _, params in server.asked} == {"2025", "2026"}
    assert {path for path, _ in server.asked} == {
        f"{name}_share_daily_avg" for name in ("ren", "solar", "wind_onshore")
    }, "Switzerland has no sea"
    days = sorted({row["date"] for row in reading.records("daily_shares")})
    assert (days[0], days[-1], len(days)) == ("2025-12-30", "2026-11-20", 2 + 324)


def test_forecasts_are_asked_for_one_by_one_and_of_the_load_day_ahead_only() -> None:
    with answering(lambda path, params: answer("no content available", 404)) as server:
        options = {"forecast_types": ["day-ahead", "current"], "countries": ["fr", "at"]}
        read(SourceEnergyCharts(), config(server.url, **options), "public_power_forecast")
    asked = [(one["country"], one["production_type"], one["forecast_type"]) for _, one in server.asked]
    assert asked == [
        ("fr", "solar", "day-ahead"),
        ("fr", "solar", "current"),
        ("fr", "wind_onshore", "day-ahead"),
        ("fr", "wind_onshore", "current"),
        ("fr", "wind_offshore", "day-ahead"),
        ("fr", "wind_offshore", "current"),
        ("fr", "load", "day-ahead"),
        ("at", "solar", "day-ahead"),
        ("at", "solar", "current"),
        ("at", "wind_onshore", "day-ahead"),
        ("at", "wind_onshore", "current"),
        ("at", "load", "day-ahead"),
    ]


@pytest.mark.parametrize("stream", STREAMS)
def test_version_2_is_asked_where_it_has_been_seen_and_version_1_elsewhere(stream: str) -> None:
    with answering(lambda path, params: answer("no content available", 404)) as server:
        read(SourceEnergyCharts(), config(server.url, countries=["de"], api_version=2), stream)
    assert server.asked
    assert {path.startswith("v2/") for path, _ in server.asked} == {BY_NAME[stream].in_v2}


def test_calls_keep_their_distance_and_never_overlap() -> None:
    begun: list[float] = []
    under_way, most = [0], [0]
    lock = threading.Lock()

    def slow(path: str, params: dict[str, str]) -> Reply:
        with lock:
            begun.append(time.monotonic())
            under_way[0] += 1
            most[0] = max(most[0], under_way[0])
        time.sleep(0.05)
        with lock:
            under_way[0] -= 1
        return answer("no content available", 404)

    with answering(slow) as server:
        settings = config(server.url, countries=["fr", "de", "es"], seconds_between_calls=0.2)
        read(SourceEnergyCharts(), settings, "public_power", "cross_border_flows")
    assert (len(begun), most) == (6, [1])
    # Five pauses; a busy machine may see the first call late.
    assert begun[-1] - begun[0] >= 0.2 * 4.5


def test_a_forecast_and_an_outlook_say_when_they_were_asked_for_and_no_other_record_does() -> None:
    body = {"unix_seconds": [NOON], "forecast_values": [1.0], "deprecated": False}
    (row,) = records("public_power_forecast", body, head={"country": "fr"})
    assert row["fetched_at"] == NOW
    told = {stream for stream, endpoint in BY_NAME.items() if "fetched_at" in {field.name for field in endpoint.fields}}
    assert told == {"public_power_forecast", "signal", "renewable_share_forecast"}


# What it says besides


def test_nothing_there_is_no_error_and_an_unknown_address_is_one() -> None:
    with answering(lambda path, params: answer("no content available", 404)) as server:
        reading = read(SourceEnergyCharts(), config(server.url), "cross_border_flows")
    assert (reading.failure, reading.records("cross_border_flows")) == (None, [])
    with answering(lambda path, params: answer({"detail": "Not Found"}, 404)) as server:
        reading = read(SourceEnergyCharts(), config(server.url), "cross_border_flows")
    assert reading.failure is not None
    assert "HTTP 404 (Not Found)" in str(reading.failure.message)


def test_empty_arrays_leave_the_state_where_it_was() -> None:
    times = [NOON - 6 * HOUR + QUARTER * place for place in range(8)]
    full = power(times, Load=[1.0] * 8)
    bodies = iter([full])
    with answering(lambda path, params: answer(next(bodies, power([])))) as server:
        settings = config(server.url, countries=["fr"])
        first = read(SourceEnergyCharts(), settings, "public_power")
        with pinned("2026-11-21T13:00:00Z"):
            second = read(SourceEnergyCharts(), settings, "public_power", state=first.states[-1:])
    assert len(server.asked) == 2
    assert second.failure is None
    until = [
        state["scopes"]["fr"]["until"]
        for state in (first.states_of("public_power")[-1], *second.states_of("public_power"))
    ]
    assert set(until) == {datetime.fromtimestamp(times[-1] + QUARTER, UTC).isoformat().replace("+00:00", "Z")}


def test_a_country_without_data_costs_one_call_a_sync_however_long_its_history() -> None:
    with answering(lambda path, params: answer("no content available", 404)) as server:
        settings = config(server.url, "2024-01-01", countries=["cy"])
        first = read(SourceEnergyCharts(), settings, "cross_border_flows")
        assert len(server.asked) > 30
        server.asked.clear()
        with pinned("2026-11-22T12:00:00Z"):
            read(SourceEnergyCharts(), settings, "cross_border_flows", state=first.states[-1:])
    ((_, params),) = server.asked
    began = datetime.fromisoformat(params["start"])
    assert timedelta(0) <= datetime(2026, 11, 22, 12, tzinfo=UTC) - PATIENCE - began < timedelta(days=6)


def test_an_error_said_with_status_200_is_asked_again() -> None:
    bodies = iter([{"detail": "database is busy"}, {"error": "no"}])
    waits: list[float] = []
    body = power([NOON], Load=[1.0])
    with answering(lambda path, params: answer(next(bodies, body))) as server:
        reading = read(SourceEnergyCharts(waits.append), config(server.url, countries=["fr"]), "public_power")
    assert len(reading.records("public_power")) == 1
    assert waits == [1.0, 2.0]


def test_what_it_finds_invalid_is_said_with_its_own_words() -> None:
    detail = [{"loc": ["query", "start"], "msg": "Value error, bad timestamp", "type": "value_error"}]
    with answering(lambda path, params: answer({"detail": detail}, 422)) as server:
        reading = read(SourceEnergyCharts(), config(server.url, countries=["fr"]), "public_power")
    assert reading.failure is not None
    message = str(reading.failure.message)
    assert message.startswith("Energy-Charts public_power: HTTP 422 (Value error, bad timestamp).")
    assert "look for a newer connector" in message
    assert "Asked was fr." in message


def test_an_endpoint_that_will_end_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    body = {**power([NOON], Load=[1.0]), "deprecated": True}
    with answering(lambda path, params: answer(body)) as server, caplog.at_level(logging.INFO, "airbyte"):
        read(SourceEnergyCharts(), config(server.url, "2026-08-01"), "public_power")
    assert len(server.asked) > 4
    said = [record for record in caplog.records if "is going to end public_power" in record.getMessage()]
    assert [record.levelno for record in said] == [logging.WARNING]


def test_the_licence_is_in_the_record_and_once_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with (
        answering(lambda path, params: answer(price([NOON], [1.0]))) as server,
        caplog.at_level(logging.INFO, "airbyte"),
    ):
        reading = read(SourceEnergyCharts(), config(server.url), "day_ahead_prices")
    assert {row["license_info"] for row in reading.records("day_ahead_prices")} == {"CC BY 4.0 (...)"}
    assert caplog.text.count("Licence of price: CC BY 4.0 (...)") == 1


def test_zones_whose_prices_are_private_are_said_once(caplog: pytest.LogCaptureFixture) -> None:
    with (
        answering(lambda path, params: answer("no content available", 404)) as server,
        caplog.at_level(logging.WARNING, "airbyte"),
    ):
        read(SourceEnergyCharts(), config(server.url, bidding_zones=["FR", "ES", "GR"]), "day_ahead_prices", "signal")
        outcome = SourceEnergyCharts().check(LOGGER, config(server.url, bidding_zones=["FR", "ES"]))
    assert caplog.text.count("Prices of ES, GR are for private and internal use only") == 1
    assert "Prices of ES are for private and internal use only" in str(outcome.message)


def test_a_window_too_large_is_asked_for_in_halves() -> None:
    def reply(path: str, params: dict[str, str]) -> Reply:
        start, end = (datetime.fromisoformat(params[bound]) for bound in ("start", "end"))
        if end - start > timedelta(days=2):
            return answer({"detail": "too large"}, 413)
        times = list(range(int(start.timestamp()), int(end.timestamp()) + 1, HOUR))
        return answer(power(times, Load=[1.0] * len(times)))

    with answering(reply) as server:
        settings = config(server.url, "2026-11-14", countries=["fr"], end_date="2026-11-20")
        reading = read(SourceEnergyCharts(), settings, "public_power")
    starts = [row["start_date"] for row in reading.records("public_power")]
    assert len(starts) == len(set(starts)) == 7 * 24
    assert reading.failure is None


# The configuration


def test_every_zone_is_either_free_or_private() -> None:
    assert len(set(ZONES)) == len(ZONES) == len(FREE_ZONES) + len(PRIVATE_ZONES)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"countries": ["fr", "gb"]}, "countries names gb, which Energy-Charts does not know: it knows all, eu, al"),
        ({"countries": ["gb"]}, "The United Kingdom is uk."),
        (
            {"bidding_zones": ["FR", "Mars"]},
            "bidding_zones names Mars, which Energy-Charts does not know: it knows AT, BE",
        ),
        ({"stream_start_dates": {"prices": "2026-01-01"}}, "prices, which is no stream of Energy-Charts"),
        ({"start_date": "2026-02-30"}, "is no day of the calendar"),
        ({"end_date": "2026-01-01"}, "is before start_date"),
    ],
)
def test_what_is_wrong_with_the_configuration_is_said_by_check_and_by_read(options: dict[str, Any], words: str) -> None:
    wrong = config("http://127.0.0.1:9", **options)
    outcome = SourceEnergyCharts().check(LOGGER, wrong)
    assert outcome.status == Status.FAILED
    assert words in str(outcome.message)
    with pytest.raises(AirbyteTracedException) as raised:
        SourceEnergyCharts().streams(wrong)
    assert words in str(raised.value.message)
    assert raised.value.failure_type == FailureType.config_error


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("forecast_types", ["D-1"]),
        ("forecast_production_types", ["nuclear"]),
        ("api_version", 3),
        ("api_version", "2"),
        ("seconds_between_calls", -3),
    ],
)
def test_what_the_form_does_not_take_is_refused_by_its_name(option: str, value: Any) -> None:
    schema = SourceEnergyCharts().spec(LOGGER).connectionSpecification
    assert wrong_by_spec(config("http://127.0.0.1:9"), schema) is None
    assert f"advanced.{option}" in str(wrong_by_spec(config("http://127.0.0.1:9", **{option: value}), schema))


def test_names_are_taken_in_any_case_and_once() -> None:
    wanted = Wanted.of({"countries": ["FR", "fr", " De "], "bidding_zones": ["it-north", "fr"]})
    assert (wanted.countries, wanted.zones, wanted.wrong()) == (["fr", "de"], ["IT-North", "FR"], None)


@pytest.mark.parametrize("given", [{}, {"countries": [], "bidding_zones": None, "advanced": {"forecast_types": []}}])
def test_without_names_france_and_its_neighbours_are_read(given: dict[str, Any]) -> None:
    wanted = Wanted.of(given)
    assert wanted.countries == list(DEFAULT_COUNTRIES)
    assert wanted.zones == list(DEFAULT_ZONES)
    assert wanted.forecast_types == ["day-ahead"]
    assert wanted.countries[0] == "fr"
    assert set(wanted.countries) <= set(COUNTRIES)
    assert wanted.wrong() is None


def test_check_says_in_one_sentence_why_the_server_does_not_answer() -> None:
    waits: list[float] = []
    with answering(lambda path, params: answer("down", 503)) as server:
        outcome = SourceEnergyCharts(waits.append).check(LOGGER, config(server.url))
    assert outcome.status == Status.FAILED
    assert "Energy-Charts public_power: HTTP 503" in str(outcome.message)
    assert sum(waits) < LONGEST_WAIT
