"""The console script `local-sync`.

Exit codes: 0 done, 1 failed, 2 used or configured wrongly, 3 left out because variables are not set,
128 + n stopped by signal n. Whatever goes wrong, the last line on standard error says it.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import click

from local_sync import connections, runner, values
from local_sync.errors import SyncError
from local_sync.settings import CONNECTIONS_FILE, from_environment


def tell(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


@click.group(help="Run the connections of connections.yaml on this machine.")
def cli() -> None:
    pass


def with_connections(command: Callable[..., Any]) -> Callable[..., Any]:
    kind = click.Path(dir_okay=False, path_type=Path)
    return click.option("--connections", "file", type=kind, default=CONNECTIONS_FILE, show_default=True)(command)


@cli.command(help="Sync one connection; its outcome is the last line, as JSON.")
@click.argument("name")
@with_connections
def run(name: str, file: Path) -> None:
    connection = connections.find(connections.load(file), name)
    outcome = runner.run(connection, from_environment(os.environ), os.environ, tell)
    tell(f"{name}: {outcome.records:,} records in {outcome.seconds:.1f} s, {outcome.records_per_second:,} records/s")
    summary = {
        "connection": name,
        "records": outcome.records,
        "seconds": round(outcome.seconds, 3),
        "records_per_second": outcome.records_per_second,
        "streams": outcome.stored,
    }
    print(json.dumps(summary), flush=True)


@cli.command(help="Make the missing raw tables of all connections, empty; needs no keys.")
@with_connections
def prepare(file: Path) -> None:
    listed = [*connections.load(file).values()]
    count = runner.prepare(listed, from_environment(os.environ), os.environ)
    tell(f"{count} tables of {len(listed)} connections are there")


@cli.command("list", help="Print the connections as JSON, with the variables that each needs.")
@with_connections
def show(file: Path) -> None:
    mode = from_environment(os.environ).mode
    listed = [
        {
            "name": connection.name,
            "source": connection.source,
            "schema": connection.schema,
            "streams": {s.name: {"sync": s.sync, "cursor": s.cursor} for s in connection.streams},
            "schedule": vars(connection.schedule),
            "variables": values.required_variables(connection.config_of(mode)),
        }
        for connection in connections.load(file).values()
    ]
    print(json.dumps(listed, indent=2))


class Stopped(BaseException):
    """A signal asked us to end; the children are ended on the way out."""


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    signal.signal(number, signal.SIG_IGN)
    raise Stopped(number)


def main() -> None:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        cli(standalone_mode=False)
    except Stopped as stopped:
        number = stopped.args[0]
        tell(f"Stopped by {signal.Signals(number).name}; what was committed before is stored.")
        sys.exit(128 + number)
    except SyncError as error:
        tell(str(error))
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
