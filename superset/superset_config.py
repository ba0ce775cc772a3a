"""Superset's settings: everything that differs between machines and modes comes from the environment.

Superset loads this file through ``SUPERSET_CONFIG_PATH``; the room's own scripts import it for the places it names.
Loading it makes the state folder and, once, the secret key (unless ``SUPERSET_SECRET_KEY`` is set).
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import logging
import os
import re
import secrets
import shutil
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml
from celery.schedules import crontab

# "Today" in a dashboard's period is a day of the French grid, wherever the machine stands.
os.environ["TZ"] = "Europe/Paris"
time.tzset()

# --- places -----------------------------------------------------------------------------------------------------------


def _mode_directory() -> Path:
    """Return the state folder of this mode: given by operations, or the default place in the repository."""
    if given := os.environ.get("HEXAWATT_STATE_DIR"):
        return Path(given).absolute()
    home = os.environ.get("HEXAWATT_HOME") or Path(__file__).absolute().parent.parent / ".hexawatt"
    return Path(home).absolute() / os.environ.get("MODE", "demo")


def _secret_key(file: Path) -> str:
    """Return the key that signs sessions and encrypts stored secrets; make it once, readable by its owner only."""
    if given := os.environ.get("SUPERSET_SECRET_KEY"):
        return given
    if not file.exists():
        draft = file.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48), encoding="ascii")
        with contextlib.suppress(FileExistsError):
            os.link(draft, file)  # the first of two starting processes wins, and no reader sees half a key
        draft.unlink()
    return file.read_text(encoding="ascii").strip()


MODE_DIRECTORY = _mode_directory()
STATE_DIRECTORY = MODE_DIRECTORY / "superset"
STATE_DIRECTORY.mkdir(mode=0o700, parents=True, exist_ok=True)
SERVING_FILE = Path(os.environ.get("HEXAWATT_SERVING_FILE") or MODE_DIRECTORY / "serving.duckdb").absolute()

# A Redis switches alerts and reports on: what is sent waits there for a worker, and log-ins are counted there.
REDIS_URL = os.environ.get("HEXAWATT_REDIS_URL", "")

# --- metadata, secrets, sessions --------------------------------------------------------------------------------------

SECRET_KEY = _secret_key(STATE_DIRECTORY / "secret_key")
SQLALCHEMY_DATABASE_URI = f"sqlite:///{STATE_DIRECTORY / 'superset.db'}?check_same_thread=false"
# Each click is logged in the metadata: wait for the file's one writer rather than fail.
SQLALCHEMY_ENGINE_OPTIONS = {"connect_args": {"timeout": 30}}


def _derived(purpose: str) -> str:
    """Return a key of its own for each purpose: whoever learns one of them has none of the others."""
    return hmac.new(SECRET_KEY.encode(), purpose.encode(), hashlib.sha256).hexdigest()


GUEST_TOKEN_JWT_SECRET = _derived("guest tokens")
GLOBAL_ASYNC_QUERIES_JWT_SECRET = _derived("asynchronous queries")

# Behind a proxy that speaks HTTPS on this machine (nothing else reaches the port): HEXAWATT_HTTPS=1.
HTTPS = os.environ.get("HEXAWATT_HTTPS") == "1"
# Origins whose pages may show the embedded dashboard; provision.py refuses what is none.
EMBED_ORIGINS = [
    origin
    for origin in re.split(r"[,\s]+", os.environ.get("HEXAWATT_EMBED_ORIGINS", ""))
    if re.fullmatch(r"https?://[a-z0-9.-]+(:\d+)?", origin)
]
ENABLE_PROXY_FIX = HTTPS
PREFERRED_URL_SCHEME = "https" if HTTPS else "http"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = HTTPS  # over plain HTTP on loopback a secure cookie would never come back
# Inside a page of another site only a cookie of this kind comes back, and browsers want it secure.
SESSION_COOKIE_SAMESITE = "None" if HTTPS and EMBED_ORIGINS else "Lax"
GLOBAL_ASYNC_QUERIES_JWT_COOKIE_SECURE = HTTPS
PERMANENT_SESSION_LIFETIME = timedelta(hours=12)
WTF_CSRF_ENABLED = True

# --- who may enter ----------------------------------------------------------------------------------------------------

PUBLIC_ROLE_LIKE = None  # roles.py gives the role Public what HEXAWATT_ANONYMOUS says, nothing by default
GUEST_ROLE_NAME = "Guest"
GUEST_TOKEN_JWT_EXP_SECONDS = 300
AUTH_USER_REGISTRATION = False
FAB_PASSWORD_COMPLEXITY_ENABLED = True
FAB_API_SWAGGER_UI = False
RATELIMIT_ENABLED = True
RATELIMIT_STORAGE_URI = REDIS_URL or "memory://"  # in memory per worker, which is enough on loopback
RATELIMIT_IN_MEMORY_FALLBACK_ENABLED = True  # pages are shown while the Redis is away
RATELIMIT_KEY_PREFIX = "hexawatt_superset"
RATELIMIT_APPLICATION = "200 per second"  # a dashboard asks some forty things at once
AUTH_RATE_LIMITED = True
AUTH_RATE_LIMIT = "10 per minute"


def FLASK_APP_MUTATOR(app: Any) -> None:  # noqa: N802 - Superset's name
    """Limit guesses at a password, on the page and at the API: 6.1 leaves both without a limit.

    Also here, where Superset can be imported: every alert and report asks and looks as one account with few rights, and
    pages take what `templates/` holds for them.
    """
    from flask import abort, request
    from jinja2 import ChoiceLoader, FileSystemLoader
    from limits import parse
    from superset.tasks.types import FixedExecutor

    app.config["ALERT_REPORTS_EXECUTORS"] = [FixedExecutor("reports")]
    logger = app.config["EVENT_LOGGER"]
    logger.log = _log_of_people(logger.log)
    app.jinja_loader = ChoiceLoader([FileSystemLoader(Path(__file__).with_name("templates")), app.jinja_loader])

    limit, limiter = parse(AUTH_RATE_LIMIT), app.appbuilder.sm.limiter

    @app.before_request  # type: ignore[untyped-decorator]
    def count_guesses() -> None:
        is_guess = request.method == "POST" and request.path in ("/login/", "/api/v1/security/login")
        if is_guess and not limiter.limiter.hit(limit, request.path, request.remote_addr or ""):
            abort(429)


# --- what is logged: what people do ---------------------------------------------------------------------------------

# The parts of an answer to an open page, each with its time. Pages opened, changes and SQL stay in the log.
ASKED_BY_PAGES = (
    "ChartDataRestApi.",
    "DashboardRestApi.get",
    "DatasetRestApi.get",
    "QueryObject.",
    "_get_data_response",
    "execute_sql",
    "explore_json",
    "load_into_dataframe",
)


def _log_of_people(log: Any) -> Any:
    """Leave out what an open page asks by itself: three committed rows a chart, a third of an answer's time."""

    def kept(user_id: Any, action: str, *details: Any, **named: Any) -> None:
        if not action.startswith(ASKED_BY_PAGES):
            log(user_id, action, *details, **named)

    return kept


