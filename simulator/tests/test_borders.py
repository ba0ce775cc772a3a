"""What is scheduled, offered and traded over the borders, resource by resource."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from simulator.rte.errors import FunctionalError
from simulator.testing import RteClient
from simulator.world import World

Ask = Callable[..., Any]

SCHEDULE = "exchange_schedule/v1/schedule"
RIGHTS = "exchange_schedule/v1/sum_rights_document"
NTC = "ntc/v1/ntc"
ZONAL = "cross_zonal_capacity/v1"
CONGESTION = "congestion/v1"
SPRING, AUTUMN = ("2026-03-29", "2026-03-30"), ("2025-10-26", "2025-10-27")
AROUND_SPRING, AROUND_AUTUMN = ("2026-03-28", "2026-03-31"), ("2025-10-25", "2025-10-28")
LONGEST = {
    SCHEDULE: 31,
    RIGHTS: 155,
    NTC: 62,
    f"{ZONAL}/annual_monthly_auctions_specifications": 155,
    f"{ZONAL}/initial_offered_capacities_d-1": 155,
    f"{ZONAL}/initial_offered_capacities_id": 155,
    f"{ZONAL}/results_id": 155,
    f"{CONGESTION}/costs": 155,
    f"{CONGESTION}/countertrading": 155,
    f"{CONGESTION}/redispatching": 155,
}
AHEAD = dict.fromkeys(LONGEST, 1) | {
    SCHEDULE: 2,
    RIGHTS: 2,
    NTC: 2,
    f"{ZONAL}/initial_offered_capacities_d-1": 2,
    f"{ZONAL}/initial_offered_capacities_id": 2,
    f"{ZONAL}/results_id": 2,
}


def direction(block: dict[str, Any]) -> tuple[str, str]:
    return block["sender_country_name"], block["receiver_country_name"]


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def joined(values: list[dict[str, Any]]) -> bool:
    return all(earlier["end_date"] == later["start_date"] for earlier, later in pairwise(values))


def on(values: list[dict[str, Any]], day: str) -> list[dict[str, Any]]:
    return [value for value in values if value["start_date"].startswith(day)]


# --- windows


@pytest.mark.parametrize("path", LONGEST)
def test_windows_have_a_longest_length(ask: Ask, path: str) -> None:
    begin = datetime(2026, 5, 1)
    for days, allowed in ((LONGEST[path], True), (LONGEST[path] + 1, False)):
        window = f"{begin:%Y-%m-%d}", f"{begin + timedelta(days=days):%Y-%m-%d}"
        if allowed:
            assert ask(path, *window) is not None
        else:
            with pytest.raises(FunctionalError, match="F03"):
                ask(path, *window)


@pytest.mark.parametrize("path", LONGEST)
def test_windows_end_soon_after_now(ask: Ask, path: str) -> None:
    end = datetime(2026, 11, 21) + timedelta(days=AHEAD[path])
    assert ask(path, "2026-11-20", f"{end:%Y-%m-%d}") is not None
    with pytest.raises(FunctionalError, match="F04"):
        ask(path, "2026-11-20", f"{end + timedelta(days=1):%Y-%m-%d}")


@pytest.mark.parametrize("path", LONGEST)
def test_other_refusals(ask: Ask, path: str) -> None:
    for code, params in {
        "F01": {"start_date": "2026-01-10T00:00:00+01:00"},
        "F02": {"start_date": "2026-01-10T00:00:00+01:00", "end_date": "2026-01-09T00:00:00+01:00"},
        "F05": {"start_date": "2026-01-10T00:00:00+01:00", "end_date": "2026-01-10T12:00:00+01:00"},
        "F06": {"start_date": "2026-01-10", "end_date": "2026-01-12"},
    }.items():
        with pytest.raises(FunctionalError, match=code):
            ask(path, **params)


@pytest.mark.parametrize("path", [SCHEDULE, NTC])
def test_types_are_chosen_and_checked(ask: Ask, path: str) -> None:
    (blocks,) = ask(path, "2026-11-01", "2026-11-03", type="D-1").values()
    assert {block["type"] for block in blocks} == {"D-1"}
    with pytest.raises(FunctionalError, match="F07"):
        ask(path, "2026-11-01", "2026-11-03", type="D-9")


@pytest.mark.parametrize("path", LONGEST)
def test_the_same_question_gets_the_same_answer(ask: Ask, path: str) -> None:
    """Also later, where nothing new could have been published."""
    window = ("2026-09-01", "2026-09-10")
    assert ask(path, *window) == ask(path, *window) == ask(path, *window, now="2026-11-10T08:00:00Z")


@pytest.mark.parametrize("path", LONGEST)
def test_nothing_is_dated_after_now(ask: Ask, path: str) -> None:
    now = "2026-11-20T09:30:00Z"
    (blocks,) = ask(path, "2026-11-14", "2026-11-21", now=now).values()
    stamps = [
        row["updated_date"] for block in blocks for row in (block, *block.get("values", [])) if "updated_date" in row
    ]
    assert all(instant(stamp) <= instant(now) for stamp in stamps)


# --- schedules


def net(blocks: list[dict[str, Any]], types: tuple[str, ...]) -> dict[str, dict[str, float]]:
    """By neighbour and hour, exports positive."""
    found: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for block in blocks:
        if block["type"] in types:
            sender, receiver = direction(block)
            for row in block["values"]:
                found[receiver if sender == "France" else sender][row["start_date"]] += (
                    row["value"] if sender == "France" else -row["value"]
                )
    return found


def test_schedules_are_near_the_physical_flows(ask: Ask) -> None:
    window = ("2026-02-01", "2026-02-20")
    scheduled = net(ask(SCHEDULE, *window)["schedules"], ("D-1", "ID"))
    flows = net(
        [{**b, "type": "flow"} for b in ask("physical_flow/v1/physical_flows", *window)["physical_flows"]], ("flow",)
    )
    assert len(scheduled) == 6
    for neighbour, hours in flows.items():
        gaps = np.array([value - scheduled[neighbour][hour] for hour, value in hours.items()])
        assert np.abs(gaps).mean() < 150
        assert np.abs(gaps).max() < 800


def test_schedules_by_type(ask: Ask) -> None:
    blocks = ask(SCHEDULE, "2026-02-01", "2026-02-20")["schedules"]
    assert len(blocks) == 3 * 12
    assert [block["type"] for block in blocks[::12]] == ["ID", "D-1", "LT"]
    values = {
        kind: [row["value"] for b in blocks if b["type"] == kind for row in b["values"]] for kind in ("ID", "D-1")
    }
    assert min(values["ID"]) == min(values["D-1"]) == 0
    assert all(value == int(value) for value in values["D-1"])
    assert any(value != int(value) for value in values["ID"])
    both_ways = [block for block in blocks if block["type"] == "D-1" and "Germany" in direction(block)]
    assert all(out["value"] * back["value"] == 0 for out, back in zip(*(b["values"] for b in both_ways), strict=True))


def test_schedules_are_published_step_by_step(ask: Ask) -> None:
    """At noon in Paris tomorrow has its long-term nominations only, and today intraday figures up to 12:00."""
    blocks = ask(SCHEDULE, "2026-11-20", "2026-11-22", now="2026-11-20T11:00:00Z")["schedules"]
    last = {block["type"]: block["values"][-1]["end_date"] for block in blocks}
    assert last == {
        "ID": "2026-11-20T13:00:00+01:00",
        "D-1": "2026-11-21T00:00:00+01:00",
        "LT": "2026-11-22T00:00:00+01:00",
    }


@pytest.mark.parametrize(("window", "hours"), [(AROUND_SPRING, 71), (AROUND_AUTUMN, 73)])
def test_schedules_are_rightly_labelled_on_clock_changes(ask: Ask, window: tuple[str, str], hours: int) -> None:
    for block in ask(SCHEDULE, *window)["schedules"]:
        values = block["values"]
        assert len({instant(row["start_date"]).timestamp() for row in values}) == len(values) == hours
        assert joined(values)


def test_rights_from_germany_are_an_empty_block(ask: Ask) -> None:
    blocks = ask(RIGHTS, "2026-02-01", "2026-02-04")["sum_rights_document"]
    assert len(blocks) == 3 * 9
    assert {direction(block) for block in blocks if not block["values"]} == {("Germany", "France")}


def test_rights_to_germany_start_an_hour_early_after_the_autumn_change(ask: Ask) -> None:
    blocks = ask(RIGHTS, "2025-10-20", "2025-11-05")["sum_rights_document"]
    early = [b for b in blocks if b["values"] and b["values"][0]["start_date"] != b["start_date"]]
    assert {direction(block) for block in early} == {("France", "Germany")}
    assert [block["start_date"][:10] for block in early] == [
        f"2025-{day}"
        for day in (
            "10-27",
            "10-28",
            "10-29",
            "10-30",
            "10-31",
            "11-01",
        )
    ]
    for block in early:
        gap = instant(block["start_date"]) - instant(block["values"][0]["start_date"])
        assert gap == timedelta(hours=1)
        assert len(block["values"]) == 24


# --- capacities


def test_capacity_holds_what_is_scheduled(ask: Ask) -> None:
    window = ("2026-02-01", "2026-03-01")
    offered = {
        (direction(b), row["start_date"]): row["value"]
        for b in ask(NTC, *window, type="D-1")["ntc"]
        for row in b["values"]
    }
    checked = 0
    for block in ask(SCHEDULE, *window, type="D-1")["schedules"]:
        for row in block["values"]:
            key = direction(block), row["start_date"]
            if key in offered:
                checked += 1
                assert row["value"] <= offered[key]
    assert checked == 8 * 28 * 24


def test_capacity_blocks_and_their_steps(ask: Ask) -> None:
    by_type = defaultdict(list)
    for block in ask(NTC, "2026-02-10", "2026-02-20")["ntc"]:
        by_type[block["type"]].append(block)
    assert list(by_type) == ["CURTAILED", "D-1", "WEEKLY", "MONTHLY", "ANNUAL"]
    spans = {kind: {(b["start_date"][:10], b["end_date"][:10]) for b in blocks} for kind, blocks in by_type.items()}
    assert spans["ANNUAL"] == {("2026-01-01", "2027-01-01")}
    assert spans["MONTHLY"] == {("2026-02-01", "2026-03-01")}
    assert spans["WEEKLY"] == {("2026-02-09", "2026-02-16"), ("2026-02-16", "2026-02-23")}
    assert len(spans["D-1"]) == 10
    rows = {
        kind: sum(len(b["values"]) for b in blocks if direction(b) == ("France", "Italy"))
        for kind, blocks in by_type.items()
    }
    assert (rows["ANNUAL"], rows["MONTHLY"], rows["WEEKLY"], rows["D-1"]) == (1, 10, 240, 240)
    assert all(row["value"] > 0 and row["value"] % 50 == 0 for b in by_type["WEEKLY"] for row in b["values"])


def test_curtailments_are_rare(ask: Ask) -> None:
    blocks = ask(NTC, "2026-01-01", "2026-03-01", type="CURTAILED")["ntc"]
    filled = [block for block in blocks if block["values"]]
    assert 0 < len(filled) < 0.08 * len(blocks)
    assert {len(block["values"]) for block in filled} == {24}


@pytest.mark.parametrize(
    ("window", "day", "count", "last"),
    [
        (AROUND_SPRING, SPRING[0], 22, "2026-03-29T23:00:00+02:00"),
        (AROUND_AUTUMN, AUTUMN[0], 25, "2025-10-27T00:00:00+01:00"),
    ],
)
def test_capacity_of_the_day_ahead_on_clock_changes(
    ask: Ask, window: tuple[str, str], day: str, count: int, last: str
) -> None:
    blocks = [b for b in ask(NTC, *window, type="D-1")["ntc"] if b["start_date"].startswith(day)]
    assert len(blocks) == 8
    for block in blocks:
        assert len(block["values"]) == count
        assert joined(block["values"])
        assert block["values"][-1]["end_date"] == last


def test_capacity_is_public_early_or_late_by_type(ask: Ask) -> None:
    """A Thursday morning: the next week is not planned, tomorrow is not offered, the year is long known."""
    now = "2026-11-19T08:00:00Z"
    blocks = ask(NTC, "2026-11-19", "2026-11-21", now=now)["ntc"]
    assert {b["start_date"][:10] for b in blocks if b["type"] in ("D-1", "CURTAILED")} == {"2026-11-19"}
    assert {b["start_date"][:10] for b in blocks if b["type"] == "ANNUAL"} == {"2026-01-01"}
    monday = ask(NTC, "2026-11-20", "2026-11-24", now="2026-11-22T08:00:00Z", type="WEEKLY")["ntc"]
    assert {b["start_date"][:10] for b in monday} == {"2026-11-16", "2026-11-23"}


# --- auctions


def test_products_that_auctions_sell(ask: Ask) -> None:
    rows = ask(f"{ZONAL}/annual_monthly_auctions_specifications", "2026-02-10", "2026-03-10")
    (rows,) = rows.values()
    assert len({row["identifier"] for row in rows}) == len(rows) == 3 * 9
    assert [row["type"] for row in rows] == ["MONTHLY"] * 18 + ["ANNUAL"] * 9
    assert rows[0]["identifier"] == "FR-DE-M-BASE-------260301-01"
    for row in rows:
        assert instant(row["updated_date"]) < instant(row["opening_date"]) < instant(row["closure_date"])
        assert instant(row["closure_date"]) < instant(row["start_date"])
        assert joined(row["values"])
        assert (row["values"][0]["start_date"], row["values"][-1]["end_date"]) == (row["start_date"], row["end_date"])
    assert ("Switzerland", "France") not in {direction(row) for row in rows}


def test_daily_offers(ask: Ask) -> None:
    (blocks,) = ask(f"{ZONAL}/initial_offered_capacities_d-1", *AROUND_SPRING).values()
    assert len(blocks) == 3 * 6
    for block in blocks:
        assert ("identifier" in block) == ("Switzerland" in direction(block))
        assert len(block["values"]) == (23 if block["start_date"].startswith(SPRING[0]) else 24)
        assert joined(block["values"])
    (tomorrow,) = ask(
        f"{ZONAL}/initial_offered_capacities_d-1", "2026-11-21", "2026-11-22", now="2026-11-20T08:30:00Z"
    ).values()
    assert {direction(block)[0] for block in tomorrow} == {"France", "Switzerland"}


@pytest.mark.parametrize(("window", "hours"), [(AROUND_SPRING, 71), (AROUND_AUTUMN, 73)])
def test_intraday_offers(ask: Ask, window: tuple[str, str], hours: int) -> None:
    (blocks,) = ask(f"{ZONAL}/initial_offered_capacities_id", *window).values()
    rows = defaultdict(list)
    for block in blocks:
        rows[direction(block)] += block["values"]
    assert {pair: len(values) for pair, values in rows.items()} == {
        pair[::way]: hours * steps
        for pair, steps in {("Germany", "France"): 2, ("Belgium", "France"): 1, ("Switzerland", "France"): 2}.items()
        for way in (1, -1)
    }
    for pair, values in rows.items():
        assert joined(values)
        assert all(("updated_date" in row) != ("Switzerland" in pair) for row in values)
        assert min(row["value"] for row in values) >= 0


def test_sixteen_gates_sell_what_has_not_begun(ask: Ask) -> None:
    blocks = ask(f"{ZONAL}/results_id", "2026-11-10", "2026-11-12")["results_id"]
    assert len(blocks) == 2 * 6
    for block in blocks:
        keys = [(row["start_date"], row["gate_closure_number"]) for row in block["values"]]
        assert len(set(keys)) == len(keys)
        assert {gate for _, gate in keys} == set(range(1, 17))
        assert [gate for _, gate in keys] == sorted(gate for _, gate in keys)
        assert all(instant(row["updated_date"]) < instant(row["start_date"]) for row in block["values"])
    today = ask(f"{ZONAL}/results_id", "2026-11-20", "2026-11-21", now="2026-11-20T11:00:00Z")["results_id"]
    assert {row["gate_closure_number"] for row in today[0]["values"]} == set(range(1, 10))


def test_too_many_gate_results_are_refused(ask: Ask) -> None:
    assert ask(f"{ZONAL}/results_id", "2026-10-01", "2026-10-21").status == 413
    assert ask(f"{ZONAL}/results_id", "2026-10-01", "2026-10-20")["results_id"]


# --- congestion


@pytest.mark.parametrize("name", ["countertrading", "redispatching"])
def test_actions_come_in_versions(ask: Ask, name: str) -> None:
    rows = ask(f"{CONGESTION}/{name}", "2026-01-01", "2026-06-01")[name]
    keys = [
        (
            row.get("identification"),
            str(row.get("transmission_asset")),
            row["start_date"],
            direction(row["values"][0]),
            row["version"],
        )
        for row in rows
    ]
    assert len(set(keys)) == len(keys) > 10
    assert {row["version"] for row in rows} == {1, 2}
    assert [row["start_date"][:10] for row in rows] == sorted((row["start_date"][:10] for row in rows), reverse=True)
    for row in rows:
        assert row["start_date"] == row["values"][0]["start_date"]
        assert row["end_date"] == row["values"][-1]["end_date"]
        assert joined(row["values"])


def test_some_redispatching_is_cancelled(ask: Ask) -> None:
    rows = ask(f"{CONGESTION}/redispatching", "2026-01-01", "2026-06-01")["redispatching"]
    cancelled = [row for row in rows if row["cancelled"]]
    assert 0 < len(cancelled) < len(rows) / 2
    assert {row["version"] for row in cancelled} == {2}
    assert "identification" not in rows[0]


def test_a_second_version_comes_on_the_next_day(ask: Ask) -> None:
    rows = ask(f"{CONGESTION}/countertrading", "2026-01-01", "2026-06-01")["countertrading"]
    second = next(row for row in rows if row["version"] == 2)
    now = instant(second["updated_date"]) - timedelta(minutes=1)
    earlier = ask(f"{CONGESTION}/countertrading", "2026-01-01", f"{now:%Y-%m-%d}", now=now.isoformat())
    versions = [r["version"] for r in earlier["countertrading"] if r["identification"] == second["identification"]]
    assert versions == [1]


def test_costs_are_those_of_the_actions(ask: Ask) -> None:
    (rows,) = ask(f"{CONGESTION}/costs", "2026-01-01", "2026-04-01").values()
    assert [(row["start_date"][:7], row["type"]) for row in rows] == [
        (month, kind)
        for month in ("2026-03", "2026-02", "2026-01")
        for kind in ("REDISPATCHING", "COUNTERTRADING", "CONGESTION")
    ]
    last: dict[str, dict[str, Any]] = {}
    for action in ask(f"{CONGESTION}/countertrading", "2026-02-01", "2026-03-01")["countertrading"]:
        if action["version"] >= last.get(action["identification"], action)["version"]:
            last[action["identification"]] = action
    energy = sum(value["value"] / 2 for action in last.values() for value in action["values"])
    assert rows[4]["price"] == round(38 * energy)
    assert rows[5]["price"] == rows[3]["price"] + rows[4]["price"]


def test_costs_come_on_the_20th(ask: Ask) -> None:
    window = ("2026-09-01", "2026-11-01")
    months = {
        now: {
            row["start_date"][:7]
            for row in ask(f"{CONGESTION}/costs", *window, now=f"2026-11-{now}T12:00:00Z")["costs"]
        }
        for now in ("19", "20")
    }
    assert months == {"19": {"2026-09"}, "20": {"2026-09", "2026-10"}}


def test_borders_of_the_model_are_all_served(ask: Ask, world: World) -> None:
    served = {direction(block) for block in ask(SCHEDULE, "2026-02-01", "2026-02-02")["schedules"]}
    assert len(served) == 2 * len(world.france.borders)


# --- over HTTP


def test_refusals_over_http_have_a_code_of_their_resource(shared_rte: RteClient) -> None:
    lonely = {"start_date": "2026-01-10T00:00:00+01:00"}
    codes = [shared_rte.error(path, **lonely) for path in LONGEST]
    assert len(set(codes)) == len(LONGEST)
    assert all(code.endswith("_F01") for code in codes)


def test_too_large_an_answer_over_http(shared_rte: RteClient) -> None:
    month = {"start_date": "2026-10-01T00:00:00+02:00", "end_date": "2026-10-24T00:00:00+02:00"}
    answer = shared_rte.get(f"{ZONAL}/results_id", **month)
    assert (answer.status_code, answer.content) == (413, b"")
