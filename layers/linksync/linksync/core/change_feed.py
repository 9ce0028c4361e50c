"""What changed at Zendesk and Jira, as their own lists tell it: tickets, issues, and pages of them.

`refs` are the issue keys or ticket ids in our field: () for an empty field, None when there is no evidence, since the
row does not show it.  `too_many`: it names more than a field of references does, or the row is of no known shape: its
lane is to read the field.  Times are seconds since the epoch.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from linksync.core.issue import Issue


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedTicket:
    """A ticket as it was at `updated_at`.

    `deleted`: it is in the bin; `erased`: it is deleted for good; `merged`: into another, which no list names.
    """

    ticket_id: str
    refs: tuple[str, ...] | None
    updated_at: float
    too_many: bool = False
    deleted: bool = False
    erased: bool = False
    merged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedIssue:
    """An issue as it was at `updated_at`, with the key that it had then."""

    issue: Issue
    refs: tuple[str, ...] | None
    updated_at: float
    too_many: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketPage:
    """A page of tickets.  `cursor` leads to the next page, or to what will have changed; `last`: nothing more now.

    `generated_at` is the latest `generated_timestamp` on the page; None when it has none.
    """

    rows: tuple[ChangedTicket, ...]
    cursor: str
    last: bool
    generated_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuePage:
    """A page of issues.  `token` leads to the next page, and is empty on the last."""

    rows: tuple[ChangedIssue, ...]
    token: str


def newest_tickets(rows: Iterable[ChangedTicket]) -> dict[str, ChangedTicket]:
    """One row a ticket, by its id: where a list shows it twice, as it was at the later time, whichever comes first."""
    return {row.ticket_id: row for row in sorted(rows, key=lambda row: row.updated_at)}


def newest_issues(rows: Iterable[ChangedIssue]) -> dict[str, ChangedIssue]:
    """The same for issues."""
    return {row.issue.id: row for row in sorted(rows, key=lambda row: row.updated_at)}
