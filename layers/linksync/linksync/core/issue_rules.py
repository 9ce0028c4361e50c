"""The rules of an issue's lane: what it states × what it stated before → notices for the lanes of its tickets."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from linksync.core.issue import Issue
from linksync.core.known_key import doubt_of_key
from linksync.core.lanes import IssueRecord
from linksync.core.messages import IssueStatement, LifecycleEvent, LinkNotice, NoticeKind
from linksync.core.ordering import (
    ALIVE_AFTER_ALL,
    DELETED_BEFORE,
    DELETED_UNPROVED,
    OLDER,
    Action,
    Decision,
    Window,
    classify,
)
from linksync.core.projects import ALL_PROJECTS, ProjectList

MOST_EVER_NAMED = 1_000
"""A record in DynamoDB must stay far below 400 KB, whatever people write."""

_DELETED = Decision(Action.IGNORE, "it tells that the issue is deleted, and nothing of the field")
_SILENT_MOVE = Decision(Action.IGNORE, "it tells of a move, and nothing of the field")


@dataclass(frozen=True, slots=True)
class TicketNews:
    """What the tickets' lanes must be told.

    `everywhere` goes to every ticket that the ledger links with the issue, and to all that the issue ever named: their
    lanes may not have come to it yet.
    """

    named: frozenset[str] = frozenset()
    claimed: frozenset[str] = frozenset()
    released: frozenset[str] = frozenset()
    everywhere: NoticeKind | None = None


def decide(
    record: IssueRecord, statement: IssueStatement, *, waited: float, projects: ProjectList = ALL_PROJECTS
) -> Decision:
    """What to do with the statement's ticket ids, after it waited so many seconds in the queue.

    Whatever is stated after a deletion is a reason to read the issue.  So is a key that may be newer than the recorded
    one or older, and with `ProjectKeys` any new key.  A move that does not show the field tells nothing of it: no call
    is owed to that.
    """
    known, window = record.stated.window, statement.window
    older = known is not None and window.is_before(known)
    if statement.lifecycle is LifecycleEvent.DELETED:
        if record.deleted:
            return _DELETED
        # What has no time of its change is nothing that was signed: a look costs one call, a belief all its links.
        return DELETED_BEFORE if older else _DELETED if statement.exact else DELETED_UNPROVED
    if record.deleted:
        return OLDER if older else ALIVE_AFTER_ALL
    if doubt := doubt_of_key(record, statement, projects):
        return doubt
    if statement.lifecycle is LifecycleEvent.MOVED and statement.ticket_ids is None:
        return _SILENT_MOVE
    return classify(
        stated=None if statement.ticket_ids is None else frozenset(statement.ticket_ids),
        window=window,
        exact=statement.exact,
        known=record.stated.refs,
        known_window=known,
        waited=waited,
    )


def apply_deletion(record: IssueRecord, window: Window) -> IssueRecord:
    """The record of an issue that was gone within the window: its field names nothing from then on."""
    stated = replace(record.stated, refs=frozenset(), window=window.unless_before(record.stated.window))
    return replace(record, deleted=True, stated=stated, not_found=frozenset())


def is_there(record: IssueRecord) -> IssueRecord:
    """The record of an issue that was seen to exist."""
    return replace(record, missing=False, deleted=False)


def is_missing(record: IssueRecord) -> IssueRecord:
    """The record of an issue that Jira does not know: remembered, and nothing is taken away."""
    return replace(record, missing=True)


def confirm(record: IssueRecord, window: Window) -> IssueRecord:
    """The record after the same content was stated again."""
    return replace(record, stated=record.stated.confirmed(window))


def replace_references(record: IssueRecord, ticket_ids: Iterable[str], window: Window) -> IssueRecord:
    """The record once the issue names exactly these tickets."""
    ticket_ids = frozenset(ticket_ids)
    not_found = record.not_found & ticket_ids
    earlier = sorted(record.ever_named - ticket_ids - record.claims)[:MOST_EVER_NAMED]
    return replace(
        record,
        stated=replace(record.stated, refs=ticket_ids, window=window),
        ever_named=(ticket_ids - not_found).union(record.claims, earlier),
        not_found=not_found,
        reference_notices=record.reference_notices.only(ticket_ids),
    )


def with_claims(before: IssueRecord, after: IssueRecord, projects: ProjectList) -> IssueRecord:
    """The record with the tickets that it claims now: those that it names and Zendesk knows, while its project counts.

    An issue that left the projects that count claims none; one that was left out by a change of the parameter keeps
    those that it claims, and gains none.
    """
    refs = after.stated.refs
    if after.deleted or projects.includes(after.key):
        claims = refs - after.not_found
    else:
        claims = before.claims & refs if after.key == before.key else frozenset[str]()
    return replace(after, told=None if claims == refs else claims)


def news_for_tickets(before: IssueRecord, after: IssueRecord, lifecycle: LifecycleEvent) -> TicketNews:
    """What the tickets must be told, between what the issue claimed and claims.  Nobody is told anything twice."""
    named = before.ever_named
    if after.deleted:
        return TicketNews(named=named, everywhere=None if before.deleted else NoticeKind.DELETED)
    # A move is told even when a later statement brought the new key before: that one could not know of a move.
    moved = lifecycle is LifecycleEvent.MOVED or before.key not in ("", after.key)
    tell_key = before.deleted or (moved and after.key != before.told_key)
    return TicketNews(
        named=named,
        claimed=after.claims - before.claims,
        released=(before.claims | before.maybe_told) - after.claims,
        everywhere=NoticeKind.MOVED if tell_key else None,
    )


def after_telling(record: IssueRecord, news: TicketNews) -> IssueRecord:
    """The record once the tickets were told the news."""
    told_key = record.key if news.everywhere is NoticeKind.MOVED else record.told_key
    return replace(record, told_key=told_key, maybe_told=frozenset())


def told_all(before: IssueRecord, after: IssueRecord) -> bool:
    """Whether all tickets were told, between the two, that the issue moved or is deleted."""
    return (after.deleted and not before.deleted) or after.told_key not in ("", before.told_key)


def notices(
    news: TicketNews,
    *,
    issue: Issue,
    key_at: float,
    at: float,
    linked_tickets: Iterable[str],
    seen: Collection[str] = (),
) -> tuple[LinkNotice, ...]:
    """The news as one notice a ticket and kind.

    `linked_tickets` are those that the ledger links with the issue, `seen` those that the Links API was seen to list.
    """
    everyone = sorted(news.named | frozenset(linked_tickets))
    kinds = [(ticket, news.everywhere) for ticket in everyone] if news.everywhere else []
    kinds += [(ticket, NoticeKind.CLAIMED) for ticket in sorted(news.claimed)]
    kinds += [(ticket, NoticeKind.RELEASED) for ticket in sorted(news.released)]
    return tuple(
        LinkNotice(
            ticket_id=ticket,
            issue_id=issue.id,
            issue_key=issue.key,
            key_at=key_at,
            kind=kind,
            at=at,
            seen=kind is NoticeKind.CLAIMED and ticket in seen,
        )
        for ticket, kind in kinds
    )
