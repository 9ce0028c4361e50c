"""People's slips, refusals and vanished subjects: nobody's lane is held up, and no dead letter but an operator's."""

from dataclasses import replace

import pytest

from linksync.core.history import Event
from linksync.core.links import CallKind, LinkState, Owner
from linksync.core.messages import BACKFILL, LifecycleEvent, OperatorAction, OperatorCommand, TicketStatement
from linksync.errors import UpstreamForbidden, UpstreamRefused
from tests.simulation.clock import RunKilled
from tests.unit.worker.stack import Stack

REFUSED = UpstreamRefused("Zendesk will not take it")


def delete_ticket(stack: Stack, ticket_id: str = "5001") -> None:
    """For good: Zendesk knows it no more, and refuses links to it."""
    del stack.zendesk.fields[ticket_id]
    for issue_id in stack.jira.keys:
        stack.zendesk.refuses[ticket_id, issue_id] = REFUSED


def creates(stack: Stack) -> int:
    return stack.zendesk.calls["create"]


# ── a ticket number that Zendesk does not know ───────────────────────────────────────────────────────────────────


def test_a_wrong_ticket_number_is_no_dead_letter(stack: Stack) -> None:
    delete_ticket(stack)
    cost = stack.bill(lambda: stack.deliver(stack.edit_issue("10001", "5001", "5002")))
    assert (stack.queue.dead, stack.linked("5002"), stack.metric("TicketsNotFound")) == ([], {"10001"}, 1)
    assert (cost["zendesk create"], cost["zendesk read"]) == (2, 1)  # one look tells it from a refusal
    assert stack.lane().facts.missing


def test_it_is_not_tried_again_by_what_others_state(stack: Stack) -> None:
    delete_ticket(stack)
    stack.deliver(stack.edit_issue("10001", "5001"))
    tried = creates(stack)
    stack.deliver(stack.edit_issue("10001", "5001", "5002"), stack.edit_issue("10001", "5001"))
    assert creates(stack) == tried + 1


def test_written_anew_it_is_looked_up_again(stack: Stack) -> None:
    delete_ticket(stack)
    stack.deliver(stack.edit_issue("10001", "5001"), stack.edit_issue("10001"))
    stack.zendesk.fields["5001"] = ()
    stack.zendesk.refuses.clear()
    stack.deliver(stack.edit_issue("10001", "5001"))
    assert (stack.linked(), stack.lane().facts.missing) == ({"10001"}, False)


def test_a_ticket_that_speaks_is_there(stack: Stack) -> None:
    delete_ticket(stack)
    stack.deliver(stack.edit_issue("10001", "5001"))
    stack.zendesk.refuses.clear()
    stack.deliver(stack.edit_ticket("5001", "PROJ-2"))
    assert stack.linked() == {"10001", "10002"}


# ── a create that is refused for good ────────────────────────────────────────────────────────────────────────────


def test_a_refused_link_poisons_no_later_message_of_its_lane(stack: Stack) -> None:
    stack.zendesk.refuses["5001", "10001"] = REFUSED
    stack.deliver(stack.edit_ticket("5001", "PROJ-1"), stack.edit_ticket("5001", "PROJ-1", "PROJ-2"))
    assert (len(stack.queue.dead), stack.linked(), creates(stack)) == (1, {"10002"}, 2)
    refusal = stack.lane().links["10001"].refusal
    assert refusal is not None
    assert (refusal.call, refusal.reason, refusal.delivery) == (CallKind.CREATE, str(REFUSED), "d1")
    assert stack.metric("LinksRefused") == 1


def test_sixty_refused_keys_do_not_keep_the_good_ones_waiting(stack: Stack) -> None:
    stack.zendesk.meanwhile = lambda: setattr(stack.clock, "now", stack.clock.now + 1.0)
    for number in range(60):
        stack.new_issue(str(20_001 + number), f"BAD-{number + 1}")
        stack.zendesk.refuses["5001", str(20_001 + number)] = REFUSED
    keys = [*(f"BAD-{number + 1}" for number in range(60)), "PROJ-1", "PROJ-2"]
    cost = stack.bill(lambda: stack.deliver(stack.edit_ticket("5001", *keys)))
    assert (stack.linked(), cost["zendesk create"], len(stack.queue.dead)) == ({"10001", "10002"}, 62, 1)


