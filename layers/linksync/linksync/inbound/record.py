"""One log line and one metric a delivery."""

from collections.abc import Callable

from linksync.inbound.answers import Outcome, Result
from linksync.inbound.request import Request
from linksync.observability import emit, logger

_METRIC = {
    Result.ACCEPTED: "DeliveriesAccepted",
    Result.IGNORED: "DeliveriesIgnored",
    Result.QUARANTINED: "DeliveriesQuarantined",
    Result.REJECTED: "DeliveriesRejected",
    Result.TOO_LARGE: "DeliveriesRejected",
}
_SENDERS_IDS = ("x-zendesk-webhook-invocation-id", "x-atlassian-webhook-identifier")


def record(request: Request, outcome: Outcome) -> None:
    """Writes what became of a request: ids and words of ours, never text of the sender's."""
    told = {
        "correlation_id": request.id,
        "source": outcome.source,
        "outcome": outcome.result.value,
        "reason": outcome.reason,
        "delivery": outcome.delivery,
        "ticket_id": outcome.ticket_id,
        "issue_id": outcome.issue_id,
        "error": outcome.error,
        "sender_delivery": next(filter(None, map(request.identifier, _SENDERS_IDS)), ""),
    }
    _write(outcome.result)(f"delivery {outcome.result}", **{name: value for name, value in told.items() if value})
    if metric := _METRIC.get(outcome.result):
        emit({metric: 1}, source=outcome.source, correlation_id=request.id)


def _write(result: Result) -> Callable[..., None]:
    match result:
        case Result.ACCEPTED | Result.IGNORED:
            return logger().info
        case Result.UNAVAILABLE:
            return logger().error
    return logger().warning
