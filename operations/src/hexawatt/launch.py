"""`hexawatt demo` and `live`: start what isn't running, run the pipeline once, say where to look; and the way back."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Collection, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime

from . import (
    airflow_stack,
    build,
    connections,
    credentials,
    pipeline,
    ports,
    processes,
    progress,
    publish,
    simulator_stack,
    superset_stack,
)
from .console import Console
from .errors import HexawattError, UsageError
from .settings import Settings

LAUNCHER = "launcher"
LAUNCHER_GRACE_SECONDS = 20.0

# What a state directory may hold: `clean` removes these and nothing else, wherever HEXAWATT_HOME points.
STATE_NAMES = (
    "raw.duckdb*",
    "models.duckdb*",
    "serving.duckdb",
    "versions",
    "credentials.txt",
    "airflow",
    "superset",
    "dbt",
    "logs",
    "run",
)


def launch(settings: Settings, console: Console) -> None:
    """Bring the whole platform of this mode up to date and on screen.

    UsageError, and nothing started, for a taken port or a platform that runs with other settings. When something
    doesn't start, all that this call started is stopped again. When a task of the pipeline fails, the platform is left
    running to look into it, and the message says so.
    """
    settings.make_directories()
    with _only_launcher(settings):
        before = frozenset(processes.running(settings.run))
        _check_settings(settings)
        ports.ensure_free(_ports_to_take(settings, before))
        credentials.load_or_make(settings)
        try:
            _bring_up_and_run(settings, console, before)
        except pipeline.PipelineError as error:
            urls = f"http://localhost:{settings.airflow_port}, http://localhost:{settings.superset_port}"
            raise HexawattError(f"{error}\nThe platform is left running ({urls}); 'make stop' stops it.") from error
        except BaseException:
            _stop_new(settings, before)
            raise
    _say_where(settings, console)


def stop(settings: Settings) -> list[str]:
    """Stop what demo or live started, a launch that is still under way first; returns the names of what ran."""
    if not settings.run.exists():
        return []
    processes.stop(settings.run, [LAUNCHER], grace_seconds=LAUNCHER_GRACE_SECONDS)
    stopped = airflow_stack.stop(settings) + superset_stack.stop(settings) + simulator_stack.stop(settings)
    return stopped + processes.stop(settings.run, [record.name for record in processes.read(settings.run)])


def clean(settings: Settings) -> None:
    """Stop, then remove this mode's state. Environments, and what we didn't make, stay."""
    stop(settings)
    for pattern in STATE_NAMES:
        for path in settings.state.glob(pattern):
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    for directory in (settings.state, settings.home):
        if directory.exists() and not any(directory.iterdir()):
            directory.rmdir()


def _bring_up_and_run(settings: Settings, console: Console, before: Collection[str]) -> None:
    """Superset is provisioned while the pipeline runs: it needs no data before the end."""
    with ThreadPoolExecutor(max_workers=2) as aside:
        try:
            superset = aside.submit(superset_stack.start, settings, console)
            if settings.mode == "demo":
                simulator: Future[None] | None = aside.submit(simulator_stack.start, settings, console)
            else:
                simulator = None
            airflow_stack.start(settings, console)
            if simulator:
                simulator.result()
            _run_pipeline(settings, console, superset)
            superset.result()
            if len(publish.versions(settings)) == 1:
                _tell_of_first_build(settings, console)
        except pipeline.PipelineError:
            raise
        except BaseException:
            _stop_new(settings, before)  # ends what the threads wait for
            raise


def _run_pipeline(settings: Settings, console: Console, superset: Future[None]) -> None:
    wanted = _connections_with_keys(settings, console)
    client = airflow_stack.api(settings)
    airflow_stack.wait_for_dags(settings, client, [pipeline.TRANSFORM, *map(pipeline.sync_dag, wanted)])

    def check() -> None:
        if superset.done():
            superset.result()
        if dead := airflow_stack.dead(settings):
            logs = ", ".join(f"{settings.logs}/{name}.log" for name in dead)
            raise HexawattError(f"{', '.join(dead)} ended while the pipeline ran: see {logs}")

    scheduler = processes.running(settings.run)["airflow-scheduler"]
    pipeline.run_once(
        client,
        wanted,
        airflow_started_at=datetime.fromisoformat(scheduler.started_at),
        console=console,
        progress=lambda name: progress.of_sync(settings, name),
        last_words=lambda name: progress.last_words(settings, name),
        check=check,
        task_logs=settings.airflow_home / "logs",
    )


def _tell_of_first_build(settings: Settings, console: Console) -> None:
    """The page Data health shows the builds and publishes before its own: on the first day there is none yet."""
    console.say("build", "once more for the marts about builds")
    build.tell_of_builds(settings)
    publish.publish(settings)
    superset_stack.refresh_cache(settings)


def _connections_with_keys(settings: Settings, console: Console) -> list[str]:
    able = []
    for connection in connections.load(settings):
        missing = connections.missing_keys(settings, connection)
        if missing:
            console.say(connection.name, f"left out: {connections.how_to_set(missing)}")
        else:
            able.append(connection.name)
    if not able:
        raise UsageError("No connection has its keys: nothing can be synced. See .env.example.")
    return able


@contextmanager
def _only_launcher(settings: Settings) -> Iterator[None]:
    """One launch at a time per state directory; `stop` finds it by its record."""
    with (settings.run / "launch.lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UsageError(
                f"Another 'hexawatt {settings.mode}' is starting: wait for it, or stop it with 'make stop'."
            ) from error
        processes.register_self(LAUNCHER, settings.run)
        try:
            yield
        finally:
            processes.forget(settings.run, LAUNCHER)


def _check_settings(settings: Settings) -> None:
    """Ports, clock and the like are given to a process when it starts: they can't change under it."""
    wanted = {**settings.fingerprint, **settings.server}
    for record in processes.running(settings.run).values():
        for variable, value in record.started_with.items():
            if wanted[variable] != value:
                raise UsageError(
                    f"{record.name} is running with {variable}={value or '(not set)'}, and now it is "
                    f"{wanted[variable] or '(not set)'}: 'make stop' first."
                )


def _ports_to_take(settings: Settings, running: Collection[str]) -> dict[str, int]:
    wanted = {
        "AIRFLOW_PORT": (settings.airflow_port, "airflow-api-server"),
        "SUPERSET_PORT": (settings.superset_port, superset_stack.NAME),
    }
    if settings.mode == "demo":
        wanted["SIMULATOR_PORT"] = (settings.simulator_port, simulator_stack.NAME)
    return {variable: port for variable, (port, name) in wanted.items() if name not in running}


def _stop_new(settings: Settings, before: Collection[str]) -> None:
    new = set(processes.running(settings.run)) - set(before) - {LAUNCHER}
    processes.stop(settings.run, new)


def _say_where(settings: Settings, console: Console) -> None:
    what = "simulated data" if settings.mode == "demo" else "real data"
    console.say("hexawatt", f"ready after {console.elapsed():.0f} s, on {what}")
    console.print(
        f"\n  dashboards   http://localhost:{settings.superset_port}"
        f"\n  pipeline     http://localhost:{settings.airflow_port}"
        f"\n  credentials  {settings.credentials_file}"
        "\n\n  'make status' shows what is fresh, 'make stop' stops it all.\n"
    )
