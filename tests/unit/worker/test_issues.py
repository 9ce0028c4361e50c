"""An issue's lane at work: it tells the tickets' lanes, and makes no link itself."""

import json
from dataclasses import replace
from itertools import permutations

import pytest

from linksync.core.messages import IssueStatement, LifecycleEvent, LinkNotice, NoticeKind
from linksync.errors import AwsUnavailable
from tests.simulation.clock import RunKilled
from tests.unit.worker.stack import Stack


def told(stack: Stack) -> list[tuple[str, NoticeKind]]:
    """The notices that wait in tickets' lanes."""
    payloads = [message.envelope.payload for lane in stack.queue.lanes.values() for message in lane]
    return [(payload.ticket_id, payload.kind) for payload in payloads if isinstance(payload, LinkNotice)]


def moved(stack: Stack, key: str) -> IssueStatement:
    stack.move_issue(key)
    return replace(stack.edit_issue("10001", lifecycle=LifecycleEvent.MOVED), ticket_ids=None)


def test_each_change_goes_to_the_lane_of_the_ticket_that_it_touches(stack: Stack) -> None:
    stack.deliver(stack.edit_issue("10001", "5001", "5002"))
    stack.post(stack.edit_issue("10001", "5002", "5003"))
    stack.run("issue#10001")
    assert told(stack) == [("5003", NoticeKind.CLAIMED), ("5001", NoticeKind.RELEASED)]
    assert set(stack.zendesk.links) == {("5001", "10001"), ("5002", "10001")}
    stack.run_until_idle()
    assert set(stack.zendesk.links) == {("5002", "10001"), ("5003", "10001")}


def test_a_notice_carries_the_trail_of_its_cause(stack: Stack) -> None:
    stack.post(stack.edit_issue("10001", "5001"), delivery="jira-delivery")
    stack.run("issue#10001")
    (message,) = stack.queue.lanes["ticket#5001"]
    assert (message.envelope.correlation_id, message.envelope.source) == ("jira-delivery", "test")
    assert message.envelope.delivery != "jira-delivery"


@pytest.mark.parametrize("order", list(permutations(range(3))))
@pytest.mark.parametrize("way", ["webhook", "automation"])
@pytest.mark.parametrize("pause", ["worked on at once", "worked on together"])
@pytest.mark.parametrize("times", [1, 2])
def test_create_delete_create_within_a_second_ends_linked(
    *, stack: Stack, way: str, order: tuple[int, ...], pause: str, times: int
) -> None:
    edits = [stack.edit_issue("10001", *ids) for ids in (("5001",), (), ("5001",))]
    arrivals = [edits[position] for position in order] * times
    for number, statement in enumerate(arrivals):
        sent = statement if way == "webhook" else replace(statement, exact=False, at=stack.tick())
        stack.post(sent, delivery=f"delivery-{number % 3}" if way == "webhook" else f"delivery-{number}")
        if pause == "worked on at once":
            stack.run_until_idle()
    stack.run_until_idle()
    assert stack.linked() == {"10001"}


def test_both_sides_and_all_orders(stack: Stack) -> None:
    edits = [
        stack.edit_ticket("5001", "PROJ-1"),
        stack.edit_issue("10001", "5001"),
        stack.edit_ticket("5001"),
        stack.edit_issue("10001"),
    ]
    for order in permutations(edits):
        for statement in order:
            stack.post(statement)
        stack.run_until_idle()
        assert stack.linked() == set()


@pytest.mark.parametrize(
    ("case", "edit"),
    [("the field is not shown", {}), ("an automation that waited long", {"exact": False})],
)
def test_what_cannot_be_believed_is_read_again(stack: Stack, case: str, edit: dict[str, bool]) -> None:
    statement = stack.edit_issue("10001", "5001", "5002")
    doubtful = replace(statement, **edit) if edit else replace(statement, ticket_ids=None)
    stack.jira.fields["10001"] = ("5002",)
    stack.clock.now += 601
    stack.post(doubtful, received_at=statement.at)
    stack.run_until_idle()
    assert (set(stack.zendesk.links), stack.jira.calls["read"]) == ({("5002", "10001")}, 1), case


