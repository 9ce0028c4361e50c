"""A developer edits the issue's field of ticket ids; and both sides name one link."""

import time

import pytest

from tests.e2e.scene import Scene, eventually

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]


def test_an_issue_that_names_a_ticket_is_linked_without_a_call_to_jira(scene: Scene) -> None:
    ticket, issue = scene.pair()
    scene.write_tickets(issue, f"#{ticket}")
    assert scene.linked(ticket) == {(ticket, issue.key)}
    assert scene.calls() == [*scene.looks(ticket), f"Zendesk: link {ticket} {issue.key} → 201"]


def test_several_tickets_as_people_write_them(scene: Scene) -> None:
    tickets, (issue,) = scene.cast(tickets=3)
    one, two, three = tickets
    scene.write_tickets(issue, f"{one}, ZD-{two} https://acme.zendesk.com/agent/tickets/{three}")
    assert scene.linked(*tickets) == {(ticket, issue.key) for ticket in tickets}
    assert len(scene.calls()) == 3 + sum(len(scene.looks(ticket)) for ticket in tickets)


def test_a_ticket_that_goes_from_the_field_is_unlinked_without_a_call_to_jira(scene: Scene) -> None:
    tickets, (issue,) = scene.cast(tickets=2)
    scene.write_tickets(issue, " ".join(map(str, tickets)))
    scene.begin()
    scene.write_tickets(issue, str(tickets[1]))
    assert scene.linked(*tickets) == {(tickets[1], issue.key)}
    assert scene.calls() == [f"Zendesk: unlink {tickets[0]} {issue.key} → 204"]


def test_an_issue_may_be_born_with_tickets(scene: Scene) -> None:
    (ticket,), _ = scene.cast(issues=0)
    issue = scene.vendors.issue(tickets=str(ticket))
    scene.wait_quiet()
    assert scene.linked(ticket) == {(ticket, issue.key)}


def test_an_unchanged_statement_and_a_change_of_something_else_call_nobody(scene: Scene) -> None:
    ticket, issue = scene.pair()
    scene.write_tickets(issue, str(ticket))
    scene.begin()
    courier = scene.vendors.senders.webhook.courier
    courier.repeat(courier.deliveries[-1])
    scene.vendors.senders.webhook.send(courier.deliveries[-1].body)
    scene.vendors.jira.issues.edit(issue.id, {"summary": "said anew"})
    scene.wait_quiet()
    assert scene.calls() == []
    assert scene.linked(ticket) == {(ticket, issue.key)}


def test_jiras_own_time_tells_which_of_two_statements_is_the_later(scene: Scene) -> None:
    tickets, (issue,) = scene.cast(tickets=2)
    courier = scene.vendors.senders.webhook.courier
    courier.hold()
    for ticket in tickets:
        scene.vendors.write_tickets(issue.id, str(ticket))
        _a_later_millisecond()
    courier.release(reversed(courier.held()))
    scene.wait_quiet()
    assert scene.linked(*tickets) == {(tickets[1], issue.key)}
    assert scene.calls() == [*scene.looks(tickets[1]), f"Zendesk: link {tickets[1]} {issue.key} → 201"]


def test_the_link_goes_when_both_sides_have_let_go_the_issue_first(scene: Scene) -> None:
    ticket, issue = scene.pair()
    scene.write_keys(ticket, issue.key)
    scene.write_tickets(issue, str(ticket))
    scene.write_tickets(issue, None)
    assert scene.linked(ticket) == {(ticket, issue.key)}
    scene.write_keys(ticket, "")
    assert scene.linked(ticket) == set()
    assert [call.status for call in scene.creates(ticket) + scene.deletes(ticket)] == [201, 204]


def test_the_link_goes_when_both_sides_have_let_go_the_ticket_first(scene: Scene) -> None:
    ticket, issue = scene.pair()
    scene.write_tickets(issue, str(ticket))
    scene.write_keys(ticket, issue.key)
    scene.write_keys(ticket, "")
    assert scene.linked(ticket) == {(ticket, issue.key)}
    scene.write_tickets(issue, None)
    assert scene.linked(ticket) == set()
    assert [call.status for call in scene.creates(ticket) + scene.deletes(ticket)] == [201, 204]


@pytest.mark.parametrize("shape", ["custom", "jira", "automation"])
def test_jira_automation_says_the_same_in_each_of_its_formats(scene: Scene, shape: str) -> None:
    ticket, issue = scene.pair()
    senders = scene.vendors.senders
    url, senders.webhook.url = senders.webhook.url, ""
    senders.automation.enabled, senders.automation.shape = True, shape
    try:
        scene.write_tickets(issue, f"ZD-{ticket}")
        assert scene.linked(ticket) == {(ticket, issue.key)}
        scene.write_tickets(issue, None)
        assert scene.linked(ticket) == set()
    finally:
        senders.webhook.url, senders.automation.enabled = url, False


def _a_later_millisecond() -> None:
    """Jira tells times in milliseconds."""
    now = time.time()
    eventually(lambda: time.time() > now + 0.01, "another millisecond")
