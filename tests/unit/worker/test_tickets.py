"""A ticket's lane at work: fields, both sides' claims, hand-made links, merges, deletions, doubt."""

from dataclasses import replace
from itertools import permutations

import pytest

from linksync.core.links import ISSUE_CLAIM, LinkState, Owner, UnlinkPolicy
from linksync.core.messages import LifecycleEvent, LinkNotice, NoticeKind, TicketStatement
from linksync.core.ordering import RETRY_HORIZON
from tests.unit.worker.stack import Stack


def test_links_follow_the_field(stack: Stack) -> None:
    stack.deliver(stack.edit_ticket("5001", "PROJ-1", "OPS-3"))
    assert stack.zendesk.links == {("5001", "10001"): "PROJ-1", ("5001", "10003"): "OPS-3"}
    stack.deliver(stack.edit_ticket("5001", "PROJ-2", "OPS-3"))
    assert stack.linked() == {"10002", "10003"}
    stack.deliver(stack.edit_ticket("5001"))
    assert (stack.linked(), stack.lane().links) == (set(), {})


def test_one_unknown_key_among_five_good_ones(stack: Stack) -> None:
    for number in range(4, 7):
        stack.new_issue(f"1000{number}", f"PROJ-{number}")
    stack.deliver(stack.edit_ticket("5001", "PROJ-1", "PROJ-2", "UTF-8", "PROJ-4", "PROJ-5", "PROJ-6"))
    assert (len(stack.linked()), stack.metric("KeysNotFound"), stack.queue.dead) == (5, 1, [])


def test_a_link_that_both_claim_goes_when_both_let_go(stack: Stack) -> None:
    stack.deliver(stack.edit_ticket("5001", "PROJ-1"), stack.edit_issue("10001", "5001"), stack.edit_ticket("5001"))
    assert stack.linked() == {"10001"}
    stack.deliver(stack.edit_issue("10001"))
    assert stack.linked() == set()


@pytest.mark.parametrize(
    ("policy", "left"),
    [
        (UnlinkPolicy.OWNED, {"10001"}),
        (UnlinkPolicy.ANY, set()),
        (UnlinkPolicy.NEVER, {"10001", "10002"}),
    ],
)
def test_a_link_made_by_hand_is_adopted(stack: Stack, policy: UnlinkPolicy, left: set[str]) -> None:
    stack.policy = policy
    stack.link_by_hand("5001", "10001")
    stack.deliver(stack.edit_ticket("5001", "PROJ-1", "PROJ-2"))
    owners = {issue_id: link.owner for issue_id, link in stack.lane().links.items()}
    assert owners == {"10001": Owner.ADOPTED, "10002": Owner.LINKSYNC}
    stack.deliver(stack.edit_ticket("5001"))
    assert (stack.linked(), stack.lane().links) == (left, {})


def test_a_link_that_was_left_behind_is_adopted_when_it_is_named_again(stack: Stack) -> None:
    stack.policy = UnlinkPolicy.NEVER
    for keys in (("PROJ-1",), (), ("PROJ-1",)):
        stack.deliver(stack.edit_ticket("5001", *keys))
    assert stack.lane().links["10001"].owner is Owner.ADOPTED


@pytest.mark.parametrize("way", ["trigger", "event"])
@pytest.mark.parametrize("order", list(permutations(range(3))))
@pytest.mark.parametrize("pause", ["worked on at once", "worked on together"])
@pytest.mark.parametrize("times", [1, 2])
def test_create_delete_create_within_a_second_ends_linked(
    *, stack: Stack, way: str, order: tuple[int, ...], pause: str, times: int
) -> None:
    told = [stack.edit_ticket("5001", *keys) for keys in (("PROJ-1",), (), ("PROJ-1",))]
    arrivals = [told[position] for position in order] * times
    for number, statement in enumerate(arrivals):
        sent = statement if way == "event" else replace(statement, exact=False, at=float(int(stack.tick())))
        stack.post(sent, delivery=f"delivery-{number % 3}" if way == "event" else f"attempt-{number}")
        if pause == "worked on at once":
            stack.run_until_idle()
    stack.run_until_idle()
    assert (stack.linked(), set(stack.lane().links)) == ({"10001"}, {"10001"})


