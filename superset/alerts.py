"""What is mailed, to whom and when: alerts and reports as data, and how Superset is brought to them.

``descriptions/alerts.yaml`` holds them; ``provision.py`` applies this after the assets and roles, in the same
transaction. Superset knows such a schedule by its kind and name, and gives it no uuid. Those of this file are told from
what people made by hand by who made them: the account ``reports``, under which nobody can log in.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml
from bundle import ROOM, WAREHOUSE, BundleError, pinned, stable_uuid

DESCRIBED = ROOM / "descriptions" / "alerts.yaml"
ACCOUNT, ROLE = "reports", "Viewer"  # superset_config.py lets this account ask and look for every mail
ALERT, REPORT = "Alert", "Report"  # Superset's own names of the kinds
TIME_ZONE = "Europe/Paris"
WIDTH = 1440  # pixels of a picture: as wide as the pages are made for
# Seconds after which a schedule that is at work is given up, and its process ended.
ALERT_SECONDS, REPORT_SECONDS = 120, 600
DAYS_OF_LOG = 90
ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?", re.ASCII)
NEEDED = ("HEXAWATT_REDIS_URL", "SMTP_HOST", "SMTP_MAIL_FROM")


@dataclass(frozen=True)
class Schedule:
    """One alert (``sql`` and ``condition`` are given) or report."""

    kind: str
    name: str
    why: str
    cron: str  # on the clock of Paris
    sends: str  # path of the chart or dashboard below assets/
    sql: str | None = None  # one figure
    condition: tuple[str, float] | None = None  # operator and threshold
    grace_seconds: int = 0  # silence after an alert
    height: int | None = None  # pixels


@dataclass(frozen=True)
class Mail:
    """Who is told, and what; nobody and nothing where alerts are off."""

    addresses: tuple[str, ...] = ()
    schedules: tuple[Schedule, ...] = ()

    def text(self) -> str:
        """All of it, for a fingerprint."""
        return json.dumps(asdict(self), sort_keys=True)


def mail(environment: Mapping[str, str], file: Path = DESCRIBED) -> Mail:
    """Read who is told, and what if anybody is. Raise BundleError for what isn't understood or can't be sent."""
    addresses = recipients(environment.get("HEXAWATT_ALERT_EMAILS", ""))
    if not addresses:
        return Mail()
    if missing := [name for name in NEEDED if not environment.get(name)]:
        raise BundleError(f"HEXAWATT_ALERT_EMAILS is set, so {missing[0]} is needed too: nothing could be sent")
    if not ADDRESS.fullmatch(environment["SMTP_MAIL_FROM"]):
        raise BundleError(f"SMTP_MAIL_FROM: {environment['SMTP_MAIL_FROM']!r} is no address")
    if (security := environment.get("SMTP_SECURITY") or "starttls") not in ("starttls", "ssl", "none"):
        raise BundleError(f"SMTP_SECURITY must be starttls, ssl or none, not {security!r}")
    if not (port := environment.get("SMTP_PORT") or "25").isdigit():
        raise BundleError(f"SMTP_PORT must be a number, not {port!r}")
    return Mail(addresses, tuple(pinned_to(schedules(file), environment.get("HEXAWATT_NOW"))))


def recipients(text: str) -> tuple[str, ...]:
    """Return the addresses, separated by commas or spaces, each once. Raise BundleError for one that is none."""
    addresses = tuple(dict.fromkeys(re.split(r"[,;\s]+", text.strip()))) if text.strip() else ()
    if wrong := [address for address in addresses if not ADDRESS.fullmatch(address)]:
        raise BundleError(f"HEXAWATT_ALERT_EMAILS: {wrong[0]!r} is no address such as grid@example.org")
    return addresses


def schedules(file: Path = DESCRIBED) -> Iterator[Schedule]:
    """Yield what is described."""
    described = yaml.safe_load(file.read_text("utf-8"))
    for text in described["alerts"].values():
        operator, threshold = text["when"].split()
        yield Schedule(
            ALERT,
            text["title"],
            text["why"],
            text["cron"],
            f"charts/alerts/{text['sends']}.yaml",
            text["sql"],
            (operator, float(threshold)),
            text["grace_hours"] * 3600,
        )
    for text in described["reports"].values():
        dashboard = f"dashboards/{text['sends']}.yaml"
        yield Schedule(REPORT, text["title"], text["why"], text["cron"], dashboard, height=text["height"])


def pinned_to(given: Iterator[Schedule], now: str | None) -> Iterator[Schedule]:
    """Yield the schedules with today and now as they are at ``now``, where the house's now is pinned."""
    return (Schedule(**(asdict(schedule) | {"sql": pinned(schedule.sql, now)})) for schedule in given)


