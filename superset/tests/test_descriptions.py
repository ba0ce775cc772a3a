"""From descriptions to assets: the committed files are as described, and what is not understood is said in one line."""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from build_assets import exposures, label_colors, wanted_files, write
from bundle import ROOM, BundleError, filled, read_bundle
from descriptions import DBT, DESCRIPTIONS, label_of, read_descriptions, unit_of
from drawing import KINDS, time_range

Edit = Callable[[dict[str, Any]], object]


@pytest.fixture
def descriptions(tmp_path: Path) -> Path:
    """A copy of the palette, of one dashboard and of what it reads, to change at will."""
    folder = tmp_path / "descriptions"
    for name in ("palette.yaml", "shared.yaml", "dashboards/france_now.yaml", "datasets/core.yaml"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(DESCRIPTIONS / name, folder / name)
    (folder / "alerts.yaml").write_text("charts: {}", "utf-8")
    return folder


def edit(file: Path, change: Edit) -> None:
    text = yaml.safe_load(file.read_text("utf-8"))
    change(text)
    file.write_text(yaml.safe_dump(text, allow_unicode=True), "utf-8")


def build(folder: Path) -> dict[str, Any]:
    files = wanted_files(read_descriptions(folder))
    return {path: yaml.safe_load(text) for path, text in files.items()}


def test_committed_assets_are_as_described() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOM / "build_assets.py"), "--check"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_what_changed_is_written_and_what_is_no_longer_described_is_removed(descriptions: Path, tmp_path: Path) -> None:
    assets = tmp_path / "assets"
    write(wanted_files(read_descriptions(descriptions)), assets)
    assert write(wanted_files(read_descriptions(descriptions)), assets) == []

    def drop_and_rename(page: dict[str, Any]) -> None:
        page["charts"].pop("carbon_intensity")
        page["rows"][-1]["charts"].pop("carbon_intensity")
        page["charts"]["load_now"]["title"] = "Load at present"

    edit(descriptions / "dashboards/france_now.yaml", drop_and_rename)
    assert write(wanted_files(read_descriptions(descriptions)), assets) == [
        "charts/france_now/carbon_intensity.yaml",
        "charts/france_now/load_now.yaml",
        "dashboards/france_now.yaml",
    ]
    assert not (assets / "charts/france_now/carbon_intensity.yaml").exists()
    assert "Load at present (MW)" in (assets / "charts/france_now/load_now.yaml").read_text("utf-8")


def test_exposures_name_the_marts_that_a_dashboard_reads() -> None:
    described = read_descriptions()
    (page,) = (page for page in yaml.safe_load(exposures(described))["exposures"] if page["name"] == "france_now")
    assert {"ref('fct_load')", "ref('mart_dataset_info')"} <= set(page["depends_on"])
    assert len(page["depends_on"]) == len(set(page["depends_on"]))


# --- periods ----------------------------------------------------------------------------------------------------------

# What is written, the first day, and the first day that no longer belongs to it, counted from today.
PERIODS = {
    "today": (0, 1),
    "last 1 day": (0, 1),
    "last 2 days": (-1, 1),
    "last 14 days": (-13, 1),
    "last 2 days and next 3 days": (-1, 4),
    "last 7 days and next 1 day": (-6, 2),
}


@pytest.mark.parametrize(("period", "days"), PERIODS.items(), ids=PERIODS)
def test_period_is_whole_days_that_superset_understands(app: Any, period: str, days: tuple[int, int]) -> None:
    from superset.utils.date_parser import get_since_until

    midnight = datetime.now().replace(hour=0, minute=0, second=0, microsecond=0)
    with app.app_context():
        found = get_since_until(time_range(period))
    assert found == tuple(midnight + timedelta(days=number) for number in days)


@pytest.mark.parametrize(("period", "years"), [("last 12 months", 1), ("last 3 years", 3), ("last 36 months", 3)])
def test_months_and_years_go_back_to_the_same_day(app: Any, period: str, years: int) -> None:
    from superset.utils.date_parser import get_since_until

    tonight = datetime.now().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    with app.app_context():
        since, until = get_since_until(time_range(period))
    assert until == tonight
    assert since.year == (tonight - timedelta(days=1)).year - years
    assert since.month == (tonight - timedelta(days=1)).month


def test_calendar_months_begin_on_a_first(app: Any) -> None:
    from superset.utils.date_parser import get_since_until

    tonight = datetime.now().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    today = tonight - timedelta(days=1)
    with app.app_context():
        since, until = get_since_until(time_range("last 13 calendar months"))
        assert get_since_until(time_range("last 1 calendar months"))[0] == today.replace(day=1)
    assert (since, until) == (today.replace(day=1, year=today.year - 1), tonight)


