"""How a portal is called: addresses, errors, quotas, pages and exports."""

from __future__ import annotations

import contextlib
import logging
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import IO, Any
from urllib.parse import quote

import orjson
import requests
from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.streams.http.error_handlers import ResponseAction
from connector_kit import clock
from connector_kit.budget import shared_budget
from connector_kit.http import PIECE_BYTES, Answer, ApiClient, EmptyAnswer, QuotaUsedUp, Refusal
from connector_kit.instants import utc_text
from connector_kit.policy import COMMON_POLICY, Policy, Rule

from source_opendatasoft.odsql import name_of

logger = logging.getLogger("airbyte")

DEFAULT_CALLS_PER_SECOND = 5
# A portal answers up to a hundred rows a call; beyond two pages an export takes fewer calls.
PAGE_ROWS = 100
FEW_ROWS = 200
# Calls left to others who share the quota; of a small quota a hundredth.
KEPT_CALLS = 5
LONGEST_WAIT_FOR_QUOTA = 120.0
KEPT_IN_MEMORY = 8 << 20
LINES_A_PAGE = 5_000
TROUBLE_SHOWN = 200

Row = Mapping[str, Any]

POLICY: Policy = {
    **COMMON_POLICY,
    400: Rule(
        ResponseAction.FAIL,
        "The portal does not take the question: look for a newer connector, or check cursor and key under 'datasets'.",
        FailureType.system_error,
    ),
    401: Rule(
        ResponseAction.FAIL,
        "The portal wants an API key, or refuses this one: check api_key.",
        FailureType.config_error,
    ),
    403: Rule(
        ResponseAction.FAIL,
        "The portal does not show this data set to you: give an api_key that may see it, or take it out.",
        FailureType.config_error,
    ),
    404: Rule(
        ResponseAction.FAIL,
        "The portal has no such data set: it may have been renamed or withdrawn.",
        FailureType.config_error,
    ),
    413: Rule(
        ResponseAction.FAIL,
        "The portal finds the question too large: look for a newer connector.",
        FailureType.system_error,
    ),
    429: replace(
        COMMON_POLICY[429],
        advice="The portal's quota of calls is used up: the next sync goes on. An api_key often gives a larger one.",
    ),
}


@dataclass(frozen=True)
class Rows:
    """Rows that were read, in memory or in a file of lines, and how many there are."""

    count: int
    listed: Sequence[Row] = ()
    spooled: IO[bytes] | None = None

    def pages(self) -> Iterator[Sequence[Row]]:
        """The rows in pages; once, as the file is given up behind them."""
        if self.spooled is None:
            if self.listed:
                yield self.listed
            return
        with self.spooled as lines:
            lines.seek(0)
            page: list[Row] = []
            for line in lines:
                page.append(orjson.loads(line))
                if len(page) == LINES_A_PAGE:
                    yield page
                    page = []
            if page:
                yield page

    def close(self) -> None:
        """Gives up a file that is not read."""
        if self.spooled is not None:
            self.spooled.close()

    def __del__(self) -> None:
        # What was fetched ahead is dropped where a window before it failed.
        self.close()


