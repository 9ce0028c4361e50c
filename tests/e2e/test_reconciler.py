"""The reconciler finds what senders dropped (issue: best-effort deliveries)."""

from collections.abc import Iterator

import pytest

from local.aws.stack import Stack
from local.jira.issue import SimulatedIssue
from tests.e2e.scene import Scene

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e-storm")]

TICKETS, ISSUES = 24, 8
MOST_CALLS_WHEN_QUIET = 4


@pytest.fixture
def scene(storm: Stack) -> Iterator[Scene]:
    """A stack whose reconciler has begun; its Zendesk's export shows the latest minute too."""
    exports = storm.vendors.zendesk.exports
    before, exports.excluded_seconds = exports.excluded_seconds, 0.0
    storm.reconcile()
    yield Scene(storm)
    storm.vendors.senders.pace.faults.clear()
    exports.excluded_seconds = before


def test_one_run_makes_the_links_equal_the_fields_when_one_in_five_deliveries_is_dropped(scene: Scene) -> None:
    tickets, issues = scene.cast(tickets=TICKETS, issues=ISSUES)
    dropped = _edit_everything(scene, tickets, issues)
    assert dropped >= TICKETS / 5
    assert scene.linked(*tickets) != _named(tickets, issues)

    assert scene.stack.reconcile() == "finished"
    scene.wait_quiet()
    assert scene.linked(*tickets) == _named(tickets, issues)
    assert scene.stack.dead_letters() == []

    scene.begin()
    assert scene.stack.reconcile() == "finished"
    assert scene.stack.depth().total == 0
    assert len(scene.raw_calls()) <= MOST_CALLS_WHEN_QUIET


def test_what_happened_to_an_issue_or_a_ticket_itself_is_found_too(scene: Scene) -> None:
    (moved_from, erased, binned), (issue, other) = scene.cast(tickets=3, issues=2)
    for ticket in (moved_from, erased, binned):
        scene.write_keys(ticket, f"{issue.key} {other.key}")
    with scene.dropping_deliveries():
        moved = scene.vendors.jira.issues.move(issue.id, "NEW")
        for ticket in (erased, binned):
            scene.vendors.zendesk.tickets.soft_delete(ticket)
        scene.vendors.zendesk.tickets.permanently_delete(erased)
    scene.stack.reconcile()
    scene.wait_quiet()
    kept = {(ticket, key) for ticket in (moved_from, binned) for key in (moved.key, other.key)}
    assert scene.linked(moved_from, erased, binned) == kept


def _edit_everything(scene: Scene, tickets: list[int], issues: list[SimulatedIssue]) -> int:
    """Every field is edited, some twice, while one delivery in five is dropped; how many were."""
    vendors, before = scene.vendors, _lost(scene)
    vendors.senders.pace.faults.drop = 0.2
    for number, ticket in enumerate(tickets):
        vendors.write_keys(ticket, f"{issues[number % ISSUES].key} {issues[(number + 1) % ISSUES].key}")
    scene.wait_quiet()
    for number, ticket in enumerate(tickets):
        vendors.write_keys(ticket, issues[number % ISSUES].key)
    for number, issue in enumerate(issues):
        vendors.write_tickets(issue.id, str(tickets[number + 3]))
    scene.wait_quiet()
    vendors.senders.pace.faults.clear()
    return _lost(scene) - before


def _lost(scene: Scene) -> int:
    return sum(delivery.state == "lost" for delivery in scene.vendors.senders.deliveries())


def _named(tickets: list[int], issues: list[SimulatedIssue]) -> set[tuple[int, str]]:
    """What the fields name after `_edit_everything`."""
    by_tickets = {(ticket, issues[number % ISSUES].key) for number, ticket in enumerate(tickets)}
    return by_tickets | {(tickets[number + 3], issue.key) for number, issue in enumerate(issues)}
