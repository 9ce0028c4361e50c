"""What stands between two calls of a plan: the outcome of the first is recorded, whatever keeps the second away."""

from collections.abc import Callable

import pytest

from linksync.core.links import LinkState, Owner
from linksync.core.messages import LifecycleEvent
from linksync.errors import AwsUnavailable, LinksyncError, Misconfigured, UpstreamForbidden, UpstreamUnavailable
from tests.simulation.clock import RunKilled
from tests.unit.worker.stack import Stack

NO_CREDENTIALS: list[Callable[[], LinksyncError]] = [
    lambda: UpstreamForbidden("the token endpoint refused the client"),
    lambda: UpstreamUnavailable("the token endpoint did not answer", maybe_applied=False),
    lambda: Misconfigured("the secret holds no credentials"),
    lambda: AwsUnavailable("the secret store did not answer"),
]


def ready_once(stack: Stack, error: LinksyncError) -> None:
    """Credentials are at hand for the first call, and not for the second."""
    outcomes = [None, error]

    def ready() -> None:
        if outcomes and (failure := outcomes.pop(0)):
            raise failure

    stack.zendesk.ready = ready  # type: ignore[method-assign]


@pytest.mark.parametrize("error", NO_CREDENTIALS)
def test_a_delete_that_was_answered_is_recorded_though_the_next_call_cannot_be_made(
    stack: Stack, error: Callable[[], LinksyncError]
) -> None:
    stack.deliver(stack.edit_ticket("5001", "PROJ-1", "PROJ-2"))
    stack.post(stack.edit_ticket("5001"))
    ready_once(stack, error())
    assert not stack.run("ticket#5001")
    (left,) = stack.lane().links
    assert stack.linked() == {left}
    gone = "10002" if left == "10001" else "10001"
    stack.link_by_hand("5001", gone)  # an agent, while the credentials are mended
    stack.run_until_idle()
    assert stack.linked() == {gone}


@pytest.mark.parametrize("error", NO_CREDENTIALS)
def test_a_create_that_was_answered_is_recorded_with_its_history(
    stack: Stack, error: Callable[[], LinksyncError]
) -> None:
    stack.history_days = 30
    stack.post(stack.edit_ticket("5001", "PROJ-1", "PROJ-2"))
    ready_once(stack, error())
    assert not stack.run("ticket#5001")
    states = {issue_id: (link.state, link.owner) for issue_id, link in stack.lane().links.items()}
    assert states == {"10001": (LinkState.LINKED, Owner.LINKSYNC)}
    assert [line.event for line in stack.ledger.history("5001")] == ["made"]
    stack.run_until_idle()
    assert stack.linked() == {"10001", "10002"}


def test_nothing_is_written_where_no_call_was_made_at_all(stack: Stack) -> None:
    stack.post(stack.edit_ticket("5001", "PROJ-1"))
    ready_once(stack, AwsUnavailable("the secret store did not answer"))
    stack.zendesk.ready()

    def run() -> None:
        stack.run("ticket#5001")

    assert "items" not in stack.bill(run)


@pytest.mark.parametrize("step", range(1, 8))
@pytest.mark.parametrize("kill", [RunKilled, lambda: AwsUnavailable("no answer")], ids=["kill", "no answer"])
def test_a_call_is_told_as_begun_only_where_one_was_sent(
    stack: Stack, step: int, kill: Callable[[], BaseException]
) -> None:
    """A write of the intent that failed, or of which only a part was taken, begins no call."""
    stack.post(stack.edit_ticket("5001", "PROJ-1"))
    stack.script.own = [None] * step + [kill()]
    stack.run("ticket#5001")
    link = stack.lane().links.get("10001")
    if link is not None and stack.zendesk.calls["create"] == 0 and link.state is LinkState.PLANNED:
        assert link.call_begun_at is None


@pytest.mark.parametrize("first", [None, UpstreamUnavailable("cut off before it was read")])
def test_a_link_that_somebody_makes_between_the_two_calls_of_a_move_is_theirs(
    stack: Stack, first: Exception | None
) -> None:
    """Another program that puts back what is taken away, say."""
    stack.deliver(stack.edit_ticket("5001", "PROJ-1"), stack.edit_issue("10001", "5001"))
    stack.jira.keys["10001"] = "NEW-5"
    stack.post(stack.edit_issue("10001", "5001", lifecycle=LifecycleEvent.MOVED))
    stack.run("issue#10001")

    def puts_back() -> None:
        if stack.zendesk.deleted:
            stack.zendesk.meanwhile = lambda: None
            stack.link_by_hand("5001", "10001")

    stack.zendesk.meanwhile = puts_back
    stack.script.before = [first]
    stack.run_until_idle()
    link = stack.lane().links["10001"]
    assert (link.state, link.owner) == (LinkState.LINKED, Owner.ADOPTED)
    stack.deliver(stack.edit_ticket("5001"), stack.edit_issue("10001"))
    assert stack.linked() == {"10001"}


@pytest.mark.parametrize("step", range(9))
def test_a_link_that_was_found_to_be_somebodys_stays_so_over_one_lost_answer_of_the_ledger(
    stack: Stack, step: int
) -> None:
    stack.zendesk.meanwhile = lambda: stack.link_by_hand("5001", "10001")
    stack.post(stack.edit_ticket("5001", "PROJ-1"))
    stack.script.own = [None] * step + [AwsUnavailable("no answer")]
    stack.run("ticket#5001")
    stack.script.own.clear()
    stack.run_until_idle()
    assert stack.lane().links["10001"].owner is Owner.ADOPTED
    stack.deliver(stack.edit_ticket("5001"))
    assert stack.linked() == {"10001"}
