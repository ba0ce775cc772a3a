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
    """A request that RTE refuses with a code such as F03."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def body(prefix: str, code: str) -> dict[str, Any]:
    """The body of a 400; `prefix` such as CONSUMPTION_SHORTTERM."""
    return {
        "error": f"{prefix}_{code}",
        "error_description": TEXTS[code],
        "error_uri": "",
        "error_details": {"transaction_id": f"Id-{secrets.token_hex(12)}"},
    }
