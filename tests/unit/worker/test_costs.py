"""What an event costs: calls to Zendesk and Jira, and to DynamoDB.  A link is written twice: its intent, and its state.

`items` are records written, in `batch_write` calls; `notices` are messages of our own to tickets' lanes.  The
idempotency pair is counted in tests/integration/worker.
"""

from dataclasses import replace

import pytest

from linksync.core.messages import LifecycleEvent, TicketStatement
from tests.unit.worker.stack import Stack

A_QUERY = {"query": 1}


def bill(stack: Stack, payload: object) -> dict[str, int]:
    return stack.bill(lambda: stack.deliver(payload))  # type: ignore[arg-type]


def test_a_ticket_gains_keys_never_seen(stack: Stack) -> None:
    told = stack.edit_ticket("5001", "PROJ-1", "PROJ-2", "OPS-3")
    assert bill(stack, told) == A_QUERY | {
        "zendesk create": 3,
        "jira find": 1,
        "batch_write": 4,  # each intent with the outcome before it; then the last link and what the ticket stated
        "items": 7,
        "notices": 1,  # the statement itself, as the receiver queues it
    }


def test_a_ticket_gains_a_key_beside_others(stack: Stack) -> None:
    stack.deliver(stack.edit_ticket("5001", "PROJ-1", "PROJ-2"))
    told = stack.edit_ticket("5001", "PROJ-1", "PROJ-2", "OPS-3")
    assert bill(stack, told) == A_QUERY | {
        "zendesk create": 1,
        "jira find": 1,
        "batch_write": 2,
        "items": 3,
        "notices": 1,
    }


def test_a_duplicate_costs_no_call_at_all(stack: Stack) -> None:
    told = stack.edit_ticket("5001", "PROJ-1")
    stack.post(told, delivery="d1")
    stack.run_until_idle()
    again = stack.bill(lambda: (stack.post(told, delivery="d1"), stack.run_until_idle()))  # type: ignore[func-returns-value]
    assert again == {"notices": 1}


def test_a_duplicate_under_another_name(stack: Stack) -> None:
    told = stack.edit_ticket("5001", "PROJ-1")
    stack.deliver(told)
    assert bill(stack, told) == A_QUERY | {"notices": 1}


def test_the_same_said_later(stack: Stack) -> None:
    stack.deliver(stack.edit_ticket("5001", "PROJ-1", "UTF-8"))
    told = stack.edit_ticket("5001", "UTF-8", "PROJ-1")
    assert bill(stack, told) == A_QUERY | {"batch_write": 1, "items": 1, "notices": 1}  # when it was stated last
    assert stack.metric("NothingToDo") == 1


def test_an_empty_field_never_heard_of(stack: Stack) -> None:
    assert bill(stack, stack.edit_ticket("5001")) == A_QUERY | {"batch_write": 1, "items": 1, "notices": 1}


def test_a_stale_statement(stack: Stack) -> None:
    old = stack.edit_ticket("5001", "PROJ-2")
    stack.deliver(stack.edit_ticket("5001", "PROJ-1"))
    assert bill(stack, old) == A_QUERY | {"notices": 1}


def test_a_ticket_loses_keys(stack: Stack) -> None:
    stack.deliver(stack.edit_ticket("5001", "PROJ-1", "PROJ-2", "OPS-3"))
    told = stack.edit_ticket("5001", "OPS-3")
    assert bill(stack, told) == A_QUERY | {"zendesk delete": 2, "batch_write": 3, "items": 5, "notices": 1}


def test_a_link_that_was_there_first_costs_no_delete(stack: Stack) -> None:
    stack.link_by_hand("5001", "10001")
    stack.deliver(stack.edit_ticket("5001", "PROJ-1"))
    told = stack.edit_ticket("5001")
    assert bill(stack, told) == A_QUERY | {"batch_write": 1, "items": 2, "notices": 1}


def test_an_unknown_key_is_asked_for_once(stack: Stack) -> None:
    told = stack.edit_ticket("5001", "UTF-8")
    # What the ticket states, and for the reconciler that its lane is to be looked at again.
    assert bill(stack, told) == A_QUERY | {"jira find": 1, "batch_write": 1, "items": 2, "notices": 1}
    for keys in (("UTF-8",), (), ()):
        cost = bill(stack, stack.edit_ticket("5001", *keys))
        assert "jira find" not in cost
    assert stack.metric("KeysNotFound") == 1


def test_an_issue_gains_tickets(stack: Stack) -> None:
    told = stack.edit_issue("10001", "5001", "5002")
    assert bill(stack, told) == {
        "zendesk create": 2,
        "query": 3,  # its own lane and one a ticket
        "batch_write": 5,
        "items": 5,  # what it stated; an intent and a link a ticket
        "notices": 3,
    }


