"""Ecowatt: four days, the hours to come, refreshes, tense days, one call in a quarter of an hour."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
from simulator.model import tension
from simulator.model.grid import FIRST_SERVED_DAY
from simulator.paris import midnight
from simulator.rte import ecowatt
from simulator.testing import RteClient, SimulatorUrl, log_in
from simulator.world import World, build
from starlette.datastructures import QueryParams

PATH = "ecowatt/v5/signals"


def seen(world: World, moment: str) -> list[dict[str, Any]]:
    """The signals at a moment of the Paris clock, written with its offset."""
    now = int(datetime.fromisoformat(moment).timestamp())
    return list(ecowatt.signals(world, QueryParams(), now)["signals"])


def days(signals: list[dict[str, Any]]) -> list[str]:
    return [signal["jour"][:10] for signal in signals]


def hours(signals: list[dict[str, Any]], day: str) -> list[int]:
    (signal,) = (signal for signal in signals if signal["jour"].startswith(day))
    return [value["pas"] for value in signal["values"]]


def test_the_shape(rte: RteClient) -> None:
    signals = rte.get(PATH, ignored="yes").json()["signals"]
    for signal in signals:
        assert list(signal) == ["GenerationFichier", "jour", "dvalue", "message", "values"]
        assert all(list(value) == ["pas", "hvalue"] for value in signal["values"])
        assert {value["hvalue"] for value in signal["values"]} <= {0, 1, 2, 3}


def test_four_days_in_no_order(world: World) -> None:
    signals = seen(world, "2026-11-21T13:00:00+01:00")
    assert sorted(days(signals)) == ["2026-11-21", "2026-11-22", "2026-11-23", "2026-11-24"]
    assert days(signals) != sorted(days(signals))


def test_the_last_day_comes_at_eight(world: World) -> None:
    assert len(seen(world, "2026-11-21T07:59:59+01:00")) == 3
    assert max(days(seen(world, "2026-11-21T00:00:00+01:00"))) == "2026-11-23"
    assert max(days(seen(world, "2026-11-21T08:00:00+01:00"))) == "2026-11-24"
    assert len(seen(world, "2026-11-21T23:59:59+01:00")) == 4


def test_today_holds_the_hours_to_come(world: World) -> None:
    for moment, first in (("00:00:00", 0), ("13:59:59", 13), ("23:59:59", 23)):
        signals = seen(world, f"2026-11-21T{moment}+01:00")
        assert hours(signals, "2026-11-21") == list(range(first, 24))
        assert hours(signals, "2026-11-22") == list(range(24))


def test_days_of_a_clock_change_have_24_hours_too(world: World) -> None:
    for day, offset in (("2026-03-29", "+01:00"), ("2025-10-26", "+02:00")):
        before = (datetime.fromisoformat(day) - timedelta(days=1)).date()
        assert hours(seen(world, f"{before}T12:00:00{offset}"), day) == list(range(24))


def test_the_stamp_is_that_of_the_last_refresh(world: World) -> None:
    moments = ("21T07:00", "21T08:30", "21T12:00", "21T17:10", "21T22:59", "21T23:10", "22T07:00")
    stamps = [seen(world, f"2026-11-{moment}:00+01:00")[0]["GenerationFichier"] for moment in moments]
    assert [stamp[8:13] for stamp in stamps] == ["20T23", "21T08", "21T08", "21T17", "21T17", "21T23", "21T23"]
    assert stamps[1] == stamps[2]
    assert stamps[3] == stamps[4]
    assert stamps[5] == stamps[6]


def test_one_refresh_says_one_thing(world: World) -> None:
    first, second = (seen(world, f"2026-11-21T{moment}+01:00") for moment in ("18:00:00", "19:30:00"))
    assert [signal["dvalue"] for signal in first] == [signal["dvalue"] for signal in second]
    assert hours(first, "2026-11-21")[2:] == hours(second, "2026-11-21")[1:]


def surplus(world: World, day: int) -> Any:
    begin = (midnight(day) - world.grid.epoch) // 900
    return world.france.generation.surplus[begin : begin + 96]


def test_tense_days_are_orange_or_red_and_come_with_words(world: World) -> None:
    found: dict[int, list[float]] = {1: [], 2: [], 3: []}
    texts: dict[int, set[str]] = {1: set(), 2: set(), 3: set()}
    for day in range(FIRST_SERVED_DAY + 5, FIRST_SERVED_DAY + 4 * 365):
        signals = ecowatt.signals(world, QueryParams(), midnight(day) + 60)["signals"]
        today = signals[-1]
        assert today["dvalue"] == max(1, *(value["hvalue"] for value in today["values"]))
        found[today["dvalue"]].append(float(surplus(world, day).min()))
        texts[today["dvalue"]].add(today["message"])
    assert len(found[1]) > 1200
    assert 5 < len(found[2]) < 120
    assert 1 < len(found[3]) < 60
    assert np.max(found[3]) < np.mean(found[2]) < np.mean(found[1])
    for (message,) in texts.values():
        assert message.startswith(" ")
        assert message.endswith(" ")
        assert "’" in message
        assert "'" not in message
    assert len({message for (message,) in texts.values()}) == 3


def test_low_carbon_hours_are_there_and_none_is_tense_in_summer(world: World) -> None:
    summer = seen(world, "2025-06-15T00:10:00+02:00")
    values = {value["hvalue"] for signal in summer for value in signal["values"]}
    assert tension.LOW_CARBON in values
    assert not {tension.ORANGE, tension.RED} & values


def test_a_day_ahead_is_seen_nearly_as_it_will_be(world: World) -> None:
    same, days_seen = 0, 0
    for day in range(FIRST_SERVED_DAY + 20, FIRST_SERVED_DAY + 80):
        today = tension.levels(world.france, day, day, 0)
        ahead = tension.levels(world.france, day, day - 3, 1)
        same += int((today == ahead).sum())
        days_seen += 1
    assert 0.9 < same / (24 * days_seen) < 1


def test_one_call_in_a_quarter_of_an_hour(rte: RteClient) -> None:
    assert rte.get(PATH).status_code == 200
    rte.url.advance(300)
    refused = rte.get(PATH)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "600")
    assert rte.get("ecowatt/v5/sandbox/signals").status_code == 200
    assert rte.get("ecowatt/v4/signals").status_code == 429, "the quota comes before the subscription"
    rte.url.advance(600)
    assert rte.get("ecowatt/v5/signals").status_code == 200


def test_the_retired_version_is_not_subscribed(url: SimulatorUrl) -> None:
    assert log_in(url).get("ecowatt/v4/signals").status_code == 403


def test_a_later_world_says_the_same(world: World) -> None:
    early = build(world.grid.seed, FIRST_SERVED_DAY + 60)
    moment = "2022-01-18T12:00:00+01:00"
    assert seen(early, moment) == seen(world, moment)
