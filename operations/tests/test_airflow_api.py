"""The client of Airflow's REST API, against a small server that answers as Airflow does on its bad days."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from hexawatt import airflow_api
from hexawatt.airflow_api import AirflowApi
from hexawatt.errors import HexawattError

RUN = {"dag_id": "sync_rte", "state": "queued", "queued_at": "2026-01-15T12:00:00Z", "start_date": None}


class Server(ThreadingHTTPServer):
    """`bad_answers` are given first, whatever is asked; runs are kept by id."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.bad_answers: list[int] = []
        self.commit_before_failing = False
        self.logins = 0
        self.runs: dict[str, dict[str, Any]] = {}


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/auth/token":
            self.server.logins += 1
            return self._answer(201, {"access_token": f"token-{self.server.logins}"})
        if self._fails() and not self.server.commit_before_failing:
            return self._answer(self.server.bad_answers.pop(0), {})
        known = body["dag_run_id"] in self.server.runs
        self.server.runs[body["dag_run_id"]] = RUN | {"dag_run_id": body["dag_run_id"], "end_date": None}
        if self._fails():
            return self._answer(self.server.bad_answers.pop(0), {})
        return self._answer(409 if known else 200, {})

    def do_GET(self) -> None:
        if self._fails():
            return self._answer(self.server.bad_answers.pop(0), {})
        return self._answer(200, self.server.runs.get(self.path.rsplit("/", 1)[-1], {"dag_runs": []}))

    def _fails(self) -> bool:
        return bool(self.server.bad_answers)

    def _answer(self, code: int, body: dict[str, Any]) -> None:
        data = json.dumps(body).encode()
        self.send_response(code)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(airflow_api, "PAUSES_SECONDS", (0.0, 0.0))
    with Server() as made:
        thread = threading.Thread(target=made.serve_forever)
        thread.start()
        yield made
        made.shutdown()
        thread.join()


@pytest.fixture
def client(server: Server) -> AirflowApi:
    return AirflowApi(f"http://127.0.0.1:{server.server_port}", "admin", "secret")


def test_a_passing_server_error_is_asked_again(server: Server, client: AirflowApi) -> None:
    server.bad_answers = [500, 503]
    assert client.active_runs() == []


def test_a_lasting_server_error_names_the_call(server: Server, client: AirflowApi) -> None:
    server.bad_answers = [500] * 3
    with pytest.raises(HexawattError, match="Airflow refused GET dags/~/dagRuns: HTTP 500"):
        client.active_runs()


def test_an_expired_token_is_renewed(server: Server, client: AirflowApi) -> None:
    server.bad_answers = [401]
    assert client.active_runs() == []
    assert server.logins == 2


def test_a_refusal_is_not_asked_again(server: Server, client: AirflowApi) -> None:
    server.bad_answers = [403, 500]
    with pytest.raises(HexawattError, match="HTTP 403"):
        client.active_runs()
    assert server.bad_answers == [500]


@pytest.mark.parametrize("committed", [False, True])
def test_a_trigger_that_met_an_error_makes_one_run(server: Server, client: AirflowApi, committed: bool) -> None:
    server.bad_answers, server.commit_before_failing = [500], committed
    run = client.trigger("sync_rte")
    assert list(server.runs) == [run.run]


def test_an_airflow_that_is_gone_is_a_clear_error() -> None:
    with pytest.raises(HexawattError, match=r"Airflow doesn't answer at http://127\.0\.0\.1:9 "):
        AirflowApi("http://127.0.0.1:9", "admin", "secret").active_runs()
