"""Who may do what, as data, and how Superset is brought to it: roles, users, one region only, embedding.

``provision.py`` applies this after the assets, in the same transaction. Permissions on datasets are computed there,
since their names hold ids that each installation gives anew. What is switched off again is taken back.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from bundle import BundleError, stable_uuid

Permission = tuple[str, str]  # what, on which part of Superset

# What a dashboard asks of the server while it is looked at.
LOOK: frozenset[Permission] = frozenset(
    {
        ("can_dashboard", "Superset"),
        ("can_dashboard_permalink", "Superset"),
        ("can_explore_json", "Superset"),  # calendars and maps of regions
        ("can_language_pack", "Superset"),
        ("can_log", "Superset"),
        ("can_slice", "Superset"),
        ("can_external_metadata", "Datasource"),
        ("can_get", "Datasource"),
        ("can_get", "MenuApi"),
        ("can_query", "Api"),
        ("can_query_form_data", "Api"),
        ("can_time_range", "Api"),
        ("can_read", "Chart"),
        ("can_read", "CssTemplate"),
        ("can_read", "CurrentUserRestApi"),
        ("can_read", "Dashboard"),
        ("can_read", "DashboardFilterStateRestApi"),
        ("can_write", "DashboardFilterStateRestApi"),  # the choice made in the filters of one's own page
        ("can_read", "DashboardPermalinkRestApi"),
        ("can_read", "EmbeddedDashboard"),
        ("can_read", "Theme"),
    }
)
# What a person with an account does beside: find dashboards, share and export what is shown, change the password.
READ = LOOK | {
    ("menu_access", "Dashboards"),
    ("menu_access", "Home"),
    ("can_csv", "Superset"),
    ("can_share_chart", "Superset"),
    ("can_share_dashboard", "Superset"),
    ("can_drill", "Dashboard"),
    ("can_view_chart_as_table", "Dashboard"),
    ("can_get_drill_info", "Dataset"),
    ("can_read", "Dataset"),
    ("can_read", "SecurityRestApi"),
    ("can_recent_activity", "Log"),
    ("can_this_form_get", "ResetMyPasswordView"),
    ("can_this_form_post", "ResetMyPasswordView"),
    ("can_userinfo", "UserDBModelView"),
    ("can_write", "DashboardPermalinkRestApi"),
    ("resetmypassword", "UserDBModelView"),
}
# SQL Lab and charts of one's own; the database itself allows reading only.
ANALYSE = READ | {
    ("menu_access", "Charts"),
    ("menu_access", "Datasets"),
    ("menu_access", "SQL Editor"),
    ("menu_access", "SQL Lab"),
    ("menu_access", "Saved Queries"),
    ("menu_access", "Query Search"),
    ("can_activate", "TabStateView"),
    ("can_delete", "TabStateView"),
    ("can_delete_query", "TabStateView"),
    ("can_get", "TabStateView"),
    ("can_migrate_query", "TabStateView"),
    ("can_post", "TabStateView"),
    ("can_put", "TabStateView"),
    ("can_delete", "TableSchemaView"),
    ("can_expanded", "TableSchemaView"),
    ("can_post", "TableSchemaView"),
    ("can_execute_sql_query", "SQLLab"),
    ("can_export_csv", "SQLLab"),
    ("can_format_sql", "SQLLab"),
    ("can_get_results", "SQLLab"),
    ("can_read", "SQLLab"),
    ("can_export", "SavedQuery"),
    ("can_list", "SavedQuery"),
    ("can_read", "SavedQuery"),
    ("can_write", "SavedQuery"),
    ("can_read", "Query"),
    ("can_sqllab", "Superset"),
    ("can_sqllab_history", "Superset"),
    ("can_explore", "Superset"),
    ("can_fetch_datasource_metadata", "Superset"),
    ("can_read", "Database"),
    ("can_read", "Explore"),
    ("can_read", "ExploreFormDataRestApi"),
    ("can_write", "ExploreFormDataRestApi"),
    ("can_read", "ExplorePermalinkRestApi"),
    ("can_write", "ExplorePermalinkRestApi"),
    ("can_view_query", "Dashboard"),
    ("can_write", "Chart"),
}
# Hand out guest tokens, nothing else: what the server of an embedding site does.
HAND_OUT = frozenset({("can_grant_guest_token", "SecurityRestApi"), ("can_read", "SecurityRestApi")})

GUEST, PUBLIC = "Guest", "Public"  # superset_config.py names the first, Superset the second
EMBEDDED = "france-now"  # the dashboard that can be embedded

# Users besides the administrator: name, role, and the variable with their password.
USERS = {
    "viewer": ("Viewer", "HEXAWATT_VIEWER_PASSWORD"),
    "analyst": ("Analyst", "HEXAWATT_ANALYST_PASSWORD"),
    "embedder": ("Embedder", "HEXAWATT_EMBED_PASSWORD"),
}
SHORTEST_PASSWORD = 12

# Whose data a role can be limited to; the names are those of dbt's seed.
REGIONS = {
    "11": "Île-de-France",
    "24": "Centre-Val de Loire",
    "27": "Bourgogne-Franche-Comté",
    "28": "Normandie",
    "32": "Hauts-de-France",
    "44": "Grand Est",
    "52": "Pays de la Loire",
    "53": "Bretagne",
    "75": "Nouvelle-Aquitaine",
    "76": "Occitanie",
    "84": "Auvergne-Rhône-Alpes",
    "93": "Provence-Alpes-Côte d'Azur",
    "94": "Corse",
}
REGION_COLUMN = "region_code"
REGION_ROLE = "Viewer of {}"


@dataclass(frozen=True)
class Role:
    """A role: its permissions, and which data it sees."""

    name: str
    permissions: frozenset[Permission]
    sees: str = "nothing"  # or "datasets" (those of the dashboards), or "schema" (all marts)
    region: str | None = None  # of data by region only this one's


@dataclass(frozen=True)
class Access:
    """What this installation has switched on."""

    anonymous: bool
    regions: tuple[str, ...]
    origins: tuple[str, ...]
    passwords: Mapping[str, str]

    def roles(self) -> list[Role]:
        """Return every role that is wanted; Guest and Public exist in any case, empty while they are off."""
        embeds = bool(self.origins)
        return [
            Role("Viewer", READ, "datasets"),
            Role("Analyst", ANALYSE, "schema"),
            Role(PUBLIC, LOOK, "datasets") if self.anonymous else Role(PUBLIC, frozenset()),
            Role(GUEST, LOOK if embeds else frozenset()),  # the token names the dashboard, hence the data
            Role("Embedder", HAND_OUT if embeds else frozenset()),
            *(Role(REGION_ROLE.format(REGIONS[code]), READ, "datasets", code) for code in self.regions),
        ]

    def text(self) -> str:
        """All of it, for a fingerprint."""
        roles = [asdict(role) | {"permissions": sorted(role.permissions)} for role in self.roles()]
        return json.dumps([asdict(self), roles], sort_keys=True)


def access(environment: Mapping[str, str]) -> Access:
    """Read what is switched on. Raise BundleError that names the variable for what isn't understood."""
    anonymous = environment.get("HEXAWATT_ANONYMOUS", "")
    if anonymous not in ("", "read"):
        raise BundleError(f"HEXAWATT_ANONYMOUS must be read or nothing, not {anonymous!r}")
    regions = _listed(environment.get("HEXAWATT_REGION_ROLES", ""))
    if unknown := [code for code in regions if code not in REGIONS]:
        raise BundleError(f"HEXAWATT_REGION_ROLES: no region has the code {unknown[0]!r}: {', '.join(REGIONS)}")
    origins = _listed(environment.get("HEXAWATT_EMBED_ORIGINS", ""))
    if wrong := [origin for origin in origins if not is_origin(origin)]:
        raise BundleError(f"HEXAWATT_EMBED_ORIGINS: an origin reads https://example.org, not {wrong[0]!r}")
    passwords = {user: environment[name] for user, (_, name) in USERS.items() if environment.get(name)}
    for user, password in passwords.items():
        name = USERS[user][1]
        if len(password) < SHORTEST_PASSWORD:
            raise BundleError(f"{name} must have {SHORTEST_PASSWORD} characters or more")
        if password == environment.get("SUPERSET_ADMIN_PASSWORD"):
            raise BundleError(f"{name} must not be the administrator's password")
    return Access(anonymous == "read", regions, origins, passwords)