def test_missing_evidence_never_unlinks(stack: Stack) -> None:
    stack.deliver(stack.edit_issue("10001", "5001"))
    unseen = replace(stack.edit_issue("10001"), ticket_ids=None)
    del stack.jira.keys["10001"]  # 404: we may not see the issue
    stack.deliver(unseen)
    assert (stack.linked(), stack.jira.calls["read"]) == ({"10001"}, 1)


# ── moves and deletions ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_move_is_followed_wherever_the_link_came_from(stack: Stack) -> None:
    stack.deliver(stack.edit_issue("10001", "5001"), stack.edit_ticket("5002", "PROJ-1"), moved(stack, "NEW-5"))
    assert stack.zendesk.links == {("5001", "10001"): "NEW-5", ("5002", "10001"): "NEW-5"}
    stack.deliver(stack.edit_ticket("5002", "PROJ-1", "PROJ-2"))
    assert stack.linked("5002") == {"10001", "10002"}
    assert stack.zendesk.links["5002", "10001"] == "NEW-5"


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_moves_in_any_order_end_with_the_last_key(stack: Stack, order: tuple[int, ...]) -> None:
    stack.deliver(stack.edit_issue("10001", "5001"), stack.edit_ticket("5002", "PROJ-1"))
    moves = [moved(stack, key) for key in ("NEW-5", "OLD-7", "LAST-9")]
    stack.deliver(*(moves[position] for position in order))
    assert set(stack.zendesk.links.values()) == {"LAST-9"}


def test_a_hand_made_link_keeps_its_key(stack: Stack) -> None:
    stack.link_by_hand("5001", "10001")
    stack.deliver(stack.edit_issue("10001", "5001"), moved(stack, "NEW-5"))
    assert stack.zendesk.links == {("5001", "10001"): "by hand"}


@pytest.mark.parametrize("late", ["edit", "move"])
def test_a_deleted_issue_stays_deleted(stack: Stack, late: str) -> None:
    stack.deliver(stack.edit_issue("10001", "5001"), stack.edit_ticket("5002", "PROJ-1"))
    after = stack.edit_issue("10001", "5001", "5002") if late == "edit" else moved(stack, "NEW-5")
    gone = stack.edit_issue("10001", lifecycle=LifecycleEvent.DELETED)
    del stack.jira.keys["10001"]
    stack.deliver(gone, after, replace(after, at=stack.tick()))
    assert (stack.zendesk.links, stack.ledger.issue("10001").deleted) == ({}, True)


# ── being cut short ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("failure", [RunKilled(), AwsUnavailable("no answer")])
@pytest.mark.parametrize("step", range(9))
def test_news_cut_short_anywhere_are_told_in_full_and_once(stack: Stack, step: int, failure: BaseException) -> None:
    stack.deliver(stack.edit_issue("10001", "5001"))
    stack.post(stack.edit_issue("10001", "5002", "5003"))
    stack.script.own = [None] * step + [failure]
    before = dict(stack.zendesk.calls)
    stack.run_until_idle()
    assert stack.script.own == []
    assert set(stack.zendesk.links) == {("5002", "10001"), ("5003", "10001")}
    assert stack.zendesk.calls["create"] - before["create"] <= 3
    assert stack.ledger.issue("10001").stated.refs == {"5002", "5003"}
    assert stack.queue.dead == []


def test_an_issue_with_two_hundred_tickets(stack: Stack) -> None:
    tickets = [str(number) for number in range(6_000, 6_200)]
    stack.zendesk.fields.update(dict.fromkeys(tickets, ()))
    stack.zendesk.meanwhile = lambda: setattr(stack.clock, "now", stack.clock.now + 0.2)
    cost = stack.bill(lambda: stack.deliver(stack.edit_issue("10001", *tickets)))
    assert {ticket for ticket, _ in stack.zendesk.links} == set(tickets)
    assert {name: number for name, number in cost.items() if " " in name} == {"zendesk list": 2, "zendesk create": 200}
    stack.deliver(stack.edit_issue("10001", *tickets[:-1]))
    assert len(stack.zendesk.links) == 199


def test_an_issue_that_tells_nobody_anything_is_counted_as_nothing_to_do(
    stack: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    counted = []
    for told in (stack.edit_issue("10001", "5001"), stack.edit_issue("10001", "5001"), stack.edit_issue("10001")):
        stack.deliver(told)
        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        counted.append([line.get("NothingToDo") for line in lines if line.get("lane") == "issue#10001"])
    assert counted == [[None], [[1]], [None]]
