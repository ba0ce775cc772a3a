"""One Airflow home for all tests of this room: metadata in SQLite, the DAGs read from this repository."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

DAGS = Path(__file__).resolve().parents[1] / "dags"

CONNECTIONS = """
connections:
  rte:
    source: source-rte
    streams: {consumption_short_term: {}, france_power_exchanges: {}}
    schedule: {cron: "20 * * * *", timezone: Europe/Paris, owner: airflow}
  weather:
    source: source-weather
    streams: {archive_hourly: {}, forecast_hourly: {}}
    schedule: {cron: "10 */3 * * *", timezone: Europe/Paris, owner: airflow}
  elsewhere:
    source: source-elsewhere
    streams: {things: {}}
    schedule: {cron: "5 * * * *", timezone: Europe/Paris, owner: airbyte}
"""

# Notes each command it is given; fails or skips when told to by a file beside it.
STUB = """#!/bin/sh
echo "$*" >>"$HEXAWATT_HOME/commands.txt"
[ -f "$HEXAWATT_HOME/exit-$1" ] && exit "$(cat "$HEXAWATT_HOME/exit-$1")"
exit 0
"""

# Airflow reads its settings on import, hence here and not in a fixture.
HOME = Path(tempfile.mkdtemp(prefix="hexawatt-airflow-"))
atexit.register(shutil.rmtree, HOME, ignore_errors=True)
for name in [name for name in os.environ if name.startswith("AIRFLOW")]:
    del os.environ[name]
os.environ |= {
    "AIRFLOW_HOME": str(HOME / "airflow"),
    "AIRFLOW__CORE__DAGS_FOLDER": str(DAGS),
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    "HEXAWATT_CONNECTIONS": str(HOME / "connections.yaml"),
    "HEXAWATT_COMMAND": str(HOME / "hexawatt"),
    "HEXAWATT_HOME": str(HOME),
    "MODE": "demo",
}
(HOME / "connections.yaml").write_text(CONNECTIONS)
(HOME / "hexawatt").write_text(STUB)
(HOME / "hexawatt").chmod(0o755)
