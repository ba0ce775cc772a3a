"""Check the assets without Superset: dashboard -> chart -> dataset -> column -> dbt contract, and the colours.

Run ``python superset/lint.py``: one line per problem, exit code 1 if there is any. Needs PyYAML only.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml
from bundle import ASSETS, ROOM, Asset, Bundle, BundleError, read_bundle, stable_uuid
from drawing import KINDS

DBT = ROOM.parent / "dbt"

# Only what Superset 6.1 still draws.
VIZ_TYPES = {viz_type for viz_type, _ in KINDS.values()}
COLUMN_PARAMS = (
    *("x_axis", "groupby", "groupby_b", "columns", "all_columns", "entity", "series", "column", "granularity_sqla"),
    *("source", "target", "start_time", "end_time", "tooltip_columns", "groupbyRows", "groupbyColumns"),
    *("line_column", "js_columns"),
)
METRIC_PARAMS = ("metric", "metrics", "metrics_b", "timeseries_limit_metric", "x", "y", "size")
# Ids are given by each installation: in a file they would point at something else elsewhere.
FOREIGN_KEYS = {"id", "datasource", "datasource_id", "slice_id", "dashboards", "password", "encrypted_extra"}
SECRET = re.compile(r"-----BEGIN|://[^/\s:@]+:[^@\s]+@")
SQL_WORDS = {
    *("coalesce", "max_by"),
    *("all", "and", "as", "avg", "between", "case", "cast", "count", "distinct", "else", "end", "false", "from", "in"),
    *("abs", "by", "extract", "max_by", "month", "order", "over", "partition", "year"),
    *("is", "like", "max", "min", "not", "null", "nullif", "or", "round", "sum", "then", "true", "when", "where"),
}
# A fixed colour belongs to a name shown on a chart: the seed's column that holds the name, and the one with the colour.
COLOURED_NAMES = ("production_type_label", "border_name")


def problems(bundle: Bundle) -> list[str]:
    """Return one line per rule that the bundle breaks by itself, none for a sound one."""
    return [*_identity(bundle), *_datasets(bundle), *_charts(bundle), *_dashboards(bundle)]


def drift(bundle: Bundle, dbt: Path = DBT) -> list[str]:
    """Return one line per difference from the dbt project at ``dbt``: marts, columns, colours."""
    return [*_contracts(bundle, dbt / "models" / "marts"), *_colours(bundle, dbt / "seeds")]


def _identity(bundle: Bundle) -> Iterator[str]:
    if bundle.assets.get("metadata.yaml", {}).get("type") != "assets":
        yield "metadata.yaml must say type: assets"
    for path, asset in bundle.assets.items():
        if path == "metadata.yaml":
            continue
        if asset.get("uuid") != stable_uuid(path):
            yield f"{path}: uuid must be {stable_uuid(path)}"
        if asset.get("is_managed_externally") is not True:
            yield f"{path}: is_managed_externally must be true, or the asset could be edited and never pruned"
        for key in sorted(_keys(asset) & FOREIGN_KEYS):
            yield f"{path}: {key} has no place in a file"
        if SECRET.search(bundle.texts[path]):
            yield f"{path}: holds a password or a private key"
    yield from _repeated("slug", ((path, asset.get("slug")) for path, asset in bundle.of("dashboards")))


def _datasets(bundle: Bundle) -> Iterator[str]:
    databases = {asset.get("uuid") for _, asset in bundle.of("databases")}
    for path, dataset in bundle.of("datasets"):
        if dataset.get("database_uuid") not in databases:
            yield f"{path}: no database has uuid {dataset.get('database_uuid')}"
        columns = _names(dataset, "columns", "column_name")
        if dataset.get("main_dttm_col") not in columns:
            yield f"{path}: main_dttm_col {dataset.get('main_dttm_col')} is no column"
        for item in [dataset, *dataset.get("columns", []), *dataset.get("metrics", [])]:
            if not item.get("description"):
                name = item.get("column_name") or item.get("metric_name") or "the dataset"
                yield f"{path}: {name} has no description"
        for metric in dataset.get("metrics", []):
            if not metric.get("d3format"):
                yield f"{path}: metric {metric['metric_name']} has no d3format"
            for word in sorted(_sql_names(metric["expression"]) - columns):
                yield f"{path}: metric {metric['metric_name']} reads {word}, which is no column"


def _charts(bundle: Bundle) -> Iterator[str]:
    datasets = {asset.get("uuid"): asset for _, asset in bundle.of("datasets")}
    placed = {node["meta"].get("uuid") for _, dashboard in bundle.of("dashboards") for node in _chart_nodes(dashboard)}
    for path, chart in bundle.of("charts"):
        params = chart.get("params", {})
        if chart.get("viz_type") not in VIZ_TYPES or params.get("viz_type") != chart.get("viz_type"):
            yield f"{path}: viz_type {chart.get('viz_type')} is unknown, or differs in params"
        if not chart.get("description"):
            yield f"{path}: has no description"
        if chart.get("uuid") not in placed and not path.startswith("charts/alerts/"):
            yield f"{path}: is on no dashboard"
        if not (dataset := datasets.get(chart.get("dataset_uuid"))):
            yield f"{path}: no dataset has uuid {chart.get('dataset_uuid')}"
            continue
        for column in sorted(_columns_read(params) - _names(dataset, "columns", "column_name")):
            yield f"{path}: {dataset['table_name']} has no column {column}"
        for metric in sorted(_metrics_read(params) - _names(dataset, "metrics", "metric_name")):
            yield f"{path}: {dataset['table_name']} has no metric {metric}"


def _dashboards(bundle: Bundle) -> Iterator[str]:
    charts = {str(asset.get("uuid")): asset for _, asset in bundle.of("charts")}
    for path, dashboard in bundle.of("dashboards"):
        yield from (f"{path}: {problem}" for problem in _layout(dashboard.get("position", {}), charts))
        yield from (f"{path}: {problem}" for problem in _filters(bundle, dashboard, charts))


def _layout(position: dict[str, Any], charts: dict[str, Asset]) -> Iterator[str]:
    nodes = {name: node for name, node in position.items() if isinstance(node, dict)}
    for name, node in nodes.items():
        if node.get("id") != name:
            yield f"{name} has id {node.get('id')}"
        for child in node.get("children", []):
            expected = [*node.get("parents", []), name]
            if child not in nodes or nodes[child].get("parents") != expected:
                yield f"{name}'s child {child} is missing, or its parents aren't {expected}"
        if node.get("type") == "ROW":
            width = sum(nodes[child]["meta"]["width"] for child in node["children"] if child in nodes)
            if width > 12:
                yield f"{name} is {width} twelfths wide"
        if node.get("type") == "CHART":
            chart = charts.get(node["meta"].get("uuid"))
            if not chart:
                yield f"{name}: no chart has uuid {node['meta'].get('uuid')}"
            elif node["meta"].get("sliceName") != chart.get("slice_name"):
                yield f"{name} is named {node['meta'].get('sliceName')!r}, its chart {chart.get('slice_name')!r}"
    shown = [(name, node["meta"]["chartId"]) for name, node in nodes.items() if node["type"] == "CHART"]
    yield from _repeated("chartId", shown)


def _filters(bundle: Bundle, dashboard: Asset, charts: dict[str, Asset]) -> Iterator[str]:
    datasets = {asset.get("uuid"): asset for _, asset in bundle.of("datasets")}
    placed = {node["meta"]["chartId"]: charts.get(node["meta"].get("uuid")) for node in _chart_nodes(dashboard)}
    filters = dashboard.get("metadata", {}).get("native_filter_configuration", [])
    yield from _repeated("filter id", ((item.get("name"), item.get("id")) for item in filters))
    for item in filters:
        excluded = set(item["scope"]["excluded"])
        if unknown := excluded - set(placed):
            yield f"filter {item['name']} excludes unknown charts {sorted(unknown)}"
        reached = [chart for number, chart in placed.items() if number not in excluded and chart]
        for target in item["targets"]:
            if not target:  # a period has no column of its own
                continue
            column = target["column"]["name"]
            if column not in _names(datasets.get(target["datasetUuid"], {}), "columns", "column_name"):
                yield f"filter {item['name']}: its dataset is missing, or has no column {column}"
            for chart in reached:
                if column not in _names(datasets.get(chart["dataset_uuid"], {}), "columns", "column_name"):
                    yield f"filter {item['name']} can't reach {chart['slice_name']!r}: its dataset has no {column}"


def _contracts(bundle: Bundle, marts: Path) -> Iterator[str]:
    """Compare datasets with the marts that dbt promises; nothing to compare where the project isn't there."""
    if not marts.is_dir():
        return
    models = {
        model["name"]: {column["name"] for column in model.get("columns", [])}
        for file in sorted([*marts.rglob("*.yml"), *marts.rglob("*.yaml")])
        for model in (yaml.safe_load(file.read_text("utf-8")) or {}).get("models") or []
    }
    for path, dataset in bundle.of("datasets"):
        tables = re.findall(r"\bmarts\.(\w+)", dataset["sql"]) if dataset.get("sql") else [dataset["table_name"]]
        for table in tables:
            if table not in models:
                yield f"{path}: dbt has no mart {table}"
            elif not dataset.get("sql"):
                own = {item["column_name"] for item in dataset["columns"] if not item.get("expression")}
                for column in sorted(own - models[table]):
                    yield f"{path}: dbt's {table} has no column {column}"