def test_written_anew_a_refused_link_is_tried_again(stack: Stack) -> None:
    stack.zendesk.refuses["5001", "10001"] = REFUSED
    stack.deliver(stack.edit_ticket("5001", "PROJ-1"))
    stack.zendesk.refuses.clear()
    stack.deliver(stack.edit_ticket("5001"), stack.edit_ticket("5001", "PROJ-1"))
    assert stack.linked() == {"10001"}


@pytest.mark.parametrize("step", range(12))
def test_a_refusal_that_was_recorded_and_not_told_is_told(stack: Stack, step: int) -> None:
    stack.zendesk.refuses["5001", "10001"] = REFUSED
    stack.post(stack.edit_ticket("5001", "PROJ-1"))
    stack.script.own = [None] * step + [RunKilled()]
    stack.run_until_idle()
    assert len(stack.queue.dead) >= 1


def test_a_refused_delete_stands_alone_too(stack: Stack) -> None:
    stack.deliver(stack.edit_ticket("5001", "PROJ-1", "PROJ-2"))
    stack.zendesk.refuses_delete["5001", "10001"] = REFUSED
    stack.deliver(stack.edit_ticket("5001"), stack.edit_ticket("5001", "OPS-3"), stack.edit_ticket("5001"))
    assert (len(stack.queue.dead), stack.linked()) == (1, {"10001"})
    stack.deliver(stack.edit_ticket("5001", "PROJ-1"))
    assert stack.lane().links["10001"].state is LinkState.LINKED


# ── a re-reading that finds nothing ──────────────────────────────────────────────────────────────────────────────


def unreadable(stack: Stack) -> TicketStatement:
    return TicketStatement(ticket_id="5001", issue_keys=None, at=stack.tick(), exact=False)


def test_a_ticket_that_is_not_found_is_remembered_and_loses_nothing(stack: Stack) -> None:
    stack.deliver(stack.edit_ticket("5001", "PROJ-1"))
    del stack.zendesk.fields["5001"]
    stack.deliver(unreadable(stack))
    assert (stack.linked(), stack.lane().facts.missing, stack.queue.dead) == ({"10001"}, True, [])


def test_what_is_not_found_is_looked_at_again_once_a_slip(stack: Stack) -> None:
    stack.deliver(stack.edit_ticket("5001", "UTF-8"), stack.edit_ticket("5001", "UTF-8", "PROJ-1"))
    assert looks(stack) == ["ticket#5001"]
    stack.clock.now += 100
    stack.deliver(stack.edit_ticket("5001", "UTF-8", "UTF-16", "PROJ-1"))
    assert looks(stack) == ["ticket#5001"] * 2
    del stack.zendesk.fields["5002"], stack.jira.keys["10002"]
    missing_ticket = replace(unreadable(stack), ticket_id="5002")
    missing_issue = replace(stack.edit_issue("10001"), issue_id="10002", issue_key="PROJ-2", ticket_ids=None)
    stack.deliver(missing_ticket, missing_issue)
    assert sorted(looks(stack)) == ["issue#10002", "ticket#5001", "ticket#5001", "ticket#5002"]


def looks(stack: Stack) -> list[str]:
    """The lanes that the reconciler is to look at again, in the order of their times."""
    return [record.partition("#")[2] for record in sorted(stack.dynamo.items.get("look", {}))]


def test_a_key_that_was_not_found_is_looked_up_again_when_the_reconciler_says_so(stack: Stack) -> None:
    stack.deliver(stack.edit_ticket("5001", "NEW-1", "UTF-8"))
    stack.new_issue("10009", "NEW-1")
    stack.deliver(unreadable(stack))
    assert stack.linked() == set()
    stack.deliver(replace(unreadable(stack), look_up=True))
    assert stack.linked() == {"10009"}
    assert stack.lane().facts.not_found == {"UTF-8"}


