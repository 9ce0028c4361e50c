"""Each of these was a bug once, found by reading the rules against the design."""

from dataclasses import replace

import pytest

from linksync.core.message_format import decode
from linksync.core.messages import Envelope, LifecycleEvent, Payload, TicketStatement
from linksync.errors import UpstreamRefused
from tests.simulation.clock import RunKilled
from tests.unit.worker.stack import Stack


def merge(stack: Stack) -> TicketStatement:
    return stack.merge_ticket("5001", into="5002")


def the_dead(stack: Stack) -> Envelope:
    ((dead, _),) = stack.queue.dead
    assert dead is not None
    return dead


@pytest.mark.parametrize("step", range(9))
def test_1_a_reread_that_was_told_and_not_recorded(stack: Stack, step: int) -> None:
    """An issue in doubt: told its tickets what it read, crashed, and read something else the next time."""
    stack.post(replace(stack.edit_issue("10001", "5001"), ticket_ids=None))
    stack.script.own = [None] * step + [RunKilled()]
    stack.run("issue#10001")
    stack.script.own.clear()
    if "ticket#5001" in stack.queue.lanes:
        stack.run("ticket#5001")
    stack.post(stack.edit_issue("10001"))
    stack.run_until_idle()
    assert stack.linked() == set()


def test_2_a_late_automation_does_not_bring_back_the_old_key(stack: Stack) -> None:
    late = replace(stack.edit_issue("10001", "5001"), exact=False)
    stack.move_issue("NEW-5")
    stack.deliver(stack.edit_issue("10001", "5001", lifecycle=LifecycleEvent.MOVED))
    stack.clock.now += 5
    stack.deliver(replace(late, at=stack.clock.now))
    assert stack.zendesk.links == {("5001", "10001"): "NEW-5"}


def test_3_a_clock_ahead_of_jiras_does_not_hide_a_move(stack: Stack) -> None:
    silent = replace(stack.edit_issue("10001", "5001"), ticket_ids=None)
    stack.deliver(replace(silent, at=silent.at - 20))  # Jira's clock is 20 seconds behind ours, by which we read
    stack.move_issue("NEW-5")
    stack.clock.now += 10
    move = replace(stack.edit_issue("10001", "5001", lifecycle=LifecycleEvent.MOVED), ticket_ids=None)
    stack.deliver(replace(move, at=move.at - 20))
    assert stack.zendesk.links == {("5001", "10001"): "NEW-5"}


def test_4_a_claim_redriven_within_the_horizon(stack: Stack) -> None:
    stack.zendesk.refuses["5001", "10001"] = UpstreamRefused("mend it")
    stack.deliver(stack.edit_issue("10001", "5001"))
    stack.zendesk.refuses.clear()
    stack.clock.now += 60
    stack.deliver(stack.edit_issue("10001"))
    stack.clock.now += 60
    stack.queue.send(the_dead(stack), known_by="redriven", redriven=True)
    stack.run_until_idle()
    assert stack.linked() == set()


def test_5_a_merged_tickets_claim_redriven_days_later(stack: Stack) -> None:
    stack.zendesk.refuses["5002", "10001"] = UpstreamRefused("mend it")
    stack.deliver(stack.edit_issue("10001", "5001"), merge(stack))
    stack.zendesk.refuses.clear()
    stack.clock.now += 6_000
    stack.deliver(stack.edit_issue("10001"))  # the merged ticket hands on the release
    stack.clock.now += 6_000
    stack.queue.send(the_dead(stack), known_by="redriven", redriven=True)
    stack.run_until_idle()
    assert stack.zendesk.links == {}


@pytest.mark.parametrize("lifecycle", [LifecycleEvent.MERGED, LifecycleEvent.DELETED])
def test_6_a_merge_and_a_deletion_are_not_forgotten_in_30_days(stack: Stack, lifecycle: LifecycleEvent) -> None:
    stack.deliver(replace(merge(stack), lifecycle=lifecycle))
    assert "expires_at" not in stack.dynamo.items["ticket#5001"]["said"]


def test_7_a_slow_reread_makes_progress_or_waits(stack: Stack) -> None:
    read = stack.zendesk.read

    def slow(ticket_id: str) -> object:
        stack.clock.now += 19
        return read(ticket_id)

    stack.zendesk.read = slow  # type: ignore[method-assign, assignment]
    stack.edit_ticket("5001", "PROJ-1")
    statement: Payload = TicketStatement(ticket_id="5001", issue_keys=None, at=stack.clock.now, exact=False)
    stack.post(statement)
    begun = stack.clock.now
    while stack.runs < 20 and not stack.run("ticket#5001"):
        stack.clock.now = max(stack.clock.now, stack.queue.next_visible() or 0)
    assert stack.runs < 20 or stack.clock.now - begun > 20 * 19 + 60  # done, or at least backing off


def test_8_nested_too_deep_is_no_message() -> None:
    with pytest.raises(ValueError, match=r"."):
        decode("[" * 200_000)
