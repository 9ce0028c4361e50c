"""`ProjectKeys` as a boundary: from a body that claims any key to the links at Zendesk, through parser and worker."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from linksync.core.messages import IssueStatement, OperatorAction, OperatorCommand, TicketStatement
from linksync.core.projects import ProjectList
from linksync.core.wrong_references import WrongReferenceNotice
from linksync.inbound import jira, jira_automation, zendesk
from linksync.references.fields import IssueField, TicketField
from linksync.worker.dependencies import Dependencies
from linksync.worker.run_log import RunLog
from tests.unit.worker.stack import Stack

ALLOWED = "SHOP"
FIELD = IssueField.configured(field_id="customfield_10050", project_keys=ALLOWED, zendesk_subdomain="acme")
TICKET_FIELD = TicketField.configured(field_id="360", project_keys=ALLOWED, jira_base_url="")
TICKET, ISSUE = "5001", "10001"


class Bounded(Stack):
    """A stack with `ProjectKeys`, one ticket and one issue."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self.allowed = ProjectList(FIELD.projects)
        self.zendesk.fields[TICKET] = ()
        self.new_issue(ISSUE, key)

    def _dependencies(self, run: RunLog, seconds_left: Callable[[], float]) -> Dependencies:
        return replace(super()._dependencies(run, seconds_left), projects=self.allowed)

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

    def trigger(self, text: str) -> None:
        """Zendesk's trigger states this of the ticket."""
        body = json.dumps({"ticket_id": TICKET, "issue_keys": text}).encode()
        parsed = zendesk.parse(body, self.tick(), field=TICKET_FIELD).content
        assert isinstance(parsed, TicketStatement)
        self.zendesk.fields[TICKET] = parsed.issue_keys or ()
        self._take(parsed)

    def _take(self, content: object) -> None:
        assert isinstance(content, IssueStatement | TicketStatement)
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


# ── the ticket's side: whatever key is written, the one that Jira tells decides ──────────────────────────────────


def test_a_ticket_that_names_the_old_key_of_an_issue_of_the_list_is_linked() -> None:
    stack = Bounded("OLD-7")
    stack.move("SHOP-1")
    stack.trigger("OLD-7")
    assert stack.zendesk.links == {(TICKET, ISSUE): "SHOP-1"}


def test_a_ticket_that_names_a_key_of_the_list_whose_issue_has_left_it_is_linked_with_nobody() -> None:
    stack = Bounded("SHOP-1")
    stack.move("HR-7")
    stack.trigger("SHOP-1")
    assert (stack.linked(TICKET), stack.lane(TICKET).facts.not_found) == (set(), {"SHOP-1"})


def test_a_ticket_that_names_an_issue_outside_the_list_costs_one_look_and_tells_nobody() -> None:
    stack = Bounded("HR-7")
    stack.notice = WrongReferenceNotice.NOTE
    first = stack.bill(lambda: stack.trigger("HR-7"))
    again = stack.bill(lambda: stack.trigger("HR-7"))
    assert (stack.linked(TICKET), stack.zendesk.notes) == (set(), [])  # a note would tell of an issue that is there
    assert {call: n for call, n in first.items() if call.startswith(("jira", "zendesk"))} == {"jira find": 1}
    assert [call for call in again if call.startswith(("jira", "zendesk"))] == []


def test_a_link_that_an_operator_made_is_not_claimed_by_a_field_outside_the_list() -> None:
    stack = Bounded("HR-7")
    command = OperatorCommand(
        ticket_id=TICKET, issue_id=ISSUE, issue_key="HR-7", action=OperatorAction.LINK, at=stack.tick()
    )
    stack.deliver(command)
    stack.trigger("HR-7")
    assert stack.lane(TICKET).links[ISSUE].texts == frozenset()


def test_a_list_that_is_made_shorter_withdraws_nothing_from_a_ticket() -> None:
    stack = Bounded("HR-7")
    stack.allowed = ProjectList(frozenset({"HR", "SHOP"}))
    stack.trigger("HR-7")
    stack.allowed = ProjectList(FIELD.projects)
    stack.trigger("HR-7")
    assert stack.linked(TICKET) == {ISSUE}
