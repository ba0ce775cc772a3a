"""The DuckDB session: stages batches in memory, opens the database file only to commit them."""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import duckdb
import orjson

from destination_duckdb import sql
from destination_duckdb.catalog import Key, Stream
from destination_duckdb.config import Config
from destination_duckdb.errors import LockedError, UserError, first_line, from_duckdb_error, from_os_error
from destination_duckdb.spool import path_of

MEMORY_LIMIT = "1GB"  # beyond it DuckDB spills to the spool folder
FIRST_PAUSE, LONGEST_PAUSE = 0.02, 0.5  # seconds between two tries to open a locked file


class Warehouse:
    """One database file, opened for one transaction at a time.

    What doesn't need the file (reading JSON, casting, deduplicating) happens in an in-memory database, so
    that the file is held only for the upsert itself.
    """

    def __init__(
        self,
        config: Config,
        log: Callable[[str], None] = lambda message: None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._config, self._log, self._sleep, self._clock = config, log, sleep, clock
        self._session = duckdb.connect(":memory:")
        self._session.execute("SET TimeZone = 'UTC'")  # what carries no offset is UTC, wherever this runs
        self._session.execute(f"SET memory_limit = '{MEMORY_LIMIT}'")
        spill = config.spool / f"{config.path.name}.tmp-{os.getpid()}"  # DuckDB removes it again
        self._session.execute(f"SET temp_directory = {sql.text(str(spill))}")

    def close(self) -> None:
        self._session.close()

    # ---- the file -------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _file(self, read_only: bool = False) -> Iterator[None]:
        """Hold the file open; waits for it up to `lock_wait_seconds`."""
        self._attach_patiently(read_only)
        try:
            yield
        finally:
            self._session.execute(f"DETACH DATABASE IF EXISTS {sql.FILE}")

    def _attach_patiently(self, read_only: bool) -> None:
        limit, pause, told = self._clock() + self._config.lock_wait_seconds, FIRST_PAUSE, False
        while True:
            try:
                return self._attach(read_only)
            except LockedError as error:
                left = limit - self._clock()
                if left <= 0:
                    raise UserError(
                        f"{error}, and still was after {self._config.lock_wait_seconds:g} s. "
                        "Close what has it open and run the sync again, or raise `lock_wait_seconds`.",
                        "transient_error",
                        error.detail,
                    ) from error
                if not told:
                    self._log(f"{error}: waiting up to {self._config.lock_wait_seconds:g} s for it.")
                    told = True
                self._sleep(min(pause, left))
                pause = min(2 * pause, LONGEST_PAUSE)

    def _attach(self, read_only: bool) -> None:
        path = self._config.path
        option = " (READ_ONLY)" if read_only else ""
        try:
            self._session.execute(f"ATTACH {sql.text(str(path))} AS {sql.FILE}{option}")
        except duckdb.Error as error:
            raise from_duckdb_error(error, path) or UserError(
                f"Can't open {path}: {first_line(error)}", "config_error"
            ) from error

    def _create_file(self) -> None:
        """Make a missing file under another name first: killed half-way, DuckDB leaves what it can't open."""
        path = self._config.path
        for folder in (path.parent, self._config.spool):
            if not folder.is_dir():
                raise UserError(f"The folder {folder} does not exist: create it first.", "config_error")
        if path.exists():
            return
        new = path.with_name(f".{path.name}.new-{os.getpid()}")
        try:
            duckdb.connect(str(new)).close()
            with contextlib.suppress(FileExistsError):  # another process was first
                os.link(new, path)
        except OSError as error:
            raise from_os_error(error, path.parent) from error
        finally:
            new.unlink(missing_ok=True)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside is stored at once or not at all; errors about the file become UserErrors."""
        try:
            self._create_file()
            with self._file():
                self._session.execute("BEGIN")
                try:
                    yield
                    self._session.execute("COMMIT")
                except BaseException:
                    with contextlib.suppress(duckdb.Error):  # a failed COMMIT has rolled back already
                        self._session.execute("ROLLBACK")
                    raise
        except duckdb.Error as error:
            known = from_duckdb_error(error, self._config.path)
            if known is None:
                raise
            raise known from error

    # ---- verbs ----------------------------------------------------------------------------------

    def probe(self) -> None:
        """Write and drop a table: the file can be opened, is ours to write, and the disk has room."""
        with self.transaction():
            self._session.execute(f"CREATE SCHEMA IF NOT EXISTS {sql.FILE}.airbyte_internal")
            probe = f"{sql.FILE}.airbyte_internal.probe"
            self._session.execute(f"CREATE OR REPLACE TABLE {probe} AS SELECT range FROM range(1000)")
            self._session.execute(f"DROP TABLE {probe}")

    def prepare(self, streams: list[Stream]) -> None:
        """Create what is missing: schemas, empty tables, new columns, the table of saved states."""
        with self.transaction():
            self._session.execute(sql.CREATE_STATE_TABLE)
            for stream in streams:
                self._fit_table(stream, check_types=not stream.replace)

    def saved_states(self) -> list[Any]:
        """The saved AirbyteStateMessages of this configuration's schema, in a fixed order."""
        if not self._config.path.exists():
            return []
        with self._file(read_only=True):
            try:
                rows = self._session.execute(sql.READ_STATES, [self._config.schema]).fetchall()
            except duckdb.CatalogException:
                return []  # a file that no sync has written yet
        return [orjson.loads(row[0]) for row in rows]

    def stage(self, stream: Stream, file: BinaryIO) -> None:
        """Read, type, check and deduplicate a spool into the in-memory stage; the file stays untouched."""
        try:
            self._session.execute(sql.stage(stream, path_of(file)))
        except duckdb.Error as error:
            raise _stage_error(stream, file, error, self._config.spool) from error
        self._refuse_faults(stream)
        if stream.primary_key:
            self._session.execute(sql.deduplicate(stream))

    def _refuse_faults(self, stream: Stream) -> None:
        counts = self._session.execute(sql.faults(stream)).fetchall()[0]
        for field, count in zip(["", *sql.required(stream)], counts, strict=True):
            if not count:
                continue
            if not field:
                what = "without `data` or `emitted_at`"
            else:
                part = "key" if field in stream.primary_key else "cursor"
                what = f"without a valid `{field}`, which is its {part} field and may not be empty"
            raise UserError(f"Stream {stream.name}: {count} record(s) came {what}. Nothing of this batch is stored.")

    def store(self, stream: Stream) -> None:
        """Apply the stage to the table as the sync mode says; inside `transaction`."""
        if stream.replace:
            self._session.execute(f"DROP TABLE IF EXISTS {sql.table(stream)}")
        self._fit_table(stream)
        merge = stream.primary_key and not stream.replace
        self._session.execute(sql.merge(stream) if merge else sql.append(stream))

    def unstage(self, stream: Stream) -> None:
        self._session.execute(f"DROP TABLE IF EXISTS {sql.staged(stream)}")

    def save_states(self, states: dict[Key, Any]) -> None:
        """Keep the last state of each stream ('' names the source as a whole); inside `transaction`."""
        self._session.execute(sql.CREATE_STATE_TABLE)
        for (namespace, stream), state in states.items():
            text = orjson.dumps(state).decode()
            self._session.execute(sql.SAVE_STATE, [self._config.schema, namespace, stream, text])

    def _fit_table(self, stream: Stream, check_types: bool = True) -> None:
        """Create the table or add the columns it lacks; never changes a column's type."""
        self._session.execute(f"CREATE SCHEMA IF NOT EXISTS {sql.FILE}.{sql.name(stream.schema)}")
        self._session.execute(sql.create_table(stream))
        if not check_types:
            return
        existing = self._existing_columns(stream)
        for column, kind in sql.all_columns(stream).items():
            found = existing.get(column.lower())
            if found is None:
                self._session.execute(f"ALTER TABLE {sql.table(stream)} ADD COLUMN {sql.name(column)} {kind}")
            elif found != kind:
                raise UserError(
                    f"Stream {stream.name}: column {column} of table {stream.table} is {found}, "
                    f"the source now declares {kind}. Types are never changed in place: rename the table or "
                    "drop it, and sync anew.",
                    "config_error",
                )

    def _existing_columns(self, stream: Stream) -> dict[str, str]:
        rows = self._session.execute(
            "SELECT lower(column_name), data_type FROM duckdb_columns() WHERE database_name = ?"
            " AND lower(schema_name) = lower(?) AND lower(table_name) = lower(?)",
            [sql.FILE, stream.schema, stream.name],
        ).fetchall()
        return dict(rows)


def _stage_error(stream: Stream, file: BinaryIO, error: duckdb.Error, spool: Path) -> UserError:
    """Why a spool could not be read: a full disk, or the first line that isn't a record."""
    known = from_duckdb_error(error, spool / "spool")
    if known is not None and "full" in str(known):
        return known
    file.seek(0)
    for number, line in enumerate(file, start=1):
        if not _is_record(line):
            return UserError(
                f"Stream {stream.name}: record {number} of this batch is broken: {excerpt(line)} "
                "Nothing of this batch is stored.",
                detail=first_line(error),
            )
    reason = re.sub(r' in file "[^"]*"', "", first_line(error))
    return UserError(f"Stream {stream.name}: the records of this batch can't be read: {reason}", detail=reason)


def _is_record(line: bytes) -> bool:
    try:
        return isinstance(orjson.loads(line)["record"]["data"], dict)
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return False


def excerpt(line: bytes, length: int = 120) -> str:
    """The start of a line, printable, for an error message."""
    shown = line[:length].decode("utf-8", "backslashreplace").strip()
    return repr(shown + (" ..." if len(line) > length else ""))
