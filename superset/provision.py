"""Bring this mode's Superset to what ``assets/`` and ``roles.py`` say: metadata database, assets, roles, users.

Run with Superset's own environment: ``.venvs/superset/bin/python superset/provision.py``. It needs no running server
and no served file yet. Environment: SUPERSET_ADMIN_PASSWORD (required), HEXAWATT_STATE_DIR, HEXAWATT_SERVING_FILE,
HEXAWATT_NOW, HEXAWATT_WAREHOUSE (duckdb, or snowflake with what ``warehouse.snowflake.yaml`` names), and who may enter:
HEXAWATT_VIEWER_PASSWORD, HEXAWATT_ANALYST_PASSWORD, HEXAWATT_ANONYMOUS, HEXAWATT_REGION_ROLES, HEXAWATT_EMBED_ORIGINS,
HEXAWATT_EMBED_PASSWORD; and who is mailed: HEXAWATT_ALERT_EMAILS, with what ``alerts.py`` needs for it.

Done again with the same assets and settings, it says so within a moment and touches nothing. All of the import, the
removal of assets that left the bundle and the roles included, is one transaction: whatever fails leaves Superset as it
was.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from importlib.metadata import version
from pathlib import Path
from typing import Any

import alerts
import roles
import superset_config as settings
from bundle import (
    ASSETS,
    ROOM,
    WAREHOUSE,
    Bundle,
    BundleError,
    environment_values,
    filled,
    fingerprint,
    read_bundle,
    with_warehouse,
)
from lint import problems

ADMIN = "admin"
DONE = settings.STATE_DIRECTORY / "provisioned.json"
LOG = settings.STATE_DIRECTORY / "provision.log"
METADATA = settings.STATE_DIRECTORY / "superset.db"


def provision(folder: Path = ASSETS) -> str:
    """Provision from ``folder`` and return one line that says what was done. Raise BundleError if it can't be."""
    password = os.environ.get("SUPERSET_ADMIN_PASSWORD")
    if not password:
        raise BundleError("SUPERSET_ADMIN_PASSWORD is not set: give the administrator a password of your own")
    bundle, secrets = _bundle(folder)
    access = roles.access(os.environ)
    mail = alerts.mail(os.environ)
    done = _done()
    release = version("apache-superset")
    given = (password, json.dumps(secrets, sort_keys=True), access.text(), mail.text())
    wanted = fingerprint(settings.SECRET_KEY, release, *given, *_flat(bundle))
    if done.get("assets") == wanted:
        return "Superset: nothing changed"

    if not done:
        # A first run that was interrupted leaves a half-migrated database, which no migration accepts again.
        METADATA.unlink(missing_ok=True)
    with _quiet(), _app().app_context():
        if done.get("release") != release:
            _say("preparing the metadata database")
            _migrate()
            DONE.write_text(json.dumps({"release": release}), encoding="utf-8")
        _administrator(password)
        _say("importing the assets")
        pruned = _import(bundle, secrets, access, mail)
    DONE.write_text(json.dumps({"release": release, "assets": wanted}), encoding="utf-8")
    counts = ", ".join(f"{sum(1 for _ in bundle.of(kind))} {kind}" for kind in ("datasets", "charts", "dashboards"))
    return f"Superset: {counts} in place, {pruned} removed"


def _bundle(folder: Path) -> tuple[Bundle, dict[str, dict[str, str]]]:
    """Return the checked bundle for this machine, and the secrets its database needs beside it."""
    bundle = read_bundle(folder)
    if found := problems(bundle):
        more = f" (and {len(found) - 1} more: run superset/lint.py)" if len(found) > 1 else ""
        raise BundleError(f"{found[0]}{more}")
    secrets: dict[str, dict[str, str]] = {}
    if (warehouse := os.environ.get("HEXAWATT_WAREHOUSE", "duckdb")) == "snowflake":
        bundle = with_warehouse(bundle, ROOM / "warehouse.snowflake.yaml")
        secrets[WAREHOUSE] = _snowflake_key()
    elif warehouse != "duckdb":
        raise BundleError(f"HEXAWATT_WAREHOUSE must be duckdb or snowflake, not {warehouse!r}")
    return filled(bundle, environment_values(settings.SERVING_FILE), os.environ.get("HEXAWATT_NOW")), secrets


