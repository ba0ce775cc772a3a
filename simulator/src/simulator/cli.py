"""The console script `simulator`."""

from __future__ import annotations

import argparse
import json
import os
import socket
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from simulator.airqino.accounts import Accounts
from simulator.server import make_server, make_simulator
from simulator.service import Simulator

DEFAULT_PORT = 8700


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until interrupted. Exit code 2 for a wrong setting, 1 for a taken port."""
    parser = argparse.ArgumentParser(
        prog="simulator", description="One simulated France behind the dialects of its upstream APIs."
    )
    parser.add_argument("--port", type=int, default=DEFAULT_PORT)
    parser.add_argument("--host", default="127.0.0.1")
    options = parser.parse_args(arguments)
    try:
        simulator = from_environment(os.environ)
    except ValueError as wrong:
        parser.error(str(wrong))
    listening = _listen(options.host, options.port)
    simulator.world()  # built before the first call, so that nobody waits for it
    print(f"simulator: every simulated API at http://{options.host}:{options.port}", flush=True)
    make_server(simulator, "warning").run(sockets=[listening])


def from_environment(environment: Mapping[str, str]) -> Simulator:
    """A simulator from HEXAWATT_NOW and the SIMULATOR_* variables. Raises ValueError with a message for people."""
    client_id, secret = environment.get("SIMULATOR_CLIENT_ID"), environment.get("SIMULATOR_CLIENT_SECRET")
    simulator = make_simulator(
        now=environment.get("HEXAWATT_NOW"),
        seed=_whole(environment, "SIMULATOR_SEED", 1),
        faults=_json(environment, "SIMULATOR_FAULTS") or [],
        token_seconds=_whole(environment, "SIMULATOR_TOKEN_SECONDS", 3600),
        client=(client_id, secret) if client_id and secret else None,
        quotas=_json(environment, "SIMULATOR_QUOTAS"),
    )
    username, password = environment.get("SIMULATOR_AIRQINO_USERNAME"), environment.get("SIMULATOR_AIRQINO_PASSWORD")
    if username and password:
        simulator.keep(Accounts(username, password))
    return simulator


def _json(environment: Mapping[str, str], name: str) -> Any:
    """The setting's value; None where it is not set."""
    try:
        return json.loads(environment.get(name) or "null")
    except json.JSONDecodeError as wrong:
        raise ValueError(f"{name} is not JSON: {wrong}") from None


def _whole(environment: Mapping[str, str], name: str, default: int) -> int:
    text = environment.get(name) or str(default)
    if not text.isdigit():
        raise ValueError(f"{name} is '{text}': give a whole number")
    return int(text)


def _listen(host: str, port: int) -> socket.socket:
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as taken:
        listening.close()
        sys.exit(f"simulator: can't listen on {host}:{port} ({taken.strerror}); choose another port with --port")
    return listening
