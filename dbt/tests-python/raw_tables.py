"""Raw tables in the layout of Airbyte's destinations, in DuckDB and in (emulated) Snowflake, and rows put into them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from raw_rows import Raw, Row

PERIOD = {
    "start_date": "instant",
    "end_date": "instant",
    "start_date_local": "text",
    "end_date_local": "text",
    "updated_date": "instant",
}
WEATHER = {
    "point_id": "text",
    "region_code": "text",
    "region_weight": "number",
    "time": "instant",
    "temperature_2m": "number",
    "wind_speed_10m": "number",
    "wind_speed_100m": "number",
    "shortwave_radiation": "number",
    "cloud_cover": "number",
    "precipitation": "number",
    "snowfall": "number",
    "fetched_at": "instant",
}
META = {
    "_airbyte_raw_id": "text",
    "_airbyte_extracted_at": "instant",
    "_airbyte_meta": "json",
    "_airbyte_generation_id": "integer",
}
TABLES = {
    "raw_rte.consumption_short_term": {"type": "text", **PERIOD, "value": "number"},
    "raw_rte.actual_generations_per_production_type": {"production_type": "text", **PERIOD, "value": "number"},
    "raw_rte.generation_forecasts": {
        "production_type": "text",
        "type": "text",
        "sub_type": "text",
        **PERIOD,
        "value": "number",
        "load_factor": "number",
    },
    "raw_rte.physical_flows": {
        "sender_country_eic_code": "text",
        "sender_country_name": "text",
        "receiver_country_eic_code": "text",
        "receiver_country_name": "text",
        **PERIOD,
        "value": "number",
    },
    "raw_rte.france_power_exchanges": {**PERIOD, "value": "number", "price": "number"},
    "raw_weather.archive_hourly": WEATHER,
    "raw_weather.forecast_hourly": WEATHER,
}
KEYS = {
    "raw_rte.consumption_short_term": ("type", "start_date", "start_date_local"),
    "raw_rte.actual_generations_per_production_type": ("production_type", "start_date"),
    "raw_weather.archive_hourly": ("point_id", "time"),
}
INSTANT = "%Y-%m-%d %H:%M:%S+00:00"
DUCKDB_TYPES = {
    "text": "VARCHAR",
    "instant": "TIMESTAMPTZ",
    "number": "DOUBLE",
    "integer": "BIGINT",
    "json": "JSON",
}
SNOWFLAKE_TYPES = {
    "text": "VARCHAR",
    "instant": "TIMESTAMP_TZ",
    "number": "FLOAT",
    "integer": "NUMBER",
    "json": "VARIANT",
}


def create_statements(types: dict[str, str], quote_upper: bool) -> Iterator[str]:
    def name(text: str) -> str:
        return f'"{text.upper()}"' if quote_upper else text

    for schema in dict.fromkeys(table.split(".")[0] for table in TABLES):
        yield f"create schema {name(schema)}"
    for table, columns in TABLES.items():
        schema, short = table.split(".")
        listed = ", ".join(f"{name(column)} {types[kind]}" for column, kind in {**META, **columns}.items())
        yield f"create table {name(schema)}.{name(short)} ({listed})"


def delete_statements(raw: Raw) -> Iterator[str]:
    """Rows of the same natural key make room for the later ones, as the destinations' upsert does."""
    for table, rows in raw.items():
        for row in rows:
            yield f"delete from {table} where " + " and ".join(f"{key} = {literal(row[key])}" for key in KEYS[table])


def literal(value: Any) -> str:
    if isinstance(value, datetime):
        return f"cast('{value.strftime(INSTANT)}' as timestamptz)"
    return f"'{value}'"


def columns_of(table: str) -> dict[str, str]:
    return {**META, **TABLES[table]}


def complete(row: Row) -> Row:
    return {"_airbyte_meta": {"changes": []}, "_airbyte_generation_id": 0, **row}


def as_json(rows: list[Row]) -> str:
    """The rows as one JSON array, instants as text with their offset."""
    return json.dumps([complete(row) for row in rows], default=lambda instant: instant.strftime(INSTANT))
