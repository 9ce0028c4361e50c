"""A link of the ledger in sentences: how far it has come, who wants it, whose it is."""

from collections.abc import Callable

from linksync.core.history_reasons import why_wanted
from linksync.core.lanes import TicketFacts
from linksync.core.links import OPERATOR_CLAIM, CallKind, Link, LinkState, Owner, UnlinkPolicy

_STATES = {
    LinkState.LINKED: "It is linked.",
    LinkState.MOVING: "It is being made again as {key}; whether the old link is still there is not known yet.",
    LinkState.REKEYING: "It is linked under an older key, and is to be made again as {key}.",
    LinkState.DELETING: "linksync began to remove it at {begun}; how that ended is not known yet.",
    LinkState.CREATING: "linksync began to make it at {begun}; how that ended is not known yet.",
    LinkState.UNLINKING: "It is linked, and an operator wants it gone.",
    LinkState.UNLINKED: (
        "It is not linked: it was removed by hand, and linksync leaves it so. It comes back when a reference is"
        " written anew, or by `linksync link`."
    ),
    LinkState.SEEN: "It is linked by somebody else, and nothing names it: it is left alone.",
    LinkState.TRANSFERRED: "The link lives on ticket {target}, into which this one was merged.",
    LinkState.ORPHANED: "Ticket {target}, into which this one was merged, is told that the issue is deleted.",
}
_CALLS = {CallKind.CREATE: "make", CallKind.DELETE: "remove"}


def of_link(link: Link, facts: TicketFacts, moment: Callable[[float], str]) -> str:
    """How far it has come.  `moment` puts a time into words."""
    particulars = {
        "key": link.issue.key,
        "target": facts.merged_into,
        "begun": "an unknown time" if link.call_begun_at is None else moment(link.call_begun_at),
    }
    if link.refusal is not None and link.refusal.settled:
        there = "not linked" if link.refusal.call is CallKind.CREATE else "still linked"
        return (
            f"It is {there}: Zendesk refused to {_CALLS[link.refusal.call]} the link, for good"
            f" ({link.refusal.reason.rstrip('.')}; delivery {link.refusal.delivery[:12]})."
            " It is tried again when a reference is written anew, by `linksync redrive`, or by `linksync link`."
        )
    if link.state is not LinkState.PLANNED:
        return _STATES[link.state].format_map(particulars)
    if facts.missing:
        return "It is not linked: Zendesk does not know the ticket."
    return (
        "It is not linked: the ticket is deleted."
        if facts.deleted
        else "It is not linked yet: that is the worker's next step."
    )


def of_claims(link: Link, facts: TicketFacts) -> str:
    """Who wants it."""
    texts = sorted(link.texts)
    reasons = why_wanted(link, named="" if texts == [link.issue.key] else f" (as {' and '.join(texts)})")
    if not reasons:
        return "Nothing names it any more." if link.state is not LinkState.SEEN else "No field names it."
    wanted = "It is wanted" if not facts.deleted else "It was wanted"
    return f"{wanted}: {reasons}."


def of_owner(link: Link, policy: UnlinkPolicy) -> str:
    """Whose it is, and what follows; empty where there is no link that it could be said of."""
    if not link.may_exist:
        return ""
    if policy is UnlinkPolicy.NEVER:
        return "UnlinkPolicy is never, so linksync removes no link."
    if OPERATOR_CLAIM in link.claims:
        return "It stays whatever the fields name, until `linksync unlink`."
    if link.owner is Owner.LINKSYNC:
        return "linksync made it, and removes it once nothing names it."
    if policy is UnlinkPolicy.ANY:
        return "It was there first; UnlinkPolicy is any, so it is removed all the same once nothing names it."
    return "It was there before linksync wanted it, so linksync does not remove it (UnlinkPolicy is owned)."
