"""Every change of a link that the worker makes, meets or finds is a line of its ticket's history, with the reason."""

import pytest

from linksync.core.messages import LifecycleEvent, OperatorAction, OperatorCommand
from linksync.errors import UpstreamRefused
from tests.unit.worker.stack import Stack


@pytest.fixture(autouse=True)
def with_history(stack: Stack) -> None:
    stack.history_days = 400


def lines(stack: Stack, ticket_id: str = "5001") -> list[tuple[str, str]]:
    """What happened and why, oldest first."""
    return [(line.event.value, line.why) for line in sorted(stack.ledger.history(ticket_id), key=lambda line: line.at)]


def events(stack: Stack, ticket_id: str = "5001") -> list[str]:
    return sorted(event for event, _ in lines(stack, ticket_id))


def move(stack: Stack, key: str) -> None:
    stack.move_issue(key)
    stack.deliver(stack.edit_issue("10001", lifecycle=LifecycleEvent.MOVED))


def test_a_create_that_zendesk_refuses_is_a_line_with_what_it_answered(stack: Stack) -> None:
    stack.zendesk.refuses["5001", "10001"] = UpstreamRefused("Zendesk: POST /links was answered 422.")
    stack.deliver(stack.edit_ticket("5001", "PROJ-1"))
    assert lines(stack) == [("refused", "Zendesk: POST /links was answered 422.")]


def test_a_ticket_that_zendesk_does_not_know_is_a_line(stack: Stack) -> None:
    stack.zendesk.refuses["5001", "10001"] = UpstreamRefused("Zendesk: POST /links was answered 404.")
    told = stack.edit_ticket("5001", "PROJ-1")
    del stack.zendesk.fields["5001"]
    stack.deliver(told)
    assert lines(stack) == [("ticket_missing", "Zendesk does not know the ticket")]


def test_a_move_is_three_lines(stack: Stack) -> None:
    stack.deliver(stack.edit_ticket("5001", "PROJ-1"))
    move(stack, "NEW-5")
    assert events(stack) == ["made", "made", "rekeyed", "removed"]
    assert ("removed", "its issue has another key") in lines(stack)
    assert ("rekeyed", "its issue has another key") in lines(stack)


def test_a_link_that_somebody_removed_before_its_issue_moved_stays_away(stack: Stack) -> None:
    stack.deliver(stack.edit_ticket("5001", "PROJ-1"))
    del stack.zendesk.links["5001", "10001"]
    move(stack, "NEW-5")
    assert events(stack) == ["absent", "made", "unlinked"]
    assert ("unlinked", "it was not there when its issue got another key") in lines(stack)


def test_a_link_that_was_to_be_removed_and_is_not_there_is_absent(stack: Stack) -> None:
    stack.deliver(stack.edit_ticket("5001", "PROJ-1"))
    del stack.zendesk.links["5001", "10001"]
    stack.deliver(stack.edit_ticket("5001"))
    assert events(stack) == ["absent", "made"]


def test_what_nobody_names_and_is_not_ours_is_forgotten(stack: Stack) -> None:
    stack.link_by_hand("5001", "10001")
    stack.deliver(stack.edit_ticket("5001", "PROJ-1"), stack.edit_ticket("5001"))
    assert ("adopted", "it was there already") in lines(stack)
    assert ("forgotten", "nothing names it any more, and it is not ours to remove") in lines(stack)


def test_a_merge_is_a_line_of_the_merged_ticket_and_one_of_its_target(stack: Stack) -> None:
    stack.deliver(stack.edit_ticket("5001", "PROJ-1"), stack.edit_ticket("5002"))
    stack.deliver(stack.merge_ticket("5001", into="5002"))
    assert events(stack) == ["made", "removed", "transferred"]
    assert ("transferred", "its ticket was merged") in lines(stack)
    assert ("removed", "its ticket was merged") in lines(stack)
    assert events(stack, "5002") == ["made"]


def test_what_an_operator_removes_says_so(stack: Stack) -> None:
    stack.deliver(stack.edit_ticket("5001", "PROJ-1"))
    command = OperatorCommand(
        ticket_id="5001", issue_id="10001", issue_key="PROJ-1", action=OperatorAction.UNLINK, at=stack.tick()
    )
    stack.deliver(command)
    assert lines(stack)[-1] == ("removed", "an operator asked for it")


def test_every_line_tells_the_delivery_and_the_source_that_brought_it_about(stack: Stack) -> None:
    stack.deliver(stack.edit_ticket("5001", "PROJ-1"))
    (line,) = stack.ledger.history("5001")
    assert (line.delivery, line.source, line.issue.key) == ("d1", "test", "PROJ-1")