def test_an_issue_that_is_not_found_is_remembered_and_loses_nothing(stack: Stack) -> None:
    stack.deliver(stack.edit_issue("10001", "5001"))
    silent = replace(stack.edit_issue("10001", "5001"), ticket_ids=None)
    del stack.jira.keys["10001"]
    stack.deliver(silent)
    assert (stack.linked(), stack.ledger.issue("10001").missing, stack.queue.dead) == ({"10001"}, True, [])


def test_a_re_reading_that_is_forbidden_is_an_operators(stack: Stack) -> None:
    stack.deliver(stack.edit_ticket("5001", "PROJ-1"))
    stack.script.before = [UpstreamForbidden("grant the role")] * 99
    stack.deliver(unreadable(stack))
    assert [reason for _, reason in stack.queue.dead] == ["forbidden: grant the role"]


# ── a deletion is no end: what follows it is read ───────────────────────────────────────────────────────────────


def test_a_ticket_whose_deletion_was_forged_speaks_again(stack: Stack) -> None:
    stack.deliver(stack.edit_ticket("5001", "PROJ-1"), stack.edit_issue("10002", "5001"))
    forged = replace(unreadable(stack), exact=True, lifecycle=LifecycleEvent.DELETED)
    stack.deliver(forged)
    assert stack.linked() == set()
    stack.clock.now += 100
    stack.deliver(stack.edit_ticket("5001", "PROJ-1", "OPS-3"))
    assert stack.linked() == {"10001", "10002", "10003"}
    stack.deliver(forged)  # sent again: it is older than what is recorded, so the ticket is looked at
    assert stack.linked() == {"10001", "10002", "10003"}


def test_an_issue_whose_deletion_was_forged_speaks_again(stack: Stack) -> None:
    stack.deliver(stack.edit_issue("10001", "5001"))
    stack.deliver(replace(stack.edit_issue("10001", lifecycle=LifecycleEvent.DELETED), ticket_ids=None))
    assert stack.linked() == set()
    stack.deliver(stack.edit_issue("10001", "5001", "5002"))
    assert (stack.linked(), stack.linked("5002")) == ({"10001"}, {"10001"})


@pytest.mark.parametrize("gone", [True, False])
def test_a_deletion_that_automation_tells_is_looked_at(stack: Stack, gone: bool) -> None:
    stack.deliver(stack.edit_issue("10001", "5001"))
    told = replace(stack.edit_issue("10001", "5001", lifecycle=LifecycleEvent.DELETED), ticket_ids=None, exact=False)
    if gone:
        del stack.jira.keys["10001"]
    stack.deliver(told)
    assert stack.linked() == (set() if gone else {"10001"})


# ── a move that automation tells ─────────────────────────────────────────────────────────────────────────────────


def test_a_move_told_without_its_time_is_looked_up(stack: Stack) -> None:
    stack.deliver(stack.edit_issue("10001", "5001"))
    stack.jira.keys["10001"] = "NEW-5"
    stack.clock.now += 60
    stack.deliver(replace(stack.edit_issue("10001", "5001"), exact=False))
    assert stack.zendesk.links == {("5001", "10001"): "NEW-5"}


def test_a_late_statement_does_not_undo_a_move_that_automation_told(stack: Stack) -> None:
    stack.deliver(stack.edit_issue("10001", "5001"))
    stack.clock.now += 700
    late = stack.edit_issue("10001", "5001")
    stack.jira.keys["10001"] = "NEW-5"
    stack.clock.now += 1
    stack.deliver(replace(stack.edit_issue("10001", "5001", lifecycle=LifecycleEvent.MOVED), exact=False), late)
    assert stack.zendesk.links == {("5001", "10001"): "NEW-5"}


