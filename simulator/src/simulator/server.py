"""The HTTP server: routes, faults, and the simulator's own endpoints under /simulator."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulator.broken import Connection, ResetConnection, SlowResponse, TruncatedResponse
from simulator.clock import Clock, ClockError
from simulator.faults import Fault, FaultError, Faults
from simulator.open_meteo import api as open_meteo
from simulator.open_meteo.quota import TOO_MUCH_FOR_ONE_CALL, Quota
from simulator.rte import api as rte
from simulator.rte import errors as rte_errors
from simulator.rte import sandbox
from simulator.rte.errors import FunctionalError
from simulator.rte.quotas import QuotaError, Quotas
from simulator.rte.resource import Call, Reply, Resource
from simulator.world import World, world_at

JSON = "application/json;charset=utf-8"
BROKEN_STREAM = b"Unexpected error while streaming data: timeoutReached"
BROKEN_PAGE = b"<html><body>Service temporarily degraded</body></html>"
MAINTENANCE_PAGE = (
    "<!DOCTYPE html><html><head><title>Maintenance</title></head><body><h1>Maintenance</h1></body></html>"
)
CALLS_KEPT = 10_000


@dataclass
class Simulator:
    """Everything that the endpoints share."""

    seed: int
    clock: Clock
    tokens: rte.Tokens
    faults: Faults
    quota: Quota = field(default_factory=Quota)
    quotas: Quotas = field(default_factory=Quotas)
    calls: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=CALLS_KEPT))

    def world(self) -> World:
        return world_at(self.seed, self.clock.now())


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
    tokens = rte.Tokens(token_seconds, client)
    return Simulator(seed, Clock(now), tokens, Faults(faults), quotas=Quotas(quotas))


def make_server(simulator: Simulator, log_level: str, **options: Any) -> uvicorn.Server:
    """The server that has yet to be run; `options` are uvicorn's."""
    return uvicorn.Server(uvicorn.Config(create_app(simulator), http=Connection, log_level=log_level, **options))


Upstream = Callable[[Simulator, Request, Fault | None], Response]
"""An endpoint of a simulated service; the fault it is given is a quota to keep."""
Own = Callable[[Simulator, bytes], Response]
"""An endpoint of the simulator itself, from the body of the request."""


