"""One link of a ticket with an issue: who wants it, whose it is, and how far its calls have come."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from linksync.core.issue import Issue

ISSUE_CLAIM = "issue"
"""The claim of an issue whose field names the ticket."""

OPERATOR_CLAIM = "operator"
"""The claim of an operator who linked them by command."""

_TICKET_CLAIM = "ticket:"
_MERGED_CLAIM = "merged:"


class LinkState(StrEnum):
    """How far a link has come."""

    PLANNED = "planned"  # wanted, but no create was ever sent
    CREATING = "creating"  # the intent: a create was begun, and its outcome is not known
    LINKED = "linked"
    REKEYING = "rekeying"  # to be deleted and made again under the issue's new key
    MOVING = "moving"  # a re-key of which it is not known whether the old link is still there
    DELETING = "deleting"  # the intent: a delete was begun, and its outcome is not known
    UNLINKING = "unlinking"  # an operator wants it gone, whatever the fields name
    UNLINKED = "unlinked"  # removed by hand: it stays away until a reference is written anew
    SEEN = "seen"  # somebody else's, and nothing names it: left alone
    TRANSFERRED = "carried"  # its ticket was merged: the link lives on the target
    ORPHANED = "orphaned"  # transferred, and then its issue was deleted


class Owner(StrEnum):
    """Who made the link."""

    LINKSYNC = "linksync"
    ADOPTED = "adopted"  # it was there first


class UnlinkPolicy(StrEnum):
    """Which links may be deleted (the template's `UnlinkPolicy`)."""

    OWNED = "owned"
    ANY = "any"
    NEVER = "never"

    def allows(self, owner: Owner) -> bool:
        """Whether a link of this owner may be deleted."""
        return self is UnlinkPolicy.ANY or (self is UnlinkPolicy.OWNED and owner is Owner.LINKSYNC)


def ticket_claim(text: str) -> str:
    """The claim of a ticket whose field holds this key.  It names the text, since an issue's key may change later."""
    return _TICKET_CLAIM + text


def merged_claim(ticket_id: str) -> str:
    """The claim handed on by a ticket that was merged into this one."""
    return _MERGED_CLAIM + ticket_id


class CallKind(StrEnum):
    """A call that may be refused for good."""

    CREATE = "create"
    DELETE = "delete"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A call that Zendesk will never accept as it stands.  `delivery` is the one that met it, now a dead letter."""

    call: CallKind
    reason: str
    delivery: str
    settled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One link of a lane's ticket.  It is wanted while it has a claim.  `issue` bore its key at `key_at`.

    `call_begun_at` is when the first call to make or to remove it was begun; None when none ever was.  `link_id` is its
    id in version 1 of the Links API; empty where that is not known.
    """

    issue: Issue
    key_at: float = 0.0
    claims: frozenset[str] = frozenset()
    state: LinkState = LinkState.PLANNED
    owner: Owner = Owner.LINKSYNC
    call_begun_at: float | None = None
    refusal: Refusal | None = None
    link_id: str = ""

    @property
    def texts(self) -> frozenset[str]:
        """The texts in the ticket's field that mean this issue."""
        return frozenset(claim.removeprefix(_TICKET_CLAIM) for claim in self.claims if claim.startswith(_TICKET_CLAIM))

    @property
    def merged_tickets(self) -> list[str]:
        """The tickets that were merged into this one and named the issue, in order."""
        return sorted(claim.removeprefix(_MERGED_CLAIM) for claim in self.claims if claim.startswith(_MERGED_CLAIM))

    @property
    def may_exist(self) -> bool:
        """Whether there may be such a link at Zendesk that we know of."""
        return self.state in _MAY_EXIST

    def refused(self, call: CallKind) -> bool:
        """Whether Zendesk refused this call for good, and nothing has happened since that makes it worth another."""
        return self.refusal is not None and self.refusal.settled and self.refusal.call is call

    def retried(self) -> "Link":
        """The link as one that an operator has mended: what was refused is worth another call."""
        return replace(self, refusal=None)

    def with_claims(self, claims: frozenset[str]) -> "Link":
        """The link as wanted by these.  One that gains a claim was written anew: an earlier end of it is forgotten.

        One that was seen to be there may be gone by now: a create tells.
        """
        if not claims - self.claims:
            return replace(self, claims=claims)
        state = LinkState.PLANNED if self.state in (LinkState.UNLINKED, LinkState.SEEN) else self.state
        return replace(self, claims=claims, state=state, refusal=None)

    def with_texts(self, texts: Iterable[str]) -> "Link":
        """The link as claimed by these texts of the ticket's field, and by no other text.

        Whoever takes the last text out of the field wants the link gone: claims from merged tickets go with it.
        """
        texts = frozenset(texts)
        withdrawn = bool(self.texts) and not texts
        others = frozenset(claim for claim in self.claims if not claim.startswith(_TICKET_CLAIM))
        kept = others & {ISSUE_CLAIM, OPERATOR_CLAIM} if withdrawn else others
        return self.with_claims(kept | {ticket_claim(text) for text in texts})


_MAY_EXIST = frozenset(
    {
        LinkState.CREATING,
        LinkState.LINKED,
        LinkState.REKEYING,
        LinkState.MOVING,
        LinkState.DELETING,
        LinkState.UNLINKING,
    }
)
