"""The DAGs: what they are made of, and whole runs with a stub in place of `hexawatt`."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pendulum
import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG, AssetAny, BaseOperator
from airflow.serialization.encoders import coerce_to_core_timetable
from airflow.timetables.base import TimeRestriction
from hexawatt_dags import failures

HOME = Path(os.environ["HEXAWATT_HOME"])
DAGS = Path(os.environ["AIRFLOW__CORE__DAGS_FOLDER"])
COMMANDS = HOME / "commands.txt"


@pytest.fixture(scope="session", autouse=True)
def database() -> None:
    """Airflow's metadata, made in the one home of all its tests (conftest.py)."""
    airflow = Path(sys.executable).with_name("airflow")
    subprocess.run([airflow, "db", "migrate"], check=True, capture_output=True)
    pool = ["pools", "set", "duckdb_writer", "1", "one writer"]
    subprocess.run([airflow, *pool], check=True, capture_output=True)


@pytest.fixture(scope="session")
def dags(database: None) -> dict[str, DAG]:
    bag = DagBag(dag_folder=DAGS)
    assert bag.import_errors == {}
    return dict(bag.dags)


@pytest.fixture
def commands() -> Path:
    """The file in which the stub notes what it was asked to do, emptied."""
    for leftover in HOME.glob("exit-*"):
        leftover.unlink()
    failures.failures_file().unlink(missing_ok=True)
    COMMANDS.write_text("")
    return COMMANDS


def stub_exits(command: str, code: int) -> None:
    """Make the stub end `hexawatt <command>` with this exit code."""
    (HOME / f"exit-{command}").write_text(str(code))


def states(dag: DAG) -> tuple[str, dict[str, str]]:
    """Run a DAG in this process; the state of the run, and of each task."""
    run = dag.test()
    return str(run.state), {task.task_id: str(task.state) for task in run.get_task_instances()}


def next_run(dag: DAG, after: datetime) -> datetime:
    """When the schedule fires next, in UTC."""
    info = coerce_to_core_timetable(dag.timetable).next_dagrun_info(
        last_automated_data_interval=None,
        restriction=TimeRestriction(earliest=pendulum.instance(after), latest=None, catchup=True),
    )
    assert info is not None
    return datetime.fromtimestamp(info.run_after.timestamp(), UTC)


# --- structure ---


def test_each_connection_that_airflow_schedules_has_its_dag(dags: dict[str, DAG]) -> None:
    assert set(dags) == {"sync_rte", "sync_weather", "transform", "forecast"}


def test_every_dag_and_task_explains_itself_and_reports_failures(dags: dict[str, DAG]) -> None:
    for dag in dags.values():
        assert dag.doc_md
        assert dag.description
        for task in dag.tasks:
            assert task.on_failure_callback == [failures.record_failure]
            assert task.execution_timeout


@pytest.mark.parametrize(
    ("dag", "after", "expected"),
    [
        # Winter, UTC+1, and summer, UTC+2: hours are Paris hours.
        ("sync_weather", "2026-01-15T10:00Z", "2026-01-15T11:10Z"),
        ("sync_weather", "2026-07-15T09:00Z", "2026-07-15T10:10Z"),
        # Spring: 03:10 follows 00:10 within two hours.
        ("sync_weather", "2026-03-28T23:30Z", "2026-03-29T01:10Z"),
        # Autumn: the repeated hour has its own tick.
        ("sync_rte", "2026-10-25T00:30Z", "2026-10-25T01:20Z"),
    ],
)
def test_syncs_keep_paris_time(dags: dict[str, DAG], dag: str, after: str, expected: str) -> None:
    assert next_run(dags[dag], datetime.fromisoformat(after)) == datetime.fromisoformat(expected)


def test_syncs_do_not_make_up_for_the_past_or_overlap(dags: dict[str, DAG]) -> None:
    for name in ("sync_rte", "sync_weather"):
        assert dags[name].start_date is None
        assert dags[name].catchup is False
        assert dags[name].max_active_runs == 1


def test_a_sync_is_tried_again_with_growing_pauses(dags: dict[str, DAG]) -> None:
    task = dags["sync_rte"].get_task("sync")
    assert task.retries == 3
    assert task.retry_exponential_backoff > 1
    assert task.max_retry_delay <= timedelta(minutes=15)


def test_a_sync_emits_the_asset_of_its_connection(dags: dict[str, DAG]) -> None:
    assert [outlet.name for outlet in dags["sync_rte"].get_task("sync").outlets] == ["raw_rte"]


def test_transform_waits_for_any_raw_asset_whoever_syncs_it(dags: dict[str, DAG]) -> None:
    condition = dags["transform"].timetable.asset_condition
    assert isinstance(condition, AssetAny)
    assert {asset.name for asset in condition.objects} == {"raw_rte", "raw_weather", "raw_elsewhere"}


def test_transform_builds_then_publishes_then_refreshes_one_run_at_a_time(dags: dict[str, DAG]) -> None:
    transform = dags["transform"]
    order = {task.task_id: task.downstream_task_ids for task in transform.tasks}
    assert order == {"build": {"publish"}, "publish": {"refresh_cache"}, "refresh_cache": set()}
    assert transform.max_active_runs == 1


