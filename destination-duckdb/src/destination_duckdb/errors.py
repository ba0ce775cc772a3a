"""Errors a person can act on, and how they become an Airbyte TRACE message."""

from __future__ import annotations

import errno
import re
import time
import traceback
from pathlib import Path
from typing import Any

FULL_DISK = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)
FULL_DISK_TEXTS = ("No space left on device", "File too large", "Disk quota exceeded")


class UserError(Exception):
    """One clear line for the person who runs the sync.

    kind is the protocol's failure_type: config_error (change something), transient_error (try again)
    or system_error (the machine or the data are at fault).
    """

    def __init__(self, message: str, kind: str = "system_error", detail: str = "") -> None:
        super().__init__(message)
        self.kind = kind
        self.detail = detail


class LockedError(UserError):
    """Another process holds the database file."""


def trace_message(error: BaseException) -> dict[str, Any]:
    """The TRACE ERROR message for an error; an unforeseen one carries its stack for the log."""
    foreseen = isinstance(error, UserError)
    message = str(error) if foreseen else f"The DuckDB destination failed unexpectedly: {first_line(error)}"
    body: dict[str, Any] = {
        "message": message,
        "internal_message": getattr(error, "detail", "") or repr(error)[:1000],
        "failure_type": getattr(error, "kind", "system_error"),
    }
    if not foreseen:
        body["stack_trace"] = "".join(traceback.format_exception(error))
    return {"type": "TRACE", "trace": {"type": "ERROR", "emitted_at": time.time() * 1000, "error": body}}


def first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def disk_full(where: Path) -> UserError:
    return UserError(
        f"The disk is full: no room left to write in {where}. "
        "Free some space and run the sync again; nothing half-written was kept.",
        detail="disk full",
    )


def from_os_error(error: OSError, where: Path) -> UserError:
    """What an error of the operating system on a file of ours means for a person."""
    if error.errno in FULL_DISK:
        return disk_full(where)
    return UserError(f"Can't write in {where}: {error.strerror or error}.", "config_error", repr(error))


def from_duckdb_error(error: Exception, path: Path) -> UserError | None:
    """What a DuckDB error on the file means for a person; None if it is not about the file."""
    text = str(error)
    if "Could not set lock on file" in text or "Conflicting lock" in text:
        holder = re.search(r"PID (\d+)", text)
        who = f"process {holder.group(1)}" if holder else "another process"
        return LockedError(f"{path} is in use by {who}", "transient_error", first_line(error))
    if any(sign in text for sign in FULL_DISK_TEXTS):
        return disk_full(path.parent)
    if "not a valid DuckDB database" in text or "version number" in text:
        return UserError(
            f"{path} is not a database file that this version of DuckDB can open. "
            "Move it away, or name another file in `path`.",
            "config_error",
            first_line(error),
        )
    if any(sign in text for sign in ("Permission denied", "Cannot open file", "Read-only file system")):
        return UserError(
            f"Can't open {path} for writing: check that the folder exists and that you may write in it.",
            "config_error",
            first_line(error),
        )
    return None