# --- what a browser may load: this server and nothing else ------------------------------------------------------------

ENABLE_CORS = False
HTML_SANITIZATION = True
THEME_FONT_URL_ALLOWED_DOMAINS: list[str] = []
CONTENT_SECURITY_POLICY_WARNING = False
TALISMAN_ENABLED = True
TALISMAN_CONFIG = {
    "content_security_policy": {
        "base-uri": ["'self'"],
        "default-src": ["'self'"],
        "img-src": ["'self'", "blob:", "data:"],
        "worker-src": ["'self'", "blob:"],
        "connect-src": ["'self'"],
        "object-src": "'none'",
        "style-src": ["'self'", "'unsafe-inline'"],
        "font-src": ["'self'"],
        "frame-ancestors": ["'self'", *EMBED_ORIGINS],
        "script-src": ["'self'", "'strict-dynamic'"],
    },
    "content_security_policy_nonce_in": ["script-src"],
    "frame_options": None if EMBED_ORIGINS else "SAMEORIGIN",  # this older header can't name origins
    "force_https": False,  # the proxy's part; health is asked for on loopback without it
    "session_cookie_secure": SESSION_COOKIE_SECURE,
    "session_cookie_samesite": SESSION_COOKIE_SAMESITE,
}

# --- what a query may do ----------------------------------------------------------------------------------------------