def test_an_issue_loses_a_ticket(stack: Stack) -> None:
    stack.deliver(stack.edit_issue("10001", "5001", "5002"))
    told = stack.edit_issue("10001", "5002")
    assert bill(stack, told) == {"zendesk delete": 1, "query": 2, "batch_write": 3, "items": 3, "notices": 2}


def test_an_issue_that_both_sides_name_gains_no_call(stack: Stack) -> None:
    stack.deliver(stack.edit_ticket("5001", "PROJ-1"))
    gained = bill(stack, stack.edit_issue("10001", "5001"))
    lost = bill(stack, stack.edit_ticket("5001"))
    assert gained == {"query": 2, "batch_write": 2, "items": 2, "notices": 2}
    assert lost == A_QUERY | {"batch_write": 1, "items": 2, "notices": 1}
    assert stack.linked() == {"10001"}


def test_an_issue_that_says_the_same(stack: Stack) -> None:
    told = stack.edit_issue("10001", "5001")
    stack.deliver(told)
    assert bill(stack, told) == A_QUERY | {"notices": 1}
    later = replace(told, at=stack.tick())
    assert bill(stack, later) == A_QUERY | {"batch_write": 1, "items": 1, "notices": 1}


@pytest.mark.parametrize("linked", [1, 2, 3])
def test_a_moved_issue_costs_a_delete_and_a_create_a_link(stack: Stack, linked: int) -> None:
    stack.deliver(stack.edit_issue("10001", *["5001", "5002", "5003"][:linked]))
    stack.jira.keys["10001"] = "NEW-5"
    silent = replace(stack.edit_issue("10001", lifecycle=LifecycleEvent.MOVED), ticket_ids=None)
    assert bill(stack, silent) == {
        "zendesk delete": linked,
        "zendesk create": linked,
        "query": 1 + 2 * linked,  # each ticket's lane looks whether the issue has moved on
        "query_index": 1,
        "batch_write": 1 + 2 * linked,
        "items": 2 + 2 * linked,  # the reconciler is to look for links that the index did not show yet
        "notices": 1 + linked,
    }
    assert set(stack.zendesk.links.values()) == {"NEW-5"}


def test_a_deleted_issue_costs_a_delete_a_link(stack: Stack) -> None:
    stack.deliver(stack.edit_issue("10001", "5001"), stack.edit_ticket("5002", "PROJ-1"))
    gone = stack.edit_issue("10001", lifecycle=LifecycleEvent.DELETED)
    cost = bill(stack, gone)
    assert {name: number for name, number in cost.items() if " " in name} == {"zendesk delete": 2}
    assert stack.zendesk.links == {}


# ── doubt ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_ticket_in_doubt_costs_one_reread(stack: Stack) -> None:
    first = replace(stack.edit_ticket("5001", "PROJ-1"), exact=False)
    second = replace(stack.edit_ticket("5001", "PROJ-2"), exact=False)
    stack.deliver(first)
    cost = bill(stack, second)
    assert {name: number for name, number in cost.items() if " " in name} == {
        "zendesk read": 1,
        "zendesk create": 1,
        "zendesk delete": 1,
        "jira find": 1,
    }
    assert (stack.linked(), stack.metric("Rereads")) == ({"10002"}, 1)


def test_a_ticket_whose_body_was_broken_costs_one_reread(stack: Stack) -> None:
    stack.deliver(stack.edit_ticket("5001", "PROJ-1"))
    broken = TicketStatement(ticket_id="5001", issue_keys=None, at=stack.tick(), exact=False)
    # Two runs: a copy at Zendesk may lag behind the change, so it is read some seconds later.
    assert bill(stack, broken) == {"query": 2, "zendesk read": 1, "batch_write": 1, "items": 1, "notices": 1}


def test_an_issue_in_doubt_costs_one_reread(stack: Stack) -> None:
    told = stack.edit_issue("10001", "5001")
    silent = replace(told, ticket_ids=None)
    cost = bill(stack, silent)
    assert {name: number for name, number in cost.items() if " " in name} == {"jira read": 1, "zendesk create": 1}
    assert (stack.linked(), stack.metric("Rereads")) == ({"10001"}, 1)


@pytest.mark.parametrize("exact", [True, False])
def test_a_statement_that_waited_long_is_read_again_only_if_waiting_can_outdate_it(stack: Stack, exact: bool) -> None:
    told = replace(stack.edit_ticket("5001", "PROJ-1"), exact=exact)
    stack.clock.now += 601
    stack.post(told, received_at=told.at)
    cost = stack.bill(stack.run_until_idle)
    assert cost.get("zendesk read", 0) == (0 if exact else 1)
    assert stack.linked() == {"10001"}
