"""ODRÉ: éCO2mix, gas storage, temperatures, and yearly figures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import numpy as np

from simulator import paris
from simulator.model import draws, gas, yearly
from simulator.model.climate import climate
from simulator.model.departments import DEPARTMENTS
from simulator.model.grid import FIRST_SERVED_DAY
from simulator.model.points import POINTS, REGION_CODES
from simulator.model.regions import REGIONS
from simulator.opendatasoft import eco2mix, eco2mix_fields
from simulator.opendatasoft.dataset import Dataset, Portal
from simulator.opendatasoft.table import Column, Field, Rows, Span, day_span, held, made_late, objects
from simulator.paris import DAY, HOUR, Ints
from simulator.world import World

REGION_NAMES = {code: region.name for code, region in REGIONS.items()} | {"94": "Corse"}

# --- gas storage


def _stocks(world: World, now: int, span: Span) -> Rows:
    stocks = world.part(gas.stocks)
    dates, levels, sources, pits = [], [], [], []
    for number, store in enumerate(gas.STORES):
        begin, end = day_span(span, FIRST_SERVED_DAY, max(gas.public_until(store.operator, now) + 1, FIRST_SERVED_DAY))
        days = np.arange(begin, end, dtype=np.int64)
        dates.append(days)
        levels.append(stocks.at(number, days))
        sources += [store.operator] * days.size
        pits += [store.pits] * days.size
    columns = {"date": np.concatenate(dates), "stock_fin_de_journee": np.concatenate(levels)}
    return held(columns | {"source": np.array(sources, dtype="U8"), "pits": np.array(pits, dtype="U9")})


def _gas_processed(now: int) -> int:
    """Daily, when Storengy's stock of two days before comes."""
    today = paris.midnight(paris.local_day(now)) + gas.STORENGY_AT
    return today if today <= now else today - DAY


GAS_FIELDS = (
    Field("date", "date", "Date", facet=True),
    Field("stock_fin_de_journee", "double", "Stock fin de journée", unit="GWh"),
    Field("source", "text", "Source", facet=True),
    Field("pits", "text", "PITS", facet=True),
)

# --- temperatures

PUBLISHED_ON = 10  # of the next month, at nine
ALWAYS_MISSING_SINCE = paris.day_number(date(2024, 3, 1))  # the last day of each month
MISSING = (
    *("2022-07-31", "2022-08-31", "2023-01-31", "2023-02-28", "2023-08-31", "2023-10-31"),
    "2024-12-30",
)


def _batch(now: int) -> tuple[int, int]:
    """The first day that is not published yet, and when the month before it was."""
    month = np.array(paris.local_day(now), dtype="M8[D]").astype("M8[M]")
    for _ in range(2):
        first = int(month.astype("M8[D]").astype(np.int64))
        published = paris.midnight(first + PUBLISHED_ON - 1) + 9 * HOUR
        if published <= now:
            break
        month = month - 1
    return first, published


def _missing(days: Ints) -> Any:
    ends_month = (days + 1).astype("M8[D]") == (days + 1).astype("M8[D]").astype("M8[M]").astype("M8[D]")
    listed = [paris.day_number(date.fromisoformat(day)) for day in MISSING]
    return (ends_month & (days >= ALWAYS_MISSING_SINCE)) | np.isin(days, listed)


def _temperatures(world: World, now: int, span: Span) -> Rows:
    days = np.arange(*day_span(span, FIRST_SERVED_DAY, max(_batch(now)[0], FIRST_SERVED_DAY)), dtype=np.int64)
    days = days[~_missing(days)]
    least, greatest = (np.round(values, 2).ravel() for values in world.part(climate).at(days))
    every_day = np.tile(days, len(REGION_CODES))
    codes = np.repeat(np.array(REGION_CODES), days.size)
    texts = np.datetime_as_string(every_day.astype("M8[D]")) if days.size else np.zeros(0, dtype="U10")
    return held(
        {
            "id": np.strings.add(np.strings.add(texts, "T00:00:00-"), codes),
            "date": every_day,
            "code_insee_region": codes,
            "region": np.repeat(np.array([REGION_NAMES[code] for code in REGION_CODES]), days.size),
            "tmin": least,
            "tmax": greatest,
            "tmoy": np.round((least + greatest) / 2, 2),
        }
    )


