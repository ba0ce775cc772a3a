"""The configured catalog as tables: columns, types, sync modes, keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from destination_duckdb.errors import UserError

META_COLUMNS = {
    "_airbyte_raw_id": "VARCHAR",
    "_airbyte_extracted_at": "TIMESTAMP WITH TIME ZONE",
    "_airbyte_meta": "JSON",
    "_airbyte_generation_id": "BIGINT",
}
MODES = ("append", "overwrite", "append_dedup")
STRING_TYPES = {
    # (format, airbyte_type) -> column type, as Airbyte's Snowflake destination maps them
    ("date", None): "DATE",
    ("date-time", None): "TIMESTAMP WITH TIME ZONE",
    ("date-time", "timestamp_with_timezone"): "TIMESTAMP WITH TIME ZONE",
    ("date-time", "timestamp_without_timezone"): "TIMESTAMP",
    ("time", None): "TIME",
    ("time", "time_without_timezone"): "TIME",
}

Key = tuple[str, str]  # (namespace or '', stream name)


@dataclass(frozen=True)
class Stream:
    """One configured stream and the table it fills."""

    key: Key
    schema: str  # of the table: the namespace, or the configuration's schema
    columns: dict[str, str]  # the stream's own, in the catalog's order: name -> DuckDB type
    replace: bool  # the table is replaced as a whole when the stream is complete
    primary_key: tuple[str, ...]  # empty unless the mode deduplicates
    cursor: str | None
    generation_id: int
    sync_id: int

    @property
    def name(self) -> str:
        return self.key[1]

    @property
    def table(self) -> str:
        return f"{self.schema}.{self.name}"


def parse_catalog(raw: Mapping[str, Any], default_schema: str) -> dict[Key, Stream]:
    """The streams of a ConfiguredAirbyteCatalog as JSON, by key. UserError if one can't be written."""
    if not isinstance(raw, dict) or not isinstance(raw.get("streams"), list):
        raise UserError("The catalog must be a JSON object with a list of `streams`.", "config_error")
    streams = [_stream(configured, default_schema) for configured in raw["streams"]]
    tables = [stream.table.lower() for stream in streams]
    for stream in streams:
        if tables.count(stream.table.lower()) > 1:
            raise UserError(f"Two streams would fill the same table {stream.table}.", "config_error")
    return {stream.key: stream for stream in streams}


def _stream(configured: Mapping[str, Any], default_schema: str) -> Stream:
    stream = configured["stream"]
    name, namespace = stream["name"], stream.get("namespace") or ""
    mode = configured.get("destination_sync_mode", "append")
    if mode not in MODES:
        raise UserError(f"Stream {name}: sync mode {mode} is not one of {', '.join(MODES)}.", "config_error")
    columns = _columns(name, stream.get("json_schema") or {})
    key = _paths(name, configured.get("primary_key") or stream.get("source_defined_primary_key") or [])
    cursor = _paths(name, [configured.get("cursor_field") or stream.get("default_cursor_field") or []])
    if mode == "append_dedup" and not key:
        raise UserError(f"Stream {name}: sync mode append_dedup needs a primary key.", "config_error")
    for field in {*key, *cursor} - {*columns} if mode == "append_dedup" else ():
        raise UserError(f"Stream {name}: key or cursor field {field} is not in its schema.", "config_error")
    generation = configured.get("generation_id") or 0
    refresh = generation > 0 and configured.get("minimum_generation_id") == generation
    return Stream(
        key=(namespace, name),
        schema=namespace or default_schema,
        columns=columns,
        replace=mode == "overwrite" or refresh,
        primary_key=key if mode == "append_dedup" else (),
        cursor=cursor[0] if cursor and mode == "append_dedup" else None,
        generation_id=generation,
        sync_id=configured.get("sync_id") or 0,
    )


def _paths(name: str, paths: list[list[str]]) -> tuple[str, ...]:
    """Top-level field names from the catalog's field paths; empty paths fall out."""
    nested = [path for path in paths if len(path) > 1]
    if nested:
        raise UserError(f"Stream {name}: key or cursor {'.'.join(nested[0])} is nested.", "config_error")
    return tuple(path[0] for path in paths if path)


def _columns(name: str, schema: Mapping[str, Any]) -> dict[str, str]:
    columns = {field: column_type(rule) for field, rule in (schema.get("properties") or {}).items()}
    seen = set(META_COLUMNS)
    for field in columns:
        if field.lower() in seen:
            raise UserError(f"Stream {name}: two columns would be called {field.lower()}.", "config_error")
        seen.add(field.lower())
    return columns


def column_type(rule: Any) -> str:
    """The DuckDB type for one property of a JSON schema; what is no single scalar type is JSON."""
    if not isinstance(rule, dict):
        return "JSON"
    named = rule.get("type")
    names = [named] if isinstance(named, str) else list(named or [])
    kinds = [kind for kind in names if kind != "null"]
    if len(kinds) != 1:
        return "JSON"
    if kinds[0] == "string":
        return STRING_TYPES.get((str(rule.get("format")), rule.get("airbyte_type")), "VARCHAR")
    if kinds[0] == "number":
        return "BIGINT" if rule.get("airbyte_type") == "integer" else "DOUBLE"
    return {"integer": "BIGINT", "boolean": "BOOLEAN"}.get(kinds[0], "JSON")
