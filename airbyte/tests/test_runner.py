"""Whole syncs: local-sync, the fake source and the real destination as processes."""

from __future__ import annotations

import contextlib
import json
import os
import random
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from local_sync_house import House

SECRET = "s3cret-0f-the-house"
EVERYTHING = [(n,) for n in range(500)]


def last_line(done: subprocess.CompletedProcess[str]) -> str:
    return done.stderr.splitlines()[-1]


def children(process: int) -> list[int]:
    """Process ids of the running children of a process."""
    return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def wait_for_the_end_of(*processes: int) -> None:
    """Of processes that need not be ours; fails after 30 seconds."""
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            ending = os.pidfd_open(process)
            ready, _, _ = select.select([ending], [], [], 30)
            os.close(ending)
            assert ready, f"process {process} goes on"


def test_a_sync_stores_everything_and_ends_with_its_summary(house: House) -> None:
    done = house.run()
    assert done.returncode == 0, done.stderr
    (summary,) = [json.loads(line) for line in done.stdout.splitlines()]
    assert summary.pop("seconds") > 0
    assert summary.pop("records_per_second") > 0
    assert summary == {"connection": "fake", "records": 500, "streams": {"numbers": 500}}
    assert last_line(done).startswith("fake: 500 records in ")
    assert house.rows() == EVERYTHING


def test_the_next_sync_goes_on_from_the_saved_state(house: House) -> None:
    house.run()
    house.config["windows"] = 7
    done = house.run()
    assert json.loads(done.stdout)["records"] == 200
    assert house.rows() == [(n,) for n in range(700)]
    assert json.loads(house.run().stdout)["records"] == 0


def test_full_refresh_replaces_the_table(house: House) -> None:
    house.sync = "full_refresh_overwrite"
    house.run()
    house.config["windows"] = 2
    done = house.run()
    assert done.returncode == 0, done.stderr
    assert house.rows("SELECT count(*) FROM raw_fake.numbers") == [(200,)]


def test_progress_is_shown_in_counts_and_rate(house: House) -> None:
    shown = house.run().stderr.splitlines()
    assert shown[0].startswith("fake: 500 records, ")
    assert shown[0].endswith(" records/s (now numbers: 500)")


@pytest.mark.parametrize(
    ("trouble", "expected", "stored"),
    [
        ({"fail_at": 3, "fail_words": "No entry:\n check the key."}, "No entry: check the key.", 300),
        ({"die_at": 2}, "source-fake was ended by signal SIGKILL without saying why.", 200),
        ({"junk_at": 1}, "is not an Airbyte message: 'Segmentation fault (core dumped)'", 0),
    ],
)  # fmt: skip
def test_a_failing_source_ends_in_its_own_words_and_loses_nothing_confirmed(
    house: House, trouble: dict[str, object], expected: str, stored: int
) -> None:
    house.config |= trouble
    done = house.run()
    assert (done.returncode, done.stdout) == (1, "")
    assert expected in last_line(done)
    assert house.rows() == [(n,) for n in range(stored)]
    for key in trouble:
        del house.config[key]
    assert house.run().returncode == 0
    assert house.rows() == EVERYTHING


def test_a_failing_destination_ends_in_its_own_words(house: House) -> None:
    house.config |= {"windows": 2000}  # more than fits the pipe: the source is stopped in the middle
    house.run("prepare")
    with duckdb.connect(str(house.raw_file)) as connection:
        connection.execute("ALTER TABLE raw_fake.numbers ALTER text TYPE INTEGER")
    done = house.run()
    assert (done.returncode, done.stdout) == (1, "")
    assert last_line(done).startswith("Stream numbers: column text of table raw_fake.numbers is INTEGER")


def test_a_failing_destination_ends_a_source_that_is_asleep(house: House) -> None:
    """Asleep for a quota, it would notice only at its next line; ``run`` has a bound of its own."""
    house.config |= {"hang_at": 1}
    house.run("prepare")
    with duckdb.connect(str(house.raw_file)) as connection:
        connection.execute("ALTER TABLE raw_fake.numbers ALTER text TYPE INTEGER")
    assert last_line(house.run()).startswith("Stream numbers: column text of table raw_fake.numbers is INTEGER")


