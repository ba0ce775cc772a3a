"""The thin driver of the policy: sends a request, follows the table, returns JSON."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

import orjson
import requests
from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.streams.http.error_handlers import ResponseAction
from airbyte_cdk.utils import AirbyteTracedException

from connector_kit.budget import RateBudget
from connector_kit.oauth import Token, TokenCache
from connector_kit.policy import (
    CONNECTION_LOST,
    LONGEST_WAIT_SECONDS,
    MALFORMED,
    Policy,
    Rule,
    backoff_seconds,
    find_rule,
)

logger = logging.getLogger("airbyte")

TIMEOUT_SECONDS = (10.0, 120.0)
PIECE_BYTES = 1 << 20

ReadBody = Callable[[requests.Response], Any]
"""Makes something of a body that arrives; ValueError says that it is malformed."""


class SplitRequestWindow(Exception):
    """The window asked for is too large for one answer: ask for its halves."""

    def __init__(self, error: AirbyteTracedException) -> None:
        super().__init__(error.message)
        self.error = error


class EmptyAnswer(Exception):
    """The API says with an error status that there is nothing to read."""


class Refusal(AirbyteTracedException):
    """The API's last word on a call, as a sentence for the user; ``status`` is the HTTP status or what went wrong.

    ``code`` is the API's own error code and ``text`` its own sentence, '' where it gave none.
    """

    status: int | str = ""
    code: str = ""
    text: str = ""


class LeftToNextSync(Refusal):
    """What can't be read now and will be by the next sync, which goes on from the state.

    So it is a warning where the state remembers, and a failure in a full refresh, which would lack the rest.
    """


class QuotaUsedUp(LeftToNextSync):
    """The API allows no more calls for longer than the caller is ready to wait."""

    @classmethod
    def of(cls, refusal: Refusal) -> QuotaUsedUp:
        """The same sentence, as a matter of quota."""
        return cls(refusal.internal_message, refusal.message, refusal.failure_type)


@dataclass(frozen=True)
class Answer:
    """What came back: parsed JSON, the status (200, or 206 where more pages follow) and the headers."""

    body: Any
    status: int
    headers: Mapping[str, str]


class ApiClient:
    """GET requests against one API, safe to share between threads.

    ``policy`` says what each status or error code means; ``tokens`` signs the calls; ``budget`` paces them;
    ``describe`` turns the path of a refused call into what the user knows it by; ``asked_wait`` reads from a refusal
    how many seconds the server asks to wait, where it does not say so in ``Retry-After``.
    """

    def __init__(
        self,
        base_url: str,
        policy: Policy,
        *,
        tokens: TokenCache | None = None,
        budget: RateBudget | None = None,
        describe: Callable[[str], str] = str,
        asked_wait: Callable[[requests.Response], str | None] = lambda response: response.headers.get("Retry-After"),
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._policy = policy
        self._tokens = tokens
        self._budget = budget
        self._describe = describe
        self._asked_wait = asked_wait
        self._sleep = sleep
        self._local = threading.local()

    def get(self, path: str, params: Mapping[str, str] | None = None, *, weight: int = 1) -> Any:
        """The parsed JSON of ``GET base_url/path``; see :meth:`call`."""
        return self.call(path, params, weight=weight).body

    def call(
        self,
        path: str,
        params: Mapping[str, str] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        weight: int = 1,
        attempts: int | None = None,
        longest_wait: float = LONGEST_WAIT_SECONDS,
        read: ReadBody | None = None,
    ) -> Answer:
        """The answer of ``GET base_url/path``.

        ``attempts``: at most so many tries, whatever the policy allows. ``longest_wait``: seconds to wait for a quota.
        ``read``: what to make of the body, if not JSON; one too large for the memory is read piece by piece.
        Raises SplitRequestWindow or EmptyAnswer where the policy says so, QuotaUsedUp, and Refusal with a sentence for
        the user when the policy's tries are used up.
        """
        attempt = renewals = 0
        while True:
            token = self._tokens.current() if self._tokens else None
            if self._budget:
                self._budget.spend(weight)
            signed = {**(headers or {}), **_authorization(token)}
            answer, status, problem = self._send(path, params, signed, read or _json_body)
            if answer:
                return answer
            if status == 403 and not renewals and self._tokens and token and self._tokens.refuse_if_old(token):
                renewals += 1
                continue  # some answer 403, not 401, to a token that has grown old
            raw = problem.response if isinstance(problem, requests.HTTPError) else None
            code, text = error_of(raw)
            if raw is not None and raw.is_redirect:
                text = urlsplit(raw.headers["Location"]).netloc
            rule = find_rule(self._policy, status, code)
            error = self._error(path, status, code, text, rule)
            if rule.action is ResponseAction.REFRESH_TOKEN_THEN_RETRY:
                renewals += 1  # counted on its own: a server in trouble before says nothing about the token
                self._renew(token, renewals, rule, error)
                continue
            attempt += 1
            if attempts is not None:
                rule = replace(rule, attempts=min(rule.attempts, attempts))
            self._act(rule, attempt, error, raw, longest_wait)

    def _send(
        self, path: str, params: Mapping[str, str] | None, headers: Mapping[str, str], read: ReadBody
    ) -> tuple[Answer | None, int | str, Exception | None]:
        try:
            response = self._session.get(
                f"{self._base_url}/{path}",
                params=params,
                headers={"Accept": "application/json", **headers},
                timeout=TIMEOUT_SECONDS,
                # A redirect would carry keys to another host.
                allow_redirects=False,
                stream=True,
            )
            if response.status_code == 204:
                raise EmptyAnswer
            if response.status_code not in (200, 206):
                _ = response.content  # read here, where a connection that breaks is tried again
                return None, response.status_code, requests.HTTPError(response=response)
            return Answer(read(response), response.status_code, response.headers), 200, None
        except requests.RequestException as problem:
            return None, CONNECTION_LOST, problem
        except ValueError as problem:
            return None, MALFORMED, problem

    def _renew(self, token: Token | None, renewals: int, rule: Rule, error: Refusal) -> None:
        """Has the next try ask for a new token; raises where new ones are refused too."""
        if not self._tokens or not token or renewals >= rule.attempts:
            raise error
        self._tokens.refuse(token)

    def _act(
        self,
        rule: Rule,
        attempt: int,
        error: Refusal,
        response: requests.Response | None,
        longest_wait: float,
    ) -> None:
        """Returns where the call is to be tried again; raises otherwise."""
        if rule.action is ResponseAction.IGNORE:
            raise EmptyAnswer
        if rule.action is ResponseAction.SPLIT_REQUEST_WINDOW:
            raise SplitRequestWindow(error)
        limited = rule.action is ResponseAction.RATE_LIMITED
        if rule.action is ResponseAction.FAIL or attempt >= rule.attempts:
            raise QuotaUsedUp.of(error) if limited else error
        wait = backoff_seconds(rule, attempt, self._asked_wait(response) if response is not None else None)
        if wait > longest_wait:
            error.message = f"{error.message} The service asks to wait {wait / 60:.0f} minutes."
            raise QuotaUsedUp.of(error) if limited else error
        logger.info(f"{error.internal_message}: trying again in {wait:.0f} s (try {attempt + 1} of {rule.attempts})")
        self._sleep(wait)

    def _error(self, path: str, status: int | str, code: str, text: str, rule: Rule) -> Refusal:
        what = f"HTTP {status}" if isinstance(status, int) else status
        detail = " ".join(part for part in (code, text) if part)
        refusal = Refusal(
            message=f"{self._describe(path)}: {what}{f' ({detail})' if detail else ''}. {rule.advice}",
            internal_message=f"{what} on {path}{f' ({detail})' if detail else ''}",
            failure_type=rule.failure_type or FailureType.system_error,
        )
        refusal.status, refusal.code, refusal.text = status, code, text
        return refusal

    @property
    def _session(self) -> requests.Session:
        """A session per thread: requests does not promise that one can be shared."""
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = requests.Session()
        return session


def _json_body(response: requests.Response) -> Any:
    # In large pieces: the usual ten kilobytes make other threads wait a thousand times a page.
    return _json_of(b"".join(response.iter_content(PIECE_BYTES)))


def _json_of(content: bytes) -> Any:
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        # Slower and more forgiving: a byte-order mark, another encoding, NaN.
        return json.loads(content)


def _authorization(token: Token | None) -> Mapping[str, str]:
    return {"Authorization": f"Bearer {token.access_token}"} if token else {}


CODES = ("error_code", "errorcode", "error")
TEXTS = ("error_description", "reason", "message", "detail")
LONGEST_PLAIN_TEXT = 200


def error_of(response: requests.Response | None) -> tuple[str, str]:
    """The machine code and the sentence of an error body, both '' where the body is neither JSON nor a short text.

    RTE writes ``error``/``error_description`` (``error_code`` in some guides), Open-Meteo ``error`` (true)/``reason``,
    Opendatasoft ``error_code``/``message``, of a quota ``errorcode``/``error``, FastAPI ``detail`` (a list).
    """
    if response is None:
        return "", ""
    try:
        body = response.json()
    except requests.JSONDecodeError:
        return "", _plain_sentence(response)
    if not isinstance(body, dict):
        return "", ""
    code = next((body[name] for name in CODES if body.get(name)), "")
    text = next((body[name] for name in TEXTS if body.get(name)), "")
    if isinstance(code, int) and not isinstance(code, bool):
        code, text = str(code), text or body.get("error") or ""
    return (code if isinstance(code, str) else ""), _sentence(text)


def _plain_sentence(response: requests.Response) -> str:
    """A text that is meant to be read; what is long, or a page, tells nothing."""
    plain = response.headers.get("Content-Type", "").startswith("text/plain")
    return _sentence(response.text) if plain and len(response.content) <= LONGEST_PLAIN_TEXT else ""


def _sentence(text: Any) -> str:
    if isinstance(text, list):
        return "; ".join(_sentence(one.get("msg", one) if isinstance(one, dict) else one) for one in text)
    return " ".join(str(text).split())
