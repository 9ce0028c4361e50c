"""What a lane is told of a field that a list showed.  Ticket 5001; issue 10001 is PROJ-1, 10002 is OPS-2."""

import pytest

from linksync.core.backfill import CsvRow, NotFound, PlannedRow, calls_of, plan_csv_row, plan_issue, plan_ticket
from linksync.core.change_feed import ChangedIssue, ChangedTicket
from linksync.core.issue import Issue
from linksync.core.lanes import FieldRecord
from linksync.core.messages import IssueStatement, OperatorAction, OperatorCommand, TicketStatement
from linksync.core.ordering import Window
from linksync.core.projects import ProjectList

PROJ_1, OPS_2 = Issue("10001", "PROJ-1"), Issue("10002", "OPS-2")
ISSUES = {"PROJ-1": PROJ_1, "OPS-2": OPS_2}
AT, NOW = 1_000.0, 9_000.0
NOTHING = FieldRecord()


def ticket(*refs: str, **others: bool) -> ChangedTicket:
    return ChangedTicket(ticket_id="5001", refs=refs, updated_at=AT, **others)


def recorded(*refs: str, at: float) -> FieldRecord:
    return FieldRecord(frozenset(refs), Window.of_change(at))


def planned(row: ChangedTicket, known: FieldRecord = NOTHING, *, listed: frozenset[str] = frozenset()) -> PlannedRow:
    return plan_ticket(row, known, issues=ISSUES, listed=listed, now=NOW)


def test_a_value_is_told_as_old_as_its_row_with_the_links_that_are_there() -> None:
    found = planned(ticket("PROJ-1", "OPS-2", "GONE-9"), listed=frozenset({"10002", "777"}))
    assert found.payload == TicketStatement(
        ticket_id="5001", issue_keys=("PROJ-1", "OPS-2", "GONE-9"), at=AT, exact=True, linked=("10002",)
    )
    assert (found.missing, found.present) == (("PROJ-1",), ("OPS-2",))
    assert found.not_found == (NotFound(ticket_id="5001", issue="GONE-9"),)
    assert calls_of(found, looks_first=False) == 1
    assert calls_of(found, looks_first=True) == 2


def test_version_1_is_asked_once_a_ticket_and_not_at_all_where_nothing_is_made() -> None:
    both, none = planned(ticket("PROJ-1", "OPS-2")), planned(ticket("PROJ-1"), listed=frozenset({"10001"}))
    assert [calls_of(both, looks_first=looks_first) for looks_first in (False, True)] == [2, 3]
    assert [calls_of(none, looks_first=looks_first) for looks_first in (False, True)] == [0, 0]


def test_what_the_ledger_states_already_is_not_told() -> None:
    row = ticket("PROJ-1", "OPS-2")
    found = planned(row, recorded("OPS-2", "PROJ-1", at=AT - 500), listed=frozenset({"10002"}))
    assert found == PlannedRow(row=row, payload=None, missing=(), present=("OPS-2",), not_found=(), reread=False)
    assert calls_of(found, looks_first=True) == 0


@pytest.mark.parametrize(("at", "reread"), [(AT - 1, False), (AT, True), (AT + 1, True)])
def test_where_the_ledger_has_something_else_that_is_not_older_the_field_is_read(at: float, *, reread: bool) -> None:
    found = planned(ticket("PROJ-1"), recorded("OPS-2", at=at))
    assert isinstance(found.payload, TicketStatement)
    assert (found.payload.issue_keys is None, found.reread) == (reread, reread)
    assert calls_of(found, looks_first=False) == 1 + reread


@pytest.mark.parametrize(
    "row",
    [
        ticket(),
        *(ticket("PROJ-1", **{gone: True}) for gone in ("deleted", "erased", "merged")),
        *(ticket(**{gone: True, "too_many": True}) for gone in ("deleted", "erased", "merged")),
    ],
)
def test_an_empty_field_and_a_ticket_that_is_gone_tell_nothing(row: ChangedTicket) -> None:
    assert planned(row) == PlannedRow(row=row)


def test_a_field_with_too_much_in_it_is_read_in_its_lane() -> None:
    """Reading a ticket is a call of Zendesk, reading an issue is none."""
    ticket_row = ChangedTicket(ticket_id="5001", refs=None, updated_at=AT, too_many=True)
    told = TicketStatement(ticket_id="5001", issue_keys=None, at=NOW, exact=False)
    assert planned(ticket_row) == PlannedRow(row=ticket_row, payload=told, reread=True)
    assert calls_of(planned(ticket_row), looks_first=True) == 1
    row = ChangedIssue(issue=PROJ_1, refs=None, updated_at=AT, too_many=True)
    of_issue = IssueStatement(issue_id="10001", issue_key="PROJ-1", ticket_ids=None, at=NOW, exact=False)
    found = plan_issue(row, NOTHING, tickets=(), listed=(), now=NOW)
    assert found == PlannedRow(row=row, payload=of_issue, reread=True)
    assert calls_of(found, looks_first=True) == 0


