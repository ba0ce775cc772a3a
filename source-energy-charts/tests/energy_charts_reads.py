"""Small reads of Energy-Charts: a configuration, the table of endpoints by name, and a double of the server."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import orjson
from airbyte_cdk.models import AirbyteStateMessage
from reading import Reading
from source_energy_charts.answers import columns_of
from source_energy_charts.endpoint import Endpoint, Scope
from source_energy_charts.endpoints import ENDPOINTS
from source_energy_charts.records import Context, records_of

RECORDED = Path(__file__).parents[3] / "shared" / "real" / "energy-charts"
BY_NAME: Mapping[str, Endpoint] = {endpoint.stream: endpoint for endpoint in ENDPOINTS}
STREAMS = tuple(BY_NAME)

# A Saturday at noon, just after the auction.
NOW = "2026-11-21T12:00:00Z"

Asked = tuple[str, dict[str, str]]
Reply = tuple[int, bytes, dict[str, str]]


def config(url: str, start_date: str = "2026-11-19", **options: Any) -> dict[str, Any]:
    """Two countries and two zones, no waiting between calls; options beside those of the top are advanced ones."""
    top = {name: options.pop(name) for name in ("countries", "bidding_zones") if name in options}
    return {
        "start_date": start_date,
        "countries": ["fr", "de"],
        "bidding_zones": ["FR", "DE-LU"],
        **top,
        "advanced": {"base_url": str(url), "seconds_between_calls": 0, **options},
    }


def last_states(reading: Reading) -> list[AirbyteStateMessage]:
    """The last state of each stream, as a platform keeps it."""
    return list({state.stream.stream_descriptor.name: state for state in reading.states if state.stream}.values())


def records(stream: str, body: Any, name: str = "fr", head: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """The records of one answer."""
    endpoint = BY_NAME[stream]
    scope = Scope(name, {}, {"country": name} if head is None else head)
    context = Context(scope, datetime(2026, 11, 21, 12, tzinfo=UTC))
    return records_of(endpoint, columns_of(endpoint, body), context)


def answer(body: Any, status: int = 200, **headers: str) -> Reply:
    """JSON, or a plain text."""
    if isinstance(body, str):
        return status, body.encode(), {"Content-Type": "text/plain; charset=utf-8", **headers}
    return status, orjson.dumps(body), {"Content-Type": "application/json", **headers}


@dataclass
class Double:
    """A server that answers as a function says, and remembers what it was asked."""

    url: str = ""
    asked: list[Asked] = field(default_factory=list)


@contextmanager
def answering(reply: Callable[[str, dict[str, str]], Reply]) -> Iterator[Double]:
    """A double on loopback; ``reply`` gets the path without its first slash, and the parameters."""
    double = Double()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            asked = parts.path.lstrip("/"), dict(parse_qsl(parts.query))
            double.asked.append(asked)
            status, body, headers = reply(*asked)
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    double.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield double
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
