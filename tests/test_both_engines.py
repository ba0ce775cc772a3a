"""DuckDB and Snowflake make the same marts of the same raw rows, built anew and then by what changed."""

from __future__ import annotations

import pytest
from both_engines import BothEngines
from pipeline import ROOT
from snowflake_emulator import DATABASE

# the emulator's own, about its DuckDB
pytestmark = pytest.mark.filterwarnings("ignore:Arrow output on a DB-API result")

MARTS = sorted(path.stem for path in (ROOT / "dbt" / "models" / "marts").rglob("*.sql"))


@pytest.mark.parametrize("mart", MARTS)
def test_engines_agree_row_by_row(mart: str, both_engines: BothEngines) -> None:
    """Same columns in the same order, same rows; floating sums may differ in the last digits."""
    columns = {
        database: both_engines.connection.execute(
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
    different = both_engines.connection.execute(
        f"select * from ({numbered('models')}) as ours full join ({numbered(DATABASE)}) as theirs using (row_number)"
        f" where {differs} limit 3"
    ).fetchall()
    assert different == []


def test_revisions_are_logged_on_both(both_engines: BothEngines) -> None:
    for database in ("models", DATABASE):
        log = f"{database}.marts.fct_revision"
        logged = both_engines.connection.execute(
            f"select value_change, new_value is null from {log} where mart = 'fct_load' order by 1"
        ).fetchall()
        assert logged == [(100.0, False), (100.0, False), (100.0, False), (None, True)]


def test_most_marts_have_rows(both_engines: BothEngines) -> None:
    """A comparison of empty tables would prove nothing. What needs a longer history than these days is named."""
    empty = {
        mart
        for mart in MARTS
        if both_engines.connection.execute(f"select count(*) from models.marts.{mart}").fetchone() == (0,)
    }
    assert empty == WITHOUT_ROWS


# No run of ours is in the journal, nothing is refused, and what is published by month or season is not published here.
WITHOUT_ROWS = {
    "fct_build",
    "fct_capacity_peak_day",
    "fct_energy_charts_reject",
    "fct_imbalance_coefficient",
    "fct_model_run",
    "fct_publish",
    "fct_sync",
    "mart_thermosensitivity",
}
