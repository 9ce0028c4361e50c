"""A run finds what no sender told, tells its lane, and leaves its place for the next one."""

from dataclasses import replace

import pytest

from linksync.core.change_feed import IssuePage
from linksync.core.checkpoints import LOOK_BACK
from linksync.core.issue import Issue
from linksync.core.lanes import FieldRecord, IssueRecord, TicketFacts
from linksync.core.links import Link
from linksync.core.messages import IssueStatement, LifecycleEvent, TicketStatement
from linksync.core.ordering import Window
from linksync.core.projects import ProjectList
from linksync.metrics import Metric
from tests.unit.reconciler.parts import START, Parts

ONCE = Window(START, START)


def knows_ticket(parts: Parts, ticket_id: str, *refs: str, **facts: bool) -> None:
    parts.ledger.stated[ticket_id] = FieldRecord(frozenset(refs), ONCE), TicketFacts(**facts)


def knows_issue(parts: Parts, issue_id: str, key: str, *refs: str, key_at: float = START) -> None:
    stated = FieldRecord(frozenset(refs), ONCE)
    parts.ledger.records[issue_id] = IssueRecord(stated=stated, key=key, key_at=key_at)


def test_the_first_run_of_a_stack_begins_now_and_backfills_nothing(parts: Parts) -> None:
    parts.export.change("5001", "PROJ-1")
    parts.jira.change("10001", "PROJ-1", "5001")
    parts.later()
    assert parts.run() == "begun"
    parts.later()
    assert parts.run() == "finished"
    assert parts.queue.lanes() == []


def test_the_first_run_goes_by_jiras_clock_for_jira(parts: Parts) -> None:
    parts.jira.skew = -500.0
    parts.begin()
    parts.clock.now -= 3_590
    parts.jira.change("10001", "PROJ-1", "5001")
    parts.later()
    parts.run()
    assert parts.queue.lanes() == ["issue#10001"]


def test_a_dropped_edit_of_a_ticket_is_read_in_its_lane(parts: Parts) -> None:
    parts.begin()
    knows_ticket(parts, "5001", "PROJ-1")
    parts.export.change("5001", "PROJ-1", "PROJ-2")
    parts.later()
    assert parts.run() == "finished"
    (statement,) = parts.queue.told()
    assert statement == TicketStatement(ticket_id="5001", issue_keys=None, at=parts.clock.now, exact=False)
    assert parts.counts.values[Metric.RECONCILER_READ] == 1
    assert parts.counts.values[Metric.RECONCILER_QUEUED] == 1
    assert parts.counts.values[Metric.RECONCILER_FINISHED] == 1


def test_a_dropped_edit_of_an_issue_is_read_in_its_lane(parts: Parts) -> None:
    parts.begin()
    parts.jira.change("10001", "PROJ-1", "5001")
    parts.run()
    (statement,) = parts.queue.told()
    assert statement == IssueStatement(
        issue_id="10001", issue_key="PROJ-1", ticket_ids=None, at=parts.clock.now, exact=False
    )


def test_what_the_ledger_knows_is_not_queued(parts: Parts) -> None:
    parts.begin()
    knows_ticket(parts, "5001", "PROJ-1", "PROJ-2")
    knows_issue(parts, "10001", "PROJ-1", "5001", "5002")
    parts.export.change("5001", "PROJ-2", "PROJ-1")
    parts.export.change("5003")
    parts.jira.change("10001", "PROJ-1", "5002", "5001")
    parts.jira.change("10003", "OPS-3")
    parts.later()
    assert parts.run() == "finished"
    assert parts.queue.lanes() == []
    assert parts.counts.values[Metric.RECONCILER_READ] == 4


def test_the_envelope_tells_where_it_comes_from(parts: Parts) -> None:
    parts.begin()
    parts.jira.change("10001", "PROJ-1", "5001")
    parts.run()
    (envelope,) = parts.queue.sent
    assert (envelope.source, envelope.correlation_id, envelope.received_at) == ("reconciler", "run-2", parts.clock.now)


@pytest.mark.parametrize("number", [1, 2, 7])
def test_a_quiet_account_is_one_call_each_and_nothing_queued(parts: Parts, number: int) -> None:
    parts.begin()
    knows_ticket(parts, "5001", "PROJ-1")
    knows_issue(parts, "10001", "PROJ-1", "5001")
    parts.export.change("5001", "PROJ-1")
    parts.jira.change("10001", "PROJ-1", "5001")
    for _ in range(number):
        parts.later()
        parts.export.asked.clear()
        parts.jira.asked.clear()
        parts.run()
    assert (len(parts.export.asked), len(parts.jira.asked)) == (1, 1)
    assert parts.queue.lanes() == []


