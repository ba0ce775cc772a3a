"""Where the records of one stream wait, unparsed, for their commit."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from pathlib import Path
from typing import BinaryIO

from destination_duckdb.errors import from_os_error


class Spool:
    """A temporary file without a name: nobody else can read it, and it is gone however the process ends.

    `mark` says that the source has confirmed what was written so far (a STATE); `take` hands over the
    marked part and keeps the rest for the next batch.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = self._new_file()
        self.records = 0  # in the file
        self.marked = 0  # of these, confirmed
        self._size = 0
        self._marked_size = 0

    def _new_file(self) -> BinaryIO:
        try:
            return tempfile.TemporaryFile(dir=self._folder, prefix=".spool-", buffering=1 << 18)  # type: ignore[return-value]
        except OSError as error:
            raise from_os_error(error, self._folder) from error

    def write(self, lines: bytes | memoryview, records: int) -> None:
        """Append whole lines, each with its line feed."""
        try:
            self._file.write(lines)
        except OSError as error:
            raise from_os_error(error, self._folder) from error
        self._size += len(lines)
        self.records += records

    def mark(self) -> None:
        self.marked, self._marked_size = self.records, self._size

    def take(self) -> BinaryIO:
        """The marked part as a file cut to it; the rest becomes this spool's content."""
        taken, records, size = self._file, self.records - self.marked, self._size - self._marked_size
        try:
            taken.flush()
            self._file = self._new_file()
            if size:
                taken.seek(self._marked_size)
                shutil.copyfileobj(taken, self._file)
                taken.truncate(self._marked_size)
        except OSError as error:
            raise from_os_error(error, self._folder) from error
        self.records, self._size = records, size
        self.marked = self._marked_size = 0
        return taken

    def close(self) -> None:
        with contextlib.suppress(OSError):  # a full disk has been reported already
            self._file.close()


def path_of(file: BinaryIO) -> str:
    """A path under which this process, and no other, can open a nameless file again."""
    return f"/dev/fd/{file.fileno()}"
