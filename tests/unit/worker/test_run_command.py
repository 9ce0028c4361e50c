"""What each command of a plan calls, counts, and makes of its link."""

import pytest

from linksync.core.links import LinkState, Owner, UnlinkPolicy
from linksync.core.messages import BACKFILL
from linksync.errors import UpstreamRefused
from linksync.metrics import Metric
from tests.unit.worker.plan_runs import a_lane, a_link, apply, states
from tests.unit.worker.stack import START, Stack

TO_CREATE = a_link("10001", LinkState.PLANNED)


@pytest.fixture(autouse=True)
def at_the_start(stack: Stack) -> None:
    stack.clock.now = START


# ── version 1 knows links by ids of its own ──────────────────────────────────────────────────────────────────────


def test_the_id_that_a_create_tells_is_the_one_by_which_the_link_is_removed(stack: Stack) -> None:
    stack.zendesk.ids["5001", "10001"] = "900"
    stack.deliver(stack.edit_ticket("5001", "PROJ-1"))
    assert stack.lane().links["10001"].link_id == "900"
    stack.deliver(stack.edit_ticket("5001"))
    assert (stack.linked(), stack.zendesk.deleted_by_id) == (set(), ["ready 900", "900"])


# ── a create that is refused ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("before", "there", "after"),
    [
        (LinkState.PLANNED, False, LinkState.PLANNED),
        (LinkState.CREATING, False, LinkState.CREATING),  # an earlier create may have been applied
        (LinkState.REKEYING, True, LinkState.PLANNED),  # the old link was taken away
        (LinkState.MOVING, True, LinkState.PLANNED),
        (LinkState.MOVING, False, LinkState.PLANNED),  # an earlier run took it away
    ],
)
def test_a_link_whose_create_is_refused_is_recorded_as_far_as_it_came_and_not_tried_again(
    stack: Stack, before: LinkState, there: bool, after: LinkState
) -> None:
    if there:
        stack.zendesk.links["5001", "10001"] = "OLD-1"
    stack.zendesk.refuses["5001", "10001"] = UpstreamRefused("mend the id")
    with pytest.raises(UpstreamRefused):
        apply(stack, a_lane(a_link("10001", before)))
    assert (stack.linked(), states(stack), stack.zendesk.calls["create"]) == (set(), {"10001": after}, 1)
    calls = stack.zendesk.calls.copy()
    stack.deliver(stack.edit_ticket("5001", "PROJ-1", "PROJ-2"))
    assert stack.zendesk.calls - calls == {"create": 1}


# ── a link under its issue's new key ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("owner", list(Owner))
def test_a_link_that_is_made_again_under_another_key_stays_whose_it_was(stack: Stack, owner: Owner) -> None:
    stack.policy = UnlinkPolicy.ANY
    stack.zendesk.links["5001", "10001"] = "OLD-1"
    apply(stack, a_lane(a_link("10001", LinkState.REKEYING, owner=owner)))
    assert (stack.zendesk.links, stack.lane().links["10001"].owner) == ({("5001", "10001"): "PROJ-1"}, owner)


def test_one_that_is_in_the_way_when_it_is_made_again_is_somebodys(stack: Stack) -> None:
    stack.zendesk.links["5001", "10001"] = "OLD-1"

    def puts_it_back() -> None:
        if stack.zendesk.deleted:
            stack.link_by_hand("5001", "10001")

    stack.zendesk.meanwhile = puts_it_back
    apply(stack, a_lane(a_link("10001", LinkState.REKEYING)))
    assert stack.lane().links["10001"].owner is Owner.ADOPTED


# ── what is counted ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("state", "there", "metric"),
    [
        (LinkState.PLANNED, False, Metric.LINKS_CREATED),
        (LinkState.PLANNED, True, Metric.LINKS_ALREADY_PRESENT),
        (LinkState.DELETING, True, Metric.LINKS_DELETED),
        (LinkState.DELETING, False, Metric.LINKS_ALREADY_ABSENT),
    ],
)
@pytest.mark.parametrize(("age", "behind"), [(2.5, 2.5), (0.25, 0.25), (0.0, 0.0), (-20.0, 0.0)])
def test_each_call_is_counted_and_how_late_it_came(
    *, stack: Stack, state: LinkState, there: bool, metric: Metric, age: float, behind: float
) -> None:
    """The vendor's clock, by which the change was told, may be ahead of ours."""
    if there:
        stack.link_by_hand("5001", "10001")
    apply(stack, a_lane(a_link("10001", state)), at=START - age)
    assert stack.logs[-1].counts == {metric: 1, Metric.SECONDS_BEHIND: behind}


def test_a_backfill_is_never_late(stack: Stack) -> None:
    apply(stack, a_lane(TO_CREATE), at=START - 1e9, source=BACKFILL)
    assert stack.logs[-1].counts == {Metric.LINKS_CREATED: 1}


def test_what_makes_no_call_is_not_late_either(stack: Stack) -> None:
    apply(stack, a_lane(), at=START - 60)
    assert stack.logs[-1].counts == {Metric.NOTHING_TO_DO: 1}
