"""Which work a payload needs."""

from linksync.core.messages import Envelope, IssueStatement, LinkNotice, TicketStatement
from linksync.worker import issue_work, ticket_work
from linksync.worker.context import World


def work(world: World, envelope: Envelope) -> None:
    """Work on an envelope in its lane."""
    match envelope.payload:
        case TicketStatement() | LinkNotice() as payload:
            ticket_work.work(world, envelope, payload)
        case IssueStatement() as payload:
            issue_work.work(world, envelope, payload)
        case payload:
            raise ValueError(f"{type(payload).__name__} is nothing to work on")
