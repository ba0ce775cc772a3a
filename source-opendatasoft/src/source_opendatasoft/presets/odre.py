"""ODRÉ (odre.opendatasoft.com): éCO2mix, gas storage, temperatures, and yearly figures by region and department."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from connector_kit.pace import HOURLY, QUARTER_HOURLY, SIX_HOURLY
from connector_kit.streams import Field

from source_opendatasoft.dataset import Dataset


def text(name: str, description: str, nullable: bool = False, source: str = "") -> Field:
    return Field(name, "string", description, nullable, source=source)


def measure(name: str, description: str, unit: str) -> Field:
    return Field(name, "number", description, unit=unit)


def power(name: str, description: str) -> Field:
    return measure(name, description, "MW")


NATURE = text("nature", "Données temps réel, Données consolidées or Données définitives: never mix them in one series.")
DATE = Field("date", "date", "Day of the Paris clock.", nullable=False)
HEURE = text(
    "heure", "Quarter-hour or half-hour of the Paris clock, HH:MM; on the spring change day 02:00 to 02:45 too."
)
DATE_HEURE = Field(
    "date_heure",
    "instant",
    "The row's instant, UTC. Not unique: the four labels that don't exist in spring have those of the next hour.",
    nullable=False,
)
REGION = text("code_insee_region", "INSEE code of the region.")

SUPPLY: Sequence[Field] = (
    power("stockage_batterie", "Charging of batteries; not above 0."),
    power("destockage_batterie", "Discharging of batteries."),
    power("eolien_terrestre", "Onshore wind."),
    power("eolien_offshore", "Offshore wind."),
)

BORDERS = {
    "angleterre": "England",
    "espagne": "Spain",
    "italie": "Italy",
    "suisse": "Switzerland",
    "allemagne_belgique": "Germany and Belgium",
}
DETAILS = {
    "fioul_tac": "Oil: combustion turbines.",
    "fioul_cogen": "Oil: combined heat and power.",
    "fioul_autres": "Oil: other plants.",
    "gaz_tac": "Gas: combustion turbines.",
    "gaz_cogen": "Gas: combined heat and power.",
    "gaz_ccg": "Gas: combined cycles.",
    "gaz_autres": "Gas: other plants.",
    "hydraulique_fil_eau_eclusee": "Hydro: run of river and poundage.",
    "hydraulique_lacs": "Hydro: reservoirs.",
    "hydraulique_step_turbinage": "Hydro: pumped storage, generating.",
    "bioenergies_dechets": "Bioenergy: waste.",
    "bioenergies_biomasse": "Bioenergy: biomass.",
    "bioenergies_biogaz": "Bioenergy: biogas.",
}

NATIONAL: Sequence[Field] = (
    text("perimetre", "France: the mainland without Corsica."),
    NATURE,
    DATE,
    HEURE,
    DATE_HEURE,
    power("consommation", "Load, losses included, pumping excluded."),
    power("prevision_j1", "Load forecast made the day before."),
    power("prevision_j", "Load forecast made on the day."),
    power("fioul", "Generation from oil."),
    power("charbon", "Generation from coal."),
    power("gaz", "Generation from gas."),
    power("nucleaire", "Nuclear generation."),
    power("eolien", "Wind generation."),
    power("solaire", "Solar generation; in real time much of the small plants is missing."),
    power("hydraulique", "Hydro generation, turbines of pumped storage included."),
    power("pompage", "Pumping of pumped storage; not above 0."),
    power("bioenergies", "Generation from bioenergy."),
    power("ech_physiques", "Physical balance with the neighbours; negative: export."),
    measure("taux_co2", "CO2 emitted by French generation for each kWh generated.", "g/kWh"),
    *(
        power(f"ech_comm_{name}", f"Commercial schedule with {land}; negative: export.")
        for name, land in BORDERS.items()
    ),
    *(power(name, about) for name, about in DETAILS.items()),
    *SUPPLY,
)

TECHNOLOGIES = {
    "thermique": "thermal plants",
    "nucleaire": "nuclear plants",
    "eolien": "wind",
    "solaire": "solar",
    "hydraulique": "hydro",
    "bioenergies": "bioenergy",
}

REGIONAL: Sequence[Field] = (
    REGION,
    text("libelle_region", "Name of the region.", nullable=True),
    NATURE,
    DATE,
    HEURE,
    DATE_HEURE,
    power("consommation", "Load of the region, losses included, pumping excluded."),
    power("thermique", "Generation from oil, coal and gas."),
    power("nucleaire", "Nuclear generation."),
    power("eolien", "Wind generation."),
    power("solaire", "Solar generation; in real time much of the small plants is missing."),
    power("hydraulique", "Hydro generation, turbines of pumped storage included."),
    power("pompage", "Pumping of pumped storage; not above 0."),
    power("bioenergies", "Generation from bioenergy."),
    power("ech_physiques", "Physical balance with neighbouring regions and countries; negative: export."),
    *SUPPLY,
    *(
        measure(f"tco_{name}", f"Share of the load covered by {what}; above 100 occurs.", "%")
        for name, what in TECHNOLOGIES.items()
    ),
    *(
        measure(f"tch_{name}", f"Load factor of {what}: output against installed power; above 100 occurs.", "%")
        for name, what in TECHNOLOGIES.items()
    ),
)

# With the nature in it, what is consolidated never overwrites what is definitive, or real time.
NATIONAL_KEY = ("perimetre", "date", "heure", "nature")
REGIONAL_KEY = ("code_insee_region", "date", "heure", "nature")

_ECO2MIX: dict[str, Any] = {"cursor": "date_heure", "measured_by": "consommation"}
_REAL_TIME: dict[str, Any] = {**_ECO2MIX, "read_every": QUARTER_HOURLY}
_CONSOLIDATED: dict[str, Any] = {**_ECO2MIX, "look_back_days": 31, "whole_when_processed": True}

_SECTORS = {"a": "agriculture", "i": "industry", "t": "services", "r": "households", "na": "unknown use"}
_CARRIERS = {"": "Electricity and gas", "e_": "Electricity", "g_": "Gas"}

DATASETS: Sequence[Dataset] = (
    Dataset(
        dataset="eco2mix-national-tr",
        about="éCO2mix France in real time: instantaneous power by quarter-hour, forecasts to the end of tomorrow.",
        fields=NATIONAL,
        key=NATIONAL_KEY,
        **_REAL_TIME,
    ),
    Dataset(
        dataset="eco2mix-national-cons-def",
        about="éCO2mix France from meters: mean power of each half-hour, consolidated, a year later definitive. Rows "
        "come every quarter-hour, measures only at :00 and :30, forecasts in all of them.",
        fields=NATIONAL,
        key=NATIONAL_KEY,
        first_day=date(2012, 1, 1),
        **_CONSOLIDATED,
    ),
    Dataset(
        dataset="eco2mix-regional-tr",
        about="éCO2mix of the twelve regions of the mainland in real time: instantaneous power of each quarter-hour.",
        fields=REGIONAL,
        key=REGIONAL_KEY,
        ignored=("column_30",),
        **_REAL_TIME,
    ),
    Dataset(
        dataset="eco2mix-regional-cons-def",
        about="éCO2mix of the twelve regions of the mainland from meters: mean power of each half-hour, consolidated, "
        "a year later definitive.",
        fields=REGIONAL,
        key=REGIONAL_KEY,
        ignored=("column_30",),
        first_day=date(2013, 1, 1),
        evidence="export",
        **_CONSOLIDATED,
    ),
    Dataset(
        dataset="eco2mix-metropoles-tr",
        about="éCO2mix of 21 metropolises in real time: instantaneous power of each quarter-hour.",
        fields=(
            text("code_insee_epci", "SIREN code of the metropolis."),
            text("libelle_metropole", "Name of the metropolis.", nullable=True),
            NATURE,
            DATE,
            text("heures", "Quarter-hour of the Paris clock, HH:MM.", source="heures|heure"),
            DATE_HEURE,
            power("consommation", "Load of the metropolis."),
            power("production", "Generation in the metropolis; of most of them not told."),
            power("echanges_physiques", "Power drawn from the transmission grid; negative: fed into it."),
        ),
        key=("code_insee_epci", "date", "heures", "nature"),
        cursor="date_heure",
        measured_by="consommation",
        read_every=HOURLY,
        evidence="client",
    ),
    Dataset(
        dataset="stock-quotidien-stockages-gaz",
        about="Gas in each storage group at the end of the day; Teréga comes a month later than Storengy.",
        fields=(
            DATE,
            Field("stock_fin_de_journee", "number", "Gas in store at the end of the gas day, PCS 0 °C.", unit="GWh"),
            text("source", "Operator: Storengy or Teréga."),
            text("pits", "Storage group (PITS), such as Centre or Saline."),
        ),
        key=("date", "source", "pits"),
        cursor="date",
        measured_by="stock_fin_de_journee",
        look_back_days=92,
        window_days=366,
        first_day=date(2010, 11, 1),
        evidence="export",
    ),
    Dataset(
        dataset="temperature-quotidienne-regionale",
        about="Least, greatest and mean temperature of each day and region, Corsica included; published by the month. "
        "The last day of almost every month is missing since March 2024.",
        fields=(
            text("id", "The portal's own identity, day and region; absent until about 2019.", nullable=True),
            DATE,
            REGION,
            text("region", "Name of the region.", nullable=True),
            measure("tmin", "Least temperature of the day.", "°C"),
            measure("tmax", "Greatest temperature of the day.", "°C"),
            measure("tmoy", "Mean of the two, rounded.", "°C"),
        ),
        key=("date", "code_insee_region"),
        cursor="date",
        measured_by="tmoy",
        look_back_days=62,
        whole_when_processed=True,
        window_days=366,
        first_day=date(2016, 1, 1),
        evidence="export",
    ),
    Dataset(
        dataset="prod-region-annuelle-filiere",
        about="Electricity generated in each year and region, by source.",
        fields=(
            Field("annee", "integer", "Year.", nullable=False, unit="none"),
            REGION,
            text("region", "Name of the region.", nullable=True),
            *(
                measure(f"production_{name}", f"Energy generated in the year: {name}.", "GWh")
                for name in ("nucleaire", "thermique", "hydraulique", "eolienne", "solaire", "bioenergies")
            ),
            Field("geo_shape_region", "string", "Outline of the region, GeoJSON."),
            Field(
                "geo_point_region_lon",
                "number",
                "Longitude of its centre.",
                unit="degrees",
                source="geo_point_region@lon",
            ),
            Field(
                "geo_point_region_lat",
                "number",
                "Latitude of its centre.",
                unit="degrees",
                source="geo_point_region@lat",
            ),
        ),
        key=("annee", "code_insee_region"),
        read_every=SIX_HOURLY,
        evidence="client",
    ),
    Dataset(
        dataset="conso-departement-annuelle",
        about="Electricity and gas consumed in each year and department, by sector.",
        fields=(
            Field("annee", "integer", "Year.", nullable=False, unit="none"),
            text("code_departement", "INSEE code of the department."),
            text("libelle_departement", "Name of the department.", nullable=True),
            text("code_region", "INSEE code of its region.", nullable=True),
            text("libelle_region", "Name of its region.", nullable=True),
            *(
                text(f"{prefix}operateurs", f"{carrier}: operators whose figures are in it.", nullable=True)
                for prefix, carrier in _CARRIERS.items()
            ),
            *(
                measure(f"{prefix}conso{letter}", f"{carrier} consumed by {sector}.", "MWh")
                for prefix, carrier in _CARRIERS.items()
                for letter, sector in _SECTORS.items()
            ),
            *(
                measure(f"{prefix}consototale", f"{carrier} consumed in all.", "MWh")
                for prefix, carrier in _CARRIERS.items()
            ),
            Field("geom", "string", "Outline of the department, GeoJSON."),
            Field("geo_point_2d_lon", "number", "Longitude of its centre.", unit="degrees", source="geo_point_2d@lon"),
            Field("geo_point_2d_lat", "number", "Latitude of its centre.", unit="degrees", source="geo_point_2d@lat"),
        ),
        key=("annee", "code_departement"),
        evidence="production",
    ),
)
