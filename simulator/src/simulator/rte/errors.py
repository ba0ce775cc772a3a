"""Functional errors of RTE: `<API>_<RESOURCE>_F<nn>` in a JSON body, status 400."""

from __future__ import annotations

import secrets
from typing import Any

TEXTS = {
    "F01": 'If one of the fields "start_date" or "end_date" is used, the two fields are mandatory.',
    "F02": 'The field "start_date" in the API input is more recently than the field "end_date".',
    "F03": "The API does not provide feedback on such a long period in one call.",
    "F04": 'The value of "end_date" field is incorrect. It is not possible to recover data to this term.',
    "F05": 'The period filled by fields "start_date" and "end_date" is too short to return values.',
    "F06": "One of the dates in the API input does not follow the format YYYY-MM-DDThh:mm:sszzzzzz.",
    "F07": "One of the enumerated field does not match with the list of expected values.",
    "F08": "A couple 'production_type' and 'type' in the service entry does not work.",
}


class FunctionalError(Exception):
    """A request that RTE refuses with a code such as F03; `text` where the API gives the code a meaning of its own."""

    def __init__(self, code: str, text: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.text = text


def body(prefix: str, code: str, text: str | None = None) -> dict[str, Any]:
    """The body of a 400; `prefix` such as CONSUMPTION_SHORTTERM."""
    return _body(f"{prefix}_{code}", text or TEXTS[code])


def technical() -> dict[str, Any]:
    """The body of a 500."""
    return _body("COMMON_ERROR_T03", "Error code unknown")


def _body(error: str, description: str) -> dict[str, Any]:
    return {
        "error": error,
        "error_description": description,
        "error_uri": "",
        "error_details": {"transaction_id": f"Id-{secrets.token_hex(12)}"},
    }
