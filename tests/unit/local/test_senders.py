"""The senders sign, retry and repeat as the vendors do."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator

import pytest

from local.http.deliveries import Attempt
from local.http.messages import HttpRequest
from local.jira.webhooks import retry_rule as jira_rule
from local.jira.webhooks import signature as jira_signature
from local.senders import JIRA_SECRET, ZENDESK_SECRET
from local.vendors import SimulatedVendors
from local.zendesk.signing import retry_rule as zendesk_rule
from local.zendesk.signing import signature as zendesk_signature
from tests.unit.local.conftest import Receiver


@pytest.fixture
def vendors(receiver: Receiver) -> Iterator[SimulatedVendors]:
    with SimulatedVendors(time_scale=0.0001) as vendors:
        url = receiver.url
        vendors.senders.aim(zendesk=f"{url}/zendesk", jira=f"{url}/jira", automation=f"{url}/automation")
        vendors.senders.events.kinds.clear()
        yield vendors


def got(vendors: SimulatedVendors, receiver: Receiver) -> list[HttpRequest]:
    assert vendors.senders.wait_idle(10)
    return receiver.requests


def test_the_vectors_of_both_vendors() -> None:
    secret = "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ=="
    assert zendesk_signature(secret, "2021-03-25T05:09:27Z", b"") == "wCdBvXaHttn0wRVIYctzZ9O6O0bnqWakJMEKZ9VoRWw="
    known = "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9"
    assert jira_signature("It's a Secret to Everybody", b"Hello World!") == known


def test_an_edited_ticket_field_fires_the_signed_trigger(vendors: SimulatedVendors, receiver: Receiver) -> None:
    ticket = vendors.ticket()
    vendors.write_keys(ticket, 'PROJ-1 "quoted"')
    vendors.write_keys(ticket, 'PROJ-1 "quoted"')
    (request,) = got(vendors, receiver)
    assert json.loads(request.body) == {"ticket_id": str(ticket), "issue_keys": 'PROJ-1 "quoted"'}
    stamp = request.headers["x-zendesk-webhook-signature-timestamp"]
    digest = hmac.new(ZENDESK_SECRET.encode(), stamp.encode() + request.body, hashlib.sha256).digest()
    assert request.headers["x-zendesk-webhook-signature"] == base64.b64encode(digest).decode()


def test_an_unescaped_quote_breaks_the_body(vendors: SimulatedVendors, receiver: Receiver) -> None:
    vendors.senders.trigger.escapes = False
    vendors.write_keys(vendors.ticket(), 'a "quote"')
    with pytest.raises(json.JSONDecodeError):
        json.loads(got(vendors, receiver)[0].body)


def test_zendesk_retries_a_503_with_the_same_invocation_id(vendors: SimulatedVendors, receiver: Receiver) -> None:
    receiver.faults.add(status=503, retry_after=5, times=2)
    vendors.ticket("PROJ-1")
    got(vendors, receiver)
    (delivery,) = vendors.senders.deliveries()
    assert [attempt.status for attempt in delivery.attempts] == [503, 503, 202]
    assert (delivery.state, receiver.requests[0].headers["x-zendesk-webhook-invocation-id"]) == (
        "delivered",
        delivery.id,
    )


def test_zendesk_drops_a_502(vendors: SimulatedVendors, receiver: Receiver) -> None:
    receiver.faults.add(status=502)
    vendors.ticket("PROJ-1")
    assert got(vendors, receiver) == []
    assert [(one.state, len(one.attempts)) for one in vendors.senders.deliveries()] == [("dropped", 1)]


def test_jira_counts_its_retries_and_gives_up_after_five(vendors: SimulatedVendors, receiver: Receiver) -> None:
    receiver.faults.add(reset=True, applied=True)
    vendors.issue("PROJ", "5001")
    requests = got(vendors, receiver)
    assert [request.headers.get("x-atlassian-webhook-retry", "0") for request in requests] == list("012345")
    assert len({request.headers["x-atlassian-webhook-identifier"] for request in requests}) == 1
    assert requests[0].headers["x-hub-signature"] == jira_signature(JIRA_SECRET, requests[0].body)


def test_a_move_is_told_by_its_key_item_and_a_deletion_has_no_changelog(
    vendors: SimulatedVendors, receiver: Receiver
) -> None:
    issue = vendors.issue("TCP-2")
    vendors.jira.issues.move(issue.key, "INDEV-130")
    vendors.jira.issues.delete(issue.id)
    _, moved, deleted = [json.loads(request.body) for request in got(vendors, receiver)]
    (item,) = moved["changelog"]["items"]
    assert (item["field"], item["fromString"], item["toString"]) == ("Key", "TCP-2", "INDEV-130")
    assert (moved["issue"]["key"], "fieldId" in item) == ("INDEV-130", False)
    assert (deleted["webhookEvent"], "changelog" in deleted) == ("jira:issue_deleted", False)


def test_automation_posts_its_shapes_with_its_token(vendors: SimulatedVendors, receiver: Receiver) -> None:
    vendors.senders.webhook.url = ""
    vendors.senders.automation.enabled = True
    issue = vendors.issue("AUTO")
    for shape in ("custom", "jira", "automation"):
        vendors.senders.automation.shape = shape
        vendors.write_tickets(issue.key, f"5001 {shape}")
    custom, jira, automation = [json.loads(request.body) for request in got(vendors, receiver)]
    assert custom == {"issue_id": issue.id, "issue_key": "AUTO-1", "ticket_ids": "5001 custom"}
    assert (jira["issue"]["id"], automation["id"]) == (int(issue.id), int(issue.id))
    assert receiver.requests[0].headers["authorization"].startswith("Bearer ")


def test_ticket_events_have_zendesks_shape(vendors: SimulatedVendors, receiver: Receiver) -> None:
    vendors.senders.trigger.enabled = False
    vendors.senders.events.kinds |= {"custom_field_changed", "merged"}
    source, target = vendors.ticket(), vendors.ticket()
    vendors.write_keys(source, "PROJ-1")
    vendors.zendesk.tickets.merge(source, target)
    changed, merged = [json.loads(request.body) for request in got(vendors, receiver)]
    assert (changed["type"], changed["detail"]["id"]) == ("zen:event-type:ticket.custom_field_changed", str(source))
    assert changed["event"]["current"] == {"value": "PROJ-1"}
    assert merged["event"] == {"target_ticket_id": str(target)}


def test_held_post_is_reordered_repeated_and_lost(vendors: SimulatedVendors, receiver: Receiver) -> None:
    courier = vendors.senders.trigger.courier
    courier.hold()
    ticket = vendors.ticket()
    for keys in ("A-1", "A-2", "A-3"):
        vendors.write_keys(ticket, keys)
    first, _lost, third = courier.held()
    courier.release([third, first, first])
    assert [json.loads(request.body)["issue_keys"] for request in got(vendors, receiver)] == ["A-3", "A-1", "A-1"]


@pytest.mark.parametrize(
    ("status", "retry_after", "tries"),
    [(409, "", 4), (429, "59", 6), (429, "60", 1), (503, "", 1), (500, "5", 1), (401, "", 1), (None, "", 6)],
)
def test_zendesks_retry_rule(status: int | None, retry_after: str, tries: int) -> None:
    attempt = Attempt(0.0, status, {"retry-after": retry_after} if retry_after else {}, "", "" if status else "timeout")
    assert next(n for n in range(1, 10) if zendesk_rule([attempt] * n) is None) == tries


@pytest.mark.parametrize(("status", "tries"), [(500, 6), (425, 6), (None, 6), (401, 1), (404, 1)])
def test_jiras_retry_rule(status: int | None, tries: int) -> None:
    attempt = Attempt(0.0, status, {}, "", "" if status else "connection")
    assert next(n for n in range(1, 10) if jira_rule([attempt] * n) is None) == tries
