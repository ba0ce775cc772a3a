"""One DAG per connection: `sync_<connection>` on its schedule in Paris time. Airflow reads this file for its DAGs."""

from __future__ import annotations

from airflow.sdk import DAG, CronTriggerTimetable
from hexawatt_dags import connections, tasks


def sync_dag(connection: connections.Connection) -> DAG:
    """The DAG of one connection; its streams, source and schedule come from connections.yaml."""
    streams = "\n".join(f"- `{stream}`" for stream in connection.streams)
    # No start_date: Airflow waits for the next tick instead of making up for the last one at first sight.
    with DAG(
        dag_id=f"sync_{connection.name}",
        description=f"Reads {connection.source} into the raw tables",
        schedule=CronTriggerTimetable(connection.cron, timezone=connection.timezone),
        catchup=False,
        max_active_runs=1,
        tags=["sync", connection.name],
        doc_md=f"""
Reads what is new or may have been revised from **{connection.source}** into the raw tables, and emits the asset
`{connection.asset}`, on which `transform` runs. Killed at any instant and run again, it loses and doubles nothing.

{streams}

Skipped, not failed, when the source's keys are absent. The same by hand: `make sync CONNECTION={connection.name}`.
""",
    ) as dag:
        tasks.sync_task(connection)
    return dag


for _connection in connections.load():
    if _connection.cron is not None:
        globals()[f"sync_{_connection.name}"] = sync_dag(_connection)
