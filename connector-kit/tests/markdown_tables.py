"""The tables of a page, for tests that hold a page to the code."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping


def tables(text: str) -> Iterator[list[Mapping[str, str]]]:
    """The tables of a Markdown text, a mapping from head to cell for each of their rows."""
    for block in re.findall(r"(?:^\|.*\n)+", text, re.M):
        head, _, *rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in block.splitlines()]
        yield [dict(zip(head, row, strict=True)) for row in rows]
