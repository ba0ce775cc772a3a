"""How the platform refuses: HTTP status and body."""

from __future__ import annotations

from typing import Any

import orjson

BROKEN_STREAM = (
    b"Streaming interrupted due to the following error: The request could not be completed in time. "
    b"(error_code: TimeoutError)"
)
TOO_DEEP = "Invalid value for sum of offset + limit API parameter: {depth} was found but <= {most} is expected."


class Refused(Exception):
    """Answered with `status` and `body`."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.body: dict[str, Any] = {"error_code": code, "message": message}


def malformed(problem: str, clause: str) -> Refused:
    """A query that the platform's language does not allow."""
    text = f"ODSQL query is malformed: {problem}. Clause(s) containing the error(s): {clause}."
    return Refused(400, "ODSQLError", text)


def wrong_parameter(name: str, found: object, expected: str) -> Refused:
    """A parameter out of its range."""
    text = f"Invalid value for {name} API parameter: {found} was found but {expected} is expected."
    return Refused(400, "InvalidRESTParameterError", text)


def no_dataset(name: str) -> Refused:
    """A data set that the portal doesn't have."""
    return Refused(404, "NotFoundResource", f"The requested dataset {name} does not exist.")


def body_of(status: int) -> bytes:
    """The body of a status that is sent instead of an answer."""
    if status == 429:
        return orjson.dumps({"errorcode": 10002, "error": "Too many requests on the domain."})
    return orjson.dumps({"error_code": "InternalServerError", "message": f"The server answered {status}."})