def _colours(bundle: Bundle, seeds: Path) -> Iterator[str]:
    """Compare each dashboard's fixed colours with the seeds that own them."""
    expected: dict[str, str] = {}
    for file in sorted(seeds.rglob("*.csv")):
        with file.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                name = next((row[column] for column in COLOURED_NAMES if row.get(column)), None)
                if name and row.get("color_hex"):
                    expected[name] = row["color_hex"].upper()
    for path, dashboard in bundle.of("dashboards"):
        colours = {name: str(hex_).upper() for name, hex_ in dashboard["metadata"].get("label_colors", {}).items()}
        for name in sorted(name for name, hex_ in colours.items() if not re.fullmatch(r"#[0-9A-F]{6}", hex_)):
            yield f"{path}: {name}'s colour {colours[name]} is not #RRGGBB"
        for name in sorted(name for name in expected if colours.get(name) != expected[name]):
            yield f"{path}: {name} must be {expected[name]} as in dbt's seed, not {colours.get(name)}"


def _chart_nodes(dashboard: Asset) -> list[dict[str, Any]]:
    nodes = dashboard.get("position", {}).values()
    return [node for node in nodes if isinstance(node, dict) and node.get("type") == "CHART"]


def _columns_read(params: dict[str, Any]) -> set[str]:
    named = {name for key in COLUMN_PARAMS for name in _as_list(params.get(key))}
    filters = [item for key in ("adhoc_filters", "adhoc_filters_b") for item in params.get(key, [])]
    simple = {item["subject"] for item in filters if item["expressionType"] == "SIMPLE"}
    return named | simple | {name for item in filters for name in _sql_names(item.get("sqlExpression", ""))}


