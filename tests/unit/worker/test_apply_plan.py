"""How a plan is applied to a lane as the ledger has it: what is called, what is recorded, and what is raised."""

from dataclasses import replace

import pytest

from linksync.core.issue import Issue
from linksync.core.links import CallKind, Link, LinkState, Owner, Refusal
from linksync.core.ordering import Window
from linksync.errors import (
    AwsUnavailable,
    LinksyncError,
    NotYetVisible,
    UnfinishedWork,
    UpstreamRefused,
    UpstreamUnavailable,
)
from linksync.outbound.deadline import SECONDS_A_COMMAND
from tests.unit.worker.plan_runs import a_lane, a_link, apply, states
from tests.unit.worker.stack import START, Stack

NO_ANSWER = AwsUnavailable("no answer")
RESET = UpstreamUnavailable("cut off")
NEVER_SENT = UpstreamUnavailable("503", maybe_applied=False)


@pytest.fixture(autouse=True)
def with_history(stack: Stack) -> None:
    stack.history_days = 30


def events(stack: Stack, issue_id: str = "10001") -> list[str]:
    return [line.event.value for line in stack.ledger.history("5001") if line.issue.id == issue_id]


PLANNED = [a_link(issue_id, LinkState.PLANNED) for issue_id in ("10001", "10002", "10003", "10004")]

# ── a ticket that is found missing on the way ────────────────────────────────────────────────────────────────────


def test_once_the_ticket_is_found_missing_links_are_removed_and_none_is_made(stack: Stack) -> None:
    """A plan goes in the order of the lane: what is removed here comes behind what is refused."""
    stack.zendesk.fields.clear()
    stack.zendesk.refuses["5001", "10001"] = UpstreamRefused("no such ticket")
    stack.zendesk.links |= {("5001", "10003"): "OLD-3", ("5001", "10004"): "OPS-4"}
    to_create, to_create_too = (a_link(issue_id, LinkState.PLANNED) for issue_id in ("10001", "10002"))
    to_rekey, to_delete = a_link("10003", LinkState.REKEYING), a_link("10004", LinkState.DELETING)
    apply(stack, a_lane(to_create, to_create_too, to_rekey, to_delete))
    assert stack.zendesk.links == {("5001", "10003"): "OLD-3"}
    assert (stack.zendesk.calls["create"], stack.zendesk.calls["delete"]) == (1, 1)
    left = {"10001": LinkState.PLANNED, "10002": LinkState.PLANNED, "10003": LinkState.REKEYING}
    assert (states(stack), stack.lane().facts.missing) == (left, True)


def test_a_doubt_is_over_when_the_ticket_is_found_missing(stack: Stack) -> None:
    """Should it come back and hide again, it is looked for once more before an operator is called."""
    stack.zendesk.fields.clear()
    stack.zendesk.refuses["5001", "10001"] = UpstreamRefused("no such ticket", not_found=True)
    apply(stack, a_lane(a_link("10001", LinkState.PLANNED, refusal=refusal(settled=False))))
    assert (stack.lane().facts.missing, stack.lane().links["10001"].refusal) == (True, None)


# ── what is recorded when a run is cut short ─────────────────────────────────────────────────────────────────────


def test_a_plan_for_some_of_the_keys_records_its_links_and_leaves_the_statement_to_the_next_run(stack: Stack) -> None:
    with pytest.raises(UnfinishedWork):
        apply(stack, a_lane(PLANNED[0]), complete=False)
    assert (stack.linked(), states(stack)) == ({"10001"}, {"10001": LinkState.LINKED})
    assert (stack.lane().stated.window, events(stack)) == (None, ["made"])


def test_a_plan_for_all_of_them_commits_what_was_stated(stack: Stack) -> None:
    apply(stack, a_lane(PLANNED[0]))
    assert (stack.lane().stated.refs, stack.lane().stated.window) == ({"PROJ-1"}, Window.of_change(START))


def test_no_call_is_sent_whose_intent_is_not_recorded(stack: Stack) -> None:
    stack.script.own = [NO_ANSWER]
    with pytest.raises(AwsUnavailable):
        apply(stack, a_lane(PLANNED[0]))
    assert (stack.zendesk.calls, states(stack)) == ({}, {"10001": LinkState.PLANNED})


def test_the_outcome_of_a_call_is_recorded_with_its_history_though_the_next_intent_is_not(stack: Stack) -> None:
    stack.script.own = [None, None, NO_ANSWER]  # the first intent is one record
    with pytest.raises(AwsUnavailable):
        apply(stack, a_lane(*PLANNED[:2]))
    assert states(stack) == {"10001": LinkState.LINKED, "10002": LinkState.PLANNED}
    assert (stack.linked(), events(stack)) == ({"10001"}, ["made"])


def test_no_link_is_recorded_before_its_turn(stack: Stack) -> None:
    """Of three, the second cannot be made for want of credentials: of it and of the third nothing is known yet."""
    credentials = iter([None, UpstreamUnavailable("no token", maybe_applied=False)])

    def ready() -> None:
        if error := next(credentials):
            raise error

    stack.zendesk.ready = ready  # type: ignore[method-assign]
    with pytest.raises(UpstreamUnavailable):
        apply(stack, a_lane(*PLANNED[:3]))
    assert states(stack) == {"10001": LinkState.LINKED}


