"""One run of the forecasts: `forecast run`, what it says passed on and kept, its outcome in the journal."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from pathlib import Path

import click

from . import journal, publish, warehouse
from .errors import HexawattError
from .settings import Settings, child_environment


def log_file(settings: Settings) -> Path:
    """The log of the last run."""
    return settings.logs / "forecast.log"


def forecast(settings: Settings) -> None:
    """Foresee what each target can be foreseen of; HexawattError when one failed: the others are written all the same.

    It reads the marts and writes to the raw file by itself, waiting for other writers of that.
    """
    if not settings.models_file.exists():
        raise HexawattError(
            f"There is nothing to forecast from: {settings.models_file} isn't built. Run a build first."
        )
    started_at = datetime.now(UTC)
    # A build would meet a marts file that is being read, which DuckDB refuses.
    with publish.marts_lock(settings):
        code, lines = _run(settings)
    reason = (_failures(settings, started_at) or (lines[-1] if lines else "it gave no reason")) if code else None
    row = {
        "started_at": started_at,
        "finished_at": datetime.now(UTC),
        "status": "failed" if code else "succeeded",
        "message": reason,
    }
    journal.append(settings.raw_file, "forecasts", [row])
    if reason:
        raise HexawattError(f"The forecasts failed: {reason} (log: {log_file(settings)})")


def _failures(settings: Settings, since: datetime) -> str:
    """What was written of the targets that failed; empty where it got to none."""
    with warehouse.opened(settings.raw_file, read_only=True) as raw:
        known = "SELECT 1 FROM duckdb_tables() WHERE schema_name = 'raw_forecast' AND table_name = 'runs'"
        if raw.execute(known).fetchone() is None:
            return ""
        failed = raw.execute(
            "SELECT target || ': ' || message FROM raw_forecast.runs"
            " WHERE status = 'failed' AND started_at >= ? ORDER BY ALL",
            [since.replace(tzinfo=None)],
        ).fetchall()
    return "; ".join(reason for (reason,) in failed)


def _run(settings: Settings) -> tuple[int, list[str]]:
    """Exit code, and every line it said. In our own process group: who ends us ends it."""
    program = settings.executable("forecasting", "forecast")
    lines = []
    with (
        log_file(settings).open("w", encoding="utf-8") as kept,
        subprocess.Popen(
            [program, "run"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=child_environment(settings),
            cwd=settings.state,
            text=True,
            errors="replace",
        ) as child,
    ):
        assert child.stdout is not None, "a pipe was asked for"
        try:
            for line in child.stdout:
                click.echo(line, nl=False)
                kept.write(line)
                kept.flush()
                lines.append(line.strip())
        except BaseException:
            child.terminate()
            raise
    return child.returncode, [line for line in lines if line]