@pytest.mark.parametrize("newest_first", [True, False])
def test_a_page_that_shows_a_ticket_or_an_issue_twice_hides_no_edit(parts: Parts, *, newest_first: bool) -> None:
    """Not even by an older row behind the newer one, which is what the ledger knows."""
    parts.begin()
    parts.export.change("5001", "PROJ-1")
    parts.jira.change("10001", "PROJ-1", "5001")
    parts.lanes_work()
    (_, old), older = parts.export.stream[0], parts.jira.rows["10001"]
    parts.later()
    parts.export.change("5001", "PROJ-2")
    parts.jira.change("10001", "PROJ-1", "5002")
    (at, _), newer = parts.export.stream[0], parts.jira.rows["10001"]
    parts.export.stream.insert(1 if newest_first else 0, (at, old))
    changed = parts.jira.changed

    def twice(*, since: float, token: str) -> IssuePage:
        page = changed(since=since, token=token)
        return replace(page, rows=(newer, older) if newest_first else (older, newer)) if page.rows else page

    parts.jira.changed = twice  # type: ignore[method-assign]
    parts.later()
    parts.run()
    assert sorted(parts.queue.lanes()) == ["issue#10001", "ticket#5001"]


def test_a_row_without_the_field_is_no_evidence(parts: Parts) -> None:
    parts.begin()
    knows_ticket(parts, "5001", "PROJ-1")
    knows_issue(parts, "10001", "PROJ-1", "5001")
    parts.export.change("5001")
    parts.jira.change("10001", "PROJ-1")
    at, row = parts.export.stream[0]
    parts.export.stream = [(at, replace(row, refs=None))]
    parts.jira.rows["10001"] = replace(parts.jira.rows["10001"], refs=None)
    parts.later()
    parts.run()
    assert parts.queue.lanes() == []


def test_a_field_with_too_many_references_is_its_lanes_to_judge(parts: Parts) -> None:
    parts.begin()
    knows_ticket(parts, "5001")
    parts.export.change("5001", too_many=True)
    parts.later()
    parts.run()
    assert parts.queue.lanes() == ["ticket#5001"]


def test_a_ticket_in_the_bin_keeps_its_links(parts: Parts) -> None:
    parts.begin()
    knows_ticket(parts, "5001", "PROJ-1")
    parts.ledger.linked_tickets = {"5001"}
    parts.export.change("5001", deleted=True)
    parts.later()
    parts.run()
    assert parts.queue.lanes() == []


def test_a_ticket_that_is_gone_for_good_is_told_where_it_has_links(parts: Parts) -> None:
    parts.begin()
    parts.ledger.linked_tickets = {"5001", "5003"}
    knows_ticket(parts, "5003", deleted=True)
    for ticket_id in ("5001", "5002", "5003"):
        parts.export.change(ticket_id, deleted=True, erased=True)
    at = parts.clock.now
    parts.later()
    parts.run()
    gone = LifecycleEvent.DELETED
    assert parts.queue.told() == [TicketStatement(ticket_id="5001", issue_keys=None, at=at, exact=True, lifecycle=gone)]


def test_a_merge_that_nobody_told_is_an_operators(parts: Parts, capsys: pytest.CaptureFixture[str]) -> None:
    """No list names the ticket into which it was merged."""
    parts.begin()
    for ticket_id, facts in (("5001", TicketFacts()), ("5002", TicketFacts(merged_into="5009"))):
        parts.ledger.stated[ticket_id] = FieldRecord(frozenset({"PROJ-1"}), ONCE), facts
    for ticket_id in ("5001", "5002", "5003"):
        parts.export.change(ticket_id, *(("PROJ-1",) if ticket_id != "5003" else ()), merged=True)
    parts.later()
    parts.run()
    assert '"lanes":["ticket#5001"]' in capsys.readouterr().out
    assert parts.queue.lanes() == []


@pytest.mark.parametrize("fact", ["deleted", "missing"])
def test_a_ticket_that_is_there_after_all_is_read(parts: Parts, fact: str) -> None:
    parts.begin()
    knows_ticket(parts, "5001", **{fact: True})
    parts.export.change("5001")
    parts.later()
    parts.run()
    assert parts.queue.lanes() == ["ticket#5001"]