# ── what is believed ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_field_that_cannot_be_read_removes_nothing(stack: Stack) -> None:
    stack.deliver(stack.edit_ticket("5001", "PROJ-1"))
    del stack.zendesk.fields["5001"]  # 404: we may not see the ticket
    unknown = TicketStatement(ticket_id="5001", issue_keys=None, at=stack.tick(), exact=False)
    stack.deliver(unknown)
    assert (stack.linked(), stack.queue.dead) == ({"10001"}, [])


def test_an_unknown_key_removes_nothing(stack: Stack) -> None:
    stack.deliver(stack.edit_ticket("5001", "PROJ-1"))
    del stack.jira.keys["10001"]  # Jira no longer knows the key: no right to see it, or deleted in silence
    stack.deliver(stack.edit_ticket("5001", "PROJ-1", "PROJ-2"))
    assert stack.linked() == {"10001", "10002"}


def test_the_field_is_believed_and_not_the_late_delivery(stack: Stack) -> None:
    first = replace(stack.edit_ticket("5001", "PROJ-1"), exact=False)
    stack.deliver(stack.edit_ticket("5001", "PROJ-2"))
    stack.deliver(replace(first, at=stack.tick()))  # retried: its time is that of the attempt
    assert stack.linked() == {"10002"}


# ── news from issues ─────────────────────────────────────────────────────────────────────────────────────────────


def notice(stack: Stack, change: NoticeKind, *, issue_id: str = "10001", via: str = "") -> LinkNotice:
    return LinkNotice(
        ticket_id="5001",
        issue_id=issue_id,
        issue_key=stack.jira.keys[issue_id],
        key_at=stack.clock.now,
        kind=change,
        at=stack.clock.now,
        via=via,
    )


def redriven_later(stack: Stack, old: LinkNotice) -> None:
    stack.clock.now += RETRY_HORIZON + 1
    stack.post(old, received_at=old.at)
    stack.run_until_idle()


def test_an_old_claim_does_not_bring_back_what_the_issue_took_away(stack: Stack) -> None:
    stack.deliver(stack.edit_issue("10001", "5001"))
    old = notice(stack, NoticeKind.CLAIMED)
    stack.deliver(stack.edit_issue("10001"))
    redriven_later(stack, old)
    assert (stack.linked(), stack.lane().links) == (set(), {})


def test_an_old_release_does_not_take_away_what_the_issue_names_again(stack: Stack) -> None:
    stack.deliver(stack.edit_issue("10001"))
    old = notice(stack, NoticeKind.RELEASED)
    stack.deliver(stack.edit_issue("10001", "5001"))
    redriven_later(stack, old)
    assert stack.linked() == {"10001"}


@pytest.mark.parametrize("change", [NoticeKind.CLAIMED, NoticeKind.MOVED])
def test_old_news_of_an_issue_that_is_gone(stack: Stack, change: NoticeKind) -> None:
    stack.deliver(stack.edit_issue("10001", "5001"))
    old = notice(stack, change)
    stack.deliver(stack.edit_issue("10001", lifecycle=LifecycleEvent.DELETED))
    redriven_later(stack, old)
    assert (stack.linked(), stack.lane().links) == (set(), {})


def test_an_old_claim_that_still_holds_is_made_good_under_the_key_of_today(stack: Stack) -> None:
    stack.post(stack.edit_issue("10001", "5001"))
    stack.run("issue#10001")
    old = notice(stack, NoticeKind.CLAIMED)
    del stack.queue.lanes["ticket#5001"]  # it went to the dead-letter queue, and so does the next
    stack.jira.keys["10001"] = "NEW-5"
    stack.post(stack.edit_issue("10001", "5001"))
    stack.run("issue#10001")
    del stack.queue.lanes["ticket#5001"]
    redriven_later(stack, old)
    assert stack.zendesk.links == {("5001", "10001"): "NEW-5"}


