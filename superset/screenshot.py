"""Open dashboards in a browser as a person would, wait until every chart is drawn, and keep pictures.

Needs Playwright (environment ``tests``) and a Chromium. ``look`` is what end-to-end tests call; from a shell:
``SUPERSET_ADMIN_PASSWORD=... python superset/screenshot.py FOLDER [--url URL] [--width 1440 ...] [SLUG ...]``, all
dashboards where none is named.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Error, Page, sync_playwright

ASSETS = Path(__file__).parent / "assets" / "dashboards"
SLUGS = sorted(file.stem.replace("_", "-") for file in ASSETS.glob("*.yaml"))
WIDTHS = (1440, 390)  # a desk's screen and a phone's
FIRST_HEIGHT = 1000
# Maps need a GL, which the processor then plays; all else it draws without that detour, in half the time.
DRAWN_BY_THE_PROCESSOR = [
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-gpu-compositing",
]
# Without these Chromium talks to its maker's services, or refuses to run as root.
FLAGS = [
    "--no-sandbox",
    *DRAWN_BY_THE_PROCESSOR,
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
CHART = "[data-test='dashboard-component-chart-holder'], .dashboard-component-chart-holder"
LOADING = "[data-test='loading-indicator'], .chart-container .loading, .slice_container .loading"
EMPTY = ".ant-empty"
FAILED = "[role='alert'], .ant-alert, .ant-alert-error"


def look(
    url: str,
    password: str,
    folder: Path,
    slugs: Sequence[str] = SLUGS,
    *,
    widths: Sequence[int] = WIDTHS,
    user: str = "admin",
    seconds: float = 60,
) -> list[str]:
    """Return what is wrong on the dashboards at ``url`` (Superset's root), nothing if all of them are drawn.

    Wrong is: a chart without data or with an error, a failed data request, an error in the browser's console, a request
    to another host. ``folder`` receives each whole page as WIDTH/SLUG.png: opened at the first of ``widths`` and made
    as wide as the others by turn. Raise TimeoutError after ``seconds`` of waiting for one of them.
    """
    found: list[str] = []
    with opened(url, password, width=widths[0], user=user, seconds=seconds) as (page, problems):
        for slug in slugs:
            problems.clear()
            page.set_viewport_size({"width": widths[0], "height": FIRST_HEIGHT})
            try:
                page.goto(f"{url}/superset/dashboard/{slug}/")
                for width in widths:
                    wait(page, width)
                    page.screenshot(path=folder / str(width) / f"{slug}.png")
                    found += [f"{slug} at {width} px: {problem}" for problem in [*problems, *_faults(page)]]
                    problems.clear()
            except Error as error:
                raise TimeoutError(f"{slug} was not drawn: {str(error).splitlines()[0]}") from error
    return found


@contextmanager
def opened(
    url: str, password: str, *, width: int = WIDTHS[0], user: str = "admin", seconds: float = 60
) -> Iterator[tuple[Page, list[str]]]:
    """A page of a browser in which ``user`` is logged in, and what goes wrong in it as it happens."""
    problems: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        try:
            page = browser.new_page(viewport={"width": width, "height": FIRST_HEIGHT}, locale="en-GB")
            page.set_default_timeout(seconds * 1000)
            _note(page, url, problems)
            log_in(page, url, user, password)
            yield page, problems
        finally:
            browser.close()


def chromium() -> str | None:
    """The browser's path: named by the environment or Debian's; None leaves it to Playwright."""
    return os.environ.get("CHROMIUM") or ("/usr/bin/chromium" if Path("/usr/bin/chromium").exists() else None)


def _note(page: Page, url: str, problems: list[str]) -> None:
    page.on("pageerror", lambda error: problems.append(f"page error: {error}"))
    page.on("response", lambda answer: _refused(answer.status, answer.url, problems))
    # Superset's page tries to load a telemetry pixel: the content policy stops it before it leaves.
    page.on("requestfinished", lambda request: _foreign(request.url, url, problems))
    page.on("requestfailed", lambda request: _foreign(request.url, url, problems) if request.failure != "csp" else None)


def _refused(status: int, address: str, problems: list[str]) -> None:
    if status >= 400:
        problems.append(f"{status} from {address}")


def _foreign(address: str, url: str, problems: list[str]) -> None:
    if not address.startswith((url, "data:", "blob:")):
        problems.append(f"request to another host: {address}")


def log_in(page: Page, url: str, user: str, password: str) -> None:
    """Log in on the page that asks for it, and wait until it has let ``user`` in."""
    page.goto(f"{url}/login/")
    page.fill("#username", user)
    page.fill("#password", password)
    page.click("button[type='submit'], [data-test='login-button']")
    page.wait_for_url(lambda address: "/login" not in address)


def wait(page: Page, width: int) -> None:
    """Wait until all charts are drawn: in a window as high as the page, since those out of sight are put off."""
    page.wait_for_selector(CHART)
    if page.viewport_size != {"width": width, "height": FIRST_HEIGHT}:
        page.set_viewport_size({"width": width, "height": FIRST_HEIGHT})
        page.wait_for_timeout(300)  # the layout's own turn
    height = page.evaluate("document.querySelector('#app, body').scrollHeight")
    page.set_viewport_size({"width": width, "height": max(int(height), FIRST_HEIGHT) + 40})
    page.wait_for_load_state("networkidle")
    page.wait_for_function(
        "([chart, loading]) => document.querySelectorAll(chart).length > 0 && !document.querySelector(loading)",
        arg=[CHART, LOADING],
    )
    page.wait_for_timeout(500)  # maps come in softly


def _faults(page: Page) -> list[str]:
    found = []
    for holder in page.query_selector_all(CHART):
        name = (holder.inner_text().strip().splitlines() or ["a chart"])[0]
        if holder.query_selector(EMPTY):
            found.append(f"{name}: no data")
        if holder.query_selector(FAILED):
            found.append(f"{name}: error")
    return found


def main() -> int:
    """Take the pictures and return the exit code."""
    port = os.environ.get("SUPERSET_PORT", "8088")
    parser = argparse.ArgumentParser(description="Pictures of the dashboards, and what is wrong on them.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("slugs", nargs="*", default=SLUGS, metavar="SLUG")
    parser.add_argument("--url", default=f"http://127.0.0.1:{port}")
    parser.add_argument("--width", type=int, action="append", help="more than once for more; 1440 and 390 if not given")
    given = parser.parse_intermixed_args()
    try:
        password = os.environ["SUPERSET_ADMIN_PASSWORD"]
        problems = look(given.url, password, given.folder, given.slugs, widths=given.width or WIDTHS)
    except KeyError:
        problems = ["SUPERSET_ADMIN_PASSWORD is not set"]
    except TimeoutError as error:
        problems = [str(error)]
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
