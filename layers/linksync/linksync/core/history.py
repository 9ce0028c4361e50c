"""What happened to a link, a line a change: kept beside the ledger for whoever asks why a link is there, or not.

It holds ids and words of ours, and never what people wrote.
"""

from dataclasses import dataclass
from enum import StrEnum

from linksync.core.issue import Issue


class Event(StrEnum):
    """What happened."""

    MADE = "made"
    ADOPTED = "adopted"  # it was there first
    REMOVED = "removed"
    ABSENT = "absent"  # it was to be removed, and was not there
    REFUSED = "refused"
    REKEYED = "rekeyed"
    TRANSFERRED = "transferred"  # its ticket was merged
    UNLINKED = "unlinked"  # somebody removed it by hand, or an operator by command
    FORGOTTEN = "forgotten"  # nothing names it any more, and it was not ours to remove
    TICKET_MISSING = "ticket_missing"  # Zendesk does not know the ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryLine:
    """One change of a link of one ticket.  `why` is a sentence, `source` and `delivery` what brought it about."""

    at: float
    issue: Issue
    event: Event
    why: str
    source: str
    delivery: str
