"""What the dashboards are made of, as people write it: ``descriptions/`` and the columns that dbt promises.

Needs PyYAML only. ``build_assets.py`` turns this into the files of ``assets/``.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from bundle import ROOM, BundleError

DESCRIPTIONS = ROOM / "descriptions"
ALERTS = "alerts.yaml"
DBT = ROOM.parent / "dbt"

# Ending of a column's name, and the unit that it is shown with.
COLUMN_UNITS = {
    "_eur_per_mwh": "€/MWh",
    "_g_per_kwh": "g/kWh",
    "_gwh_per_celsius": "GWh/°C",
    "_gw_per_celsius": "GW/°C",
    "_mw_per_celsius": "MW/°C",
    "_m_per_s": "m/s",
    "_w_per_m2": "W/m²",
    "_kwh_per_m2": "kWh/m²",
    "_ug_per_m3": "µg/m³",
    "_celsius": "°C",
    "_minutes": "min",
    "_hours": "h",
    "_seconds": "s",
    "_gwh": "GWh",
    "_mwh": "MWh",
    "_twh": "TWh",
    "_pct": "%",
    "_mw": "MW",
    "_gw": "GW",
    "_mm": "mm",
    "_km2": "km²",
    "_eur": "€",
}
# How figures of a unit are written, unless a metric says otherwise.
UNIT_FORMATS = {
    "MW": ",.0f",
    "GW": ",.1f",
    "GWh": ",.0f",
    "TWh": ",.1f",
    "MWh": ",.0f",
    "€/MWh": ",.1f",
    "g/kWh": ",.0f",
    "µg/m³": ",.1f",
    "%": ",.0f",
    "°C": ",.1f",
    "m/s": ",.1f",
    "": ",.0f",
}
COLUMN_TYPES = {
    "varchar": "VARCHAR",
    "boolean": "BOOLEAN",
    "integer": "INTEGER",
    "bigint": "BIGINT",
    "double": "DOUBLE",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
}


@dataclass(frozen=True)
class Column:
    """A column of a mart, or one that the dataset computes (``sql``)."""

    name: str
    kind: str
    label: str
    about: str
    sql: str | None = None

    @property
    def is_time(self) -> bool:
        """Whether it is an instant or a day."""
        return self.kind in ("DATE", "TIMESTAMP")


@dataclass(frozen=True)
class Metric:
    """A saved measure of a dataset; its label ends with the unit in brackets, where it has one."""

    name: str
    label: str
    sql: str
    about: str
    format: str
    color: str | None = None

    @property
    def unit(self) -> str:
        """The unit in its label, "" without one."""
        return unit_of(self.label)


@dataclass(frozen=True)
class Dataset:
    """One mart as Superset knows it."""

    name: str
    about: str
    time: str
    columns: Mapping[str, Column]
    metrics: Mapping[str, Metric]


@dataclass(frozen=True)
class Chart:
    """One chart as described; ``options`` are those of its kind of drawing."""

    name: str  # dashboard/name
    title: str
    about: str
    data: Dataset
    draw: str
    show: Sequence[str]
    period: str | None  # its own, None for the dashboard's
    options: Mapping[str, Any]


@dataclass(frozen=True)
class Dashboard:
    """One page: rows of charts, and the filters above them."""

    name: str
    title: str
    about: str
    reader: str
    period: str
    filters: Sequence[Mapping[str, Any]]
    rows: Sequence[Mapping[str, Any]]
    charts: Mapping[str, Chart]
    refresh_seconds: int = 0


@dataclass(frozen=True)
class Descriptions:
    """All that is described."""

    datasets: Mapping[str, Dataset]
    dashboards: Sequence[Dashboard]
    palette: Mapping[str, Mapping[str, str]]
    mailed: Dashboard  # a page without rows: the tables that alerts send


def read_descriptions(folder: Path = DESCRIPTIONS, dbt: Path = DBT) -> Descriptions:
    """Read everything. Raise BundleError that names the file for what is missing, unknown or written twice."""
    models = _models(dbt)
    datasets: dict[str, Dataset] = {}
    for file in sorted((folder / "datasets").glob("*.yaml")):
        for name, text in _read(file).items():
            if name in datasets:
                raise BundleError(f"{file.name}: {name} is described twice")
            datasets[name] = _dataset(f"{file.name}: {name}", name, text, models)
    shared = _charts(folder / "shared.yaml", "shared", _read(folder / "shared.yaml"), datasets)
    files = sorted((folder / "dashboards").glob("*.yaml"))
    dashboards = [_dashboard(file, datasets, shared) for file in files]
    palette = _read(folder / "palette.yaml")
    del palette["schemes"]  # Superset's settings read them
    charts = _charts(folder / ALERTS, "alerts", _read(folder / ALERTS)["charts"], datasets)
    mailed = Dashboard("alerts", "Alerts", "", "", "today", [], [], charts)
    return Descriptions(datasets, dashboards, palette, mailed)


def unit_of(label: str) -> str:
    """What stands in brackets at the end of a label, "" without any."""
    found = re.search(r"\(([^()]+)\)$", label)
    return found[1] if found else ""


def label_of(column: str, columns: Sequence[str] = ()) -> str:
    """The name a person reads for a column: words, and the unit its name ends with."""
    for ending, unit in COLUMN_UNITS.items():
        if column.endswith(ending):
            return f"{_words(column.removesuffix(ending))} ({unit})"
    if column.endswith("_paris") and column != "date_paris":
        return f"{_words(column.removesuffix('_paris'))} (Paris)"
    if column.endswith("_at"):
        return f"{_words(column.removesuffix('_at'))} (UTC)"
    if column == "date_paris":
        return "Day (Paris)"
    base = re.sub(r"_(label|name)$", "", column)
    is_code = column == base and bool({f"{base}_label", f"{base}_name"} & set(columns))
    return f"{_words(base)} (code)" if is_code else _words(base)


def _words(name: str) -> str:
    text = name.replace("_", " ").strip()
    return text[:1].upper() + text[1:]


def seed_colors(dbt: Path = DBT) -> Iterator[tuple[str, str]]:
    """Name and colour of what dbt's seeds colour: production types and borders."""
    for file, column in (("production_types", "production_type_label"), ("mix_types", "mix_type_label"),
                         ("borders", "border_name")):  # fmt: skip
        with (dbt / "seeds" / f"{file}.csv").open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                if row["color_hex"]:
                    yield row[column], row["color_hex"].upper()


