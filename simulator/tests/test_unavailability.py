"""The unavailability API: messages in versions, filters, pages, refusals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from simulator.clock import Clock
from simulator.model.fleet import plants
from simulator.model.grid import Grid
from simulator.model.outages import NEVER, draw
from simulator.model.units import UNITS, check_character
from simulator.paris import DAY, HOUR
from simulator.rte.messages import NETWORK
from simulator.rte.unavailability import KINDS
from simulator.testing import RteClient, SimulatorUrl, log_in, running_simulator

NOW = "2026-11-21T12:00:00Z"
API = "unavailability_additional_information/v7"
GENERATION = f"{API}/generation_unavailabilities"
TRANSMISSION = f"{API}/transmission_network_unavailabilities"
OTHER = f"{API}/other_market_information"
EVERY = [GENERATION, TRANSMISSION, OTHER]
PUBLISHED = {"date_type": "PUBLICATION_DATE", "last_version": "false"}


@pytest.fixture(scope="module")
def rte() -> Iterator[RteClient]:
    """Without quotas, as these tests are about something else."""
    with running_simulator(now=NOW, quotas={}) as url:
        yield log_in(url)


@pytest.fixture(scope="module")
def week(rte: RteClient) -> list[dict[str, Any]]:
    """All versions of generation messages published in ten days."""
    return rte.blocks(GENERATION, **days("2026-11-01", "2026-11-11"), **PUBLISHED)


def days(first: str, last: str) -> dict[str, str]:
    return {"start_date": f"{first}T00:00:00Z", "end_date": f"{last}T00:00:00Z"}


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def paged(rte: RteClient, path: str, **params: str) -> list[list[dict[str, Any]]]:
    """All pages of an answer."""
    pages, headers = [], dict(rte.headers)
    while True:
        answer = RteClient(rte.url, rte.token, headers).get(path, **params)
        pages.append(answer.json()[path.split("/")[-1]])
        if answer.status_code == 200:
            assert "continuation_token" not in answer.headers
            return pages
        assert answer.status_code == 206, answer.text
        headers["continuation_token"] = answer.headers["continuation_token"]


# --- the messages


def test_fields_and_their_forms(week: list[dict[str, Any]]) -> None:
    for message in week:
        assert message["message_id"].startswith(message["identifier"])
        assert isinstance(message["version"], str)
        assert message["publication_date"].endswith("Z")
        assert instant(message["creation_date"]) <= instant(message["publication_date"])
        assert instant(message["start_date"]) < instant(message["end_date"])
        assert message["event_status"] in ("ACTIVE", "DISMISSED")
        assert message["unavailability_type"] in ("PLANNED_MAINTENANCE", "FORCED_UNAVAILABILITY")
        assert message["market_participant"]
        for code in ("market_participant_eic_code", "affected_asset_or_unit_eic_code"):
            assert check_character(message[code][:15]) == message[code][15:]
        lines = message["reason"].split("\n")
        assert len(lines) > 1
        assert " / " in lines[0]
    assert {message["event_status"] for message in week} == {"ACTIVE", "DISMISSED"}
    assert len({message["message_id"] for message in week}) == len(week)
    assert 0.1 < np.mean(["remarks" in message for message in week]) < 0.6


def test_capacities_agree_with_what_is_installed(week: list[dict[str, Any]]) -> None:
    missing = defaultdict(int)
    for message in week:
        installed = message["affected_asset_or_unit_installed_capacity"]
        for value in message["values"]:
            available, unavailable = value.get("available_capacity"), value.get("unavailable_capacity")
            missing[available is None, unavailable is None] += 1
            if available is not None and unavailable is not None:
                assert available + unavailable == installed
            assert 0 <= (installed - unavailable if available is None else available) <= installed
    assert set(missing) == {(False, False), (True, False), (False, True)}, "one of the two is sometimes absent"
    assert missing[False, False] == max(missing.values())


def test_intervals_cover_the_event(week: list[dict[str, Any]]) -> None:
    assert {len(message["values"]) for message in week} == {1, 2, 3}
    for message in week:
        values = message["values"]
        assert values[0]["start_date"] == message["start_date"]
        assert values[-1]["end_date"] == message["end_date"]
        for before, after in pairwise(values):
            assert before["end_date"] == after["start_date"]


def test_units_and_plants(week: list[dict[str, Any]]) -> None:
    sizes = {unit.eic_code: ("GENERATION_UNIT", round(unit.capacity)) for unit in UNITS}
    sizes |= {plant.eic_code: ("PRODUCTION_UNIT", plant.capacity) for plant in plants()}
    met = set()
    for message in week:
        kind, size = sizes[message["affected_asset_or_unit_eic_code"]]
        assert message["affected_asset_or_unit_type"] == kind
        assert message["affected_asset_or_unit_installed_capacity"] == size
        met.add(kind)
    assert met == {"GENERATION_UNIT", "PRODUCTION_UNIT"}


def test_versions_are_published_one_after_the_other(rte: RteClient) -> None:
    told = defaultdict(list)
    for message in paged(rte, GENERATION, **days("2022-01-01", "2022-02-15"), **PUBLISHED):
        for one in message:
            told[one["identifier"]].append((int(one["version"]), instant(one["publication_date"]), one))
    assert len(told) > 500
    for versions in told.values():
        ordered = sorted(versions, key=lambda version: version[0])
        assert [number for number, _, _ in ordered] == list(range(1, len(ordered) + 1))
        published = [moment for _, moment, _ in ordered]
        assert all(before < after for before, after in pairwise(published))
        assert len({one["creation_date"] for _, _, one in ordered}) == 1
        assert len({one["affected_asset_or_unit_name"] for _, _, one in ordered}) == 1
    changed = [len({one["end_date"] for _, _, one in versions}) > 1 for versions in told.values() if len(versions) > 1]
    assert 0.2 < np.mean(changed) < 0.9, "most later versions change the schedule"


@pytest.mark.parametrize(
    ("kind", "per_30_days", "versions"),
    [("generation_unavailabilities", 790, 2.7), ("transmission_network_unavailabilities", 150, 2.7),
     ("other_market_information", 10, 1.7)],
)  # fmt: skip
def test_how_many_there_are(kind: str, per_30_days: float, versions: float) -> None:
    now = Clock(NOW).now()
    drawn = draw(Grid(1, now // DAY + 30), KINDS[kind].habit)
    span = (drawn.published > now - 3 * 365 * DAY) & (drawn.published <= now)
    months = 3 * 365 / 30
    last = span & ((drawn.superseded == NEVER) | (drawn.superseded > now))
    assert last.sum() / months == pytest.approx(per_30_days, rel=0.15)
    assert span.sum() / last.sum() == pytest.approx(versions, rel=0.1)
    assert (drawn.start[last] > now).sum() > per_30_days / 10, "some are planned ahead"
    assert drawn.published.min() < Clock("2022-01-15T00:00:00Z").now()


@pytest.mark.parametrize("kind", KINDS)
def test_a_later_grid_repeats_the_same_past(kind: str) -> None:
    now = Clock(NOW).now()
    near, far = (draw(Grid(1, now // DAY + ahead), KINDS[kind].habit) for ahead in (21, 120))
    for column in ("event", "version", "published", "start", "end", "asset", "die"):
        for drawn in (near, far):
            assert (drawn.published <= now).any()
        before, after = (getattr(drawn, column)[drawn.published <= now] for drawn in (near, far))
        assert np.array_equal(before, after)
    other = draw(Grid(2, now // DAY + 21), KINDS[kind].habit)
    assert not np.array_equal(other.published[:50], near.published[:50]), "another seed is another France"


def test_planned_events_are_told_ahead_and_forced_ones_late(rte: RteClient) -> None:
    firsts = [
        one for one in rte.blocks(GENERATION, **days("2026-11-01", "2026-11-11"), **PUBLISHED) if one["version"] == "1"
    ]
    ahead = {kind: [] for kind in ("PLANNED_MAINTENANCE", "FORCED_UNAVAILABILITY")}
    for one in firsts:
        ahead[one["unavailability_type"]].append(
            (instant(one["start_date"]) - instant(one["publication_date"])).total_seconds()
        )
    assert min(ahead["PLANNED_MAINTENANCE"]) > 0
    assert max(ahead["PLANNED_MAINTENANCE"]) > 60 * DAY
    assert -2 * HOUR < min(ahead["FORCED_UNAVAILABILITY"]) < max(ahead["FORCED_UNAVAILABILITY"]) < 0


def test_network_messages(rte: RteClient) -> None:
    messages = rte.blocks(TRANSMISSION, **days("2026-10-21", "2026-11-20"), **PUBLISHED)
    assert {len(one["values_impacted_NTC"]) for one in messages} >= {1, 2}
    names = {link.name for link in NETWORK}
    for one in messages:
        assert one["affected_asset_or_unit_type"] in ("AC_LINK", "DC_LINK")
        assert one["affected_asset_or_unit_name"] in names
        assert "fuel_type" not in one
        for value in one["values_impacted_NTC"]:
            assert "France" in (value["sender_country_name"], value["receiver_country_name"])
            assert value["sender_country_eic_code"] != value["receiver_country_eic_code"]
            assert value["value"] >= 0


def test_other_information_has_a_status_and_no_values(rte: RteClient) -> None:
    messages = rte.blocks(OTHER, **days("2026-09-01", "2026-11-20"), **PUBLISHED)
    assert len(messages) > 20
    for one in messages:
        assert one["status"] in ("ACTIVE", "DISMISSED")
        assert not {"values", "event_status", "fuel_type"} & set(one)


# --- filters


def test_newest_publication_first(week: list[dict[str, Any]]) -> None:
    published = [instant(one["publication_date"]) for one in week]
    assert published == sorted(published, reverse=True)
    assert instant("2026-11-01T00:00:00Z") <= published[-1] < published[0] < instant("2026-11-11T00:00:00Z")


def test_windows_of_publication_join(rte: RteClient, week: list[dict[str, Any]]) -> None:
    halves = [
        rte.blocks(GENERATION, **days(*bounds), **PUBLISHED)
        for bounds in (("2026-11-05", "2026-11-11"), ("2026-11-01", "2026-11-05"))
    ]
    assert halves[0] + halves[1] == week


def test_the_other_dates(rte: RteClient) -> None:
    bounds = days("2026-11-10", "2026-11-11")
    first, last = instant(bounds["start_date"]), instant(bounds["end_date"])
    created = rte.blocks(GENERATION, **bounds, date_type="CREATION_DATE")
    assert created
    assert all(first <= instant(one["creation_date"]) < last for one in created)
    for default in ({}, {"date_type": "EVENT_DATE"}):
        running = rte.blocks(GENERATION, **bounds, **default)
        assert len(running) > 20
        assert all(instant(one["start_date"]) < last and instant(one["end_date"]) > first for one in running)
    ahead = rte.blocks(GENERATION, **days("2027-01-10", "2027-01-20"))
    assert len(ahead) > 5, "planned events of the future are known"
    assert all(instant(one["publication_date"]) <= instant(NOW) for one in ahead)


def test_without_dates_today_is_answered(rte: RteClient) -> None:
    assert rte.blocks(GENERATION) == rte.blocks(
        GENERATION, start_date="2026-11-20T23:00:00Z", end_date="2026-11-21T23:00:00Z", date_type="EVENT_DATE"
    )
    today = rte.blocks(GENERATION, **PUBLISHED)
    assert {instant(one["publication_date"]).day for one in today} <= {20, 21}


def test_last_versions_only(rte: RteClient, week: list[dict[str, Any]]) -> None:
    asked = {**days("2026-11-01", "2026-11-11"), "date_type": "PUBLICATION_DATE"}
    last = rte.blocks(GENERATION, **asked, last_version="true")
    assert last == rte.blocks(GENERATION, **asked), "it is what comes unless asked otherwise"
    assert 0.25 < len(last) / len(week) < 0.6
    assert len({one["identifier"] for one in last}) == len(last)
    assert [one for one in week if one in last] == last


def test_the_past_of_last_versions_is_rewritten(url: SimulatorUrl) -> None:
    url.set_quotas()
    asked = {**days("2026-11-01", "2026-11-11"), "date_type": "PUBLICATION_DATE", "last_version": "true"}
    before = log_in(url).blocks(GENERATION, **asked)
    url.advance(20 * DAY)
    after = log_in(url).blocks(GENERATION, **asked)
    assert len(after) < len(before)
    assert [one for one in before if one in after] == after


def test_fuels_and_statuses(rte: RteClient, week: list[dict[str, Any]]) -> None:
    bounds = days("2026-11-01", "2026-11-11")
    gas = rte.blocks(GENERATION, **bounds, **PUBLISHED, fuel_type="NUCLEAR,FOSSIL_GAS")
    assert gas == [one for one in week if one["fuel_type"] in ("NUCLEAR", "FOSSIL_GAS")]
    river = rte.blocks(GENERATION, **bounds, **PUBLISHED, fuel_type="HYDRO_RUN-OF-RIVER_AND_POUNDAGE")
    assert river, "this API spells it with hyphens"
    dismissed = rte.blocks(GENERATION, **bounds, **PUBLISHED, event_status="DISMISSED")
    assert dismissed == [one for one in week if one["event_status"] == "DISMISSED"]
    assert rte.blocks(GENERATION, **bounds, **PUBLISHED, event_status="ACTIVE,DISMISSED") == week


@pytest.mark.parametrize("path", EVERY)
def test_nothing_found_is_404(rte: RteClient, path: str) -> None:
    answer = rte.get(path, **days("2021-03-01", "2021-03-05"), **PUBLISHED)
    assert (answer.status_code, answer.content) == (404, b"")


# --- refusals

GOOD = days("2026-11-01", "2026-11-11")


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"start_date": "2026-11-01T00:00:00Z", "end_date": None}, "F01"),
        ({"start_date": "2026-11-01T00:00:00+00:00"}, "F03"),
        ({"end_date": "2026-11-11T01:00:00+01:00"}, "F03"),
        ({"start_date": "2026-11-01"}, "F03"),
        ({"start_date": "2026-13-01T00:00:00Z"}, "F03"),
        ({"date_type": "PUBLICATION_DATE", "end_date": NOW}, "F02"),
        ({"date_type": "PUBLICATION_DATE", "end_date": "2026-11-22T00:00:00Z"}, "F02"),
        ({"start_date": "2026-11-12T00:00:00Z"}, "F04"),
        ({"country_eic_code": "10YFR-RTE------C"}, "F05"),
        ({"date_type": "publication_date"}, "F06"),
        ({"last_version": "yes"}, "F06"),
        ({"event_status": "INACTIVE"}, "F06"),
        ({"fuel_type": "COFFEE"}, "F06"),
    ],
)
def test_refusals(rte: RteClient, wrong: dict[str, Any], code: str) -> None:
    asked = {name: value for name, value in {**GOOD, **wrong}.items() if value is not None}
    assert rte.error(GENERATION, **asked) == f"UNADINFO_GENUN_{code}"


def test_the_window_may_end_in_the_future_unless_it_is_of_publications(rte: RteClient) -> None:
    ahead = {"start_date": "2026-11-20T00:00:00Z", "end_date": "2027-02-01T00:00:00Z"}
    assert rte.get(GENERATION, **ahead).status_code in (200, 206)
    just_past = {**GOOD, "end_date": "2026-11-21T11:59:00Z"}
    assert rte.get(OTHER, **just_past, **PUBLISHED).status_code == 200


def test_each_resource_has_its_own_codes_and_parameters(rte: RteClient) -> None:
    assert rte.error(TRANSMISSION, **GOOD, fuel_type="NUCLEAR") == "UNADINFO_TRANSNETUN_F05"
    assert rte.error(OTHER, start_date="x", end_date="y") == "UNADINFO_OTHMARINF_F03"
    text = rte.get(GENERATION, **{**GOOD, "start_date": "2026-11-01"}).json()["error_description"]
    assert "format" in text


# --- pages

LONG = {**days("2026-10-10", "2026-11-10"), **PUBLISHED}


def test_more_than_a_thousand_come_in_pages(rte: RteClient) -> None:
    pages = paged(rte, GENERATION, **LONG)
    assert [len(page) for page in pages[:-1]] == [1000] * (len(pages) - 1)
    assert len(pages) == 3
    assert 0 < len(pages[-1]) <= 1000
    whole = [one for page in pages for one in page]
    assert len({one["message_id"] for one in whole}) == len(whole)
    assert whole[:5] == rte.blocks(GENERATION, **days("2026-11-08", "2026-11-10"), **PUBLISHED)[:5]


def first_token(rte: RteClient) -> dict[str, str]:
    answer = rte.get(GENERATION, **LONG)
    assert answer.status_code == 206
    return {"continuation_token": answer.headers["continuation_token"]}


def test_a_token_lives_a_minute(url: SimulatorUrl) -> None:
    url.set_quotas()
    rte = log_in(url)
    token = first_token(rte)
    url.advance(60)
    assert RteClient(url, rte.token, token).get(GENERATION, **LONG).status_code == 206
    url.advance(1)
    assert RteClient(url, rte.token, token).error(GENERATION, **LONG) == "UNADINFO_GENUN_F07"


def test_a_token_is_for_its_own_question(rte: RteClient) -> None:
    client = RteClient(rte.url, rte.token, first_token(rte))
    assert client.error(GENERATION, **{**LONG, "last_version": "true"}) == "UNADINFO_GENUN_F07"
    assert RteClient(rte.url, rte.token, {"continuation_token": "nonsense"}).get(GENERATION, **LONG).status_code == 400


def test_later_pages_show_what_was_known_at_the_first(url: SimulatorUrl) -> None:
    url.set_quotas()
    rte = log_in(url)
    asked = {**days("2026-10-01", "2026-12-31"), "last_version": "false"}
    still = paged(rte, GENERATION, **asked)
    headers: dict[str, str] = {}
    moving = []
    for _ in still:
        answer = RteClient(url, rte.token, headers).get(GENERATION, **asked)
        headers = {"continuation_token": answer.headers.get("continuation_token", "")}
        moving.append(answer.json()["generation_unavailabilities"])
        url.advance(55)
    assert len(still) > 2
    assert moving == still


def test_twenty_calls_an_hour_pages_included(url: SimulatorUrl) -> None:
    rte = log_in(url)
    assert len(paged(rte, GENERATION, **LONG)) == 3
    assert [rte.get(path).status_code for path in (EVERY * 6)[:17]].count(429) == 0
    refused = rte.get(TRANSMISSION)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "3600")
    url.advance(3600)
    assert log_in(url).get(GENERATION).status_code == 200


def test_the_sandbox_knows_no_pages(rte: RteClient) -> None:
    path = GENERATION.replace("/v7/", "/v7/sandbox/")
    answer = rte.get(path, **LONG, colour="red")
    assert answer.status_code == 200
    assert RteClient(rte.url, rte.token, first_token(rte)).get(path).json() == answer.json()
