"""RTE's access tokens."""

from __future__ import annotations

import base64
import binascii
import secrets


class Tokens:
    """Access tokens by the simulator's own clock. With `client` set, only that pair of id and secret is good."""

    def __init__(self, lifetime_seconds: int = 3600, client: tuple[str, str] | None = None) -> None:
        self.lifetime_seconds = lifetime_seconds
        self._client = client
        self._expiry: dict[str, int] = {}

    def issue(self, authorization: str | None, now: int) -> str | None:
        """A new token for Basic credentials, or None where they are refused."""
        pair = _basic(authorization)
        if pair is None or not all(pair) or (self._client is not None and pair != self._client):
            return None
        self._expiry = {token: expiry for token, expiry in self._expiry.items() if expiry > now}
        token = secrets.token_urlsafe(40)
        self._expiry[token] = now + self.lifetime_seconds
        return token

    def accepts(self, authorization: str | None, now: int) -> bool:
        scheme, _, token = (authorization or "").partition(" ")
        return scheme == "Bearer" and self._expiry.get(token, 0) > now

    def void(self) -> None:
        self._expiry.clear()


def _basic(authorization: str | None) -> tuple[str, str] | None:
    scheme, _, encoded = (authorization or "").partition(" ")
    if scheme != "Basic":
        return None
    try:
        client_id, colon, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (client_id, secret) if colon else None
