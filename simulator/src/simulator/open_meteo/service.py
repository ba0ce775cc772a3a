"""Open-Meteo as a service: its endpoint, its quota, its errors."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from simulator.faults import Fault
from simulator.open_meteo import api
from simulator.open_meteo.quota import TOO_MUCH_FOR_ONE_CALL, Quota
from simulator.service import Route, Service, Simulator, json_response


def _weather(simulator: Simulator, request: Request, limits: Fault | None) -> Response:
    now = simulator.clock.now()
    refusal = limits and simulator.one(Quota).refusal(limits, now)
    if refusal:
        return _reason(refusal, 429)
    product = request.url.path.removeprefix("/v1/")
    try:
        query = api.parse(product, request.query_params, now)
        if limits and query.weight > TOO_MUCH_FOR_ONE_CALL:
            raise api.BadRequest("Your API call requests too much data. Please reduce the time range")
    except api.BadRequest as refused:
        simulator.one(Quota).count(1, now)
        return _reason(refused.reason, 400)
    simulator.one(Quota).count(query.weight, now)
    return json_response(api.answer(query, simulator.world(), now))


def _reason(reason: str, status: int) -> Response:
    return json_response({"error": True, "reason": reason}, status)


SERVICE = Service(
    prefix="",
    routes=(Route("/v1/archive", _weather), Route("/v1/forecast", _weather)),
    broken_stream=b"Unexpected error while streaming data: timeoutReached",
)
