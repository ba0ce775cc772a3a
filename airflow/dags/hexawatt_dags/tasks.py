"""The tasks: each runs one command of `hexawatt`, so that a person can run the same by hand.

The commands find state, ports and mode in the environment that Airflow was started with.
"""

from __future__ import annotations

import os
import shlex
from datetime import timedelta
from typing import Any

from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import Asset

from hexawatt_dags.connections import REPOSITORY, Connection
from hexawatt_dags.failures import record_failure

# The exit code with which `hexawatt` says that there was nothing to do: a source without keys, a build of nothing new.
NOTHING_TO_DO = 99

DUCKDB_WRITER_POOL = "duckdb_writer"

# Emitted by whoever has published what the syncs brought.
MARTS_ASSET = "marts"

# For what lies outside us and comes back by itself: an API that is down, a file that is held.
PATIENT: dict[str, Any] = {
    "retries": 3,
    "retry_delay": timedelta(minutes=1),
    "retry_exponential_backoff": 2.0,
    "max_retry_delay": timedelta(minutes=15),
}


def command_task(task_id: str, *arguments: str, **options: Any) -> BashOperator:
    """A task that runs `hexawatt <arguments>`. `exec`: a kill reaches the command itself, not a shell around it."""
    program = os.environ.get("HEXAWATT_COMMAND") or str(REPOSITORY / ".venvs" / "connectors" / "bin" / "hexawatt")
    return BashOperator(
        task_id=task_id,
        bash_command=f"exec {shlex.join([program, *arguments])}",
        skip_on_exit_code=NOTHING_TO_DO,
        do_xcom_push=False,
        on_failure_callback=record_failure,
        **options,
    )


def sync_task(connection: Connection) -> BashOperator:
    """The task that syncs a connection and emits its asset: the one place that knows which engine syncs."""
    return command_task(
        "sync",
        "sync",
        connection.name,
        outlets=[Asset(connection.asset)],
        execution_timeout=timedelta(hours=6),
        **PATIENT,
    )


def nothing_failed(task_id: str) -> EmptyOperator:
    """The last task of a DAG in which one may fail and the rest go on: a run ends as its last tasks do."""
    return EmptyOperator(task_id=task_id, on_failure_callback=record_failure, execution_timeout=timedelta(minutes=1))