def create_app(simulator: Simulator) -> Starlette:
    """The ASGI application."""

    def upstream(path: str, endpoint: Upstream, method: str = "GET") -> Route:
        async def handle(request: Request) -> Response:
            return await run_in_threadpool(_with_faults, simulator, request, endpoint)

        return Route(path, handle, methods=[method])

    def own(path: str, endpoint: Own, method: str) -> Route:
        async def handle(request: Request) -> Response:
            body = await request.body()
            return _labelled(await run_in_threadpool(endpoint, simulator, body))

        return Route(path, handle, methods=[method])

    every = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
    return Starlette(
        routes=[
            upstream("/token/oauth/", _token, "POST"),
            upstream("/token/oauth", _token, "POST"),
            upstream("/open_api/{api}/{version}/{resource}", _rte),
            upstream("/open_api/{api}/{version}/sandbox/{resource}", _sandbox),
            upstream("/v1/archive", _weather),
            upstream("/v1/forecast", _weather),
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


def _json(content: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(content, option=orjson.OPT_SERIALIZE_NUMPY), status, media_type=JSON)


def _labelled(response: Response) -> Response:
    response.headers["X-Simulated"] = "true"
    return response


async def _not_found(request: Request) -> Response:
    return _labelled(_json({"error": "not found", "error_description": request.url.path}, 404))


def _with_faults(simulator: Simulator, request: Request, endpoint: Upstream) -> Response:
    path = request.url.path
    response = _meet(simulator, request, endpoint, simulator.faults.met(path))
    simulator.calls.append({"path": path, "query": dict(request.query_params), "status": response.status_code})
    return _labelled(response)


def _meet(simulator: Simulator, request: Request, endpoint: Upstream, fault: Fault | None) -> Response:
    if fault is None:
        return endpoint(simulator, request, None)
    if fault.kind == "token_expired":
        simulator.tokens.void()
        return Response(b"", 401)
    if fault.kind == "quota":
        return endpoint(simulator, request, fault)
    weather = request.url.path.startswith("/v1/")
    instead = _instead(fault, weather)
    if instead is not None:
        return instead
    if fault.kind == "delay":
        time.sleep(fault.seconds)
    return _spoilt(fault, endpoint(simulator, request, None), weather)


def _instead(fault: Fault, weather: bool) -> Response | None:
    """The answer of a fault that never reaches the service; None for the other kinds."""
    if fault.kind == "reset":
        return ResetConnection()
    if fault.kind == "html":
        return Response(MAINTENANCE_PAGE, 200, media_type="text/html")
    if not isinstance(fault.kind, int):
        return None
    after = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    if fault.kind == 500 and not weather:
        return Response(orjson.dumps(rte_errors.technical()), 500, after, JSON)
    return Response(b"", fault.kind, after)


def _spoilt(fault: Fault, answer: Response, weather: bool) -> Response:
    """What a fault leaves of the service's answer."""
    if fault.kind == "truncated":
        return TruncatedResponse(bytes(answer.body), answer.status_code, media_type=JSON)
    if fault.kind == "slow_body":
        return SlowResponse(answer, fault.seconds)
    if fault.kind == "broken_body":
        half = bytes(answer.body[: len(answer.body) // 2])
        return Response(half + BROKEN_STREAM if weather else BROKEN_PAGE, 200, media_type=JSON)
    return answer


def _token(simulator: Simulator, request: Request, _: Fault | None) -> Response:
    token = simulator.tokens.issue(request.headers.get("authorization"), simulator.clock.now())
    if token is None:
        return _json({"error": "invalid_client", "error_description": "Client authentication failed"}, 401)
    lifetime = simulator.tokens.lifetime_seconds
    return _json({"access_token": token, "token_type": "Bearer", "expires_in": lifetime})


def _rte(simulator: Simulator, request: Request, _: Fault | None) -> Response:
    now = simulator.clock.now()
    if not simulator.tokens.accepts(request.headers.get("authorization"), now):
        return Response(b"", 401)
    wait = simulator.quotas.wait(request.path_params["api"], now)  # counted before anything is known to be wrong
    if wait is not None:
        return Response(b"", 429, {"Retry-After": str(wait)})
    found = _find(request)
    if isinstance(found, Response):
        return found
    return _answered(simulator, found, now, Call(request.query_params, now, request.headers))


def _sandbox(simulator: Simulator, request: Request, _: Fault | None) -> Response:
    """The twin of a resource, which has no quota."""
    now = simulator.clock.now()
    if not simulator.tokens.accepts(request.headers.get("authorization"), now):
        return Response(b"", 401)
    found = _find(request)
    if isinstance(found, Response):
        return found
    asked = sandbox.call(request.path_params["api"], request.path_params["resource"], request.headers)
    return _answered(simulator, found, now, asked)


def _find(request: Request) -> Resource | Response:
    """The resource that the path names, or the refusal."""
    api, version, name = (request.path_params[part] for part in ("api", "version", "resource"))
    if api in rte.APIS and (api, version) not in rte.SUBSCRIBED:
        return Response(b"", 403)  # each major version is a subscription of its own
    resource = rte.RESOURCES.get((api, version, name))
    if resource is None:
        return Response(b"", 404)
    if len(str(request.url)) > rte.MAX_URL_CHARACTERS:
        return Response(b"", 414)
    return resource


def _answered(simulator: Simulator, resource: Resource, now: int, call: Call) -> Response:
    try:
        answered = resource.answer(world_at(simulator.seed, now), call)
    except FunctionalError as refused:
        return _json(rte_errors.body(resource.prefix, refused.code, refused.text), 400)
    response = _replied(answered if isinstance(answered, Reply) else Reply(answered))
    if len(response.body) > rte.MAX_BODY_BYTES:
        return Response(b"", 413)
    response.headers["Cache-Control"] = "private"
    return response


def _replied(reply: Reply) -> Response:
    if reply.body is None:
        return Response(b"", reply.status, dict(reply.headers))
    if isinstance(reply.body, str):  # a document in another language than JSON
        return Response(reply.body, reply.status, dict(reply.headers), reply.media_type)
    response = _json(reply.body, reply.status)
    response.headers.update(reply.headers)
    return response


def _weather(simulator: Simulator, request: Request, limits: Fault | None) -> Response:
    now = simulator.clock.now()
    refusal = limits and simulator.quota.refusal(limits, now)
    if refusal:
        return _reason(refusal, 429)
    product = request.url.path.removeprefix("/v1/")
    try:
        query = open_meteo.parse(product, request.query_params, now)
        if limits and query.weight > TOO_MUCH_FOR_ONE_CALL:
            raise open_meteo.BadRequest("Your API call requests too much data. Please reduce the time range")
    except open_meteo.BadRequest as refused:
        simulator.quota.count(1, now)
        return _reason(refused.reason, 400)
    simulator.quota.count(query.weight, now)
    return _json(open_meteo.answer(query, world_at(simulator.seed, now), now))


def _reason(reason: str, status: int) -> Response:
    return _json({"error": True, "reason": reason}, status)


def _health(simulator: Simulator, _: bytes) -> Response:
    now = datetime.fromtimestamp(simulator.clock.now(), UTC)
    return _json({"status": "ok", "simulated": True, "now": f"{now:%Y-%m-%dT%H:%M:%SZ}", "seed": simulator.seed})


def _list_faults(simulator: Simulator, _: bytes) -> Response:
    return _json(simulator.faults.listed())


def _set_faults(simulator: Simulator, body: bytes) -> Response:
    """Replace all faults by a JSON list; an empty list switches them off."""
    try:
        described = orjson.loads(body)
        if not isinstance(described, list) or not all(isinstance(one, dict) for one in described):
            raise FaultError("send a JSON list of faults")
        simulator.faults.replace(described)
    except (orjson.JSONDecodeError, FaultError) as refused:
        return _reason(str(refused), 400)
    return _json(simulator.faults.listed())


def _list_quotas(simulator: Simulator, _: bytes) -> Response:
    return _json(simulator.quotas.listed())


def _set_quotas(simulator: Simulator, body: bytes) -> Response:
    """Replace RTE's quotas by a JSON object; an empty one switches them off."""
    try:
        simulator.quotas.replace(orjson.loads(body))
    except (orjson.JSONDecodeError, QuotaError) as refused:
        return _reason(str(refused), 400)
    return _json(simulator.quotas.listed())


def _set_clock(simulator: Simulator, body: bytes) -> Response:
    """`{"now": "<ISO instant>"}` or `{"advance_seconds": 3600}`: the clock then stands still."""
    try:
        wanted = orjson.loads(body)
        if "now" in wanted:
            simulator.clock.move_to(str(wanted["now"]))
        else:
            simulator.clock.advance(float(wanted["advance_seconds"]))
    except (orjson.JSONDecodeError, ClockError, KeyError, TypeError, ValueError) as refused:
        return _reason(f"send now or advance_seconds: {refused}", 400)
    return _health(simulator, body)


def _list_calls(simulator: Simulator, _: bytes) -> Response:
    """The calls to the simulated services since the start, oldest first (the last ten thousand)."""
    return _json(list(simulator.calls))
