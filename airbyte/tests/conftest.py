from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

TESTS = Path(__file__).parent
sys.path.insert(0, str(TESTS))  # where the tests find local_sync_house

if TYPE_CHECKING:
    from local_sync_house import House


@pytest.fixture
def house(tmp_path: Path) -> House:
    from local_sync_house import House

    program = tmp_path / "bin" / "source-fake"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{TESTS / "fake_source.py"}" "$@"\n')
    program.chmod(0o755)
    (tmp_path / "home" / "demo").mkdir(parents=True)
    return House(tmp_path)
