"""What demo, stop and clean do before and after anything runs."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from hexawatt import launch, processes
from hexawatt.settings import Settings, from_environment

WaitFor = Callable[[Callable[[], bool]], None]

HEXAWATT = Path(sys.executable).with_name("hexawatt")


def hexawatt(settings: Settings, *arguments: str) -> subprocess.CompletedProcess[str]:
    variables = {
        "HEXAWATT_HOME": str(settings.home),
        "SIMULATOR_PORT": str(settings.simulator_port),
        "AIRFLOW_PORT": str(settings.airflow_port),
        "SUPERSET_PORT": str(settings.superset_port),
    }
    return subprocess.run(
        [HEXAWATT, *arguments],
        env=os.environ | variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def start_sleeper(settings: Settings, name: str, **started_with: str) -> processes.Record:
    return processes.start(
        name,
        [sys.executable, "-c", "import time; time.sleep(600)"],
        run=settings.run,
        log=settings.logs / "sleeper.log",
        environment=dict(os.environ),
        started_with=started_with,
    )


def test_a_taken_port_stops_demo_with_code_2_before_anything_starts(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", settings.airflow_port)):
        done = hexawatt(settings, "demo")
    assert done.returncode == 2
    assert done.stderr.startswith(f"hexawatt: Port {settings.airflow_port} is taken by")
    assert len(done.stderr.splitlines()) == 1
    assert processes.read(settings.run) == []
    assert list(settings.logs.iterdir()) == []


def test_other_ports_than_those_in_use_stop_demo_with_code_2(settings: Settings) -> None:
    start_sleeper(settings, "superset", SUPERSET_PORT="1")
    try:
        done = hexawatt(settings, "demo")
    finally:
        launch.stop(settings)
    assert done.returncode == 2
    assert "superset is running with SUPERSET_PORT=1" in done.stderr


def test_another_setting_of_the_server_than_the_running_one_stops_demo_with_code_2(settings: Settings) -> None:
    running = {"HEXAWATT_HTTPS": "1", "HEXAWATT_EMBED_ORIGINS": "", "HEXAWATT_REDIS_URL": ""}
    start_sleeper(settings, "superset", **running)
    try:
        done = hexawatt(settings, "demo")
    finally:
        launch.stop(settings)
    assert done.returncode == 2
    assert "superset is running with HEXAWATT_HTTPS=1, and now it is (not set): 'make stop' first." in done.stderr


def test_an_address_with_a_password_is_recorded_as_a_hash() -> None:
    address = {"HEXAWATT_REDIS_URL": "redis://:secret@redis:6379/0"}
    recorded = from_environment(address).server["HEXAWATT_REDIS_URL"]
    assert recorded.startswith("hash ")
    assert "secret" not in recorded
    assert (
        recorded != from_environment({"HEXAWATT_REDIS_URL": "redis://:other@redis:6379/0"}).server["HEXAWATT_REDIS_URL"]
    )


def test_a_wrong_setting_is_one_line_and_code_2(settings: Settings) -> None:
    done = subprocess.run(
        [HEXAWATT, "status"], env=os.environ | {"MODE": "production"}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (2, "hexawatt: MODE is 'production': it must be demo or live.\n")


def test_stop_says_when_nothing_runs(settings: Settings) -> None:
    done = hexawatt(settings, "stop")
    assert (done.returncode, done.stdout) == (0, "Nothing was running.\n")


def test_stop_ends_a_launch_that_is_still_under_way_and_what_it_began(settings: Settings) -> None:
    launcher = start_sleeper(settings, launch.LAUNCHER)
    step = start_sleeper(settings, "superset-provision")
    assert launch.stop(settings) == ["superset-provision"]
    assert not launcher.identity.is_alive()
    assert not step.identity.is_alive()


def test_clean_removes_the_state_and_leaves_what_is_not_ours(settings: Settings) -> None:
    (settings.state / "raw.duckdb").touch()
    (settings.versions / "serving-1.duckdb").touch()
    settings.serving_link.symlink_to("versions/serving-1.duckdb")
    (settings.state / "thesis.tex").touch()
    launch.clean(settings)
    assert [path.name for path in settings.state.iterdir()] == ["thesis.tex"]


def test_clean_of_a_whole_state_leaves_no_directory(settings: Settings) -> None:
    (settings.state / "raw.duckdb").touch()
    launch.clean(settings)
    assert not settings.home.exists()


def test_a_sync_of_the_demo_needs_the_simulator_and_says_so(house: Settings) -> None:
    refused = hexawatt(house, "sync", "weather")
    assert refused.returncode == 2
    assert f"The simulator does not answer at {house.simulator_url}: run 'make demo' first" in refused.stderr
    assert not house.raw_file.exists()
