"""From the event of API Gateway to the answer and the queue, through the real handlers."""

import base64
import hashlib
import importlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from functions.jira_webhook import app as jira_app
from functions.zendesk_webhook import app as zendesk_app
from linksync.core.message_format import decode
from linksync.core.messages import Quarantined, TicketStatement
from linksync.errors import AwsUnavailable
from linksync.inbound import receiver, signatures
from tests.fuzz import receiver_under_test
from tests.fuzz.receiver_under_test import AUTOMATION, JIRA, ZENDESK, Aws, deliver, gateway, genuine, proof, sample

REQUEST_ID = "0e7f2a52-8d0c-4d7e-9a64-3f1f1a2b3c4d"
TRIGGER = sample("zendesk/trigger.json")


@pytest.fixture
def aws() -> Iterator[Aws]:
    aws = Aws()
    with receiver_under_test.handlers(aws):
        yield aws


def body_of(answer: dict[str, Any]) -> dict[str, Any]:
    assert receiver_under_test.breaches(answer) == []
    return dict(json.loads(answer["body"]))


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_genuine_delivery_is_queued_in_its_lane(aws: Aws) -> None:
    answer = deliver(genuine(ZENDESK, TRIGGER, **{"X-Zendesk-Webhook-Invocation-Id": "01ABCDEF"}), ZENDESK)
    delivery = hashlib.sha256(b"01ABCDEF\n" + TRIGGER).hexdigest()[:32]
    assert answer["statusCode"] == 202
    assert answer["headers"] == {"Content-Type": "application/json", "X-Correlation-Id": REQUEST_ID}
    assert body_of(answer) == {"status": "accepted", "delivery": delivery}
    (message,) = aws.messages
    assert (message["MessageGroupId"], message["MessageDeduplicationId"]) == ("ticket#4711", delivery)
    envelope = decode(message["MessageBody"])
    assert (envelope.delivery, envelope.correlation_id, envelope.source) == (delivery, REQUEST_ID, "zendesk_trigger")
    assert isinstance(envelope.payload, TicketStatement)
    assert envelope.payload.issue_keys == ("SHOP-12", "SHOP-15")


@pytest.mark.parametrize("path", receiver_under_test.bodies(), ids=lambda path: f"{path.parent.name}-{path.stem}")
@pytest.mark.parametrize("encoded", [True, False])
def test_every_sample_body_gets_an_answer_of_the_contract(aws: Aws, path: Path, *, encoded: bool) -> None:
    route, body = receiver_under_test.route_of(path), path.read_bytes()
    status = deliver(gateway(route, body, proof(route, body), encoded=encoded), route)
    said = body_of(status)
    if path.stem.endswith(("without-ticket", "without-issue")):
        assert (said["status"], len(aws.messages)) == ("quarantined", 1)
    elif said["status"] == "ignored":
        assert aws.messages == []
    else:
        assert (said["status"], len(aws.messages)) == ("accepted", 1)


@pytest.mark.parametrize("path", receiver_under_test.bodies(), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_sample_body_is_refused_without_its_proof(aws: Aws, path: Path) -> None:
    route = receiver_under_test.route_of(path)
    for headers in ({}, proof(route, b"another body") if route != AUTOMATION else {"Authorization": "Bearer guess"}):
        answer = deliver(gateway(route, path.read_bytes(), headers), route)
        assert (answer["statusCode"], body_of(answer)["error"]["code"]) == (401, "NotAuthentic")
    assert aws.messages == []


@pytest.mark.parametrize(
    "path", sorted((receiver_under_test.SAMPLES / "api-gateway").iterdir()), ids=lambda path: path.stem
)
def test_sample_events(path: Path) -> None:
    secret = "an example secret, never used anywhere"
    listed = [secret, signatures.ZENDESK_TEST_SECRET]
    aws = Aws(secret=json.dumps({"zendesk": listed, "jira": [secret], "jira_automation": [secret]}))
    with receiver_under_test.handlers(aws):
        app = zendesk_app if path.stem.startswith("zendesk") else jira_app
        answer = replace(app.wire(), clock=lambda: 1_793_611_801.0).receive(json.loads(path.read_text()))
    forged = path.stem.endswith(("forged", "test-secret"))
    assert (answer["statusCode"], len(aws.messages)) == ((401, 0) if forged else (202, 1))


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
        ({}, 401),
    ],
)
def test_the_path_decides_who_must_have_sent_it(aws: Aws, place: dict[str, str], status: int) -> None:
    event = genuine(JIRA, sample("jira/updated-text.json"))
    answer = deliver({**event, "resource": None, "path": None, **place}, JIRA)
    assert (answer["statusCode"], len(aws.messages)) == (status, 1 if status == 202 else 0)