@cache
def _models(dbt: Path) -> dict[str, tuple[str, dict[str, tuple[str, str]]]]:
    """{mart: (description, {column: (type, description)})} as dbt's contracts say."""
    docs = _docs(dbt)

    def text(value: str) -> str:
        filled = re.sub(r"\{\{\s*doc\(['\"](\w+)['\"]\)\s*\}\}", lambda found: docs[found[1]], value or "")
        return " ".join(filled.split())

    return {
        model["name"]: (
            text(model["description"]),
            {column["name"]: (column["data_type"], text(column["description"])) for column in model["columns"]},
        )
        for file in sorted((dbt / "models" / "marts").rglob("*.yml"))
        for model in yaml.safe_load(file.read_text("utf-8")).get("models", [])
    }


def _docs(dbt: Path) -> dict[str, str]:
    pattern = re.compile(r"\{% docs (\w+) %\}(.*?)\{% enddocs %\}", re.DOTALL)
    return {
        name: " ".join(text.split())
        for file in (dbt / "models").rglob("*.md")
        for name, text in pattern.findall(file.read_text("utf-8"))
    }


def _dataset(where: str, name: str, text: Mapping[str, Any], models: Mapping[str, Any]) -> Dataset:
    if name not in models:
        raise BundleError(f"{where}: dbt has no such mart")
    about, promised = models[name]
    labels = text.get("labels", {})
    columns = {
        column: Column(column, COLUMN_TYPES[kind], labels.get(column) or label_of(column, list(promised)), described)
        for column, (kind, described) in promised.items()
    }
    for column, computed in text.get("computed", {}).items():
        columns[column] = Column(column, computed["type"], computed["label"], computed["about"], computed["sql"])
    if text["time"] not in columns:
        raise BundleError(f"{where}: time {text['time']} is no column")
    metrics = {metric: _metric(f"{where}: {metric}", metric, given) for metric, given in text["metrics"].items()}
    return Dataset(name, about, text["time"], columns, metrics)


def _metric(where: str, name: str, given: Mapping[str, Any]) -> Metric:
    unit = unit_of(given["label"])
    shape = given.get("format") or UNIT_FORMATS.get(unit)
    if not shape:
        raise BundleError(f"{where}: say the format, the unit {unit!r} has none of its own")
    return Metric(name, given["label"], given["sql"], given["about"], shape, given.get("color"))


def _dashboard(file: Path, datasets: Mapping[str, Dataset], shared: Mapping[str, Chart]) -> Dashboard:
    text = _read(file)
    charts = _charts(file, file.stem, text["charts"], datasets)
    known = {**shared, **charts}
    return Dashboard(
        file.stem,
        text["title"],
        text["about"],
        text["reader"],
        text["period"],
        text.get("filters", []),
        text["rows"],
        known,
        text.get("refresh_seconds", 0),
    )


def _charts(file: Path, dashboard: str, texts: Mapping[str, Any], datasets: Mapping[str, Dataset]) -> dict[str, Chart]:
    return {
        name: _chart(f"{file.name}: {name}", f"{dashboard}/{name}", dict(text), datasets)
        for name, text in texts.items()
    }


def _chart(where: str, name: str, text: dict[str, Any], datasets: Mapping[str, Dataset]) -> Chart:
    try:
        data, title, about, draw = (text.pop(key) for key in ("data", "title", "about", "draw"))
    except KeyError as missing:
        raise BundleError(f"{where}: {missing.args[0]} is missing") from None
    if data not in datasets:
        raise BundleError(f"{where}: no dataset {data} is described")
    shown = text.pop("show", [])
    show = [shown] if isinstance(shown, str) else list(shown)
    for metric in show:
        if metric not in datasets[data].metrics:
            raise BundleError(f"{where}: {data} has no metric {metric}")
    return Chart(name, title, about, datasets[data], draw, show, text.pop("period", None), text)


def _read(file: Path) -> dict[str, Any]:
    try:
        text = yaml.safe_load(file.read_text("utf-8"))
    except yaml.YAMLError as error:
        raise BundleError(f"{file.name} is not valid YAML: {' '.join(str(error).split())}") from None
    if not isinstance(text, dict):
        raise BundleError(f"{file.name} is not a YAML mapping")
    return text
