"""Is a port free, and if not, who has it."""

from __future__ import annotations

import errno
import socket
from collections.abc import Mapping

import psutil

from .errors import UsageError
from .settings import HOST


def ensure_free(wanted: Mapping[str, int]) -> None:
    """Raise UsageError naming every taken port of {variable: port}, before anything is started."""
    taken = [_sentence(variable, port) for variable, port in wanted.items() if not _is_free(port)]
    if taken:
        raise UsageError(" ".join(taken))


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As servers do: a port in TIME_WAIT from a server just stopped counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            if error.errno == errno.EACCES:
                raise UsageError(f"Port {port} needs root: choose one above 1023.") from error
            return False
    return True


def _sentence(variable: str, port: int) -> str:
    return f"Port {port} is taken by {_owner(port)}: stop that, or choose another with {variable}=<port>."


def _owner(port: int) -> str:
    try:
        for connection in psutil.net_connections(kind="tcp"):
            listening = connection.status == psutil.CONN_LISTEN
            if listening and connection.laddr and connection.laddr.port == port and connection.pid:
                return f"'{psutil.Process(connection.pid).name()}' (process {connection.pid})"
    except psutil.Error:
        pass  # Other users' processes may be hidden from us; the port is taken all the same.
    return "another program"
