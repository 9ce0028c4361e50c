"""What the reconciler needs from the outside, as narrow protocols.  `outbound` and `store` provide it, tests fake it.

Every method may raise RetryLater or OperatorError (see `linksync.errors`).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from linksync.core.change_feed import IssuePage, TicketPage
from linksync.core.checkpoints import Checkpoint, Look, Repair
from linksync.core.issue import Issue
from linksync.core.lanes import FieldRecord, IssueRecord, TicketFacts
from linksync.core.links import Link
from linksync.core.messages import Envelope
from linksync.core.projects import ProjectList
from linksync.metrics import Metric


class ChangedTickets(Protocol):
    """Zendesk's stream of changed tickets."""

    def changed(self, *, cursor: str, start: float, size: int) -> TicketPage:
        """A page of what changed since the cursor, or since `start` where that is empty.  May raise CursorRefused."""


class ChangedIssues(Protocol):
    """Jira's search for changed issues."""

    def changed(self, *, since: float, token: str) -> IssuePage:
        """A page of what was updated at `since` or later, the earliest first.  May raise PageRefused."""

    def server_time(self) -> float:
        """Jira's clock."""


class Existence(Protocol):
    """What is there now of what was not found before."""

    def issues(self, ids_or_keys: Sequence[str]) -> Mapping[str, Issue]:
        """The issues that these ids and keys mean today, by what was asked for; the others are left out."""

    def tickets(self, ticket_ids: Sequence[str]) -> frozenset[str]:
        """Those of these tickets that Zendesk knows today."""


class Ledger(Protocol):
    """What the lanes recorded, many at a time."""

    def tickets(self, ticket_ids: Iterable[str]) -> Mapping[str, tuple[FieldRecord, TicketFacts]]:
        """What these tickets stated and what is known of them; those of which nothing is known are left out."""

    def issues(self, issue_ids: Iterable[str]) -> Mapping[str, IssueRecord]:
        """What is known of these issues; those of which nothing is known are left out."""

    def links_of_issue(self, issue_id: str) -> Mapping[str, Link]:
        """The links with this issue, by ticket id."""

    def has_links(self, ticket_id: str) -> bool:
        """Whether any link of this ticket is known."""


class State(Protocol):
    """The lease, and how far the streams are read."""

    def acquire(self, holder: str, *, now: float, until: float) -> tuple[bool, Checkpoint | None]:
        """Whether the lease is the holder's now, and the checkpoint."""

    def save(self, holder: str, checkpoint: Checkpoint, *, until: float) -> None:
        """Record the checkpoint and hold the lease until then.  May raise LeaseLost."""

    def release(self, holder: str) -> None:
        """Give the lease back."""


class RepairLog(Protocol):
    """What was read again of late, and for which difference."""

    def known(self, lanes: Iterable[str]) -> Mapping[str, Repair]:
        """The last repair of each of these lanes."""

    def remember(self, repairs: Sequence[Repair]) -> None:
        """Record these."""


class Looks(Protocol):
    """The lanes to look at again."""

    def due(self, now: float, *, limit: int) -> Sequence[Look]:
        """Those that are due; at most so many."""

    def change(self, *, done: Iterable[Look] = (), planned: Iterable[Look] = ()) -> None:
        """Take some away, and plan others."""


class Queue(Protocol):
    """The event queue."""

    def send_batch(self, envelopes: Sequence[Envelope]) -> None:
        """Queue them all, each in its own lane.  Sending one again within minutes changes nothing."""


class MetricCounter(Protocol):
    """The metrics."""

    def count(self, metric: Metric, value: float = 1) -> None:
        """Add to a metric."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependencies:
    """What one run is given.

    `tickets` is None when that direction is off.  `waiting` tells how many messages wait for the worker, `now` the
    seconds since the epoch, `seconds_left` what this run may still take; `pause` waits, or raises UnfinishedWork.
    """

    tickets: ChangedTickets | None
    issues: ChangedIssues
    existence: Existence
    ledger: Ledger
    state: State
    repairs: RepairLog
    looks: Looks
    queue: Queue
    metrics: MetricCounter
    projects: ProjectList
    waiting: Callable[[], int]
    now: Callable[[], float]
    seconds_left: Callable[[], float]
    pause: Callable[[float], None]