def _snowflake_key() -> dict[str, str]:
    """Return the key pair's private part, by the place where Superset keeps it encrypted."""
    file = os.environ.get("SNOWFLAKE_PRIVATE_KEY_FILE", "")
    try:
        key = Path(file).read_text("ascii")
    except (OSError, UnicodeDecodeError):
        raise BundleError("SNOWFLAKE_PRIVATE_KEY_FILE must name the private key's PEM file") from None
    passphrase = os.environ.get("SNOWFLAKE_PRIVATE_KEY_PASSPHRASE", "")
    return {"$.auth_params.privatekey_body": key, "$.auth_params.privatekey_pass": passphrase}


def _done() -> dict[str, str]:
    """Return what an earlier run has finished; nothing if its metadata database is gone."""
    if not (DONE.exists() and METADATA.exists()):
        return {}
    done: dict[str, str] = json.loads(DONE.read_text("utf-8"))
    return done


def _flat(bundle: Bundle) -> list[str]:
    return [part for path in sorted(bundle.texts) for part in (path, bundle.texts[path])]


@contextmanager
def _quiet() -> Iterator[None]:
    """Send what Superset and its migrations print and log to a file; on failure add where it came from."""
    with LOG.open("w", encoding="utf-8") as log, redirect_stdout(log), redirect_stderr(log):
        try:
            yield
        except Exception:
            traceback.print_exc(limit=20, chain=False)  # the chain can be cyclic
            raise


def _app() -> Any:
    """Return Superset as an application."""
    os.environ["SUPERSET_CONFIG_PATH"] = str(ROOM / "superset_config.py")
    from superset.app import create_app

    return create_app()


def _migrate() -> None:
    """Bring the metadata database to this release's schema, roles and permissions."""
    from flask_migrate import upgrade
    from superset.extensions import appbuilder, security_manager

    upgrade()
    appbuilder.add_permissions(update_perms=True)
    security_manager.sync_role_definitions()


def _administrator(password: str) -> None:
    """Make the administrator, or give them this password."""
    from superset.extensions import security_manager

    user = security_manager.find_user(ADMIN)
    if user is None:
        role = security_manager.find_role("Admin")
        security_manager.add_user(ADMIN, "Hexawatt", "Administrator", "admin@localhost", role, password=password)
    elif not _fits(user.password, password):
        security_manager.reset_password(user.id, password)


def _fits(stored: str, password: str) -> bool:
    from werkzeug.security import check_password_hash

    return bool(check_password_hash(stored, password))


def _import(bundle: Bundle, secrets: dict[str, dict[str, str]], access: roles.Access, mail: alerts.Mail) -> int:
    """Import the bundle, remove what left it, set roles and alerts, all or nothing; return how many were removed."""
    from superset.commands.exceptions import CommandInvalidError
    from superset.commands.importers.v1.assets import ImportAssetsCommand
    from superset.extensions import security_manager
    from superset.utils.core import override_user
    from superset.utils.decorators import transaction

    @transaction()  # type: ignore[untyped-decorator]
    def run() -> int:
        ImportAssetsCommand(dict(bundle.texts), encrypted_extra_secrets=secrets).run()
        pruned = _prune({asset.get("uuid") for asset in bundle.assets.values()})
        roles.apply(access)
        alerts.apply(mail)
        return pruned

    with override_user(security_manager.find_user(ADMIN)):
        try:
            return int(run())
        except CommandInvalidError as error:
            raise BundleError(f"Superset refuses the assets: {json.dumps(error.normalized_messages())}") from None


def _prune(kept: set[Any]) -> int:
    """Delete the assets that came from files and have none any more; what people made by hand stays."""
    from superset.connectors.sqla.models import SqlaTable
    from superset.models.core import Database
    from superset.models.dashboard import Dashboard
    from superset.models.slice import Slice

    from superset import db

    pruned = 0
    for model in (Dashboard, Slice, SqlaTable, Database):  # what refers before what is referred to
        for asset in db.session.query(model).filter(model.is_managed_externally.is_(True)):
            if str(asset.uuid) not in kept:
                db.session.delete(asset)
                pruned += 1
        db.session.flush()
    return pruned


def _say(step: str) -> None:
    print(f"Superset: {step}", file=sys.__stdout__, flush=True)


def main() -> int:
    """Provision and return the exit code; on failure print one line."""
    try:
        print(provision())
    except BundleError as error:
        print(f"Superset could not be provisioned: {error}", file=sys.stderr)
        return 1
    except Exception as error:  # Superset's own: say which, not where
        reason = " ".join(str(error).split()) or type(error).__name__
        print(f"Superset could not be provisioned: {reason} (more in {LOG})", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
