"""One sync: keys from .env or the environment, never shown; the outcome in the journal."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import duckdb
import pytest
from hexawatt import connections, sync
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


def test_the_demo_never_uses_real_keys(house: Settings) -> None:
    write_dotenv(house, f"RTE_CLIENT_SECRET={SECRET}\n")
    variables = connections.source_environment(house, {"RTE_CLIENT_ID": SECRET})
    assert SECRET not in variables.values()


def test_empty_keys_count_as_absent(live: Settings) -> None:
    write_dotenv(live, "RTE_CLIENT_ID=\nRTE_CLIENT_SECRET=x\n")
    assert connections.missing_keys(live, connections.find(live, "rte"), {}) == ["RTE_CLIENT_ID"]
    assert connections.missing_keys(live, connections.find(live, "weather"), {}) == []


def test_a_source_without_keys_is_left_out_with_exit_code_99_and_journalled(live: Settings) -> None:
    with pytest.raises(SourceLeftOutError, match="RTE_CLIENT_ID and RTE_CLIENT_SECRET not set") as caught:
        sync.sync(live, "rte")
    assert caught.value.exit_code == 99
    ((connection, status, _, message),) = journal(live)
    assert (connection, status) == ("rte", "skipped")
    assert "RTE_CLIENT_ID" in str(message)


def test_a_sync_runs_local_sync_with_its_keys_and_counts_records(
    live: Settings, stub: Stub, capfd: pytest.CaptureFixture[str]
) -> None:
    write_dotenv(live, f"RTE_CLIENT_ID=id\nRTE_CLIENT_SECRET={SECRET}\n")
    code = f"""
        import os, sys
        assert sys.argv[1:] == ["run", "rte", "--connections", {str(live.connections_file)!r}], sys.argv
        assert os.environ["RTE_CLIENT_SECRET"] == {SECRET!r}
        print("rte: 1,000 records", flush=True)
        print("rte: 12,345 records in 2 s", flush=True)
    """
    stub(live, "connectors", "local-sync", code)
    sync.sync(live, "rte")
    assert journal(live) == [("rte", "succeeded", 12345, None)]
    shown = capfd.readouterr()
    assert "12,345 records" in shown.out
    assert SECRET not in shown.out + shown.err + "".join(log.read_text() for log in live.logs.iterdir())


def test_a_failed_sync_ends_with_the_connectors_own_words(house: Settings, stub: Stub) -> None:
    code = """
        import sys
        print("rte: 500 records")
        sys.exit("RTE refuses these keys: check RTE_CLIENT_ID.")
    """
    stub(house, "connectors", "local-sync", code)
    with pytest.raises(HexawattError, match="The sync of rte failed: RTE refuses these keys"):
        sync.sync(house, "rte")
    assert journal(house) == [("rte", "failed", 500, "RTE refuses these keys: check RTE_CLIENT_ID.")]


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
