"""What travels on the event queue: statements and notices in their envelopes, and bodies that nobody could read.

The words are explained in docs/glossary.md.  Times are seconds since the epoch.
"""

import hashlib
from dataclasses import dataclass, replace
from enum import StrEnum

from linksync.core.ordering import Window

BACKFILL = "backfill"
"""The source of statements that a backfill makes of fields that were filled in long ago."""


class LifecycleEvent(StrEnum):
    """What happened to the ticket or issue itself."""

    EDITED = "edited"
    MOVED = "moved"  # an issue got another key
    MERGED = "merged"  # a ticket was merged into another
    DELETED = "deleted"  # for good: a ticket deleted permanently, an issue deleted


class NoticeKind(StrEnum):
    """What an issue's lane, or a merged ticket's, tells a ticket's lane about one link."""

    CLAIMED = "claimed"
    RELEASED = "released"
    MOVED = "moved"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Statement:
    """Both kinds.  `exact`: `at` is the time of the change, not that of the delivery's attempt, an upper bound."""

    at: float
    exact: bool
    lifecycle: LifecycleEvent = LifecycleEvent.EDITED

    @property
    def window(self) -> Window:
        """When its content was true."""
        return Window.of_statement(self.at, exact=self.exact)


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketStatement(_Statement):
    """What a ticket states.  `issue_keys` is None when unknown, which is not the same as empty.

    `linked` are the ids of issues that the Links API was seen to list for it: they need no create.  `look_up`: keys
    that were not found are looked up again.
    """

    ticket_id: str
    issue_keys: tuple[str, ...] | None
    merged_into: str = ""
    linked: tuple[str, ...] = ()
    look_up: bool = False

    @property
    def lane(self) -> str:
        """The message group that this statement is worked on in."""
        return ticket_lane(self.ticket_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueStatement(_Statement):
    """What an issue states.  `ticket_ids` is None when unknown; `issue_id` is its identity, `issue_key` its name.

    `linked` are the tickets that the Links API was seen to list for it: these links need no create.  `look_up`:
    tickets that were not found are looked up again.
    """

    issue_id: str
    issue_key: str
    ticket_ids: tuple[str, ...] | None
    linked: tuple[str, ...] = ()
    look_up: bool = False

    @property
    def lane(self) -> str:
        """The message group that this statement is worked on in."""
        return issue_lane(self.issue_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkNotice:
    """News of one link for its ticket's lane.

    `via` names the merged ticket that hands its claim on, else it is empty.  The issue bore `issue_key` at `key_at`.
    `seen`: the Links API was seen to list the link, so that it needs no create.
    """

    ticket_id: str
    issue_id: str
    issue_key: str
    key_at: float
    kind: NoticeKind
    at: float
    via: str = ""
    seen: bool = False

    @property
    def lane(self) -> str:
        """The message group that this notice is worked on in."""
        return ticket_lane(self.ticket_id)


class OperatorAction(StrEnum):
    """What an operator's command asks of one link."""

    LINK = "link"
    UNLINK = "unlink"
    RELINK = "relink"  # ours, but gone: make it again
    ADOPT = "adopt"  # there, but unknown: record it as somebody else's
    REKEY = "rekey"  # its key is stale: make it again under the issue's key
    RENUMBER = "renumber"  # its id in version 1 of the Links API may be another one now


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorCommand:
    """What an operator's command line asks of one link, in its ticket's lane.  The issue bears `issue_key` at `at`.

    `seen`: the Links API was seen to list the link, so that it needs no create.
    """

    ticket_id: str
    issue_id: str
    issue_key: str
    action: OperatorAction
    at: float
    seen: bool = False

    @property
    def lane(self) -> str:
        """The message group that this command is worked on in."""
        return ticket_lane(self.ticket_id)


type Payload = TicketStatement | IssueStatement | LinkNotice | OperatorCommand


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A payload with what is needed to follow it: its delivery, its source and the time it was accepted."""

    delivery: str
    correlation_id: str
    source: str
    received_at: float
    payload: Payload

    @property
    def lane(self) -> str:
        """The FIFO message group: one lane a ticket, one an issue."""
        return self.payload.lane

    def forward(self, notice: LinkNotice) -> "Envelope":
        """A notice that follows from this envelope.  Working on this one again forwards the same delivery."""
        cause = f"{self.delivery}/{self.lane}/{notice.lane}/{notice.issue_id}/{notice.kind}/{notice.at!r}"
        return replace(self, delivery=hashlib.sha256(cause.encode()).hexdigest()[:32], payload=notice)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """An authentic body that nobody could read, on its way to the dead-letter queue.

    `reason` is one word, `excerpt` the body's beginning in base64, `size` its whole length in bytes.
    """

    delivery: str
    correlation_id: str
    source: str
    received_at: float
    reason: str
    excerpt: str
    size: int
    sha256: str

    @property
    def lane(self) -> str:
        """The message group of this body: one of its own, so that it holds nothing up."""
        return f"quarantine#{self.sha256[:32]}"


type Message = Envelope | Quarantined


def ticket_lane(ticket_id: str) -> str:
    """The lane in which every write to a link of this ticket happens."""
    return f"ticket#{ticket_id}"


def issue_lane(issue_id: str) -> str:
    """The lane in which an issue's statements are compared with what it stated before."""
    return f"issue#{issue_id}"
