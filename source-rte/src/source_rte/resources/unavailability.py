"""Outages as published under REMIT: each change is a new version. Version 7, as its clients read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from connector_kit.pace import QUARTER_HOURLY
from connector_kit.streams import Field

from source_rte.periods import publications
from source_rte.resource import Part, Resource
from source_rte.resources.columns import BORDER, TWENTY_CALLS_AN_HOUR, code, instant, number, power, text

_API = "unavailability_additional_information/v7"

_MESSAGE: Sequence[Field] = (
    code("identifier", "Identifier of the event, the same in all its versions."),
    code("version", "Version of the message."),
    text("message_id", "Identifier of this version."),
    instant("creation_date", "When the event was first announced"),
    instant("event_start_date", "Begin of the event", "start_date"),
    instant("event_end_date", "End of the event as announced", "end_date"),
    text("event_status", "ACTIVE, INACTIVE or DISMISSED.", "event_status|status"),
    text("unavailability_type", "Planned or forced.", "unavailability_type|type"),
    text("reason", "Why, in the words of the market participant.", "reason"),
    text("remarks", "More words."),
)
_ASSET = (
    text(
        "eic_code",
        "EIC code of the asset or unit.",
        "affected_asset_or_unit_eic_code|unit.eic_code|impacted_asset.eic_code",
    ),
    text("name", "Its name.", "affected_asset_or_unit_name|unit.name|impacted_asset.name"),
    text(
        "asset_type",
        "GENERATION_UNIT and PRODUCTION_UNIT describe one plant twice: never add them.",
        "affected_asset_or_unit_type|unit.type|impacted_asset.type",
    ),
    number(
        "installed_capacity",
        "Its installed capacity.",
        "MW",
        "affected_asset_or_unit_installed_capacity|unit.installed_capacity",
    ),
)
_PUBLISHED = Field(
    "publication_date", "instant", "When this version was published, UTC.", source="publication_date|updated_date"
)
# The first version of this API called the stamp updated_date, the fuel production_type and wrote one value.
_ASKED: Mapping[str, Any] = {
    "api": "Unavailability Additional Information",
    "stamp": _PUBLISHED,
    "advances_with": "publication_date",
    "bare_blocks": True,
    "period": publications(30),
    "parts": (Part({"date_type": "PUBLICATION_DATE", "last_version": "false"}),),
    "first_day": date(2010, 12, 15),
    "look_back_days": 1,
    "read_every": QUARTER_HOURLY,
    "allowance": TWENTY_CALLS_AN_HOUR,
    "empty_when_not_found": True,
}

UNAVAILABILITY: Sequence[Resource] = (
    Resource(
        stream="generation_unavailabilities",
        path=f"{_API}/generation_unavailabilities",
        about="Outages of generation units: every version of every message, a row for each of its intervals.",
        block=(
            *_MESSAGE,
            text("fuel_type", "Fuel, such as NUCLEAR.", "fuel_type|production_type"),
            text("market_participant", "Who operates it."),
            text("market_participant_eic_code", "EIC code of who operates it."),
            *_ASSET,
        ),
        row=(
            number("available_capacity", "Capacity left; where absent, installed less unavailable.", "MW"),
            number("unavailable_capacity", "Capacity lost; where absent, installed less available.", "MW"),
            number("value", "The one capacity that the first version of the API gave.", "MW"),
        ),
        key=("identifier", "version", "start_date"),
        evidence="client",
        **_ASKED,
    ),
    Resource(
        stream="transmission_network_unavailabilities",
        path=f"{_API}/transmission_network_unavailabilities",
        about="Outages of the grid: every version of every message, a row for each interval and direction.",
        block=(*_MESSAGE, *_ASSET),
        row=(*BORDER, power("Transfer capacity left in this direction.")),
        rows=("values_impacted_NTC", "values"),
        key=("identifier", "version", "sender_country_eic_code", "receiver_country_eic_code", "start_date"),
        evidence="client",
        **_ASKED,
    ),
    Resource(
        stream="other_market_information",
        path=f"{_API}/other_market_information",
        about="Other messages to the market: every version.",
        block=(*_MESSAGE, *_ASSET),
        rows=(),
        times="none",
        key=("identifier", "version"),
        evidence="client",
        # The fields that its only client knows name no publication date.
        **{**_ASKED, "stamp": replace(_PUBLISHED, source="publication_date|updated_date|creation_date")},
    ),
)
