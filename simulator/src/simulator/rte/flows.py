"""physical_flow/v1/physical_flows: hourly means by border, one block for each direction, never negative."""

from __future__ import annotations

from typing import Any

from starlette.datastructures import QueryParams

from simulator.rte import labels
from simulator.rte.generation import window_or_today
from simulator.rte.resource import Resource, Resources, timed
from simulator.rte.window import enumerated
from simulator.world import HourlySeries, World

ROOT = "physical_flows"
PREFIX = "PHYSICALFLOW_PHYSICALFLOWS"  # how RTE spells it is not established
LONGEST_DAYS = 155
FRANCE = ("10YFR-RTE------C", "France")
NEIGHBOURS = {
    "BE": ("10YBE----------2", "Belgium"),
    "GB": ("10YGB----------A", "England"),
    "DE": ("10YCB-GERMANY--8", "Germany"),
    "IT": ("10YIT-GRTN-----B", "Italy"),
    "ES": ("10YES-REE------0", "Spain"),
    "CH": ("10YCH-SWISSGRIDZ", "Switzerland"),
}


def physical_flows(world: World, params: QueryParams, now: int) -> dict[str, Any]:
    """The answer's body. Raises FunctionalError."""
    codes = [code for code, _ in NEIGHBOURS.values()]
    asked = enumerated(params, "country_eic_code", [*codes, FRANCE[0]])
    window, end_label = window_or_today(params, now, LONGEST_DAYS)
    begin, end = window.quarters(world.grid)
    plan = labels.regular(world.grid, begin, end, step=4)

    def block(sender: tuple[str, str], receiver: tuple[str, str], series: HourlySeries) -> dict[str, Any]:
        shown = series.at(begin // 4, end // 4, now)
        return {
            "start_date": window.begin,
            "end_date": end_label,
            "sender_country_eic_code": sender[0],
            "sender_country_name": sender[1],
            "receiver_country_eic_code": receiver[0],
            "receiver_country_name": receiver[1],
            "values": labels.rows(plan, shown, labels.whole(shown.values)),
        }

    neighbours = {b: n for b, n in NEIGHBOURS.items() if not asked or n[0] in asked or FRANCE[0] in asked}
    inwards = [block(neighbour, FRANCE, world.imports[border]) for border, neighbour in neighbours.items()]
    outwards = [block(FRANCE, neighbour, world.exports[border]) for border, neighbour in neighbours.items()]
    return {ROOT: inwards + outwards}


RESOURCES: Resources = {("physical_flow", "v1", "physical_flows"): Resource(timed(physical_flows), PREFIX)}
