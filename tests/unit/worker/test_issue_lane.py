"""What an issue's lane makes of what comes: what is read again, and whom a run may have told that was cut short."""

import json
from dataclasses import replace

import pytest

from linksync.core.lanes import FieldRecord, IssueRecord
from linksync.core.messages import IssueStatement, LifecycleEvent, LinkNotice, NoticeKind
from linksync.core.named_tickets import MOST_UNASKED
from linksync.core.ordering import REPLICA_LAG, RETRY_HORIZON, Window
from linksync.core.projects import ProjectList
from linksync.core.wrong_references import WrongReferenceNotice
from linksync.errors import UpstreamUnavailable
from tests.unit.worker.stack import START, Stack

PROJ = ProjectList(frozenset({"PROJ"}))


def told(stack: Stack) -> list[tuple[str, NoticeKind]]:
    """The notices that wait in tickets' lanes."""
    payloads = [message.envelope.payload for lane in stack.queue.lanes.values() for message in lane]
    return [(payload.ticket_id, payload.kind) for payload in payloads if isinstance(payload, LinkNotice)]


def in_doubt(statement: IssueStatement) -> IssueStatement:
    """It tells neither what the field holds nor when that was changed."""
    return replace(statement, ticket_ids=None, exact=False)


# ── what is believed ─────────────────────────────────────────────────────────────────────────────────────────────


def test_the_line_of_a_run_tells_what_was_made_of_the_statement(
    stack: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    stack.post(stack.edit_issue("10001"))
    stack.run("issue#10001")
    assert json.loads(capsys.readouterr().out)["why"] == "it is newer than what is recorded"


def test_of_an_older_statement_nothing_but_its_key_is_taken(stack: Stack) -> None:
    old = stack.edit_issue("10001", "5001")
    stack.deliver(stack.edit_issue("10001", "5002"))
    record = stack.ledger.issue("10001")
    stack.deliver(old)
    assert (set(stack.zendesk.links), stack.ledger.issue("10001")) == ({("5002", "10001")}, record)


@pytest.mark.parametrize(("projects", "reads"), [(PROJ, 1), (ProjectList(), 0)])
def test_with_projects_that_count_a_new_key_is_read(stack: Stack, projects: ProjectList, reads: int) -> None:
    """The statement may be forged: it says PROJ, and the issue is OPS-3."""
    stack.projects = projects
    stack.deliver(replace(stack.edit_issue("10003", "5001"), issue_key="PROJ-9"))
    assert (stack.jira.calls["read"], len(stack.zendesk.links)) == (reads, 0 if projects else 1)


def test_with_projects_that_count_an_issue_that_is_read_goes_by_the_key_that_is_shown(stack: Stack) -> None:
    """A statement brings the key from before: the issue has moved out meanwhile."""
    stack.projects = PROJ
    stack.deliver(stack.edit_issue("10001", "5001"))
    late = replace(stack.edit_issue("10001", "5001"), issue_key="PROJ-7")
    stack.move_issue("OPS-5")
    stack.clock.now += RETRY_HORIZON
    stack.deliver(late)
    assert (stack.zendesk.links, stack.ledger.issue("10001").key) == ({}, "OPS-5")


def test_a_field_of_which_only_the_time_of_a_change_is_known_is_read_when_every_copy_shows_it(stack: Stack) -> None:
    stack.post(replace(stack.edit_issue("10001", "5001"), ticket_ids=None))
    begun = stack.clock.now
    assert not stack.run("issue#10001")
    assert stack.jira.calls["read"] == 0
    stack.run_until_idle()
    assert (stack.linked(), stack.jira.calls["read"]) == ({"10001"}, 1)
    assert stack.clock.now - begun >= REPLICA_LAG


def test_what_an_old_copy_shows_of_a_field_is_not_believed(stack: Stack) -> None:
    stack.deliver(stack.edit_issue("10001", "5001"))
    stack.post(replace(stack.edit_issue("10001", "5001", "5002"), exact=False))
    stack.jira.fields["10001"] = ()
    assert not stack.run("issue#10001")
    assert (set(stack.zendesk.links), stack.jira.calls["read"]) == ({("5001", "10001")}, 1)
    stack.jira.fields["10001"] = ("5001", "5002")
    stack.run_until_idle()
    assert set(stack.zendesk.links) == {("5001", "10001"), ("5002", "10001")}


# ── whom a run may have told that was cut short ──────────────────────────────────────────────────────────────────


def cut_short_and_read_again(stack: Stack, statement: IssueStatement, then: tuple[str, ...]) -> None:
    """The run tells its tickets and is cut short before it records that; the next one reads another content."""
    stack.post(statement)
    save, saved = type(stack.ledger).save_issue, []

    def fails_at_last(ledger: object, issue_id: str, record: IssueRecord, **more: bool) -> None:
        if told(stack):
            saved.append(record)
            raise UpstreamUnavailable("cut off")
        save(ledger, issue_id, record, **more)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(stack.ledger), "save_issue", fails_at_last)
        stack.run("issue#10001")
    assert len(saved) == 1
    stack.jira.fields["10001"] = then
    stack.clock.now += RETRY_HORIZON + 1
    stack.run_until_idle(within=86_400)