def test_a_file_that_is_no_database_is_explained(house: House) -> None:
    house.raw_file.write_bytes(b"not a database " * 999)
    done = house.run()
    assert done.returncode == 1
    assert "is not a database file that this version of DuckDB can open" in last_line(done)


@contextlib.contextmanager
def hanging(house: House) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A sync whose source hangs before window 2; with the source's process id."""
    tell = house.folder / "source.pid"
    os.mkfifo(tell)
    house.config |= {"hang_at": 2, "tell": str(tell)}
    sync = house.start()
    try:
        with open(os.open(tell, os.O_RDONLY | os.O_NONBLOCK)) as pipe:
            assert select.select([pipe], [], [], 30)[0], "the source never got there"
            source = int(pipe.read())
        yield sync, source
    finally:
        sync.kill()
        sync.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_source_and_destination_and_leaves_no_file_behind(house: House, number: signal.Signals) -> None:
    with hanging(house) as (sync, source):
        both = children(sync.pid)
        assert source in both
        assert len(both) == 2
        sync.send_signal(number)
        _, said = sync.communicate(timeout=30)
        assert sync.returncode == 128 + number
        assert said.splitlines()[-1] == f"Stopped by {number.name}; what was committed before is stored."
        assert not any(Path(f"/proc/{child}").exists() for child in both)
    assert [file.name for file in house.run_folder.iterdir()] == ["sync-fake.lock"]


def test_a_second_sync_of_a_connection_is_refused(house: House) -> None:
    with hanging(house):
        done = house.run()
    assert done.returncode == 1
    assert last_line(done) == "Another sync of fake is running: wait for its end, or stop it."


def test_the_children_of_a_killed_sync_go_too_and_the_next_sync_cleans_up(house: House) -> None:
    with hanging(house) as (sync, source):
        both = children(sync.pid)
        assert source in both
        sync.kill()
        wait_for_the_end_of(*both)
        assert len([*house.run_folder.iterdir()]) == 2, "the lock's file and the private folder"
    del house.config["hang_at"]
    assert house.run().returncode == 0
    assert [file.name for file in house.run_folder.iterdir()] == ["sync-fake.lock"]
    assert house.rows() == EVERYTHING


