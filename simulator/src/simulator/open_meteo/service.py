"""Open-Meteo as a service: its hosts as folders, keys, quota, errors."""

from __future__ import annotations

import orjson
from starlette.requests import Request
from starlette.responses import Response

from simulator.faults import Fault
from simulator.open_meteo import api
from simulator.open_meteo.products import PRODUCTS, Product
from simulator.open_meteo.quota import TOO_MUCH_FOR_ONE_CALL, Quota
from simulator.service import Route, Service, Simulator, json_response

CUSTOMER = "customer-"
LONGEST_REDIRECT = 3_500
TOO_MUCH = "Your API call requests too much data. Please reduce the time range"
REASONS = {
    400: "Bad request",
    401: "API key required. Please add &apikey= to the URL.",
    403: "This API endpoint requires the API Professional or Enterprise plan",
    429: "Minutely API request limit exceeded. Please try again in one minute.",
    503: "The service is overloaded",
}


def _answer(simulator: Simulator, request: Request, limits: Fault | None) -> Response:
    label, path = request.path_params["host"], request.path_params["path"]
    product = PRODUCTS.get((label.removeprefix(CUSTOMER), path))
    if product is None:
        return _reason("Not Found", 404)
    customer = label.startswith(CUSTOMER)
    refused = _key_refused(request, product, customer)
    if refused is not None:
        return refused
    return _weather(simulator, request, product, None if customer else limits)


def _key_refused(request: Request, product: Product, customer: bool) -> Response | None:
    """What becomes of the key: customers need one, and others are sent to the host of the customers.

    A key that begins with `invalid` is none; one that begins with `standard` is of the smaller plan.
    """
    key = request.query_params.get("apikey") or request.headers.get("x-api-key") or ""
    if not customer:
        if not key:
            return None
        address = str(request.url)
        if len(address) > LONGEST_REDIRECT:
            return _reason("The API key is only valid on the customer host", 400)
        return Response(b"", 303, {"Location": address.replace(f"/{product.host}/", f"/{CUSTOMER}{product.host}/")})
    if not key:
        return _reason(REASONS[401], 401)
    if key.startswith("invalid"):
        return _reason("The supplied API key is invalid.", 400)
    if key.startswith("standard") and product.professional:
        return _reason(REASONS[403], 403)
    return None


def _weather(simulator: Simulator, request: Request, product: Product, limits: Fault | None) -> Response:
    now = simulator.clock.now()
    quota = simulator.one(Quota)
    refusal = limits and quota.refusal(limits, now)
    if refusal:
        return _reason(refusal, 429)
    try:
        query = api.parse(product, request.query_params, now)
        if limits and query.weight > TOO_MUCH_FOR_ONE_CALL:
            raise api.BadRequest(TOO_MUCH)
        api.refuse_missing_run(query, simulator.seed, now)
    except api.BadRequest as refused:
        quota.count(1, now)
        return _reason(refused.reason, 400)
    quota.count(query.weight, now)
    return json_response(api.answer(query, simulator.world(), now))


def _reason(reason: str, status: int) -> Response:
    return json_response({"error": True, "reason": reason}, status)


def _error_body(status: int) -> bytes:
    """The reason of a status, nothing for those that come from a server in front."""
    return orjson.dumps({"error": True, "reason": REASONS[status]}) if status in REASONS else b""


SERVICE = Service(
    prefix="/open-meteo",
    routes=(Route("/{host}/v1/{path}", _answer),),
    broken_stream=b"Unexpected error while streaming data: timeoutReached",
    error_body=_error_body,
)
