"""Tickets that an issue names and Zendesk does not know: one question for many, and people are told once a number."""

from dataclasses import replace

import pytest

from linksync.core.messages import IssueStatement, LifecycleEvent, TicketStatement
from linksync.core.named_tickets import MOST_UNASKED
from linksync.core.wrong_references import WrongReferenceNotice, comment_on_issue
from linksync.errors import (
    AwsUnavailable,
    NoticeRefused,
    UpstreamForbidden,
    UpstreamRefused,
    UpstreamThrottled,
    UpstreamUnavailable,
)
from tests.simulation.clock import RunKilled
from tests.unit.worker.stack import Stack

MANY = tuple(str(number) for number in range(7_001, 7_501))


@pytest.fixture
def noting(stack: Stack) -> Stack:
    """Of which no ticket of MANY exists."""
    stack.notice = WrongReferenceNotice.NOTE
    stack.zendesk.refuses = {(number, "10001"): UpstreamRefused("no such ticket") for number in MANY}
    return stack


def comments(stack: Stack) -> list[str]:
    return [text for _, text in stack.jira.comments]


def reread(stack: Stack, *, look_up: bool = True) -> IssueStatement:
    """What the reconciler tells."""
    return IssueStatement(
        issue_id="10001", issue_key="PROJ-1", ticket_ids=None, at=stack.tick(), exact=False, look_up=look_up
    )


# ── many at once ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_five_hundred_unknown_numbers_are_five_questions_and_one_message(stack: Stack) -> None:
    bill = stack.bill(lambda: stack.deliver(stack.edit_issue("10001", *MANY, "5001")))
    assert (stack.linked("5001"), stack.queue.dead) == ({"10001"}, [])
    assert {name: number for name, number in bill.items() if name.startswith("zendesk")} == {
        "zendesk list": 6,
        "zendesk create": 1,
    }
    assert (bill["notices"], stack.metric("TicketsNotFound")) == (2, 500)
    assert stack.ledger.issue("10001").not_found == set(MANY)


def test_they_are_not_asked_about_again_by_the_next_edit(stack: Stack) -> None:
    stack.deliver(stack.edit_issue("10001", *MANY))
    bill = stack.bill(lambda: stack.deliver(stack.edit_issue("10001", *MANY, "5001"), stack.edit_issue("10001", *MANY)))
    assert {name: number for name, number in bill.items() if name.startswith("zendesk")} == {
        "zendesk create": 1,
        "zendesk delete": 1,
    }
    assert stack.metric("TicketsNotFound") == 500


def test_a_field_that_is_read_again_multiplies_nothing_either(stack: Stack) -> None:
    statement = replace(stack.edit_issue("10001", *MANY), ticket_ids=None)
    stack.clock.now += 60
    bill = stack.bill(lambda: stack.deliver(statement))
    assert (bill["notices"], bill["zendesk list"]) == (1, 5)


def test_a_move_of_the_issue_is_told_to_none_of_them(stack: Stack) -> None:
    stack.deliver(stack.edit_issue("10001", *MANY, "5001"))
    stack.jira.keys["10001"] = "OPS-9"
    moved = stack.edit_issue("10001", *MANY, "5001", lifecycle=LifecycleEvent.MOVED)
    assert stack.bill(lambda: stack.deliver(moved))["notices"] == 2
    assert stack.zendesk.links == {("5001", "10001"): "OPS-9"}


def test_a_few_new_numbers_cost_no_question(stack: Stack) -> None:
    few = MANY[:MOST_UNASKED]
    stack.zendesk.fields.update(dict.fromkeys(few, ()))
    bill = stack.bill(lambda: stack.deliver(stack.edit_issue("10001", *few)))
    assert (bill["zendesk create"], bill.get("zendesk list")) == (MOST_UNASKED, None)


def test_one_that_is_there_by_now_is_linked_when_the_reconciler_has_it_looked_up(stack: Stack) -> None:
    stack.deliver(stack.edit_issue("10001", *MANY))
    stack.zendesk.fields["7003"] = ()
    stack.deliver(reread(stack, look_up=False))
    assert stack.zendesk.links == {}
    stack.deliver(reread(stack))
    assert (set(stack.zendesk.links), stack.metric("TicketsNotFound")) == ({("7003", "10001")}, 500)
    assert stack.ledger.issue("10001").not_found == set(MANY) - {"7003"}


