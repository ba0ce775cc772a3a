"""The whole model for one seed, built once and shared."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.model import exchanges, generation, load, points, prices, weather
from simulator.model.generation import Generation
from simulator.model.grid import Floats, Grid
from simulator.model.weather import Weather


@dataclass(frozen=True)
class France:
    """Truth about the weather (hourly, by point) and the power system (MW by quarter-hour)."""

    grid: Grid
    weather: Weather
    temperature: Floats  # °C, hourly mean of mainland France, population-weighted
    load: Floats
    generation: Generation
    borders: dict[str, Floats]  # net export
    price: Floats
    volume: Floats


def build(seed: int, end_day: int) -> France:
    """Build the model from its epoch to a Paris day number (excluded)."""
    grid = Grid(seed, end_day)
    sky = weather.build(grid)
    temperature = _mean(sky.temperature, points.population_weights())
    demand = load.build(grid, temperature)
    supply = generation.build(grid, sky, demand)
    price, volume = prices.build(grid, supply)
    borders = exchanges.build(grid, supply.net_export)
    return France(grid, sky, temperature, demand, supply, borders, price, volume)


def _mean(values: Floats, weights: Floats) -> Floats:
    total = np.zeros(values.shape[0])
    for column, weight in enumerate(weights):
        total += values[:, column] * weight
    return total