def test_an_old_claim_that_its_issue_has_not_recorded_yet_counts(stack: Stack) -> None:
    redriven_later(stack, notice(stack, NoticeKind.CLAIMED))
    assert stack.linked() == {"10001"}


# ── what happens to tickets ──────────────────────────────────────────────────────────────────────────────────────


def test_a_merged_tickets_links_are_carried_to_the_target(stack: Stack) -> None:
    stack.link_by_hand("5001", "10003")
    stack.deliver(stack.edit_ticket("5001", "PROJ-1", "OPS-3"), stack.edit_issue("10002", "5001"))
    stack.deliver(stack.merge_ticket("5001", into="5002"))
    assert (stack.linked("5001"), stack.linked("5002")) == ({"10003"}, {"10001", "10002", "10003"})
    assert {link.state for link in stack.lane("5001").links.values()} == {LinkState.TRANSFERRED}


def test_an_issue_goes_on_speaking_to_a_merged_ticket(stack: Stack) -> None:
    stack.deliver(
        stack.edit_issue("10001", "5001"), stack.merge_ticket("5001", into="5002"), stack.edit_issue("10002", "5001")
    )
    assert stack.linked("5002") == {"10001", "10002"}
    stack.deliver(stack.edit_issue("10001"))
    assert (stack.linked("5001"), stack.linked("5002")) == (set(), {"10002"})
    stack.jira.keys["10002"] = "NEW-5"
    stack.deliver(stack.edit_issue("10002", "5001", lifecycle=LifecycleEvent.MOVED))
    assert stack.zendesk.links == {("5002", "10002"): "NEW-5"}
    stack.deliver(stack.edit_issue("10002", lifecycle=LifecycleEvent.DELETED))
    assert stack.zendesk.links == {}


def test_a_merge_of_a_merge(stack: Stack) -> None:
    stack.deliver(
        stack.edit_ticket("5001", "PROJ-1"),
        stack.merge_ticket("5001", into="5002"),
        stack.merge_ticket("5002", into="5003"),
    )
    assert set(stack.zendesk.links) == {("5003", "10001")}


@pytest.mark.parametrize("times", [1, 2])
def test_the_target_lets_go_by_its_own_field(stack: Stack, times: int) -> None:
    stack.deliver(stack.edit_ticket("5001", "PROJ-1"), *[stack.merge_ticket("5001", into="5002")] * times)
    stack.deliver(stack.edit_ticket("5002", "PROJ-1"))
    assert stack.linked("5002") == {"10001"}
    stack.deliver(stack.edit_ticket("5002"))
    assert stack.linked("5002") == set()


def test_a_ticket_deleted_for_good_loses_its_links_and_gets_none(stack: Stack) -> None:
    stack.link_by_hand("5001", "10002")
    stack.deliver(stack.edit_ticket("5001", "PROJ-1", "PROJ-2"))
    stack.deliver(
        TicketStatement(
            ticket_id="5001", issue_keys=None, at=stack.tick(), exact=True, lifecycle=LifecycleEvent.DELETED
        )
    )
    assert stack.linked() == {"10002"}
    late = stack.edit_ticket("5001", "PROJ-1")
    del stack.zendesk.fields["5001"]
    stack.deliver(stack.edit_issue("10003", "5001"), late)
    assert (stack.linked(), stack.queue.dead) == ({"10002"}, [])
    assert {link.state for link in stack.lane().links.values()} == {LinkState.PLANNED}


def test_claims_of_both_sides_stand_side_by_side_in_the_ledger(stack: Stack) -> None:
    stack.deliver(stack.edit_ticket("5001", "PROJ-1"), stack.edit_issue("10001", "5001"))
    (link,) = stack.lane().links.values()
    assert (link.claims, link.state) == ({"ticket:PROJ-1", ISSUE_CLAIM}, LinkState.LINKED)
