"""One dbt process that builds and tests the marts, and its outcome model by model in the journal."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from . import journal, publish, sync, warehouse
from .errors import HexawattError, NothingNewError
from .settings import Settings, child_environment

# They judge the code, not the data: `make test` runs them.
WITHOUT_UNIT_TESTS = ("--exclude-resource-type", "unit_test")
# The first good build of a day tests every row, the others the newest: else ten years would be read each hour.
RECENT_DAYS = "45"
# With the views of the journal: one that was made before its table takes it for empty.
OPERATIONS = ("--select", "path:models/staging/operations", "path:models/marts/operations")
BAD_STATUSES = ("error", "fail", "runtime error")


def build(settings: Settings, *, anew: bool = False) -> None:
    """Build and test all models, `anew` those that grow too; HexawattError, after one line for each that failed."""
    sync.prepare(settings)
    target = settings.state / "dbt" / "target"
    results = target / "run_results.json"
    with publish.marts_lock(settings):
        results.unlink(missing_ok=True)
        # Held open for reading as long as dbt runs: syncs wait to commit, and dbt never meets a locked raw file.
        with warehouse.opened(settings.raw_file, read_only=True) as raw:
            started_at = datetime.now(UTC)
            built = journal.last(raw, "builds", "started_at", where="status = 'succeeded'")
            tested_today = built is not None and built.astimezone(UTC).date() == started_at.date()
            code = _run_dbt(settings, target, anew=anew, test_days=RECENT_DAYS if tested_today and not anew else "")
        rows = _rows(results)
        _record(settings, started_at, code, rows)
    for row in rows:
        if row["status"] in BAD_STATUSES:
            click.echo(f"{row['unique_id']}: {row['message']}", err=True)
    if code:
        failed = sum(row["status"] in BAD_STATUSES for row in rows)
        what = f"dbt: {failed} of {len(rows)} failed" if rows else "dbt stopped before it built anything"
        raise HexawattError(f"{what}; see {settings.logs / 'dbt.log'}")


def tell_of_builds(settings: Settings) -> None:
    """Bring the marts about builds and publishes, and no others, to the journal of now; HexawattError if dbt fails.

    A build can't hold its own outcome: else these marts would be empty until the second.
    """
    target = settings.state / "dbt" / "target"
    with publish.marts_lock(settings), warehouse.opened(settings.raw_file, read_only=True):
        if _run_dbt(settings, target, anew=False, test_days=RECENT_DAYS, only=OPERATIONS):
            raise HexawattError(f"dbt could not build the marts about builds; see {settings.logs / 'dbt.log'}")


def build_if_new(settings: Settings) -> None:
    """Build, unless the last good build began after the last sync had ended and is published: then NothingNewError.

    Two syncs that end close together start two transforms, and the first takes in the rows of both.
    """
    if settings.raw_file.exists() and not _is_new(settings):
        raise NothingNewError("Nothing new since the last build: nothing to build or publish.")
    build(settings)


def _is_new(settings: Settings) -> bool:
    with warehouse.opened(settings.raw_file, read_only=True) as raw:
        # a sync that fails may have committed rows before
        synced = journal.last(raw, "syncs", "finished_at", where="status in ('succeeded', 'failed')")
        began = journal.last(raw, "builds", "started_at", where="status = 'succeeded'")
        ended = journal.last(raw, "builds", "finished_at", where="status = 'succeeded'")
        published = journal.last(raw, "publishes", "published_at", where="action = 'publish'")
    if not (synced and began and ended and published):
        return True
    return synced > began or published < ended


def _record(settings: Settings, started_at: datetime, code: int, rows: Sequence[Mapping[str, Any]]) -> None:
    outcome = {
        "started_at": started_at,
        "finished_at": datetime.now(UTC),
        "status": "failed" if code else "succeeded",
        "invocation_id": rows[0]["invocation_id"] if rows else None,
    }
    journal.append(settings.raw_file, "builds", [outcome])
    journal.append(settings.raw_file, "dbt_results", rows)


def _run_dbt(settings: Settings, target: Path, *, anew: bool, test_days: str, only: Sequence[str] = ()) -> int:
    project = settings.repository / "dbt"
    variables = {
        "DBT_TARGET_PATH": str(target),
        "DBT_LOG_PATH": str(settings.logs),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DBT_USE_COLORS": "false",
        "HEXAWATT_TEST_DAYS": test_days,
    }
    dbt = settings.executable("dbt", "dbt")
    options = (*WITHOUT_UNIT_TESTS, *(("--full-refresh",) if anew else ()), *only)
    # In our own process group: whoever ends this command ends dbt with it.
    return subprocess.run(
        [dbt, "build", *options, "--project-dir", project, "--profiles-dir", project, "--target", "duckdb"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL if only else None,  # a part is built beside something that speaks for itself
        env=child_environment(settings) | variables,
        cwd=settings.state,
        check=False,
    ).returncode


def _rows(results: Path) -> list[Mapping[str, Any]]:
    """Rows of raw_operations.dbt_results; none when dbt ended before it wrote its results."""
    if not results.exists():
        return []
    data = json.loads(results.read_text(encoding="utf-8"))
    return [
        {
            "invocation_id": data["metadata"]["invocation_id"],
            "generated_at": data["metadata"]["generated_at"],
            "unique_id": result["unique_id"],
            "status": result["status"],
            "execution_seconds": result["execution_time"],
            "failures": result.get("failures"),
            "message": " ".join((result.get("message") or "").split()) or None,
        }
        for result in data["results"]
    ]
