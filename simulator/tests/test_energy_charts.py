"""Energy-Charts' dialect: one France with RTE's, neighbours that balance, what is public when, and both versions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import requests
from simulator.clock import Clock
from simulator.energy_charts import power
from simulator.energy_charts.api import ENDPOINTS
from simulator.energy_charts.asked import COUNTRY_OF_ZONE, span_of
from simulator.energy_charts.outlook import public_power_forecast
from simulator.model import trade
from simulator.model.generation import CAPACITY
from simulator.model.grid import Floats
from simulator.model.neighbours import (
    FRENCH_BORDERS,
    FULL,
    FULL_FROM,
    NEIGHBOURS,
    RESERVOIR_BUDGET,
    ZONES,
    europe,
    installed,
    price,
)
from simulator.paris import DAY, HOUR
from simulator.testing import SimulatorUrl
from simulator.world import World, world_at
from starlette.datastructures import QueryParams

from simulator import paris

NOW = "2026-11-21T12:00:00Z"
QUARTER = 900
Get = Callable[..., Any]


def second(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def index(world: World, text: str) -> int:
    return world.grid.quarter_index(second(text))


@pytest.fixture
def get(shared_url: SimulatorUrl) -> Get:
    """The body of a good answer of the shared simulator."""
    return lambda path, **params: answered(shared_url, path, **params).json()


def answered(url: str, path: str, **params: Any) -> requests.Response:
    return requests.get(f"{url}/energy-charts/{path}", params, timeout=30)


def series(body: dict[str, Any]) -> dict[str, Floats]:
    return {one["name"]: np.array(one["data"], dtype=float) for one in body["production_types"]}


# One France


def test_france_is_the_one_that_rte_tells_of(world: World, get: Get) -> None:
    body = get("public_power", country="fr", start="2026-11-10", end="2026-11-12")
    begin, end = index(world, "2026-11-09T23:00Z"), index(world, "2026-11-12T23:00Z")
    assert body["unix_seconds"] == world.grid.quarters[begin:end].tolist()
    told = series(body)
    for name, made in world.france.generation.by_type.items():
        label = power.NAMES[name]
        whole = told.get(label, np.zeros(end - begin))
        if label == "Hydro pumped storage":
            whole = whole + told["Hydro pumped storage consumption"]
        assert np.abs(whole - made[begin:end]).max() < 0.11, name
    assert np.abs(told["Load"] - world.france.load[begin:end]).max() < 0.051
    free = told["Solar"] + told["Wind onshore"] + told["Wind offshore"]
    assert np.abs(told["Residual load"] - (told["Load"] - free)).max() < 0.3


def test_france_has_the_labels_of_the_recorded_answer(get: Get) -> None:
    """19 series, as in March 2026; coal only while it burns."""
    labels = list(series(get("public_power", country="fr", start="2026-07-10")))
    assert len(labels) == 19
    assert labels[:4] == [
        "Hydro pumped storage consumption",
        "Battery Consumption",
        "Cross border electricity trading",
        "Nuclear",
    ]
    assert labels[-4:] == ["Load", "Residual load", "Renewable share of load", "Renewable share of generation"]


def test_french_prices_are_those_of_rte(world: World, get: Get) -> None:
    body = get("price", bzn="FR", start="2026-11-22", end="2026-11-22")
    begin, end = index(world, "2026-11-21T23:00Z"), index(world, "2026-11-22T23:00Z")
    assert body["price"] == world.france.price[begin:end].tolist()


def test_before_october_2025_prices_are_means_of_hours(world: World, get: Get) -> None:
    body = get("price", bzn="FR", start="2025-09-30", end="2025-10-01")
    assert np.diff(body["unix_seconds"]).tolist() == [HOUR] * 24 + [QUARTER] * 95
    assert body["unix_seconds"][24] == second("2025-09-30T22:00Z")
    begin = index(world, "2025-09-29T22:00Z")
    means = world.france.price[begin : begin + 96].reshape(24, 4).mean(axis=1)
    assert np.abs(np.array(body["price"][:24]) - means).max() <= 0.0051


def test_flows_are_those_of_the_borders_in_gigawatts_and_imports_are_positive(world: World, get: Get) -> None:
    body = get("cbpf", country="fr", start="2026-11-20", end="2026-11-20")
    begin, end = index(world, "2026-11-19T23:00Z"), index(world, "2026-11-20T23:00Z")
    told = {one["name"]: np.array(one["data"]) for one in body["countries"]}
    names = {
        "GB": "United Kingdom",
        "BE": "Belgium",
        "DE": "Germany",
        "CH": "Switzerland",
        "IT": "Italy",
        "ES": "Spain",
    }
    assert set(told) == set(names.values())
    for border, exported in world.france.borders.items():
        assert np.abs(told[names[border]] * 1000 + exported[begin:end]).max() < 0.51
    total = np.sum(list(told.values()), axis=0) * 1000
    assert np.abs(total + world.france.generation.net_export[begin:end]).max() < 3.1


def test_schedules_are_those_of_rte_and_make_the_trade_of_public_power(world: World, get: Get) -> None:
    body = get("cbet", country="fr", start="2026-11-20", end="2026-11-20")
    hours = np.array(body["unix_seconds"]) // HOUR
    assert hours.size == 24
    total = np.zeros(24)
    for one in body["countries"]:
        (code,) = [code for code, country in NEIGHBOURS.items() if country.name == one["name"]]
        exported = trade.net_schedule(world.france, FRENCH_BORDERS[code].code, hours)
        assert np.abs(np.array(one["data"]) * 1000 + exported).max() < 0.51
        total += np.array(one["data"]) * 1000
    traded = series(get("public_power", country="fr", start="2026-11-20"))["Cross border electricity trading"]
    assert np.abs(np.repeat(total, 4) - traded).max() < 3.1


@pytest.mark.parametrize("country", NEIGHBOURS)
def test_each_side_of_a_border_tells_the_same_flow(country: str, get: Get) -> None:
    codes = {"France": "fr", **{one.name: code for code, one in NEIGHBOURS.items()}}

    def hours(of: str) -> dict[str, Floats]:
        """Hourly means by partner: some countries have no more."""
        body = get("cbpf", country=of, start="2026-11-20T00:00Z", end="2026-11-20T23:59Z")
        return {one["name"]: np.array(one["data"]).reshape(24, -1).mean(axis=1) for one in body["countries"]}

    here = hours(country)
    assert here
    for name, flow in here.items():
        assert np.abs(flow + hours(codes[name])[NEIGHBOURS[country].name]).max() < 0.0016


# The neighbours


@pytest.mark.parametrize("country", NEIGHBOURS)
def test_neighbours_balance_and_stay_within_what_they_have(world: World, country: str) -> None:
    begin, end = index(world, "2026-01-01T00:00Z"), index(world, "2026-04-01T00:00Z")
    there = europe(world.france, begin, end)
    found = there.power(country)
    made = np.sum(list(found.by_type.values()), axis=0)
    assert np.abs(made + np.sum(list(found.imports.values()), axis=0) - found.load).max() < 1e-6
    for name, values in found.by_type.items():
        if name != "HYDRO_PUMPED_STORAGE":
            assert values.min() >= -1e-6, name
        if name in CAPACITY:
            assert values.max() <= NEIGHBOURS[country].fleet[name] * 1.2
    assert found.load.min() / found.load.mean() > 0.5
    assert found.load.max() / found.load.mean() < 1.6


def test_the_same_instant_is_the_same_in_every_window(world: World) -> None:
    """To the last digit: a window of a year and one of an hour, and a world that reaches further."""
    begin, end = index(world, "2026-03-20T00:00Z"), index(world, "2026-04-05T00:00Z")
    at = index(world, "2026-03-29T00:00Z") - begin
    further = world_at(1, Clock("2027-03-01T00:00:00Z").now())
    wide = europe(world.france, begin, end)
    for france in (world.france, further.france):
        narrow = europe(france, begin + at, begin + at + 8)
        for country in NEIGHBOURS:
            for name, values in wide.power(country).by_type.items():
                assert values[at : at + 8].tolist() == narrow.power(country).by_type[name].tolist(), (country, name)
        for zone in ("FR", *ZONES):
            assert price(wide, zone)[at : at + 8].tolist() == price(narrow, zone).tolist(), zone


def test_prices_of_neighbours_are_the_french_one_while_the_border_has_room(world: World) -> None:
    begin, end = index(world, "2025-11-01T00:00Z"), index(world, "2026-11-01T00:00Z")
    there = europe(world.france, begin, end)
    french = price(there, "FR")
    for zone in ("BE", "DE-LU", "ES", "IT-North"):
        theirs = price(there, zone)
        country = ZONES[zone].country
        border = FRENCH_BORDERS[country]
        exported = there.imports(country)["fr"]
        room = (exported < FULL_FROM * border.export_limit) & (exported > -FULL_FROM * border.import_limit)
        full_out, full_in = exported > FULL * border.export_limit, exported < -FULL * border.import_limit
        assert room.any() or zone == "IT-North"
        assert (theirs[room] == french[room]).all()
        assert (theirs[full_out] >= french[full_out]).all()
        assert (theirs[full_in] <= french[full_in]).all()
        assert np.corrcoef(theirs, french)[0, 1] > 0.65
        assert 0.05 < (theirs == french).mean() < 0.4 or zone == "IT-North"


@pytest.mark.parametrize("year", [2024, 2025])
def test_france_is_cheaper_than_its_neighbours_by_what_it_was(world: World, year: int) -> None:
    """About 20 EUR/MWh in 2024 and 28 in 2025 below Germany, less below Belgium, little below Spain."""
    begin, end = index(world, f"{year}-01-01T00:00Z"), index(world, f"{year + 1}-01-01T00:00Z")
    there = europe(world.france, begin, end)
    above = {
        zone: float((price(there, zone) - price(there, "FR")).mean()) for zone in ("DE-LU", "BE", "ES", "IT-North")
    }
    assert 14 < above["DE-LU"] < 30
    assert 0 < above["ES"] < above["BE"] < above["DE-LU"] < above["IT-North"]


# GW in the mean of March 2026, from recorded answers; a month of the model is not their week.
MARCH = {
    ("de", "FOSSIL_LIGNITE"): (8.5, 12.0),
    ("de", "FOSSIL_HARD_COAL"): (3.0, 5.5),
    ("de", "FOSSIL_GAS"): (5.0, 11.0),
    ("it", "FOSSIL_HARD_COAL"): (0.2, 0.5),
    ("it", "FOSSIL_GAS"): (9.0, 15.0),
    ("it", "HYDRO_WATER_RESERVOIR"): (0.3, 0.8),
    ("ch", "HYDRO_WATER_RESERVOIR"): (0.2, 1.6),
    ("at", "HYDRO_WATER_RESERVOIR"): (0.4, 0.9),
    ("at", "FOSSIL_GAS"): (0.8, 2.0),
    ("nl", "FOSSIL_HARD_COAL"): (2.0, 3.3),
    ("pl", "FOSSIL_HARD_COAL"): (6.5, 10.0),
}


def test_neighbours_burn_about_what_they_burnt(world: World) -> None:
    there = europe(world.france, index(world, "2026-03-01T00:00Z"), index(world, "2026-04-01T00:00Z"))
    for (country, name), (low, high) in MARCH.items():
        made = there.power(country).by_type[name] / 1000
        assert low < made.mean() < high, (country, name)
    assert there.power("de").by_type["FOSSIL_HARD_COAL"].max() < 7000


def test_reservoirs_let_out_the_water_of_a_year(world: World) -> None:
    there = europe(world.france, index(world, "2025-01-01T00:00Z"), index(world, "2026-01-01T00:00Z"))
    for country, share in RESERVOIR_BUDGET.items():
        made = there.given(country)["HYDRO_WATER_RESERVOIR"]
        assert made.mean() == pytest.approx(share * NEIGHBOURS[country].fleet["HYDRO_WATER_RESERVOIR"], rel=0.1)


@pytest.mark.parametrize("country", ["de", "es", "uk", "be"])
def test_the_wind_of_a_country_does_not_jump(world: World, country: str) -> None:
    """Many farms: within 90 minutes Germany's wind changes by a few GW, and not by 20."""
    there = europe(world.france, index(world, "2025-01-01T00:00Z"), index(world, "2026-01-01T00:00Z"))
    wind = there.given(country)["WIND_ONSHORE"]
    size = NEIGHBOURS[country].fleet["WIND_ONSHORE"]
    assert np.abs(wind[6:] - wind[:-6]).max() < (0.35 if country == "be" else 0.18) * size
    assert 0.6 < wind.std() / wind.mean() < 1.0
    assert 0.15 < wind.mean() / size < 0.35


