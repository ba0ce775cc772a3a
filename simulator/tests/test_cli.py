"""Settings of the command."""

from __future__ import annotations

import socket

import pytest
from simulator.cli import from_environment, main
from simulator.rte.quotas import Quotas
from simulator.rte.tokens import Tokens


def test_defaults() -> None:
    simulator = from_environment({})
    assert simulator.seed == 1
    assert simulator.one(Tokens).lifetime_seconds == 3600
    assert simulator.faults.listed() == []
    assert simulator.one(Quotas).listed()["ecowatt"] == {"calls": 1, "seconds": 900}


def test_settings_from_the_environment() -> None:
    simulator = from_environment(
        {
            "HEXAWATT_NOW": "2026-03-29T12:00:00+02:00",
            "SIMULATOR_SEED": "42",
            "SIMULATOR_TOKEN_SECONDS": "60",
            "SIMULATOR_FAULTS": '[{"kind": 503, "rate": 0.1}]',
            "SIMULATOR_QUOTAS": "{}",
        }
    )
    assert (simulator.clock.now(), simulator.seed, simulator.one(Tokens).lifetime_seconds) == (1774778400, 42, 60)
    assert simulator.faults.listed()[0]["kind"] == 503
    assert simulator.one(Quotas).listed() == {}


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("HEXAWATT_NOW", "tomorrow", "is not an instant"),
        ("HEXAWATT_NOW", "2020-01-01T00:00:00Z", "history begins on 2022-01-01"),
        ("SIMULATOR_SEED", "x", "SIMULATOR_SEED"),
        ("SIMULATOR_FAULTS", "{", "not JSON"),
        ("SIMULATOR_FAULTS", '[{"kind": 1}]', "status code"),
        ("SIMULATOR_QUOTAS", '{"ecowatt": 1}', "calls and seconds"),
    ],
)
def test_wrong_settings_are_one_clear_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, value: str, text: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as stopped:
        main(["--port", "0"])
    assert stopped.value.code == 2
    assert text in capsys.readouterr().err.splitlines()[-1]


def test_a_taken_port_is_a_clear_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SystemExit, match=rf"{port}.*choose another port"):
            main(["--port", str(port)])
