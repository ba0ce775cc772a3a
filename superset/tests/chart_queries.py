"""What a chart asks the server, made from its parameters as the browser makes it."""

from __future__ import annotations

import json
from typing import Any

Query = dict[str, Any]

# These two still answer at /superset/explore_json/ and not at /api/v1/chart/data.
LEGACY = ("cal_heatmap", "country_map")
# Parameters that name the columns of a query, and those that name its metrics, in the order of the browser.
COLUMNS = (
    *("groupby", "all_columns", "groupbyColumns", "groupbyRows", "columns", "column", "source", "target"),
    *("start_time", "end_time", "y_axis", "series", "entity", "tooltip_columns", "line_column", "js_columns"),
)
METRICS = ("metrics", "metric", "x", "y", "size", "tooltip_metrics", "timeseries_limit_metric")


def queries(params: dict[str, Any], time_range: str | None = None) -> list[Query]:
    """Return the queries of a chart: one, or two for a chart with two series. ``time_range`` replaces its own."""
    suffixes = ("", "_b") if params["viz_type"] == "mixed_timeseries" else ("",)
    return [_query(params, suffix, time_range) for suffix in suffixes]


def measured(params: dict[str, Any]) -> list[str]:
    """Return the metrics that a chart shows."""
    return _named(params, METRICS, "") + _as_list(params.get("metrics_b"))


def _query(params: dict[str, Any], suffix: str, time_range: str | None) -> Query:
    conditions = params.get(f"adhoc_filters{suffix}", [])
    having = [item for item in conditions if item["clause"] == "HAVING"]
    axis = [params["x_axis"]] if params.get("x_axis") else []
    columns = [_column(params, name) for name in dict.fromkeys(axis + _named(params, COLUMNS, suffix))]
    return {
        "columns": columns,
        "metrics": _named(params, METRICS, suffix),
        "filters": [_filter(item, time_range) for item in conditions if item["expressionType"] == "SIMPLE"],
        "extras": {"having": " AND ".join(f"({item['sqlExpression']})" for item in having)},
        "row_limit": params["row_limit"],
        "orderby": [json.loads(item) for item in params.get("order_by_cols", [])],
    }


def _named(params: dict[str, Any], keys: tuple[str, ...], suffix: str) -> list[str]:
    """Return the names under ``keys``, each once; the second series has keys of its own for some of them."""
    pairs = [params.get(f"{key}{suffix}" if key in ("groupby", "metrics") else key) for key in keys]
    return list(dict.fromkeys(name for value in pairs for name in _as_list(value)))


def _column(params: dict[str, Any], name: str) -> Any:
    """Return a column; the axis of time, and the times of a pivot table, in steps of the chart's grain."""
    stepped = name == params.get("x_axis") or name in params.get("temporal_columns_lookup", {})
    if not (stepped and (grain := params.get("time_grain_sqla"))):
        return name
    return {
        "columnType": "BASE_AXIS",
        "expressionType": "SQL",
        "sqlExpression": name,
        "label": name,
        "timeGrain": grain,
        "isColumnReference": True,
    }


def _filter(item: dict[str, Any], time_range: str | None) -> Query:
    period = item["operator"] == "TEMPORAL_RANGE" and time_range
    return {"col": item["subject"], "op": item["operator"], "val": period or item["comparator"]}


def _as_list(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value] if value else []
