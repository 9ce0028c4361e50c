"""From the event of API Gateway to the response and the queue, through the real handlers."""

import base64
import hashlib
import importlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from functions.jira_webhook import app as jira_app
from functions.zendesk_webhook import app as zendesk_app
from linksync.core.message_format import decode
from linksync.core.messages import Envelope, Quarantined, TicketStatement
from linksync.errors import AwsUnavailable
from linksync.inbound import receiver
from tests.receivers import samples
from tests.receivers.in_memory import InMemoryAws, deliver, handlers
from tests.receivers.responses import breaches
from tests.receivers.samples import sample
from tests.receivers.signed_requests import AUTOMATION, JIRA, REQUEST_ID, ZENDESK, gateway, genuine, proof

TRIGGER = sample("zendesk/trigger.json")
each_body = pytest.mark.parametrize("path", samples.bodies(), ids=lambda path: f"{path.parent.name}-{path.stem}")


def body_of(response: dict[str, Any]) -> dict[str, Any]:
    assert breaches(response) == []
    return dict(json.loads(response["body"]))


def test_a_genuine_delivery_is_queued_in_its_lane(aws: InMemoryAws) -> None:
    response = deliver(genuine(ZENDESK, TRIGGER, **{"X-Zendesk-Webhook-Invocation-Id": "01ABCDEF"}), ZENDESK)
    delivery = hashlib.sha256(b"01ABCDEF\n" + TRIGGER).hexdigest()[:32]
    assert response["statusCode"] == 202
    assert response["headers"] == {"Content-Type": "application/json", "X-Correlation-Id": REQUEST_ID}
    assert body_of(response) == {"status": "accepted", "delivery": delivery}
    (message,) = aws.messages
    assert (message["MessageGroupId"], message["MessageDeduplicationId"]) == ("ticket#4711", delivery)
    envelope = decode(message["MessageBody"])
    assert (envelope.delivery, envelope.correlation_id, envelope.source) == (delivery, REQUEST_ID, "zendesk_trigger")
    assert isinstance(envelope, Envelope)
    assert isinstance(envelope.payload, TicketStatement)
    assert envelope.payload.issue_keys == ("SHOP-12", "SHOP-15")


@each_body
@pytest.mark.parametrize("encoded", [True, False])
def test_every_sample_body_gets_a_response_of_the_contract(aws: InMemoryAws, path: Path, *, encoded: bool) -> None:
    route, body = samples.route_of(path), path.read_bytes()
    document = body_of(deliver(gateway(route, body, proof(route, body), encoded=encoded), route))
    if path.stem.endswith(("without-ticket", "without-issue")):
        assert (document["status"], len(aws.messages)) == ("quarantined", 1)
    elif document["status"] == "ignored":
        assert aws.messages == []
    else:
        assert (document["status"], len(aws.messages)) == ("accepted", 1)


@each_body
def test_every_sample_body_is_refused_without_its_proof(aws: InMemoryAws, path: Path) -> None:
    route = samples.route_of(path)
    for headers in ({}, proof(route, b"another body") if route != AUTOMATION else {"Authorization": "Bearer guess"}):
        response = deliver(gateway(route, path.read_bytes(), headers), route)
        assert (response["statusCode"], body_of(response)["error"]["code"]) == (401, "NotAuthentic")
    assert aws.messages == []


@pytest.mark.parametrize(
    ("place", "status"),
    [
        ({"resource": "/webhooks/jira"}, 202),
        ({"path": "/webhooks/jira"}, 202),
        ({"path": "/v1/webhooks/jira/"}, 202),
        ({"resource": "/{proxy+}", "path": "/v1/webhooks/jira"}, 202),
        ({"resource": "/webhooks/jira/automation"}, 401),
        ({"path": "/webhooks/zendesk"}, 401),
        ({"path": "/webhooks/jira/other"}, 401),
        ({"path": "/webhooks/jira_"}, 401),
        ({}, 401),
    ],
)
def test_the_path_decides_who_must_have_sent_it(aws: InMemoryAws, place: dict[str, str], status: int) -> None:
    event = genuine(JIRA, sample("jira/updated-text.json"))
    response = deliver({**event, "resource": None, "path": None, **place}, JIRA)
    assert (response["statusCode"], len(aws.messages)) == (status, 1 if status == 202 else 0)


