"""The dashboards on a small served file: every chart answers, nothing else can be read, publishes are seen."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import alerts
import pytest
from bundle import read_bundle
from chart_queries import LEGACY, measured, queries
from conftest import PASSWORD, Place
from refresh_cache import refresh
from small_warehouse import PARIS, Row, build, periods, shown, write

BUNDLE = read_bundle()
CHARTS = {path.removeprefix("charts/").removesuffix(".yaml"): chart for path, chart in BUNDLE.of("charts")}
DASHBOARDS = {Path(path).stem: dashboard for path, dashboard in BUNDLE.of("dashboards")}
DATASETS = {dataset["uuid"]: dataset for _, dataset in BUNDLE.of("datasets")}
# Dashboards whose marts the small warehouse fills: there each chart must show something.
FILLED = ("shared", "france_now", "forecasts", "data_health")
SELECT_FILTERS = {
    f"{name}: {item['name']}": (name, item)
    for name, dashboard in DASHBOARDS.items()
    for item in dashboard["metadata"]["native_filter_configuration"]
    if item["filterType"] == "filter_select"
}
LOAD_NOW, PRICE = CHARTS["france_now/load_now"], CHARTS["france_now/day_ahead_price"]


class Screen:
    """What a person's browser asks the server for."""

    def __init__(self, client: Any, dataset_ids: dict[str, int]) -> None:
        """Ask through ``client``; ``dataset_ids`` are this installation's."""
        self.client = client
        self.dataset_ids = dataset_ids

    def send(self, dataset_uuid: str, wanted: list[dict[str, Any]], *, force: bool = True) -> Any:
        """Send a data request and return the answer."""
        source = {"id": self.dataset_ids[dataset_uuid], "type": "table"}
        body = {"datasource": source, "queries": wanted, "result_format": "json", "result_type": "full", "force": force}
        return self.client.post("/api/v1/chart/data", json=body)

    def ask(self, dataset_uuid: str, wanted: list[dict[str, Any]], *, force: bool = True) -> list[dict[str, Any]]:
        """Return the results of a data request that must succeed."""
        answer = self.send(dataset_uuid, wanted, force=force)
        assert answer.status_code == 200, answer.json
        results: list[dict[str, Any]] = answer.json["result"]
        return results

    def chart(self, name: str, time_range: str | None = None) -> list[Row]:
        """Return the rows of a chart, all its queries together."""
        chart = CHARTS[name]
        results = self.ask(chart["dataset_uuid"], queries(chart["params"], time_range))
        return [row for result in results for row in result["data"]]

    def legacy(self, name: str) -> Any:
        """Return what a chart of one of the older kinds is drawn from; the request must succeed."""
        chart = CHARTS[name]
        source = f"{self.dataset_ids[chart['dataset_uuid']]}__table"
        form = json.dumps({**chart["params"], "datasource": source})
        answer = self.client.post("/superset/explore_json/?force=true", data={"form_data": form})
        assert answer.status_code == 200, answer.text
        assert not answer.json.get("errors"), answer.json
        return answer.json["data"]

    def sql(self, sql: str) -> Any:
        """Run a statement in SQL Lab and return the answer."""
        body = {"database_id": 1, "sql": sql, "runAsync": False, "queryLimit": 10}
        return self.client.post("/api/v1/sqllab/execute/", json=body)


@pytest.fixture(scope="session")
def screen(client: Any, dataset_ids: dict[str, int]) -> Screen:
    return Screen(client, dataset_ids)


@pytest.fixture
def published(place: Place, tmp_path: Path) -> Any:
    """A function that publishes other tables; the first version is served again afterwards."""

    def publish(name: str, tables: dict[str, list[Row]]) -> None:
        write(tmp_path / name, tables)
        place.serve(tmp_path / name)

    yield publish
    place.serve(place.state / "serving-1.duckdb")


@pytest.mark.parametrize("name", CHARTS)
def test_each_query_of_each_chart_is_answered_with_values_where_there_are_any(screen: Screen, name: str) -> None:
    chart, is_filled = CHARTS[name], name.split("/")[0] in FILLED
    if chart["viz_type"] in LEGACY:
        drawn = screen.legacy(name)
        assert drawn or not is_filled
        return
    for result in screen.ask(chart["dataset_uuid"], queries(chart["params"])):
        assert result["error"] is None
        if is_filled:
            assert result["data"]
            shown_metrics = [key for key in measured(chart["params"]) if key in result["data"][0]]
            assert all(any(row[key] is not None for row in result["data"]) for key in shown_metrics)


