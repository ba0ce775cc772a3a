"""Errors that a person is meant to read: one line, and the exit code that goes with it."""

from __future__ import annotations


class HexawattError(Exception):
    """Something failed while it ran; the message says what and where to look."""

    exit_code = 1


class UsageError(HexawattError):
    """Nothing was started: a setting, an argument or the machine must be put right first."""

    exit_code = 2


class NothingToDoError(HexawattError):
    """No failure, and nothing was done. Airflow marks a task with this exit code as skipped."""

    exit_code = 99


class SourceLeftOutError(NothingToDoError):
    """A connection can't run because its keys are absent."""


class NothingNewError(NothingToDoError):
    """What was asked for has already been done on the same data."""


class NotWholeError(NothingToDoError):
    """The last build failed or was cut short: nothing is built on it or served of it."""
