"""What a chart asks the server, made from its parameters as the browser makes it."""

from __future__ import annotations

from typing import Any

Query = dict[str, Any]


def queries(params: dict[str, Any], time_range: str | None = None) -> list[Query]:
    """Return the queries of a chart: one, or two for a chart with two series. ``time_range`` replaces its own."""
    suffixes = ("", "_b") if params["viz_type"] == "mixed_timeseries" else ("",)
    return [_query(params, suffix, time_range) for suffix in suffixes]


def _query(params: dict[str, Any], suffix: str, time_range: str | None) -> Query:
    groups = _as_list(params.get(f"groupby{suffix}")) + _as_list(params.get("all_columns"))
    metrics = _as_list(params.get(f"metrics{suffix}")) + _as_list(params.get("metric"))
    conditions = params.get(f"adhoc_filters{suffix}", [])
    having = [item for item in conditions if item["clause"] == "HAVING"]
    axis = [_axis(params)] if params.get("x_axis") else []
    return {
        "columns": [*axis, *groups],
        "metrics": metrics,
        "filters": [_filter(item, time_range) for item in conditions if item["expressionType"] == "SIMPLE"],
        "extras": {"having": " AND ".join(f"({item['sqlExpression']})" for item in having)},
        "row_limit": params["row_limit"],
        "orderby": [],
    }


def _axis(params: dict[str, Any]) -> Any:
    if not (grain := params.get("time_grain_sqla")):
        return params["x_axis"]
    return {
        "columnType": "BASE_AXIS",
        "expressionType": "SQL",
        "sqlExpression": params["x_axis"],
        "label": params["x_axis"],
        "timeGrain": grain,
    }


def _filter(item: dict[str, Any], time_range: str | None) -> Query:
    period = item["operator"] == "TEMPORAL_RANGE" and time_range
    return {"col": item["subject"], "op": item["operator"], "val": period or item["comparator"]}


def _as_list(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value] if value else []
