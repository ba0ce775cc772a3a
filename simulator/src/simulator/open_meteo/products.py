"""Open-Meteo's services and models, as tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from simulator.paris import DAY, HOUR


@dataclass(frozen=True)
class Product:
    """One service: where it answers, which days may be asked for, and how what it says is known.

    `first_day` None: as far back as `past_days` may go. `days_ahead`: how far after today `end_date` may lie.
    """

    host: str
    path: str
    knowledge: str  # archive, forecast, previous or run
    first_day: date | None
    days_ahead: int
    cell: float  # grid step in degrees: coordinates come back changed
    professional: bool = True  # whether a customer needs the larger plan


PAST_DAYS_LIMIT = 93
FORECAST_DAYS_LIMIT = 16
_AHEAD = FORECAST_DAYS_LIMIT - 1

PRODUCTS = {
    (product.host, product.path): product
    for product in (
        Product("api", "forecast", "forecast", None, _AHEAD, 0.02, professional=False),
        Product("archive-api", "archive", "archive", date(1940, 1, 1), 0, 0.0703),
        Product("historical-forecast-api", "forecast", "forecast", date(2016, 1, 1), _AHEAD, 0.02),
        Product("previous-runs-api", "forecast", "previous", date(2016, 1, 1), _AHEAD, 0.02),
        Product("single-runs-api", "forecast", "run", date(2023, 1, 1), _AHEAD, 0.07),
    )
}


@dataclass(frozen=True)
class Model:
    """`begins`: first day of its past forecasts; `runs_from`: of its single runs; `skill` scales its errors."""

    begins: date
    runs_from: date = date(2026, 4, 2)
    skill: float = 1.0
    horizon: int = 5 * DAY  # seconds
    analysis: bool = False  # whether it looks back only


IFS = "ecmwf_ifs"
MODELS: Mapping[str, Model] = {
    "best_match": Model(date(2021, 3, 23), horizon=16 * DAY),
    IFS: Model(date(2017, 1, 1), date(2024, 3, 14), skill=1.05, horizon=15 * DAY),
    "gfs_global": Model(date(2021, 3, 23), skill=1.25, horizon=16 * DAY),
    "icon_global": Model(date(2022, 11, 24), skill=1.1, horizon=7 * DAY),
    "meteofrance_arpege_europe": Model(date(2022, 11, 13), skill=1.1),
    "meteofrance_arome_france_hd": Model(date(2022, 11, 13), skill=0.95, horizon=2 * DAY),
    "meteofrance_arome_france": Model(date(2024, 1, 2), skill=0.97, horizon=2 * DAY),
    "era5": Model(date(1940, 1, 1), analysis=True),
    "era5_land": Model(date(1950, 1, 1), analysis=True),
}
_ARCHIVES = ("best_match", IFS, "era5", "era5_land")

RUN_EVERY = 6 * HOUR
SHORT_RUN = 144 * HOUR
"""The runs of 06Z and 18Z look ahead less far."""
FIRST_PART = 72 * HOUR
"""What is there of a run an hour before the rest."""
FIRST_PART_AFTER, WHOLE_AFTER = 19_800, 23_400  # 5.5 and 6.5 hours


def serves(product: Product, model: str) -> bool:
    """Whether a service knows a model by this name."""
    if product.knowledge == "archive":
        return model in _ARCHIVES
    return model in MODELS and not MODELS[model].analysis
