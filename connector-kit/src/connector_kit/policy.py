"""What to do about an answer: one table, no I/O.

The verbs are the CDK's own (``ResponseAction``); a connector adds or replaces rows for the quirks of its API.
A row is found by the API's error code first (its end, such as ``_F03``), then by the HTTP status.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.streams.http.error_handlers import ResponseAction

CONNECTION_LOST = "connection lost"
MALFORMED = "malformed answer"


@dataclass(frozen=True)
class Rule:
    """One row: what to do, and what to tell the user when nothing more can be done."""

    action: ResponseAction
    advice: str
    failure_type: FailureType = FailureType.transient_error
    attempts: int = 6


Policy = Mapping[int | str, Rule]

# A server may ask for hours; a sync that sleeps so long only hides it.
LONGEST_WAIT_SECONDS = 600.0

_RETRY_LATER = "The service did not recover in time: run the sync again later, nothing is lost."

_MOVED = Rule(
    ResponseAction.FAIL,
    "The service sends its callers to the host in brackets: it may have moved, and a newer connector may know where.",
    FailureType.config_error,
)

COMMON_POLICY: Policy = {
    # Redirects are not followed: they would carry keys to another host.
    **dict.fromkeys((301, 302, 303, 307, 308), _MOVED),
    401: Rule(
        ResponseAction.REFRESH_TOKEN_THEN_RETRY,
        "The API refuses the credentials: check the client id and secret.",
        FailureType.config_error,
        attempts=2,
    ),
    403: Rule(ResponseAction.FAIL, "Access is not allowed with these credentials.", FailureType.config_error),
    404: Rule(
        ResponseAction.FAIL,
        "The address is unknown to the server: the API may have moved, a newer connector may know where.",
        FailureType.system_error,
    ),
    408: Rule(ResponseAction.RETRY, _RETRY_LATER),
    413: Rule(ResponseAction.SPLIT_REQUEST_WINDOW, "Even the shortest period gives too large an answer."),
    429: Rule(ResponseAction.RATE_LIMITED, "The quota is used up: run the sync again later, nothing is lost."),
    CONNECTION_LOST: Rule(ResponseAction.RETRY, "Check the network and the address, then run the sync again."),
    MALFORMED: Rule(ResponseAction.RETRY, "The answer could not be read as JSON. " + _RETRY_LATER),
}
_OTHER_4XX = Rule(ResponseAction.FAIL, "The request was refused.", FailureType.system_error)
_OTHER_5XX = Rule(ResponseAction.RETRY, _RETRY_LATER)


def find_rule(policy: Policy, status: int | str, error_code: str = "") -> Rule:
    """The row for an answer; server errors without a row of their own are retried, other refusals fail."""
    for key, rule in policy.items():
        if isinstance(key, str) and key.startswith("_") and error_code.endswith(key):
            return rule
    if status in policy:
        return policy[status]
    return _OTHER_5XX if isinstance(status, int) and status >= 500 else _OTHER_4XX


def backoff_seconds(rule: Rule, attempt: int, retry_after: str | None) -> float:
    """Seconds to wait before the next try: what the server asks for, else doubling, a minute at most."""
    if rule.action is ResponseAction.REFRESH_TOKEN_THEN_RETRY:
        return 0.0
    if retry_after and retry_after.strip().isdigit():
        return float(retry_after)
    floor = 30.0 if rule.action is ResponseAction.RATE_LIMITED else 1.0
    return float(min(floor * 2 ** (attempt - 1), 60.0))
