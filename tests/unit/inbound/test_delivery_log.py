"""One line a delivery: the whole story, and its metric."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from linksync.errors import AwsUnavailable
from linksync.inbound.delivery_log import log_delivery
from linksync.inbound.receiver import LARGEST_BODY, Receiver
from linksync.inbound.request import request_of
from linksync.inbound.responses import Outcome, Result
from linksync.inbound.wiring import respond
from tests.receivers.in_memory import InMemoryAws, deliver
from tests.receivers.samples import sample
from tests.receivers.signed_requests import AUTOMATION, JIRA, REQUEST_ID, ZENDESK, gateway, genuine

type Lines = Callable[[], list[dict[str, Any]]]

TRIGGER = sample("zendesk/trigger.json")


@pytest.mark.usefixtures("aws")
def test_the_line_of_an_accepted_delivery(lines: Lines) -> None:
    response = deliver(genuine(ZENDESK, TRIGGER, **{"X-Zendesk-Webhook-Invocation-Id": "01ABCDEF"}), ZENDESK)
    (line,) = lines()
    assert line.pop("milliseconds") == 0  # the clock stands still
    assert line.pop("timestamp")
    line.pop("cold_start_milliseconds", None)  # where it is the process' first
    assert line.pop("_aws")["CloudWatchMetrics"] == [
        {
            "Namespace": "linksync",
            "Dimensions": [["source", "service"]],
            "Metrics": [{"Name": "DeliveriesAccepted", "Unit": "Count"}],
        }
    ]
    assert line == {
        "level": "INFO",
        "message": "delivery accepted",
        "service": "receivers",
        "correlation_id": REQUEST_ID,
        "source": "zendesk_trigger",
        "outcome": "accepted",
        "delivery": json.loads(response["body"])["delivery"],
        "ticket_id": "4711",
        "references": 2,
        "sender_delivery": "01ABCDEF",
        "bytes": len(TRIGGER),
        "DeliveriesAccepted": [1],
    }


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("jira/updated-text.json", {"issue_id": "30012", "references": 2}),
        ("jira/updated-cleared.json", {"issue_id": "30012", "references": 0}),
        ("jira/moved.json", {"issue_id": "30012", "references": "unknown", "lifecycle": "moved"}),
        ("jira/deleted.json", {"issue_id": "30012", "references": "unknown", "lifecycle": "deleted"}),
    ],
)
def test_a_statement_is_told_by_its_subject_and_the_number_of_its_references(
    lines: Lines, body: str, told: dict[str, object]
) -> None:
    deliver(genuine(JIRA, sample(body)), JIRA)
    (line,) = lines()
    assert {name: line.get(name) for name in ("issue_id", "references", "lifecycle", "ticket_id")} == {
        "lifecycle": None,
        "ticket_id": None,
        **told,
    }


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize(
    ("event", "route", "level", "outcome", "reason"),
    [
        (genuine(JIRA, sample("jira/updated-other-field.json")), JIRA, "INFO", "ignored", "field_unchanged"),
        (genuine(JIRA, b"{"), JIRA, "WARNING", "quarantined", "not_json"),
        (genuine(JIRA, b" " * (LARGEST_BODY + 1)), JIRA, "WARNING", "too_large", "too_large"),
        (gateway(JIRA, b"{", {}), JIRA, "WARNING", "rejected", "not_authentic"),
        (gateway(AUTOMATION, b"{", {}), AUTOMATION, "WARNING", "rejected", "not_authentic"),
    ],
)
def test_every_outcome_is_counted(
    lines: Lines, event: dict[str, Any], route: str, level: str, outcome: str, reason: str
) -> None:
    deliver(event, route)
    (line,) = lines()
    assert (line["level"], line["outcome"], line["reason"]) == (level, outcome, reason)
    assert line["message"] == f"delivery {outcome}"
    metric = "Rejected" if outcome == "too_large" else outcome.capitalize()
    assert line[f"Deliveries{metric}"] == [1]
    assert line["source"] in {"jira_webhook", "jira_automation"}


@pytest.mark.parametrize(
    ("failure", "reason", "error"),
    [
        (ValueError("with a customer's text"), "crash", "ValueError at in_memory.py:"),
        (AwsUnavailable("sqs answered nothing"), "aws_unavailable", "AwsUnavailable: sqs answered nothing"),
    ],
)
def test_a_failure_is_told_without_anybodys_text(
    aws: InMemoryAws, lines: Lines, failure: Exception, reason: str, error: str
) -> None:
    deliver(gateway(ZENDESK, TRIGGER, {}), ZENDESK)  # the secret is read
    lines()
    aws.failure = failure
    deliver(genuine(ZENDESK, TRIGGER), ZENDESK)
    (line,) = lines()
    assert (line["level"], line["outcome"], line["reason"]) == ("ERROR", "unavailable", reason)
    assert line["source"] == "zendesk"
    assert line["error"].startswith(error)
    assert 0 <= line["milliseconds"] < 60_000
    assert "customer" not in json.dumps(line)


@pytest.mark.usefixtures("aws")
def test_a_path_without_a_webhook_is_told_apart(lines: Lines) -> None:
    deliver(genuine(JIRA, b"{}") | {"resource": "/", "path": "/"}, JIRA)
    (line,) = lines()
    assert (line["source"], line["reason"], line["DeliveriesRejected"]) == ("unknown", "no_route", [1])


def test_the_line_of_a_request_that_no_receiver_could_be_put_together_for(lines: Lines) -> None:
    def broken() -> Receiver:
        raise AwsUnavailable("the secret could not be read")

    assert respond(broken, genuine(JIRA, b"{}"))["statusCode"] == 503
    (line,) = lines()
    assert (line["correlation_id"], line["outcome"], line["level"]) == (REQUEST_ID, "unavailable", "ERROR")


def test_a_time_is_told_in_milliseconds(lines: Lines) -> None:
    outcome = Outcome(result=Result.IGNORED, source="jira_webhook", reason="event_type")
    log_delivery(request_of({}), outcome, 1.2346)
    assert lines()[0]["milliseconds"] == 1235


@pytest.mark.usefixtures("aws")
def test_an_identifier_that_is_none_is_not_logged(lines: Lines) -> None:
    header = {"X-Atlassian-Webhook-Identifier": "<script>alert(1)</script>"}
    deliver(genuine(JIRA, sample("jira/updated-text.json"), **header), JIRA)
    assert "sender_delivery" not in lines()[0]


@pytest.mark.usefixtures("aws")
def test_jiras_own_identifier_is_logged(lines: Lines) -> None:
    header = {"X-Atlassian-Webhook-Identifier": "0123-abcd"}
    deliver(genuine(JIRA, sample("jira/updated-text.json"), **header), JIRA)
    assert lines()[0]["sender_delivery"] == "0123-abcd"


@pytest.mark.parametrize(
    ("result", "level", "metric"),
    [
        (Result.ACCEPTED, "INFO", "DeliveriesAccepted"),
        (Result.IGNORED, "INFO", "DeliveriesIgnored"),
        (Result.QUARANTINED, "WARNING", "DeliveriesQuarantined"),
        (Result.REJECTED, "WARNING", "DeliveriesRejected"),
        (Result.TOO_LARGE, "WARNING", "DeliveriesRejected"),
        (Result.UNAVAILABLE, "ERROR", None),
    ],
)
def test_the_level_and_the_metric_of_each_result(lines: Lines, result: Result, level: str, metric: str | None) -> None:
    log_delivery(request_of({}), Outcome(result=result, source="jira"), 0.0)
    (line,) = lines()
    assert (line["level"], [name for name in line if name.startswith("Deliveries")]) == (
        level,
        [metric] if metric else [],
    )
