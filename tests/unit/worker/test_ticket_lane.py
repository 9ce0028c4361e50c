"""What a ticket's lane makes of what comes: which calls a message is worth, and what is believed of an old one."""

from dataclasses import replace

import pytest

from linksync.core.issue import Issue
from linksync.core.lanes import FieldRecord, IssueRecord, TicketFacts, TicketLane
from linksync.core.links import ISSUE_CLAIM, Link, LinkState
from linksync.core.messages import LifecycleEvent, LinkNotice, NoticeKind, OperatorAction, OperatorCommand
from linksync.core.ordering import CLOCK_SKEW, REPLICA_LAG, RETRY_HORIZON, Window
from linksync.core.projects import ProjectList
from linksync.errors import UpstreamUnavailable
from tests.unit.worker.stack import START, Stack

LINKED = Link(issue=Issue("10001", "PROJ-1"), claims=frozenset({ISSUE_CLAIM}), state=LinkState.LINKED, key_at=START)


def record_ticket(stack: Stack, *links: Link, ticket_id: str = "5001", **facts: object) -> None:
    lane = TicketLane(ticket_id=ticket_id, links={link.issue.id: link for link in links}, facts=TicketFacts(**facts))  # type: ignore[arg-type]
    stack.ledger.commit(TicketLane(ticket_id=ticket_id), lane)
    stack.zendesk.links |= {(ticket_id, link.issue.id): link.issue.key for link in links if link.may_exist}


def notice(kind: NoticeKind, **more: object) -> LinkNotice:
    """News of issue 10001, told at the start."""
    first = LinkNotice(ticket_id="5001", issue_id="10001", issue_key="PROJ-1", key_at=START, kind=kind, at=START)
    return replace(first, **more)  # type: ignore[arg-type]


def deliver_late(stack: Stack, payload: LinkNotice, waited: float = CLOCK_SKEW + 0.001) -> None:
    stack.clock.now = max(stack.clock.now, payload.at + waited)
    stack.post(payload, received_at=stack.clock.now - waited)
    stack.run("ticket#5001")


# ── what is asked of Jira ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("read", [False, True])
def test_keys_that_there_was_no_time_to_ask_about_are_asked_about_by_the_next_run(stack: Stack, read: bool) -> None:
    """The statement waits for them, be it that the field was read meanwhile."""
    told = stack.edit_ticket("5001", "PROJ-1", "PROJ-2", "UTF-8")
    if read:
        told = replace(told, exact=False)
        stack.clock.now += RETRY_HORIZON + 1
    stack.post(told, received_at=told.at)
    stack.jira.most_keys = 1
    assert not stack.run("ticket#5001")
    assert (stack.linked(), stack.lane().stated, stack.lane().facts.not_found) == ({"10001"}, FieldRecord(), set())
    stack.run_until_idle()
    assert (stack.linked(), stack.lane().facts.not_found) == ({"10001", "10002"}, {"UTF-8"})
    assert (stack.lane().stated.refs, stack.metric("KeysNotFound")) == ({"PROJ-1", "PROJ-2", "UTF-8"}, 1)


def test_an_issue_of_a_project_that_does_not_count_is_not_linked(stack: Stack) -> None:
    stack.projects = ProjectList(frozenset({"PROJ"}))
    stack.deliver(stack.edit_ticket("5001", "PROJ-1", "OPS-3"))
    assert (stack.linked(), stack.lane().facts.not_found) == ({"10001"}, {"OPS-3"})


# ── what a look at the field shows ───────────────────────────────────────────────────────────────────────────────


def test_a_field_that_is_not_shown_removes_nothing_and_its_ticket_is_there(stack: Stack) -> None:
    record_ticket(stack, LINKED, missing=True)
    stack.zendesk.fields["5001"] = None
    stack.deliver(replace(stack.edit_ticket("5002"), ticket_id="5001", issue_keys=None, exact=False))
    assert (stack.linked(), stack.lane().facts.missing) == ({"10001"}, False)
    assert (stack.lane().stated.window, stack.queue.dead) == (None, [])


