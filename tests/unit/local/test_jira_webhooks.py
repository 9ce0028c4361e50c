"""Webhooks and automation rules that are made over Jira's APIs are the ones that fire, as they were made."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from local.http.messages import HttpRequest
from local.jira.site import CLOUD_ID
from local.jira.webhooks import signature
from local.vendors import SimulatedVendors
from tests.unit.local.conftest import JIRA_BASIC, Asker, Receiver

PATH = "/rest/webhooks/1.0/webhook"
RULE = f"/automation/public/jira/{CLOUD_ID}/rest/v1/rule"


@pytest.fixture
def vendors() -> Iterator[SimulatedVendors]:
    """Accounts in which nobody has set anything up, but for a field."""
    with SimulatedVendors(time_scale=0.001, set_up=False) as vendors:
        vendors.issue_field = vendors.jira.fields.add("Zendesk tickets")
        yield vendors


@pytest.fixture
def jira(vendors: SimulatedVendors) -> Asker:
    return Asker(vendors.jira, JIRA_BASIC)


def made(jira: Asker, receiver: Receiver, **changed: Any) -> dict[str, Any]:
    asked = {
        "name": "linksync",
        "url": f"{receiver.url}/jira",
        "events": ["jira:issue_created", "jira:issue_updated"],
        "filters": {"issue-related-events-section": "project = A"},
        "excludeBody": False,
        "secret": "s",
    }
    answer = jira("POST", PATH, asked | changed)
    assert answer.status == 201
    body: dict[str, Any] = answer.body
    return body


def got(vendors: SimulatedVendors, receiver: Receiver) -> list[HttpRequest]:
    assert vendors.senders.wait_idle(10)
    return receiver.requests


def test_a_webhook_sends_its_events_of_the_issues_that_its_filter_finds(
    vendors: SimulatedVendors, jira: Asker, receiver: Receiver
) -> None:
    webhook = made(jira, receiver)
    assert (webhook["isSigned"], "secret" in webhook) == (True, False)
    vendors.issue("A")
    vendors.issue("B")
    vendors.jira.issues.delete("A-1")
    (request,) = got(vendors, receiver)
    assert json.loads(request.body)["issue"]["key"] == "A-1"
    assert request.headers["x-hub-signature"] == signature("s", request.body)


def test_without_a_secret_nothing_is_signed_and_an_excluded_body_is_empty(
    vendors: SimulatedVendors, jira: Asker, receiver: Receiver
) -> None:
    made(jira, receiver, secret="", excludeBody=True)
    vendors.issue("A")
    (request,) = got(vendors, receiver)
    assert (request.body, "x-hub-signature" in request.headers) == (b"", False)


def test_the_list_is_a_bare_array_and_an_id_is_the_end_of_self(
    vendors: SimulatedVendors, jira: Asker, receiver: Receiver
) -> None:
    webhook = made(jira, receiver)
    assert jira("GET", PATH).body == [webhook]
    path = webhook["self"].removeprefix(vendors.jira.url)
    changed = jira("PUT", path, {"name": "renamed", "events": ["jira:issue_deleted"], "secret": "t"}).body
    assert (changed["name"], changed["url"]) == ("renamed", webhook["url"])
    vendors.issue("A")
    vendors.jira.issues.delete("A-1")
    (request,) = got(vendors, receiver)
    assert request.headers["x-hub-signature"] == signature("t", request.body)
    assert [jira(method, path).status for method in ("DELETE", "GET", "DELETE")] == [204, 404, 404]
    assert jira("GET", PATH).body == []


def test_a_webhook_that_is_switched_off_sends_nothing(
    vendors: SimulatedVendors, jira: Asker, receiver: Receiver
) -> None:
    path = made(jira, receiver)["self"].removeprefix(vendors.jira.url)
    jira("PUT", path, {"enabled": False})
    vendors.issue("A")
    assert got(vendors, receiver) == []


@pytest.mark.parametrize("changed", [{"name": ""}, {"url": "nowhere"}])
def test_what_is_no_webhook_is_refused(jira: Asker, receiver: Receiver, changed: dict[str, str]) -> None:
    asked = {"name": "linksync", "url": receiver.url, "events": []} | changed
    assert jira("POST", PATH, asked).status == 400


def test_webhooks_are_for_administrators_with_a_token_of_their_own(vendors: SimulatedVendors, jira: Asker) -> None:
    token = vendors.jira.accounts.tokens.issue(60)
    assert jira("GET", PATH, auth=f"Bearer {token}").status == 403
    assert jira("GET", PATH, auth="").status == 401
    vendors.jira.access.admin = False
    assert jira("GET", PATH).status == 403


def test_a_comment_is_told_with_a_slim_issue(vendors: SimulatedVendors, jira: Asker, receiver: Receiver) -> None:
    made(jira, receiver, events=["comment_created"])
    vendors.issue("A", "5001")
    vendors.jira.issues.comment("A-1", "Hello")
    (request,) = got(vendors, receiver)
    body = json.loads(request.body)
    assert (body["webhookEvent"], body["comment"]["body"]) == ("comment_created", "Hello")
    assert vendors.issue_field not in body["issue"]["fields"]


def rule(receiver: Receiver, trigger: dict[str, Any], action: dict[str, Any]) -> dict[str, Any]:
    component = {
        "component": "ACTION",
        "type": "jira.issue.outgoing.webhook",
        "value": {"url": f"{receiver.url}/automation", "method": "POST", **action},
    }
    return {
        "name": "linksync", "state": "DISABLED", "notifyOnError": "FIRSTERROR", "canOtherRuleTrigger": False,
        "authorAccountId": "a", "actor": {"type": "ACCOUNT_ID", "actor": "a"}, "writeAccessType": "OWNER_ONLY",
        "trigger": trigger, "components": [component], "ruleScopeARIs": ["ari:cloud:jira::site/x"],
    }  # fmt: skip


def changed_trigger(field: str) -> dict[str, Any]:
    value = {"changeType": "ANY_CHANGE", "fields": [{"type": "field", "value": field}], "actions": []}
    return {"component": "TRIGGER", "schemaVersion": 2, "type": "jira.issue.field.changed", "value": value}


@pytest.mark.parametrize("by_name", [True, False])
def test_a_rule_sends_its_custom_body_when_its_field_changes(
    vendors: SimulatedVendors, jira: Asker, receiver: Receiver, by_name: bool
) -> None:
    field = vendors.issue_field
    body = '{"id": "{{issue.id}}", "key": {{issue.key.asJsonString}}, "ids": {{issue.%s.asJsonString}}}' % field  # noqa: UP031
    headers = [{"name": "Authorization", "value": "Bearer t", "headerSecure": True}]
    action = {"headers": headers, "contentType": "custom", "customBody": body}
    made_rule = jira(
        "POST", RULE, {"rule": rule(receiver, changed_trigger("Zendesk tickets" if by_name else field), action)}
    )
    path = f"{RULE}/{made_rule.body['ruleUuid']}"
    issue = vendors.issue("A")
    vendors.write_tickets(issue.key, "5001")
    assert got(vendors, receiver) == []
    assert jira("PUT", f"{path}/state", {"value": "ENABLED"}).status == 204
    vendors.jira.issues.edit(issue.key, {"summary": "other"})
    vendors.write_tickets(issue.key, '5001 "5002"')
    (request,) = got(vendors, receiver)
    assert json.loads(request.body) == {"id": issue.id, "key": "A-1", "ids": '5001 "5002"'}
    assert request.headers["authorization"] == "Bearer t"


def test_a_rule_may_send_the_issue_when_it_is_created(
    vendors: SimulatedVendors, jira: Asker, receiver: Receiver
) -> None:
    trigger = {"component": "TRIGGER", "type": "jira.issue.event.trigger:created"}
    whole = rule(receiver, trigger, {"sendIssue": True}) | {"state": "ENABLED"}
    assert jira("POST", RULE, {"rule": whole}).status == 201
    issue = vendors.issue("A", "5001")
    (request,) = got(vendors, receiver)
    assert json.loads(request.body)["id"] == int(issue.id)


def test_rules_are_listed_replaced_and_deleted_only_while_disabled(jira: Asker, receiver: Receiver) -> None:
    whole = rule(receiver, changed_trigger("x"), {}) | {"state": "ENABLED"}
    half = {name: value for name, value in whole.items() if name != "actor"}
    assert jira("POST", RULE, {"rule": half}).status == jira("POST", RULE, whole).status == 400
    number = jira("POST", f"/gateway/api{RULE}", {"rule": whole}).body["ruleUuid"]
    (summary,) = jira("GET", f"{RULE}/summary").body["data"]
    assert (summary["uuid"], summary["state"]) == (number, "ENABLED")
    assert jira("DELETE", f"{RULE}/{number}").status == 400
    assert jira("PUT", f"{RULE}/{number}", {"rule": whole | {"state": "DISABLED", "name": "n"}}).status == 200
    assert jira("GET", f"{RULE}/{number}").body["rule"]["name"] == "n"
    assert [jira("DELETE", f"{RULE}/{number}").status for _ in range(2)] == [204, 404]


def test_rules_are_closed_to_a_service_accounts_tokens(vendors: SimulatedVendors, jira: Asker) -> None:
    auth = f"Bearer {vendors.jira.accounts.tokens.issue(60)}"
    assert jira("GET", f"{RULE}/summary", auth=auth).status == 401
    vendors.jira.automation_api.open_to_oauth = True
    assert jira("GET", f"{RULE}/summary", auth=auth).status == 200
    assert jira("GET", f"{RULE.replace(CLOUD_ID, 'another')}/summary").status == 404
