"""Runs cut short at every step: crashes, throttling, refusals, outages, no time left.  What was begun is finished."""

from dataclasses import replace

import pytest

from linksync.core.links import LinkState, Owner
from linksync.core.messages import LifecycleEvent
from linksync.core.ordering import RETRY_HORIZON
from linksync.errors import (
    AwsUnavailable,
    PutOff,
    UpstreamForbidden,
    UpstreamRefused,
    UpstreamThrottled,
    UpstreamUnavailable,
)
from tests.simulation.clock import RunKilled
from tests.unit.worker.stack import Stack

RESET = UpstreamUnavailable("cut off")
REFUSED_FOR_NOW = UpstreamUnavailable("503", maybe_applied=False)
THROTTLED = UpstreamThrottled("429", retry_after=60.0)


def pass_time(stack: Stack, seconds: float) -> None:
    stack.clock.now += seconds


# ── whose is a link after a failed create ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("lost", [RunKilled(), RESET])
def test_a_create_whose_answer_was_lost_is_recognised_as_ours(stack: Stack, lost: BaseException) -> None:
    stack.post(stack.edit_ticket("5001", "PROJ-1"))
    stack.script.after = [None, lost]  # Jira's answer, then Zendesk's
    assert not stack.run("ticket#5001")
    assert (stack.linked(), stack.lane().links["10001"].state) == ({"10001"}, LinkState.CREATING)
    stack.run_until_idle()
    link = stack.lane().links["10001"]
    assert (link.state, link.owner, stack.metric("LinksAlreadyPresent")) == (LinkState.LINKED, Owner.LINKSYNC, 1)
    stack.deliver(stack.edit_ticket("5001"))
    assert stack.linked() == set()


@pytest.mark.parametrize("failure", [THROTTLED, REFUSED_FOR_NOW, UpstreamForbidden("grant the role")])
def test_a_create_that_was_surely_not_applied_makes_no_hand_made_link_ours(stack: Stack, failure: Exception) -> None:
    stack.post(stack.edit_ticket("5001", "PROJ-1"))
    stack.script.before = [None, failure]
    assert not stack.run("ticket#5001")
    assert stack.lane().links["10001"].state is LinkState.PLANNED
    stack.link_by_hand("5001", "10001")
    stack.run_until_idle()
    assert stack.lane().links["10001"].owner is Owner.ADOPTED
    stack.deliver(stack.edit_ticket("5001"))
    assert stack.linked() == {"10001"}


def test_the_intents_of_creates_that_were_not_reached_are_taken_back(stack: Stack) -> None:
    stack.post(stack.edit_ticket("5001", "OPS-3", "PROJ-1", "PROJ-2"))
    stack.script.before = [None, None, RESET]
    assert not stack.run("ticket#5001")
    states = {issue_id: link.state for issue_id, link in stack.lane().links.items()}
    assert states == {"10003": LinkState.LINKED, "10001": LinkState.CREATING, "10002": LinkState.PLANNED}
    stack.link_by_hand("5001", "10002")
    stack.run_until_idle()
    owners = {issue_id: link.owner for issue_id, link in stack.lane().links.items()}
    assert owners == {"10001": Owner.LINKSYNC, "10002": Owner.ADOPTED, "10003": Owner.LINKSYNC}


@pytest.mark.parametrize("call", range(24))
def test_a_killed_run_takes_over_no_link_whose_create_was_not_begun(stack: Stack, call: int) -> None:
    issues = {str(20_001 + number): f"BIG-{number + 10}" for number in range(24)}
    for issue_id, key in issues.items():
        stack.new_issue(issue_id, key)
    by_hand = list(issues)[call + 1 :]  # commands go by issue key: these come after the call that is killed
    for issue_id in by_hand:
        stack.link_by_hand("5001", issue_id)
    stack.post(stack.edit_ticket("5001", *issues.values()))
    stack.script.before = [None] * (call + 1) + [RunKilled()]
    assert not stack.run("ticket#5001")
    begun = {issue_id for issue_id, link in stack.lane().links.items() if link.call_begun_at is not None}
    assert begun == set(issues) - set(by_hand)
    stack.run_until_idle()
    stack.deliver(stack.edit_ticket("5001"))
    assert stack.linked() == set(by_hand)


