"""From a described chart to Superset's parameters: one table of kinds of drawing, one way to fill it.

Sizes, formats and titles follow from the metric's unit and the time grain, so that all pages look alike.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from bundle import BundleError
from descriptions import Chart, Dashboard, Metric

Params = dict[str, Any]

# Room for the labels of an axis, by unit: the longer the figures, the wider.
AXIS_MARGIN = {"MW": 55, "GWh": 48, "GWh a day": 48, "%": 34, "µg/m³": 34, "unit not established": 36}
TIME_AXIS = {
    "PT15M": ("Paris time", "%d/%m %Hh", "%a %d %b %Y, %H:%M"),
    "PT30M": ("Paris time", "%d/%m %Hh", "%a %d %b %Y, %H:%M"),
    "PT1H": ("Paris time", "%d/%m %Hh", "%a %d %b %Y, %H:%M"),
    "P1D": ("Day (Paris)", "%d %b %Y", "%a %d %b %Y"),
    "P1W": ("Week", "%d %b %Y", "Week of %d %b %Y"),
    "P1M": ("Month", "%b %Y", "%B %Y"),
    "P1Y": ("Year", "%Y", "%Y"),
}
NO_TIME_AXIS = ("", "%d/%m %Hh", "%a %d %b %Y, %H:%M")
OPERATORS = {
    "==": "EQUALS",
    "!=": "NOT_EQUALS",
    ">=": "GREATER_THAN_OR_EQUAL",
    "<=": "LESS_THAN_OR_EQUAL",
    ">": "GREATER_THAN",
    "<": "LESS_THAN",
}
# Both ends are written out: Superset reads a span that is open at one end from or to the present day.
SPANS = {
    "until now": "DATETIME('1900-01-01') : DATETIME('now')",
    "until 30 days from now": "DATETIME('1900-01-01') : DATEADD(DATETIME('today'), 31, day)",
    "from now": "DATETIME('now') : DATETIME('2200-01-01')",
}


def time_range(period: str) -> str:
    """Superset's expression for "today", "last 14 days", "last 2 days and next 3 days", "all", ...

    Days are those of Paris and "last 2 days" ends tonight; "last 12 calendar months" begins on a first, and
    the last of them is this one. Raise BundleError for what is not understood.
    """
    if period == "all":
        return "No filter"
    if calendar := re.fullmatch(r"last (\d+) calendar months", period):
        start = f"DATEADD(DATETIME('today'), -{int(calendar[1]) - 1}, month)"
        return f"DATETRUNC({start}, month) : DATEADD(DATETIME('today'), 1, day)"
    if seasons := re.fullmatch(r"last (\d+) seasons", period):
        start = f"DATETRUNC(DATEADD(DATETIME('today'), {6 - 12 * int(seasons[1])}, month), year)"
        return f"DATEADD({start}, 6, month) : DATEADD(DATETIME('today'), 1, day)"
    found = re.fullmatch(r"last (\d+) (day|month|year)s?(?: and next (\d+) days?)?", period)
    if period == "today":
        count, unit, ahead = 1, "day", 0
    elif found:
        count, unit, ahead = int(found[1]), found[2], int(found[3] or 0)
    else:
        raise BundleError(f"a period reads 'last 14 days', 'last 2 days and next 3 days', 'today' or 'all': {period!r}")
    back = count - 1 if unit == "day" else count
    start = f"DATEADD(DATETIME('today'), -{back}, {unit})" if back else "DATETIME('today')"
    return f"{start} : DATEADD(DATETIME('today'), {ahead + 1}, day)"


def title(chart: Chart) -> str:
    """The chart's title: with its unit, and with its period where that is not the dashboard's."""
    words = chart.title
    units = {chart.data.metrics[name].unit for name in chart.show} - {""}
    if len(units) == 1 and "(" not in words and chart.draw not in ("table", "pivot"):
        words += f" ({units.pop()})"
    if chart.period and chart.period != "all" and chart.options.get("period_in_title") is not False:
        words += f", {chart.period}"
    return words


def params(chart: Chart, dashboard: Dashboard, colors: Mapping[str, str]) -> Params:
    """All of Superset's parameters of the chart. ``colors`` are those of metrics, by the palette's name."""
    if chart.draw not in KINDS:
        raise BundleError(f"{chart.name}: no kind of drawing is called {chart.draw!r}: {', '.join(sorted(KINDS))}")
    viz_type, fill = KINDS[chart.draw]
    where = conditions(chart, chart.options.get("where", {}), chart.period or dashboard.period)
    made: Params = {"viz_type": viz_type, "adhoc_filters": where, "row_limit": chart.options.get("most", 10_000)}
    made |= fill(chart, dashboard, colors)
    return {**made, **chart.options.get("params", {})}


def conditions(chart: Chart, where: Mapping[str, Any], period: str) -> list[Params]:
    """The period, and ``where``: {column: value, [values], "known", ">= 0.95"; "until now", "from now" for a time}."""
    within = time_range(period)
    if chart.options.get("wall_clock"):  # the journal keeps the machine's time, also where the house's now is pinned
        within = within.replace("DATETIME('today')", "DATEADD(DATETIME('tomorrow'), -1, day)")
    made = [] if chart.options.get("timeless") else [_simple(chart.data.time, "TEMPORAL_RANGE", within)]
    for column, wanted in where.items():
        if column not in chart.data.columns:
            raise BundleError(f"{chart.name}: {chart.data.name} has no column {column}")
        made.append(_condition(column, wanted))
    if having := chart.options.get("having"):
        made.append({"clause": "HAVING", "expressionType": "SQL", "sqlExpression": having})
    return made


def _condition(column: str, wanted: Any) -> Params:
    if wanted == "known":
        return _simple(column, "IS NOT NULL", None, "IS_NOT_NULL")
    if isinstance(wanted, str) and wanted in SPANS:
        return _simple(column, "TEMPORAL_RANGE", SPANS[wanted])
    if isinstance(wanted, list):
        return _simple(column, "IN", wanted, "IN")
    if isinstance(wanted, str) and (found := re.fullmatch(r"(==|!=|>=|<=|>|<) (.+)", wanted)):
        number = float(found[2]) if re.fullmatch(r"-?\d+(\.\d+)?", found[2]) else found[2]
        return _simple(column, found[1], number, OPERATORS[found[1]])
    return _simple(column, "==", wanted, "EQUALS")


def _simple(subject: str, operator: str, comparator: Any, operator_id: str | None = None) -> Params:
    made = {"clause": "WHERE", "expressionType": "SIMPLE", "subject": subject, "operator": operator}
    return made | ({"operatorId": operator_id} if operator_id else {}) | {"comparator": comparator}


def _metric(chart: Chart) -> Metric:
    if not chart.show:
        raise BundleError(f"{chart.name}: say which metric to show")
    return chart.data.metrics[chart.show[0]]


def _list(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value] if value else []


def _color(metric: Metric, colors: Mapping[str, str], otherwise: str = "#2772B2") -> Params:
    value = colors.get(metric.color or "", otherwise).lstrip("#")
    red, green, blue = (int(value[at : at + 2], 16) for at in (0, 2, 4))
    return {"r": red, "g": green, "b": blue, "a": 1}


# --- against time or another axis -------------------------------------------------------------------------------------


def _series(**kind: Any) -> Callable[[Chart, Dashboard, Mapping[str, str]], Params]:
    def fill(chart: Chart, _: Dashboard, colors: Mapping[str, str]) -> Params:
        return _axes(chart, colors) | kind

    return fill


def _axes(chart: Chart, colors: Mapping[str, str]) -> Params:
    """What every chart with an x axis has in common."""
    options, metric = chart.options, _metric(chart)
    grain = options.get("per")
    axis = options.get("x", chart.data.time)
    over_time = axis in chart.data.columns and chart.data.columns[axis].is_time
    axis_title, axis_format, tip_format = TIME_AXIS.get(grain or "", NO_TIME_AXIS) if over_time else NO_TIME_AXIS
    split = _list(options.get("split"))
    many = len(split) > 0 or len(chart.show) > 1
    on_right = options.get("legend") == "right"
    return {
        "x_axis": axis,
        **({"time_grain_sqla": grain} if grain else {}),
        "metrics": list(chart.show),
        "groupby": split,
        "truncate_metric": True,
        "color_scheme": "hexawatt",
        "show_legend": many,
        "legendType": "plain" if on_right else "scroll",
        "legendOrientation": "right" if on_right else "top",
        "legendMargin": options.get("legend_margin", 140 if on_right else None),
        "x_axis_time_format": options.get("x_format", axis_format),
        "rich_tooltip": True,
        "showTooltipTotal": bool(options.get("total")),
        "tooltipTimeFormat": tip_format,
        "y_axis_format": options.get("format") or _without_zeros(metric.format),
        "y_axis_title": options.get("y_title", metric.unit),
        "y_axis_title_margin": AXIS_MARGIN.get(metric.unit, 28),
        "y_axis_title_position": "Left",
        "x_axis_title": options.get("x_title", axis_title or _axis_label(chart, axis)),
        "x_axis_title_margin": 26,
        "zoomable": False,
        "only_total": False,
        "show_value": bool(options.get("values")),
        "echart_options": options.get("echart_options", '{"grid": {"left": 20, "bottom": 22}}'),
        "sort_series_type": "sum" if options.get("largest_first") else "name",
        "sort_series_ascending": not options.get("largest_first"),
        "markerEnabled": False,
        **({"annotation_layers": [_limit(one, colors) for one in options["limits"]]} if "limits" in options else {}),
        **({"truncateYAxis": True, "y_axis_bounds": options.get("bounds", [None, None])}
           if options.get("from_zero") is False or "bounds" in options else {}),
        **({} if over_time else {"xAxisForceCategorical": False}),
    }  # fmt: skip


def _limit(limit: Mapping[str, Any], colors: Mapping[str, str]) -> Params:
    """A dashed level line, {name, at, color}: in the legend, and read by no query."""
    return {
        "annotationType": "FORMULA",
        "sourceType": "",
        "name": limit["name"],
        "value": str(limit["at"]),
        "color": colors[limit["color"]],
        "style": "dashed",
        "width": 2,
        "opacity": "",
        "show": True,
        "showLabel": False,
        "showMarkers": False,
        "hideLine": False,
        "overrides": {"time_range": None},
    }


def _without_zeros(shape: str) -> str:
    """The format for an axis: 20 instead of 20.0."""
    return re.sub(r"\.(\d)f", r".\1~f", shape)


def _axis_label(chart: Chart, axis: str) -> str:
    return chart.data.columns[axis].label if axis in chart.data.columns else ""


def _bars(chart: Chart, _: Dashboard, colors: Mapping[str, str]) -> Params:
    sideways = bool(chart.options.get("sideways"))
    made = _axes(chart, colors) | {"orientation": "horizontal" if sideways else "vertical"}
    if sideways:  # what was up is across: its title is below, and the names at the left need all their room
        made |= {"x_axis_title": "", "y_axis_title_margin": 26, "echart_options": None}
        made |= {"x_axis_sort_asc": True}
    if "sort" in chart.options:
        made |= {"x_axis_sort": chart.options["sort"]}
    if not chart.data.columns.get(made["x_axis"], chart.data.columns[chart.data.time]).is_time:
        made["xAxisForceCategorical"] = True
    return made | ({"stack": "Stack"} if chart.options.get("stack") else {"stack": None})


def _area(chart: Chart, _: Dashboard, colors: Mapping[str, str]) -> Params:
    return _axes(chart, colors) | {"seriesType": "line", "stack": "Stack", "opacity": 0.75}


def _points(chart: Chart, _: Dashboard, colors: Mapping[str, str]) -> Params:
    """One point per value of a numeric x: a saved metric over a column."""
    numbers = {"xAxisNumberFormat": ",.0f", "x_axis_number_format": ",.0f", "truncateXAxis": True}
    return _axes(chart, colors) | {"markerSize": 5, "truncateYAxis": True, "y_axis_bounds": [None, None], **numbers}


def _two_axes(chart: Chart, dashboard: Dashboard, colors: Mapping[str, str]) -> Params:
    """``second``: {show, split, where, bars, from_zero}: what is drawn against the right axis."""
    second = chart.options["second"]
    shown = [second["show"]] if isinstance(second["show"], str) else list(second["show"])
    unknown = [name for name in shown if name not in chart.data.metrics]
    if unknown:
        raise BundleError(f"{chart.name}: {chart.data.name} has no metric {unknown[0]}")
    right = chart.data.metrics[shown[0]]
    where = {**chart.options.get("where", {}), **second.get("where", {})}
    area = bool(chart.options.get("area"))
    return _axes(chart, colors) | {
        "metrics_b": shown,
        "groupby_b": _list(second.get("split")),
        "adhoc_filters_b": conditions(chart, where, chart.period or dashboard.period),
        "row_limit_b": 10_000,
        "truncate_metric_b": True,
        "show_legend": True,
        "echart_options": _two_named_axes(_metric(chart).unit, right.unit, from_zero=bool(second.get("from_zero"))),
        "seriesType": "bar" if chart.options.get("bars") else "line",
        "area": area,
        "opacity": 0.15 if area else 1,
        "yAxisIndex": 0,
        "seriesTypeB": "bar" if second.get("bars") else "line",
        "areaB": False,
        "yAxisIndexB": 1,
        "markerEnabledB": False,
        "y_axis_format_secondary": _without_zeros(right.format),
        "yAxisTitleSecondary": right.unit,
        "truncateYAxis": True,
        "y_axis_bounds": [None, None],
    }


def _two_named_axes(left: str, right: str, *, from_zero: bool) -> str:
    """Both axes as ECharts knows them, named beside their figures: Superset names the right one behind its buttons."""
    beside = {"type": "value", "scale": True, "nameLocation": "middle"}
    axes = [
        {**beside, "name": left, "nameGap": AXIS_MARGIN.get(left, 32)},
        {**beside, "name": right, "nameGap": 32, "nameRotate": -90, "splitLine": {"show": False}},
    ]
    if from_zero:
        axes[1]["scale"] = False
    return json.dumps({"grid": {"left": 20, "bottom": 22, "right": 30}, "yAxis": axes})


# --- one figure -------------------------------------------------------------------------------------------------------


def _number(chart: Chart, _: Dashboard, colors: Mapping[str, str]) -> Params:
    """The last value with its course; ``back``: how many values before it is compared with."""
    metric, options = _metric(chart), chart.options
    return {
        "x_axis": options.get("x", chart.data.time),
        "time_grain_sqla": options["per"],
        "metric": metric.name,
        "show_trend_line": True,
        "start_y_axis_at_zero": False,
        "y_axis_format": options.get("format", metric.format),
        "time_format": "%d %b %H:%M" if options["per"].startswith("PT") else "%d %b %Y",
        "show_timestamp": True,
        "header_font_size": 0.4,
        "subheader_font_size": 0.15,
        "timestamp_font_size": 0.15,
        "rolling_type": None,
        **({"compare_lag": options["back"], "compare_suffix": options["back_is"]} if "back" in options else {}),
        "color_picker": _color(metric, colors),
    }


def _total(chart: Chart, _: Dashboard, __: Mapping[str, str]) -> Params:
    metric = _metric(chart)
    return {
        "metric": metric.name,
        "subtitle": chart.options.get("subtitle", ""),
        "header_font_size": 0.4,
        "subheader_font_size": 0.15,
        "subtitle_font_size": 0.15,
        "y_axis_format": chart.options.get("format", metric.format),
        "time_format": chart.options.get("time_format", "%d %b %Y"),
        "conditional_formatting": chart.options.get("highlight", []),
    }


# --- tables -----------------------------------------------------------------------------------------------------------


def _table(chart: Chart, _: Dashboard, __: Mapping[str, str]) -> Params:
    """Rows as they are (``columns``), or metrics (``show``) by ``split``."""
    options = chart.options
    columns = _list(options.get("columns"))
    order = [f'["{column.lstrip("-")}", {"false" if column.startswith("-") else "true"}]'
             for column in _list(options.get("order"))]  # fmt: skip
    shape = (
        {"query_mode": "raw", "all_columns": columns, "order_by_cols": order}
        if columns
        else {
            "query_mode": "aggregate",
            "groupby": _list(options.get("split")),
            "metrics": list(chart.show),
            "all_columns": [],
            "order_desc": True,
            **({"timeseries_limit_metric": options["by"]} if "by" in options else {}),
            **({"time_grain_sqla": options["per"]} if "per" in options else {}),
        }
    )
    return shape | {
        "table_timestamp_format": options.get("time_format", "%d %b %Y %H:%M"),
        "include_search": bool(options.get("search")),
        "page_length": options.get("page", 0),
        "show_cell_bars": bool(options.get("cell_bars")),
        "conditional_formatting": options.get("highlight", []),
        "column_config": options.get("column_config", {}),
        "color_pn": False,
    }


def _pivot(chart: Chart, _: Dashboard, __: Mapping[str, str]) -> Params:
    options = chart.options
    named = [*_list(options["rows"]), *_list(options.get("columns"))]
    return {
        "all_columns": named,  # not asked for: a dashboard knows the labels of columns that it finds here
        "groupbyRows": _list(options["rows"]),
        "groupbyColumns": _list(options.get("columns")),
        "metrics": list(chart.show),
        "metricsLayout": "COLUMNS",
        "aggregateFunction": "Sum",
        "valueFormat": options.get("format", _metric(chart).format),
        "date_format": options.get("time_format", "%b %Y"),
        "rowOrder": "key_a_to_z",
        "colOrder": "key_a_to_z",
        "rowTotals": False,
        "colTotals": False,
        "conditional_formatting": options.get("highlight", []),
        **({"time_grain_sqla": options["per"]} if "per" in options else {}),
        "temporal_columns_lookup": {column: True for column in named if chart.data.columns[column].is_time},
    }


# --- parts, maps and grids --------------------------------------------------------------------------------------------


def _heat(chart: Chart, _: Dashboard, __: Mapping[str, str]) -> Params:
    """``x`` by ``y``, coloured by the metric with a scheme of ``palette.yaml``."""
    options, metric = chart.options, _metric(chart)
    grain = options.get("per")
    return {
        "x_axis": options.get("x", chart.data.time),
        **({"time_grain_sqla": grain} if grain else {}),
        "groupby": options["y"],
        "metric": metric.name,
        "sort_x_axis": "alpha_asc",
        "sort_y_axis": options.get("sort_y", "alpha_desc"),
        "normalize_across": "heatmap",
        "linear_color_scheme": options["scheme"],
        "show_legend": True,
        "show_percentage": False,
        "show_values": bool(options.get("values")),
        "value_bounds": options.get("bounds", [None, None]),
        "xscale_interval": -1,
        "yscale_interval": options.get("y_every", 1),
        "left_margin": options.get("left_margin", 25),
        "bottom_margin": 10,
        "y_axis_format": metric.format,
        "x_axis_time_format": options.get("x_format", TIME_AXIS.get(grain or "", NO_TIME_AXIS)[1]),
        "border_width": 0,
        "border_color": {"r": 255, "g": 255, "b": 255, "a": 1},
    }


def _calendar(chart: Chart, dashboard: Dashboard, __: Mapping[str, str]) -> Params:
    """A cell per day, a column per week, a block per month."""
    metric = _metric(chart)
    return {
        "granularity_sqla": chart.options.get("x", chart.data.time),
        "time_range": time_range(chart.period or dashboard.period),
        "domain_granularity": "month",
        "subdomain_granularity": "day",
        "metrics": [metric.name],
        "linear_color_scheme": chart.options["scheme"],
        "cell_size": chart.options.get("cell_size", 14),
        "cell_padding": 2,
        "cell_radius": 0,
        "steps": chart.options.get("steps", 8),
        "y_axis_format": metric.format,
        "x_axis_time_format": "%d %b %Y",
        "show_legend": True,
        "show_values": False,
        "show_metric_name": False,
    }


def _regions(chart: Chart, _: Dashboard, __: Mapping[str, str]) -> Params:
    metric = _metric(chart)
    return {
        "select_country": "france_regions",
        "entity": chart.options["entity"],
        "metric": metric.name,
        "linear_color_scheme": chart.options["scheme"],
        "number_format": metric.format,
    }


def _pie(chart: Chart, _: Dashboard, __: Mapping[str, str]) -> Params:
    metric = _metric(chart)
    return {
        "groupby": _list(chart.options["split"]),
        "metric": metric.name,
        "donut": True,
        "innerRadius": 45,
        "outerRadius": 75,
        "label_type": "key_percent",
        "number_format": metric.format,
        "show_labels": True,
        "labels_outside": True,
        "label_line": True,
        "show_legend": False,
        "sort_by_metric": True,
        "show_labels_threshold": 2,
        "color_scheme": "hexawatt",
    }


def _sankey(chart: Chart, _: Dashboard, __: Mapping[str, str]) -> Params:
    options = chart.options
    return {"source": options["source"], "target": options["target"], "metric": _metric(chart).name,
            "color_scheme": "hexawatt"}  # fmt: skip


def _boxes(chart: Chart, _: Dashboard, __: Mapping[str, str]) -> Params:
    """Distribution over ``over`` (a column) of the metric, a box per value of ``split``."""
    metric = _metric(chart)
    return {
        "columns": _list(chart.options["over"]),
        "groupby": _list(chart.options["split"]),
        "metrics": [metric.name],
        "whiskerOptions": chart.options.get("whiskers", "2/98 percentiles"),
        "number_format": chart.options.get("format", metric.format),
        "color_scheme": "hexawatt",
        "x_axis_title": "",
        "x_axis_title_margin": 15,
        "y_axis_title": metric.unit,
        "y_axis_title_margin": AXIS_MARGIN.get(metric.unit, 28) + 12,  # its labels are out of the grid
        "x_ticks_layout": chart.options.get("ticks", "flat"),
        "y_axis_title_position": "Left",
        **({"time_grain_sqla": chart.options["per"]} if "per" in chart.options else {}),
    }


def _gantt(chart: Chart, _: Dashboard, __: Mapping[str, str]) -> Params:
    options = chart.options
    return {
        "start_time": options["start"],
        "end_time": options["end"],
        "y_axis": options["y"],
        "series": options["split"],
        "tooltip_columns": options.get("tooltip", []),
        "tooltip_metrics": list(chart.show),
        "color_scheme": "hexawatt",
        "show_legend": True,
        "legendType": "scroll",
        "legendOrientation": "top",
        "x_axis_title": "Paris time",
        "x_axis_title_margin": 26,
        "y_axis_title": "",
        "y_axis_title_position": "Left",
        "y_axis_title_margin": options.get("left_margin", 100),  # the names stand in it
        "x_axis_time_format": options.get("x_format", "%d %b"),
        "tooltipTimeFormat": "%a %d %b %Y, %H:%M",
        "subcategories": True,
        "zoomable": False,
        "order_by_cols": [f'["{column}", true]' for column in (options["split"], options["y"])],
    }


def _polygons(chart: Chart, _: Dashboard, __: Mapping[str, str]) -> Params:
    """Areas drawn from a column of GeoJSON rings, coloured by the metric; no tiles, hence no other host."""
    metric, options = _metric(chart), chart.options
    return {
        "line_column": options["outline"],
        "line_type": "json",
        "metric": metric.name,
        "point_radius_fixed": {"type": "fix", "value": 1000},
        "filled": True,
        "stroked": True,
        "extruded": False,
        "opacity": 100,
        "fill_color_picker": {"r": 39, "g": 114, "b": 178, "a": 1},
        "stroke_color_picker": {"r": 255, "g": 255, "b": 255, "a": 1},
        "line_width": 2,
        "linear_color_scheme": options["scheme"],
        "num_buckets": options.get("steps", 5),
        "table_filter": False,
        "reverse_long_lat": False,
        "mapbox_style": "",
        "autozoom": True,
        "viewport": options["viewport"],
        "legend_position": "tr",
        "legend_format": metric.format,
        "tooltip_contents": [
            *(
                {"item_type": "column", "column_name": name, "verbose_name": chart.data.columns[name].label}
                for name in _list(options.get("tooltip"))
            ),
            {"item_type": "metric", "metric_name": metric.name, "label": metric.label, "verbose_name": metric.label},
        ],
    }


KINDS: dict[str, tuple[str, Callable[[Chart, Dashboard, Mapping[str, str]], Params]]] = {
    "line": ("echarts_timeseries_line", _series(seriesType="line")),
    "step": ("echarts_timeseries_step", _series(seriesType="start", area=True, opacity=0.15)),
    "area": ("echarts_area", _area),
    "bars": ("echarts_timeseries_bar", _bars),
    "points": ("echarts_timeseries_scatter", _points),
    "two_axes": ("mixed_timeseries", _two_axes),
    "number": ("big_number", _number),
    "total": ("big_number_total", _total),
    "table": ("table", _table),
    "pivot": ("pivot_table_v2", _pivot),
    "heat": ("heatmap_v2", _heat),
    "calendar": ("cal_heatmap", _calendar),
    "regions": ("country_map", _regions),
    "polygons": ("deck_polygon", _polygons),
    "pie": ("pie", _pie),
    "sankey": ("sankey_v2", _sankey),
    "boxes": ("box_plot", _boxes),
    "gantt": ("gantt_chart", _gantt),
}
