"""What the senders get back, and what becomes of what they sent."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from local.aws.stack import Stack
from local.http.deliveries import Delivery
from local.jira.webhooks import signature as jira_signature
from tests.e2e.scene import Scene, answered, correlation_id, document, zendesk_headers

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]

TOO_LARGE = b" " * (5 * 1024 * 1024)


def test_what_is_queued_is_accepted_under_a_delivery_id(scene: Scene) -> None:
    ticket, issue = scene.pair()
    scene.write_keys(ticket, issue.key)
    status, body = document(scene.vendors.senders.trigger.courier.deliveries[-1])
    assert (status, body) == (202, {"status": "accepted", "delivery": body["delivery"]})
    assert body["delivery"]


@pytest.mark.parametrize(
    ("sender", "body", "reason"),
    [
        ("events", {"type": "zen:event-type:ticket.comment_added", "detail": {"id": "1"}}, "event_type"),
        ("events", {"type": "zen:event-type:ticket.soft_deleted", "detail": {"id": "1"}}, "links_kept"),
        ("webhook", {"webhookEvent": "comment_created", "comment": {}}, "event_type"),
    ],
)
def test_what_is_authentic_and_has_nothing_to_do_with_links_is_ignored(
    scene: Scene, sender: str, body: object, reason: str
) -> None:
    delivery = getattr(scene.vendors.senders, sender).send(json.dumps(body).encode())
    assert document(answered(delivery)) == (200, {"status": "ignored", "reason": reason})
    assert scene.stack.depth().total == 0


@pytest.mark.parametrize(
    ("sender", "body", "reason"),
    [
        ("trigger", b"[the template is broken", "not_json"),
        ("webhook", b'["an array"]', "not_an_object"),
        ("webhook", b'{"webhookEvent": "\xff', "not_json"),
        ("automation", b"", "empty_body"),
        ("automation", b'{"issue_id": "\xff\xfe', "not_json"),
    ],
)
def test_what_is_authentic_and_unreadable_is_kept_for_an_operator(
    scene: Scene, sender: str, body: bytes, reason: str
) -> None:
    delivery = answered(getattr(scene.vendors.senders, sender).send(body))
    assert document(delivery) == (202, {"status": "quarantined", "reason": reason})
    letter = scene.dead_letter(correlation_id(delivery))
    assert letter["MessageAttributes"]["reason"]["StringValue"] == reason
    assert "setup guide" in letter["MessageAttributes"]["advice"]["StringValue"]
    scene.discard(letter)


def test_nobody_who_cannot_prove_it_is_believed_and_nothing_comes_of_it(scene: Scene) -> None:
    ticket, issue = scene.pair()
    before = _state(scene.stack)
    refused = [document(delivery) for delivery in _unproved(scene, ticket, issue.key)]
    assert {status for status, _ in refused} == {401}
    assert {body["error"]["code"] for _, body in refused} == {"NotAuthentic"}
    messages = [body["error"]["message"] for _, body in refused]
    assert len(set(messages)) == 3, "one message a path, whatever is wrong"
    for named in ("X-Zendesk-Webhook-Signature", "X-Hub-Signature", "Authorization"):
        assert any(named in message for message in messages)
    scene.wait_quiet()
    assert _state(scene.stack) == before
    assert scene.calls() == []


def test_a_body_over_the_limit_is_too_large_from_a_sender_and_not_authentic_from_anybody_else(scene: Scene) -> None:
    sender = scene.vendors.senders.webhook
    too_large, forged = answered(sender.send(TOO_LARGE)), scene.post("jira", TOO_LARGE, {})
    assert document(too_large)[0] == 413
    assert document(too_large)[1]["error"]["code"] == "TooLarge"
    assert document(forged)[0] == 401


def test_while_the_queue_cannot_be_had_senders_are_asked_to_come_again_and_do(scene: Scene) -> None:
    (one, two), (issue,) = scene.cast(tickets=2)
    trigger, webhook = (sender.courier for sender in (scene.vendors.senders.trigger, scene.vendors.senders.webhook))
    usual, trigger.time_scale, webhook.time_scale = (trigger.time_scale, webhook.time_scale), 0.1, 0.002
    with _closed_queue(scene.stack):
        scene.vendors.write_keys(one, issue.key)
        scene.vendors.write_tickets(issue.id, str(two))
        deliveries = [answered(courier.deliveries[-1]) for courier in (trigger, webhook)]
    scene.wait_quiet()
    trigger.time_scale, webhook.time_scale = usual
    for delivery in deliveries:
        first = delivery.attempts[0]
        assert (first.status, first.headers["retry-after"]) == (503, "5")
        assert json.loads(first.body)["error"]["code"] == "Unavailable"
        assert first.headers["x-correlation-id"]
        assert document(delivery)[0] == 202
    assert scene.linked(one, two) == {(one, issue.key), (two, issue.key)}


def test_every_answer_tells_the_id_under_which_its_log_lines_are_found(scene: Scene) -> None:
    ticket, issue = scene.pair()
    since = time.time() - 1
    scene.write_tickets(issue, str(ticket))
    accepted = scene.vendors.senders.webhook.courier.deliveries[-1]
    refused, ignored = (
        scene.post("zendesk", b"{}", {}),
        answered(scene.vendors.senders.webhook.send(b'{"webhookEvent": "?"}')),
    )
    for delivery, function, expected in [
        (accepted, "JiraWebhook", (0, 1)),
        (accepted, "LinkWorker", (1, 1)),  # in the issue's lane nothing is counted
        (refused, "ZendeskWebhook", (0, 1)),
        (ignored, "JiraWebhook", (0, 1)),
    ]:
        logged = [line for line in scene.stack.logs(function, since=since) if correlation_id(delivery) in line]
        logged = [line for line in logged if "UpstreamMilliseconds" not in line]  # once a minute, whoever's run it is
        metrics = [line for line in logged if "_aws" in json.loads(line)]
        assert (len(logged) - len(metrics), len(metrics)) == expected
        assert {json.loads(line)["correlation_id"] for line in logged} == {correlation_id(delivery)}


def _unproved(scene: Scene, ticket: int, key: str) -> list[Delivery]:
    """Deliveries that would change something if anybody believed them."""
    senders = scene.vendors.senders
    trigger = json.dumps({"ticket_id": str(ticket), "issue_keys": key}).encode()
    issue = scene.vendors.jira.issues.get(key)
    claim, proof = _claim(scene, issue.id, key, ticket)
    signed = zendesk_headers(senders.trigger, trigger)
    now = time.time()
    return [
        scene.post("zendesk", trigger, {}),
        scene.post("zendesk", trigger + b" ", signed),
        scene.post("zendesk", trigger, signed | {"X-Zendesk-Webhook-Signature": "bm90IHRoaXM="}),
        scene.post("zendesk", trigger, zendesk_headers(senders.trigger, trigger, at=now - 310)),
        scene.post("zendesk", trigger, zendesk_headers(senders.trigger, trigger, at=now + 310)),
        scene.post("jira", claim, {}),
        scene.post("jira", claim + b" ", proof),
        scene.post("jira", claim, {"X-Hub-Signature": proof["X-Hub-Signature"].removeprefix("sha256=")}),
        scene.post("automation", claim, proof),
        scene.post("automation", claim, {"Authorization": "Bearer a-guess"}),
        scene.post("automation", claim, {"Authorization": f"Basic {senders.automation.token}"}),
    ]


def _claim(scene: Scene, issue_id: str, key: str, ticket: int) -> tuple[bytes, dict[str, str]]:
    """A Jira webhook's body by which the issue names the ticket, and its proof."""
    fields = {scene.vendors.issue_field: str(ticket)}
    issue = {"id": issue_id, "key": key, "fields": fields}
    event = {"webhookEvent": "jira:issue_created", "timestamp": int(time.time() * 1000), "issue": issue}
    body = json.dumps(event).encode()
    return body, {"X-Hub-Signature": jira_signature(scene.vendors.senders.webhook.secret, body)}


def _state(stack: Stack) -> tuple[int, int, int]:
    """What an accepted delivery would change: runs of the worker, the ledger, and messages waiting."""
    ledger = stack.client("dynamodb").scan(TableName=stack.outputs["LedgerTableName"], Select="COUNT")["Count"]
    return stack.runs(stack.worker), ledger, stack.depth().total + stack.depth("DeadLetterQueueUrl").total


@contextmanager
def _closed_queue(stack: Stack) -> Iterator[None]:
    """Nobody may send to the event queue."""
    sqs, queue = stack.client("sqs"), stack.outputs["EventQueueUrl"]
    policy = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["Policy"])["Attributes"]["Policy"]
    nobody = {"Effect": "Deny", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}
    closed = json.dumps({"Version": "2012-10-17", "Statement": [nobody]})
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": closed})
    try:
        yield
    finally:
        sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy})
