"""The part of Airflow's REST API that we use: a command-line call to Airflow costs over two seconds, this none."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import requests

from .errors import HexawattError

TIMEOUT_SECONDS = 30
PAUSES_SECONDS = (0.2, 0.5, 1.0, 2.0)
ACTIVE = ("queued", "running")


@dataclass(frozen=True)
class DagRun:
    dag: str
    run: str
    state: str
    queued_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True)
class TaskRun:
    dag: str
    run: str
    task: str
    state: str
    attempt: int


class AirflowApi:
    """One logged-in session. Every failure is a HexawattError that names the call."""

    def __init__(self, url: str, user: str, password: str) -> None:
        self._url = url
        self._login = {"username": user, "password": password}
        self._session = requests.Session()
        self._session.trust_env = False  # Loopback: no proxy, no netrc.

    def unhealthy(self) -> list[str]:
        """Names of the components that don't report healthy yet; all of them while nothing answers."""
        components = ("metadatabase", "scheduler", "triggerer", "dag_processor")
        try:
            answer = self._session.get(f"{self._url}/api/v2/monitor/health", timeout=5)
            report = answer.json()
        except (requests.RequestException, ValueError):
            return ["api_server"]
        return [name for name in components if report.get(name, {}).get("status") != "healthy"]

    def dags(self) -> dict[str, dict[str, Any]]:
        """Known DAGs by id (Airflow's own description of each)."""
        return {dag["dag_id"]: dag for dag in self._call("GET", "dags", params={"limit": 500})["dags"]}

    def import_errors(self) -> list[str]:
        """One line per DAG file that can't be imported."""
        errors = self._call("GET", "importErrors")["import_errors"]
        return [f"{error['filename']}: {error['stack_trace'].strip().splitlines()[-1]}" for error in errors]

    def ensure_pool(self, name: str, slots: int, description: str) -> None:
        pools = self._call("GET", "pools", params={"limit": 500})["pools"]
        if name not in {pool["name"] for pool in pools}:
            body = {"name": name, "slots": slots, "description": description}
            self._call("POST", "pools", json=body)

    def trigger(self, dag: str) -> DagRun:
        # With an id of our own, a call that is made again after an error makes no second run.
        name = f"hexawatt__{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}"
        self._call("POST", f"dags/{dag}/dagRuns", json={"logical_date": None, "dag_run_id": name}, allowed=(409,))
        return self.dag_run(dag, name)

    def unpause(self, dag: str) -> None:
        self._call("PATCH", f"dags/{dag}", json={"is_paused": False})

    def dag_run(self, dag: str, run: str) -> DagRun:
        return _dag_run(self._call("GET", f"dags/{dag}/dagRuns/{run}"))

    def active_runs(self, dag: str = "~") -> list[DagRun]:
        """Queued and running runs of one DAG, or of all."""
        found = self._call("GET", f"dags/{dag}/dagRuns", params={"state": list(ACTIVE), "limit": 500})
        return [_dag_run(data) for data in found["dag_runs"]]

    def fail(self, run: DagRun) -> None:
        """Fail a run: Airflow ends its tasks and their children."""
        self._call("PATCH", f"dags/{run.dag}/dagRuns/{run.run}", json={"state": "failed"})

    def tasks(self, run: DagRun) -> list[TaskRun]:
        found = self._call("GET", f"dags/{run.dag}/dagRuns/{run.run}/taskInstances")["task_instances"]
        return [
            TaskRun(run.dag, run.run, data["task_id"], data["state"] or "waiting", data["try_number"]) for data in found
        ]

    def asset_triggered_runs(self, dag: str, limit: int = 20) -> list[DagRun]:
        """The latest runs that assets have triggered and that have started, newest first."""
        query = {"run_type": "asset_triggered", "order_by": "-run_after", "limit": limit}
        found = self._call("GET", f"dags/{dag}/dagRuns", params=query)["dag_runs"]
        return [run for run in map(_dag_run, found) if run.started_at]

    def taken_in(self, run: DagRun) -> frozenset[str]:
        """Ids of the runs whose assets a started run has taken in. (Asked of a queued one, Airflow 3.3 answers 500.)"""
        events = self._call("GET", f"dags/{run.dag}/dagRuns/{run.run}/upstreamAssetEvents")["asset_events"]
        return frozenset(event["source_run_id"] for event in events if event["source_run_id"])

    def _call(self, method: str, path: str, *, allowed: tuple[int, ...] = (), **options: Any) -> Any:
        """Every call may be made twice: SQLite, asked to write by two at once, makes Airflow answer 500."""
        for pause in (*PAUSES_SECONDS, None):
            if "Authorization" not in self._session.headers:
                self._log_in()
            answer = self._request(method, f"api/v2/{path}", **options)
            if answer.status_code == 401:  # The token has expired.
                self._session.headers.pop("Authorization")
            elif answer.status_code < 500:
                break
            if pause is not None:
                time.sleep(pause)
        return _json(answer, f"{method} {path}", allowed)

    def _log_in(self) -> None:
        answer = _json(self._request("POST", "auth/token", json=self._login), "log-in")
        self._session.headers["Authorization"] = f"Bearer {answer['access_token']}"

    def _request(self, method: str, path: str, **options: Any) -> requests.Response:
        try:
            return self._session.request(method, f"{self._url}/{path}", timeout=TIMEOUT_SECONDS, **options)
        except requests.RequestException as error:
            raise HexawattError(f"Airflow doesn't answer at {self._url} ({type(error).__name__}).") from error


def _json(answer: requests.Response, call: str, allowed: tuple[int, ...] = ()) -> Any:
    if not answer.ok and answer.status_code not in allowed:
        raise HexawattError(f"Airflow refused {call}: HTTP {answer.status_code} {answer.text[:200]}")
    return answer.json()


def _dag_run(data: dict[str, Any]) -> DagRun:
    return DagRun(
        dag=data["dag_id"],
        run=data["dag_run_id"],
        state=data["state"],
        queued_at=_instant(data["queued_at"]),
        started_at=_instant(data["start_date"]),
        ended_at=_instant(data["end_date"]),
    )


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
