"""One log line and one metric a delivery."""

from collections.abc import Callable

from linksync.inbound.request import Request
from linksync.inbound.responses import Outcome, Result
from linksync.metrics import Metric
from linksync.observability import emit, logger

_METRIC = {
    Result.ACCEPTED: Metric.DELIVERIES_ACCEPTED,
    Result.IGNORED: Metric.DELIVERIES_IGNORED,
    Result.QUARANTINED: Metric.DELIVERIES_QUARANTINED,
    Result.REJECTED: Metric.DELIVERIES_REJECTED,
    Result.TOO_LARGE: Metric.DELIVERIES_REJECTED,
}
_SENDERS_IDS = ("x-zendesk-webhook-invocation-id", "x-atlassian-webhook-identifier")


def log_delivery(request: Request, outcome: Outcome) -> None:
    """Writes what became of a request: ids and words of ours, never text of the sender's."""
    line = {
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
    _write(outcome.result)(f"delivery {outcome.result}", **{name: value for name, value in line.items() if value})
    if metric := _METRIC.get(outcome.result):
        emit({metric: 1}, source=outcome.source, correlation_id=request.id)


def _write(result: Result) -> Callable[..., None]:
    match result:
        case Result.ACCEPTED | Result.IGNORED:
            return logger().info
        case Result.UNAVAILABLE:
            return logger().error
    return logger().warning
