"""Webhooks and triggers that are made over Zendesk's API are the ones that fire, as they were made."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from typing import Any

import pytest

from local.http.messages import HttpRequest
from local.vendors import SimulatedVendors
from local.zendesk.signing import PUBLIC_TEST_SECRET
from local.zendesk.webhooks import ZendeskWebhook
from tests.unit.local.conftest import Asker, Receiver


@pytest.fixture
def vendors() -> Iterator[SimulatedVendors]:
    """Accounts in which nobody has set anything up."""
    with SimulatedVendors(time_scale=0.001, set_up=False) as vendors:
        yield vendors


@pytest.fixture
def field_id(vendors: SimulatedVendors) -> str:
    vendors.ticket_field = vendors.zendesk.fields.add("Jira issue keys")
    return vendors.ticket_field


def made(zendesk: Asker, url: str, **changed: Any) -> dict[str, Any]:
    webhook = {
        "name": "linksync",
        "endpoint": url,
        "http_method": "POST",
        "request_format": "json",
        "status": "active",
        "subscriptions": ["conditional_ticket_events"],
    }
    answer = zendesk("POST", "/api/v2/webhooks", {"webhook": webhook | changed})
    assert answer.status == 201
    body: dict[str, Any] = answer.body["webhook"]
    return body


def trigger(zendesk: Asker, webhook_id: str, template: str, *conditions: dict[str, Any]) -> int:
    actions = [{"field": "notification_webhook", "value": [webhook_id, template]}]
    answer = zendesk(
        "POST", "/api/v2/triggers", {"trigger": {"title": "T", "all": list(conditions), "actions": actions}}
    )
    assert answer.status == 201
    return int(answer.body["trigger"]["id"])


def got(vendors: SimulatedVendors, receiver: Receiver) -> list[HttpRequest]:
    assert vendors.senders.wait_idle(10)
    return receiver.requests


def is_signed(request: HttpRequest, secret: str) -> bool:
    stamp = request.headers["x-zendesk-webhook-signature-timestamp"].encode()
    digest = hmac.new(secret.encode(), stamp + request.body, hashlib.sha256).digest()
    return request.headers["x-zendesk-webhook-signature"] == base64.b64encode(digest).decode()


CREATE = {"field": "update_type", "operator": "is", "value": "Create"}
CHANGE = {"field": "update_type", "operator": "is", "value": "Change"}


def test_an_account_without_set_up_has_nothing_and_sends_nothing(
    vendors: SimulatedVendors, zendesk: Asker, receiver: Receiver
) -> None:
    vendors.senders.aim(zendesk=f"{receiver.url}/zendesk", jira="", automation="")
    assert zendesk("GET", "/api/v2/webhooks").body == {"meta": {"has_more": False}, "webhooks": []}
    assert zendesk("GET", "/api/v2/triggers").body["triggers"] == []
    vendors.zendesk.tickets.create()
    assert got(vendors, receiver) == []


def test_a_trigger_fires_its_own_body_signed_with_its_webhooks_secret(
    vendors: SimulatedVendors, zendesk: Asker, receiver: Receiver, field_id: str
) -> None:
    webhook = made(zendesk, f"{receiver.url}/zendesk")
    template = '{"t": {{ticket.id}}, "keys": "{{ ticket.ticket_field_%s }}", "by": "{{current_user.name}}"}' % field_id  # noqa: UP031
    trigger(zendesk, webhook["id"], template, CHANGE)
    number = vendors.ticket("PROJ-1")
    vendors.write_keys(number, 'PROJ-1 "and" PROJ-2')
    (request,) = got(vendors, receiver)
    assert json.loads(request.body) == {"t": number, "keys": 'PROJ-1 "and" PROJ-2', "by": ""}
    shown = zendesk("GET", f"/api/v2/webhooks/{webhook['id']}/signing_secret").body["signing_secret"]
    assert (is_signed(request, shown["secret"]), shown["algorithm"]) == (True, "SHA256")
    assert request.headers["x-zendesk-webhook-id"] == webhook["id"]


def test_a_reset_secret_signs_from_then_on(vendors: SimulatedVendors, zendesk: Asker, receiver: Receiver) -> None:
    webhook = made(zendesk, f"{receiver.url}/zendesk")
    trigger(zendesk, webhook["id"], "{}", CREATE)
    path = f"/api/v2/webhooks/{webhook['id']}/signing_secret"
    old, new = (zendesk(method, path).body["signing_secret"]["secret"] for method in ("GET", "POST"))
    vendors.ticket()
    (request,) = got(vendors, receiver)
    assert (is_signed(request, new), is_signed(request, old)) == (True, False)


@pytest.mark.parametrize(
    ("condition", "fired"),
    [
        (CREATE, ["created"]),
        (CHANGE, ["keys", "tags", "cleared", "by api"]),
        ({"field": "custom_fields_ID", "operator": "changed"}, ["keys", "cleared"]),
        ({"field": "custom_fields_ID", "operator": "present"}, ["keys", "tags"]),
        ({"field": "custom_fields_ID", "operator": "not_present"}, ["created", "cleared", "by api"]),
        ({"field": "current_tags", "operator": "includes", "value": "vip other"}, ["tags", "cleared"]),
        ({"field": "current_via_id", "operator": "is_not", "value": "5"}, ["created", "keys", "tags", "cleared"]),
        ({"field": "status", "operator": "less_than", "value": "solved"}, ["created", "keys", "tags", "cleared"]),
    ],
)
def test_triggers_fire_as_their_conditions_say(
    vendors: SimulatedVendors, zendesk: Asker, receiver: Receiver, field_id: str,
    condition: dict[str, Any], fired: list[str],
) -> None:  # fmt: skip
    vendors.zendesk.triggers_api.changed_offered = True
    webhook = made(zendesk, f"{receiver.url}/zendesk")
    trigger(
        zendesk, webhook["id"], "{{ticket.title}}", condition | {"field": condition["field"].replace("ID", field_id)}
    )
    tickets, seen = vendors.zendesk.tickets, []
    number = tickets.create(subject="created")
    for subject, change in {
        "keys": {"fields": {field_id: "PROJ-1"}},
        "tags": {"tags": ["vip"]},
        "cleared": {"fields": {field_id: ""}},
        "by api": {"status": "solved", "tags": [], "via": "api"},
    }.items():
        before = len(got(vendors, receiver))
        tickets.edit(number, **change)
        seen += [subject] * (len(got(vendors, receiver)) - before)
    assert ["created"][: len(receiver.requests) - len(seen)] + seen == fired


def test_changed_is_refused_where_the_definitions_do_not_offer_it(
    vendors: SimulatedVendors, zendesk: Asker, receiver: Receiver, field_id: str
) -> None:
    webhook = made(zendesk, f"{receiver.url}/zendesk")
    asked = {
        "title": "T",
        "conditions": {"all": [{"field": f"custom_fields_{field_id}", "operator": "changed", "value": None}]},
        "actions": [{"field": "notification_webhook", "value": [webhook["id"], "{}"]}],
    }
    offered = {
        one["subject"]: [operator["value"] for operator in one["operators"]]
        for one in zendesk("GET", "/api/v2/triggers/definitions").body["definitions"]["conditions_all"]
    }
    assert offered[f"custom_fields_{field_id}"] == ["present", "not_present"]
    assert zendesk("POST", "/api/v2/triggers", {"trigger": asked}).status == 422
    vendors.zendesk.triggers_api.changed_offered = True
    assert zendesk("POST", "/api/v2/triggers", {"trigger": asked}).status == 201
    nowhere = [{"field": "notification_webhook", "value": ["01NOWHERE", "{}"]}]
    assert zendesk("POST", "/api/v2/triggers", {"trigger": asked | {"actions": nowhere}}).status == 422


def test_a_trigger_is_changed_switched_off_and_deleted(
    vendors: SimulatedVendors, zendesk: Asker, receiver: Receiver
) -> None:
    webhook = made(zendesk, f"{receiver.url}/zendesk")
    path = f"/api/v2/triggers/{trigger(zendesk, webhook['id'], 'first', CREATE)}"
    actions = [{"field": "notification_webhook", "value": [webhook["id"], "second"]}]
    assert zendesk("PUT", path, {"trigger": {"actions": actions}}).body["trigger"]["title"] == "T"
    vendors.ticket()
    zendesk("PUT", path, {"trigger": {"active": False}})
    vendors.ticket()
    assert [request.body for request in got(vendors, receiver)] == [b"second"]
    assert zendesk("GET", "/api/v2/triggers/active").body["triggers"] == []
    assert [zendesk(method, path).status for method in ("DELETE", "GET")] == [204, 404]


def test_an_event_webhook_sends_what_it_subscribes_to(
    vendors: SimulatedVendors, zendesk: Asker, receiver: Receiver
) -> None:
    kinds = ["zen:event-type:ticket.merged", "zen:event-type:ticket.soft_deleted"]
    webhook = made(zendesk, f"{receiver.url}/zendesk", subscriptions=kinds)
    one, two = vendors.ticket(), vendors.ticket()
    vendors.zendesk.tickets.merge(one, two)
    vendors.zendesk.tickets.soft_delete(two)
    assert [json.loads(request.body)["type"] for request in got(vendors, receiver)] == kinds
    path = f"/api/v2/webhooks/{webhook['id']}"
    both = {"subscriptions": ["conditional_ticket_events"]}
    assert zendesk("PATCH", path, {"webhook": both}).status == 400
    assert zendesk("PATCH", path, {"webhook": {"subscriptions": kinds[:1]}}).status == 204
    assert zendesk("GET", path).body["webhook"]["subscriptions"] == kinds[:1]


def test_patch_merges_put_replaces_and_no_secret_is_shown(zendesk: Asker, receiver: Receiver) -> None:
    proof = {"type": "basic_auth", "data": {"username": "u", "password": "p"}, "add_position": "header"}
    webhook = made(zendesk, f"{receiver.url}/zendesk", description="D", authentication=proof)
    assert webhook["authentication"]["data"] == {"username": "u"}
    path = f"/api/v2/webhooks/{webhook['id']}"
    assert zendesk("PATCH", path, {"webhook": {"name": "renamed"}}).status == 204
    patched = zendesk("GET", path).body["webhook"]
    assert (patched["name"], patched["description"], "updated_at" in patched) == ("renamed", "D", True)
    whole = {"name": "put", "endpoint": f"{receiver.url}/zendesk", "http_method": "POST", "request_format": "json"}
    assert zendesk("PUT", path, {"webhook": whole}).status == 204
    replaced = zendesk("GET", path).body["webhook"]
    assert "description" not in replaced
    assert "authentication" not in replaced
    assert zendesk("PUT", path, {"webhook": {"name": "half"}}).status == 400
    found = zendesk("GET", "/api/v2/webhooks?filter[name_contains]=pu").body["webhooks"]
    assert [one["id"] for one in found] == [webhook["id"]]
    assert [zendesk(method, path).status for method in ("DELETE", "GET")] == [204, 404]


def test_invocations_and_their_attempts_are_told(vendors: SimulatedVendors, zendesk: Asker, receiver: Receiver) -> None:
    webhook = made(zendesk, f"{receiver.url}/zendesk")
    trigger(zendesk, webhook["id"], "{{ticket.id}}", CREATE)
    receiver.faults.add(status=409, times=1)
    number = vendors.ticket()
    got(vendors, receiver)
    receiver.faults.add(status=403)
    vendors.ticket()
    got(vendors, receiver)
    path = f"/api/v2/webhooks/{webhook['id']}/invocations"
    rows = zendesk("GET", path).body["invocations"]
    assert sorted((row["status"], row["status_code"]) for row in rows) == [
        ("failed", 409), ("success", 202), ("terminated", 403),
    ]  # fmt: skip
    twice = next(row["id"] for row in rows if row["status"] == "success")
    assert sum(row["id"] == twice for row in rows) == 2
    attempts = zendesk("GET", f"{path}/{twice}/attempts").body["attempts"]
    assert [attempt["status"] for attempt in attempts] == ["failed", "success"]
    assert attempts[1]["request"]["payload"] == str(number)
    keys = {one["key"] for one in attempts[1]["request"]["headers"]}
    assert {"X-Zendesk-Webhook-Signature", "X-Zendesk-Webhook-Signature-Timestamp"} <= keys
    assert attempts[1]["response"]["payload"] == '{"status": "accepted"}'
    assert zendesk("GET", f"{path}?filter[status]=terminated").body["invocations"] == [
        row for row in rows if row["status"] == "terminated"
    ]


def test_the_links_of_a_list_of_invocations_name_another_host(
    vendors: SimulatedVendors, zendesk: Asker, receiver: Receiver
) -> None:
    webhook = made(zendesk, f"{receiver.url}/zendesk")
    trigger(zendesk, webhook["id"], "{}", CREATE)
    for _ in range(3):
        vendors.ticket()
    got(vendors, receiver)
    path = f"/api/v2/webhooks/{webhook['id']}/invocations"
    first = zendesk("GET", f"{path}?page[size]=2").body
    assert vendors.zendesk.url not in first["links"]["next"]
    second = zendesk("GET", f"{path}?page[size]=2&page[after]={first['meta']['after_cursor']}").body
    assert (len(first["invocations"]), len(second["invocations"]), second["meta"]["has_more"]) == (2, 1, False)


def triggered(vendors: SimulatedVendors, zendesk: Asker, receiver: Receiver) -> ZendeskWebhook:
    """A webhook that a trigger posts to for each new ticket."""
    webhook = made(zendesk, f"{receiver.url}/zendesk")
    trigger(zendesk, webhook["id"], "{}", CREATE)
    row = vendors.zendesk.webhooks.get(webhook["id"])
    assert row is not None
    return row


def test_an_open_circuit_sends_nothing_and_leaves_no_attempt(
    vendors: SimulatedVendors, zendesk: Asker, receiver: Receiver
) -> None:
    row = triggered(vendors, zendesk, receiver)
    row.circuit.enabled = True
    receiver.faults.add(status=403)
    for _ in range(25):
        vendors.ticket()
        got(vendors, receiver)
    path = f"/api/v2/webhooks/{row.webhook_id}/invocations"
    states = [one["status"] for one in zendesk("GET", path).body["invocations"]]
    assert {"terminated", "circuit broken"} == set(states)
    assert receiver.calls.count() == states.count("terminated") == 20
    broken = next(one for one in row.courier.deliveries if one.why)
    assert zendesk("GET", f"/api/v2/webhooks/{row.webhook_id}/invocations/{broken.id}/attempts").body == {
        "attempts": []
    }


def test_a_trial_accounts_invocations_are_throttled(
    vendors: SimulatedVendors, zendesk: Asker, receiver: Receiver
) -> None:
    row = triggered(vendors, zendesk, receiver)
    row.per_minute = 1
    for _ in range(3):
        vendors.ticket()
        got(vendors, receiver)
    assert [one.why for one in row.courier.deliveries] == ["", "throttled", "throttled"]


@pytest.mark.parametrize("own", [True, False])
def test_a_webhook_can_be_tested(vendors: SimulatedVendors, zendesk: Asker, receiver: Receiver, own: bool) -> None:
    vendors.zendesk.webhooks_api.own_secret_signs_tests = own
    webhook = made(zendesk, f"{receiver.url}/zendesk")
    secret = zendesk("GET", f"/api/v2/webhooks/{webhook['id']}/signing_secret").body["signing_secret"]["secret"]
    asked = {"request": {"payload": '{"a": 1}'}}
    answer = zendesk("POST", f"/api/v2/webhooks/test?webhook_id={webhook['id']}", asked).body["response"]
    assert (answer["status_code"], json.loads(answer["payload"])) == (202, {"status": "accepted"})
    assert receiver.requests[0].body == b'{"a": 1}'
    assert is_signed(receiver.requests[0], secret if own else PUBLIC_TEST_SECRET)


def test_a_webhook_carries_its_own_headers_and_proof_and_reaches_the_address_that_its_url_resolves_to(
    vendors: SimulatedVendors, zendesk: Asker, receiver: Receiver
) -> None:
    vendors.senders.pace.resolve = lambda url: url.replace("https://stack.example", receiver.url)
    proof = {"type": "bearer_token", "data": {"token": "t"}, "add_position": "header"}
    webhook = made(zendesk, "https://stack.example/zendesk", custom_headers={"X-Own": "1"}, authentication=proof)
    trigger(zendesk, webhook["id"], "{}", CREATE)
    vendors.ticket()
    (request,) = got(vendors, receiver)
    assert (request.headers["x-own"], request.headers["authorization"]) == ("1", "Bearer t")
