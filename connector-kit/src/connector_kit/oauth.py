"""OAuth2 client credentials as a small state machine: it says what to ask and what to remember, and does no I/O."""

from __future__ import annotations

import threading
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from airbyte_cdk.models import FailureType
from airbyte_cdk.utils import AirbyteTracedException

RENEW_BEFORE = timedelta(seconds=60)
OLD_AFTER = timedelta(minutes=5)
FAILURE_HOLDS = timedelta(minutes=1)


@dataclass(frozen=True)
class Token:
    """An access token, when it was given and when it must be renewed."""

    access_token: str
    obtained_at: datetime
    renew_at: datetime

    @classmethod
    def from_answer(cls, answer: Mapping[str, Any], obtained_at: datetime) -> Token:
        """Reads the token endpoint's answer. Never hard-codes a life: RTE changed it from two hours to one.

        Raises AirbyteTracedException (transient) where there is no ``access_token``, as during outages.
        """
        access_token = answer.get("access_token")
        if not isinstance(access_token, str) or not access_token:
            raise AirbyteTracedException(
                message="The token service answered without an access token: it is probably down, try again later.",
                internal_message=f"keys of the answer: {sorted(answer)}",
                failure_type=FailureType.transient_error,
            )
        life = timedelta(seconds=float(answer.get("expires_in") or 3600))
        # A life shorter than the margin (a test server's) is used up to its half rather than never.
        return cls(access_token, obtained_at, obtained_at + max(life - RENEW_BEFORE, life / 2))


class TokenCache:
    """One token for all threads: asked for once, renewed early, and again when a call says it is refused."""

    def __init__(self, request_token: Callable[[], Mapping[str, Any]], now: Callable[[], datetime]) -> None:
        self._request_token = request_token
        self._now = now
        self._lock = threading.Lock()
        self._token: Token | None = None
        self._failure: tuple[datetime, AirbyteTracedException] | None = None

    def current(self) -> Token:
        """A token that is valid now, as far as its announced life tells.

        A service that has just failed to give one after all its tries is not asked again by every stream in turn.
        """
        with self._lock:
            if self._failure and self._now() - self._failure[0] < FAILURE_HOLDS:
                raise self._failure[1]
            if self._token is None or self._now() >= self._token.renew_at:
                try:
                    self._token = Token.from_answer(self._request_token(), self._now())
                except AirbyteTracedException as failure:
                    self._failure = self._now(), failure
                    raise
            return self._token

    def refuse(self, token: Token) -> None:
        """Forgets ``token`` after a 401, unless another thread has already replaced it."""
        with self._lock:
            if self._token is token:
                self._token = None

    def refuse_if_old(self, token: Token) -> bool:
        """Forgets ``token`` after a 403 if it is some minutes old; a fresh one was good, and the refusal means it."""
        old = self._now() - token.obtained_at > OLD_AFTER
        if old:
            self.refuse(token)
        return old


def basic_authorization(client_id: str, client_secret: str) -> str:
    """The value of the Authorization header for the token request (RFC 6749, section 2.3.1)."""
    return "Basic " + b64encode(f"{client_id}:{client_secret}".encode()).decode()
