"""The web server's settings: ``gunicorn --config superset/gunicorn.conf.py``, on loopback, sized for two cores."""

from __future__ import annotations

import os
from pathlib import Path

os.environ.setdefault("SUPERSET_CONFIG_PATH", str(Path(__file__).absolute().with_name("superset_config.py")))

wsgi_app = "superset.app:create_app()"
bind = f"127.0.0.1:{os.environ.get('SUPERSET_PORT', '8088')}"
worker_class = "gthread"
workers = 2
threads = 8
preload_app = True  # import Superset once, not once per worker
timeout = 90
graceful_timeout = 5
keepalive = 5
accesslog = None
errorlog = "-"
control_socket_disable = True  # it would be made in the home directory
proc_name = "hexawatt-superset"