@pytest.mark.parametrize("name", SELECT_FILTERS)
def test_each_filter_has_options_where_there_are_rows(screen: Screen, name: str) -> None:
    dashboard, item = SELECT_FILTERS[name]
    (target,) = item["targets"]
    column = target["column"]["name"]
    (result,) = screen.ask(target["datasetUuid"], [{"columns": [column], "metrics": [], "row_limit": 1000}])
    assert result["error"] is None
    assert len({row[column] for row in result["data"]}) > 1 or dashboard not in FILLED


def test_dashboards_that_must_show_something_are_there() -> None:
    assert set(FILLED) <= {*DASHBOARDS, "shared"}


def test_default_period_is_yesterday_and_today_on_the_french_clock(screen: Screen) -> None:
    today = datetime.now(PARIS).date()
    (result,) = screen.ask(PRICE["dataset_uuid"], queries(PRICE["params"]))
    days = {datetime.fromtimestamp(row["period_start_paris"] / 1000, UTC).date() for row in result["data"]}
    assert max(days) == today
    assert (today - min(days)).days == 1


def test_period_around_a_pinned_day_is_understood(screen: Screen, published: Any) -> None:
    published("pinned.duckdb", prices(10.0))
    around = "DATEADD(DATETIME('2025-06-02'), -1, day) : DATEADD(DATETIME('2025-06-02'), 1, day)"
    assert len(screen.chart("france_now/day_ahead_price", around)) == 24


def test_error_saved_and_models_withheld_are_those_of_the_marts(screen: Screen) -> None:
    assert screen.chart("forecasts/load_skill") == [{"skill_pct": pytest.approx(50)}]
    assert screen.chart("forecasts/models_withheld") == [{"withheld_count": 1}]


def test_hour_repeated_in_october_is_averaged_not_added(screen: Screen, published: Any) -> None:
    day = datetime(2025, 10, 26).date()
    kind = {"load_kind": "realised", "load_kind_label": "Realised"}
    loads = [{**shown(*period), **kind, "load_mw": 40_000.0} for period in periods(day, day, 15)]
    published("october.duckdb", {"fct_load": loads})
    rows = screen.chart("france_now/load_and_forecasts", "2025-10-26 : 2025-10-27")
    assert len(loads) == 100
    assert len(rows) == 96
    assert {row["load_mean_mw"] for row in rows} == {40_000.0}


def test_generation_and_exchanges_keep_their_level_in_the_repeated_hour(screen: Screen, published: Any) -> None:
    day = datetime(2025, 10, 26).date()
    hours = list(periods(day, day, 60))
    solar = {"production_type": "solar", "production_type_label": "Solar", "generation_mw": 500.0}
    spain = {"border_code": "ES", "border_name": "Spain", "export_mw": 0.0, "import_mw": 70.0, "net_export_mw": -70.0}
    published(
        "hours.duckdb",
        {
            "fct_generation": [{**shown(*hour), **solar} for hour in hours],
            "fct_physical_flow": [{**shown(*hour), **spain} for hour in hours],
        },
    )
    generation = screen.chart("france_now/generation_mix", "2025-10-26 : 2025-10-27")
    exchanges = screen.chart("france_now/exchanges_by_border", "2025-10-26 : 2025-10-27")
    assert (len(hours), len(generation), len(exchanges)) == (25, 24, 24)
    assert {row["generation_mean_mw"] for row in generation} == {500.0}
    assert {row["net_export_mean_mw"] for row in exchanges} == {-70.0}


def test_forecast_gap_is_that_of_the_last_quarter_that_has_both(screen: Screen, published: Any) -> None:
    day = datetime(2025, 6, 1).date()
    quarters = list(periods(day, day, 15))
    rows = [{**shown(*quarter), "load_kind": "day_ahead_forecast", "load_mw": 50_000.0} for quarter in quarters]
    rows += [{**shown(*quarter), "load_kind": "realised", "load_mw": 50_800.0} for quarter in quarters[:6]]
    published("gap.duckdb", {"fct_load": rows})
    gap = screen.chart("france_now/forecast_gap_now", "2025-06-01 : 2025-06-02")
    assert [row["forecast_deviation_mw"] for row in gap] == [800.0] * 6


