"""The provisioning script as operations run it: idempotent, all or nothing, clear when it can't."""

from __future__ import annotations

import hashlib
import sqlite3
import stat
from pathlib import Path
from typing import Any

import pytest
import yaml
from bundle import ROOM, WAREHOUSE, filled, read_bundle, with_warehouse
from conftest import PASSWORD, Place

# Superset's tables, by the folder of the bundle that fills them.
KINDS = {"dbs": "databases", "tables": "datasets", "slices": "charts", "dashboards": "dashboards"}


@pytest.fixture(scope="module")
def house(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A copy of the provisioned place with one dashboard of its own, to change at will."""
    house = Place(tmp_path_factory.mktemp("other"))
    house.only_one_dashboard()
    house.copy_state(place)
    assert house.provision().returncode == 0  # its served file is elsewhere
    return house


def rows(house: Place, sql: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(house.metadata) as connection:
        return connection.execute(sql).fetchall()


def digest(house: Place) -> str:
    return hashlib.sha256(house.metadata.read_bytes()).hexdigest()


def edit(file: Path, **changes: Any) -> None:
    file.write_text(yaml.safe_dump({**yaml.safe_load(file.read_text("utf-8")), **changes}, allow_unicode=True), "utf-8")


def test_second_run_changes_nothing_and_says_so(house: Place) -> None:
    before = digest(house)
    done = house.provision()
    assert (done.returncode, done.stdout, done.stderr) == (0, "Superset: nothing changed\n", "")
    assert digest(house) == before


def test_everything_of_the_bundle_is_there_and_bound_to_its_file(house: Place) -> None:
    bundle = read_bundle(house.room / "assets")
    for table, kind in KINDS.items():
        expected = sum(1 for _ in bundle.of(kind))
        assert rows(house, f"SELECT count(*) FROM {table} WHERE is_managed_externally") == [(expected,)]
    ((uri,),) = rows(house, "SELECT sqlalchemy_uri FROM dbs")
    assert uri.startswith(f"duckdb:///{house.state / 'serving.duckdb'}?access_mode=read_only&")
    assert "enable_external_access=false" in uri


def test_without_recipients_none_of_the_alerts_is_left(house: Place, place: Place) -> None:
    kept = "SELECT type, name FROM report_schedule WHERE name <> 'Mine'"
    assert len(rows(place, kept)) == 5  # the house was copied from it
    assert rows(house, kept) == []
    for table in ("report_recipient", "report_schedule_user"):
        assert rows(house, f"SELECT count(*) FROM {table}") == [(0,)]
    account = "SELECT u.active, count(r.role_id) FROM ab_user u LEFT JOIN ab_user_role r ON r.user_id = u.id"
    assert rows(house, f"{account} WHERE u.username = 'reports' GROUP BY u.id") == [(0, 0)]


def test_secrets_are_the_owners_only_and_never_printed(house: Place) -> None:
    key = house.state / "superset" / "secret_key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    log = (house.state / "superset" / "provision.log").read_text("utf-8")
    assert PASSWORD not in log + (house.state / "superset" / "provisioned.json").read_text("utf-8")
    assert key.read_text("ascii") not in log


def test_changed_asset_is_updated_and_one_without_a_file_is_removed(house: Place) -> None:
    dashboard = house.room / "assets/dashboards/france_now.yaml"
    gone = house.room / "assets/charts/france_now/carbon_intensity.yaml"
    kept, removed = dashboard.read_text("utf-8"), gone.read_text("utf-8")
    layout = yaml.safe_load(kept)["position"]
    parent = layout["CHART-carbon_intensity"]["parents"][-1]
    layout[parent]["children"].remove("CHART-carbon_intensity")
    number = layout.pop("CHART-carbon_intensity")["meta"]["chartId"]
    metadata = yaml.safe_load(kept)["metadata"]
    for item in metadata["native_filter_configuration"]:
        item["scope"]["excluded"] = [other for other in item["scope"]["excluded"] if other != number]
    edit(dashboard, position=layout, metadata=metadata, description="Changed by a test")
    gone.unlink()
    with sqlite3.connect(house.metadata) as connection:  # as a person would make one in the browser
        mine = "created_on, changed_on, dashboard_title, uuid, published, is_managed_externally"
        connection.execute(f"INSERT INTO dashboards ({mine}) VALUES (0, 0, 'Mine', x'{'01' * 16}', 0, 0)")
        connection.execute(
            "INSERT INTO report_schedule (type, name, crontab, timezone, extra_json)"
            " VALUES ('Alert', 'Mine', '0 8 * * *', 'UTC', '{}')"
        )

    done = house.provision()
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("1 removed\n")
    assert rows(house, "SELECT count(*) FROM slices WHERE slice_name LIKE 'Carbon intensity of%'") == [(0,)]
    assert rows(house, "SELECT dashboard_title, description FROM dashboards ORDER BY id") == [
        ("France now", "Changed by a test"),
        ("Mine", None),
    ]
    assert rows(house, "SELECT type, name FROM report_schedule") == [("Alert", "Mine")]

    dashboard.write_text(kept, "utf-8")
    gone.write_text(removed, "utf-8")
    assert house.provision().stdout.endswith("0 removed\n")
    assert rows(house, "SELECT count(*) FROM slices WHERE slice_name LIKE 'Carbon intensity of%'") == [(1,)]


def test_chart_that_names_a_missing_metric_is_refused_before_anything_is_touched(house: Place) -> None:
    file, before = house.room / "assets/charts/france_now/load_now.yaml", digest(house)
    text = file.read_text("utf-8")
    file.write_text(text.replace("load_mean_mw", "load_typo_mw"), "utf-8")
    done = house.provision()
    file.write_text(text, "utf-8")
    assert done.returncode == 1
    assert done.stderr == (
        "Superset could not be provisioned: charts/france_now/load_now.yaml: fct_load has no metric load_typo_mw\n"
    )
    assert digest(house) == before


def test_bundle_that_superset_refuses_leaves_all_as_it_was(house: Place) -> None:
    file, before = house.room / "assets/datasets/warehouse/fct_load.yaml", rows(house, "SELECT * FROM tables")
    text = file.read_text("utf-8")
    edit(file, description="Never to be seen", unheard_of=1)
    done = house.provision()
    file.write_text(text, "utf-8")
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "fct_load.yaml" in done.stderr
    assert "Unknown field" in done.stderr
    assert rows(house, "SELECT * FROM tables") == before


def test_failure_after_the_import_leaves_all_as_it_was(house: Place) -> None:
    file, before = house.room / "assets/datasets/warehouse/fct_load.yaml", rows(house, "SELECT * FROM tables")
    script, text = house.room / "provision.py", file.read_text("utf-8")
    whole = script.read_text("utf-8")
    script.write_text(whole.replace("    pruned = 0\n", '    raise OSError("disk full")\n', 1), "utf-8")
    edit(file, description="Never to be seen")
    done = house.provision()
    script.write_text(whole, "utf-8")
    file.write_text(text, "utf-8")
    assert done.returncode == 1
    assert "disk full" in done.stderr
    assert rows(house, "SELECT * FROM tables") == before


def test_new_password_replaces_the_old_one(house: Place) -> None:
    from werkzeug.security import check_password_hash

    assert house.provision(SUPERSET_ADMIN_PASSWORD="Another-one-2026").returncode == 0
    ((stored,),) = rows(house, "SELECT password FROM ab_user WHERE username = 'admin'")
    assert check_password_hash(stored, "Another-one-2026")
    assert not check_password_hash(stored, PASSWORD)


# --- roles ------------------------------------------------------------------------------------------------------------

GRANTS = """
    SELECT permission.name, view.name FROM ab_role AS role
    JOIN ab_permission_view_role AS granted ON granted.role_id = role.id
    JOIN ab_permission_view AS pair ON pair.id = granted.permission_view_id
    JOIN ab_permission AS permission ON permission.id = pair.permission_id
    JOIN ab_view_menu AS view ON view.id = pair.view_menu_id
    WHERE role.name = '{}'
"""


def grants(house: Place, role: str) -> set[tuple[str, str]]:
    return set(rows(house, GRANTS.format(role)))


def test_what_is_switched_off_is_taken_back(place: Place, house: Place) -> None:
    role, user = "SELECT count(*) FROM ab_role WHERE name = 'Viewer of Bretagne'", "SELECT active FROM ab_user"
    rules = "SELECT count(*) FROM row_level_security_filters"
    assert (rows(place, role), rows(place, rules)) == ([(1,)], [(1,)])
    assert rows(place, f"{user} WHERE username = 'viewer'") == [(1,)]
    assert (rows(house, role), rows(house, rules)) == ([(0,)], [(0,)])
    assert rows(house, f"{user} WHERE username = 'viewer'") == [(0,)]
    assert grants(house, "Public") == grants(house, "Guest") == grants(house, "Embedder") == set()


def test_reader_has_the_datasets_and_an_analyst_the_schema(house: Place) -> None:
    datasets = sum(1 for _ in read_bundle(house.room / "assets").of("datasets"))
    for role, schemas in (("Viewer", 0), ("Analyst", 1)):
        found = [what for what, _ in grants(house, role)]
        assert (found.count("datasource_access"), found.count("schema_access")) == (datasets, schemas)
        assert not {"all_datasource_access", "all_database_access", "database_access"} & set(found)


def test_grant_that_left_the_roles_or_never_was_in_them_is_removed(house: Place) -> None:
    script = house.room / "roles.py"
    whole = script.read_text("utf-8")
    assert ("can_csv", "Superset") in grants(house, "Viewer")
    with sqlite3.connect(house.metadata) as connection:  # as a person would give one in the browser
        connection.execute(
            "INSERT INTO ab_permission_view_role (permission_view_id, role_id) SELECT pair.id, role.id"
            " FROM ab_permission_view AS pair, ab_role AS role WHERE role.name = 'Viewer' AND pair.id = (SELECT p.id"
            " FROM ab_permission_view AS p JOIN ab_view_menu AS v ON v.id = p.view_menu_id WHERE v.name = 'SQL Lab')"
        )
    assert ("menu_access", "SQL Lab") in grants(house, "Viewer")
    script.write_text(whole.replace('    ("can_csv", "Superset"),\n', "", 1), "utf-8")
    assert house.provision().returncode == 0
    assert not {("can_csv", "Superset"), ("menu_access", "SQL Lab")} & grants(house, "Viewer")
    script.write_text(whole, "utf-8")
    assert house.provision().returncode == 0
    assert ("can_csv", "Superset") in grants(house, "Viewer")


def test_permission_that_superset_lacks_is_named_and_nothing_is_changed(house: Place) -> None:
    script, before = house.room / "roles.py", (grants(house, "Viewer"), grants(house, "Analyst"))
    whole = script.read_text("utf-8")
    script.write_text(whole.replace('("can_csv", "Superset")', '("can_fly", "Superset")', 1), "utf-8")
    done = house.provision()
    script.write_text(whole, "utf-8")
    assert done.returncode == 1
    assert "this release of Superset has no permission can_fly on Superset" in done.stderr
    assert (grants(house, "Viewer"), grants(house, "Analyst")) == before


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("SUPERSET_ADMIN_PASSWORD", "", "SUPERSET_ADMIN_PASSWORD is not set"),
        ("HEXAWATT_NOW", "yesterday", "HEXAWATT_NOW must be an ISO instant"),
        ("HEXAWATT_WAREHOUSE", "oracle", "HEXAWATT_WAREHOUSE must be duckdb or snowflake"),
        ("HEXAWATT_ANONYMOUS", "write", "HEXAWATT_ANONYMOUS must be read or nothing"),
        ("HEXAWATT_REGION_ROLES", "53, 99", "HEXAWATT_REGION_ROLES: no region has the code '99'"),
        ("HEXAWATT_EMBED_ORIGINS", "*", "HEXAWATT_EMBED_ORIGINS: an origin reads https://example.org, not '*'"),
        ("HEXAWATT_EMBED_ORIGINS", "https://a.fr;x", "HEXAWATT_EMBED_ORIGINS: an origin reads"),
        ("HEXAWATT_VIEWER_PASSWORD", "short", "HEXAWATT_VIEWER_PASSWORD must have 12 characters or more"),
        ("HEXAWATT_ANALYST_PASSWORD", PASSWORD, "HEXAWATT_ANALYST_PASSWORD must not be the administrator's password"),
        ("HEXAWATT_WAREHOUSE", "snowflake", "SNOWFLAKE_PRIVATE_KEY_FILE must name"),
    ],
)
def test_wrong_setting_is_one_clear_line(house: Place, variable: str, value: str, said: str) -> None:
    done = house.provision(**{variable: value})
    assert done.returncode == 1
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_snowflake_variant_fits_the_same_bundle(app: Any) -> None:
    from superset.commands.importers.v1.assets import ImportAssetsCommand

    bundle = read_bundle()
    variant = with_warehouse(bundle, ROOM / "warehouse.snowflake.yaml")
    for field in ("uuid", "database_name"):
        assert variant.assets[WAREHOUSE][field] == bundle.assets[WAREHOUSE][field]
    names = ("SUPERSET_USER", "ACCOUNT", "DATABASE", "WAREHOUSE", "SUPERSET_ROLE")
    complete = filled(variant, {f"SNOWFLAKE_{name}": name.lower() for name in names})
    key = {"$.auth_params.privatekey_body": "a key", "$.auth_params.privatekey_pass": "a word"}
    with app.app_context():
        ImportAssetsCommand(dict(complete.texts), encrypted_extra_secrets={WAREHOUSE: key}).validate()


def test_first_run_that_was_interrupted_is_begun_again(tmp_path: Path) -> None:
    house = Place(tmp_path)
    house.only_one_dashboard()
    house.metadata.parent.mkdir()
    with sqlite3.connect(house.metadata) as half_migrated:
        half_migrated.execute("CREATE TABLE ab_permission (id INTEGER)")
    done = house.provision()
    assert (done.returncode, done.stderr) == (0, "")
    assert rows(house, "SELECT count(*) FROM dashboards") == [(1,)]