def test_what_an_old_copy_shows_of_a_field_is_not_believed(stack: Stack) -> None:
    """It was changed a moment ago, as an event told: it is read again when every copy must show that."""
    stack.deliver(stack.edit_ticket("5001", "PROJ-1"))
    stack.zendesk.fields["5001"] = ()
    stack.post(replace(stack.edit_ticket("5001", "PROJ-1", "PROJ-2"), exact=False))
    stack.zendesk.fields["5001"] = ()
    begun = stack.clock.now
    assert not stack.run("ticket#5001")
    assert (stack.linked(), stack.zendesk.calls["read"]) == ({"10001"}, 1)
    stack.zendesk.fields["5001"] = ("PROJ-1", "PROJ-2")
    stack.run_until_idle()
    assert (stack.linked(), stack.zendesk.calls["read"]) == ({"10001", "10002"}, 2)
    assert stack.clock.now - begun >= REPLICA_LAG - 1


# ── a merge or a deletion that was told long after the field was read ────────────────────────────────────────────


@pytest.mark.parametrize("lifecycle", [LifecycleEvent.MERGED, LifecycleEvent.DELETED])
def test_an_end_that_waits_for_a_vendor_is_finished_by_the_next_try(stack: Stack, lifecycle: LifecycleEvent) -> None:
    stack.deliver(stack.edit_ticket("5001", "PROJ-1"))
    told = replace(stack.merge_ticket("5001", into="5002"), lifecycle=lifecycle)
    stack.clock.now += 100
    stack.deliver(replace(told, lifecycle=LifecycleEvent.EDITED, merged_into="", at=stack.clock.now - 15))
    del stack.zendesk.fields["5001"]
    stack.zendesk.refuses_delete["5001", "10001"] = UpstreamUnavailable("503", maybe_applied=False)
    stack.post(told)
    assert not stack.run("ticket#5001")
    stack.zendesk.refuses_delete.clear()
    stack.run_until_idle()
    merged = lifecycle is LifecycleEvent.MERGED
    assert (stack.linked("5002"), stack.queue.dead) == ({"10001"} if merged else set(), [])


# ── a ticket that was not there ──────────────────────────────────────────────────────────────────────────────────

MAKING = (OperatorAction.LINK, OperatorAction.RELINK)


def command(action: OperatorAction) -> OperatorCommand:
    return OperatorCommand(ticket_id="5001", issue_id="10001", issue_key="PROJ-1", action=action, at=START)


@pytest.mark.parametrize("gone", ["missing", "deleted"])
@pytest.mark.parametrize("back", [True, False])
@pytest.mark.parametrize("action", list(OperatorAction))
def test_a_ticket_that_was_not_there_is_looked_for_when_an_operator_wants_a_link(
    stack: Stack, action: OperatorAction, gone: str, back: bool
) -> None:
    record_ticket(stack, replace(LINKED, state=LinkState.UNLINKED), **{gone: True})
    if not back:
        del stack.zendesk.fields["5001"]
    stack.deliver(command(action))
    assert stack.zendesk.calls["read"] == (1 if action in MAKING else 0)
    assert stack.linked() == ({"10001"} if back and action in MAKING else set())


@pytest.mark.parametrize("action", list(OperatorAction))
def test_one_that_is_there_is_not(stack: Stack, action: OperatorAction) -> None:
    stack.deliver(command(action))
    assert stack.zendesk.calls["read"] == 0


@pytest.mark.parametrize("gone", ["missing", "deleted"])
@pytest.mark.parametrize(("kind", "looks"), [(NoticeKind.CLAIMED, 1), (NoticeKind.RELEASED, 0), (NoticeKind.MOVED, 0)])
def test_so_it_is_when_an_issue_names_it(stack: Stack, kind: NoticeKind, looks: int, gone: str) -> None:
    record_ticket(stack, **{gone: True})
    stack.deliver(notice(kind))
    assert (stack.zendesk.calls["read"], stack.linked()) == (looks, {"10001"} if looks else set())


# ── news that waited ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("waited", "reads"), [(CLOCK_SKEW, 1), (CLOCK_SKEW + 0.001, 2)])
def test_news_that_waited_is_compared_with_what_its_issue_states_now(stack: Stack, waited: float, reads: int) -> None:
    bill = stack.bill(lambda: deliver_late(stack, notice(NoticeKind.CLAIMED), waited))
    assert bill["query"] == reads


@pytest.mark.parametrize(("kind", "reads"), [(NoticeKind.CLAIMED, 1), (NoticeKind.RELEASED, 1), (NoticeKind.MOVED, 2)])
def test_a_move_always_is(stack: Stack, kind: NoticeKind, reads: int) -> None:
    assert stack.bill(lambda: stack.deliver(notice(kind)))["query"] == reads


