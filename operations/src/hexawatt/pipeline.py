"""One pass of the pipeline through Airflow: trigger the syncs, wait for the transform that holds them all, and for the
forecast that holds that."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path

from .airflow_api import ACTIVE, AirflowApi, DagRun, TaskRun
from .console import Console
from .errors import HexawattError

TRANSFORM = "transform"
FORECAST = "forecast"
POLL_SECONDS = 1.0
REMINDER_SECONDS = 10.0
WORDING = {
    "running": "running{lasted}",
    "success": "done{lasted}",
    "failed": "FAILED{lasted}",
    "skipped": "skipped{lasted}",
    "up_for_retry": "failed{lasted} and will be tried again in some minutes",
    "upstream_failed": "not run",
}
FAILED = ("failed", "up_for_retry")


class PipelineError(HexawattError):
    """A task failed; what runs it is well and stays."""


def sync_dag(connection: str) -> str:
    """Id of the DAG that syncs a connection."""
    return f"sync_{connection}"


def run_once(
    client: AirflowApi,
    connections: Sequence[str],
    *,
    airflow_started_at: datetime,
    console: Console,
    progress: Callable[[str], str | None],
    last_words: Callable[[str], str | None],
    check: Callable[[], None],
    task_logs: Path,
) -> None:
    """Sync the connections, and return once a transform of every one of them, and a forecast after it, have succeeded.

    `progress(connection)` is a short text on a running sync ("12,000 records"), `last_words(connection)` what a failed
    one said; `check()` raises when something that
    all depends on has died. PipelineError names the task that failed and its log.
    """
    _fail_stale_runs(client, airflow_started_at)
    follower = _Follower(client, console, progress, last_words, check)
    syncs = follower.to_end([_trigger_or_join(client, sync_dag(name)) for name in connections])
    transforms = follower.to_end_of(TRANSFORM, syncs)
    forecasts = follower.to_end_of(FORECAST, transforms)
    for run in [*syncs, *transforms[-1:], *forecasts[-1:]]:
        if run.state != "success":
            raise PipelineError(_failure(client, run, task_logs))


def _fail_stale_runs(client: AirflowApi, airflow_started_at: datetime) -> None:
    """Runs from before a hard stop are shown as running for minutes, and hold the one-slot pool meanwhile."""
    for run in client.active_runs():
        if run.queued_at and run.queued_at < airflow_started_at:
            client.fail(run)


def _trigger_or_join(client: AirflowApi, dag: str) -> DagRun:
    """A run that the schedule has started just now is as good as one of our own."""
    active = client.active_runs(dag)
    return active[0] if active else client.trigger(dag)


class _Follower:
    """Polls runs until they end and says what changes, once, and every ten seconds what still runs."""

    def __init__(
        self,
        client: AirflowApi,
        console: Console,
        progress: Callable[[str], str | None],
        last_words: Callable[[str], str | None],
        check: Callable[[], None],
    ) -> None:
        self._client = client
        self._console = console
        self._progress = progress
        self._last_words = last_words
        self._check = check
        self._said: dict[tuple[str, str, str], tuple[str, int]] = {}
        self._since: dict[tuple[str, str, str], float] = {}
        self._taken_in: dict[str, frozenset[str]] = {}
        self._reminded = time.monotonic()

    def to_end(self, syncs: Iterable[DagRun]) -> list[DagRun]:
        """The syncs, all ended."""
        while True:
            self._check()
            syncs = [self._client.dag_run(run.dag, run.run) if run.state in ACTIVE else run for run in syncs]
            # What the first syncs have set off is followed while the others still run.
            self._report([*syncs, *self._set_off_by(syncs)])
            if not any(run.state in ACTIVE for run in syncs):
                return syncs
            time.sleep(POLL_SECONDS)

    def to_end_of(self, dag: str, sources: Sequence[DagRun]) -> list[DagRun]:
        """The runs of a DAG that took in these, oldest first, all ended; none when every one of these was skipped."""
        emitting = {run.run for run in sources if self._has_emitted(run)}
        while True:
            self._check()
            found = self._runs_of(dag, sources)
            self._report(found if dag == FORECAST else self._set_off_by(sources))
            served = {name for run in found if run.state not in ACTIVE for name in self._taken_in[run.run]}
            if emitting <= served:
                return found
            time.sleep(POLL_SECONDS)

    def _set_off_by(self, syncs: Iterable[DagRun]) -> list[DagRun]:
        transforms = self._runs_of(TRANSFORM, syncs)
        return [*transforms, *self._runs_of(FORECAST, transforms)]

    def _runs_of(self, dag: str, sources: Iterable[DagRun]) -> list[DagRun]:
        names = {run.run for run in sources}
        started = self._client.asset_triggered_runs(dag)
        for run in started:
            if run.run not in self._taken_in:
                self._taken_in[run.run] = self._client.taken_in(run)
        return [run for run in reversed(started) if self._taken_in[run.run] & names]

    def _has_emitted(self, run: DagRun) -> bool:
        return run.state == "success" and all(task.state == "success" for task in self._client.tasks(run))

    def _report(self, runs: Iterable[DagRun]) -> None:
        remind = time.monotonic() - self._reminded >= REMINDER_SECONDS
        if remind:
            self._reminded = time.monotonic()
        for run in runs:
            for task in self._client.tasks(run):
                self._report_task(task, remind)

    def _report_task(self, task: TaskRun, remind: bool) -> None:
        key = (task.dag, task.run, task.task)
        now = (task.state, max(1, task.attempt))  # it is 0 for a moment
        if now != self._said.get(key) and task.state in WORDING:
            if task.state == "running":
                self._since[key] = time.monotonic()
            self._said[key] = now
            self._say(task, key)
        elif remind and task.state == "running":
            self._say(task, key)

    def _say(self, task: TaskRun, key: tuple[str, str, str]) -> None:
        seconds = time.monotonic() - self._since.get(key, time.monotonic())
        lasted = "" if seconds < 1 else f" {'for' if task.state == 'running' else 'after'} {seconds:.0f} s"
        if task.dag in (TRANSFORM, FORECAST):
            # both build and publish
            name = task.task if task.dag in (TRANSFORM, task.task) else f"{task.dag} {task.task}"
            self._console.say(name, WORDING[task.state].format(lasted=lasted))
            return
        connection = task.dag.removeprefix("sync_")
        more = self._last_words(connection) if task.state in FAILED else self._progress(connection) if lasted else None
        self._console.say(task.dag, ", ".join(filter(None, [WORDING[task.state].format(lasted=lasted), more])))


def _failure(client: AirflowApi, run: DagRun, task_logs: Path) -> str:
    failed = [task for task in client.tasks(run) if task.state == "failed"]
    if not failed:
        return f"The run {run.run} of {run.dag} ended as {run.state}: see it in Airflow."
    task = failed[0]
    log = task_logs / f"dag_id={task.dag}" / f"run_id={task.run}" / f"task_id={task.task}"
    return f"{task.dag} failed in its task {task.task}: see {log / f'attempt={task.attempt}.log'}"
