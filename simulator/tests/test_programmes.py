"""The programmes of producers and the total forecast of generation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

Ask = Callable[..., Any]

FORECASTS, TOTAL = "generation_forecast/v3/forecasts", "generation_forecast/v3/total_forecast"
CPC = {"production_type": "AGGREGATED_CPC"}


def programmes(ask: Ask, *days: str, **rest: str) -> list[dict[str, Any]]:
    return list(ask(FORECASTS, *days, **{**CPC, **rest})["forecasts"])


def test_versions_in_order_each_for_what_is_left_of_the_day(ask: Ask) -> None:
    blocks = programmes(ask, "2026-02-10", "2026-02-11", type="D-3,D-2,D-1,ID")
    assert [(b["type"], b["sub_type"]) for b in blocks[:7]] == [
        ("D-3", "DA01"),
        ("D-2", "DA01"),
        *(("D-1", version) for version in ("DA01", "DA02", "ID00", "ID01", "ID02")),
    ]
    hourly = blocks[7:]
    assert [b["sub_type"] for b in hourly] == [f"ID{number:02d}" for number in range(3, 25)]
    for number, block in enumerate(hourly, start=3):
        rows = {row["start_date"]: row for row in block["values"]}
        assert len(rows) == 96 - 4 * (number - 2)
        assert min(rows).endswith(f"T{number - 2:02d}:00:00+01:00")
        (issued,) = {row["updated_date"] for row in block["values"]}
        assert issued < min(rows)
        assert issued[11:13] == f"{number - 3:02d}"


def _most(block: dict[str, Any]) -> int:
    """How often the same label comes in a block."""
    return max(Counter(row["start_date"] for row in block.get("values", [])).values(), default=0)


def test_some_versions_come_twice_in_a_block(ask: Ask) -> None:
    blocks = programmes(ask, "2026-02-02", "2026-02-20")
    twice = Counter(block["sub_type"] for block in blocks if _most(block) == 2)
    assert set(twice) <= {"ID02", "ID04", "ID07", "ID08", "ID13", "ID14"}
    assert 0 < sum(twice.values()) < 40


def test_labels_are_late_on_the_spring_day(ask: Ask) -> None:
    for name in ("AGGREGATED_CPC", "MDSE"):
        blocks = programmes(ask, "2026-03-28", "2026-03-30", production_type=name, type="D-1")
        for block in blocks:
            if block["start_date"].startswith("2026-03-29"):
                starts = [row["start_date"] for row in block["values"]]
                assert len(set(starts)) == 92
                assert "2026-03-29T03:00:00+02:00" not in starts
                assert block["values"][-1]["end_date"] == "2026-03-30T01:00:00+02:00"


def test_the_repeated_hour_comes_once(ask: Ask) -> None:
    blocks = programmes(ask, "2025-10-26", "2025-10-27", type="D-1")
    assert {len({row["start_date"] for row in block["values"]}) for block in blocks} == {96}
    for block in ask(TOTAL, "2025-10-26", "2025-10-27")["total_forecast"]:
        assert len(block["values"]) == 96


def test_a_version_appears_when_it_is_issued(ask: Ask) -> None:
    def known(now: str) -> set[str]:
        return {
            b["sub_type"] for b in programmes(ask, "2026-11-22", "2026-11-23", type="D-1", now=now) if "values" in b
        }

    assert known("2026-11-21T09:20:00Z") == set()
    assert known("2026-11-21T09:40:00Z") == {"DA01"}
    assert known("2026-11-21T12:40:00Z") == {"DA01", "DA02"}
    assert known("2026-11-21T22:40:00Z") == {"DA01", "DA02", "ID00", "ID01", "ID02"}


def test_four_days_ahead(ask: Ask) -> None:
    (block,) = programmes(ask, "2026-11-24", "2026-11-25")
    assert (block["type"], len(block["values"])) == ("D-3", 96)


def test_the_latest_of_each_version_without_dates(ask: Ask) -> None:
    blocks = programmes(ask)
    days = {(b["type"], b["sub_type"]): b["start_date"][:10] for b in blocks}
    assert days["D-3", "DA01"] == "2026-11-24"
    assert days["D-1", "DA01"] == "2026-11-22"
    assert days["ID", "ID24"] == "2026-11-20"


def test_the_total_is_the_sum_of_the_aggregates(ask: Ask) -> None:
    days = ("2026-02-10", "2026-02-12")
    total = list(ask(TOTAL, *days, type="D-1")["total_forecast"])
    parts = ask(FORECASTS, *days, production_type="AGGREGATED_FRANCE", type="D-1")["forecasts"]
    for block in total:
        same_day = [p["values"] for p in parts if p["start_date"] == block["start_date"]]
        assert len(same_day) == 2
        for row, *summands in zip(block["values"], *same_day, strict=True):
            assert abs(row["value"] - sum(part["value"] for part in summands)) <= 1


def test_the_total_is_published_in_time(ask: Ask) -> None:
    blocks = ask(TOTAL, "2026-11-20", "2026-11-23")["total_forecast"]
    assert [(b["start_date"][8:10], b["type"], len(b["values"])) for b in blocks] == [
        ("22", "D-1", 0),
        ("22", "CURRENT", 0),
        ("21", "D-1", 96),
        ("21", "ID", 96),
        ("21", "CURRENT", 96),
        ("20", "D-1", 96),
        ("20", "ID", 96),
        ("20", "CURRENT", 96),
    ]
    for block in blocks:
        for row in block["values"]:
            assert datetime.fromisoformat(row["updated_date"]) <= datetime.fromisoformat("2026-11-21T12:00:00Z")