def test_a_token_that_cannot_be_had_leaves_no_intent(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed() -> None:
        raise RunKilled

    monkeypatch.setattr(stack.zendesk, "ready", killed)
    stack.post(stack.edit_ticket("5001", "PROJ-1"))
    assert not stack.run("ticket#5001")
    assert stack.lane().links == {}


def test_a_delete_whose_answer_was_lost_and_a_link_wanted_again(stack: Stack) -> None:
    stack.deliver(stack.edit_ticket("5001", "PROJ-1"))
    stack.post(stack.edit_ticket("5001"))
    stack.script.after = [RunKilled()]
    assert not stack.run("ticket#5001")
    assert (stack.linked(), stack.lane().links["10001"].state) == (set(), LinkState.DELETING)
    stack.post(stack.edit_ticket("5001", "PROJ-1"))
    stack.run_until_idle()
    assert (stack.linked(), stack.lane().links["10001"].owner) == ({"10001"}, Owner.LINKSYNC)


# ── cut short anywhere ───────────────────────────────────────────────────────────────────────────────────────────

CUTS = [("own", step, failure) for step in range(16) for failure in (RunKilled(), AwsUnavailable("no answer"))]
CUTS += [("before", step, failure) for step in range(6) for failure in (RunKilled(), RESET, THROTTLED, REFUSED_FOR_NOW)]
CUTS += [("after", step, failure) for step in range(6) for failure in (RunKilled(), RESET)]


def run_with_failure(stack: Stack, side: str, step: int, failure: BaseException) -> None:
    """Work with this failure at this step of our own AWS, or before or after this call upstream."""
    setattr(stack.script, side, [None] * step + [failure])
    stack.run_until_idle()
    getattr(stack.script, side).clear()


@pytest.mark.parametrize(("side", "step", "failure"), CUTS)
def test_an_edit_cut_short_anywhere(stack: Stack, side: str, step: int, failure: BaseException) -> None:
    stack.link_by_hand("5001", "10003")
    stack.deliver(stack.edit_ticket("5001", "PROJ-1"))
    stack.post(stack.edit_ticket("5001", "PROJ-2", "OPS-3", "UTF-8"))
    run_with_failure(stack, side, step, failure)
    assert stack.linked() == {"10002", "10003"}
    assert {link.state for link in stack.lane().links.values()} == {LinkState.LINKED}
    assert stack.lane().links["10002"].owner is Owner.LINKSYNC
    assert (stack.lane().stated.refs, stack.lane().facts.not_found) == ({"PROJ-2", "OPS-3", "UTF-8"}, {"UTF-8"})
    assert stack.queue.dead == []


@pytest.mark.parametrize(("side", "step", "failure"), CUTS)
def test_a_move_cut_short_anywhere(stack: Stack, side: str, step: int, failure: BaseException) -> None:
    stack.deliver(stack.edit_issue("10001", "5001"), stack.edit_ticket("5002", "PROJ-1"))
    stack.jira.keys["10001"] = "NEW-5"
    stack.post(stack.edit_issue("10001", "5001", lifecycle=LifecycleEvent.MOVED))
    run_with_failure(stack, side, step, failure)
    assert stack.zendesk.links == {("5001", "10001"): "NEW-5", ("5002", "10001"): "NEW-5"}
    assert {stack.lane(ticket).links["10001"].state for ticket in ("5001", "5002")} == {LinkState.LINKED}


@pytest.mark.parametrize(("side", "step", "failure"), CUTS)
def test_a_merge_cut_short_anywhere(stack: Stack, side: str, step: int, failure: BaseException) -> None:
    stack.link_by_hand("5001", "10003")
    stack.deliver(stack.edit_ticket("5001", "PROJ-1", "OPS-3"), stack.edit_issue("10002", "5001"))
    stack.post(stack.merge_ticket("5001", into="5002"))
    run_with_failure(stack, side, step, failure)
    assert (stack.linked("5001"), stack.linked("5002")) == ({"10003"}, {"10001", "10002", "10003"})


# ── one of many ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_refused_link_stands_aside_for_the_others_and_goes_before_an_operator(stack: Stack) -> None:
    stack.zendesk.refuses["5001", "10001"] = UpstreamRefused("mend the external id")
    told = stack.edit_ticket("5001", "PROJ-1", "PROJ-2", "OPS-3")
    stack.post(told, delivery="d1")
    stack.run_until_idle()
    ((_, reason),) = stack.queue.dead
    assert (stack.linked(), reason) == ({"10002", "10003"}, "refused: mend the external id")
    assert stack.lane().links["10001"].state is LinkState.PLANNED
    stack.zendesk.refuses.clear()
    stack.post(told, delivery="d1", redriven=True)
    stack.run_until_idle()
    assert (stack.linked(), stack.zendesk.calls["create"]) == ({"10001", "10002", "10003"}, 4)


def test_a_lane_that_waits_holds_up_no_other(stack: Stack) -> None:
    stack.zendesk.refuses["5001", "10001"] = UpstreamThrottled("429", retry_after=3_000.0)
    stack.zendesk.refuses["5003", "10001"] = UpstreamRefused("poisoned")
    begun = stack.clock.now
    stack.post(stack.edit_ticket("5001", "PROJ-1"))
    stack.post(stack.edit_ticket("5001", "PROJ-2"))
    stack.post(stack.edit_ticket("5002", "PROJ-1"))
    stack.post(stack.edit_ticket("5003", "PROJ-1"))
    for lane in stack.queue.ready():
        stack.run(lane)
    assert set(stack.zendesk.links) == {("5002", "10001")}
    assert stack.queue.ready() == []
    assert stack.queue.next_visible() == pytest.approx(begun + 3_151, abs=1)  # the demand and a little more
    stack.zendesk.refuses.clear()
    stack.run_until_idle()
    assert stack.linked("5001") == {"10002"}


def test_a_missing_right_is_tried_for_a_short_while(stack: Stack) -> None:
    stack.zendesk.refuses["5001", "10001"] = UpstreamForbidden("grant the role")
    begun = stack.clock.now
    stack.deliver(stack.edit_ticket("5001", "PROJ-1"))
    assert [reason for _, reason in stack.queue.dead] == ["forbidden: grant the role"]
    assert 30 <= stack.clock.now - begun < 120
    assert stack.metric("UpstreamForbidden") == stack.runs == stack.zendesk.calls["create"]


def work_for_a_day(stack: Stack) -> None:
    heals = stack.clock.now + 86_400
    while (opens := stack.queue.next_visible()) is not None and opens < heals:
        stack.clock.now = max(stack.clock.now, opens)
        stack.run("ticket#5001")


@pytest.mark.parametrize("exact", [True, False])
def test_a_day_of_outage_costs_a_bounded_number_of_calls_and_no_message(stack: Stack, exact: bool) -> None:
    stack.zendesk.refuses["5001", "10001"] = UpstreamUnavailable("503", maybe_applied=False)
    stack.post(replace(stack.edit_ticket("5001", "PROJ-1"), exact=exact))
    stack.post(replace(stack.edit_ticket("5001", "PROJ-1", "PROJ-2"), exact=exact))
    work_for_a_day(stack)
    assert (stack.zendesk.calls["create"], stack.zendesk.calls["read"]) == (stack.runs, 1)
    assert 380 < stack.runs < 400  # one in four minutes
    assert stack.jira.calls["find"] <= 2
    stack.zendesk.refuses.clear()
    stack.run_until_idle()
    assert (stack.linked(), stack.queue.dead) == ({"10001", "10002"}, [])


def test_a_day_without_jira_costs_no_call_of_zendesk_s(stack: Stack) -> None:
    stack.jira.put_off = PutOff("Jira has failed too often", retry_after=5)
    stack.post(replace(stack.edit_ticket("5001", "PROJ-1"), exact=False))
    stack.clock.now += RETRY_HORIZON + 1
    work_for_a_day(stack)
    assert (stack.runs > 300, sum(stack.zendesk.calls.values()), stack.jira.calls["find"]) == (True, 0, 0)
    stack.jira.put_off = None
    stack.run_until_idle()
    assert (stack.linked(), stack.zendesk.calls["read"]) == ({"10001"}, 1)


def test_links_that_wait_their_turn_are_made_after_a_reading_that_was_committed(stack: Stack) -> None:
    """The next try ignores the statement, which is older: what is left to do is in the ledger."""
    stack.post(replace(stack.edit_ticket("5001", "PROJ-1", "PROJ-2"), exact=False))
    stack.clock.now += RETRY_HORIZON + 1
    stack.zendesk.refuses["5001", "10001"] = UpstreamUnavailable("503", maybe_applied=False)
    stack.run("ticket#5001")
    assert (stack.linked(), stack.lane().stated.refs) == (set(), {"PROJ-1", "PROJ-2"})
    stack.zendesk.refuses.clear()
    stack.run_until_idle()
    assert (stack.linked(), stack.zendesk.calls["read"]) == ({"10001", "10002"}, 1)


# ── no time left ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_ticket_with_two_hundred_issues_resumes_in_the_middle(stack: Stack) -> None:
    keys = [f"BIG-{number}" for number in range(1, 201)]
    for number, key in enumerate(keys, 20_001):
        stack.new_issue(str(number), key)
    stack.zendesk.meanwhile = lambda: pass_time(stack, 1.0)
    told = stack.edit_ticket("5001", *keys)
    cost = stack.bill(lambda: stack.deliver(told))
    assert len(stack.linked()) == 200
    assert stack.runs == 200 // 19 + 1  # 19 commands of a second each fit a run of 30 that keeps 12 in reserve
    assert (cost["zendesk create"], cost["jira find"]) == (200, 1)
    assert stack.lane().stated.refs == set(keys)
    stack.deliver(stack.edit_ticket("5001"))
    assert (stack.linked(), stack.zendesk.calls["delete"], stack.queue.dead) == (set(), 200, [])


def test_what_was_linked_by_hand_while_the_work_went_on_is_adopted(stack: Stack) -> None:
    stack.zendesk.meanwhile = lambda: pass_time(stack, 20.0)
    stack.post(stack.edit_ticket("5001", "OPS-3", "PROJ-1"))
    assert not stack.run("ticket#5001")
    assert stack.linked() == {"10003"}
    stack.link_by_hand("5001", "10001")
    stack.run_until_idle()
    assert stack.lane().links["10001"].owner is Owner.ADOPTED


def test_unfinished_work_is_continued_at_once_and_in_its_turn(stack: Stack) -> None:
    stack.zendesk.meanwhile = lambda: pass_time(stack, 20.0)
    stack.post(stack.edit_ticket("5001", "OPS-3", "PROJ-1"))
    stack.post(stack.edit_ticket("5001"))
    stack.run("ticket#5001")
    assert stack.queue.ready() == ["ticket#5001"]
    stack.run_until_idle()
    assert (stack.linked(), stack.lane().links) == (set(), {})
