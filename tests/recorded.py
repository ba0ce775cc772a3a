"""The recorded answers of the real services, served over HTTP on loopback as the services would."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import duckdb
import pytest

REAL = Path(__file__).parents[2] / "shared" / "real"

# Which recordings answer which resource: production and sandbox answers together, told apart by their dates.
RTE_RECORDINGS = {
    "consumption/v1/short_term": ("consumption__short_term__1", "consumption__short_term__2"),
    "actual_generation/v1/actual_generations_per_production_type": (
        "actual_generation__actual_generations_per_production_type__1",
    ),
    "generation_forecast/v3/forecasts": ("generation_forecast__forecasts__2",),
    "physical_flow/v1/physical_flows": ("physical_flow__physical_flows__1",),
    "wholesale_market/v3/france_power_exchanges": ("wholesale_market__france_power_exchanges__1",),
}

# Cities whose weather was recorded, by the coordinates that the connector asks for.
RECORDED_CITIES = {
    (48.8566, 2.3522): "paris",
    (50.6292, 3.0573): "lille",
    (48.5734, 7.7521): "strasbourg",
    (47.2184, -1.5536): "nantes",
    (48.3904, -4.4861): "brest",
    (45.8336, 1.2611): "limoges",
    (43.6047, 1.4442): "toulouse",
    (45.764, 4.8357): "lyon",
    (43.2965, 5.3698): "marseille",
}
KMH_PER_MS = 3.6


# The day on which the recorded forecasts are asked for.
FORECAST_DAY = date(2024, 10, 31)


def require_real_data() -> None:
    """Skips a whole module, in one line, where the recordings are not beside the checkout, unless they are required."""
    if REAL.is_dir():
        return
    if os.environ.get("HEXAWATT_REAL_DATA") == "required":
        pytest.fail(f"HEXAWATT_REAL_DATA=required, and the recorded answers are not in {REAL}")
    pytest.skip("the recorded answers of the real services are not beside this checkout", allow_module_level=True)


@cache
def rte_blocks(path: str) -> tuple[str, tuple[dict[str, Any], ...]]:
    """The root key of a resource and all its recorded blocks."""
    blocks: list[dict[str, Any]] = []
    root = ""
    for name in RTE_RECORDINGS[path]:
        answer = json.loads((REAL / "rte" / f"{name}.json").read_text())
        ((root, recorded),) = answer.items()
        blocks += recorded
    return root, tuple(blocks)


@cache
def recorded_hours(city: str, start: str, end: str) -> list[tuple[str, float | None, float | None, Any, float | None]]:
    """(time UTC, temperature °C, wind at 10 m km/h, cloud %, precipitation mm) of the days start to end, included."""
    path = REAL / "open-meteo" / f"historical-forecast_hourly_{city}_2021-2025.parquet"
    with duckdb.connect() as connection:
        connection.execute("set TimeZone='UTC'")
        return connection.execute(
            f"""select strftime(time::timestamptz, '%Y-%m-%dT%H:%M'), temperature_2m, wind_speed_10m, cloud_cover,
                       precipitation
                from '{path}' where time::timestamptz::date between ? and ? order by 1""",
            [start, end],
        ).fetchall()


def rte_answer(path: str, query: dict[str, str]) -> dict[str, Any]:
    """The recorded blocks of the asked types within the asked window."""
    root, blocks = rte_blocks(path)
    types = query["type"].split(",") if "type" in query else None
    return {root: [block for block in blocks if (not types or block["type"] in types) and _within(block, query)]}


def _within(block: dict[str, Any], query: dict[str, str]) -> bool:
    if "start_date" not in query:
        return True
    instant = datetime.fromisoformat
    return instant(block["start_date"]) >= instant(query["start_date"]) and instant(block["start_date"]) < instant(
        query["end_date"]
    )


def open_meteo_answer(query: dict[str, str]) -> list[dict[str, Any]]:
    """An archive answer; a place that was not recorded has nulls, as where a model has no archive."""
    latitudes, longitudes = query["latitude"].split(","), query["longitude"].split(",")
    return [_place(float(lat), float(lon), query) for lat, lon in zip(latitudes, longitudes, strict=True)]


def _place(latitude: float, longitude: float, query: dict[str, str]) -> dict[str, Any]:
    city = RECORDED_CITIES.get((latitude, longitude))
    start, end = _days_asked_for(query)
    hours = recorded_hours(city or "paris", start, end)
    nothing = [None] * len(hours)
    recorded = {
        "temperature_2m": [_number(row[1]) for row in hours],
        "wind_speed_10m": [None if row[2] is None else _number(row[2] / KMH_PER_MS) for row in hours],
        "cloud_cover": [_number(row[3]) for row in hours],
        "precipitation": [_number(row[4]) for row in hours],
    }
    asked = query["hourly"].split(",")
    units = {"temperature_2m": "°C", "wind_speed_10m": "m/s", "cloud_cover": "%", "precipitation": "mm"}
    columns = {name: recorded.get(name, nothing) if city else nothing for name in asked}
    return {
        "latitude": latitude,
        "longitude": longitude,
        "utc_offset_seconds": 0,
        "hourly_units": {"time": "iso8601", **{name: units.get(name, "undefined") for name in asked}},
        "hourly": {"time": [row[0] for row in hours], **columns},
    }


def _days_asked_for(query: dict[str, str]) -> tuple[str, str]:
    """First and last day: of the archive by their names, of a forecast by their distance from today."""
    if "start_date" in query:
        return query["start_date"], query["end_date"]
    back, ahead = timedelta(days=int(query["past_days"])), timedelta(days=int(query["forecast_days"]) - 1)
    return str(FORECAST_DAY - back), str(FORECAST_DAY + ahead)


def _number(value: float | None) -> float | None:
    return None if value is None else float(value)


@contextmanager
def recorded_services() -> Iterator[str]:
    """The address of a server that answers as RTE and Open-Meteo answered when they were recorded."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self._answer(json.loads((REAL / "rte" / "token__oauth__1.json").read_text()))

        def do_GET(self) -> None:
            address = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(address.query).items()}
            answers: dict[bool, Callable[[], Any]] = {
                True: lambda: rte_answer(address.path.removeprefix("/open_api/"), query),
                False: lambda: open_meteo_answer(query),
            }
            self._answer(answers[address.path.startswith("/open_api/")]())

        def _answer(self, body: Any) -> None:
            payload = json.dumps(body).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json;charset=utf-8")
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
