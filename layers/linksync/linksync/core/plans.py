"""What must be done so that the links are what a ticket's lane says they should be.

A plan looks at the whole lane and not at the difference, so what a crash left half done is finished by whatever message
comes next.  What was refused for good is not planned again.
"""

from linksync.core import commands
from linksync.core.commands import Command
from linksync.core.lanes import TicketLane
from linksync.core.links import CallKind, Link, LinkState, UnlinkPolicy
from linksync.core.messages import NoticeKind


def plan(lane: TicketLane, policy: UnlinkPolicy) -> tuple[Command, ...]:
    """The commands that make the links what the lane says they should be; () when they are."""
    planned = (_command(lane, link, policy) for link in lane.links.values())
    return tuple(command for command in planned if command is not None)


def _command(lane: TicketLane, link: Link, policy: UnlinkPolicy) -> Command | None:
    facts = lane.facts
    if link.state is LinkState.UNLINKING:
        return None if link.refused(CallKind.DELETE) else commands.UnlinkByHand(link)
    if facts.merged_into and not facts.deleted:
        return _command_when_merged(link, facts.merged_into, policy)
    if not link.claims or facts.deleted:
        return _command_when_unwanted(link, policy)
    match link.state:
        case LinkState.LINKED | LinkState.UNLINKED:
            return None
        case LinkState.REKEYING | LinkState.MOVING:
            return None if link.refused(CallKind.DELETE) or facts.missing else commands.RekeyLink(link)
        case _:
            return None if link.refused(CallKind.CREATE) or facts.missing else commands.CreateLink(link)


def _command_when_unwanted(link: Link, policy: UnlinkPolicy) -> Command | None:
    if link.may_exist and policy.allows(link.owner):
        return None if link.refused(CallKind.DELETE) else commands.DeleteLink(link)
    # A link to a ticket that is deleted keeps its claims: the ticket may turn out to be alive.
    return None if link.claims or link.state is LinkState.SEEN else commands.ForgetLink(link)


def _command_when_merged(link: Link, target: str, policy: UnlinkPolicy) -> Command | None:
    ours = link.may_exist and policy.allows(link.owner)
    match bool(link.claims), link.state:
        case True, LinkState.TRANSFERRED | LinkState.UNLINKED:
            return None
        case True, _:
            return commands.TransferLink(link, target, unlink=ours)
        case False, LinkState.TRANSFERRED:
            return commands.WithdrawTransfer(link, target, NoticeKind.RELEASED)
        case False, LinkState.ORPHANED:
            return commands.WithdrawTransfer(link, target, NoticeKind.DELETED)
        case False, LinkState.SEEN:
            return None
        case _ if ours:
            return None if link.refused(CallKind.DELETE) else commands.DeleteLink(link)
        case _:
            return commands.ForgetLink(link)
