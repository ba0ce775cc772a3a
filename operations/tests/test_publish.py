"""Publishing and rolling back, on real DuckDB files."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import duckdb
import pytest
from hexawatt import publish
from hexawatt.errors import HexawattError
from hexawatt.settings import Settings


def build(settings: Settings, value: int) -> None:
    """A stand-in for dbt's build: marts whose one value tells which build they come from."""
    with duckdb.connect(str(settings.models_file)) as connection:
        connection.execute("CREATE SCHEMA IF NOT EXISTS marts; CREATE SCHEMA IF NOT EXISTS staging")
        connection.execute("CREATE OR REPLACE TABLE staging.load AS SELECT range AS i FROM range(1000)")
        connection.execute("CREATE OR REPLACE VIEW staging.view_of_load AS SELECT * FROM staging.load")
        connection.execute("CREATE OR REPLACE TABLE main.scratch AS SELECT 1 AS one")
        connection.execute(f"CREATE OR REPLACE TABLE marts.fct_load AS SELECT {value} AS value FROM range(5000)")


def served_value(settings: Settings) -> int:
    with duckdb.connect(str(settings.serving_link), read_only=True) as connection:
        rows = connection.execute("SELECT value, count(*) FROM marts.fct_load GROUP BY value").fetchall()
    assert len(rows) == 1
    assert rows[0][1] == 5000
    return int(rows[0][0])


def publish_build(settings: Settings, value: int) -> Path:
    build(settings, value)
    return publish.publish(settings).version


def test_the_served_file_holds_the_marts_and_nothing_else(settings: Settings) -> None:
    publish_build(settings, 1)
    with duckdb.connect(str(settings.serving_link), read_only=True) as connection:
        tables = connection.execute("SELECT schema_name, table_name FROM duckdb_tables()").fetchall()
        views = connection.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()
    assert tables == [("marts", "fct_load")]
    assert views == []


def test_the_build_keeps_its_own_schemas(settings: Settings) -> None:
    publish_build(settings, 1)
    with duckdb.connect(str(settings.models_file)) as connection:
        assert connection.execute("SELECT count(*) FROM staging.view_of_load").fetchone() == (1000,)


def test_the_link_is_relative_so_that_the_state_can_be_moved(settings: Settings, tmp_path: Path) -> None:
    publish_build(settings, 7)
    moved = tmp_path / "elsewhere"
    settings.home.rename(moved)
    with duckdb.connect(str(moved / "demo" / "serving.duckdb"), read_only=True) as connection:
        assert connection.execute("SELECT any_value(value) FROM marts.fct_load").fetchone() == (7,)


def test_only_the_last_versions_are_kept(settings: Settings) -> None:
    made = [publish_build(settings, value) for value in range(publish.KEPT_VERSIONS + 2)]
    assert publish.versions(settings) == made[-publish.KEPT_VERSIONS :]
    assert publish.served_version(settings) == made[-1]


def test_rollback_goes_back_one_version_each_time_and_says_so_at_the_oldest(settings: Settings) -> None:
    for value in (1, 2, 3):
        publish_build(settings, value)
    publish.rollback(settings)
    assert served_value(settings) == 2
    publish.rollback(settings)
    assert served_value(settings) == 1
    with pytest.raises(HexawattError, match="is the oldest version"):
        publish.rollback(settings)
    assert served_value(settings) == 1


def test_a_version_that_was_rolled_back_is_not_served_again(settings: Settings) -> None:
    for value in (1, 2):
        publish_build(settings, value)
    publish.rollback(settings)
    publish_build(settings, 3)
    publish.rollback(settings)
    assert served_value(settings) == 1


def test_rollback_before_any_publish_is_a_clear_error(settings: Settings) -> None:
    with pytest.raises(HexawattError, match="Nothing has been published yet"):
        publish.rollback(settings)


def test_marts_that_were_never_built_are_a_clear_error(settings: Settings) -> None:
    with pytest.raises(HexawattError, match="nothing to publish"):
        publish.publish(settings)


def test_a_build_without_marts_leaves_the_last_good_version_served(settings: Settings) -> None:
    publish_build(settings, 1)
    with duckdb.connect(str(settings.models_file)) as connection:
        connection.execute("DROP TABLE marts.fct_load")
    with pytest.raises(HexawattError, match="no table in schema marts"):
        publish.publish(settings)
    assert served_value(settings) == 1


def test_a_new_connection_sees_new_data_while_an_old_one_is_open(settings: Settings) -> None:
    publish_build(settings, 1)
    with duckdb.connect(str(settings.serving_link), read_only=True) as old:
        publish_build(settings, 2)
        assert served_value(settings) == 2
        assert old.execute("SELECT any_value(value) FROM marts.fct_load").fetchone() == (1,)


def test_readers_never_meet_an_error_or_a_torn_version_while_it_is_published(settings: Settings) -> None:
    publish_build(settings, 0)
    finished = threading.Event()
    seen: list[int] = []
    errors: list[Exception] = []

    def read() -> None:
        try:
            while not finished.is_set():
                seen.append(served_value(settings))
        except Exception as error:
            errors.append(error)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    try:
        for value in range(1, 8):
            publish_build(settings, value)
    finally:
        finished.set()
        for reader in readers:
            reader.join()
    assert errors == []
    assert len(seen) > 10
    assert served_value(settings) == 7


KILLED_PUBLISH = """
import os, signal, sys
from pathlib import Path
from hexawatt import publish
from hexawatt.settings import REPOSITORY, Settings

def killed(*_):
    os.kill(os.getpid(), signal.SIGKILL)

setattr(publish, sys.argv[2], killed)
publish.publish(Settings(repository=REPOSITORY, home=Path(sys.argv[1]), mode="demo"))
"""


@pytest.mark.parametrize("step", ["_keep_only_marts", "_sync_to_disk", "_serve"])
def test_killed_before_the_switch_the_old_version_stays_and_the_next_publish_works(
    settings: Settings, step: str
) -> None:
    old = publish_build(settings, 1)
    build(settings, 2)
    killed = subprocess.run([sys.executable, "-c", KILLED_PUBLISH, str(settings.home), step], check=False)
    assert killed.returncode == -9
    assert publish.served_version(settings) == old
    assert served_value(settings) == 1

    publish.publish(settings)
    assert served_value(settings) == 2
    assert [path.name for path in settings.versions.iterdir() if path.name.startswith(".")] == []


def test_killed_after_the_switch_the_new_version_is_served(settings: Settings) -> None:
    publish_build(settings, 1)
    build(settings, 2)
    killed = subprocess.run([sys.executable, "-c", KILLED_PUBLISH, str(settings.home), "_prune"], check=False)
    assert killed.returncode == -9
    assert served_value(settings) == 2


def test_publishes_and_rollbacks_are_journalled(settings: Settings) -> None:
    first = publish_build(settings, 1)
    second = publish_build(settings, 2)
    publish.rollback(settings)
    with duckdb.connect(str(settings.raw_file)) as connection:
        rows = connection.execute(
            "SELECT action, version, previous_version FROM raw_operations.publishes ORDER BY published_at"
        ).fetchall()
    assert rows == [
        ("publish", first.name, None),
        ("publish", second.name, first.name),
        ("rollback", first.name, second.name),
    ]
