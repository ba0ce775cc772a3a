"""What is set for safety, what changes behind HTTPS, and what opens where anonymous reading or embedding is on."""

from __future__ import annotations

import json
import os
import runpy
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from bundle import ROOM, read_bundle
from chart_queries import queries
from conftest import PASSWORD, Place

ORIGIN = "https://portal.example"
SHOWN = (
    *("SECRET_KEY", "GUEST_TOKEN_JWT_SECRET", "GLOBAL_ASYNC_QUERIES_JWT_SECRET", "ENABLE_PROXY_FIX", "TALISMAN_CONFIG"),
    *("SESSION_COOKIE_SECURE", "SESSION_COOKIE_SAMESITE", "EMBED_ORIGINS", "FEATURE_FLAGS", "PREFERRED_URL_SCHEME"),
    *("RATELIMIT_STORAGE_URI", "SMTP_PORT", "SMTP_STARTTLS", "SMTP_SSL", "SMTP_SSL_SERVER_AUTH"),
)


def settings(state: Path, **environment: str) -> dict[str, Any]:
    """Return the settings as another process reads them."""
    script = f"import json, superset_config as s; print(json.dumps({{n: getattr(s, n) for n in {SHOWN!r}}}))"
    variables = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOM), "HEXAWATT_STATE_DIR": str(state), **environment}
    done = subprocess.run(
        [sys.executable, "-c", script], env=variables, capture_output=True, text=True, check=True, cwd=state
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


EXPECTED: dict[str, Any] = {
    "WTF_CSRF_ENABLED": None,  # the tests' own client has none
    "TALISMAN_ENABLED": True,
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_SECURE": False,  # loopback without HTTPS
    "SESSION_COOKIE_SAMESITE": "Lax",
    "PERMANENT_SESSION_LIFETIME": timedelta(hours=12),
    "ENABLE_PROXY_FIX": False,
    "ENABLE_CORS": False,
    "FAB_API_SWAGGER_UI": False,
    "FAB_PASSWORD_COMPLEXITY_ENABLED": True,
    "RATELIMIT_ENABLED": True,
    "AUTH_RATE_LIMITED": True,
    "AUTH_RATE_LIMIT": "10 per minute",
    "AUTH_USER_REGISTRATION": False,
    "PUBLIC_ROLE_LIKE": None,
    "HTML_SANITIZATION": True,
    "HTML_SANITIZATION_SCHEMA_EXTENSIONS": {},
    "DATASET_IMPORT_ALLOWED_DATA_URLS": [],
    "PREVENT_UNSAFE_DB_CONNECTIONS": True,
    "SQL_MAX_ROW": 100_000,
    "ROW_LIMIT": 50_000,
    "SQLLAB_TIMEOUT": 30,
    "JINJA_CONTEXT_ADDONS": {},
    "GUEST_ROLE_NAME": "Guest",
    "GUEST_TOKEN_JWT_EXP_SECONDS": 300,
}
FLAGS_OFF = (
    *("ALLOW_ADHOC_SUBQUERY", "ENABLE_TEMPLATE_PROCESSING", "EMBEDDED_SUPERSET", "ENABLE_JAVASCRIPT_CONTROLS"),
    *("ALERT_REPORTS", "SSH_TUNNELING", "DASHBOARD_RBAC", "ALLOW_FULL_CSV_EXPORT"),
)


@pytest.mark.parametrize("name", [name for name, value in EXPECTED.items() if name != "WTF_CSRF_ENABLED"])
def test_setting_of_the_running_application(app: Any, name: str) -> None:
    assert app.config[name] == EXPECTED[name]


def test_forms_are_protected_against_other_sites() -> None:
    assert runpy.run_path(str(ROOM / "superset_config.py"))["WTF_CSRF_ENABLED"] is True


@pytest.mark.parametrize("flag", FLAGS_OFF)
def test_feature_is_off(app: Any, flag: str) -> None:
    from superset import is_feature_enabled

    with app.app_context():
        assert not is_feature_enabled(flag)


def test_each_purpose_has_a_key_of_its_own(tmp_path: Path) -> None:
    found = settings(tmp_path)
    keys = {found[name] for name in ("SECRET_KEY", "GUEST_TOKEN_JWT_SECRET", "GLOBAL_ASYNC_QUERIES_JWT_SECRET")}
    assert len(keys) == 3
    assert all(len(key) >= 32 for key in keys)
    assert settings(tmp_path) == found  # the same for every process
    assert (
        settings(tmp_path, SUPERSET_SECRET_KEY="another key, of 32 characters or more")["GUEST_TOKEN_JWT_SECRET"]
        not in keys
    )


def test_database_is_read_only_and_without_uploads() -> None:
    for file in (ROOM / "assets/databases/warehouse.yaml", ROOM / "warehouse.snowflake.yaml"):
        database = yaml.safe_load(file.read_text("utf-8"))
        for name in ("allow_dml", "allow_ctas", "allow_cvas", "allow_file_upload"):
            assert database[name] is False, (file.name, name)


def test_functions_that_read_files_are_refused_by_name(app: Any) -> None:
    refused = app.config["DISALLOWED_SQL_FUNCTIONS"]["duckdb"]
    assert {
        "read_csv",
        "read_csv_auto",
        "read_parquet",
        "read_json",
        "read_text",
        "read_blob",
        "glob",
        "getenv",
    } <= refused


def test_nothing_listens_beyond_loopback() -> None:
    assert runpy.run_path(str(ROOM / "gunicorn.conf.py"))["bind"].startswith("127.0.0.1:")


def test_no_page_describes_the_api_and_no_other_site_may_read(app: Any) -> None:
    browser = app.test_client()
    assert browser.get("/swagger/v1").status_code == 404
    answer = browser.get("/login/", headers={"Origin": "https://elsewhere.example"})
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert browser.get("/embedded/0d705d62-86a8-571f-abba-d27f9fbe1238").status_code == 404


@pytest.mark.parametrize("host", ["scarf.sh", "mapbox", "openstreetmap", "apachesuperset"])
def test_content_policy_names_no_other_host(app: Any, host: str) -> None:
    assert host not in app.test_client().get("/login/").headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/login/", "/api/v1/security/login"])
def test_guesses_at_a_password_are_limited(app: Any, path: str) -> None:
    browser = app.test_client()
    browser.environ_base["REMOTE_ADDR"] = f"192.0.2.{len(path)}"
    guess = {"username": "admin", "password": "a guess", "provider": "db"}
    send = {"json": guess} if path.startswith("/api") else {"data": guess}
    answers = [browser.post(path, **send).status_code for _ in range(11)]
    assert 429 not in answers[:10]
    assert answers[10] == 429


def test_simple_password_is_refused(app: Any) -> None:
    from flask_appbuilder.exceptions import PasswordComplexityValidationError
    from flask_appbuilder.validators import default_password_complexity

    with app.app_context(), pytest.raises(PasswordComplexityValidationError):
        default_password_complexity("password")


def test_text_of_a_dashboard_is_given_to_the_browser_to_be_sanitized(client: Any) -> None:
    page = client.get("/superset/dashboard/france-now/").text
    assert "&#34;HTML_SANITIZATION&#34;: true" in page


def test_the_log_holds_what_people_do_and_not_what_their_page_asks(
    app: Any, client: Any, dataset_ids: dict[str, int]
) -> None:
    from superset.models.core import Log

    from superset import db

    def logged() -> Counter[str]:
        with app.app_context():
            return Counter(action for (action,) in db.session.query(Log.action))

    before = logged()
    assert client.get("/superset/dashboard/carbon/").status_code == 200
    assert client.get("/api/v1/dashboard/carbon/charts").status_code == 200
    assert client.get("/api/v1/dashboard/carbon/datasets").status_code == 200
    chart = dict(read_bundle().of("charts"))["charts/france_now/load_now.yaml"]
    asked = {"datasource": {"id": dataset_ids[chart["dataset_uuid"]], "type": "table"}, "force": True}
    assert client.post("/api/v1/chart/data", json={**asked, "queries": queries(chart["params"])}).status_code == 200
    assert logged() - before == Counter({"dashboard": 1})


def test_pages_shorten_the_distance_at_which_superset_asks_for_charts(client: Any) -> None:
    import superset

    distance = '"100% 0px"'
    assert distance in client.get("/superset/dashboard/carbon/").text
    scripts = Path(superset.__file__).parent.glob("static/assets/*.chunk.js")
    assert any(f"rootMargin:{distance}" in script.read_text("utf-8") for script in scripts), "Superset has another now"


def test_alerts_are_off_without_a_redis(tmp_path: Path) -> None:
    off, on = settings(tmp_path), settings(tmp_path, HEXAWATT_REDIS_URL="redis://127.0.0.1:1/0")
    assert [found["FEATURE_FLAGS"]["ALERT_REPORTS"] for found in (off, on)] == [False, True]
    assert [found["RATELIMIT_STORAGE_URI"] for found in (off, on)] == ["memory://", "redis://127.0.0.1:1/0"]
    assert runpy.run_path(str(ROOM / "superset_config.py"))["CELERY_CONFIG"] is None


@pytest.mark.parametrize(
    ("security", "port", "starttls", "ssl"),
    [("", 587, True, False), ("ssl", 465, False, True), ("none", 25, False, False)],
)
def test_mail_is_encrypted_unless_said_otherwise(
    tmp_path: Path, security: str, port: int, starttls: bool, ssl: bool
) -> None:
    found = settings(tmp_path, SMTP_SECURITY=security)
    assert (found["SMTP_PORT"], found["SMTP_STARTTLS"], found["SMTP_SSL"]) == (port, starttls, ssl)
    assert found["SMTP_SSL_SERVER_AUTH"] is True


# --- behind HTTPS, and open to others ---------------------------------------------------------------------------------


def test_behind_https_cookies_are_secure_and_the_proxy_is_believed(tmp_path: Path) -> None:
    found = settings(tmp_path, HEXAWATT_HTTPS="1")
    assert found["SESSION_COOKIE_SECURE"] is found["ENABLE_PROXY_FIX"] is True
    assert found["TALISMAN_CONFIG"]["session_cookie_secure"] is True
    assert (found["SESSION_COOKIE_SAMESITE"], found["PREFERRED_URL_SCHEME"]) == ("Lax", "https")


def test_only_origins_enter_the_content_policy(tmp_path: Path) -> None:
    given = f"{ORIGIN}, https://b.example:8443 *;script-src https://evil.example/path 'unsafe-inline'"
    policy = settings(tmp_path, HEXAWATT_EMBED_ORIGINS=given)["TALISMAN_CONFIG"]["content_security_policy"]
    assert policy["frame-ancestors"] == ["'self'", ORIGIN, "https://b.example:8443"]
    assert settings(tmp_path)["TALISMAN_CONFIG"]["content_security_policy"]["frame-ancestors"] == ["'self'"]


@pytest.fixture(scope="module")
def seen(place: Place, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What strangers, an embedding site and its guests see where all of that is switched on."""
    open_house = Place(tmp_path_factory.mktemp("open"))
    open_house.only_one_dashboard()
    open_house.copy_state(place)
    open_house.serve(place.state / "serving-1.duckdb")
    environment = {
        "HEXAWATT_ANONYMOUS": "read",
        "HEXAWATT_EMBED_ORIGINS": ORIGIN,
        "HEXAWATT_EMBED_PASSWORD": "Embedder-for-tests-2026",
        "HEXAWATT_HTTPS": "1",
    }
    done = open_house.provision(**environment)
    assert done.returncode == 0, done.stderr
    variables = {
        "PATH": os.environ["PATH"],
        "HOME": str(open_house.state),
        "HEXAWATT_STATE_DIR": str(open_house.state),
        "SUPERSET_ADMIN_PASSWORD": PASSWORD,
        "ROOM": str(open_house.room),
        "PYTHONPATH": str(open_house.room),
        **environment,
    }
    script = Path(__file__).with_name("visit.py")
    visit = subprocess.run(
        [sys.executable, str(script)], env=variables, capture_output=True, text=True, timeout=400, check=False
    )
    assert visit.returncode == 0, visit.stderr
    found: dict[str, Any] = json.loads(visit.stdout.splitlines()[-1])
    return found


REFUSED = (400, 401, 403, 404)


def test_stranger_reads_dashboards_and_nothing_else(seen: dict[str, Any]) -> None:
    assert (seen["stranger dashboard"], seen["stranger page"], seen["stranger charts"]) == (200, 200, [200])
    for what in ("metric from another table", "csv", "sql", "write"):
        assert seen[f"stranger {what}"] in (*REFUSED, 302), what


def test_embedding_site_hands_out_tokens_and_reads_nothing(seen: dict[str, Any]) -> None:
    assert seen["token"] == 200
    for what in ("dashboard", "sql", "write", "other dataset"):
        assert seen[f"site {what}"] in REFUSED, what


def test_guest_reads_the_embedded_dashboard_and_nothing_else(seen: dict[str, Any]) -> None:
    assert (seen["guest dashboard"], seen["guest charts"]) == (200, [200])
    for what in ("metric from another table", "csv", "other dataset", "sql", "write"):
        assert seen[f"guest {what}"] in REFUSED, what
    assert seen["guest of another token"] in REFUSED


def test_dashboard_is_embedded_by_the_named_origin_only(seen: dict[str, Any]) -> None:
    assert seen[f"embedded from {ORIGIN}/page"] == 200
    assert seen["embedded from https://elsewhere.example/"] == 403
    assert seen["embedded from None"] == 403
    assert f"frame-ancestors 'self' {ORIGIN}" in seen["headers"]["content-security-policy"]
    assert "x-frame-options" not in seen["headers"]


def test_behind_https_the_browser_is_told_to_stay_there(seen: dict[str, Any]) -> None:
    assert "max-age" in seen["headers"]["strict-transport-security"]
    assert seen["cookies"]
    for cookie in seen["cookies"]:
        assert "Secure" in cookie
        assert "SameSite=None" in cookie
        assert "HttpOnly" in cookie
    assert seen["redirect"].startswith(("https://power.example/", "/"))
