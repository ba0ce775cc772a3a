"""The model of France: what must hold exactly, and what must look like France."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from simulator.model import calendar, exchanges, points
from simulator.model.grid import Floats, year_position
from simulator.world import World, build

from simulator import paris

TWH = 4e6  # MW summed over quarter-hours


def month_of(instants: paris.Ints) -> paris.Ints:
    return np.asarray((instants + paris.offset(instants)).astype("M8[s]").astype("M8[M]").astype(np.int64) % 12 + 1)


def year_of(instants: paris.Ints) -> paris.Ints:
    return np.asarray((instants + paris.offset(instants)).astype("M8[s]").astype("M8[Y]").astype(np.int64) + 1970)


def served_years(world: World) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    years = year_of(world.grid.quarters)
    return (years >= 2022) & (years <= 2025)


# --- what holds exactly


def test_energy_balances_in_every_quarter_hour(world: World) -> None:
    france = world.france
    generated = np.sum(list(france.generation.by_type.values()), axis=0)
    exported = np.sum(list(france.borders.values()), axis=0)
    np.testing.assert_allclose(generated - exported, france.load, atol=1e-3)


def test_borders_keep_their_capacities(world: World) -> None:
    for border in exchanges.BORDERS:
        flow = world.france.borders[border.code]
        assert flow.max() <= border.export_limit + 1e-6
        assert flow.min() >= -border.import_limit - 1e-6


def test_the_past_does_not_depend_on_how_far_the_model_goes() -> None:
    end = paris.day_number(datetime(2023, 1, 1, tzinfo=UTC).date())
    short, long = build(7, end), build(7, end + 200)
    cut = short.grid.quarters.size - 96 * 3  # centred means need the days around them
    hours = cut // 4

    def same(before: Floats, after: Floats, size: int) -> None:
        np.testing.assert_array_equal(before[:size], after[:size])

    same(short.france.load, long.france.load, cut)
    same(short.france.price, long.france.price, cut)
    same(short.france.weather.wind_100m, long.france.weather.wind_100m, hours)
    same(short.france.weather.radiation, long.france.weather.radiation, hours)
    for name, values in short.france.generation.by_type.items():
        same(values, long.france.generation.by_type[name], cut)
    for name, series in short.generation.items():
        same(series.truth, long.generation[name].truth, hours)
        np.testing.assert_array_equal(series.missing[:hours], long.generation[name].missing[:hours])
        np.testing.assert_array_equal(series.corrections.delay[:hours], long.generation[name].corrections.delay[:hours])
    for key, forecast in short.generation_forecasts.items():
        same(forecast.error, long.generation_forecasts[key].error, cut)


def test_another_seed_is_another_history(world: World) -> None:
    other = build(world.grid.seed + 1, world.grid.end_day)
    assert np.abs(other.france.load - world.france.load).mean() > 500


def test_no_sun_at_night_and_no_snow_in_the_warmth(world: World) -> None:
    weather = world.france.weather
    midnight = world.grid.hours % 86400 == 0
    assert weather.radiation[midnight].max() == 0
    assert world.france.generation.by_type["SOLAR"].min() == 0
    assert weather.snowfall[weather.temperature > 2].max() == 0
    assert weather.snowfall.max() > 0


def test_only_storage_is_ever_negative(world: World) -> None:
    negative = {name for name, values in world.france.generation.by_type.items() if values.min() < 0}
    assert negative == {"HYDRO_PUMPED_STORAGE"}


def test_point_weights_add_up() -> None:
    for weights in (
        points.population_weights(),
        points.wind_weights(),
        points.solar_weights(),
        points.offshore_weights(),
    ):
        assert weights.sum() == pytest.approx(1)
    assert len(points.POINTS) == 32
    for code in points.REGION_CODES:
        assert sum(point.share for point in points.POINTS if point.region == code) == pytest.approx(1)


# --- what must look like France (reference: ENTSO-E, RTE and ODRÉ figures of 2016-2026)

LOAD_BY_MONTH = [66.5, 60.7, 54.9, 49.0, 43.0, 42.8, 43.3, 41.2, 43.1, 44.9, 54.5, 61.1]  # GW, 2021-24


def test_load_by_month(world: World) -> None:
    months, kept = month_of(world.grid.quarters), served_years(world)
    means = [world.france.load[kept & (months == month)].mean() / 1000 for month in range(1, 13)]
    np.testing.assert_allclose(means, LOAD_BY_MONTH, rtol=0.12)
    assert 24_000 < world.france.load[kept].min() < 34_000
    assert 75_000 < world.france.load[kept].max() < 100_000


def test_weekends_and_holidays_need_less(world: World) -> None:
    days = paris.local_days(world.grid.quarters)
    kept = served_years(world)
    rest = calendar.rest_days(days)
    assert 0.85 < world.france.load[kept & rest].mean() / world.france.load[kept & ~rest].mean() < 0.96
    may_day = np.isin(days, [paris.day_number(datetime(year, 5, 1, tzinfo=UTC).date()) for year in (2024, 2025)])
    day_before = np.isin(days, [paris.day_number(datetime(year, 4, 30, tzinfo=UTC).date()) for year in (2024, 2025)])
    assert world.france.load[may_day].mean() < world.france.load[day_before].mean()


def test_a_degree_less_costs_about_two_gigawatts_on_winter_days(world: World) -> None:
    days = paris.local_days(world.grid.quarters)
    load = _daily(days, world.france.load) / 1000
    temperature = _daily(paris.local_days(world.grid.hours), world.france.temperature)
    number = np.arange(days[0], days[0] + load.size)
    month = number.astype("M8[D]").astype("M8[M]").astype(np.int64) % 12 + 1
    workday = ~calendar.rest_days(number) & np.isin(month, [11, 12, 1, 2, 3]) & (temperature < 15)
    for winter in (2022, 2023, 2024):
        first = paris.day_number(datetime(winter, 11, 1, tzinfo=UTC).date())
        kept = workday & (number >= first) & (number < first + 151)
        slope, at_zero = np.polyfit(temperature[kept], load[kept], 1)
        assert -2.7 < slope < -1.7
        assert 68 < at_zero < 84


def _daily(days: paris.Ints, values: Floats) -> Floats:
    number = days - days[0]
    return np.asarray(np.bincount(number, values) / np.bincount(number))


@pytest.mark.parametrize(
    ("year", "production", "low", "high"),
    [
        (2022, "NUCLEAR", 250, 310),
        (2023, "NUCLEAR", 290, 355),
        (2024, "NUCLEAR", 330, 395),
        (2023, "SOLAR", 17, 26),
        (2024, "SOLAR", 19, 28),
        (2024, "WIND_ONSHORE", 36, 54),
        (2024, "WIND_OFFSHORE", 1.5, 5),
        (2024, "FOSSIL_GAS", 6, 25),
        (2024, "BIOMASS", 4, 7),
    ],
)
def test_annual_production(world: World, year: int, production: str, low: float, high: float) -> None:
    kept = year_of(world.grid.quarters) == year
    assert low < world.france.generation.by_type[production][kept].sum() / TWH < high


def test_france_imported_in_2022_and_exports_since(world: World) -> None:
    years = year_of(world.grid.quarters)
    balance = {year: world.france.generation.net_export[years == year].sum() / TWH for year in (2022, 2023, 2024, 2025)}
    assert -25 < balance[2022] < 15
    assert 30 < balance[2023] < 80
    assert 55 < balance[2024] < 110
    assert 60 < balance[2025] < 120


@pytest.mark.parametrize(("year", "low", "high"), [(2022, 220, 400), (2023, 75, 125), (2024, 40, 85), (2025, 40, 85)])
def test_price_level(world: World, year: int, low: float, high: float) -> None:
    assert low < world.france.price[year_of(world.grid.quarters) == year].mean() < high


def test_prices_fall_below_zero_on_sunny_days_off(world: World) -> None:
    years = year_of(world.grid.quarters)
    assert 100 < ((years == 2025) & (world.france.price < 0)).sum() / 4 < 800
    kept = (years >= 2023) & (years <= 2026)
    negative = kept & (world.france.price < 0)
    spring = np.isin(month_of(world.grid.quarters), [3, 4, 5, 6, 7, 8])
    assert spring[negative].mean() > 0.65
    rest = calendar.rest_days(paris.local_days(world.grid.quarters))
    assert rest[negative].mean() > 1.5 * rest[kept].mean()
    sun = world.france.generation.solar_share
    assert sun[negative].mean() > 2 * sun[kept].mean()


def test_scarcity_is_dear(world: World) -> None:
    kept = year_of(world.grid.quarters) == 2024
    surplus, price = world.france.generation.surplus[kept], world.france.price[kept]
    assert np.corrcoef(surplus, price)[0, 1] < -0.6


def test_climate_of_france(world: World) -> None:
    """Population-weighted monthly means, 2016-2026."""
    reference = [5.2, 7.3, 9.0, 11.6, 15.1, 19.5, 21.2, 21.2, 17.9, 14.0, 8.8, 6.5]
    months = month_of(world.grid.hours)
    kept = (year_of(world.grid.hours) >= 2022) & (year_of(world.grid.hours) <= 2025)
    means = [world.france.temperature[kept & (months == month)].mean() for month in range(1, 13)]
    np.testing.assert_allclose(means, reference, atol=3)


def test_cold_spells_are_calm_and_clear(world: World) -> None:
    """One pressure field drives all: in winter, cold days have less wind than warm ones."""
    winter = np.isin(month_of(world.grid.hours), [12, 1, 2])
    wind = world.france.weather.wind_100m[winter].mean(axis=1)
    assert np.corrcoef(world.france.temperature[winter], wind)[0, 1] > 0.1


def test_year_position_runs_from_zero_to_one() -> None:
    edges = [datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 7, 2, tzinfo=UTC), datetime(2024, 12, 31, 23, tzinfo=UTC)]
    position = year_position(np.array([int(edge.timestamp()) for edge in edges]))
    assert position[0] == 0
    assert position[1] == pytest.approx(0.5)
    assert 0.999 < position[2] < 1
