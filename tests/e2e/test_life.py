"""What happens to tickets and issues themselves: merged, moved, deleted, restored."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from local.jira.automation import DELETED, MOVED
from tests.e2e.scene import Scene

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]


def test_a_moved_issues_link_bears_its_new_key(scene: Scene) -> None:
    ticket, issue = scene.pair()
    scene.write_keys(ticket, issue.key)
    moved = scene.vendors.jira.issues.move(issue.id, "NEW")
    scene.wait_quiet()
    assert scene.linked(ticket) == {(ticket, moved.key)}


def test_the_text_that_made_the_link_holds_it_after_the_move(scene: Scene) -> None:
    ticket, issue = scene.pair()
    scene.write_keys(ticket, issue.key)
    moved = scene.vendors.jira.issues.move(issue.id, "NEW")
    scene.wait_quiet()
    scene.write_keys(ticket, f"{issue.key} !")
    assert scene.linked(ticket) == {(ticket, moved.key)}
    scene.write_keys(ticket, "")
    assert scene.linked(ticket) == set()


def test_a_key_from_before_a_move_is_found(scene: Scene) -> None:
    ticket, issue = scene.pair()
    moved = scene.vendors.jira.issues.move(issue.id, "NEW")
    scene.wait_quiet()
    scene.write_keys(ticket, issue.key)
    assert scene.linked(ticket) == {(ticket, moved.key)}


def test_a_hand_made_link_of_a_moved_issue_is_left_as_it_is(scene: Scene) -> None:
    ticket, issue = scene.pair()
    scene.vendors.link_table.add(ticket, issue.id, issue.key)
    scene.write_keys(ticket, issue.key)
    scene.vendors.jira.issues.move(issue.id, "NEW")
    scene.wait_quiet()
    assert scene.linked(ticket) == {(ticket, issue.key)}


def test_a_deleted_issue_loses_the_links_that_are_ours(scene: Scene) -> None:
    (ticket, adopter), (issue,) = scene.cast(tickets=2)
    scene.vendors.link_table.add(adopter, issue.id, issue.key)
    for one in (ticket, adopter):
        scene.write_keys(one, issue.key)
    scene.vendors.jira.issues.delete(issue.id)
    scene.wait_quiet()
    assert scene.linked(ticket, adopter) == {(adopter, issue.key)}


def test_a_merged_tickets_links_are_carried_to_the_other(scene: Scene) -> None:
    (source, target), (one, two) = scene.cast(tickets=2, issues=2)
    scene.write_keys(source, one.key)
    scene.write_keys(target, two.key)
    scene.vendors.zendesk.tickets.merge(source, target)
    scene.wait_quiet()
    assert scene.linked(source, target) == {(target, one.key), (target, two.key)}


def test_a_ticket_in_the_bin_keeps_its_links_and_an_emptied_bin_takes_them(scene: Scene) -> None:
    (ticket, adopter), (issue,) = scene.cast(tickets=2)
    scene.vendors.link_table.add(adopter, issue.id, issue.key)
    both = {(one, issue.key) for one in (ticket, adopter)}
    for one in (ticket, adopter):
        scene.write_keys(one, issue.key)
        scene.vendors.zendesk.tickets.soft_delete(one)
    scene.wait_quiet()
    assert scene.linked(ticket, adopter) == both
    for one in (ticket, adopter):
        scene.vendors.zendesk.tickets.permanently_delete(one)
    scene.wait_quiet()
    assert scene.linked(ticket, adopter) == {(adopter, issue.key)}


def test_a_ticket_taken_out_of_the_bin_or_marked_as_spam_keeps_its_links(scene: Scene) -> None:
    ticket, issue = scene.pair()
    scene.write_keys(ticket, issue.key)
    for happens in (tickets := scene.vendors.zendesk.tickets).soft_delete, tickets.undelete, tickets.mark_as_spam:
        happens(ticket)
        scene.wait_quiet()
        assert scene.linked(ticket) == {(ticket, issue.key)}


def test_an_event_that_holds_the_field_needs_no_reading_however_often_it_changes(scene: Scene) -> None:
    (ticket,), (one, two) = scene.cast(issues=2)
    with scene.events("custom_field_changed"):
        for keys in (one.key, f"{one.key} {two.key}", two.key):
            scene.write_keys(ticket, keys)
    assert scene.linked(ticket) == {(ticket, two.key)}
    assert scene.calls() == [
        f"Jira: look up {one.key} → 200",
        *scene.looks(ticket),
        f"Zendesk: link {ticket} {one.key} → 201",
        f"Jira: look up {two.key} → 200",
        *scene.looks(ticket),
        f"Zendesk: link {ticket} {two.key} → 201",
        f"Zendesk: unlink {ticket} {one.key} → 204",
    ]


def test_a_birth_without_fields_is_cleared_up_by_reading_them(scene: Scene) -> None:
    _, (issue,) = scene.cast(tickets=0)
    with scene.events("created"):
        ticket = scene.vendors.ticket(issue.key)
        scene.wait_quiet()
    assert scene.linked(ticket) == {(ticket, issue.key)}
    assert scene.calls()[0] == f"Zendesk: GET tickets/{ticket} → 200"


@contextmanager
def automation_alone(scene: Scene, *, trigger: str, event: str) -> Iterator[None]:
    """A site without admin webhooks, with one automation rule as the setup guide has it."""
    senders, rules = scene.vendors.senders, scene.vendors.jira.rules
    body = f'{{"event": "{event}", "issue_id": "{{{{issue.id}}}}", "issue_key": "{{{{issue.key}}}}"}}'
    bearer = {"name": "Authorization", "value": f"Bearer {senders.automation.token}"}
    action = {"url": senders.automation.url, "headers": [bearer], "contentType": "custom", "customBody": body}
    component = {"type": "jira.issue.outgoing.webhook", "value": action}
    rule = rules.put({"state": "ENABLED", "trigger": {"type": trigger}, "components": [component]})
    senders.webhook.enabled = False
    try:
        yield
    finally:
        senders.webhook.enabled = True
        rules.remove(rule)


def test_automation_tells_of_a_deletion(scene: Scene) -> None:
    ticket, issue = scene.pair()
    scene.write_keys(ticket, issue.key)
    with automation_alone(scene, trigger=DELETED, event="deleted"):
        scene.vendors.jira.issues.delete(issue.id)
        scene.wait_quiet()
    assert scene.linked(ticket) == set()


def test_automation_tells_of_a_move(scene: Scene) -> None:
    (by_field, by_issue), (issue,) = scene.cast(tickets=2)
    scene.write_keys(by_field, issue.key)
    scene.write_tickets(issue, str(by_issue))
    with automation_alone(scene, trigger=MOVED, event="moved"):
        moved = scene.vendors.jira.issues.move(issue.id, "NEW")
        scene.wait_quiet()
        assert scene.linked(by_field, by_issue) == {(by_field, moved.key), (by_issue, moved.key)}
        again = scene.vendors.jira.issues.move(
            issue.id, "NEWER"
        )  # within the ten minutes in which its time tells nothing
        scene.wait_quiet()
    assert scene.linked(by_field, by_issue) == {(by_field, again.key), (by_issue, again.key)}
