"""Who may call: everybody, as in AirQino's open years, or holders of a token that a password buys (Keycloak's way)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

REFRESH_SECONDS = 1800


class Accounts:
    """Open without a username."""

    def __init__(
        self,
        username: str = "",
        password: str = "",
        client_id: str = "",
        token_seconds: int = 300,
    ) -> None:
        """`client_id`: the only one that is good; '' for any."""
        self._username, self._password = username, password
        self._client_id = client_id
        self.token_seconds = token_seconds
        self._expiry: dict[str, int] = {}

    def answer(self, form: Mapping[str, str], now: int) -> tuple[int, Mapping[str, object]]:
        """Status and body of the token service."""
        if form.get("grant_type") != "password":
            return 400, {"error": "unsupported_grant_type", "error_description": "Unsupported grant_type"}
        if not form.get("client_id") or form["client_id"] != (self._client_id or form["client_id"]):
            return 401, {"error": "invalid_client", "error_description": "Invalid client or Invalid client credentials"}
        given = form.get("username", ""), form.get("password", "")
        if not all(given) or (self._username and given != (self._username, self._password)):
            return 401, {"error": "invalid_grant", "error_description": "Invalid user credentials"}
        token = secrets.token_urlsafe(40)
        self._expiry = {one: expiry for one, expiry in self._expiry.items() if expiry > now}
        self._expiry[token] = now + self.token_seconds
        return 200, {
            "access_token": token,
            "expires_in": self.token_seconds,
            "refresh_expires_in": REFRESH_SECONDS,
            "token_type": "Bearer",
            "not-before-policy": 0,
            "scope": "email profile",
        }

    def accepts(self, authorization: str | None, now: int) -> bool:
        if not self._username:
            return True
        scheme, _, token = (authorization or "").partition(" ")
        return scheme == "Bearer" and self._expiry.get(token, 0) > now

    def void(self) -> None:
        self._expiry.clear()
