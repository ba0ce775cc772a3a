"""The fields of éCO2mix at ODRÉ: names, labels, units, and the types on which sibling sets disagree."""

from __future__ import annotations

from simulator.opendatasoft.table import Field, Type

NOT_ALWAYS_KNOWN = ("eolien_terrestre", "eolien_offshore", "stockage_batterie", "destockage_batterie")
"""Numbers that came later than the others: no unit in their label, and texts in most sets."""
_NATIONAL_LABELS = {
    "consommation": "Consommation",
    "prevision_j1": "Prévision J-1",
    "prevision_j": "Prévision J",
    "fioul": "Fioul",
    "charbon": "Charbon",
    "gaz": "Gaz",
    "nucleaire": "Nucléaire",
    "eolien": "Eolien",
    "eolien_terrestre": "Eolien terrestre",
    "eolien_offshore": "Eolien offshore",
    "solaire": "Solaire",
    "hydraulique": "Hydraulique",
    "pompage": "Pompage",
    "bioenergies": "Bioénergies",
    "ech_physiques": "Ech. physiques",
    "taux_co2": "Taux de CO2",
    "ech_comm_angleterre": "Ech. comm. Angleterre",
    "ech_comm_espagne": "Ech. comm. Espagne",
    "ech_comm_italie": "Ech. comm. Italie",
    "ech_comm_suisse": "Ech. comm. Suisse",
    "ech_comm_allemagne_belgique": "Ech. comm. Allemagne-Belgique",
    "fioul_tac": "Fioul - TAC",
    "fioul_cogen": "Fioul - Cogénération",
    "fioul_autres": "Fioul - Autres",
    "gaz_tac": "Gaz - TAC",
    "gaz_cogen": "Gaz - Cogénération",
    "gaz_ccg": "Gaz - CCG",
    "gaz_autres": "Gaz - Autres",
    "hydraulique_fil_eau_eclusee": "Hydraulique - Fil de l'eau + éclusée",
    "hydraulique_lacs": "Hydraulique - Lacs",
    "hydraulique_step_turbinage": "Hydraulique - STEP turbinage",
    "bioenergies_dechets": "Bioénergies - Déchets",
    "bioenergies_biomasse": "Bioénergies - Biomasse",
    "bioenergies_biogaz": "Bioénergies - Biogaz",
    "stockage_batterie": "Stockage batterie",
    "destockage_batterie": "Déstockage batterie",
}


def _clock_fields(clock: str = "heure") -> list[Field]:
    return [
        Field("nature", "text", "Nature", facet=True),
        Field("date", "date", "Date", facet=True),
        Field(clock, "text", "Heure" if clock == "heure" else "Heures"),
        Field("date_heure", "datetime", "Date - Heure", facet=True),
    ]


def _power(name: str, label: str, text: bool) -> Field:
    if name in NOT_ALWAYS_KNOWN:
        return Field(name, "text" if text else "int", label)
    unit = "g/kWh" if name == "taux_co2" else "MW"
    return Field(name, "text" if text else "int", f"{label} ({unit})", unit=unit)


def national_fields() -> list[Field]:
    """41 fields, in the order of the portal."""
    measures = [_power(name, label, name in NOT_ALWAYS_KNOWN) for name, label in _NATIONAL_LABELS.items()]
    return [Field("perimetre", "text", "Périmètre", facet=True), *_clock_fields(), *measures]


_COMPARED = {
    "thermique": "Thermique",
    "nucleaire": "Nucléaire",
    "eolien": "Eolien",
    "solaire": "Solaire",
    "hydraulique": "Hydraulique",
    "bioenergies": "Bioénergies",
}
_REGIONAL_ORDER = (
    *("consommation", "thermique", "nucleaire", "eolien", "solaire", "hydraulique", "pompage", "bioenergies"),
    *("ech_physiques", "stockage_batterie", "destockage_batterie", "eolien_terrestre", "eolien_offshore"),
)
TEXT_IN_REGIONAL_TR = ("pompage", *NOT_ALWAYS_KNOWN)
TEXT_IN_REGIONAL_CONS = ("eolien", "eolien_terrestre", "eolien_offshore")


def regional_fields(consolidated: bool) -> list[Field]:
    """32 fields; the two sets disagree on which numbers are texts."""
    texts = TEXT_IN_REGIONAL_CONS if consolidated else TEXT_IN_REGIONAL_TR
    labels = {**_NATIONAL_LABELS, "thermique": "Thermique"}
    shares: list[Field] = []
    for name, label in _COMPARED.items():
        for share in ("tco", "tch"):
            kind: Type = "text" if consolidated else "double"
            shares.append(Field(f"{share}_{name}", kind, f"{share.upper()} {label} (%)", unit="%", decimals=True))
    return [
        Field("code_insee_region", "text", "Code INSEE région", facet=True),
        Field("libelle_region", "text", "Région", facet=True),
        *_clock_fields(),
        *(_power(name, labels[name], name in texts) for name in _REGIONAL_ORDER),
        *shares,
        Field("column_30", "text", "Column 30"),
    ]


def metropole_fields() -> list[Field]:
    """Nine fields."""
    return [
        Field("code_insee_epci", "text", "Code INSEE EPCI", facet=True),
        Field("libelle_metropole", "text", "Métropole", facet=True),
        *_clock_fields("heures"),
        Field("consommation", "int", "Consommation (MW)", unit="MW"),
        Field("production", "text", "Production (MW)", unit="MW"),
        Field("echanges_physiques", "text", "Echanges physiques (MW)", unit="MW"),
    ]
