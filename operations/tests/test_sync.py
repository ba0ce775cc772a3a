"""One sync: keys from .env or the environment, never shown; the outcome in the journal."""

from __future__ import annotations

import dataclasses
import fcntl
from collections.abc import Callable

import duckdb
import pytest
from hexawatt import connections, progress, sync
from hexawatt.errors import HexawattError, SourceLeftOutError, UsageError
from hexawatt.settings import Settings

Stub = Callable[[Settings, str, str, str], None]

SECRET = "s3cr3t-of-a-real-account"


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("RTE_CLIENT_ID", "RTE_CLIENT_SECRET"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def live(house: Settings) -> Settings:
    made = dataclasses.replace(house, mode="live")
    made.make_directories()
    return made


def write_dotenv(settings: Settings, text: str) -> None:
    (settings.repository / ".env").write_text(text)


def journal(settings: Settings) -> list[tuple[object, ...]]:
    with duckdb.connect(str(settings.raw_file)) as connection:
        return connection.execute("SELECT connection, status, records, message FROM raw_operations.syncs").fetchall()


def test_live_takes_keys_from_dotenv_and_the_environment_wins(live: Settings) -> None:
    write_dotenv(live, f"RTE_CLIENT_ID=from-file\nRTE_CLIENT_SECRET='{SECRET}'\n")
    variables = connections.source_environment(live, {"RTE_CLIENT_ID": "from-environment"})
    assert variables["RTE_CLIENT_ID"] == "from-environment"
    assert variables["RTE_CLIENT_SECRET"] == SECRET


def test_a_dollar_in_a_key_is_kept_as_it_is(live: Settings) -> None:
    write_dotenv(live, "RTE_CLIENT_SECRET='a${HOME}b'\n")
    assert connections.source_environment(live, {})["RTE_CLIENT_SECRET"] == "a${HOME}b"


def test_the_demo_never_reads_dotenv(house: Settings) -> None:
    write_dotenv(house, f"RTE_CLIENT_SECRET={SECRET}\n")
    assert SECRET not in connections.source_environment(house, {}).values()


def test_keys_count_as_absent_when_empty_and_are_needed_in_live_only(live: Settings, house: Settings) -> None:
    write_dotenv(live, "RTE_CLIENT_ID=\nRTE_CLIENT_SECRET=x\n")
    rte, weather = connections.load(live)
    assert connections.missing_keys(live, rte, {}) == ["RTE_CLIENT_ID"]
    assert connections.missing_keys(live, weather, {}) == []
    assert [connections.missing_keys(house, one, {}) for one in connections.load(house)] == [[], []]


def test_a_wrong_list_of_connections_is_reported_in_the_words_of_local_sync(house: Settings) -> None:
    house.connections_file.write_text("connections: {rte: {source: source-rte}}")
    with pytest.raises(UsageError, match=r"connections\.rte: 'config' is missing"):
        connections.load(house)


def test_a_source_without_keys_is_left_out_with_exit_code_99_and_journalled(live: Settings) -> None:
    with pytest.raises(SourceLeftOutError) as caught:
        sync.sync(live, "rte")
    assert caught.value.exit_code == 99
    ((connection, status, records, message),) = journal(live)
    assert (connection, status, records) == ("rte", "skipped", None)
    assert str(message).startswith("rte is left out: RTE_CLIENT_ID and RTE_CLIENT_SECRET not set")


def test_a_sync_runs_local_sync_with_its_keys_and_counts_records(
    live: Settings, stub: Stub, capfd: pytest.CaptureFixture[str]
) -> None:
    write_dotenv(live, f"RTE_CLIENT_ID=id\nRTE_CLIENT_SECRET={SECRET}\n")
    code = f"""
        import os, sys
        assert sys.argv[1:] == ["run", "rte", "--connections", {str(live.connections_file)!r}], sys.argv
        assert os.environ["RTE_CLIENT_SECRET"] == {SECRET!r}
        print("rte: 12,345 records in 2.0 s, 6,172 records/s", file=sys.stderr)
        print('{{"connection": "rte", "records": 12345}}')
    """
    stub(live, "connectors", "local-sync", code)
    sync.sync(live, "rte")
    assert journal(live) == [("rte", "succeeded", 12345, None)]
    assert progress.of_sync(live, "rte") == "12,345 records"
    shown = capfd.readouterr()
    assert shown.out == "rte: 12,345 records in 2.0 s, 6,172 records/s\n"
    assert SECRET not in shown.out + shown.err + "".join(log.read_text() for log in live.logs.iterdir())


def test_progress_is_the_last_count_and_not_a_rate(house: Settings) -> None:
    assert progress.of_sync(house, "rte") is None
    lines = ["rte: 500 records, 90 records/s", "rte: 1,500 records, 99 records/s (now x: 700)", "rte: x: 96 records"]
    progress.log_file(house, "rte").write_text("\n".join(lines))
    assert progress.of_sync(house, "rte") == "1,500 records"


def test_a_failed_sync_ends_with_the_connectors_own_words(house: Settings, stub: Stub) -> None:
    code = """
        import sys
        print("rte: 500 records, 90 records/s", file=sys.stderr)
        sys.exit("RTE refuses these keys: check RTE_CLIENT_ID.")
    """
    stub(house, "connectors", "local-sync", code)
    with pytest.raises(HexawattError, match="The sync of rte failed: RTE refuses these keys"):
        sync.sync(house, "rte")
    assert journal(house) == [("rte", "failed", None, "RTE refuses these keys: check RTE_CLIENT_ID.")]


def test_a_second_sync_of_a_connection_touches_neither_the_log_nor_the_journal_of_the_first(
    house: Settings, stub: Stub
) -> None:
    stub(house, "connectors", "local-sync", "raise SystemExit('never reached')")
    log = progress.log_file(house, "rte")
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text("rte: 500 records\n")
    held = (house.run / "rte.sync.lock").open("w")
    fcntl.flock(held, fcntl.LOCK_EX)
    with held, pytest.raises(HexawattError, match="Another sync of rte is running"):
        sync.sync(house, "rte")
    assert log.read_text() == "rte: 500 records\n"
    assert not house.raw_file.exists()


def test_an_unknown_connection_lists_the_known_ones(house: Settings) -> None:
    with pytest.raises(UsageError, match="no connection 'rtes': choose one of rte, weather"):
        sync.sync(house, "rtes")


def test_raw_tables_are_prepared_only_while_some_are_missing(house: Settings, stub: Stub) -> None:
    code = f"""
        import duckdb, os
        path = {str(house.raw_file)!r}
        assert not os.path.exists(path), "prepared twice"
        with duckdb.connect(path) as raw:
            for table in ("raw_rte.consumption_short_term", "raw_rte.physical_flows", "raw_weather.archive_hourly"):
                raw.execute("CREATE SCHEMA IF NOT EXISTS " + table.split(".")[0])
                raw.execute("CREATE TABLE " + table + " (i INTEGER)")
    """
    stub(house, "connectors", "local-sync", code)
    sync.prepare(house)
    sync.prepare(house)
