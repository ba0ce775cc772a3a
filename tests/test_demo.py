"""The demo as a stranger runs it: one command to the dashboard, a second run, a rollback, a stop without a trace.

The clock stands on the day of 25 hours, so that the dashboard shows the repeated hour.
"""

from __future__ import annotations

import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest
import requests
import yaml
from pipeline import ROOT, rows
from questions import QUESTIONS, ask, days_of, printed_answer, same
from running_demo import Demo

sys.path.append(str(ROOT / "superset"))
from screenshot import look

PICTURES = ROOT / "tests" / "pictures"
NOW = "2025-10-26T17:05:00Z"
CONNECTIONS = yaml.safe_load((ROOT / "airbyte" / "connections.yaml").read_text())["connections"]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    demo = Demo(tmp_path_factory.mktemp("home"), HEXAWATT_NOW=NOW)
    try:
        first = demo.run("demo")
        assert first.returncode == 0, first.stdout + first.stderr
        yield demo
    finally:
        demo.run("stop")


def test_every_dashboard_is_drawn_at_a_desk_and_on_a_phone_without_an_empty_chart_or_an_error(demo: Demo) -> None:
    """The pictures stay, for whoever wants to look."""
    url = f"http://127.0.0.1:{demo.superset_port}"
    assert look(url, demo.password("Superset"), PICTURES) == []


def test_the_marts_served_hold_three_years_and_say_that_they_are_simulated(demo: Demo) -> None:
    served = demo.state / "serving.duckdb"
    ((simulated, until),) = rows(served, "select is_simulated, load_until_at from marts.mart_dataset_info")
    assert simulated is True
    assert timedelta(0) <= datetime.fromisoformat(NOW).replace(tzinfo=None) - until < timedelta(hours=1)
    ((days,),) = rows(served, "select count(distinct date_paris) from marts.fct_load where load_kind = 'realised'")
    assert days >= 3 * 365


def test_the_six_questions_have_the_answers_that_raw_tables_give(demo: Demo, tmp_path: Path) -> None:
    answers = ask((demo.state / "serving.duckdb").resolve(), demo.state / "raw.duckdb", tmp_path)
    days = sorted(days_of(demo.state / "raw.duckdb").items())
    for name, question in QUESTIONS.items():
        answer, kept = question(days), printed_answer(name)
        assert same(answers[name], answer), (name, answers[name], answer)
        assert same(answer, kept), (name, answer, kept)


def test_answers_are_the_same_in_the_digits_that_are_kept() -> None:
    answer = [("hydro", 364, 57748.949)]
    assert same(answer, [["hydro", "364", "57748.9"]])
    assert not same(answer, [])
    for cells in ("wind,364,57748.9", "hydro,363,57748.9", "hydro,364,57750.1", "hydro,364,", "hydro,364"):
        assert not same(answer, [cells.split(",")])


def test_both_services_answer_on_loopback_alone(demo: Demo) -> None:
    listening = socket.gethostbyname(socket.gethostname())
    for port in (demo.airflow_port, demo.superset_port):
        with socket.create_connection(("127.0.0.1", port), timeout=5):
            pass
        if not listening.startswith("127."):
            with pytest.raises(OSError, match="refused"):
                socket.create_connection((listening, port), timeout=5)


def test_airflow_takes_the_generated_password_and_no_other(demo: Demo) -> None:
    address = f"http://127.0.0.1:{demo.airflow_port}/auth/token"
    right = {"username": "admin", "password": demo.password("Airflow")}
    assert requests.post(address, json=right, timeout=10).status_code == 201
    assert requests.post(address, json={**right, "password": "admin"}, timeout=10).status_code == 401


def test_credentials_are_for_their_owner_alone(demo: Demo) -> None:
    assert stat.S_IMODE((demo.state / "credentials.txt").stat().st_mode) == 0o600


def test_status_tells_of_each_connection(demo: Demo) -> None:
    lines = {line.split()[0]: line for line in demo.run("status").stdout.splitlines() if line}
    for connection, shipped in CONNECTIONS.items():
        assert "succeeded" in lines[connection]
        streams = len(shipped["streams"])
        assert f" {streams} of {streams} " in lines[connection], "a stream is empty"


def test_a_second_run_is_of_the_same_data_and_reads_little(demo: Demo) -> None:
    counted = "select count(*), sum(load_mw) from marts.fct_load"
    before = rows(demo.state / "serving.duckdb", counted)
    again = demo.run("demo")
    assert again.returncode == 0, again.stdout + again.stderr
    assert rows(demo.state / "serving.duckdb", counted) == before
    read = "select records from raw_operations.syncs where connection = 'rte' order by finished_at"
    (first,), *_, (last,) = rows(demo.state / "raw.duckdb", read)
    assert last < first / 20


def test_a_rollback_serves_the_version_before(demo: Demo) -> None:
    published = (demo.state / "serving.duckdb").resolve()
    done = demo.run("rollback")
    assert done.returncode == 0, done.stderr
    assert (demo.state / "serving.duckdb").resolve() != published


def test_a_taken_port_is_an_error_that_names_it(demo: Demo, tmp_path: Path) -> None:
    refused = demo.run("demo", HEXAWATT_HOME=str(tmp_path))
    assert refused.returncode == 2
    assert str(demo.airflow_port) in refused.stderr
    assert "AIRFLOW_PORT" in refused.stderr


def test_stop_leaves_no_process_and_the_next_start_finds_its_state(demo: Demo) -> None:
    assert demo.run("stop").returncode == 0
    for port in (demo.airflow_port, demo.superset_port):
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.1", port), timeout=5)
    running = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert str(demo.home) not in running
    with duckdb.connect(str(demo.state / "raw.duckdb")):
        pass  # nothing holds it