def test_what_is_still_to_be_published_is_no_last_value(screen: Screen, published: Any) -> None:
    day = datetime(2025, 6, 1).date()
    quarters, hours = list(periods(day, day, 15)), list(periods(day, day, 60))
    kind: Row = {"load_kind": "realised", "load_kind_label": "Realised"}
    solar: Row = {"production_type": "solar", "production_type_label": "Solar"}
    spain: Row = {"border_code": "ES", "border_name": "Spain"}
    published(
        "today.duckdb",
        {
            "fct_load": [{**shown(*q), **kind, "load_mw": 50_000.0 if n < 6 else None} for n, q in enumerate(quarters)],
            "fct_generation": [
                {**shown(*h), **solar, "generation_mw": 500.0 if n < 6 else None} for n, h in enumerate(hours)
            ],
            "fct_physical_flow": [
                {**shown(*h), **spain, "net_export_mw": -70.0 if n < 6 else None} for n, h in enumerate(hours)
            ],
        },
    )
    for chart in ("load_now", "generation_mix", "exchanges_by_border"):
        assert len(screen.chart(f"france_now/{chart}", "2025-06-01 : 2025-06-02")) == 6, chart


def test_wind_and_solar_are_means_and_what_is_not_known_is_left_open(screen: Screen, published: Any) -> None:
    day = datetime(2025, 6, 1).date()
    known = {"wind_mw": 400.0, "solar_mw": 50.0}
    forecast = {"wind_day_ahead_mw": 280.0, "solar_day_ahead_mw": 60.0}
    quarters = list(periods(day, day, 15))
    rows = [{**shown(*q), **forecast, **(known if n < 24 else {})} for n, q in enumerate(quarters)]
    published("wind.duckdb", {"fct_residual_load": rows})
    found = screen.chart("france_now/wind_and_solar", "2025-06-01 : 2025-06-02")
    found.sort(key=lambda row: row["period_start_paris"])
    assert [row["wind_mean_mw"] for row in found] == [400.0] * 6 + [None] * 18
    assert [row["solar_mean_mw"] for row in found] == [50.0] * 6 + [None] * 18
    assert {row["wind_day_ahead_mean_mw"] for row in found} == {280.0}
    assert {row["solar_day_ahead_mean_mw"] for row in found} == {60.0}


@pytest.mark.parametrize("simulated", [True, False])
def test_notice_of_the_data_is_on_the_dashboard(screen: Screen, place: Place, tmp_path: Path, simulated: bool) -> None:
    file = tmp_path / "notice.duckdb"
    now = datetime.now(UTC).replace(microsecond=0)
    build(file, now, days=1, history_days=1, simulated=simulated)
    place.serve(file)
    (row,) = screen.chart("shared/about_these_data")
    place.serve(place.state / "serving-1.duckdb")
    (highlight,) = CHARTS["shared/about_these_data"]["params"]["conditional_formatting"]
    assert highlight["operator"] == "begins with"
    assert row["notice"].startswith(highlight["targetValue"]) is simulated
    assert datetime.fromtimestamp(row["load_until_paris"] / 1000, UTC).replace(tzinfo=PARIS) == now
    assert not [name for name in row if name.endswith("_at")]


@pytest.mark.parametrize("name", DASHBOARDS)
def test_dashboard_holds_its_charts_and_begins_with_what_the_data_are(screen: Screen, name: str) -> None:
    dashboard = DASHBOARDS[name]
    answer = screen.client.get(f"/api/v1/dashboard/{dashboard['slug']}/charts")
    nodes = [node for node in dashboard["position"].values() if isinstance(node, dict) and node["type"] == "CHART"]
    assert {chart["slice_name"] for chart in answer.json["result"]} == {node["meta"]["sliceName"] for node in nodes}
    first = dashboard["position"][dashboard["position"]["GRID_ID"]["children"][0]]
    assert first["children"] == ["CHART-about_these_data"]


def test_every_chart_of_the_bundle_is_on_a_dashboard_or_sent_by_an_alert() -> None:
    nodes = [node for dashboard in DASHBOARDS.values() for node in dashboard["position"].values()]
    placed = {node["meta"]["uuid"] for node in nodes if isinstance(node, dict) and node["type"] == "CHART"}
    sent = {path for path in (schedule.sends for schedule in alerts.schedules()) if path.startswith("charts/")}
    assert placed | {chart["uuid"] for path, chart in BUNDLE.of("charts") if path in sent} == {
        chart["uuid"] for chart in CHARTS.values()
    }


# --- publishing -------------------------------------------------------------------------------------------------------


