"""What a viewer, an analyst and the viewer of one region can do and can't, asked as their browsers ask."""

from __future__ import annotations

import csv
from typing import Any

import pytest
from bundle import ROOM, read_bundle
from conftest import ANALYST_PASSWORD, BY_REGION, PASSWORD, VIEWER_PASSWORD
from roles import REGIONS
from test_dashboard import LOAD_NOW, Screen

BUNDLE = read_bundle()
DATASETS = {asset["table_name"]: asset for _, asset in BUNDLE.of("datasets")}


def logged_in(app: Any, user: str, password: str) -> Any:
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = f"203.0.113.{len(user)}"  # log-ins are limited by address
    body = {"username": user, "password": password, "provider": "db", "refresh": False}
    answer = client.post("/api/v1/security/login", json=body)
    assert answer.status_code == 200, answer.text
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {answer.json['access_token']}"
    client.post("/login/", data={"username": user, "password": password})
    return client


@pytest.fixture(scope="module")
def viewer(app: Any, dataset_ids: dict[str, int]) -> Screen:
    return Screen(logged_in(app, "viewer", VIEWER_PASSWORD), dataset_ids)


@pytest.fixture(scope="module")
def analyst(app: Any, dataset_ids: dict[str, int]) -> Screen:
    return Screen(logged_in(app, "analyst", ANALYST_PASSWORD), dataset_ids)


@pytest.fixture(scope="module")
def breton(app: Any, dataset_ids: dict[str, int]) -> Screen:
    """A person whom the administrator gave the role of one region."""
    from superset.extensions import security_manager

    with app.app_context():
        role = security_manager.find_role("Viewer of Bretagne")
        security_manager.add_user("breton", "A", "Breton", "breton@localhost", role, password=PASSWORD)
    return Screen(logged_in(app, "breton", PASSWORD), dataset_ids)


def first_metric(dataset: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"columns": [], "metrics": [dataset["metrics"][0]["metric_name"]], "row_limit": 1}]


def regions_seen(screen: Screen) -> set[str]:
    query = {"columns": ["region_code"], "metrics": [], "row_limit": 100}
    (result,) = screen.ask(DATASETS[BY_REGION]["uuid"], [query])
    return {row["region_code"] for row in result["data"]}


@pytest.mark.parametrize("who", ["viewer", "analyst"])
def test_reader_sees_all_dashboards_and_their_data(who: str, request: pytest.FixtureRequest) -> None:
    screen: Screen = request.getfixturevalue(who)
    slugs = {asset["slug"] for _, asset in BUNDLE.of("dashboards")}
    answer = screen.client.get("/api/v1/dashboard/?q=(page_size:100)")
    assert {dashboard["slug"] for dashboard in answer.json["result"]} == slugs
    for slug in slugs:
        assert screen.client.get(f"/superset/dashboard/{slug}/").status_code == 200
        assert screen.client.get(f"/api/v1/dashboard/{slug}/charts").status_code == 200
        assert screen.client.get(f"/api/v1/dashboard/{slug}/datasets").status_code == 200
    for dataset in DATASETS.values():
        screen.ask(dataset["uuid"], first_metric(dataset))


def test_viewer_exports_data(viewer: Screen) -> None:
    source = {"id": viewer.dataset_ids[LOAD_NOW["dataset_uuid"]], "type": "table"}
    query = {"columns": ["load_kind"], "metrics": ["load_mean_mw"], "row_limit": 10}
    body = {"datasource": source, "queries": [query], "result_format": "csv", "result_type": "full"}
    answer = viewer.client.post("/api/v1/chart/data", json=body)
    assert answer.status_code == 200
    assert answer.text.splitlines()[0].lstrip("\ufeff") == "Load kind (code),Load (MW)"


def test_viewer_has_no_sql_lab(viewer: Screen) -> None:
    assert viewer.sql("SELECT 1").status_code == 403
    assert viewer.client.get("/sqllab/").status_code != 200
    assert viewer.client.get("/api/v1/database/").status_code == 403


