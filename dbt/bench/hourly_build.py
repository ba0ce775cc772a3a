"""What an hour costs: the incremental build after one hour's sync, over ten years of history against one.

The simulator gives one year of every connection, straight into raw tables; nine more are that year moved back by whole
weeks (364 days). Both files are built in full, then what an hourly sync reads again (the last days of each stream) is
put into both, and both are built, in turn, three times. Takes about half an hour on two cores.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import yaml

ROOT = Path(__file__).parents[2]
CONNECTORS = ROOT / ".venvs" / "connectors" / "bin"
NOW = "2026-03-01T12:00:00Z"
DAYS = 364
YEARS = 10
TURNS = 3
PORT = "8797"

# 21,600 rows a day for two figures; a year of model runs of the weather: neither has ten years anywhere.
SHORT = {"afrr_marginal_price": 2, "forecast_runs_hourly": 31, "raw_readings": 7}


def environment(home: Path, **settings: str) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("HEXAWATT_", "DBT_"))}
    ours = {"HEXAWATT_HOME": str(home), "MODE": "demo", "HEXAWATT_NOW": NOW, "SIMULATOR_QUOTAS": "{}"}
    return {**clean, **ours, "SIMULATOR_URL": f"http://127.0.0.1:{PORT}", **settings}


def sync_one_year(home: Path) -> Path:
    """The raw file of all connections with one year of history."""
    connections = yaml.safe_load((ROOT / "airbyte" / "connections.yaml").read_text())["connections"]
    for connection in connections.values():
        demo = connection["modes"]["demo"]
        demo["start_date"] = {"days_ago": DAYS}
        short = {name: {"days_ago": days} for name, days in SHORT.items() if name in connection["streams"]}
        demo["advanced"] = {**demo["advanced"], "stream_start_dates": short}
    file = home / "connections.yaml"
    file.write_text(yaml.safe_dump({"connections": connections}))
    with subprocess.Popen(
        [CONNECTORS / "simulator", "--port", PORT], env=environment(home), stderr=subprocess.DEVNULL
    ) as simulator:
        try:
            time.sleep(10)
            local_sync(home, "prepare", file)
            for name in connections:
                local_sync(home, "run", file, name)
        finally:
            simulator.terminate()
    return home / "demo" / "raw.duckdb"


def local_sync(home: Path, command: str, file: Path, *names: str) -> None:
    arguments = [CONNECTORS / "local-sync", command, "--connections", file, *names]
    done = subprocess.run(arguments, env=environment(home), capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"local-sync {command} {' '.join(names)}: {done.stderr[-500:]}")


def dated_tables(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """(table, column that dates its rows), as the sources' yml of dbt say."""
    found = []
    for file in (ROOT / "dbt" / "models" / "staging").glob("*/_*.yml"):
        for source in yaml.safe_load(file.read_text())["sources"]:
            for table in source["tables"]:
                meta = table.get("config", {}).get("meta", {})
                if "instant" in meta or "day" in meta:
                    name = f"{source.get('schema', source['name'])}.{table['name']}"
                    found.append((name, meta.get("instant") or meta["day"]))
    there = {
        name
        for (name,) in connection.execute("select schema_name || '.' || table_name from duckdb_tables()").fetchall()
    }
    return [entry for entry in found if entry[0] in there]