def test_forecasts_of_wind_stay_below_what_is_installed(world: World) -> None:
    """As they were when a year was forecast day by day."""
    later = second("2026-02-10T00:00Z")
    on_land, at_sea = "wind_onshore", "wind_offshore"
    for country, names in (("de", (on_land, at_sea)), ("uk", (at_sea,)), ("nl", (on_land,))):
        for name in names:
            asked = {"country": country, "production_type": name, "forecast_type": "day-ahead"}
            span = {"start": "2025-10-01", "end": "2026-01-31"}
            table = public_power_forecast(world, QueryParams({**asked, **span}), later)
            (column,) = table.columns
            size = installed(NEIGHBOURS[country], name.upper(), table.stamps)
            assert (column.values <= 0.951 * size).all()
            assert column.values.max() > 0.5 * size.max()
            there = europe(world.france, *(world.grid.quarter_index(int(at)) for at in (table.stamps[0], later)))
            truth = there.given(country)[name.upper()][: table.stamps.size]
            assert 0.01 < np.abs(column.values - truth).mean() / truth.mean() < 0.2


def test_neighbours_share_the_weather(world: World) -> None:
    """When it blows in France it blows in Germany some hours later; Swedish wind is another matter."""
    begin, end = index(world, "2025-01-01T00:00Z"), index(world, "2026-01-01T00:00Z")
    there = europe(world.france, begin, end)
    french = world.france.generation.by_type["WIND_ONSHORE"][begin:end]
    likeness = {code: np.corrcoef(french, there.given(code)["WIND_ONSHORE"])[0, 1] for code in ("be", "de", "se")}
    assert likeness["be"] > likeness["de"] > 0.3
    assert likeness["de"] > likeness["se"]