def test_all_time_has_no_bounds() -> None:
    assert time_range("all") == "No filter"


@pytest.mark.parametrize("period", ["", "yesterday", "last days", "last -2 days", "last 2 weeks", "next 3 days", "14"])
def test_period_that_is_not_understood_is_refused(period: str) -> None:
    with pytest.raises(BundleError, match=r"a period reads 'last 14 days'.*or 'all': "):
        time_range(period)


# --- names and units --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "others", "label"),
    [
        ("load_mw", (), "Load (MW)"),
        ("price_eur_per_mwh", (), "Price (€/MWh)"),
        ("wind_speed_100m_m_per_s", (), "Wind speed 100m (m/s)"),
        ("date_paris", (), "Day (Paris)"),
        ("period_start_paris", (), "Period start (Paris)"),
        ("built_at", (), "Built (UTC)"),
        ("border_name", ("border_code",), "Border"),
        ("load_kind", ("load_kind", "load_kind_label"), "Load kind (code)"),
        ("load_kind", ("load_kind",), "Load kind"),
    ],
)
def test_column_is_named_for_a_person_with_its_unit(column: str, others: tuple[str, ...], label: str) -> None:
    assert label_of(column, others) == label


def test_unit_is_what_stands_in_the_last_brackets() -> None:
    assert unit_of("Load (MW)") == "MW"
    assert unit_of("Exports (positive) less imports") == ""


def test_title_tells_the_unit_and_a_period_of_its_own(descriptions: Path) -> None:
    page = descriptions / "dashboards/france_now.yaml"
    edit(page, lambda text: text["charts"]["load_now"].update(period="last 30 days"))
    assets = build(descriptions)
    assert assets["charts/france_now/load_now.yaml"]["slice_name"] == "Load (MW), last 30 days"
    assert assets["charts/france_now/price_now.yaml"]["slice_name"] == "Price (€/MWh)"
    (period, *_) = assets["dashboards/france_now.yaml"]["metadata"]["native_filter_configuration"]
    number = assets["dashboards/france_now.yaml"]["position"]["CHART-load_now"]["meta"]["chartId"]
    assert number in period["scope"]["excluded"]


# --- colours ----------------------------------------------------------------------------------------------------------


def test_one_name_has_one_colour_on_all_pages() -> None:
    described = read_descriptions()
    colors = label_colors(described)
    for path, dashboard in read_bundle().of("dashboards"):
        assert dashboard["metadata"]["label_colors"] == colors, path
    metrics = [metric for dataset in described.datasets.values() for metric in dataset.metrics.values() if metric.color]
    assert metrics
    for metric in metrics:
        assert colors[metric.label] == described.palette["measures"][metric.color or ""]


def test_second_colour_for_a_name_is_refused(descriptions: Path) -> None:
    edit(descriptions / "palette.yaml", lambda text: text.update(more={"Realised": "#123456"}))
    with pytest.raises(BundleError, match=r"Realised is #123456 here and #114774 elsewhere; a name has one colour"):
        build(descriptions)


def test_schemes_of_the_palette_are_those_of_superset(app: Any) -> None:
    schemes = yaml.safe_load((DESCRIPTIONS / "palette.yaml").read_text("utf-8"))["schemes"]
    assert app.config["EXTRA_SEQUENTIAL_COLOR_SCHEMES"] == schemes["sequential"]
    assert app.config["EXTRA_CATEGORICAL_COLOR_SCHEMES"] == schemes["categorical"]


def test_scheme_that_a_chart_names_is_in_the_palette(app: Any) -> None:
    known = {scheme["id"] for scheme in app.config["EXTRA_SEQUENTIAL_COLOR_SCHEMES"]}
    for path, chart in read_bundle().of("charts"):
        assert chart["params"].get("linear_color_scheme", "hexawatt_amount") in known, path


# --- mistakes ---------------------------------------------------------------------------------------------------------


def chart(**changes: Any) -> Edit:
    return lambda page: page["charts"]["load_and_forecasts"].update(changes)


def load(change: Edit) -> Edit:
    return lambda datasets: change(datasets["fct_load"])