def test_a_move_that_automation_tells_reaches_a_link_that_its_ticket_looked_up(stack: Stack) -> None:
    stack.deliver(stack.edit_issue("10001", "5002"))
    stack.clock.now += 700
    stack.deliver(stack.edit_ticket("5001", "PROJ-1"))
    stack.jira.keys["10001"] = "NEW-5"
    stack.clock.now += 60
    stack.deliver(replace(stack.edit_issue("10001", "5002", lifecycle=LifecycleEvent.MOVED), exact=False))
    assert set(stack.zendesk.links.values()) == {"NEW-5"}


# ── by hand ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_link_that_was_unlinked_by_hand_is_not_made_again_by_a_move(stack: Stack) -> None:
    stack.deliver(stack.edit_ticket("5001", "PROJ-1"), stack.edit_issue("10001", "5001"))
    del stack.zendesk.links["5001", "10001"]
    stack.jira.keys["10001"] = "NEW-5"
    stack.deliver(replace(stack.edit_issue("10001", "5001"), lifecycle=LifecycleEvent.MOVED))
    assert (stack.linked(), stack.lane().links["10001"].state) == (set(), LinkState.UNLINKED)
    stack.deliver(stack.edit_issue("10001"), stack.edit_issue("10001", "5001"))  # written anew
    assert stack.zendesk.links == {("5001", "10001"): "NEW-5"}


def command(stack: Stack, action: OperatorAction) -> OperatorCommand:
    key = stack.jira.keys["10001"]
    return OperatorCommand(ticket_id="5001", issue_id="10001", issue_key=key, action=action, at=stack.tick())


def test_an_operator_links_and_unlinks(stack: Stack) -> None:
    stack.deliver(command(stack, OperatorAction.LINK))
    assert stack.linked() == {"10001"}
    stack.deliver(command(stack, OperatorAction.UNLINK))
    assert (stack.linked(), stack.lane().links) == (set(), {})


def test_what_an_operator_unlinks_stays_away_until_it_is_written_anew(stack: Stack) -> None:
    stack.deliver(stack.edit_ticket("5001", "PROJ-1"))
    stack.deliver(command(stack, OperatorAction.UNLINK), stack.edit_ticket("5001", "PROJ-1", "PROJ-2"))
    assert stack.linked() == {"10002"}
    stack.deliver(stack.edit_ticket("5001", "PROJ-2"), stack.edit_ticket("5001", "PROJ-1", "PROJ-2"))
    assert stack.linked() == {"10001", "10002"}


def test_an_operator_cannot_unlink_what_is_not_ours(stack: Stack) -> None:
    stack.link_by_hand("5001", "10001")
    stack.deliver(stack.edit_ticket("5001", "PROJ-1"), command(stack, OperatorAction.UNLINK))
    assert stack.linked() == {"10001"}


def test_a_link_of_ours_that_is_gone_is_made_again_when_asked_for(stack: Stack) -> None:
    stack.deliver(stack.edit_ticket("5001", "PROJ-1"))
    del stack.zendesk.links["5001", "10001"]
    stack.deliver(stack.edit_ticket("5001", "PROJ-1", "PROJ-2"))
    assert stack.linked() == {"10002"}
    stack.deliver(command(stack, OperatorAction.RELINK))
    assert stack.linked() == {"10001", "10002"}


def test_somebody_elses_link_is_recorded_and_left_alone(stack: Stack) -> None:
    stack.link_by_hand("5001", "10001")
    stack.deliver(command(stack, OperatorAction.ADOPT), stack.edit_ticket("5001", "PROJ-2"))
    assert stack.lane().links["10001"].state is LinkState.SEEN
    stack.deliver(stack.edit_ticket("5001", "PROJ-1", "PROJ-2"), stack.edit_ticket("5001", "PROJ-2"))
    assert stack.linked() == {"10001", "10002"}


def test_a_link_that_was_seen_once_is_made_when_it_is_named_and_gone(stack: Stack) -> None:
    stack.link_by_hand("5001", "10001")
    stack.deliver(command(stack, OperatorAction.ADOPT))
    del stack.zendesk.links["5001", "10001"]
    stack.deliver(stack.edit_ticket("5001", "PROJ-1"))
    assert stack.linked() == {"10001"}


