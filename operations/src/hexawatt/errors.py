"""Errors that a person is meant to read: one line, and the exit code that goes with it."""

from __future__ import annotations


class HexawattError(Exception):
    """Something failed while it ran; the message says what and where to look."""

    exit_code = 1


class UsageError(HexawattError):
    """Nothing was started: a setting, an argument or the machine must be put right first."""

    exit_code = 2


class SourceLeftOutError(HexawattError):
    """A connection can't run because its secrets are absent. Airflow marks such a task skipped (code 99)."""

    exit_code = 99
