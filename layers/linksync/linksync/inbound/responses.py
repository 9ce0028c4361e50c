"""What became of a delivery, and the response that tells it to its sender."""

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from linksync.core.messages import IssueStatement, TicketStatement

RETRY_AFTER = "5"  # seconds.  Zendesk retries a 503 only with this header, and only under 60


class Result(StrEnum):
    """The ends that a request can come to."""

    ACCEPTED = "accepted"
    IGNORED = "ignored"
    QUARANTINED = "quarantined"
    REJECTED = "rejected"
    TOO_LARGE = "too_large"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one request.  No text of it holds a secret or people's words.

    `source` is the route's sender or the kind of its body; `delivery` and `error` are empty where they do not apply;
    `message` is for the sender of a request that was not taken; `statement` is what was queued.
    """

    result: Result
    source: str
    delivery: str = ""
    reason: str = ""
    message: str = ""
    error: str = ""
    statement: TicketStatement | IssueStatement | None = None


_STATUS = {
    Result.ACCEPTED: 202,
    Result.IGNORED: 200,
    Result.QUARANTINED: 202,
    Result.REJECTED: 401,
    Result.TOO_LARGE: 413,
    Result.UNAVAILABLE: 503,
}
_ERROR_CODE = {Result.REJECTED: "NotAuthentic", Result.TOO_LARGE: "TooLarge", Result.UNAVAILABLE: "Unavailable"}


def response(outcome: Outcome, *, correlation_id: str) -> dict[str, Any]:
    """The response in the form that API Gateway's proxy integration wants."""
    headers = {"Content-Type": "application/json", "X-Correlation-Id": correlation_id}
    if outcome.result is Result.UNAVAILABLE:
        headers["Retry-After"] = RETRY_AFTER
    return {
        "statusCode": _STATUS[outcome.result],
        "headers": headers,
        "body": json.dumps(_document(outcome)),
        "isBase64Encoded": False,
    }


def _document(outcome: Outcome) -> dict[str, Any]:
    if code := _ERROR_CODE.get(outcome.result):
        return {"error": {"code": code, "message": outcome.message}}
    if outcome.result is Result.ACCEPTED:
        return {"status": "accepted", "delivery": outcome.delivery}
    return {"status": outcome.result.value, "reason": outcome.reason}
