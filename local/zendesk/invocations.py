"""What Zendesk tells of a webhook's invocations and attempts, as recorded answers show it.

An invocation that was tried again is listed once more, with what came of the first try; what was not sent at all has no
status code.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from local.http.deliveries import Attempt, Delivery

PAGE = 100


def listed(deliveries: Iterable[Delivery]) -> list[dict[str, Any]]:
    """The rows of every invocation, the newest first."""
    rows = [row for delivery in list(deliveries) for row in _rows(delivery)]
    return sorted(rows, key=lambda row: str(row["latest_completed_at"]), reverse=True)


def attempts_of(webhook_id: str, delivery: Delivery) -> list[dict[str, Any]]:
    """What was sent and answered, try by try; nothing for what was never sent."""
    return [
        {
            "id": webhook_id,
            "invocation_id": delivery.id,
            "status": _status(tried, last=tried is delivery.attempts[-1]),
            **({"status_code": tried.status} if tried.status else {}),
            "completed_at": _stamp(tried.at),
            "request": {"headers": headers(tried.sent_headers), "payload": delivery.body.decode(errors="replace")},
            "response": {"headers": headers(tried.headers), "payload": tried.body},
        }
        for tried in delivery.attempts
    ]


def headers(told: dict[str, str]) -> list[dict[str, str]]:
    """Headers as these answers list them."""
    return [
        {"key": "-".join(part.capitalize() for part in name.split("-")), "value": value} for name, value in told.items()
    ]


def _rows(delivery: Delivery) -> list[dict[str, Any]]:
    if delivery.why:
        return [{"id": delivery.id, "status": delivery.why, "latest_completed_at": _stamp(delivery.at)}]
    tries = delivery.attempts[:1] + delivery.attempts[-1:] if len(delivery.attempts) > 1 else delivery.attempts
    return [
        {
            "id": delivery.id,
            **({"status_code": tried.status} if tried.status else {}),
            "status": _status(tried, last=tried is delivery.attempts[-1]),
            "latest_completed_at": _stamp(tried.at),
        }
        for tried in tries
    ]


def _status(tried: Attempt, *, last: bool) -> str:
    if tried.status and 200 <= tried.status < 300:
        return "success"
    if tried.error == "timeout":
        return "timeout"
    return "terminated" if last else "failed"


def _stamp(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
