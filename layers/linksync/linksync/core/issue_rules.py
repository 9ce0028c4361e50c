"""The rules of an issue's lane: what it says × what it said before → news for the lanes of the tickets it touches."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from linksync.core.evidence import Verdict, Window, judge
from linksync.core.issues import Issue
from linksync.core.ledger import IssueSaid
from linksync.core.messages import Change, IssueStatement, Life, LinkNotice

MOST_EVER_NAMED = 1_000
"""A record in DynamoDB must stay far below 400 KB, whatever people write."""


@dataclass(frozen=True, slots=True)
class News:
    """What the tickets' lanes must be told.

    `everywhere` goes to every ticket that the ledger links with the issue, and to all that the issue ever named: their
    lanes may not have come to it yet.
    """

    named: frozenset[str] = frozenset()
    claimed: frozenset[str] = frozenset()
    released: frozenset[str] = frozenset()
    everywhere: Change | None = None


def weigh(said: IssueSaid, statement: IssueStatement, *, waited: float) -> Verdict:
    """What the statement's ticket ids are worth.

    A move that does not show the field tells nothing of it: no call is owed to that.
    """
    silent = statement.life is Life.MOVED and statement.ticket_ids is None
    if said.deleted or statement.life is Life.DELETED or silent:
        return Verdict.STALE
    return judge(
        said=said.ticket_ids if said.window else None,
        said_window=said.window,
        states=None if statement.ticket_ids is None else frozenset(statement.ticket_ids),
        window=statement.window,
        exact=statement.exact,
        waited=waited,
    )


def live(said: IssueSaid, statement: IssueStatement) -> IssueSaid:
    """What is known of the issue after what happened to it: it may be gone, or bear another key."""
    said = renamed(said, statement.issue_key, statement.window.earliest)
    if statement.life is Life.DELETED:
        return replace(said, deleted=True, ticket_ids=frozenset())
    return said


def renamed(said: IssueSaid, key: str, at: float) -> IssueSaid:
    """The issue under the key that it bore at `at`, unless a later one is known."""
    return replace(said, key=key, key_at=at) if at > said.key_at else said


def confirm(said: IssueSaid, window: Window) -> IssueSaid:
    """The same content was stated again."""
    return replace(said, window=said.window.confirmed_by(window) if said.window else window)


def restate(said: IssueSaid, ticket_ids: Iterable[str], window: Window) -> IssueSaid:
    """The issue names exactly these tickets."""
    ticket_ids = frozenset(ticket_ids)
    earlier = sorted(said.ever_named - ticket_ids)[:MOST_EVER_NAMED]
    return replace(said, ticket_ids=ticket_ids, window=window, ever_named=ticket_ids.union(earlier))


def news(before: IssueSaid, after: IssueSaid, life: Life, *, reread: bool = False) -> News:
    """The difference between what the issue said and says.

    After a reading, all that the issue ever named are released that it does not name now: an earlier run for the same
    message may have told something else, and been cut short before that was recorded.
    """
    if after.deleted:
        return News(named=before.ever_named, everywhere=Change.DELETED)
    # A move is told even when a later statement brought the new key before: that one could not know of a move.
    moved = life is Life.MOVED or before.key not in ("", after.key)
    return News(
        named=before.ever_named,
        claimed=after.ticket_ids - before.ticket_ids,
        released=(after.ever_named if reread else before.ticket_ids) - after.ticket_ids,
        everywhere=Change.MOVED if moved else None,
    )


def notices(
    told: News, *, issue: Issue, key_at: float, at: float, linked_tickets: Iterable[str]
) -> tuple[LinkNotice, ...]:
    """The news as one notice a ticket and change.  `linked_tickets` are those that the ledger links with the issue."""
    everywhere = told.named | frozenset(linked_tickets) if told.everywhere else frozenset()
    changes = [(ticket, told.everywhere) for ticket in sorted(everywhere) if told.everywhere]
    changes += [(ticket, Change.CLAIMED) for ticket in sorted(told.claimed)]
    changes += [(ticket, Change.RELEASED) for ticket in sorted(told.released)]
    return tuple(
        LinkNotice(ticket_id=ticket, issue_id=issue.id, issue_key=issue.key, key_at=key_at, change=change, at=at)
        for ticket, change in changes
    )
