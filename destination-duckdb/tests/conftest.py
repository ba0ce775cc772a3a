from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # where the tests find duckdb_room

if TYPE_CHECKING:
    from duckdb_room import Room


@pytest.fixture
def room(tmp_path: Path) -> Room:
    from duckdb_room import Room

    return Room(tmp_path)
