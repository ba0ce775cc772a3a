"""The HTTP server: routes, faults, and the simulator's own endpoints under /simulator."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulator import services
from simulator.broken import Connection, ResetConnection, SlowResponse, TruncatedResponse
from simulator.clock import Clock, ClockError
from simulator.faults import ACTED_BY_SERVICE, Fault, FaultError, Faults
from simulator.rte.quotas import QuotaError, Quotas
from simulator.rte.tokens import Tokens
from simulator.service import JSON, Endpoint, Service, Simulator, json_response

BROKEN_PAGE = b"<html><body>Service temporarily degraded</body></html>"
MAINTENANCE_PAGE = (
    "<!DOCTYPE html><html><head><title>Maintenance</title></head><body><h1>Maintenance</h1></body></html>"
)


def make_simulator(
    now: str | datetime | None = None,
    seed: int = 1,
    faults: Iterable[Mapping[str, Any]] = (),
    token_seconds: int = 3600,
    client: tuple[str, str] | None = None,
    quotas: Mapping[str, Any] | None = None,
) -> Simulator:
    """A simulator with a pinned or the real clock. Raises ClockError, FaultError, QuotaError.

    `quotas`: RTE's, by API, as `rte/quotas.py` describes them; None for those that RTE publishes, `{}` for none.
    """
    simulator = Simulator(seed, Clock(now), Faults(faults))
    simulator.keep(Tokens(token_seconds, client))
    simulator.keep(Quotas(quotas))
    return simulator


def make_server(simulator: Simulator, log_level: str, **options: Any) -> uvicorn.Server:
    """The server that has yet to be run; `options` are uvicorn's."""
    return uvicorn.Server(uvicorn.Config(create_app(simulator), http=Connection, log_level=log_level, **options))


Own = Callable[[Simulator, bytes], Response]
"""An endpoint of the simulator itself, from the body of the request."""


def create_app(simulator: Simulator) -> Starlette:
    """The ASGI application."""

    def upstream(service: Service, path: str, endpoint: Endpoint, method: str) -> Route:
        async def handle(request: Request) -> Response:
            return await run_in_threadpool(_with_faults, simulator, service, request, endpoint)

        return Route(service.prefix + path, handle, methods=[method])

    def own(path: str, endpoint: Own, method: str) -> Route:
        async def handle(request: Request) -> Response:
            body = await request.body()
            return _labelled(await run_in_threadpool(endpoint, simulator, body))

        return Route(path, handle, methods=[method])

    every = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
    return Starlette(
        routes=[
            *(
                upstream(service, route.path, route.endpoint, route.method)
                for service in services.SERVICES
                for route in service.routes
            ),
            own("/simulator/health", _health, "GET"),
            own("/simulator/faults", _list_faults, "GET"),
            own("/simulator/faults", _set_faults, "POST"),
            own("/simulator/quotas", _list_quotas, "GET"),
            own("/simulator/quotas", _set_quotas, "POST"),
            own("/simulator/clock", _set_clock, "POST"),
            own("/simulator/calls", _list_calls, "GET"),
            Route("/{path:path}", _not_found, methods=every),
        ]
    )


def _labelled(response: Response) -> Response:
    response.headers["X-Simulated"] = "true"
    return response


async def _not_found(request: Request) -> Response:
    return _labelled(json_response({"error": "not found", "error_description": request.url.path}, 404))


def _with_faults(simulator: Simulator, service: Service, request: Request, endpoint: Endpoint) -> Response:
    path = request.url.path
    response = _meet(simulator, service, request, endpoint, simulator.faults.met(path))
    simulator.calls.append({"path": path, "query": dict(request.query_params), "status": response.status_code})
    return _labelled(response)


def _meet(
    simulator: Simulator, service: Service, request: Request, endpoint: Endpoint, fault: Fault | None
) -> Response:
    if fault is None:
        return endpoint(simulator, request, None)
    if fault.kind == "token_expired":
        service.void_tokens(simulator)
        return Response(b"", 401)
    if fault.kind in ACTED_BY_SERVICE:
        return endpoint(simulator, request, fault)
    instead = _instead(fault, service)
    if instead is not None:
        return instead
    if fault.kind == "delay":
        time.sleep(fault.seconds)
    return _spoilt(fault, endpoint(simulator, request, None), service)


def _instead(fault: Fault, service: Service) -> Response | None:
    """The answer of a fault that never reaches the service; None for the other kinds."""
    if fault.kind == "reset":
        return ResetConnection()
    if fault.kind == "html":
        return Response(MAINTENANCE_PAGE, 200, media_type="text/html")
    if not isinstance(fault.kind, int):
        return None
    after = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    body = service.error_body(fault.kind)
    return Response(body, fault.kind, after, JSON if body else None)


def _spoilt(fault: Fault, answer: Response, service: Service) -> Response:
    """What a fault leaves of the service's answer."""
    if fault.kind == "truncated":
        return TruncatedResponse(bytes(answer.body), answer.status_code, media_type=JSON)
    if fault.kind == "slow_body":
        return SlowResponse(answer, fault.seconds)
    if fault.kind == "broken_body":
        half = bytes(answer.body[: len(answer.body) // 2])
        return Response(half + service.broken_stream if service.broken_stream else BROKEN_PAGE, 200, media_type=JSON)
    return answer


def _health(simulator: Simulator, _: bytes) -> Response:
    now = datetime.fromtimestamp(simulator.clock.now(), UTC)
    return json_response(
        {"status": "ok", "simulated": True, "now": f"{now:%Y-%m-%dT%H:%M:%SZ}", "seed": simulator.seed}
    )


def _refused(reason: str) -> Response:
    return json_response({"error": True, "reason": reason}, 400)


def _list_faults(simulator: Simulator, _: bytes) -> Response:
    return json_response(simulator.faults.listed())


def _set_faults(simulator: Simulator, body: bytes) -> Response:
    """Replace all faults by a JSON list; an empty list switches them off."""
    try:
        described = orjson.loads(body)
        if not isinstance(described, list) or not all(isinstance(one, dict) for one in described):
            raise FaultError("send a JSON list of faults")
        simulator.faults.replace(described)
    except (orjson.JSONDecodeError, FaultError) as refused:
        return _refused(str(refused))
    return json_response(simulator.faults.listed())


def _list_quotas(simulator: Simulator, _: bytes) -> Response:
    return json_response(simulator.one(Quotas).listed())


def _set_quotas(simulator: Simulator, body: bytes) -> Response:
    """Replace RTE's quotas by a JSON object; an empty one switches them off."""
    try:
        simulator.one(Quotas).replace(orjson.loads(body))
    except (orjson.JSONDecodeError, QuotaError) as refused:
        return _refused(str(refused))
    return json_response(simulator.one(Quotas).listed())


def _set_clock(simulator: Simulator, body: bytes) -> Response:
    """`{"now": "<ISO instant>"}` or `{"advance_seconds": 3600}`: the clock then stands still."""
    try:
        wanted = orjson.loads(body)
        if "now" in wanted:
            simulator.clock.move_to(str(wanted["now"]))
        else:
            simulator.clock.advance(float(wanted["advance_seconds"]))
    except (orjson.JSONDecodeError, ClockError, KeyError, TypeError, ValueError) as refused:
        return _refused(f"send now or advance_seconds: {refused}")
    return _health(simulator, body)


def _list_calls(simulator: Simulator, _: bytes) -> Response:
    """The calls to the simulated services since the start, oldest first (the last ten thousand)."""
    return json_response(list(simulator.calls))
