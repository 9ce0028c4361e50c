"""A create that did not find its ticket, which is shown all the same: gone a moment ago, or a setting is wrong."""

import pytest

from linksync.core.links import LinkState
from linksync.core.ordering import REPLICA_LAG
from linksync.errors import UpstreamRefused
from tests.simulation.clock import RunKilled
from tests.unit.worker.stack import Stack

NOT_FOUND = UpstreamRefused("Zendesk has no such ticket, or no such integration", not_found=True)
REFUSED = UpstreamRefused("Issue belongs to a restricted project")


def test_a_ticket_that_is_shown_for_a_moment_after_its_end_is_nobodys_to_mend(stack: Stack) -> None:
    stack.zendesk.refuses["5001", "10001"] = NOT_FOUND
    stack.post(stack.edit_issue("10001", "5001"))
    stack.run("issue#10001")
    begun = stack.clock.now
    assert not stack.run("ticket#5001")
    assert stack.lane().links["10001"].state is LinkState.PLANNED
    del stack.zendesk.fields["5001"]  # by now the copy that was read knows, too
    stack.run_until_idle()
    assert stack.clock.now - begun >= REPLICA_LAG
    assert (stack.queue.dead, stack.lane().facts.missing) == ([], True)
    assert (stack.metric("TicketsNotFound"), stack.metric("LinksRefused")) == (1, 0)
    stack.zendesk.refuses.clear()
    stack.zendesk.fields["5001"] = ()
    stack.deliver(stack.edit_ticket("5001", "PROJ-2"))
    assert stack.linked() == {"10001", "10002"}


def test_a_ticket_that_goes_on_being_shown_is_an_operators(stack: Stack) -> None:
    """The integration has another id, say."""
    stack.zendesk.refuses["5001", "10001"] = NOT_FOUND
    stack.deliver(stack.edit_ticket("5001", "PROJ-1", "PROJ-2"))
    assert [reason for _, reason in stack.queue.dead] == [f"refused: {NOT_FOUND}"]
    assert (stack.linked(), stack.zendesk.calls["create"]) == ({"10002"}, 3)
    stack.deliver(stack.edit_ticket("5001", "PROJ-1", "PROJ-2", "OPS-3"))
    assert (len(stack.queue.dead), stack.zendesk.calls["create"]) == (1, 4)


def test_any_other_refusal_is_one_at_once(stack: Stack) -> None:
    stack.zendesk.refuses["5001", "10001"] = REFUSED
    stack.deliver(stack.edit_ticket("5001", "PROJ-1"))
    assert (len(stack.queue.dead), stack.zendesk.calls["create"]) == (1, 1)


def test_one_in_doubt_beside_one_that_is_refused(stack: Stack) -> None:
    stack.zendesk.refuses |= {("5001", "10001"): NOT_FOUND, ("5001", "10002"): REFUSED}
    stack.deliver(stack.edit_ticket("5001", "PROJ-1", "PROJ-2"))
    assert (len(stack.queue.dead), stack.zendesk.calls["create"]) == (1, 3)
    assert all(link.refusal and link.refusal.settled for link in stack.lane().links.values())


@pytest.mark.parametrize("refusal", [NOT_FOUND, REFUSED])
def test_a_run_that_is_killed_while_it_looks_for_the_ticket_takes_over_no_link(
    stack: Stack, refusal: UpstreamRefused
) -> None:
    stack.zendesk.refuses["5001", "10001"] = refusal
    stack.post(stack.edit_ticket("5001", "PROJ-1"))
    stack.script.before = [None, RunKilled()]  # the key is looked up, and then the ticket is looked for
    assert not stack.run("ticket#5001")
    assert stack.lane().links["10001"].state is LinkState.PLANNED
    stack.zendesk.refuses.clear()
    stack.link_by_hand("5001", "10001")
    stack.run_until_idle()
    stack.deliver(stack.edit_ticket("5001"))
    assert stack.linked() == {"10001"}