def lay_out(raw: Path, years: int) -> None:
    """The rows of every dated table for so many years, each 364 days earlier, oldest first as a first sync leaves them.

    All read two days ago: what was read within a day is tested every hour, which is not what is measured here.
    """
    with duckdb.connect(str(raw)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        for table, column in dated_tables(connection):
            schema, name = table.split(".")
            columns = connection.execute(
                "select column_name, data_type from duckdb_columns() where schema_name = ? and table_name = ?"
                " order by column_index",
                [schema, name],
            ).fetchall()
            connection.execute(f"create temp table year as select * from {table}")
            connection.execute(f"delete from {table}")
            for back in range(0 if name in SHORT else years - 1, -1, -1):
                moved = ", ".join(moved_back(n, kind, back * DAYS, column) for n, kind in columns)
                connection.execute(f"insert into {table} select {moved} from year order by {column}")
            connection.execute("drop table year")


def moved_back(name: str, kind: str, days: int, dated_by: str) -> str:
    """The column `days` earlier: instants and dates, and labels that spell an instant."""
    if name == "_airbyte_raw_id":
        return f"{name} || '-{days}'"
    if name == "_airbyte_extracted_at":
        return f"timestamptz '{NOW}' - interval 2 day"
    if name.startswith("_airbyte") or days == 0:
        return name
    if kind in ("TIMESTAMP WITH TIME ZONE", "DATE"):
        return f"cast({name} - interval {days} day as {kind})"
    if name in ("start_date_local", "end_date_local"):
        instant = name.removesuffix("_local")
        moved = f"{instant} - interval {days} day"
        offset = f"datediff('hour', {moved}, timezone('UTC', timezone('Europe/Paris', {moved})))"
        clock = f"strftime(timezone('Europe/Paris', {moved}), '%Y-%m-%dT%H:%M:%S')"
        return f"{clock} || '+0' || {offset} || ':00'"
    if name == "id" and dated_by == "date":
        return f"{name} || '-{days}'"
    return name


def another_hour(raw: Path, turn: int) -> int:
    """What an hourly sync reads again: the last three days of each dated table, with a later extraction."""
    rows = 0
    read_at = datetime(2026, 12, 1, turn, tzinfo=UTC)
    with duckdb.connect(str(raw)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        for table, column in dated_tables(connection):
            recent = f"{column} >= timestamptz '{NOW}' - interval 3 day and {column} <= timestamptz '{NOW}'"
            connection.execute(f"create temp table again as select * from {table} where {recent}")
            connection.execute(f"delete from {table} where {recent}")
            (count,) = connection.execute(
                f"insert into {table} select * replace (cast(? as timestamptz) as _airbyte_extracted_at) from again",
                [read_at],
            ).fetchone() or (0,)
            connection.execute("drop table again")
            rows += int(count)
    return rows


def build(home: Path, raw: Path, *, test_days: str = "") -> float:
    """Seconds of all models and then all tests of the data, as `dbt build` runs them.

    Apart, because tests of the moved years fail here and there (the clock changes don't move by 364 days), and after a
    failed test `dbt build` leaves out what depends on it.
    """
    started = time.monotonic()
    for command in ("seed", "run", "test"):
        options = ["--exclude-resource-type", "unit_test"] if command == "test" else []
        done = dbt(home, raw, command, *options, HEXAWATT_TEST_DAYS=test_days)
        if done.returncode and command != "test":
            sys.exit(done.stdout[-3000:])
    return time.monotonic() - started


def dbt(home: Path, raw: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    settings |= {
        "HEXAWATT_RAW_FILE": str(raw),
        "HEXAWATT_MODELS_FILE": str(raw.with_name(f"models-{raw.stem}.duckdb")),
        "HEXAWATT_MODE": "demo",
        "DBT_TARGET_PATH": str(home / f"target-{raw.stem}"),
        "DBT_LOG_PATH": str(home / "logs"),
    }
    command = [ROOT / ".venvs" / "dbt" / "bin" / "dbt", *arguments]
    project = ["--project-dir", ROOT / "dbt", "--profiles-dir", ROOT / "dbt"]
    return subprocess.run([*command, *project], env=environment(home, **settings), capture_output=True, text=True)


def raw_rows(raw: Path) -> int:
    with duckdb.connect(str(raw), read_only=True) as connection:
        (count,) = connection.execute(
            "select sum(estimated_size) from duckdb_tables() where schema_name like 'raw%'"
        ).fetchone() or (0,)
    return int(count)


def main() -> None:
    home = Path(tempfile.mkdtemp(prefix="hexawatt-bench-"))
    try:
        one = sync_one_year(home)
        ten = one.with_name("ten.duckdb")
        shutil.copyfile(one, ten)
        lay_out(one, 1)
        lay_out(ten, YEARS)
        files = {"1 year": one, f"{YEARS} years": ten}
        for name, file in files.items():
            print(f"{name}: {raw_rows(file):,} raw rows, full build {build(home, file):.1f} s")
        times: dict[str, list[float]] = {name: [] for name in files}
        for turn in range(TURNS):
            for name, file in files.items():
                read_again = another_hour(file, turn)
                times[name].append(build(home, file, test_days="45"))
                print(f"{name}: {read_again:,} rows read again, hourly build {times[name][-1]:.1f} s")
        one_year, ten_years = (statistics.median(measured) for measured in times.values())
        ratio = ten_years / one_year
        print(f"hourly build: {one_year:.1f} s over 1 year, {ten_years:.1f} s over {YEARS}: {ratio:.2f} times")
    finally:
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
