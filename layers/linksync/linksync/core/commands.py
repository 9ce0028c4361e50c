"""What a plan can ask for, and what a command makes of its link's record before and after."""

from dataclasses import dataclass, replace

from linksync.core.links import CallKind, Link, LinkState, Owner, Refusal
from linksync.core.messages import NoticeKind


@dataclass(frozen=True, slots=True)
class CreateLink:
    """Link the ticket with the issue."""

    link: Link


@dataclass(frozen=True, slots=True)
class DeleteLink:
    """Unlink them, and forget the link."""

    link: Link


@dataclass(frozen=True, slots=True)
class RekeyLink:
    """Delete the link and make it again under the issue's new key: the Links API has no update."""

    link: Link


@dataclass(frozen=True, slots=True)
class UnlinkByHand:
    """Unlink them as somebody would by hand: whatever names the link, it stays away until it is named anew."""

    link: Link


@dataclass(frozen=True, slots=True)
class ForgetLink:
    """Nobody wants the link and it is not ours to delete, or it was never made."""

    link: Link


@dataclass(frozen=True, slots=True)
class TransferLink:
    """Hand the claim to the ticket that this one was merged into, and take our link off this one if `unlink`."""

    link: Link
    target: str
    unlink: bool


@dataclass(frozen=True, slots=True)
class WithdrawTransfer:
    """Tell the merge's target that this ticket's claim is gone, or the whole issue, and forget the link."""

    link: Link
    target: str
    kind: NoticeKind


type Command = CreateLink | DeleteLink | RekeyLink | UnlinkByHand | ForgetLink | TransferLink | WithdrawTransfer


def begun(command: Command, *, at: float) -> Command:
    """The command whose call begins `at`; its link tells the time of the first one.  Not every command makes a call."""
    if command.link.call_begun_at is not None:
        return command
    match command:
        case CreateLink() | DeleteLink() | RekeyLink() | UnlinkByHand() | TransferLink(unlink=True):
            return replace(command, link=replace(command.link, call_begun_at=at))
    return command


def intended(command: Command) -> Link:
    """The command's link as it is recorded right before its call, so that a crash leaves the intent behind.

    A command whose call has not begun leaves none: else a link that somebody made by hand would be taken for ours.
    """
    match command:
        case CreateLink(link):
            return replace(link, state=LinkState.CREATING)
        case DeleteLink(link):
            return replace(link, state=LinkState.DELETING)
        case RekeyLink(link):
            return replace(link, state=LinkState.MOVING)
    return command.link


def created(link: Link, *, made: bool, link_id: str = "") -> Link:
    """The link after its create.  `made` is False when it was there already.

    Then it is whose it was if an earlier attempt may have touched it, which its recorded intent tells; otherwise it is
    somebody else's.
    """
    owner = link.owner if link.may_exist else Owner.ADOPTED
    return replace(link, state=LinkState.LINKED, owner=Owner.LINKSYNC if made else owner, refusal=None, link_id=link_id)


def deleted(link: Link) -> Link | None:
    """The link after its delete; None when nothing is left to remember.

    Claims that are left are those of a ticket that is deleted: it may turn out to be alive.
    """
    return replace(link, state=LinkState.PLANNED, refusal=None) if link.claims else None


def unlinked_by_hand(link: Link) -> Link | None:
    """The link after somebody removed it by hand.  It is no longer ours, and stays away while it is named as now."""
    return replace(link, state=LinkState.UNLINKED, owner=Owner.ADOPTED, refusal=None) if link.claims else None


def refused(link: Link, call: CallKind, *, reason: str, delivery: str, settled: bool = True) -> Link:
    """The link after a call that was refused; `settled`: for good."""
    return replace(link, refusal=Refusal(call=call, reason=reason, delivery=delivery, settled=settled))
