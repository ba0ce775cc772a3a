"""A small portal on loopback: data sets in memory, conditions, sorting, pages, exports, and what goes wrong."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import orjson

Row = dict[str, Any]
Headers = dict[str, str]
Reply = tuple[int, bytes, Headers]

BASE = "/api/explore/v2.1/catalog/datasets/"
CONDITION = re.compile(
    r"`?(?P<name>[\w ]+?)`? (?:(?P<op>>=|<=|=|<|>) (?:date)?'(?P<bound>[^']*)'|(?P<null>is (?:not )?null))", re.I
)
COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    ">=": lambda a, b: a >= b,
    "<=": lambda a, b: a <= b,
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "=": lambda a, b: a == b,
}


@dataclass
class Held:
    """A data set as the portal holds it."""

    rows: list[Row]
    types: dict[str, str]
    processed: str = "2026-01-01T00:00:00+00:00"
    document: dict[str, Any] = field(default_factory=dict)

    def described(self, dataset: str) -> dict[str, Any]:
        """The portal's description."""
        fields = [
            {"name": name, "label": name, "description": None, "type": type_, "annotations": {}}
            for name, type_ in self.types.items()
        ]
        metas = {"default": {"title": dataset, "records_count": len(self.rows), "data_processed": self.processed}}
        return {"dataset_id": dataset, "has_records": True, "fields": fields, "metas": metas, **self.document}

    def matching(self, where: str) -> list[Row]:
        """The rows that meet a condition. Raises ValueError where it names an unknown field or can't be read."""
        tests = [self._test(part) for part in re.split(r"\s+and\s+", where, flags=re.I)] if where else []
        return [row for row in self.rows if all(test(row) for test in tests)]

    def _test(self, part: str) -> Callable[[Row], bool]:
        read = CONDITION.fullmatch(part.strip())
        if not read or read["name"] not in self.types:
            raise ValueError(f"Unknown field or clause: {part}")
        name, by_time = read["name"], self.types[read["name"]] == "datetime"
        if read["null"]:
            wanted = "not" not in read["null"].lower()
            return lambda row: (row.get(name) is None) == wanted
        bound, compare = (_at(read["bound"]) if by_time else read["bound"]), COMPARE[read["op"]]
        return lambda row: row.get(name) is not None and compare(_at(row[name]) if by_time else row[name], bound)


@dataclass
class Call:
    """What the portal was asked: the data set, the kind of answer, the parameters, the headers."""

    dataset: str
    kind: str
    params: dict[str, str]
    authorization: str | None


@dataclass
class PortalDouble:
    """The data sets by identity; ``before`` may answer a call in the portal's place."""

    held: dict[str, Held]
    url: str = ""
    calls: list[Call] = field(default_factory=list)
    before: Callable[[Call], Reply | None] = lambda call: None
    headers: Headers = field(default_factory=dict)
    after: Callable[[Call], None] = lambda call: None

    def kinds(self) -> list[str]:
        return [call.kind for call in self.calls]

    def answer(self, path: str, query: str, authorization: str | None) -> Reply:
        if not path.startswith(BASE):
            return 404, b"", {}
        dataset, _, kind = unquote(path.removeprefix(BASE)).partition("/")
        params = {name: values[0] for name, values in parse_qs(query).items()}
        call = Call(dataset, kind or "description", params, authorization)
        self.calls.append(call)
        try:
            return self.before(call) or self._answer(call)
        finally:
            self.after(call)

    def _answer(self, call: Call) -> Reply:
        held = self.held.get(call.dataset)
        if held is None:
            return error(404, "NotFoundResource", f"The requested dataset {call.dataset} does not exist.")
        if call.kind == "description":
            return 200, orjson.dumps(held.described(call.dataset)), self.headers
        try:
            rows = held.matching(call.params.get("where", ""))
            rows = _sorted(rows, call.params.get("order_by", ""), held)
        except ValueError as problem:
            return error(400, "ODSQLError", f"ODSQL query is malformed: {problem}")
        if call.kind == "exports/jsonl":
            shuffled = rows[1::2] + rows[::2]  # exports come in no order
            return 200, b"".join([orjson.dumps(row) + b"\n" for row in shuffled]), self.headers
        limit, offset = int(call.params.get("limit", 10)), int(call.params.get("offset", 0))
        if not -1 <= limit <= 100 or limit + offset > 10_000:
            return error(400, "InvalidRESTParameterError", f"Invalid value for limit API parameter: {limit}")
        body = {"total_count": len(rows), "results": rows[offset : offset + limit]}
        return 200, orjson.dumps(body), self.headers


def error(status: int, code: str, message: str) -> Reply:
    return status, orjson.dumps({"error_code": code, "message": message}), {}


def _sorted(rows: list[Row], order: str, held: Held) -> list[Row]:
    names = [name.strip().removesuffix(" asc").strip("`") for name in order.split(",")] if order else []
    if unknown := [name for name in names if name not in held.types]:
        raise ValueError(f"Unknown field: {unknown[0]}. Clause(s) containing the error(s): order_by.")
    return sorted(rows, key=lambda row: [(row.get(name) is not None, row.get(name) or 0) for name in names])


@lru_cache(maxsize=1 << 16)
def _at(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def types_of(rows: Sequence[Row]) -> dict[str, str]:
    """Types of a portal that fit the rows: that of a field's first value, text where it has none."""
    found = {name: "text" for row in rows[:1] for name in row}
    unknown = set(found)
    for row in rows:
        for name in [name for name in unknown if row.get(name) is not None]:
            found[name] = _type_of(name, row[name])
            unknown.discard(name)
        if not unknown:
            break
    return found


def _type_of(name: str, value: Any) -> str:
    if name in ("date", "date_heure"):
        return {"date": "date", "date_heure": "datetime"}[name]
    if isinstance(value, Mapping):
        return "geo_point_2d" if "lon" in value else "geo_shape"
    return {int: "int", float: "double", bool: "boolean"}.get(type(value), "text")


@contextmanager
def portal_double(**held: Held | list[Row]) -> Iterator[PortalDouble]:
    """A running portal; of data sets given as rows the types are guessed. ``_`` in a name stands for ``-``."""
    sets = {
        name.replace("_", "-"): kept if isinstance(kept, Held) else Held(kept, types_of(kept))
        for name, kept in held.items()
    }
    portal = PortalDouble(sets)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            split = urlsplit(self.path)
            status, body, headers = portal.answer(split.path, split.query, self.headers.get("Authorization"))
            self.send_response(status)
            length = headers.pop("Claimed-Length", str(len(body))) if headers else str(len(body))
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", length)
            self.end_headers()
            self.wfile.write(body)
            self.close_connection = self.close_connection or length != str(len(body))

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    portal.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield portal
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
