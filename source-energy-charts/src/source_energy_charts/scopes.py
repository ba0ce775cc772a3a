"""What a stream asks for one by one, from the configuration: countries, zones, forecasts, shares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connector_kit.config import advanced

from source_energy_charts.endpoint import Endpoint, Scope
from source_energy_charts.endpoints import PRODUCTION_TYPES, SHARE_TYPES
from source_energy_charts.places import COUNTRIES, DEFAULT_COUNTRIES, DEFAULT_ZONES, WITHOUT_SEA, ZONES

DEFAULT_FORECAST_TYPES = ("day-ahead",)


@dataclass(frozen=True)
class Wanted:
    """What the configuration asks for, spelled as Energy-Charts does."""

    countries: Sequence[str]
    zones: Sequence[str]
    forecast_types: Sequence[str]
    forecast_production_types: Sequence[str]

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> Wanted:
        """Places in any case, the usual ones where there are none; unknown ones are left for :meth:`wrong`."""
        more = advanced(config)
        return cls(
            _spelled(config.get("countries") or DEFAULT_COUNTRIES, COUNTRIES),
            _spelled(config.get("bidding_zones") or DEFAULT_ZONES, ZONES),
            list(dict.fromkeys(more.get("forecast_types") or DEFAULT_FORECAST_TYPES)),
            list(dict.fromkeys(more.get("forecast_production_types") or PRODUCTION_TYPES)),
        )

    def wrong(self) -> str | None:
        """What is wrong with the places, with all that are known, or None."""
        known: Sequence[str] | Mapping[str, str]
        for option, names, known in (("countries", self.countries, COUNTRIES), ("bidding_zones", self.zones, ZONES)):
            if unknown := [str(name) for name in names if name not in known]:
                hint = " The United Kingdom is uk." if {"gb", "en"} & set(unknown) else ""
                return (
                    f"{option} names {', '.join(unknown)}, which Energy-Charts does not know: "
                    f"it knows {', '.join(known)}.{hint}"
                )
        return None

    def scopes(self, endpoint: Endpoint) -> list[Scope]:
        """What an endpoint is asked for, in the order of the configuration."""
        return list(_MAKERS[endpoint.each](self, endpoint))


def _spelled(names: Sequence[Any], known: Sequence[str] | Mapping[str, str]) -> list[str]:
    spelling = {name.lower(): name for name in known}
    return list(dict.fromkeys(spelling.get(str(name).strip().lower(), str(name)) for name in names))


def _countries(wanted: Wanted, endpoint: Endpoint) -> Iterator[Scope]:
    for country in wanted.countries:
        if not endpoint.only or country in endpoint.only:
            yield Scope(country, {"country": country, **(endpoint.params or {})}, {"country": country})


def _zones(wanted: Wanted, endpoint: Endpoint) -> Iterator[Scope]:
    for zone in wanted.zones:
        yield Scope(zone, {"bzn": zone}, {"bidding_zone": zone})


def _forecasts(wanted: Wanted, endpoint: Endpoint) -> Iterator[Scope]:
    for country in wanted.countries:
        for production_type in wanted.forecast_production_types:
            for forecast_type in wanted.forecast_types:
                if _has(country, production_type) and (production_type != "load" or forecast_type == "day-ahead"):
                    head = {"country": country, "production_type": production_type, "forecast_type": forecast_type}
                    yield Scope("/".join(head.values()), head, head)


def _shares(wanted: Wanted, endpoint: Endpoint) -> Iterator[Scope]:
    for country in wanted.countries:
        for share_type, path in SHARE_TYPES.items():
            if _has(country, share_type):
                head = {"country": country, "share_type": share_type}
                yield Scope("/".join(head.values()), {"country": country}, head, path)


def _has(country: str, production_type: str) -> bool:
    return production_type != "wind_offshore" or country not in WITHOUT_SEA


_MAKERS = {"country": _countries, "zone": _zones, "forecast": _forecasts, "share": _shares}
