"""A source for the runner's tests: deterministic windows of records, and whatever goes wrong on order.

Its configuration: windows, per_window (records), and optionally
  secret         never to be seen anywhere
  report         a file into which `read` writes how its own files looked (modes), as JSON
  fail_at        window before which it fails with a TRACE message ("fail_words") and exit code 1
  die_at         window before which it kills itself, without a word
  junk_at        window before which it prints what is not JSON
  hang_at        window before which it says nothing any more, until it is ended
  tell           a file to which it writes its process id when it hangs
It goes on from its state: {"at": <the next window>}.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import stat
import sys
from typing import Any

STREAM = {
    "name": "numbers",
    "json_schema": {
        "type": "object",
        "properties": {"window": {"type": "integer"}, "n": {"type": "integer"}, "text": {"type": "string"}},
    },
    "supported_sync_modes": ["full_refresh", "incremental"],
    "source_defined_cursor": True,
    "default_cursor_field": ["window"],
    "source_defined_primary_key": [["n"]],
}


def say(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(message, separators=(",", ":")) + "\n")


def status(value: str) -> None:
    descriptor = {"stream_descriptor": {"name": "numbers"}, "status": value}
    say({"type": "TRACE", "trace": {"type": "STREAM_STATUS", "emitted_at": 1.0, "stream_status": descriptor}})


def trouble(config: dict[str, Any], window: int) -> None:
    sys.stdout.flush()
    if window == config.get("fail_at"):
        error = {"message": config["fail_words"], "internal_message": "KeyError", "failure_type": "config_error"}
        say({"type": "TRACE", "trace": {"type": "ERROR", "emitted_at": 1.0, "error": error}})
        sys.exit(1)
    if window == config.get("die_at"):
        os.kill(os.getpid(), signal.SIGKILL)
    if window == config.get("junk_at"):
        print("Segmentation fault (core dumped)")
    if window == config.get("hang_at"):
        with open(config["tell"], "w") as file:
            file.write(str(os.getpid()))
        signal.pause()


def read(config: dict[str, Any], arguments: argparse.Namespace) -> None:
    if "report" in config:
        report_files(config["report"], arguments)
    with open(arguments.state) as file:
        states = json.load(file)
    first = states[0]["stream"]["stream_state"]["at"] if states else 0
    status("STARTED")
    for window in range(first, config["windows"]):
        trouble(config, window)
        for n in range(window * config["per_window"], (window + 1) * config["per_window"]):
            data = {"window": window, "n": n, "text": f"number {n}"}
            say({"type": "RECORD", "record": {"stream": "numbers", "data": data, "emitted_at": 1_700_000_000_000}})
        stream = {"stream_descriptor": {"name": "numbers"}, "stream_state": {"at": window + 1}}
        say({"type": "STATE", "state": {"type": "STREAM", "stream": stream}})
    status("COMPLETE")


def report_files(path: str, arguments: argparse.Namespace) -> None:
    files = [arguments.config, arguments.catalog, arguments.state, os.path.dirname(arguments.config)]
    modes = {os.path.basename(file): oct(stat.S_IMODE(os.stat(file).st_mode)) for file in files[:3]}
    folder = {"folder": oct(stat.S_IMODE(os.stat(files[3]).st_mode)), "arguments": sys.argv[1:]}
    with open(path, "w") as out:
        json.dump({**modes, **folder}, out)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("command", choices=["discover", "read"])
    for option in ("--config", "--catalog", "--state"):
        parser.add_argument(option)
    arguments = parser.parse_args()
    with open(arguments.config) as file:
        config = json.load(file)
    if arguments.command == "discover":
        print("a library greets you")  # not the protocol, and not to be stumbled over
        say({"type": "CATALOG", "catalog": {"streams": [STREAM]}})
    else:
        read(config, arguments)


if __name__ == "__main__":
    main()
