"""The checks that need no Superset: the committed bundle is in order, and each kind of mistake is found."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path

import pytest
from bundle import ROOM, Bundle, BundleError, filled, fingerprint, read_bundle
from lint import drift, problems

DASHBOARD = "dashboards/france_now.yaml"
LOAD = "datasets/warehouse/fct_load.yaml"
CHART = "charts/france_now/load_and_forecasts.yaml"


def changed(change: Callable[[Bundle], object]) -> Bundle:
    bundle = read_bundle()
    bundle = Bundle(dict(bundle.texts), copy.deepcopy(dict(bundle.assets)))
    change(bundle)
    return bundle


def test_committed_bundle_is_in_order() -> None:
    assert problems(read_bundle()) == []


def test_committed_bundle_agrees_with_the_marts_and_seeds_of_dbt() -> None:
    assert (ROOM.parent / "dbt" / "models" / "marts").is_dir()
    assert drift(read_bundle()) == []


MISTAKES: dict[str, tuple[Callable[[Bundle], object], str]] = {
    "column of a chart": (lambda b: b.assets[CHART]["params"].update(x_axis="period"), "fct_load has no column period"),
    "metric of a chart": (lambda b: b.assets[CHART]["params"].update(metrics=["sum"]), "fct_load has no metric sum"),
    "column of a metric": (
        lambda b: b.assets[LOAD]["metrics"][0].update(expression="AVG(mw)"),
        "reads mw, which is no column",
    ),
    "dataset of a chart": (lambda b: b.assets[CHART].update(dataset_uuid="none"), "no dataset has uuid none"),
    "database of a dataset": (lambda b: b.assets[LOAD].update(database_uuid="none"), "no database has uuid none"),
    "uuid": (lambda b: b.assets[CHART].update(uuid="none"), "uuid must be "),
    "viz type": (lambda b: b.assets[CHART].update(viz_type="line"), "viz_type line is unknown"),
    "description": (lambda b: b.assets[CHART].update(description=""), "has no description"),
    "editable": (lambda b: b.assets[CHART].update(is_managed_externally=False), "is_managed_externally must be true"),
    "foreign id": (lambda b: b.assets[CHART]["params"].update(datasource="1__table"), "datasource has no place"),
    "row width": (lambda b: b.assets[DASHBOARD]["position"]["CHART-load_now"]["meta"].update(width=13), "3 tw"),
    "lost chart": (lambda b: b.assets[DASHBOARD]["position"].pop("CHART-load_now"), "is on no dashboard"),
    "chart ids": (
        lambda b: b.assets[DASHBOARD]["position"]["CHART-load_now"]["meta"].update(chartId=1),
        "share chartId 1",
    ),
    "filter's reach": (
        lambda b: b.assets[DASHBOARD]["metadata"]["native_filter_configuration"][1]["scope"].update(excluded=[]),
        "filter Production can't reach 'Load (MW)': its dataset has no production_type_label",
    ),
    "password": (
        lambda b: b.texts.update({"databases/warehouse.yaml": "x://user:secret@host/"}),  # type: ignore[attr-defined]
        "holds a password",
    ),
}


@pytest.mark.parametrize(("change", "message"), MISTAKES.values(), ids=MISTAKES)
def test_mistake_is_found(change: Callable[[Bundle], object], message: str) -> None:
    assert any(message in problem for problem in problems(changed(change)))


def test_mart_or_column_that_dbt_no_longer_has_is_found(tmp_path: Path) -> None:
    marts = tmp_path / "models" / "marts"
    marts.mkdir(parents=True)
    (marts / "fct_load.yml").write_text("models:\n  - name: fct_load\n    columns: [{name: load_mw}]\n")
    found = drift(read_bundle(), tmp_path)
    assert f"{LOAD}: dbt's fct_load has no column load_kind" in found
    assert "datasets/warehouse/fct_generation.yaml: dbt has no mart fct_generation" in found


def test_colour_that_differs_from_the_seed_is_found(tmp_path: Path) -> None:
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "types.csv").write_text("production_type_label,color_hex\nSolar,#000000\nNuclear,#e4a701\n")
    dashboards = [path for path, _ in read_bundle().of("dashboards")]
    wanted = [f"{path}: Solar must be #000000 as in dbt's seed, not #F7E14B" for path in dashboards]
    assert drift(read_bundle(), tmp_path) == wanted


def test_pinned_now_pins_the_periods_to_its_paris_day() -> None:
    bundle = filled(read_bundle(), {"HEXAWATT_SERVING_FILE": "/data/serving.duckdb"}, "2026-01-31T23:30:00Z")
    text = "".join(bundle.texts.values())
    assert "today'" not in text
    period = bundle.assets[CHART]["params"]["adhoc_filters"][0]["comparator"]
    assert period == "DATEADD(DATETIME('2026-02-01'), -1, day) : DATEADD(DATETIME('2026-02-01'), 1, day)"


def test_missing_variable_of_a_database_is_named() -> None:
    with pytest.raises(BundleError, match=r"databases/warehouse.yaml needs HEXAWATT_SERVING_FILE"):
        filled(read_bundle(), {})


def test_fingerprint_tells_parts_apart() -> None:
    assert fingerprint("key", "ab", "c") != fingerprint("key", "a", "bc")
    assert fingerprint("key", "ab") != fingerprint("other", "ab")