def test_whatever_writes_the_marts_shares_a_pool_of_one_slot(dags: dict[str, DAG]) -> None:
    for dag, names in (("transform", ("build", "publish")), ("forecast", ("forecast", "build", "publish"))):
        assert {dags[dag].get_task(name).pool for name in names} == {"duckdb_writer"}


def test_a_failed_build_is_not_repeated_but_a_publish_is(dags: dict[str, DAG]) -> None:
    tasks: dict[str, BaseOperator] = {task.task_id: task for task in dags["transform"].tasks}
    assert tasks["build"].retries == 0
    assert tasks["publish"].retries == 3


def test_forecasts_follow_what_transform_publishes_and_start_nothing(dags: dict[str, DAG]) -> None:
    emitted = {task.task_id: [outlet.name for outlet in task.outlets] for task in dags["transform"].tasks}
    assert emitted == {"build": [], "publish": ["marts"], "refresh_cache": []}
    forecast = dags["forecast"]
    assert forecast.timetable.asset_condition.name == "marts"
    assert [task.outlets for task in forecast.tasks] == [[]] * len(forecast.tasks)
    assert forecast.max_active_runs == 1


@pytest.mark.parametrize(("run_type", "option"), [("asset_triggered", "--if-new"), ("manual", "--always")])
def test_only_a_run_that_assets_started_may_find_nothing_new(dags: dict[str, DAG], run_type: str, option: str) -> None:
    build = dags["transform"].get_task("build")
    command = build.render_template(build.bash_command, {"dag_run": SimpleNamespace(run_type=run_type)})
    assert shlex.split(command)[2:] == ["build", option]


# --- whole runs ---


def test_transform_runs_its_commands_in_order(dags: dict[str, DAG], commands: Path) -> None:
    state, _ = states(dags["transform"])
    assert state == "success"
    assert commands.read_text().splitlines() == ["build --always", "publish", "refresh-cache"]


def test_after_a_failed_build_nothing_is_published_and_the_failure_is_on_file(
    dags: dict[str, DAG], commands: Path
) -> None:
    stub_exits("build", 1)
    state, tasks = states(dags["transform"])
    assert state == "failed"
    assert tasks == {"build": "failed", "publish": "upstream_failed", "refresh_cache": "upstream_failed"}
    assert commands.read_text().splitlines() == ["build --always"]

    (line,) = failures.failures_file().read_text().splitlines()
    failure = json.loads(line)
    assert (failure["dag"], failure["task"]) == ("transform", "build")
    assert "exit code 1" in failure["reason"]


def test_with_nothing_new_to_build_nothing_is_published(dags: dict[str, DAG], commands: Path) -> None:
    stub_exits("build", 99)
    state, tasks = states(dags["transform"])
    assert (state, set(tasks.values())) == ("success", {"skipped"})
    assert commands.read_text().splitlines() == ["build --always"]


def test_a_sync_whose_keys_are_absent_is_skipped_not_failed(dags: dict[str, DAG], commands: Path) -> None:
    stub_exits("sync", 99)
    state, tasks = states(dags["sync_rte"])
    assert (state, tasks) == ("success", {"sync": "skipped"})
    assert commands.read_text().splitlines() == ["sync rte"]
    assert not failures.failures_file().exists()


FORECAST_COMMANDS = ["forecast", "build --forecasts", "publish --if-whole", "refresh-cache"]


def test_a_forecast_is_built_and_published(dags: dict[str, DAG], commands: Path) -> None:
    state, tasks = states(dags["forecast"])
    assert (state, set(tasks.values())) == ("success", {"success"})
    assert commands.read_text().splitlines() == FORECAST_COMMANDS


def test_where_one_target_fails_the_others_are_published_and_the_run_has_failed(
    dags: dict[str, DAG], commands: Path
) -> None:
    stub_exits("forecast", 1)
    state, tasks = states(dags["forecast"])
    assert state == "failed"
    assert {name for name, state in tasks.items() if state == "success"} == {"build", "publish", "refresh_cache"}
    assert (tasks["forecast"], tasks["every_target"]) == ("failed", "upstream_failed")
    assert commands.read_text().splitlines() == FORECAST_COMMANDS


def test_forecasts_that_cannot_be_built_are_not_published(dags: dict[str, DAG], commands: Path) -> None:
    stub_exits("build", 1)
    state, tasks = states(dags["forecast"])
    assert (state, tasks["publish"], tasks["every_target"]) == ("failed", "upstream_failed", "upstream_failed")
    assert commands.read_text().splitlines() == FORECAST_COMMANDS[:2]


@pytest.mark.parametrize(("command", "asked"), [("build", 2), ("publish", 3)])
def test_of_a_build_that_failed_meanwhile_nothing_is_published(
    dags: dict[str, DAG], commands: Path, command: str, asked: int
) -> None:
    stub_exits(command, 99)
    state, tasks = states(dags["forecast"])
    assert (state, tasks["refresh_cache"], tasks["every_target"]) == ("success", "skipped", "skipped")
    assert commands.read_text().splitlines() == FORECAST_COMMANDS[:asked]
