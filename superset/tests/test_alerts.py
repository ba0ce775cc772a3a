"""Alerts and reports as they are mailed: a Redis, a worker, a server and a mail server, on the provisioned place."""

from __future__ import annotations

import email
import io
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import Message
from pathlib import Path
from typing import Any

import alerts
import duckdb
import pytest
from aiosmtpd.controller import Controller
from bundle import ROOM, BundleError, read_bundle
from celery import Celery
from conftest import ANALYST_PASSWORD, MAILING, PASSWORD, VIEWER_PASSWORD, Place
from croniter import croniter
from PIL import Image
from small_warehouse import PARIS

PROGRAMS = Path(sys.executable).parent
PRICE, ECOWATT, MORNING = "Day-ahead price below zero", "Ecowatt orange or red", "France now, this morning"
SCHEDULES = {schedule.name: schedule for schedule in alerts.schedules()}

# --- what is described ------------------------------------------------------------------------------------------------


def test_what_is_sent_is_there_and_every_table_of_the_alerts_is_sent() -> None:
    assets = read_bundle().assets
    sent = {schedule.sends for schedule in SCHEDULES.values()}
    assert sent <= set(assets)
    assert {path for path in assets if path.startswith("charts/alerts/")} <= sent


@pytest.mark.parametrize("schedule", SCHEDULES.values(), ids=SCHEDULES)
def test_schedule_can_be_kept(schedule: alerts.Schedule) -> None:
    assert croniter.is_valid(schedule.cron)
    assert len(schedule.name) <= 150
    if schedule.kind == alerts.ALERT:
        assert schedule.sql
        assert schedule.condition
        assert schedule.condition[0] in ("<", "<=", ">", ">=")
        # Silence must end before the next day's alert, and outlast the next look of one that looks often.
        assert 0 < schedule.grace_seconds <= 12 * 3600


def test_nobody_is_told_anything_unless_named() -> None:
    assert alerts.mail({}) == alerts.mail({"HEXAWATT_ALERT_EMAILS": " "}) == alerts.Mail()


def test_addresses_are_separated_by_commas_or_spaces_and_told_once() -> None:
    given = {**MAILING, "HEXAWATT_ALERT_EMAILS": "a@example.org, b.c+d@example.org\n a@example.org"}
    assert alerts.mail(given).addresses == ("a@example.org", "b.c+d@example.org")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"HEXAWATT_ALERT_EMAILS": "grid"}, "HEXAWATT_ALERT_EMAILS: 'grid' is no address such as grid@example.org"),
        ({"HEXAWATT_ALERT_EMAILS": "a@b.fr>"}, "'a@b.fr>' is no address"),
        ({"HEXAWATT_ALERT_EMAILS": "é@b.fr"}, "'é@b.fr' is no address"),
        ({"HEXAWATT_REDIS_URL": ""}, "HEXAWATT_ALERT_EMAILS is set, so HEXAWATT_REDIS_URL is needed too"),
        ({"SMTP_HOST": ""}, "so SMTP_HOST is needed too"),
        ({"SMTP_SECURITY": "tls"}, "SMTP_SECURITY must be starttls, ssl or none, not 'tls'"),
        ({"SMTP_PORT": "smtp"}, "SMTP_PORT must be a number, not 'smtp'"),
        ({"SMTP_MAIL_FROM": "hexawatt"}, "SMTP_MAIL_FROM: 'hexawatt' is no address"),
    ],
)
def test_what_cant_be_mailed_is_refused_in_one_line(changed: dict[str, str], said: str) -> None:
    with pytest.raises(BundleError, match=re.escape(said)) as refused:
        alerts.mail({**MAILING, **changed})
    assert len(str(refused.value).splitlines()) == 1


def test_alerts_know_no_later_day_than_the_pinned_one() -> None:
    mail = alerts.mail({**MAILING, "HEXAWATT_NOW": "2026-01-15T23:30:00Z"})
    asked = {schedule.name: schedule.sql for schedule in mail.schedules if schedule.sql}
    assert asked[PRICE].endswith("date_paris >= CAST('2026-01-16' AS DATE)")
    assert "CAST('2026-01-16T00:30:00+01:00' AS TIMESTAMP WITH TIME ZONE)" in asked["Data are late"]
    assert not any(word in text for text in asked.values() for word in ("CURRENT_DATE", "CURRENT_TIMESTAMP"))


# --- what is mailed ---------------------------------------------------------------------------------------------------


