"""The clock-change days as the simulator publishes them, through every connection of connections.yaml."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import requests
import yaml
from pipeline import CONNECTORS, ROOT, environment, running_simulator

PARIS = ZoneInfo("Europe/Paris")
SPRING, AUTUMN = date(2026, 3, 29), date(2025, 10, 26)
DAYS = 3  # of history, the clock-change day in the middle

# What the API is asked directly too: {raw table: (path, root of the answer, dimensions)}.
RESOURCES = {
    "consumption_short_term": ("consumption/v1/short_term", "short_term", ("type",)),
    "actual_generations_per_production_type": (
        "actual_generation/v1/actual_generations_per_production_type",
        "actual_generations_per_production_type",
        ("production_type",),
    ),
    "generation_forecasts": ("generation_forecast/v3/forecasts", "forecasts", ("production_type", "type")),
    "physical_flows": (
        "physical_flow/v1/physical_flows",
        "physical_flows",
        ("sender_country_eic_code", "receiver_country_eic_code"),
    ),
}

# What is published late, once a week, month or year, or about the distant past needs more.
LONGER = {
    "consolidated_power_consumption": 30,
    "consolidated_energy_consumption": 30,
    "water_reserves": 30,
    "capacities_per_production_type": 400,
    "generation_unavailabilities": 10,
    "transmission_network_unavailabilities": 10,
    "congestion_costs": 100,
    "imbalance_data": 10,
    "eco2mix_national_cons_def": 500,
    "eco2mix_regional_cons_def": 70,
    "temperature_quotidienne_regionale": 70,
    "stock_quotidien_stockages_gaz": 40,
    "prod_region_annuelle_filiere": 1200,
    "conso_departement_annuelle": 1200,
    "tempo_like_calendars": 60,
}


@dataclass(frozen=True)
class SimulatedDay:
    """A clock-change day in raw tables, and what the API itself answered for it."""

    day: date
    raw: Path
    published: dict[str, list[tuple[Any, ...]]]

    @property
    def now(self) -> str:
        """Noon of the day after, when the day is complete."""
        return f"{self.day + timedelta(days=1)}T12:00:00Z"

    @property
    def hours(self) -> int:
        start, end = self.bounds
        return (end - start) // timedelta(hours=1)

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        """First and last instant of the Paris day, naive UTC as in the marts."""
        midnights = [datetime.combine(self.day + timedelta(days=n), time.min, PARIS) for n in (0, 1)]
        start, end = (midnight.astimezone(UTC).replace(tzinfo=None) for midnight in midnights)
        return start, end


def simulated_day(day: date, folder: Path) -> SimulatedDay:
    """Syncs all connections around ``day``.

    Day-ahead prices can only be had the day before and on the day; all the rest once the day is over.
    """
    connections = folder / "connections.yaml"
    connections.write_text(yaml.safe_dump({"connections": short_connections()}))
    simulated = SimulatedDay(day, folder / "demo" / "raw.duckdb", {})
    evening_before = f"{day - timedelta(days=1)}T15:00:00Z"
    with running_simulator(evening_before) as url:
        settings = {"HEXAWATT_HOME": str(folder), "MODE": "demo", "SIMULATOR_URL": url}
        run("prepare", connections, HEXAWATT_NOW=evening_before, **settings)
        for now, names in ((evening_before, ["rte"]), (simulated.now, [*short_connections()])):
            requests.post(f"{url}/simulator/clock", json={"now": now}, timeout=10).raise_for_status()
            for name in names:
                run("run", connections, name, HEXAWATT_NOW=now, **settings)
        for stream, resource in RESOURCES.items():
            simulated.published[stream] = published_labels(url, day, *resource)
    return simulated


def short_connections() -> dict[str, Any]:
    """The connections of the demo with a few days of history."""
    connections: dict[str, Any] = yaml.safe_load((ROOT / "airbyte" / "connections.yaml").read_text())["connections"]
    for connection in connections.values():
        settings = connection["modes"]["demo"]
        settings["start_date"] = {"days_ago": DAYS}
        longer = {stream: {"days_ago": LONGER[stream]} for stream in connection["streams"] if stream in LONGER}
        settings["advanced"] = {**settings["advanced"], "stream_start_dates": longer}
    return connections


def run(command: str, connections: Path, *names: str, **settings: str) -> None:
    arguments = [CONNECTORS / "local-sync", command, "--connections", connections, *names]
    done = subprocess.run(arguments, env=environment(**settings), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]


def published_labels(url: str, day: date, path: str, root: str, dimensions: tuple[str, ...]) -> list[tuple[Any, ...]]:
    """(dimensions, start label) of each interval in the blocks of the day, and of the days beside it."""
    token = requests.post(f"{url}/token/oauth/", auth=("any", "word"), timeout=10).json()["access_token"]
    midnights = [datetime.combine(day + timedelta(days=n), time.min, PARIS).isoformat() for n in (-1, 2)]
    answer = requests.get(
        f"{url}/open_api/{path}",
        params=dict(zip(("start_date", "end_date"), midnights, strict=True)) | _types(root),
        headers={"Authorization": f"Bearer {token}"},
        timeout=30,
    )
    answer.raise_for_status()
    return [
        (*(block[dimension] for dimension in dimensions), interval["start_date"])
        for block in answer.json()[root]
        for interval in block.get("values", [])
    ]


def _types(root: str) -> dict[str, str]:
    wind_and_sun = {"production_type": "WIND_ONSHORE,WIND_OFFSHORE,SOLAR", "type": "CURRENT,ID,D-1"}
    return {"short_term": {"type": "REALISED,ID,D-1,D-2"}, "forecasts": wind_and_sun}.get(root, {})
