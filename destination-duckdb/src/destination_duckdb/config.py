"""The destination's configuration, checked field by field with errors for people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from destination_duckdb.errors import UserError


@dataclass(frozen=True)
class Config:
    """What `spec.json` describes; seconds are seconds, records are records."""

    path: Path
    schema: str = "main"
    lock_wait_seconds: float = 120.0
    batch_seconds: float = 5.0
    batch_records: int = 1_000_000
    spool_folder: Path | None = None

    @property
    def spool(self) -> Path:
        return self.spool_folder or self.path.parent


def read_json(file: str | Path, what: str) -> Any:
    """The JSON in a file; errors name the file and what it should have been."""
    try:
        return orjson.loads(Path(file).read_bytes())
    except OSError as error:
        raise UserError(f"Can't read the {what} {file}: {error.strerror}.", "config_error") from error
    except orjson.JSONDecodeError as error:
        raise UserError(f"The {what} {file} is not JSON: {error}.", "config_error") from error


def parse_config(raw: Mapping[str, Any]) -> Config:
    """The configuration from its JSON object; raises UserError naming the field at fault."""
    if not isinstance(raw, dict):
        raise UserError("The configuration must be a JSON object.", "config_error")
    folder = _text(raw, "spool_folder", None)
    return Config(
        path=Path(_text(raw, "path", "") or _missing("path")),
        schema=_text(raw, "schema", Config.schema) or Config.schema,
        lock_wait_seconds=_number(raw, "lock_wait_seconds", Config.lock_wait_seconds, least=0),
        batch_seconds=_number(raw, "batch_seconds", Config.batch_seconds, least=0),
        batch_records=int(_number(raw, "batch_records", Config.batch_records, least=1)),
        spool_folder=Path(folder) if folder else None,
    )


def _missing(name: str) -> str:
    raise UserError(f"The configuration lacks `{name}`.", "config_error")


def _text(raw: Mapping[str, Any], name: str, default: str | None) -> str | None:
    value = raw.get(name, default)
    if value is not None and not isinstance(value, str):
        raise UserError(f"`{name}` in the configuration must be text, not {value!r}.", "config_error")
    return value


def _number(raw: Mapping[str, Any], name: str, default: float, least: float) -> float:
    value = raw.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or value < least:
        raise UserError(
            f"`{name}` in the configuration must be a number, at least {least}, not {value!r}.",
            "config_error",
        )
    return float(value)