def test_issues_that_project_keys_leaves_out_are_neither_made_nor_missed() -> None:
    found = plan_ticket(
        ticket("PROJ-1", "OPS-2"), NOTHING, issues=ISSUES, listed=(), now=NOW, projects=ProjectList(frozenset({"OPS"}))
    )
    assert (found.missing, found.not_found) == (("OPS-2",), ())


def test_an_issues_numbers_are_told_with_the_tickets_that_are_linked() -> None:
    row = ChangedIssue(issue=PROJ_1, refs=("5001", "5002", "5009"), updated_at=AT)
    found = plan_issue(row, NOTHING, tickets={"5001", "5002"}, listed={"5002"}, now=NOW)
    assert found.payload == IssueStatement(
        issue_id="10001",
        issue_key="PROJ-1",
        ticket_ids=("5001", "5002", "5009"),
        at=AT,
        exact=True,
        linked=("5002",),
    )
    assert (found.missing, found.present) == (("5001",), ("5002",))
    assert found.not_found == (NotFound(ticket_id="5009", issue="PROJ-1"),)
    assert calls_of(found, looks_first=False) == 1 + 2  # the create that is refused, and the look at the ticket
    left_out = plan_issue(row, NOTHING, tickets=(), listed=(), now=NOW, projects=ProjectList(frozenset({"OPS"})))
    assert left_out == PlannedRow(row=row)


@pytest.mark.parametrize(
    ("known", "told", "reread", "calls"),
    [
        (NOTHING, True, False, 1),
        (recorded("5001", "5002", at=AT + 500), False, False, 0),
        (recorded("5001", at=AT - 1), True, False, 1),
        (recorded("5001", at=AT), True, True, 1),
        (recorded("5001", at=AT + 1), True, True, 1),
    ],
)
def test_an_issues_numbers_are_told_or_read_where_the_ledger_has_something_else(
    known: FieldRecord, *, told: bool, reread: bool, calls: int
) -> None:
    row = ChangedIssue(issue=PROJ_1, refs=("5001", "5002"), updated_at=AT)
    found = plan_issue(row, known, tickets={"5001", "5002"}, listed={"5002"}, now=NOW)
    assert (found.payload is not None, found.reread) == (told, reread)
    assert (found.missing, found.present) == (("5001",) if told else (), ("5002",))
    assert [calls_of(found, looks_first=looks_first) for looks_first in (False, True)] == [calls, 2 * calls]
    if isinstance(found.payload, IssueStatement):
        assert (found.payload.ticket_ids, found.payload.linked) == (None if reread else row.refs, ("5002",))


def test_an_issue_whose_field_is_empty_or_not_shown_tells_nothing() -> None:
    for refs in ((), None):
        row = ChangedIssue(issue=PROJ_1, refs=refs, updated_at=AT)
        assert plan_issue(row, NOTHING, tickets=(), listed=(), now=NOW) == PlannedRow(row=row)


@pytest.mark.parametrize("there", [True, False])
def test_a_row_of_a_list_becomes_an_operators_claim(*, there: bool) -> None:
    found = plan_csv_row(
        CsvRow(ticket_id="5001", issue="PROJ-1"),
        issue=PROJ_1,
        ticket_there=True,
        listed={"10001"} if there else set(),
        now=NOW,
    )
    assert found.payload == OperatorCommand(
        ticket_id="5001", issue_id="10001", issue_key="PROJ-1", action=OperatorAction.LINK, at=NOW, seen=there
    )
    assert (found.missing, found.present) == ((), ("PROJ-1",)) if there else (("PROJ-1",), ())
    assert calls_of(found, looks_first=False) == (0 if there else 1)


@pytest.mark.parametrize(("issue", "there"), [(None, True), (PROJ_1, False)])
def test_a_row_that_means_nothing_is_told_and_not_linked(issue: Issue | None, *, there: bool) -> None:
    row = CsvRow(ticket_id="5001", issue="PROJ-1")
    found = plan_csv_row(row, issue=issue, ticket_there=there, listed=(), now=NOW)
    assert found == PlannedRow(row=row, not_found=(NotFound(ticket_id="5001", issue="PROJ-1"),))


def test_a_row_whose_issue_project_keys_leaves_out_is_told_and_not_linked() -> None:
    row = CsvRow(ticket_id="5001", issue="PROJ-1")
    ops = ProjectList(frozenset({"OPS"}))
    found = plan_csv_row(row, issue=PROJ_1, ticket_there=True, listed=(), now=NOW, projects=ops)
    assert found == PlannedRow(row=row, not_found=(NotFound(ticket_id="5001", issue="PROJ-1"),))
