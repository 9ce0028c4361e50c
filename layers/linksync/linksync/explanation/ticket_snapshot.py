"""What is known of one ticket when somebody asks why its links are as they are: what is recorded, and what was seen.

These are values; whoever asks gathers them.  Times are in seconds since the epoch.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from linksync.core.field_reading import FieldReading
from linksync.core.history import HistoryLine
from linksync.core.issue import Issue
from linksync.core.lanes import IssueRecord, TicketLane
from linksync.core.links import UnlinkPolicy
from linksync.core.projects import ALL_PROJECTS, ProjectList
from linksync.core.ticket_rules import FoundIssues


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadDelivery:
    """A dead letter of one of the lanes in question.  `reason` is one word, `advice` tells what to do."""

    delivery: str
    lane: str
    reason: str
    advice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorView:
    """What Zendesk and Jira show now.

    `found` answers the keys in `ticket` that `ticket_rules.keys_to_find(…, again=True)` names.  `listed` are the ids of
    the issues that the Links API lists for the ticket, `issues` the fields of issues that were read, by issue id.
    """

    ticket: FieldReading
    found: FoundIssues
    listed: frozenset[str]
    issues: Mapping[str, FieldReading] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketSnapshot:
    """All that `explanation.explain` goes by.

    `records` are those of the lane's issues, by issue id.  `asked` is an issue that is told of even when nothing is
    known of it (its id is empty where only its key is known); `only` leaves out all others.  `waiting` is about how
    many messages the event queue holds, of all lanes.
    """

    lane: TicketLane
    now: float
    policy: UnlinkPolicy
    projects: ProjectList = ALL_PROJECTS
    records: Mapping[str, IssueRecord] = field(default_factory=dict)
    history: tuple[HistoryLine, ...] = ()
    dead: tuple[DeadDelivery, ...] = ()
    waiting: int = 0
    seen: VendorView | None = None
    asked: Issue | None = None
    only: bool = False
