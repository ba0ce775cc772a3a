"""The database file: locked, full, unwritable; and what lies beside it during a sync."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest
from destination_duckdb.config import parse_config
from destination_duckdb.errors import UserError
from destination_duckdb.warehouse import Warehouse
from duckdb_room import COMMAND, Room, configured, record, state

DAY = {"place": "paris", "at": "2026-01-01T00:00:00Z", "value": 1.0}
HOLDER = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"


@contextmanager
def held(path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Another process that has the file open until its standard input is closed."""
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert holder.stdin
    assert holder.stdout
    assert holder.stdout.readline() == b"held\n"
    try:
        yield holder
    finally:
        holder.stdin.close()
        holder.wait()
        holder.stdout.close()


def check(room: Room) -> dict[str, str]:
    room.files()
    done = room.run(b"", "check", "--config", str(room.folder / "config.json"))
    messages = [json.loads(each) for each in done.stdout.splitlines()]
    (status,) = [m["connectionStatus"] for m in messages if m["type"] == "CONNECTION_STATUS"]
    assert isinstance(status, dict)
    return status


def test_a_file_locked_past_the_wait_is_an_error_that_names_file_and_holder(room: Room) -> None:
    room.sync(record(DAY) + state(1))
    with held(room.path) as holder:
        message = room.fails(record({**DAY, "value": 2.0}) + state(2))
        assert check(room)["message"].startswith(f"{room.path} is in use by process {holder.pid}")
    assert message.startswith(f"{room.path} is in use by process {holder.pid}")
    assert "lock_wait_seconds" in message
    assert room.rows("SELECT value FROM raw.readings") == [(1.0,)]


def test_a_commit_waits_until_the_file_is_free(room: Room) -> None:
    """The first pause lets go of the file: no clock decides this test."""
    room.sync(record(DAY) + state(1))
    said: list[str] = []
    with held(room.path) as holder:

        def release(seconds: float) -> None:
            assert holder.stdin
            if not holder.stdin.closed:
                holder.stdin.close()
                holder.wait()

        config = parse_config({**room.config, "lock_wait_seconds": 60})
        warehouse = Warehouse(config, said.append, sleep=release)
        warehouse.probe()
        warehouse.close()
    assert said == [f"{room.path} is in use by process {holder.pid}: waiting up to 60 s for it."]


def test_the_pauses_grow_and_their_sum_is_bounded(room: Room) -> None:
    now = [0.0]
    pauses: list[float] = []

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        now[0] += seconds

    with held(room.path):
        config = parse_config({**room.config, "lock_wait_seconds": 10})
        warehouse = Warehouse(config, sleep=sleep, clock=lambda: now[0])
        with pytest.raises(UserError, match="still was after 10 s"):
            warehouse.probe()
        warehouse.close()
    assert sum(pauses) == pytest.approx(10)
    assert max(pauses) <= 0.5
    assert pauses[:3] == [0.02, 0.04, 0.08]