def delivery_of(event: dict[str, Any], route: str) -> str:
    return str(body_of(deliver(event, route))["delivery"])


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize(
    ("route", "name"), [(ZENDESK, "X-Zendesk-Webhook-Invocation-Id"), (JIRA, "X-Atlassian-Webhook-Identifier")]
)
def test_a_delivery_is_known_by_its_senders_id_and_its_body(route: str, name: str) -> None:
    one, two = (
        (TRIGGER, TRIGGER + b" ")
        if route == ZENDESK
        else (sample("jira/updated-text.json"), sample("jira/updated-number.json"))
    )
    first = delivery_of(genuine(route, one, **{name: "delivery-1"}), route)
    again = genuine(route, one, **{name: "delivery-1"}) | {"requestContext": {"requestId": "another-request"}}
    assert delivery_of(again, route) == first
    assert delivery_of(genuine(route, one, **{name: "delivery-2"}), route) != first
    assert delivery_of(genuine(route, two, **{name: "delivery-1"}), route) != first


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize("route", receiver_under_test.ROUTES)
def test_without_a_senders_id_every_request_is_a_delivery(route: str) -> None:
    bodies = {
        ZENDESK: TRIGGER,
        JIRA: sample("jira/updated-text.json"),
        AUTOMATION: sample("automation/custom-data.json"),
    }
    event = genuine(route, bodies[route])
    other = event | {"requestContext": {"requestId": "another-request"}}
    assert delivery_of(event, route) == delivery_of(event, route)
    assert delivery_of(other, route) != delivery_of(event, route)


def test_what_is_authentic_but_unreadable_is_kept(aws: Aws) -> None:
    body = b"\x00" * 60_000
    answer = deliver(genuine(ZENDESK, body), ZENDESK)
    assert answer["statusCode"] == 202
    assert body_of(answer).items() >= {"status": "quarantined", "reason": "not_json"}.items()
    payload = decode(aws.messages[0]["MessageBody"])
    assert isinstance(payload, Quarantined)
    assert base64.b64decode(payload.excerpt) == body[: 48 * 1024]
    assert (payload.size, payload.sha256) == (60_000, hashlib.sha256(body).hexdigest())


def test_a_body_over_the_limit(aws: Aws) -> None:
    limit = receiver.LARGEST_BODY
    assert deliver(genuine(JIRA, b" " * (limit + 1)), JIRA)["statusCode"] == 413
    assert aws.messages == []
    assert deliver(gateway(JIRA, b" " * (limit + 1), {}), JIRA)["statusCode"] == 401
    assert deliver(genuine(JIRA, b" " * limit), JIRA)["statusCode"] == 202


@pytest.mark.parametrize("failure", [AwsUnavailable("throttled"), ValueError("a bug"), OSError()])
def test_whatever_fails_on_our_side_is_a_503(aws: Aws, failure: Exception) -> None:
    assert deliver(genuine(ZENDESK, TRIGGER), ZENDESK)["statusCode"] == 202
    aws.broken = failure
    answer = deliver(genuine(ZENDESK, TRIGGER), ZENDESK)
    assert (answer["statusCode"], answer["headers"]["Retry-After"]) == (503, "5")
    assert body_of(answer)["error"]["code"] == "Unavailable"


