"""The senders sign, retry and repeat as the vendors do."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator

import pytest

from local.courier import Attempt
from local.http_server import Handler, Reply, Request, Site
from local.jira_sender import retry_rule as jira_rule
from local.jira_sender import signature as jira_signature
from local.senders import JIRA_SECRET, ZENDESK_SECRET
from local.world import World
from local.zendesk_sender import retry_rule as zendesk_rule
from local.zendesk_sender import signature as zendesk_signature


class Receiver(Site):
    """Answers 202 to everything, and remembers it."""

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[Request] = []

    def routes(self) -> list[tuple[str, str, Handler]]:
        return [("POST", "/(zendesk|jira|automation)", self._receive)]

    def _receive(self, request: Request) -> Reply:
        self.requests.append(request)
        return Reply(202, {"status": "accepted"})


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def world(receiver: Receiver) -> Iterator[World]:
    with World(haste=0.0001) as world:
        url = receiver.url
        world.senders.aim(zendesk=f"{url}/zendesk", jira=f"{url}/jira", automation=f"{url}/automation")
        world.senders.events.kinds.clear()
        yield world


def got(world: World, receiver: Receiver) -> list[Request]:
    assert world.senders.wait_idle(10)
    return receiver.requests


def test_the_vectors_of_both_vendors() -> None:
    secret = "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ=="
    assert zendesk_signature(secret, "2021-03-25T05:09:27Z", b"") == "wCdBvXaHttn0wRVIYctzZ9O6O0bnqWakJMEKZ9VoRWw="
    known = "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9"
    assert jira_signature("It's a Secret to Everybody", b"Hello World!") == known


def test_an_edited_ticket_field_fires_the_signed_trigger(world: World, receiver: Receiver) -> None:
    ticket = world.ticket()
    world.write_keys(ticket, 'PROJ-1 "quoted"')
    world.write_keys(ticket, 'PROJ-1 "quoted"')
    (request,) = got(world, receiver)
    assert json.loads(request.body) == {"ticket_id": str(ticket), "issue_keys": 'PROJ-1 "quoted"'}
    stamp = request.headers["x-zendesk-webhook-signature-timestamp"]
    digest = hmac.new(ZENDESK_SECRET.encode(), stamp.encode() + request.body, hashlib.sha256).digest()
    assert request.headers["x-zendesk-webhook-signature"] == base64.b64encode(digest).decode()


def test_an_unescaped_quote_breaks_the_body(world: World, receiver: Receiver) -> None:
    world.senders.trigger.escapes = False
    world.write_keys(world.ticket(), 'a "quote"')
    with pytest.raises(json.JSONDecodeError):
        json.loads(got(world, receiver)[0].body)


def test_zendesk_retries_a_503_with_the_same_invocation_id(world: World, receiver: Receiver) -> None:
    receiver.faults.add(status=503, retry_after=5, times=2)
    world.ticket("PROJ-1")
    got(world, receiver)
    (delivery,) = world.senders.deliveries()
    assert [attempt.status for attempt in delivery.attempts] == [503, 503, 202]
    assert (delivery.state, receiver.requests[0].headers["x-zendesk-webhook-invocation-id"]) == (
        "delivered",
        delivery.id,
    )


def test_zendesk_drops_a_502(world: World, receiver: Receiver) -> None:
    receiver.faults.add(status=502)
    world.ticket("PROJ-1")
    assert got(world, receiver) == []
    assert [(one.state, len(one.attempts)) for one in world.senders.deliveries()] == [("dropped", 1)]


def test_jira_counts_its_retries_and_gives_up_after_five(world: World, receiver: Receiver) -> None:
    receiver.faults.add(reset=True, applied=True)
    world.issue("PROJ", "5001")
    requests = got(world, receiver)
    assert [request.headers.get("x-atlassian-webhook-retry", "0") for request in requests] == list("012345")
    assert len({request.headers["x-atlassian-webhook-identifier"] for request in requests}) == 1
    assert requests[0].headers["x-hub-signature"] == jira_signature(JIRA_SECRET, requests[0].body)


def test_a_move_is_told_by_its_key_item_and_a_deletion_has_no_changelog(world: World, receiver: Receiver) -> None:
    issue = world.issue("TCP-2")
    world.jira.issues.move(issue.key, "INDEV-130")
    world.jira.issues.delete(issue.id)
    _, moved, deleted = [json.loads(request.body) for request in got(world, receiver)]
    (item,) = moved["changelog"]["items"]
    assert (item["field"], item["fromString"], item["toString"]) == ("Key", "TCP-2", "INDEV-130")
    assert (moved["issue"]["key"], "fieldId" in item) == ("INDEV-130", False)
    assert (deleted["webhookEvent"], "changelog" in deleted) == ("jira:issue_deleted", False)


def test_automation_posts_its_shapes_with_its_token(world: World, receiver: Receiver) -> None:
    world.senders.webhook.url = ""
    world.senders.automation.enabled = True
    issue = world.issue("AUTO")
    for shape in ("custom", "jira", "automation"):
        world.senders.automation.shape = shape
        world.write_tickets(issue.key, f"5001 {shape}")
    custom, jira, automation = [json.loads(request.body) for request in got(world, receiver)]
    assert custom == {"issue_id": issue.id, "issue_key": "AUTO-1", "ticket_ids": "5001 custom"}
    assert (jira["issue"]["id"], automation["id"]) == (int(issue.id), int(issue.id))
    assert receiver.requests[0].headers["authorization"].startswith("Bearer ")


def test_ticket_events_have_zendesks_shape(world: World, receiver: Receiver) -> None:
    world.senders.trigger.enabled = False
    world.senders.events.kinds |= {"custom_field_changed", "merged"}
    source, target = world.ticket(), world.ticket()
    world.write_keys(source, "PROJ-1")
    world.zendesk.tickets.merge(source, target)
    changed, merged = [json.loads(request.body) for request in got(world, receiver)]
    assert (changed["type"], changed["detail"]["id"]) == ("zen:event-type:ticket.custom_field_changed", str(source))
    assert changed["event"]["current"] == {"value": "PROJ-1"}
    assert merged["event"] == {"target_ticket_id": str(target)}


def test_held_post_is_reordered_repeated_and_lost(world: World, receiver: Receiver) -> None:
    courier = world.senders.trigger.courier
    courier.hold()
    ticket = world.ticket()
    for keys in ("A-1", "A-2", "A-3"):
        world.write_keys(ticket, keys)
    first, _lost, third = courier.held()
    courier.release([third, first, first])
    assert [json.loads(request.body)["issue_keys"] for request in got(world, receiver)] == ["A-3", "A-1", "A-1"]


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
