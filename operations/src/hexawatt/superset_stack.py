"""Superset on this machine: provisioned from its assets, then served on loopback."""

from __future__ import annotations

import requests

from . import credentials, processes
from .console import Console
from .settings import Settings, child_environment

NAME = "superset"
PROVISION = "superset-provision"
REFRESH = "superset-refresh-cache"
READY_SECONDS = 120.0


def start(settings: Settings, console: Console) -> None:
    """Bring the assets to what the files say, start the server unless it runs, and wait until it answers."""
    provision(settings, console)
    record = processes.running(settings.run).get(NAME) or processes.start(
        NAME,
        [
            settings.executable("superset", "gunicorn"),
            "--config",
            settings.repository / "superset" / "gunicorn.conf.py",
        ],
        run=settings.run,
        log=settings.logs / "superset.log",
        environment=child_environment(settings),
        started_with={**settings.fingerprint, **settings.server},
        cwd=settings.superset_home,
    )
    processes.wait_ready("Superset", [record], lambda: _answers(settings), seconds=READY_SECONDS)
    console.say(NAME, f"running at http://localhost:{settings.superset_port}")


def provision(settings: Settings, console: Console) -> None:
    """Metadata, administrator, database, datasets, charts and dashboards; a moment's work when nothing changed."""
    made = credentials.load_or_make(settings)
    settings.superset_home.mkdir(parents=True, exist_ok=True)
    console.say(NAME, "provisioning its dashboards")
    _run_script(settings, PROVISION, "provision.py", {"SUPERSET_ADMIN_PASSWORD": made.superset_password})


def refresh_cache(settings: Settings) -> None:
    """Make Superset forget what it has cached; nothing to do where it was never provisioned."""
    settings.make_directories()
    if settings.superset_home.exists():
        _run_script(settings, REFRESH, "refresh_cache.py", {})


def stop(settings: Settings) -> list[str]:
    return processes.stop(settings.run, [NAME])


def _run_script(settings: Settings, name: str, script: str, variables: dict[str, str]) -> None:
    processes.run_to_end(
        name,
        [settings.executable("superset", "python"), settings.repository / "superset" / script],
        run=settings.run,
        log=settings.logs / f"{name}.log",
        environment=child_environment(settings) | variables,
        cwd=settings.superset_home,
    )


def _answers(settings: Settings) -> bool:
    with requests.Session() as session:
        session.trust_env = False
        try:
            return session.get(f"{settings.superset_url}/health", timeout=5).ok
        except requests.RequestException:
            return False
