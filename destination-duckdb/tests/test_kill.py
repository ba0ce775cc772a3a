"""Killed at any instant and started again, a sync loses nothing and doubles nothing."""

from __future__ import annotations

import contextlib
import random
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest
from duckdb_room import COMMAND, Room, configured, record, state

WINDOWS, PER_WINDOW = 20, 400
CONTENT = 'SELECT place, "at", value FROM raw.readings ORDER BY ALL'


def window(number: int) -> bytes:
    """The records of one window and its STATE, as a source would send them: neighbours overlap by one."""
    first = number * PER_WINDOW
    days = [
        record(
            {
                "place": f"p{n % 7}",
                "at": f"2026-01-01T{n // 3600:02}:{n // 60 % 60:02}:{n % 60:02}Z",
                "value": n,
            }
        )
        for n in range(first, first + PER_WINDOW)
    ]
    return b"".join(days) + state(number + 1)


def feed(room: Room, first: int) -> None:
    """Send the windows from `first` to a real process, undisturbed."""
    done = room.run(b"".join(window(number) for number in range(first, WINDOWS)))
    assert done.returncode == 0, done.stdout


def feed_and_kill(room: Room, first: int, kill: signal.Signals, chance: random.Random) -> None:
    """Send windows to a real process and kill it: at a random byte of the input (so while it reads, stages or
    commits, as it comes), or the moment a random commit is announced (so while it is busy with the next)."""
    sync = subprocess.Popen(
        [*COMMAND, "write", *room.files()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert sync.stdin
    assert sync.stdout
    whole = b"".join(window(number) for number in range(first, WINDOWS))
    if chance.random() < 0.5:
        sync.stdin.write(whole[: chance.randrange(len(window(0)) * 4)])
    else:
        sync.stdin.write(window(first) + whole[len(window(first)) : 3 * len(window(0))])
        sync.stdin.flush()
        for _ in range(chance.randint(1, 2)):
            sync.stdout.readline()
    sync.send_signal(kill)
    with contextlib.suppress(BrokenPipeError):
        sync.communicate()
    assert sync.wait() == -kill
    sync.stdout.close()


def content(room: Room) -> list[tuple[Any, ...]]:
    return room.rows(CONTENT)


@pytest.mark.parametrize("mode", ["append_dedup", "append"])
@pytest.mark.parametrize("kill", [signal.SIGKILL, signal.SIGTERM])
def test_killed_and_resumed_equals_undisturbed(tmp_path: Path, mode: str, kill: signal.Signals) -> None:
    chance = random.Random(f"{mode} {kill.name}")
    undisturbed = Room(tmp_path / "undisturbed", [configured(mode=mode)], {"batch_records": 1})
    undisturbed.folder.mkdir()
    feed(undisturbed, 0)
    room = Room(tmp_path / "killed", [configured(mode=mode)], {"batch_records": 1, "lock_wait_seconds": 5})
    room.folder.mkdir()
    progress = []
    for _ in range(6):
        first = room.states().get("readings", 0) if room.path.exists() else 0
        progress.append(first)
        feed_and_kill(room, first, kill, chance)
        stored = room.states().get("readings", 0)
        expected = [row for row in content(undisturbed) if row[2] < stored * PER_WINDOW]
        assert table(room) == sorted(expected), "data and state are one"
    feed(room, room.states().get("readings", 0))
    assert content(room) == content(undisturbed)
    assert room.states() == {"readings": WINDOWS}
    assert progress == sorted(progress)
    assert progress[-1] > 0, "some batches were committed before the kills"


def table(room: Room) -> list[tuple[Any, ...]]:
    """The content; none if it was killed before the first commit."""
    return content(room) if room.path.exists() and room.rows("SELECT 1 FROM duckdb_tables() LIMIT 1") else []
