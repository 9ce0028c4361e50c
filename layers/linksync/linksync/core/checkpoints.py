"""How far the reconciler has read what changed at Zendesk and Jira, and which lanes it looks at again.

These are values.  `linksync.store` keeps them in DynamoDB.  Times are seconds since the epoch.
"""

from dataclasses import dataclass, replace

from linksync.core.ordering import LOOK_BACK

EXPORT_OVERLAP = 120.0
"""Seconds that a reading of the export begins before the last known place when its cursor is of no use any more."""

SEARCH_OVERLAP = 120.0
"""Seconds that a search begins before the last update seen: Jira's index may lag behind what it shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketCheckpoint:
    """The place in the stream of changed tickets.

    `cursor` is the export's own, empty before the first page: then the reading begins at `generated_at`, the latest
    `generated_timestamp` seen.  Readings begin at `begun`, or where that is empty at the time `begun_at`.  `ended` is
    where one came to the stream's end, at `ended_at`: later ones begin there once that is long enough ago.
    `current_at` is when the stream was last read to its end.
    """

    cursor: str = ""
    begun: str = ""
    begun_at: float
    ended: str = ""
    ended_at: float = 0.0
    generated_at: float
    current_at: float

    @classmethod
    def at(cls, time: float) -> "TicketCheckpoint":
        """What changes from then on."""
        return cls(begun_at=time, generated_at=time, current_at=time)

    def anew(self, now: float) -> "TicketCheckpoint":
        """The place from which the next reading begins, at the end of one: what changed is seen for LOOK_BACK."""
        after = self
        if not self.ended:
            after = replace(self, ended=self.cursor, ended_at=now)
        elif now - self.ended_at >= LOOK_BACK:
            after = replace(self, begun=self.ended, begun_at=self.ended_at, ended=self.cursor, ended_at=now)
        return replace(after, cursor=after.begun, generated_at=self.generated_at if after.begun else self.begun_at)

    def without_cursor(self) -> "TicketCheckpoint":
        """Where readings begin, by its time and a little before it: for a cursor that the export refuses."""
        start = min(self.begun_at, self.generated_at) - EXPORT_OVERLAP
        return replace(self, cursor="", begun="", begun_at=start, ended="", generated_at=start)


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueCheckpoint:
    """The place in the stream of changed issues.

    The search that is under way began at updates of `since`; `page` is its next page's token, empty before the first.
    `newest` is the latest update seen.  Searches begin at updates of `begun`; `ended` is what `newest` was when one
    came to its end, at `ended_at`: later ones begin there once that is long enough ago.  `current_at` is when the
    stream was last read to its end.
    """

    since: float
    newest: float
    begun: float
    ended: float = 0.0
    ended_at: float = 0.0
    page: str = ""
    current_at: float

    @classmethod
    def at(cls, updated: float, *, current_at: float) -> "IssueCheckpoint":
        """What is updated from then on, by Jira's clock; `current_at` by ours."""
        since = updated - SEARCH_OVERLAP
        return cls(since=since, begun=since, newest=updated, current_at=current_at)

    def anew(self, now: float) -> "IssueCheckpoint":
        """The place from which the next search begins, at the end of one, as for tickets."""
        after = self
        if not self.ended:
            after = replace(self, ended=self.newest, ended_at=now)
        elif now - self.ended_at >= LOOK_BACK:
            after = replace(self, begun=self.ended - SEARCH_OVERLAP, ended=self.newest, ended_at=now)
        return replace(after, since=after.begun)

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
    def of_a_new_stack(cls, now: float, *, by_jira: float) -> "Checkpoint":
        """What changes from now on, which is `by_jira` by Jira's clock.  What was there before is the backfill's."""
        return cls(round=1, tickets=TicketCheckpoint.at(now), issues=IssueCheckpoint.at(by_jira, current_at=now))

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
