"""A field as a list showed it × what the ledger and the Links API's list hold → what its lane is told, if anything.

A list lags behind, so a row is as old as its own last update.  Where the ledger holds something that differs and is not
surely older, the lane is told to read the field; everywhere else it is told the value that was read.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from linksync.core.change_feed import ChangedIssue, ChangedTicket
from linksync.core.issue import Issue
from linksync.core.lanes import FieldRecord
from linksync.core.messages import IssueStatement, OperatorAction, OperatorCommand, Payload, TicketStatement
from linksync.core.ordering import Window
from linksync.core.projects import ALL_PROJECTS, ProjectList


@dataclass(frozen=True, slots=True, kw_only=True)
class NotFound:
    """A reference that means nothing: an issue that Jira does not know, or a ticket that Zendesk does not know."""

    ticket_id: str
    issue: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvRow:
    """A row of somebody's own list: this ticket and this issue are to be linked.  `issue` is a key or an id."""

    ticket_id: str
    issue: str


type BackfillRow = ChangedTicket | ChangedIssue | CsvRow


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRow:
    """What becomes of a row.  `payload` is what its lane is told; None: nothing.

    `missing` and `present` are the links (as issue keys or ticket ids) that are to be made and that are there already.
    `reread`: the field is read in its lane.
    """

    row: BackfillRow
    payload: Payload | None = None
    missing: tuple[str, ...] = ()
    present: tuple[str, ...] = ()
    not_found: tuple[NotFound, ...] = ()
    reread: bool = False


def plan_ticket(
    row: ChangedTicket,
    recorded: FieldRecord,
    *,
    issues: Mapping[str, Issue],
    listed: Collection[str],
    now: float,
    projects: ProjectList = ALL_PROJECTS,
) -> PlannedRow:
    """A ticket's row.  `issues` are those that its keys mean, `listed` the ids of issues that it is linked with.

    A merged ticket is closed for good, and nobody tells whose its keys are now.
    """
    gone = row.deleted or row.erased or row.merged
    if row.too_many and not gone:
        return PlannedRow(row=row, payload=_ticket(row, None, now), reread=True)
    if gone or not row.refs:
        return PlannedRow(row=row)
    meant = {key: issues[key] for key in row.refs if key in issues and projects.includes(issues[key].key)}
    present = tuple(key for key, issue in meant.items() if issue.id in listed)
    seen = tuple(sorted({meant[key].id for key in present}))
    tell, reread = _decide(frozenset(row.refs), row.updated_at, recorded)
    return PlannedRow(
        row=row,
        payload=_ticket(row, None if reread else row.refs, now, seen) if tell else None,
        missing=tuple({issue.id: key for key, issue in meant.items() if key not in present}.values()) if tell else (),
        present=present,
        not_found=tuple(NotFound(ticket_id=row.ticket_id, issue=key) for key in row.refs if key not in issues),
        reread=reread,
    )


def plan_issue(
    row: ChangedIssue,
    recorded: FieldRecord,
    *,
    tickets: Collection[str],
    listed: Collection[str],
    now: float,
    projects: ProjectList = ALL_PROJECTS,
) -> PlannedRow:
    """An issue's row.

    `tickets` are those of its numbers that Zendesk knows, `listed` the tickets that it is linked with.
    """
    if not projects.includes(row.issue.key):
        return PlannedRow(row=row)
    if row.too_many:
        return PlannedRow(row=row, payload=_issue(row, None, now), reread=True)
    if not row.refs:
        return PlannedRow(row=row)
    present = tuple(ticket for ticket in row.refs if ticket in listed)
    tell, reread = _decide(frozenset(row.refs), row.updated_at, recorded)
    absent = [ticket for ticket in row.refs if ticket not in present]
    return PlannedRow(
        row=row,
        payload=_issue(row, None if reread else row.refs, now, present) if tell else None,
        missing=tuple(ticket for ticket in absent if ticket in tickets) if tell else (),
        present=present,
        not_found=tuple(NotFound(ticket_id=one, issue=row.issue.key) for one in absent if one not in tickets),
        reread=reread,
    )


def plan_csv_row(
    row: CsvRow,
    *,
    issue: Issue | None,
    ticket_there: bool,
    listed: Collection[str],
    now: float,
    projects: ProjectList = ALL_PROJECTS,
) -> PlannedRow:
    """A row of somebody's own list, which becomes an operator's claim.

    `issue` is what Jira has by that name, `listed` are the ids of issues that the ticket is linked with.
    """
    if issue is None or not ticket_there or not projects.includes(issue.key):
        return PlannedRow(row=row, not_found=(NotFound(ticket_id=row.ticket_id, issue=row.issue),))
    seen = issue.id in listed
    command = OperatorCommand(
        ticket_id=row.ticket_id,
        issue_id=issue.id,
        issue_key=issue.key,
        action=OperatorAction.LINK,
        at=now,
        seen=seen,
    )
    return PlannedRow(
        row=row,
        payload=command,
        missing=() if seen else (issue.key,),
        present=(issue.key,) if seen else (),
    )


def calls_of(planned: PlannedRow, *, looks_first: bool) -> int:
    """The calls that its lane makes of Zendesk.  `looks_first`: the Links API is version 1's.

    A number that Zendesk does not know costs the create that is refused, and the look whether the ticket is there.
    """
    creates = len(planned.missing)
    if isinstance(planned.payload, IssueStatement):
        looks = creates
        unknown = 2 * len(planned.not_found)
    else:
        looks, unknown = min(1, creates), 0
    reads = 1 if planned.reread and isinstance(planned.payload, TicketStatement) else 0
    return creates + (looks if looks_first else 0) + (unknown if planned.payload else 0) + reads


def _decide(refs: frozenset[str], updated_at: float, recorded: FieldRecord) -> tuple[bool, bool]:
    """Whether its lane is to be told, and whether it is told to read the field."""
    if recorded.window is None:
        return True, False
    if recorded.refs == refs:
        return False, False
    return True, not recorded.window.is_before(Window.of_change(updated_at))


def _ticket(
    row: ChangedTicket, keys: tuple[str, ...] | None, now: float, linked: tuple[str, ...] = ()
) -> TicketStatement:
    known = keys is not None
    return TicketStatement(
        ticket_id=row.ticket_id, issue_keys=keys, at=row.updated_at if known else now, exact=known, linked=linked
    )


def _issue(
    row: ChangedIssue, tickets: tuple[str, ...] | None, now: float, linked: tuple[str, ...] = ()
) -> IssueStatement:
    known = tickets is not None
    return IssueStatement(
        issue_id=row.issue.id,
        issue_key=row.issue.key,
        ticket_ids=tickets,
        at=row.updated_at if known else now,
        exact=known,
        linked=linked,
    )