def test_viewer_changes_nothing(viewer: Screen) -> None:
    source = {"slice_name": "Mine", "viz_type": "table", "datasource_id": 1, "datasource_type": "table", "params": "{}"}
    assert viewer.client.post("/api/v1/chart/", json=source).status_code == 403
    assert viewer.client.post("/api/v1/dashboard/", json={"dashboard_title": "Mine"}).status_code == 403
    assert viewer.client.put("/api/v1/dashboard/1", json={"dashboard_title": "Mine"}).status_code == 403
    assert viewer.client.put("/api/v1/dataset/1", json={"description": "Mine"}).status_code == 403
    assert viewer.client.delete("/api/v1/chart/1").status_code == 403


@pytest.mark.parametrize("who", ["viewer", "analyst", "breton"])
def test_nobody_but_the_administrator_manages_people_and_databases(who: str, request: pytest.FixtureRequest) -> None:
    screen: Screen = request.getfixturevalue(who)
    for place in ("security/users", "security/roles", "rowlevelsecurity", "log", "assets/export"):
        assert screen.client.get(f"/api/v1/{place}/").status_code in (401, 403, 404), place
    assert screen.client.post("/api/v1/database/", json={"database_name": "x"}).status_code == 403
    assert screen.client.post("/api/v1/assets/import/").status_code == 403
    token = {"user": {"username": "x"}, "resources": [], "rls": []}
    assert screen.client.post("/api/v1/security/guest_token/", json=token).status_code in (403, 404)


def test_analyst_asks_the_marts_in_sql_and_only_reads(analyst: Screen) -> None:
    answer = analyst.sql("SELECT count(*) AS n FROM marts.fct_load")
    assert answer.status_code == 200, answer.json
    assert answer.json["data"][0]["n"] > 0
    for sql in (
        "DELETE FROM marts.fct_load",
        "CREATE TABLE marts.mine AS SELECT 1",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM information_schema.tables",
    ):
        assert analyst.sql(sql).status_code >= 400, sql


def test_analyst_keeps_charts_of_their_own_and_leaves_the_others_alone(analyst: Screen) -> None:
    source = analyst.dataset_ids[LOAD_NOW["dataset_uuid"]]
    mine = {"slice_name": "Mine", "viz_type": "table", "datasource_id": source, "datasource_type": "table"}
    made = analyst.client.post("/api/v1/chart/", json={**mine, "params": "{}"})
    assert made.status_code == 201, made.text
    number = made.json["id"]
    assert analyst.client.put(f"/api/v1/chart/{number}", json={"description": "Of my own"}).status_code == 200
    assert analyst.client.delete(f"/api/v1/chart/{number}").status_code == 200
    assert analyst.client.put("/api/v1/chart/1", json={"description": "Mine"}).status_code == 403
    assert analyst.client.delete("/api/v1/chart/1").status_code == 403
    assert analyst.client.put("/api/v1/dashboard/1", json={"dashboard_title": "Mine"}).status_code == 403


def test_viewer_of_a_region_sees_that_region_only(breton: Screen, viewer: Screen) -> None:
    assert regions_seen(viewer) == set(REGIONS)
    assert regions_seen(breton) == {"53"}
    for dataset in DATASETS.values():  # what is of the nation stays visible
        breton.ask(dataset["uuid"], first_metric(dataset))
    assert breton.sql("SELECT * FROM marts.fct_weather_hourly").status_code == 403


def test_limit_to_a_region_reaches_every_dataset_that_has_one(app: Any) -> None:
    from superset.connectors.sqla.models import RowLevelSecurityFilter

    from superset import db

    by_region = {
        name
        for name, dataset in DATASETS.items()
        if "region_code" in {column["column_name"] for column in dataset["columns"]}
    }
    with app.app_context():
        rule = db.session.query(RowLevelSecurityFilter).one()
        assert {table.table_name for table in rule.tables} == by_region
        assert (rule.clause, [role.name for role in rule.roles]) == ("region_code = '53'", ["Viewer of Bretagne"])


def test_regions_are_those_of_dbt() -> None:
    with (ROOM.parent / "dbt" / "seeds" / "regions.csv").open(encoding="utf-8", newline="") as lines:
        assert {row["region_code"]: row["region_name"] for row in csv.DictReader(lines)} == REGIONS