@dataclass
class Mailbox:
    """A mail server that keeps what it is given."""

    letters: list[tuple[list[str], Message]] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Keep a mail."""
        self.letters.append((envelope.rcpt_tos, email.message_from_bytes(envelope.content)))
        return "250 OK"

    def about(self, text: str) -> list[tuple[list[str], Message]]:
        """Return recipients and mail of those with this text in their subject."""
        return [letter for letter in self.letters if text in letter[1]["Subject"]]


@dataclass
class Post:
    """All that mails, at work."""

    place: Place
    mailbox: Mailbox
    queue: Celery
    url: str

    def planned(self, hour: int, minute: int) -> None:
        """Send what beat sends at this minute of a day, on the clock of Paris: Superset reckons the minute back."""
        at = datetime.now(PARIS).replace(hour=hour, minute=minute, second=0, microsecond=0) - timedelta(days=1)
        self.queue.send_task("reports.scheduler", expires=(at + timedelta(weeks=1)).astimezone(UTC))

    def log(self, name: str) -> list[tuple[str, float | None, str | None]]:
        """Return state, figure and message of each entry in a schedule's log."""
        return self.rows(
            "SELECT l.state, l.value, l.error_message FROM report_execution_log l"
            " JOIN report_schedule s ON s.id = l.report_schedule_id WHERE s.name = ? ORDER BY l.id",
            name,
        )

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with sqlite3.connect(self.place.metadata, timeout=30) as connection:
            return connection.execute(sql, values).fetchall()

    def wait(self, name: str, states: int) -> list[tuple[str, float | None, str | None]]:
        """Wait until the schedule's log has so many entries beside those that it is at work."""
        return until(
            lambda: [entry for entry in self.log(name) if entry[0] != "Working"],
            lambda entries: len(entries) >= states,
            f"{name} isn't done",
        )


