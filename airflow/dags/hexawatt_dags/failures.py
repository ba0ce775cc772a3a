"""What happens when a task has failed for good: a line in its log, and one in the failures file."""

from __future__ import annotations

import json
import logging
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hexawatt_dags.connections import REPOSITORY

log = logging.getLogger(__name__)


def failures_file() -> Path:
    """`logs/failures.jsonl` of the state directory: one JSON object per failed task."""
    home = Path(os.environ.get("HEXAWATT_HOME") or REPOSITORY / ".hexawatt")
    return home / (os.environ.get("MODE") or "demo") / "logs" / "failures.jsonl"


def record_failure(context: dict[str, Any]) -> None:
    """Airflow's failure callback: called once, after the last retry."""
    task = context["ti"]
    reason = str(context.get("exception") or "unknown")
    log.error("%s failed in its task %s on attempt %s: %s", task.dag_id, task.task_id, task.try_number, reason)
    line = {
        "failed_at": datetime.now(UTC).isoformat(),
        "dag": task.dag_id,
        "run": task.run_id,
        "task": task.task_id,
        "attempt": task.try_number,
        "reason": reason,
    }
    path = failures_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
