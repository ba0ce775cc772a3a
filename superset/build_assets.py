"""Write ``assets/`` from ``descriptions/`` and dbt's contracts; what is written is committed and is what is imported.

``python superset/build_assets.py`` writes; with ``--check`` it only says which files are not as described, and exits 1.
Also dbt's ``exposures.yml``: which marts each dashboard reads. Needs PyYAML only.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from bundle import ASSETS, ROOM, WAREHOUSE, Asset, BundleError, stable_uuid
from descriptions import DBT, Chart, Column, Dashboard, Dataset, Descriptions, Metric, read_descriptions, seed_colors
from drawing import params, time_range, title

HEAD = "# Written by superset/build_assets.py from superset/descriptions.\n# yamllint disable rule:line-length\n"
GENERATED = ("datasets", "charts", "dashboards")
EXPOSURES = DBT / "models" / "exposures.yml"
DASHBOARD_URL = "http://localhost:8088/superset/dashboard/{}/"
# Pixels: what a phone shows of a page, the width that tiles are drawn for there, and Superset's gap between two.
PHONE, PAGE_ON_PHONE, GUTTER = 356, 800, 16
PHONE_PAGE = f"""  .grid-container {{ width: {PAGE_ON_PHONE}px !important; min-width: {PAGE_ON_PHONE}px !important; }}
  .dashboard-content {{ overflow-x: hidden; }}
  .filter-counts {{ display: none !important; }}
  [data-test-viz-type^='big_number'] .header-title a {{ font-size: 11px; }}
  .grid-row {{ flex-wrap: wrap !important; width: {PHONE}px !important; row-gap: 12px; }}"""
STYLE = (ROOM / "descriptions" / "style.css").read_text("utf-8")


class _Dumper(yaml.SafeDumper):
    """Lists indented below their key, text of several lines as a block."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


_Dumper.add_representer(
    str,
    lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None),
)


def wanted_files(described: Descriptions) -> dict[str, str]:
    """{path below assets/: text} of every generated asset."""
    measures = described.palette["measures"]
    colors = label_colors(described)
    assets: dict[str, Asset] = {}
    for dataset in described.datasets.values():
        assets[dataset_path(dataset)] = dataset_asset(dataset)
    for dashboard in described.dashboards:
        for chart in placed(dashboard).values():
            assets.setdefault(chart_path(chart), chart_asset(chart, dashboard, measures))
        assets[f"dashboards/{dashboard.name}.yaml"] = dashboard_asset(dashboard, colors)
    for chart in described.mailed.charts.values():
        assets[chart_path(chart)] = mailed_asset(chart_asset(chart, described.mailed, measures), chart)
    return {path: HEAD + dumped(identified(path, asset)) for path, asset in assets.items()}


def identified(path: str, asset: Asset) -> Asset:
    """The asset with its identity; the browser can't save over it, and links to its file instead."""
    return asset | {
        "uuid": stable_uuid(path),
        "version": "1.0.0",
        "is_managed_externally": True,
        "external_url": f"superset/assets/{path}",
    }


def dumped(asset: Any) -> str:
    return yaml.dump(asset, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)


# --- datasets ---------------------------------------------------------------------------------------------------------


def dataset_path(dataset: Dataset) -> str:
    return f"datasets/warehouse/{dataset.name}.yaml"


def dataset_asset(dataset: Dataset) -> Asset:
    """The mart with all its columns and the described metrics."""
    return {
        "table_name": dataset.name,
        "schema": "marts",
        "catalog": None,
        "sql": None,
        "main_dttm_col": dataset.time,
        "description": dataset.about,
        "columns": [_column(column) for column in dataset.columns.values()],
        "metrics": [_metric(metric) for metric in dataset.metrics.values()],
        "database_uuid": stable_uuid(WAREHOUSE),
    }


def _column(column: Column) -> Asset:
    return {
        "column_name": column.name,
        "type": column.kind,
        "verbose_name": column.label,
        "description": column.about,
        **({"expression": column.sql} if column.sql else {}),
        **({"is_dttm": True} if column.is_time else {}),
        "groupby": column.kind != "DOUBLE",
        "filterable": True,
    }


def _metric(metric: Metric) -> Asset:
    return {
        "metric_name": metric.name,
        "expression": metric.sql,
        "verbose_name": metric.label,
        "d3format": metric.format,
        "description": metric.about,
    }


# --- charts -----------------------------------------------------------------------------------------------------------


def chart_path(chart: Chart) -> str:
    return f"charts/{chart.name}.yaml"


