"""One edit of five hundred references that nobody answers to makes no five hundred of anything.

From the sender's body to the calls, through parser and worker.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from linksync.core.messages import IssueStatement, TicketStatement
from linksync.core.wrong_references import WrongReferenceNotice
from linksync.inbound import jira, zendesk
from linksync.references.fields import MOST_REFERENCES, IssueField, TicketField
from tests.unit.worker.stack import Stack

ISSUE_FIELD = IssueField.configured(field_id="customfield_10050", project_keys="", zendesk_subdomain="acme")
TICKET_FIELD = TicketField.configured(field_id="360", project_keys="", jira_base_url="")
NUMBERS = tuple(str(number) for number in range(7_001, 7_001 + MOST_REFERENCES))
KEYS = tuple(f"NOPE-{number}" for number in range(1, 1 + MOST_REFERENCES))


@pytest.fixture(params=list(WrongReferenceNotice))
def stack(request: pytest.FixtureRequest) -> Stack:
    stack = Stack()
    stack.notice = request.param
    stack.zendesk.fields["5001"] = ()
    stack.new_issue("10001", "PROJ-1")
    return stack


def issue_edit(stack: Stack) -> IssueStatement:
    text = " ".join(NUMBERS)
    stack.jira.fields["10001"] = NUMBERS
    items = [{"field": "Tickets", "fieldtype": "custom", "fieldId": ISSUE_FIELD.id, "toString": text}]
    body: dict[str, Any] = {"webhookEvent": "jira:issue_updated", "timestamp": int(stack.tick() * 1000)}
    body |= {"issue": {"id": "10001", "key": "PROJ-1", "fields": {ISSUE_FIELD.id: text}}, "changelog": {"items": items}}
    parsed = jira.parse(json.dumps(body).encode(), stack.clock.now, field=ISSUE_FIELD).content
    assert isinstance(parsed, IssueStatement)
    return parsed


def ticket_edit(stack: Stack) -> TicketStatement:
    stack.zendesk.fields["5001"] = KEYS
    body = json.dumps({"ticket_id": "5001", "issue_keys": " ".join(KEYS)}).encode()
    parsed = zendesk.parse(body, stack.tick(), field=TICKET_FIELD).content
    assert isinstance(parsed, TicketStatement)
    return parsed


def unread(statement: IssueStatement) -> IssueStatement:
    """The same from a sender that shows no field: so the field is read."""
    return replace(statement, ticket_ids=None)


def within_bounds(stack: Stack, work: Callable[[], None]) -> None:
    bill = stack.bill(work)
    upstream = sum(number for name, number in bill.items() if name.startswith(("zendesk", "jira")))
    assert upstream <= 8, bill
    assert (bill["notices"], bill["items"] <= 8, stack.queue.dead) == (1, True, [])


@pytest.mark.parametrize("sent", [lambda statement: statement, unread], ids=["shown", "read"])
def test_an_issue_that_names_five_hundred_unknown_tickets(
    stack: Stack, sent: Callable[[IssueStatement], IssueStatement]
) -> None:
    statement = sent(issue_edit(stack))
    stack.clock.now += 60
    within_bounds(stack, lambda: stack.deliver(statement))


def test_a_ticket_that_names_five_hundred_unknown_keys(stack: Stack) -> None:
    within_bounds(stack, lambda: stack.deliver(ticket_edit(stack)))
