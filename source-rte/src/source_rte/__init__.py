"""Airbyte source for the public APIs of RTE."""

from source_rte.source import SourceRte

__all__ = ["SourceRte"]