ROW_LIMIT = 50_000
SQL_MAX_ROW = 100_000
SQLLAB_TIMEOUT = 30
SUPERSET_WEBSERVER_TIMEOUT = 60
DATASET_IMPORT_ALLOWED_DATA_URLS: list[str] = []
PREVENT_UNSAFE_DB_CONNECTIONS = True
# The served file is opened without access to other files; refusing these by name too gives a plain message.
DISALLOWED_SQL_FUNCTIONS = {
    "duckdb": {
        "getenv",
        "glob",
        "parquet_metadata",
        "parquet_scan",
        "parquet_schema",
        "query",
        "query_table",
        "read_blob",
        "read_csv",
        "read_csv_auto",
        "read_json",
        "read_json_auto",
        "read_json_objects",
        "read_ndjson",
        "read_ndjson_auto",
        "read_ndjson_objects",
        "read_parquet",
        "read_text",
        "sniff_csv",
    },
    "snowflake": {"get_presigned_url", "system$wait"},
}
FEATURE_FLAGS = {
    "ALERT_REPORTS": bool(REDIS_URL),
    "ALLOW_ADHOC_SUBQUERY": False,
    "DASHBOARD_VIRTUALIZATION_DEFER_DATA": True,  # charts far below the window are asked for when it comes near
    "EMBEDDED_SUPERSET": bool(EMBED_ORIGINS),
    "ENABLE_JAVASCRIPT_CONTROLS": False,
    "ENABLE_TEMPLATE_PROCESSING": False,
    "SSH_TUNNELING": False,
}

# --- time -------------------------------------------------------------------------------------------------------------

# RTE publishes quarters and half-hours; Superset's DuckDB dialect stops at hours and whole minutes.
TIME_GRAIN_ADDON_EXPRESSIONS = {
    "duckdb": {
        "PT15M": "time_bucket(INTERVAL '15 minutes', {col})",
        "PT30M": "time_bucket(INTERVAL '30 minutes', {col})",
    }
}

# --- caches -----------------------------------------------------------------------------------------------------------

CACHE_CONFIG = {
    "CACHE_TYPE": "FileSystemCache",  # shared by the server's workers, no service to run
    "CACHE_DIR": str(STATE_DIRECTORY / "cache"),
    "CACHE_DEFAULT_TIMEOUT": int(timedelta(hours=1).total_seconds()),
    "CACHE_THRESHOLD": 2_000,
}
# refresh_cache.py makes answers stale after each publish; the hour only bounds what a missed refresh could show.
DATA_CACHE_CONFIG = {**CACHE_CONFIG, "CACHE_DIR": str(STATE_DIRECTORY / "data_cache")}
DASHBOARD_AUTO_REFRESH_MODE = "fetch"  # a screen left open reads through the cache

# --- language and look ------------------------------------------------------------------------------------------------

APP_NAME = "Hexawatt"
BABEL_DEFAULT_LOCALE = "en"
LANGUAGES = {"en": {"flag": "gb", "name": "English"}, "fr": {"flag": "fr", "name": "Français"}}
CURRENCIES = ["EUR", "GBP", "USD"]
LIGHT = {
    "brandAppName": APP_NAME,
    "brandLogoAlt": APP_NAME,
    "brandLogoUrl": "/static/assets/images/superset-logo-horiz.png",
    "brandLogoHref": "/",
    "brandLogoHeight": "24px",
    "brandLogoMargin": "18px 0",
    "brandIconMaxWidth": 37,
    "brandSpinnerUrl": "/static/assets/images/loading.gif",  # the default one isn't in the published package
    "colorPrimary": "#2772B2",
    "colorLink": "#2772B2",
    "fontFamily": "Inter, Helvetica, Arial, sans-serif",
    "fontFamilyCode": "'IBM Plex Mono', 'Courier New', monospace",
    "fontSizeXS": "8",
    "fontSizeXXL": "28",
    "fontWeightStrong": "500",
    "transitionTiming": 0.3,
    "motion": False,  # pages of twenty charts are there sooner when nothing moves
}
# A box plot's legend only says "boxplot" and "outlier".
DRAWING = {
    "echartsOptionsOverrides": {"animation": False},
    "echartsOptionsOverridesByChartType": {"box_plot": {"legend": {"show": False}}},
}
THEME_DEFAULT = {"token": LIGHT, "algorithm": "default", **DRAWING}
THEME_DARK = {"token": LIGHT, "algorithm": "dark", **DRAWING}
_SCHEMES = yaml.safe_load(Path(__file__).with_name("descriptions").joinpath("palette.yaml").read_text("utf-8"))[
    "schemes"
]
EXTRA_CATEGORICAL_COLOR_SCHEMES = _SCHEMES["categorical"]
EXTRA_SEQUENTIAL_COLOR_SCHEMES = _SCHEMES["sequential"]

