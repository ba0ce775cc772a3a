"""balancing_energy/v5: imbalance and its prices, the European platforms (RR, aFRR, mFRR), offers between operators.

Newest first, up to the last interval that is public. Where nobody has recorded the fields (lead_times, volumes_per_*),
a row is an interval, one word and a volume.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, partial
from typing import Any

import numpy as np

from simulator import paris
from simulator.model import draws
from simulator.model.grid import FIRST_SERVED_DAY, QUARTER, Floats
from simulator.paris import DAY, Ints
from simulator.rte.balancing import balancing_price, coefficient_k, imbalance
from simulator.rte.errors import FunctionalError
from simulator.rte.resource import Call, Resource, Resources
from simulator.rte.series import Asked, Block, Column, Part, Series, cents, months, one, resources, table, whole
from simulator.rte.window import bounds
from simulator.world import World

PREFIX = "BALANCINGENERGY"
IMBALANCE_AFTER, IMBALANCE_SPREAD = 150, 20  # seconds from the end of a quarter-hour to its publication
PRICES_AFTER, PRICES_SPREAD = 1500, 240
PLATFORM_AFTER, PLATFORM_SPREAD = 300, 60
IMBALANCE_REVISED, IMBALANCE_REVISED_BY = 0.06, 0.05
NOTHING_MISSING = "N/A"
DIRECT_ABOVE = 400.0  # MW of imbalance beyond which direct activation helps
MISSING = "MARI"  # what a value that is corrected later did not yet know


def imbalance_data(asked: Asked) -> Iterable[Block]:
    """Imbalance and settlement prices; some values are first published without all their parts."""
    truth = imbalance(asked)
    first = asked.released("imbalance", IMBALANCE_AFTER, IMBALANCE_SPREAD)
    shown = asked.revised("imbalance", truth, first, IMBALANCE_REVISED, IMBALANCE_REVISED_BY)
    price = balancing_price(asked, shown.values)
    margin = coefficient_k(asked.world.grid.seed, months(asked.at.starts)) * np.abs(price)
    whole_truth = shown.values == truth
    columns: dict[str, Column] = {
        "imbalance": cents(shown.values),
        "system_trend": np.where(shown.values > 0, "BAISSE", "HAUSSE").tolist(),
        "positive_imbalance_settlement_price": cents(price - margin),
        "negative_imbalance_settlement_price": cents(price + margin),
        "missing_data_list": np.where(whole_truth, NOTHING_MISSING, MISSING).tolist(),
        "updated_date": paris.iso(shown.updated),
    }
    yield one({}, columns, shown.public)


def prices(asked: Asked) -> Iterable[Block]:
    """Prices of activated energy, upward and downward."""
    price = balancing_price(asked, imbalance(asked))
    spread = 3 + 5 * asked.chance("spread of offers")
    first = asked.released("prices", PRICES_AFTER, PRICES_SPREAD)
    shown = asked.revised("balancing prices", price, first)
    columns: dict[str, Column] = {
        "upward_weighted_average_price": cents(shown.values + spread),
        "downward_weighted_average_price": cents(shown.values - spread),
        "upward_marginal_price": cents(shown.values + 2.2 * spread),
        "downward_marginal_price": cents(shown.values - 2.2 * spread),
        "terre_clearing_price": cents(shown.values + asked.noise("terre price")),
        "upward_weighted_average_price_afrr_activated_for_fr": cents(_afrr_price(asked, price, 1)),
        "downward_weighted_average_price_afrr_activated_for_fr": cents(_afrr_price(asked, price, -1)),
        "updated_date": paris.iso(shown.updated),
    }
    yield one({}, columns, shown.public)


def _afrr_price(asked: Asked, price: Floats, side: int) -> Floats:
    """EUR/MWh of upward (1) or downward (-1) automatic reserve."""
    return price + side * 6 * asked.chance("spread of aFRR")


def _split(wanted: Floats, side: int) -> Ints:
    """The upward (1) or downward (-1) part of a need, whole MW."""
    return whole(np.maximum(side * wanted, 0))


def terre(asked: Asked) -> Iterable[Block]:
    """Replacement reserve of the TERRE platform, two rows an interval."""
    excess = imbalance(asked)
    wanted = -0.4 * excess + 40 * asked.noise("rr need", hours=1)
    clearing = cents(balancing_price(asked, excess) + asked.noise("terre price"))
    public = asked.released("rr", PLATFORM_AFTER, PLATFORM_SPREAD) <= asked.now
    parts = []
    for direction, side in (("UPWARD", 1), ("DOWNWARD", -1)):
        requested = _split(wanted, side)
        satisfied = whole(0.85 * requested)
        columns: dict[str, Column] = {
            "direction": direction,
            "total_requested_volume": requested,
            "total_satisfied_need": satisfied,
            "activated_volume": whole(0.6 * satisfied),
            "activated_volume_rsoint": whole(0.1 * satisfied),
            "clearing_price": clearing,
        }
        parts.append(Part(columns, public))
    yield Block({}, parts)


def picasso(asked: Asked) -> Iterable[Block]:
    """Automatic reserve of the PICASSO platform: asked for, activated for France, activated in France."""
    excess = imbalance(asked)
    wanted = -0.9 * excess + 160 * asked.noise("afrr need")
    price = balancing_price(asked, excess)
    up, down = _split(wanted, 1), _split(wanted, -1)
    for_france, in_france = 0.4 + 0.4 * asked.chance("afrr for"), 0.2 + 0.6 * asked.chance("afrr in")
    for_up, for_down = whole(for_france * up), whole(for_france * down)
    columns: dict[str, Column] = {
        "upward_afrr_requested_need": up,
        "downward_afrr_requested_need": down,
        "upward_afrr_activated_volume_for_fr": for_up,
        "downward_afrr_activated_volume_for_fr": for_down,
        "upward_weighted_average_price_afrr_activated_for_fr": cents(_afrr_price(asked, price, 1)),
        "downward_weighted_average_price_afrr_activated_for_fr": cents(_afrr_price(asked, price, -1)),
        "upward_afrr_activated_volume_in_fr": whole(in_france * for_up),
        "downward_afrr_activated_volume_in_fr": whole(in_france * for_down),
    }
    yield one({}, columns, asked.released("afrr", PLATFORM_AFTER, PLATFORM_SPREAD) <= asked.now)


def mari(asked: Asked) -> Iterable[Block]:
    """Manual reserve of the MARI platform: scheduled (SA) and direct (DA) activation."""
    excess = imbalance(asked)
    scheduled = np.abs(-0.5 * excess + 60 * asked.noise("mfrr need", hours=1))
    direct = np.where(np.abs(excess) > DIRECT_ABOVE, 0.25 * np.abs(excess), 0)
    price = balancing_price(asked, excess)
    offered = 2600 + 300 * asked.noise("mfrr offers", hours=6)
    columns: dict[str, Column] = {
        "total_requested_volume_SA": whole(scheduled),
        "total_requested_volume_DA": whole(direct),
        "total_activated_volume_SA": whole(0.9 * scheduled),
        "total_activated_volume_DA": whole(direct),
        "settlement_price_previous": cents(price - asked.noise("mfrr price")),
        "settlement_price_current": cents(price),
        "total_volume_submitted_offers": whole(offered),
        "total_volume_filtered_offers": whole(0.05 * offered * asked.chance("mfrr filter")),
    }
    yield one({}, columns, asked.released("mfrr", PLATFORM_AFTER, PLATFORM_SPREAD) <= asked.now)


# --- offers of and to other operators

NEIGHBOURS = ("NG", "REE")
OFFER_STEP_MW = 50
OFFERED_MW = 500


def tso_offers(asked: Asked) -> Iterable[Block]:
    """For each neighbour: what it offered and what RTE took of it; then what RTE offered and who took it."""
    public = asked.released("tso offers", PRICES_AFTER, PRICES_SPREAD) <= asked.now
    price = asked.mean(asked.world.france.price)
    for operator in NEIGHBOURS:
        told = public & (asked.chance(f"{operator} silent") > 0.02)
        yield Block(
            {"type": "ACTIVATED", "tso_offering": operator, "tso_activating": "RTE"},
            (_activated(asked, operator, told),),
        )
        yield Block({"type": "SUBMITTED", "tso_offering": operator}, (_submitted(asked, operator, price, told),))
    for operator in NEIGHBOURS:
        taken = _activated(asked, f"RTE {operator}", public)
        seldom = public & (asked.chance(f"RTE {operator} taken") < 0.05)
        head = {"type": "ACTIVATED", "tso_offering": "RTE", "tso_activating": operator}
        yield Block(head, (Part(taken.columns, seldom, taken.absent),))
    yield Block({"type": "SUBMITTED", "tso_offering": "RTE"}, (_submitted(asked, "RTE", price, public),))


def _activated(asked: Asked, operator: str, public: Any) -> Part:
    taken = OFFER_STEP_MW * np.rint(2 * asked.noise(f"{operator} activated"))
    usual = np.where(asked.chance(f"{operator} calm") < 0.9, 0, taken)
    told = asked.chance(f"{operator} one side")
    absent = {"upward_volume": told < 0.02, "downward_volume": told > 0.98}
    return Part({"upward_volume": _split(usual, 1), "downward_volume": _split(usual, -1)}, public, absent)


def _submitted(asked: Asked, operator: str, price: Floats, public: Any) -> Part:
    """The keys of a direction without an offer are missing."""
    up = price * 1.1 + 8 + 3 * asked.noise(f"{operator} upward")
    down = price * 0.8 - 12 + 6 * asked.noise(f"{operator} downward")
    columns: dict[str, Column] = {
        "upward_volume": OFFERED_MW,
        "maximum_upward_price": cents(up + 2),
        "minimum_upward_price": cents(up),
        "downward_volume": OFFERED_MW,
        "maximum_downward_price": cents(down),
        "minimum_downward_price": cents(down - 4),
    }
    without = asked.chance(f"{operator} no offer")
    absent = {name: without < 0.04 if "upward" in name else without > 0.96 for name in columns}
    return Part(columns, public, absent)


# --- volumes by one word

# The key of each resource, and its words with their shares of the activated energy.
WORDS: Mapping[str, tuple[str, Sequence[tuple[str, float]]]] = {
    "lead_times": (
        "lead_time",
        (("LESS_THAN_15_MIN", 0.62), ("15_TO_30_MIN", 0.24), ("30_MIN_TO_2_H", 0.1), ("MORE_THAN_2_H", 0.04)),
    ),
    "volumes_per_reasons": (
        "reason",
        (("BALANCE_SUPPLY_DEMAND", 0.8), ("CONGESTION", 0.12), ("MARGINS", 0.05), ("SYSTEM_SERVICES", 0.03)),
    ),
    "volumes_per_energy_type": (
        "energy_type",
        (("HYDRO", 0.52), ("NUCLEAR", 0.14), ("THERMAL", 0.2), ("DEMAND_RESPONSE", 0.05), ("INTERCONNECTION", 0.09)),
    ),
    "volumes_per_entity_type": (
        "entity_type",
        (("PRODUCTION", 0.82), ("CONSUMPTION", 0.06), ("EXCHANGE_POINT", 0.12)),
    ),
}


def volumes(resource: str, asked: Asked) -> Iterable[Block]:
    """MWh activated in each interval, shared out between the words of a resource."""
    key, words = WORDS[resource]
    energy = np.abs(imbalance(asked)) / 4
    first = asked.released(resource, PRICES_AFTER, PRICES_SPREAD)
    parts = []
    for word, share in words:
        part = share * energy * (0.8 + 0.4 * asked.chance(f"{resource} {word}"))
        shown = asked.revised(f"{resource} {word}", part, first)
        columns: dict[str, Column] = {
            key: word,
            "volume": cents(shown.values),
            "updated_date": paris.iso(shown.updated),
        }
        parts.append(Part(columns, shown.public))
    yield Block({}, parts)


# --- aFRR marginal prices every four seconds

AFRR_SECONDS = 4
AFRR_LONGEST = DAY
AFRR_AFTER = 600
AFRR_MW = 230.0


def afrr_marginal_price(world: World, call: Call) -> dict[str, Any]:
    """`days` of rows every four seconds; the window is taken as instants, and may be no longer than 24 hours.

    `step` is the clock of Paris without its offset, so that the repeated hour of autumn comes twice. Without dates
    today so far. Raises FunctionalError F01 to F04, F06.
    """
    begin, end = _instants(call)
    begin = max(begin, paris.midnight(FIRST_SERVED_DAY))
    end = min(end, call.now - AFRR_AFTER)
    instants = np.arange(-(-begin // AFRR_SECONDS) * AFRR_SECONDS, end, AFRR_SECONDS, dtype=np.int64)
    clock = instants + paris.offset(instants)
    days = clock // DAY
    columns = _afrr_columns(world, instants)
    steps = _clock_texts()
    made = []
    for day in np.unique(days):
        chosen = np.flatnonzero(days == day)
        texts = [steps[number] for number in ((clock[chosen] % DAY) // AFRR_SECONDS).tolist()]
        rows = table(
            {"step": texts, **{name: column[chosen] for name, column in columns.items()}}, np.arange(chosen.size)
        )
        made.append({"start_date": str(paris.day_of(int(day))), "datas": rows})
    return {"days": made}


def _instants(call: Call) -> tuple[int, int]:
    asked = bounds(call.params)
    today = paris.local_day(call.now)
    if asked is None:
        return paris.midnight(today), paris.midnight(today + 1)
    begin, end = (int(bound.timestamp()) for bound in asked)
    if end - begin > AFRR_LONGEST:
        raise FunctionalError("F03")
    if end > paris.midnight(today + 1):
        raise FunctionalError("F04")
    return begin, end


@cache
def _clock_texts() -> list[str]:
    """00:00:00 to 23:59:56."""
    seconds = range(0, DAY, AFRR_SECONDS)
    return [f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}" for second in seconds]


def _afrr_columns(world: World, instants: Ints) -> dict[str, Any]:
    seed, numbers = world.grid.seed, instants // AFRR_SECONDS
    quarter = (instants - world.grid.epoch) // QUARTER
    demand = -AFRR_MW * draws.smooth(seed, "imbalance", instants / QUARTER, 12)
    demand += 140 * draws.smooth(seed, "afrr demand", numbers, 30)
    price = world.france.price[quarter] + 0.05 * demand + draws.normal(seed, "afrr price", numbers)
    activated = whole(0.6 * demand)
    return {
        "prorata_mode": draws.uniform(seed, "prorata", quarter) < 0.01,
        "picasso_connection": draws.uniform(seed, "picasso", quarter) > 0.005,
        "upward_afrr_marginal_price": cents(price + 5),
        "downward_afrr_marginal_price": cents(price - 5),
        "pdemand": whole(demand),
        "afrr_for_france": activated,
        "afrr_in_france": whole(0.5 * activated),
    }


def _series(name: str, blocks: Callable[[Asked], Iterable[Block]], **rest: Any) -> Series:
    prefix = f"{PREFIX}_{name.replace('_', '').upper()}"
    settings: dict[str, Any] = {"order": "descending", "ends": "last value", "resolution": True} | rest
    return Series(prefix, "PT15M", blocks, **settings)


def _platform(name: str, blocks: Callable[[Asked], Iterable[Block]], root: str) -> Series:
    return _series(name, blocks, root=root, rows=f"{root}_mesures", alone=True)


# --- the coefficient k of the imbalance prices


def coefficient_of_month(world: World, call: Call) -> dict[str, Any]:
    """The coefficient of `application_month` (YYYY-MM). Raises FunctionalError F04 (not over yet), F06."""
    text = call.params.get("application_month") or ""
    month = _month(text)
    if month >= int(months(np.array([call.now], dtype=np.int64))[0]):
        raise FunctionalError("F04")
    value = float(coefficient_k(world.grid.seed, np.array([month], dtype=np.int64))[0])
    return {"coefficient_k": {"application_month": text, "coefficient_k": value}}


def _month(text: str) -> int:
    """Months since January 1970."""
    year, dash, month = text.partition("-")
    if not (dash and len(year) == 4 and len(month) == 2 and text.replace("-", "").isdigit() and 1 <= int(month) <= 12):
        raise FunctionalError("F06")
    return (int(year) - 1970) * 12 + int(month) - 1


# --- the table

RESOURCES: Resources = {
    **resources(
        "balancing_energy",
        "v5",
        {
            "imbalance_data": _series("imbalance_data", imbalance_data),
            "prices": _series("prices", prices),
            "standard_rr_data": _platform("standard_rr_data", terre, "terre"),
            "standard_afrr_data": _platform("standard_afrr_data", picasso, "picasso"),
            "standard_mfrr_data": _platform("standard_mfrr_data", mari, "mari"),
            "tso_offers": Series(f"{PREFIX}_TSOOFFERS", "PT1H", tso_offers),
            **{name: _series(name, partial(volumes, name)) for name in WORDS},
        },
    ),
    ("balancing_energy", "v5", "afrr_marginal_price"): Resource(afrr_marginal_price, f"{PREFIX}_AFRRMARGINALPRICE"),
    ("balancing_imbalances_account", "v1", "coefficient_k"): Resource(
        coefficient_of_month, "BALANCINGIMBALANCESACCOUNT_COEFFICIENTK"
    ),
}
