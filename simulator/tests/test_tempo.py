"""The Tempo calendar: colours, when they are known, JSON and XML."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from simulator.model import tempo
from simulator.model.calendar import public_holidays
from simulator.model.grid import FIRST_SERVED_DAY
from simulator.testing import RteClient, SimulatorUrl, log_in, running_simulator
from simulator.world import World, build

from simulator import paris

PATH = "tempo_like_supply_contract/v1/tempo_like_calendars"
NOON = "2026-11-21T12:00:00Z"
MORNING = "2026-11-21T09:39:59Z"  # one second before 10:40 in Paris


@pytest.fixture(scope="module")
def morning() -> Iterator[RteClient]:
    with running_simulator(now=MORNING) as url:
        yield log_in(url)


def window(first: str, last: str) -> dict[str, str]:
    """Bounds at Paris midnights."""
    texts = [paris.iso_one(paris.midnight(paris.day_number(date.fromisoformat(day)))) for day in (first, last)]
    return dict(zip(("start_date", "end_date"), texts, strict=True))


def calendar(rte: RteClient, **params: str) -> dict[str, Any]:
    answer = rte.get(PATH, **params)
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["tempo_like_calendars"])


def season(rte: RteClient, year: int) -> list[dict[str, Any]]:
    return list(calendar(rte, **window(f"{year}-09-01", f"{year + 1}-09-01"))["values"])


def day_of(row: dict[str, Any]) -> date:
    return date.fromisoformat(row["start_date"][:10])


def colours_between(world: World, first: date, last: date) -> dict[date, int]:
    found = tempo.colours(world.grid, world.france.temperature)
    begin = paris.day_number(first) - FIRST_SERVED_DAY
    return {first + timedelta(days=n): int(found[begin + n]) for n in range((last - first).days)}


# --- the colours


@pytest.mark.parametrize("year", [2022, 2023, 2024, 2025])
def test_a_season_has_22_red_and_43_white_days(shared_rte: RteClient, year: int) -> None:
    rows = season(shared_rte, year)
    counts = Counter(row.get("value", "BLUE") for row in rows)
    assert (counts["RED"], counts["WHITE"]) == (22, 43)
    assert counts["BLUE"] == len(rows) - 65
    assert len(rows) in (365, 366)


def test_red_days_are_workdays_of_winter_and_no_white_one_is_a_sunday(shared_rte: RteClient) -> None:
    for year in (2022, 2023, 2024, 2025):
        holidays = public_holidays(year) + public_holidays(year + 1)
        for row in season(shared_rte, year):
            day = day_of(row)
            if row.get("value") == "RED":
                assert day.month in (11, 12, 1, 2, 3)
                assert day.weekday() < 5
                assert day not in holidays
            if row.get("value") == "WHITE":
                assert day.weekday() < 6


def test_the_coldest_days_are_red(world: World) -> None:
    hours = paris.local_days(world.grid.hours)
    for year in (2022, 2023, 2024, 2025):
        winter = colours_between(world, date(year, 11, 1), date(year + 1, 4, 1))
        means: dict[int, list[float]] = {tempo.BLUE: [], tempo.WHITE: [], tempo.RED: []}
        for day, colour in winter.items():
            of_day = world.france.temperature[hours == paris.day_number(day)]
            means[colour].append(float(of_day.mean()))
        assert np.mean(means[tempo.RED]) < np.mean(means[tempo.WHITE]) < np.mean(means[tempo.BLUE])
        assert np.mean(means[tempo.RED]) < 7


def first_colours(seed: int, days: int) -> list[int]:
    """As a world knows them that ends so many days after 1 January 2022."""
    world = build(seed, FIRST_SERVED_DAY + days)
    return tempo.colours(world.grid, world.france.temperature).tolist()


def test_a_later_world_keeps_the_colours(world: World) -> None:
    early = first_colours(world.grid.seed, 90)
    assert tempo.RED in early
    assert tempo.colours(world.grid, world.france.temperature)[:80].tolist() == early[:80]
    assert first_colours(world.grid.seed + 1, 90)[:80] != early[:80], "another seed has other colours"


def test_one_day_was_published_without_its_colour(shared_rte: RteClient) -> None:
    without = [row for row in season(shared_rte, 2022) if "value" not in row]
    assert [row["start_date"] for row in without] == ["2022-12-28T00:00:00+01:00"]
    assert "updated_date" in without[0]


# --- the answer


def test_the_root_is_an_object_and_the_newest_day_comes_first(shared_rte: RteClient) -> None:
    answer = calendar(shared_rte, **window("2026-03-20", "2026-04-10"))
    assert list(answer) == ["start_date", "end_date", "values"]
    assert (answer["start_date"], answer["end_date"]) == ("2026-03-20T00:00:00+01:00", "2026-04-10T00:00:00+02:00")
    days = [day_of(row) for row in answer["values"]]
    assert days == [date(2026, 4, 9) - timedelta(days=number) for number in range(21)]
    for row in answer["values"]:
        assert list(row) == ["start_date", "end_date", "value", "updated_date"]
        assert day_of({"start_date": row["end_date"]}) - day_of(row) == timedelta(days=1)


def test_updated_date_is_always_the_day_before_at_20_past_10(shared_rte: RteClient) -> None:
    for row in calendar(shared_rte, **window("2025-10-15", "2026-04-15"))["values"]:
        updated = datetime.fromisoformat(row["updated_date"])
        assert updated.date() == day_of(row) - timedelta(days=1)
        assert (updated.hour, updated.minute) == (10, 20)


def test_tomorrow_is_known_from_20_to_11(morning: RteClient) -> None:
    assert [day_of(row) for row in calendar(morning)["values"]] == [date(2026, 11, 21)]
    asked = window("2026-11-20", "2026-11-23")
    assert [day_of(row).day for row in calendar(morning, **asked)["values"]] == [21, 20]
    assert morning.error(PATH, **window("2026-11-22", "2026-11-23")) == "TMPLIKSUPCON_TMPLIKCAL_F04"
    with running_simulator(now="2026-11-21T09:40:00Z") as url:
        later = log_in(url)
        assert [day_of(row) for row in calendar(later)["values"]] == [date(2026, 11, 22)]
        assert [day_of(row).day for row in calendar(later, **asked)["values"]] == [22, 21, 20]
        assert len(calendar(later, **window("2026-11-22", "2026-11-23"))["values"]) == 1


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"start_date": "2026-11-01T00:00:00+01:00"}, "F01"),
        (window("2026-11-10", "2026-11-01"), "F02"),
        (window("2025-01-01", "2026-01-03"), "F03"),
        (window("2026-11-10", "2026-11-24"), "F04"),
        ({"start_date": "2026-11-10T00:00:00+01:00", "end_date": "2026-11-10T12:00:00+01:00"}, "F05"),
        ({"start_date": "2026-11-10", "end_date": "2026-11-12"}, "F06"),
        ({"fallback_status": "perhaps"}, "F07"),
    ],
)
def test_refusals(shared_rte: RteClient, asked: dict[str, str], code: str) -> None:
    assert shared_rte.error(PATH, **asked) == f"TMPLIKSUPCON_TMPLIKCAL_{code}"


def test_a_year_and_a_day_after_tomorrow_are_allowed(shared_rte: RteClient) -> None:
    rows = calendar(shared_rte, **window("2025-11-22", "2026-11-23"))["values"]
    assert len(rows) == 366


def test_fallback_is_said_of_today_and_tomorrow_when_asked(shared_rte: RteClient) -> None:
    asked = window("2026-11-18", "2026-11-23")
    rows = calendar(shared_rte, **asked, fallback_status="true")["values"]
    assert [type(row.get("fallback")) for row in rows] == [bool, bool, type(None), type(None), type(None)]
    for plain in ({}, {"fallback_status": "false"}):
        assert not any("fallback" in row for row in calendar(shared_rte, **asked, **plain)["values"])


@pytest.mark.parametrize("accept", ["*/*", "application/xml", "text/html, */*"])
def test_xml_unless_json_is_named(shared_rte: RteClient, accept: str) -> None:
    asked = window("2022-11-15", "2023-03-01")
    client = RteClient(shared_rte.url, shared_rte.token, {"Accept": accept})
    answer = client.get(PATH, **asked)
    assert answer.headers["Content-Type"].startswith("application/xml")
    root = ElementTree.fromstring(answer.content)
    assert root.tag == "Tempos"
    words = {"BLUE": "BLEU", "WHITE": "BLANC", "RED": "ROUGE", None: None}
    expected = [(str(day_of(row)), words[row.get("value")]) for row in calendar(shared_rte, **asked)["values"]]
    assert [(one.findtext("DateApplication"), one.findtext("Couleur")) for one in root.iter("Tempo")] == expected
    assert {word for _, word in expected} == {"BLEU", "BLANC", "ROUGE", None}


def test_json_among_others_is_json(shared_rte: RteClient) -> None:
    client = RteClient(shared_rte.url, shared_rte.token, {"Accept": "application/json, text/plain"})
    assert calendar(client) == calendar(shared_rte)


def test_the_sandbox_heeds_accept(shared_rte: RteClient) -> None:
    path = PATH.replace("/v1/", "/v1/sandbox/")
    assert shared_rte.get(path, start_date="x").json()["tempo_like_calendars"]["values"]
    assert RteClient(shared_rte.url, shared_rte.token, {"Accept": "*/*"}).get(path).text.startswith("<?xml")


def test_a_season_that_has_only_begun(url: SimulatorUrl) -> None:
    url.move_to("2022-01-05T12:00:00Z")
    rows = calendar(log_in(url), **window("2021-12-01", "2022-01-06"))["values"]
    assert [day_of(row) for row in rows] == [date(2022, 1, day) for day in (5, 4, 3, 2, 1)]
