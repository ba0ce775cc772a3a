"""Visits to a Superset that is open to others, in a process of its own: its settings differ from those of the tests.

Run with the environment of the place and its room on the path; prints what was seen as JSON.
"""

from __future__ import annotations

import json
import os
from typing import Any

from bundle import read_bundle
from chart_queries import queries
from roles import EMBEDDED, embedded_uuid

ORIGIN = "https://portal.example"
CHARTS = {
    path.removeprefix("charts/").removesuffix(".yaml"): chart
    for path, chart in read_bundle().of("charts")
    if path.startswith(("charts/shared", "charts/france_now"))
}
PROXIED = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "power.example", "X-Forwarded-For": "198.51.100.7"}


def visit() -> dict[str, Any]:
    """Visit without an account, as an embedding site, and as a guest of its page."""
    os.environ["SUPERSET_CONFIG_PATH"] = os.environ["ROOM"] + "/superset_config.py"
    from superset.app import create_app

    app = create_app()
    app.config["WTF_CSRF_ENABLED"] = False
    ids = _ids(app)
    stranger = app.test_client()
    seen = {f"stranger {name}": value for name, value in _look_around(stranger, ids, None).items()}
    login = app.test_client().get("/login/", headers=PROXIED)
    seen["headers"] = {name.lower(): value for name, value in login.headers if name.lower() != "set-cookie"}
    seen["cookies"] = login.headers.getlist("Set-Cookie")
    seen["redirect"] = stranger.get("/superset/welcome/", headers=PROXIED).headers.get("Location")

    _close(app)  # what everybody may read would hide what a guest may
    site = app.test_client()
    body = {"username": "embedder", "password": os.environ["HEXAWATT_EMBED_PASSWORD"], "provider": "db"}
    bearer = site.post("/api/v1/security/login", json=body).json["access_token"]
    site.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {bearer}"
    seen.update({f"site {name}": value for name, value in _look_around(site, ids, None).items()})
    resource = {"type": "dashboard", "id": embedded_uuid()}
    wanted = {"user": {"username": "a visitor"}, "resources": [resource], "rls": []}
    answer = site.post("/api/v1/security/guest_token/", json=wanted)
    seen["token"] = answer.status_code
    for referrer in (f"{ORIGIN}/page", "https://elsewhere.example/", None):
        headers = {"Referer": referrer} if referrer else {}
        page = app.test_client().get(f"/embedded/{embedded_uuid()}", headers=headers)
        seen[f"embedded from {referrer}"] = page.status_code

    guest = app.test_client()
    guest.environ_base["HTTP_X_GUESTTOKEN"] = answer.json["token"]
    seen.update({f"guest {name}": value for name, value in _look_around(guest, ids, ids["dashboard"]).items()})
    seen["guest of another token"] = _forged(app, ids)
    return seen


def _close(app: Any) -> None:
    """Take the dashboards back from visitors without account, for what follows."""
    from superset.extensions import security_manager

    from superset import db

    with app.app_context():
        security_manager.find_role("Public").permissions = []
        db.session.commit()


def _ids(app: Any) -> dict[str, Any]:
    from superset.connectors.sqla.models import SqlaTable
    from superset.models.dashboard import Dashboard
    from superset.models.slice import Slice

    from superset import db

    with app.app_context():
        return {
            "dashboard": db.session.query(Dashboard).filter_by(slug=EMBEDDED).one().id,
            "datasets": {str(item.uuid): item.id for item in db.session.query(SqlaTable)},
            "by region": db.session.query(SqlaTable).filter_by(table_name="fct_weather_hourly").one().id,
            "charts": {str(item.uuid): item.id for item in db.session.query(Slice)},
        }


def _look_around(client: Any, ids: dict[str, Any], dashboard: int | None) -> dict[str, Any]:
    """Ask for the dashboard, for all its charts, and for what should be refused."""
    chart = CHARTS["france_now/load_and_forecasts"]
    inner = "(SELECT MAX(region_code) FROM marts.fct_weather_hourly)"
    own = {"expressionType": "SQL", "sqlExpression": f"MAX({inner})", "label": "mine"}
    other = {"datasource": {"id": ids["by region"], "type": "table"}}
    other["queries"] = [{"columns": ["region_code"], "metrics": [], "row_limit": 1}]
    sql = {"database_id": 1, "sql": "SELECT 1", "runAsync": False}
    return {
        "dashboard": client.get(f"/api/v1/dashboard/{EMBEDDED}").status_code,
        "page": client.get(f"/superset/dashboard/{EMBEDDED}/").status_code,
        "charts": sorted({_ask(client, item, ids, dashboard) for item in CHARTS.values()}),
        "metric from another table": _ask(client, chart, ids, dashboard, metrics=[own]),
        "csv": _ask(client, chart, ids, dashboard, result_format="csv"),
        "other dataset": client.post("/api/v1/chart/data", json=other).status_code,
        "sql": client.post("/api/v1/sqllab/execute/", json=sql).status_code,
        "write": client.put(f"/api/v1/dashboard/{ids['dashboard']}", json={"dashboard_title": "x"}).status_code,
    }


def _ask(client: Any, chart: dict[str, Any], ids: dict[str, Any], dashboard: int | None, **changes: Any) -> int:
    """Send a chart's request as its page does and return the status."""
    wanted = queries(chart["params"])
    if "metrics" in changes:
        wanted = [{**query, "metrics": changes["metrics"]} for query in wanted]
    form = {**chart["params"], "slice_id": ids["charts"][chart["uuid"]]}
    body = {
        "datasource": {"id": ids["datasets"][chart["dataset_uuid"]], "type": "table"},
        "queries": wanted,
        "form_data": form | ({"dashboardId": dashboard} if dashboard else {}),
        "result_format": changes.get("result_format", "json"),
        "result_type": "full",
        "force": True,
    }
    return int(client.post("/api/v1/chart/data", json=body).status_code)


def _forged(app: Any, ids: dict[str, Any]) -> int:
    """Come with a token that is signed with the key of the sessions, not with that of guests."""
    from superset.extensions import security_manager

    with app.test_request_context():
        right, app.config["GUEST_TOKEN_JWT_SECRET"] = app.config["GUEST_TOKEN_JWT_SECRET"], app.config["SECRET_KEY"]
        resource = {"type": "dashboard", "id": embedded_uuid()}
        token = security_manager.create_guest_access_token({"username": "x"}, [resource], [])
        app.config["GUEST_TOKEN_JWT_SECRET"] = right
    client = app.test_client()
    client.environ_base["HTTP_X_GUESTTOKEN"] = token.decode() if isinstance(token, bytes) else token
    return _ask(client, CHARTS["france_now/load_now"], ids, ids["dashboard"])


if __name__ == "__main__":
    print(json.dumps(visit()))
