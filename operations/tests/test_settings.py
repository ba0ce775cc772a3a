"""Settings: defaults, what the environment changes, and errors before anything starts."""

from __future__ import annotations

from pathlib import Path

import pytest
from hexawatt import settings as module
from hexawatt.errors import UsageError
from hexawatt.settings import REPOSITORY, child_environment, from_environment


def test_defaults_are_the_documented_ones() -> None:
    made = from_environment({})
    assert made.state == REPOSITORY / ".hexawatt" / "demo"
    assert (made.simulator_port, made.airflow_port, made.superset_port) == (8700, 8080, 8088)
    assert made.now is None


def test_the_environment_moves_state_ports_and_clock(tmp_path: Path) -> None:
    variables = {
        "HEXAWATT_HOME": str(tmp_path),
        "MODE": "live",
        "AIRFLOW_PORT": "18080",
        "HEXAWATT_NOW": "2026-01-15T12:00:00Z",
    }
    made = from_environment(variables)
    assert made.serving_link == tmp_path / "live" / "serving.duckdb"
    assert made.airflow_url == "http://127.0.0.1:18080"
    assert made.now == "2026-01-15T12:00:00Z"


def test_a_commands_own_mode_wins(tmp_path: Path) -> None:
    assert from_environment({"MODE": "demo"}, mode="live").mode == "live"


def test_a_relative_home_is_made_absolute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert from_environment({"HEXAWATT_HOME": "state"}).home == tmp_path / "state"


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"MODE": "production"}, "MODE is 'production'"),
        ({"AIRFLOW_PORT": "eighty"}, "AIRFLOW_PORT is 'eighty'"),
        ({"SUPERSET_PORT": "70000"}, "SUPERSET_PORT is '70000'"),
        ({"AIRFLOW_PORT": "8088"}, "can't share a port"),
        ({"HEXAWATT_NOW": "yesterday"}, "HEXAWATT_NOW is 'yesterday'"),
        ({"HEXAWATT_NOW": "2026-01-15T12:00:00"}, "needs a zone"),
    ],
)
def test_a_wrong_value_is_a_clear_error(variables: dict[str, str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        from_environment(variables)


def test_a_missing_environment_says_how_to_install_it(settings: module.Settings) -> None:
    with pytest.raises(UsageError, match=r"no-such-program is missing from the environment .*make install"):
        settings.executable("connectors", "no-such-program")


def test_children_get_our_settings_and_no_other_tools(settings: module.Settings) -> None:
    caller = {
        "PATH": "/bin",
        "AIRFLOW__CORE__DAGS_FOLDER": "/elsewhere",
        "SUPERSET_CONFIG_PATH": "/elsewhere",
        "PYTHONPATH": "/elsewhere",
        "NO_PROXY": "example.org",
    }
    variables = child_environment(settings, caller)
    assert variables["PATH"] == "/bin"
    assert "/elsewhere" not in variables.values()
    assert variables["AIRFLOW_PORT"] == str(settings.airflow_port)
    assert variables["HEXAWATT_RAW_FILE"] == str(settings.raw_file)
    assert variables["NO_PROXY"] == "example.org,127.0.0.1,localhost"
