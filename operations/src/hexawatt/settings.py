"""Where everything is and on which ports: one object made from the environment, passed down to all children.

Paths are absolute, so that a child may run in any directory.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from .errors import UsageError

MODES = ("demo", "live")
HOST = "127.0.0.1"
REPOSITORY = Path(__file__).resolve().parents[3]

# A caller's own tools must not leak into ours: another Airflow's settings, another virtual environment.
FOREIGN_VARIABLES = ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME", "FLASK_APP")
FOREIGN_PREFIXES = ("AIRFLOW", "SUPERSET_", "DBT_")


@dataclass(frozen=True)
class Settings:
    """Settings of one mode. `now` is the pinned instant (HEXAWATT_NOW) or None for the wall clock."""

    repository: Path
    home: Path
    mode: str
    simulator_port: int = 8700
    airflow_port: int = 8080
    superset_port: int = 8088
    now: str | None = None
    connections_file: Path = REPOSITORY / "airbyte" / "connections.yaml"
    # What Superset's server reads when it starts; as far as it may hold a password, as a hash.
    server: Mapping[str, str] = field(default_factory=dict)

    @property
    def state(self) -> Path:
        return self.home / self.mode

    @property
    def raw_file(self) -> Path:
        return self.state / "raw.duckdb"

    @property
    def models_file(self) -> Path:
        return self.state / "models.duckdb"

    @property
    def serving_link(self) -> Path:
        return self.state / "serving.duckdb"

    @property
    def versions(self) -> Path:
        return self.state / "versions"

    @property
    def logs(self) -> Path:
        return self.state / "logs"

    @property
    def run(self) -> Path:
        return self.state / "run"

    @property
    def airflow_home(self) -> Path:
        return self.state / "airflow"

    @property
    def superset_home(self) -> Path:
        return self.state / "superset"

    @property
    def credentials_file(self) -> Path:
        return self.state / "credentials.txt"

    @property
    def simulator_url(self) -> str:
        return f"http://{HOST}:{self.simulator_port}"

    @property
    def airflow_url(self) -> str:
        return f"http://{HOST}:{self.airflow_port}"

    @property
    def superset_url(self) -> str:
        return f"http://{HOST}:{self.superset_port}"

    @property
    def fingerprint(self) -> dict[str, str]:
        """What running processes were started with; when it differs they must be stopped first."""
        return {
            "SIMULATOR_PORT": str(self.simulator_port),
            "AIRFLOW_PORT": str(self.airflow_port),
            "SUPERSET_PORT": str(self.superset_port),
            "HEXAWATT_NOW": self.now or "",
        }

    def executable(self, environment: str, name: str) -> Path:
        """Path of a program in `.venvs/<environment>`; UsageError when that environment isn't installed."""
        path = self.repository / ".venvs" / environment / "bin" / name
        if not path.exists():
            raise UsageError(f"{name} is missing from the environment .venvs/{environment}: run 'make install' first.")
        return path

    def make_directories(self) -> None:
        for directory in (self.state, self.logs, self.run, self.versions):
            directory.mkdir(parents=True, exist_ok=True)
        # Metadata databases hold password hashes and sessions, and no service of ours makes its files private.
        self.state.chmod(0o700)


def from_environment(environment: Mapping[str, str], mode: str | None = None) -> Settings:
    """Settings from environment variables; `mode` (a command's own) wins over MODE. UsageError when one is wrong."""
    mode = mode or environment.get("MODE") or "demo"
    if mode not in MODES:
        raise UsageError(f"MODE is '{mode}': it must be demo or live.")
    ports = {name: _port(environment, name, default) for name, default in _DEFAULT_PORTS.items()}
    if len(set(ports.values())) < len(ports):
        listed = ", ".join(f"{name}={port}" for name, port in ports.items())
        raise UsageError(f"Two services can't share a port: {listed}.")
    return Settings(
        repository=REPOSITORY,
        home=Path(environment.get("HEXAWATT_HOME") or REPOSITORY / ".hexawatt").absolute(),
        mode=mode,
        simulator_port=ports["SIMULATOR_PORT"],
        airflow_port=ports["AIRFLOW_PORT"],
        superset_port=ports["SUPERSET_PORT"],
        now=_now(environment),
        connections_file=Path(
            environment.get("HEXAWATT_CONNECTIONS") or REPOSITORY / "airbyte" / "connections.yaml"
        ).absolute(),
        server={name: environment.get(name, "") for name in _SERVER_VARIABLES}
        | {name: _hashed(environment.get(name, "")) for name in _SERVER_SECRETS},
    )


_SERVER_VARIABLES = ("HEXAWATT_HTTPS", "HEXAWATT_EMBED_ORIGINS")
_SERVER_SECRETS = ("HEXAWATT_REDIS_URL",)
_DEFAULT_PORTS = {"SIMULATOR_PORT": 8700, "AIRFLOW_PORT": 8080, "SUPERSET_PORT": 8088}


def _hashed(text: str) -> str:
    """Enough to see that it has changed, too little to learn it; nothing for nothing."""
    return f"hash {sha256(text.encode()).hexdigest()[:8]}" if text else ""


def _port(environment: Mapping[str, str], name: str, default: int) -> int:
    text = environment.get(name) or str(default)
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise UsageError(f"{name} is '{text}': it must be a port number from 1 to 65535.")
    return int(text)


def _now(environment: Mapping[str, str]) -> str | None:
    text = environment.get("HEXAWATT_NOW") or None
    if text is None:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"HEXAWATT_NOW is '{text}': write an instant such as 2026-01-15T12:00:00Z.") from error
    if instant.tzinfo is None:
        raise UsageError(f"HEXAWATT_NOW is '{text}': it needs a zone, as in 2026-01-15T12:00:00Z.")
    return text


def child_environment(settings: Settings, base: Mapping[str, str] | None = None) -> dict[str, str]:
    """Environment of every child: the caller's, without other tools' settings, with all of ours made explicit.

    It holds no source's key: only the commands that need one add it (connections.source_environment).
    """
    base = os.environ if base is None else base
    kept = {
        name: value
        for name, value in base.items()
        if name not in FOREIGN_VARIABLES and not name.startswith(FOREIGN_PREFIXES)
    }
    ours = {
        "MODE": settings.mode,
        "HEXAWATT_MODE": settings.mode,
        "HEXAWATT_HOME": str(settings.home),
        "HEXAWATT_STATE_DIR": str(settings.state),
        "HEXAWATT_CONNECTIONS": str(settings.connections_file),
        "HEXAWATT_RAW_FILE": str(settings.raw_file),
        "HEXAWATT_MODELS_FILE": str(settings.models_file),
        "HEXAWATT_SERVING_FILE": str(settings.serving_link),
        "SIMULATOR_PORT": str(settings.simulator_port),
        "SIMULATOR_URL": settings.simulator_url,
        "AIRFLOW_PORT": str(settings.airflow_port),
        "SUPERSET_PORT": str(settings.superset_port),
        "PYTHONUNBUFFERED": "1",
        # Everything ours is on loopback: a company's proxy must not be asked for it.
        "NO_PROXY": _with_loopback(base.get("NO_PROXY") or base.get("no_proxy") or ""),
    }
    ours["no_proxy"] = ours["NO_PROXY"]
    if settings.now:
        ours["HEXAWATT_NOW"] = settings.now
    return kept | ours


def _with_loopback(no_proxy: str) -> str:
    names = [name for name in no_proxy.split(",") if name]
    return ",".join([*names, *(name for name in (HOST, "localhost") if name not in names)])
