"""One sync from its name to its outcome; and the empty tables of all of them."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from local_sync import catalog, connector, values
from local_sync.connections import Connection
from local_sync.errors import SyncError
from local_sync.pipe import Files, Outcome, join
from local_sync.settings import Settings

LOCK_GRACE_SECONDS = 2.0  # what the children of a killed sync need at most to go
DISCOVERIES_AT_ONCE = 3
LOCK_WAIT_SECONDS = 900  # for the database file: a build holds it for reading, minutes long where all is built anew


def run(
    connection: Connection, settings: Settings, environment: Mapping[str, str], tell: Callable[[str], None]
) -> Outcome:
    """Sync one connection. LeftOutError if its variables are not set, SyncError if it fails."""
    today = values.paris_today(environment)
    config = values.resolve(connection.name, connection.config_of(settings.mode), environment, today)
    with (
        _alone(connection.name, settings.run_folder) as lock,
        _private_folder(f"sync-{connection.name}", settings.run_folder) as folder,
    ):
        files = _files(folder, connection, settings, config)
        discovered = connector.discover(connection.source, files.source_config)
        _write(files.catalog, catalog.configured(connection, discovered))
        (states,) = connector.ask(connector.DESTINATION, "state", "--config", files.destination_config)
        _write(files.state, catalog.states_to_go_on_from(connection, states))
        return join(connection.name, connection.source, files, tell, lock)


def prepare(connections: Sequence[Connection], settings: Settings, environment: Mapping[str, str]) -> int:
    """Make the missing tables of all connections, empty; needs no secret. Returns how many there are."""
    today = values.paris_today(environment)
    with _private_folder("prepare", settings.run_folder) as folder, ThreadPoolExecutor(DISCOVERIES_AT_ONCE) as pool:
        configs = [values.as_far_as_known(one.config_of(settings.mode), environment, today) for one in connections]
        asked = {(one.source, json.dumps(config)) for one, config in zip(connections, configs, strict=True)}
        jobs = {each: pool.submit(_discover, folder / f"config-{n}.json", *each) for n, each in enumerate(asked)}
        streams = [
            {**configured, "stream": {**configured["stream"], "namespace": one.schema}}
            for one, config in zip(connections, configs, strict=True)
            for configured in catalog.configured(one, jobs[one.source, json.dumps(config)].result())["streams"]
        ]
        files = {name: folder / f"{name}.json" for name in ("destination", "catalog")}
        _write(files["destination"], _destination(settings, "raw"))
        _write(files["catalog"], {"streams": streams})
        connector.ask(connector.DESTINATION, "prepare", "--config", files["destination"], "--catalog", files["catalog"])
    return len(streams)


def _discover(file: Path, source: str, config: str) -> dict[str, Any]:
    _write(file, json.loads(config))
    return connector.discover(source, file)


def _files(folder: Path, connection: Connection, settings: Settings, config: Mapping[str, Any]) -> Files:
    names = ("source_config", "destination_config", "catalog", "state")
    files = Files(**{name: folder / f"{name}.json" for name in names})
    _write(files.source_config, config)
    _write(files.destination_config, _destination(settings, connection.schema))
    return files


def _destination(settings: Settings, schema: str) -> dict[str, Any]:
    return {"path": str(settings.raw_file), "schema": schema, "lock_wait_seconds": LOCK_WAIT_SECONDS}


def _write(path: Path, content: Any) -> None:
    """A file that only we can read: configurations hold secrets."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(content, file)


@contextlib.contextmanager
def _private_folder(name: str, run_folder: Path) -> Iterator[Path]:
    """A folder for one command's files, removed afterwards."""
    run_folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f"{name}.", dir=run_folder) as folder:
        yield Path(folder)


@contextlib.contextmanager
def _alone(name: str, run_folder: Path) -> Iterator[int]:
    """One sync of a connection at a time; gives the descriptor of its lock.

    The lock is handed on to the connectors: if this process is killed, it holds until they are gone too.
    """
    run_folder.mkdir(parents=True, exist_ok=True)
    with open(run_folder / f"sync-{name}.lock", "a", encoding="utf-8") as lock:
        deadline = time.monotonic() + LOCK_GRACE_SECONDS
        while not _locked(lock.fileno()):
            if time.monotonic() > deadline:
                raise SyncError(f"Another sync of {name} is running: wait for its end, or stop it.")
            time.sleep(0.1)
        for left_over in run_folder.glob(f"sync-{name}.*/"):  # of a sync that was killed
            shutil.rmtree(left_over, ignore_errors=True)
        yield lock.fileno()


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