@pytest.mark.parametrize("secret", [None, "", "not json", "[]", '"x"', "null", "[" * 100_000])
def test_a_secret_that_cannot_be_read_is_a_503_and_no_open_door(secret: object) -> None:
    aws = Aws(secret=secret)
    with receiver_under_test.handlers(aws):
        assert deliver(genuine(ZENDESK, TRIGGER), ZENDESK)["statusCode"] == 503
    assert aws.messages == []


@pytest.mark.parametrize(
    "secret", ["{}", '{"zendesk": []}', '{"zendesk": [""]}', '{"zendesk": "zendesk-signing-secret"}']
)
def test_a_secret_without_entries_lets_nobody_in(secret: str) -> None:
    with receiver_under_test.handlers(Aws(secret=secret)):
        assert deliver(genuine(ZENDESK, TRIGGER), ZENDESK)["statusCode"] == 401


def test_a_function_that_cannot_be_put_together_answers_503() -> None:
    with receiver_under_test.handlers(Aws(), EVENT_QUEUE_URL=""):
        answer = deliver(genuine(ZENDESK, TRIGGER), ZENDESK)
    assert (answer["statusCode"], receiver_under_test.breaches(answer)) == (503, [])


def test_clients_and_secret_are_ready_before_the_first_request() -> None:
    aws = Aws()
    with receiver_under_test.handlers(aws, AWS_LAMBDA_INITIALIZATION_TYPE="on-demand"):
        importlib.reload(zendesk_app)
        assert aws.calls == 1
        deliver(genuine(ZENDESK, TRIGGER), ZENDESK)
        assert aws.calls == 1
        aws.broken = OSError()
        importlib.reload(jira_app)  # what fails while starting is tried again later
    zendesk_app.wire.cache_clear()


@pytest.mark.usefixtures("aws")
def test_one_line_and_one_metric_a_delivery(capsys: pytest.CaptureFixture[str]) -> None:
    deliver(genuine(ZENDESK, TRIGGER, **{"X-Zendesk-Webhook-Invocation-Id": "01ABCDEF"}), ZENDESK)
    log, metric = lines(capsys)
    told = {"correlation_id": REQUEST_ID, "source": "zendesk_trigger", "outcome": "accepted", "ticket_id": "4711"}
    assert log.items() >= (told | {"level": "INFO", "sender_delivery": "01ABCDEF"}).items()
    assert (metric["DeliveriesAccepted"], metric["source"]) == ([1.0], "zendesk_trigger")
    assert metric["_aws"]["CloudWatchMetrics"][0]["Namespace"] == "linksync"
    assert set(metric["_aws"]["CloudWatchMetrics"][0]["Dimensions"][0]) == {"service", "source"}


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize(
    ("event", "route", "level", "metric"),
    [
        (genuine(JIRA, sample("jira/updated-other-field.json")), JIRA, "INFO", "DeliveriesIgnored"),
        (genuine(JIRA, b"{"), JIRA, "WARNING", "DeliveriesQuarantined"),
        (gateway(JIRA, b"{", {}), JIRA, "WARNING", "DeliveriesRejected"),
        (gateway(AUTOMATION, b"{", {}), AUTOMATION, "WARNING", "DeliveriesRejected"),
    ],
)
def test_every_outcome_is_counted(
    capsys: pytest.CaptureFixture[str], event: dict[str, Any], route: str, level: str, metric: str
) -> None:
    deliver(event, route)
    log, counted = lines(capsys)
    assert (log["level"], counted[metric]) == (level, [1.0])
    assert counted["source"] in {"jira_webhook", "jira_automation"}


def test_a_failure_is_logged_by_type_and_place_alone(aws: Aws, capsys: pytest.CaptureFixture[str]) -> None:
    aws.broken = ValueError("with a customer's text")
    deliver(genuine(ZENDESK, TRIGGER), ZENDESK)
    (log,) = lines(capsys)
    assert log["level"] == "ERROR"
    assert log["error"].startswith("ValueError at receiver_under_test.py:")
    assert "customer" not in json.dumps(log)
