"""éCO2mix at ODRÉ: agrees with RTE's dialect, adds up, lives and moves as the portal's sets do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulator.clock import Clock
from simulator.model import eco2mix, regions
from simulator.opendatasoft.eco2mix import batches, consolidated_processed, first_real_time_day
from simulator.world import World, world_at

from simulator import paris

Exported = Callable[..., list[dict[str, Any]]]
Ask = Callable[..., Any]
Row = dict[str, Any]

TR, CONS = "eco2mix-national-tr", "eco2mix-national-cons-def"
REGIONAL_TR, REGIONAL_CONS = "eco2mix-regional-tr", "eco2mix-regional-cons-def"
METROPOLES = "eco2mix-metropoles-tr"
GENERATION = ("fioul", "charbon", "gaz", "nucleaire", "eolien", "solaire", "hydraulique", "pompage", "bioenergies")
NOON = "heure = '12:00'"


def of_day(day: str, until: str = "") -> str:
    return f"date >= '{day}' and date <= '{until or day}'"


def keyed(rows: list[Row], *parts: str) -> dict[Any, Row]:
    """Rows by their key, which is unique."""
    named = {tuple(row[part] for part in parts or ("date", "heure")): row for row in rows}
    assert len(named) == len(rows)
    return named


def moment(text: str) -> int:
    return Clock(text).now()


# --- sums and balances


@pytest.mark.parametrize(
    ("nation", "parts", "day"),
    [(TR, REGIONAL_TR, "2026-11-18"), (CONS, REGIONAL_CONS, "2026-07-15"), (CONS, REGIONAL_CONS, "2023-01-20")],
)
def test_regions_add_up_to_the_nation(exported: Exported, nation: str, parts: str, day: str) -> None:
    nations = keyed([row for row in exported(nation, where=of_day(day)) if row["consommation"] is not None])
    sums: dict[Any, Counter[str]] = {at: Counter() for at in nations}
    for row in exported(parts, where=of_day(day)):
        for name in ("consommation", "nucleaire", "eolien", "solaire", "hydraulique", "pompage", "bioenergies"):
            sums[row["date"], row["heure"]][name] += int(row[name])
        sums[row["date"], row["heure"]].update(thermique=row["thermique"], ech_physiques=row["ech_physiques"], places=1)
    assert len(nations) == (96 if nation == TR else 48)
    for at, row in nations.items():
        wanted = {name: row[name] for name in ("consommation", "nucleaire", "eolien", "solaire", "hydraulique")}
        wanted |= {name: row[name] for name in ("pompage", "bioenergies", "ech_physiques")}
        assert sums[at] == Counter(wanted | {"thermique": row["fioul"] + row["charbon"] + row["gaz"], "places": 12})


@pytest.mark.parametrize(("name", "day"), [(TR, "2026-11-18"), (CONS, "2026-06-10"), (CONS, "2024-02-03")])
def test_generation_and_imports_meet_the_load(exported: Exported, name: str, day: str) -> None:
    rows = [row for row in exported(name, where=of_day(day)) if row["consommation"] is not None]
    for row in rows:
        made = sum(row[column] for column in GENERATION) + row["ech_physiques"]
        assert row["consommation"] == made + int(row["stockage_batterie"]) + int(row["destockage_batterie"])
        assert row["eolien"] == int(row["eolien_terrestre"]) + int(row["eolien_offshore"])
        assert row["pompage"] <= 0 <= int(row["destockage_batterie"])
        assert int(row["stockage_batterie"]) <= 0
        for column in ("fioul", "gaz", "bioenergies", "hydraulique"):
            assert row[column] == sum(value for part, value in row.items() if part.startswith(f"{column}_"))
    assert rows


def test_balances_of_the_regions_and_their_shares(exported: Exported) -> None:
    rows = exported(REGIONAL_TR, where=of_day("2026-11-18"))
    for row in rows:
        made = sum(int(row[name]) for name in (*eco2mix.REGIONAL[1:], "stockage_batterie", "destockage_batterie"))
        assert row["consommation"] == made + row["ech_physiques"]
        for name in eco2mix.COMPARED:
            assert row[f"tco_{name}"] == pytest.approx(100 * row[name] / row["consommation"], abs=0.006)
    without = {row["code_insee_region"] for row in rows if row["tch_nucleaire"] is None}
    assert without == {code for code, region in regions.REGIONS.items() if not region.nuclear}
    assert {row["code_insee_region"] for row in rows if row["nucleaire"] == 0} == without


def test_no_region_gives_much_more_nuclear_power_than_it_has(world: World) -> None:
    starts = np.arange(moment("2022-01-02T00:00:00Z"), moment("2026-11-01T00:00:00Z"), 6 * 3600)
    parts = eco2mix.real_time(world, starts, moment("2026-11-21T00:00:00Z"))
    factors = eco2mix.regional(world, starts, parts)["tch_nucleaire"]
    assert np.nanmax(factors) < 110
    assert 45 < np.nanmean(factors) < 75


def test_no_region_gives_more_hydro_power_than_it_has(world: World) -> None:
    starts = np.arange(moment("2022-01-02T00:00:00Z"), moment("2026-11-01T00:00:00Z"), 3600)
    parts = eco2mix.real_time(world, starts, moment("2026-11-21T00:00:00Z"))
    columns = eco2mix.regional(world, starts, parts)
    assert columns["tch_hydraulique"].max() < 115
    large = [number for number, region in enumerate(regions.REGIONS.values()) if region.hydro >= 200]
    assert columns["tch_hydraulique"][large].max() <= 105


def test_wind_blows_where_it_stands_and_the_cold_draws_load(world: World) -> None:
    starts = np.arange(moment("2025-11-01T00:00:00Z"), moment("2026-03-01T00:00:00Z"), 3600)
    share = regions.shares(world, starts)
    rows = {code: number for number, code in enumerate(regions.CODES)}
    assert 0.15 < share["onshore"][rows["32"]].mean() < 0.35  # Hauts-de-France
    assert share["offshore"][rows["84"]].max() < 1e-3
    felt = world.part(regions.skies).felt[:, (starts - world.grid.epoch) // 3600]
    people = np.array([region.load for region in regions.REGIONS.values()])[:, None]
    colder = (people * felt).sum(axis=0) / people.sum() - felt
    for code, number in rows.items():
        assert np.corrcoef(colder[number], share["load"][number])[0, 1] > 0.5, code


@settings(max_examples=100, deadline=None)
@given(
    total=st.lists(st.integers(-5000, 90_000), min_size=1, max_size=20),
    weights=st.lists(st.floats(0, 1), min_size=3, max_size=12).filter(lambda drawn: sum(drawn) > 0.1),
)
def test_a_split_loses_nothing(total: list[int], weights: list[float]) -> None:
    share = np.tile((np.array(weights) / sum(weights))[:, None], len(total))
    parts = regions.split(np.array(total), share)
    assert parts.sum(axis=0).tolist() == total
    assert np.abs(parts - share * np.array(total)).max() <= 1.01


# --- agreement with RTE


def rte_load(ask: Ask, first: str, last: str) -> dict[str, float]:
    (block,) = ask("consumption/v1/short_term", first, last, type="REALISED")["short_term"]
    return {value["start_date"]: value["value"] for value in block["values"]}


def test_real_time_is_the_load_that_rte_tells(exported: Exported, ask: Ask) -> None:
    told = rte_load(ask, "2026-11-01", "2026-11-19")
    rows = exported(TR, where=of_day("2026-11-01", "2026-11-18"), timezone="Europe/Paris")
    both = [(row["consommation"], told[row["date_heure"]]) for row in rows]
    assert len(both) == 18 * 96
    differ = [abs(here - there) / there for here, there in both if here != there]
    assert len(differ) < 0.06 * len(both)  # each corrects a few values of its own, at other times
    assert max(differ) < 0.06


def test_real_time_is_the_generation_that_rte_tells(exported: Exported, ask: Ask) -> None:
    blocks = ask("actual_generation/v1/actual_generations_per_production_type", "2026-11-10", "2026-11-12")
    hourly = {
        block["production_type"]: {value["start_date"]: value["value"] for value in block["values"]}
        for block in blocks["actual_generations_per_production_type"]
    }
    rows = exported(TR, where=of_day("2026-11-10", "2026-11-11"), timezone="Europe/Paris")
    pairs = {"nucleaire": "NUCLEAR", "solaire": "SOLAR", "charbon": "FOSSIL_HARD_COAL", "gaz": "FOSSIL_GAS"}
    for column, kind in pairs.items():
        means: dict[str, list[float]] = {}
        for row in rows:
            means.setdefault(row["date_heure"][:13] + ":00:00+01:00", []).append(row[column])
        far = [
            abs(np.mean(values) - hourly[kind][hour]) > 0.03 * abs(hourly[kind][hour]) + 4
            for hour, values in means.items()
            if hour in hourly[kind]
        ]
        assert len(far) >= 46
        assert sum(far) <= 2, column  # a value that one of the two still has to correct


def test_carbon_follows_rtes_formula_in_real_time(exported: Exported) -> None:
    rows = exported(TR, where=of_day("2026-10-01", "2026-11-20"))
    factors = {"charbon": 986, "fioul": 777, "gaz": 429, "bioenergies": 494}
    total = [name for name in GENERATION if name != "pompage"]
    off = [
        row["taux_co2"] - sum(factor * row[name] for name, factor in factors.items()) / sum(row[name] for name in total)
        for row in rows
    ]
    assert max(map(abs, off)) <= 0.51


def test_consolidated_noon_is_higher_by_what_real_time_does_not_see(exported: Exported) -> None:
    """The same instants before and after the batch: 114 noons of spring 2026, as somebody measured them."""
    columns = "date, date_heure, consommation, solaire, nucleaire, eolien, taux_co2, charbon"
    noon = f"{of_day('2026-03-09', '2026-06-30')} and heure in ('13:00', '14:00')"
    after = keyed(exported(CONS, where=noon, select=columns), "date_heure")
    before = {
        row["date_heure"]: row
        for now in ("2026-05-01T00:00:00Z", "2026-08-12T00:00:00Z")
        for row in exported(TR, now=now, where=noon, select=columns)
        if row["consommation"] is not None
    }
    noons = [at for at in before if at.endswith("T12:00:00+00:00")]
    assert len(noons) == 114

    def change(name: str) -> tuple[float, float]:
        old = np.array([before[at][name] for at in noons])
        new = np.array([after[at,][name] for at in noons])
        return float((new - old).mean()), float(100 * (new - old).sum() / max(old.sum(), 1))

    assert not any(before[at]["consommation"] == after[at,]["consommation"] for at in noons)
    assert not any(before[at]["solaire"] == after[at,]["solaire"] for at in noons)
    assert change("consommation")[1] == pytest.approx(5.4, abs=1)
    assert change("solaire")[1] == pytest.approx(15.5, abs=2)
    assert change("nucleaire")[0] == pytest.approx(277, abs=150)
    assert change("eolien")[0] == pytest.approx(-102, abs=100)
    assert change("taux_co2")[0] == pytest.approx(-4.7, abs=2)
    assert 5 < change("charbon")[0] < 40


def test_consolidated_load_is_that_of_rtes_accounts(exported: Exported, ask: Ask) -> None:
    (block,) = ask("consolidated_consumption/v1/consolidated_power_consumption", "2026-06-01", "2026-07-01").values()
    told = {value["start_date"]: value["value"] for value in block[0]["values"]}
    rows = exported(CONS, where=of_day("2026-06-01", "2026-06-30"), timezone="Europe/Paris")
    both = [(row["consommation"], told[row["date_heure"]]) for row in rows if row["consommation"] is not None]
    assert len(both) == 30 * 48
    assert max(abs(here - there) / there for here, there in both) < 0.03
    assert abs(np.mean([here - there for here, there in both])) < 100


def test_forecasts_are_those_of_rte(exported: Exported, ask: Ask) -> None:
    for kind, column in (("D-1", "prevision_j1"), ("ID", "prevision_j")):
        (block,) = ask("consumption/v1/short_term", "2026-11-18", "2026-11-19", type=kind)["short_term"]
        told = {value["start_date"]: value["value"] for value in block["values"]}
        rows = exported(TR, where=of_day("2026-11-18"), timezone="Europe/Paris", select=f"date_heure, {column}")
        assert {row["date_heure"]: row[column] for row in rows} == told


def test_schedules_are_near_the_flows_over_the_borders(exported: Exported, world: World) -> None:
    rows = exported(TR, where=of_day("2026-10-26", "2026-11-10"))
    scheduled = [sum(row[name] for name in eco2mix.BORDERS) for row in rows]
    physical = [row["ech_physiques"] for row in rows]
    assert np.corrcoef(scheduled, physical)[0, 1] > 0.97
    assert abs(np.mean(scheduled) - np.mean(physical)) < 200


# --- the life cycle


def test_real_time_holds_the_future_without_measures(exported: Exported) -> None:
    rows = exported(TR, where="date >= '2026-11-21'")  # now is 12:00Z
    today = [row for row in rows if row["date"] == "2026-11-21"]
    tomorrow = [row for row in rows if row["date"] == "2026-11-22"]
    assert (len(rows), len(today), len(tomorrow)) == (192, 96, 96)
    measured = [row for row in today if row["consommation"] is not None]
    coming = [row for row in today if row["consommation"] is None]
    assert max(row["date_heure"] for row in measured) == "2026-11-21T11:30:00+00:00"
    filled = {"prevision_j1", "prevision_j", *eco2mix.BORDERS}
    labels = {"perimetre", "nature", "date", "heure", "date_heure"}
    for row in coming:
        assert {name for name, value in row.items() if value is not None} == labels | filled
    for row in tomorrow:
        assert {name for name, value in row.items() if value is not None} == labels | {"prevision_j1"}
    assert all(value is not None for row in measured for value in row.values())


def test_regions_and_metropolises_end_with_today(exported: Exported) -> None:
    for name, places, clock in ((REGIONAL_TR, 12, "heure"), (METROPOLES, 21, "heures")):
        rows = exported(name, where="date >= '2026-11-21'")
        assert len(rows) == places * 96
        assert {row["date"] for row in rows} == {"2026-11-21"}
        assert all((row["consommation"] is None) == (row["date_heure"] > "2026-11-21T11:30:00+00:00") for row in rows)
        assert {row[clock] for row in rows} >= {"00:00", "23:45"}


@settings(max_examples=40, deadline=None)
@given(now=st.datetimes(datetime(2026, 6, 15), datetime(2026, 11, 21), timezones=st.just(UTC)))
def test_the_newest_measure_is_a_quarter_to_half_an_hour_old(exported: Exported, now: datetime) -> None:
    first, last = (now + timedelta(days=days) for days in (-1, 1))
    where = f"{of_day(f'{first:%Y-%m-%d}', f'{last:%Y-%m-%d}')} and consommation is not null"
    rows = exported(TR, now=now.isoformat(), where=where, select="date_heure")
    newest = max(datetime.fromisoformat(row["date_heure"]) for row in rows)
    assert timedelta(minutes=16) - timedelta(seconds=1) <= now - newest <= timedelta(minutes=31)


@settings(max_examples=60, deadline=None)
@given(day=st.dates(date(2022, 7, 1), date(2026, 11, 20)))
def test_batches_come_six_weeks_late_in_steps(day: date) -> None:
    now = moment(f"{day}T12:00:00Z")
    since, last = first_real_time_day(now), paris.day_number(day)
    assert 41 <= last - since <= 150
    ends = [paris.day_of(after - 1) for after, _ in batches(now)]
    steps = {round((after - before).days / 30.5) for before, after in pairwise(ends)}
    assert steps <= {2, 3}
    assert batches(now)[-1][1] <= consolidated_processed(now) <= now


@pytest.mark.parametrize(
    ("now", "newest"),
    [
        ("2026-03-16T16:48:00Z", "2026-01-31"),
        ("2026-07-01T19:47:00Z", "2026-04-30"),
        ("2026-08-12T18:56:00Z", "2026-06-30"),
        ("2026-08-22T00:57:00Z", "2026-06-30"),
    ],
)
def test_batches_reach_as_far_as_they_were_seen_to(now: str, newest: str) -> None:
    assert paris.day_of(first_real_time_day(moment(now)) - 1).isoformat() == newest


def test_a_batch_moves_rows_from_real_time_to_half_hours(exported: Exported) -> None:
    day, before, after = of_day("2026-09-30"), "2026-11-12T13:00:00Z", "2026-11-12T14:00:00Z"
    old, new = exported(TR, now=before, where=day), exported(CONS, now=after, where=day)
    assert exported(CONS, now=before, where=day) == exported(TR, now=after, where=day) == []
    assert len(old) == len(new) == 96
    assert {row["nature"] for row in old} == {"Données temps réel"}
    assert {row["nature"] for row in new} == {"Données consolidées"}
    assert all(row["consommation"] is not None for row in old)
    for row in new:
        half = row["heure"].endswith(("00", "30"))
        assert (row["consommation"] is not None) == half
        assert (row["ech_comm_italie"] is not None) == half
        assert row["prevision_j1"] is not None
        assert row["prevision_j"] is not None
    assert len(exported(REGIONAL_TR, now=before, where=day)) == 12 * 96
    halves = exported(REGIONAL_CONS, now=after, where=day)
    assert len(halves) == 12 * 48
    assert all(row["consommation"] is not None for row in halves)


def test_a_year_becomes_definitive_and_a_little_different(exported: Exported) -> None:
    day = of_day("2024-12-31")
    consolidated = keyed(exported(CONS, now="2026-01-20T08:00:00Z", where=day))
    definitive = keyed(exported(CONS, now="2026-01-20T10:00:00Z", where=day))
    assert {row["nature"] for row in consolidated.values()} == {"Données consolidées"}
    assert {row["nature"] for row in definitive.values()} == {"Données définitives"}
    loads = [
        (row["consommation"], definitive[at]["consommation"])
        for at, row in consolidated.items()
        if row["consommation"] is not None
    ]
    assert any(one != other for one, other in loads)
    assert max(abs(one - other) / one for one, other in loads) < 0.01
    assert {row["nature"] for row in exported(CONS, where=of_day("2025-01-01"))} == {"Données consolidées"}


def test_consolidated_rows_stay_as_they_are(exported: Exported) -> None:
    noons = f"{of_day('2026-01-01', '2026-04-30')} and {NOON}"
    seen = [exported(CONS, now=now, where=noons) for now in ("2026-07-01T20:00:00Z", "2026-08-12T19:00:00Z")]
    assert len(seen[0]) == 120
    assert keyed(seen[0]) == keyed(seen[1])
    regional = [
        exported(REGIONAL_CONS, now=now, where=noons) for now in ("2026-07-01T20:00:00Z", "2026-11-20T00:00:00Z")
    ]
    assert regional[0] == regional[1]


# --- corrections in real time


def test_a_night_corrects_the_load_of_the_day_before(exported: Exported) -> None:
    days = [date(2026, 10, 5) + timedelta(days=number) for number in range(30)]
    changed: Counter[str] = Counter()
    rows = 0
    for day in days:
        evening, morning = f"{day}T23:30:00+01:00", f"{day + timedelta(days=1)}T04:30:00+01:00"
        old, new = (keyed(exported(TR, now=now, where=of_day(str(day)))) for now in (evening, morning))
        for at, row in old.items():
            if row["consommation"] is None:
                continue
            rows += 1
            names = {name for name, value in row.items() if new[at][name] != value}
            assert not names or "consommation" in names
            changed.update(names)
    assert 0.01 < changed["consommation"] / rows < 0.05
    assert 0 < changed["solaire"] + changed["eolien"] + changed["taux_co2"] < 3 * changed["consommation"]
    assert changed["charbon"] == 0
    assert changed["prevision_j1"] == 0


def test_no_measure_changes_after_three_days(exported: Exported) -> None:
    day = of_day("2026-10-05", "2026-10-20")
    seen = [exported(TR, now=now, where=day) for now in ("2026-10-23T06:00:00Z", "2026-11-05T00:00:00Z")]
    assert keyed(seen[0]) == keyed(seen[1])


def test_regions_are_corrected_with_the_nation(exported: Exported, world: World) -> None:
    starts = np.arange(moment("2026-11-01T00:00:00Z"), moment("2026-11-10T00:00:00Z"), 900)
    corrected = eco2mix.corrected_at(world, starts)
    wrong = int(np.flatnonzero(corrected)[0])
    at = f"date_heure = '{datetime.fromtimestamp(int(starts[wrong]), UTC):%Y-%m-%dT%H:%M:%SZ}'"
    before, after = (datetime.fromtimestamp(int(corrected[wrong]) + step, UTC).isoformat() for step in (-60, 60))
    loads = []
    for now in (before, after):
        (nation,) = exported(TR, now=now, where=at)
        assert sum(row["consommation"] for row in exported(REGIONAL_TR, now=now, where=at)) == nation["consommation"]
        loads.append(nation["consommation"])
    assert loads[0] != loads[1]


# --- the two days on which the clock changes

SPRING, AUTUMN = "2026-03-29", "2025-10-26"
PHANTOM = ("02:00", "02:15", "02:30", "02:45")


def test_spring_in_real_time_repeats_the_hour_before_under_the_next_hours_instants(exported: Exported) -> None:
    rows = keyed(exported(TR, now="2026-03-30T12:00:00Z", where=of_day(SPRING)))
    assert len(rows) == 96
    measures = set(rows[SPRING, "00:00"]) - {"perimetre", "nature", "date", "heure", "date_heure", *eco2mix.BORDERS}
    for label in PHANTOM:
        twin, hour_before, hour_after = (rows[SPRING, f"{hour}{label[2:]}"] for hour in ("02", "01", "03"))
        assert twin["date_heure"] == hour_after["date_heure"]
        assert {name: twin[name] for name in measures} == {name: hour_before[name] for name in measures}
        assert twin["consommation"] != hour_after["consommation"]
    instants = Counter(row["date_heure"] for row in rows.values())
    assert Counter(instants.values()) == {1: 88, 2: 4}


def test_spring_twins_are_there_the_day_before_without_values(exported: Exported) -> None:
    rows = keyed(exported(TR, now="2026-03-28T12:00:00Z", where=of_day(SPRING)))
    assert all(rows[SPRING, label]["consommation"] is None for label in PHANTOM)
    assert rows[SPRING, "02:15"]["date_heure"] == rows[SPRING, "03:15"]["date_heure"] == "2026-03-29T01:15:00+00:00"


@pytest.mark.parametrize(("name", "labels", "places"), [(CONS, 96, 1), (REGIONAL_CONS, 48, 12)])
def test_spring_in_consolidated_data_repeats_the_next_hour(
    exported: Exported, name: str, labels: int, places: int
) -> None:
    place = "perimetre" if name == CONS else "code_insee_region"
    rows = keyed(exported(name, where=of_day(SPRING)), place, "heure")
    assert len(rows) == labels * places
    for one, label in rows:
        if label in ("02:00", "02:30"):
            twin, true = rows[one, label], rows[one, label.replace("02", "03")]
            differ = {column for column in twin if twin[column] != true[column]}
            assert differ - {*eco2mix.BORDERS} <= {"heure", "prevision_j1", "prevision_j"}
            assert twin["date_heure"] == true["date_heure"]
            assert place != "perimetre" or "prevision_j1" in differ


@pytest.mark.parametrize(
    ("name", "now", "labels"), [(TR, "2025-10-28T00:00:00Z", 96), (CONS, "2026-11-01T00:00:00Z", 96)]
)
def test_autumn_gives_the_repeated_hour_once_as_its_second_pass(
    exported: Exported, world: World, name: str, now: str, labels: int
) -> None:
    rows = exported(name, now=now, where=of_day(AUTUMN))
    assert len(rows) == labels
    instants = {row["date_heure"][11:16] for row in rows if row["date_heure"].startswith(AUTUMN)}
    assert "00:00" not in instants
    assert "00:45" not in instants
    row = next(row for row in rows if row["heure"] == "02:00")
    assert row["date_heure"] == "2025-10-26T01:00:00+00:00"
    if name == TR:
        second = (moment("2025-10-26T01:00:00Z") - world.grid.epoch) // 900
        assert row["nucleaire"] == round(world.france.generation.by_type["NUCLEAR"][second])


@settings(max_examples=60, deadline=None)
@given(day=st.dates(date(2022, 1, 2), date(2026, 9, 29)))
def test_every_day_has_its_labels_and_instants_follow_the_clock(exported: Exported, day: date) -> None:
    rows = exported(CONS, where=of_day(str(day)), select="heure, date_heure", timezone="Europe/Paris")
    assert sorted(row["heure"] for row in rows) == [f"{q // 4:02d}:{q % 4 * 15:02d}" for q in range(96)]
    odd = {row["heure"] for row in rows if row["date_heure"][11:16] != row["heure"]}
    assert odd <= set(PHANTOM)
    assert bool(odd) == (day == paris.last_sunday(day.year, 3))


# --- types and markers


def test_sibling_sets_disagree_on_types(exported: Exported) -> None:
    def kinds(name: str, day: str) -> dict[str, set[str]]:
        rows = exported(name, where=f"{of_day(day)} and {NOON}")
        return {column: {type(row[column]).__name__ for row in rows} for column in rows[0]}

    tr, cons = kinds(REGIONAL_TR, "2026-11-18"), kinds(REGIONAL_CONS, "2026-06-10")
    assert (tr["pompage"], tr["eolien"], tr["tco_eolien"]) == ({"str"}, {"int"}, {"float"})
    assert (cons["pompage"], cons["eolien"], cons["tco_eolien"]) == ({"int"}, {"str"}, {"str"})
    assert tr["column_30"] == cons["column_30"] == {"NoneType"}
    assert kinds(TR, "2026-11-18")["eolien_terrestre"] == {"str"}


def test_markers_of_nothing(exported: Exported) -> None:
    old = exported(CONS, where=f"{of_day('2022-06-01')} and {NOON}")
    assert old[0]["eolien_offshore"] == "ND"
    assert old[0]["eolien"] > 0
    regional = keyed(exported(REGIONAL_CONS, where=f"{of_day('2024-06-01')} and {NOON}"), "code_insee_region")
    assert regional["93",]["tch_nucleaire"] == "-"
    assert regional["93",]["tco_nucleaire"] == "0.0"
    assert regional["32",]["eolien_terrestre"] == "0"  # as recorded of 2024
    assert int(regional["32",]["eolien"]) > 0
    metropolises = exported(METROPOLES, where=of_day("2026-11-18"))
    assert Counter(row["production"] == "ND" for row in metropolises)[True] > 0.95 * len(metropolises)
    assert all(isinstance(row["echanges_physiques"], str) for row in metropolises)


def test_schedules_came_by_the_half_hour_before_2025(exported: Exported) -> None:
    rows = exported(TR, now="2024-12-30T12:00:00Z", where=of_day("2024-12-29"))
    assert all((row["ech_comm_italie"] is None) == row["heure"].endswith(("15", "45")) for row in rows)


def test_metropolises_are_a_part_of_their_region(exported: Exported) -> None:
    at = f"{of_day('2026-11-18')} and "
    towns = exported(METROPOLES, where=f"{at} heures = '19:00'")
    load = keyed(exported(REGIONAL_TR, where=f"{at} heure = '19:00'"), "code_insee_region")
    assert len({row["code_insee_epci"] for row in towns}) == 21
    paris_share = next(r["consommation"] for r in towns if "Paris" in r["libelle_metropole"])
    assert 0.3 < paris_share / load["11",]["consommation"] < 0.8
    assert sum(row["consommation"] for row in towns) < 0.4 * sum(row["consommation"] for row in load.values())


# --- the past stays


def test_a_later_world_repeats_the_past(world: World) -> None:
    later = world_at(world.grid.seed, moment("2027-03-01T00:00:00Z"))
    assert later.grid.end_day > world.grid.end_day
    starts = np.arange(moment("2026-10-01T00:00:00Z"), moment("2026-11-21T00:00:00Z"), 1800)
    now, no = moment("2026-11-21T00:00:00Z"), np.zeros(starts.size, dtype=np.bool_)
    for made in (
        lambda one: eco2mix.regional(one, starts, eco2mix.real_time(one, starts, now)),
        lambda one: eco2mix.regional(one, starts, eco2mix.consolidated(one, starts, no)),
        lambda one: {name: eco2mix.schedule(one, name, starts) for name in eco2mix.BORDERS},
    ):
        old, new = made(world), made(later)
        assert all(np.array_equal(old[name], new[name], equal_nan=True) for name in old)


@pytest.mark.parametrize("now", ["2022-01-02T12:00:00Z", "2022-02-11T00:00:00Z", "2023-01-01T00:00:00Z"])
def test_the_first_days_of_the_history(exported: Exported, now: str) -> None:
    counts = {name: len(exported(name, now=now, select="date")) for name in (TR, CONS, REGIONAL_TR, REGIONAL_CONS)}
    assert counts[TR] % 96 == counts[REGIONAL_TR] % (12 * 96) == 0
    assert counts[TR] >= 192
    assert counts[CONS] * 6 == counts[REGIONAL_CONS]
    assert bool(counts[CONS]) == (now > "2022-12")
    for name in ("stock-quotidien-stockages-gaz", "temperature-quotidienne-regionale"):
        assert all(row["date"] < now for row in exported(name, now=now))
    for name in ("prod-region-annuelle-filiere", "conso-departement-annuelle"):
        assert exported(name, now=now) == []