BEFORE, JUST_THEN, LATER = Window.of_change(START - 1), Window.of_change(START), Window.of_change(START + 1)
NAMES, NAMES_NOT = frozenset({"5001"}), frozenset[str]()


@pytest.mark.parametrize(
    ("kind", "linked", "stated", "at_last"),
    [
        (NoticeKind.CLAIMED, False, FieldRecord(NAMES_NOT, None), True),  # not recorded yet
        (NoticeKind.CLAIMED, False, FieldRecord(NAMES_NOT, BEFORE), True),
        (NoticeKind.CLAIMED, False, FieldRecord(NAMES_NOT, JUST_THEN), False),
        (NoticeKind.CLAIMED, False, FieldRecord(NAMES_NOT, LATER), False),
        (NoticeKind.CLAIMED, False, FieldRecord(NAMES, LATER), True),
        (NoticeKind.RELEASED, True, FieldRecord(NAMES, None), False),
        (NoticeKind.RELEASED, True, FieldRecord(NAMES, BEFORE), False),
        (NoticeKind.RELEASED, True, FieldRecord(NAMES, JUST_THEN), True),
        (NoticeKind.RELEASED, True, FieldRecord(NAMES, LATER), True),
        (NoticeKind.RELEASED, True, FieldRecord(NAMES_NOT, LATER), False),
        # Its lane may have told it, and not recorded it yet, by a time that is no later than that of a reading.
        (NoticeKind.DELETED, True, FieldRecord(NAMES, LATER), False),
        (NoticeKind.MOVED, False, FieldRecord(NAMES, LATER), False),  # a move makes nobody claim anything
    ],
)
def test_of_old_news_what_the_issue_stated_since_is_believed(
    *, stack: Stack, kind: NoticeKind, linked: bool, stated: FieldRecord, at_last: bool
) -> None:
    if linked:
        record_ticket(stack, LINKED)
    stack.ledger.save_issue("10001", IssueRecord(stated=stated, key="PROJ-1", key_at=START))
    deliver_late(stack, notice(kind))
    assert stack.linked() == ({"10001"} if at_last else set())


@pytest.mark.parametrize("kind", list(NoticeKind))
def test_of_an_issue_that_is_deleted_by_now_no_old_news_makes_or_leaves_a_link(stack: Stack, kind: NoticeKind) -> None:
    record_ticket(stack, LINKED)
    stack.ledger.save_issue("10001", IssueRecord(stated=FieldRecord(NAMES, LATER), key="PROJ-1", deleted=True))
    deliver_late(stack, notice(kind))
    assert stack.linked() == set()


@pytest.mark.parametrize("kind", [NoticeKind.CLAIMED, NoticeKind.MOVED])
def test_old_news_brings_the_key_of_today_whatever_its_ticket_has_looked_up_meanwhile(
    stack: Stack, kind: NoticeKind
) -> None:
    record_ticket(stack, replace(LINKED, issue=Issue("10001", "MID-3"), key_at=START + 1))
    record = IssueRecord(stated=FieldRecord(NAMES, JUST_THEN), key="NEW-5", key_at=START + 2)
    stack.ledger.save_issue("10001", record)
    deliver_late(stack, notice(kind))
    assert stack.zendesk.links == {("5001", "10001"): "NEW-5"}


@pytest.mark.parametrize("kind", [NoticeKind.CLAIMED, NoticeKind.RELEASED])
@pytest.mark.parametrize(
    ("source", "claimed"),
    [
        ([], False),  # it knows the link no more
        ([replace(LINKED, state=LinkState.TRANSFERRED)], True),
        ([replace(LINKED, state=LinkState.TRANSFERRED, claims=frozenset())], False),
    ],
)
@pytest.mark.parametrize("merged_into", ["5001", "5003"])
def test_of_a_merged_ticket_s_old_news_what_its_lane_states_now_is_believed(
    stack: Stack, kind: NoticeKind, source: list[Link], claimed: bool, merged_into: str
) -> None:
    record_ticket(stack, *source, ticket_id="5002", merged_into=merged_into)
    record_ticket(stack, replace(LINKED, claims=frozenset({"merged:5002"})))
    deliver_late(stack, notice(kind, via="5002"))
    assert stack.linked() == ({"10001"} if claimed and merged_into == "5001" else set())
