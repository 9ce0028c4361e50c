"""What a changed ticket or issue shows × what the ledger recorded of it → what its lane must be told, if anything."""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from linksync.core.change_feed import ChangedIssue, ChangedTicket
from linksync.core.lanes import FieldRecord, IssueRecord, TicketFacts
from linksync.core.links import Link
from linksync.core.messages import (
    IssueStatement,
    LifecycleEvent,
    LinkNotice,
    NoticeKind,
    TicketStatement,
    issue_lane,
    ticket_lane,
)
from linksync.core.projects import ProjectList

type Statement = TicketStatement | IssueStatement

NOTHING_STATED = (FieldRecord(), TicketFacts())
NOTHING_KNOWN = IssueRecord()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A lane that must be told something.  `difference` tells this reason from others."""

    lane: str
    difference: str
    statements: tuple[Statement | LinkNotice, ...]


def ticket_finding(row: ChangedTicket, known: tuple[FieldRecord, TicketFacts], *, now: float) -> Finding | None:
    """What the lane of a ticket that is there must be told."""
    stated, facts = known
    recorded = stated.refs
    if row.deleted or not (row.too_many or (row.refs is not None and _differs(row.refs, recorded, facts))):
        return None
    return Finding(
        lane=ticket_lane(row.ticket_id),
        difference=_digest(recorded, row.refs, facts.deleted, facts.missing),
        statements=(reread_ticket(row.ticket_id, now=now),),
    )


def erased_ticket(row: ChangedTicket) -> Finding:
    """What the lane of a ticket that is deleted for good must be told."""
    gone = TicketStatement(
        ticket_id=row.ticket_id, issue_keys=None, at=row.updated_at, exact=True, lifecycle=LifecycleEvent.DELETED
    )
    return Finding(lane=gone.lane, difference="erased", statements=(gone,))


def issue_finding(
    row: ChangedIssue, record: IssueRecord, links: Collection[Link], *, projects: ProjectList, now: float
) -> Finding | None:
    """What the lane of an issue must be told: to read its field, that it moved, or both.

    `links` are those that the ledger knows where their tickets may not have been told the issue's key.
    """
    counted = projects.includes(row.issue.key)
    differs = counted and (row.too_many or (row.refs is not None and frozenset(row.refs) != record.stated.refs))
    moved = _moved(row, record, links)
    statements: list[IssueStatement] = []
    gone = record.deleted or record.missing
    if differs or gone:
        statements.append(reread_issue(row.issue.id, row.issue.key, now=now))
    if moved:
        statements.append(_moved_statement(row))
    if not statements:
        return None
    difference = _digest(record.stated.refs, row.refs if differs else (), gone, row.issue.key * moved)
    return Finding(lane=issue_lane(row.issue.id), difference=difference, statements=tuple(statements))


def late_links(issue_id: str, record: IssueRecord, links: Mapping[str, Link], *, now: float) -> Iterator[Finding]:
    """What the lanes of tickets must be told that an issue's lane could not see when it told of a move or a deletion.

    `links` are those that the ledger knows now, by ticket id.
    """
    for ticket_id, link in links.items():
        moved = link.issue.key != record.key and link.key_at < record.key_at
        if link.claims if record.deleted else moved:
            notice = LinkNotice(
                ticket_id=ticket_id,
                issue_id=issue_id,
                issue_key=record.key,
                key_at=record.key_at,
                kind=NoticeKind.DELETED if record.deleted else NoticeKind.MOVED,
                at=now,
            )
            difference = _digest((), (), issue_id, record.key, record.key_at, record.deleted)
            yield Finding(lane=notice.lane, difference=difference, statements=(notice,))


def reread_ticket(ticket_id: str, *, now: float, look_up: bool = False) -> TicketStatement:
    """A statement that tells nothing of the field: so it is read in its lane, whatever is recorded.

    `look_up`: keys that were not found are looked up again.
    """
    return TicketStatement(ticket_id=ticket_id, issue_keys=None, at=now, exact=False, look_up=look_up)


def reread_issue(issue_id: str, issue_key: str, *, now: float, look_up: bool = False) -> IssueStatement:
    """A statement that tells nothing of the field: so it is read in its lane, whatever is recorded.

    `look_up`: tickets that were not found are looked up again.
    """
    return IssueStatement(issue_id=issue_id, issue_key=issue_key, ticket_ids=None, at=now, exact=False, look_up=look_up)


def _moved_statement(row: ChangedIssue) -> IssueStatement:
    return IssueStatement(
        issue_id=row.issue.id,
        issue_key=row.issue.key,
        ticket_ids=None,
        at=row.updated_at,
        exact=True,
        lifecycle=LifecycleEvent.MOVED,
    )


def _differs(refs: Sequence[str], recorded: frozenset[str], facts: TicketFacts) -> bool:
    return frozenset(refs) != recorded or facts.deleted or facts.missing


def _moved(row: ChangedIssue, record: IssueRecord, links: Collection[Link]) -> bool:
    """Whether the ledger knows an older key.  A row is as old as its last update: the ledger may know a newer one."""
    if record.key not in ("", row.issue.key):
        return row.updated_at > record.key_at
    return any(link.issue.key != row.issue.key and row.updated_at > link.key_at for link in links)


def _digest(recorded: Iterable[str], shown: Iterable[str] | None, *others: object) -> str:
    parts = [sorted(recorded), None if shown is None else sorted(shown), *others]
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]
