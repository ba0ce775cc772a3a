"""Background processes: started, recognised, stopped; nobody else's is ever touched."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from hexawatt import processes
from hexawatt.errors import HexawattError

WaitFor = Callable[[Callable[[], bool]], None]

SLEEPER = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(600)"]
# Deaf to TERM, in a session of its own, as Airflow's tasks are.
FAMILY = """
import signal, subprocess, sys, time
deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"
subprocess.Popen([sys.executable, "-c", deaf], start_new_session=True)
time.sleep(600)
"""


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Path]:
    directory = tmp_path / "run"
    yield directory
    processes.stop(directory, [record.name for record in processes.read(directory)], grace_seconds=1)


def start(name: str, command: list[str], run: Path) -> processes.Record:
    log = run.parent / f"{name}.log"
    return processes.start(name, command, run=run, log=log, environment=dict(os.environ))


def test_a_started_process_is_found_again_from_its_record(run: Path) -> None:
    started = start("sleeper", SLEEPER, run)
    assert processes.running(run) == {"sleeper": started}


def test_it_has_its_own_session_no_terminal_and_its_output_in_the_log(run: Path, wait_for: WaitFor) -> None:
    started = start("sleeper", SLEEPER, run)
    wait_for(lambda: Path(started.log).read_text() == "up\n")
    pid = started.identity.pid
    assert os.getsid(pid) == pid
    assert Path(f"/proc/{pid}/fd/0").readlink() == Path("/dev/null")


def test_stop_ends_it_and_forgets_it(run: Path) -> None:
    started = start("sleeper", SLEEPER, run)
    assert processes.stop(run, ["sleeper"]) == ["sleeper"]
    assert not started.identity.is_alive()
    assert processes.read(run) == []


def test_stop_ends_descendants_that_left_the_session_and_ignore_term(run: Path, wait_for: WaitFor) -> None:
    started = start("family", [sys.executable, "-c", FAMILY], run)
    wait_for(lambda: Path(started.log).read_text() == "deaf\n")
    members = processes.family(run, ["family"])
    assert len(members) == 2
    processes.stop(run, ["family"], grace_seconds=0.3)
    assert not any(member.is_alive() for member in members)


def test_stop_ends_what_a_killed_process_has_left_behind(run: Path, wait_for: WaitFor) -> None:
    code = FAMILY.replace(", start_new_session=True", "")
    started = start("family", [sys.executable, "-c", code], run)
    wait_for(lambda: Path(started.log).read_text() == "deaf\n")
    (orphan,) = processes.family(run, ["family"]) - {started.identity}
    os.kill(started.identity.pid, signal.SIGKILL)
    wait_for(lambda: not started.identity.is_alive())
    assert orphan.is_alive()
    processes.stop(run, ["family"], grace_seconds=0.3)
    assert not orphan.is_alive()


def test_a_session_with_a_dead_ones_number_but_another_output_is_never_signalled(run: Path) -> None:
    with subprocess.Popen(SLEEPER, stdout=subprocess.DEVNULL, start_new_session=True) as stranger:
        recycled = processes.identify(stranger.pid)
        assert recycled is not None
        record = processes.Record("sleeper", dataclasses.replace(recycled, start_ticks=1), "/some/other.log", "")
        run.mkdir()
        (run / "sleeper.json").write_text(json.dumps(dataclasses.asdict(record)))
        processes.stop(run, ["sleeper"])
        assert stranger.poll() is None
        stranger.kill()


def test_stop_leaves_processes_alone_that_were_not_named(run: Path) -> None:
    start("sleeper", SLEEPER, run)
    other = start("other", SLEEPER, run)
    processes.stop(run, ["sleeper"])
    assert processes.running(run) == {"other": other}


@pytest.mark.parametrize(
    "changed",
    [lambda one: dataclasses.replace(one, start_ticks=1), lambda one: dataclasses.replace(one, boot_id="another")],
)
def test_a_pid_that_now_belongs_to_another_process_is_never_signalled(
    run: Path, changed: Callable[[processes.Identity], processes.Identity]
) -> None:
    with subprocess.Popen(SLEEPER, stdout=subprocess.DEVNULL) as stranger:
        recycled = processes.identify(stranger.pid)
        assert recycled is not None
        record = processes.Record("sleeper", changed(recycled), "", "")
        run.mkdir()
        (run / "sleeper.json").write_text(json.dumps(dataclasses.asdict(record)))

        assert processes.running(run) == {}
        assert processes.stop(run, ["sleeper"]) == []
        assert stranger.poll() is None
        stranger.kill()
    assert processes.read(run) == []


def test_a_record_cut_short_identifies_nobody(run: Path) -> None:
    run.mkdir()
    (run / "sleeper.json").write_text('{"name": "sleeper", "ident')
    assert processes.read(run) == []


def test_an_ended_process_is_not_running_even_as_a_zombie(run: Path, wait_for: WaitFor) -> None:
    start("brief", [sys.executable, "-c", ""], run)
    wait_for(lambda: processes.running(run) == {})


def test_a_process_that_dies_while_starting_is_reported_with_its_log(run: Path) -> None:
    record = start("brief", [sys.executable, "-c", "raise SystemExit(3)"], run)
    with pytest.raises(HexawattError, match=r"brief ended while it was starting: see .*brief\.log"):
        processes.wait_ready("Brief", [record], lambda: False, seconds=20)


def test_a_process_that_is_never_ready_is_reported_with_its_log(run: Path) -> None:
    record = start("sleeper", SLEEPER, run)
    with pytest.raises(HexawattError, match=r"Sleeper isn't ready after 0 s: see .*sleeper\.log"):
        processes.wait_ready("Sleeper", [record], lambda: False, seconds=0.2)


def test_a_command_that_fails_is_reported_with_its_log_and_forgotten(run: Path, tmp_path: Path) -> None:
    log = tmp_path / "step.log"
    with pytest.raises(HexawattError, match=rf"step failed \(exit code 3\): see {log}"):
        processes.run_to_end(
            "step",
            [sys.executable, "-c", "raise SystemExit(3)"],
            run=run,
            log=log,
            environment=dict(os.environ),
        )
    assert processes.read(run) == []


def test_start_times_are_the_kernels_own(run: Path) -> None:
    started = start("sleeper", SLEEPER, run)
    seconds = started.identity.start_ticks / os.sysconf("SC_CLK_TCK")
    process = psutil.Process(started.identity.pid)
    assert process.create_time() == pytest.approx(psutil.boot_time() + seconds, abs=2)
