"""Why a link is wanted, was made or was removed: whose text it was, by subject.

A history line never tells what anybody wrote.
"""

from linksync.core.links import ISSUE_CLAIM, OPERATOR_CLAIM, Link
from linksync.core.messages import LinkNotice, NoticeKind, OperatorCommand, Payload, TicketStatement


def why_wanted(link: Link, *, named: str = "") -> str:
    """Who wants it; empty where nobody does.  `named` follows the ticket's field: how that names it."""
    reasons = [f"the ticket's field names it{named}"] if link.texts else []
    reasons += ["the issue's field names the ticket"] if ISSUE_CLAIM in link.claims else []
    reasons += [f"ticket {ticket}, which was merged into this one, named it" for ticket in link.merged_tickets]
    reasons += ["an operator asked for it"] if OPERATOR_CLAIM in link.claims else []
    return ", and ".join(reasons)


def why_removed(link: Link, payload: Payload) -> str:
    """Whose word left nothing that wants it; `payload` is what came of it."""
    if link.claims:
        return "the ticket is deleted"
    match payload:
        case TicketStatement():
            return "nothing names it any more: the ticket's field changed last"
        case LinkNotice(kind=NoticeKind.DELETED):
            return "its issue is deleted"
        case LinkNotice(kind=NoticeKind.MOVED):
            return "nothing names it any more: its issue moved last"
        case LinkNotice(via=ticket) if ticket:
            return f"nothing names it any more: ticket {ticket}, which was merged into this one, changed last"
        case LinkNotice():
            return "nothing names it any more: the issue's field changed last"
        case OperatorCommand():
            return "nothing names it any more: an operator took the last word back"
    return "nothing names it any more"