def test_an_issue_that_moved_is_told_as_of_its_last_update_without_a_call(parts: Parts) -> None:
    parts.begin()
    knows_issue(parts, "10001", "PROJ-1", "5001")
    parts.jira.change("10001", "NEW-1", "5001")
    at = parts.clock.now
    parts.later()
    parts.run()
    moved = LifecycleEvent.MOVED
    assert parts.queue.told() == [
        IssueStatement(issue_id="10001", issue_key="NEW-1", ticket_ids=None, at=at, exact=True, lifecycle=moved)
    ]


def test_an_issue_that_moved_and_was_edited_is_told_both(parts: Parts) -> None:
    parts.begin()
    knows_issue(parts, "10001", "PROJ-1", "5001")
    parts.jira.change("10001", "NEW-1", "5002")
    parts.run()
    assert [statement.lifecycle for statement in parts.queue.told()] == [LifecycleEvent.EDITED, LifecycleEvent.MOVED]


def test_a_row_that_lags_behind_a_move_is_no_move(parts: Parts) -> None:
    parts.begin()
    parts.jira.change("10001", "PROJ-1", "5001")
    knows_issue(parts, "10001", "NEW-1", "5001", key_at=parts.clock.now + 5)
    parts.run()
    assert parts.queue.lanes() == []


def test_an_issue_that_only_tickets_name_moves_too(parts: Parts) -> None:
    parts.begin()
    parts.ledger.links["10001"] = {"5001": Link(issue=Issue("10001", "PROJ-1"), key_at=START)}
    parts.ledger.links["10002"] = {"5001": Link(issue=Issue("10002", "PROJ-2"), key_at=START)}
    parts.jira.change("10001", "NEW-1")
    parts.jira.change("10002", "PROJ-2")
    parts.run()
    assert [statement.lifecycle for statement in parts.queue.told()] == [LifecycleEvent.MOVED]


def test_a_move_that_nobody_told_is_found_though_an_edit_told_the_new_key(parts: Parts) -> None:
    parts.begin()
    parts.ledger.links["10001"] = {"5001": Link(issue=Issue("10001", "PROJ-1"), key_at=START)}
    knows_issue(parts, "10001", "NEW-1", "5002", key_at=parts.clock.now)
    parts.jira.change("10001", "NEW-1", "5002")
    parts.run()
    assert [statement.lifecycle for statement in parts.queue.told()] == [LifecycleEvent.MOVED]


def test_a_change_is_seen_again_for_as_long_as_an_older_statement_may_be_applied_late(parts: Parts) -> None:
    parts.begin()
    parts.export.change("5001")
    parts.jira.change("10001", "PROJ-1")
    parts.later(60)
    parts.run()
    parts.run()
    parts.later(LOOK_BACK - 1)
    parts.run()
    assert parts.queue.lanes() == []
    knows_ticket(parts, "5001", "PROJ-1")
    knows_issue(parts, "10001", "PROJ-1", "5001")
    parts.run()
    assert parts.queue.lanes() == ["ticket#5001", "issue#10001"]


def test_a_change_that_was_seen_for_so_long_is_not_read_again(parts: Parts) -> None:
    parts.begin()
    parts.export.change("5001")
    parts.jira.change("10001", "PROJ-1")
    for _ in range(3):
        parts.later(LOOK_BACK)
        parts.jira.change("10002", "PROJ-2")  # a search goes by the latest update
        parts.run()
    knows_ticket(parts, "5001", "PROJ-1")
    knows_issue(parts, "10001", "PROJ-1", "5001")
    parts.run()
    assert parts.queue.lanes() == []


def test_keys_of_projects_that_no_longer_count_withdraw_nothing(parts: Parts) -> None:
    parts.projects = ProjectList(frozenset({"PROJ"}))
    parts.begin()
    knows_ticket(parts, "5001", "PROJ-1", "OPS-1")
    knows_issue(parts, "10001", "OPS-1", "5001")
    parts.export.change("5001", "PROJ-1", "OPS-1")
    parts.jira.change("10001", "OPS-1")
    parts.later()
    parts.run()
    assert parts.queue.lanes() == []


def test_a_direction_that_is_off_is_not_read(parts: Parts) -> None:
    parts.begin()
    parts.zendesk = None
    parts.jira.change("10001", "PROJ-1", "5001")
    parts.later()
    assert parts.run() == "finished"
    assert parts.queue.lanes() == ["issue#10001"]
    assert parts.counts.values[Metric.RECONCILER_LAG] == 0