class Portal:
    """The data sets of one Opendatasoft portal. Threads may share it."""

    def __init__(
        self,
        domain: str,
        api_key: str = "",
        options: Mapping[str, Any] | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """``options``: base_url (instead of ``https://domain``), calls_per_second."""
        options = options or {}
        base_url = str(options.get("base_url") or f"https://{domain}").rstrip("/")
        calls = int(options.get("calls_per_second") or DEFAULT_CALLS_PER_SECOND)
        self.domain = domain
        self.sleep = sleep
        self._headers = {"Authorization": f"Apikey {api_key}"} if api_key else {}
        self._client = ApiClient(
            f"{base_url}/api/explore/v2.1/catalog/datasets",
            POLICY,
            budget=shared_budget(base_url, {timedelta(seconds=1): calls}),
            describe=lambda path: f"{domain}, data set {path.partition('/')[0]}",
            asked_wait=asked_wait,
            sleep=sleep,
        )
        self._documents: dict[str, Mapping[str, Any]] = {}
        self._closed: dict[str, QuotaUsedUp] = {}

    def document(self, dataset: str, attempts: int | None = None) -> Mapping[str, Any]:
        """The portal's description of a data set: ``fields[]``, ``metas``; asked for once.

        Raises Refusal (404 where there is none) or QuotaUsedUp.
        """
        if dataset not in self._documents:
            answer = self._call(dataset, "", {}, attempts=attempts)
            if not isinstance(answer.body, Mapping):
                raise _malformed(self.domain, dataset)
            self._documents[dataset] = answer.body
        return self._documents[dataset]

    def page(
        self, dataset: str, where: str = "", *, order: Sequence[str] = (), limit: int = PAGE_ROWS, offset: int = 0
    ) -> tuple[int, list[Row]]:
        """How many rows there are, and ``limit`` of them from ``offset`` on, sorted by ``order``."""
        asked = {
            **({"where": where} if where else {}),
            **({"order_by": ",".join(map(name_of, order))} if order else {}),
            "limit": str(limit),
            **({"offset": str(offset)} if offset else {}),
        }
        body = self._call(dataset, "/records", asked).body
        try:
            return int(body["total_count"]), list(body["results"])
        except (KeyError, TypeError, ValueError) as problem:
            raise _malformed(self.domain, dataset) from problem

    def count(self, dataset: str, where: str = "") -> int:
        """How many rows there are."""
        return self.page(dataset, where, limit=1)[0]

    def rows(self, dataset: str, where: str, order: Sequence[str]) -> tuple[int, Rows]:
        """All rows of ``where``, and how many the portal says there are: it may be refreshing the data set meanwhile.

        A few come in pages, sorted so that none is lost between two; more as an export, which has no limit.
        """
        total, first = self.page(dataset, where, order=order)
        if total <= len(first):
            return total, Rows(len(first), first)
        if total > FEW_ROWS or not order:
            rows = self._export(dataset, where)
            if rows.count != total:
                total = self.count(dataset, where)
            return total, rows
        listed = list(first)
        while len(listed) < total:
            total, following = self.page(dataset, where, order=order, offset=len(listed))
            if not following:
                break
            listed += following
        if len(listed) == total and len({tuple(row.get(name) for name in order) for row in listed}) < total:
            return total, self._export(dataset, where)  # rows moved between two pages, so that one came twice
        return total, Rows(len(listed), listed)

    def _export(self, dataset: str, where: str) -> Rows:
        asked = {"where": where} if where else {}
        rows: Rows = self._call(dataset, "/exports/jsonl", asked, read=spool).body
        return rows

    def _call(self, dataset: str, path: str, params: Mapping[str, str], **options: Any) -> Answer:
        for closed in ("", dataset):
            if closed in self._closed:
                raise self._closed[closed]
        try:
            answer = self._client.call(
                f"{quote(dataset, safe='@')}{path}",
                params,
                headers=self._headers,
                longest_wait=LONGEST_WAIT_FOR_QUOTA,
                **options,
            )
        except EmptyAnswer as empty:
            raise _malformed(self.domain, dataset) from empty
        except QuotaUsedUp as used_up:
            # Whose it is, the portal's or the data set's, the answer doesn't say: the other data sets need not ask.
            self._closed[""] = used_up
            raise
        for scope, prefix in (("", "X-RateLimit-"), (dataset, "X-RateLimit-dataset-")):
            if nearly := self._running_out(answer.headers, prefix, dataset):
                self._closed[scope] = nearly
        return answer

    def _running_out(self, headers: Mapping[str, str], prefix: str, dataset: str) -> QuotaUsedUp | None:
        """What to raise before the next call, where too few calls are left until a reset that is far."""
        limit, left = (_whole(headers.get(f"{prefix}{name}")) for name in ("Limit", "Remaining"))
        if left is None or left > min(KEPT_CALLS, (limit or 0) / 100):
            return None
        reset = reset_time(headers.get(f"{prefix}Reset"))
        if reset and reset - clock.now() <= timedelta(seconds=LONGEST_WAIT_FOR_QUOTA):
            return None  # the portal will say 429, and be waited for
        until = f" until {utc_text(reset)}" if reset else ""
        return QuotaUsedUp(
            message=f"{self.domain}, data set {dataset}: {left} of {limit or 'its'} calls are left{until} and kept for "
            "others. The next sync goes on.",
            internal_message="X-RateLimit-Remaining",
            failure_type=FailureType.transient_error,
        )


def spool(response: requests.Response) -> Rows:
    """An export of lines as it arrives, in a file once it is large; each line an object, else ValueError.

    A portal that fails in the middle ends a body of status 200 with a sentence.
    """
    lines = tempfile.SpooledTemporaryFile(max_size=KEPT_IN_MEMORY)  # noqa: SIM115 (Rows closes it)
    with contextlib.ExitStack() as on_failure:
        on_failure.callback(lines.close)
        for piece in response.iter_content(PIECE_BYTES):
            lines.write(piece)
        lines.seek(0)
        count = 0
        for line in lines:
            try:
                if not isinstance(orjson.loads(line), dict):
                    raise ValueError
            except ValueError as problem:
                logger.info(f"an export broke off after {count} rows: {_trouble(line)}")
                raise ValueError("a line of an export that is no object") from problem
            count += 1
        on_failure.pop_all()
    return Rows(count, spooled=lines)


def _trouble(line: bytes) -> str:
    """The portal's own words in a broken line: what follows the rows, or its end."""
    text = line.decode(errors="replace").strip()
    at = text.rfind("Streaming interrupted")
    return text[at:][:TROUBLE_SHOWN] if at >= 0 else text[-TROUBLE_SHOWN:]


def asked_wait(response: requests.Response) -> str | None:
    """Seconds that a refusal asks to wait: in ``Retry-After``, in the body's ``reset_time``, or in a header."""
    if told := response.headers.get("Retry-After"):
        return str(told)
    body: Any = None
    with contextlib.suppress(ValueError):
        body = response.json()
    at = reset_time(body.get("reset_time")) if isinstance(body, Mapping) else None
    at = at or reset_time(response.headers.get("X-RateLimit-Reset"))
    return str(max(1, round((at - clock.now()).total_seconds()))) if at else None


def reset_time(told: Any) -> datetime | None:
    """When a quota begins anew: seconds since 1970 or an instant as text, which is UTC without an offset."""
    seconds = _whole(told)
    try:
        if seconds is not None:
            return datetime.fromtimestamp(seconds, UTC)
        at = datetime.fromisoformat(str(told).strip())
    except (ValueError, OverflowError, OSError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _whole(told: Any) -> int | None:
    text = str(told).strip()
    return int(text) if text.isdigit() else None


def _malformed(domain: str, dataset: str) -> Refusal:
    return Refusal(
        message=f"{domain}, data set {dataset}: the answer is not of the expected shape. The portal may have changed: "
        "look for a newer connector.",
        internal_message="malformed answer",
        failure_type=FailureType.system_error,
    )
