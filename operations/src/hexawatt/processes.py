"""Start, recognise and stop background processes.

A process is known by its pid *and* the kernel's start time of it (clock ticks since boot, plus the boot's own id): a
pid that has been given to another program, or that outlived a reboot on paper, is never touched. Process titles are
not looked at, since Airflow overwrites them.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import psutil

from .errors import HexawattError

# Our own children, which outlive us on purpose: held, since Python warns of a handle that is dropped while they run.
_CHILDREN: list[subprocess.Popen[bytes]] = []

BOOT_ID_FILE = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True)
class Identity:
    """One process for ever: pids are reused, this triple is not."""

    pid: int
    start_ticks: int
    boot_id: str

    def is_alive(self) -> bool:
        """True while this very process runs (a zombie has ended)."""
        return self.boot_id == _boot_id() and _start_ticks(self.pid) == self.start_ticks


@dataclass(frozen=True)
class Record:
    """What is written to `run/<name>.json` when a process is started."""

    name: str
    identity: Identity
    log: str
    started_at: str
    started_with: dict[str, str] = field(default_factory=dict)


def identify(pid: int) -> Identity | None:
    """Identity of a living pid, or None."""
    ticks = _start_ticks(pid)
    return None if ticks is None else Identity(pid, ticks, _boot_id())


def start(
    name: str,
    command: Sequence[str | Path],
    *,
    run: Path,
    log: Path,
    environment: Mapping[str, str],
    started_with: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> Record:
    """Start a process in its own session, without a terminal, its output appended to `log`, and record it."""
    return _start(name, command, run, log, environment, started_with or {}, cwd)[1]


def run_to_end(
    name: str,
    command: Sequence[str | Path],
    *,
    run: Path,
    log: Path,
    environment: Mapping[str, str],
    cwd: Path | None = None,
) -> None:
    """As `start`, but wait for its end; HexawattError naming the log when its exit code isn't 0.

    It is recorded while it runs, so that `stop` ends it too.
    """
    child, _ = _start(name, command, run, log, environment, {}, cwd)
    code = child.wait()
    forget(run, name)
    if code:
        raise HexawattError(f"{name} failed (exit code {code}): see {log}")


def _start(
    name: str,
    command: Sequence[str | Path],
    run: Path,
    log: Path,
    environment: Mapping[str, str],
    started_with: Mapping[str, str],
    cwd: Path | None,
) -> tuple[subprocess.Popen[bytes], Record]:
    with log.open("ab") as output:
        child = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=dict(environment),
            cwd=cwd,
        )
    _CHILDREN.append(child)
    # Until it is waited for, even an ended child keeps its line in /proc: this never meets another process.
    record = Record(name, _identity_of(child.pid), str(log), _utc_now(), dict(started_with))
    _write(run, record)
    return child, record


def read(run: Path) -> list[Record]:
    """All records of a run directory, living or not, in order of their name."""
    records = []
    for path in sorted(run.glob("*.json")):
        try:
            data = json.loads(path.read_text())
            records.append(Record(**(data | {"identity": Identity(**data["identity"])})))
        except (ValueError, TypeError, KeyError):
            continue  # Not ours, or cut short by a full disk: it identifies no process, so none is touched.
    return records


def running(run: Path) -> dict[str, Record]:
    """Records of the processes that live now, by name."""
    return {record.name: record for record in read(run) if record.identity.is_alive()}


def register_self(name: str, run: Path) -> Record:
    """Record the current process, so that `stop` finds a command that is still starting things."""
    record = Record(name, _identity_of(os.getpid()), "", _utc_now())
    _write(run, record)
    return record


def wait_ready(
    what: str,
    records: Sequence[Record],
    is_ready: Callable[[], bool],
    *,
    seconds: float,
    poll_seconds: float = 0.2,
) -> None:
    """Wait until `is_ready`; HexawattError naming the log when a process ends first or the time is over."""
    deadline = time.monotonic() + seconds
    while not is_ready():
        for record in records:
            if not record.identity.is_alive():
                raise HexawattError(f"{record.name} ended while it was starting: see {record.log}")
        if time.monotonic() >= deadline:
            logs = ", ".join(record.log for record in records)
            raise HexawattError(f"{what} isn't ready after {seconds:.0f} s: see {logs}")
        time.sleep(poll_seconds)


def forget(run: Path, name: str) -> None:
    (run / f"{name}.json").unlink(missing_ok=True)


def family(run: Path, names: Iterable[str]) -> set[Identity]:
    """The named processes that live, what a dead one has left behind, and all descendants of these."""
    named = set(names)
    roots = {root for record in read(run) if record.name in named for root in _roots(record)}
    return roots | {member for root in roots for member in _descendants(root)}


def _roots(record: Record) -> set[Identity]:
    return {record.identity} if record.identity.is_alive() else _orphans(record)


def _orphans(record: Record) -> set[Identity]:
    """Processes of a dead one's session that still write to its log: workers that a killed scheduler leaves, say.

    Both must hold, since a session's number is a pid, which may have been given to another program since.
    """
    if record.identity.boot_id != _boot_id():
        return set()
    found = (identify(pid) for pid in psutil.pids() if _is_orphan(pid, record))
    return {member for member in found if member is not None}


def _is_orphan(pid: int, record: Record) -> bool:
    try:
        return os.getsid(pid) == record.identity.pid and str(Path(f"/proc/{pid}/fd/1").readlink()) == record.log
    except OSError:
        return False  # it has ended, or is another user's


def has_grandchildren(record: Record) -> bool:
    """True while a child of this process has living children of its own."""
    return any(_descendants(child) for child in _descendants(record.identity))


def stop(run: Path, names: Iterable[str], *, also: Iterable[Identity] = (), grace_seconds: float = 5.0) -> list[str]:
    """Stop the named processes, all their descendants and `also`; returns the names of those that were running.

    The descendants are collected before the first signal: once a parent is gone its children hang under init and
    can't be told from others. A caller that ends some of them in another way first collects the family before that.
    """
    names = set(names)
    records = [record for name, record in running(run).items() if name in names]
    members = family(run, names) | set(also)
    for record in records:
        _signal(record.identity, signal.SIGTERM)
    _wait_all(members, grace_seconds)
    members |= {child for member in members if member.is_alive() for child in _descendants(member)}
    for member in members:
        _signal(member, signal.SIGKILL)
    _wait_all(members, grace_seconds)
    survivors = [member.pid for member in members if member.is_alive()]
    if survivors:
        raise HexawattError(f"These processes can't be stopped: {', '.join(map(str, survivors))}.")
    for name in names:
        forget(run, name)
    return [record.name for record in records]


def _descendants(root: Identity) -> list[Identity]:
    try:
        children = psutil.Process(root.pid).children(recursive=True)
    except psutil.Error:
        return []
    found = (identify(child.pid) for child in children)
    return [member for member in found if member is not None]


def _signal(identity: Identity, number: signal.Signals) -> None:
    if not identity.is_alive():
        return
    with contextlib.suppress(ProcessLookupError):
        os.kill(identity.pid, number)


def _wait_all(members: Iterable[Identity], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while any(member.is_alive() for member in members) and time.monotonic() < deadline:
        time.sleep(0.05)
    for child in _CHILDREN:
        child.poll()  # takes the exit code of an ended one, so that no zombie stays


def _write(run: Path, record: Record) -> None:
    run.mkdir(parents=True, exist_ok=True)
    path = run / f"{record.name}.json"
    temporary = path.with_suffix(".tmp")
    temporary.write_text(json.dumps(asdict(record)))
    temporary.replace(path)


def _boot_id() -> str:
    return BOOT_ID_FILE.read_text().strip()


def _utc_now() -> str:
    return datetime.now(UTC).isoformat()


def _start_ticks(pid: int) -> int | None:
    """When the kernel started this pid, in ticks since boot; None when there is no such process or it has ended."""
    try:
        state, ticks = _stat(pid)
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if state in "ZX" else ticks


def _identity_of(pid: int) -> Identity:
    return Identity(pid, _stat(pid)[1], _boot_id())


def _stat(pid: int) -> tuple[str, int]:
    """State and start time: fields 3 and 22 of /proc/<pid>/stat."""
    text = Path(f"/proc/{pid}/stat").read_text()
    # The command name, in brackets, may hold spaces and brackets itself: count from its end.
    fields = text[text.rindex(")") + 2 :].split()
    return fields[0], int(fields[19])
