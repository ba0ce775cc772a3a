"""The command `hexawatt`."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType

import click

from . import build as building
from . import forecasts, launch, simulator_stack, superset_stack
from . import publish as publishing
from . import status as statuses
from . import sync as syncing
from .console import Console
from .errors import HexawattError
from .settings import Settings, from_environment


def main() -> None:
    """Run a command; exit code 0 done, 1 failed, 2 wrong settings (nothing started), 99 nothing to do."""
    signal.signal(signal.SIGTERM, _terminated)
    try:
        commands(standalone_mode=False)
    except HexawattError as error:
        click.echo(f"hexawatt: {error}", err=True)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("hexawatt: interrupted", err=True)
        sys.exit(130)


def _terminated(number: int, frame: FrameType | None) -> None:
    # As an exception, so that what was begun is undone on the way out.
    sys.exit(128 + number)


def _settings(mode: str | None = None) -> Settings:
    return from_environment(os.environ, mode)


@click.group()
def commands() -> None:
    """Hexawatt on this machine. MODE=demo|live chooses the state, HEXAWATT_HOME moves it."""


@commands.command()
def demo() -> None:
    """Everything on simulated data: start it, run the pipeline, say where to look."""
    launch.launch(_settings("demo"), Console())


@commands.command()
def live() -> None:
    """Everything on the real APIs, with the keys of .env."""
    launch.launch(_settings("live"), Console())


@commands.command()
def stop() -> None:
    """Stop what demo or live started, in any mode, and nothing else."""
    stopped = [name for mode in ("demo", "live") for name in launch.stop(_settings(mode))]
    click.echo(f"Stopped {', '.join(stopped)}." if stopped else "Nothing was running.")


@commands.command()
def clean() -> None:
    """Stop, and remove the state of MODE."""
    settings = _settings()
    launch.clean(settings)
    click.echo(f"Removed {settings.state}.")


@commands.command()
@click.argument("connection")
def sync(connection: str) -> None:
    """Sync one connection now."""
    settings = _settings()
    simulator_stack.require(settings)
    syncing.sync(settings, connection)


@commands.command()
@click.option("--if-new/--always", help="Only if something was synced since the last one; exit code 99 if not.")
@click.option("--anew", is_flag=True, help="Every day of every mart, after models have changed; revisions are kept.")
@click.option(
    "--forecasts", "only_forecasts", is_flag=True, help="What is made of forecasts alone, after a run of them."
)
def build(if_new: bool, anew: bool, only_forecasts: bool) -> None:
    """Build and test the marts with dbt."""
    if only_forecasts:
        building.build_forecasts(_settings())
    elif if_new:
        building.build_if_new(_settings())
    else:
        building.build(_settings(), anew=anew)


@commands.command()
def forecast() -> None:
    """Train and run the forecasts on the marts of the last build."""
    forecasts.forecast(_settings())


@commands.command()
@click.option("--if-whole/--always", help="Only if the last build of all marts ended well; exit code 99 if not.")
def publish(if_whole: bool) -> None:
    """Serve the marts of the last build."""
    served = publishing.publish(_settings(), if_whole=if_whole)
    click.echo(f"Serving {served.version.name}.")


@commands.command()
def rollback() -> None:
    """Serve the version published before the one on show."""
    settings = _settings()
    served = publishing.rollback(settings)
    superset_stack.refresh_cache(settings)
    click.echo(f"Serving {served.version.name}. The next publish serves a new build, and removes those rolled back.")


@commands.command("refresh-cache")
def refresh_cache() -> None:
    """Make the dashboards show what was published last."""
    superset_stack.refresh_cache(_settings())


@commands.command()
def status() -> None:
    """Last sync and freshness of each connection, the forecasts' age, what is served, what is running."""
    click.echo(statuses.report(_settings()))