@pytest.mark.parametrize("number", [1, MOST_UNASKED, MOST_UNASKED + 1])
@pytest.mark.parametrize("exact", [True, False])
def test_a_ticket_that_was_told_by_a_run_that_was_cut_short_is_released_by_a_reading(
    stack: Stack, number: int, exact: bool
) -> None:
    named = [str(number) for number in range(7_001, 7_001 + number)]
    stack.zendesk.fields |= dict.fromkeys(named, ())
    cut_short_and_read_again(stack, replace(stack.edit_issue("10001", *named), exact=exact), ("5001",))
    expected = set(named) if exact else {"5001"}  # a time that is known needs no reading
    assert {ticket for ticket, _ in stack.zendesk.links} == expected


def test_a_ticket_that_was_told_by_a_reading_that_was_cut_short_is_released_by_the_next(stack: Stack) -> None:
    stack.edit_issue("10001", "5001")
    stack.clock.now += 60
    at = stack.clock.now - 30
    statement = in_doubt(stack.edit_issue("10001", "5001"))
    cut_short_and_read_again(stack, replace(statement, at=at), ("5002",))
    assert set(stack.zendesk.links) == {("5002", "10001")}


def doubtful(stack: Stack, key: str, *tickets: str) -> None:
    stack.clock.now = START + 100
    known = FieldRecord(frozenset({"5003"}), Window.of_change(START))
    record = IssueRecord(stated=known, key="PROJ-1", key_at=START, key_until=START, ever_named=frozenset({"5003"}))
    stack.ledger.save_issue("10001", record)
    stack.jira.keys["10001"] = key
    stack.jira.fields["10001"] = ("5002",)
    statement = IssueStatement(
        issue_id="10001", issue_key=key, ticket_ids=tickets, at=START + 80, exact=True, lifecycle=LifecycleEvent.EDITED
    )
    stack.post(statement, received_at=START + 80 - 4_000)  # it waited for longer than anything is believed
    stack.run("issue#10001")


@pytest.mark.parametrize(
    ("projects", "key", "released"),
    [
        (ProjectList(), "PROJ-1", ["5001", "5003"]),  # an earlier run may have told 5001 without a record
        (ProjectList(), "NEW-5", ["5001", "5003"]),
        (PROJ, "PROJ-1", ["5001", "5003"]),
        (PROJ, "PROJ-7", ["5003"]),  # whose key had to be read first: no run told anything without a record
    ],
)
def test_whom_the_statement_names_is_released_where_an_earlier_run_may_have_told_it(
    stack: Stack, projects: ProjectList, key: str, released: list[str]
) -> None:
    stack.projects = projects
    doubtful(stack, key, "5001", "5002")
    assert sorted(ticket for ticket, kind in told(stack) if kind is NoticeKind.RELEASED) == released
    assert [ticket for ticket, kind in told(stack) if kind is NoticeKind.CLAIMED] == ["5002"]


def test_what_is_believed_is_recorded_once_and_what_is_read_once_before_it_is_told(stack: Stack) -> None:
    """A record more for what the next run may read otherwise, and for the many of which Zendesk was asked."""

    def items(*tickets: str, exact: bool) -> int:
        stack.clock.now += 2 * RETRY_HORIZON
        statement = stack.edit_issue("10001", *tickets)
        stack.clock.now += 60
        told = statement if exact else in_doubt(statement)

        def run() -> None:
            stack.post(told)
            stack.run("issue#10001")
            stack.queue.lanes.clear()

        return stack.bill(run)["batch_write"]

    few, many = ([str(n) for n in range(7_001, 7_001 + number)] for number in (MOST_UNASKED, MOST_UNASKED + 1))
    stack.zendesk.fields |= dict.fromkeys(many, ())
    assert (items("5001", exact=True), items("5002", exact=False)) == (1, 2)
    assert (items(exact=True), items(*few, exact=True)) == (1, 1)
    assert (items(exact=True), items(*many, exact=True)) == (1, 2)


def test_with_projects_that_count_a_statement_with_another_key_than_is_shown_withdraws_nothing(stack: Stack) -> None:
    stack.projects = PROJ
    stack.deliver(stack.edit_issue("10001", "5001"))
    stack.clock.now += 60
    stack.deliver(replace(stack.edit_issue("10001", "5001"), issue_key="OPS-9"))
    assert (stack.zendesk.links, stack.ledger.issue("10001").key) == ({("5001", "10001"): "PROJ-1"}, "PROJ-1")


def test_a_number_that_was_not_found_is_told_nothing_by_the_next_edit(stack: Stack) -> None:
    stack.notice = WrongReferenceNotice.NOTE
    known = FieldRecord(frozenset({"7001"}), Window.of_change(START))
    record = IssueRecord(stated=known, key="PROJ-1", not_found=frozenset({"7001"}), told=frozenset())
    stack.ledger.save_issue("10001", record)
    stack.post(stack.edit_issue("10001", "7001", "5001"))
    stack.run("issue#10001")
    assert told(stack) == [("5001", NoticeKind.CLAIMED)]


@pytest.mark.parametrize(
    ("lifecycle", "looks"),
    [(LifecycleEvent.EDITED, 0), (LifecycleEvent.MOVED, 1), (LifecycleEvent.DELETED, 1)],
)
def test_links_that_the_index_did_not_show_yet_when_all_were_told_are_looked_for_later(
    stack: Stack, lifecycle: LifecycleEvent, looks: int
) -> None:
    stack.deliver(stack.edit_issue("10001", "5001"))
    if lifecycle is LifecycleEvent.MOVED:
        stack.move_issue("NEW-5")
    stack.deliver(stack.edit_issue("10001", "5001", lifecycle=lifecycle))
    assert len(stack.dynamo.items.get("look", {})) == looks