# --- alerts and reports: off without a Redis --------------------------------------------------------------------------


class CeleryConfig:
    """What worker and beat do (see background.py): schedules are looked through every minute, old logs are removed."""

    broker_url = REDIS_URL
    result_backend = REDIS_URL
    result_expires = timedelta(hours=1)
    broker_connection_retry_on_startup = True
    imports = ("superset.tasks.scheduler",)
    worker_concurrency = 2  # each may open a browser
    worker_prefetch_multiplier = 1
    worker_max_memory_per_child = 1_000_000  # kB
    task_acks_late = False  # a mail that may have been sent isn't sent twice
    beat_schedule_filename = str(STATE_DIRECTORY / "beat_schedule")
    beat_schedule = {  # noqa: RUF012 - Celery's name and shape
        "reports.scheduler": {
            "task": "reports.scheduler",
            "schedule": crontab(),  # every minute
            "options": {"expires": int(timedelta(weeks=1).total_seconds())},  # Superset reckons back from it
        },
        "reports.prune_log": {"task": "reports.prune_log", "schedule": crontab(hour="3", minute="10")},
    }


CELERY_CONFIG = CeleryConfig if REDIS_URL else None

_PORT = os.environ.get("SUPERSET_PORT", "8088")
# Where the worker reaches the server, and where those who get a mail do.
WEBDRIVER_BASEURL = os.environ.get("HEXAWATT_SUPERSET_URL") or f"http://127.0.0.1:{_PORT}/"
WEBDRIVER_BASEURL_USER_FRIENDLY = os.environ.get("HEXAWATT_PUBLIC_URL") or f"http://localhost:{_PORT}/"
EMAIL_REPORTS_SUBJECT_PREFIX = "[Hexawatt]"  # a space follows by itself
EMAIL_REPORTS_CTA = "Open in Hexawatt"

SMTP_SECURITY = os.environ.get("SMTP_SECURITY") or "starttls"  # or ssl, or none on this machine
SMTP_HOST = os.environ.get("SMTP_HOST", "")
_GIVEN_PORT = os.environ.get("SMTP_PORT", "")  # provision.py refuses what is no number
SMTP_PORT = int(_GIVEN_PORT) if _GIVEN_PORT.isdigit() else {"starttls": 587, "ssl": 465}.get(SMTP_SECURITY, 25)
SMTP_STARTTLS = SMTP_SECURITY == "starttls"
SMTP_SSL = SMTP_SECURITY == "ssl"
SMTP_SSL_SERVER_AUTH = True
SMTP_USER = os.environ.get("SMTP_USER", "")
SMTP_PASSWORD = os.environ.get("SMTP_PASSWORD", "")
SMTP_MAIL_FROM = os.environ.get("SMTP_MAIL_FROM", "")

# Debian's Chromium and its driver: named here, or Selenium would look for one on the network.
WEBDRIVER_TYPE = "chrome"
WEBDRIVER_CONFIGURATION = {
    "options": {"capabilities": {}, "preferences": {}},
    "service": {
        "executable_path": os.environ.get("CHROMEDRIVER") or shutil.which("chromedriver") or "/usr/bin/chromedriver",
        "log_output": os.devnull,
        "service_args": [],
        "port": 0,
        "env": None,
    },
}
# Without these Chromium talks to its maker's services; maps are drawn by the processor.
WEBDRIVER_OPTION_ARGS = [
    "--headless",
    "--hide-scrollbars",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-dev-shm-usage",  # small in containers
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-gpu-compositing",  # all but maps is drawn in half the time without the GL that maps need
    *(["--no-sandbox"] if os.geteuid() == 0 else []),  # it refuses to run as root otherwise
]
WEBDRIVER_WINDOW = {"dashboard": (1440, 2000), "slice": (1440, 900), "pixel_density": 1}
SCREENSHOT_LOCATE_WAIT = 60  # seconds; a server that has just started answers slowly
SCREENSHOT_LOAD_WAIT = 120
SCREENSHOT_SELENIUM_HEADSTART = 1
SCREENSHOT_SELENIUM_ANIMATION_WAIT = 2

# --- log --------------------------------------------------------------------------------------------------------------

LOG_LEVEL = logging.getLevelName(os.environ.get("SUPERSET_LOG_LEVEL", "WARNING"))
ALEMBIC_SKIP_LOG_CONFIG = True  # migrations log through the settings above