def is_origin(text: str) -> bool:
    """Whether it is scheme, host and perhaps port: what a content policy may name."""
    return bool(re.fullmatch(r"https?://[a-z0-9.-]+(:\d+)?", text))


def _listed(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(re.split(r"[,\s]+", text.strip()))) if text.strip() else ()


# --- in Superset ------------------------------------------------------------------------------------------------------


def apply(wanted: Access) -> None:
    """Bring roles, users, limits to a region and embedding to what is wanted. Called within the import's transaction.

    The models are changed directly: the security manager's own methods commit.
    """
    from superset import db

    db.session.flush()  # the import's permissions on datasets
    datasets = _datasets()
    found = {role.name: _role(role, datasets) for role in wanted.roles()}
    _retire_regions(set(found))
    _limit_to_regions(wanted, found, datasets)
    for user, (role, _) in USERS.items():
        _user(user, found[role], wanted.passwords.get(user))
    _embed(wanted.origins)
    db.session.flush()


def _datasets() -> list[Any]:
    from superset.connectors.sqla.models import SqlaTable

    from superset import db

    return list(db.session.query(SqlaTable).filter(SqlaTable.is_managed_externally.is_(True)))


def _role(role: Role, datasets: Iterable[Any]) -> Any:
    """Make the role, or give it exactly these permissions."""
    from superset.extensions import security_manager

    from superset import db

    names = set(role.permissions)
    if role.sees in ("datasets", "schema"):
        names |= {("datasource_access", dataset.get_perm()) for dataset in datasets}
    if role.sees == "schema":
        names |= {("schema_access", dataset.get_schema_perm()) for dataset in datasets}
    model = security_manager.role_model
    found = db.session.query(model).filter_by(name=role.name).one_or_none()
    if found is None:
        found = model(name=role.name)
        db.session.add(found)
    found.permissions = [_permission(*name) for name in sorted(names)]
    return found


