"""How a sync may end, in words for people and in exit codes for programs."""

from __future__ import annotations

FAILED = 1
USAGE = 2
LEFT_OUT = 3


class SyncError(Exception):
    """One line that says what went wrong and what to do; `exit_code` is the program's."""

    def __init__(self, message: str, exit_code: int = FAILED) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class LeftOutError(SyncError):
    """A connection whose variables are not set: not a failure, but nothing was synced."""

    def __init__(self, connection: str, missing: list[str]) -> None:
        super().__init__(
            f"{connection} is left out: {' and '.join(missing)} not set. Put them into .env or the environment; "
            ".env.example says how to get them.",
            LEFT_OUT,
        )
        self.missing = missing
