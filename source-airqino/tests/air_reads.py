"""What the tests share: configurations, and a loopback server that speaks AirQino's dialect over rows it is given."""

from __future__ import annotations

import atexit
import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from reading import Reading, read
from source_airqino import SourceAirqino

ABIDJAN = {
    "station_id": 283164601,
    "name": "SMART188",
    "latitude": 5.3357,
    "longitude": -3.9782,
    "time_zone": "Africa/Abidjan",
    "place": "Abidjan",
}
PARIS = {
    "station_id": 999000901,
    "name": "SMART901",
    "latitude": 48.8566,
    "longitude": 2.3522,
    "time_zone": "Europe/Paris",
    "place": "Paris",
}
OTHER_IN_ABIDJAN = {**ABIDJAN, "station_id": 283181971, "name": "SMART189", "latitude": 5.3612, "longitude": -4.0083}

Row = dict[str, Any]


def settings(url: str, *stations: Mapping[str, Any], start_date: str, **options: Any) -> dict[str, Any]:
    """A configuration without an account. `advanced` comes on top; other options stand beside `stations`."""
    advanced = {"base_url": url, "calls_per_second": 1000, **options.pop("advanced", {})}
    chosen = [dict(station) for station in stations or (ABIDJAN,)]
    return {"stations": chosen, "start_date": start_date, "advanced": advanced, **options}


def sync(config: Mapping[str, Any], *streams: str, state: Any = None) -> Reading:
    """A sync that never waits."""
    return read(SourceAirqino(sleep=lambda _: None), config, *streams, state=state)


def tabled(*syncs: Reading, stream: str = "hourly_averages") -> dict[tuple[Any, ...], Mapping[str, Any]]:
    """The table after these syncs."""
    first, *later = syncs
    return first.table(stream, *later)


def hours(first: str, count: int) -> list[str]:
    """Labels of so many hours, as AirQino writes them."""
    begin = datetime.fromisoformat(first)
    return [str(begin + timedelta(hours=n)) for n in range(count)]


Instead = Callable[[str, Mapping[str, str]], tuple[int, Any] | None]


@dataclass
class AirServer:
    """Answers v3/getStationHourlyAvg from ``hourly``, getRange from ``raw``; both filter by label.

    ``instead`` may answer a call otherwise: status and body (bytes as they are, None for none).
    """

    hourly: dict[str, list[Row]] = field(default_factory=dict)
    raw: dict[str, list[Row]] = field(default_factory=dict)
    header: Row = field(default_factory=dict)
    start_included: bool = True
    end_included: bool = False
    instead: Instead = lambda path, query: None
    url: str = ""
    calls: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    authorizations: list[str | None] = field(default_factory=list)

    def answer(self, path: str, query: dict[str, str]) -> tuple[int, Any]:
        self.calls.append((path, query))
        instead = self.instead(path, query)
        if instead is not None:
            return instead
        name, *asked = path.removeprefix("v3/").split("/")
        if name == "getStationHourlyAvg":
            bounds = [str(datetime.strptime(query[bound], "%Y%m%d-%H%M")) for bound in ("start_date", "end_date")]
            rows = self.hourly.get(asked[0], [])
            return 200, {"header": self.header, "data": [row for row in rows if self._within(row["timestamp"], bounds)]}
        if name == "getRange":
            first, last = (datetime.fromisoformat(day) for day in asked[1:])
            after = str(last + timedelta(days=1) if self.end_included else last)
            rows = self.raw.get(asked[0], [])
            return 200, {"station": asked[0], "raw_data": [r for r in rows if str(first) <= r["utc_timestamp"] < after]}
        return 404, {}

    def _within(self, label: str, bounds: Sequence[str]) -> bool:
        first, last = bounds
        at_bound = (self.start_included and label == first) or (self.end_included and label == last)
        return first < label < last or at_bound


class Listening:
    """A server on loopback that answers for one AirServer after the other.

    It is kept for the next test: the connector starts a rate budget for each address, whose thread never ends.
    """

    def __init__(self) -> None:
        self.served = AirServer()
        listening = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                listening.served.authorizations.append(self.headers.get("Authorization"))
                parts = urlsplit(self.path)
                status, body = listening.served.answer(parts.path.strip("/"), dict(parse_qsl(parts.query)))
                content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                self.do_GET()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


_idle: list[Listening] = []


@contextmanager
def air_server(**options: Any) -> Iterator[AirServer]:
    """A server on loopback with the fields of AirServer."""
    if _idle:
        listening = _idle.pop()
    else:
        listening = Listening()
        atexit.register(listening.close)
    listening.served = AirServer(**options, url=listening.url)
    try:
        yield listening.served
    finally:
        _idle.append(listening)
