"""The build: one dbt process, its results in the journal, its errors in one line each."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from datetime import UTC, datetime

import duckdb
import pytest
from hexawatt import build, journal, publish
from hexawatt.errors import HexawattError, NothingNewError, NotWholeError
from hexawatt.settings import Settings

Stub = Callable[[Settings, str, str, str], None]

NOTHING_MISSING = """
    import duckdb, os
    with duckdb.connect(os.environ["HEXAWATT_RAW_FILE"]) as raw:
        raw.execute("CREATE SCHEMA raw_rte; CREATE SCHEMA raw_weather")
        raw.execute("CREATE TABLE raw_rte.consumption_short_term (i INTEGER)")
        raw.execute("CREATE TABLE raw_rte.physical_flows (i INTEGER)")
        raw.execute("CREATE TABLE raw_weather.archive_hourly (i INTEGER)")
"""

# Reads the raw file, as dbt does, then leaves the results of one model and one test.
DBT = """
    import duckdb, json, os, pathlib, sys
    duckdb.connect(os.environ["HEXAWATT_RAW_FILE"], read_only=True).execute("FROM raw_rte.physical_flows")
    results = [
        {"unique_id": "model.hexawatt.fct_load", "status": "success", "execution_time": 1.5, "failures": None,
         "message": "OK"},
        {"unique_id": "test.hexawatt.grain", "status": STATUS, "execution_time": 0.1, "failures": FAILURES,
         "message": "Got 2 results,\\n  configured to fail if != 0"},
    ]
    target = pathlib.Path(os.environ["DBT_TARGET_PATH"])
    target.mkdir(parents=True, exist_ok=True)
    metadata = {"invocation_id": "one", "generated_at": "2026-01-15T12:00:00.000000Z"}
    (target / "run_results.json").write_text(json.dumps({"metadata": metadata, "results": results}))
    sys.exit(FAILURES and 1)
"""


def dbt_with(status: str, failures: int) -> str:
    return DBT.replace("STATUS", repr(status)).replace("FAILURES", str(failures))


@pytest.fixture
def ready(house: Settings, stub: Stub) -> Settings:
    stub(house, "connectors", "local-sync", NOTHING_MISSING)
    return house


def test_results_are_journalled_node_by_node(ready: Settings, stub: Stub) -> None:
    stub(ready, "dbt", "dbt", dbt_with("pass", 0))
    build.build(ready)
    with duckdb.connect(str(ready.raw_file)) as raw:
        rows = raw.execute("SELECT unique_id, status, execution_seconds, failures FROM raw_operations.dbt_results")
        assert rows.fetchall() == [
            ("model.hexawatt.fct_load", "success", 1.5, None),
            ("test.hexawatt.grain", "pass", 0.1, 0),
        ]


def test_a_failed_test_is_one_line_and_the_journal_keeps_it(
    ready: Settings, stub: Stub, capsys: pytest.CaptureFixture[str]
) -> None:
    stub(ready, "dbt", "dbt", dbt_with("fail", 2))
    with pytest.raises(HexawattError, match="dbt: 1 of 2 failed"):
        build.build(ready)
    assert capsys.readouterr().err == "test.hexawatt.grain: Got 2 results, configured to fail if != 0\n"
    with duckdb.connect(str(ready.raw_file)) as raw:
        assert raw.execute("SELECT count(*) FROM raw_operations.dbt_results WHERE status = 'fail'").fetchone() == (1,)


def test_results_of_an_earlier_build_are_not_taken_for_this_ones(ready: Settings, stub: Stub) -> None:
    stub(ready, "dbt", "dbt", dbt_with("pass", 0))
    build.build(ready)
    stub(ready, "dbt", "dbt", "raise SystemExit(2)")
    with pytest.raises(HexawattError, match="dbt stopped before it built anything"):
        build.build(ready)
    with duckdb.connect(str(ready.raw_file)) as raw:
        assert raw.execute("SELECT count(*) FROM raw_operations.dbt_results").fetchone() == (2,)


def test_the_first_good_build_of_a_day_tests_every_row_and_the_others_the_newest(ready: Settings, stub: Stub) -> None:
    noted = ready.state / "asked"
    note = f"""
    import os
    with open({str(noted)!r}, "a") as file:
        file.write("[" + os.environ["HEXAWATT_TEST_DAYS"] + "]")
    """
    stub(ready, "dbt", "dbt", note + "    raise SystemExit(1)")
    with pytest.raises(HexawattError):
        build.build(ready)
    stub(ready, "dbt", "dbt", note)
    build.build(ready)
    build.build(ready)
    assert noted.read_text() == "[][][45]"


def test_built_anew_every_day_is_built_and_tested(ready: Settings, stub: Stub) -> None:
    noted = ready.state / "asked"
    note = f"""
    import os, sys
    with open({str(noted)!r}, "a") as file:
        file.write(os.environ["HEXAWATT_TEST_DAYS"] + (" anew" if "--full-refresh" in sys.argv else " as it is") + ".")
    """
    stub(ready, "dbt", "dbt", note)
    build.build(ready)
    build.build(ready, anew=True)
    build.build(ready)
    assert noted.read_text() == " as it is. anew.45 as it is."


def test_a_writer_of_raw_tables_waits_while_dbt_reads_them(ready: Settings, stub: Stub) -> None:
    code = """
        import duckdb, os, sys
        try:
            duckdb.connect(os.environ["HEXAWATT_RAW_FILE"])
        except duckdb.IOException:
            sys.exit(0)
        sys.exit("the raw file could be opened for writing during a build")
    """
    stub(ready, "dbt", "dbt", code)
    build.build(ready)


def test_a_build_is_left_out_only_when_the_last_one_took_in_all_syncs_and_is_published(
    ready: Settings, stub: Stub
) -> None:
    stub(ready, "dbt", "dbt", dbt_with("pass", 0))

    def synced(status: str) -> None:
        row = {"connection": "rte", "finished_at": datetime.now(UTC), "status": status}
        journal.append(ready.raw_file, "syncs", [row])

    def published() -> None:
        journal.append(ready.raw_file, "publishes", [{"action": "publish", "published_at": datetime.now(UTC)}])

    build.build_if_new(ready)  # there is nothing yet
    synced("succeeded")
    build.build_if_new(ready)  # there is a sync
    build.build_if_new(ready)  # the last build is not published
    published()
    with pytest.raises(NothingNewError):
        build.build_if_new(ready)
    synced("skipped")
    with pytest.raises(NothingNewError):
        build.build_if_new(ready)
    synced("failed")
    build.build_if_new(ready)  # what it had committed before it failed


# Notes the options that dbt is given, and how many days its tests look at.
NOTE = """
    import os, sys
    with open(NOTED, "a") as file:
        file.write(" ".join(sys.argv[2:4]) + "[" + os.environ["HEXAWATT_TEST_DAYS"] + "];")
    open(os.environ["HEXAWATT_MODELS_FILE"], "a").close()