def test_killed_at_random_and_resumed_equals_undisturbed(house: House) -> None:
    """Whichever of the three processes is killed, and whenever."""
    chance = random.Random(20261120)
    house.config |= {"windows": 500, "per_window": 200}
    killed = 0
    for _ in range(8):
        sync = house.start()
        with contextlib.suppress(subprocess.TimeoutExpired):
            sync.wait(timeout=chance.uniform(0.2, 1.2))
        family = [sync.pid, *children(sync.pid)] if sync.poll() is None else []
        if family:
            with contextlib.suppress(ProcessLookupError):
                os.kill(chance.choice(family), signal.SIGKILL)
                killed += 1
        sync.communicate(timeout=60)
        wait_for_the_end_of(*family)
    assert killed > 2, "else this tests little: give the source more to say"
    done = house.run()
    assert done.returncode == 0, done.stderr
    stored = house.rows('SELECT n, "window", text FROM raw_fake.numbers ORDER BY n')
    assert stored == [(n, n // 200, f"number {n}") for n in range(100_000)]


def test_files_of_a_sync_are_private_and_hold_what_the_command_line_does_not(house: House) -> None:
    report = house.folder / "report.json"
    house.environment["FAKE_SECRET"] = SECRET
    house.config |= {"report": str(report), "secret": "${FAKE_SECRET}"}
    done = house.run()
    assert done.returncode == 0, done.stderr
    seen = json.loads(report.read_text())
    assert SECRET not in json.dumps(seen.pop("arguments"))
    assert seen == {"source_config.json": "0o600", "catalog.json": "0o600", "state.json": "0o600", "folder": "0o700"}
    assert [file.name for file in house.run_folder.iterdir()] == ["sync-fake.lock"]


@pytest.mark.parametrize("trouble", [{}, {"fail_at": 1, "fail_words": "no"}, {"die_at": 1}, {"junk_at": 1}])
def test_no_secret_is_ever_shown_or_stored(house: House, trouble: dict[str, object]) -> None:
    house.environment["FAKE_SECRET"] = SECRET
    house.config |= {"secret": "${FAKE_SECRET}", **trouble}
    for done in (house.run(), house.run("list"), house.run("prepare")):
        assert SECRET not in done.stdout + done.stderr
    assert not any(SECRET.encode() in file.read_bytes() for file in house.raw_file.parent.rglob("*") if file.is_file())


def test_a_connection_without_its_variables_is_left_out_with_exit_code_3(house: House) -> None:
    house.config["secret"] = "${FAKE_SECRET}"
    done = house.run()
    assert (done.returncode, done.stdout) == (3, "")
    assert last_line(done).startswith("fake is left out: FAKE_SECRET not set. Put them into .env")


def test_prepare_makes_the_tables_without_any_variable(house: House) -> None:
    house.config["secret"] = "${FAKE_SECRET}"
    done = house.run("prepare")
    assert (done.returncode, last_line(done)) == (0, "1 tables of 1 connections are there")
    assert house.rows() == []


def test_prepare_makes_the_tables_of_each_connection_in_its_schema(house: House) -> None:
    house.twins = {"fake_daily": "raw_fake_daily"}
    assert house.run("prepare").returncode == 0
    tables = "SELECT schema_name, table_name FROM duckdb_tables() WHERE schema_name LIKE 'raw%' ORDER BY ALL"
    assert house.rows(tables) == [("raw_fake", "numbers"), ("raw_fake_daily", "numbers")]
    house.run()
    assert len(house.rows()) == 500
    assert house.rows("SELECT n FROM raw_fake_daily.numbers") == []


def test_list_names_streams_schedule_and_variables(house: House) -> None:
    house.config["secret"] = "${FAKE_SECRET}"
    (listed,) = json.loads(house.run("list").stdout)
    assert listed == {
        "name": "fake",
        "source": "source-fake",
        "schema": "raw_fake",
        "streams": {"numbers": {"sync": "incremental_deduped_history", "cursor": "window"}},
        "schedule": {"cron": "0 * * * *", "timezone": "Europe/Paris", "owner": "airflow"},
        "variables": ["FAKE_SECRET"],
    }


def test_an_unknown_connection_is_a_usage_error_that_lists_the_known(house: House) -> None:
    done = house.run("run", "gas")
    assert (done.returncode, last_line(done)) == (2, "There is no connection 'gas': choose one of fake.")


def test_a_connector_that_is_not_installed_is_named(house: House) -> None:
    (house.folder / "bin" / "source-fake").unlink()
    done = house.run()
    assert (done.returncode, last_line(done)) == (1, "The connector source-fake is not installed: run 'make install'.")


def test_a_wrong_mode_is_a_usage_error(house: House) -> None:
    house.environment["MODE"] = "staging"
    done = house.run()
    assert (done.returncode, last_line(done)) == (2, "MODE is 'staging': it must be demo or live.")


def test_each_mode_has_its_own_file(house: House) -> None:
    house.environment["MODE"] = "live"
    (house.folder / "home" / "live").mkdir()
    assert house.run().returncode == 0
    assert not house.raw_file.exists()
    assert (house.folder / "home" / "live" / "raw.duckdb").exists()


def test_the_runner_starts_without_what_only_connectors_need() -> None:
    heavy = "{'airbyte_cdk', 'duckdb', 'orjson', 'requests', 'pandas'}"
    code = f"import sys, local_sync.cli; assert not {heavy} & sys.modules.keys(), {heavy} & sys.modules.keys()"
    subprocess.run([sys.executable, "-c", code], check=True)
