"""Opendatasoft's Explore API v2.1, for the portals ODRÉ and Open Data Paris."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
import orjson
from starlette.requests import Request
from starlette.responses import Response

from simulator.faults import Fault
from simulator.opendatasoft import formats
from simulator.opendatasoft.dataset import Dataset, Portal, described
from simulator.opendatasoft.errors import BROKEN_STREAM, TOO_DEEP, Refused, body_of, no_dataset, wrong_parameter
from simulator.opendatasoft.odre import ODRE
from simulator.opendatasoft.query import (
    DEEPEST,
    DEFAULT_LIMIT,
    HIGHEST_LIMIT,
    Keep,
    every,
    found,
    paged,
    parse,
    seed_of,
    shuffled,
    whole,
)
from simulator.opendatasoft.quota import Counters
from simulator.opendatasoft.schools import PARIS
from simulator.opendatasoft.table import Rows
from simulator.paris import DAY, HOUR, Ints
from simulator.service import Route, Service, Simulator

BASE = "/api/explore/v2.1/catalog"
MEDIA = "application/json; charset=utf-8"
MISSING_REGION, MISSING_HOURS = "93", range(5, 10)

Answer = Callable[[Simulator, Portal, Request, Keep], Response]


def _respond(content: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(content), status, media_type=MEDIA)


def _guarded(answer: Answer, portal: Portal, simulator: Simulator, request: Request, fault: Fault | None) -> Response:
    """An endpoint behind the quota; a fault is a smaller quota, or rows that are missing."""
    limit, period = portal.calls, portal.period
    if fault and fault.kind == "quota":
        limit, period = int(fault.per_day), "day"
    allowance = simulator.one(Counters).count(portal, limit, period, simulator.clock.now())
    refusal = allowance.refusal(anonymous=not _has_key(request))
    if refusal:
        response = _respond(refusal, 429)
    else:
        try:
            response = answer(simulator, portal, request, KEPT.get(str(fault.kind) if fault else "", every))
        except Refused as refused:
            response = _respond(refused.body, refused.status)
    response.headers.update({**allowance.headers, "Cache-Control": "no-store"})
    return response


def _has_key(request: Request) -> bool:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    return bool(request.query_params.get("apikey")) or (scheme.lower() == "apikey" and bool(key))


# --- rows that are missing while a data set is refreshed


def _none(dataset: Dataset, rows: Rows, numbers: Ints) -> Ints:
    return numbers[:0]


def _some(dataset: Dataset, rows: Rows, numbers: Ints) -> Ints:
    """Without one region, where there are regions; else without some hours of each day, or each fifth row."""
    if "code_insee_region" in dataset.by_name:
        there = rows.columns(numbers, ["code_insee_region"])["code_insee_region"] != MISSING_REGION
    elif "date_heure" in dataset.by_name:
        hours = rows.columns(numbers, ["date_heure"])["date_heure"] % DAY // HOUR
        there = (hours < MISSING_HOURS.start) | (hours >= MISSING_HOURS.stop)
    else:
        there = numbers % 5 > 0
    return np.asarray(numbers[there])


KEPT: Mapping[str, Keep] = {"empty": _none, "partial": _some}

# --- endpoints


def _dataset(portal: Portal, request: Request) -> Dataset:
    name = request.path_params["dataset"]
    if name not in portal.datasets:
        raise no_dataset(name)
    return portal.datasets[name]


def _list(simulator: Simulator, portal: Portal, request: Request, keep: Keep) -> Response:
    limit = whole(request.query_params, "limit", DEFAULT_LIMIT, -1, HIGHEST_LIMIT)
    limit, offset = HIGHEST_LIMIT if limit == -1 else limit, whole(request.query_params, "offset", 0, 0, DEEPEST)
    chosen = list(portal.datasets.values())[offset : offset + limit]
    world, now = simulator.world(), simulator.clock.now()
    results = [described(portal, dataset, world, now) for dataset in chosen]
    return _respond({"total_count": len(portal.datasets), "results": results})


def _describe(simulator: Simulator, portal: Portal, request: Request, keep: Keep) -> Response:
    return _respond(described(portal, _dataset(portal, request), simulator.world(), simulator.clock.now()))


def _records(simulator: Simulator, portal: Portal, request: Request, keep: Keep) -> Response:
    dataset, world, now = _dataset(portal, request), simulator.world(), simulator.clock.now()
    query = parse(dataset, request.query_params, now, export=False)
    rows = found(dataset, query, world, now, keep)
    page = paged(rows, query, seed_of(world, dataset))
    results = [record for part in formats.records(rows, query, page) for record in part]
    return _respond({"total_count": int(rows.numbers.size), "results": results})


def _formats(simulator: Simulator, portal: Portal, request: Request, keep: Keep) -> Response:
    dataset = _dataset(portal, request)
    root = str(request.url.replace(query=""))
    links = [{"rel": "self", "href": root}, *({"rel": kind, "href": f"{root}/{kind}"} for kind in formats.WRITERS)]
    return _respond({"dataset_id": dataset.id, "links": links})


def _export(simulator: Simulator, portal: Portal, request: Request, keep: Keep) -> Response:
    dataset, kind = _dataset(portal, request), request.path_params["format"]
    if kind not in formats.WRITERS:
        raise wrong_parameter("format", kind, "one of " + ", ".join(formats.WRITERS))
    world, now = simulator.world(), simulator.clock.now()
    query = parse(dataset, request.query_params, now, export=True)
    rows = found(dataset, query, world, now, keep)
    numbers = shuffled(rows, query, seed_of(world, dataset))
    style = formats.style(request.query_params)
    offset = whole(request.query_params, "offset", 0, 0, None)
    if offset:  # not a parameter of exports; a stream that goes too deep breaks off with a sentence
        deep = offset + (query.limit or int(rows.numbers.size))
        numbers = numbers[offset:DEEPEST]
        body = formats.exported(kind, rows, query, numbers, style)
        return Response(body if deep <= DEEPEST else _broken_off(body, deep), media_type=formats.MEDIA[kind])
    return Response(formats.exported(kind, rows, query, numbers, style), media_type=formats.MEDIA[kind])


def _broken_off(body: bytes, deep: int) -> bytes:
    reason = TOO_DEEP.format(depth=deep, most=DEEPEST)
    text = f"Streaming interrupted due to the following error: {reason} (error_code: InvalidRESTParameterError)"
    return body[: -1 if body.endswith(b"]") else None] + text.encode()


ENDPOINTS: Mapping[str, Answer] = {
    "/datasets": _list,
    "/datasets/{dataset}": _describe,
    "/datasets/{dataset}/records": _records,
    "/datasets/{dataset}/exports": _formats,
    "/datasets/{dataset}/exports/{format}": _export,
}


def _service(portal: Portal) -> Service:
    routes = [Route(BASE + path, partial(_guarded, answer, portal)) for path, answer in ENDPOINTS.items()]
    return Service(portal.prefix, routes, BROKEN_STREAM, body_of)


SERVICES = tuple(_service(portal) for portal in (ODRE, PARIS))
