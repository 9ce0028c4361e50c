"""Which lane's work a payload needs."""

from linksync.core.messages import Envelope, IssueStatement
from linksync.worker import issue_lane, ticket_lane
from linksync.worker.dependencies import Dependencies


def work(deps: Dependencies, envelope: Envelope, *, redriven: bool = False) -> None:
    """Work on an envelope in its lane; `redriven`: it was a dead letter, and an operator sent it again."""
    payload = envelope.payload
    if isinstance(payload, IssueStatement):
        issue_lane.work(deps, envelope, payload)
    else:
        ticket_lane.work(deps, envelope, payload, redriven=redriven)
