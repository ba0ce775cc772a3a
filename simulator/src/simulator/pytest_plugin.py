"""The fixture `start_simulator`, in every test run of an environment that holds this package."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from simulator.testing import SimulatorUrl


@pytest.fixture
def start_simulator() -> Iterator[Callable[..., SimulatorUrl]]:
    """Start simulators with the arguments of `running_simulator`; they stop after the test."""
    from simulator.testing import running_simulator  # numpy and scipy only where the fixture is used

    with ExitStack() as running:
        yield lambda **options: running.enter_context(running_simulator(**options))
