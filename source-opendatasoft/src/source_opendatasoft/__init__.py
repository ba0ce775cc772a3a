"""Airbyte source for the data sets of any Opendatasoft portal."""

from source_opendatasoft.source import SourceOpendatasoft

__all__ = ["SourceOpendatasoft"]