def test_one_that_is_written_anew_is_looked_up_again(stack: Stack) -> None:
    stack.deliver(stack.edit_issue("10001", *MANY))
    stack.zendesk.fields["7003"] = ()
    stack.deliver(stack.edit_issue("10001", *(set(MANY) - {"7003"})), stack.edit_issue("10001", *MANY))
    assert set(stack.zendesk.links) == {("7003", "10001")}


def test_the_ledger_has_it_looked_at_again(stack: Stack) -> None:
    stack.deliver(stack.edit_issue("10001", *MANY))
    assert [record for record in stack.dynamo.items["look"] if record.endswith("issue#10001")] != []


@pytest.mark.parametrize("step", range(12))
def test_a_run_that_is_killed_anywhere_leaves_nobody_who_was_told_untold(stack: Stack, step: int) -> None:
    """Told of thirty, killed; then the field is read, and holds others: those of before are released."""
    first, then = MANY[:30], MANY[30:60]
    stack.zendesk.fields.update(dict.fromkeys(first + then, ()))
    stack.post(stack.edit_issue("10001", *first))
    stack.script.own = [None] * step + [RunKilled()]
    stack.run("issue#10001")
    stack.script.own.clear()
    stack.jira.fields["10001"] = then
    stack.clock.now += 700
    stack.queue.lanes["issue#10001"][0].envelope = replace(
        stack.queue.lanes["issue#10001"][0].envelope, payload=reread(stack)
    )
    stack.run_until_idle()
    assert set(stack.zendesk.links) == {(ticket, "10001") for ticket in then}


# ── people are told ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", [WrongReferenceNotice.OFF, WrongReferenceNotice.TAG])
def test_nobody_is_told_unless_notes_are_wanted(stack: Stack, kind: WrongReferenceNotice) -> None:
    stack.notice = kind
    stack.deliver(stack.edit_issue("10001", *MANY))
    assert (comments(stack), stack.zendesk.tags) == ([], set())


def test_one_comment_names_all_that_was_not_found_and_the_links_are_made(noting: Stack) -> None:
    noting.deliver(noting.edit_issue("10001", "7001", "5001", "7002"))
    assert (noting.linked("5001"), comments(noting)) == ({"10001"}, [comment_on_issue({"7001", "7002"})])
    assert "7001, 7002" in comments(noting)[0]
    assert (noting.metric("NoticesGiven"), noting.metric("TicketsNotFound"), noting.queue.dead) == (1, 2, [])


def test_a_ticket_that_comes_out_of_the_bin_is_linked_as_if_nobody_had_been_told(noting: Stack) -> None:
    noting.deliver(noting.edit_issue("10001", "7001"))
    noting.zendesk.refuses.clear()
    noting.zendesk.fields["7001"] = ()
    undeleted = TicketStatement(ticket_id="7001", issue_keys=None, at=noting.tick(), exact=False)
    noting.deliver(undeleted)
    assert set(noting.zendesk.links) == {("7001", "10001")}


def test_a_number_is_told_once_however_often_it_is_written(noting: Stack) -> None:
    for _ in range(3):
        noting.deliver(noting.edit_issue("10001", "7001"), noting.edit_issue("10001"))
    noting.deliver(noting.edit_issue("10001", "7001", "7002"))
    assert comments(noting) == [comment_on_issue({"7001"}), comment_on_issue({"7002"})]


def test_what_our_own_comment_sets_off_finds_nothing_to_do(noting: Stack) -> None:
    noting.deliver(noting.edit_issue("10001", "7001", "5001"))
    bill = noting.bill(lambda: noting.deliver(noting.edit_issue("10001", "7001", "5001")))
    assert [call for call in bill if call.startswith(("zendesk", "jira"))] == []


