"""What every chart and every alert asks is understood by DuckDB and by Snowflake, with the same answer.

The questions are made from the assets, metric by metric and filter by filter; periods are left out, since the marts of
these tests hold some days only, and so is what Superset adds by itself (time grains).
"""

from __future__ import annotations

import sys
from datetime import datetime
from math import isclose
from pathlib import Path
from typing import Any

import pytest
import yaml
from both_engines import BothEngines
from pipeline import ROOT, rows
from simulated_days import SimulatedDay

sys.path.append(str(ROOT / "superset"))
from bundle import pinned

ASSETS = ROOT / "superset" / "assets"
DATASETS = {
    asset["uuid"]: asset
    for asset in (yaml.safe_load(file.read_text("utf-8")) for file in (ASSETS / "datasets").rglob("*.yaml"))
}
CHARTS = sorted((ASSETS / "charts").rglob("*.yaml"))
ALERTS = yaml.safe_load((ROOT / "superset" / "descriptions" / "alerts.yaml").read_text("utf-8"))["alerts"]
EPOCH = datetime(1970, 1, 1)
COLUMNS = ("groupby", "groupbyRows", "groupbyColumns", "columns", "all_columns", "entity", "source", "target", "y_axis")
METRICS = ("metric", "metrics", "metrics_b", "x", "y", "size", "tooltip_metrics")


def listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value] if value else []


def question(chart: dict[str, Any]) -> str:
    """The chart's columns, metrics and filters in plain SQL."""
    dataset, params = DATASETS[chart["dataset_uuid"]], chart["params"]
    computed = {column["column_name"]: column.get("expression") for column in dataset["columns"]}
    expressions = {metric["metric_name"]: metric["expression"] for metric in dataset["metrics"]}
    columns = dict.fromkeys(name for key in COLUMNS for name in listed(params.get(key)) if name in computed)
    metrics = dict.fromkeys(name for key in METRICS for name in listed(params.get(key)) if name in expressions)
    conditions = [condition(item, computed) for item in params["adhoc_filters"]]
    where = " and ".join(text for text in conditions if text) or "1 = 1"
    shown = [computed[name] or name for name in columns]
    asked = [*shown, *(expressions[name] for name in metrics)] or ["count(*)"]
    grouped = f" group by {', '.join(shown)}" if shown and metrics else ""
    having = " and ".join(
        f"({item['sqlExpression']})" for item in params["adhoc_filters"] if item["clause"] == "HAVING"
    )
    return f"select {', '.join(asked)} from marts.{dataset['table_name']} where {where}{grouped}" + (
        f" having {having}" if having else ""
    )


def condition(item: dict[str, Any], computed: dict[str, str | None]) -> str:
    if item["expressionType"] == "SQL":
        return "" if item["clause"] == "HAVING" else f"({item['sqlExpression']})"
    if item["operator"] == "TEMPORAL_RANGE":
        return ""
    column = computed[item["subject"]] or item["subject"]
    if item["operator"] == "IS NOT NULL":
        return f"{column} is not null"
    values = ", ".join(literal(value) for value in listed(item["comparator"]) or [item["comparator"]])
    return f"{column} in ({values})" if item["operator"] == "IN" else f"{column} {operator(item)} {values}"


def operator(item: dict[str, Any]) -> str:
    return {"==": "="}.get(item["operator"], item["operator"])


def literal(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool | int | float) else f"'{value}'"


def comparable(found: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Rows in an order that both engines share, numbers as floats."""
    plain = [tuple(map(plainly, row)) for row in found]
    return sorted(plain, key=lambda row: [str(round(v, 6)) if isinstance(v, float) else str(v) for v in row])


def plainly(value: Any) -> Any:
    """A number of any type as float; no time, which the emulator's answers turn into the epoch, as None."""
    if value == EPOCH:
        return None
    return float(value) if hasattr(value, "as_integer_ratio") else value


@pytest.mark.filterwarnings("ignore:Arrow output on a DB-API result")  # the emulator's own, about its DuckDB
@pytest.mark.parametrize("file", CHARTS, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_chart_asks_both_engines_the_same(file: Path, both_engines: BothEngines) -> None:
    sql = question(yaml.safe_load(file.read_text("utf-8")))
    ours, theirs = comparable(rows(both_engines.models, sql)), comparable(both_engines.snowflake.query(sql))
    assert len(ours) == len(theirs)
    for our, their in zip(ours, theirs, strict=True):
        for left, right in zip(our, their, strict=True):
            assert left == right or isclose(left, right, rel_tol=1e-6, abs_tol=1e-6)


@pytest.mark.filterwarnings("ignore:Arrow output on a DB-API result")
@pytest.mark.parametrize("name", ALERTS)
def test_alert_asks_both_engines_the_same(
    name: str, both_engines: BothEngines, simulated_days: dict[str, SimulatedDay]
) -> None:
    sql = pinned(ALERTS[name]["sql"], simulated_days["spring"].now)
    ((ours,),), ((theirs,),) = rows(both_engines.models, sql), both_engines.snowflake.query(sql)
    assert ours is not None
    assert float(ours) == float(theirs)
    rows(both_engines.models, ALERTS[name]["sql"])  # as it is where no now is pinned
    both_engines.snowflake.query(ALERTS[name]["sql"])
