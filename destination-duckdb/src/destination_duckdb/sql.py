"""The SQL of the destination, as text made from a stream (no I/O here).

Records are read as text and cast afterwards: one path for good and bad values, as fast as a typed read
(measured, see the README), in which a value that doesn't fit is seen and named instead of failing the file.
"""

from __future__ import annotations

import orjson

from destination_duckdb.catalog import META_COLUMNS, Stream

FILE = "target"  # the attached database file

STATE_TABLE = f"{FILE}.airbyte_internal.saved_states"
CREATE_STATE_TABLE = f"""
    CREATE SCHEMA IF NOT EXISTS {FILE}.airbyte_internal;
    CREATE TABLE IF NOT EXISTS {STATE_TABLE} (
        schema_name VARCHAR,      -- `schema` of the configuration that saved it
        stream_namespace VARCHAR, -- '' for a stream without one
        stream_name VARCHAR,      -- '' for a state of the whole source
        state JSON NOT NULL,      -- AirbyteStateMessage
        saved_at TIMESTAMPTZ NOT NULL,
        PRIMARY KEY (schema_name, stream_namespace, stream_name)
    )"""
SAVE_STATE = f"INSERT OR REPLACE INTO {STATE_TABLE} VALUES (?, ?, ?, ?, now())"
READ_STATES = f"SELECT state FROM {STATE_TABLE} WHERE schema_name = ? ORDER BY stream_namespace, stream_name"

# What a text must look like beyond being castable, where DuckDB's cast is more generous than the type:
# it rounds 12.7 to 13, cuts the time off a date, and reads "infinity" and "epoch" as instants.
_CASTS = {
    "VARCHAR": "{t}",
    "JSON": "{t}",
    "DOUBLE": "CASE WHEN isfinite(TRY_CAST({t} AS DOUBLE)) THEN TRY_CAST({t} AS DOUBLE) END",
    "BIGINT": "CASE WHEN TRY_CAST({t} AS DOUBLE) = TRY_CAST({t} AS BIGINT) THEN TRY_CAST({t} AS BIGINT) END",
    "BOOLEAN": "CASE WHEN lower({t}) IN ('true', 'false') THEN TRY_CAST({t} AS BOOLEAN) END",
    "DATE": r"CASE WHEN regexp_full_match({t}, '\d{{4}}-\d{{2}}-\d{{2}}') THEN TRY_CAST({t} AS DATE) END",
    "TIMESTAMP": "CASE WHEN {t} BETWEEN '0' AND ':' THEN TRY_CAST({t} AS TIMESTAMP) END",
    "TIMESTAMP WITH TIME ZONE": "CASE WHEN {t} BETWEEN '0' AND ':' THEN TRY_CAST({t} AS TIMESTAMPTZ) END",
    "TIME": r"CASE WHEN regexp_full_match({t}, '\d{{2}}:\d{{2}}(:\d{{2}}(\.\d+)?)?(Z|\+00:00)?')"
    " THEN TRY_CAST({t} AS TIME) END",
}


