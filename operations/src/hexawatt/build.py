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
BAD_STATUSES = ("error", "fail", "runtime error")
ANEW = ("--full-refresh",)
# With the marts about builds, since a build can't hold its own outcome: else they would be empty until the second.
# And with the views of the journal: one that was made before its table takes it for empty.
FORECASTS = ("--select", "tag:forecasts", "path:models/staging/operations", "path:models/marts/operations")


def build(settings: Settings, *, anew: bool = False) -> None:
    """Build and test all models, `anew` those that grow too; HexawattError, after one line for each that failed."""
    sync.prepare(settings)
    with publish.marts_lock(settings):
        test_days = RECENT_DAYS if _is_tested_today(settings) and not anew else ""
        # Not from the journal, which a build that is killed doesn't reach.
        publish.unfinished(settings).touch()
        _build(settings, "builds", *(ANEW if anew else ()), test_days=test_days)
        publish.unfinished(settings).unlink()


def build_forecasts(settings: Settings) -> None:
    """Build and test the models of forecasts and builds alone, on the others as the last build left them.

    A journal table of its own: for `build_if_new`, and for the day's first test of every row, it is no build.
    NotWholeError after a build that failed; HexawattError before the first, and as `build`.
    """
    if not settings.models_file.exists():
        raise HexawattError(
            f"There is nothing to add forecasts to: {settings.models_file} isn't built. Run a build first."
        )
    with publish.marts_lock(settings):
        publish.ensure_whole(settings)
        _build(settings, "forecast_builds", *FORECASTS, test_days=RECENT_DAYS)


def _is_tested_today(settings: Settings) -> bool:
    with warehouse.opened(settings.raw_file, read_only=True) as raw:
        built = journal.last(raw, "builds", "started_at", where="status = 'succeeded'")
    return built is not None and built.astimezone(UTC).date() == datetime.now(UTC).date()


def _build(settings: Settings, table: str, *options: str, test_days: str) -> None:
    """Run dbt with `options`, its outcome in the journal's `table`; HexawattError when it fails."""
    target = settings.state / "dbt" / "target"
    results = target / "run_results.json"
    results.unlink(missing_ok=True)
    # Held open for reading as long as dbt runs: syncs wait to commit, and dbt never meets a locked raw file.
    with warehouse.opened(settings.raw_file, read_only=True):
        started_at = datetime.now(UTC)
        code = _run_dbt(settings, target, *options, test_days=test_days)
    rows = _rows(results)
    _record(settings, table, started_at, code, rows)
    for row in rows:
        if row["status"] in BAD_STATUSES:
            click.echo(f"{row['unique_id']}: {row['message']}", err=True)
    if code:
        failed = sum(row["status"] in BAD_STATUSES for row in rows)
        what = f"dbt: {failed} of {len(rows)} failed" if rows else "dbt stopped before it built anything"
        raise HexawattError(f"{what}; see {settings.logs / 'dbt.log'}")


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


def _record(settings: Settings, table: str, started_at: datetime, code: int, rows: Sequence[Mapping[str, Any]]) -> None:
    outcome = {
        "started_at": started_at,
        "finished_at": datetime.now(UTC),
        "status": "failed" if code else "succeeded",
        "invocation_id": rows[0]["invocation_id"] if rows else None,
    }
    journal.append(settings.raw_file, table, [outcome])
    journal.append(settings.raw_file, "dbt_results", rows)


def _run_dbt(settings: Settings, target: Path, *options: str, test_days: str) -> int:
    project = settings.repository / "dbt"
    variables = {
        "DBT_TARGET_PATH": str(target),
        "DBT_LOG_PATH": str(settings.logs),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DBT_USE_COLORS": "false",
        "HEXAWATT_TEST_DAYS": test_days,
    }
    dbt = settings.executable("dbt", "dbt")
    where = ("--project-dir", project, "--profiles-dir", project, "--target", "duckdb")
    # In our own process group: whoever ends this command ends dbt with it.
    return subprocess.run(
        [dbt, "build", *options, *WITHOUT_UNIT_TESTS, *where],
        stdin=subprocess.DEVNULL,
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