TEMPERATURE_FIELDS = (
    Field("id", "text", "ID"),
    Field("date", "date", "Date", facet=True),
    Field("code_insee_region", "text", "Code INSEE région", facet=True),
    Field("region", "text", "Région", facet=True),
    Field("tmin", "double", "TMin (°C)", unit="°C"),
    Field("tmax", "double", "TMax (°C)", unit="°C"),
    Field("tmoy", "double", "TMoy (°C)", unit="°C"),
)

# --- yearly figures

PRODUCTION_ON, CONSUMPTION_ON = (6, 30), (10, 1)  # of the next year
TECHNOLOGIES = {  # column of éCO2mix -> what the field and its label say
    "nucleaire": ("nucleaire", "nucléaire"),
    "thermique": ("thermique", "thermique"),
    "hydraulique": ("hydraulique", "hydraulique"),
    "eolien": ("eolienne", "éolienne"),
    "solaire": ("solaire", "solaire"),
    "bioenergies": ("bioenergies", "bioénergies"),
}


def _years(now: int, published: tuple[int, int]) -> list[int]:
    """Whole years whose figures are published."""
    day = paris.day_of(paris.local_day(now))
    last = day.year - (1 if (day.month, day.day) >= published else 2)
    return list(range(yearly.FIRST_YEAR, last + 1))


