"""`forecast run`: what Airflow calls after each transform."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import click
import pandas as pd

from . import run as one
from .errors import ForecastError
from .targets import TARGETS
from .warehouse import from_environment


@click.group()
def main() -> None:
    """Short-term forecasts from the marts."""


@main.command()
@click.option("--target", "names", multiple=True, type=click.Choice(list(TARGETS)), help="only this one; repeatable")
def run(names: tuple[str, ...]) -> None:
    """Forecast every target and write the forecasts; exit code 1 if one failed, the others are written all the same."""
    try:
        warehouse, now, folder = from_environment(), _now(), _folder()
    except ForecastError as error:
        raise click.UsageError(str(error)) from error
    failed = False
    for name in names or TARGETS:
        try:
            outcome = one.run(TARGETS[name], warehouse, folder, now)
        except ForecastError as error:  # not even the outcome can be written
            click.echo(f"{name}: {error}", err=True)
            sys.exit(1)
        failed |= outcome.status == one.FAILED
        click.echo(f"{name}: {outcome.message.removeprefix(f'{name}: ')}")
    sys.exit(1 if failed else 0)


def _now() -> pd.Timestamp:
    """The house's now, UTC without a zone: HEXAWATT_NOW where it is set."""
    given = os.environ.get("HEXAWATT_NOW")
    if not given:
        return pd.Timestamp(datetime.now(UTC).replace(tzinfo=None))
    try:
        stamp = pd.Timestamp(given)
    except ValueError as error:
        raise ForecastError(f"HEXAWATT_NOW must be an instant such as 2026-01-15T12:00:00Z, not {given!r}") from error
    return stamp.tz_convert("UTC").tz_localize(None) if stamp.tzinfo else stamp


def _folder() -> Path:
    state = os.environ.get("HEXAWATT_STATE_DIR")
    if not state:
        raise ForecastError("HEXAWATT_STATE_DIR is not set: models are kept in forecasting/ below it")
    return Path(state) / "forecasting"
