"""What the ledger remembers: what each subject last said, and each link's claims, state and owner.

These are values.  `linksync.store.ledger` keeps them in DynamoDB.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from linksync.core.evidence import Window
from linksync.core.issues import Issue

ISSUE_CLAIM = "issue"
"""The claim of an issue whose field names the ticket."""

_TICKET_CLAIM = "ticket:"
_MERGED_CLAIM = "merged:"


class State(StrEnum):
    """How far a link has come."""

    PLANNED = "planned"  # wanted, but no create was ever sent
    CREATING = "creating"  # the intent: a create was begun, and its outcome is not known
    LINKED = "linked"
    REKEYING = "rekeying"  # being deleted and made again under the issue's new key
    DELETING = "deleting"  # the intent: a delete was begun, and its outcome is not known
    CARRIED = "carried"  # its ticket was merged: the link lives on the target
    ORPHANED = "orphaned"  # carried, and then its issue was deleted


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One link of a lane's ticket.  It is wanted while it has a claim.  `issue` bore its key at `key_at`.

    `call_begun_at` is when the first call to make or to remove it was begun; None when none ever was.
    """

    issue: Issue
    key_at: float = 0.0
    claims: frozenset[str] = frozenset()
    state: State = State.PLANNED
    owner: Owner = Owner.LINKSYNC
    call_begun_at: float | None = None

    @property
    def texts(self) -> frozenset[str]:
        """The texts in the ticket's field that mean this issue."""
        return frozenset(claim.removeprefix(_TICKET_CLAIM) for claim in self.claims if claim.startswith(_TICKET_CLAIM))

    @property
    def may_exist(self) -> bool:
        """Whether there may be such a link at Zendesk that we know of."""
        return self.state in (State.CREATING, State.LINKED, State.REKEYING, State.DELETING)

    def with_texts(self, texts: Iterable[str]) -> "Link":
        """The link as claimed by these texts of the ticket's field, and by no other text.

        Whoever takes the last text out of the field wants the link gone: claims from merged tickets go with it.
        """
        texts = frozenset(texts)
        withdrawn = bool(self.texts) and not texts
        kept = {ISSUE_CLAIM} if withdrawn else {claim for claim in self.claims if not claim.startswith(_TICKET_CLAIM)}
        return replace(self, claims=(self.claims & kept) | {ticket_claim(text) for text in texts})


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketSaid:
    """What a ticket's field last said, and when.  `unresolved` are the keys among `keys` that Jira did not know."""

    keys: frozenset[str] = frozenset()
    window: Window | None = None
    unresolved: frozenset[str] = frozenset()
    merged_into: str = ""
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueSaid:
    """What an issue's field last said, and when; and the key that it had at `key_at`.

    `ever_named` are all tickets that it named at any time: news of the issue itself goes to them.
    """

    ticket_ids: frozenset[str] = frozenset()
    ever_named: frozenset[str] = frozenset()
    window: Window | None = None
    key: str = ""
    key_at: float = 0.0
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketLane:
    """All that the ledger knows of one ticket.  `links` are by issue id."""

    ticket_id: str
    said: TicketSaid = TicketSaid()
    links: Mapping[str, Link] = field(default_factory=dict)

    def link_meant_by(self, key: str) -> Link | None:
        """The link that this text means: the one it made, else the one whose issue bears that key now."""
        links = self.links.values()
        by_text = (link for link in links if key in link.texts)
        by_key = (link for link in links if link.issue.key == key)
        return next(by_text, None) or next(by_key, None)

    def with_link(self, link: Link) -> "TicketLane":
        """The lane with this link put in, or in place of the one to the same issue."""
        return replace(self, links={**self.links, link.issue.id: link})

    def without_link(self, issue_id: str) -> "TicketLane":
        """The lane without the link to this issue."""
        return replace(self, links={key: link for key, link in self.links.items() if key != issue_id})
