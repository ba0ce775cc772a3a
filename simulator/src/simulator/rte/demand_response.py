"""demand_response/v1: operators (a flat list by month) and volumes (half-hours of retained programmes).

The list of a month is published on the 10th of the month two before it. Programmes are retained for the half-hours in
which power costs more than gas makes it; they are published at about half past three of the day before. The
operators are invented.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from starlette.datastructures import QueryParams

from simulator import paris
from simulator.model.grid import by_date
from simulator.model.prices import GAS_COST
from simulator.publication import jitter
from simulator.rte import labels
from simulator.rte.periods import Period, day_of, moment, month_of, newest_first, window_or
from simulator.rte.resource import Resource, Resources, timed
from simulator.world import World

OPERATORS_LONGEST_DAYS = 31
VOLUMES_LONGEST_DAYS = 155
PROGRAMME_PUBLISHED = 15 * 3600 + 28 * 60  # of the day before
DEAR = 1.05  # price over the cost of gas from which programmes are retained
MW_PER_DEARNESS = 900.0
LARGEST = 1400.0  # MW


@dataclass(frozen=True)
class Operator:
    """Its four rights, in the order of the answer, and the month from which it is listed."""

    eic_code: str
    name: str
    rights: tuple[bool, bool, bool, bool]
    since: tuple[int, int] = (2015, 8)


OPERATORS = (
    Operator("17XSIM-DR-OP--01", "AGREGA ENERGIES SIMULEES", (True, False, True, True)),
    Operator("17XSIM-DR-OP--02", "CLEF DE CHARGE", (False, False, True, False), (2023, 2)),
    Operator("17XSIM-DR-OP--03", "EFFACEO", (True, True, True, False)),
    Operator("17XSIM-DR-OP--04", "FLEXIVAL", (True, False, True, False)),
    Operator("17XSIM-DR-OP--05", "FOURS ET LUMIERES S.A.S.", (True, False, False, False)),
    Operator("17XSIM-DR-OP--06", "HEURES PLEINES", (False, False, False, False), (2024, 7)),
    Operator("17XSIM-DR-OP--07", "INDUSTRIE SOUPLE", (True, False, True, True)),
    Operator("17XSIM-DR-OP--08", "MODULO", (False, False, True, True), (2025, 1)),
    Operator("17XSIM-DR-OP--09", "POINTE DU JOUR", (True, True, True, True)),
    Operator("17XSIM-DR-OP--10", "VEILLE ET CHALEUR", (False, True, True, False), (2022, 11)),
)
RIGHTS = (
    "trial_nebef_rules_agreement",
    "trial_nebef_rules_qualification",
    "nebef_rules_recognition",
    "nebef_rules_qualification",
)


def operators(world: World, params: QueryParams, now: int) -> dict[str, Any]:
    """The answer of operators: the lists of the months that the window meets. Raises FunctionalError."""
    window = window_or(params, now, OPERATORS_LONGEST_DAYS, 1, month_of)
    return {
        "operators": [
            _operator(operator, month, updated)
            for month in newest_first(window, month_of)
            if (updated := _list_published(month)) <= now
            for operator in OPERATORS
            if operator.since <= (month.day.year, month.day.month)
        ]
    }


def _list_published(month: Period) -> int:
    two_before = month_of(month_of(month.first - 1).first - 1)
    return moment(two_before.first + 9, 9, 21)


def _operator(operator: Operator, month: Period, updated: int) -> dict[str, Any]:
    return {
        "start_date": month.begin,
        "end_date": month.end,
        "updated_date": paris.iso_one(updated),
        "eic_code": operator.eic_code,
        "name": operator.name,
        **dict(zip(RIGHTS, operator.rights, strict=True)),
    }


def volumes(world: World, params: QueryParams, now: int) -> dict[str, Any]:
    """The answer of volumes: one block, MW to a tenth. Raises FunctionalError."""
    grid = world.grid
    window = window_or(params, now, VOLUMES_LONGEST_DAYS, 1, day_of)
    begin, end = window.quarters(grid)
    plan = labels.regular(grid, begin, end, step=2)
    starts = grid.quarters[plan.index]
    price = world.france.price[begin:end].reshape(-1, 2).mean(axis=1)
    dearness = price / by_date(GAS_COST, starts)
    retained = np.round(np.clip(MW_PER_DEARNESS * (dearness - DEAR), 0, LARGEST), 1)
    days = paris.local_days(starts)
    late = jitter(grid, "programmes", grid.end_day, 240)
    published = paris.at_local(days - 1, PROGRAMME_PUBLISHED) + late[days]
    rows = zip(
        plan.starts, plan.ends, retained.tolist(), paris.iso(published), (published <= now).tolist(), strict=True
    )
    values = [
        {"start_date": start, "end_date": end_, "programs_retained": value, "updated_date": updated}
        for start, end_, value, updated, public in rows
        if public
    ]
    return {"volumes": [{"start_date": window.begin, "end_date": window.end, "values": values}]}


RESOURCES: Resources = {
    ("demand_response", "v1", "operators"): Resource(timed(operators), "DEMANDRESPONSE_OPERATORS"),
    ("demand_response", "v1", "volumes"): Resource(timed(volumes), "DEMANDRESPONSE_VOLUMES"),
}
