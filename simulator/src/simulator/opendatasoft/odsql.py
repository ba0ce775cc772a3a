"""The part of ODSQL that clients use: conditions, lists of fields, orders.

    date_heure >= '2026-03-31T22:00:00Z' and (consommation is not null or not code_insee_region in ("84", "11"))

A condition is a tree that is evaluated on whole columns; a comparison with null is false.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator import paris
from simulator.opendatasoft.errors import malformed
from simulator.opendatasoft.table import Column, Field, Span, compared, is_null
from simulator.paris import DAY

Bools = NDArray[np.bool_]
Fields = Mapping[str, Field]
Columns = Mapping[str, Column]

COMPARE: Mapping[str, Callable[[Any, Any], Any]] = {
    "=": np.equal,
    "!=": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}


@dataclass(frozen=True)
class Compare:
    """A field against a value, which has the kind of the column: a number, a text, a day number or UTC seconds."""

    field: Field
    operator: str
    value: Any

    def holds(self, columns: Columns) -> Bools:
        column = columns[self.field.name]
        given = ~is_null(column)
        if self.field.type == "text":
            column = compared(self.field, column)
        if column.dtype.kind == "O":
            column = np.where(given, column, "").astype(str)
        return np.asarray(COMPARE[self.operator](column, self.value) & given)


@dataclass(frozen=True)
class IsNull:
    """A field without a value."""

    field: Field

    def holds(self, columns: Columns) -> Bools:
        return is_null(columns[self.field.name])


@dataclass(frozen=True)
class Not:
    """The contrary."""

    part: Condition

    def holds(self, columns: Columns) -> Bools:
        return ~self.part.holds(columns)


@dataclass(frozen=True)
class Both:
    """All of several conditions (`every`), or one of them."""

    parts: Sequence[Condition]
    every: bool

    def holds(self, columns: Columns) -> Bools:
        join = np.logical_and if self.every else np.logical_or
        return np.asarray(join.reduce([part.holds(columns) for part in self.parts]))


Condition = Compare | IsNull | Not | Both


def names(condition: Condition) -> set[str]:
    """The fields that a condition looks at."""
    if isinstance(condition, Compare | IsNull):
        return {condition.field.name}
    if isinstance(condition, Not):
        return names(condition.part)
    return set().union(*map(names, condition.parts))


def span(condition: Condition) -> Span:
    """Instants outside which no row can hold, as far as comparisons with days and instants say."""
    if isinstance(condition, Both) and condition.every:
        spans = [span(part) for part in condition.parts]
        firsts = [one.first for one in spans if one.first is not None]
        lasts = [one.last for one in spans if one.last is not None]
        return Span(max(firsts, default=None), min(lasts, default=None))
    if not isinstance(condition, Compare) or condition.field.type not in ("date", "datetime"):
        return Span()
    at = int(condition.value) * (DAY if condition.field.type == "date" else 1)
    return Span(
        at if condition.operator in ("=", ">", ">=") else None,
        at + DAY if condition.operator in ("=", "<", "<=") else None,
    )


# --- values


def value(field: Field, written: str | float | datetime, zone: tzinfo, clause: str) -> Any:
    """What a literal is to a field. Raises Refused."""
    try:
        if field.type in ("int", "double"):
            return float(written)  # type: ignore[arg-type]
        if field.type in ("date", "datetime"):
            moment = written if isinstance(written, datetime) else _moment(str(written), zone)
            return paris.day_number(moment.date()) if field.type == "date" else int(moment.timestamp())
    except (TypeError, ValueError):
        raise malformed(f"Invalid value for field {field.name}: {written}", clause) from None
    return f"{written:g}" if isinstance(written, float) else str(written)


def _moment(text: str, zone: tzinfo) -> datetime:
    text = text.replace("/", "-")
    if re.fullmatch(r"\d{4}(-\d{2})?", text):
        text = (text + "-01-01")[:10]
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


# --- the parser

_TOKEN = re.compile(
    r"""\s*(?:(?P<date>date'[^']*'|date"[^"]*")|(?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
    r"""|(?P<number>-?\d+(?:\.\d+)?)|(?P<operator><=|>=|!=|<>|=|<|>)|(?P<mark>[(),*])|(?P<word>[A-Za-z_]\w*|`[^`]+`))"""
)
_ESCAPED = re.compile(r"\\(.)")
UNITS = ("weeks", "days", "hours", "minutes", "seconds")


@dataclass(frozen=True)
class Token:
    kind: str
    text: str


def _tokens(text: str, clause: str) -> Iterator[Token]:
    at = 0
    text = text.rstrip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None or found.lastgroup is None:
            raise malformed(f"Syntax error near {text[at : at + 20].strip()!r}", clause)
        yield Token(found.lastgroup, found[found.lastgroup])
        at = found.end()


