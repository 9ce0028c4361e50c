"""The rules of an issue's lane: what it states × what it stated before → notices for the lanes of its tickets."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from linksync.core.issue import Issue
from linksync.core.lanes import FieldRecord, IssueRecord
from linksync.core.messages import IssueStatement, LifecycleEvent, LinkNotice, NoticeKind
from linksync.core.ordering import Action, Decision, Window, classify

MOST_EVER_NAMED = 1_000
"""A record in DynamoDB must stay far below 400 KB, whatever people write."""

_DELETED = Decision(Action.IGNORE, "the issue is deleted")
_SILENT_MOVE = Decision(Action.IGNORE, "it tells of a move, and nothing of the field")


@dataclass(frozen=True, slots=True)
class Difference:
    """What the tickets' lanes must be told.

    `everywhere` goes to every ticket that the ledger links with the issue, and to all that the issue ever named: their
    lanes may not have come to it yet.
    """

    named: frozenset[str] = frozenset()
    claimed: frozenset[str] = frozenset()
    released: frozenset[str] = frozenset()
    everywhere: NoticeKind | None = None


def decide(record: IssueRecord, statement: IssueStatement, *, waited: float) -> Decision:
    """What to do with the statement's ticket ids, after it waited so many seconds in the queue.

    A move that does not show the field tells nothing of it: no call is owed to that.
    """
    if record.deleted or statement.lifecycle is LifecycleEvent.DELETED:
        return _DELETED
    if statement.lifecycle is LifecycleEvent.MOVED and statement.ticket_ids is None:
        return _SILENT_MOVE
    return classify(
        stated=None if statement.ticket_ids is None else frozenset(statement.ticket_ids),
        window=statement.window,
        exact=statement.exact,
        known=record.stated.refs,
        known_window=record.stated.window,
        waited=waited,
    )


def apply_lifecycle(record: IssueRecord, statement: IssueStatement) -> IssueRecord:
    """The record after what happened to the issue itself: it may be gone, or bear another key."""
    record = with_key(record, statement.issue_key, statement.window.earliest)
    if statement.lifecycle is LifecycleEvent.DELETED:
        return replace(record, deleted=True, stated=replace(record.stated, refs=frozenset()))
    return record


def with_key(record: IssueRecord, key: str, at: float) -> IssueRecord:
    """The record with the key that the issue bore at `at`, unless a later one is known."""
    return replace(record, key=key, key_at=at) if at > record.key_at else record


def confirm(record: IssueRecord, window: Window) -> IssueRecord:
    """The record after the same content was stated again."""
    return replace(record, stated=record.stated.confirmed(window))


def replace_references(record: IssueRecord, ticket_ids: Iterable[str], window: Window) -> IssueRecord:
    """The record once the issue names exactly these tickets."""
    ticket_ids = frozenset(ticket_ids)
    earlier = sorted(record.ever_named - ticket_ids)[:MOST_EVER_NAMED]
    return replace(record, stated=FieldRecord(ticket_ids, window), ever_named=ticket_ids.union(earlier))


def difference(
    before: IssueRecord, after: IssueRecord, lifecycle: LifecycleEvent, *, reread: bool = False
) -> Difference:
    """The difference between what the issue stated and states.

    After a reading, all that the issue ever named are released that it does not name now: an earlier run for the same
    message may have told something else, and been cut short before that was recorded.
    """
    if after.deleted:
        return Difference(named=before.ever_named, everywhere=NoticeKind.DELETED)
    # A move is told even when a later statement brought the new key before: that one could not know of a move.
    moved = lifecycle is LifecycleEvent.MOVED or before.key not in ("", after.key)
    return Difference(
        named=before.ever_named,
        claimed=after.stated.refs - before.stated.refs,
        released=(after.ever_named if reread else before.stated.refs) - after.stated.refs,
        everywhere=NoticeKind.MOVED if moved else None,
    )


def notices(
    told: Difference, *, issue: Issue, key_at: float, at: float, linked_tickets: Iterable[str]
) -> tuple[LinkNotice, ...]:
    """The difference as one notice a ticket and kind.

    `linked_tickets` are those that the ledger links with the issue.
    """
    everywhere = told.named | frozenset(linked_tickets) if told.everywhere else frozenset()
    kinds = [(ticket, told.everywhere) for ticket in sorted(everywhere) if told.everywhere]
    kinds += [(ticket, NoticeKind.CLAIMED) for ticket in sorted(told.claimed)]
    kinds += [(ticket, NoticeKind.RELEASED) for ticket in sorted(told.released)]
    return tuple(
        LinkNotice(ticket_id=ticket, issue_id=issue.id, issue_key=issue.key, key_at=key_at, kind=kind, at=at)
        for ticket, kind in kinds
    )
