"""What travels on the event queue: statements and notices, and the envelope around them.

A *statement* is what one side says about itself: at this time, this ticket names these issue keys (or this issue names
these ticket ids).  A *notice* is what an issue's lane tells a ticket's lane.  Times are seconds since the epoch.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

from linksync.core.evidence import Window

FORMAT_VERSION = 1


class Life(StrEnum):
    """What happened to the ticket or issue itself."""

    EDITED = "edited"
    MOVED = "moved"  # an issue got another key
    MERGED = "merged"  # a ticket was merged into another
    DELETED = "deleted"  # for good: a ticket deleted permanently, an issue deleted


class Change(StrEnum):
    """What an issue's lane, or a merged ticket's, tells a ticket's lane about one link."""

    CLAIMED = "claimed"
    RELEASED = "released"
    MOVED = "moved"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketStatement:
    """What a ticket says.  `issue_keys` is None when unknown, which is not the same as empty.

    `exact`: `at` is the time of the change itself; otherwise it is that of the delivery's attempt, an upper bound.
    """

    ticket_id: str
    issue_keys: tuple[str, ...] | None
    at: float
    exact: bool
    life: Life = Life.EDITED
    merged_into: str = ""

    @property
    def lane(self) -> str:
        """The message group that this statement is worked on in."""
        return ticket_lane(self.ticket_id)

    @property
    def window(self) -> Window:
        """When its content was true."""
        return Window.of_statement(self.at, exact=self.exact)


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueStatement:
    """What an issue says.  `ticket_ids` is None when unknown; `issue_id` is its identity, `issue_key` its name."""

    issue_id: str
    issue_key: str
    ticket_ids: tuple[str, ...] | None
    at: float
    exact: bool
    life: Life = Life.EDITED

    @property
    def lane(self) -> str:
        """The message group that this statement is worked on in."""
        return issue_lane(self.issue_id)

    @property
    def window(self) -> Window:
        """When its content was true."""
        return Window.of_statement(self.at, exact=self.exact)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkNotice:
    """One link's news for its ticket's lane.  `via` names the merged ticket that hands its claim on, else it is empty.

    The issue bore `issue_key` at `key_at`.
    """

    ticket_id: str
    issue_id: str
    issue_key: str
    key_at: float
    change: Change
    at: float
    via: str = ""

    @property
    def lane(self) -> str:
        """The message group that this notice is worked on in."""
        return ticket_lane(self.ticket_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """An authentic body that nobody could read, on its way to the dead-letter queue.

    `excerpt` is the body's beginning in base64, `size` its whole length in bytes.
    """

    reason: str
    excerpt: str
    size: int
    sha256: str

    @property
    def lane(self) -> str:
        """The message group of this body: one of its own, so that it holds nothing up."""
        return f"quarantine#{self.sha256[:32]}"


type Payload = TicketStatement | IssueStatement | LinkNotice | Quarantined

_KINDS: dict[str, type[TicketStatement | IssueStatement | LinkNotice | Quarantined]] = {
    "ticket_statement": TicketStatement,
    "issue_statement": IssueStatement,
    "link_notice": LinkNotice,
    "quarantined": Quarantined,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}


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

    def passed_on(self, notice: LinkNotice) -> "Envelope":
        """A notice that follows from this envelope.  Working on this one again passes on the same delivery."""
        cause = f"{self.delivery}/{self.lane}/{notice.lane}/{notice.issue_id}/{notice.change}/{notice.at!r}"
        return replace(self, delivery=hashlib.sha256(cause.encode()).hexdigest()[:32], payload=notice)


def ticket_lane(ticket_id: str) -> str:
    """The lane in which every write to a link of this ticket happens."""
    return f"ticket#{ticket_id}"


def issue_lane(issue_id: str) -> str:
    """The lane in which an issue's statements are compared with what it said before."""
    return f"issue#{issue_id}"


def encode(envelope: Envelope) -> str:
    """The envelope as the JSON text of a queue message."""
    fields = asdict(envelope)
    return json.dumps({"v": FORMAT_VERSION, "kind": _NAMES[type(envelope.payload)], **fields}, separators=(",", ":"))


def decode(body: str) -> Envelope:
    """The envelope of a queue message.  Raises ValueError for anything that `encode` did not write."""
    try:
        raw = json.loads(body)
        if raw["v"] != FORMAT_VERSION:
            raise ValueError(f"message format {raw['v']!r} is not {FORMAT_VERSION}")
        payload = _payload(raw["kind"], raw["payload"])
        return Envelope(
            delivery=raw["delivery"],
            correlation_id=raw["correlation_id"],
            source=raw["source"],
            received_at=float(raw["received_at"]),
            payload=payload,
        )
    except (KeyError, TypeError, OverflowError, RecursionError) as problem:
        raise ValueError(f"not a linksync message: {problem}") from problem


def _payload(kind: str, fields: dict[str, Any]) -> Payload:
    fields = dict(fields)
    for name in ("issue_keys", "ticket_ids"):
        if fields.get(name) is not None:
            fields[name] = tuple(fields[name])
    for name, enum in (("life", Life), ("change", Change)):
        if name in fields:
            fields[name] = enum(fields[name])
    return _KINDS[kind](**fields)