def name(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def table(stream: Stream) -> str:
    return f"{FILE}.{name(stream.schema)}.{name(stream.name)}"


def staged(stream: Stream) -> str:
    """The in-memory table in which a batch of the stream is made ready."""
    return f"memory.main.{name(stream.table)}"


def all_columns(stream: Stream) -> dict[str, str]:
    return {**META_COLUMNS, **stream.columns}


def create_table(stream: Stream) -> str:
    columns = [f"{name(c)} {t}{' NOT NULL' if c in _NOT_NULL else ''}" for c, t in all_columns(stream).items()]
    return f"CREATE TABLE IF NOT EXISTS {table(stream)} ({', '.join(columns)})"


_NOT_NULL = ("_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta")


def stage(stream: Stream, spool: str) -> str:
    """Read a spool of RECORD lines into its stage: typed columns in input order (rowid).

    Shape: the table's columns. A value that doesn't fit is NULL and named in _airbyte_meta; a line without
    data or emitted_at has a NULL _airbyte_extracted_at, which `faults` counts.
    """
    fields = [*stream.columns.items()]
    texts = [f"record.data.{name(field)} AS t{i}" for i, (field, _) in enumerate(fields)]
    casts = [f"{_CASTS[kind].format(t=f't{i}')} AS c{i}" for i, (_, kind) in enumerate(fields)]
    columns = [f"c{i} AS {name(field)}" for i, (field, _) in enumerate(fields)]
    kept = [f"t{i}" for i, (_, kind) in enumerate(fields) if kind not in ("VARCHAR", "JSON")]
    outer = ", ".join(
        [
            "uuid()::VARCHAR AS _airbyte_raw_id",
            "CASE WHEN has_data THEN make_timestamptz(emitted_at * 1000) END AS _airbyte_extracted_at",
            f"{_meta(stream)} AS _airbyte_meta",
            f"{stream.generation_id}::BIGINT AS _airbyte_generation_id",
            *columns,
        ]
    )
    return f"""
        CREATE OR REPLACE TABLE {staged(stream)} AS SELECT {outer}
        FROM (SELECT {", ".join(["has_data", "emitted_at", "changes", *kept, *casts])}
        FROM (SELECT {", ".join([*_ENVELOPE, *texts])}
        FROM read_json({text(spool)}, format = 'newline_delimited', compression = 'uncompressed',
                       columns = {{record: {text(_record_type(stream))}}})))"""


_ENVELOPE = ("record.data IS NOT NULL AS has_data", "record.emitted_at", "record.meta.changes")


def _record_type(stream: Stream) -> str:
    kinds = {field: "JSON" if kind == "JSON" else "VARCHAR" for field, kind in stream.columns.items()}
    fields = ", ".join(f"{name(field)} {kind}" for field, kind in kinds.items())
    data = f"STRUCT({fields})" if fields else "JSON"
    return f"STRUCT(data {data}, emitted_at BIGINT, meta STRUCT(changes JSON[]))"


def _meta(stream: Stream) -> str:
    """_airbyte_meta: the changes the source reports, then the values nulled here."""
    start = f'{{"sync_id":{stream.sync_id},"changes":['
    fields = [(i, f) for i, (f, kind) in enumerate(stream.columns.items()) if kind not in ("VARCHAR", "JSON")]
    lost = [f"(t{i} IS NOT NULL AND c{i} IS NULL)" for i, _ in fields]
    named = [f"CASE WHEN {test} THEN {text(_change(f))} END" for test, (_, f) in zip(lost, fields, strict=True)]
    parts = ", ".join(["array_to_string(changes, ',')", *named])
    return (
        f"(CASE WHEN {' OR '.join(['len(changes) > 0', *lost])} "
        f"THEN {text(start)} || concat_ws(',', {parts}) || ']}}' ELSE {text(start + ']}')} END)::JSON"
    )


def _change(field: str) -> str:
    change = {"field": field, "change": "NULLED", "reason": "DESTINATION_TYPECAST_ERROR"}
    return orjson.dumps(change).decode()


def faults(stream: Stream) -> str:
    """One row of counts: records without data or emitted_at, then NULLs in each key part and the cursor."""
    columns = ["_airbyte_extracted_at", *required(stream)]
    return f"SELECT {', '.join(f'count(*) - count({name(c)})' for c in columns)} FROM {staged(stream)}"


def required(stream: Stream) -> list[str]:
    """The fields of a deduplicated stream that may not be empty, once each."""
    return [*dict.fromkeys([*stream.primary_key, *([stream.cursor] if stream.cursor else [])])]


def deduplicate(stream: Stream) -> str:
    """Leave in the stage, for each key, the newest: by cursor, then extraction, then place in the input."""
    keys = ", ".join(name(field) for field in stream.primary_key)
    cursor = f"{name(stream.cursor)} DESC NULLS LAST, " if stream.cursor else ""
    return f"""
        DELETE FROM {staged(stream)} WHERE rowid IN (SELECT rowid FROM (
            SELECT rowid, row_number() OVER (
                PARTITION BY {keys} ORDER BY {cursor}_airbyte_extracted_at DESC, rowid DESC) AS place
            FROM {staged(stream)}) WHERE place > 1)"""


def append(stream: Stream) -> str:
    columns = ", ".join(name(c) for c in all_columns(stream))
    return f"INSERT INTO {table(stream)} ({columns}) SELECT {columns} FROM {staged(stream)}"


def merge(stream: Stream) -> str:
    """Upsert the stage by key; an older record never overwrites a newer one."""
    columns = [name(c) for c in all_columns(stream)]
    keys = " AND ".join(f"old.{name(k)} = new.{name(k)}" for k in stream.primary_key)
    newer = "new._airbyte_extracted_at >= old._airbyte_extracted_at"
    if stream.cursor:
        old, new = f"old.{name(stream.cursor)}", f"new.{name(stream.cursor)}"
        newer = f"({old} IS NULL OR {new} > {old} OR ({new} = {old} AND {newer}))"
    assignments = ", ".join(f"{c} = new.{c}" for c in columns)
    values = ", ".join(f"new.{c}" for c in columns)
    return f"""
        MERGE INTO {table(stream)} AS old USING {staged(stream)} AS new ON {keys}
        WHEN MATCHED AND {newer} THEN UPDATE SET {assignments}
        WHEN NOT MATCHED THEN INSERT ({", ".join(columns)}) VALUES ({values})"""
