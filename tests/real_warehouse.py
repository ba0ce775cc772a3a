"""Real extracts in raw tables, and the real models over them.

The raw tables are those that ``local-sync prepare`` makes from the connectors' own catalogs. Rows are put into them in
the connectors' form by SQL over the recorded files, upserted by natural key as the destination does; how the connectors
make that form of real answers is tested with them (test_recorded_portals.py, test_recorded_answers.py).
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
from pipeline import dbt_run, empty_raw


class RealWarehouse:
    """A raw file and a models file of their own in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.raw = folder / "raw.duckdb"
        self.models = folder / "models.duckdb"
        self._folder = folder
        empty_raw(self.raw)

    def upsert(
        self, table: str, key: Sequence[str], query: str, read_at: datetime = datetime(2026, 8, 23, tzinfo=UTC)
    ) -> int:
        """Rows of ``query`` (columns named as the raw table's; others NULL), read at ``read_at``; how many."""
        with duckdb.connect(str(self.raw)) as connection:
            connection.execute("set TimeZone='UTC'")
            connection.execute(f"create temp table new as {query}")
            same = " and ".join(f"new.{column} is not distinct from t.{column}" for column in key)
            connection.execute(f"delete from {table} as t using new where {same}")
            row = connection.execute(
                f"insert into {table} by name select *, cast(uuid() as varchar) as _airbyte_raw_id,"
                " cast(? as timestamptz) as _airbyte_extracted_at, 0 as _airbyte_generation_id,"
                " '{\"changes\": []}' as _airbyte_meta from new",
                [read_at],
            ).fetchone()
        assert row is not None
        return int(row[0])

    def run(self, *select: str, now: str = "2026-08-23T22:00:00Z") -> None:
        """``dbt run`` of the selection with what it needs, or of everything; seeds with the first run."""
        command = "run" if self.models.exists() else "build"
        options = ["--exclude-resource-type", "test", "unit_test"] if command == "build" else []
        done = self._dbt(command, *options, select=select, now=now)
        assert done.returncode == 0, done.stdout[-4000:]

    def failed_tests(self, *select: str, models: Path | None = None) -> set[str]:
        """Names of the data tests of the selection that fail, on the models file or on another one."""
        self._dbt("test", "--exclude-resource-type", "unit_test", select=select, models=models)
        results = json.loads((self._folder / "target" / "run_results.json").read_text())["results"]
        assert results
        return {result["unique_id"].split(".")[2] for result in results if result["status"] in ("fail", "error")}

    def _dbt(
        self, *arguments: str, select: Sequence[str], now: str = "2026-08-23T22:00:00Z", models: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        options = ["--select", *select] if select else []
        return dbt_run(
            *arguments,
            *options,
            raw=self.raw,
            models=models or self.models,
            scratch=self._folder,
            HEXAWATT_MODE="live",
            HEXAWATT_NOW=now,
        )

    def rows(self, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Rows of a query on the models file, in UTC."""
        with duckdb.connect(str(self.models), read_only=True) as connection:
            connection.execute("set TimeZone='UTC'")
            return connection.execute(query, parameters).fetchall()