# --- in Superset ------------------------------------------------------------------------------------------------------


def apply(wanted: Mail) -> None:
    """Make, change and remove schedules until they are those wanted. Called within the import's transaction."""
    from superset.reports.models import ReportSchedule

    from superset import db

    account = _account(wanted.addresses)
    kept = {(schedule.kind, schedule.name): schedule for schedule in wanted.schedules}
    there = {(found.type, found.name): found for found in db.session.query(ReportSchedule)}
    for key, found in there.items():
        if account is not None and found.created_by_fk == account.id and key not in kept:
            found.owners = []  # the schedule's number may be given again: no line may still bear it
            db.session.delete(found)
    for key, schedule in kept.items():
        found = there.get(key)
        if found is None:  # active at first, afterwards as people left it: an alert can be paused
            found = ReportSchedule(type=schedule.kind, name=schedule.name, created_by_fk=account.id, active=True)
        elif found.created_by_fk != account.id:
            raise BundleError(f"somebody has made {schedule.name!r} by hand under {schedule.kind}s: rename that one")
        _describe(found, schedule, account, wanted.addresses)
        db.session.add(found)
    db.session.flush()


def _describe(found: Any, schedule: Schedule, account: Any, addresses: tuple[str, ...]) -> None:
    """Give Superset's schedule all that is described."""
    from superset.connectors.sqla.models import Database
    from superset.models.dashboard import Dashboard
    from superset.models.slice import Slice
    from superset.reports.models import ReportRecipients

    is_alert = schedule.kind == ALERT
    sent = _asset(Slice if is_alert else Dashboard, schedule.sends)
    operator, threshold = schedule.condition or (None, None)
    values = {
        "description": schedule.why,
        "crontab": schedule.cron,
        "timezone": TIME_ZONE,
        "creation_method": "alerts_reports",
        "report_format": "TEXT" if is_alert else "PNG",
        "email_subject": schedule.name,
        "sql": schedule.sql,
        "database": _asset(Database, WAREHOUSE) if is_alert else None,
        "chart": sent if is_alert else None,
        "dashboard": None if is_alert else sent,
        "owners": [account],  # told when a schedule fails
        "validator_type": "operator" if is_alert else None,
        "validator_config_json": json.dumps({"op": operator, "threshold": threshold} if is_alert else {}),
        "grace_period": schedule.grace_seconds,
        "working_timeout": ALERT_SECONDS if is_alert else REPORT_SECONDS,
        "log_retention": DAYS_OF_LOG,
        "custom_width": None if is_alert else WIDTH,
        "custom_height": schedule.height,
        "force_screenshot": False,
    }
    for name, value in values.items():
        setattr(found, name, value)
    target = json.dumps({"target": ", ".join(addresses)})
    if [recipient.recipient_config_json for recipient in found.recipients] != [target]:
        found.recipients = [ReportRecipients(type="Email", recipient_config_json=target)]


def _asset(model: Any, path: str) -> Any:
    from superset import db

    found = db.session.query(model).filter_by(uuid=stable_uuid(path)).one_or_none()
    if found is None:
        raise BundleError(f"descriptions/alerts.yaml: there is no {path} to ask or to send")
    return found


def _account(addresses: tuple[str, ...]) -> Any:
    """Return the account that mails are made under, made if it is needed; without recipients it may do nothing."""
    from superset.extensions import security_manager
    from werkzeug.security import generate_password_hash

    from superset import db

    model = security_manager.user_model
    account = db.session.query(model).filter_by(username=ACCOUNT).one_or_none()
    if not addresses:
        if account is not None:
            account.active, account.roles = False, []
        return account
    role, email = security_manager.find_role(ROLE), _told_of_failures(addresses[0])
    if account is None:
        account = model(username=ACCOUNT, first_name="Hexawatt", last_name="Reports", email=email)
        account.password = generate_password_hash(secrets.token_urlsafe(48))  # known to nobody, kept nowhere
        db.session.add(account)
    account.active, account.roles, account.email = True, [role], email
    db.session.flush()
    return account


def _told_of_failures(address: str) -> str:
    """Return the address with its domain in capitals, the same to mail: its person may have an account, too."""
    name, domain = address.rsplit("@", 1)
    return f"{name}@{domain.upper()}"
