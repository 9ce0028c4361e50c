"""What was not found is looked for again, many lanes in a call; only what is there by now is told."""

import pytest

from linksync.core.checkpoints import Look
from linksync.core.issue import Issue
from linksync.core.lanes import FieldRecord, IssueRecord, TicketFacts
from linksync.core.links import Link
from linksync.core.look_ups import FIRST
from linksync.core.messages import IssueStatement, LinkNotice, NoticeKind, TicketStatement
from linksync.core.projects import ProjectList
from linksync.errors import UpstreamForbidden
from tests.unit.reconciler.parts import Parts


@pytest.fixture
def misses(parts: Parts) -> Parts:
    """Ticket 5001 names a key that nobody knows, ticket 5002 does not exist, issue 10001 cannot be read."""
    parts.begin()
    parts.ledger.stated["5001"] = FieldRecord(frozenset({"NEW-1"})), TicketFacts(not_found=frozenset({"NEW-1"}))
    parts.ledger.stated["5002"] = FieldRecord(), TicketFacts(missing=True)
    parts.ledger.records["10001"] = IssueRecord(key="PROJ-1", missing=True)
    for lane in ("ticket#5001", "ticket#5002", "issue#10001"):
        plan(parts, lane)
    return parts


def plan(parts: Parts, lane: str, *, since: float = 0.0) -> Look:
    look = Look(lane=lane, due_at=parts.clock.now - 1, since=parts.clock.now - (since or FIRST))
    parts.looks.planned.add(look)
    return look


def test_nothing_due_is_no_call(parts: Parts) -> None:
    parts.begin()
    parts.looks.planned = {Look(lane="ticket#5001", due_at=parts.clock.now + 1, since=parts.clock.now)}
    parts.run()
    assert parts.existence.asked == []
    assert len(parts.looks.planned) == 1


def test_what_is_still_missing_queues_nothing_and_is_put_off(misses: Parts) -> None:
    misses.run()
    assert misses.queue.lanes() == []
    assert misses.existence.asked == [("10001", "NEW-1"), ("5002",)]
    assert all(look.due_at >= misses.clock.now + FIRST for look in misses.looks.planned)
    assert {look.lane for look in misses.looks.planned} == {"ticket#5001", "ticket#5002", "issue#10001"}


def test_a_key_that_is_known_by_now_is_looked_up_in_its_lane(misses: Parts) -> None:
    misses.existence.known_issues["NEW-1"] = Issue("10009", "NEW-1")
    misses.run()
    (statement,) = misses.queue.told()
    assert statement == TicketStatement(
        ticket_id="5001", issue_keys=None, at=misses.clock.now, exact=False, look_up=True
    )


def test_a_ticket_and_an_issue_that_are_there_by_now_are_read(misses: Parts) -> None:
    misses.existence.known_tickets.add("5002")
    misses.existence.known_issues["10001"] = Issue("10001", "PROJ-1")
    misses.run()
    issue, ticket = misses.queue.told()
    assert isinstance(ticket, TicketStatement)
    assert issue == IssueStatement(
        issue_id="10001", issue_key="PROJ-1", ticket_ids=None, at=misses.clock.now, exact=False
    )


def test_a_key_of_a_project_that_does_not_count_is_not_found(misses: Parts) -> None:
    misses.projects = ProjectList(frozenset({"PROJ"}))
    misses.existence.known_issues["NEW-1"] = Issue("10009", "NEW-1")
    misses.run()
    assert misses.queue.lanes() == []


def test_a_lane_that_misses_nothing_any_more_is_forgotten(misses: Parts) -> None:
    misses.ledger.stated.clear()
    misses.ledger.records.clear()
    misses.run()
    assert (misses.looks.planned, misses.existence.asked, misses.queue.lanes()) == (set(), [], [])


def test_looks_of_one_lane_become_one_of_the_youngest_reason(misses: Parts) -> None:
    plan(misses, "ticket#5001", since=1_000_000)
    misses.run()
    (look,) = (look for look in misses.looks.planned if look.lane == "ticket#5001")
    assert look.since == misses.clock.now - FIRST


def test_an_issue_that_cannot_be_read_is_told_in_the_log_and_loses_nothing(
    misses: Parts, capsys: pytest.CaptureFixture[str]
) -> None:
    misses.run()
    assert '"lanes":["issue#10001"]' in capsys.readouterr().out
    assert misses.queue.lanes() == []


def test_three_hundred_lanes_are_asked_for_a_hundred_at_a_time(parts: Parts) -> None:
    parts.begin()
    for number in range(300):
        facts = TicketFacts(not_found=frozenset({f"NEW-{number}"}))
        parts.ledger.stated[str(number)] = FieldRecord(), facts
        plan(parts, f"ticket#{number}")
    parts.run()
    assert [len(asked) for asked in parts.existence.asked] == [100, 100, 100]
    assert len(parts.looks.planned) == 300


