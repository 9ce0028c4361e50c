"""One line a delivery: what came, what became of it, how long that took, and its metric."""

import logging

from linksync.core.messages import IssueStatement, LifecycleEvent, TicketStatement
from linksync.inbound.request import Request
from linksync.inbound.responses import Outcome, Result
from linksync.metrics import Metric
from linksync.observability import emit_line

_METRICS = {
    Result.ACCEPTED: Metric.DELIVERIES_ACCEPTED,
    Result.IGNORED: Metric.DELIVERIES_IGNORED,
    Result.QUARANTINED: Metric.DELIVERIES_QUARANTINED,
    Result.REJECTED: Metric.DELIVERIES_REJECTED,
    Result.TOO_LARGE: Metric.DELIVERIES_REJECTED,
}
_LEVELS = {Result.ACCEPTED: logging.INFO, Result.IGNORED: logging.INFO, Result.UNAVAILABLE: logging.ERROR}
_SENDERS_IDS = ("x-zendesk-webhook-invocation-id", "x-atlassian-webhook-identifier")


def log_delivery(request: Request, outcome: Outcome, seconds: float) -> None:
    """Writes what became of a request after so many seconds: ids and words of ours, never text of the sender's."""
    metric = _METRICS.get(outcome.result)
    emit_line(
        _LEVELS.get(outcome.result, logging.WARNING),
        f"delivery {outcome.result}",
        fields={
            "outcome": outcome.result.value,
            "reason": outcome.reason,
            "delivery": outcome.delivery,
            **_statement_fields(outcome.statement),
            "error": outcome.error,
            "sender_delivery": next(filter(None, map(request.identifier, _SENDERS_IDS)), ""),
            "bytes": len(request.body),
            "milliseconds": round(seconds * 1000),
        },
        counts={metric: 1} if metric else None,
        source=outcome.source,
        correlation_id=request.id,
    )


def _statement_fields(statement: TicketStatement | IssueStatement | None) -> dict[str, object]:
    """A statement by its subject, the number of its references, and what happened to the subject."""
    if statement is None:
        return {}
    if isinstance(statement, TicketStatement):
        subject, references = {"ticket_id": statement.ticket_id}, statement.issue_keys
    else:
        subject, references = {"issue_id": statement.issue_id}, statement.ticket_ids
    happened = "" if statement.lifecycle is LifecycleEvent.EDITED else statement.lifecycle.value
    return {**subject, "references": "unknown" if references is None else len(references), "lifecycle": happened}