def test_installed_power_is_that_of_the_model(get: Get) -> None:
    body = get("installed_power", country="fr")
    assert body["time"] == [str(year) for year in range(2014, 2026)]
    told = series(body)
    ends = {year: dict(CAPACITY["SOLAR"])[f"{year}-12-31"] for year in range(2021, 2026)}
    for year, megawatts in ends.items():
        assert told["Solar AC"][year - 2014] == pytest.approx(megawatts / 1000, abs=0.001)
    assert told["Nuclear"][-1] == 62.99
    recorded = {"Biomass": 1.43, "Fossil oil": 2.99, "Hydro Run-of-River": 11.75, "Hydro water reservoir": 8.79}
    for name, gigawatts in {**recorded, "Waste": 1.04, "Others": 1.25}.items():
        assert told[name][-1] == pytest.approx(gigawatts, abs=0.005)
    german = get("installed_power", country="de")
    assert german["time"][-1] == "2030"
    assert series(german)["Wind onshore planned (EEG 2023)"][-1] > 100
    assert np.isnan(series(german)["Solar AC"][-1])


# What is public when


@pytest.mark.parametrize(("country", "hours"), [("fr", (3.75, 4.75)), ("de", (2.75, 3.75)), ("se", (9.5, 10.5))])
def test_power_ends_hours_before_now_and_comes_in_hourly_batches(
    url: SimulatorUrl, country: str, hours: tuple[float, float]
) -> None:
    ends = []
    for minute in range(0, 180, 12):
        now = datetime(2026, 11, 20, 9, tzinfo=UTC) + timedelta(minutes=minute)
        url.move_to(now)
        stamps = answered(url, "public_power", country=country, start="2026-11-19", end="2026-11-21").json()[
            "unix_seconds"
        ]
        ends.append(stamps[-1])
        assert hours[0] * HOUR <= now.timestamp() - stamps[-1] <= hours[1] * HOUR
    assert {after - before for before, after in pairwise(ends)} == {0, HOUR}


