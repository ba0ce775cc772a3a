"""The rules of the RTE Data API."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import numpy as np
import pytest
import requests
from simulator.testing import RteClient, SimulatorUrl, log_in, running_simulator

NOW = "2026-11-21T12:00:00Z"

CONSUMPTION = "consumption/v1/short_term"
GENERATION = "actual_generation/v1/actual_generations_per_production_type"
FLOWS = "physical_flow/v1/physical_flows"
FORECASTS = "generation_forecast/v3/forecasts"
PRICES = "wholesale_market/v3/france_power_exchanges"
DATED = [CONSUMPTION, GENERATION, FLOWS, FORECASTS]


def days(first: str, last: str) -> dict[str, str]:
    """Bounds at winter midnights; days as MM-DD of early 2026."""
    return {"start_date": f"2026-{first}T00:00:00+01:00", "end_date": f"2026-{last}T00:00:00+01:00"}


# --- tokens


def test_token_is_what_rte_gives(shared_url: SimulatorUrl) -> None:
    answer = requests.post(f"{shared_url}/token/oauth/", auth=("id", "secret"), timeout=10)
    body = answer.json()
    assert (answer.status_code, body["token_type"], body["expires_in"]) == (200, "Bearer", 3600)
    assert len(body["access_token"]) > 50


@pytest.mark.parametrize("auth", [None, ("", ""), ("id", ""), ("", "secret")])
def test_empty_credentials_are_refused(shared_url: SimulatorUrl, auth: tuple[str, str] | None) -> None:
    assert requests.post(f"{shared_url}/token/oauth/", auth=auth, timeout=10).status_code == 401


def test_only_the_set_client_gets_a_token() -> None:
    with running_simulator(now=NOW, client=("demo", "simulator")) as url:
        assert requests.post(f"{url}/token/oauth/", auth=("demo", "wrong"), timeout=10).status_code == 401
        assert requests.post(f"{url}/token/oauth/", auth=("demo", "simulator"), timeout=10).status_code == 200


def test_a_token_expires(rte: RteClient) -> None:
    rte.url.advance(3599)
    assert rte.get(PRICES).status_code == 200
    rte.url.advance(1)
    assert rte.get(PRICES).status_code == 401
    assert log_in(rte.url).get(PRICES).status_code == 200


def test_calls_without_a_good_token_are_refused(shared_rte: RteClient) -> None:
    assert requests.get(f"{shared_rte.url}/open_api/{PRICES}", timeout=10).status_code == 401
    assert RteClient(shared_rte.url, "stale").get(PRICES).status_code == 401


# --- paths


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("consumption/v1/nothing", 404),
        ("nothing/v1/nothing", 404),
        ("generation_forecast/v2/forecasts", 403),  # another major version is another subscription
    ],
)
def test_other_resources(shared_rte: RteClient, path: str, status: int) -> None:
    assert shared_rte.get(path).status_code == status


def test_every_answer_says_that_it_is_simulated(shared_rte: RteClient) -> None:
    for path in ("/", "/token/oauth/", "/open-meteo/api/v1/forecast", "/simulator/health", f"/open_api/{PRICES}"):
        assert requests.get(f"{shared_rte.url}{path}", timeout=10).headers["X-Simulated"] == "true"


# --- windows


@pytest.mark.parametrize(
    ("code", "window"),
    [
        ("F01", {"start_date": "2026-01-10T00:00:00+01:00"}),
        ("F01", {"end_date": "2026-01-10T00:00:00+01:00"}),
        ("F02", days("02-10", "02-01")),
        ("F03", {"start_date": "2025-01-01T00:00:00+01:00", "end_date": "2026-01-01T00:00:00+01:00"}),
        ("F04", {"start_date": "2026-11-21T00:00:00+01:00", "end_date": "2026-11-26T00:00:00+01:00"}),
        ("F05", {"start_date": "2026-01-10T00:00:00+01:00", "end_date": "2026-01-10T23:00:00+01:00"}),
        ("F06", {"start_date": "2026-01-10", "end_date": "2026-01-12"}),
        ("F06", {"start_date": "2026-01-10T00:00:00 01:00", "end_date": "2026-01-12T00:00:00+01:00"}),
        ("F06", {"start_date": "2026-13-10T00:00:00Z", "end_date": "2026-13-12T00:00:00Z"}),
    ],
)
@pytest.mark.parametrize("path", DATED)
def test_windows_are_refused_with_a_code(shared_rte: RteClient, path: str, code: str, window: dict[str, str]) -> None:
    assert shared_rte.error(path, **window).endswith(f"_{code}")


def test_error_body(shared_rte: RteClient) -> None:
    body = shared_rte.get(CONSUMPTION, start_date="2026-01-10T00:00:00+01:00").json()
    assert body["error"] == "CONSUMPTION_SHORTTERM_F01"
    assert "two fields are mandatory" in body["error_description"]
    assert body["error_uri"] == ""
    assert re.fullmatch(r"Id-[0-9a-f]{24}", body["error_details"]["transaction_id"])


@pytest.mark.parametrize(
    ("path", "longest"), [(CONSUMPTION, "2026-06-08T00:00:00+02:00"), (FORECASTS, "2025-12-25T00:00:00+01:00")]
)
def test_the_longest_window_is_allowed_across_a_clock_change(shared_rte: RteClient, path: str, longest: str) -> None:
    """186 and 21 Paris days from 4 December 2025."""
    window = {"start_date": "2025-12-04T00:00:00+01:00", "end_date": longest}
    assert shared_rte.get(path, **window).status_code in (200, 413)
    assert shared_rte.error(path, **window | {"start_date": "2025-12-03T00:00:00+01:00"}).endswith("_F03")


def test_a_window_off_midnight_loses_days_silently(shared_rte: RteClient) -> None:
    window = {"start_date": "2026-01-10T00:30:00+01:00", "end_date": "2026-01-13T00:30:00+01:00"}
    (block,) = shared_rte.blocks(CONSUMPTION, type="REALISED", **window)
    assert (block["start_date"], block["end_date"]) == ("2026-01-11T00:00:00+01:00", "2026-01-13T00:00:00+01:00")
    assert len(block["values"]) == 2 * 96


def test_any_offset_names_the_same_window(shared_rte: RteClient) -> None:
    utc = {"start_date": "2026-01-09T23:00:00Z", "end_date": "2026-01-11T23:00:00Z"}
    assert shared_rte.blocks(CONSUMPTION, **utc) == shared_rte.blocks(CONSUMPTION, **days("01-10", "01-12"))


def test_realised_may_not_be_asked_as_far_ahead_as_forecasts(shared_rte: RteClient) -> None:
    window = {"start_date": "2026-11-22T00:00:00+01:00", "end_date": "2026-11-24T00:00:00+01:00"}
    assert shared_rte.error(CONSUMPTION, type="REALISED", **window) == "CONSUMPTION_SHORTTERM_F04"
    assert [block["type"] for block in shared_rte.blocks(CONSUMPTION, type="D-1,D-2", **window)] == ["D-1", "D-2"]


def test_before_the_first_day_there_is_nothing(shared_rte: RteClient) -> None:
    window = {"start_date": "2019-01-01T00:00:00+01:00", "end_date": "2019-01-08T00:00:00+01:00"}
    assert all(block["values"] == [] for block in shared_rte.blocks(CONSUMPTION, **window))
    assert all("values" not in block for block in shared_rte.blocks(FORECASTS, **window))


@pytest.mark.parametrize("path", [CONSUMPTION, GENERATION])
def test_unknown_types_are_refused(shared_rte: RteClient, path: str) -> None:
    name = "type" if path == CONSUMPTION else "production_type"
    assert shared_rte.error(path, **{name: "WHATEVER"}).endswith("_F07")


def test_type_lists_in_any_order_and_repeated(shared_rte: RteClient) -> None:
    blocks = shared_rte.blocks(CONSUMPTION, type="D-1,REALISED,D-1", **days("01-10", "01-12"))
    assert [block["type"] for block in blocks] == ["REALISED", "D-1"]


def test_an_answer_over_seven_megabytes_is_refused(shared_rte: RteClient) -> None:
    window = {"start_date": "2026-01-01T00:00:00+01:00", "end_date": "2026-07-01T00:00:00+02:00"}
    assert shared_rte.get(CONSUMPTION, **window).status_code == 413
    assert shared_rte.get(CONSUMPTION, type="REALISED", **window).status_code == 200


def test_a_long_url_is_refused(shared_rte: RteClient) -> None:
    assert shared_rte.get(CONSUMPTION, filler="x" * 2048).status_code == 414


# --- answers


def test_short_term_shape(shared_rte: RteClient) -> None:
    blocks = shared_rte.blocks(CONSUMPTION, **days("01-10", "01-12"))
    assert [(block["type"], len(block["values"])) for block in blocks] == [
        ("REALISED", 192),
        ("ID", 192),
        ("D-1", 192),
        ("D-2", 96),
    ]
    for block in blocks:
        assert list(block["values"][0]) == ["start_date", "end_date", "updated_date", "value"]
        assert all(isinstance(value["value"], int) for value in block["values"])


def test_a_past_day_of_realised_has_one_stamp_but_for_corrections(shared_rte: RteClient) -> None:
    (block,) = shared_rte.blocks(CONSUMPTION, type="REALISED", **days("01-10", "01-11"))
    stamps = [value["updated_date"] for value in block["values"]]
    common = max(set(stamps), key=stamps.count)
    assert common.startswith("2026-01-10T23:5")
    assert stamps.count(common) >= 85


def test_realised_is_known_to_the_last_quarter_hour(shared_rte: RteClient) -> None:
    """Now is 13:00 in Paris; a quarter-hour comes five minutes after its end."""
    block = next(b for b in shared_rte.blocks(CONSUMPTION) if b["type"] == "REALISED")
    assert block["values"][-1]["end_date"] == "2026-11-21T12:45:00+01:00"


def test_without_dates_each_type_gives_its_latest_day(rte: RteClient) -> None:
    def latest(client: RteClient) -> dict[str, str]:
        return {block["type"]: block["start_date"][:10] for block in client.blocks(CONSUMPTION)}

    assert latest(rte) == {"REALISED": "2026-11-21", "ID": "2026-11-21", "D-1": "2026-11-21", "D-2": "2026-11-23"}
    rte.url.move_to("2026-11-21T18:50:00Z")
    assert latest(log_in(rte.url))["D-1"] == "2026-11-22"


@pytest.mark.parametrize(
    ("first", "last", "kinds"),
    [("22", "23", ["D-1", "D-2"]), ("23", "24", ["D-2"])],
)
def test_types_that_can_not_exist_yet_have_no_block(
    shared_rte: RteClient, first: str, last: str, kinds: list[str]
) -> None:
    window = {"start_date": f"2026-11-{first}T00:00:00+01:00", "end_date": f"2026-11-{last}T00:00:00+01:00"}
    assert [b["type"] for b in shared_rte.blocks(CONSUMPTION, **window)] == kinds


def test_generation_shape(shared_rte: RteClient) -> None:
    blocks = {b["production_type"]: b for b in shared_rte.blocks(GENERATION, **days("01-10", "01-12"))}
    assert len(blocks) == 13
    assert list(blocks["NUCLEAR"]["values"][0]) == ["start_date", "end_date", "updated_date", "value"]
    assert list(blocks["TOTAL"]["values"][0]) == ["start_date", "end_date", "value"]
    parts = [[value["value"] for value in block["values"]] for name, block in blocks.items() if name != "TOTAL"]
    assert np.sum(parts, axis=0).tolist() == [value["value"] for value in blocks["TOTAL"]["values"]]


def test_generation_without_dates_is_today_until_the_call(shared_rte: RteClient) -> None:
    (block,) = shared_rte.blocks(GENERATION, production_type="NUCLEAR")
    assert (block["start_date"], block["end_date"]) == ("2026-11-21T00:00:00+01:00", "2026-11-21T13:00:00+01:00")
    assert block["values"][-1]["end_date"] == "2026-11-21T12:00:00+01:00"


def test_some_hours_are_missing_in_all_types(shared_rte: RteClient) -> None:
    window = {"start_date": "2026-01-01T00:00:00+01:00", "end_date": "2026-06-01T00:00:00+02:00"}
    for path in (GENERATION, FLOWS):
        counts = {len(block["values"]) for block in shared_rte.blocks(path, **window)}
        assert len(counts) == 1
        assert 151 * 24 - 12 <= counts.pop() < 151 * 24


def test_flows_have_both_directions_and_no_negatives(shared_rte: RteClient) -> None:
    blocks = shared_rte.blocks(FLOWS, **days("01-10", "01-20"))
    pairs = {(b["sender_country_eic_code"], b["receiver_country_eic_code"]) for b in blocks}
    assert len(pairs) == len(blocks) == 12
    assert all((receiver, sender) in pairs for sender, receiver in pairs)
    assert ("10YFR-RTE------C", "10YGB----------A") in pairs
    assert {b["sender_country_name"] for b in blocks} == {
        "Belgium",
        "England",
        "France",
        "Germany",
        "Italy",
        "Spain",
        "Switzerland",
    }
    assert min(value["value"] for block in blocks for value in block["values"]) >= 0


def test_flows_of_one_border(shared_rte: RteClient) -> None:
    blocks = shared_rte.blocks(FLOWS, country_eic_code="10YIT-GRTN-----B", **days("01-10", "01-12"))
    assert len(blocks) == 2


def test_served_energy_balances(shared_rte: RteClient) -> None:
    """Load = generation - net export, hour by hour, to the rounding of 28 published numbers."""
    window = days("01-05", "02-20")
    load: dict[str, list[int]] = {}
    for value in shared_rte.blocks(CONSUMPTION, type="REALISED", **window)[0]["values"]:
        load.setdefault(value["start_date"][:13], []).append(value["value"])
    total = _by_hour(shared_rte.blocks(GENERATION, production_type="TOTAL", **window))
    out = _by_hour(b for b in shared_rte.blocks(FLOWS, **window) if b["sender_country_name"] == "France")
    into = _by_hour(b for b in shared_rte.blocks(FLOWS, **window) if b["receiver_country_name"] == "France")
    hours = set(total) & set(out)
    assert len(hours) > 46 * 24 - 10
    for hour in hours:
        assert abs(np.mean(load[hour]) - (total[hour] - out[hour] + into[hour])) <= 13


def _by_hour(blocks: Any) -> dict[str, int]:
    sums: dict[str, int] = {}
    for block in blocks:
        for value in block["values"]:
            hour = value["start_date"][:13]
            sums[hour] = sums.get(hour, 0) + value["value"]
    return sums


def test_forecast_blocks_are_days_newest_first(shared_rte: RteClient) -> None:
    blocks = shared_rte.blocks(FORECASTS, **days("01-10", "01-12"))
    assert [b["start_date"][:10] for b in blocks] == ["2026-01-11"] * 11 + ["2026-01-10"] * 11
    assert [(b["production_type"], b["type"]) for b in blocks[2:5]] == [
        ("SOLAR", kind) for kind in ("D-1", "ID", "CURRENT")
    ]
    assert {b["production_type"] for b in blocks} == {
        "AGGREGATED_PROGRAMMABLE_FRANCE",
        "AGGREGATED_NON_PROGRAMMABLE_FRANCE",
        "SOLAR",
        "WIND_OFFSHORE",
        "WIND_ONSHORE",
    }
    for block in blocks:
        assert ("load_factor" in block["values"][0]) == block["production_type"].startswith("WIND")
        assert "sub_type" not in block


def test_load_factor_is_a_whole_percentage(shared_rte: RteClient) -> None:
    for block in shared_rte.blocks(FORECASTS, production_type="WIND_ONSHORE", **days("01-10", "01-20")):
        for value in block["values"]:
            assert isinstance(value["load_factor"], int)
            assert abs(value["load_factor"] - value["value"] / 237) < 2  # about 23.7 GW are installed


def test_impossible_couples_are_refused(shared_rte: RteClient) -> None:
    assert shared_rte.error(FORECASTS, production_type="SOLAR", type="D-2") == "GENFORECAST_FORECASTS_F08"


def test_what_is_not_published_has_no_values_key(rte: RteClient) -> None:
    window = {"start_date": "2026-11-22T00:00:00+01:00", "end_date": "2026-11-23T00:00:00+01:00"}
    (before,) = rte.blocks(FORECASTS, production_type="SOLAR", type="D-1", **window)
    assert "values" not in before
    rte.url.move_to("2026-11-21T16:00:00Z")
    (after,) = log_in(rte.url).blocks(FORECASTS, production_type="SOLAR", type="D-1", **window)
    assert len(after["values"]) == 96


def test_programmes_have_versions(shared_rte: RteClient) -> None:
    blocks = shared_rte.blocks(FORECASTS, production_type="MDSE", type="D-1,ID", **days("01-10", "01-11"))
    assert [(b["production_type"], b["type"], b["sub_type"], len(b.get("values", []))) for b in blocks] == [
        ("MDSESTS", "D-1", "DA01", 96),
        ("MDSESTS", "ID", "DA01", 0),
        ("MDSETRF", "D-1", "DA01", 96),
        ("MDSETRF", "ID", "DA01", 0),
    ]


def test_current_forecast_is_overwritten_only_ahead(rte: RteClient) -> None:
    today = {"start_date": "2026-11-21T00:00:00+01:00", "end_date": "2026-11-22T00:00:00+01:00"}
    (noon,) = rte.blocks(FORECASTS, production_type="WIND_ONSHORE", type="CURRENT", **today)
    rte.url.move_to("2026-11-21T20:00:00Z")
    (evening,) = log_in(rte.url).blocks(FORECASTS, production_type="WIND_ONSHORE", type="CURRENT", **today)
    until_noon = 13 * 4
    assert noon["values"][:until_noon] == evening["values"][:until_noon]
    assert noon["values"][-8:] != evening["values"][-8:]
    assert len({value["updated_date"] for value in evening["values"]}) > 2


def test_prices_are_today_and_after_the_auction_tomorrow(rte: RteClient) -> None:
    (today,) = rte.blocks(PRICES)
    assert today["updated_date"].startswith("2026-11-20T13:")
    assert list(today["values"][0]) == ["start_date", "end_date", "value", "price"]
    assert len(today["values"]) == 96
    rte.url.move_to("2026-11-21T12:25:00Z")
    same, tomorrow = log_in(rte.url).blocks(PRICES)
    assert same == today
    assert tomorrow["start_date"] == "2026-11-22T00:00:00+01:00"


def test_prices_have_no_history(shared_rte: RteClient) -> None:
    assert shared_rte.blocks(PRICES, **days("01-10", "01-12")) == shared_rte.blocks(PRICES)


def test_the_same_call_later_gives_the_same_past(rte: RteClient) -> None:
    window = days("01-10", "01-20")
    answers = [rte.get(path, **window).content for path in DATED]
    rte.url.move_to("2027-09-01T00:00:00Z")
    later = log_in(rte.url)
    assert [later.get(path, **window).content for path in DATED] == answers


def test_a_late_correction_reaches_the_client(rte: RteClient) -> None:
    window = {"start_date": "2026-11-14T00:00:00+01:00", "end_date": "2026-11-21T00:00:00+01:00"}
    (before,) = rte.blocks(GENERATION, production_type="NUCLEAR", **window)
    rte.url.move_to("2026-11-27T12:00:00Z")
    (after,) = log_in(rte.url).blocks(GENERATION, production_type="NUCLEAR", **window)
    changed = [(old, new) for old, new in zip(before["values"], after["values"], strict=True) if old != new]
    assert 0 < len(changed) < 0.1 * len(after["values"])
    for old, new in changed:
        assert datetime.fromisoformat(new["updated_date"]) > datetime.fromisoformat(old["updated_date"])
        assert abs(new["value"] / old["value"] - 1) < 0.05
