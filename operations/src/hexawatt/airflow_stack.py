"""Airflow on this machine: four processes on loopback, SQLite metadata, everything else over REST.

Not `airflow standalone`: it prints passwords in its log, and a TERM to it leaves its children running.
"""

from __future__ import annotations

import time
from collections.abc import Iterable

from . import credentials, processes
from .airflow_api import AirflowApi
from .console import Console
from .errors import HexawattError
from .settings import HOST, Settings, child_environment

POOL = "duckdb_writer"
POOL_DESCRIPTION = "One build or publish at a time: a DuckDB file has one writer."
READY_SECONDS = 120.0
DAGS_SECONDS = 120.0
TASKS_END_SECONDS = 5.0
# One process writes to SQLite at a time. The others wait 5 s by default, which a busy machine exceeds, and the
# scheduler ends when it isn't let in. The API server keeps the default: its requests can wait for each other, and then
# only the end of one's patience lets the others (and the scheduler) go on; who asked asks again.
DATABASE_WAIT_SECONDS = 60
IMPATIENT = "airflow-api-server"

# {process: arguments of `airflow`}. Task logs are read from disk: no log server, hence no port for one.
COMMANDS = {
    "airflow-api-server": ["api-server", "--workers", "1"],
    "airflow-scheduler": ["scheduler", "--skip-serve-logs"],
    "airflow-dag-processor": ["dag-processor"],
    "airflow-triggerer": ["triggerer", "--skip-serve-logs"],
}


def environment(settings: Settings, made: credentials.Secrets) -> dict[str, str]:
    """Environment of Airflow's processes and, through them, of every task."""
    config = {
        "CORE__DAGS_FOLDER": settings.repository / "airflow" / "dags",
        "CORE__LOAD_EXAMPLES": False,
        "CORE__DAGS_ARE_PAUSED_AT_CREATION": False,
        "CORE__PARALLELISM": 4,  # 32, the default, forks 32 workers
        "CORE__EXECUTION_API_SERVER_URL": f"{settings.airflow_url}/execution/",
        "CORE__FERNET_KEY": made.airflow_fernet_key,
        "CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": credentials.airflow_passwords_file(settings, made),
        "API__HOST": HOST,  # all interfaces by default
        "API__PORT": settings.airflow_port,
        "API__BASE_URL": f"http://localhost:{settings.airflow_port}",
        "API__SECRET_KEY": made.airflow_api_secret_key,
        "API_AUTH__JWT_SECRET": made.airflow_jwt_secret,
        "DAG_PROCESSOR__REFRESH_INTERVAL": 10,
        "DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": 10,
        "DAG_PROCESSOR__PARSING_PROCESSES": 1,
        "USAGE_DATA_COLLECTION__ENABLED": False,
    }
    return (
        child_environment(settings)
        | {"AIRFLOW_HOME": str(settings.airflow_home)}
        | {f"AIRFLOW__{name}": str(value) for name, value in config.items()}
    )


def patient(settings: Settings) -> dict[str, str]:
    """What makes a process wait for a busy metadata database."""
    database = settings.airflow_home / "airflow.db"
    return {"AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{database}?timeout={DATABASE_WAIT_SECONDS}"}


def api(settings: Settings) -> AirflowApi:
    made = credentials.load_or_make(settings)
    return AirflowApi(settings.airflow_url, credentials.USER, made.airflow_password)


def is_running(settings: Settings) -> bool:
    return not dead(settings)


def dead(settings: Settings) -> list[str]:
    """Names of the processes that should run and don't."""
    return sorted(set(COMMANDS) - set(processes.running(settings.run)))


def start(settings: Settings, console: Console) -> None:
    """Bring Airflow up and healthy, with its pool; nothing is done when all four processes already run."""
    client = api(settings)
    if not is_running(settings):
        processes.stop(settings.run, COMMANDS)  # What is left of a half-dead one.
        _start_processes(settings, console)
    records = [record for name, record in processes.running(settings.run).items() if name in COMMANDS]
    processes.wait_ready("Airflow", records, lambda: not client.unhealthy(), seconds=READY_SECONDS)
    client.ensure_pool(POOL, 1, POOL_DESCRIPTION)
    console.say("airflow", f"running at http://localhost:{settings.airflow_port}")


def wait_for_dags(settings: Settings, client: AirflowApi, wanted: Iterable[str]) -> None:
    """Wait until the DAG processor has read all wanted DAGs, and let those run that someone paused."""
    missing = set(wanted)
    deadline = time.monotonic() + DAGS_SECONDS
    while missing:
        known = client.dags()
        for dag in missing & set(known):
            if known[dag]["is_paused"]:
                client.unpause(dag)
        missing -= set(known)
        errors = client.import_errors() if missing else []
        if errors:
            raise HexawattError(f"Airflow can't import a DAG: {errors[0]}")
        if missing and time.monotonic() >= deadline:
            log = settings.logs / "airflow-dag-processor.log"
            raise HexawattError(f"Airflow doesn't know {', '.join(sorted(missing))}: see {log}")
        if missing:
            time.sleep(0.5)


def stop(settings: Settings) -> list[str]:
    """Fail what is running, so that tasks end in order, then stop the four processes and all they started."""
    everyone = processes.family(settings.run, COMMANDS)
    if "airflow-api-server" in processes.running(settings.run):
        _fail_active_runs(settings)
    return processes.stop(settings.run, COMMANDS, also=everyone)


def _start_processes(settings: Settings, console: Console) -> None:
    made = credentials.load_or_make(settings)
    variables = environment(settings, made)
    airflow = settings.executable("airflow", "airflow")
    console.say("airflow", "preparing its database")
    processes.run_to_end(
        "airflow-migrate",
        [airflow, "db", "migrate"],
        run=settings.run,
        log=settings.logs / "airflow-migrate.log",
        environment=variables,
    )
    console.say("airflow", "starting")
    for name, arguments in COMMANDS.items():
        processes.start(
            name,
            [airflow, *arguments],
            run=settings.run,
            log=settings.logs / f"{name}.log",
            environment=variables if name == IMPATIENT else variables | patient(settings),
            started_with=settings.fingerprint,
        )


def _fail_active_runs(settings: Settings) -> None:
    """Best effort: an Airflow that no longer answers is stopped all the same."""
    client = api(settings)
    try:
        active = client.active_runs()
        for run in active:
            client.fail(run)
    except HexawattError:
        return
    scheduler = processes.running(settings.run).get("airflow-scheduler")
    deadline = time.monotonic() + TASKS_END_SECONDS
    # The scheduler's children are its workers, and stay; what those have started are tasks.
    while active and scheduler and processes.has_grandchildren(scheduler) and time.monotonic() < deadline:
        time.sleep(0.2)
