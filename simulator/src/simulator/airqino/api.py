"""AirQino's addresses: the API and, under /realms, the service that gives tokens."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import parse_qsl

import anyio.from_thread
from starlette.requests import Request
from starlette.responses import Response

from simulator.airqino import answers
from simulator.airqino.accounts import Accounts
from simulator.airqino.answers import BadRequest
from simulator.faults import Fault
from simulator.model.air import BY_NAME, BY_NUMBER, STATIONS, AirStation
from simulator.service import Endpoint, Route, Service, Simulator, json_response

REFUSED = b"{}"

Answer = Callable[[Simulator, Request], Any]
Told = Callable[[Simulator, AirStation, Request], Any]


def _token(simulator: Simulator, request: Request, _: Fault | None) -> Response:
    body = anyio.from_thread.run(request.body)
    status, answer = simulator.one(Accounts).answer(dict(parse_qsl(body.decode())), simulator.clock.now())
    return json_response(answer, status)


def _guarded(answer: Answer) -> Endpoint:
    """The endpoint that asks for a token first, and says 400 to what can't be understood."""

    @wraps(answer)
    def endpoint(simulator: Simulator, request: Request, _: Fault | None) -> Response:
        accounts = simulator.one(Accounts)
        if not accounts.accepts(request.headers.get("authorization"), simulator.clock.now()):
            return Response(REFUSED, 401, media_type="application/json")
        try:
            body = answer(simulator, request)
        except BadRequest as wrong:
            return json_response({"error": str(wrong)}, 400)
        return body if isinstance(body, Response) else json_response(body)

    return endpoint


def _of_station(told: Told) -> Endpoint:
    """The endpoint of a station that the path names: a whole number by its number, a text by its name."""

    def answer(simulator: Simulator, request: Request) -> Any:
        asked = request.path_params["station"]
        station = BY_NUMBER.get(asked) if isinstance(asked, int) else BY_NAME.get(asked)
        return json_response({}, 404) if station is None else told(simulator, station, request)

    return _guarded(answer)


def _hourly(simulator: Simulator, station: AirStation, request: Request) -> Any:
    return answers.hourly(simulator.world(), station, request.query_params, simulator.clock.now())


def _status(simulator: Simulator, station: AirStation, request: Request) -> Any:
    return answers.status(simulator.world(), station, simulator.clock.now())


def _current(simulator: Simulator, station: AirStation, request: Request) -> Any:
    return answers.current(simulator.world(), station, simulator.clock.now())


def _range(simulator: Simulator, station: AirStation, request: Request) -> Any:
    first = request.path_params["first"]
    last = request.path_params.get("last", first)
    return answers.raw(simulator.world(), station, first, last, simulator.clock.now())


def _pivot(simulator: Simulator, station: AirStation, request: Request) -> Any:
    first, last = request.path_params["first"], request.path_params["last"]
    text = answers.pivot(simulator.world(), station, first, last, simulator.clock.now())
    return Response(text, media_type="text/csv")


def _stations(simulator: Simulator, request: Request) -> Any:
    project = request.path_params["project"]
    return [
        {
            "station_id": station.number,
            "station_name": station.name,
            "latitude": station.latitude,
            "longitude": station.longitude,
        }
        for station in STATIONS
        if station.project == project
    ]


def _sessions(simulator: Simulator, request: Request) -> Any:
    return answers.sessions(request.path_params["project"])


SERVICE = Service(
    prefix="/airqino",
    routes=(
        Route("/realms/airqino/protocol/openid-connect/token", _token, "POST"),
        Route("/v3/getStationHourlyAvg/{station:int}", _of_station(_hourly)),
        Route("/getStationStatus/{station:int}", _of_station(_status)),
        Route("/getCurrentValues/{station}", _of_station(_current)),
        Route("/getRange/{station}/{first}/{last}", _of_station(_range)),
        Route("/getSingleDay/{station}/{first}", _of_station(_range)),
        Route("/getHourlyAvg/{station}/{first}/{last}", _of_station(_pivot)),
        Route("/getStations/{project}", _guarded(_stations)),
        Route("/getSessionInfo/{project}", _guarded(_sessions)),
    ),
    error_body=lambda status: REFUSED if status == 401 else b"",
    void_tokens=lambda simulator: simulator.one(Accounts).void(),
)
