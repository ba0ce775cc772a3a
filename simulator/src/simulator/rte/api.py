"""RTE's resources, its tokens, and the order in which it checks a call."""

from __future__ import annotations

import orjson
from starlette.requests import Request
from starlette.responses import Response

from simulator.faults import Fault
from simulator.rte import (
    balancing_capacity,
    balancing_energy,
    capacity_mechanism,
    congestion,
    consolidated,
    consumption,
    cross_zonal,
    demand_response,
    ecowatt,
    errors,
    exchange_schedule,
    flows,
    forecasts,
    generation,
    generation_detail,
    installed,
    load_outlook,
    losses,
    market,
    ntc,
    reconstitution,
    sandbox,
    signals,
    tempo,
    unavailability,
)
from simulator.rte.errors import FunctionalError
from simulator.rte.quotas import Quotas
from simulator.rte.resource import Call, Reply, Resource
from simulator.rte.tokens import Tokens
from simulator.service import Route, Service, Simulator, json_response
from simulator.world import world_at

MAX_BODY_BYTES = 7_000_000
MAX_URL_CHARACTERS = 2048

# Each module of this folder names its resources itself.
MODULES = (
    balancing_capacity,
    balancing_energy,
    capacity_mechanism,
    congestion,
    consolidated,
    consumption,
    cross_zonal,
    demand_response,
    ecowatt,
    exchange_schedule,
    flows,
    forecasts,
    generation,
    generation_detail,
    installed,
    load_outlook,
    losses,
    market,
    ntc,
    reconstitution,
    signals,
    tempo,
    unavailability,
)
RESOURCES: dict[tuple[str, str, str], Resource] = {
    path: resource for module in MODULES for path, resource in module.RESOURCES.items()
}
SUBSCRIBED = {(api, version) for api, version, _ in RESOURCES}
APIS = {api for api, _ in SUBSCRIBED}


def _token(simulator: Simulator, request: Request, _: Fault | None) -> Response:
    token = simulator.one(Tokens).issue(request.headers.get("authorization"), simulator.clock.now())
    if token is None:
        return json_response({"error": "invalid_client", "error_description": "Client authentication failed"}, 401)
    lifetime = simulator.one(Tokens).lifetime_seconds
    return json_response({"access_token": token, "token_type": "Bearer", "expires_in": lifetime})


def _rte(simulator: Simulator, request: Request, _: Fault | None) -> Response:
    now = simulator.clock.now()
    if not simulator.one(Tokens).accepts(request.headers.get("authorization"), now):
        return Response(b"", 401)
    wait = simulator.one(Quotas).wait(request.path_params["api"], now)  # counted before anything is known to be wrong
    if wait is not None:
        return Response(b"", 429, {"Retry-After": str(wait)})
    found = _find(request)
    if isinstance(found, Response):
        return found
    return _answered(simulator, found, now, Call(request.query_params, now, request.headers))


def _sandbox(simulator: Simulator, request: Request, _: Fault | None) -> Response:
    """The twin of a resource, which has no quota."""
    now = simulator.clock.now()
    if not simulator.one(Tokens).accepts(request.headers.get("authorization"), now):
        return Response(b"", 401)
    found = _find(request)
    if isinstance(found, Response):
        return found
    asked = sandbox.call(request.path_params["api"], request.path_params["resource"], request.headers)
    return _answered(simulator, found, now, asked)


def _find(request: Request) -> Resource | Response:
    """The resource that the path names, or the refusal."""
    api, version, name = (request.path_params[part] for part in ("api", "version", "resource"))
    if api in APIS and (api, version) not in SUBSCRIBED:
        return Response(b"", 403)  # each major version is a subscription of its own
    resource = RESOURCES.get((api, version, name))
    if resource is None:
        return Response(b"", 404)
    if len(str(request.url)) > MAX_URL_CHARACTERS:
        return Response(b"", 414)
    return resource


def _answered(simulator: Simulator, resource: Resource, now: int, call: Call) -> Response:
    try:
        answered = resource.answer(world_at(simulator.seed, now), call)
    except FunctionalError as refused:
        return json_response(errors.body(resource.prefix, refused.code, refused.text), 400)
    response = _replied(answered if isinstance(answered, Reply) else Reply(answered))
    if len(response.body) > MAX_BODY_BYTES:
        return Response(b"", 413)
    response.headers["Cache-Control"] = "private"
    return response


def _replied(reply: Reply) -> Response:
    if reply.body is None:
        return Response(b"", reply.status, dict(reply.headers))
    if isinstance(reply.body, str):  # a document in another language than JSON
        return Response(reply.body, reply.status, dict(reply.headers), reply.media_type)
    response = json_response(reply.body, reply.status)
    response.headers.update(reply.headers)
    return response


def _error_body(status: int) -> bytes:
    return orjson.dumps(errors.technical()) if status == 500 else b""


def _void_tokens(simulator: Simulator) -> None:
    simulator.one(Tokens).void()


SERVICE = Service(
    prefix="",
    routes=(
        Route("/token/oauth/", _token, "POST"),
        Route("/token/oauth", _token, "POST"),
        Route("/open_api/{api}/{version}/{resource}", _rte),
        Route("/open_api/{api}/{version}/sandbox/{resource}", _sandbox),
    ),
    error_body=_error_body,
    void_tokens=_void_tokens,
)
