"""The console script: the Airbyte protocol's spec, check and write, and beyond it state and prepare.

Only protocol JSON goes to standard output. Exit code 0, or 1 with one TRACE ERROR message. `write`, `state`
and `prepare` don't import the CDK, which takes a second to load.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from typing import Any

import orjson

from destination_duckdb.catalog import Key, Stream, parse_catalog
from destination_duckdb.config import Config, parse_config, read_json
from destination_duckdb.errors import trace_message
from destination_duckdb.warehouse import Warehouse
from destination_duckdb.writer import blocks, write


def emit(line: bytes) -> None:
    sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()


def emit_json(message: Any) -> None:
    emit(orjson.dumps(message) + b"\n")


def log(message: str) -> None:
    emit_json({"type": "LOG", "log": {"level": "INFO", "message": message}})


def _config(args: argparse.Namespace) -> Config:
    return parse_config(read_json(args.config, "configuration"))


def _streams(args: argparse.Namespace, config: Config) -> dict[Key, Stream]:
    return parse_catalog(read_json(args.catalog, "catalog"), config.schema)


def run_write(args: argparse.Namespace) -> None:
    config = _config(args)
    write(config, _streams(args, config), blocks(sys.stdin.fileno()), emit, log)


def run_state(args: argparse.Namespace) -> None:
    """Print the saved states as one JSON list of AirbyteStateMessage, as `read --state` takes it."""
    warehouse = Warehouse(_config(args), lambda message: print(message, file=sys.stderr))
    try:
        emit_json(warehouse.saved_states())
    finally:
        warehouse.close()


def run_prepare(args: argparse.Namespace) -> None:
    config = _config(args)
    warehouse = Warehouse(config, log)
    try:
        warehouse.prepare([*_streams(args, config).values()])
    finally:
        warehouse.close()


def run_cdk(args: argparse.Namespace) -> None:
    from destination_duckdb.destination import DestinationDuckdb

    DestinationDuckdb().run([args.command, *(["--config", args.config] if args.command == "check" else [])])


COMMANDS: dict[str, tuple[Callable[[argparse.Namespace], None], tuple[str, ...], str]] = {
    # name: (what runs it, the files it needs, what it does)
    "spec": (run_cdk, (), "print the configuration's specification"),
    "check": (run_cdk, ("config",), "open the file and write a probe"),
    "write": (run_write, ("config", "catalog"), "store the messages on standard input"),
    "state": (run_state, ("config",), "print the saved states as a JSON list"),
    "prepare": (run_prepare, ("config", "catalog"), "create missing schemas, tables and columns, empty"),
}


def parse_args(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="destination-duckdb", description="Airbyte destination for DuckDB.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, (_, files, what) in COMMANDS.items():
        command = commands.add_parser(name, help=what)
        for file in files:
            command.add_argument(f"--{file}", required=True, metavar="FILE")
    return parser.parse_args(arguments)


def main() -> None:
    args = parse_args(sys.argv[1:])
    try:
        COMMANDS[args.command][0](args)
    except BrokenPipeError:
        # Whoever read our output is gone; without this Python complains once more while it shuts down.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception as error:
        emit_json(trace_message(error))
        sys.exit(1)


if __name__ == "__main__":
    main()