class Parser:
    """One clause. `fields` are those of the data set, `now` in UTC seconds; moments without offset are in `zone`."""

    def __init__(self, text: str, clause: str, fields: Fields, now: int, zone: tzinfo = UTC) -> None:
        self._clause, self._fields, self._now, self._zone = clause, fields, now, zone
        self._tokens = [*_tokens(text, clause), Token("end", "")]

    def condition(self) -> Condition:
        """The whole clause as a condition. Raises Refused."""
        found = self._either()
        self._expect("end", "")
        return found

    def orders(self) -> list[tuple[Field, bool]]:
        """Fields and whether they descend. Raises Refused."""
        found = []
        for field in self._listed(lambda: self._field()):
            found.append((field, self._word("desc")))
            self._word("asc")
        return found

    def _listed(self, part: Callable[[], Any]) -> Iterator[Any]:
        yield part()
        while self._next_is("mark", ","):
            self._take()
            yield part()
        self._expect("end", "")

    def selected(self) -> dict[str, Field]:
        """Name in the answer -> field. Raises Refused."""
        chosen: dict[str, Field] = {}
        for field in self._listed(lambda: None if self._star() else self._field()):
            if field is None:
                chosen |= self._fields
            else:
                chosen[self._take().text if self._word("as") else field.name] = field
        return chosen

    def _star(self) -> bool:
        if self._next_is("mark", "*"):
            self._take()
            return True
        return False

    def _either(self) -> Condition:
        parts = [self._all()]
        while self._word("or"):
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else Both(parts, every=False)

    def _all(self) -> Condition:
        parts = [self._one()]
        while self._word("and"):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else Both(parts, every=True)

    def _one(self) -> Condition:
        if self._word("not"):
            return Not(self._one())
        if self._next_is("mark", "("):
            self._take()
            inside = self._either()
            self._expect("mark", ")")
            return inside
        return self._about(self._field())

    def _about(self, field: Field) -> Condition:
        if self._word("is"):
            negated = self._word("not")
            if not self._word("null"):
                raise self._unexpected()
            return Not(IsNull(field)) if negated else IsNull(field)
        negated = self._word("not")
        if self._word("in"):
            self._expect("mark", "(")
            parts: list[Condition] = [Compare(field, "=", self._literal(field))]
            while self._next_is("mark", ","):
                self._take()
                parts.append(Compare(field, "=", self._literal(field)))
            self._expect("mark", ")")
            return Not(Both(parts, every=False)) if negated else Both(parts, every=False)
        if negated or self._tokens[0].kind != "operator":
            raise self._unexpected()
        operator = self._take().text.replace("<>", "!=")
        return Compare(field, operator, self._literal(field))

    def _field(self) -> Field:
        token = self._take("word")
        name = token.text.strip("`")
        if name not in self._fields:
            raise malformed(f"Unknown field: {name}", self._clause)
        return self._fields[name]

    def _literal(self, field: Field) -> Any:
        token = self._take()
        written: str | float | datetime
        if token.kind == "text":
            written = _ESCAPED.sub(r"\1", token.text[1:-1])
        elif token.kind == "date":
            written = token.text[5:-1]
        elif token.kind == "number":
            written = float(token.text)
        elif token == Token("word", "now"):
            written = self._now_and()
        else:
            raise malformed(f"Unexpected {token.text!r}", self._clause)
        return value(field, written, self._zone, self._clause)

    def _now_and(self) -> datetime:
        """`now()` or `now(days=-1)`."""
        self._expect("mark", "(")
        moment = datetime.fromtimestamp(self._now, self._zone)
        while not self._next_is("mark", ")"):
            unit = self._take("word").text
            self._expect("operator", "=")
            if unit not in UNITS:
                raise malformed(f"Unknown argument: {unit}", self._clause)
            moment += timedelta(**{unit: float(self._take("number").text)})
            if self._next_is("mark", ","):
                self._take()
        self._expect("mark", ")")
        return moment

    def _take(self, kind: str = "") -> Token:
        token = self._tokens[0]
        if token.kind == "end" or (kind and token.kind != kind):
            raise self._unexpected()
        return self._tokens.pop(0)

    def _next_is(self, kind: str, text: str) -> bool:
        return self._tokens[0] == Token(kind, text)

    def _word(self, text: str) -> bool:
        """Take a keyword, if it comes next."""
        token = self._tokens[0]
        if token.kind == "word" and token.text.lower() == text:
            self._tokens.pop(0)
            return True
        return False

    def _expect(self, kind: str, text: str) -> None:
        if not self._next_is(kind, text):
            raise self._unexpected()
        if kind != "end":
            self._tokens.pop(0)

    def _unexpected(self) -> Exception:
        token = self._tokens[0]
        return malformed("Unexpected end" if token.kind == "end" else f"Unexpected {token.text!r}", self._clause)
