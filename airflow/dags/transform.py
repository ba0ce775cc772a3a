"""The DAG `transform`: raw tables to marts to screens, whenever a sync has brought something new."""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG, Asset, AssetAny, chain
from hexawatt_dags import connections, tasks

RAW_ASSETS = [Asset(connection.asset) for connection in connections.load()]

# Two syncs that end close together start two runs, and the first may have built all there is; a person who triggers
# a run by hand wants a build.
IF_NEW = '{{ "--if-new" if dag_run.run_type == "asset_triggered" else "--always" }}'

with DAG(
    dag_id="transform",
    description="Builds the marts from the raw tables and serves them",
    schedule=AssetAny(*RAW_ASSETS),
    catchup=False,
    # One at a time: what syncs bring meanwhile waits, and the next run takes it all in.
    max_active_runs=1,
    tags=["transform"],
    doc_md="""
Runs when any sync has emitted its asset: **build** (one dbt process: models and their tests), then **publish** (a new
version of the served file), then **refresh_cache** (dashboards show it at once). A failed build publishes nothing, and
the last good version stays on the screen. Skipped when the run before has already built and published the same data.

Publishing emits the asset `marts`, on which `forecast` runs.

By hand: `make build publish`. Go back one version: `make rollback`.
""",
) as dag:
    chain(
        # A failed test fails again: no retry. The next sync starts a new run.
        tasks.command_task(
            "build", "build", IF_NEW, pool=tasks.DUCKDB_WRITER_POOL, execution_timeout=timedelta(hours=2), retries=0
        ),
        tasks.command_task(
            "publish",
            "publish",
            outlets=[Asset(tasks.MARTS_ASSET)],
            pool=tasks.DUCKDB_WRITER_POOL,
            execution_timeout=timedelta(minutes=30),
            **tasks.PATIENT,
        ),
        tasks.command_task("refresh_cache", "refresh-cache", execution_timeout=timedelta(minutes=10), **tasks.PATIENT),
    )
