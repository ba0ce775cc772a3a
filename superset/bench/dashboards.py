"""How long people wait, over ten years of data: every chart cold and cached, whole pages, and during a publish.

Runs the demo in a place of its own, repeats its marts by whole weeks earlier until they reach over ten years, publishes
them and asks Superset what a browser asks. Limits: p95 of a chart 500 ms cold, 100 ms cached; what a window shows 3 s
warm; no error while a new version is published. Takes some fifteen minutes on two cores, in the environment ``tests``.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import requests
from playwright.sync_api import Page, ViewportSize, sync_playwright

ROOM = Path(__file__).parents[1]
sys.path[:0] = [str(ROOM), str(ROOM / "tests"), str(ROOM.parent / "tests")]

from bundle import read_bundle  # noqa: E402
from chart_queries import LEGACY, queries  # noqa: E402
from running_demo import Demo  # noqa: E402
from screenshot import CHART, FLAGS, LOADING, SLUGS, chromium, log_in  # noqa: E402

DAYS = 364
YEARS = 10
ROUNDS = 3
PARALLEL = 50
WINDOW: ViewportSize = {"width": 1440, "height": 900}
# A page rests between visits, so that the browser keeps what it compiled, as it does from one morning to the next.
REST = 2_500
# How many charts the window shows, once all of them are drawn.
DRAWN = """([chart, loading]) => {
  const seen = (one) => {
    const box = one.getBoundingClientRect();
    return box.top < innerHeight && box.bottom > 0 && box.width > 0;
  };
  const holders = [...document.querySelectorAll(chart)].filter(seen);
  const drawn = ![...document.querySelectorAll(loading)].some(seen)
    && holders.every((one) => one.closest(".dashboard-markdown")
      || one.querySelector("canvas, table, .header-line, .slice_container svg"));
  return drawn && holders.length;
}"""


@contextmanager
def running_demo() -> Iterator[Demo]:
    """Started, with its first data; stopped at the end whatever happens."""
    with tempfile.TemporaryDirectory(prefix="hexawatt-bench-") as home:
        demo = Demo(Path(home))
        try:
            run(demo, "demo")
            yield demo
        finally:
            demo.run("stop")


def run(demo: Demo, command: str) -> None:
    done = demo.run(command)
    if done.returncode:
        sys.exit(f"hexawatt {command}: {done.stdout[-500:]}{done.stderr[-500:]}")


def reach_back(models: Path) -> str:
    """Rows of every dated mart again, earlier by whole weeks, until they cover YEARS; what was made."""
    with duckdb.connect(str(models)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        columns: dict[str, list[tuple[str, str]]] = {}
        for table, column, kind in connection.execute(
            "select table_name, column_name, data_type from duckdb_columns() where schema_name = 'marts'"
            " order by table_name, column_index"
        ).fetchall():
            columns.setdefault(table, []).append((column, kind))
        for table, named in columns.items():
            if "date_paris" in dict(named):
                _repeat(connection, table, named)
        (rows,) = connection.execute(
            "select sum(estimated_size) from duckdb_tables() where schema_name = 'marts'"
        ).fetchone() or (0,)
        (first,) = connection.execute("select min(date_paris) from marts.fct_load").fetchone() or (None,)
    return f"{int(rows):,} rows in marts, load since {first}"


def _repeat(connection: duckdb.DuckDBPyConnection, table: str, named: list[tuple[str, str]]) -> None:
    span = connection.execute(
        f"select date_diff('day', min(date_paris), max(date_paris)) from marts.{table}"
    ).fetchone()
    if not span or span[0] is None:
        return
    step = -(-max(span[0], 1) // DAYS)  # years that the table holds: the next copy begins before them
    connection.execute(f"create temp table original as select * from marts.{table}")
    for years in range(step, YEARS, step):
        moved = ", ".join(
            f"cast({name} - interval {years * DAYS} day as {kind}) as {name}" if kind in ("DATE", "TIMESTAMP") else name
            for name, kind in named
        )
        connection.execute(f"insert into marts.{table} select {moved} from original")
    connection.execute("drop table original")


def address(demo: Demo) -> str:
    return f"http://127.0.0.1:{demo.superset_port}"


class Browser:
    """Asks Superset as a page does, logged in."""

    def __init__(self, demo: Demo) -> None:
        self.url = address(demo)
        self.session = requests.Session()
        credentials = {"username": "admin", "password": demo.password("Superset"), "provider": "db", "refresh": False}
        token = self.session.post(f"{self.url}/api/v1/security/login", json=credentials, timeout=30).json()[
            "access_token"
        ]
        self.session.headers["Authorization"] = f"Bearer {token}"
        found = self._get("/api/v1/dataset/?q=(page_size:200,columns:!(id,uuid))")
        self.datasets = {item["uuid"]: item["id"] for item in found["result"]}

    def _get(self, path: str) -> Any:
        answer = self.session.get(f"{self.url}{path}", timeout=30)
        answer.raise_for_status()
        return answer.json()

    def ask(self, chart: dict[str, Any], *, force: bool) -> float:
        """Seconds of the chart's data request; exits on an error."""
        body = {
            "datasource": {"id": self.datasets[chart["dataset_uuid"]], "type": "table"},
            "queries": queries(chart["params"]),
            "result_format": "json",
            "result_type": "full",
            "force": force,
        }
        started = time.monotonic()
        answer = self.session.post(f"{self.url}/api/v1/chart/data", json=body, timeout=60)
        if answer.status_code != 200:
            sys.exit(f"{chart['slice_name']}: {answer.status_code} {answer.text[:300]}")
        return time.monotonic() - started


