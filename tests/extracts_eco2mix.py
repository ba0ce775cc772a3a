"""ODRÉ's éCO2mix: what 635 polls of 166 days saw, exports of other years, one day with all its fields."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import duckdb
from real_warehouse import RealWarehouse
from recorded import REAL

ODRE = REAL / "odre"
NATIONAL_POLLS = ODRE / "national-tr_observed_2026-03-16_2026-08-22.csv.gz"
REGIONAL_POLLS = ODRE / "regional-tr_observed_2026-03-16_2026-08-22.csv.gz"
DECEMBER_2021 = ODRE / "national-tr_export-labels_2021-12.csv"
HAUTS_DE_FRANCE_2024 = ODRE / "regional-cons-def_export-labels_hauts-de-france_2024.csv.gz"
AUGUST_DAY = ODRE / "national-tr_records_2025-08-22.json"
METROPOLES = ODRE / "eco2mix-metropoles_reshaped_2025-01-01.json"
NOON_SAMPLES = sorted((ODRE / "polls").glob("national-cons-def_noon-samples_*.json.gz"))

NATIONAL_KEY = ["perimetre", "date", "heure", "nature"]
REGIONAL_KEY = ["code_insee_region", "date", "heure", "nature"]
MEASURES = "consommation, nucleaire, eolien, solaire, hydraulique, bioenergies, pompage"
NATIONAL_MEASURES = f"{MEASURES}, gaz, fioul, charbon, taux_co2, ech_physiques"

# Labels of an export and the columns of the API that they stand for; the rest is made lower case.
NATIONAL_LABELS = {
    "Consommation (MW)": "consommation",
    "Prévision J-1 (MW)": "prevision_j1",
    "Prévision J (MW)": "prevision_j",
    "Fioul (MW)": "fioul",
    "Charbon (MW)": "charbon",
    "Gaz (MW)": "gaz",
    "Nucléaire (MW)": "nucleaire",
    "Eolien (MW)": "eolien",
    "Solaire (MW)": "solaire",
    "Hydraulique (MW)": "hydraulique",
    "Pompage (MW)": "pompage",
    "Bioénergies (MW)": "bioenergies",
    "Ech. physiques (MW)": "ech_physiques",
    "Taux de CO2 (g/kWh)": "taux_co2",
    "Ech. comm. Espagne (MW)": "ech_comm_espagne",
}
REGIONAL_LABELS = {
    "Consommation (MW)": "consommation",
    "Thermique (MW)": "thermique",
    "Nucléaire (MW)": "nucleaire",
    "Eolien (MW)": "eolien",
    "Solaire (MW)": "solaire",
    "Hydraulique (MW)": "hydraulique",
    "Pompage (MW)": "pompage",
    "Bioénergies (MW)": "bioenergies",
    "Ech. physiques (MW)": "ech_physiques",
}


def load(warehouse: RealWarehouse) -> None:
    warehouse.upsert("raw_odre.eco2mix_national_tr", NATIONAL_KEY, national_rows())
    warehouse.upsert("raw_odre.eco2mix_regional_tr", REGIONAL_KEY, regional_rows())
    warehouse.upsert(
        "raw_odre.eco2mix_national_tr", NATIONAL_KEY, labelled(DECEMBER_2021, NATIONAL_LABELS, NATIONAL_ID)
    )
    warehouse.upsert(
        "raw_odre.eco2mix_regional_cons_def", REGIONAL_KEY, labelled(HAUTS_DE_FRANCE_2024, REGIONAL_LABELS, REGIONAL_ID)
    )
    warehouse.upsert(
        "raw_odre.eco2mix_national_tr",
        NATIONAL_KEY,
        f"""select * replace (cast(date as date) as date, cast(heure as varchar)[:5] as heure)
        from read_json('{AUGUST_DAY}')""",
    )
    for samples in NOON_SAMPLES:
        warehouse.upsert(
            "raw_odre.eco2mix_national_cons_def",
            NATIONAL_KEY,
            f"""select 'France' as perimetre, 'Données consolidées' as nature, {PARIS_LABEL}, date_heure,
                {NATIONAL_MEASURES}
            from (select * replace (cast(date_heure as timestamptz) as date_heure) from read_json('{samples}'))""",
        )
    warehouse.upsert(
        "raw_odre.eco2mix_metropoles_tr", ["code_insee_epci", "date", "heures", "nature"], metropole_rows()
    )


PARIS_LABEL = """cast(timezone('Europe/Paris', date_heure) as date) as date,
    strftime(timezone('Europe/Paris', date_heure), '%H:%M') as heure"""
NATIONAL_ID = "'France' as perimetre"
REGIONAL_ID = 'cast("Code INSEE région" as varchar) as code_insee_region'


def labelled(path: Path, labels: dict[str, str], identity: str) -> str:
    columns = ", ".join(f'"{label}" as {column}' for label, column in labels.items())
    return f"""select {identity}, "Nature" as nature, "Date" as date, cast("Heure" as varchar)[:5] as heure,
        "Date - Heure" as date_heure, {columns}
    from read_csv('{path}', delim=';', header=true)"""


def national_rows() -> str:
    return f"""select 'France' as perimetre, 'Données temps réel' as nature, date, heure, date_heure,
        {NATIONAL_MEASURES}
    from ({with_labels(NATIONAL_POLLS, "'France'", NATIONAL_MEASURES)})
    qualify row_number() over (partition by date, heure order by fetched_at desc, occurrence) = 1"""


def regional_rows() -> str:
    measures = f"{MEASURES}, thermique"
    return f"""select cast(area as varchar) as code_insee_region, libelle_region, 'Données temps réel' as nature,
        date, heure, date_heure, {measures}
    from ({with_labels(REGIONAL_POLLS, "code_insee_region", measures)})
    qualify row_number() over (partition by area, date, heure order by fetched_at desc, occurrence) = 1"""


def with_labels(path: Path, area: str, measures: str) -> str:
    """The polls didn't keep the labels `date` and `heure`. They follow from the instant but for the twins of March: of
    two rows of one instant, that with the values of an hour earlier is the one labelled 02:xx, a skipped clock."""
    same = " and ".join(f"twin.{column} is not distinct from earlier.{column}" for column in measures.split(", "))
    twins = "'2026-03-29 01:00:00+00' and '2026-03-29 01:45:00+00'"
    return f"""
        with polls as (select *, {area} as area from read_csv('{path}')),
        earlier as (
            select * from polls
            where date_heure between timestamptz '2026-03-29 00:00:00+00' and '2026-03-29 00:45:00+00'
        ),
        phantoms as (
            select distinct twin.area, twin.date_heure, twin.fetched_at, twin.occurrence
            from polls as twin
            inner join earlier on earlier.area = twin.area and earlier.date_heure = twin.date_heure - interval 1 hour
            where twin.date_heure between timestamptz {twins} and {same}
                and (twin.consommation is not null or twin.occurrence = 0)
        )
        select
            polls.*,
            cast(timezone('Europe/Paris', date_heure) as date) as date,
            strftime(
                timezone('Europe/Paris', date_heure)
                - case when phantoms.area is null then interval 0 hour else interval 1 hour end,
                '%H:%M'
            ) as heure
        from polls left join phantoms using (area, date_heure, fetched_at, occurrence)"""


def metropole_rows() -> str:
    days = json.loads(METROPOLES.read_text())
    rows = [
        {
            "code_insee_epci": metropole["code_insee_epci"],
            "libelle_metropole": name,
            "date": day,
            "heures": clock,
            "consommation": values["consommation"],
            "production": number(values["production"]),
            "echanges_physiques": number(values["echanges_physiques"]),
        }
        for name, metropole in days.items()
        for day, clocks in metropole["datas"].items()
        for clock, values in clocks.items()
    ]
    file = Path(tempfile.mkdtemp()) / "metropoles.json"
    file.write_text(json.dumps(rows))
    return f"""select * replace (cast(date as date) as date, cast(heures as varchar)[:5] as heures),
        'Données temps réel' as nature,
        timezone('Europe/Paris', cast(date as date) + cast(heures as time)) as date_heure
    from read_json('{file}')"""


def number(text: str | int | None) -> float | None:
    """Numbers may come as texts; ND and - stand for nothing."""
    try:
        return None if text is None else float(text)
    except ValueError:
        return None


def independent(query: str) -> list[tuple[object, ...]]:
    """A query straight on the files, in UTC."""
    with duckdb.connect() as connection:
        connection.execute("set TimeZone='UTC'")
        return connection.execute(query).fetchall()