def _refreshed(published: tuple[int, int]) -> Callable[[int], int]:
    """The last of the days on which a yearly set is refreshed, at noon UTC."""

    def processed(now: int) -> int:
        day = paris.day_of(now // DAY)
        this = paris.day_number(date(day.year, *published)) * DAY + DAY // 2
        return this if this <= now else paris.day_number(date(day.year - 1, *published)) * DAY + DAY // 2

    return processed


def _place(code: str) -> tuple[float, float]:
    """Longitude and latitude of a region: those of the middle of its cities."""
    members = [point for point in POINTS if point.region == code]
    size = len(members)
    return sum(p.longitude for p in members) / size, sum(p.latitude for p in members) / size


def _square(longitude: float, latitude: float, half: float) -> dict[str, Any]:
    """A square around a point, instead of an outline."""
    corners = [(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]
    ring = [[round(longitude + half * x, 6), round(latitude + half * y, 6)] for x, y in corners]
    return {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [ring]}, "properties": {}}


def _point(longitude: float, latitude: float) -> dict[str, float]:
    return {"lon": round(longitude, 6), "lat": round(latitude, 6)}


def _production(world: World, now: int, span: Span) -> Rows:
    years = _years(now, PRODUCTION_ON)
    return made_late(len(years) * len(yearly.codes()), lambda: _production_of(world, years))


def _production_of(world: World, years: list[int]) -> dict[str, Column]:
    codes, count = yearly.codes(), len(years)
    places = [_place(code) for code in codes]
    columns: dict[str, Any] = {
        "annee": np.repeat(np.array([str(year) for year in years], dtype="U4"), len(codes)),
        "code_insee_region": np.tile(np.array(codes), count),
        "region": np.tile(np.array([REGION_NAMES[code] for code in codes]), count),
    }
    for source, (name, _) in TECHNOLOGIES.items():
        values = [np.rint(yearly.energy(world, year)[source]) for year in years]
        whole = np.concatenate(values) if values else np.zeros(0)
        columns[f"production_{name}"] = np.where(whole > 0, whole, np.nan) if name == "nucleaire" else whole
    columns["geo_shape_region"] = objects([_square(*place, 0.8) for place in places] * count)
    columns["geo_point_region"] = objects([_point(*place) for place in places] * count)
    return columns


PRODUCTION_FIELDS = (
    Field("annee", "text", "Année", facet=True),
    Field("code_insee_region", "text", "Code INSEE région", facet=True),
    Field("region", "text", "Région", facet=True),
    *(
        Field(f"production_{name}", "double", f"Production {label} (GWh)", unit="GWh")
        for name, label in TECHNOLOGIES.values()
    ),
    Field("geo_shape_region", "geo_shape", "Géo-shape région"),
    Field("geo_point_region", "geo_point_2d", "Géo-point région"),
)

SECTORS = {  # letters of the field -> what its label says, and the sector of the model
    "a": ("Agriculture", "agriculture"),
    "i": ("Industrie", "industry"),
    "t": ("Tertiaire", "services"),
    "r": ("Résidentiel", "homes"),
    "na": ("Secteur inconnu", "unknown"),
}
CARRIERS = {"": "électricité et gaz", "e_": "électricité", "g_": "gaz"}
OPERATORS = {"": "Enedis, RTE, GRTgaz, GRDF", "e_": "Enedis, RTE", "g_": "GRTgaz, GRDF"}


def _consumption(world: World, now: int, span: Span) -> Rows:
    years = _years(now, CONSUMPTION_ON)

    def columns() -> dict[str, Column]:
        rows = list(_department_years(world, years))
        return {field.name: _column(field, [row[field.name] for row in rows]) for field in CONSUMPTION_FIELDS}

    return made_late(len(years) * len(DEPARTMENTS), columns)


def _column(field: Field, values: list[Any]) -> Any:
    if field.type == "double":
        return np.array(values, dtype=np.float64)
    return np.array(values, dtype="U64") if field.type == "text" else objects(values)


def _department_years(world: World, years: list[int]) -> Iterator[dict[str, Any]]:
    for year in years:
        consumed = yearly.by_department(world, year)
        for code, department in DEPARTMENTS.items():
            east, north = (float(draws.uniform(1, f"{side} of {code}", _ONCE)[0]) - 0.5 for side in ("east", "north"))
            longitude, latitude = _place(department.region)
            place = longitude + 1.6 * east, latitude + 1.2 * north
            yield {
                "annee": str(year),
                "code_departement": code,
                "libelle_departement": department.name,
                "code_region": department.region,
                "libelle_region": REGION_NAMES[department.region],
                **{f"{carrier}operateurs": named for carrier, named in OPERATORS.items()},
                **_sectors(consumed[code]),
                "geom": _square(*place, 0.3),
                "geo_point_2d": _point(*place),
            }


_ONCE = np.zeros(1, dtype=np.int64)


def _sectors(consumed: yearly.Consumed) -> dict[str, float]:
    """Electricity of a department and a year by sector, gas beside it, and both together, MWh."""
    made: dict[str, float] = {}
    for carrier, energy in (("e_", consumed.electricity), ("g_", consumed.gas)):
        made |= {f"{carrier}conso{letters}": round(energy[sector], 6) for letters, (_, sector) in SECTORS.items()}
        made[f"{carrier}consototale"] = round(sum(made[f"{carrier}conso{letters}"] for letters in SECTORS), 6)
    for name in (*SECTORS, "totale"):
        made[f"conso{name}"] = round(made[f"e_conso{name}"] + made[f"g_conso{name}"], 6)
    return made


CONSUMPTION_FIELDS = (
    *(Field(f"{carrier}operateurs", "text", f"Opérateurs {words}") for carrier, words in CARRIERS.items()),
    Field("annee", "text", "Année", facet=True),
    *(
        Field(f"{carrier}conso{letters}", "double", f"Consommation {sector} {words} (MWh)", unit="MWh")
        for carrier, words in CARRIERS.items()
        for letters, (sector, _) in SECTORS.items()
    ),
    *(
        Field(f"{carrier}consototale", "double", f"Consommation totale {words} (MWh)", unit="MWh")
        for carrier, words in CARRIERS.items()
    ),
    Field("code_departement", "text", "Code département", facet=True),
    Field("libelle_departement", "text", "Département", facet=True),
    Field("code_region", "text", "Code région", facet=True),
    Field("libelle_region", "text", "Région", facet=True),
    Field("geom", "geo_shape", "Géo-shape département"),
    Field("geo_point_2d", "geo_point_2d", "Géo-point département"),
)

# --- the portal


def _temperatures_processed(now: int) -> int:
    return _batch(now)[1]


_REAL_TIME, _CONSOLIDATED = eco2mix.real_time_processed, eco2mix.consolidated_processed
SETS = (
    Dataset(
        "eco2mix-national-tr",
        "Données éCO2mix nationales temps réel (simulées)",
        "Consommation et production instantanées de la France, au quart d'heure.",
        eco2mix_fields.national_fields(),
        eco2mix.NATIONAL_TR.rows,
        _REAL_TIME,
        "1/4 Horaire",
    ),
    Dataset(
        "eco2mix-national-cons-def",
        "Données éCO2mix nationales consolidées et définitives (simulées)",
        "Puissance moyenne de chaque demi-heure.",
        eco2mix_fields.national_fields(),
        eco2mix.NATIONAL_CONS.rows,
        _CONSOLIDATED,
        "1/2 Horaire",
    ),
    Dataset(
        "eco2mix-regional-tr",
        "Données éCO2mix régionales temps réel (simulées)",
        "Consommation et production instantanées des douze régions, au quart d'heure.",
        eco2mix_fields.regional_fields(consolidated=False),
        eco2mix.REGIONAL_TR.rows,
        _REAL_TIME,
        "1/4 Horaire",
    ),
    Dataset(
        "eco2mix-regional-cons-def",
        "Données éCO2mix régionales consolidées et définitives (simulées)",
        "Puissance moyenne de chaque demi-heure dans les douze régions.",
        eco2mix_fields.regional_fields(consolidated=True),
        eco2mix.REGIONAL_CONS.rows,
        _CONSOLIDATED,
        "1/2 Horaire",
    ),
    Dataset(
        "eco2mix-metropoles-tr",
        "Données éCO2mix des métropoles temps réel (simulées)",
        "Consommation instantanée de 21 métropoles, au quart d'heure.",
        eco2mix_fields.metropole_fields(),
        eco2mix.METROPOLES_TR.rows,
        _REAL_TIME,
        "1/4 Horaire",
    ),
    Dataset(
        "stock-quotidien-stockages-gaz",
        "Stock quotidien de gaz par stockage (simulé)",
        "Gaz en stock à la fin de chaque journée.",
        GAS_FIELDS,
        _stocks,
        _gas_processed,
        "Journalier",
        ("Gaz",),
    ),
    Dataset(
        "temperature-quotidienne-regionale",
        "Température quotidienne régionale (simulée)",
        "Températures minimale, maximale et moyenne de chaque jour.",
        TEMPERATURE_FIELDS,
        _temperatures,
        _temperatures_processed,
        "Journalier",
        ("Météorologie",),
    ),
    Dataset(
        "prod-region-annuelle-filiere",
        "Production régionale annuelle par filière (simulée)",
        "Énergie produite chaque année dans chaque région.",
        PRODUCTION_FIELDS,
        _production,
        _refreshed(PRODUCTION_ON),
        "Annuel",
    ),
    Dataset(
        "conso-departement-annuelle",
        "Consommation annuelle par département (simulée)",
        "Électricité et gaz consommés chaque année dans chaque département, par secteur.",
        CONSUMPTION_FIELDS,
        _consumption,
        _refreshed(CONSUMPTION_ON),
        "Annuel",
    ),
)
ODRE = Portal(
    prefix="/odre",
    publisher="RTE (données simulées)",
    licence="Licence Ouverte v2.0 (Etalab)",
    licence_url="https://www.etalab.gouv.fr/licence-ouverte-open-licence",
    datasets={one.id: one for one in SETS},
    calls=50_000,
    period="month",
)
