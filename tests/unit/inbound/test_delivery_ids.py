"""What a delivery is known by, over retries and replays."""

import json
from typing import Any

import pytest

from linksync.core.message_format import decode
from linksync.core.messages import Quarantined
from tests.receivers.in_memory import InMemoryAws, deliver
from tests.receivers.samples import sample
from tests.receivers.signed_requests import AUTOMATION, JIRA, ROUTES, ZENDESK, genuine

TRIGGER = sample("zendesk/trigger.json")
IDENTIFIERS = {ZENDESK: "X-Zendesk-Webhook-Invocation-Id", JIRA: "X-Atlassian-Webhook-Identifier"}


def delivery_of(event: dict[str, Any], route: str) -> str:
    return str(json.loads(deliver(event, route)["body"])["delivery"])


def under_another_request(event: dict[str, Any], number: int = 2) -> dict[str, Any]:
    return event | {"requestContext": {"requestId": f"another-request-{number}"}}


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize(("route", "name"), IDENTIFIERS.items())
def test_a_delivery_is_known_by_its_senders_id_and_its_body(route: str, name: str) -> None:
    one, two = (
        (TRIGGER, TRIGGER + b" ")
        if route == ZENDESK
        else (sample("jira/updated-text.json"), sample("jira/updated-number.json"))
    )
    first = delivery_of(genuine(route, one, **{name: "delivery-1"}), route)
    assert delivery_of(under_another_request(genuine(route, one, **{name: "delivery-1"})), route) == first
    assert delivery_of(genuine(route, one, **{name: "delivery-2"}), route) != first
    assert delivery_of(genuine(route, two, **{name: "delivery-1"}), route) != first


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize("route", ROUTES)
def test_without_a_senders_id_every_request_is_a_delivery(route: str) -> None:
    bodies = {
        ZENDESK: TRIGGER,
        JIRA: sample("jira/updated-text.json"),
        AUTOMATION: sample("automation/custom-data.json"),
    }
    event = genuine(route, bodies[route])
    assert delivery_of(event, route) == delivery_of(event, route)
    assert delivery_of(under_another_request(event), route) != delivery_of(event, route)


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("body", [b"not JSON", b"[]", b""], ids=["broken", "a list", "empty"])
def test_replays_of_an_unreadable_body_are_one_delivery(aws: InMemoryAws, route: str, body: bytes) -> None:
    """Under whatever identifier: identifiers are not signed, and each dead letter costs an operator a look."""
    for number in range(3):
        identifier = {IDENTIFIERS[route]: f"identifier-{number}"} if route in IDENTIFIERS else {}
        deliver(under_another_request(genuine(route, body, **identifier), number), route)
    assert len(aws.messages) == 3
    (known_by,) = {message["MessageDeduplicationId"] for message in aws.messages}
    (lane,) = {message["MessageGroupId"] for message in aws.messages}
    quarantined = [decode(message["MessageBody"]) for message in aws.messages]
    assert {message.delivery for message in quarantined} == {known_by}
    assert all(isinstance(message, Quarantined) and message.lane == lane for message in quarantined)


def test_different_unreadable_bodies_and_routes_are_different_deliveries(aws: InMemoryAws) -> None:
    for route in ROUTES:
        for body in (b"not JSON", b"not JSON either"):
            deliver(genuine(route, body), route)
    assert len({message["MessageDeduplicationId"] for message in aws.messages}) == 6
