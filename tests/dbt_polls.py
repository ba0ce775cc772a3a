"""Polls put into a raw file one after the other, each followed by a `dbt run`: in one process, which parses once.

Runs in dbt's environment: dbt_polls.py POLLS RAW SELECTION... POLLS is a DuckDB file with the tables `polls`
(fetched_at) and `rows` (fetched_at and the columns of raw_odre.eco2mix_national_tr).
"""

from __future__ import annotations

import os
import sys

import duckdb
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner

TABLE = "raw_odre.eco2mix_national_tr"


def main(polls: str, raw: str, *selection: str) -> None:
    with duckdb.connect(polls, read_only=True) as connection:
        times = [time for (time,) in connection.execute("select fetched_at::varchar from polls order by 1").fetchall()]
    manifest = None
    for number, time in enumerate(times):
        with duckdb.connect(raw) as connection:
            connection.execute("set TimeZone = 'UTC'")
            connection.execute(f"attach '{polls}' as polls (read_only)")
            new = f"(select * from polls.rows where fetched_at = timestamptz '{time}')"
            connection.execute(
                f"delete from {TABLE} as old using {new} as new where old.date = new.date and old.heure = new.heure"
            )
            connection.execute(
                f"insert into {TABLE} by name select * exclude (fetched_at), fetched_at as _airbyte_extracted_at,"
                " cast(uuid() as varchar) as _airbyte_raw_id, 0 as _airbyte_generation_id,"
                f" json('{{\"changes\": []}}') as _airbyte_meta from {new}"
            )
        os.environ["HEXAWATT_NOW"] = time.replace(" ", "T")
        command = "run" if number else "build"
        only_models = [] if number else ["--exclude-resource-type", "test", "unit_test"]
        done = dbtRunner(manifest=manifest).invoke([command, *only_models, "--quiet", "--select", *selection])
        if not done.success:
            sys.exit(f"{command} after the poll of {time}: {done.exception or done.result}")
        # within one process the attached raw file would stay locked
        DuckDBConnectionManager.close_all_connections()
        if manifest is None:
            manifest = dbtRunner().invoke(["parse", "--quiet"]).result


if __name__ == "__main__":
    main(*sys.argv[1:])
