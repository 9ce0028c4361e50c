"""What the worker needs from the outside, as narrow protocols.  `outbound` and `store` provide them, tests fake them.

Every method may raise RetryLater, UpstreamForbidden or UpstreamRefused (see `linksync.errors`).
"""

from collections.abc import Sequence
from typing import Protocol

from linksync.core.issues import FieldReading, Issue
from linksync.core.ledger import IssueSaid, TicketLane
from linksync.core.messages import Envelope


class Links(Protocol):
    """The links of Zendesk's Jira integration.  Every call may be repeated safely."""

    def ready(self) -> None:
        """Get what a call needs first (a token), so that nothing stands between an intent and its call."""

    def create(self, *, ticket_id: str, issue: Issue) -> bool:
        """Link them.  True when this call made the link (201), False when it was there already (409)."""

    def delete(self, *, ticket_id: str, issue_id: str) -> bool:
        """Unlink them.  True when this call removed the link (204), False when there was none (404)."""


class Tickets(Protocol):
    """The tickets' own system."""

    def read(self, ticket_id: str) -> FieldReading:
        """The issue keys that the ticket's field names now."""


class Issues(Protocol):
    """The issues' own system."""

    def find(self, keys: Sequence[str]) -> dict[str, Issue]:
        """The issues that these keys mean today, by the key asked for; a key missing in the answer is unknown."""

    def read(self, issue_id: str) -> FieldReading:
        """The ticket ids that the issue's field names now."""


class Ledger(Protocol):
    """What each side last said and the state of every link."""

    def ticket(self, ticket_id: str) -> TicketLane:
        """All that is known of a ticket."""

    def issue(self, issue_id: str) -> IssueSaid:
        """What is known of an issue."""

    def tickets_linked_with(self, issue_id: str) -> tuple[str, ...]:
        """The tickets that have a link with this issue."""

    def save_ticket(self, before: TicketLane, after: TicketLane) -> None:
        """Write what differs between the two."""

    def save_issue(self, issue_id: str, said: IssueSaid) -> None:
        """Write what an issue said."""


class Queue(Protocol):
    """The event queue."""

    def send_batch(self, envelopes: Sequence[Envelope]) -> None:
        """Queue them all, each in its own lane, in this order.  Sending one again within minutes changes nothing."""


class Counter(Protocol):
    """The metrics."""

    def count(self, metric: str, value: float = 1) -> None:
        """Add to one of the contract's metrics."""