def chart_asset(chart: Chart, dashboard: Dashboard, measures: Mapping[str, str]) -> Asset:
    made = params(chart, dashboard, measures)
    return {
        "slice_name": title(chart),
        "description": chart.about,
        "viz_type": made["viz_type"],
        "params": made,
        "query_context": None,
        "dataset_uuid": stable_uuid(dataset_path(chart.data)),
    }


def mailed_asset(asset: Asset, chart: Chart) -> Asset:
    """The table as a server without a browser can write it into a mail: with its query, and formats by label.

    Raise BundleError for another kind of drawing: the account that sends mails may not open a chart by itself.
    """
    made = asset["params"]
    if made["viz_type"] != "table":
        raise BundleError(f"{chart.name}: an alert sends a table")
    labels = {column.name: column.label for column in chart.data.columns.values()}
    shown = [chart.data.metrics[name] for name in chart.show]
    formats = {metric.label: {"d3NumberFormat": metric.format} for metric in shown}
    formats |= {labels[name]: config for name, config in made["column_config"].items()}
    made = made | {"column_config": made["column_config"] | formats}
    return asset | {"params": made, "query_context": json.dumps(_query_context(made), ensure_ascii=False)}


def _query_context(made: Asset) -> Asset:
    """What a browser would ask for this table; the dataset's number is put in by Superset's import."""
    grouped = made.get("groupby", [])
    query = {
        "columns": grouped or made["all_columns"],
        "metrics": made.get("metrics", []),
        "filters": [
            {"col": item["subject"], "op": item["operator"], "val": item["comparator"]}
            for item in made["adhoc_filters"]
        ],
        "orderby": [[name, True] for name in grouped] or [json.loads(item) for item in made["order_by_cols"]],
        "row_limit": made["row_limit"],
    }
    return {"datasource": {}, "force": False, "queries": [query], "result_format": "json", "result_type": "full"}


def placed(dashboard: Dashboard) -> dict[str, Chart]:
    """{name in the rows: chart}, in the order of the page. Raise BundleError for an unknown or forgotten one."""
    names = [name for row in dashboard.rows for name in row.get("charts", {})]
    found = {}
    for name in names:
        if name not in dashboard.charts:
            raise BundleError(f"{dashboard.name}: its rows name {name}, which is not described")
        found[name] = dashboard.charts[name]
    own = {name for name, chart in dashboard.charts.items() if chart.name.startswith(f"{dashboard.name}/")}
    if forgotten := sorted(own - set(names)):
        raise BundleError(f"{dashboard.name}: {forgotten[0]} is in no row")
    return found


# --- dashboards -------------------------------------------------------------------------------------------------------


def dashboard_asset(dashboard: Dashboard, colors: Mapping[str, str]) -> Asset:
    return {
        "dashboard_title": dashboard.title,
        "slug": dashboard.name.replace("_", "-"),
        "description": f"{dashboard.about} For {dashboard.reader}.",
        "published": True,
        "css": STYLE + phone_style(dashboard),
        "position": layout(dashboard),
        "metadata": {
            "color_scheme": "",  # each chart names its own: one of the page would colour maps by region, not by value
            "label_colors": dict(colors),
            "shared_label_colors": [],
            "map_label_colors": {},
            "color_namespace": "",
            "cross_filters_enabled": True,
            "refresh_frequency": dashboard.refresh_seconds,
            "timed_refresh_immune_slices": [],
            "expanded_slices": {},
            "filter_bar_orientation": "HORIZONTAL",
            "native_filter_configuration": filters(dashboard),
        },
    }


def layout(dashboard: Dashboard) -> Asset:
    """Rows of charts ({name: twelfths} or a list of equals) or of text, one below the other."""
    above = ["ROOT_ID", "GRID_ID"]
    rows = [f"ROW-{number}" for number in range(1, len(dashboard.rows) + 1)]
    position: Asset = {
        "DASHBOARD_VERSION_KEY": "v2",
        "ROOT_ID": {"id": "ROOT_ID", "type": "ROOT", "children": ["GRID_ID"]},
        "GRID_ID": {"id": "GRID_ID", "type": "GRID", "children": rows, "parents": ["ROOT_ID"]},
        "HEADER_ID": {"id": "HEADER_ID", "type": "HEADER", "meta": {"text": dashboard.title}},
    }
    numbers = {name: number for number, name in enumerate(placed(dashboard), start=1)}
    for row, name in zip(dashboard.rows, rows, strict=True):
        nodes = _text(row, name) if "text" in row else _tiles(row, dashboard, numbers)
        for node in nodes:
            position[node["id"]] = {**node, "children": [], "parents": [*above, name]}
        position[name] = {
            "id": name,
            "type": "ROW",
            "children": [node["id"] for node in nodes],
            "parents": above,
            "meta": {"background": "BACKGROUND_TRANSPARENT"},
        }
    return position


