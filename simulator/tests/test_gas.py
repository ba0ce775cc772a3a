"""Gas in store, temperatures and yearly figures at ODRÉ, schools of Paris."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulator.clock import Clock
from simulator.model import gas
from simulator.model.departments import DEPARTMENTS
from simulator.world import World, world_at

from simulator import paris

Exported = Callable[..., list[dict[str, Any]]]
GAS, TEMPERATURE = "stock-quotidien-stockages-gaz", "temperature-quotidienne-regionale"
PRODUCTION, CONSUMPTION = "prod-region-annuelle-filiere", "conso-departement-annuelle"
KINDS = ("colleges", "ecoles-elementaires", "maternelles")
MEASURED = {  # least and greatest stock of 2020 to 2023, GWh, and what the two years differ by
    "Saline": (3215, 11537),
    "Sediane": (2123, 13979),
    "Sediane B": (2150, 13400),
    "Centre": (4318, 46847),
    "Serene": (1447, 16068),
    "Teréga": (2988, 34028),
}


def curves(rows: list[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """By storage group, stock by day."""
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for row in rows:
        assert row["date"] not in found[row["pits"]]
        found[row["pits"]][row["date"]] = row["stock_fin_de_journee"]
    return found


# --- gas


def test_stores_stay_within_their_bounds_and_have_no_holes(exported: Exported) -> None:
    by_store = curves(exported(GAS))
    assert set(by_store) == set(MEASURED)
    for pits, stock in by_store.items():
        low, high = MEASURED[pits]
        assert 0.25 * low < min(stock.values()) < 2.2 * low, pits
        assert 0.9 * high < max(stock.values()) < 1.06 * high, pits
        days = sorted(map(date.fromisoformat, stock))
        assert days[0] == date(2022, 1, 1)
        assert len(days) == (days[-1] - days[0]).days + 1


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_store_stands_still_at_its_limits(seed: int) -> None:
    levels = world_at(seed, Clock("2026-11-21T12:00:00Z").now()).part(gas.stocks).levels
    for store, stock in zip(gas.STORES, levels, strict=True):
        assert gas.EMPTY * store.low < stock.min() < stock.max() < store.room
        assert np.abs(np.diff(np.round(stock, 3))).min() > 0  # GWh


def test_stores_fill_in_summer_and_empty_in_winter(exported: Exported) -> None:
    total: Counter[str] = Counter()
    for stock in curves(exported(GAS, where="date < '2026-10-01'")).values():
        total.update(stock)
    for year in range(2022, 2026):
        november, april = total[f"{year}-11-01"], total[f"{year + 1}-04-05"]
        assert november > 115_000
        assert april < 55_000
        moves = np.diff([total[f"{date(year, 11, 1) + timedelta(days=n)}"] for n in range(151)])
        assert -2200 < moves.min() < -700  # GWh a day, in the cold
        fills = np.diff([total[f"{date(year + 1, 4, 15) + timedelta(days=n)}"] for n in range(165)])
        assert 250 < fills.mean() < 800


def test_a_cold_day_takes_more_out(exported: Exported, world: World) -> None:
    centre = curves(exported(GAS, where="pits = 'Centre'"))["Centre"]
    days = [date(2024, 11, 15) + timedelta(days=number) for number in range(120)]
    taken = [centre[str(day - timedelta(days=1))] - centre[str(day)] for day in days]
    hours = [(paris.day_number(day) * 24) - world.grid.epoch // 3600 for day in days]
    mean = [float(world.france.temperature[hour + 5 : hour + 29].mean()) for hour in hours]
    assert np.corrcoef(taken, mean)[0, 1] < -0.6


@pytest.mark.parametrize(
    ("now", "storengy", "terega"),
    [
        ("2026-11-21T12:00:00Z", "2026-11-19", "2026-09-30"),
        ("2026-11-21T09:00:00Z", "2026-11-18", "2026-09-30"),
        ("2026-11-25T12:00:00Z", "2026-11-23", "2026-10-31"),
        ("2023-10-02T12:00:00Z", "2023-09-30", "2023-08-31"),  # as recorded
    ],
)
def test_terega_comes_a_month_later(exported: Exported, now: str, storengy: str, terega: str) -> None:
    rows = exported(GAS, now=now, where="date >= '2023-08-01'")
    newest = {source: max(row["date"] for row in rows if row["source"] == source) for source in ("Storengy", "Teréga")}
    assert newest == {"Storengy": storengy, "Teréga": terega}


def test_stocks_never_change(exported: Exported) -> None:
    seen = [
        exported(GAS, now=now, where="date < '2026-06-01'") for now in ("2026-08-01T00:00:00Z", "2026-11-20T00:00:00Z")
    ]
    assert seen[0] == seen[1]


def test_a_later_world_repeats_the_stocks(world: World) -> None:
    later = world_at(world.grid.seed, Clock("2027-03-01T00:00:00Z").now())
    assert later.grid.end_day > world.grid.end_day
    old, new = (one.part(gas.stocks) for one in (world, later))
    known = paris.day_number(date(2026, 11, 21)) - old.first_day
    assert np.array_equal(old.levels[:, :known], new.levels[:, :known])


# --- temperatures


def test_temperatures_come_by_the_month_on_the_tenth(exported: Exported) -> None:
    newest = {
        now: max(row["date"] for row in exported(TEMPERATURE, now=now, select="date"))
        for now in ("2026-11-10T07:59:00Z", "2026-11-10T08:00:00Z", "2026-12-09T12:00:00Z", "2026-02-27T00:00:00Z")
    }
    assert list(newest.values()) == ["2026-09-29", "2026-10-30", "2026-10-30", "2026-01-30"]


def test_the_last_day_of_each_month_is_missing_since_march_2024(exported: Exported) -> None:
    rows = exported(TEMPERATURE, select="date, code_insee_region")
    days = Counter(row["date"] for row in rows)
    assert set(days.values()) == {13}
    known = [date.fromisoformat(day) for day in sorted(days)]
    every = [known[0] + timedelta(days=number) for number in range((known[-1] - known[0]).days + 1)]
    missing = [day for day in every if str(day) not in days]
    since_march = [day for day in missing if day >= date(2024, 3, 1)]
    assert date(2024, 12, 30) in since_march
    assert [day for day in since_march if (day + timedelta(days=1)).day != 1] == [date(2024, 12, 30)]
    assert len(since_march) == 31 + 1  # from March 2024 to September 2026, and one more
    assert [str(day) for day in missing if day < date(2024, 3, 1)] == [
        *("2022-07-31", "2022-08-31", "2023-01-31", "2023-02-28", "2023-08-31", "2023-10-31")
    ]


def test_temperatures_are_those_of_the_weather(exported: Exported, world: World) -> None:
    rows = exported(TEMPERATURE, where="date >= '2026-01-01' and date < '2026-10-01'")
    for row in rows:
        assert row["tmin"] < row["tmoy"] < row["tmax"]
        assert row["tmoy"] == pytest.approx((row["tmin"] + row["tmax"]) / 2, abs=0.006)
        assert row["id"] == f"{row['date']}T00:00:00-{row['code_insee_region']}"
    january = [row["tmoy"] for row in rows if row["date"] < "2026-02" and row["code_insee_region"] == "93"]
    july = [row["tmoy"] for row in rows if "2026-07" <= row["date"] < "2026-08" and row["code_insee_region"] == "93"]
    assert np.mean(january) + 10 < np.mean(july)
    assert {row["region"] for row in rows} >= {"Corse", "Grand Est", "Île-de-France"}


# --- yearly figures


def test_yearly_production_is_what_the_half_hours_add_up_to(exported: Exported) -> None:
    rows = {row["code_insee_region"]: row for row in exported(PRODUCTION, where="annee = '2024'")}
    assert len(rows) == 13
    halves = exported(
        "eco2mix-regional-cons-def",
        where="date >= '2024-01-01' and date < '2025-01-01' and code_insee_region = '44'",
        select="nucleaire, thermique, hydraulique, solaire, date, heure",
    )
    real = [row for row in halves if not (row["date"] == "2024-03-31" and row["heure"] in ("02:00", "02:30"))]
    for column in ("nucleaire", "thermique", "hydraulique", "solaire"):
        gigawatt_hours = sum(row[column] for row in real) / 2000
        # The half-hours of the repeated hour in October are not published, but produced.
        assert rows["44"][f"production_{column}"] == pytest.approx(gigawatt_hours, abs=12)
    assert rows["11"]["production_nucleaire"] is None
    assert set(rows["11"]["geo_point_region"]) == {"lon", "lat"}


@pytest.mark.parametrize(
    ("now", "produced", "consumed"),
    [
        ("2026-06-29T12:00:00Z", "2024", "2024"),
        ("2026-07-01T12:00:00Z", "2025", "2024"),
        ("2026-11-01T00:00:00Z", "2025", "2025"),
    ],
)
def test_years_come_once_they_are_settled(exported: Exported, now: str, produced: str, consumed: str) -> None:
    assert max(row["annee"] for row in exported(PRODUCTION, now=now, select="annee")) == produced
    assert max(row["annee"] for row in exported(CONSUMPTION, now=now, select="annee")) == consumed


def test_departments_share_the_load_of_their_region(exported: Exported) -> None:
    rows = exported(CONSUMPTION, where="annee = '2024'")
    assert {row["code_departement"] for row in rows} == set(DEPARTMENTS)
    assert len(rows) == len(DEPARTMENTS) == 96
    for row in rows:
        for carrier in ("", "e_", "g_"):
            parts = sum(row[f"{carrier}conso{sector}"] for sector in ("a", "i", "t", "r", "na"))
            assert row[f"{carrier}consototale"] == pytest.approx(parts)
        assert row["consototale"] == pytest.approx(row["e_consototale"] + row["g_consototale"])
        assert row["geom"]["geometry"]["type"] == "Polygon"
    total = sum(row["e_consototale"] for row in rows) / 1e6
    assert 400 < total < 480  # TWh of a year


def gas_for_electricity(rows: list[dict[str, Any]]) -> dict[tuple[str, str], float]:
    """MWh of gas for a MWh of electricity, by department and year."""
    return {(row["code_departement"], row["annee"]): row["g_consototale"] / row["e_consototale"] for row in rows}


def test_there_is_no_gas_in_corsica(exported: Exported) -> None:
    for row in exported(CONSUMPTION):
        gas_of_row = [row[f"g_conso{sector}"] for sector in ("a", "i", "t", "r", "na", "totale")]
        if row["code_region"] == "94":
            assert gas_of_row == [0.0] * 6
            assert row["consototale"] == row["e_consototale"] > 0
        else:
            assert min(gas_of_row) > 0


def test_gas_is_not_the_same_share_everywhere_nor_each_year(exported: Exported) -> None:
    ratio = gas_for_electricity(exported(CONSUMPTION))
    years = {year for _, year in ratio}
    assert years == {"2022", "2023", "2024", "2025"}
    assert len({round(value, 2) for (_, year), value in ratio.items() if year == "2024"}) > 40
    for department in DEPARTMENTS:
        if DEPARTMENTS[department].region != "94":
            of_years = [ratio[department, year] for year in years]
            assert max(of_years) > 1.01 * min(of_years), department
    assert 0.55 < np.mean(list(ratio.values())) < 1.0


def test_a_cold_year_burns_more_gas(exported: Exported, world: World) -> None:
    """Degree days from the temperatures that the portal tells, less the mean of the years, and so the gas."""
    gas_by_region: Counter[tuple[str, str]] = Counter()
    for row in exported(CONSUMPTION):
        gas_by_region[row["code_region"], row["annee"]] += row["g_consototale"]
    deficits: Counter[tuple[str, str]] = Counter()
    for row in exported(TEMPERATURE, where="date < '2026-01-01'", select="code_insee_region, date, tmoy"):
        deficits[row["code_insee_region"], row["date"][:4]] += max(17 - row["tmoy"], 0)
    years = ["2022", "2023", "2024", "2025"]
    codes = sorted({region for region, _ in gas_by_region} - {"94"})
    cold, burnt = (
        np.array([[found[code, year] for year in years] for code in codes]) for found in (deficits, gas_by_region)
    )
    cold, burnt = cold / cold.mean(axis=1, keepdims=True), burnt / burnt.mean(axis=1, keepdims=True)
    assert np.corrcoef(cold.ravel(), burnt.ravel())[0, 1] > 0.6


def test_sectors_weigh_differently_from_place_to_place(exported: Exported) -> None:
    rows = {row["code_departement"]: row for row in exported(CONSUMPTION, where="annee = '2024'")}
    for carrier, most in (("e_", 0.06), ("g_", 0.08)):
        industry = {
            code: row[f"{carrier}consoi"] / row[f"{carrier}consototale"]
            for code, row in rows.items()
            if row[f"{carrier}consototale"]
        }
        assert industry["75"] < most
        assert min(industry, key=lambda code: industry[code]) in ("75", "2A", "2B")
        assert max(industry.values()) > 0.4
    homes = np.array([row["e_consor"] / row["e_consot"] for row in rows.values()])
    assert homes.max() / homes.min() > 1.8


def test_there_are_as_many_departments_as_there_are() -> None:
    by_region = Counter(one.region for one in DEPARTMENTS.values())
    assert by_region == {
        **{"11": 8, "24": 6, "27": 8, "28": 5, "32": 5, "44": 10, "52": 5},
        **{"53": 4, "75": 12, "76": 13, "84": 12, "93": 6, "94": 2},
    }
    assert 64_500 < sum(one.inhabitants for one in DEPARTMENTS.values()) < 66_500


# --- schools


@pytest.mark.parametrize("kind", KINDS)
def test_schools_are_a_history(exported: Exported, kind: str) -> None:
    rows = exported(f"etablissements-scolaires-{kind}")
    assert len({(row["libelle"], row["arr_insee"], row["annee_scol"]) for row in rows}) == len(rows)
    years = Counter(row["annee_scol"] for row in rows)
    assert {"2017/2018 - 2018/2019", "2019-2020", "2026/2027"} <= set(years)
    assert len(set(years.values())) > 1  # some close, some open
    for year in years:
        there = {row["arr_insee"] for row in rows if row["annee_scol"] == year}
        assert there == {f"751{number:02d}" for number in range(1, 21)}, year
    assert all("(SIMULE)" in row["libelle"] for row in rows)
    assert [row["adresse"] for row in rows].count(None) == 1
    untyped = {row["annee_scol"] for row in rows if row["type_etabl"] is None}
    assert untyped == {"2017/2018 - 2018/2019", "2019-2020"}
    renamed = {row["annee_scol"] for row in rows if " BIS " in row["libelle"]}
    assert min(renamed) == "2022-2023"
    for row in rows:
        assert 48.81 < row["geo_point_2d"]["lat"] < 48.91
        assert 2.22 < row["geo_point_2d"]["lon"] < 2.47
        assert row["geo_shape"]["geometry"]["coordinates"] == [row["geo_point_2d"][part] for part in ("lon", "lat")]


def by_district(rows: list[dict[str, Any]]) -> Counter[str]:
    """Schools of 2025/2026."""
    return Counter(row["arr_insee"] for row in rows if row["annee_scol"] == "2025/2026")


def test_each_kind_of_school_has_its_own_number_in_each_district(exported: Exported) -> None:
    colleges, elementary, nursery = (by_district(exported(f"etablissements-scolaires-{kind}")) for kind in KINDS)
    assert colleges.total() == 114
    assert 315 < elementary.total() < 345
    assert 295 < nursery.total() < 325
    assert sum(elementary[code] != nursery[code] for code in colleges) > 12
    assert len({elementary[code] / colleges[code] for code in colleges}) > 10
    for code in colleges:
        assert abs(elementary[code] - nursery[code]) <= 3
        assert elementary[code] > colleges[code]


@pytest.mark.parametrize("kind", KINDS)
def test_a_school_that_is_gone_stays_away_and_keeps_its_name(exported: Exported, kind: str) -> None:
    rows = exported(f"etablissements-scolaires-{kind}")
    years = sorted({row["annee_scol"] for row in rows}, key=lambda year: year[:4])
    seen: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row in rows:
        seen[row["libelle"].replace(" BIS", ""), row["arr_insee"]].append(years.index(row["annee_scol"]))
    assert len({name for name, _ in seen}) == len(seen)  # none moves
    for at in seen.values():
        assert sorted(at) == list(range(min(at), max(at) + 1))


def test_a_school_year_comes_in_spring_and_nothing_is_deleted(exported: Exported) -> None:
    before, after = (exported("etablissements-scolaires-colleges", now=f"2026-05-0{day}T12:00:00Z") for day in (4, 5))
    new = [row for row in after if row not in before]
    assert len(after) - len(before) == len(new) == 114
    assert {row["annee_scol"] for row in new} == {"2026/2027"}
    assert {row["id_projet"] for row in new} == {"COLLEGES (année scolaire 2026/2027)"}


@settings(max_examples=40, deadline=None)
@given(now=st.datetimes(), later=st.integers(0, 400))
def test_what_is_public_never_shrinks(now: Any, later: int) -> None:
    for operator in ("Storengy", "Teréga"):
        moment = int((now - type(now)(1970, 1, 1)).total_seconds()) % (60 * 365 * 86400) + 52 * 365 * 86400
        assert gas.public_until(operator, moment) <= gas.public_until(operator, moment + later * 3600)
        assert gas.public_until(operator, moment) < paris.local_day(moment)