def price_of(screen: Screen, *, force: bool) -> tuple[float, bool]:
    query = {"columns": [], "metrics": ["price_mean_eur_per_mwh"], "row_limit": 1}
    (result,) = screen.ask(PRICE["dataset_uuid"], [query], force=force)
    return result["data"][0]["price_mean_eur_per_mwh"], bool(result["is_cached"])


def prices(value: float) -> dict[str, list[Row]]:
    day = datetime(2025, 6, 1).date()
    return {
        "fct_day_ahead_price": [
            {**shown(*hour), "bidding_zone": "FR", "price_eur_per_mwh": value} for hour in periods(day, day, 60)
        ]
    }


def test_new_version_is_seen_by_the_next_query_while_an_old_connection_is_open(
    screen: Screen, published: Any, app: Any
) -> None:
    from superset.models.core import Database

    from superset import db

    highest = "SELECT max(price_eur_per_mwh) FROM marts.fct_day_ahead_price"
    published("first.duckdb", prices(10.0))
    with app.app_context(), db.session.query(Database).one().get_sqla_engine() as engine:
        connection = engine.connect()
    with connection:
        assert connection.execute(highest).scalar() == 10.0
        assert price_of(screen, force=True)[0] == 10.0
        published("second.duckdb", prices(20.0))
        assert price_of(screen, force=True)[0] == 20.0
        assert connection.execute(highest).scalar() == 10.0


def test_answers_are_cached_until_the_refresh_after_a_publish(screen: Screen, published: Any, app: Any) -> None:
    published("before.duckdb", prices(30.0))
    refresh(app.config["SQLALCHEMY_DATABASE_URI"], datetime.now())
    assert price_of(screen, force=False) == (30.0, False)
    published("after.duckdb", prices(40.0))
    assert price_of(screen, force=False) == (30.0, True)
    assert refresh(app.config["SQLALCHEMY_DATABASE_URI"], datetime.now()) == len(list(BUNDLE.of("datasets")))
    assert price_of(screen, force=False) == (40.0, False)


# --- what can't be done -----------------------------------------------------------------------------------------------


def test_sql_lab_reads_the_marts(screen: Screen) -> None:
    answer = screen.sql("SELECT count(*) AS n FROM marts.fct_load")
    assert answer.status_code == 200, answer.json
    assert answer.json["data"][0]["n"] > 0


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM glob('/etc/*')",
        "SELECT getenv('HOME')",
        "COPY (SELECT 1) TO '/tmp/out.csv'",
        "ATTACH '/tmp/other.duckdb'",
        "CREATE TABLE marts.mine AS SELECT 1",
        "DELETE FROM marts.fct_load",
        "SET enable_external_access = true",
    ],
)
def test_sql_lab_neither_reads_the_host_nor_writes(screen: Screen, sql: str) -> None:
    answer = screen.sql(sql)
    assert answer.status_code >= 400
    assert "root:" not in answer.text


@pytest.mark.parametrize("sql", ["max((SELECT content FROM read_text('/etc/passwd')))", "max(getenv('HOME'))"])
def test_chart_with_a_metric_of_its_own_can_not_read_the_host(screen: Screen, sql: str) -> None:
    metric = {"expressionType": "SQL", "sqlExpression": sql, "label": "stolen"}
    answer = screen.send(LOAD_NOW["dataset_uuid"], [{"columns": [], "metrics": [metric], "row_limit": 1}])
    assert answer.status_code >= 400
    assert "root:" not in answer.text


def test_stranger_sees_nothing(app: Any) -> None:
    stranger = app.test_client()
    assert stranger.get("/api/v1/dashboard/").json.get("count", 0) == 0
    assert "/login" in stranger.get("/superset/dashboard/france-now/").location
    bad = {"username": "admin", "password": PASSWORD + "x", "provider": "db"}
    assert stranger.post("/api/v1/security/login", json=bad).status_code == 401


def test_pages_allow_the_browser_this_server_only(app: Any) -> None:
    policy = app.test_client().get("/login/").headers["Content-Security-Policy"]
    assert "connect-src 'self';" in policy
    assert "http:" not in policy
    assert "https:" not in policy


def test_pages_are_english_and_can_be_french(app: Any) -> None:
    browser = app.test_client()
    assert "&#34;locale&#34;: &#34;en&#34;" in browser.get("/login/").text
    browser.get("/lang/fr")
    assert "&#34;locale&#34;: &#34;fr&#34;" in browser.get("/login/").text
