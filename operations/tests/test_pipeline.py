"""Following a pass of the pipeline, against a scripted Airflow that lives in this file."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest
from hexawatt import pipeline
from hexawatt.airflow_api import ACTIVE, AirflowApi, DagRun, TaskRun
from hexawatt.console import Console

START = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)


def new_run(dag: str, run: str, state: str = "running", queued_at: datetime = START) -> DagRun:
    return DagRun(dag, run, state, queued_at, None, None)


@dataclass
class ScriptedAirflow:
    """Each look at a run moves it on by one step of its script; transforms start as the syncs' assets come in.

    As in Airflow, a transform that is running takes nothing more in: what comes meanwhile makes one more run. Forecasts
    start in the same way as transforms end well.
    """

    sync_scripts: dict[str, list[str]]
    transform_scripts: list[list[str]]
    forecast_scripts: list[list[str]] = field(default_factory=list)
    skipped: frozenset[str] = frozenset()
    runs: dict[str, DagRun] = field(default_factory=dict)
    scripts: dict[str, list[str]] = field(default_factory=dict)
    consumed: dict[str, set[str]] = field(default_factory=dict)
    waiting: dict[str, set[str]] = field(default_factory=lambda: {"transform": set(), "forecast": set()})
    triggered: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def trigger(self, dag: str) -> DagRun:
        self.triggered.append(dag)
        return self._add(new_run(dag, f"manual_{dag}"), list(self.sync_scripts[dag]))

    def active_runs(self, dag: str = "~") -> list[DagRun]:
        return [run for run in self.runs.values() if run.state in ACTIVE and dag in ("~", run.dag)]

    def fail(self, run: DagRun) -> None:
        self.failed.append(run.run)
        self.runs[run.run] = replace(run, state="failed")

    def dag_run(self, dag: str, run: str) -> DagRun:
        script = self.scripts[run]
        if script:
            self.runs[run] = replace(self.runs[run], state=script.pop(0))
            if dag != "forecast" and self.runs[run].state == "success" and dag not in self.skipped:
                self.waiting["forecast" if dag == "transform" else "transform"].add(run)
        self._start("transform", self.transform_scripts)
        self._start("forecast", self.forecast_scripts)
        return self.runs[run]

    def asset_triggered_runs(self, dag: str) -> list[DagRun]:
        return [self.dag_run(dag, name) for name in reversed(list(self.consumed)) if self.runs[name].dag == dag]

    def taken_in(self, run: DagRun) -> frozenset[str]:
        return frozenset(self.consumed[run.run])

    def tasks(self, run: DagRun) -> list[TaskRun]:
        names = {"transform": ["build", "publish"], "forecast": ["forecast", "build"]}.get(run.dag, ["sync"])
        state = "skipped" if run.dag in self.skipped and run.state == "success" else run.state
        return [TaskRun(run.dag, run.run, name, state, 1) for name in names]

    def _add(self, run: DagRun, script: list[str]) -> DagRun:
        self.runs[run.run], self.scripts[run.run] = run, script
        return run

    def _start(self, dag: str, scripts: list[list[str]]) -> None:
        if self.waiting[dag] and not self.active_runs(dag):
            number = sum(self.runs[name].dag == dag for name in self.consumed)
            name = f"asset_triggered_{number}" if dag == "transform" else f"forecast_{number}"
            script = list(scripts[number]) if scripts else ["success"]
            self._add(new_run(dag, name), script)
            self.consumed[name], self.waiting[dag] = self.waiting[dag], set()


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "POLL_SECONDS", 0.0)


def run_once(airflow: ScriptedAirflow, *names: str) -> None:
    pipeline.run_once(
        cast(AirflowApi, airflow),
        names,
        airflow_started_at=START,
        console=Console(),
        progress=lambda name: f"5 records of {name}",
        last_words=lambda name: f"{name} is down",
        check=lambda: None,
        task_logs=Path("/logs"),
    )


def test_it_ends_only_after_the_transform_that_took_in_the_last_sync() -> None:
    airflow = ScriptedAirflow(
        {"sync_rte": ["running"] * 6 + ["success"], "sync_weather": ["success"]},
        [["running", "success"], ["running", "running", "success"]],
    )
    run_once(airflow, "rte", "weather")
    assert {run.state for run in airflow.runs.values()} == {"success"}
    assert airflow.consumed["asset_triggered_1"] == {"manual_sync_rte"}


def test_an_early_transform_that_failed_is_forgiven_when_a_later_one_succeeds() -> None:
    airflow = ScriptedAirflow(
        {"sync_rte": ["running"] * 6 + ["success"], "sync_weather": ["success"]},
        [["failed"], ["success"]],
    )
    run_once(airflow, "rte", "weather")


def test_a_failed_build_names_the_task_and_its_log() -> None:
    airflow = ScriptedAirflow({"sync_rte": ["success"]}, [["running", "failed"]])
    with pytest.raises(pipeline.PipelineError) as caught:
        run_once(airflow, "rte")
    log = "/logs/dag_id=transform/run_id=asset_triggered_0/task_id=build/attempt=1.log"
    assert str(caught.value) == f"transform failed in its task build: see {log}"


def test_it_ends_only_after_the_forecast_that_took_in_the_last_transform() -> None:
    airflow = ScriptedAirflow(
        {"sync_rte": ["running"] * 6 + ["success"], "sync_weather": ["success"]},
        [["success"], ["success"]],
        [["running"] * 9 + ["failed"], ["running", "success"]],
    )
    run_once(airflow, "rte", "weather")
    assert airflow.consumed["forecast_1"] == {"asset_triggered_1"}
    assert airflow.runs["forecast_1"].state == "success"


def test_a_failed_forecast_names_the_task_and_its_log() -> None:
    airflow = ScriptedAirflow({"sync_rte": ["success"]}, [["success"]], [["running", "failed"]])
    with pytest.raises(
        pipeline.PipelineError, match="forecast failed in its task forecast: see /logs/dag_id=forecast/"
    ):
        run_once(airflow, "rte")


def test_a_failed_sync_is_reported_after_the_others_have_been_served(capsys: pytest.CaptureFixture[str]) -> None:
    airflow = ScriptedAirflow(
        {"sync_rte": ["failed"], "sync_weather": ["running", "success"]}, [["running", "success"]]
    )
    with pytest.raises(pipeline.PipelineError, match="sync_rte failed in its task sync"):
        run_once(airflow, "rte", "weather")
    assert airflow.runs["asset_triggered_0"].state == "success"
    assert "FAILED, rte is down" in capsys.readouterr().out


def test_a_skipped_sync_is_not_waited_for() -> None:
    airflow = ScriptedAirflow({"sync_rte": ["success"]}, [], skipped=frozenset({"sync_rte"}))
    run_once(airflow, "rte")
    assert airflow.consumed == {}


def test_runs_from_before_a_hard_stop_are_failed_and_fresh_ones_joined() -> None:
    airflow = ScriptedAirflow({"sync_rte": ["success"]}, [["success"], ["success"]])
    airflow._add(new_run("sync_rte", "stale", queued_at=START - timedelta(hours=1)), [])
    airflow._add(new_run("sync_weather", "scheduled", queued_at=START + timedelta(seconds=1)), ["success"])
    run_once(airflow, "rte", "weather")
    assert airflow.failed == ["stale"]
    assert airflow.triggered == ["sync_rte"]


def test_each_change_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    scripts = [["running", "success"]]
    run_once(ScriptedAirflow({"sync_rte": ["running"] * 5 + ["success"]}, scripts, scripts), "rte")
    told = [line.split()[2:] for line in capsys.readouterr().out.splitlines()]
    assert told == [
        ["sync_rte", "running"],
        ["sync_rte", "done"],
        ["build", "running"],
        ["publish", "running"],
        ["build", "done"],
        ["publish", "done"],
        ["forecast", "running"],
        ["forecast", "build", "running"],
        ["forecast", "done"],
        ["forecast", "build", "done"],
    ]


def test_a_forecast_is_told_of_while_the_next_transform_waits_for_it(capsys: pytest.CaptureFixture[str]) -> None:
    airflow = ScriptedAirflow(
        {"sync_rte": ["running"] * 6 + ["success"], "sync_weather": ["success"]},
        [["success"], ["running"] * 20 + ["success"]],
        [["running"] * 9 + ["success"], ["success"]],
    )
    run_once(airflow, "rte", "weather")
    told = [" ".join(line.split()[2:]) for line in capsys.readouterr().out.splitlines()]
    assert told.index("forecast running") < told.index("sync_rte done")


def test_what_still_runs_is_told_again_with_its_time_and_records(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter(range(0, 1000, 6))
    monkeypatch.setattr("hexawatt.pipeline.time.monotonic", lambda: next(clock))
    run_once(ScriptedAirflow({"sync_rte": ["running"] * 3 + ["success"]}, [["success"]]), "rte")
    told = capsys.readouterr().out
    assert re.search(r"sync_rte +running for \d+ s, 5 records of rte\n", told)
    assert re.search(r"sync_rte +done after \d+ s, 5 records of rte\n", told)
