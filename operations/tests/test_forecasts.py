"""A run of the forecasts: what it is given, what is kept of it, and what it keeps others from."""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import pytest
from hexawatt import forecasts, publish
from hexawatt.errors import HexawattError, UsageError
from hexawatt.settings import Settings

Stub = Callable[[Settings, str, str, str], None]

# Reads the marts and writes to the raw file, as the forecasts do; ends as told.
FORECAST = """
    import duckdb, os, sys
    from datetime import UTC, datetime
    assert sys.argv[1:] == ["run"]
    assert os.environ["HEXAWATT_STATE_DIR"] == os.getcwd()
    with duckdb.connect(os.environ["HEXAWATT_MODELS_FILE"], read_only=True) as models:
        models.execute("FROM marts.fct_load")
    with duckdb.connect(os.environ["HEXAWATT_RAW_FILE"]) as raw:
        raw.execute("CREATE SCHEMA raw_forecast")
        columns = "target VARCHAR, started_at TIMESTAMP, status VARCHAR, message VARCHAR"
        raw.execute(f"CREATE TABLE raw_forecast.runs ({columns})")
        raw.execute(
            "INSERT INTO raw_forecast.runs VALUES ('wind', '2026-01-15 12:00:00', 'failed', 'long ago'),"
            " ('load', ?, 'published', 'better'), ('air_quality', ?, 'failed', 'no station has sent anything')",
            [datetime.now(UTC).replace(tzinfo=None)] * 2,
        )
    print("load: better")
    print("air_quality: no station has sent anything", file=sys.stderr)
    print("solar: no better")
    sys.exit(CODE)
"""


@pytest.fixture
def built(house: Settings) -> Settings:
    with duckdb.connect(str(house.models_file)) as models:
        models.execute("CREATE SCHEMA marts; CREATE TABLE marts.fct_load (i INTEGER)")
    return house


def journalled(settings: Settings) -> list[tuple[object, ...]]:
    with duckdb.connect(str(settings.raw_file)) as raw:
        return raw.execute("SELECT status, message FROM raw_operations.forecasts").fetchall()


def test_what_it_says_is_passed_on_kept_and_journalled(
    built: Settings, stub: Stub, capsys: pytest.CaptureFixture[str]
) -> None:
    stub(built, "forecasting", "forecast", FORECAST.replace("CODE", "0"))
    forecasts.forecast(built)
    assert "load: better" in capsys.readouterr().out
    assert "solar: no better" in forecasts.log_file(built).read_text()
    assert journalled(built) == [("succeeded", None)]


def test_the_targets_that_failed_are_named_in_one_line(built: Settings, stub: Stub) -> None:
    stub(built, "forecasting", "forecast", FORECAST.replace("CODE", "1"))
    reason = "air_quality: no station has sent anything"
    with pytest.raises(HexawattError, match=f"^The forecasts failed: {reason} ") as caught:
        forecasts.forecast(built)
    assert caught.value.exit_code == 1
    assert journalled(built) == [("failed", reason)]


def test_where_it_ends_before_any_target_its_last_words_are_told(built: Settings, stub: Stub) -> None:
    stub(built, "forecasting", "forecast", "print('a setting is wrong'); raise SystemExit(2)")
    duckdb.connect(str(built.raw_file)).close()
    with pytest.raises(HexawattError, match="The forecasts failed: a setting is wrong"):
        forecasts.forecast(built)


def test_without_marts_or_its_environment_it_says_what_to_do(house: Settings) -> None:
    with pytest.raises(HexawattError, match="Run a build first"):
        forecasts.forecast(house)
    house.models_file.touch()
    with pytest.raises(UsageError, match="run 'make install' first"):
        forecasts.forecast(house)


def test_nobody_builds_or_publishes_meanwhile(built: Settings, stub: Stub) -> None:
    ask = """
        import fcntl, sys
        with open(MARTS, "w") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                sys.exit(0)
        sys.exit("a build could have begun during the forecast")
    """
    stub(built, "forecasting", "forecast", ask.replace("MARTS", repr(str(built.run / "marts.lock"))))
    forecasts.forecast(built)
    with publish.marts_lock(built):
        pass  # it is free again
