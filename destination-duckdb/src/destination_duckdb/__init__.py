"""Airbyte destination for one DuckDB file."""

from __future__ import annotations

from typing import Any


def __getattr__(name: str) -> Any:
    """`DestinationDuckdb`, imported only when asked for: the CDK takes a second to import."""
    if name != "DestinationDuckdb":
        raise AttributeError(name)
    from destination_duckdb.destination import DestinationDuckdb

    return DestinationDuckdb