def _permission(what: str, where: str) -> Any:
    from superset.extensions import security_manager

    found = security_manager.find_permission_view_menu(what, where)
    if found is None:
        raise BundleError(f"this release of Superset has no permission {what} on {where}: see superset/roles.py")
    return found


def _retire_regions(kept: set[str]) -> None:
    """Remove the roles of regions that are no longer switched on."""
    from superset.extensions import security_manager

    from superset import db

    names = {REGION_ROLE.format(name) for name in REGIONS.values()} - kept
    model = security_manager.role_model
    for role in db.session.query(model).filter(model.name.in_(names)):
        role.permissions = []
        for user in list(role.user):
            user.roles.remove(role)
        db.session.delete(role)


def _limit_to_regions(wanted: Access, roles: Mapping[str, Any], datasets: Iterable[Any]) -> None:
    """Let each region's role read only that region's rows, wherever rows are by region."""
    from superset.connectors.sqla.models import RowLevelSecurityFilter

    from superset import db

    by_region = [dataset for dataset in datasets if REGION_COLUMN in {column.column_name for column in dataset.columns}]
    there = {rule.name: rule for rule in db.session.query(RowLevelSecurityFilter)}
    for code, name in REGIONS.items():
        rule = there.get(f"Only {name}")
        if code not in wanted.regions:
            if rule is not None:
                rule.tables, rule.roles = [], []
                db.session.delete(rule)
            continue
        if rule is None:
            rule = RowLevelSecurityFilter(name=f"Only {name}", filter_type="Regular")
            db.session.add(rule)
        rule.description = f"Rows of {name}, and none of another region"
        rule.clause = f"{REGION_COLUMN} = '{code}'"
        rule.group_key = "region"  # who has the roles of two regions sees both
        rule.tables, rule.roles = by_region, [roles[REGION_ROLE.format(name)]]


def _user(name: str, role: Any, password: str | None) -> None:
    """Make the user with this password; without one nobody can log in under that name, what is theirs stays."""
    from superset.extensions import security_manager
    from werkzeug.security import check_password_hash, generate_password_hash

    from superset import db

    model = security_manager.user_model
    user = db.session.query(model).filter_by(username=name).one_or_none()
    if password is None:
        if user is not None:
            user.active, user.roles = False, []
        return
    if user is None:
        user = model(username=name, first_name="Hexawatt", last_name=name.capitalize(), email=f"{name}@localhost")
        db.session.add(user)
    user.active, user.roles = True, [role]
    if not (user.password and check_password_hash(user.password, password)):
        user.password = generate_password_hash(password)


def _embed(origins: tuple[str, ...]) -> None:
    """Register the dashboard for embedding by these origins, or take that back."""
    from superset.models.dashboard import Dashboard
    from superset.models.embedded_dashboard import EmbeddedDashboard

    from superset import db

    dashboard = db.session.query(Dashboard).filter_by(slug=EMBEDDED).one_or_none()
    there = list(db.session.query(EmbeddedDashboard))
    if not origins or dashboard is None:
        for embedded in there:
            db.session.delete(embedded)
        return
    embedded = next((item for item in there if item.dashboard_id == dashboard.id), None)
    if embedded is None:
        embedded = EmbeddedDashboard(uuid=embedded_uuid(), dashboard_id=dashboard.id)
        db.session.add(embedded)
    embedded.allow_domain_list = ",".join(origins)


def embedded_uuid() -> str:
    """Return the name under which the dashboard is embedded."""
    return stable_uuid(f"embedded/{EMBEDDED}")