def told(name: str, seconds: list[float], limit: float) -> None:
    ranked = sorted(seconds)
    middle, p95, longest = (1000 * ranked[int(part * (len(ranked) - 1))] for part in (0.5, 0.95, 1))
    figures = f"median {middle:,.0f} ms, p95 {p95:,.0f} ms (limit {limit * 1000:,.0f}), longest {longest:,.0f} ms"
    print(f"{name}: {figures}, of {len(ranked)}", flush=True)


def during_a_publish(demo: Demo, browser: Browser, charts: list[dict[str, Any]]) -> None:
    with ThreadPoolExecutor(PARALLEL + 1) as pool:
        publishing = pool.submit(run, demo, "publish")
        waited: list[float] = []
        while not publishing.done():
            many = (charts * PARALLEL)[:PARALLEL]
            waited += pool.map(lambda chart: browser.ask(chart, force=True), many)
        publishing.result()
    told(f"{PARALLEL} at once during a publish, no error", waited, 60)


def pages(demo: Demo) -> None:
    """A person opens each page: some times to fill all caches, then as it is measured, until the window is drawn."""
    with persons_browser() as page:
        log_in(page, address(demo), "admin", demo.password("Superset"))
        for slug in SLUGS:
            url = f"{address(demo)}/superset/dashboard/{slug}/"
            visits = [visit(page, url) for _ in range(2 * ROUNDS)][ROUNDS:]
            shortest, middle, longest = sorted(seconds for seconds, _ in visits)
            waited = f"warm {middle:.1f} s ({shortest:.1f} to {longest:.1f} of {ROUNDS}; limit 3)"
            print(f"page {slug}: {visits[0][1]} charts in the window, {waited}", flush=True)


@contextmanager
def persons_browser() -> Iterator[Page]:
    """A browser that keeps its cache and, as a page may ask it, isn't steered by a program."""
    flags = [*FLAGS, "--disable-blink-features=AutomationControlled"]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile, sync_playwright() as playwright:
        browser = playwright.chromium.launch_persistent_context(
            profile, executable_path=chromium(), args=flags, viewport=WINDOW, locale="en-GB"
        )
        try:
            yield browser.new_page()
        finally:
            browser.close()


def visit(page: Page, url: str) -> tuple[float, int]:
    """Seconds until all that the window shows is drawn, and how many charts that is."""
    started = time.monotonic()
    page.goto(url)
    charts = page.wait_for_function(DRAWN, arg=[CHART, LOADING], polling=50).json_value()
    waited = time.monotonic() - started
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(REST)
    return waited, int(charts)


def main() -> None:
    charts = [chart for _, chart in read_bundle().of("charts") if chart["viz_type"] not in LEGACY]
    with running_demo() as demo:
        print(reach_back(demo.state / "models.duckdb"))
        run(demo, "publish")
        browser = Browser(demo)
        told("charts cold", [browser.ask(chart, force=True) for chart in charts * ROUNDS], 0.5)
        for chart in charts:
            browser.ask(chart, force=False)
        told("charts cached", [browser.ask(chart, force=False) for chart in charts * ROUNDS], 0.1)
        pages(demo)
        during_a_publish(demo, browser, charts)


if __name__ == "__main__":
    os.environ.setdefault("TZ", "Europe/Paris")
    main()