PAGE, CORE = "dashboards/france_now.yaml", "datasets/core.yaml"
MISTAKES: dict[str, tuple[str, Edit, str]] = {
    "dataset of a chart": (PAGE, chart(data="fct_loud"), "load_and_forecasts: no dataset fct_loud is described"),
    "metric": (PAGE, chart(show="load_mw"), "load_and_forecasts: fct_load has no metric load_mw"),
    "column of a condition": (PAGE, chart(where={"kind": 1}), "fct_load has no column kind"),
    "kind of drawing": (PAGE, chart(draw="spiral"), "no kind of drawing is called 'spiral': area, bars"),
    "period": (PAGE, chart(period="a while"), "a period reads"),
    "no metric": (PAGE, chart(show=[]), "say which metric to show"),
    "no title": (PAGE, lambda page: page["charts"]["load_now"].pop("title"), "load_now: title is missing"),
    "chart in no row": (PAGE, lambda page: page["rows"].pop(), "france_now: carbon_intensity is in no row"),
    "row of no chart": (PAGE, lambda page: page["rows"][0]["charts"].append("fog"), "its rows name fog, which is not"),
    "filter": (
        PAGE,
        lambda page: page["filters"].append({"column": "phase", "about": "None."}),
        "no chart has the column phase of a filter",
    ),
    "mart": (CORE, lambda datasets: datasets.update(fct_x={"time": "t", "metrics": {}}), "fct_x: dbt has no such mart"),
    "time": (CORE, load(lambda text: text.update(time="noon")), "fct_load: time noon is no column"),
    "unit": (
        CORE,
        load(lambda text: text["metrics"]["load_max_mw"].update(label="Highest (hp)")),
        "load_max_mw: say the format, the unit 'hp' has none of its own",
    ),
    "colour": (
        CORE,
        load(lambda text: text["metrics"]["load_mean_mw"].update(color="pink")),
        "fct_load: load_mean_mw has the colour pink, not in the palette",
    ),
}


@pytest.mark.parametrize(("file", "change", "message"), MISTAKES.values(), ids=MISTAKES)
def test_mistake_is_refused_in_one_clear_line(descriptions: Path, file: str, change: Edit, message: str) -> None:
    edit(descriptions / file, change)
    with pytest.raises(BundleError) as refused:
        build(descriptions)
    assert message in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1


def test_mart_described_twice_is_refused(descriptions: Path) -> None:
    (descriptions / "datasets/zeal.yaml").write_text("fct_load: {time: period_start_paris, metrics: {}}\n")
    with pytest.raises(BundleError, match=r"zeal\.yaml: fct_load is described twice"):
        read_descriptions(descriptions)


def test_file_that_is_no_yaml_is_named(descriptions: Path) -> None:
    (descriptions / "datasets/zeal.yaml").write_text("fct_load: [")
    with pytest.raises(BundleError, match=r"zeal\.yaml is not valid YAML"):
        read_descriptions(descriptions)


def test_every_kind_of_drawing_is_one_that_superset_still_draws() -> None:
    gone = {"line", "bar", "area", "dist_bar", "heatmap", "histogram", "sankey", "treemap", "sunburst", "filter_box"}
    assert not gone & {viz_type for viz_type, _ in KINDS.values()}


def test_carbon_page_tells_the_factors_of_the_seed() -> None:
    methods = {"Combustion": "rte_direct", "IPCC": "ipcc_2014", "ADEME": "ademe", "UNECE": "unece_2021"}
    with (DBT / "seeds/co2_factors.csv").open(encoding="utf-8", newline="") as lines:
        rows = sorted(csv.DictReader(lines), key=lambda row: row["valid_from"])
    star = {"true": "", "false": "*"}
    factors = {(row["method"], row["co2_type"]): row["g_per_kwh"] + star[row["is_verified"]] for row in rows}
    page = yaml.safe_load((DESCRIPTIONS / "dashboards/carbon.yaml").read_text("utf-8"))
    text = next(row["text"] for row in page["rows"] if "text" in row)
    table = [re.split(r" *\| *", line.strip("| ")) for line in text.splitlines() if line.startswith("| ")]
    types = [name.lower() for name in table[0][1:]]
    for label, *cells in table[1:]:
        method = next(method for word, method in methods.items() if word in label)
        assert cells == [factors[method, kind] for kind in types], label
    assert len(table) == 1 + len(methods)


def test_today_and_now_are_pinned_everywhere_where_the_house_has_a_now_of_its_own() -> None:
    pinned = filled(read_bundle(), {"HEXAWATT_SERVING_FILE": "served"}, "2025-10-26T17:05:00Z")
    words = ("DATETIME('today')", "DATETIME('now')", "CURRENT_DATE")
    assert not [
        path for path, asset in pinned.assets.items() for word in words if word in str(asset).replace("\\'", "'")
    ]
    ahead = pinned.assets["charts/generation/outages_ahead.yaml"]["params"]["adhoc_filters"]
    assert "DATETIME('2025-10-26T18:05:00') : DATETIME('2200-01-01')" in [item["comparator"] for item in ahead]