@pytest.mark.parametrize(
    ("lost", "before", "after"),
    [
        (RESET, LinkState.PLANNED, LinkState.CREATING),
        (RESET, LinkState.REKEYING, LinkState.MOVING),
        (RESET, LinkState.DELETING, LinkState.DELETING),
        (NEVER_SENT, LinkState.PLANNED, LinkState.PLANNED),
        (NEVER_SENT, LinkState.REKEYING, LinkState.REKEYING),
    ],
)
def test_the_intent_of_a_call_stands_when_it_may_have_been_applied(
    stack: Stack, lost: UpstreamUnavailable, before: LinkState, after: LinkState
) -> None:
    stack.script.before = [lost]
    with pytest.raises(UpstreamUnavailable):
        apply(stack, a_lane(a_link("10001", before)))
    assert states(stack) == {"10001": after}


@pytest.mark.parametrize(("lost", "after"), [(RESET, LinkState.CREATING), (NEVER_SENT, LinkState.PLANNED)])
def test_of_a_move_that_came_half_way_the_half_that_is_left_is_recorded(
    stack: Stack, lost: UpstreamUnavailable, after: LinkState
) -> None:
    stack.zendesk.links["5001", "10001"] = "OLD-1"
    stack.script.before = [None, lost]
    with pytest.raises(UpstreamUnavailable):
        apply(stack, a_lane(a_link("10001", LinkState.REKEYING)))
    assert (states(stack), events(stack)) == ({"10001": after}, ["removed"])


@pytest.mark.parametrize(
    ("seconds_left", "error"), [(SECONDS_A_COMMAND, None), (SECONDS_A_COMMAND - 0.1, AwsUnavailable)]
)
def test_a_write_that_the_ledger_did_not_answer_is_sent_again_where_there_is_time(
    stack: Stack, seconds_left: float, error: type[LinksyncError] | None
) -> None:
    stack.script.own = [NO_ANSWER]
    if error is None:
        apply(stack, a_lane(), seconds_left=seconds_left)
    else:
        with pytest.raises(error):
            apply(stack, a_lane(), seconds_left=seconds_left)
    assert (stack.lane().stated.window is None) == (error is not None)


@pytest.mark.parametrize(("seconds_left", "made"), [(SECONDS_A_COMMAND, 4), (SECONDS_A_COMMAND - 0.1, 1)])
def test_a_command_is_begun_where_there_is_time_and_the_first_in_any_case(
    stack: Stack, seconds_left: float, made: int
) -> None:
    stack.new_issue("10004", "OPS-4")
    if made == len(PLANNED):
        apply(stack, a_lane(*PLANNED), seconds_left=seconds_left)
    else:
        with pytest.raises(UnfinishedWork):
            apply(stack, a_lane(*PLANNED), seconds_left=seconds_left)
    recorded = [LinkState.LINKED] * made + [LinkState.PLANNED] * (len(PLANNED) - made)
    assert (len(stack.linked()), list(states(stack).values())) == (made, recorded)


# ── what an operator is told ─────────────────────────────────────────────────────────────────────────────────────


def refusal(*, delivery: str = "d1", settled: bool = True) -> Refusal:
    return Refusal(call=CallKind.CREATE, reason="mend the id", delivery=delivery, settled=settled)


@pytest.mark.parametrize(
    ("known", "missing", "told"),
    [
        (refusal(), False, True),  # an earlier run was cut short before it told
        (refusal(delivery="d0"), False, False),  # told for the delivery that met it
        (refusal(settled=False), True, False),  # a doubt, and meanwhile the ticket was found missing
    ],
)
def test_a_refusal_is_told_once_for_the_delivery_that_met_it(
    stack: Stack, known: Refusal, missing: bool, told: bool
) -> None:
    lane = a_lane(a_link("10001", LinkState.PLANNED, refusal=known), missing=missing)
    if told:
        with pytest.raises(UpstreamRefused, match="mend the id"):
            apply(stack, lane)
    else:
        apply(stack, lane)
    assert (stack.zendesk.calls, stack.lane().links["10001"].refusal) == ({}, known)


def test_a_doubt_is_settled_before_a_refusal_is_told(stack: Stack) -> None:
    stack.zendesk.refuses["5001", "10001"] = UpstreamRefused("mend the id")
    stack.zendesk.refuses["5001", "10002"] = UpstreamRefused("no such ticket", not_found=True)
    with pytest.raises(NotYetVisible):
        apply(stack, a_lane(*PLANNED[:2]))
    refusals = {issue_id: link.refusal for issue_id, link in stack.lane().links.items()}
    assert refusals == {
        "10001": refusal(),
        "10002": replace(refusal(settled=False), reason="no such ticket"),
    }


# ── what was adopted ─────────────────────────────────────────────────────────────────────────────────────────────

THERE_BEFORE = [state for state in LinkState if Link(issue=Issue("1", "A-1"), state=state).may_exist] + [LinkState.SEEN]
NOT_THERE_BEFORE = [None, *(state for state in LinkState if state not in THERE_BEFORE)]


@pytest.mark.parametrize("before", [None, *LinkState])
@pytest.mark.parametrize("now", [LinkState.LINKED, LinkState.SEEN])
def test_a_link_of_somebodys_that_was_seen_is_a_line_where_it_was_not_known_to_be_there(
    stack: Stack, before: LinkState | None, now: LinkState
) -> None:
    recorded = {} if before is None else {"10001": a_link("10001", before)}
    apply(stack, a_lane(a_link("10001", now, owner=Owner.ADOPTED)), recorded)
    assert events(stack) == (["adopted"] if before in NOT_THERE_BEFORE else [])


@pytest.mark.parametrize(
    ("state", "owner"),
    [
        (LinkState.LINKED, Owner.LINKSYNC),  # ours
        (LinkState.UNLINKED, Owner.ADOPTED),  # removed by hand
    ],
)
def test_nothing_else_is_adopted(stack: Stack, state: LinkState, owner: Owner) -> None:
    apply(stack, a_lane(a_link("10001", state, owner=owner)))
    assert events(stack) == []