def test_readers_get_the_file_between_commits(room: Room) -> None:
    """A sync whose source is waiting holds nothing: another process reads what was committed."""
    room.settings = {"batch_records": 1, "lock_wait_seconds": 60}
    sync = subprocess.Popen([*COMMAND, "write", *room.files()], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert sync.stdin
    assert sync.stdout
    try:
        sync.stdin.write(record(DAY) + state(1))
        sync.stdin.flush()
        assert json.loads(sync.stdout.readline())["type"] == "STATE"
        assert room.rows("SELECT value FROM raw.readings") == [(1.0,)]
        sync.stdin.write(record({**DAY, "place": "lyon"}) + state(2))
    finally:
        sync.communicate()
    assert sync.returncode == 0
    assert room.rows("SELECT count(*) FROM raw.readings") == [(2,)]


def test_a_silent_source_does_not_keep_confirmed_records_waiting(room: Room) -> None:
    room.settings = {"batch_seconds": 0.5}
    sync = subprocess.Popen([*COMMAND, "write", *room.files()], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert sync.stdin
    assert sync.stdout
    try:
        sync.stdin.write(record(DAY) + state(1))
        sync.stdin.flush()  # and nothing more: the input stays open
        assert json.loads(sync.stdout.readline())["type"] == "STATE"
    finally:
        sync.communicate()


def limited(room: Room, stdin: bytes, largest_file: int) -> subprocess.CompletedProcess[bytes]:
    """A sync that may write no file beyond so many bytes: to it, a full disk."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))

    return subprocess.run(
        [*COMMAND, "write", *room.files()], input=stdin, capture_output=True, preexec_fn=limit, timeout=60
    )


def many(first: int, count: int) -> bytes:
    return b"".join(record({**DAY, "place": f"{os.urandom(40).hex()} {n}"}) for n in range(first, first + count))


def only_error(done: subprocess.CompletedProcess[bytes]) -> str:
    errors = [m["trace"]["error"]["message"] for m in map(json.loads, done.stdout.splitlines()) if m["type"] == "TRACE"]
    assert (done.returncode, len(errors)) == (1, 1), done
    return str(errors[0])


def test_a_disk_that_fills_up_while_spooling_leaves_the_table_as_it_was(room: Room) -> None:
    room.sync(record(DAY) + state(1))
    message = only_error(limited(room, many(0, 20_000) + state(2), room.path.stat().st_size + 1_000_000))
    assert message.startswith("The disk is full")
    assert str(room.folder) in message
    assert room.rows("SELECT count(*) FROM raw.readings") == [(1,)]
    assert room.states() == {"readings": 1}


def test_a_disk_that_fills_up_while_committing_leaves_the_table_as_it_was(room: Room) -> None:
    room.streams = [configured({}, mode="append", name="r")]
    room.sync(record({}, "r") + state(1, "r"))
    batch = record({}, "r", emitted_at=1) * 60_000 + state(2, "r")
    # Empty records are larger in DuckDB's log (identifier, meta) than as lines: they can still be spooled.
    message = only_error(limited(room, batch, len(batch) + 65_536))
    assert message.startswith("The disk is full")
    assert room.rows("SELECT count(*) FROM raw.r") == [(1,)]
    assert room.states() == {"r": 1}
    room.sync(batch)
    assert room.rows("SELECT count(*) FROM raw.r") == [(60_001,)]


def test_a_disk_that_fills_up_while_the_file_is_closed_keeps_data_and_state_together(room: Room) -> None:
    room.sync(many(0, 60_000) + state(1))
    size = room.path.stat().st_size
    batch = many(60_000, 18_000) + state(2)
    assert len(batch) < size, "the spool and the log must fit under the limit, the larger file not"
    assert only_error(limited(room, batch, size + 65_536)).startswith("The disk is full")
    assert (room.rows("SELECT count(*) FROM raw.readings"), room.states()) == ([(78_000,)], {"readings": 2})


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (None, "folder"),
        (b"not a database at all" * 99, "is not a database file that this version of DuckDB can open"),
    ],
)
def test_check_explains_a_file_it_cannot_use(room: Room, content: bytes | None, expected: str) -> None:
    room.settings = {"path": str(room.folder / "nowhere" / "x.duckdb")} if content is None else {}
    if content is not None:
        room.path.write_bytes(content)
    status = check(room)
    assert status["status"] == "FAILED"
    assert expected in status["message"]


def test_check_explains_a_file_it_may_not_write(room: Room) -> None:
    room.settings = {"path": "/proc/lake.duckdb"}  # not writable, not even for root
    status = check(room)
    assert status["status"] == "FAILED"
    assert "/proc" in status["message"]


def test_a_file_is_there_whole_or_not_at_all(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed while it makes the file, a sync leaves no stump that the next one can't open."""
    made: list[bool] = []
    link = os.link

    def watched(new: Path, path: Path) -> None:
        made.append(room.path.exists())
        link(new, path)

    monkeypatch.setattr(os, "link", watched)
    room.sync(record(DAY) + state(1))
    assert made == [False]
    assert [file.name for file in room.folder.iterdir()] == ["lake.duckdb"]


def test_check_succeeds_and_leaves_no_probe(room: Room) -> None:
    assert check(room) == {"status": "SUCCEEDED"}
    assert room.rows("SELECT table_name FROM duckdb_tables()") == []


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"path": ""}, "lacks `path`"),
        ({"path": 5}, "`path` in the configuration must be text"),
        ({"batch_records": 0}, "`batch_records` in the configuration must be a number, at least 1"),
        ({"lock_wait_seconds": "long"}, "`lock_wait_seconds` in the configuration must be a number"),
    ],
)
def test_a_wrong_setting_is_named(room: Room, settings: dict[str, object], expected: str) -> None:
    room.settings = settings
    assert expected in room.fails()


def test_spooled_records_have_no_name_on_the_disk_and_are_gone_after_a_kill(room: Room) -> None:
    sync = subprocess.Popen([*COMMAND, "write", *room.files()], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert sync.stdin
    assert sync.stdout
    sync.stdin.write(many(0, 5_000))
    sync.stdin.flush()
    during = sorted(file.name for file in room.folder.iterdir())
    sync.kill()
    sync.communicate()
    assert set(during) <= {"catalog.json", "config.json", "lake.duckdb", "lake.duckdb.wal"}
    assert {file.name for file in room.folder.iterdir()} <= {*during, "lake.duckdb"}


def test_a_spool_folder_may_lie_elsewhere(room: Room, tmp_path_factory: pytest.TempPathFactory) -> None:
    room.settings = {"spool_folder": str(tmp_path_factory.mktemp("spool"))}
    room.sync(record(DAY) + state(1))
    assert room.rows("SELECT count(*) FROM raw.readings") == [(1,)]


def test_a_reader_that_goes_away_ends_the_sync_quietly(room: Room) -> None:
    sync = subprocess.Popen(
        [*COMMAND, "write", *room.files()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert sync.stdin
    assert sync.stdout
    assert sync.stderr
    sync.stdout.close()
    threading.Thread(
        target=lambda stdin: (stdin.write(record(DAY) + state(1)), stdin.close()), args=(sync.stdin,)
    ).start()
    assert (sync.wait(timeout=60), sync.stderr.read()) == (1, b"")
    sync.stderr.close()


def test_a_file_in_use_by_readers_of_this_version_opens_again(room: Room) -> None:
    room.streams = [configured(mode="append")]
    room.sync(record(DAY))
    with duckdb.connect(str(room.path), read_only=True):
        pass
    room.sync(record(DAY))
    assert room.rows("SELECT count(*) FROM raw.readings") == [(2,)]
