"""The DAG `forecast`: marts to forecasts to screens, after each transform."""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG, Asset, TriggerRule, chain
from hexawatt_dags import tasks

with DAG(
    dag_id="forecast",
    description="Foresees from the marts, scores what was foreseen, and serves both",
    schedule=Asset(tasks.MARTS_ASSET),
    catchup=False,
    # One at a time: of the marts that are published meanwhile, the next run takes the newest.
    max_active_runs=1,
    tags=["forecast"],
    doc_md="""
Runs when `transform` has published new marts: **forecast** (trains what is due, writes what each target will be), then
**build** (the models of the forecasts alone: it scores what has come true), **publish** and **refresh_cache**. It
emits no asset, so it never starts `transform` again.

Where the forecast of a target fails, those of the others are built and published all the same, and of that one the last
good forecast stays with its age; the run ends as failed by its task **every_target**. Skipped when a build has failed
since: nothing is served of that.

By hand: `make forecast`.
""",
) as dag:
    forecast = tasks.command_task(
        # What fails now fails again: no retry. The next transform starts a new run.
        "forecast",
        "forecast",
        pool=tasks.DUCKDB_WRITER_POOL,
        execution_timeout=timedelta(minutes=30),
        retries=0,
    )
    refresh_cache = tasks.command_task(
        "refresh_cache", "refresh-cache", execution_timeout=timedelta(minutes=10), **tasks.PATIENT
    )
    chain(
        forecast,
        tasks.command_task(
            "build",
            "build",
            "--forecasts",
            # after a failed forecast too: it has written those of the other targets
            trigger_rule=TriggerRule.ALL_DONE,
            pool=tasks.DUCKDB_WRITER_POOL,
            execution_timeout=timedelta(minutes=30),
            retries=0,
        ),
        tasks.command_task(
            "publish",
            "publish",
            "--if-whole",
            pool=tasks.DUCKDB_WRITER_POOL,
            execution_timeout=timedelta(minutes=30),
            **tasks.PATIENT,
        ),
        refresh_cache,
    )
    chain([forecast, refresh_cache], tasks.nothing_failed("every_target"))