def test_lanes_that_miss_much_are_asked_for_a_few_at_a_time(parts: Parts) -> None:
    """Each call waits for its turn, and the lease is renewed with each step alone."""
    parts.begin()
    keys = {number: frozenset(f"NO-{number}{place:03}" for place in range(1, 301)) for number in range(10, 20)}
    for number, missed in keys.items():
        parts.ledger.stated[str(number)] = FieldRecord(missed), TicketFacts(not_found=missed)
        plan(parts, f"ticket#{number}")
    saves = parts.state.saves
    assert parts.run() == "finished"
    assert [len(asked) for asked in parts.existence.asked] == [900, 900, 900, 300]
    assert sorted(key for asked in parts.existence.asked for key in asked) == sorted(set().union(*keys.values()))
    assert parts.state.saves - saves >= 4
    assert len(parts.looks.planned) == 10
    assert all(look.due_at > parts.clock.now for look in parts.looks.planned)


def test_a_lane_that_misses_more_than_is_asked_at_once_is_asked_for_alone(parts: Parts) -> None:
    parts.begin()
    for number in (1, 2):
        missed = frozenset(f"NO-{number}{place:04}" for place in range(1_001))
        parts.ledger.stated[str(number)] = FieldRecord(missed), TicketFacts(not_found=missed)
        plan(parts, f"ticket#{number}")
    assert parts.run() == "finished"
    assert [len(asked) for asked in parts.existence.asked] == [1_001, 1_001]


def test_looks_that_could_not_be_made_stay_due(misses: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: object) -> None:
        raise UpstreamForbidden("403")

    planned = set(misses.looks.planned)
    monkeypatch.setattr(misses.existence, "issues", refuse)
    assert misses.run() == "looks stopped"
    assert misses.looks.planned == planned


def test_tickets_that_an_issue_names_are_looked_for_and_its_lane_is_told_when_one_is_there(parts: Parts) -> None:
    parts.begin()
    parts.ledger.records["10001"] = IssueRecord(key="PROJ-1", not_found=frozenset({"7001", "7002"}))
    plan(parts, "issue#10001")
    parts.run()
    assert (parts.queue.told(), parts.existence.asked) == ([], [("7001", "7002")])
    parts.clock.now = max(look.due_at for look in parts.looks.planned) + 1
    parts.existence.known_tickets.add("7002")
    parts.run()
    (statement,) = parts.queue.told()
    assert isinstance(statement, IssueStatement)
    assert (statement.issue_id, statement.ticket_ids, statement.look_up) == ("10001", None, True)


def link(key: str, *, key_at: float, claimed: bool = True) -> Link:
    return Link(issue=Issue("10001", key), key_at=key_at, claims=frozenset({"ticket:PROJ-1"} if claimed else ()))


def notices(parts: Parts) -> dict[str, LinkNotice]:
    """What tickets' lanes are told, by ticket."""
    sent = [envelope.payload for envelope in parts.queue.sent]
    return {notice.ticket_id: notice for notice in sent if isinstance(notice, LinkNotice)}


def test_a_ticket_is_told_of_a_move_that_its_issue_could_not_tell_it(parts: Parts) -> None:
    parts.begin()
    at = parts.clock.now
    parts.ledger.records["10001"] = IssueRecord(key="NEW-1", key_at=at, told_key="NEW-1")
    parts.ledger.links["10001"] = {
        "5001": link("PROJ-1", key_at=at - 30),
        "5002": link("NEW-1", key_at=at - 30),
        "5003": link("OLDER-1", key_at=at + 1),
    }
    plan(parts, "issue#10001")
    parts.run()
    told = LinkNotice(
        ticket_id="5001", issue_id="10001", issue_key="NEW-1", key_at=at, kind=NoticeKind.MOVED, at=parts.clock.now
    )
    assert notices(parts) == {"5001": told}
    assert parts.looks.planned == set()


def test_a_ticket_is_told_of_a_deletion_that_its_issue_could_not_tell_it(parts: Parts) -> None:
    parts.begin()
    parts.ledger.records["10001"] = IssueRecord(key="PROJ-1", deleted=True)
    parts.ledger.links["10001"] = {"5001": link("PROJ-1", key_at=0), "5002": link("PROJ-1", key_at=0, claimed=False)}
    plan(parts, "issue#10001")
    parts.run()
    assert {ticket_id: notice.kind for ticket_id, notice in notices(parts).items()} == {"5001": NoticeKind.DELETED}


def test_of_an_issue_that_cannot_be_read_nobody_is_told(misses: Parts) -> None:
    misses.ledger.links["10001"] = {"5001": link("OLD-1", key_at=0)}
    misses.run()
    assert notices(misses) == {}
