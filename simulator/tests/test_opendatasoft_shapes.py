"""The simulated data sets of ODRÉ and Open Data Paris have the fields and the types of the recorded ones."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import requests
from simulator.clock import Clock
from simulator.model import eco2mix, regions
from simulator.testing import SimulatorUrl
from simulator.world import World

REAL = Path(__file__).parents[3] / "shared" / "real"
if not (REAL / "odre").is_dir():
    pytest.skip("the recorded answers of ODRÉ are not beside this checkout", allow_module_level=True)
csv.field_size_limit(10_000_000)

Exported = Callable[..., list[dict[str, Any]]]
API = "api/explore/v2.1/catalog/datasets"


def recorded(name: str) -> str:
    path = REAL / name
    if not path.is_file():
        pytest.skip(f"{name} is not beside this checkout")
    data = path.read_bytes()
    return (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8-sig")


def header(name: str) -> list[str]:
    return next(csv.reader(io.StringIO(recorded(name)), delimiter=";"))


def simulated_header(url: SimulatorUrl, portal: str, dataset: str, labels: bool) -> list[str]:
    asked = {"limit": "1", "use_labels": str(labels).lower()}
    answer = requests.get(f"{url}/{portal}/{API}/{dataset}/exports/csv", asked, timeout=60)
    return next(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))


def kinds(rows: list[dict[str, Any]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        for name, value in row.items():
            found[name].add(type(value).__name__)
    return found


def test_the_nation_in_real_time_field_by_field(exported: Exported) -> None:
    real = json.loads(recorded("odre/national-tr_records_2025-08-22.json"))
    made = exported("eco2mix-national-tr", where="date = '2026-11-18'")
    assert len(made) == len(real)
    assert set(made[0]) == set(real[0])
    assert kinds(made) == kinds(real)


@pytest.mark.parametrize(
    ("file", "portal", "dataset", "labels"),
    [
        ("odre/regional-cons-def_export-labels_hauts-de-france_2024.csv.gz", "odre", "eco2mix-regional-cons-def", True),
        (
            "odre/stock-quotidien-stockages-gaz_2010-11-01_2023-09-30.csv.gz",
            "odre",
            "stock-quotidien-stockages-gaz",
            False,
        ),
        (
            *("odre/temperature-quotidienne-regionale_2016-01-01_2023-09-30.csv.gz", "odre"),
            *("temperature-quotidienne-regionale", False),
        ),
        (
            *("odre/temperature-quotidienne-regionale_labels_2016-01-01_2026-02-27.csv.gz", "odre"),
            *("temperature-quotidienne-regionale", True),
        ),
        ("odre/prod-region-annuelle-filiere_labels.csv.gz", "odre", "prod-region-annuelle-filiere", True),
        (
            *("paris/etablissements-scolaires-colleges_export-labels_2021-05-05.csv", "opendata-paris"),
            *("etablissements-scolaires-colleges", True),
        ),
    ],
)
def test_headers_of_exports(shared_url: SimulatorUrl, file: str, portal: str, dataset: str, labels: bool) -> None:
    made = simulated_header(shared_url, portal, dataset, labels)
    real = header(file)
    if dataset == "eco2mix-regional-cons-def":  # the portal's shares come pair by pair, in an order of its own
        assert made[-1] == real[-1]
        assert set(made) == set(real)
    else:
        assert made == real


def test_colleges_of_each_district_and_school_year(exported: Exported) -> None:
    text = recorded("paris/etablissements-scolaires-colleges_export-labels_2021-05-05.csv")
    real = Counter(
        (row["Code INSEE"], row["Année scolaire"]) for row in csv.DictReader(io.StringIO(text), delimiter=";")
    )
    years = {year for _, year in real}
    made = Counter((row["arr_insee"], row["annee_scol"]) for row in exported("etablissements-scolaires-colleges"))
    assert {key: count for key, count in made.items() if key[1] in years} == real


def test_labels_of_the_nation(shared_url: SimulatorUrl) -> None:
    real = header("odre/national-tr_export-labels_2021-12.csv")
    made = simulated_header(shared_url, "odre", "eco2mix-national-tr", labels=True)
    added = {"Eolien terrestre", "Eolien offshore", "Stockage batterie", "Déstockage batterie"}
    assert set(made) == set(real) | added


def test_polls_of_the_regions(exported: Exported) -> None:
    for poll in ("2026-03-16T164806Z", "2026-08-22T182227Z"):
        real = json.loads(recorded(f"odre/polls/regional-tr_{poll}.json.gz"))
        made = exported(
            "eco2mix-regional-tr",
            now=f"{poll[:13]}:{poll[13:15]}:{poll[15:17]}Z",
            where=f"date_heure >= '{min(row['date_heure'] for row in real)}'",
            select=", ".join(real[0]),
        )
        assert set(made[0]) == set(real[0])
        assert kinds(made) == kinds(real)
        assert {row["libelle_region"] for row in made} == {row["libelle_region"] for row in real}
        assert {row["date_heure"] for row in made} == {row["date_heure"] for row in real}


def test_pumping_and_summer_gas_are_as_large_as_recorded(world: World) -> None:
    """Monthly means of real time, March to August 2026, MW; other weather, so within bands."""
    text = recorded("odre/national-tr_observed_2026-03-16_2026-08-22.csv.gz")
    rows = [row for row in csv.DictReader(io.StringIO(text)) if row["gaz"] and row["date_heure"] < "2026-08-22"]
    starts = np.array([Clock(row["date_heure"]).now() for row in rows])
    months = np.array([row["date_heure"][5:7] for row in rows])
    made = eco2mix.national(eco2mix.real_time(world, starts, Clock("2026-11-21T00:00:00Z").now()))
    real = {name: np.array([float(row[name] or 0) for row in rows]) for name in ("pompage", "gaz")}
    for month in ("03", "04", "05", "06", "07", "08"):
        at = months == month
        assert 0.65 < made["pompage"][at].mean() / real["pompage"][at].mean() < 1.5, month
    summer = months >= "06"
    assert 0.65 < made["gaz"][summer].mean() / real["gaz"][summer].mean() < 1.5
    noon = summer & (starts % 86400 >= 10 * 3600) & (starts % 86400 < 15 * 3600)
    for gas in (made["gaz"], real["gaz"]):
        assert gas[noon].mean() < 0.7 * gas[summer & ~noon].mean()


def test_hydro_power_of_the_regions_reaches_as_far_as_it_did(world: World) -> None:
    """Mean and greatest MW of the regions that have dams worth the name, March to August 2026."""
    real: dict[str, list[float]] = defaultdict(list)
    for row in csv.DictReader(io.StringIO(recorded("odre/regional-tr_observed_2026-03-16_2026-08-22.csv.gz"))):
        if row["hydraulique"]:
            real[row["code_insee_region"]].append(float(row["hydraulique"]))
    starts = np.arange(Clock("2026-03-16T00:00:00Z").now(), Clock("2026-08-22T00:00:00Z").now(), 900)
    parts = eco2mix.real_time(world, starts, Clock("2026-11-21T00:00:00Z").now())
    for code, made in zip(regions.CODES, eco2mix.regional(world, starts, parts)["hydraulique"], strict=True):
        if max(real[code]) > 200:
            assert 0.75 < made.max() / max(real[code]) < 1.25, code
            assert 0.8 < made.mean() / np.mean(real[code]) < 1.25, code


def test_the_spring_day_as_it_was_recorded(exported: Exported) -> None:
    """Instants, twins, and which rows of the day are measured at a quarter to one."""
    real = json.loads(recorded("odre/polls/national-tr_2026-03-29T124653Z.json.gz"))
    made = exported(
        "eco2mix-national-tr",
        now="2026-03-29T12:46:53Z",
        where=f"date_heure >= '{min(row['date_heure'] for row in real)}'",
        select=", ".join(real[0]),
    )

    def seen(rows: list[dict[str, Any]]) -> list[tuple[str, bool]]:
        return sorted((row["date_heure"], row["consommation"] is None) for row in rows)

    assert seen(made) == seen(real)
    assert kinds(made) == kinds(real)


def test_the_spring_and_autumn_days_of_consolidated_regions(exported: Exported) -> None:
    text = recorded("odre/regional-cons-def_export-labels_hauts-de-france_2024.csv.gz")
    real = csv.DictReader(io.StringIO(text), delimiter=";")
    wanted = sorted((row["Date"], row["Heure"], row["Date - Heure"]) for row in real)
    made = exported(
        "eco2mix-regional-cons-def",
        where="code_insee_region = '32' and date >= '2024-01-01' and date < '2025-01-01'",
        select="date, heure, date_heure",
        timezone="Europe/Paris",
    )
    assert sorted((row["date"], row["heure"], row["date_heure"]) for row in made) == wanted


def test_metropolises(exported: Exported) -> None:
    real = json.loads(recorded("odre/eco2mix-metropoles_reshaped_2025-01-01.json"))
    made = exported("eco2mix-metropoles-tr", where="date = '2025-01-01'")
    assert {(row["libelle_metropole"], row["code_insee_epci"]) for row in made} == {
        (name, one["code_insee_epci"]) for name, one in real.items()
    }
    measures = [one for town in real.values() for day in town["datas"].values() for one in day.values()]
    made_kinds = kinds(made)
    assert {name: made_kinds[name] for name in measures[0]} == kinds(measures)
    assert len(made) == len(measures)


def test_gas_of_departments_is_as_large_as_recorded(exported: Exported) -> None:
    """Beside electricity, of the departments and years in the recording (2012 to 2020, Île-de-France)."""
    real: dict[str, list[float]] = defaultdict(list)
    for row in json.loads(recorded("odre/legacy-v1-export_conso-departement-annuelle.json")):
        fields = row["fields"]
        real[fields["code_departement"]].append(fields["g_consototale"] / fields["e_consototale"])
    made: dict[str, list[float]] = defaultdict(list)
    for row in exported("conso-departement-annuelle", where="code_region = '11'"):
        made[row["code_departement"]].append(row["g_consototale"] / row["e_consototale"])
    assert set(made) == set(real)
    for code, ratios in made.items():
        assert 0.9 * min(real[code]) <= min(ratios) < max(ratios) <= 1.1 * max(real[code]), code
        assert max(ratios) > 1.01 * min(ratios)


def test_departments(exported: Exported) -> None:
    real = json.loads(recorded("odre/legacy-v1-export_conso-departement-annuelle.json"))
    made = exported("conso-departement-annuelle", where="annee = '2025'")
    assert set(made[0]) == {name for row in real for name in row["fields"]}
    made_kinds, real_kinds = kinds(made), kinds([row["fields"] for row in real])
    del made_kinds["geo_point_2d"], real_kinds["geo_point_2d"]  # a pair in the old version
    assert {name for name in made_kinds if made_kinds[name] != real_kinds[name]} <= {"consoa", "g_consoa"}
    names = {row["fields"]["code_departement"]: row["fields"]["libelle_departement"] for row in real}
    ours = {row["code_departement"]: row["libelle_departement"] for row in made}
    assert {code: ours[code] for code in names} == names
