"""What the messages of the unavailability API say: assets, capacities, reasons. One function for each kind of row."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import numpy as np

from simulator import paris
from simulator.model.fleet import eic, plants
from simulator.model.grid import Floats
from simulator.model.outages import Habit, Messages
from simulator.paris import HOUR
from simulator.rte.flows import FRANCE, NEIGHBOURS


@dataclass(frozen=True)
class Asset:
    """What an outage is about."""

    eic_code: str
    name: str
    type: str
    fuel: str
    capacity: int  # MW
    company: str


@dataclass(frozen=True)
class Link:
    """An interconnection of France, or a line that limits it."""

    eic_code: str
    name: str
    type: str
    border: str
    capacity: int  # MW that it gives to the exchange


# Share of the messages and median hours of a planned outage, by production type.
TALK = {
    "FOSSIL_GAS": (0.13, 8),
    "FOSSIL_HARD_COAL": (0.04, 10),
    "FOSSIL_OIL": (0.04, 6),
    "HYDRO_PUMPED_STORAGE": (0.16, 6),
    "HYDRO_RUN_OF_RIVER_AND_POUNDAGE": (0.12, 6),
    "HYDRO_WATER_RESERVOIR": (0.14, 6),
    "NUCLEAR": (0.34, 8),
    "WIND_OFFSHORE": (0.03, 4),
}
WHOLE_PLANTS = 0.12  # share of the messages that are about a plant instead of one of its units
SPELLED = {"HYDRO_RUN_OF_RIVER_AND_POUNDAGE": "HYDRO_RUN-OF-RIVER_AND_POUNDAGE"}  # in this API only

PLANNED, FORCED = "PLANNED_MAINTENANCE", "FORCED_UNAVAILABILITY"
REASONS = {PLANNED: "Foreseen Maintenance / Maintenance prévue", FORCED: "Failure / Défaillance"}
DETAILS = (
    "Others / Divers",
    "Mechanical / Mécanique\nTurbine, generator / Turbine, alternateur",
    "Electrical / Électrique",
    "Periodic test / Essai périodique\nPower variation / Variation de puissance",
    "Environment / Environnement\nTemperature or flow of the river / Température ou débit du fleuve",
    "Inspection / Contrôle\nDécret, réglementation / Regulation",
)
REMARKS = (
    "Durée incertaine / Uncertain duration",
    "Date de fin prévisionnelle / Expected end date\nMise à jour à venir / To be updated",
)
# fmt: off
LINKS = (
    ("Avelin - Avelgem", "AC_LINK", "BE", 1400), ("Lonny - Achene", "AC_LINK", "BE", 1000),
    ("Moulaine - Aubange", "AC_LINK", "BE", 500), ("Vigy - Ensdorf", "AC_LINK", "DE", 1300),
    ("Muhlbach - Eichstetten", "AC_LINK", "DE", 900), ("Vogelgrun - Eichstetten", "AC_LINK", "DE", 400),
    ("Bassecourt - Sierentz", "AC_LINK", "CH", 1000), ("Bois-Tollot - Romanel", "AC_LINK", "CH", 700),
    ("Albertville - Rondissone", "AC_LINK", "IT", 1400), ("Piossasco - Grande-Ile", "DC_LINK", "IT", 1200),
    ("Baixas - Santa-Llogaia", "DC_LINK", "ES", 1400), ("Argia - Hernani", "AC_LINK", "ES", 1000),
    ("IFA 2000", "DC_LINK", "GB", 2000), ("IFA2", "DC_LINK", "GB", 1000), ("ElecLink", "DC_LINK", "GB", 1000),
)
TOPICS = (
    "Strike notice / Préavis de grève", "Fuel supply / Approvisionnement en combustible",
    "Modulation of the nuclear fleet / Modulation du parc nucléaire",
    "Environmental constraint / Contrainte environnementale",
    "Update of the REMIT platform / Évolution de la plateforme",
)
# fmt: on


def _assets() -> tuple[list[Asset], Floats]:
    """Whole plants and units, with how often each is spoken of: of a type, all plants alike and all units alike."""
    assets = []
    for plant in plants():
        fuel = SPELLED.get(plant.production_type, plant.production_type)
        for kind, members in (("PRODUCTION_UNIT", (plant,)), ("GENERATION_UNIT", plant.units)):
            assets += [Asset(one.eic_code, one.name, kind, fuel, round(one.capacity), plant.company) for one in members]
    siblings = Counter((asset.fuel, asset.type) for asset in assets)
    of_type = {"PRODUCTION_UNIT": WHOLE_PLANTS, "GENERATION_UNIT": 1 - WHOLE_PLANTS}
    weights = [_SHARES[asset.fuel] * of_type[asset.type] / siblings[asset.fuel, asset.type] for asset in assets]
    return assets, np.array(weights)


_SHARES = {SPELLED.get(name, name): share for name, (share, _) in TALK.items()}
_HOURS = {SPELLED.get(name, name): hours for name, (_, hours) in TALK.items()}
ASSETS, _WEIGHTS = _assets()
FUELS = [asset.fuel for asset in ASSETS]
COMPANY_CODES = {
    company: eic(f"17X100H100C{number:04d}")
    for number, company in enumerate(sorted({a.company for a in ASSETS} | {"RTE"}))
}
NETWORK = [
    Link(eic(f"10T-{border}-FR-H{n:05d}"), name, kind, border, mw) for n, (name, kind, border, mw) in enumerate(LINKS)
]

GENERATION = Habit(
    "generation", 790 / 30, 2.7, _WEIGHTS, np.array([_HOURS[fuel] for fuel in FUELS], dtype=np.float64), 0.55
)
TRANSMISSION = Habit("transmission", 150 / 30, 2.7, np.ones(len(NETWORK)), np.full(len(NETWORK), 30.0), 0.3)
OTHER = Habit("information", 10 / 30, 1.7, np.ones(len(TOPICS)), np.full(len(TOPICS), 72.0), 0.4)


def generation(drawn: Messages, number: int) -> dict[str, Any]:
    """A row of generation_unavailabilities; capacities in MW."""
    asset = ASSETS[drawn.asset[number]]
    return {
        **_head(drawn, number, "GU"),
        "event_status": _status(drawn, number),
        "unavailability_type": _type(drawn, number),
        "fuel_type": asset.fuel,
        **_participant(asset.company),
        "affected_asset_or_unit_eic_code": asset.eic_code,
        "affected_asset_or_unit_name": asset.name,
        "affected_asset_or_unit_type": asset.type,
        "affected_asset_or_unit_installed_capacity": asset.capacity,
        **_words(drawn, number),
        "values": _capacities(drawn, number, asset.capacity),
    }


def transmission(drawn: Messages, number: int) -> dict[str, Any]:
    """A row of transmission_network_unavailabilities: how many MW may still cross the border, in each direction."""
    link = NETWORK[drawn.asset[number]]
    left = [share * link.capacity for share in _shares_left(drawn, number)]
    neighbour = NEIGHBOURS[link.border]
    ways = [(neighbour, FRANCE), (FRANCE, neighbour)][: 1 if drawn.dice[number, 3] < 0.3 else 2]
    return {
        **_head(drawn, number, "TU"),
        "event_status": _status(drawn, number),
        "unavailability_type": _type(drawn, number),
        **_participant("RTE"),
        "affected_asset_or_unit_eic_code": link.eic_code,
        "affected_asset_or_unit_name": link.name,
        "affected_asset_or_unit_type": link.type,
        **_words(drawn, number),
        "values_impacted_NTC": [
            {
                **interval,
                "sender_country_eic_code": sender[0],
                "sender_country_name": sender[1],
                "receiver_country_eic_code": receiver[0],
                "receiver_country_name": receiver[1],
                "value": _border_capacity(link.border) - link.capacity + round(megawatts / 50) * 50,
            }
            for interval, megawatts in zip(_intervals(drawn, number), left, strict=False)
            for sender, receiver in ways
        ],
    }


def other(drawn: Messages, number: int) -> dict[str, Any]:
    """A row of other_market_information: a head and words."""
    company = sorted(COMPANY_CODES)[int(drawn.dice[number, 3] * len(COMPANY_CODES))]
    return {
        **_head(drawn, number, "MI"),
        "status": _status(drawn, number),
        **_participant(company),
        **_words(drawn, number),
        "reason": TOPICS[drawn.asset[number]],
    }


def _head(drawn: Messages, number: int, code: str) -> dict[str, Any]:
    identifier = f"FR-RTE-{code}-{drawn.event[number] + 1:08d}"
    version = int(drawn.version[number])
    return {
        "identifier": identifier,
        "message_id": f"{identifier}_{version:03d}",
        "version": str(version),
        "creation_date": paris.iso_one(int(drawn.created[number])),
        "publication_date": f"{datetime.fromtimestamp(int(drawn.published[number]), UTC):%Y-%m-%dT%H:%M:%SZ}",
        "start_date": paris.iso_one(int(drawn.start[number])),
        "end_date": paris.iso_one(int(drawn.end[number])),
    }


def _participant(company: str) -> dict[str, str]:
    return {"market_participant": company, "market_participant_eic_code": COMPANY_CODES[company]}


def _status(drawn: Messages, number: int) -> str:
    return "DISMISSED" if drawn.dismissed[number] else "ACTIVE"


def _type(drawn: Messages, number: int) -> str:
    return FORCED if drawn.forced[number] else PLANNED


def _words(drawn: Messages, number: int) -> dict[str, str]:
    """The reason, in two languages on one or more lines, and sometimes remarks."""
    detail = DETAILS[int(drawn.dice[number, 0] * len(DETAILS))]
    words = {"reason": f"{REASONS[_type(drawn, number)]}\n{detail}"}
    if drawn.die[number] < 0.3:
        words["remarks"] = REMARKS[int(drawn.die[number] / 0.3 * len(REMARKS))]
    return words


def _capacities(drawn: Messages, number: int, installed: int) -> list[dict[str, Any]]:
    """By interval what is left and what is missing; one of the two is sometimes not said."""
    values = []
    for interval, share in zip(_intervals(drawn, number), _shares_left(drawn, number), strict=False):
        available = round(installed * share)
        said = {"available_capacity": available, "unavailable_capacity": installed - available}
        if drawn.die[number] > 0.85:
            del said["unavailable_capacity"]
        elif drawn.die[number] > 0.75:
            del said["available_capacity"]
        values.append({**interval, **said})
    return values


def _intervals(drawn: Messages, number: int) -> list[dict[str, str]]:
    """The event in one to three parts, cut at whole hours."""
    start, end = int(drawn.start[number]), int(drawn.end[number])
    parts = 1 + int(drawn.dice[number, 1] > 0.8) + int(drawn.dice[number, 1] > 0.92) if end - start >= 6 * HOUR else 1
    cuts = [(start + (end - start) * part // parts) // HOUR * HOUR for part in range(1, parts)]
    texts = [paris.iso_one(instant) for instant in (start, *cuts, end)]
    return [{"start_date": begin, "end_date": finish} for begin, finish in pairwise(texts)]


def _shares_left(drawn: Messages, number: int) -> tuple[float, float, float]:
    """What is left of the capacity in each part: nothing in most events, less and less missing in the others."""
    share = max(0.0, (float(drawn.dice[number, 2]) - 0.6) / 0.4 * 0.9)
    return share, min(1.0, 1.2 * share), min(1.0, 1.5 * share)


def _border_capacity(border: str) -> int:
    return sum(link.capacity for link in NETWORK if link.border == border)