def test_the_newest_points_of_germany_are_half_null_and_fill(url: SimulatorUrl) -> None:
    late = set()
    for hour in range(24):
        url.move_to(datetime(2026, 11, 19, tzinfo=UTC) + timedelta(hours=hour))
        told = series(answered(url, "public_power", country="de", start="2026-11-17", end="2026-11-20").json())
        missing = int(np.isnan(told["Load"]).sum())
        late.add(missing)
        assert np.isnan(told["Load"][-missing:]).all()
        assert not np.isnan(told["Nuclear" if "Nuclear" in told else "Fossil gas"]).any()
    assert min(late) >= 1
    assert max(late) <= 8
    assert len(late) > 3


def test_load_is_revised_for_fourteen_hours_and_france_s_plants_are_not(url: SimulatorUrl) -> None:
    def told(country: str) -> dict[str, dict[int, float]]:
        body = answered(url, "public_power", country=country, start="2026-11-18", end="2026-11-21").json()
        return {
            one["name"]: dict(zip(body["unix_seconds"], one["data"], strict=True)) for one in body["production_types"]
        }

    url.move_to("2026-11-20T10:00:00Z")
    before = {country: told(country) for country in ("fr", "de")}
    url.move_to("2026-11-20T11:00:00Z")
    after = {country: told(country) for country in ("fr", "de")}
    for country, names in (("de", {"Load", "Residual load"}), ("fr", {"Load", "Residual load"})):
        changed = {
            name: [
                stamp for stamp, value in values.items() if value is not None and after[country][name][stamp] != value
            ]
            for name, values in before[country].items()
        }
        for name in names:
            oldest = second("2026-11-20T11:00:00Z") - min(changed[name])
            assert 10 * HOUR < oldest <= 16 * HOUR, name
        if country == "fr":
            assert {name for name, stamps in changed.items() if stamps} == {*names, "Renewable share of load"}


