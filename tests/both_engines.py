"""The simulated clock-change days built by DuckDB and by the emulator of Snowflake, anew and then by what changed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import yaml
from forecast_rows import foresee
from pipeline import ROOT, dbt_build
from simulated_days import SimulatedDay
from snowflake_emulator import Snowflake, emulated_snowflake

CONNECTIONS = yaml.safe_load((ROOT / "airbyte" / "connections.yaml").read_text())["connections"]
LISTS = {
    f"{connection['schema']}.{stream}"
    for connection in CONNECTIONS.values()
    for stream, settings in connection["streams"].items()
    if settings["sync"] == "full_refresh_overwrite"
}


@dataclass(frozen=True)
class BothEngines:
    """DuckDB's marts in a file, and both engines' in one connection: as `models`, and as the emulator's database."""

    models: Path
    connection: duckdb.DuckDBPyConnection
    snowflake: Snowflake


@contextmanager
def built_by_both(autumn: SimulatedDay, spring: SimulatedDay, folder: Path) -> Iterator[BothEngines]:
    """October built anew, then March besides, which both engines build incrementally, with all tests of the data."""
    raw, models = folder / "raw.duckdb", folder / "models.duckdb"
    with emulated_snowflake(folder) as snowflake:
        shutil.copyfile(autumn.raw, raw)
        foresee_day_before(autumn, raw)
        foresee_day_before(spring, raw)  # nothing of it has come true by autumn
        build(snowflake, raw, models, folder, autumn.now, tests=False)
        add(spring.raw, raw)
        revise(raw)
        foresee(raw, datetime.fromisoformat(spring.now), withheld=["wind"], station=station_of(raw))
        build(snowflake, raw, models, folder, spring.now, tests=True)
        snowflake.behind.execute(f"attach '{models}' as models (read_only)")
        yield BothEngines(models, snowflake.behind, snowflake)


def build(snowflake: Snowflake, raw: Path, models: Path, folder: Path, now: str, *, tests: bool) -> None:
    """The same raw rows on both engines, side by side."""
    snowflake.mirror(raw)
    with ThreadPoolExecutor() as pool:
        ours = pool.submit(dbt_build, raw, models, "demo", folder / "duckdb", tests=tests, HEXAWATT_NOW=now)
        theirs = pool.submit(snowflake.build, now=now, tests=tests)
        ours.result()
        theirs.result()


def add(later: Path, raw: Path) -> None:
    """The rows of a later sync: appended, but for lists, which are overwritten."""
    with duckdb.connect(str(raw)) as connection:
        connection.execute(f"attach '{later}' as later (read_only)")
        for schema, table in connection.execute(
            "select schema_name, table_name from duckdb_tables()"
            " where database_name = 'later' and schema_name like 'raw%'"
        ).fetchall():
            name = f"{schema}.{table}"
            if name in LISTS:
                connection.execute(f"delete from {name}")
            connection.execute(f"insert into {name} by name select * from later.{name}")


def foresee_day_before(simulated: SimulatedDay, raw: Path) -> None:
    """Forecasts from the noon of the clock-change day on, for use and as tried afterwards."""
    issued_at = datetime.fromisoformat(simulated.now) - timedelta(days=1)
    for kind in ("live", "backtest"):
        foresee(raw, issued_at, kind=kind, station=station_of(raw))


def station_of(raw: Path) -> int:
    with duckdb.connect(str(raw), read_only=True) as connection:
        found = connection.execute("select min(station_id) from raw_airqino.stations").fetchone()
    assert found is not None
    return int(found[0])


def revise(raw: Path) -> None:
    """An hour of October's load is read again with other values, and one of them is withdrawn."""
    with duckdb.connect(str(raw)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(
            """insert into raw_rte.consumption_short_term
            select * replace (
                case when start_date = timestamptz '2025-10-25 10:00:00+00' then null else value + 100 end as value,
                _airbyte_extracted_at + interval 1 day as _airbyte_extracted_at
            )
            from raw_rte.consumption_short_term
            where type = 'REALISED' and start_date >= timestamptz '2025-10-25 10:00:00+00'
                and start_date < timestamptz '2025-10-25 11:00:00+00'"""
        )
