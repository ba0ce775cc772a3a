"""Weather as known at an instant: what was measured, and forecasts, whose errors grow with their lead.

A model runs every six hours; the forecast service has it four hours later, the single runs six and a half. A future
hour comes from the latest run; a past hour keeps what the run just before it said, so past forecasts stay as they are.
The archive's first values are an analysis (IFS), which is replaced when ERA5 arrives, five days later.

Arrays have the shape (hours, places).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from simulator import paris
from simulator.model import draws
from simulator.model.grid import FIRST_SERVED_DAY, Floats, Grid
from simulator.model.points import POINTS
from simulator.model.weather import precipitation, transmission, wind_100m
from simulator.open_meteo.products import (
    FIRST_PART,
    FIRST_PART_AFTER,
    IFS,
    MODELS,
    RUN_EVERY,
    SHORT_RUN,
    WHOLE_AFTER,
    Model,
)
from simulator.paris import DAY, HOUR, Ints
from simulator.publication import Bools

if TYPE_CHECKING:
    from simulator.world import World

RUN_TAKES = 4 * HOUR
ERA5_TAKES_DAYS = 5
TABLE = 4096  # hours after which the part of the error that differs from run to run repeats
RUN_STEP = 977  # hours by which the table is shifted from run to run
ANALYSIS_SHIFT = 1531  # and for the first values of the archive
MISSING_RUNS = 0.01


@dataclass(frozen=True)
class Errors:
    """Noise of deviation 1: `shared` (hours, points) stays from run to run, `by_run` (TABLE, points) does not."""

    shared: Mapping[str, Floats]
    by_run: Mapping[str, Floats]


def draw_errors(grid: Grid) -> Errors:
    """Errors of temperature, wind, cloud and rain."""
    names = ("temperature", "wind", "cloud", "rain")
    hours, places = grid.hours.size, len(POINTS)
    return Errors(
        {name: grid.fields(f"forecast {name}", hours, places, 30) for name in names},
        {name: grid.fields(f"run {name}", TABLE, places, 20) for name in names},
    )


@dataclass(frozen=True)
class Sky:
    """The weather at hours (UTC seconds) and places as somebody knows it; NaN where nothing is known."""

    seed: int
    hours: Ints
    places: Ints  # indices of points
    temperature: Floats  # °C
    dew_point: Floats  # °C
    wind_10m: Floats  # m/s
    wind_100m: Floats  # m/s
    cloud: Floats  # 0..1
    clear_sky: Floats  # W/m² without clouds, mean of the hour before
    precipitation: Floats  # mm in the hour before

    @property
    def radiation(self) -> Floats:
        return np.asarray(self.clear_sky * transmission(self.cloud))


@dataclass(frozen=True)
class Deviation:
    """What somebody believes, less the truth: °C, the logit of cloud; and what is known.

    Of wind and rain, `unsure` (0..1) of what they follow is not seen, and `windier` and `wetter` take its place: so a
    forecast far ahead is as windy and as wet as the climate, and never more than that.
    """

    warmer: Floats
    cloudier: Floats
    unsure: Floats
    windier: Floats
    wetter: Floats
    known: Bools

    def where(self, condition: Bools, other: Deviation) -> Deviation:
        """This one where the condition (hours,) holds, else the other."""
        mask = np.asarray(condition)[:, None]
        parts = ("warmer", "cloudier", "unsure", "windier", "wetter", "known")
        return Deviation(*(np.where(mask, getattr(self, part), getattr(other, part)) for part in parts))


@dataclass(frozen=True)
class Outlook:
    """Looks at a world at `now` (UTC seconds) for hours and places."""

    world: World
    hours: Ints
    places: Ints
    now: int

    def archive(self, model: str) -> Sky:
        """ERA5 where it has come; before, the analysis up to now, and a forecast for the rest of today."""
        truth = self._deviation(np.zeros(self.hours.size), np.zeros(self.hours.size), 0.0, self._by_run(0))
        era5 = self.hours < (self.now // DAY - ERA5_TAKES_DAYS + 1) * DAY
        if MODELS[model].analysis:
            return self._sky(truth.where(era5, _nothing(truth)))
        lead = np.full(self.hours.size, 1.0)
        analysis = self._deviation(lead, lead, 0.8, self._by_run(ANALYSIS_SHIFT))
        seen = analysis.where(self.hours <= self.now, self._forecast(MODELS[model], 0))
        return self._sky(seen if model == IFS else truth.where(era5, seen))

    def forecast(self, model: str, days_before: int = 0) -> Sky:
        """The latest run for hours to come, the run just before an hour that is over; runs of some days before."""
        return self._sky(self._forecast(MODELS[model], days_before))

    def run(self, model: str, issued: int) -> Sky:
        """One run (UTC seconds), as far as it has come in and reaches."""
        chosen = MODELS[model]
        number = np.full(self.hours.size, issued // RUN_EVERY)
        seen = self._of_runs(chosen, number)
        reach = min(chosen.horizon, SHORT_RUN) if issued % (2 * RUN_EVERY) else chosen.horizon
        if self.now < issued + WHOLE_AFTER:
            reach = min(reach, FIRST_PART)
        inside = (self.hours >= issued) & (self.hours <= issued + reach)
        return self._sky(seen.where(inside, _nothing(seen)))

    def _forecast(self, model: Model, days_before: int) -> Deviation:
        latest = (self.now - RUN_TAKES) // RUN_EVERY
        number = np.minimum(self.hours // RUN_EVERY, latest) - days_before * (DAY // RUN_EVERY)
        seen = self._of_runs(model, number)
        inside = self.hours >= paris.day_number(model.begins) * DAY
        inside &= self.hours - number * RUN_EVERY <= model.horizon
        return seen.where(inside, _nothing(seen))

    def _of_runs(self, model: Model, number: Ints) -> Deviation:
        """What runs (their number since 1970, one for each hour) say of the hours."""
        lead = np.maximum(self.hours - number * RUN_EVERY, 0) / HOUR
        table = (self.hours // HOUR + RUN_STEP * number) % TABLE
        return self._deviation(lead, np.ones(self.hours.size), model.skill, table)

    def _by_run(self, shift: int) -> Ints:
        return np.asarray((self.hours // HOUR + shift) % TABLE)

    def _deviation(self, lead: Floats, weight: Floats, skill: float, table: Ints) -> Deviation:
        """Errors that grow with the lead (hours), one for each hour; `weight` 0 is the truth."""
        errors = self.world.weather_errors
        noise = {
            name: 0.8 * errors.shared[name][self._index][:, self.places]
            + 0.6 * errors.by_run[name][table][:, self.places]
            for name in errors.shared
        }
        scale = skill * weight
        return Deviation(
            (scale * (0.15 + 0.12 * lead**0.58))[:, None] * noise["temperature"],
            (scale * (0.1 + 0.12 * lead**0.5))[:, None] * noise["cloud"],
            np.clip(scale * (0.065 + 0.075 * lead**0.45), 0, 0.95)[:, None],
            noise["wind"],
            noise["rain"],
            np.broadcast_to((self.hours >= (FIRST_SERVED_DAY - 1) * DAY)[:, None], noise["wind"].shape),
        )

    @property
    def _index(self) -> Ints:
        grid = self.world.grid
        return np.clip((self.hours - grid.epoch) // HOUR, 0, grid.hours.size - 1)

    def _sky(self, seen: Deviation) -> Sky:
        def true(values: Floats) -> Floats:
            return np.where(seen.known, values[self._index][:, self.places], np.nan)

        weather = self.world.france.weather
        true_cloud = true(weather.cloud)
        cloud = 1 / (1 + np.exp(-(np.log(true_cloud / (1 - true_cloud)) + seen.cloudier)))
        kept = np.sqrt(1 - seen.unsure**2)
        windiness = kept * true(weather.windiness) + seen.unsure * seen.windier
        wind = wind_100m(self.hours, windiness, self.places)
        rain = precipitation(cloud, kept * true(weather.showers) + seen.unsure * seen.wetter)
        temperature = true(weather.temperature) + seen.warmer
        return Sky(
            seed=self.world.grid.seed,
            hours=self.hours,
            places=self.places,
            temperature=temperature,
            # Air that is believed warmer is believed to hold more water, too; never more than it can.
            dew_point=np.minimum(true(weather.dew_point) + 0.6 * seen.warmer + 0.4 * seen.cloudier, temperature),
            wind_10m=true(weather.wind_10m) * wind / true(weather.wind_100m),
            wind_100m=wind,
            cloud=cloud,
            clear_sky=true(weather.clear_sky),
            precipitation=np.where(seen.known, rain, np.nan),
        )


def _nothing(like: Deviation) -> Deviation:
    return replace(like, known=np.zeros_like(like.known))


def run_exists(seed: int, model: str, issued: int, now: int) -> bool:
    """Whether a single run (UTC seconds) can be had: it has come in, and is none of the few that were lost."""
    if (
        issued % RUN_EVERY
        or issued < paris.day_number(MODELS[model].runs_from) * DAY
        or now < issued + FIRST_PART_AFTER
    ):
        return False
    number = np.array([issued // RUN_EVERY], dtype=np.int64)
    return bool(draws.uniform(seed, f"missing run {model}", number)[0] >= MISSING_RUNS)
