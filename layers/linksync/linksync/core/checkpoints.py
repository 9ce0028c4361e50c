"""How far the reconciler has read what changed at Zendesk and Jira, and which lanes it looks at again.

These are values.  `linksync.store` keeps them in DynamoDB.  Times are seconds since the epoch.
"""

from dataclasses import dataclass, replace

EXPORT_OVERLAP = 120.0
"""Seconds that a reading of the export begins before the last known place when its cursor is of no use any more."""

SEARCH_OVERLAP = 120.0
"""Seconds that a search begins before the last update seen: Jira's index may lag behind what it shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketCheckpoint:
    """The place in the stream of changed tickets.

    `cursor` is the export's own, empty before the first page; `ended` is the one at which the stream was last read to
    its end, which was at `current_at`.  `generated_at` is the latest `generated_timestamp` seen, or where to begin.
    """

    cursor: str = ""
    ended: str = ""
    generated_at: float = 0.0
    current_at: float = 0.0

    def anew(self) -> "TicketCheckpoint":
        """The place from which the next reading begins: where the last but one ended.

        So each change is seen by two runs: an older statement may have waited for its lane during the first.
        """
        return replace(self, cursor=self.ended or self.cursor, ended=self.cursor)

    def without_cursor(self) -> "TicketCheckpoint":
        """The same place by its time, a little before it: for a cursor that the export refuses."""
        return replace(self, cursor="", ended="", generated_at=self.generated_at - EXPORT_OVERLAP)


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueCheckpoint:
    """The place in the stream of changed issues.

    The search that is under way began at updates of `since`; `page` is its next page's token, empty before the first.
    `newest` is the latest update seen, and `ended` what it was when the stream was last read to its end, which was at
    `current_at`.
    """

    since: float = 0.0
    newest: float = 0.0
    ended: float = 0.0
    page: str = ""
    current_at: float = 0.0

    def anew(self) -> "IssueCheckpoint":
        """The place from which the next search begins: where the last but one ended, as for tickets."""
        return replace(self, since=(self.ended or self.newest) - SEARCH_OVERLAP, ended=self.newest)

    def again(self) -> "IssueCheckpoint":
        """The search from the latest update seen, for a page that is of no use any more."""
        return replace(self, since=self.newest - SEARCH_OVERLAP, page="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """How far both streams are read.  `round` counts how often that came to the end of both."""

    round: int
    tickets: TicketCheckpoint
    issues: IssueCheckpoint

    @classmethod
    def of_a_new_stack(cls, now: float) -> "Checkpoint":
        """What changes from now on.  What was there before is the backfill's."""
        return cls(
            round=1,
            tickets=TicketCheckpoint(generated_at=now, current_at=now),
            issues=IssueCheckpoint(since=now - SEARCH_OVERLAP, newest=now, current_at=now),
        )

    @property
    def current_at(self) -> float:
        """Until when nothing that changed is unread."""
        return min(self.tickets.current_at, self.issues.current_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """A lane that the reconciler had read again, because a field and the ledger differed.

    `difference` tells that difference from others, `times` how often in a row it was found, `queued_at` when the lane
    was last told.
    """

    lane: str
    difference: str
    times: int
    queued_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A lane to be looked at again when it is due.

    `since` is when the reason came up: a key or a ticket number was not found, or a field differed (`reread`).
    """

    lane: str
    due_at: float
    since: float
    reread: bool = False
