"""Secrets made once per state directory and kept readable by their owner alone."""

from __future__ import annotations

import base64
import json
import os
import secrets
import stat
import tempfile
from dataclasses import dataclass, fields
from pathlib import Path

from .settings import Settings

USER = "admin"


@dataclass(frozen=True, repr=False)
class Secrets:
    """No repr, so that no traceback or log line shows a value."""

    airflow_password: str
    airflow_jwt_secret: str
    airflow_api_secret_key: str
    airflow_fernet_key: str
    superset_password: str


def load_or_make(settings: Settings) -> Secrets:
    """The secrets of this state directory; missing ones are generated, existing ones kept.

    Airflow encrypts what it stores with these keys: they must not change under an existing state.
    """
    settings.make_directories()
    path = settings.run / "secrets"
    known = json.loads(path.read_text()) if path.exists() else {}
    values = {item.name: known.get(item.name) or _generate(item.name) for item in fields(Secrets)}
    if values != known:
        write_private(path, json.dumps(values))
    made = Secrets(**values)
    write_private(settings.credentials_file, _page(settings, made))
    return made


def airflow_passwords_file(settings: Settings, made: Secrets) -> Path:
    """The file in which Airflow's simple auth manager looks for passwords (else it makes one up and logs it)."""
    path = settings.run / "airflow-passwords"
    write_private(path, json.dumps({USER: made.airflow_password}))
    return path


def write_private(path: Path, text: str) -> None:
    """Bring a file of mode 600 to this text in one step; it never exists with a wider mode or with half its text."""
    if path.exists() and path.read_text() == text and stat.S_IMODE(path.stat().st_mode) == 0o600:
        return
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mkstemp makes it mode 600
    with os.fdopen(handle, "w") as file:
        file.write(text)
    Path(temporary).replace(path)


def _generate(name: str) -> str:
    if name.endswith("_password"):
        return secrets.token_urlsafe(15)
    if name.endswith("_fernet_key"):
        return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    return secrets.token_urlsafe(48)


def _page(settings: Settings, made: Secrets) -> str:
    return (
        f"Airflow   http://localhost:{settings.airflow_port}\n"
        f"  user      {USER}\n"
        f"  password  {made.airflow_password}\n\n"
        f"Superset  http://localhost:{settings.superset_port}\n"
        f"  user      {USER}\n"
        f"  password  {made.superset_password}\n"
    )