"""


def test_forecasts_are_built_alone_and_count_neither_as_a_build_nor_as_the_days_test(
    ready: Settings, stub: Stub
) -> None:
    noted = ready.state / "asked"
    whole = "--exclude-resource-type unit_test"
    stub(ready, "dbt", "dbt", NOTE.replace("NOTED", repr(str(noted))))
    with pytest.raises(HexawattError, match="Run a build first"):
        build.build_forecasts(ready)
    build.build(ready)
    journal.append(ready.raw_file, "publishes", [{"action": "publish", "published_at": datetime.now(UTC)}])
    sync = {"connection": "rte", "finished_at": datetime.now(UTC), "status": "succeeded"}
    journal.append(ready.raw_file, "syncs", [sync])
    build.build_forecasts(ready)
    journal.append(ready.raw_file, "publishes", [{"action": "publish", "published_at": datetime.now(UTC)}])
    build.build_if_new(ready)  # of the sync no build has taken anything in
    assert noted.read_text() == f"{whole}[];--select tag:forecasts[45];{whole}[45];"
    with duckdb.connect(str(ready.raw_file)) as raw:
        counts = raw.execute(
            "SELECT (SELECT count(*) FROM raw_operations.builds), (SELECT count(*) FROM raw_operations.forecast_builds)"
        )
        assert counts.fetchone() == (2, 1)


@pytest.mark.parametrize("ending", ["raise SystemExit(1)", "os.kill(os.getppid(), 9)"])
def test_on_a_build_that_failed_or_was_killed_no_forecast_is_built_or_served(
    ready: Settings, stub: Stub, ending: str
) -> None:
    good = """
    import duckdb, os
    duckdb.connect(os.environ["HEXAWATT_MODELS_FILE"])
    """
    stub(ready, "dbt", "dbt", good)
    build.build(ready)
    build.build_forecasts(ready)

    stub(ready, "dbt", "dbt", f"import os; {ending}")
    building = multiprocessing.get_context("spawn").Process(target=build.build, args=(ready,))
    building.start()
    building.join()
    assert building.exitcode
    with pytest.raises(NotWholeError):
        build.build_forecasts(ready)
    with pytest.raises(NotWholeError):
        publish.publish(ready, if_whole=True)

    stub(ready, "dbt", "dbt", good)
    build.build(ready)
    build.build_forecasts(ready)
