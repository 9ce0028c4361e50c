"""What is told of a link, for each rule: the worker makes the record, and the explanation reads it."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from linksync.core.issue import Issue
from linksync.core.lanes import TicketFacts
from linksync.core.links import UnlinkPolicy
from linksync.core.messages import LifecycleEvent, OperatorAction, OperatorCommand, TicketStatement
from linksync.core.projects import ALL_PROJECTS, ProjectList
from linksync.core.ticket_rules import FoundIssues, keys_to_find
from linksync.errors import UpstreamRefused, UpstreamUnavailable
from linksync.explanation.explain import Explanation, Story, explain
from linksync.explanation.ticket_snapshot import DeadDelivery, TicketSnapshot, VendorView
from tests.unit.worker.stack import Stack


@pytest.fixture(autouse=True)
def with_history(stack: Stack) -> None:
    stack.history_days = 400


def asked(stack: Stack, ticket_id: str = "5001", *, projects: ProjectList = ALL_PROJECTS) -> TicketSnapshot:
    """What the ledger knows of a ticket."""
    history = stack.ledger.history(ticket_id)
    lane = stack.ledger.ticket(ticket_id)
    records = {issue_id: stack.ledger.issue(issue_id) for issue_id in stack.jira.keys}
    known = {issue_id: record for issue_id, record in records.items() if record.key}
    return TicketSnapshot(
        lane=lane, now=stack.tick(), policy=stack.policy, projects=projects, records=known, history=history
    )


def looked(stack: Stack, snapshot: TicketSnapshot, *, issues: Iterable[str] = ()) -> TicketSnapshot:
    """The same with what Zendesk and Jira show now."""
    reading = stack.zendesk.read(snapshot.lane.ticket_id)
    keys = keys_to_find(snapshot.lane, reading.refs or (), again=True)
    answered = stack.jira.look_up(keys)
    seen = VendorView(
        ticket=reading,
        found=FoundIssues(answered.found, stack.clock.now),
        listed=frozenset(stack.linked(snapshot.lane.ticket_id)),
        issues={issue_id: stack.jira.read(issue_id) for issue_id in issues},
    )
    return replace(snapshot, seen=seen)


def story(stack: Stack, issue_id: str = "10001", ticket_id: str = "5001") -> Story:
    return of(explain(asked(stack, ticket_id)), issue_id)


def of(told: Explanation, issue_id: str = "10001") -> Story:
    (found,) = [one for one in told.issues if one.issue.id == issue_id]
    return found


def command(stack: Stack, action: OperatorAction, issue_id: str = "10001") -> OperatorCommand:
    key = stack.jira.keys[issue_id]
    return OperatorCommand(ticket_id="5001", issue_id=issue_id, issue_key=key, action=action, at=stack.tick())


# ── claims ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_nothing_is_known(stack: Stack) -> None:
    told = explain(asked(stack))
    assert told.ticket == ("No delivery has told of its field yet; the first one is believed.",)
    assert (told.issues, told.unresolved) == ((), ())


def test_the_ticket_names_the_issue(stack: Stack) -> None:
    stack.deliver(stack.edit_ticket("5001", "PROJ-1", "PROJ-2"))
    told = explain(asked(stack))
    assert "Its field names PROJ-1 and PROJ-2: test told so at " in told.ticket[0]
    assert "(delivery d1)" in told.ticket[0]
    one = of(told)
    assert (one.linked, one.owner, one.wanted_by, one.next) == (
        True,
        "linksync",
        ("ticket_field",),
        "Nothing would change.",
    )
    assert one.why == (
        "It is linked. It is wanted: the ticket's field names it."
        " linksync made it, and removes it once nothing names it."
    )
    assert [line.event for line in one.history] == ["made"]


def test_the_issue_names_the_ticket(stack: Stack) -> None:
    stack.deliver(stack.edit_issue("10001", "5001", "5002"))
    one = story(stack)
    assert (one.linked, one.wanted_by) == (True, ("issue_field",))
    assert "It is wanted: the issue's field names the ticket." in one.why
    assert "The issue's field names 5001 and 5002: test told so at " in one.why
    assert "(delivery d1)" in one.why


def test_both_name_each_other_and_an_operator_asked_too(stack: Stack) -> None:
    stack.deliver(stack.edit_ticket("5001", "PROJ-1"), stack.edit_issue("10001", "5001"))
    stack.deliver(command(stack, OperatorAction.LINK))
    one = story(stack)
    assert one.wanted_by == ("ticket_field", "issue_field", "operator")
    assert (
        "the ticket's field names it, and the issue's field names the ticket, and an operator asked for it" in one.why
    )


def test_nothing_names_it_any_more(stack: Stack) -> None:
    stack.deliver(stack.edit_ticket("5001", "PROJ-1"), stack.edit_ticket("5001"))
    one = story(stack)
    assert (one.linked, one.owner, one.wanted_by) == (False, "", ())
    assert one.why.startswith("It is not linked, and nothing names it any more. At ")
    assert one.why.endswith("linksync removed it: nothing names it any more: the ticket's field changed last.")


# ── ownership ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        (UnlinkPolicy.OWNED, "It was there before linksync wanted it, so linksync does not remove it"),
        (UnlinkPolicy.ANY, "UnlinkPolicy is any, so it is removed all the same once nothing names it."),
        (UnlinkPolicy.NEVER, "UnlinkPolicy is never, so linksync removes no link."),
    ],
)
def test_a_link_that_was_there_first(stack: Stack, policy: UnlinkPolicy, words: str) -> None:
    stack.policy = policy
    stack.link_by_hand("5001", "10001")
    stack.deliver(stack.edit_ticket("5001", "PROJ-1"))
    one = story(stack)
    assert (one.linked, one.owner) == (True, "adopted")
    assert words in one.why


def test_a_link_that_was_there_first_is_let_go_of(stack: Stack) -> None:
    stack.link_by_hand("5001", "10001")
    stack.deliver(stack.edit_ticket("5001", "PROJ-1"), stack.edit_ticket("5001"))
    one = story(stack)
    assert one.linked is None
    assert one.why.startswith("Nothing names it; it was not linksync's to remove, so Zendesk may still show it.")
    now = of(explain(looked(stack, asked(stack))))
    assert now.linked is True
    assert "Zendesk lists the link, and the ledger does not know it: somebody else made it" in now.why


# ── doubt ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_statement_in_doubt_would_be_read(stack: Stack) -> None:
    stack.deliver(TicketStatement(ticket_id="5001", issue_keys=None, at=stack.tick(), exact=False))
    stack.zendesk.fields["5001"] = ("PROJ-1",)
    told = explain(looked(stack, asked(stack)))
    assert told.ticket[1] == "Read just now, its field names PROJ-1."
    assert told.ticket[2] == (
        "If that were told again now, linksync would read the field before it believes anything: its time does not"
        " tell whether it is newer than what is recorded."
    )
    assert of(told).next == "linksync would make the link."


def test_the_same_again_costs_nothing(stack: Stack) -> None:
    stack.deliver(stack.edit_ticket("5001", "PROJ-1"))
    assert explain(asked(stack)).ticket[-1].endswith("would not read the field: it states what is recorded.")


def test_what_the_field_holds_now_is_foretold(stack: Stack) -> None:
    stack.deliver(stack.edit_ticket("5001", "PROJ-1"))
    stack.zendesk.fields["5001"] = ("PROJ-2",)
    told = explain(looked(stack, asked(stack)))
    assert (of(told, "10001").next, of(told, "10002").next) == (
        "linksync would remove the link.",
        "linksync would make the link.",
    )


def test_what_the_issue_s_field_holds_now_is_foretold(stack: Stack) -> None:
    stack.jira.fields["10001"] = ("5001",)
    told = explain(looked(stack, asked(stack), issues=["10001"]))
    assert of(told).next == "linksync would make the link."


def test_a_field_that_is_not_shown_takes_nothing_away(stack: Stack) -> None:
    stack.deliver(stack.edit_ticket("5001", "PROJ-1"))
    del stack.zendesk.fields["5001"]
    told = explain(looked(stack, asked(stack)))
    assert "Zendesk does not know the ticket now; nothing is taken away for that." in told.ticket
    assert of(told).next == "Nothing would change."


# ── not found ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_key_that_jira_does_not_know(stack: Stack) -> None:
    stack.deliver(stack.edit_ticket("5001", "PROJ-1", "UTF-8"))
    told = explain(asked(stack))
    (one,) = told.unresolved
    assert one.text == "UTF-8"
    assert one.why == "Jira did not know it when it was last asked; the reconciler looks again."
    assert of(told).linked
    stack.new_issue("10009", "UTF-8")
    now = explain(looked(stack, asked(stack)))
    assert now.unresolved[0].why == "Jira knows it now, as UTF-8: it is linked once the field is read."
    assert of(now, "10009").next == "linksync would make the link."


def test_a_ticket_that_zendesk_does_not_know(stack: Stack) -> None:
    del stack.zendesk.fields["5001"]
    stack.zendesk.refuses["5001", "10001"] = UpstreamRefused("no such ticket")
    stack.deliver(stack.edit_issue("10001", "5001"))
    told = explain(asked(stack))
    assert "Zendesk did not know the ticket when it was last asked; the reconciler looks again." in told.ticket
    one = of(told)
    assert (one.linked, one.next) == (False, "Nothing would be tried while Zendesk does not know the ticket.")
    assert one.why.startswith("It is not linked: Zendesk does not know the ticket.")


# ── refused ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_refused_link(stack: Stack) -> None:
    stack.zendesk.refuses["5001", "10001"] = UpstreamRefused("Zendesk: POST /links was answered 422.")
    stack.deliver(stack.edit_ticket("5001", "PROJ-1", "PROJ-2"))
    told = explain(asked(stack))
    one = of(told)
    assert (one.linked, of(told, "10002").linked) == (False, True)
    assert one.why.startswith(
        "It is not linked: Zendesk refused to make the link, for good (Zendesk: POST /links was answered 422;"
        " delivery d1). It is tried again when a reference is written anew"
    )
    assert one.next == "Nothing would be tried: Zendesk refused it, and nothing has changed since."


# ── moves, deletions, merges ─────────────────────────────────────────────────────────────────────────────────────


def test_an_issue_that_moved(stack: Stack) -> None:
    stack.deliver(stack.edit_ticket("5001", "PROJ-1"))
    stack.move_issue("NEW-5")
    stack.deliver(stack.edit_issue("10001", lifecycle=LifecycleEvent.MOVED))
    one = story(stack)
    assert (one.linked, one.issue.key) == (True, "NEW-5")
    assert "the ticket's field names it (as PROJ-1)" in one.why
    assert [line.event for line in one.history][-1] == "rekeyed"


def test_an_issue_that_was_deleted(stack: Stack) -> None:
    stack.deliver(stack.edit_issue("10001", "5001"), stack.edit_issue("10001", lifecycle=LifecycleEvent.DELETED))
    one = story(stack)
    assert (one.linked, "Jira told that the issue is deleted." in one.why) == (False, True)


def test_a_ticket_that_was_deleted(stack: Stack) -> None:
    stack.deliver(stack.edit_ticket("5001", "PROJ-1"))
    deleted = TicketStatement(
        ticket_id="5001", issue_keys=None, at=stack.tick(), exact=True, lifecycle=LifecycleEvent.DELETED
    )
    stack.deliver(deleted)
    told = explain(asked(stack))
    assert "Zendesk told that the ticket is deleted for good, so its links go." in told.ticket
    assert told.ticket[-1].endswith("it is about a subject whose deletion was told.")
    assert of(told).linked is False


def test_a_ticket_that_was_merged(stack: Stack) -> None:
    stack.deliver(stack.edit_ticket("5001", "PROJ-1"))
    merged = stack.merge_ticket("5001", into="5002")
    stack.deliver(merged)
    told = explain(asked(stack))
    assert "It was merged into ticket 5002, which has what it named." in told.ticket
    assert of(told).why.startswith("The link lives on ticket 5002, into which this one was merged.")
    target = story(stack, ticket_id="5002")
    assert (target.linked, target.wanted_by) == (True, ("merged",))
    assert "ticket 5001, which was merged into this one, named it" in target.why


# ── unlinked by hand ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_link_that_an_operator_took_away(stack: Stack) -> None:
    stack.deliver(stack.edit_ticket("5001", "PROJ-1"), command(stack, OperatorAction.UNLINK))
    one = story(stack)
    assert (one.linked, one.next) == (False, "Nothing would change while it is named as now.")
    assert "it was removed by hand, and linksync leaves it so" in one.why


def test_a_link_that_somebody_took_away_in_zendesk(stack: Stack) -> None:
    stack.deliver(stack.edit_ticket("5001", "PROJ-1"))
    stack.zendesk.links.clear()
    one = of(explain(looked(stack, asked(stack))))
    assert (one.linked, one.next) == (False, "Nothing would change.")
    assert "Zendesk does not list it now: somebody removed it by hand" in one.why


# ── projects ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_key_that_the_project_list_leaves_out(stack: Stack) -> None:
    stack.deliver(stack.edit_ticket("5001", "PROJ-1", "UTF-8"))
    only_ops = ProjectList(frozenset({"OPS"}))
    told = explain(asked(stack, projects=only_ops))
    assert told.unresolved[0].why == (
        "Jira did not know it, or only outside ProjectKeys, when it was last asked; the reconciler looks again."
    )
    assert "ProjectKeys leaves out its project, so what its field names does not count." in of(told).why


# ── waiting, and dead letters ────────────────────────────────────────────────────────────────────────────────────


def test_what_waits_and_what_is_dead_is_told(stack: Stack) -> None:
    letter = DeadDelivery(delivery="d9", lane="ticket#5001", reason="forbidden", advice="Mend the role.")
    document = explain(replace(asked(stack), dead=(letter,), waiting=3)).document()
    assert document["waiting"] == 3
    assert document["dead_letters"] == [
        {"delivery": "d9", "lane": "ticket#5001", "reason": "forbidden", "advice": "Mend the role."}
    ]


def test_a_create_whose_outcome_is_unknown_is_told_so(stack: Stack) -> None:
    stack.deliver(TicketStatement(ticket_id="5001", issue_keys=(), at=stack.tick(), exact=True))
    stack.script.after = [None, UpstreamUnavailable("cut off")]  # after the look-up, the create
    stack.post(stack.edit_ticket("5001", "PROJ-1"))
    stack.run("ticket#5001")
    one = story(stack)
    assert (one.linked, one.next) == (None, "linksync would make the link.")
    assert "linksync began to make it at " in one.why
    assert "how that ended is not known yet" in one.why


def test_one_issue_can_be_asked_for(stack: Stack) -> None:
    stack.deliver(stack.edit_ticket("5001", "PROJ-1", "PROJ-2"))
    one = explain(replace(asked(stack), asked=Issue("10001", "PROJ-1"), only=True))
    assert [found.issue.key for found in one.issues] == ["PROJ-1"]
    none = explain(replace(asked(stack), asked=Issue("10003", "OPS-3"), only=True))
    assert none.issues[0].why == "It is not linked, and nothing names it."


def test_a_key_that_was_not_asked_about_yet(stack: Stack) -> None:
    stack.deliver(stack.edit_ticket("5001", "UTF-8"))
    snapshot = asked(stack)
    left = replace(snapshot, lane=replace(snapshot.lane, facts=TicketFacts()))
    assert explain(left).unresolved[0].why == "It was not looked up yet: the next message of the ticket does that."
