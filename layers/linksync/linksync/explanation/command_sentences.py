"""What a plan's command would do for a link, in a sentence."""

from linksync.core import commands
from linksync.core.commands import Command
from linksync.core.issue import Issue
from linksync.core.links import CallKind, Link, LinkState
from linksync.explanation.forecast import Forecast
from linksync.explanation.ticket_snapshot import TicketSnapshot

_PLAIN = {
    commands.CreateLink: "make the link",
    commands.DeleteLink: "remove the link",
    commands.UnlinkByHand: "remove the link, as by hand",
}


def of_command(snapshot: TicketSnapshot, ahead: Forecast, issue: Issue) -> str:
    """What would be done for the link next."""
    link = ahead.lane.links.get(issue.id)
    listed = snapshot.seen.listed if snapshot.seen else frozenset[str]()
    match ahead.commands.get(issue.id):
        case None:
            return _nothing(link, missing=ahead.lane.facts.missing)
        case commands.CreateLink() if issue.id in listed:
            return "linksync would find the link there, and leave it to whoever made it."
        case command:
            return f"linksync would {_verb(command)}."


def _nothing(link: Link | None, *, missing: bool) -> str:
    if link is None or not link.claims or link.state is LinkState.LINKED:
        return "Nothing would change."
    if link.refused(CallKind.CREATE) or link.refused(CallKind.DELETE):
        return "Nothing would be tried: Zendesk refused it, and nothing has changed since."
    if missing:
        return "Nothing would be tried while Zendesk does not know the ticket."
    return "Nothing would change while it is named as now."


def _verb(command: Command) -> str:
    match command:
        case commands.CreateLink() | commands.DeleteLink() | commands.UnlinkByHand():
            return _PLAIN[type(command)]
        case commands.RekeyLink(link):
            return f"remove the link and make it again as {link.issue.key}"
        case commands.TransferLink(target=target):
            return f"hand the link to ticket {target}"
        case commands.WithdrawTransfer(target=target):
            return f"tell ticket {target} that this one names it no more"
        case commands.ForgetLink(link):
            there = "forget it, and leave the link in Zendesk as it is"
            return there if link.may_exist else "forget it: there is no link to remove"
