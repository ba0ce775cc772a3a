"""From what a source discovers and what connections.yaml chooses to a ConfiguredAirbyteCatalog."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local_sync.connections import SYNC_MODES, Connection, StreamChoice
from local_sync.errors import USAGE, SyncError


def configured(connection: Connection, discovered: Mapping[str, Any]) -> dict[str, Any]:
    """The configured catalog (JSON object). SyncError where the source can't do what is asked."""
    offered = {stream["name"]: stream for stream in discovered["streams"]}
    return {"streams": [_configured(connection, choice, offered) for choice in connection.streams]}


def states_to_go_on_from(connection: Connection, saved: list[Any]) -> list[Any]:
    """Of the saved AirbyteStateMessages, those of streams that are read incrementally now: a full refresh
    begins anew. States of a whole source are passed on as they are."""
    full = {choice.name for choice in connection.streams if choice.sync.startswith("full_refresh")}
    return [s for s in saved if s["type"] != "STREAM" or s["stream"]["stream_descriptor"]["name"] not in full]


def _configured(
    connection: Connection, choice: StreamChoice, offered: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    at = f"connections.{connection.name}.streams.{choice.name}"
    stream = offered.get(choice.name)
    if stream is None:
        raise SyncError(f"{at}: {connection.source} has no such stream; it has {', '.join(offered)}.", USAGE)
    sync_mode, destination_sync_mode = SYNC_MODES[choice.sync]
    if sync_mode not in stream["supported_sync_modes"]:
        raise SyncError(f"{at}: {connection.source} can't read this stream with {choice.sync}.", USAGE)
    own_cursor = (stream.get("default_cursor_field") or [None])[0]
    if choice.cursor and stream.get("source_defined_cursor") and choice.cursor != own_cursor:
        raise SyncError(f"{at}.cursor: the source's own is {own_cursor}, not {choice.cursor}.", USAGE)
    primary_key = stream.get("source_defined_primary_key") or []
    if destination_sync_mode == "append_dedup" and not primary_key:
        raise SyncError(f"{at}: {choice.sync} needs a primary key, and the source defines none.", USAGE)
    return {
        "stream": stream,
        "sync_mode": sync_mode,
        "destination_sync_mode": destination_sync_mode,
        "cursor_field": [choice.cursor] if choice.cursor else None,
        "primary_key": primary_key,
    }