def test_what_is_authentic_but_unreadable_is_kept(aws: InMemoryAws) -> None:
    body = b"\x00" * 60_000
    response = deliver(genuine(ZENDESK, body), ZENDESK)
    assert response["statusCode"] == 202
    assert body_of(response) == {"status": "quarantined", "reason": "not_json"}
    message = decode(aws.messages[0]["MessageBody"])
    assert isinstance(message, Quarantined)
    assert base64.b64decode(message.excerpt) == body[: 48 * 1024]
    assert (message.size, message.sha256) == (60_000, hashlib.sha256(body).hexdigest())


def test_a_body_over_the_limit(aws: InMemoryAws) -> None:
    limit = receiver.LARGEST_BODY
    response = deliver(genuine(JIRA, b" " * (limit + 1)), JIRA)
    assert (response["statusCode"], body_of(response)["error"]["code"]) == (413, "TooLarge")
    assert aws.messages == []
    assert deliver(gateway(JIRA, b" " * (limit + 1), {}), JIRA)["statusCode"] == 401
    assert deliver(genuine(JIRA, b" " * limit), JIRA)["statusCode"] == 202


@pytest.mark.parametrize("failure", [AwsUnavailable("throttled"), ValueError("a bug"), OSError()])
def test_whatever_fails_on_our_side_is_a_503(aws: InMemoryAws, failure: Exception) -> None:
    assert deliver(genuine(ZENDESK, TRIGGER), ZENDESK)["statusCode"] == 202
    aws.failure = failure
    response = deliver(genuine(ZENDESK, TRIGGER), ZENDESK)
    assert (response["statusCode"], response["headers"]["Retry-After"]) == (503, "5")
    assert body_of(response)["error"]["code"] == "Unavailable"


@pytest.mark.parametrize(
    "environment", [{"EVENT_QUEUE_URL": ""}, {"PROJECT_KEYS": " , "}, {"PROJECT_KEYS": "every project"}]
)
def test_a_parameter_that_is_no_value_opens_no_door(environment: dict[str, str], lines: Any) -> None:
    aws = InMemoryAws()
    with handlers(aws, **environment):
        response = deliver(genuine(ZENDESK, TRIGGER), ZENDESK)
    assert (response["statusCode"], breaches(response), aws.messages) == (503, [], [])
    (line,) = lines()
    assert (line["level"], line["reason"]) == ("ERROR", "misconfigured")
    assert "deploy" in line["error"]


def test_clients_and_secret_are_ready_before_the_first_request() -> None:
    aws = InMemoryAws()
    with handlers(aws, AWS_LAMBDA_INITIALIZATION_TYPE="on-demand"):
        importlib.reload(zendesk_app)
        assert aws.secret_reads == 1
        deliver(genuine(ZENDESK, TRIGGER), ZENDESK)
        assert aws.secret_reads == 1
        aws.failure = OSError()
        importlib.reload(jira_app)  # what fails while starting is tried again later
    zendesk_app.wire.cache_clear()


@pytest.mark.parametrize("path", samples.gateway_events(), ids=lambda path: path.stem)
def test_sample_events(path: Path) -> None:
    """Their secret is published here, so that no deployment accepts it: it is put where only a test can."""

    class Published:
        def entries(self, name: str) -> tuple[bytes, ...]:
            assert name in {"zendesk", "jira", "jira_automation"}
            return (b"an example secret, never used anywhere",)

    aws = InMemoryAws()
    app = zendesk_app if path.stem.startswith("zendesk") else jira_app
    with handlers(aws):
        made = replace(app.wire(), secrets=Published(), clock=lambda: 1_793_611_801.0)
        response = made.receive(json.loads(path.read_text()))
    forged = path.stem.endswith(("forged", "test-secret"))
    assert (response["statusCode"], len(aws.messages)) == ((401, 0) if forged else (202, 1))