def test_a_link_that_was_made_by_hand_after_an_operator_took_it_away_is_adopted(stack: Stack) -> None:
    stack.deliver(stack.edit_ticket("5001", "PROJ-1"), command(stack, OperatorAction.UNLINK))
    stack.link_by_hand("5001", "10001")
    stack.deliver(command(stack, OperatorAction.ADOPT))
    link = stack.lane().links["10001"]
    assert (link.state, link.owner) == (LinkState.LINKED, Owner.ADOPTED)


def test_links_that_were_seen_in_the_list_need_no_create(stack: Stack) -> None:
    stack.link_by_hand("5001", "10001")
    stack.deliver(replace(stack.edit_ticket("5001", "PROJ-1", "PROJ-2"), linked=("10001",)))
    assert (creates(stack), stack.linked()) == (1, {"10001", "10002"})
    stack.deliver(stack.edit_ticket("5001"))
    assert stack.linked() == {"10001"}


@pytest.mark.parametrize(("source", "behind"), [("zendesk_event", 500.0), (BACKFILL, 0.0)])
def test_what_a_backfill_tells_is_as_old_as_it_is_and_not_late(stack: Stack, source: str, behind: float) -> None:
    statement = stack.edit_ticket("5001", "PROJ-1")
    stack.post(replace(statement, at=stack.clock.now - 500.0), source=source)
    stack.run_until_idle()
    assert (stack.linked(), round(stack.metric("SecondsBehind"))) == ({"10001"}, behind)


def test_so_do_those_that_an_issue_names_and_those_that_an_operator_asks_for(stack: Stack) -> None:
    stack.history_days = 30
    for ticket in ("5001", "5002"):
        stack.link_by_hand(ticket, "10001")
    stack.deliver(
        replace(stack.edit_issue("10001", "5001"), linked=("5001",)),
        OperatorCommand(
            ticket_id="5002",
            issue_id="10001",
            issue_key="PROJ-1",
            action=OperatorAction.LINK,
            at=stack.tick(),
            seen=True,
        ),
    )
    assert creates(stack) == 0
    for ticket in ("5001", "5002"):
        (link,) = stack.ledger.ticket(ticket).links.values()
        assert (link.state, link.owner, len(link.claims)) == (LinkState.LINKED, Owner.ADOPTED, 1)
        assert [line.event for line in stack.ledger.history(ticket)] == [Event.ADOPTED]


# ── history ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_change_of_a_link_is_a_line_of_history(stack: Stack) -> None:
    stack.history_days = 30
    stack.link_by_hand("5001", "10002")
    stack.deliver(stack.edit_ticket("5001", "PROJ-1", "PROJ-2"), stack.edit_ticket("5001"))
    lines = [(line.issue.key, line.event, line.delivery) for line in stack.ledger.history("5001")]
    assert sorted(lines) == sorted(
        [
            ("PROJ-1", Event.MADE, "d1"),
            ("PROJ-2", Event.ADOPTED, "d1"),
            ("PROJ-1", Event.REMOVED, "d2"),
            ("PROJ-2", Event.FORGOTTEN, "d2"),
        ]
    )


def test_what_was_a_dead_letter_is_read_again_since_what_changed_it_may_have_been_dropped(stack: Stack) -> None:
    ticket, issue = stack.edit_ticket("5001", "PROJ-1", "PROJ-2"), stack.edit_issue("10003", "5001", "5002")
    stack.zendesk.fields["5001"], stack.jira.fields["10003"] = ("PROJ-2",), ("5002",)
    stack.post(ticket, delivery="d1", redriven=True)
    stack.post(issue, delivery="d2", redriven=True)
    stack.run_until_idle()
    assert set(stack.zendesk.links) == {("5001", "10002"), ("5002", "10003")}
    assert (stack.zendesk.calls["read"], stack.jira.calls["read"]) == (1, 1)
