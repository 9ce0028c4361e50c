"""What the ledger knows of a lane: what its field last stated and when, facts, and links.

These are values.  `linksync.store.ledger` keeps them in DynamoDB.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from linksync.core.links import Link
from linksync.core.ordering import Window
from linksync.core.wrong_references import NO_REFERENCE_NOTICES, ReferenceNotices


@dataclass(frozen=True, slots=True)
class FieldRecord:
    """What a field last stated, and when.

    `refs` are issue keys or ticket ids; `window` is None before the first time.  `delivery` and `source` are those by
    which it was stated, or which had it read.
    """

    refs: frozenset[str] = frozenset()
    window: Window | None = None
    delivery: str = ""
    source: str = ""

    def confirmed(self, window: Window) -> "FieldRecord":
        """The record after the same content was stated again."""
        return replace(self, window=self.window.confirmed_by(window) if self.window else window)

    def told_by(self, delivery: str, source: str, *, after: "FieldRecord") -> "FieldRecord":
        """The record with its origin, where it differs from the one `after` which it came."""
        return self if self == after else replace(self, delivery=delivery, source=source)


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketFacts:
    """What is known of a ticket apart from what its field states.

    `not_found` are the keys in its field that Jira does not know, or whose issues `ProjectKeys` leaves out.  `missing`:
    Zendesk did not know the ticket when it was last asked.  `reference_notices` are what its people are told of such
    keys, and `tagged` whether the ticket bears our tag for them.
    """

    not_found: frozenset[str] = frozenset()
    merged_into: str = ""
    deleted: bool = False
    missing: bool = False
    reference_notices: ReferenceNotices = NO_REFERENCE_NOTICES
    tagged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketLane:
    """All that the ledger knows of one ticket.  `links` are by issue id."""

    ticket_id: str
    stated: FieldRecord = FieldRecord()
    facts: TicketFacts = TicketFacts()
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

    def checkpoint(self, recorded: "TicketLane") -> "TicketLane":
        """The lane's links and facts with what its ticket stated as it is `recorded`.

        Until the new statement is committed, keys of both that Jira does not know are kept.
        """
        not_found = recorded.facts.not_found | self.facts.not_found
        return replace(self, stated=recorded.stated, facts=replace(self.facts, not_found=not_found))


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueRecord:
    """What an issue's field last stated, and the key that the issue had at some moment from `key_at` to `key_until`.

    `ever_named` are all tickets that it named at any time: what happens to the issue itself is told to them.
    `told_key` is the key that they were last told, and `told` the tickets that were told of a claim, where these are
    not all that the field names (None: they are).  `maybe_told` are those that a run may have told which was cut short.
    `missing`: Jira did not know the issue when it was last asked.  `not_found` are tickets in its field that Zendesk
    did not know, and `reference_notices` what its people are told of them.
    """

    stated: FieldRecord = FieldRecord()
    ever_named: frozenset[str] = frozenset()
    key: str = ""
    key_at: float = 0.0
    key_until: float = 0.0
    deleted: bool = False
    missing: bool = False
    told_key: str = ""
    told: frozenset[str] | None = None
    maybe_told: frozenset[str] = frozenset()
    not_found: frozenset[str] = frozenset()
    reference_notices: ReferenceNotices = NO_REFERENCE_NOTICES

    @property
    def claims(self) -> frozenset[str]:
        """The tickets that it claims: those that it names and Zendesk knows, unless `ProjectKeys` leaves it out."""
        return self.stated.refs if self.told is None else self.told