def until(look: Callable[[], Any], is_good: Callable[[Any], bool], otherwise: str, seconds: float = 90) -> Any:
    end = time.monotonic() + seconds
    while not is_good(found := look()):
        assert time.monotonic() < end, f"{otherwise}: {found}"
        time.sleep(0.1)
    return found


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@contextmanager
def running(log: Path, environment: dict[str, str], *command: str | Path) -> Iterator[None]:
    """A program in the background, ended with all that it has started."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, env=environment, stdout=output, stderr=output, stdin=subprocess.DEVNULL, start_new_session=True
        )
    try:
        yield
        assert process.poll() is None, log.read_text("utf-8")
    finally:
        os.killpg(process.pid, signal.SIGKILL)  # at once: nobody waits for an answer any more
        process.wait()


@pytest.fixture(scope="module")
def post(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Post]:
    """Redis, mail server, Superset's server and its worker; the morning report is the first that it is asked for."""
    logs, mailbox = tmp_path_factory.mktemp("logs"), Mailbox()
    redis, smtp, port = free_port(), free_port(), free_port()
    url = f"redis://127.0.0.1:{redis}/0"
    environment = {
        **{"PATH": os.environ["PATH"], "HOME": str(place.state), "HEXAWATT_STATE_DIR": str(place.state)},
        **{"PYTHONPATH": os.environ.get("PYTHONPATH", ""), "SUPERSET_PORT": str(port), "HEXAWATT_REDIS_URL": url},
        **{"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(smtp), "SMTP_SECURITY": "none"},
        **{"SMTP_MAIL_FROM": MAILING["SMTP_MAIL_FROM"], "HEXAWATT_PUBLIC_URL": "https://power.example/"},
    }
    room = place.room
    store = ("redis-server", "--port", str(redis), "--bind", "127.0.0.1", "--save", "", "--dir", logs)
    server = (PROGRAMS / "gunicorn", "--config", room / "gunicorn.conf.py")
    worker = (PROGRAMS / "celery", "--workdir", room, "--app", "background", "worker", "--loglevel", "INFO")
    controller = Controller(mailbox, hostname="127.0.0.1", port=smtp)
    controller.start()
    try:
        with (
            running(logs / "redis.log", environment, *store),
            running(logs / "server.log", environment, *server),
            running(logs / "worker.log", environment, *worker),
        ):
            post = Post(place, mailbox, Celery(broker=url), f"http://127.0.0.1:{port}")
            post.planned(7, 30)
            until(lambda: answer(f"{post.url}/health"), lambda found: found[0] == 200, "no server")
            yield post
        for log in logs.iterdir():
            assert PASSWORD not in log.read_text("utf-8", errors="replace")
    finally:
        controller.stop()


def answer(url: str, body: Any = None, token: str = "") -> tuple[int, Any]:
    """Return status and JSON (None if it is something else) of a request; status 0 while nobody listens."""
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            status, text = response.status, response.read()
    except urllib.error.HTTPError as error:
        status, text = error.code, error.read()
    except OSError:
        return 0, None
    try:
        return status, json.loads(text)
    except ValueError:
        return status, None


def parts(message: Message, kind: str) -> list[bytes]:
    return [bytes(part.get_payload(decode=True)) for part in message.walk() if part.get_content_type() == kind]


@pytest.fixture
def priced(place: Place, tmp_path: Path) -> Iterator[Callable[[float, float], None]]:
    """A function that publishes other French prices: one at night, another for the rest of the day."""

    def publish(night: float, day: float) -> None:
        version = tmp_path / f"{night}.duckdb"
        shutil.copyfile(place.state / "serving-1.duckdb", version)
        with duckdb.connect(str(version)) as connection:
            connection.execute(
                "UPDATE marts.fct_day_ahead_price SET price_eur_per_mwh ="
                " CASE WHEN EXTRACT(hour FROM period_start_paris) = 4 THEN ? ELSE ? END",
                [night, day],
            )
        place.serve(version)

    yield publish
    place.serve(place.state / "serving-1.duckdb")


def test_price_alert_keeps_silent_where_no_price_is_below_zero_and_tells_where_one_is(
    post: Post, priced: Callable[[float, float], None]
) -> None:
    priced(12.5, 80.0)
    post.planned(14, 20)
    ((state, figure, _),) = post.wait(PRICE, 1)
    assert (state, figure) == ("Not triggered", 12.5)
    assert not post.mailbox.about(PRICE)

    priced(-7.25, 80.0)
    post.planned(14, 20)
    assert post.wait(PRICE, 2)[1][:2] == ("Success", -7.25)
    ((recipients, message),) = post.mailbox.about(PRICE)
    assert recipients == ["grid@example.org", "board@example.org"]
    assert message["From"] == MAILING["SMTP_MAIL_FROM"]
    (html,) = (part.decode() for part in parts(message, "text/html"))
    for told in (
        "below zero",
        "Lowest price (€/MWh)",
        "-7.2",
        "Below zero (h)",
        "1.00",
        str(datetime.now(PARIS).date()),
    ):
        assert told in html
    assert 'href="https://power.example/' in html

    post.planned(8, 20)  # the same again within the grace is silence
    assert post.wait(PRICE, 3)[2][0] == "On Grace"
    assert len(post.mailbox.about(PRICE)) == 1


def test_broken_query_is_told_to_the_owner(post: Post) -> None:
    ((asked,),) = post.rows("SELECT sql FROM report_schedule WHERE name = ?", ECOWATT)
    post.rows("UPDATE report_schedule SET sql = 'SELECT typo FROM marts.fct_ecowatt' WHERE name = ?", ECOWATT)
    post.planned(8, 10)
    entries = post.wait(ECOWATT, 2)
    post.rows("UPDATE report_schedule SET sql = ? WHERE name = ?", asked, ECOWATT)
    assert {state for state, *_ in entries} == {"Error"}
    ((recipients, message),) = post.mailbox.about(ECOWATT)
    assert [recipient.lower() for recipient in recipients] == ["grid@example.org"]
    assert "Error occurred" in message["Subject"]
    assert b"An error occurred when running alert query" in parts(message, "text/html")[0]


def test_morning_report_brings_the_page_as_it_is_drawn(post: Post) -> None:
    (entry,) = post.wait(MORNING, 1)
    assert entry[0] == "Success", entry
    ((recipients, message),) = post.mailbox.about(MORNING)
    assert recipients == ["grid@example.org", "board@example.org"]
    (png,) = parts(message, "image/png")
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    assert picture.width == alerts.WIDTH
    assert picture.height > 1_900
    # From top to bottom something is drawn, in more colours than an empty page's or a spinner's.
    for top in range(350, 1_750, 350):
        band = picture.crop((0, top, picture.width, top + 350))
        assert len(band.getcolors(10**6)) > 150, top


def test_administrator_finds_schedules_and_others_neither_see_nor_change_them(post: Post) -> None:
    tokens = {}
    for user, password in (("admin", PASSWORD), ("analyst", ANALYST_PASSWORD), ("viewer", VIEWER_PASSWORD)):
        body = {"username": user, "password": password, "provider": "db"}
        tokens[user] = answer(f"{post.url}/api/v1/security/login", body)[1]["access_token"]
    _, found = answer(f"{post.url}/api/v1/report/", token=tokens["admin"])
    assert {item["name"] for item in found["result"]} == set(SCHEDULES)
    for item in found["result"]:
        assert [owner["last_name"] for owner in item["owners"]] == ["Reports"]
        assert (item["crontab"], item["timezone"]) == (SCHEDULES[item["name"]].cron, "Europe/Paris")
    for user in ("analyst", "viewer"):
        assert answer(f"{post.url}/api/v1/report/", token=tokens[user])[0] == 403
    may_touch = post.rows(
        "SELECT r.name FROM ab_role r JOIN ab_permission_view_role g ON g.role_id = r.id"
        " JOIN ab_permission_view p ON p.id = g.permission_view_id JOIN ab_view_menu v ON v.id = p.view_menu_id"
        " WHERE v.name IN ('ReportSchedule', 'Alerts & Report')"
    )
    assert ("Admin",) in may_touch
    assert not {("Viewer",), ("Analyst",), ("Public",)} & set(may_touch)


@pytest.mark.parametrize("password", ["", PASSWORD, "reports"])
def test_nobody_can_log_in_as_the_account_that_mails(app: Any, password: str) -> None:
    browser = app.test_client()
    browser.environ_base["REMOTE_ADDR"] = "192.0.2.99"
    body = {"username": "reports", "password": password, "provider": "db"}
    assert browser.post("/api/v1/security/login", json=body).status_code in (400, 401)


def test_worker_without_redis_says_what_it_needs(tmp_path: Path) -> None:
    variables = {"PATH": os.environ["PATH"], "HEXAWATT_STATE_DIR": str(tmp_path)}
    command = [sys.executable, "-c", "import background"]
    done = subprocess.run(command, env=variables, cwd=ROOM, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "Superset's worker and beat need HEXAWATT_REDIS_URL: without it alerts and reports are off.\n"