def test_tomorrow_s_prices_come_with_the_auction(url: SimulatorUrl) -> None:
    for now, status in (("2026-11-20T11:44:00Z", 404), ("2026-11-20T12:01:00Z", 200)):
        url.move_to(now)
        answer = answered(url, "price", bzn="DE-LU", start="2026-11-21", end="2026-11-21")
        assert answer.status_code == status
    assert len(answer.json()["price"]) == 96


# The dialect


@pytest.mark.parametrize("path", ["public_power", "cbpf", "cbet", "signal"])
def test_without_data_it_says_404_in_plain_text(shared_url: SimulatorUrl, path: str) -> None:
    answer = answered(shared_url, path, country="cy")
    assert (answer.status_code, answer.text) == (404, "no content available")
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert answer.headers["X-Simulated"] == "true"


@pytest.mark.parametrize(
    ("path", "params", "where"),
    [
        ("public_power", {"country": "zz"}, "country"),
        ("price", {"bzn": "FRANCE"}, "bzn"),
        ("cbpf", {"country": "fr", "start": "yesterday"}, "start"),
        ("cbpf", {"country": "fr", "start": "2026-11-20", "end": "2026-13-01"}, "end"),
        ("ren_share_daily_avg", {"country": "fr", "year": "last"}, "year"),
        ("public_power_forecast", {"country": "fr", "production_type": "nuclear"}, "production_type"),
        ("public_power_forecast", {"country": "fr", "forecast_type": "D-1"}, "forecast_type"),
        ("installed_power", {"country": "fr", "time_step": "daily"}, "time_step"),
    ],
)
def test_what_it_does_not_understand_is_422_with_fastapi_s_body(
    shared_url: SimulatorUrl, path: str, params: dict[str, str], where: str
) -> None:
    answer = answered(shared_url, path, **params)
    assert answer.status_code == 422
    (detail,) = answer.json()["detail"]
    assert detail["loc"] == ["query", where]
    assert detail["msg"]


