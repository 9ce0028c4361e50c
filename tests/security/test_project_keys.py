"""`ProjectKeys` as a boundary: from a body that claims any key to the links at Zendesk, through parser and worker."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from linksync.core.messages import IssueStatement
from linksync.core.projects import ProjectList
from linksync.inbound import jira, jira_automation
from linksync.references.fields import IssueField
from linksync.worker.dependencies import Dependencies
from linksync.worker.run_log import RunLog
from tests.unit.worker.stack import Stack

ALLOWED = "SHOP"
FIELD = IssueField.configured(field_id="customfield_10050", project_keys=ALLOWED, zendesk_subdomain="acme")
TICKET, ISSUE = "5001", "10001"


class Bounded(Stack):
    """A stack with `ProjectKeys`, one ticket and one issue."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self.zendesk.fields[TICKET] = ()
        self.new_issue(ISSUE, key)

    def _dependencies(self, run: RunLog, seconds_left: Callable[[], float]) -> Dependencies:
        return replace(super()._dependencies(run, seconds_left), projects=ProjectList(FIELD.projects))

    def names(self, *ticket_ids: str) -> None:
        """What the issue's field holds in Jira."""
        self.jira.fields[ISSUE] = ticket_ids

    def move(self, key: str) -> None:
        """The issue bears another key in Jira."""
        self.jira.keys[ISSUE] = key
        self.jira.known_as[key] = ISSUE

    def webhook(self, key: str, text: str, *, moved: bool = False) -> None:
        """Jira's admin webhook, or whoever has its secret, states this of the issue."""
        items = [{"field": "Tickets", "fieldtype": "custom", "fieldId": FIELD.id, "toString": text}]
        items += [{"field": "Key", "fieldtype": "jira", "toString": key}] if moved else []
        body: dict[str, Any] = {"webhookEvent": "jira:issue_updated", "timestamp": int(self.tick() * 1000)}
        body |= {"issue": {"id": ISSUE, "key": key, "fields": {FIELD.id: text}}, "changelog": {"items": items}}
        self._take(jira.parse(json.dumps(body).encode(), self.clock.now, field=FIELD).content)

    def automation(self, key: str, text: str) -> None:
        """Jira's automation, or whoever has its token, states this of the issue."""
        body = json.dumps({"issue_id": ISSUE, "issue_key": key, "ticket_ids": text}).encode()
        self._take(jira_automation.parse(body, self.clock.now, field=FIELD).content)

    def _take(self, content: object) -> None:
        assert isinstance(content, IssueStatement)
        self.clock.now += 60
        self.deliver(content)


@pytest.mark.parametrize("sender", ["webhook", "automation"])
def test_an_issue_that_claims_a_key_of_the_list_is_linked_with_nobody(sender: str) -> None:
    stack = Bounded("HR-7")
    stack.names(TICKET)
    getattr(stack, sender)("SHOP-1", TICKET)
    assert stack.linked(TICKET) == set()


@pytest.mark.parametrize("sender", ["webhook", "automation"])
def test_an_issue_of_the_list_is_linked_whatever_key_it_is_called_by(sender: str) -> None:
    stack = Bounded("SHOP-1")
    stack.names(TICKET)
    getattr(stack, sender)("HR-7", TICKET)
    assert stack.linked(TICKET) == {ISSUE}


@pytest.mark.parametrize("sender", ["webhook", "automation"])
def test_an_issue_that_left_the_list_takes_its_claim_back_though_its_move_was_never_delivered(sender: str) -> None:
    stack = Bounded("SHOP-1")
    stack.names(TICKET)
    stack.webhook("SHOP-1", TICKET)
    assert stack.linked(TICKET) == {ISSUE}
    stack.move("HR-7")
    getattr(stack, sender)("HR-7", TICKET)
    assert stack.linked(TICKET) == set()


def test_an_issue_that_is_told_to_have_left_the_list_takes_its_claim_back() -> None:
    stack = Bounded("SHOP-1")
    stack.names(TICKET)
    stack.webhook("SHOP-1", TICKET)
    stack.move("HR-7")
    stack.webhook("HR-7", TICKET, moved=True)
    assert stack.linked(TICKET) == set()


def test_an_issue_that_comes_into_the_list_claims_what_its_field_names() -> None:
    stack = Bounded("HR-7")
    stack.names(TICKET)
    stack.webhook("HR-7", TICKET)
    assert stack.linked(TICKET) == set()
    stack.move("SHOP-1")
    stack.webhook("SHOP-1", TICKET, moved=True)
    assert stack.linked(TICKET) == {ISSUE}


def test_an_issue_outside_the_list_costs_one_call_when_it_is_new_and_none_later() -> None:
    stack = Bounded("HR-7")
    stack.names(TICKET)
    first = stack.bill(lambda: stack.webhook("HR-7", TICKET))
    assert {call: number for call, number in first.items() if call.startswith(("jira", "zendesk"))} == {"jira read": 1}
    stack.clock.now += 60
    stack.names("5002")
    second = stack.bill(lambda: stack.webhook("HR-7", "5002"))
    assert [call for call in second if call.startswith(("jira", "zendesk"))] == []
    assert second["notices"] == 1  # the message itself
