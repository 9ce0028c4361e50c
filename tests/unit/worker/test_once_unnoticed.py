"""Bugs that were planted once, and that no fast test noticed."""

from dataclasses import replace
from typing import Any

import pytest

from linksync.core.messages import LifecycleEvent
from linksync.core.projects import ProjectList
from linksync.errors import UpstreamForbidden, UpstreamRefused, UpstreamUnavailable
from linksync.worker.disposition import GRACE
from tests.simulation.clock import RunKilled
from tests.unit.worker.stack import Stack

DOWN = UpstreamUnavailable("503", maybe_applied=False)
FORBIDDEN = UpstreamForbidden("grant the role")


def test_a_right_that_is_missing_after_an_outage_has_its_grace_all_the_same(stack: Stack) -> None:
    """Whoever restarts a side may take a moment to give our rights back: the outage does not count against that."""
    stack.zendesk.refuses["5001", "10001"] = DOWN
    stack.post(stack.edit_ticket("5001", "PROJ-1"))
    while stack.clock.now < 1_800_000_000 + 10 * GRACE:
        stack.clock.now = max(stack.clock.now, stack.queue.next_visible() or 0.0)
        stack.run("ticket#5001")
    stack.zendesk.refuses["5001", "10001"] = FORBIDDEN
    stack.clock.now = max(stack.clock.now, stack.queue.next_visible() or 0.0)
    assert not stack.run("ticket#5001")
    assert stack.queue.dead == []
    stack.zendesk.refuses.clear()
    stack.run_until_idle()
    assert (stack.linked(), stack.queue.dead) == ({"10001"}, [])


def test_a_merged_ticket_whose_link_cannot_be_removed_is_carried_all_the_same(stack: Stack) -> None:
    """It is closed, and whether links of such tickets can be deleted is not documented."""
    stack.deliver(stack.edit_ticket("5001", "PROJ-1"))
    stack.zendesk.refuses_delete["5001", "10001"] = UpstreamRefused("the ticket is closed")
    stack.deliver(stack.merge_ticket("5001", into="5002"))
    assert (stack.linked("5002"), stack.queue.dead) == ({"10001"}, [])


@pytest.mark.parametrize(("counted", "linked"), [(("NEW", "PROJ"), {"10001"}), (("PROJ",), set())])
def test_a_link_whose_issue_moved_goes_with_the_projects_that_count(
    stack: Stack, counted: tuple[str, ...], linked: set[str]
) -> None:
    stack.projects = ProjectList(frozenset(counted))
    stack.deliver(stack.edit_ticket("5001", "PROJ-1"), stack.edit_issue("10001"))
    stack.jira.keys["10001"] = "NEW-5"
    moved = stack.edit_issue("10001", lifecycle=LifecycleEvent.MOVED)
    stack.deliver(replace(moved, ticket_ids=None))
    assert stack.linked() == linked


def test_a_claim_that_is_redriven_at_once_does_not_bring_back_what_its_issue_has_taken_away(stack: Stack) -> None:
    """A random history: the grace for a 401 was over, and somebody mended it and redrove in the same second."""
    claim = stack.edit_issue("10001", "5001")
    stack.post(claim)
    stack.run("issue#10001")
    stack.zendesk.refuses["5001", "10001"] = FORBIDDEN
    (notice,) = stack.queue.lanes["ticket#5001"]
    stack.run_until_idle()
    assert len(stack.queue.dead) == 1
    stack.zendesk.refuses.clear()
    stack.deliver(stack.edit_issue("10001"))
    stack.post(notice.envelope.payload, redriven=True)
    stack.run_until_idle()
    assert stack.linked() == set()


def test_a_reading_of_what_waited_is_not_recorded_before_its_links(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A random history: DynamoDB took a part of the write, and the run was killed before it sent the rest again."""
    stack.deliver(stack.edit_ticket("5001"))
    stack.clock.now += 1_000
    waited = replace(stack.edit_ticket("5001", "PROJ-1"), exact=False)
    stack.clock.now += 2_000
    stack.post(waited, received_at=stack.clock.now - 2_000)
    write = stack.dynamo.batch_write_item

    def takes_all_but_links(*, RequestItems: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:  # noqa: N803  boto3's
        monkeypatch.setattr(stack.dynamo, "batch_write_item", write)
        ((table, writes),) = RequestItems.items()
        taken = [one for one in writes if not one["PutRequest"]["Item"]["record"]["S"].startswith("link#")]
        write(RequestItems={table: taken})
        raise RunKilled

    monkeypatch.setattr(stack.dynamo, "batch_write_item", takes_all_but_links)
    stack.run("ticket#5001")
    stack.run_until_idle()
    assert (stack.linked(), stack.queue.dead) == ({"10001"}, [])
