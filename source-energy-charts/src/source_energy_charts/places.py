"""Countries and bidding zones as Energy-Charts spells them, and which prices may be passed on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

COUNTRIES: Mapping[str, str] = {
    "all": "Europe",
    "eu": "European Union",
    "al": "Albania",
    "am": "Armenia",
    "at": "Austria",
    "az": "Azerbaijan",
    "ba": "Bosnia-Herzegovina",
    "be": "Belgium",
    "bg": "Bulgaria",
    "by": "Belarus",
    "ch": "Switzerland",
    "cy": "Cyprus",
    "cz": "Czech Republic",
    "de": "Germany",
    "dk": "Denmark",
    "ee": "Estonia",
    "es": "Spain",
    "fi": "Finland",
    "fr": "France",
    "ge": "Georgia",
    "gr": "Greece",
    "hr": "Croatia",
    "hu": "Hungary",
    "ie": "Ireland",
    "it": "Italy",
    "lt": "Lithuania",
    "lu": "Luxembourg",
    "lv": "Latvia",
    "md": "Moldova",
    "me": "Montenegro",
    "mk": "North Macedonia",
    "mt": "Malta",
    "nie": "Northern Ireland",
    "nl": "Netherlands",
    "no": "Norway",
    "pl": "Poland",
    "pt": "Portugal",
    "ro": "Romania",
    "rs": "Serbia",
    "ru": "Russia",
    "se": "Sweden",
    "si": "Slovenia",
    "sk": "Slovak Republic",
    "tr": "Turkey",
    "ua": "Ukraine",
    "uk": "United Kingdom",
    "xk": "Kosovo",
}
WITHOUT_SEA = frozenset(
    ("am", "at", "az", "ba", "by", "ch", "cz", "hu", "lu", "md", "me", "mk", "rs", "si", "sk", "xk", "ge", "al")
)
"""Countries that are not asked for wind at sea: they have no coast, or no wind farm before it."""

FREE_ZONES: Sequence[str] = (
    *(
        "AT",
        "BE",
        "CH",
        "CZ",
        "DE-LU",
        "DE-AT-LU",
        "DK1",
        "DK2",
        "FR",
        "HU",
        "IT-North",
        "NL",
        "NO2",
        "PL",
        "SE4",
        "SI",
    ),
)
"""Zones whose prices are CC BY 4.0 (Bundesnetzagentur | SMARD.de)."""
PRIVATE_ZONES: Sequence[str] = (
    *(
        "BG",
        "EE",
        "ES",
        "FI",
        "GR",
        "HR",
        "IT-Calabria",
        "IT-Centre-North",
        "IT-Centre-South",
        "IT-SACOAC",
        "IT-SACODC",
    ),
    *("IT-Sardinia", "IT-Sicily", "IT-South", "LT", "LV", "ME", "NO1", "NO2NSL", "NO3", "NO4", "NO5", "PT", "RO", "RS"),
    *("SE1", "SE2", "SE3", "SK"),
)
"""Zones whose prices are for private and internal use only."""
ZONES: Sequence[str] = (*FREE_ZONES, *PRIVATE_ZONES)

DEFAULT_COUNTRIES: Sequence[str] = ("fr", "de", "be", "ch", "es", "it", "nl", "at", "uk")
DEFAULT_ZONES: Sequence[str] = ("FR", "DE-LU", "BE", "CH", "ES", "IT-North", "NL", "AT")


def private_prices(zones: Iterable[str]) -> str:
    """What to know of zones whose prices may not be passed on, '' where there are none."""
    private = [zone for zone in zones if zone in PRIVATE_ZONES]
    if not private:
        return ""
    return f"Prices of {', '.join(private)} are for private and internal use only; other zones are CC BY 4.0."