def test_a_day_is_local_and_whole_and_an_instant_is_itself() -> None:
    now = second(NOW)

    def span(country: str, **params: str) -> tuple[str, str]:
        found = span_of(QueryParams(params), country, now)
        return (f"{datetime.fromtimestamp(at, UTC):%m-%dT%H:%M:%S}" for at in (found.first, found.last))  # type: ignore[return-value]

    assert tuple(span("fr", start="2026-03-29")) == ("03-28T23:00:00", "03-29T21:59:59")
    assert tuple(span("uk", start="2026-03-29", end="2026-03-30")) == ("03-29T00:00:00", "03-30T22:59:59")
    assert tuple(span("fr")) == ("11-20T23:00:00", "11-21T22:59:59")
    assert tuple(span("fr", start="2026-01-01T17:00Z")) == ("01-01T17:00:00", "01-01T17:00:00")
    assert tuple(span("fr", start="2026-01-01T18:00+01:00", end="1767290400")) == ("01-01T17:00:00", "01-01T18:00:00")


def test_the_end_is_included(get: Get) -> None:
    body = get("public_power", country="fr", start="2026-11-20T00:00Z", end="2026-11-20T01:00Z")
    assert [stamp - body["unix_seconds"][0] for stamp in body["unix_seconds"]] == [0, 900, 1800, 2700, 3600]


@pytest.mark.parametrize("country", ["it", "ch", "se"])
def test_some_countries_have_hours_only(country: str, get: Get) -> None:
    assert set(np.diff(get("public_power", country=country, start="2026-11-19")["unix_seconds"])) == {HOUR}


CALLS: dict[str, dict[str, str]] = {
    "public_power": {"country": "de", "start": "2026-11-20", "end": "2026-11-21"},
    "public_power_forecast": {"country": "fr", "forecast_type": "day-ahead", "production_type": "solar"},
    "installed_power": {"country": "de"},
    "price": {"bzn": "IT-North", "start": "2025-09-30", "end": "2025-10-01"},
    "cbpf": {"country": "uk", "start": "2026-11-20"},
    "cbet": {"country": "ch", "start": "2026-11-20"},
    "signal": {"country": "de"},
}


