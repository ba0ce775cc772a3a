"""A taken port is named, with who has it and what to do."""

from __future__ import annotations

import os
import socket

import pytest
from hexawatt import ports
from hexawatt.errors import UsageError
from hexawatt.settings import Settings


@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0"])
def test_a_taken_port_is_named_with_its_owner_and_the_way_out(address: str) -> None:
    with socket.create_server((address, 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(UsageError) as caught:
            ports.ensure_free({"AIRFLOW_PORT": port})
    message = str(caught.value)
    assert f"Port {port} is taken by" in message
    assert f"(process {os.getpid()})" in message
    assert "AIRFLOW_PORT=" in message


def test_all_taken_ports_are_named_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as two:
        wanted = {"AIRFLOW_PORT": one.getsockname()[1], "SUPERSET_PORT": two.getsockname()[1]}
        with pytest.raises(UsageError, match=r"AIRFLOW_PORT.*SUPERSET_PORT"):
            ports.ensure_free(wanted)


def test_free_ports_pass(settings: Settings) -> None:
    ports.ensure_free({"AIRFLOW_PORT": settings.airflow_port})


def test_a_port_of_a_server_that_has_just_stopped_is_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        client = socket.create_connection(("127.0.0.1", port))
        answering, _ = server.accept()
        answering.close()  # the server closes first: its side goes to TIME_WAIT
        client.close()
    ports.ensure_free({"AIRFLOW_PORT": port})
