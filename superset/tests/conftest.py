"""One provisioned Superset for the whole run, on a small served file, in a folder of its own."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from bundle import ROOM
from small_warehouse import build

PASSWORD = "Only-for-tests-2026"
VIEWER_PASSWORD, ANALYST_PASSWORD = "Viewer-for-tests-2026", "Analyst-for-tests-2026"
# Who is mailed, and what that needs; test_alerts.py alone starts what mails.
MAILING = {
    "HEXAWATT_ALERT_EMAILS": "grid@example.org, board@example.org",
    "HEXAWATT_REDIS_URL": "redis://127.0.0.1:1/0",
    "SMTP_HOST": "127.0.0.1",
    "SMTP_MAIL_FROM": "hexawatt@example.org",
}
BY_REGION = "fct_weather_hourly"  # a dataset by region, which the small warehouse fills


class Place:
    """A copy of the room and a state folder: what operations would give the script, and what the script leaves."""

    def __init__(self, folder: Path) -> None:
        """Copy the scripts and assets below ``folder``."""
        self.room = folder / "superset"
        self.state = folder / "state"
        self.state.mkdir()
        shutil.copytree(ROOM, self.room, ignore=shutil.ignore_patterns("tests", "__pycache__", ".*"))

    def only_one_dashboard(self) -> None:
        """Leave France now, what it reads, and one dataset by region: some tests import often."""
        assets = self.room / "assets"
        for dashboard in (assets / "dashboards").glob("*.yaml"):
            if dashboard.stem != "france_now":
                dashboard.unlink()
        read: set[str] = set()
        for chart in (assets / "charts").rglob("*.yaml"):
            if chart.parent.name in ("shared", "france_now"):
                read.add(yaml.safe_load(chart.read_text("utf-8"))["dataset_uuid"])
            else:
                chart.unlink()
        for dataset in (assets / "datasets").rglob("*.yaml"):
            if dataset.stem != BY_REGION and yaml.safe_load(dataset.read_text("utf-8"))["uuid"] not in read:
                dataset.unlink()

    def copy_state(self, other: Place) -> None:
        """Begin with what another place was provisioned to."""
        (self.state / "superset").mkdir()
        for name in ("secret_key", "provisioned.json"):
            shutil.copy2(other.state / "superset" / name, self.state / "superset" / name)
        with sqlite3.connect(other.metadata) as source, sqlite3.connect(self.metadata) as target:
            source.backup(target)

    @property
    def metadata(self) -> Path:
        """Superset's own database."""
        return self.state / "superset" / "superset.db"

    def serve(self, version: Path) -> None:
        """Publish ``version`` as the house does: a new link renamed over the old one."""
        draft = self.state / "serving.new"
        draft.symlink_to(version)
        draft.replace(self.state / "serving.duckdb")

    def provision(self, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run the script as operations do and return what it said."""
        variables = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.state),
            "HEXAWATT_STATE_DIR": str(self.state),
            "SUPERSET_ADMIN_PASSWORD": PASSWORD,
            **environment,
        }
        command = [sys.executable, str(self.room / "provision.py")]
        return subprocess.run(command, env=variables, capture_output=True, text=True, timeout=400, check=False)


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A provisioned place that serves two and a half days of data, with users and a role of one region."""
    place = Place(tmp_path_factory.mktemp("house"))
    version = place.state / "serving-1.duckdb"
    build(version, datetime.now(UTC))
    place.serve(version)
    done = place.provision(
        HEXAWATT_VIEWER_PASSWORD=VIEWER_PASSWORD,
        HEXAWATT_ANALYST_PASSWORD=ANALYST_PASSWORD,
        HEXAWATT_REGION_ROLES="53",
        **MAILING,
    )
    assert done.returncode == 0, done.stderr
    return place


@pytest.fixture(scope="session")
def app(place: Place) -> Any:
    """Superset itself, in this process, on that place."""
    os.environ["HEXAWATT_STATE_DIR"] = str(place.state)
    os.environ["SUPERSET_CONFIG_PATH"] = str(ROOM / "superset_config.py")
    from superset.app import create_app

    app = create_app()
    app.config["WTF_CSRF_ENABLED"] = False  # a test has no page to take the token from
    return app


@pytest.fixture(scope="session")
def client(app: Any) -> Any:
    """A browser's place: a test client whose requests are the administrator's."""
    client = app.test_client()
    answer = client.post(
        "/api/v1/security/login",
        json={"username": "admin", "password": PASSWORD, "provider": "db", "refresh": False},
    )
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {answer.json['access_token']}"
    client.post("/login/", data={"username": "admin", "password": PASSWORD})  # the older pages ask for a session
    return client


@pytest.fixture(scope="session")
def dataset_ids(app: Any) -> dict[str, int]:
    """The number that this installation gave each dataset, by uuid."""
    from superset.connectors.sqla.models import SqlaTable

    from superset import db

    with app.app_context():
        return {str(dataset.uuid): int(dataset.id) for dataset in db.session.query(SqlaTable)}