def tile_widths(row: Mapping[str, Any]) -> dict[str, int]:
    """{chart: twelfths of the page}; a plain list shares the row equally."""
    charts = row["charts"]
    return dict(charts) if isinstance(charts, dict) else dict.fromkeys(charts, 12 // len(charts))


def _text(row: Mapping[str, Any], name: str) -> list[Asset]:
    meta = {"code": row["text"], "width": 12, "height": row["height"]}
    return [{"id": f"MARKDOWN-{name}", "type": "MARKDOWN", "meta": meta}]


def _tiles(row: Mapping[str, Any], dashboard: Dashboard, numbers: Mapping[str, int]) -> list[Asset]:
    tiles = []
    for name, width in tile_widths(row).items():
        chart = dashboard.charts[name]
        meta = {
            "chartId": numbers[name],
            "uuid": stable_uuid(chart_path(chart)),
            "sliceName": title(chart),
            "width": width,
            "height": row["height"],
        }
        tiles.append({"id": f"CHART-{name}", "type": "CHART", "meta": meta})
    return tiles


def phone_style(dashboard: Dashboard) -> str:
    """CSS that puts tiles below each other on a phone; Superset itself squeezes whole rows into any width.

    Superset computes a tile's size from its twelfths of the page, so the page keeps a width, its rows wrap, and each
    tile is enlarged or reduced to the phone's: small ones two in a line.
    """
    tiles: dict[int, list[str]] = {}
    for number, row in enumerate(dashboard.rows, start=1):
        widths = [12] if "text" in row else list(tile_widths(row).values())
        for place, width in enumerate(widths, start=1):
            tiles.setdefault(width, []).append(
                f".dragdroppable-row:nth-child({number}) .dragdroppable-column:nth-child({place})"
            )
    rules = [
        f"  {', '.join(selectors)} {{ zoom: {_phone_zoom(width):.2f}; }}" for width, selectors in sorted(tiles.items())
    ]
    return "\n".join(["@media (max-width: 700px) {", PHONE_PAGE, *rules, "}", ""])


def _phone_zoom(twelfths: int) -> float:
    drawn = twelfths * (PAGE_ON_PHONE + GUTTER) / 12 - GUTTER
    return (PHONE / 2 - 1.4 * GUTTER if twelfths <= 3 else PHONE) / drawn


def filters(dashboard: Dashboard) -> list[Asset]:
    """The period first, then a list per column; each reaches the charts that have it and no period of their own."""
    numbered = list(enumerate(placed(dashboard).values(), start=1))
    timeless = [number for number, chart in numbered if chart.period or chart.options.get("timeless")]
    made = []
    if len(timeless) < len(numbered):
        made.append(_period_filter(dashboard, timeless))
    for given in dashboard.filters:
        column = given["column"]
        reached = [(number, chart) for number, chart in numbered
                   if column in chart.data.columns and not chart.options.get("unfiltered")]  # fmt: skip
        if not reached:
            raise BundleError(f"{dashboard.name}: no chart has the column {column} of a filter")
        spared = [number for number, _ in numbered if number not in {number for number, _ in reached}]
        made.append(_list_filter(given, reached[0][1].data, spared))
    return made


def _period_filter(dashboard: Dashboard, spared: Sequence[int]) -> Asset:
    period = time_range(dashboard.period)
    return {
        "id": "NATIVE_FILTER-period",
        "type": "NATIVE_FILTER",
        "filterType": "filter_time",
        "name": "Period",
        "description": f"Days on the French clock; {dashboard.period} unless chosen otherwise.",
        "targets": [{}],
        "scope": {"rootPath": ["ROOT_ID"], "excluded": list(spared)},
        "cascadeParentIds": [],
        "controlValues": {"enableEmptyFilter": False},
        "defaultDataMask": {
            "extraFormData": {"time_range": period},
            "filterState": {"value": period},
            "ownState": {},
        },
    }


def _list_filter(given: Mapping[str, Any], dataset: Dataset, spared: Sequence[int]) -> Asset:
    column, chosen = given["column"], given.get("default")
    mask: Asset = {"extraFormData": {}, "filterState": {}, "ownState": {}}
    if chosen:
        wanted = [{"col": column, "op": "IN", "val": chosen}]
        mask = {"extraFormData": {"filters": wanted}, "filterState": {"value": chosen}, "ownState": {}}
    return {
        "id": f"NATIVE_FILTER-{column}",
        "type": "NATIVE_FILTER",
        "filterType": "filter_select",
        "name": given.get("name", dataset.columns[column].label),
        "description": given["about"],
        "targets": [{"column": {"name": column}, "datasetUuid": stable_uuid(dataset_path(dataset))}],
        "scope": {"rootPath": ["ROOT_ID"], "excluded": list(spared)},
        "cascadeParentIds": [],
        "controlValues": {
            "multiSelect": not given.get("single", False),
            "enableEmptyFilter": bool(given.get("single", False)),
            "defaultToFirstItem": False,
            "inverseSelection": False,
            "searchAllOptions": False,
        },
        "defaultDataMask": mask,
    }


# --- colours ----------------------------------------------------------------------------------------------------------


def label_colors(described: Descriptions) -> dict[str, str]:
    """{name on a chart: colour}, the same on every page: dbt's seeds, the palette, and metrics by their concept."""
    colors = dict(seed_colors())
    for concept, names in described.palette.items():
        if concept == "measures":
            continue
        for name, color in names.items():
            _set(colors, name, color, concept)
    for dataset in described.datasets.values():
        for metric in dataset.metrics.values():
            if metric.color:
                color = described.palette["measures"].get(metric.color, "")
                if not color:
                    raise BundleError(
                        f"{dataset.name}: {metric.name} has the colour {metric.color}, not in the palette"
                    )
                # Superset looks a label up backwards, and may find a column that bears it too.
                twins = [column.name for column in dataset.columns.values() if column.label == metric.label]
                for name in (metric.name, metric.label, *twins):
                    _set(colors, name, color, dataset.name)
    return colors


def _set(colors: dict[str, str], name: str, color: str, where: str) -> None:
    if colors.setdefault(name, color.upper()) != color.upper():
        raise BundleError(f"{where}: {name} is {color} here and {colors[name]} elsewhere; a name has one colour")


# --- dbt's exposures --------------------------------------------------------------------------------------------------


def exposures(described: Descriptions) -> str:
    """Which marts each dashboard reads, for dbt's lineage."""
    listed = []
    for dashboard in described.dashboards:
        marts = sorted({chart.data.name for chart in placed(dashboard).values()})
        listed.append(
            {
                "name": dashboard.name,
                "label": dashboard.title,
                "type": "dashboard",
                "maturity": "medium",
                "url": DASHBOARD_URL.format(dashboard.name.replace("_", "-")),
                "description": f"Superset dashboard. {dashboard.about}",
                "owner": {"name": "Hexawatt"},
                "depends_on": [f"ref('{mart}')" for mart in marts],
            }
        )
    return HEAD + dumped({"version": 2, "exposures": listed})


def differing(wanted: Mapping[str, str], folder: Path = ASSETS) -> list[str]:
    """Paths of generated files that are missing, different or no longer wanted."""
    there = {
        file.relative_to(folder).as_posix(): file.read_text("utf-8")
        for kind in GENERATED
        for file in (folder / kind).rglob("*.yaml")
    }
    return sorted(path for path in wanted.keys() | there.keys() if wanted.get(path) != there.get(path))


def write(wanted: Mapping[str, str], folder: Path = ASSETS) -> list[str]:
    """Bring ``folder`` to what is wanted; return the paths that changed."""
    changed = differing(wanted, folder)
    for path in changed:
        file = folder / path
        if path in wanted:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(wanted[path], "utf-8")
        else:
            file.unlink()
            if not any(file.parent.iterdir()):
                file.parent.rmdir()
    return changed


def main() -> int:
    """Write, or with ``--check`` only compare, and return the exit code."""
    try:
        described = read_descriptions()
        wanted, lineage = wanted_files(described), exposures(described)
    except BundleError as error:
        print(f"superset/descriptions: {error}", file=sys.stderr)
        return 1
    if sys.argv[1:] == ["--check"]:
        stale = differing(wanted) + ([EXPOSURES.name] if EXPOSURES.read_text("utf-8") != lineage else [])
        for path in stale:
            print(f"superset/assets: {path} is not as described: run superset/build_assets.py", file=sys.stderr)
        return 1 if stale else 0
    changed = write(wanted)
    EXPOSURES.write_text(lineage, "utf-8")
    print(f"superset/assets: {len(changed)} of {len(wanted)} files written or removed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
