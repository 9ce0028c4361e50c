"""Which lane's work a payload needs."""

from dataclasses import replace

from linksync.core.messages import Envelope, IssueStatement, LifecycleEvent, Payload, TicketStatement
from linksync.worker import issue_lane, ticket_lane
from linksync.worker.dependencies import Dependencies


def work(deps: Dependencies, envelope: Envelope, *, redriven: bool) -> None:
    """Work on an envelope in its lane; `redriven`: it was a dead letter, and an operator sent it again."""
    payload = _in_doubt(envelope.payload) if redriven else envelope.payload
    if isinstance(payload, IssueStatement):
        issue_lane.work(deps, envelope, payload)
    else:
        ticket_lane.work(deps, envelope, payload, redriven=redriven)


def _in_doubt(payload: Payload) -> Payload:
    """The payload without what a field held: what changed it since may have been dropped, so the field is read."""
    match payload:
        case TicketStatement(lifecycle=LifecycleEvent.EDITED):
            return replace(payload, issue_keys=None)
        case IssueStatement(lifecycle=LifecycleEvent.EDITED):
            return replace(payload, ticket_ids=None)
    return payload