@pytest.mark.parametrize("path", CALLS)
def test_v2_has_in_rows_what_v1_has_in_arrays(path: str, get: Get) -> None:
    one, two = get(path, **CALLS[path]), get(f"v2/{path}", **CALLS[path])
    assert two["schema_version"] == "2.0"
    assert two["endpoint"] == path
    named = {one["id"]: one["name"] for one in two["series"]}
    if path == "installed_power":
        assert [row["timestamp"] for row in two["data"]] == one["time"]
    else:
        assert [second(row["timestamp"]) for row in two["data"]] == one["unix_seconds"]
    arrays = {part["name"]: part["data"] for key in ("production_types", "countries") for part in one.get(key, [])}
    rows = {name: [row["values"][key] for row in two["data"]] for key, name in named.items()}
    if arrays:
        total = rows.pop("sum", None)
        assert rows == arrays
        assert (total is not None) is (path in ("cbpf", "cbet"))
        if total:
            assert np.abs(np.sum(list(arrays.values()), axis=0) - total).max() < 0.002
    else:
        flat = {"price": ["price"], "public_power_forecast": ["forecast_values"], "signal": ["share", "signal"]}[path]
        assert list(rows.values()) == [one[key] for key in flat]


def test_v2_writes_the_clock_of_the_country(get: Get) -> None:
    body = get("v2/cbpf", country="uk", start="2026-10-25")
    stamps = [row["timestamp"] for row in body["data"]]
    assert (stamps[0], stamps[-1]) == ("2026-10-25T00:00:00+01:00", "2026-10-25T23:45:00+00:00")
    assert len(stamps) == 100
    german = get("v2/price", bzn="DE-LU", start="2026-03-29")
    assert german["available_until"] == "2026-03-29T23:45:00+02:00"
    assert len(german["data"]) == 92
    assert german["license"].startswith("CC BY 4.0")


def test_v2_is_served_only_where_it_has_been_seen(shared_url: SimulatorUrl) -> None:
    for path, _, _, in_v2 in ENDPOINTS:
        country = {"country": "de"} if path != "price" else {}
        assert (answered(shared_url, f"v2/{path}", **country).status_code == 200) is in_v2


def test_daily_shares_are_means_of_local_days(get: Get) -> None:
    days = get("ren_share_daily_avg", country="fr", year="2026")
    assert (days["days"][0], days["days"][-1], len(days["days"])) == ("01.01.2026", "20.11.2026", 324)
    whole = series(get("public_power", country="fr", start="2026-03-29"))["Renewable share of load"]
    assert whole.size == 92
    place = days["days"].index("29.03.2026")
    assert days["data"][place] == pytest.approx(whole.mean(), abs=0.1)
    last = get("solar_share_daily_avg", country="uk")
    assert len(last["days"]) == 365


def test_forecasts_of_france_are_those_of_rte_and_of_others_near_the_truth(world: World, get: Get) -> None:
    body = get(
        "public_power_forecast", country="de", production_type="load", forecast_type="day-ahead", start="2026-11-18"
    )
    begin = index(world, "2026-11-17T23:00Z")
    truth = europe(world.france, begin, begin + 96).load("de")
    error = np.array(body["forecast_values"]) / truth - 1
    assert 0.001 < np.abs(error).mean() < 0.04
    assert len(get("public_power_forecast", country="fr", forecast_type="day-ahead")["unix_seconds"]) >= 96


def test_the_outlook_of_shares_changes_until_it_is_past(url: SimulatorUrl) -> None:
    bodies = {}
    for now in ("2026-11-20T06:05:00Z", "2026-11-20T18:05:00Z"):
        url.move_to(now)
        bodies[now] = answered(url, "signal", country="fr").json()
    early, late = bodies.values()
    assert len(late["unix_seconds"]) == 2 * len(early["unix_seconds"]) == 192
    noon = early["unix_seconds"].index(second("2026-11-20T12:00Z"))
    morning = early["unix_seconds"].index(second("2026-11-20T05:00Z"))
    assert early["share"][morning] == late["share"][morning]
    assert early["share"][noon] != late["share"][noon]
    assert set(early["signal"]) <= {0, 1, 2}


def test_zones_and_countries_belong_together() -> None:
    assert set(COUNTRY_OF_ZONE.values()) <= {"fr", *NEIGHBOURS}
    assert paris.midnight(paris.day_number(date(2026, 1, 1))) % DAY == 23 * HOUR
