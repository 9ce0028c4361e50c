"""People are told of wrong references by notes and comments, while a trigger fires for every change of a ticket."""

from collections.abc import Iterator

import pytest

from linksync.core.wrong_references import comment_on_issue, note_on_ticket
from local.aws.stack import Stack
from local.vendors import SimulatedVendors
from tests.e2e.scene import Scene

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("notices")]


@pytest.fixture(scope="module")
def noting() -> Iterator[Stack]:
    with SimulatedVendors() as vendors, Stack(vendors, parameters={"WrongReferenceNotice": "note"}) as stack:
        vendors.senders.events.kinds.discard("created")
        vendors.senders.trigger.fire_on_every_change()
        yield stack


@pytest.fixture
def scene(noting: Stack) -> Iterator[Scene]:
    yield Scene(noting)
    assert noting.dead_letters() == []


def notes(scene: Scene, ticket: int) -> list[tuple[str, bool]]:
    """Every comment of the ticket but its first."""
    return [(one.body, one.public) for one in scene.vendors.zendesk.tickets.get(ticket).comments[1:]]


def test_a_wrong_key_gets_one_internal_note_and_the_trigger_that_it_sets_off_does_nothing(scene: Scene) -> None:
    ticket, issue = scene.pair()
    fired = len(scene.vendors.senders.trigger.courier.deliveries)
    scene.write_keys(ticket, f"{issue.key} NOPE-1")
    assert scene.linked(ticket) == {(ticket, issue.key)}
    assert notes(scene, ticket) == [(note_on_ticket({"NOPE-1"}), False)]
    assert len(scene.vendors.senders.trigger.courier.deliveries) == fired + 2  # for the edit, and for our note
    scene.begin()
    scene.vendors.zendesk.tickets.edit(ticket, status="pending")
    scene.wait_quiet()
    assert scene.calls() == []
    scene.write_keys(ticket, issue.key)
    scene.write_keys(ticket, f"{issue.key} NOPE-1 NOPE-2")
    assert [text for text, _ in notes(scene, ticket)] == [note_on_ticket({"NOPE-1"}), note_on_ticket({"NOPE-2"})]


def test_a_wrong_number_gets_one_comment_that_customers_of_a_service_project_do_not_see(scene: Scene) -> None:
    ticket, issue = scene.pair()
    scene.vendors.jira.about.service_projects.add("HELP")
    help_issue = scene.vendors.issue("HELP")
    for one in (issue, help_issue):
        scene.write_tickets(one, f"{ticket} 999001")
        scene.write_tickets(one, None)
        scene.write_tickets(one, f"{ticket} 999001")
    assert scene.linked(ticket) == {(ticket, issue.key), (ticket, help_issue.key)}
    for one, internal in ((issue, False), (help_issue, True)):
        (comment,) = scene.vendors.jira.issues.get(one.id).comments
        assert (comment.body, comment.internal) == (comment_on_issue({"999001"}), internal)


def test_a_ticket_that_is_closed_meanwhile_takes_no_note_and_nothing_fails(scene: Scene) -> None:
    ticket, _ = scene.pair()
    scene.vendors.zendesk.faults.add(
        method="PUT",
        path=f"/tickets/{ticket}",
        status=422,
        body='{"error": "RecordInvalid", "details": {"status": [{"description": "closed prevents ticket update"}]}}',
    )
    scene.write_keys(ticket, "NOPE-3")
    assert notes(scene, ticket) == []
    assert [call for call in scene.raw_calls() if call.method == "PUT"] != []
