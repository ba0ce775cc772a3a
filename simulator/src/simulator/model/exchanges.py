"""The net export of France shared out between its six borders, MW by quarter-hour, within their capacities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.model.grid import Floats, Grid


@dataclass(frozen=True)
class Border:
    """Usual flow when France is balanced, share of each further MW, noise, and limits (MW, export positive)."""

    code: str
    usual: float
    share: float
    restless: float
    export_limit: float
    import_limit: float


BORDERS = (
    Border("GB", 300, 0.17, 650, 4000, 4000),
    Border("BE", -600, 0.15, 500, 3200, 3500),
    Border("DE", -1600, 0.30, 800, 5200, 5300),
    Border("CH", 700, 0.12, 350, 3200, 1800),
    Border("IT", 2000, 0.10, 350, 4200, 1800),
    Border("ES", -800, 0.16, 800, 3500, 3500),
)


def build(grid: Grid, net_export: Floats) -> dict[str, Floats]:
    """Net export by border; the borders add up to `net_export` exactly."""
    low = np.array([-border.import_limit for border in BORDERS])[:, None]
    high = np.array([border.export_limit for border in BORDERS])[:, None]
    wanted = np.stack([_wanted(grid, border, net_export) for border in BORDERS])
    flows = np.clip(wanted, low, high)
    missing = net_export - flows.sum(axis=0)
    room = np.where(missing > 0, high - flows, flows - low)
    flows = flows + missing * room / room.sum(axis=0)
    return {border.code: flow for border, flow in zip(BORDERS, flows, strict=True)}


def _wanted(grid: Grid, border: Border, net_export: Floats) -> Floats:
    noise = border.restless * grid.noise(f"border {border.code}", grid.quarters.size, 40)
    return np.asarray(border.usual + border.share * net_export + noise)