def _metrics_read(params: dict[str, Any]) -> set[str]:
    return {name for key in METRIC_PARAMS for name in _as_list(params.get(key))}


def _as_list(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value] if value else []


def _names(asset: Asset, part: str, key: str) -> set[str]:
    return {item[key] for item in asset.get(part, [])}


def _sql_names(expression: str) -> set[str]:
    words = re.findall(r"[a-z_]\w*", re.sub(r"'[^']*'", "", expression.lower()))
    return set(words) - SQL_WORDS


def _keys(value: Any) -> set[str]:
    """Return all keys below a value, but not below a layout, whose nodes have ids of their own."""
    if isinstance(value, dict):
        inner = (_keys(item) for key, item in value.items() if key not in ("position", "native_filter_configuration"))
        return set(value) | set().union(*inner)
    return set().union(*map(_keys, value)) if isinstance(value, list) else set()


def _repeated(what: str, items: Iterable[tuple[Any, Any]]) -> Iterator[str]:
    seen: dict[Any, Any] = {}
    for owner, value in items:
        if value in seen:
            yield f"{owner} and {seen[value]} share {what} {value}"
        seen[value] = owner


def main() -> int:
    """Print the problems of the committed bundle and return the exit code."""
    try:
        bundle = read_bundle(ASSETS)
        found = [*problems(bundle), *drift(bundle)]
    except BundleError as error:
        found = [str(error)]
    for problem in found:
        print(f"superset/assets: {problem}", file=sys.stderr)
    if not found:
        print("superset/assets: in order")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