def test_a_comment_that_is_refused_fails_nothing_and_is_counted(noting: Stack) -> None:
    noting.post(noting.edit_issue("10001", "7001"))
    noting.script.before = [None, NoticeRefused("no")]
    noting.run_until_idle()
    assert (noting.metric("NoticesRefused"), noting.queue.dead) == (1, [])


@pytest.mark.parametrize(
    "error", [UpstreamThrottled("429", retry_after=20), UpstreamUnavailable("503", maybe_applied=False)]
)
def test_a_comment_that_surely_was_not_made_is_made_later(noting: Stack, error: Exception) -> None:
    noting.post(noting.edit_issue("10001", "7001"))
    noting.script.before = [None, error]
    noting.run_until_idle()
    assert (comments(noting), noting.queue.dead) == ([comment_on_issue({"7001"})], [])


@pytest.mark.parametrize("after", [False, True])
def test_a_comment_of_which_nothing_is_known_is_not_repeated(noting: Stack, after: bool) -> None:
    noting.post(noting.edit_issue("10001", "7001"))
    setattr(noting.script, "after" if after else "before", [None, UpstreamUnavailable("reset")])
    noting.run_until_idle()
    noting.deliver(noting.edit_issue("10001"), noting.edit_issue("10001", "7001"))
    assert noting.jira.calls["comment"] == 1


@pytest.mark.parametrize("error", [RunKilled(), AwsUnavailable("no answer")], ids=["kill", "no answer"])
@pytest.mark.parametrize("step", range(16))
def test_a_kill_between_any_two_calls_tells_nobody_twice(noting: Stack, step: int, error: BaseException) -> None:
    noting.script.own = [None] * step + [error]
    noting.deliver(noting.edit_issue("10001", "7001", "5001"))
    noting.deliver(noting.edit_issue("10001", "5001"), noting.edit_issue("10001", "7001", "5001"))
    assert (noting.linked("5001"), noting.queue.dead) == ({"10001"}, [])
    assert noting.jira.calls["comment"] <= 1


def test_a_hundred_wrong_numbers_are_a_hundred_comments_and_no_dead_letter(noting: Stack) -> None:
    for _ in range(2):
        for number in MANY[:100]:
            noting.deliver(noting.edit_issue("10001", number, "5001"))
    assert comments(noting) == [comment_on_issue({number}) for number in MANY[:100]]
    assert (noting.queue.dead, noting.linked("5001")) == ([], {"10001"})


@pytest.mark.parametrize("step", range(14))
def test_whom_a_message_told_that_ended_as_a_dead_letter_a_later_one_releases(noting: Stack, step: int) -> None:
    """Told of some, cut short; then the list is forbidden for good; then the field is cleared."""
    noting.post(noting.edit_issue("10001", "5001", "5002"))
    noting.script.own = [None] * step + [AwsUnavailable("no answer")]
    noting.run("issue#10001")
    noting.script.before = [UpstreamForbidden("credentials")] * 20
    while "issue#10001" in noting.queue.lanes:
        noting.clock.now += 60
        noting.run("issue#10001")
    noting.script.before, noting.script.own = [], []
    noting.deliver(noting.edit_issue("10001"))
    assert noting.zendesk.links == {}


def test_an_issue_that_is_deleted_gets_no_comment_that_was_due(noting: Stack) -> None:
    noting.post(noting.edit_issue("10001", "7001"))
    noting.script.before = [None, *[UpstreamForbidden("grant the role")] * 60]
    noting.run_until_idle()
    assert {reason for _, reason in noting.queue.dead} == {"forbidden: grant the role"}
    noting.script.before = []
    noting.deliver(noting.edit_issue("10001", lifecycle=LifecycleEvent.DELETED))
    assert comments(noting) == []


def test_a_run_without_time_leaves_the_comment_to_the_next(noting: Stack) -> None:
    slow = iter([25.0])
    noting.zendesk.meanwhile = lambda: setattr(noting.clock, "now", noting.clock.now + next(slow, 0.0))
    noting.deliver(noting.edit_issue("10001", "7001"))
    assert (comments(noting), noting.runs) == ([comment_on_issue({"7001"})], 3)  # the look, the comment, the end
