"""Celery's application, for alerts and reports: ``celery --workdir superset --app background worker`` and ``... beat``.

One worker or more, and exactly one beat. What they do is said in ``superset_config.py``; here are three faults of
Superset 6.1 mended.
"""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

if not os.environ.get("HEXAWATT_REDIS_URL"):
    sys.exit("Superset's worker and beat need HEXAWATT_REDIS_URL: without it alerts and reports are off.")
os.environ.setdefault("SUPERSET_CONFIG_PATH", str(Path(__file__).absolute().with_name("superset_config.py")))

from celery.signals import task_postrun, task_prerun
from superset.tasks.celery_app import app, teardown

# isort: split
# Only now can the rest be imported: the line above has made Superset's application.
from superset.commands.report.execute import BaseReportState

from superset import db

__all__ = ["app"]

# It closes the database's session a second time, and fails after every task: the first time ended it.
task_postrun.disconnect(teardown)


@task_prerun.connect(weak=False)  # type: ignore[untyped-decorator]
def read_time(task: Any, **_: Any) -> None:
    """Turn the time that a task was planned for from text into an instant, as SQLite wants it in the log of mails."""
    if isinstance(task.request.eta, str):
        task.request.eta = datetime.fromisoformat(task.request.eta)


_send = BaseReportState.send


def send(state: BaseReportState) -> None:
    """Write an alert's figure to the end before its mail is made.

    SQLite has one writer, and the mail's table comes from the server, which would wait half a minute to note that it
    was asked.
    """
    db.session.commit()
    _send(state)


BaseReportState.send = send
