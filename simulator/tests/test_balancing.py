"""Balancing energy and balancing capacity."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from simulator.rte.errors import FunctionalError
from simulator.world import World

Ask = Callable[..., Any]

ENERGY, V4, V5 = "balancing_energy/v5", "balancing_capacity/v4", "balancing_capacity/v5"
AFRR = f"{ENERGY}/afrr_marginal_price"
COEFFICIENT = "balancing_imbalances_account/v1/coefficient_k"
RESULT = f"{V5}/result_procured_reserves"
MARGINS = f"{V4}/margins_data"
WEEK = ("2026-09-07", "2026-09-14")


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def only(body: Any) -> Any:
    (root,) = body.values()
    return root


def values(ask: Ask, resource: str, *days: str, **rest: str) -> list[dict[str, Any]]:
    (block,) = only(ask(resource, *days, **rest))
    return list(block["values"])


def refusal(ask: Ask, path: str, **params: str) -> str:
    with pytest.raises(FunctionalError) as refused:
        ask(path, **params)
    return refused.value.code


# --- imbalance


def test_the_trend_and_both_prices_follow_the_imbalance(ask: Ask) -> None:
    rows = values(ask, f"{ENERGY}/imbalance_data", *WEEK)
    k = only(ask(COEFFICIENT, application_month="2026-09"))["coefficient_k"]
    for row in rows:
        assert row["system_trend"] == ("BAISSE" if row["imbalance"] > 0 else "HAUSSE")
        low, high = (row[f"{side}_imbalance_settlement_price"] for side in ("positive", "negative"))
        assert high - low == pytest.approx(k * abs(high + low), abs=0.03)
    middle = [(row["imbalance"], row["positive_imbalance_settlement_price"]) for row in rows]
    long, short = ([price for excess, price in middle if (excess > 200) == side] for side in (True, False))
    assert sum(long) / len(long) < sum(short) / len(short) - 10


def test_a_quarter_hour_is_public_after_some_two_and_a_half_minutes(ask: Ask) -> None:
    rows = values(ask, f"{ENERGY}/imbalance_data", "2026-11-20", "2026-11-22")
    assert rows[0]["end_date"] == "2026-11-21T12:45:00+01:00"
    delays = [
        (instant(row["updated_date"]) - instant(row["end_date"])).seconds
        for row in rows
        if row["missing_data_list"] == "N/A"
    ]
    assert min(delays) >= 150
    assert sorted(delays)[len(delays) // 2] <= 170


def test_incomplete_imbalances_are_revised(ask: Ask) -> None:
    def told(now: str) -> dict[str, dict[str, Any]]:
        rows = values(ask, f"{ENERGY}/imbalance_data", "2026-11-10", "2026-11-13", now=now)
        return {row["start_date"]: row for row in rows}

    first, later = told("2026-11-13T00:30:00Z"), told("2026-11-20T00:00:00Z")
    incomplete = {start for start, row in first.items() if row["missing_data_list"] != "N/A"}
    assert incomplete
    assert incomplete == {start for start in first if first[start] != later[start]}
    for start in incomplete:
        assert later[start]["missing_data_list"] == "N/A"
        assert instant(later[start]["updated_date"]) - instant(first[start]["updated_date"]) >= timedelta(hours=6)


def test_prices_lie_around_the_day_ahead_price(ask: Ask, world: World) -> None:
    rows = values(ask, f"{ENERGY}/prices", *WEEK)
    for row in rows:
        assert row["downward_marginal_price"] <= row["downward_weighted_average_price"]
        assert row["downward_weighted_average_price"] < row["upward_weighted_average_price"]
        assert row["upward_weighted_average_price"] <= row["upward_marginal_price"]
    begin = world.grid.quarter_index(int(instant(rows[-1]["start_date"]).timestamp()))
    spot = world.france.price[begin : begin + len(rows)].mean()
    mean = sum(row["upward_weighted_average_price"] for row in rows) / len(rows)
    assert abs(mean - spot) < 15


# --- platforms


def test_rr_has_a_row_for_each_direction(ask: Ask) -> None:
    rows = only(ask(f"{ENERGY}/standard_rr_data", *WEEK))["terre_mesures"]
    assert [row["direction"] for row in rows[:4]] == ["UPWARD", "DOWNWARD", "UPWARD", "DOWNWARD"]
    for up, down in zip(rows[::2], rows[1::2], strict=True):
        assert up["start_date"] == down["start_date"]
        assert up["total_requested_volume"] == 0 or down["total_requested_volume"] == 0
        for row in (up, down):
            assert row["activated_volume"] <= row["total_satisfied_need"] <= row["total_requested_volume"]


def test_activated_reserve_is_part_of_what_was_asked_for(ask: Ask) -> None:
    for row in only(ask(f"{ENERGY}/standard_afrr_data", *WEEK))["picasso_mesures"]:
        for side in ("upward", "downward"):
            assert row[f"{side}_afrr_activated_volume_for_fr"] <= row[f"{side}_afrr_requested_need"]
    for row in only(ask(f"{ENERGY}/standard_mfrr_data", *WEEK))["mari_mesures"]:
        assert row["total_activated_volume_SA"] <= row["total_requested_volume_SA"]
        assert row["total_volume_filtered_offers"] < row["total_volume_submitted_offers"]


def test_words_share_the_same_energy(ask: Ask) -> None:
    sums: dict[str, dict[str, float]] = {}
    for resource, key in (
        ("lead_times", "lead_time"),
        ("volumes_per_reasons", "reason"),
        ("volumes_per_energy_type", "energy_type"),
        ("volumes_per_entity_type", "entity_type"),
    ):
        rows = values(ask, f"{ENERGY}/{resource}", *WEEK)
        energy: dict[str, float] = defaultdict(float)
        for row in rows:
            energy[row["start_date"]] += row["volume"]
        assert set(rows[0]) == {"start_date", "end_date", key, "volume", "updated_date"}
        assert len({row[key] for row in rows}) * 672 == len(rows)
        sums[resource] = energy
    for start, energy in sums["lead_times"].items():
        assert sums["volumes_per_entity_type"][start] == pytest.approx(energy, rel=0.5, abs=0.2)


def test_offers_between_operators(ask: Ask) -> None:
    blocks = ask(f"{ENERGY}/tso_offers", *WEEK)["tso_offers"]
    assert [(b["type"], b["tso_offering"], b.get("tso_activating")) for b in blocks] == [
        ("ACTIVATED", "NG", "RTE"),
        ("SUBMITTED", "NG", None),
        ("ACTIVATED", "REE", "RTE"),
        ("SUBMITTED", "REE", None),
        ("ACTIVATED", "RTE", "NG"),
        ("ACTIVATED", "RTE", "REE"),
        ("SUBMITTED", "RTE", None),
    ]
    for block in blocks:
        starts = [row["start_date"] for row in block["values"]]
        assert starts == sorted(starts)
        for row in block["values"]:
            if "maximum_upward_price" in row:
                assert row["minimum_upward_price"] <= row["maximum_upward_price"]
    assert len(blocks[4]["values"]) < 30


# --- four-second prices


def steps(ask: Ask, first: str, last: str, **rest: str) -> list[tuple[str, str]]:
    days = ask(AFRR, start_date=first, end_date=last, **rest)["days"]
    return [(day["start_date"], row["step"]) for day in days for row in day["datas"]]


def test_a_day_of_four_seconds(ask: Ask) -> None:
    found = steps(ask, "2026-06-11T00:00:00+02:00", "2026-06-12T00:00:00+02:00")
    assert len(found) == 21_600
    assert (found[0], found[-1]) == (("2026-06-11", "00:00:00"), ("2026-06-11", "23:59:56"))
    assert found == sorted(found)


def test_the_window_is_taken_as_instants(ask: Ask) -> None:
    found = steps(ask, "2026-06-11T00:00:00Z", "2026-06-12T00:00:00Z")
    assert Counter(day for day, _ in found) == {"2026-06-11": 19_800, "2026-06-12": 1_800}
    day = ask(AFRR, start_date="2026-06-11T00:00:00+02:00", end_date="2026-06-12T00:00:00+02:00")["days"][0]
    part = ask(AFRR, start_date="2026-06-11T10:00:00+02:00", end_date="2026-06-11T10:00:08+02:00")["days"][0]
    assert part["datas"] == day["datas"][9000:9002]


def test_four_seconds_around_clock_changes(ask: Ask) -> None:
    spring = steps(ask, "2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00")
    assert len(spring) == 23 * 900
    assert not [step for _, step in spring if step.startswith("02:")]
    before = steps(ask, "2025-10-26T00:00:00+02:00", "2025-10-26T02:00:00+01:00")
    after = steps(ask, "2025-10-26T02:00:00+01:00", "2025-10-27T00:00:00+01:00")
    assert len(before) + len(after) == 25 * 900
    assert before[-900:] == after[:900]  # the repeated hour, without an offset
    assert refusal(ask, AFRR, start_date="2025-10-26T00:00:00+02:00", end_date="2025-10-27T00:00:00+01:00") == "F03"


def test_four_seconds_until_ten_minutes_ago(ask: Ask) -> None:
    found = steps(ask, "2026-11-21T00:00:00+01:00", "2026-11-22T00:00:00+01:00")
    assert found[-1] == ("2026-11-21", "12:49:56")
    day = {"start_date": "2026-11-22T00:00:00+01:00"}
    assert refusal(ask, AFRR, **day, end_date="2026-11-22T12:00:00+01:00") == "F04"
    assert refusal(ask, AFRR, **day) == "F01"
    assert refusal(ask, AFRR, **day, end_date="2026-11-21T12:00:00+01:00") == "F02"


def test_the_coefficient_of_past_months(ask: Ask) -> None:
    answer = ask(COEFFICIENT, application_month="2026-10")["coefficient_k"]
    assert answer["application_month"] == "2026-10"
    assert 0.01 < answer["coefficient_k"] < 0.1
    known = {only(ask(COEFFICIENT, application_month=f"2025-{m:02d}"))["coefficient_k"] for m in range(1, 13)}
    assert len(known) > 1
    assert refusal(ask, COEFFICIENT, application_month="2026-11") == "F04"
    for wrong in ("", "2026", "2026-13", "2026-1", "26-01", "2026-10-01"):
        assert refusal(ask, COEFFICIENT, application_month=wrong) == "F06"


# --- capacity, v5


def test_results_are_days_in_utc(ask: Ask) -> None:
    blocks = ask(RESULT, "2026-03-28", "2026-03-31")["result_procured_reserves"]
    days = [(block["start_date"], block["end_date"]) for block in blocks[::5]]
    assert days == [
        ("2026-03-27T23:00:00+00:00", "2026-03-28T23:00:00+00:00"),
        ("2026-03-28T23:00:00+00:00", "2026-03-29T22:00:00+00:00"),
        ("2026-03-29T22:00:00+00:00", "2026-03-30T22:00:00+00:00"),
    ]
    keys = [
        (b["reserve"], b["product_type"], row["direction"], row["time_horizon"], row["start_date"])
        for b in blocks
        for row in b["values"]
    ]
    assert len(set(keys)) == len(keys) == 7 * 4 * (24 + 23 + 24)
    for block in blocks:
        assert block["start_date"] == block["values"][0]["start_date"]
        assert block["end_date"] == block["values"][-1]["end_date"]
        for row in block["values"]:
            assert row["contracted_volume"] <= row["offered_volume"]
            assert row["update_date"].endswith("Z")
            assert len(row["update_date"]) == 24
            assert instant(row["update_date"]) < instant(block["start_date"])


def test_reserves_of_tomorrow_are_bought_in_the_morning(ask: Ask) -> None:
    def known(now: str) -> set[str]:
        blocks = ask(RESULT, "2026-11-22", "2026-11-23", now=now)["result_procured_reserves"]
        return {block["reserve"] for block in blocks if block["values"]}

    assert known("2026-11-21T07:00:00Z") == {"MFRR", "RR"}  # bought a month ago
    assert known("2026-11-21T07:40:00Z") == {"MFRR", "RR", "FCR"}
    assert known("2026-11-21T08:30:00Z") == {"MFRR", "RR", "FCR", "AFRR"}


def test_prices_hold_for_four_hours(ask: Ask) -> None:
    blocks = ask(RESULT, "2026-09-07", "2026-09-08")["result_procured_reserves"]
    (fcr,) = [block for block in blocks if block["reserve"] == "FCR"]
    changes = [later["start_date"] for earlier, later in pairwise(fcr["values"]) if earlier["price"] != later["price"]]
    assert [change[11:16] for change in changes] == ["00:00", "04:00", "08:00", "12:00", "16:00", "20:00"]


# --- capacity, v4


def test_reserves_by_type(ask: Ask) -> None:
    blocks = ask(f"{V4}/procured_reserves", "2024-12-30", "2025-01-03")["procured_reserves"]
    assert [(b["type"], len(b["values"])) for b in blocks] == [
        ("FCR", 2 * 48 + 2 * 96),
        ("AFRR", 2 * 48 + 2 * 96),
        ("MFRR", 2 * 48 + 2 * 96),
        ("RR", 2 * 48),
    ]
    for row in blocks[0]["values"]:
        length = timedelta(minutes=30 if row["start_date"] < "2025" else 15)
        assert instant(row["end_date"]) - instant(row["start_date"]) == length
    daily = ask(f"{V4}/daily_procured_reserves", "2024-12-30", "2025-01-03")["daily_procured_reserves"]
    assert daily == blocks[:2]
    accepted = ask(f"{V4}/accepted_offers", "2024-12-30", "2025-01-03")["accepted_offers"]
    assert [len(block["values"]) for block in accepted] == [288, 288, 0, 0]
    for taken, bought in zip(accepted[0]["values"], blocks[0]["values"], strict=True):
        assert taken["value"] >= bought["value"]


def test_margins_of_the_peaks_are_text_under_odd_keys(ask: Ask) -> None:
    rows = values(ask, f"{V4}/peak_daily_margins", "2026-11-19", "2026-11-23")
    assert [row["start_date"][:10] for row in rows] == ["2026-11-19", "2026-11-20", "2026-11-21"]
    for row in rows:
        morning, evening = row["morning_peak_period"], row["evening_peak_period"]
        assert [key.strip() for key in morning] == [key.strip() for key in evening]
        assert [key for key in morning if key.endswith(" ")] == ["RESCUE ", "IMBALANCE ", "SIMULATED_REQUIRED_MARGIN "]
        assert [key for key in evening if key.endswith(" ")] == [
            "DURATION_BEFORE_MARGIN_PERIOD ",
            "BEGIN_MARGIN_PERIOD ",
            "END_MARGIN_PERIOD ",
            "SIMULATED_REQUIRED_MARGIN ",
        ]
        assert all(isinstance(text, str) for text in [*morning.values(), *evening.values()])
        assert morning["BEGIN_MARGIN_PERIOD"] < evening["BEGIN_MARGIN_PERIOD "]


def test_warnings_are_few(ask: Ask) -> None:
    block = ask(f"{V4}/insufficients_offers", "2026-01-01", "2026-06-01")["insufficients_offers"]
    assert 1 <= len(block["values"]) <= 20
    assert {row["direction"] for row in block["values"]} <= {"UPWARD", "DOWNWARD"}


def test_aggregated_offers_hold_objects(ask: Ask) -> None:
    (block,) = ask(f"{V4}/aggregatedoffers_energybids", *WEEK)["aggregatedoffers_energybids"]
    assert (len(block["Offered_RRstd_Volume"]), len(block["Offered_Volume"])) == (336, 336)
    assert len(block["Offered_RRstd_Volume"][0]["values"]) == 4
    assert len(block["Offered_Volume"][0]["values"]) == 8
    (afrr,) = ask(f"{V4}/aggregatedoffers_afrr_energybids", *WEEK)["aggregatedoffers_aFRR_energybids"]
    for row in afrr["chronicles"]:
        assert row["values"]["DownwardAveragePriceaFRR"] < row["values"]["UpwardAveragePriceaFRR"]


@pytest.mark.parametrize(
    "name", ["aggregatedoffers_energybids", "aggregatedoffers_afrr_energybids", "individualoffers_energybids"]
)
def test_offers_need_dates(ask: Ask, name: str) -> None:
    assert refusal(ask, f"{V4}/{name}") == "F01"


def test_individual_offers_stand_on_one_page(ask: Ask) -> None:
    (block,) = ask(f"{V4}/individualoffers_energybids", *WEEK)["individualoffers_energybids"]
    assert (block["total_pages_number"], block["current_page"]) == (1, 1)
    sizes = [len(measure["values"]) for measure in block["mesure"]]
    assert block["total_items_number"] == sum(sizes)
    assert (len(sizes), min(sizes) >= 5, max(sizes) <= 12) == (168, True, True)


def test_needs_are_a_flat_list(ask: Ask) -> None:
    rows = only(ask(f"{V4}/tso_need_for_procured_reserves", "2026-11-21", "2026-11-23"))
    products = Counter((row["product"], row["flow_direction"]) for row in rows)
    assert set(products.values()) == {48}
    assert {product for product, _ in products} == {"FCR", "AFRR", "MFRR", "RR"}


def test_margins_data_is_an_array_in_utc(ask: Ask) -> None:
    (day,) = ask(MARGINS, date="2026-11-21T09:00:00Z")
    assert (day["startDate"], day["computationTime"]) == ("2026-11-20T23:00:00Z", "2026-11-20T17:30:00Z")
    assert len(day["marginsData"]) == 48
    assert len(day["marginsData"][0]) == 10
    (up,) = ask(MARGINS, date="2026-11-21T09:00:00Z", sens="Up", type="forecastedImbalanceRs,availableMarginsNormalUp")
    assert set(up["marginsData"][0]) == {"studiedTime", "forecastedImbalanceRs", "availableMarginsNormalUp"}
    (down,) = ask(MARGINS, date="2026-11-21T09:00:00Z", sens="Down")
    assert not [name for name in down["marginsData"][0] if name.endswith("Up")]


def test_margins_data_before_their_time_and_wrongly_asked(ask: Ask) -> None:
    assert ask(MARGINS, date="2026-11-22T09:00:00Z") == []
    assert refusal(ask, MARGINS) == "F01"
    assert refusal(ask, MARGINS, date="2026-11-21") == "F06"
    assert refusal(ask, MARGINS, date="2026-11-24T09:00:00Z") == "F04"
    assert refusal(ask, MARGINS, date="2026-11-21T09:00:00Z", type="margins") == "F07"
    assert (
        date(2026, 11, 21).isoformat()
        in ask(MARGINS, date="2026-11-22T09:00:00Z", now="2026-11-21T18:00:00Z")[0]["computationTime"]
    )
