"""DuckDB and Snowflake make the same marts of the same raw rows, built anew and then by what changed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
import yaml
from pipeline import ROOT, dbt_build
from simulated_days import SimulatedDay
from snowflake_emulator import DATABASE, Snowflake, emulated_snowflake

# the emulator's own, about its DuckDB
pytestmark = pytest.mark.filterwarnings("ignore:Arrow output on a DB-API result")

MARTS = sorted(path.stem for path in (ROOT / "dbt" / "models" / "marts").rglob("*.sql"))
CONNECTIONS = yaml.safe_load((ROOT / "airbyte" / "connections.yaml").read_text())["connections"]
LISTS = {
    f"{connection['schema']}.{stream}"
    for connection in CONNECTIONS.values()
    for stream, settings in connection["streams"].items()
    if settings["sync"] == "full_refresh_overwrite"
}


@dataclass(frozen=True)
class Built:
    """Both engines' marts in one DuckDB connection, as the databases `models` and DATABASE."""

    connection: duckdb.DuckDBPyConnection


@pytest.fixture(scope="module")
def built(spring: SimulatedDay, autumn: SimulatedDay, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """October built anew, then March besides, which both engines build incrementally."""
    folder = tmp_path_factory.mktemp("engines")
    raw, models = folder / "raw.duckdb", folder / "models.duckdb"
    shutil.copyfile(autumn.raw, raw)
    with emulated_snowflake(folder) as snowflake:
        dbt_build(raw, models, "demo", folder / "duckdb", HEXAWATT_NOW=autumn.now)
        build(snowflake, raw, autumn.now)
        add(spring.raw, raw)
        dbt_build(raw, models, "demo", folder / "duckdb", HEXAWATT_NOW=spring.now)
        build(snowflake, raw, spring.now)
        snowflake.behind.execute(f"attach '{models}' as models (read_only)")
        yield Built(snowflake.behind)


def build(snowflake: Snowflake, raw: Path, now: str) -> None:
    snowflake.mirror(raw)
    done = snowflake.dbt("build", now=now)
    assert done.returncode == 0, done.stdout[-6000:]


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


@pytest.mark.parametrize("mart", MARTS)
def test_engines_agree_row_by_row(mart: str, built: Built) -> None:
    """Same columns in the same order, same rows; floating sums may differ in the last digits."""
    columns = {
        database: built.connection.execute(
            "select lower(column_name), data_type from duckdb_columns() where lower(table_name) = ?"
            " and lower(schema_name) = 'marts' and database_name = ? order by column_index",
            [mart, database],
        ).fetchall()
        for database in ("models", DATABASE)
    }
    names = [name for name, _ in columns["models"]]
    assert names == [name for name, _ in columns[DATABASE]]
    floating = [name for name, kind in columns["models"] if kind == "DOUBLE"]
    exact = [name for name in names if name not in floating]

    listed, order = (", ".join(f'"{name}"' for name in some) for some in (names, exact))  # keys are never floating

    def numbered(database: str) -> str:
        return f"select {listed}, row_number() over (order by {order}) as row_number from {database}.marts.{mart}"

    differs = " or ".join(
        [f'ours."{name}" is distinct from theirs."{name}"' for name in exact]
        + [
            f'(ours."{name}" is null) <> (theirs."{name}" is null)'
            f' or abs(ours."{name}" - theirs."{name}") > 1e-9 * greatest(1, abs(ours."{name}"))'
            for name in floating
        ]
    )
    different = built.connection.execute(
        f"select * from ({numbered('models')}) as ours full join ({numbered(DATABASE)}) as theirs using (row_number)"
        f" where {differs} limit 3"
    ).fetchall()
    assert different == []


def test_most_marts_have_rows(built: Built) -> None:
    """A comparison of empty tables would prove nothing. What needs a longer history than these days is named."""
    empty = {
        mart
        for mart in MARTS
        if built.connection.execute(f"select count(*) from models.marts.{mart}").fetchone() == (0,)
    }
    assert empty <= NEED_MORE_HISTORY


NEED_MORE_HISTORY = {"fct_revision", "mart_revision_summary"}
