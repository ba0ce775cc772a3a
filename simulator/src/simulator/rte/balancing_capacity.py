"""balancing_capacity, v5 and v4: reserves that RTE buys ahead, offers, needs and margins.

Reserves are bought the day before (FCR at about 08:16, aFRR at 09:08) or for a month. v5 writes UTC and `update_date`.
Where nobody has recorded an answer, steps and words are assumed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator import paris
from simulator.model import draws
from simulator.model.forecasts import clock
from simulator.model.grid import Floats
from simulator.paris import HOUR, Ints
from simulator.rte.balancing import imbalance
from simulator.rte.errors import FunctionalError
from simulator.rte.resource import Call, Resource, Resources
from simulator.rte.series import (
    SHORTER_SINCE,
    Asked,
    Block,
    Column,
    Part,
    Series,
    asked_of,
    cents,
    intervals,
    one,
    resources,
    rows_of,
    table,
    update_dates,
    whole,
)
from simulator.rte.window import Window, enumerated, instant
from simulator.world import World

PREFIX = "BALANCINGCAPACITY"
AHEAD_DAYS = 2
MONTH_DAYS = 31


@dataclass(frozen=True)
class Purchase:
    """A reserve as it is bought: direction, MW, EUR/MW an hour, and when (Paris time, days before)."""

    direction: str
    horizon: str
    volume: float
    price: float
    second: int
    days: int = 1


FCR, AFRR = clock(8, 16), clock(9, 8)
PURCHASES: Mapping[tuple[str, str], tuple[Purchase, ...]] = {  # by reserve and product, as in v5
    ("MFRR", "SPE0"): (Purchase("UP", "PERIODIC", 500, 1.46, clock(15, 33), MONTH_DAYS),),
    ("MFRR", "STD"): (
        Purchase("UP", "DAILY", 420, 3.2, clock(9, 40)),
        Purchase("DOWN", "DAILY", 180, 2.1, clock(9, 40)),
    ),
    ("AFRR", "STD"): (Purchase("UP", "DAILY", 610, 14.0, AFRR), Purchase("DOWN", "DAILY", 590, 11.0, AFRR)),
    ("FCR", "STD"): (Purchase("UP_DOWN", "DAILY", 505, 8.5, FCR),),
    ("RR", "SPE0"): (Purchase("UP", "PERIODIC", 480, 1.1, clock(15, 33), MONTH_DAYS),),
}
AUCTION_HOURS = 4  # prices hold for so long
LATEST = 480  # seconds after which the result is out


def _bought(asked: Asked, name: str, bought: Purchase) -> tuple[Floats, Floats, Ints]:
    """MW, EUR/MW an hour and publication; the auction of a day has its own price for each four hours of UTC."""
    slots = (
        asked.numbers // (4 * AUCTION_HOURS) if bought.horizon == "DAILY" else paris.local_days(asked.at.starts) // 28
    )
    seed = asked.world.grid.seed
    volume = bought.volume * (1 + 0.06 * draws.normal(seed, f"{name} volume", slots))
    price = bought.price * np.exp(0.35 * draws.normal(seed, f"{name} price", slots))
    published = asked.day_before(name.partition(" ")[0], bought.second, LATEST, bought.days)
    return np.rint(volume), price, published


def result_procured_reserves(asked: Asked) -> Iterable[Block]:
    """A block a day, reserve and product; EUR/MW a quarter-hour."""
    for (reserve, product), purchases in PURCHASES.items():
        parts = []
        for bought in purchases:
            name = f"{reserve} {product} {bought.direction} {bought.horizon}"
            volume, price, published = _bought(asked, name, bought)
            offered = volume * (1.3 + 1.2 * asked.chance(f"{name} offered"))
            columns: dict[str, Column] = {
                "direction": bought.direction,
                "offered_volume": whole(offered),
                "contracted_volume": whole(volume),
                "price": np.round(price / 4, 6),
                "update_date": update_dates(published),
                "time_horizon": bought.horizon,
            }
            parts.append(Part(columns, published <= asked.now))
        yield Block({"reserve": reserve, "product_type": product}, parts)


# --- v4, by type

V4_PURCHASES = {
    "FCR": Purchase("UP_DOWN", "DAILY", 505, 8.5, FCR),
    "AFRR": Purchase("UP_DOWN", "DAILY", 600, 12.5, AFRR),
    "MFRR": Purchase("UPWARD", "PERIODIC", 500, 2.5, clock(15, 33), MONTH_DAYS),
    "RR": Purchase("UPWARD", "PERIODIC", 500, 2.2, clock(15, 33), MONTH_DAYS),
}


def procured_reserves(asked: Asked) -> Iterable[Block]:
    """A block a type; of RR nothing since 2025."""
    before = paris.local_days(asked.at.starts) < SHORTER_SINCE
    for reserve, bought in V4_PURCHASES.items():
        volume, price, published = _bought(asked, f"{reserve} v4", bought)
        columns: dict[str, Column] = {
            "direction": bought.direction,
            "value": whole(volume),
            "price": cents(price),
            "updated_date": paris.iso(published),
        }
        public = published <= asked.now
        yield one({"type": reserve}, columns, public & before if reserve == "RR" else public)


def daily_procured_reserves(asked: Asked) -> Iterable[Block]:
    """Of the reserves that are bought each day."""
    return [block for block in procured_reserves(asked) if V4_PURCHASES[block.head["type"]].horizon == "DAILY"]


def accepted_offers(asked: Asked) -> Iterable[Block]:
    """A block a type: what RTE took, a little more than it buys; nothing of MFRR and RR."""
    for reserve, bought in V4_PURCHASES.items():
        volume, _, published = _bought(asked, f"{reserve} v4", bought)
        columns: dict[str, Column] = {
            "direction": bought.direction,
            "value": whole(volume * (1.05 + 0.1 * asked.chance(f"{reserve} accepted"))),
            "updated_date": paris.iso(published),
        }
        daily = bought.horizon == "DAILY"
        yield one({"type": reserve}, columns, (published <= asked.now) & daily)


# --- margins

MARGINS_ISSUED, MARGINS_SPREAD = clock(18, 30), 300
# Which keys end with a blank differs between the two peaks.
MORNING_KEYS = {
    "RESCUE": "RESCUE ",
    "IMBALANCE": "IMBALANCE ",
    "SIMULATED_REQUIRED_MARGIN": "SIMULATED_REQUIRED_MARGIN ",
}
EVENING_KEYS = {
    name: f"{name} "
    for name in (
        "DURATION_BEFORE_MARGIN_PERIOD",
        "BEGIN_MARGIN_PERIOD",
        "END_MARGIN_PERIOD",
        "SIMULATED_REQUIRED_MARGIN",
    )
}
PEAKS = {"morning_peak_period": (8, MORNING_KEYS), "evening_peak_period": (18, EVENING_KEYS)}
PEAK_HOURS = 4


def peak_daily_margins(asked: Asked) -> Iterable[Block]:
    """A value a day; within it an object for each peak, in which everything is text."""
    published = asked.day_before("margins", MARGINS_ISSUED, MARGINS_SPREAD)
    columns: dict[str, Column] = {"updated_date": paris.iso(published)}
    for name, (hour, keys) in PEAKS.items():
        columns[name] = _peaks(asked, name, hour, keys)
    yield one({}, columns, published <= asked.now)


def _peaks(asked: Asked, name: str, hour: int, keys: Mapping[str, str]) -> list[dict[str, str]]:
    begin = asked.at.starts + hour * HOUR
    required = 2600 + 150 * asked.noise(f"{name} required")
    offers = 5200 + 900 * asked.noise(f"{name} offers")
    numbers = {
        "REQUIRED_MARGIN": required,
        "MA_OFFERS": offers,
        "COMP_OFFERS": 300 * asked.chance(f"{name} complementary"),
        "RESCUE": 900 + 0 * offers,
        "IMBALANCE": 0.5 * imbalance(asked),
        "SIMULATED_MA_OFFERS": offers * 1.02,
        "SIMULATED_COMP_OFFERS": 280 * asked.chance(f"{name} complementary"),
        "SIMULATED_RESCUE": 900 + 0 * offers,
        "SIMULATED_REQUIRED_MARGIN": required * 1.01,
    }
    texts: dict[str, list[str]] = {
        "DURATION_BEFORE_MARGIN_PERIOD": ["PT8H"] * asked.at.size,
        "BEGIN_MARGIN_PERIOD": paris.iso(begin),
        "END_MARGIN_PERIOD": paris.iso(begin + PEAK_HOURS * HOUR),
        **{key: [str(number) for number in whole(values).tolist()] for key, values in numbers.items()},
    }
    return table({keys.get(key, key): column for key, column in texts.items()}, np.arange(asked.at.size))


INSUFFICIENT_SHARE = 0.04  # of the days
INSUFFICIENT_FROM, INSUFFICIENT_HOURS = 10, 4


def insufficients_offers(asked: Asked) -> Iterable[Block]:
    """A warning on a few days."""
    begin = paris.at_local(paris.local_days(asked.at.starts), INSUFFICIENT_FROM * HOUR)
    warned = (asked.chance("insufficient offers") < INSUFFICIENT_SHARE) & (begin <= asked.now)
    columns: dict[str, Column] = {
        "start_date": paris.iso(begin),
        "end_date": paris.iso(begin + INSUFFICIENT_HOURS * HOUR),
        "updated_date": paris.iso(begin),
        "type": "DOWNGRADED",
        "nature": "BALANCE_SUPPLY_DEMAND",
        "direction": np.where(asked.chance("insufficient side") < 0.7, "UPWARD", "DOWNWARD").tolist(),
    }
    yield one({}, columns, warned)


def forecast_imbalance(asked: Asked) -> Iterable[Block]:
    """The imbalance that RTE foresees on the day before, MW."""
    published = asked.day_before("imbalance", clock(17, 10), 300)
    foreseen = 0.6 * imbalance(asked) + 150 * asked.noise("foreseen imbalance", hours=2)
    yield one({}, {"value": whole(foreseen), "updated_date": paris.iso(published)}, published <= asked.now)


# --- offers and needs, written in ways of their own

OFFERS_AFTER, OFFERS_SPREAD = 3600, 300
RR_OFFERS = {
    "DownwardOfferedVolumeRRStdRestricted": 350,
    "UpwardOfferedVolumeRRStd": 900,
    "DownwardOfferedVolumeRRStd": 700,
    "UpwardOfferedVolumeRRStdRestricted": 420,
}
OFFERS = {
    "UpwardOfferedVolumemFRR": 2400,
    "UpwardOfferedVolumeRRSpecific": 3100,
    "DownwardOfferedVolumeFCR": 510,
    "DownwardOfferedVolumeRRSpecific": 2500,
    "UpwardOfferedVolumeFCR": 510,
    "UpwardOfferedVolumeaFRR": 640,
    "DownwardOfferedVolumeaFRR": 620,
    "DownwardOfferedVolumemFRR": 1900,
}
AFRR_OFFERS = {
    "DownwardOfferedVolumeaFRR": 620,
    "UpwardOfferedVolumeaFRR": 640,
    "DownwardSharedVolumeaFRR": 410,
    "UpwardSharedVolumeaFRR": 430,
}


def _limits(name: str, step: Any, **rest: Any) -> Series:
    """The limits of a resource that is written in a way of its own."""
    return Series(f"{PREFIX}_{name}", step, lambda asked: (), **{"ahead_days": AHEAD_DAYS, **rest})


def _objects(asked: Asked, columns: Mapping[str, Any]) -> list[dict[str, Any]]:
    """An object an interval, in the key `values` of its row."""
    public = asked.released("offers", OFFERS_AFTER, OFFERS_SPREAD) <= asked.now
    return rows_of(asked.at, {"values": table(columns, np.arange(asked.at.size))}, public)


def _volumes(asked: Asked, usual: Mapping[str, float]) -> dict[str, Ints]:
    return {name: whole(mean * (1 + 0.1 * asked.noise(name, hours=5))) for name, mean in usual.items()}


def aggregated_offers(asked: Asked) -> dict[str, Any]:
    return {
        "Offered_RRstd_Volume": _objects(asked, _volumes(asked, RR_OFFERS)),
        "Offered_Volume": _objects(asked, _volumes(asked, OFFERS)),
    }


def aggregated_afrr_offers(asked: Asked) -> dict[str, Any]:
    price = asked.mean(asked.world.france.price)
    prices = {
        "DownwardAveragePriceaFRR": cents(price - 15 - 3 * asked.noise("afrr bids down", hours=2)),
        "UpwardAveragePriceaFRR": cents(price + 18 + 3 * asked.noise("afrr bids up", hours=2)),
    }
    return {"chronicles": _objects(asked, {**_volumes(asked, AFRR_OFFERS), **prices})}


MOST_OFFERS = 12
OFFER_TYPES, RESERVE_TYPES, SIDES = ("IMPLICIT", "EXPLICIT"), ("mFRR", "RR", "aFRR"), ("Upward", "Downward")
STATES = ("ACCEPTED", "SUBMITTED", "REJECTED")


def individual_offers(asked: Asked) -> dict[str, Any]:
    """One page holds everything: how another page is asked for is not known."""
    public = asked.released("offers", OFFERS_AFTER, OFFERS_SPREAD) <= asked.now
    count = 5 + (7 * asked.chance("offers")).astype(np.int64)
    ends = np.cumsum(count)
    places = np.repeat(asked.numbers * MOST_OFFERS - (ends - count), count) + np.arange(count.sum())
    offers = _offers(asked, places, np.repeat(asked.mean(asked.world.france.price), count))
    values = [offers[end - size : end] for end, size in zip(ends.tolist(), count.tolist(), strict=True)]
    measures = rows_of(asked.at, {"values": values}, public)
    return {
        "total_pages_number": 1,
        "total_items_number": sum(len(measure["values"]) for measure in measures),
        "current_page": 1,
        "mesure": measures,
    }


def _offers(asked: Asked, places: Ints, price: Floats) -> list[dict[str, Any]]:
    seed = asked.world.grid.seed

    def pick(name: str, words: tuple[str, ...]) -> list[str]:
        return [words[int(len(words) * part)] for part in draws.uniform(seed, f"offer {name}", places).tolist()]

    columns: dict[str, Column] = {
        "Quantity": 10 + (14 * draws.uniform(seed, "offer size", places)).astype(np.int64) * 10,
        "PriceAmount": cents(price + 25 * draws.normal(seed, "offer price", places)),
        "OfferType": pick("type", OFFER_TYPES),
        "DMO": (13 + 30 * (4 * draws.uniform(seed, "offer notice", places)).astype(np.int64)),
        "ReserveType": pick("reserve", RESERVE_TYPES),
        "RowDirection": pick("side", SIDES),
        "Status": pick("state", STATES),
    }
    return table(columns, np.arange(places.size))


def _in_one_block(name: str, limits: Series, made: Callable[[Asked], dict[str, Any]]) -> Resource:
    """A root with one block: its dates and what `made` gives."""

    def answer(world: World, call: Call) -> dict[str, Any]:
        asked = asked_of(limits, world, call)
        return {name: [{"start_date": asked.window.begin, "end_date": asked.window.end, **made(asked)}]}

    return Resource(answer, limits.prefix)


NEEDS = {("FCR", "UP_DOWN"): 505, ("AFRR", "UP"): 610, ("AFRR", "DOWN"): 590, ("MFRR", "UP"): 1000, ("RR", "UP"): 500}
NEEDS_LIMITS = _limits("TSONEED", "PT1H")


def needs(world: World, call: Call) -> dict[str, Any]:
    """A flat list: what RTE needs of each product, from two days before. Raises FunctionalError."""
    asked = asked_of(NEEDS_LIMITS, world, call)
    public = asked.day_before("needs", clock(16, 0), 300, days=2) <= asked.now
    rows = []
    for (product, direction), usual in NEEDS.items():
        volume = whole(usual * (1 + 0.05 * asked.noise(f"need {product} {direction}", hours=24)))
        rows += rows_of(asked.at, {"product": product, "flow_direction": direction, "volume": volume}, public)
    return {"needs": rows}


MARGINS = {  # MW
    "forecastedImbalanceRs": 0,
    "availableMarginsNormalUp": 6200,
    "availableMarginsNormalDown": 5400,
    "availableMarginsComplemantaryUp": 450,
    "availableMarginsComplemantaryDown": 300,
    "availableMarginsReliefUp": 900,
    "availableMarginsReliefDown": 700,
    "requiredMarginsOperationnalUp": 2600,
    "requiredMarginsOperationnalDown": 1500,
}
DIRECTIONS = ("Up", "Down", "Up&Down")
MARGINS_LIMITS = _limits("MARGINSDATA", "PT30M")


def margins_data(world: World, call: Call) -> list[dict[str, Any]]:
    """The margins of the Paris day of `date`, computed on the evening before: an array, times in UTC.

    `sens` and `type` choose among them. Raises FunctionalError F01, F04, F06, F07.
    """
    text = call.params.get("date")
    if not text:
        raise FunctionalError("F01")
    day = paris.local_day(int(instant(text).timestamp()))
    types = enumerated(call.params, "type", tuple(MARGINS)) or list(MARGINS)
    sides = enumerated(call.params, "sens", DIRECTIONS)
    if day > paris.local_day(call.now) + AHEAD_DAYS:
        raise FunctionalError("F04")
    window = Window(day, day + 1)
    asked = Asked(world, call.now, window, intervals(world.grid, window, "PT30M"), call)
    computed = int(paris.at_local(np.array([day - 1], dtype=np.int64), MARGINS_ISSUED)[0])
    if computed > call.now or not asked.at.size:
        return []
    chosen = [name for name in types if _on_side(name, sides)]
    columns: dict[str, Column] = {"studiedTime": _zulu(asked.at.starts)}
    columns.update({name: whole(MARGINS[name] + 250 * asked.noise(name, hours=3)) for name in chosen})
    begin, computation = _zulu(np.array([paris.midnight(day), computed], dtype=np.int64))
    head = {"startDate": begin, "computationTime": computation, "projectionTime": computation}
    return [{**head, "marginsData": table(columns, np.arange(asked.at.size))}]


def _on_side(name: str, sides: list[str]) -> bool:
    if not sides or "Up&Down" in sides:
        return True
    return name.endswith(tuple(sides)) or not name.endswith(DIRECTIONS)


def _zulu(instants: Ints) -> list[str]:
    texts: list[str] = np.strings.add(np.datetime_as_string(instants.astype("M8[s]")), "Z").tolist()
    return texts


# --- the table


def _v4(name: str, step: Any, blocks: Callable[[Asked], Iterable[Block]], **rest: Any) -> Series:
    return Series(f"{PREFIX}_{name}", step, blocks, **{"ahead_days": AHEAD_DAYS, **rest})


RESOURCES: Resources = {
    **resources(
        "balancing_capacity",
        "v5",
        {
            "result_procured_reserves": Series(
                f"{PREFIX}_RESULT", "PT15M", result_procured_reserves, ahead_days=AHEAD_DAYS, by_day=True, utc=True
            )
        },
    ),
    **resources(
        "balancing_capacity",
        "v4",
        {
            "procured_reserves": _v4("PROCURED", "PT30M/PT15M", procured_reserves, longest_days=124),
            "daily_procured_reserves": _v4("DAILYPROCURED", "PT30M/PT15M", daily_procured_reserves),
            "accepted_offers": _v4("ACCEPTED", "PT30M/PT15M", accepted_offers, longest_days=93),
            "peak_daily_margins": _v4("PEAKMARGINS", "P1D", peak_daily_margins),
            "insufficients_offers": _v4("INSUFFICIENTS", "P1D", insufficients_offers, alone=True, ahead_days=1),
            "imbalance": _v4("IMBALANCE", "PT30M", forecast_imbalance),
        },
    ),
    ("balancing_capacity", "v4", "aggregatedoffers_energybids"): _in_one_block(
        "aggregatedoffers_energybids",
        _limits("AGGREGATED", "PT30M", dates_required=True, ahead_days=1),
        aggregated_offers,
    ),
    ("balancing_capacity", "v4", "aggregatedoffers_afrr_energybids"): _in_one_block(
        "aggregatedoffers_aFRR_energybids",
        _limits("AGGREGATEDAFRR", "PT15M", dates_required=True, ahead_days=1),
        aggregated_afrr_offers,
    ),
    ("balancing_capacity", "v4", "individualoffers_energybids"): _in_one_block(
        "individualoffers_energybids",
        _limits("INDIVIDUAL", "PT1H", dates_required=True, ahead_days=1),
        individual_offers,
    ),
    ("balancing_capacity", "v4", "tso_need_for_procured_reserves"): Resource(needs, NEEDS_LIMITS.prefix),
    ("balancing_capacity", "v4", "margins_data"): Resource(margins_data, MARGINS_LIMITS.prefix),
}
